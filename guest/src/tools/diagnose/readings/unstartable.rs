//! Why a container cannot be created or started, read off the message of the kubelet.

use super::rows::{About, Row, row, rows};
use crate::{answer::word, tools::diagnose::proven::Proven};

rows! {
    ROWS:
    ["/sys/fs/cgroup", "no space left on device"] Node
        "the node has no room for another cgroup", "";
        "mkdir /sys/fs/cgroup/memory/kubepods/burstable/x: no space left on device",
        not "mkdir /data/x: disk quota exceeded";
    ["no space left on device"] Node
        "the disk of the node is full", "Free disk space there, or move the Pod.";
        "failed to create containerd container: mkdir /var/lib/containerd/x: no space left on device",
        not "failed to create containerd container: mkdir /var/lib/containerd/x: file exists";
    ["memory limit too low|oom-killed|oom killed"] Manifest
        "its memory limit is too low to start it", "";
        "OCI runtime create failed: container init was OOM-killed (memory limit too low?)",
        not "OCI runtime create failed: memory: device or resource busy";
    ["deadline exceeded|operation timeout|timed out waiting for"] Node
        "the container runtime of the node did not answer in time: it is slow or overloaded", "The kubelet tries again.";
        "context deadline exceeded",
        not "the deadline of the Job is exceeded";
    ["is reserved for"] Node
        "the container runtime of the node still holds the container's name: an earlier attempt has not ended", "The kubelet tries again.";
        "failed to reserve container name \"app_p_n_0\": name \"app_p_n_0\" is reserved for \"4f1\"",
        not "port 8080 is reserved";
    ["cgroup"] Node
        "the node cannot set up the container's cgroup", "";
        "unable to apply cgroup configuration: failed to write 12: write /sys/fs/cgroup/x/cgroup.procs: device or resource busy",
        not "unable to start container process: device or resource busy";
    ["no runtime for|runtime handler|runtimehandler|unknown runtime"] Node
        "the node has no such container runtime handler", "Set it up on the node, or place the Pod on nodes that have it (runtimeClassName).";
        "failed to get sandbox runtime: no runtime for \"kata\" is configured",
        not "failed to create the runtime directory";
    ["inotify"] Node
        "the limit fs.inotify.max_user_instances of the node is reached", "Raise it on the node.";
        "failed to create fsnotify watcher: inotify_init: too many open files",
        not "failed to watch the file";
    ["too many open files"] Node
        "the node has no file descriptors left", "";
        "open /proc/self/fd: too many open files",
        not "too many files in the image";
    ["cannot allocate memory|resource temporarily unavailable"] Node
        "the node has no memory or process IDs left", "";
        "fork/exec /usr/bin/runc: resource temporarily unavailable",
        not "the service is temporarily overloaded";
    ["unhealthy device|healthy devices|device plugin|allocate failed"] Node
        "the device plugin of the node has no healthy device", "It is often not ready after a reboot of the node.";
        "Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu",
        not "device /dev/sdb is read-only";
    ["nvidia-container-cli"] Node
        "the NVIDIA runtime of the node failed", "";
        "nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown",
        not "the NVIDIA driver is version 550";
    ["seccomp|apparmor", "no such file|not loaded|not found"] Node
        "the node does not have the seccomp or AppArmor profile", "";
        "cannot load seccomp profile \"/var/lib/kubelet/seccomp/p.json\": no such file or directory",
        not "seccomp is disabled";
    ["ttrpc: closed|containerd.sock|cri-dockerd.sock|crio.sock"] Node
        "the container runtime of the node broke off", "The kubelet tries again.";
        "failed to create shim task: ttrpc: closed: unknown",
        not "the connection was closed";
    ["services have not yet been read at least once"] Node
        "the kubelet of the node has not read the Services yet", "It passes by itself once the kubelet reaches the API server.";
        "services have not yet been read at least once, cannot construct envvars",
        not "services are read-only";
    ["couldn't find key"] Manifest
        "a Secret or ConfigMap does not have the key that the container asks for", "It starts once the key exists.";
        "couldn't find key PORT in ConfigMap shop/web",
        not "couldn't find a free port";
    ["secret \"|secret '|secrets \"", "not found"] Manifest
        "a Secret does not exist", "It starts once the Secret exists.";
        "secret \"web-tls\" not found",
        not "secret \"web-tls\" is immutable";
    ["configmap \"|configmaps \"", "not found"] Manifest
        "a ConfigMap does not exist", "It starts once the ConfigMap exists.";
        "configmap \"web\" not found",
        not "configmap \"web\" is immutable";
    ["subpath"] Manifest
        "a subPath of a volume cannot be mounted", "";
        "failed to prepare subPath for volumeMount \"conf\" of container \"app\"",
        not "failed to prepare the path";
    ["runasnonroot"] Manifest
        "the Pod must not run as root, and the image's user is root or has no number", "";
        "container has runAsNonRoot and image will run as root",
        not "container has readOnlyRootFilesystem";
    ["executable file not found"] Manifest
        "the image does not have the command", "";
        "exec: \"serve\": executable file not found in $PATH: unknown",
        not "the file was not found";
    ["exec: \"", "no such file or directory"] Manifest
        "the image does not have the command", "";
        "exec: \"/app/run.sh\": stat /app/run.sh: no such file or directory: unknown",
        not "open /etc/conf: no such file or directory";
    ["exec: \"", "permission denied"] Image
        "the command of the image is not executable", "";
        "exec: \"/app/run.sh\": permission denied: unknown",
        not "open /data: permission denied";
    ["exec format error"] Image
        "the command is built for another CPU architecture, or is a script without an interpreter", "";
        "exec /app/run: exec format error",
        not "the format of the file is wrong";
    ["are you trying to mount a directory"] Manifest
        "a directory is mounted on a file, or a file on a directory", "";
        "not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?",
        not "cannot mount a read-only directory";
    ["no command specified"] Manifest
        "neither the image nor the manifest names a command", "";
        "no command specified",
        not "the command is specified twice";
    ["chdir to cwd"] Manifest
        "the working directory cannot be entered", "";
        "OCI runtime create failed: chdir to cwd (\"/srv\") set in config.json failed: permission denied",
        not "cannot change the owner of /srv";
    ["no matching entries in passwd file|no users found"] Image
        "the image does not have the user", "";
        "unable to find user app: no matching entries in passwd file",
        not "unable to find the file passwd";
}

