//! `compare_applications`: two Applications side by side, settings and rendered objects.

use std::collections::BTreeSet;

use futures_util::future::join;
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, Remark, word},
    argocd::{AppRef, Get, Rendering, SourceAt},
    call::{
        Call, Failure,
        choice::One,
        identity::{self, Found},
        input::{Argument, Count, input, schema},
        kinds::KindWord,
        listing::{Listing, Row},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{NameWord, Search, Wanted},
    },
    limits,
    model::{
        application::{Application, described},
        commit::{self, Commit},
        operation,
        rendered::{self, Format, Rendered},
    },
    redact::{Node, Text},
};

/// Objects of one answer by default, and at most.
const OBJECTS: u32 = 30;
const OBJECTS_MAX: u32 = 500;
/// Maximum number of images listed for one side.
const IMAGES_MAX: usize = 8;
/// Placeholder for the application's own name in names of objects.
const OWN: &str = "<app>";
/// Labels and annotations that always hold the application's own name.
const TRACKING: [&str; 3] = [
    "argocd.argoproj.io/tracking-id",
    "argocd.argoproj.io/instance",
    "app.kubernetes.io/instance",
];

/// The second application.
pub(super) struct Other(AppRef);

impl Argument for Other {
    fn schema() -> Value {
        String::schema()
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let name = String::read(value, all)?;
        let app = AppRef::parse(&name, None, None);
        app.map(Self)
            .map_err(|error| format!("is invalid: {error}"))
    }
}

input! {
    /// What `compare_applications` takes.
    struct Ask of app {
        /// The other application, or namespace/application.
        other: Other,
        /// paths, unified YAML, or counts.
        format: One<Format>,
        /// Only this kind.
        kind: Option<KindWord>,
        /// Only the resource of this name.
        resource: Option<NameWord>,
        /// Objects to show.
        limit: Count<OBJECTS, OBJECTS_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "compare_applications",
    title: "Compare applications",
    family: Family::Changes,
    listed: Listed::WhenChosen,
    hint: "Compares two applications, such as staging and production",
    subject: Subject::Application,
    description: "Two Argo CD applications side by side, e.g. staging against production: revision, source, images, sync policy, \
            state, and the rendered objects field by field. Own names and namespaces count as equal.",
    facts: &[],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(compare(context, call)),
};

async fn compare(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let (a, b) = (&input.name.0, input.other.0.clone());
    let (get_a, get_b) = (Get::application(a), Get::application(&b));
    let (app_a, app_b) = join(
        (context.client).json::<Application>(&get_a, limits::UPSTREAM),
        (context.client).json::<Application>(&get_b, limits::UPSTREAM),
    )
    .await;
    let app_a = app_a?;
    let (b, app_b, moved) = match app_b {
        Ok(app) => (b, app, None),
        Err(error) => elsewhere(context, &call, b, error).await?,
    };
    let mut head: Vec<Remark> = vec![format!("{a} -> {b}: differences, first -> second").into()];
    head.extend(moved);
    head.extend(settings(&app_a, &app_b).into_iter().map(Remark::from));
    let commits = commits(context, (a, &app_a), (&b, &app_b)).await;
    head.extend(commits.into_iter().map(Remark::from));
    let (mut rows, mut end) = (Vec::new(), None);
    let target = &Rendering::Target;
    match Rendered::both(&context.client, (a, target), (&b, target)).await {
        (Ok(set_a), Ok(set_b)) => {
            let (set_a, set_b) = (neutral(set_a, &app_a), neutral(set_b, &app_b));
            let names =
                |set: &[Node]| -> BTreeSet<String> { set.iter().map(rendered::name).collect() };
            let (names_a, names_b) = (names(&set_a), names(&set_b));
            // Objects with the same name in both are the same, even if the name holds an application's name.
            let name = |node: &Node, is_second| {
                let name = rendered::name(node);
                if names_a.contains(&name) && names_b.contains(&name) {
                    name
                } else {
                    own(node, if is_second { &app_b } else { &app_a })
                }
            };
            let wanted = Wanted::new(input.kind.as_ref(), input.resource.as_ref());
            let search = Search::through(&wanted, rendered::either(&set_a, &set_b));
            if let Some(failure) = search.failure(&format!("{a} and {b}"), &call) {
                return Err(failure);
            }
            let takes = |node: &Node| wanted.fits(node);
            let format = input.format.0;
            let (found, equal) = rendered::differences(&set_a, &set_b, name, takes, format);
            let count = found.len();
            let counts =
                format!("Rendered objects: {count} differ, {equal} equal (target revisions)");
            head.push(counts.into());
            let found = found.into_iter();
            rows = found
                .map(|difference| Row::of(difference.name, difference.text))
                .collect();
            end = legend(&rows);
        }
        (set_a, set_b) => {
            let missing = [(a, set_a.err()), (&b, set_b.err())];
            let missing = missing.into_iter();
            head.extend(missing.filter_map(|(app, error)| Some(not_rendered(app, &error?))));
        }
    }
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, OBJECTS));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "object",
    }
    .write(head, &rows, end)
}

