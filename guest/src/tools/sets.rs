//! Tool sets: families of tools, of which `ARGOCD_MCP_TOOLSETS` lists some, so that a small client
//! pays only for what it needs. Where the operator has chosen, a tool that is not listed does not
//! exist; without a choice the default is listed and every tool can be called, as answers name them.

use std::collections::BTreeSet;

use super::suggest;

/// What is listed without a choice.
const DEFAULT: &str = "default";
/// Every tool.
const ALL: &str = "all";

/// The families. Each tool is in exactly one; `default` is a choice from several.
const FAMILIES: &[(&str, &[&str])] = &[
    (
        "applications",
        &[
            "list_applications",
            "get_application",
            "diagnose_application",
            "find_applications",
        ],
    ),
    (
        "resources",
        &[
            "get_application_resource_tree",
            "get_application_events",
            "get_application_logs",
            "get_resource",
        ],
    ),
    (
        "changes",
        &[
            "get_application_managed_resources",
            "get_application_manifests",
            "diff_application",
            "compare_applications",
        ],
    ),
    (
        "rollout",
        &[
            "get_application_history",
            "get_sync_status",
            "get_sync_windows",
        ],
    ),
    (
        "platform",
        &[
            "list_projects",
            "get_project",
            "list_clusters",
            "list_repositories",
            "get_server_info",
        ],
    ),
    (
        "applicationsets",
        &["list_applicationsets", "get_applicationset"],
    ),
];

/// The default: what most incidents need, at half of the tokens of all.
const DEFAULT_TOOLS: &[&str] = &[
    "list_applications",
    "get_application",
    "get_application_resource_tree",
    "get_application_managed_resources",
    "get_application_events",
    "get_application_manifests",
    "get_application_logs",
    "list_projects",
    "list_clusters",
    "list_repositories",
    "diagnose_application",
    "diff_application",
    "find_applications",
    "get_server_info",
];

/// The tools that a client sees, and those that it may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    tools: BTreeSet<&'static str>,
    is_chosen: bool,
}

impl Default for Listed {
    fn default() -> Self {
        Self {
            tools: DEFAULT_TOOLS.iter().copied().collect(),
            is_chosen: false,
        }
    }
}

impl Listed {
    /// Every tool.
    pub fn all() -> Self {
        let tools = FAMILIES.iter().flat_map(|(_, tools)| tools.iter().copied());
        Self {
            tools: tools.collect(),
            is_chosen: true,
        }
    }

    /// Reads the setting: names of families, `default` or `all`, separated by commas. Empty is the
    /// default; the error completes `ARGOCD_MCP_TOOLSETS …`.
    pub fn parse(setting: &str) -> Result<Self, String> {
        let mut tools = BTreeSet::new();
        let names = setting
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        for name in names {
            match FAMILIES.iter().find(|(family, _)| *family == name) {
                Some((_, family)) => tools.extend(family.iter().copied()),
                None if name == ALL => return Ok(Self::all()),
                None if name == DEFAULT => tools.extend(DEFAULT_TOOLS.iter().copied()),
                None => return Err(unknown(name)),
            }
        }
        match tools.is_empty() {
            true => Ok(Self::default()),
            false => Ok(Self {
                tools,
                is_chosen: true,
            }),
        }
    }

    /// Whether the tool is listed.
    pub fn has(&self, tool: &str) -> bool {
        self.tools.contains(tool)
    }

    /// Whether the tool can be called.
    pub fn allows(&self, tool: &str) -> bool {
        !self.is_chosen || self.has(tool)
    }
}

fn unknown(name: &str) -> String {
    let known: Vec<&str> = [DEFAULT, ALL]
        .into_iter()
        .chain(FAMILIES.iter().map(|(family, _)| *family))
        .collect();
    let near = suggest::nearest(name, &known)
        .map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default();
    format!(
        "names an unknown tool set {:?}.{near} Known: {}.",
        crate::redact::capped(name, 40),
        known.join(", ")
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{DEFAULT_TOOLS, FAMILIES, Listed};

    #[test]
    fn each_tool_is_in_one_family() {
        for tool in crate::tools::all() {
            let families = FAMILIES
                .iter()
                .filter(|(_, tools)| tools.contains(&tool.name));
            assert_eq!(families.count(), 1, "{}", tool.name);
        }
        for tool in FAMILIES
            .iter()
            .flat_map(|(_, tools)| *tools)
            .chain(DEFAULT_TOOLS)
        {
            assert!(
                crate::tools::all().iter().any(|known| known.name == *tool),
                "{tool} does not exist"
            );
        }
    }

    #[test]
    fn settings() {
        let default = Listed::default();
        for same in ["", " , "] {
            assert_eq!(Listed::parse(same).unwrap(), default);
        }
        assert!(!default.has("get_sync_windows") && default.allows("get_sync_windows"));
        let chosen = Listed::parse("default").unwrap();
        assert!(chosen.has("get_application") && !chosen.allows("get_sync_windows"));
        let rollout = Listed::parse("rollout").unwrap();
        assert!(rollout.has("get_sync_windows") && !rollout.has("get_application"));
        let more = Listed::parse("default, applicationsets").unwrap();
        assert!(more.has("get_applicationset") && more.has("get_application"));
        assert_eq!(Listed::parse("rollout,all").unwrap(), Listed::all());
        let error = Listed::parse("rolout").unwrap_err();
        assert!(
            error.contains("Did you mean rollout?") && error.contains("applicationsets"),
            "{error}"
        );
    }
}
