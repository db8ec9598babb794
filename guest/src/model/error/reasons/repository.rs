//! Git hosts, registries and chart repositories, as far as they answer.

use super::row::{ANY, Look, Reason, Remedy::Always};
use crate::model::error::parts::{
    Component::{ChartRepository, GitHost, Registry},
    Stage::{Hydrate, Target},
};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "ssh-host-key-changed",
        has: &["remote host identification has changed|knownhosts: key mismatch"],
        component: Some(GitHost),
        says: "the Git host presents another SSH host key than the one that Argo CD knows",
        remedy: Always(
            "If the host changed its key, replace it in ConfigMap argocd-ssh-known-hosts-cm (argocd cert add-ssh).",
        ),
        ..ANY
    },
    Reason {
        name: "ssh-host-key",
        has: &[
            "host key verification failed|knownhosts: key is unknown|host key is known for|host key is unknown",
        ],
        component: Some(GitHost),
        says: "Argo CD does not know the SSH host key of the Git host; neither the deploy key nor the repository is at fault",
        remedy: Always(
            "Add the host's key to Argo CD's known hosts: ConfigMap argocd-ssh-known-hosts-cm, or argocd cert add-ssh.",
        ),
        ..ANY
    },
    Reason {
        name: "ssh-key-refused",
        has: &["permission denied (publickey|unable to authenticate, attempted methods"],
        component: Some(GitHost),
        says: "the Git host refuses the SSH key that Argo CD has for the repository",
        remedy: Always(
            "Compare the key in Argo CD's repository credentials with the deploy keys of the repository.",
        ),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "ssh-key-missing",
        has: &["ssh agent requested but ssh_auth_sock not-specified"],
        component: Some(GitHost),
        says: "Argo CD has no SSH key for this repository URL",
        remedy: Always(
            "Add repository credentials for exactly this URL, in the application's project or in none.",
        ),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "ssh-closed",
        has: &["kex_exchange_identification"],
        component: Some(GitHost),
        says: "the Git host closes the SSH connection before it is set up",
        ..ANY
    },
    Reason {
        name: "lfs-quota",
        has: &["over its data quota|exceeded its lfs budget|lfs budget|purchase more data packs"],
        component: Some(GitHost),
        says: "the Git host's LFS quota of the repository is used up, so files in LFS cannot be downloaded",
        remedy: Always(
            "Raise the quota at the Git host, or turn LFS off for the repository in Argo CD if the manifests do not need it.",
        ),
        ..ANY
    },
    Reason {
        name: "lfs",
        has: &["smudge filter lfs failed|git-lfs filter-process|external filter 'git-lfs"],
        component: Some(GitHost),
        says: "files in Git LFS cannot be downloaded",
        ..ANY
    },
    Reason {
        name: "proxy",
        has: &[
            "proxyconnect tcp|proxy authentication required|from proxy after connect|connect tunnel failed",
        ],
        says: "the proxy between Argo CD and the repository fails or refuses the connection",
        remedy: Always(
            "Check the repository's proxy settings in Argo CD, and HTTPS_PROXY and NO_PROXY of the repo-server.",
        ),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "push-raced",
        stages: &[Hydrate],
        has: &["cannot lock ref|non-fast-forward|fetch first|stale info"],
        component: Some(GitHost),
        says: "the push was rejected because another push to the same ref came first: a race; the manifests and the credentials are not at fault",
        remedy: Always(
            "Hydrate again: refresh the application, or set the annotation argocd.argoproj.io/hydrate.",
        ),
        ..ANY
    },
    Reason {
        name: "push-declined",
        stages: &[Hydrate],
        has: &["pre-receive hook declined|protected branch|gh006|gh013|not allowed to push"],
        component: Some(GitHost),
        says: "the Git host refuses the push by a rule of the repository",
        remedy: Always("Allow Argo CD's account to push to the hydrated branch."),
        ..ANY
    },
    Reason {
        name: "push-denied",
        stages: &[Hydrate],
        has: &[
            "write access to repository not granted|permission to|returned error: 403|authentication",
        ],
        component: Some(GitHost),
        says: "the Git host does not let Argo CD push",
        remedy: Always(
            "The hydrator needs credentials with write access (repository-write credentials).",
        ),
        ..ANY
    },
    Reason {
        name: "git-server-failed",
        stages: &[Target, Hydrate],
        has: &[
            "internal api unreachable|remote: internal server error|remote: gitlab is|returned error: 500|returned error: 502|returned error: 503|returned error: 504|status code: 500|status code: 502|status code: 503|status code 500|status code 502|status code 503",
        ],
        component: Some(GitHost),
        says: "the Git server itself failed with an internal error; such errors are on its side and often temporary",
        remedy: Always("Argo CD tries again by itself; look at the server's status if it lasts."),
        ..ANY
    },
    Reason {
        name: "rate-limit",
        stages: &[Target, Hydrate],
        has: &["rate limit|too many requests|toomanyrequests|status code 429|returned error: 429"],
        says: "the repository's host limits how often Argo CD may ask",
        remedy: Always(
            "Use credentials with a higher limit, or fewer and cached requests (webhooks in place of polling).",
        ),
        ..ANY
    },
    Reason {
        name: "registry-token-expired",
        stages: &[Target],
        has: &[
            "authorization token has expired|token has expired|reauthenticate and try again|token is expired",
        ],
        component: Some(Registry),
        says: "the registry's token that Argo CD stores for the repository has expired",
        remedy: Always(
            "Renew the repository's credentials in Argo CD; a token of Amazon ECR lasts 12 hours.",
        ),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "credentials-refused",
        stages: &[Target],
        has: &[
            "invalid username or password|invalid credentials|http basic: access denied|authentication failed|support for password authentication was removed|bad credentials|password is incorrect",
        ],
        says: "the repository's host refuses the credentials that Argo CD has",
        remedy: Always("Renew the repository's credentials in Argo CD."),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "credentials-required",
        stages: &[Target],
        has: &[
            "authentication required|could not read username|no basic auth|401 unauthorized|status code 401|returned error: 401|unauthorized: |failed to authorize|terminal prompts disabled",
        ],
        says: "the repository requires credentials, and Argo CD has none that it accepts",
        remedy: Always("Add or renew the repository's credentials in Argo CD."),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "repository-missing",
        stages: &[Target, Hydrate],
        has: &[
            "repository not found|project you were looking for could not be found|does not appear to be a git repository|returned error: 404|name unknown|repository does not exist",
        ],
        lacks: "no repository definition",
        says: "the repository does not exist, or Argo CD has no access to it",
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "access-refused",
        stages: &[Target],
        has: &[
            "returned error: 403|403 forbidden|status code 403|status code: 403|pull access denied|access to the resource is denied|remote: forbidden",
        ],
        lacks: "lookup |dial tcp",
        says: "the repository's host refuses Argo CD access",
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "plain-http",
        stages: &[Target],
        has: &["server gave http response to https client"],
        says: "the repository's host answers plain HTTP where Argo CD speaks HTTPS",
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "certificate-time",
        stages: &[Target, Hydrate],
        has: &["certificate has expired|certificate is not yet valid"],
        says: "the TLS certificate of the repository's host has expired or is not valid yet",
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "certificate-name",
        stages: &[Target, Hydrate],
        has: &[
            "certificate is valid for|no alternative certificate subject name|certificate is not valid for any names|doesn't contain any ip sans",
        ],
        says: "the TLS certificate of the repository's host is for another name",
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "certificate-unknown",
        stages: &[Target, Hydrate],
        has: &[
            "signed by unknown authority|self-signed certificate|self signed certificate|unable to get local issuer certificate|server certificate verification failed|certificate is not trusted",
        ],
        says: "Argo CD does not trust the TLS certificate of the repository's host",
        remedy: Always("Add the host's CA to ConfigMap argocd-tls-certs-cm (argocd cert add-tls)."),
        look: Look::Repositories,
        ..ANY
    },
    Reason {
        name: "chart-not-in-registry",
        stages: &[Target],
        has: &["helm pull oci://|helm fetch oci://", ": not found"],
        component: Some(Registry),
        says: "the registry has no such chart, or no such version of it",
        look: Look::Sources,
        ..ANY
    },
    Reason {
        name: "chart-version-missing",
        stages: &[Target],
        has: &[
            "version",
            "no chart version found|not found in|no version found|chart version not found|unable to find a version|no matching version|could not find a version",
        ],
        lacks: "cannot reference a different|found in chart.yaml",
        says: "the target revision does not exist in the repository: it has no such version of the chart",
        ..ANY
    },
    Reason {
        name: "chart-missing",
        stages: &[Target],
        has: &["chart", "not found in"],
        lacks: "version|found in chart.yaml",
        says: "the chart does not exist in the repository",
        ..ANY
    },
    Reason {
        name: "chart-index",
        has: &["index.yaml", "404|not found"],
        component: Some(ChartRepository),
        says: "the chart repository has no index.yaml under this URL",
        ..ANY
    },
    Reason {
        name: "version-constraint",
        stages: &[Target],
        has: &["improper constraint|invalid semantic version|invalid revision"],
        says: "the target revision is neither a version nor a range of versions",
        ..ANY
    },
    Reason {
        name: "commit-gone",
        has: &[
            "not our ref|couldn't find remote ref|reference is not a tree|bad object|unadvertised object",
        ],
        component: Some(GitHost),
        says: "the Git host no longer has this commit or branch",
        ..ANY
    },
    Reason {
        name: "revision-missing",
        stages: &[Target],
        has: &[
            "unable to resolve|reference not found|unknown revision|did not match any file(s) known to git|ambiguous argument",
        ],
        lacks: "unable to resolve host|resolve reference",
        says: "the target revision does not exist in the repository",
        ..ANY
    },
    Reason {
        name: "repository-empty",
        has: &["remote repository is empty"],
        component: Some(GitHost),
        says: "the repository is empty",
        ..ANY
    },
    Reason {
        name: "path-missing",
        has: &[": app path does not exist"],
        says: "the source path{}; the repository itself is readable",
        look: Look::Path,
        ..ANY
    },
    Reason {
        name: "path-is-file",
        has: &["app path is not a directory"],
        says: "the source path is a file, not a directory",
        ..ANY
    },
    Reason {
        name: "submodule",
        has: &["submodule", "failed|fatal"],
        component: Some(GitHost),
        says: "a Git submodule of the repository cannot be fetched",
        remedy: Always(
            "Give Argo CD credentials for the submodule's repository, or turn submodules off (ARGOCD_GIT_MODULES_ENABLED=false).",
        ),
        ..ANY
    },
    Reason {
        name: "symlink",
        has: &["out-of-bounds symlink"],
        says: "the repository has a symbolic link that points out of it, which Argo CD refuses",
        ..ANY
    },
];