/// Why the container does not start.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Unstartable {
    /// `Pod a cannot create container b`; empty where the finding says it.
    what: String,
    row: &'static Row,
    node: Option<String>,
}

impl Unstartable {
    /// The proof: the kubelet's message holds the words of a row. `node` is where the Pod is.
    pub(in crate::tools::diagnose) fn of(
        what: &str,
        message: &str,
        node: Option<&str>,
    ) -> Option<Self> {
        let row = row(ROWS, message)?;
        let node = node.filter(|_| row.about == About::Node).map(word);
        let what = what.to_owned();
        Some(Self { what, row, node })
    }

    /// What helps, where something always does.
    pub(in crate::tools::diagnose) fn remedy(&self) -> String {
        match self.row.about {
            About::Node if self.row.remedy.is_empty() => {
                "It is the node's fault, not the image's or the manifest's.".to_owned()
            }
            About::Node => format!(
                "It is the node's fault, not the image's or the manifest's. {}",
                self.row.remedy
            ),
            _ => self.row.remedy.to_owned(),
        }
    }
}

impl Proven for Unstartable {
    fn headline(&self) -> String {
        let node = self.node.as_ref();
        let node = node.map_or(String::new(), |node| format!(" (node {node})"));
        let colon = if self.what.is_empty() { "" } else { ": " };
        format!("{}{colon}{}{node}", self.what, self.row.says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_each_row() {
        for row in ROWS {
            let reading = Unstartable::of("Pod a", row.line, Some("n1"))
                .unwrap_or_else(|| panic!("{}", row.line));
            assert_eq!(reading.row.line, row.line);
            let is_node = row.about == About::Node;
            assert_eq!(
                reading.headline().contains("(node n1)"),
                is_node,
                "{}",
                row.line
            );
            assert_eq!(
                reading.remedy().contains("node's fault"),
                is_node,
                "{}",
                row.line
            );
        }
    }

    #[test]
    fn silent_for_the_look_alike_of_each_row() {
        for row in ROWS {
            assert!(
                Unstartable::of("", row.look_alike, None).is_none(),
                "{}",
                row.look_alike
            );
        }
    }
}
