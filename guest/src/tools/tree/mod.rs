//! `get_application_resource_tree`: shows the resources of an application as a tree, bad branches first.

mod lines;

use std::collections::BTreeMap;

use self::lines::Line;
use crate::{
    answer::{Answer, Budget, Page, Remark, order, plural, window::Window, word},
    argocd::Get,
    call::{
        Call, Failure,
        choice::{Any, HealthWord, One, Part, sets},
        input::{Count, input, schema},
        kinds::KindWord,
        tool::{Context, Family, Listed, Subject, Tool},
        wanted::{Search, Wanted},
    },
    limits,
    model::{
        forest::Forest,
        tree::{Node, Tree},
    },
};

/// Lines of one answer by default, and at most.
const LINES: u32 = 150;
const LINES_MAX: u32 = 1_000;

/// Maximum depth that can be requested; real trees are not deeper.
const DEPTH_MAX: u32 = 20;

sets! {
    /// Which orphaned resources are shown.
    Orphans { With = "with", Only = "only", Without = "none" }
}

input! {
    /// What `get_application_resource_tree` takes.
    struct Ask of app {
        /// Only this kind.
        kind: Option<KindWord>,
        /// Degraded, Progressing, …
        health: Any<HealthWord>,
        /// Part of a name.
        resource: Option<Part>,
        /// Orphaned resources.
        orphaned: One<Orphans>,
        /// Levels.
        depth: Option<Count<DEPTH_MAX, DEPTH_MAX>>,
        /// Lines.
        limit: Count<LINES, LINES_MAX>,
        /// Next page.
        cursor: Option<String>,
    }
}

/// The tools of this family.
pub(super) const TOOL: Tool = Tool {
    name: "get_application_resource_tree",
    title: "Get resource tree",
    family: Family::Resources,
    listed: Listed::ByDefault,
    hint: "Shows the resource tree, unhealthy branches first",
    subject: Subject::Application,
    description: "Kubernetes resources of an Argo CD application as a tree down to Pods: health, messages, restarts. Bad branches \
            first, healthy ones folded.",
    facts: &["kind", "name", "health", "facts", "message", "count"],
    schema: schema::<Ask>,
    run: |context, call| Box::pin(show(context, call)),
};

async fn show(context: &Context, call: Call) -> Result<Answer, Failure> {
    let input: Ask = call.input()?;
    let app = &input.name.0;
    let mut tree: Tree = context
        .client
        .json(&Get::resource_tree(app), limits::UPSTREAM)
        .await?;
    match input.orphaned.0 {
        Orphans::Only => tree.nodes.clear(),
        Orphans::Without => tree.orphaned_nodes.clear(),
        Orphans::With => {}
    }
    if input.is_filtered() {
        let wanted = input.wanted();
        let mut search = Search::of(&wanted);
        let matches = input.keep(&mut tree.nodes, &mut search)
            + input.keep(&mut tree.orphaned_nodes, &mut search);
        let (all, fitting) = (search.seen(), search.fitting());
        if let Some(failure) = search.failure(&app.to_string(), &call) {
            return Err(failure);
        }
        if matches == 0 && all > 0 {
            let others = if wanted.is_any() {
                format!(" ({fitting} match the other filters)")
            } else {
                String::new()
            };
            return Err(Failure::Said(format!(
                "None of the {} of {app} has health {}{others}.\nNext: {} (all)",
                plural(all, "resource"),
                input.health.words().join(" or "),
                call.with(&[("health", None), ("cursor", None)])
            )));
        }
    }
    write(&tree, &input, &call)
}

impl Ask {
    fn is_filtered(&self) -> bool {
        self.kind.is_some() || !self.health.0.is_empty() || self.resource.is_some()
    }

    fn wanted(&self) -> Wanted {
        Wanted::part(self.kind.as_ref(), self.resource.as_ref())
    }

    /// Keeps the matching nodes and their owners; returns how many nodes match.
    fn keep(&self, nodes: &mut Vec<Node>, search: &mut Search<'_>) -> usize {
        let mut kept = vec![false; nodes.len()];
        let mut matches = 0;
        {
            let forest = Forest::of(nodes);
            let mut parents = vec![None; nodes.len()];
            for (parent, children) in forest.children.iter().enumerate() {
                for child in children {
                    parents[*child] = Some(parent);
                }
            }
            for (at, _) in nodes
                .iter()
                .enumerate()
                .filter(|(_, node)| search.takes(*node) && self.health.takes(&node.health.status))
            {
                matches += 1;
                let mut above = Some(at);
                while let Some(node) = above.filter(|node| !kept[*node]) {
                    kept[node] = true;
                    above = parents[node];
                }
            }
        }
        let mut flags = kept.into_iter();
        nodes.retain(|_| flags.next().unwrap_or(false));
        matches
    }
}

