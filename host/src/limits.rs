//! Every bound of the host: value, unit, reason.

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

/// Largest file or output with a secret, in bytes: the argocd CLI's file with some contexts.
pub const SECRET_FILE_BYTES: u64 = 1 << 20;
/// Largest policy file, in bytes: every tool and route named once is 3 kB.
pub const POLICY_FILE_BYTES: u64 = 256 << 10;
/// How long a `--token-command` may take: a person may have to confirm with a finger.
pub const TOKEN_COMMAND: Duration = Duration::from_secs(60);
/// Time between two looks at whether that program has ended.
pub const CHILD_POLL: Duration = Duration::from_millis(5);

// Audit.

/// Longest path, rule or header name in an audit line, in bytes: a line stays below 4 KiB, which
/// a pipe takes in one piece.
pub const AUDIT_TEXT_BYTES: usize = 512;
/// Most ids, tools, query keys or imports named in one audit line.
pub const AUDIT_LIST: usize = 32;

// Reading an audit.

/// Longest line that is read, in bytes: the longest that is written has two lists of 32 texts with 512
/// bytes, each of which JSON escapes to at most six.
pub const SUMMARY_LINE_BYTES: u64 = 256 << 10;
/// Most tools, routes, rules or denials that are told apart; the rest is counted together. A log of
/// a year's normal use has some dozens.
pub const SUMMARY_GROUPS: usize = 500;
/// Most runs that are followed side by side and listed one by one: a client may start one for each
/// conversation.
pub const SUMMARY_SESSIONS: usize = 500;
/// Most places named for each thing that is wrong with a log.
pub const SUMMARY_PLACES: usize = 10;
/// Most allowed requests of all runs that wait for their outcome: many times what they have in flight.
pub const SUMMARY_OPEN: usize = 4_096;

// The component, held by `runtime/`.

/// Linear memory, in bytes: twice what the largest list needs.
pub const MEMORY_BYTES: usize = 64 << 20;
/// Elements of a table: ours has 1,000.
pub const TABLE_ELEMENTS: usize = 20_000;
/// Resource handles, and entries of the host's resource table: the host pays for each.
pub const HANDLES: usize = 10_000;
/// One read of random bytes: the host allocates it, and a failed allocation aborts the host.
pub const RANDOM_BYTES: u64 = 64 << 10;
/// All fields of one `wasi:http` header object, in bytes.
pub const FIELD_BYTES: usize = 16 << 10;
/// Memory that one host call may copy, as wasmtime's host call fuel.
pub const HOST_CALL_FUEL: usize = 4 << 20;
/// The wasm stack, in bytes: recursion ends here.
pub const WASM_STACK_BYTES: usize = 512 << 10;
/// The stack of the fiber around it, in bytes: host functions run on it too.
pub const ASYNC_STACK_BYTES: usize = 2 << 20;
/// CPU time that a guest may use at once.
pub const CPU_BURST: Duration = Duration::from_secs(5);
/// CPU time regained, in percent of the time that passes.
pub const CPU_REFILL_PERCENT: u32 = 10;
/// CPU time granted for each MiB of response body that was delivered: twice what the list of 50,000
/// applications takes on a slow core, so that a series of lists in an incident never runs dry.
pub const CPU_PER_BODY_MIB: Duration = Duration::from_millis(100);

// The standard streams, held by `runtime/`.

/// Longest line on stdin, in bytes: a tool call is small.
pub const LINE_BYTES: usize = 1 << 20;
/// Deepest nesting of a line on stdin.
pub const JSON_DEPTH: usize = 64;
/// Longest line of the guest on stdout, in bytes: the largest answer is 40,000 characters.
pub const STDOUT_LINE_BYTES: usize = 4 << 20;
/// Guest stderr that passes at once, in bytes; the rest is dropped and counted.
pub const STDERR_BURST_BYTES: usize = 64 << 10;
/// Guest stderr regained, in bytes per second.
pub const STDERR_BYTES_PER_SECOND: usize = 4 << 10;
/// A request body must have ended this long after `handle`, or the attempt is denied.
pub const REQUEST_BODY_END: Duration = Duration::from_secs(1);

// What only the program around the sandbox holds.

