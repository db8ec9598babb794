//! What the component is told: which tools it offers, and how it answers.

use argocd_gate::policy::{Narrowing, is_owner};

use super::draft::Draft;

impl Draft<'_> {
    /// How the component shows itself.
    pub(super) fn guest(&mut self) -> Vec<(&'static str, String)> {
        let mut guest = Vec::new();
        for (name, label) in [
            ("ARGOCD_MCP_TOOLSETS", "tool sets"),
            ("ARGOCD_MCP_OUTPUT", "output"),
        ] {
            if let Some((_, value)) = self.variable(&[name]) {
                self.note(label, value.clone(), name);
                guest.push((name, value));
            }
        }
        guest
    }

    /// The tools that the component offers: what a policy file takes away is not even listed.
    pub(super) fn tools(&mut self, narrowings: &[Narrowing]) -> Option<(&'static str, String)> {
        const NAME: &str = "ARGOCD_MCP_TOOLS";
        let asked = self.variable(&[NAME]).map(|(_, value)| value);
        let Some(mut left) = Narrowing::tools_left(narrowings) else {
            let value = asked?;
            self.note("tools", value.clone(), NAME);
            return Some((NAME, value));
        };
        // The two MCP methods that own routes are no tools.
        left.retain(|tool| !tool.contains('/'));
        let mut source = "policy file";
        if let Some(asked) = asked.as_deref().filter(|asked| !asked.trim().is_empty()) {
            source = "ARGOCD_MCP_TOOLS, policy file";
            // A name that nothing has stays: the component says so.
            let names = asked.split(',').map(str::trim);
            left = names
                .filter(|name| left.contains(name) || !is_owner(name))
                .collect();
        }
        let value = match left.is_empty() {
            true => "none".to_owned(),
            false => left.join(","),
        };
        self.note("tools", value.clone(), source);
        Some((NAME, value))
    }
}