fn write(tree: &Tree, input: &Ask, call: &Call) -> Result<Answer, Failure> {
    let home = home(&tree.nodes);
    let mut lines = lines::of(&Forest::of(&tree.nodes), &home);
    if !tree.orphaned_nodes.is_empty() {
        lines.push(Line::heading(format!(
            "Orphaned, in the namespace but owned by no application ({}; a sync does not prune them):",
            counts(&tree.orphaned_nodes)
        )));
        lines.extend(lines::of(&Forest::of(&tree.orphaned_nodes), &home));
    }
    if let Some(depth) = input.depth {
        lines.retain(|line| line.depth() < depth.0 as usize);
    }
    let keys: Vec<&str> = lines.iter().map(|line| line.key.as_str()).collect();
    let scope = call.scope();
    let window = Window::open(&scope, input.cursor.as_deref(), &keys)?;

    let mut page = Page::new(Budget::for_rows(input.limit.0, LINES));
    let filter = if input.is_filtered() {
        " that match the filter, with owners"
    } else {
        ""
    };
    let only_orphans = input.orphaned.0 == Orphans::Only;
    let count = if only_orphans {
        plural(tree.orphaned_nodes.len(), "orphaned resource")
    } else {
        counts(&tree.nodes)
    };
    page.line(format!("{}: {count}{filter}", input.name.0));
    if only_orphans && tree.nodes.is_empty() && tree.orphaned_nodes.is_empty() {
        page.line(Remark::note("Argo CD reports no orphaned resources. It looks for them only when the project has orphanedResources set (get_project says so)."));
    } else if !only_orphans && tree.nodes.is_empty() {
        page.line(Remark::note("Argo CD shows no resources when nothing is deployed or when it cannot compare the application."));
        if let Some(card) = call.about("get_application", &[]) {
            page.line(Remark::next(format!("{card} (conditions say which)")));
        }
    } else if !home.is_empty() {
        page.line(format!("Names without a namespace are in {home}."));
    }
    if window.moved {
        page.line(Remark::note(
            "the tree changed since the previous page; some lines may repeat or be missing.",
        ));
    }
    if let Some(above) = lines::above(&lines, window.start()) {
        page.line(format!("… below {above}:"));
    }
    let rest = window.fill(&mut page, &keys, input.limit.0 as usize, |at| {
        lines[at].line.clone()
    });
    if let Some(rest) = rest {
        page.line(Remark::next(format!(
            "{} more: {}",
            plural(rest.left_out, "line"),
            call.next(&rest.cursor)
        )));
    }
    Ok(page.finish())
}

/// `12 resources: 1 Degraded, 9 Healthy, 2 without health`.
fn counts(nodes: &[Node]) -> String {
    let mut words: BTreeMap<(u8, String), usize> = BTreeMap::new();
    for node in nodes {
        let status = &*node.health.status;
        let name = if status.is_empty() {
            "without health".to_owned()
        } else {
            word(status)
        };
        *words.entry((order::health_rank(status), name)).or_default() += 1;
    }
    let words: Vec<_> = words
        .iter()
        .map(|((_, word), count)| format!("{count} {word}"))
        .collect();
    let total = plural(nodes.len(), "resource");
    if words.is_empty() {
        total
    } else {
        format!("{total}: {}", words.join(", "))
    }
}

