//! The rooms of each crate, from the top, with the rooms that each may import.

/// A room and what it may import.
pub(super) struct Room(pub(super) &'static str, pub(super) &'static [&'static str]);

/// A crate and its rules.
pub(super) struct Crate {
    pub(super) folder: &'static str,
    /// From the top: a room may import only rooms that come after it.
    pub(super) rooms: &'static [Room],
    /// Rooms that have a rule before they are there.
    pub(super) expected: &'static [&'static str],
}

pub(super) const CRATES: &[Crate] = &[GUEST, REDACT, GATE, HOST];

#[rustfmt::skip]
const GUEST: Crate = Crate {
    folder: "guest/src",
    rooms: &[
        Room("wasi", &["http", "limits"]),
        Room("stdio", &["server", "mcp", "http", "limits"]),
        Room("server", &["mcp", "tools", "call", "answer", "argocd", "http", "limits"]),
        Room("mcp", &["limits"]),
        Room("tools", &["call", "model", "answer", "argocd", "redact", "http", "limits"]),
        Room("call", &["model", "answer", "argocd", "redact", "http", "limits"]),
        Room("model", &["answer", "argocd", "redact", "limits"]),
        Room("answer", &["redact", "limits"]),
        Room("argocd", &["redact", "http", "limits"]),
        Room("redact", &[]),
        Room("http", &[]),
        Room("limits", &[]),
    ],
    expected: &[],
};

#[rustfmt::skip]
const REDACT: Crate = Crate {
    folder: "guest/redact/src",
    rooms: &[
        Room("document", &["lines", "manifest", "scrub", "keys"]),
        Room("lines", &["scrub", "shapes", "limits"]),
        Room("manifest", &["scrub", "keys", "node", "limits"]),
        Room("text", &["excerpt", "scrub", "limits"]),
        Room("excerpt", &[]),
        Room("scrub", &["clean", "named", "pairs", "shapes", "urls"]),
        Room("named", &["pairs", "gomap", "keys", "node"]),
        Room("pairs", &["gomap", "prose", "keys", "node", "limits"]),
        Room("gomap", &["limits"]),
        Room("prose", &[]),
        Room("shapes", &["node"]),
        Room("urls", &["node", "limits"]),
        Room("clean", &[]),
        Room("keys", &[]),
        Room("node", &[]),
        Room("limits", &[]),
    ],
    expected: &[],
};

#[rustfmt::skip]
const GATE: Crate = Crate {
    folder: "host/gate/src",
    rooms: &[
        Room("policy_file", &["egress", "policy", "digest", "escape", "limits"]),
        Room("egress", &["policy", "secrets", "audit", "bucket", "limits"]),
        Room("calls", &["policy", "limits", "guard"]),
        Room("policy", &["limits", "guard"]),
        Room("secrets", &["limits", "guard", "random"]),
        Room("audit", &["limits", "guard", "random"]),
        Room("framer", &["limits"]),
        Room("bucket", &[]),
        Room("digest", &[]),
        Room("escape", &[]),
        Room("random", &[]),
        Room("guard", &[]),
        Room("limits", &[]),
    ],
    expected: &[],
};

#[rustfmt::skip]
const HOST: Crate = Crate {
    folder: "host/src",
    rooms: &[
        Room("commands", &["session", "plan", "cli", "runtime", "harden", "render", "shell", "output", "upstream", "exit", "limits"]),
        Room("session", &["supervise", "plan", "runtime", "stdio", "exit", "limits"]),
        Room("supervise", &["runtime", "stdio", "limits"]),
        Room("plan", &["cli", "harden", "upstream", "exit", "limits"]),
        Room("cli", &[]),
        Room("cost", &["runtime", "stdio", "harden"]),
        Room("runtime", &["stdio", "upstream", "exit", "limits"]),
        Room("stdio", &["limits"]),
        Room("harden", &[]),
        Room("upstream", &[]),
        Room("output", &["exit"]),
        Room("exit", &[]),
        Room("shell", &["render"]),
        Room("render", &[]),
        Room("limits", &[]),
    ],
    expected: &[],
};
