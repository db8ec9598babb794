//! `get_resource`: shows one live object without noise, or one field of it. Version, group and namespace
//! come from the resource tree, so that a name is enough.

use crate::{
    answer::{Answer, Line, member::text, said, word, yaml},
    argocd::{Get, Group, Namespace},
    call::{
        Call, Failure,
        input::{Count, input, schema},
        kinds::KindWord,
        listing::Listing,
        pieces::{PIECE, pieces},
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{self, Fit, NameWord, Wanted},
    },
    limits,
    model::{
        live::Live,
        suspect,
        tree::{Node as TreeNode, Tree},
    },
    redact::{Node, capped},
};

/// Pieces of YAML of one answer by default, and at most.
const PIECES: u32 = 3;
const PIECES_MAX: u32 = 20;
/// Maximum number of candidates that are proposed.
const CANDIDATES_MAX: usize = 12;
/// Maximum length of a path into an object, in bytes.
const PATH_BYTES: usize = 500;

input! {
    /// What `get_resource` takes.
    struct Ask of app {
        /// Name of the resource.
        resource: NameWord,
        /// Its kind.
        kind: Option<KindWord>,
        /// Its namespace, if several have it.
        namespace: Option<Namespace>,
        /// Its API group, if several have the kind.
        group: Option<Group>,
        /// Path into it, e.g. spec.template.spec.containers[0].image
        path: Option<String>,
        /// Pieces of YAML to show.
        limit: Count<PIECES, PIECES_MAX>,
        /// From the previous answer.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_resource",
    title: "Get live resource",
    family: Family::Resources,
    listed: Listed::WhenChosen,
    hint: "Shows one live object or one field of it",
    subject: Subject::Application,
    description: "One live Kubernetes object of an Argo CD application as YAML, without managedFields and other noise, or one field \
            of it by path. Needs only its name (and kind if ambiguous). Secret values masked.",
    facts: &[
        text("object"),
        text("namespace").maybe(),
        text("path").maybe(),
    ],
    items: &PIECE,
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app = &input.name.0;
    let tree: Tree = context
        .client
        .json(&Get::resource_tree(app), limits::UPSTREAM)
        .await?;
    let all: Vec<&TreeNode> = tree.nodes.iter().chain(&tree.orphaned_nodes).collect();
    let wanted = Wanted::new(input.kind.as_ref(), Some(&input.resource))
        .within(input.namespace.as_ref())
        .of_group(input.group.as_ref());
    let node = match wanted::one_of(&all, &wanted, &app.to_string(), &call)? {
        Fit::One(at) => all[at],
        Fit::Several(fit) => return Err(wanted::ambiguous(&all, &fit, &call)),
    };
    let title = format!("{} {}", word(&node.kind), word(&node.name));
    let Some(object) = suspect::object(node).filter(|_| !node.uid.is_empty()) else {
        let sync = call.about("get_sync_status", &[]);
        return Err(Failure::with_next(
            &format!("{title} is not live{}.", said(&node.health.message)),
            sync.map(|sync| format!("{sync} (whether a sync failed on it)")),
        ));
    };
    let live: Live = context
        .client
        .json(&Get::resource(app, &object), limits::UPSTREAM)
        .await?;
    let root = live.manifest.node();
    let path = input
        .path
        .as_deref()
        .map(str::trim)
        .filter(|path| !path.is_empty());
    let part = match path {
        None => root,
        Some(path) => select(root, path).map_err(Failure::Said)?,
    };
    let text = match part {
        Node::Map(_) | Node::List(_) => yaml::write(part),
        scalar => yaml::compact(scalar),
    };
    let line = Line::new().fact("object", title.as_str());
    let line = match &*node.namespace {
        "" => line,
        namespace => line.glue(" in ").fact("namespace", word(namespace)),
    };
    let line = line.glue(", live");
    let line = match path {
        None => line,
        Some(path) => line.glue(", ").fact("path", capped(path, 200)),
    };
    let head = vec![line];
    let rows = pieces(&title, &text);
    let (cursor, limit) = (input.cursor.as_deref(), (input.limit.0, PIECES));
    Listing {
        call: &call,
        cursor,
        limit,
        noun: "piece",
    }
    .write(head, &rows, None)
}

/// The value at `path`: keys separated by dots, `[0]` or `[name]` for items of lists, `["a.b/c"]` for
/// keys with dots.
fn select<'a>(root: &'a Node, path: &str) -> Result<&'a Node, String> {
    if path.len() > PATH_BYTES {
        return Err(format!("path is longer than {PATH_BYTES} bytes."));
    }
    let mut node = root;
    let mut walked = String::new();
    let steps = steps(path);
    let mut at = 0;
    while let Some(step) = steps.get(at) {
        let mut step = step.clone();
        let mut used = 1;
        let next = match node {
            // Keys of labels and files contain dots, and callers rarely quote them.
            Node::Map(map) if !map.contains_key(&step) => {
                let joined =
                    (2..=steps.len() - at).map(|count| (count, steps[at..at + count].join(".")));
                let found = joined.into_iter().find(|(_, key)| map.contains_key(key));
                found.and_then(|(count, key)| {
                    (used, step) = (count, key);
                    map.get(&step)
                })
            }
            Node::Map(map) => map.get(&step),
            Node::List(items) => match step.parse::<usize>() {
                Ok(at) => items.get(at),
                Err(_) => items.iter().find(|item| {
                    ["name", "type", "key"]
                        .iter()
                        .any(|key| item.text(&[key]) == Some(step.as_str()))
                }),
            },
            _ => None,
        };
        node = next.ok_or_else(|| {
            let place = if walked.is_empty() {
                "the object".to_owned()
            } else {
                walked.clone()
            };
            format!(
                "path: {place} has no {}; it has {}.",
                capped(&step, 80),
                has(node)
            )
        })?;
        walked = if walked.is_empty() {
            word(&step)
        } else {
            format!("{walked}.{}", word(&step))
        };
        at += used;
    }
    Ok(node)
}

