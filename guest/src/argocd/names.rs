//! Names from a caller, parsed at the edge: the path builder takes nothing else.
//!
//! The rules are Kubernetes' own (RFC 1123 labels and subdomains), so that a misspelt name is
//! explained here instead of coming back as Argo CD's "permission denied". Never does I/O.

use std::fmt;

/// Maximum length of a DNS subdomain, in characters: names of custom resources and Pods (Kubernetes).
const SUBDOMAIN_CHARS: usize = 253;
/// Maximum length of a DNS label, in characters: namespaces and containers (Kubernetes).
const LABEL_CHARS: usize = 63;
/// Maximum length of a revision, in characters: git refuses longer reference names on common file systems.
const REVISION_CHARS: usize = 250;
/// Longest text to look for in log lines, in bytes: longer than any line that an answer shows.
const LOG_TEXT_BYTES: usize = 2_000;
/// Maximum length of an echoed invalid value, in characters: enough to recognise it.
const SHOWN_CHARS: usize = 80;

/// An invalid name: what is wrong, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidName {
    what: &'static str,
    excerpt: String,
    problem: String,
}

impl InvalidName {
    pub(super) fn new(what: &'static str, value: &str, problem: impl Into<String>) -> Self {
        let mut excerpt: String = value.chars().take(SHOWN_CHARS).collect();
        if excerpt.len() < value.len() {
            excerpt.push('…');
        }
        InvalidName {
            what,
            excerpt,
            problem: problem.into(),
        }
    }

    /// The argument's kind, as `application name`.
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl fmt::Display for InvalidName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a valid {}: {}",
            self.excerpt, self.what, self.problem
        )
    }
}

impl std::error::Error for InvalidName {}

/// Declares a name type: its doc, what errors call it, and the rule that it obeys.
macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Parses the name as a caller wrote it; space around it is ignored.
            pub fn parse(value: &str) -> Result<Self, InvalidName> {
                let value = value.trim();
                if !cfg!(feature = "unchecked-names") {
                    $rule(value)
                        .map_err(|problem: String| InvalidName::new($what, value, problem))?;
                }
                Ok($name(value.to_owned()))
            }

            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// The name of an Application.
    AppName, "application name", subdomain
);
name!(
    /// The name of an ApplicationSet.
    AppSetName, "ApplicationSet name", subdomain
);
name!(
    /// The name of an AppProject.
    ProjectName, "project name", subdomain
);
name!(
    /// A Kubernetes namespace.
    Namespace, "namespace", label
);
name!(
    /// The name of a Pod.
    PodName, "pod name", subdomain
);
name!(
    /// The name of a container in a Pod.
    ContainerName, "container name", label
);
name!(
    /// The kind of a Kubernetes object: `Deployment`.
    Kind, "kind", kind
);
name!(
    /// The API group of a Kubernetes object; the core group is no group at all.
    Group, "API group", subdomain
);
name!(
    /// The version of an API group: `v1`, `v1beta1`.
    ApiVersion, "API version", label
);
name!(
    /// The name of a Kubernetes object of any kind; RBAC allows more than DNS does (`system:node`).
    ObjectName, "resource name", object_name
);
name!(
    /// The `uid` of a Kubernetes object.
    Uid, "uid", label
);
name!(
    /// A revision that can stand in a path without an escape, which proxies read in different ways:
    /// a commit, or a chart version without build metadata.
    Pinned, "pinned revision", pinned
);
name!(
    /// A git branch, tag or commit, or a Helm chart version or range.
    Revision, "revision", revision
);
name!(
    /// A text to look for in log lines.
    LogText, "log filter", log_text
);

/// An Application as a caller names it, possibly with its namespace and project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppRef {
    name: AppName,
    namespace: Option<Namespace>,
    project: Option<ProjectName>,
}

impl AppRef {
    /// Parses `app` or `namespace/app`, with the namespace possibly given apart.
    ///
    /// Two different namespaces are an error: guessing would answer for another application.
    /// Empty optional values count as absent, as models send them.
    pub fn parse(
        name: &str,
        app_namespace: Option<&str>,
        project: Option<&str>,
    ) -> Result<AppRef, InvalidName> {
        let given = present(app_namespace).map(Namespace::parse).transpose()?;
        let (qualifier, bare) = match name.trim().split_once('/') {
            Some((qualifier, bare)) if !bare.contains('/') => {
                (Some(Namespace::parse(qualifier)?), bare)
            }
            Some(_) => {
                let problem = "write `app` or `namespace/app`, with at most one slash";
                return Err(InvalidName::new("application name", name, problem));
            }
            None => (None, name),
        };
        let name = AppName::parse(bare)?;
        let namespace = match (qualifier, given) {
            (Some(qualifier), Some(given)) if qualifier != given => {
                let problem = format!(
                    "the name has namespace {qualifier:?}, app_namespace is {given:?}; give one of them",
                    qualifier = qualifier.as_str(),
                    given = given.as_str()
                );
                return Err(InvalidName::new(
                    "application reference",
                    &format!("{qualifier}/{name}"),
                    problem,
                ));
            }
            (qualifier, given) => qualifier.or(given),
        };
        let project = present(project).map(ProjectName::parse).transpose()?;
        Ok(AppRef {
            name,
            namespace,
            project,
        })
    }

