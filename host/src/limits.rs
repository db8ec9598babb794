//! Every bound of the program around the gate: value, unit, reason. Those of requests, answers and
//! the audit are in the gate.

use std::time::Duration;

// What a user or a program hands over.

/// Largest file or output with a secret, in bytes: the argocd CLI's file with some contexts.
pub(crate) const SECRET_FILE_BYTES: u64 = 1 << 20;
/// How long a `--token-command` may take: a person may have to confirm with a finger.
pub(crate) const TOKEN_COMMAND: Duration = Duration::from_secs(60);
/// Time between two looks at whether that program has ended.
pub(crate) const CHILD_POLL: Duration = Duration::from_millis(5);

// Reading an audit.

/// Longest line that is read, in bytes: the longest that is written has two lists of 32 texts with 512
/// bytes, each of which JSON escapes to at most six.
pub(crate) const SUMMARY_LINE_BYTES: u64 = 256 << 10;
/// Most tools, routes, rules or denials that are told apart; the rest is counted together. A log of
/// a year's normal use has some dozens.
pub(crate) const SUMMARY_GROUPS: usize = 500;
/// Most runs that are followed side by side and listed one by one: a client may start one for each
/// conversation.
pub(crate) const SUMMARY_SESSIONS: usize = 500;
/// Most places named for each thing that is wrong with a log.
pub(crate) const SUMMARY_PLACES: usize = 10;
/// Most allowed requests of all runs that wait for their outcome: many times what they have in flight.
pub(crate) const SUMMARY_OPEN: usize = 4_096;

// Recording an application.

/// Most objects of the tree that are read one by one, unwell ones first: each costs four requests.
pub(crate) const RECORDED_OBJECTS: usize = 60;
/// Most lines of a log: more than any answer reads of one.
pub(crate) const RECORDED_LINES: u32 = 1_000;
/// Longest name of a file before its ending, in bytes: file systems take 255.
pub(crate) const RECORDED_NAME_BYTES: usize = 150;

// The component, held by `runtime/`.

/// Linear memory, in bytes: twice what the largest list needs.
pub(crate) const MEMORY_BYTES: usize = 64 << 20;
/// Elements of a table: ours has 1,000.
pub(crate) const TABLE_ELEMENTS: usize = 20_000;
/// Resource handles, and entries of the host's resource table: the host pays for each.
pub(crate) const HANDLES: usize = 10_000;
/// One read of random bytes: the host allocates it, and a failed allocation aborts the host.
pub(crate) const RANDOM_BYTES: u64 = 64 << 10;
/// All fields of one `wasi:http` header object, in bytes.
pub(crate) const FIELD_BYTES: usize = 16 << 10;
/// Memory that one host call may copy, as wasmtime's host call fuel.
pub(crate) const HOST_CALL_FUEL: usize = 4 << 20;
/// The wasm stack, in bytes: recursion ends here.
pub(crate) const WASM_STACK_BYTES: usize = 512 << 10;
/// The stack of the fiber around it, in bytes: host functions run on it too.
pub(crate) const ASYNC_STACK_BYTES: usize = 2 << 20;
/// CPU time that a guest may use at once.
pub(crate) const CPU_BURST: Duration = Duration::from_secs(5);
/// CPU time regained, in percent of the time that passes.
pub(crate) const CPU_REFILL_PERCENT: u32 = 10;
/// CPU time granted for each MiB of response body that was delivered: twice what the list of 50,000
/// applications takes on a slow core, so that a series of lists in an incident never runs dry.
pub(crate) const CPU_PER_BODY_MIB: Duration = Duration::from_millis(100);

// The standard streams, held by `runtime/`.

/// Deepest nesting of a line on stdin.
pub(crate) const JSON_DEPTH: usize = 64;
/// Longest line of the guest on stdout, in bytes: the largest answer is 40,000 characters.
pub(crate) const STDOUT_LINE_BYTES: usize = 4 << 20;
/// Guest stderr that passes at once, in bytes; the rest is dropped and counted.
pub(crate) const STDERR_BURST_BYTES: usize = 64 << 10;
/// Guest stderr regained, in bytes per second.
pub(crate) const STDERR_BYTES_PER_SECOND: usize = 4 << 10;
/// A request body must have ended this long after `handle`, or the attempt is denied.
pub(crate) const REQUEST_BODY_END: Duration = Duration::from_secs(1);

// What only the program around the sandbox holds.

/// Instances in one store: the component is three core modules and their adapters.
pub(crate) const INSTANCES: usize = 32;
/// Tables in one store.
pub(crate) const TABLES: usize = 16;
/// Memories in one store: one for the component, one for an adapter.
pub(crate) const MEMORIES: usize = 2;
/// Time between two looks at the CPU meter while the guest runs.
pub(crate) const EPOCH_TICK: Duration = Duration::from_millis(10);
/// Idle ticks before the ticker parks: a burst of calls must not pay for waking it each time.
pub(crate) const EPOCH_IDLE_ROUNDS: u32 = 5;
/// Lines read from the client that the guest has not taken yet, in bytes; then reading stops.
pub(crate) const STDIN_QUEUE_BYTES: usize = 4 << 20;
/// One read of stdin, in bytes: the size of a Linux pipe.
pub(crate) const STDIN_READ_BYTES: usize = 64 << 10;
/// Refused lines of the component that are each noted; then at every power of two.
pub(crate) const REFUSED_LINES_NOTED: u64 = 32;
/// Times that a component is started again after a trap within [`RESTART_WINDOW`]: a trap costs
/// calls, not the session, but a component that traps at every call is broken.
pub(crate) const RESTARTS: usize = 3;
/// The time over which restarts are counted.
pub(crate) const RESTART_WINDOW: Duration = Duration::from_secs(60);
/// CPU time that a restarted component has at least: it starts and answers, but gains no burst.
pub(crate) const CPU_RESTART: Duration = Duration::from_millis(500);
/// Answers that the client has not read yet, in bytes; then the guest waits.
pub(crate) const STDOUT_QUEUE_BYTES: usize = 8 << 20;
/// What the guest may write to stdout at once, in bytes.
pub(crate) const STDOUT_WRITE_BYTES: usize = 64 << 10;
/// A write that a ready pipe takes without blocking, in bytes (POSIX PIPE_BUF on Linux).
pub(crate) const PIPE_BUF_BYTES: usize = 4 << 10;
/// Longest line of guest stderr that is shown, in bytes; the rest of the line is cut.
pub(crate) const STDERR_LINE_BYTES: usize = 4 << 10;
/// What the guest may write to stderr at once, in bytes.
pub(crate) const STDERR_WRITE_BYTES: usize = 4 << 10;
/// Largest component that is compiled, in bytes: compiling is not metered.
pub(crate) const COMPONENT_BYTES: u64 = 32 << 20;
/// Largest file of certificate authorities, in bytes: the whole Mozilla bundle is 230 kB.
pub(crate) const CA_FILE_BYTES: u64 = 4 << 20;
/// How long a guest may take to end after the end of its input.
pub(crate) const EXIT_GRACE: Duration = Duration::from_secs(5);
/// What `selftest` shows of a failed attempt's evidence, in characters: it may hold a whole answer.
pub(crate) const SELFTEST_WHY_CHARS: usize = 300;