fn steps(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    // `{.spec.replicas}` is how kubectl writes a path.
    let path = match path
        .strip_prefix('{')
        .and_then(|path| path.strip_suffix('}'))
    {
        Some(inner) => inner.trim(),
        None => path,
    };
    let mut rest = path.trim_start_matches(['.', '$']);
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').unwrap_or((inner, "")),
            None => {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                (&rest[..end], &rest[end..])
            }
        };
        let step = step.trim_matches(['"', '\'', ' ']);
        if !step.is_empty() {
            steps.push(step.to_owned());
        }
        rest = after.trim_start_matches('.');
    }
    steps
}

/// The keys or items of a node, for a path that does not exist.
fn has(node: &Node) -> String {
    match node {
        Node::Map(map) => map
            .keys()
            .take(CANDIDATES_MAX)
            .map(|key| word(key))
            .collect::<Vec<_>>()
            .join(", "),
        Node::List(items) => {
            let names: Vec<String> = items
                .iter()
                .take(CANDIDATES_MAX)
                .filter_map(|item| item.text(&["name"]).map(word))
                .collect();
            format!("{} items {}", items.len(), names.join(", "))
        }
        _ => "no fields".to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::select;
    use crate::redact::{Manifest, Node};

    #[test]
    fn paths_lead_into_the_object() {
        let object: Manifest = serde_json::from_value(json!({
            "metadata": {"labels": {"app.kubernetes.io/name": "web"}},
            "spec": {"containers": [{"name": "web", "image": "web:1"}, {"name": "proxy", "image": "envoy:2"}]},
            "status": {"conditions": [{"type": "Ready", "status": "False"}]}
        }))
        .unwrap();
        for (path, want) in [
            ("spec.containers[0].image", "web:1"),
            (".spec.containers[proxy].image", "envoy:2"),
            ("status.conditions[Ready].status", "False"),
            ("metadata.labels[\"app.kubernetes.io/name\"]", "web"),
            ("metadata.labels.app.kubernetes.io/name", "web"),
            ("{.spec.containers[0].image}", "web:1"),
        ] {
            assert_eq!(
                select(object.node(), path).unwrap(),
                &Node::Text(want.into()),
                "{path}"
            );
        }
        let error = select(object.node(), "spec.containers[2].image").unwrap_err();
        assert!(error.contains("2 items web, proxy"), "{error}");
        assert!(
            select(object.node(), "spec.replicas")
                .unwrap_err()
                .contains("it has containers")
        );
    }
}
