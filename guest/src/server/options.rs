//! The operator's options: which tools are listed, and the form of answers.

use crate::{
    mcp::rpc,
    tools::{self, Offer},
};

/// The form of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Text: the cheapest for a model.
    #[default]
    Text,
    /// `structuredContent` under a declared `outputSchema` besides, for clients that compute with it.
    Structured,
}

/// The operator's choice.
#[derive(Clone, Debug)]
pub struct Options {
    /// The tools that the client sees, and those that it may call.
    pub tools: Offer,
    /// The form of answers.
    pub output: Output,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tools: Offer::by_default(tools::all()),
            output: Output::default(),
        }
    }
}

impl Options {
    /// Reads `ARGOCD_MCP_TOOLSETS`, `ARGOCD_MCP_TOOLS` and `ARGOCD_MCP_OUTPUT`; all problems at once,
    /// as sentences.
    pub fn from_env(get: impl Fn(&str) -> Option<String>) -> Result<Options, Vec<String>> {
        let mut problems = Vec::new();
        let all = tools::all();
        let sets = Offer::sets(all, &get("ARGOCD_MCP_TOOLSETS").unwrap_or_default())
            .map_err(|problem| problems.push(format!("ARGOCD_MCP_TOOLSETS {problem}")));
        let tools = sets
            .unwrap_or_else(|()| Offer::by_default(all))
            .only(all, &get("ARGOCD_MCP_TOOLS").unwrap_or_default())
            .map_err(|problem| problems.push(format!("ARGOCD_MCP_TOOLS {problem}")));
        let output = match get("ARGOCD_MCP_OUTPUT").unwrap_or_default().trim() {
            "" | "text" => Output::Text,
            "structured" => Output::Structured,
            other => {
                problems.push(format!(
                    "ARGOCD_MCP_OUTPUT must be text or structured, not {}.",
                    rpc::brief(other)
                ));
                Output::Text
            }
        };
        match (tools, problems.is_empty()) {
            (Ok(tools), true) => Ok(Options { tools, output }),
            _ => Err(problems),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::rc::Rc;

    use serde_json::Map;

    use super::{Options, Output};
    use crate::server::{Backend, Misconfigured, Reporter};

    fn read(pairs: &[(&str, &str)]) -> Result<Options, Vec<String>> {
        Options::from_env(|name| {
            let pair = pairs.iter().find(|(key, _)| *key == name)?;
            Some(pair.1.to_owned())
        })
    }

    #[test]
    fn settings_and_their_problems() {
        let options = read(&[]).unwrap();
        assert!(options.output == Output::Text && options.tools.lists("list_applications"));
        assert!(!options.tools.lists("get_applicationset"));
        let options = read(&[
            ("ARGOCD_MCP_OUTPUT", "structured"),
            ("ARGOCD_MCP_TOOLSETS", "all"),
        ])
        .unwrap();
        assert!(options.output == Output::Structured);
        let problems = read(&[
            ("ARGOCD_MCP_OUTPUT", "xml"),
            ("ARGOCD_MCP_TOOLSETS", "x"),
            ("ARGOCD_MCP_TOOLS", "y"),
        ])
        .unwrap_err();
        assert_eq!(problems.len(), 3, "{problems:?}");
    }

    #[test]
    fn tools_outside_the_chosen_sets_are_named_with_their_sets() {
        let chosen =
            |sets, tools| read(&[("ARGOCD_MCP_TOOLSETS", sets), ("ARGOCD_MCP_TOOLS", tools)]);
        let problems = chosen("rollout", "get_application, list_clusters").unwrap_err();
        let [problem] = &problems[..] else {
            panic!("{problems:?}");
        };
        for part in [
            "ARGOCD_MCP_TOOLS names no tool of the sets in ARGOCD_MCP_TOOLSETS",
            "get_application is in the set applications",
            "list_clusters is in the set platform",
            "get_application_history, get_sync_status, get_sync_windows",
            "policy file",
        ] {
            assert!(problem.contains(part), "{part}: {problem}");
        }
        // Any call says so, and nothing of a server that would be missing.
        let backend = Misconfigured::new(&problems);
        let silent: Reporter = Rc::new(|_, _, _| {});
        let call = backend.call("list_applications", Map::new(), silent);
        let outcome = pollster::block_on(call.unwrap());
        assert!(outcome.is_error && outcome.text.contains(problem.as_str()));
        assert!(!outcome.text.contains("ARGOCD_SERVER"), "{}", outcome.text);
        // One tool of the sets is enough.
        let one = chosen("rollout", "get_application, get_sync_windows").unwrap();
        assert!(one.tools.lists("get_sync_windows") && !one.tools.allows("get_application"));
    }
}
