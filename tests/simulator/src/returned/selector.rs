//! Kubernetes label selectors, as far as `selector=` on a list needs them.

use serde_json::Value;

/// A parsed selector: every requirement must hold.
pub(crate) struct Selector(Vec<Requirement>);

enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Selector {
    /// Parses a selector, or says what Kubernetes says of a broken one.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        split_outside_parentheses(text)
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Requirement::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether an object's `metadata.labels` satisfy it.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let labels = object.pointer("/metadata/labels");
        let label = |key: &str| labels?.get(key)?.as_str();
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => {
                label(key).is_some_and(|have| values.iter().any(|v| v == have))
            }
            Requirement::NotIn(key, values) => {
                label(key).is_none_or(|have| values.iter().all(|v| v != have))
            }
            Requirement::Exists(key) => label(key).is_some(),
            Requirement::Absent(key) => label(key).is_none(),
        })
    }
}

impl Requirement {
    fn parse(part: &str) -> Result<Self, String> {
        if let Some((key, value)) = part.split_once("!=") {
            return Ok(Self::NotIn(key_of(key)?, vec![value.trim().to_owned()]));
        }
        if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
            return Ok(Self::In(key_of(key)?, vec![value.trim().to_owned()]));
        }
        if let Some((key, values)) = part.split_once(" notin ") {
            return Ok(Self::NotIn(key_of(key)?, values_of(values)?));
        }
        if let Some((key, values)) = part.split_once(" in ") {
            return Ok(Self::In(key_of(key)?, values_of(values)?));
        }
        match part.strip_prefix('!') {
            Some(key) => Ok(Self::Absent(key_of(key)?)),
            None => Ok(Self::Exists(key_of(part)?)),
        }
    }
}

fn key_of(text: &str) -> Result<String, String> {
    let key = text.trim();
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if !key.is_empty() && key.chars().all(fits) {
        return Ok(key.to_owned());
    }
    Err(format!(
        "unable to parse requirement: <nil>: Invalid value: {key:?}: name part must consist of alphanumeric characters, '-', '_' or '.'"
    ))
}

fn values_of(text: &str) -> Result<Vec<String>, String> {
    text.trim()
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .map(|list| list.split(',').map(|v| v.trim().to_owned()).collect())
        .ok_or_else(|| {
            "unable to parse requirement: found '', expected: ',', ')' or identifier".to_owned()
        })
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors_mean_what_they_mean_in_kubernetes() {
        let object = json!({"metadata": {"labels": {"team": "payments", "tier": "web"}}});
        for (text, expected) in [
            ("team=payments", true),
            ("team==payments,tier=db", false),
            ("team!=payments", false),
            ("other!=x", true),
            ("team in (a, payments),tier", true),
            ("team notin (a,b)", true),
            ("!tier", false),
            ("", true),
        ] {
            let selector = Selector::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(selector.matches(&object), expected, "{text}");
        }
        assert_eq!(
            Selector::parse("team in (").err().unwrap(),
            "unable to parse requirement: found '', expected: ',', ')' or identifier"
        );
    }
}
