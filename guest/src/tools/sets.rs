//! Tool sets: families of tools, of which `ARGOCD_MCP_TOOLSETS` lists some, so that a small client
//! pays only for what it needs. Where the operator has chosen, a tool that is not listed does not
//! exist; without a choice the default is listed and every tool can be called, as answers name them.

use std::collections::BTreeSet;

use crate::call::suggest;

/// What is listed without a choice.
const DEFAULT: &str = "default";
/// Every tool.
const ALL: &str = "all";
/// No tool: what is left when policy files have no tool in common.
const NONE: &str = "none";

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
        for name in listed(setting) {
            match FAMILIES.iter().find(|(family, _)| *family == name) {
                Some((_, family)) => tools.extend(family.iter().copied()),
                None if name == ALL => return Ok(Self::all()),
                None if name == DEFAULT => tools.extend(DEFAULT_TOOLS.iter().copied()),
                None => return Err(unknown("tool set", name, &every_set())),
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

    /// Of these, or of all where there was no choice, the tools that the setting names, separated by
    /// commas; `none` for none. Empty changes nothing; the error completes `ARGOCD_MCP_TOOLS …`.
    pub fn only(self, setting: &str) -> Result<Self, String> {
        let names: Vec<&str> = listed(setting).collect();
        if names.is_empty() {
            return Ok(self);
        }
        let base = match self.is_chosen {
            true => self.tools,
            false => Self::all().tools,
        };
        let mut tools = BTreeSet::new();
        for name in names.iter().filter(|name| **name != NONE) {
            let known = super::all().iter().find(|tool| tool.name == *name);
            let known = known.ok_or_else(|| unknown("tool", name, &every_name()))?;
            tools.extend(base.get(known.name));
        }
        if tools.is_empty() && names != [NONE] {
            return Err("names no tool of those in ARGOCD_MCP_TOOLSETS.".to_owned());
        }
        Ok(Self {
            tools,
            is_chosen: true,
        })
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

/// What a setting lists, separated by commas.
fn listed(setting: &str) -> impl Iterator<Item = &str> {
    setting
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

fn every_set() -> Vec<&'static str> {
    let families = FAMILIES.iter().map(|(family, _)| *family);
    [DEFAULT, ALL].into_iter().chain(families).collect()
}

fn every_name() -> Vec<&'static str> {
    super::all().iter().map(|tool| tool.name).collect()
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    let near = suggest::nearest(name, known)
        .map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default();
    format!(
        "names an unknown {what} {:?}.{near} Known: {}.",
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
    fn names_of_tools_are_what_is_left() {
        let only = |sets, tools| Listed::parse(sets).unwrap().only(tools);
        assert_eq!(only("", " ,").unwrap(), Listed::default());
        // Without a choice of sets every tool can be named, also one that the default does not list.
        let one = only("", "get_sync_windows").unwrap();
        assert!(one.has("get_sync_windows") && !one.allows("get_application"));
        let both = only("default", "get_application, get_sync_windows").unwrap();
        assert!(both.has("get_application") && !both.allows("get_sync_windows"));
        let none = only("all", "none").unwrap();
        assert!(!none.allows("get_application"));
        let misspelt = only("", "get_aplication").unwrap_err();
        assert!(
            misspelt.contains("Did you mean get_application?"),
            "{misspelt}"
        );
        let nothing = only("default", "get_sync_windows").unwrap_err();
        assert!(nothing.contains("ARGOCD_MCP_TOOLSETS"), "{nothing}");
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
