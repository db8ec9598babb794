//! What a log line says of something outside the program: a setting of its node, or data of another
//! version than its image.

use super::rows::{About, Row, row, rows};
use crate::{answer::word, tools::diagnose::proven::Proven};

rows! {
    ROWS:
    ["limit", "inotify instances"] Node
        "the limit fs.inotify.max_user_instances of the node is reached", "Raise it on the node; other programs there use up the instances too.";
        "IOException: The configured user limit (128) on the number of inotify instances has been reached",
        not "INFO created 3 inotify instances";
    ["enospc", "file watchers"] Node
        "the limit fs.inotify.max_user_watches of the node is reached", "Raise it on the node.";
        "Error: ENOSPC: System limit for number of file watchers reached, watch '/app'",
        not "Error: ENOSPC: no space left on device, write";
    ["max_map_count", "too low"] Node
        "the setting vm.max_map_count of the node is too low", "Raise it on the node (sysctl), which is not the Pod's memory.";
        "max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]",
        not "INFO vm.max_map_count is 262144";
    ["kernel too old"] Node
        "the kernel of the node is too old for the image", "Use an older image or a newer node.";
        "FATAL: kernel too old",
        not "WARN the kernel is old";
    ["x86-64-v", "not support"] Node
        "the CPU of the node is too old for the image", "Use another node or an image for older CPUs.";
        "Fatal glibc error: CPU does not support x86-64-v2",
        not "INFO built for x86-64-v2";
    ["cuda driver version is insufficient"] Node
        "the GPU driver of the node is older than the image needs", "Use a newer driver or an older image.";
        "RuntimeError: CUDA driver version is insufficient for CUDA runtime version",
        not "INFO CUDA driver version 12.4";
    ["database files are incompatible with server"] Data
        "its data were written by another major version than the image has", "Go back to the image before; then dump and restore, or use pg_upgrade.";
        "FATAL:  database files are incompatible with server",
        not "FATAL:  database \"files\" does not exist";
    ["invalid", "featurecompatibilityversion"] Data
        "its data are of an older release than the image can open", "Go back to the image before, and go up one release at a time (setFeatureCompatibilityVersion before each).";
        "UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document, found 4.2",
        not "INFO featureCompatibilityVersion is 5.0";
    ["server version", "on data directory built by version"] Data
        "its data were written by a newer version than the image has", "Go back to the newer image; a downgrade needs a dump and a restore.";
        "[ERROR] Cannot boot server version 80034 on data directory built by version 90001. Downgrade is not supported",
        not "[ERROR] Cannot boot server: data directory is not empty";
    ["cannot upgrade a node from version"] Data
        "its data are of an older release than the image can open", "Go back to the image before, and upgrade by way of the version that the line names.";
        "IllegalStateException: cannot upgrade a node from version [6.8.0] directly to version [8.1.0]",
        not "INFO upgraded a node from version [7.17.0]";
    ["can't handle rdb format version"] Data
        "its data were written by a newer version than the image has", "Go back to the newer image.";
        "Can't handle RDB format version 12",
        not "INFO RDB format version 11";
}

/// A cause that the log names.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Told {
    pod: String,
    row: &'static Row,
    node: Option<String>,
}

impl Told {
    /// The proof: a line of the log that holds the words of a row.
    pub(in crate::tools::diagnose) fn of<'l>(
        pod: &str,
        mut lines: impl Iterator<Item = &'l str>,
        node: Option<&str>,
    ) -> Option<Self> {
        let row = lines.find_map(|line| row(ROWS, line))?;
        let node = node.filter(|_| row.about == About::Node).map(word);
        let pod = word(pod);
        Some(Self { pod, row, node })
    }

    /// What helps.
    pub(in crate::tools::diagnose) fn remedy(&self) -> &'static str {
        self.row.remedy
    }
}

impl Proven for Told {
    fn headline(&self) -> String {
        let node = self.node.as_ref();
        let node = node.map_or(String::new(), |node| format!(" (node {node})"));
        format!(
            "Pod {} fails, according to its log: {}{node}",
            self.pod, self.row.says
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_each_row() {
        for row in ROWS {
            let told = Told::of("a-0", ["INFO a", row.line].into_iter(), Some("n1"));
            let told = told.unwrap_or_else(|| panic!("{}", row.line));
            assert_eq!(told.row.line, row.line);
            assert_eq!(
                told.headline().ends_with("(node n1)"),
                row.about == About::Node
            );
            assert!(!told.remedy().is_empty());
        }
    }

    #[test]
    fn silent_for_the_look_alike_of_each_row() {
        for row in ROWS {
            let told = Told::of("a-0", [row.look_alike].into_iter(), Some("n1"));
            assert!(told.is_none(), "{}", row.look_alike);
        }
    }
}
