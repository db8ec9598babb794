//! What an application is set to already: a remedy must not propose it.

use super::Application;
use crate::{model::changes::is_within, redact::Text};

const COMPARE_OPTIONS: &str = "argocd.argoproj.io/compare-options";

/// Whether a sync option is set, as `RespectIgnoreDifferences=true`.
pub(crate) fn has_option(app: &Application, option: &str) -> bool {
    let mut options = app.spec.sync_policy.sync_options.iter();
    options.any(|set| set.trim() == option)
}

/// Whether Argo CD compares by a dry run on the API server.
pub(crate) fn compares_on_server(app: &Application) -> bool {
    let annotations = app.metadata.annotations.node();
    let options = annotations.text(&[COMPARE_OPTIONS]).unwrap_or_default();
    options
        .split(',')
        .any(|option| option.trim() == "ServerSideDiff=true")
}

/// Whether `ignoreDifferences` has a rule for field `path` of `kind`, as far as its paths are plain.
pub(crate) fn ignores(app: &Application, kind: &str, path: &str) -> bool {
    let path = plain(path);
    let is_it = |rule: &Text| {
        let rule = rule.trim_start_matches(['.', '/']).replace('/', ".");
        let rule = plain(&rule);
        !rule.is_empty() && is_within(&path, &rule)
    };
    app.spec.ignore_differences.iter().any(|rule| {
        (&*rule.kind == kind || &*rule.kind == "*")
            && rule
                .json_pointers
                .iter()
                .chain(&rule.jq_path_expressions)
                .any(is_it)
    })
}

/// A path without items of lists: `spec.containers.image`.
fn plain(path: &str) -> String {
    let mut inside = 0_u32;
    let outside = path.chars().filter(|character| {
        match character {
            '[' => inside += 1,
            ']' => {
                inside = inside.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        inside == 0
    });
    let path: String = outside.collect();
    let parts = path
        .split('.')
        .filter(|part| !part.is_empty() && !part.bytes().all(|byte| byte.is_ascii_digit()));
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::{Application, compares_on_server, ignores};

    #[test]
    fn what_is_set_already() {
        let app: Application = serde_json::from_value(json!({
            "metadata": {"annotations": {"argocd.argoproj.io/compare-options": "IgnoreExtraneous, ServerSideDiff=true"}},
            "spec": {"ignoreDifferences": [
                {"kind": "Deployment", "jsonPointers": ["/spec/replicas"], "jqPathExpressions": [".spec.template.spec.containers[] | .image", ".spec.template.spec.containers[].env"]}]}}))
        .unwrap();
        assert!(compares_on_server(&app) && !compares_on_server(&Application::default()));
        for (kind, path, expected) in [
            ("Deployment", "spec.replicas", true),
            (
                "Deployment",
                "spec.template.spec.containers[a].env[B].value",
                true,
            ),
            ("Deployment", "spec.replicasMax", false),
            ("StatefulSet", "spec.replicas", false),
            ("Deployment", "spec", false),
        ] {
            assert_eq!(ignores(&app, kind, path), expected, "{kind} {path}");
        }
    }
}
