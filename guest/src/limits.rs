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
/// Tool calls that run at once: more would only queue at Argo CD. Those beyond wait, in order.
pub const CALLS: usize = 64;
/// Tool calls that wait for a free place: more is a client gone wild, and is told so.
pub const CALLS_WAITING: usize = 1_024;
/// Subscriptions open at once: each costs memory until the client ends it.
pub const LISTENS: usize = 64;
/// Time that running calls have to end after stdin closed, so that `printf … | argocd-host run`
/// sees its answer; clients that close stdin kill the process after 2 s.
pub const EOF_GRACE: Duration = Duration::from_secs(1);
/// Piece of stdin or of a body taken at once, in bytes.
pub const READ_BYTES: u64 = 64 << 10;
/// Pieces of a body taken in a row before everybody else gets a turn.
pub const READS_PER_TURN: u32 = 16;
/// Time for each of two rounds of requests in one tool: together they keep to [`UPSTREAM`].
pub const UPSTREAM_ROUND: Duration = Duration::from_secs(10);
/// Time to ask for the server's version before a list: with [`UPSTREAM_LIST`] below the 60 s of clients.
pub const UPSTREAM_VERSION: Duration = Duration::from_secs(5);
/// Longest cursor that is read, in bytes: two names and two numbers.
pub const CURSOR_BYTES: usize = 2_048;
/// Characters of an answer kept for its last lines: what was left out and the call that gets it,
/// whose cursor holds two names of up to 253 characters.
pub const TAIL_CHARS: usize = 1_200;
/// Longest message of others on one line of an answer, in characters: the ends of a chain of errors fit.
pub const SAID_CHARS: usize = 360;
/// The same for the reason of a cause, in characters: two policies of an admission webhook fit.
pub const REASON_CHARS: usize = 600;
/// The same where a call asks for one object's texts, in characters: the longest chains of errors fit.
pub const WHOLE_CHARS: usize = 2_000;
/// Most different health or sync words that are counted apart; Argo CD has six and three.
pub const STATUS_WORDS: usize = 12;
/// Most namespaces of applications that are counted apart, to tell which one is Argo CD's own.
pub const APP_NAMESPACES: usize = 1_000;

/// List elements between two progress notifications: Argo CD needs about 0.2 s for so many.
pub const PROGRESS_EVERY: usize = 1_000;
