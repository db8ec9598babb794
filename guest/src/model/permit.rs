//! Whether a project permits an application to deploy, and why not: Argo CD's rules, taken from
//! `AppProject` of its API types (negated patterns deny, whatever else allows).

use crate::{
    answer::word,
    model::{
        Destination,
        application::{Application, Resource},
        glob,
        project::{GroupKind, Project, Spec},
    },
    redact::Text,
};

/// One decision of the project.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ruling {
    /// `source https://…`.
    pub(crate) about: String,
    /// Why it is denied; `None` when it is permitted.
    pub(crate) refused: Option<String>,
}

/// All rulings on `app`. `target` is the destination with server and name, as the cluster list completes it.
pub(crate) fn rulings(project: &Project, app: &Application, target: &Destination) -> Vec<Ruling> {
    let spec = &project.spec;
    let mut all = vec![home(project, app)];
    let sources = app.spec.sources();
    for source in sources.iter().filter(|source| !source.repo_url.is_empty()) {
        all.push(Ruling {
            about: format!("source {}", source.repo_url.line(200)),
            refused: source_refused(&spec.source_repos, &source.repo_url),
        });
    }
    all.push(Ruling {
        about: format!("destination {}", target.place()),
        refused: destination_refused(&spec.destinations, target),
    });
    // Objects may name other namespaces than the destination's.
    let mut seen: Vec<&str> = vec![&target.namespace];
    for resource in &app.status.resources {
        if resource.namespace.is_empty() || seen.contains(&&*resource.namespace) {
            continue;
        }
        seen.push(&resource.namespace);
        let place = Destination {
            server: target.server.clone(),
            name: target.name.clone(),
            namespace: resource.namespace.clone(),
        };
        all.push(Ruling {
            about: format!(
                "namespace {} (of {} {})",
                word(&resource.namespace),
                word(&resource.kind),
                word(&resource.name)
            ),
            refused: destination_refused(&spec.destinations, &place),
        });
    }
    all.extend(kinds(spec, &app.status.resources));
    all
}

/// Whether the project permits Applications in this namespace.
fn home(project: &Project, app: &Application) -> Ruling {
    let (own, spaces) = (&project.metadata.namespace, &project.spec.source_namespaces);
    let namespace = &app.metadata.namespace;
    // An absent namespace is Argo CD's own.
    let is_own = namespace == own || namespace.is_empty() || own.is_empty();
    let fits = is_own || spaces.iter().any(|space| glob::matches(space, namespace));
    // `/^team-/` is a regular expression, which is not evaluated here.
    let is_regex =
        |space: &&Text| space.len() > 2 && space.starts_with('/') && space.ends_with('/');
    let about = format!("Application in namespace {}", word(namespace));
    let refused = match (fits, spaces.iter().find(is_regex)) {
        (true, _) => None,
        (false, Some(regex)) => Some(format!(
            "unless the regular expression {} in sourceNamespaces matches, which is not evaluated here",
            word(regex)
        )),
        (false, None) => Some(format!(
            "no sourceNamespaces pattern of the project matches; only {} needs none",
            word(own)
        )),
    };
    Ruling { about, refused }
}

fn source_refused(allowed: &[Text], url: &Text) -> Option<String> {
    let url = normal(url);
    let mut matched = false;
    for pattern in allowed {
        match pattern.strip_prefix('!') {
            Some(denied) if glob::separated(&normal(denied), &url) => {
                return Some(format!("denied by {}", pattern.line(200)));
            }
            // A negated pattern allows whatever it does not deny.
            Some(_) => matched = true,
            None => matched |= glob::separated(&normal(pattern), &url),
        }
    }
    (!matched).then(|| "no sourceRepos pattern matches".to_owned())
}

/// A normalised Git URL: equal for all spellings of one repository.
fn normal(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = url.strip_suffix('/').unwrap_or(&url);
    url.strip_suffix(".git").unwrap_or(url).to_owned()
}

fn destination_refused(allowed: &[Destination], target: &Destination) -> Option<String> {
    let fits = |pattern: &Text, value: &Text| match pattern.strip_prefix('!') {
        Some(denied) => !glob::matches(denied, value),
        None => glob::matches(pattern, value),
    };
    let denies = |pattern: &Text| pattern.starts_with('!');
    let mut matched = false;
    for item in allowed {
        let server = !target.server.is_empty() && fits(&item.server, &target.server);
        let name = !target.name.is_empty() && fits(&item.name, &target.name);
        let namespace = fits(&item.namespace, &target.namespace);
        let cluster_denied = (!name && denies(&item.name)) || (!server && denies(&item.server));
        if (server || name) && namespace {
            matched = true;
        } else if (cluster_denied && namespace)
            || (!namespace && denies(&item.namespace) && (server || name))
        {
            return Some(format!("denied by {}", item.place()));
        }
    }
    (!matched).then(|| "no destinations entry matches both cluster and namespace".to_owned())
}

/// The denied kinds, each once; each object separately where a pattern names objects.
fn kinds(spec: &Spec, resources: &[Resource]) -> Vec<Ruling> {
    let lists = [
        &spec.cluster_resource_whitelist,
        &spec.cluster_resource_blacklist,
        &spec.namespace_resource_blacklist,
    ];
    let mut patterns = lists
        .into_iter()
        .flatten()
        .chain(spec.namespace_resource_whitelist.iter().flatten());
    let by_name = patterns.any(|kind| !kind.name.is_empty());
    let mut seen: Vec<(&str, &str, bool, &str)> = Vec::new();
    let mut refused = Vec::new();
    for resource in resources {
        let is_namespaced = !resource.namespace.is_empty();
        let name: &str = if by_name { &resource.name } else { "" };
        let key = (&*resource.group, &*resource.kind, is_namespaced, name);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        refused.extend(
            kind_refused(spec, resource, is_namespaced).map(|why| Ruling {
                about: format!("kind {} ({})", word(&resource.kind), word(&resource.name)),
                refused: Some(why),
            }),
        );
    }
    refused
}

fn kind_refused(spec: &Spec, resource: &Resource, is_namespaced: bool) -> Option<String> {
    let fits = |all: &[GroupKind]| {
        let kind = all.iter().find(|kind| {
            glob::matches(&kind.group, &resource.group)
                && glob::matches(&kind.kind, &resource.kind)
                && (kind.name.is_empty() || glob::matches(&kind.name, &resource.name))
        });
        kind.map(GroupKind::pattern)
    };
    let (allowed, denied) = if is_namespaced {
        (
            spec.namespace_resource_whitelist
                .as_ref()
                .is_none_or(|all| fits(all).is_some()),
            fits(&spec.namespace_resource_blacklist),
        )
    } else {
        (
            fits(&spec.cluster_resource_whitelist).is_some(),
            fits(&spec.cluster_resource_blacklist),
        )
    };
    match (denied, allowed, is_namespaced) {
        (Some(pattern), _, _) => Some(format!("denied by {pattern}")),
        (None, false, true) => Some("not among the allowed namespaced kinds".to_owned()),
        (None, false, false) => Some("not among the allowed cluster-scoped kinds".to_owned()),
        (None, true, _) => None,
    }
}

#[cfg(test)]
mod tests;
