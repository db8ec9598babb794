//! A plan in the making.

use std::borrow::Cow;

use super::environment::Environment;
use crate::cli::Connection;

/// One setting, for a reader.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    pub(crate) source: Cow<'static, str>,
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To reach the server.
    Use,
    /// To be looked at: nothing is sent and no program is run for it, so server and credentials may be
    /// missing.
    Look,
    /// To reach the built-in demo, or nothing: no policy file's servers and audit apply.
    Demo,
}

/// What was typed and found so far, and every problem with it.
pub(super) struct Draft<'a> {
    pub(super) typed: &'a Connection,
    pub(super) environment: Environment<'a>,
    pub(super) purpose: Purpose,
    pub(super) problems: Vec<String>,
    pub(super) settings: Vec<Setting>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        typed: &'a Connection,
        environment: Environment<'a>,
        purpose: Purpose,
    ) -> Draft<'a> {
        Draft {
            typed,
            environment,
            purpose,
            problems: Vec::new(),
            settings: Vec::new(),
        }
    }
    /// The first of `names` that is set.
    pub(super) fn variable(&self, names: &[&'static str]) -> Option<(&'static str, String)> {
        names
            .iter()
            .find_map(|name| Some((*name, (self.environment)(name)?)))
    }

    pub(super) fn note(
        &mut self,
        name: &'static str,
        value: impl Into<String>,
        source: impl Into<Cow<'static, str>>,
    ) {
        self.settings.push(Setting {
            name,
            value: value.into(),
            source: source.into(),
        });
    }

    pub(super) fn problem(&mut self, text: impl Into<String>) {
        self.problems.push(text.into());
    }

    /// The value, or its problem noted.
    pub(super) fn or_problem<T>(&mut self, found: Result<T, String>, source: &str) -> Option<T> {
        found
            .map_err(|why| self.problem(format!("{source}: {why}")))
            .ok()
    }
}
