//! What the component is told: which tools it offers, and how it answers.

use argocd_gate::policy::{Narrowing, is_tool};

use super::{
    choice::{self, NO_TOOL},
    draft::Draft,
};

impl Draft<'_> {
    /// How the component shows itself.
    pub(super) fn guest(&mut self) -> Vec<(&'static str, String)> {
        let mut guest = Vec::new();
        for (name, label, wrong) in [
            (
                "ARGOCD_MCP_TOOLSETS",
                "tool sets",
                choice::wrong_sets as fn(&str) -> Vec<String>,
            ),
            ("ARGOCD_MCP_OUTPUT", "output", choice::wrong_form),
        ] {
            let Some((_, value)) = self.variable(&[name]) else {
                continue;
            };
            if self.is_right(name, wrong(&value)) {
                self.note(label, value.clone(), name);
                guest.push((name, value));
            }
        }
        guest
    }

    /// Notes what is wrong with a variable. Says whether nothing is.
    fn is_right(&mut self, name: &str, wrong: Vec<String>) -> bool {
        let right = wrong.is_empty();
        for problem in wrong {
            self.problem(format!("{name}: {problem}"));
        }
        right
    }

    /// The tools that the component offers: what a policy file takes away is not even listed.
    pub(super) fn tools(&mut self, narrowings: &[Narrowing]) -> Option<(&'static str, String)> {
        const NAME: &str = "ARGOCD_MCP_TOOLS";
        let asked = self.variable(&[NAME]).map(|(_, value)| value);
        let wrong = choice::wrong_tools(asked.as_deref().unwrap_or_default());
        if !self.is_right(NAME, wrong) {
            return None;
        }
        let Some(mut left) = Narrowing::tools_left(narrowings) else {
            let value = asked?;
            self.note("tools", value.clone(), NAME);
            return Some((NAME, value));
        };
        left.retain(|tool| is_tool(tool));
        let mut source = "policy file";
        if let Some(asked) = asked.as_deref().filter(|asked| !asked.trim().is_empty()) {
            source = "ARGOCD_MCP_TOOLS, policy file";
            let names = asked.split(',').map(str::trim);
            left = names.filter(|name| left.contains(name)).collect();
        }
        let value = if left.is_empty() {
            NO_TOOL.to_owned()
        } else {
            left.join(",")
        };
        self.note("tools", value.clone(), source);
        Some((NAME, value))
    }
}
