//! What the output of a failed probe says of the program or of the probe itself.

use super::rows::{Row, row, rows};
use crate::tools::diagnose::proven::Proven;

rows! {
    ROWS:
    ["unseal progress"] Data
        "it is sealed", "Unseal it with the number of keys that Threshold names: a restart seals it. Neither the probe nor the image is at fault.";
        "Readiness probe failed: Sealed true Total Shares 5 Threshold 3 Unseal Progress 0/3",
        not "Readiness probe failed: Sealed false Total Shares 5 Threshold 3 HA Mode standby";
    ["statuscode: 404"] Manifest
        "the program runs and does not know the path that the probe asks for", "Correct the path of the probe, or check that the program serves it in this version.";
        "Readiness probe failed: HTTP probe failed with statuscode: 404",
        not "Readiness probe failed: HTTP probe failed with statuscode: 503";
    ["statuscode: 401|statuscode: 403"] Manifest
        "the program runs and refuses the probe, which sends no credentials", "Let the probe ask for a path without authentication.";
        "Startup probe failed: HTTP probe failed with statuscode: 401",
        not "Startup probe failed: HTTP probe failed with statuscode: 500";
    ["executable file not found|no such file or directory: unknown"] Image
        "the image does not have the command that the probe runs", "Use a command that the image has, or another kind of probe.";
        "Readiness probe errored: exec failed: unable to start container process: exec: \"curl\": executable file not found in $PATH: unknown",
        not "Readiness probe failed: cat: /tmp/ready: No such file or directory";
}

/// A cause that the output of a probe names.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct Probed(&'static Row);

impl Probed {
    /// The proof: an event about a failed probe that holds the words of a row.
    pub(in crate::tools::diagnose) fn of<'m>(
        mut messages: impl Iterator<Item = &'m str>,
    ) -> Option<Self> {
        messages.find_map(|message| row(ROWS, message)).map(Self)
    }

    /// What helps.
    pub(in crate::tools::diagnose) fn remedy(&self) -> &'static str {
        self.0.remedy
    }
}

impl Proven for Probed {
    fn headline(&self) -> String {
        format!("the probe's output says that {}", self.0.says)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_of_each_row() {
        for row in ROWS {
            let probed = Probed::of([row.line].into_iter()).unwrap();
            assert_eq!(probed.0.line, row.line);
            assert!(probed.headline().ends_with(row.says) && !probed.remedy().is_empty());
        }
    }

    #[test]
    fn silent_for_the_look_alike_of_each_row() {
        for row in ROWS {
            let probed = Probed::of([row.look_alike].into_iter());
            assert!(probed.is_none(), "{}", row.look_alike);
        }
    }
}