    /// The Application's name.
    pub fn name(&self) -> &AppName {
        &self.name
    }

    /// The namespace that the Application lives in; Argo CD takes its own when absent.
    pub fn namespace(&self) -> Option<&Namespace> {
        self.namespace.as_ref()
    }

    /// The project; with it Argo CD tells a missing application (404) from a forbidden one (403).
    pub fn project(&self) -> Option<&ProjectName> {
        self.project.as_ref()
    }

    /// The same application in `namespace`.
    #[must_use]
    pub fn in_namespace(mut self, namespace: Namespace) -> AppRef {
        self.namespace = Some(namespace);
        self
    }

    /// The same application in `project`.
    #[must_use]
    pub fn in_project(mut self, project: ProjectName) -> AppRef {
        self.project = Some(project);
        self
    }
}

impl fmt::Display for AppRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}/{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

fn present(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

fn subdomain(value: &str) -> Result<(), String> {
    dns(
        value,
        SUBDOMAIN_CHARS,
        "lower-case letters, digits, '-' and '.'",
        |c| c == '.',
    )
}

fn label(value: &str) -> Result<(), String> {
    dns(
        value,
        LABEL_CHARS,
        "lower-case letters, digits and '-'",
        |_| false,
    )
}

fn dns(
    value: &str,
    longest: usize,
    allowed: &str,
    is_extra: impl Fn(char) -> bool,
) -> Result<(), String> {
    if value.is_empty() {
        return Err("it is empty".to_owned());
    }
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || is_extra(c);
    if let Some(bad) = value.chars().find(|&c| !inner(c)) {
        let case = if bad.is_ascii_uppercase() {
            "; names are lower-case"
        } else {
            ""
        };
        return Err(format!("{bad:?} is not allowed, only {allowed}{case}"));
    }
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if !edge(value.chars().next()) || !edge(value.chars().next_back()) {
        return Err("it must begin and end with a letter or digit".to_owned());
    }
    if value
        .split('.')
        .any(|part| !edge(part.chars().next()) || !edge(part.chars().next_back()))
    {
        return Err("each part between dots must begin and end with a letter or digit".to_owned());
    }
    if value.len() > longest {
        return Err(format!(
            "it has {} characters, {longest} are allowed",
            value.len()
        ));
    }
    Ok(())
}

fn kind(value: &str) -> Result<(), String> {
    let first = value
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic());
    if first && value.len() <= LABEL_CHARS && value.chars().all(|c| c.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        Err("write a kind as `Deployment`".to_owned())
    }
}

/// Kubernetes' path segment rule.
fn object_name(value: &str) -> Result<(), String> {
    match value {
        "" => Err("it is empty".to_owned()),
        "." | ".." => Err("it must not be a dot segment".to_owned()),
        _ if value.len() > SUBDOMAIN_CHARS => Err(format!(
            "it has {} characters, {SUBDOMAIN_CHARS} are allowed",
            value.len()
        )),
        _ => match value
            .chars()
            .find(|c| !c.is_ascii_graphic() || matches!(c, '/' | '%' | '"' | '\\'))
        {
            Some(bad) => Err(format!("{bad:?} is not allowed")),
            None => Ok(()),
        },
    }
}

fn pinned(value: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let starts = value
        .chars()
        .next()
        .is_some_and(|c| c.is_ascii_alphanumeric());
    if starts && value.len() <= REVISION_CHARS && value.chars().all(plain) {
        Ok(())
    } else {
        Err("it is neither a commit nor a plain version".to_owned())
    }
}

/// Free text that git and Helm allow. A leading `-` is rejected: on the repo-server it
/// would stand where git takes options.
fn revision(value: &str) -> Result<(), String> {
    if value.is_empty() {
        return Err("it is empty; leave it out for the deployed revision".to_owned());
    }
    if value.starts_with('-') {
        return Err("it must not begin with '-'".to_owned());
    }
    if let Some(bad) = value.chars().find(|c| c.is_control() || !is_visible(*c)) {
        return Err(format!("{bad:?} is not allowed"));
    }
    let length = value.chars().count();
    if length > REVISION_CHARS {
        return Err(format!(
            "it has {length} characters, {REVISION_CHARS} are allowed"
        ));
    }
    Ok(())
}

fn log_text(value: &str) -> Result<(), String> {
    if let Some(bad) = value.chars().find(|c| c.is_control()) {
        return Err(format!(
            "{bad:?} is not allowed; use the text before or after it"
        ));
    }
    match value.len() {
        0 => Err("it is empty".to_owned()),
        1..=LOG_TEXT_BYTES => Ok(()),
        length => Err(format!(
            "it has {length} bytes, {LOG_TEXT_BYTES} are allowed"
        )),
    }
}

/// Characters that `Debug` prints as they are have a visible form; bidi and zero-width ones do not.
fn is_visible(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().eq([c])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_kubernetes() {
        let long = "a".repeat(253);
        let longer = "a".repeat(254);
        #[rustfmt::skip]
        let rows: &[(&str, Result<(), &str>)] = &[
            ("guestbook", Ok(())), ("a.b-c.d9", Ok(())), ("9", Ok(())), (&long, Ok(())), (" padded ", Ok(())),
            ("", Err("empty")), (&longer, Err("254 characters, 253 are allowed")),
            ("Guestbook", Err("names are lower-case")), ("guest book", Err("' ' is not allowed")),
            ("-a", Err("begin and end")), ("a-", Err("begin and end")), ("a..b", Err("between dots")),
            ("a.-b", Err("between dots")), ("../x", Err("'/' is not allowed")), ("a%2fb", Err("'%' is not allowed")),
            ("a?b", Err("'?' is not allowed")), ("ä", Err("not allowed")), ("..", Err("begin and end")),
            ("a\nb", Err("not allowed")),
        ];
        for (value, expected) in rows {
            match (AppName::parse(value), expected) {
                (Ok(name), Ok(())) => assert_eq!(name.as_str(), value.trim()),
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (other, _) => panic!("{value:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn labels_are_shorter_and_have_no_dots() {
        assert!(Namespace::parse(&"a".repeat(63)).is_ok());
        assert!(Namespace::parse(&"a".repeat(64)).is_err());
        assert!(Namespace::parse("a.b").is_err());
        assert!(ContainerName::parse("istio-proxy").is_ok());
        assert!(PodName::parse("web-7d9.x").is_ok());
    }

    #[test]
    fn revisions_are_free_but_never_options_or_invisible() {
        for value in [
            "main",
            "v1.2.3",
            "feature/über-x",
            ">=1.0.0 <2.0.0",
            "^1.2",
            "*",
            "refs/tags/a",
            "a'b\"c\\d",
        ] {
            assert_eq!(
                Revision::parse(value).map(|r| r.as_str().to_owned()),
                Ok(value.to_owned())
            );
        }
        for value in [
            "",
            "--upload-pack=x",
            "a\nb",
            "a\u{202e}b",
            "a\u{200b}b",
            &"x".repeat(251),
        ] {
            assert!(Revision::parse(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn log_filters() {
        for value in ["error", "a%2fb", "üß +;#&=\"'\\", &"x".repeat(2_000)] {
            assert_eq!(
                LogText::parse(value).map(|text| text.as_str().to_owned()),
                Ok(value.to_owned())
            );
        }
        for value in ["", "a\tb", "a\nb", "\u{1b}[31m", &"ü".repeat(1_001)] {
            assert!(LogText::parse(value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn app_references() {
        let parse = |name, namespace, project| {
            AppRef::parse(name, namespace, project).map(|app| app.to_string())
        };
        assert_eq!(parse("web", None, None), Ok("web".into()));
        assert_eq!(parse("team/web", None, None), Ok("team/web".into()));
        assert_eq!(parse("team/web", Some("team"), None), Ok("team/web".into()));
        assert_eq!(parse("web", Some("team"), Some("")), Ok("team/web".into()));
        assert_eq!(parse("web", Some(" "), None), Ok("web".into()));
        for (name, namespace, part) in [
            ("team/web", Some("other"), "give one of them"),
            ("a/b/c", None, "at most one slash"),
            ("/web", None, "namespace"),
            ("team/", None, "application name"),
            ("", None, "empty"),
            ("web", Some("Team"), "namespace"),
        ] {
            let error = parse(name, namespace, None).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
        let app = AppRef::parse("web", None, Some("payments")).unwrap();
        assert_eq!(app.project().map(ProjectName::as_str), Some("payments"));
        assert_eq!(
            app.in_namespace(Namespace::parse("team").unwrap())
                .to_string(),
            "team/web"
        );
    }

    #[test]
    fn a_refused_value_is_shown_short_and_escaped() {
        let error = AppName::parse(&format!("\u{1b}[2J{}", "x".repeat(500)))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("\\u{1b}[2Jxx") && error.contains('…') && error.len() < 300,
            "{error}"
        );
    }
}
