//! `check`: what the policy says to one request, without sending anything.

use std::sync::Arc;

use argocd_gate::policy::{OpenCall, Policy, ROUTES, Target, is_owner};
use http::HeaderMap;
use url::Url;

use crate::{
    cli::Check,
    exit::Failure,
    output::print,
    plan::{NO_SERVER, Outline, choice},
};

/// Prints `allow` or `deny` with the rule.
pub(crate) fn check(args: &Check, outline: Outline) -> Result<(), Failure> {
    // The MCP methods that own a route can be asked about too.
    let tool = args.tool.as_deref().filter(|tool| !is_owner(tool));
    if let Some(wrong) = tool.and_then(choice::wrong_tool) {
        return Err(Failure::Usage(wrong));
    }
    if !outline.problems.is_empty() {
        return Err(Failure::Configuration(outline.problems));
    }
    let Some(origin) = outline.origin else {
        return Err(Failure::Configuration(vec![NO_SERVER.to_owned()]));
    };
    let base = origin.base_url();
    let (scheme, authority, path) = split(&args.url, &base)?;
    let headers = HeaderMap::new();
    let target = Target {
        method: &args.method,
        scheme: Some(&scheme),
        authority: Some(&authority),
        path_with_query: Some(&path),
        headers: &headers,
    };
    let policy = Policy::new(origin, "").narrowed(outline.narrowings);
    match policy.decide(&target, &open(args.tool.as_deref())) {
        Ok(permit) => print(&format!(
            "allow  {} {}  (rule: {})\n",
            args.method,
            args.url,
            permit.rule()
        )),
        Err(denial) => {
            print(&format!(
                "deny   {} {}  (rule: {}: {})\n",
                args.method, args.url, denial.rule, denial.reason
            ))?;
            Err(Failure::Denied)
        }
    }
}

/// The calls to pretend: the one that was named, or all tools that own a route.
fn open(tool: Option<&str>) -> Arc<[OpenCall]> {
    let one = |tool: &str| OpenCall {
        id: "0".into(),
        tool: tool.into(),
    };
    match tool {
        Some(tool) => [one(tool)].into(),
        None => ROUTES
            .iter()
            .flat_map(|route| route.owners)
            .map(|tool| one(tool))
            .collect(),
    }
}

/// Scheme, authority and target as the component would set them. The text is taken as typed: a
/// parser that tidies it up would judge another request than the one asked about.
fn split(text: &str, base: &str) -> Result<(String, String, String), Failure> {
    let text_of_url = if text.contains("://") { text } else { base };
    let (scheme, rest) = text_of_url.split_once("://").ok_or_else(|| {
        Failure::Configuration(vec!["write a URL, or a path that starts with /".into()])
    })?;
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    if text.contains("://") {
        let path = if path.is_empty() { "/" } else { path };
        return Ok((scheme.to_owned(), authority.to_owned(), path.to_owned()));
    }
    let prefix = Url::parse(base)
        .map(|url| url.path().trim_end_matches('/').to_owned())
        .unwrap_or_default();
    Ok((
        scheme.to_owned(),
        authority.to_owned(),
        format!("{prefix}{text}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn urls_and_paths_are_taken_as_typed() {
        let base = "https://argocd.example.com/argo";
        for (text, expected) in [
            (
                "/api/v1/clusters",
                ("https", "argocd.example.com", "/argo/api/v1/clusters"),
            ),
            (
                "https://other/a/../b?x#y",
                ("https", "other", "/a/../b?x#y"),
            ),
            ("http://u@h:1", ("http", "u@h:1", "/")),
        ] {
            let (scheme, authority, path) = split(text, base).unwrap();
            assert_eq!(
                (scheme.as_str(), authority.as_str(), path.as_str()),
                expected,
                "{text}"
            );
        }
    }
}