/// What the words of the rows mean; `None` without rows.
fn legend(rows: &[Row]) -> Option<Remark> {
    let note = if rows.iter().any(|row| row.key.contains(OWN)) {
        "added: only in the second; removed: only in the first; <app>: its name."
    } else {
        "added: only in the second; removed: only in the first."
    };
    (!rows.is_empty()).then(|| Remark::note(note))
}

fn not_rendered(app: &AppRef, error: &crate::argocd::Error) -> Remark {
    let why = error.brief();
    Remark::note(format!(
        "not compared: cannot render the manifests of {app}: {why}"
    ))
}

/// Looks for the second application in another namespace than the requested one.
async fn elsewhere(
    context: &Context,
    call: &Call,
    app: AppRef,
    error: crate::argocd::Error,
) -> Result<(AppRef, Application, Option<Remark>), Failure> {
    if !identity::may_help(&error) {
        return Err(error.into());
    }
    let mut arguments = call.arguments().clone();
    // These are about the first application.
    arguments.retain(|key, _| !matches!(key.as_str(), "app_namespace" | "project"));
    arguments.insert("other".to_owned(), app.to_string().into());
    let call = call.again(arguments);
    match identity::look_up(&context.client, &call, "other", &error).await {
        None => Err(error.into()),
        Some(Found::Unanswerable(why)) => Err(Failure::Said(format!("other: {why}"))),
        Some(Found::Elsewhere(arguments, note)) => {
            let text = |key: &str| arguments.get(key).and_then(Value::as_str);
            let found = AppRef::parse(
                text("other").unwrap_or_default(),
                text("app_namespace"),
                None,
            );
            let found = found.map_err(|error| Failure::Said(format!("other is wrong: {error}")))?;
            let get = Get::application(&found);
            let application = context.client.json(&get, limits::UPSTREAM).await?;
            Ok((found, application, Some(Remark::note(note))))
        }
    }
}

/// Settings and state that differ.
fn settings(a: &Application, b: &Application) -> Vec<String> {
    let mut lines = Vec::new();
    let mut pair = |what: &str, a: String, b: String| {
        if a != b {
            let show = |text: String| {
                if text.is_empty() {
                    "-".to_owned()
                } else {
                    text
                }
            };
            lines.push(format!("{what}: {} -> {}", show(a), show(b)));
        }
    };
    pair("project", word(&a.spec.project), word(&b.spec.project));
    pair(
        "destination",
        a.spec.destination.place(),
        b.spec.destination.place(),
    );
    let revision = |app: &Application| operation::revisions(app.status.sync.revisions());
    pair("revision", revision(a), revision(b));
    pair(
        "sync",
        word(&a.status.sync.status),
        word(&b.status.sync.status),
    );
    pair(
        "health",
        word(&a.status.health.status),
        word(&b.status.health.status),
    );
    pair(
        "sync policy",
        described::sync_policy(a),
        described::sync_policy(b),
    );
    lines.extend(sources(a, b));
    lines.extend(images(a, b));
    lines
}

/// Lines about sources that only one application has.
fn sources(a: &Application, b: &Application) -> Vec<String> {
    let (a, b) = (described::sources(a), described::sources(b));
    let only = |these: &[String], those: &[String], mark: &str| -> Vec<String> {
        let lines = these.iter().filter(|line| !those.contains(line));
        lines
            .map(|line| format!("  {mark} {}", line.trim_start()))
            .collect()
    };
    let lines = [only(&a, &b, "-"), only(&b, &a, "+")].concat();
    if lines.is_empty() {
        Vec::new()
    } else {
        [vec!["sources:".to_owned()], lines].concat()
    }
}

fn images(a: &Application, b: &Application) -> Option<String> {
    let set = |app: &Application| -> BTreeSet<String> {
        let images = app.status.summary.images.iter();
        images.map(|image| image.line(200)).collect()
    };
    let (a, b) = (set(a), set(b));
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
        let only: Vec<&str> = these.difference(those).map(String::as_str).collect();
        let more = only.len().saturating_sub(IMAGES_MAX);
        let first = only[..only.len() - more].join(", ");
        match more {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    };
    let (first, second) = (only(&a, &b), only(&b, &a));
    match (first.is_empty(), second.is_empty()) {
        (true, true) => None,
        (false, true) => Some(format!("running images: {first} only in the first")),
        (true, false) => Some(format!("running images: {second} only in the second")),
        (false, false) => Some(format!("running images: {first} -> {second}")),
    }
}