/// Instances in one store: the component is three core modules and their adapters.
pub const INSTANCES: usize = 32;
/// Tables in one store.
pub const TABLES: usize = 16;
/// Memories in one store: one for the component, one for an adapter.
pub const MEMORIES: usize = 2;
/// Time between two looks at the CPU meter while the guest runs.
pub const EPOCH_TICK: Duration = Duration::from_millis(10);
/// Idle ticks before the ticker parks: a burst of calls must not pay for waking it each time.
pub const EPOCH_IDLE_ROUNDS: u32 = 5;
/// Lines read from the client that the guest has not taken yet, in bytes; then reading stops.
pub const STDIN_QUEUE_BYTES: usize = 4 << 20;
/// One read of stdin, in bytes: the size of a Linux pipe.
pub const STDIN_READ_BYTES: usize = 64 << 10;
/// Longest id, progress token or tool name of a client's request, in bytes: a UUID has 36, and the
/// host keeps all three for each open call.
pub const ID_BYTES: usize = 1 << 10;
/// Client requests that may be open at once; the host answers further ones with an error.
pub const OPEN_CALLS: usize = 1_024;
/// Cancelled calls whose late answer is nobody's fault: as many as a client cancels at once.
pub const CANCELLED_CALLS: usize = 64;
/// Refused lines of the component that are each noted; then at every power of two.
pub const REFUSED_LINES_NOTED: u64 = 32;
/// Times that a component is started again after a trap within [`RESTART_WINDOW`]: a trap costs
/// calls, not the session, but a component that traps at every call is broken.
pub const RESTARTS: usize = 3;
/// The time over which restarts are counted.
pub const RESTART_WINDOW: Duration = Duration::from_secs(60);
/// CPU time that a restarted component has at least: it starts and answers, but gains no burst.
pub const CPU_RESTART: Duration = Duration::from_millis(500);
/// Answers that the client has not read yet, in bytes; then the guest waits.
pub const STDOUT_QUEUE_BYTES: usize = 8 << 20;
/// What the guest may write to stdout at once, in bytes.
pub const STDOUT_WRITE_BYTES: usize = 64 << 10;
/// A write that a ready pipe takes without blocking, in bytes (POSIX PIPE_BUF on Linux).
pub const PIPE_BUF_BYTES: usize = 4 << 10;
/// Longest line of guest stderr that is shown, in bytes; the rest of the line is cut.
pub const STDERR_LINE_BYTES: usize = 4 << 10;
/// What the guest may write to stderr at once, in bytes.
pub const STDERR_WRITE_BYTES: usize = 4 << 10;
/// Largest component that is compiled, in bytes: compiling is not metered.
pub const COMPONENT_BYTES: u64 = 32 << 20;
/// Largest file of certificate authorities, in bytes: the whole Mozilla bundle is 230 kB.
pub const CA_FILE_BYTES: u64 = 4 << 20;
/// How long a guest may take to end after the end of its input.
pub const EXIT_GRACE: Duration = Duration::from_secs(5);

/// What `selftest` shows of a failed attempt's evidence, in characters: it may hold a whole answer.
pub const SELFTEST_WHY_CHARS: usize = 300;

/// The bounds that an operator asks about, for `explain`.
pub fn table() -> Vec<(&'static str, String)> {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    vec![
        ("component memory", mib(MEMORY_BYTES as u64)),
        ("component handles", HANDLES.to_string()),
        (
            "component CPU",
            format!(
                "{CPU_BURST:?} at once, then {CPU_REFILL_PERCENT} % of the time, {CPU_PER_BODY_MIB:?} per MiB of body"
            ),
        ),
        (
            "restarts after a trap",
            format!("{RESTARTS} in {RESTART_WINDOW:?}, then exit 134"),
        ),
        ("requests at once", CONCURRENT_REQUESTS.to_string()),
        ("request path and query", format!("{TARGET_BYTES} bytes")),
        ("request body", "none".into()),
        ("response body on the wire", mib(BODY_WIRE_BYTES)),
        ("response body after gzip", mib(BODY_PLAIN_BYTES)),
        (
            "response head",
            format!("{RESPONSE_HEADERS} headers, {RESPONSE_HEAD_BYTES} bytes"),
        ),
        (
            "connect, TLS handshake",
            format!("{CONNECT:?}, {TLS_HANDSHAKE:?}"),
        ),
        (
            "first byte, between bytes, total",
            format!("{FIRST_BYTE:?}, {BETWEEN_BYTES:?}, {TOTAL:?}"),
        ),
        (
            "line on stdin",
            format!("{} bytes, depth {JSON_DEPTH}", LINE_BYTES),
        ),
        (
            "guest stderr",
            format!("{STDERR_BURST_BYTES} bytes at once, then {STDERR_BYTES_PER_SECOND} bytes/s"),
        ),
    ]
}
