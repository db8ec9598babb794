//! What a policy file takes away from the tools and routes of this program. Nothing here allows.

use super::{Denial, Effect, Route};

/// One policy file's word on tools and routes; several are applied one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// The file, for whoever is denied.
    pub source: String,
    /// The tools that may read from Argo CD; all when `None`.
    pub tools: Option<Vec<String>>,
    /// Templates of routes that are denied.
    pub denied_routes: Vec<String>,
    /// Whether routes that make Argo CD act are denied.
    pub side_effects: SideEffects,
}

/// Whether routes that make Argo CD act may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SideEffects {
    /// As the table says.
    #[default]
    Allowed,
    /// None of them.
    Denied,
}

impl Narrowing {
    /// Whether the route stays.
    pub fn route(&self, route: &Route) -> Result<(), Denial> {
        let why = if self
            .denied_routes
            .iter()
            .any(|denied| denied == route.template)
        {
            "denies the route"
        } else if self.side_effects == SideEffects::Denied && route.effect != Effect::Nothing {
            "denies routes with side effects, and so"
        } else {
            return Ok(());
        };
        let reason = format!("{} {why} {}", self.source, route.template);
        Err(Denial::new("policy-file", reason))
    }

    /// The tools that every one of `all` leaves; `None` when none of them names any.
    pub fn tools_left(all: &[Narrowing]) -> Option<Vec<&str>> {
        let named = all.iter().find_map(|narrowing| narrowing.tools.as_ref())?;
        let stays = |tool: &&str| Narrowing::denier(all, tool).is_none();
        Some(named.iter().map(String::as_str).filter(stays).collect())
    }

    /// The first of `all` that takes the tool away.
    pub fn denier<'a>(all: &'a [Narrowing], tool: &str) -> Option<&'a Narrowing> {
        all.iter().find(|narrowing| !narrowing.tool(tool))
    }

    /// Whether the tool stays.
    fn tool(&self, tool: &str) -> bool {
        let allowed = |tools: &Vec<String>| tools.iter().any(|allowed| allowed == tool);
        self.tools.as_ref().is_none_or(allowed)
    }
}