/// Author and subject of the two commits, if they differ and Argo CD returns them.
async fn commits(
    context: &Context,
    (a, app_a): (&AppRef, &Application),
    (b, app_b): (&AppRef, &Application),
) -> Vec<String> {
    let one = |app: &Application| match app.status.sync.revisions() {
        [one] => Some(one.clone()),
        _ => None,
    };
    let (Some(at_a), Some(at_b)) = (one(app_a), one(app_b)) else {
        return Vec::new();
    };
    if at_a == at_b {
        return Vec::new();
    }
    let read = async |app: &AppRef, at: &Text| {
        let get = commit::get(app, at, SourceAt::default())?;
        let commit: Commit = context.client.json(&get, limits::UPSTREAM).await.ok()?;
        Some(format!("{app}: {}", commit.line(at)))
    };
    let (a, b) = join(read(a, &at_a), read(b, &at_b)).await;
    a.into_iter().chain(b).collect()
}

/// Removes what always differs between two applications: the destination namespace, and tracking
/// labels and annotations.
fn neutral(mut nodes: Vec<Node>, app: &Application) -> Vec<Node> {
    for node in &mut nodes {
        let Node::Map(object) = node else { continue };
        let Some(Node::Map(metadata)) = object.get_mut("metadata") else {
            continue;
        };
        let home = &*app.spec.destination.namespace;
        if matches!(metadata.get("namespace"), Some(Node::Text(namespace)) if namespace == home) {
            metadata.remove("namespace");
        }
        for part in ["labels", "annotations"] {
            let Some(Node::Map(entries)) = metadata.get_mut(part) else {
                continue;
            };
            entries.retain(|key, _| !TRACKING.contains(&key.as_str()));
            if entries.is_empty() {
                metadata.remove(part);
            }
        }
    }
    nodes
}

/// The name of an object, with the application's own name in it replaced.
fn own(node: &Node, app: &Application) -> String {
    let name = rendered::name(node);
    let Some((kind, name)) = name.split_once(' ') else {
        return name;
    };
    format!("{kind} {}", name.replace(&*app.metadata.name, OWN))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Application, Rendered, neutral, own, settings};

    fn app(name: &str, namespace: &str, revision: &str, image: &str) -> Application {
        let value: Value = json!({
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {"project": "default", "destination": {"name": "in-cluster", "namespace": namespace},
                     "source": {"repoURL": "https://git.example.com/shop.git", "path": namespace}},
            "status": {"sync": {"status": "Synced", "revision": revision}, "health": {"status": "Healthy"},
                       "summary": {"images": [image, "proxy:1"]}},
        });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn settings_that_differ_and_no_others() {
        let (a, b) = (
            app(
                "shop-test",
                "test",
                "1111111111111111111111111111111111111111",
                "shop:2",
            ),
            app(
                "shop-prod",
                "prod",
                "1111111111111111111111111111111111111111",
                "shop:1",
            ),
        );
        assert_eq!(
            settings(&a, &b),
            [
                "destination: in-cluster/test -> in-cluster/prod",
                "sources:",
                "  - Source: https://git.example.com/shop.git path test, target HEAD, compared with 1111111",
                "  + Source: https://git.example.com/shop.git path prod, target HEAD, compared with 1111111",
                "running images: shop:2 -> shop:1",
            ]
        );
        assert!(settings(&a, &a).is_empty());
    }

    #[test]
    fn what_differs_by_design_is_left_out() {
        let object = |app: &str, namespace: &str| {
            json!({"kind": "Deployment", "metadata": {
                "name": format!("{app}-api"), "namespace": namespace,
                "labels": {"app.kubernetes.io/instance": app},
                "annotations": {"argocd.argoproj.io/tracking-id": format!("{app}:apps/Deployment:x"), "team": "web"},
            }})
        };
        let read = |app: &str, namespace: &str| -> Rendered {
            let text = object(app, namespace).to_string();
            serde_json::from_value(json!({"manifests": [text]})).unwrap()
        };
        let (a, b) = (
            neutral(
                read("shop-test", "test").nodes(),
                &app("shop-test", "test", "", ""),
            ),
            neutral(
                read("shop-prod", "prod").nodes(),
                &app("shop-prod", "prod", "", ""),
            ),
        );
        assert_eq!(a[0].at(&["metadata", "labels"]), None);
        assert_eq!(a[0].text(&["metadata", "annotations", "team"]), Some("web"));
        let name = |node, name, namespace| own(node, &app(name, namespace, "", ""));
        assert_eq!(name(&a[0], "shop-test", "test"), "Deployment <app>-api");
        assert_eq!(
            name(&a[0], "shop-test", "test"),
            name(&b[0], "shop-prod", "prod")
        );
    }
}
