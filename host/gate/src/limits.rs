//! Every bound of what may leave and of what comes back: value, unit, reason.

use std::time::Duration;

// What a request may look like.

/// Longest path with query, in bytes: twenty `projects=` keys and a selector fit several times.
pub const TARGET_BYTES: usize = 8 << 10;
/// Longest query value after decoding, in bytes: a label selector or a list of fields.
pub const QUERY_VALUE_BYTES: usize = 2 << 10;
/// Most query keys in one request: `projects` repeated is the longest honest list.
pub const QUERY_PAIRS: usize = 256;
/// Most log lines of one request, for each Pod: Argo CD sends the whole log without a number.
pub const TAIL_LINES: u64 = 10_000;
/// Most sources of one application: position of a source in a request to render.
pub const SOURCES: u64 = 1_000;
/// Largest index, id or number of seconds in a request: a history id, the seconds of some years.
pub const INDEX: u64 = 1_000_000_000;
/// Longest Kubernetes object name, in bytes (RFC 1123 subdomain).
pub const NAME_BYTES: usize = 253;

// Time. The sum stays below the 60 s after which MCP clients give up.

/// Name lookup, in seconds: resolvers retry after five.
pub const LOOKUP: Duration = Duration::from_secs(10);
/// TCP connect to one address: a lost SYN is repeated after 1 and 3 s.
pub const CONNECT: Duration = Duration::from_secs(5);
/// TLS handshake: two round trips; a tarpit must not hold a call.
pub const TLS_HANDSHAKE: Duration = Duration::from_secs(10);
/// Request sent to first byte of the answer: Argo CD needs 1 s per 5,000 applications, tree and
/// logs wait for its controller.
pub const FIRST_BYTE: Duration = Duration::from_secs(55);
/// Silence inside a body: Argo CD streams without pauses once it has begun.
pub const BETWEEN_BYTES: Duration = Duration::from_secs(20);
/// Whole exchange, login and repeat included; also how long a client's request counts as open.
pub const TOTAL: Duration = Duration::from_secs(60);
/// Login exchange: Argo CD spends 0.5 to 1 s on each by design.
pub const LOGIN: Duration = Duration::from_secs(20);
/// A pooled connection without a request: below the idle limit of usual load balancers (60 s).
pub const POOL_IDLE: Duration = Duration::from_secs(45);
/// No further login after a renewed session was refused too, so that it can never be a loop.
pub const LOGIN_QUIET: Duration = Duration::from_secs(60);
/// A refused user name or password is remembered: Argo CD locks the name after five failures in
/// 300 s (`ARGOCD_SESSION_FAILURE_WINDOW_SECONDS`).
pub const LOGIN_REFUSED: Duration = Duration::from_secs(300);
/// A login that failed for another reason (network, 5xx) is remembered, so that the requests that
/// waited for it share one answer.
pub const LOGIN_FAILED: Duration = Duration::from_secs(5);

// Sizes of what comes back.

/// Largest response body on the wire, in bytes: 50,000 applications with `items.spec` are 170 MB.
pub const BODY_WIRE_BYTES: u64 = 512 << 20;
/// Largest response body after gzip, in bytes: what the guest streams at most.
pub const BODY_PLAIN_BYTES: u64 = 512 << 20;
/// Plain bytes per step of gzip, in bytes: what the guest takes at once. Deflate grows up to 1,032 times,
/// and 64 answers may come at once.
pub const GUNZIP_STEP_BYTES: usize = 64 << 10;
/// Largest body of a login answer, or of a 401 that is read to keep its connection, in bytes.
pub const SMALL_BODY_BYTES: usize = 64 << 10;
/// Most response headers: Argo CD behind a proxy sends about twenty.
pub const RESPONSE_HEADERS: usize = 64;
/// Largest response head, in bytes; also hyper's read buffer.
pub const RESPONSE_HEAD_BYTES: usize = 256 << 10;
/// Longest response header value that is passed on, in bytes.
pub const RESPONSE_VALUE_BYTES: usize = 4 << 10;
/// Largest head of a proxy's answer to CONNECT, in bytes.
pub const PROXY_HEAD_BYTES: usize = 8 << 10;

// How much at once.

/// Requests in flight, response bodies included; further ones wait, inside [`TOTAL`].
pub const CONCURRENT_REQUESTS: usize = 64;
/// Idle connections kept: 32 parallel calls reuse theirs.
pub const POOL_CONNECTIONS: usize = 32;

// Secrets.

/// Shortest secret that is overwritten in what comes back, in bytes: shorter ones occur by chance.
pub const SEAL_BYTES: usize = 16;
/// Tokens of the host's own login that stay sealed: a slow answer may carry an older one.
pub const SEALED_TOKENS: usize = 4;
/// Largest policy file, in bytes: every tool and route named once is 3 kB.
pub const POLICY_FILE_BYTES: u64 = 256 << 10;
/// Most keys of a wrong form that are named at once: a person mends a file by the screenful.
pub const POLICY_PROBLEMS: usize = 20;

// Audit.

/// Longest path, rule or header name in an audit line, in bytes: a line stays below 4 KiB, which
/// a pipe takes in one piece.
pub const AUDIT_TEXT_BYTES: usize = 512;
/// Most ids, tools, query keys or imports named in one audit line.
pub const AUDIT_LIST: usize = 32;

// Lines between client and component.

/// Longest line on stdin, in bytes: a tool call is small.
pub const LINE_BYTES: usize = 1 << 20;
/// Longest id, progress token or tool name of a client's request, in bytes: a UUID has 36, and the
/// host keeps all three for each open call.
pub const ID_BYTES: usize = 1 << 10;
/// Client requests that may be open at once; the host answers further ones with an error.
pub const OPEN_CALLS: usize = 1_024;
/// Cancelled calls whose late answer is nobody's fault: as many as a client cancels at once.
pub const CANCELLED_CALLS: usize = 64;
