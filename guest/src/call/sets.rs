//! The tools that the operator offers: `ARGOCD_MCP_TOOLSETS` lists families, so that a small client pays
//! only for what it needs, and `ARGOCD_MCP_TOOLS` single tools. If the operator has chosen, a tool
//! that is not listed does not exist; otherwise the default is listed and every tool can be called,
//! because answers propose them.

use std::collections::BTreeSet;

use crate::call::{
    offer::{Choice, Offer},
    suggest,
    tool::{Family, Listed, Tool},
};

/// The set listed by default. Naming it does not count as a choice.
const DEFAULT: &str = "default";
/// Every tool.
const ALL: &str = "all";
/// No tool: the result of policy files without a common tool.
const NONE: &str = "none";

impl Offer {
    /// The default offer of `tools`.
    pub fn by_default(tools: &[Tool]) -> Self {
        Self {
            listed: by_default(tools).collect(),
            choice: Choice::None,
        }
    }

    /// Every one of `tools`.
    pub fn all(tools: &[Tool]) -> Self {
        Self {
            listed: tools.iter().map(|tool| tool.name).collect(),
            choice: Choice::Operator,
        }
    }

    /// Reads the setting: names of families, `default` or `all`, separated by commas. Empty is the
    /// default; the error completes `ARGOCD_MCP_TOOLSETS …`.
    pub fn sets(tools: &[Tool], setting: &str) -> Result<Self, String> {
        let mut offer = Self::by_default(tools);
        offer.listed.clear();
        for name in names(setting) {
            if let Some(family) = Family::ALL.into_iter().find(|one| one.name() == name) {
                let of = tools.iter().filter(|tool| tool.family == family);
                offer.listed.extend(of.map(|tool| tool.name));
                offer.choice = Choice::Operator;
            } else if name == ALL {
                return Ok(Self::all(tools));
            } else if name == DEFAULT {
                offer.listed.extend(by_default(tools));
            } else {
                return Err(unknown("tool set", name, &every_set()));
            }
        }
        Ok(match offer.choice {
            Choice::None => Self::by_default(tools),
            Choice::Operator => offer,
        })
    }

    /// Of these, or of all where there was no choice, the tools that the setting names, separated by
    /// commas; `none` for none. Empty changes nothing; the error completes `ARGOCD_MCP_TOOLS …`.
    pub fn only(self, tools: &[Tool], setting: &str) -> Result<Self, String> {
        let names: Vec<&str> = names(setting).collect();
        if names.is_empty() {
            return Ok(self);
        }
        let base = match self.choice {
            Choice::Operator => self,
            Choice::None => Self::all(tools),
        };
        let mut listed = BTreeSet::new();
        for name in names.iter().filter(|name| **name != NONE) {
            let known = tools.iter().map(|tool| tool.name);
            let name = known.clone().find(|known| known == name).ok_or_else(|| {
                let known: Vec<&str> = known.collect();
                unknown("tool", name, &known)
            })?;
            listed.extend(base.listed.get(name));
        }
        if listed.is_empty() && names != [NONE] {
            return Err(base.outside(tools, &names));
        }
        Ok(Self {
            listed,
            choice: Choice::Operator,
        })
    }

    /// Why `names` leave no tool of these, and what would.
    fn outside(&self, tools: &[Tool], names: &[&str]) -> String {
        let named = tools.iter().filter(|tool| names.contains(&tool.name));
        let named: Vec<String> = named
            .map(|tool| format!("{} is in the set {}", tool.name, tool.family.name()))
            .collect();
        let listed: Vec<&str> = self.listed.iter().copied().collect();
        format!(
            "names no tool of the sets in ARGOCD_MCP_TOOLSETS: {}. Add such a set to ARGOCD_MCP_TOOLSETS, or name tools of the \
             chosen sets: {}. (A policy file with tools narrows ARGOCD_MCP_TOOLS too.)",
            named.join(", "),
            listed.join(", ")
        )
    }
}

fn by_default(tools: &[Tool]) -> impl Iterator<Item = &'static str> {
    tools
        .iter()
        .filter(|tool| tool.listed == Listed::ByDefault)
        .map(|tool| tool.name)
}

/// The names in a comma-separated setting.
fn names(setting: &str) -> impl Iterator<Item = &str> {
    setting
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

fn every_set() -> Vec<&'static str> {
    let families = Family::ALL.into_iter().map(Family::name);
    [DEFAULT, ALL].into_iter().chain(families).collect()
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
    use super::Offer;
    use crate::tools::all;

    #[test]
    fn names_of_tools_are_what_is_left() {
        let only = |sets, tools| Offer::sets(all(), sets).unwrap().only(all(), tools);
        assert_eq!(only("", " ,").unwrap(), Offer::by_default(all()));
        // Without a choice of sets every tool can be named, also one that the default does not list.
        for no_choice in ["", "default"] {
            let one = only(no_choice, "get_sync_windows").unwrap();
            assert!(one.lists("get_sync_windows") && !one.allows("get_application"));
        }
        let both = only("applications", "get_application, get_sync_windows").unwrap();
        assert!(both.lists("get_application") && !both.allows("get_sync_windows"));
        let none = only("all", "none").unwrap();
        assert!(!none.allows("get_application"));
        let misspelt = only("", "get_aplication").unwrap_err();
        assert!(
            misspelt.contains("Did you mean get_application?"),
            "{misspelt}"
        );
        let nothing = only("applications", "get_sync_windows").unwrap_err();
        assert!(nothing.contains("ARGOCD_MCP_TOOLSETS"), "{nothing}");
    }

    #[test]
    fn settings() {
        let default = Offer::by_default(all());
        for same in ["", " , ", "default", "default,default"] {
            assert_eq!(Offer::sets(all(), same).unwrap(), default, "{same}");
        }
        assert!(!default.lists("get_sync_windows") && default.allows("get_sync_windows"));
        let rollout = Offer::sets(all(), "rollout").unwrap();
        assert!(rollout.lists("get_sync_windows") && !rollout.allows("get_application"));
        let more = Offer::sets(all(), "default, applicationsets").unwrap();
        assert!(more.lists("get_applicationset") && more.lists("get_application"));
        assert!(!more.allows("get_sync_windows"));
        assert_eq!(
            Offer::sets(all(), "rollout,all").unwrap(),
            Offer::all(all())
        );
        let error = Offer::sets(all(), "rolout").unwrap_err();
        assert!(
            error.contains("Did you mean rollout?") && error.contains("applicationsets"),
            "{error}"
        );
    }
}
