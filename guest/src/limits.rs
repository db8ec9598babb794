//! Every bound of the guest: value, unit, reason.

use std::time::Duration;

/// Longest answer by default, in characters: what clients show without cutting (facts on Copilot CLI: 10 KB).
pub const ANSWER_CHARS: usize = 8_000;
/// Longest answer on request, in characters: below Claude Code's 50,000.
pub const ANSWER_CHARS_MAX: usize = 40_000;
/// Time for the upstream part of a tool that makes several calls: an answer with what is there
/// must arrive before clients give up at 60 s.
pub const UPSTREAM: Duration = Duration::from_secs(20);
/// Time for the upstream part of a tool that is one list call; Argo CD needs 1 s per 5,000 applications.
pub const UPSTREAM_LIST: Duration = Duration::from_secs(50);
/// Largest body that is held whole, in bytes.
pub const BODY_BYTES: usize = 16 << 20;
/// Largest error body that is read, in bytes: Argo CD's errors are one sentence, proxies' are pages.
pub const ERROR_BODY_BYTES: usize = 64 << 10;
/// Longest text of the server inside an error, in characters: a repo-server error can hold a whole log.
pub const SERVER_TEXT_CHARS: usize = 600;
/// Most log lines asked for in one call: with long lines they already fill the largest answer many times.
pub const TAIL_LINES_MAX: u32 = 5_000;
/// Time for one login: Argo CD takes up to a second by design, a proxy in front a few more.
pub const LOGIN: Duration = Duration::from_secs(20);
/// How long a refused password is not tried again: five failures within 300 s lock the account in Argo CD.
pub const WRONG_PASSWORD: Duration = Duration::from_secs(300);
/// How long a session whose renewal did not help is not renewed again.
pub const STILL_REFUSED: Duration = Duration::from_secs(60);
/// Bytes of a streamed body after which other work gets its turn: a few milliseconds of parsing.
pub const TURN_BYTES: usize = 256 << 10;
/// Largest body that is streamed element by element, in bytes.
pub const STREAM_BYTES: u64 = 512 << 20;
/// Largest single element of a streamed list, in bytes.
pub const ITEM_BYTES: usize = 4 << 20;
/// Longest line accepted on stdin, in bytes: a tool call is small.
pub const LINE_BYTES: usize = 1 << 20;