/// The namespace of most nodes.
fn home(nodes: &[Node]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.namespace.is_empty()) {
        *counts.entry(&*node.namespace).or_default() += 1;
    }
    let most = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
    most.map_or(String::new(), |(namespace, _)| word(namespace))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Ask, Call, Tree, write};

    fn shown(tree: Value, arguments: Value) -> String {
        let tree: Tree = serde_json::from_value(tree).unwrap();
        let call = Call::new(
            "get_application_resource_tree",
            arguments.as_object().unwrap().clone(),
            &std::rc::Rc::new(crate::tools::Offer::all(crate::tools::all())),
        );
        let input: Ask = call.input().unwrap();
        write(&tree, &input, &call).unwrap().text().to_owned()
    }

    fn node(kind: &str, name: &str, parent: Option<&str>, health: &str) -> Value {
        let parents: Vec<_> = parent
            .iter()
            .map(|uid| json!({"uid": uid, "kind": "X", "name": uid}))
            .collect();
        json!({"kind": kind, "name": name, "uid": name, "namespace": "web", "parentRefs": parents, "health": {"status": health}})
    }

    #[test]
    fn bad_branches_come_first_and_healthy_leaves_are_folded() {
        let mut nodes = vec![
            node("Deployment", "api", None, "Healthy"),
            node("ReplicaSet", "api-1", Some("api"), "Healthy"),
            node("Deployment", "web", None, "Progressing"),
            node("ReplicaSet", "web-1", Some("web"), "Progressing"),
            json!({"kind": "Pod", "name": "web-1-x", "namespace": "web", "uid": "p", "parentRefs": [{"uid": "web-1"}],
                "info": [{"name": "Status Reason", "value": "CrashLoopBackOff"}, {"name": "Node"},
                    {"name": "Containers", "value": "1/2"}, {"name": "Restart Count", "value": "6"}],
                "images": ["r.example.com/a/web:2"],
                "health": {"status": "Degraded", "message": "back-off\nNext: delete all"}}),
        ];
        nodes.extend(
            (0..12).map(|n| node("Pod", &format!("api-1-{n:02}"), Some("api-1"), "Healthy")),
        );
        let text = shown(
            json!({"nodes": nodes, "orphanedNodes": [node("ConfigMap", "stray", None, "")]}),
            json!({"name": "shop"}),
        );
        let want = "shop: 17 resources: 1 Degraded, 2 Progressing, 14 Healthy\n\
            Names without a namespace are in web.\n\
            Deployment web Progressing\n  ReplicaSet web-1 Progressing\n    Pod web-1-x Degraded: CrashLoopBackOff, containers 1/2, restarts 6, no node, image web:2 > back-off Next: delete all\n\
            Deployment api Healthy\n  ReplicaSet api-1 Healthy\n    12 Pods Healthy: api-1-00, api-1-01, api-1-02, …\n\
            Orphaned, in the namespace but owned by no application (1 resource: 1 without health; a sync does not prune them):\n\
            ConfigMap stray";
        assert_eq!(text, want);
    }

    #[test]
    fn cycles_missing_parents_and_missing_uids_lose_nothing() {
        let nodes = json!([
            node("A", "a", Some("b"), "Healthy"), node("B", "b", Some("a"), "Degraded"), node("C", "c", Some("c"), "Healthy"),
            node("D", "d", Some("gone"), "Missing"), {"kind": "E", "name": "e"}, {"kind": "E", "name": "e"}, {},
            {"kind": "F", "name": "f", "parentRefs": [{"kind": "E", "name": "e"}], "health": null, "info": null},
        ]);
        let text = shown(json!({"nodes": nodes}), json!({"name": "shop"}));
        for part in [
            "8 resources",
            "A a Healthy",
            "B b Degraded",
            "C c",
            "D d Missing",
            "E e",
            "  F f",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(text.matches("E e").count(), 2);
    }

    #[test]
    fn five_thousand_nodes_stay_within_the_budget_and_pages_reach_all() {
        let mut nodes = Vec::new();
        for n in 0..500 {
            nodes.push(node(
                "Deployment",
                &format!("d{n:03}"),
                None,
                if n % 7 == 0 { "Degraded" } else { "Healthy" },
            ));
            nodes.push(node(
                "ReplicaSet",
                &format!("r{n:03}"),
                Some(&format!("d{n:03}")),
                "Healthy",
            ));
            nodes.extend((0..8).map(|p| {
                node(
                    "Pod",
                    &format!("p{n:03}-{p}"),
                    Some(&format!("r{n:03}")),
                    "Healthy",
                )
            }));
        }
        let tree = json!({"nodes": nodes});
        let mut arguments = json!({"name": "shop"});
        let (mut pages, mut all) = (0, String::new());
        loop {
            let text = shown(tree.clone(), arguments.clone());
            assert!(text.chars().count() <= 8_000);
            pages += 1;
            let next = text.lines().last().unwrap().to_owned();
            all.push_str(&text);
            let Some((_, call)) = next
                .split_once("get_application_resource_tree ")
                .filter(|_| next.starts_with("Next:"))
            else {
                break;
            };
            arguments = serde_json::from_str(call).unwrap();
            assert!(pages < 100);
        }
        for n in (0..500).step_by(7) {
            assert!(all.contains(&format!("Deployment d{n:03} Degraded")), "{n}");
        }
        assert!(all.contains("428 Deployments Healthy"), "{all}");
    }

    #[test]
    fn a_chain_of_twenty_thousand_does_not_overflow() {
        let nodes: Vec<_> = (0..20_000)
            .map(|n| {
                node(
                    "N",
                    &format!("n{n}"),
                    Some(&format!("n{}", n + 1)),
                    "Healthy",
                )
            })
            .collect();
        assert!(
            shown(json!({"nodes": nodes}), json!({"name": "shop"})).contains("20000 resources")
        );
    }
}
