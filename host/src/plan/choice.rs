//! Names that a user chooses by: tools, tool sets, the form of answers; and what to say of a wrong one.

use std::collections::BTreeSet;

use argocd_gate::{
    escape::escaped,
    policy::{ROUTES, is_tool},
};

/// The tool sets of our component; `tests/it/mistakes.rs` compares them with the component's own.
const SETS: [&str; 8] = [
    "default",
    "all",
    "applications",
    "resources",
    "changes",
    "rollout",
    "platform",
    "applicationsets",
];
/// The forms of answers.
const FORMS: [&str; 2] = ["text", "structured"];
/// In a list of tools: none at all.
pub(crate) const NO_TOOL: &str = "none";
/// Where the tools are listed, and there are too many for a sentence.
pub(crate) const TOOLS_ARE_LISTED: &str = "Run `argocd-host tools` for the list";
/// How alike two names must be to propose one for the other: one typo in five letters.
const ALIKE: f64 = 0.8;
/// The shortest part of a name that stands for the name, in bytes.
const PART_BYTES: usize = 4;
/// The longest name that is repeated in a message, in bytes: names of tools have at most 34.
const SHOWN_BYTES: usize = 40;

/// The tools of our component: those that own a route.
fn tools() -> Vec<&'static str> {
    let owners = ROUTES.iter().flat_map(|route| route.owners).copied();
    let tools: BTreeSet<&str> = owners.filter(|owner| is_tool(owner)).collect();
    tools.into_iter().collect()
}

/// What is wrong with the name of a tool, as a sentence.
pub(crate) fn wrong_tool(name: &str) -> Option<String> {
    if is_tool(name) {
        return None;
    }
    Some(unknown("tool", name, &tools(), TOOLS_ARE_LISTED))
}

/// What is wrong with a list of tools that are separated by commas.
pub(super) fn wrong_tools(list: &str) -> Vec<String> {
    let names = names(list).filter(|name| *name != NO_TOOL);
    names.filter_map(wrong_tool).collect()
}

/// What is wrong with a list of tool sets that are separated by commas.
pub(crate) fn wrong_sets(list: &str) -> Vec<String> {
    let known = format!("The tool sets are {}", SETS.join(", "));
    let wrong = names(list).filter(|name| !SETS.contains(name));
    wrong
        .map(|name| unknown("tool set", name, &SETS, &known))
        .collect()
}

/// What is wrong with the name of a form.
pub(super) fn wrong_form(name: &str) -> Vec<String> {
    let name = name.trim();
    if FORMS.contains(&name) {
        return Vec::new();
    }
    let known = format!("Write {}", FORMS.join(" or "));
    vec![unknown("form of answers", name, &FORMS, &known)]
}

/// `unknown tool lst_clusters. Did you mean list_clusters? ` and where the known ones are.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str], listed: &str) -> String {
    let near = match nearest(name, known) {
        Some(near) => format!(" Did you mean {near}?"),
        None => String::new(),
    };
    format!("unknown {what} {}.{near} {listed}", shown(name))
}

/// The names in a list that is separated by commas.
fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
}

/// The known name that `name` most likely stands for: one with few typos, or the only one that it is
/// a part of.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let alike = known.iter().map(|known| {
        let alike = strsim::normalized_damerau_levenshtein(name, known);
        (alike, *known)
    });
    let best = alike.max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, known)) = best.filter(|(alike, _)| *alike >= ALIKE) {
        return Some(known);
    }
    let mut whole = known.iter().filter(|known| known.contains(name));
    let only = whole.next().filter(|_| name.len() >= PART_BYTES)?;
    whole.next().is_none().then_some(*only)
}

/// A name as a message repeats it. What does not look like a name may be a secret in the wrong
/// variable, and is not repeated.
fn shown(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-/".contains(&byte);
    if name.len() <= SHOWN_BYTES && name.bytes().all(plain) {
        escaped(name)
    } else {
        "(not a name)".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_answered_with_the_nearest_one() {
        for (name, near) in [
            ("list_aplications", Some("list_applications")),
            ("list-clusters", Some("list_clusters")),
            ("get_aplicationset", Some("get_applicationset")),
            ("diagnose", Some("diagnose_application")),
            ("logs", Some("get_application_logs")),
            ("sync_application", None),
            ("get", None),
            ("nope", None),
        ] {
            assert_eq!(nearest(name, &tools()), near, "{name}");
        }
        assert_eq!(nearest("rolout", &SETS), Some("rollout"));
    }

    #[test]
    fn what_is_no_name_is_not_repeated() {
        let text = wrong_sets("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2VjcmV0").join("");
        assert!(
            text.contains("(not a name)") && !text.contains("eyJ"),
            "{text}"
        );
    }
}
