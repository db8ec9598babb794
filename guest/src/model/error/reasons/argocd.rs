//! Argo CD's own parts: repo-server, commit-server, Redis, plugins in their sidecars, signatures.

use super::row::{ANY, Look, Reason, Remedy::Always};
use crate::model::error::parts::{
    Component::{CommitServer, Plugin, Redis, RepoServer, Signature},
    Stage::{Hydrate, Live, Target},
};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "redis-password",
        has: &[
            "noauth|wrongpass|noperm |invalid username-password pair",
            "redis|desc = noauth|desc = wrongpass",
        ],
        component: Some(Redis),
        says: "Argo CD's own Redis refuses the password that Argo CD sends, which hits every application",
        remedy: Always(
            "Restart Argo CD's components after the password in Secret argocd-redis changed.",
        ),
        ..ANY
    },
    Reason {
        name: "redis-unreachable",
        has: &[
            "argocd-redis|argo-cd-redis|lookup redis on |:6379|:26379",
            "dial tcp|no such host|i/o timeout|refused",
        ],
        lacks: "error while dialing",
        component: Some(Redis),
        says: "Argo CD cannot reach its own Redis, which hits every application; the repository is not at fault",
        remedy: Always(
            "Check the Redis Pods and Service of the Argo CD installation, and its cluster's DNS and network policies.",
        ),
        ..ANY
    },
    Reason {
        name: "plugin-socket",
        has: &["dial unix", "cmp-server"],
        component: Some(Plugin),
        says: "Argo CD's repo-server cannot reach the plugin's sidecar over its socket",
        remedy: Always("Check the sidecar's container in the repo-server's Pod."),
        ..ANY
    },
    Reason {
        name: "commit-server-unreachable",
        stages: &[Hydrate],
        has: &["code = unavailable", "error while dialing"],
        component: Some(CommitServer),
        says: "Argo CD cannot reach its own commit-server, which writes hydrated manifests",
        remedy: Always("Check that the argocd-commit-server Pods run: the hydrator needs them."),
        ..ANY
    },
    Reason {
        name: "repo-server-tls",
        has: &[
            "code = unavailable",
            "first record does not look like a tls handshake|server gave http response|wrong version number|authentication handshake failed: eof|error reading server preface",
        ],
        component: Some(RepoServer),
        says: "Argo CD's components disagree about TLS with Argo CD's own repo-server: one side speaks plain text where the other expects TLS",
        remedy: Always(
            "Make reposerver.disable.tls, controller.repo.server.plaintext and server.repo.server.plaintext in ConfigMap argocd-cmd-params-cm agree, and restart the components.",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-certificate",
        has: &[
            "code = unavailable",
            "authentication handshake failed",
            "x509|certificate",
        ],
        component: Some(RepoServer),
        says: "Argo CD does not accept the certificate of its own repo-server",
        remedy: Always("Renew Secret argocd-repo-server-tls, and restart the repo-server."),
        ..ANY
    },
    Reason {
        name: "repo-server-unreachable",
        stages: &[Target, Live],
        has: &[
            "code = unavailable",
            "error while dialing|name resolver error",
        ],
        lacks: "dial unix|plugin sidecar|cmp processing",
        component: Some(RepoServer),
        says: "Argo CD cannot reach its own repo-server, which hits every application; the repository is not at fault",
        remedy: Always(
            "Check the repo-server's Pods and Service, and the network policies of the Argo CD installation.",
        ),
        ..ANY
    },
    Reason {
        name: "plugin-timeout",
        has: &[
            "plugin sidecar failed|cmp processing failed|manifests in cmp|match repository with cmp",
            "deadlineexceeded|deadline exceeded|failed timeout after",
        ],
        component: Some(Plugin),
        says: "the config management plugin took longer than its time limit",
        remedy: Always(
            "Make the plugin faster, or raise ARGOCD_EXEC_TIMEOUT in its sidecar and the timeouts of the repo-server.",
        ),
        ..ANY
    },
    Reason {
        name: "plugin-missing",
        has: &["find cmp-server plugin with name"],
        component: Some(Plugin),
        says: "no plugin sidecar of this name accepts the repository: it is not installed, has another name, or its discover rule does not match",
        remedy: Always(
            "Compare the name with the sidecars of the repo-server: a plugin with a version is called NAME-VERSION.",
        ),
        ..ANY
    },
    Reason {
        name: "plugin-none",
        has: &["find plugin supporting the given repository|no plugin supporting"],
        component: Some(Plugin),
        says: "no plugin sidecar accepts the repository: no discover rule matches, or the sidecar does not run",
        ..ANY
    },
    Reason {
        name: "plugin-not-configured",
        has: &["config management plugin not supported"],
        component: Some(Plugin),
        says: "the plugin that the application names is not configured in Argo CD",
        remedy: Always(
            "Install it as a sidecar of the repo-server: plugins in ConfigMap argocd-cm are no longer read since 2.8.",
        ),
        ..ANY
    },
    Reason {
        name: "plugin-command",
        has: &["plugin sidecar failed|cmp processing failed|manifests in cmp"],
        component: Some(Plugin),
        says: "the source does not render: the config management plugin failed",
        ..ANY
    },
    Reason {
        name: "repo-server-killed-command",
        has: &["signal: killed|exit status 137"],
        lacks: "plugin sidecar failed|cmp processing failed|manifests in cmp",
        component: Some(RepoServer),
        says: "no error of the chart or the manifests: the process was killed before it ended, usually when the repo-server runs out of memory or a time limit passes",
        remedy: Always(
            "Look at the memory limit and the restarts of the repo-server's Pods; then do a hard refresh.",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-command-timeout",
        has: &["` failed timeout after"],
        lacks: "plugin sidecar failed|cmp processing failed|manifests in cmp",
        component: Some(RepoServer),
        says: "a command of the repo-server ran longer than its time limit",
        remedy: Always(
            "Raise ARGOCD_EXEC_TIMEOUT of the repo-server, or find out what the command waits for.",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-memory",
        stages: &[Target],
        has: &["cannot allocate memory|resource temporarily unavailable|unable to create thread"],
        component: Some(RepoServer),
        says: "Argo CD's own repo-server has no memory or processes left",
        remedy: Always(
            "Raise the limits of the repo-server, or lower how many manifests it renders at once (reposerver.parallelism.limit).",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-disk",
        stages: &[Target],
        has: &["no space left on device|disk quota exceeded"],
        component: Some(RepoServer),
        says: "the disk of Argo CD's own repo-server is full",
        remedy: Always(
            "Give the repo-server's /tmp more space, or restart it to empty its clones.",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-lock",
        stages: &[Target],
        has: &["index.lock|another git process seems to be running|shallow.lock"],
        component: Some(RepoServer),
        says: "a lock file was left in the repo-server's own clone of the repository",
        remedy: Always("Restart the repo-server: it clones again."),
        ..ANY
    },
    Reason {
        name: "repo-server-broke-off",
        has: &[
            "code = unavailable",
            "error reading from server: eof|transport is closing|connection reset by peer|connection closed before|goaway|desc = eof|unexpected eof|error reading from server",
        ],
        component: Some(RepoServer),
        says: "Argo CD's own repo-server broke off while it rendered: it crashed, was killed (out of memory, for example) or restarted",
        remedy: Always("Look at the restarts and the memory limit of the repo-server's Pods."),
        ..ANY
    },
    Reason {
        name: "manifests-too-large",
        has: &[
            "received message larger than max|trying to send message larger than max|received message after decompression larger",
        ],
        component: Some(RepoServer),
        says: "the rendered manifests are larger than the limit of a gRPC message between Argo CD's components",
        remedy: Always(
            "Split the application, or raise ARGOCD_GRPC_MAX_SIZE_MB on the API server, the repo-server and the controller.",
        ),
        ..ANY
    },
    Reason {
        name: "repo-server-slow",
        stages: &[Target],
        has: &["desc = context deadline exceeded|desc = stream terminated"],
        lacks: "plugin sidecar|cmp processing|` failed|failed to list refs|unable to ls-remote",
        component: Some(RepoServer),
        says: "Argo CD's own repo-server did not answer in time",
        remedy: Always(
            "Look at the load of the repo-server; controller.repo.server.timeout.seconds sets how long the controller waits.",
        ),
        ..ANY
    },
    Reason {
        name: "panic",
        has: &[
            "runtime error: invalid memory address|runtime error: index out of range|recovered from panic|panic:",
        ],
        lacks: "jsonnet|execution error at",
        says: "Argo CD itself failed on this application (a panic in its code)",
        ..ANY
    },
    Reason {
        name: "signature-key",
        has: &[
            "found good signature made with|signed with unallowed key",
            "not allowed in appproject|unallowed",
        ],
        component: Some(Signature),
        says: "the revision's signature is good, but the project does not allow its key",
        remedy: Always(
            "Add the key (for a subkey, that subkey) to the allowed keys of the project, or sign with an allowed one.",
        ),
        look: Look::Keys,
        ..ANY
    },
    Reason {
        name: "signature-missing",
        has: &["is not signed, but a signature is required|': unsigned (key_id="],
        component: Some(Signature),
        says: "the project requires signed commits, and this revision is not signed",
        remedy: Always(
            "Sign the commit with an allowed key; where targetRevision names an annotated tag, sign the tag.",
        ),
        ..ANY
    },
    Reason {
        name: "signature-unknown",
        has: &["could not verify commit signature on revision"],
        component: Some(Signature),
        says: "the signature verification of the revision failed in Argo CD: the project requires signed commits",
        remedy: Always("The reason stands in the log of the repo-server."),
        ..ANY
    },
    Reason {
        name: "signature-key-unknown",
        has: &[
            "failed verifying revision|made with",
            "missing key|key not in keyring|signed with key not in",
        ],
        component: Some(Signature),
        says: "Argo CD does not have the public key of the revision's signature",
        remedy: Always("Add the public key to Argo CD (argocd gpg add)."),
        ..ANY
    },
    Reason {
        name: "signature-invalid",
        has: &[
            "but verification result was invalid|failed verifying revision|provenance signature verification failed",
        ],
        component: Some(Signature),
        says: "Argo CD does not accept the revision's signature",
        ..ANY
    },
];
