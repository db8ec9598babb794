//! Another revision than the last deployed one.

use crate::model::{application::Application, operation::revisions};
use crate::tools::diagnose::proven::Proven;

/// The compared revision is not the one that was last deployed.
#[derive(Debug)]
pub(in crate::tools::diagnose) struct GitMoved {
    deployed: String,
    compared: String,
}

impl GitMoved {
    /// The proof: both revisions, which differ.
    pub(in crate::tools::diagnose) fn of(app: &Application) -> Option<Self> {
        let (compared, deployed) = app.compared_and_deployed()?;
        (compared != deployed).then(|| Self {
            deployed: revisions(deployed),
            compared: revisions(compared),
        })
    }
}

impl Proven for GitMoved {
    fn headline(&self) -> String {
        format!(
            "Git has a revision that is not synced yet: {} -> {}",
            self.deployed, self.compared
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json};

    use super::*;

    fn moved(compared: Value, history: Value) -> Option<GitMoved> {
        let app = json!({"status": {"sync": compared, "history": history}});
        GitMoved::of(&from_value(app).unwrap())
    }

    #[test]
    fn speaks_of_two_revisions() {
        let found = moved(json!({"revision": "v2"}), json!([{"revision": "v1"}]));
        assert!(found.unwrap().headline().ends_with("v1 -> v2"));
    }

    #[test]
    fn silent_of_one_revision_and_of_an_unknown_one() {
        for (compared, history) in [
            (json!({"revision": "v1"}), json!([{"revision": "v1"}])),
            (json!({"revision": ""}), json!([{"revision": "v1"}])),
            (json!({"revision": "v1"}), json!([])),
            (json!({"revision": "v1"}), json!([{"revision": ""}])),
        ] {
            assert!(moved(compared.clone(), history).is_none(), "{compared}");
        }
    }
}
