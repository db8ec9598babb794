//! Writes the resource trees as indented lines; healthy siblings of one kind are folded into one line.

use crate::{
    answer::{Fact, Line as Record, order, plural, word},
    model::{forest::Forest, tree::Node},
};

/// Minimum number of healthy siblings of one kind that are folded into one line.
const FOLD: usize = 4;
/// Minimum length, in bytes, of a message that siblings do not repeat.
const REPEAT: usize = 80;
/// Number of names on a folded line: enough to read the log of one Pod.
const NAMES: usize = 3;
/// Maximum indentation, in levels; deeper nodes are not indented further.
const INDENT_MAX: usize = 12;
/// Two spaces per level.
const INDENTS: [&str; INDENT_MAX + 1] = {
    const BLANKS: &str = "                        ";
    let mut all = [""; INDENT_MAX + 1];
    let mut at = 0;
    while at <= INDENT_MAX {
        all[at] = BLANKS.split_at(2 * at).0;
        at += 1;
    }
    all
};
/// Lowest rank of a healthy branch.
const WELL: u8 = 5;

/// One line of the tree.
pub(super) struct Line {
    /// Identifies the line in a cursor.
    pub(super) key: String,
    pub(super) line: Record,
    depth: usize,
}

impl Line {
    /// A heading between trees.
    pub(super) fn heading(line: Record) -> Self {
        Self {
            key: "heading".to_owned(),
            line,
            depth: 0,
        }
    }

    /// The same line, of an orphaned resource.
    pub(super) fn orphaned(mut self) -> Self {
        self.line = self.line.keeping("orphaned", true);
        self
    }

    /// Depth in the tree; roots are 0.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

/// The owners above line `at`, from the root down, when the line is inside a branch.
pub(super) fn above(lines: &[Line], at: usize) -> Option<Vec<String>> {
    let mut depth = lines.get(at)?.depth;
    let mut names = Vec::new();
    for line in lines[..at].iter().rev() {
        if line.depth < depth {
            depth = line.depth;
            // Kind and name only: the rest is the line's own health and message.
            names.push(
                line.line
                    .text()
                    .trim_start()
                    .split(' ')
                    .take(2)
                    .collect::<Vec<_>>()
                    .join(" "),
            );
        }
        if depth == 0 {
            break;
        }
    }
    names.truncate(INDENT_MAX);
    names.reverse();
    (!names.is_empty()).then_some(names)
}

/// All lines of `forest`; names in namespace `home` have no prefix.
pub(super) fn of(forest: &Forest<'_>, home: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut stack = Vec::new();
    push_siblings(&mut stack, forest, &forest.roots, 0);
    let mut before: Option<(usize, &Node)> = None;
    while let Some((step, depth)) = stack.pop() {
        let indent = INDENTS[depth.min(INDENT_MAX)];
        match step {
            Step::Node(at) => {
                let node = &forest.nodes[at];
                let told = before.filter(|(level, told)| {
                    *level == depth
                        && told.health.message.len() > REPEAT
                        && told.health.message == node.health.message
                });
                lines.push(Line {
                    key: key(node),
                    line: describe(indent, node, told.map(|(_, node)| node), home)
                        .keeping("depth", depth),
                    depth,
                });
                if told.is_none() {
                    before = Some((depth, node));
                }
                push_siblings(&mut stack, forest, &forest.children[at], depth + 1);
            }
            Step::Fold(nodes) => {
                let text = fold(indent, forest, &nodes, home);
                let first = nodes
                    .first()
                    .map_or(String::new(), |first| key(&forest.nodes[*first]));
                lines.push(Line {
                    key: format!("fold {first}"),
                    line: text.keeping("depth", depth),
                    depth,
                });
            }
        }
    }
    lines
}

enum Step {
    Node(usize),
    Fold(Vec<usize>),
}

/// Pushes siblings so that the first one is on top. Many healthy branches of one kind and health become
/// one step, at the place of the first.
fn push_siblings(
    stack: &mut Vec<(Step, usize)>,
    forest: &Forest<'_>,
    siblings: &[usize],
    depth: usize,
) {
    let mut steps: Vec<Step> = Vec::new();
    let mut from = 0;
    while from < siblings.len() {
        let same = |a: usize, b: usize| {
            let (a, b) = (&forest.nodes[a], &forest.nodes[b]);
            a.kind == b.kind && a.health.status == b.health.status
        };
        let first = siblings[from];
        let run = siblings[from..]
            .iter()
            .take_while(|at| forest.worst[**at] >= WELL && same(first, **at))
            .count();
        if run >= FOLD {
            steps.push(Step::Fold(siblings[from..from + run].to_vec()));
        } else {
            steps.extend(
                siblings[from..from + run.max(1)]
                    .iter()
                    .map(|at| Step::Node(*at)),
            );
        }
        from += run.max(1);
    }
    stack.extend(steps.into_iter().rev().map(|step| (step, depth)));
}

fn key(node: &Node) -> String {
    format!(
        "{}/{}/{}/{}",
        &*node.group, &*node.kind, &*node.namespace, &*node.name
    )
}

/// `12 Pods Healthy: a, b, c, …`, with the number of resources below them.
fn fold(indent: &'static str, forest: &Forest<'_>, nodes: &[usize], home: &str) -> Record {
    let Some(first) = nodes.first().map(|at| &forest.nodes[*at]) else {
        return Record::new();
    };
    let names: Vec<String> = nodes
        .iter()
        .take(NAMES)
        .map(|at| name(&forest.nodes[*at], home))
        .collect();
    let mut below = 0;
    let mut stack: Vec<usize> = nodes.to_vec();
    while let Some(at) = stack.pop() {
        below += forest.children[at].len();
        stack.extend(&forest.children[at]);
    }
    let mut line = Record::new()
        .glue(indent)
        .fact("count", nodes.len())
        .glue(" ")
        .fact(
            "kind",
            plural(nodes.len(), &word(&first.kind))
                .split_once(' ')
                .map_or(String::new(), |(_, kind)| kind.to_owned()),
        );
    if !first.health.status.is_empty() {
        line = line.glue(" ").fact("health", word(&first.health.status));
    }
    if below > 0 {
        line = line
            .glue(" with ")
            .fact("below", below)
            .glue(" below, no problems");
    }
    line.glue(": ")
        .fact("names", Fact::list(names, ", "))
        .glue(", …")
}

fn name(node: &Node, home: &str) -> String {
    if node.namespace.is_empty() || *node.namespace == *home {
        word(&node.name)
    } else {
        format!("{}/{}", word(&node.namespace), word(&node.name))
    }
}

/// `Pod web-7d9 Degraded: CrashLoopBackOff, containers 1/2, restarts 6 > back-off …`; the message is
/// replaced by a reference when the sibling `told` has the same one.
fn describe(indent: &'static str, node: &Node, told: Option<&Node>, home: &str) -> Record {
    let mut line = Record::new()
        .glue(indent)
        .fact("kind", word(&node.kind))
        .glue(" ")
        .fact("name", name(node, home));
    if !node.health.status.is_empty() {
        line = line.glue(" ").fact("health", word(&node.health.status));
    }
    line = facts(line, node, told.map(|told| name(told, home)));
    match told {
        Some(_) => line,
        None => line.said("message", &node.health.message),
    }
}

/// Adds what the tree says of a node besides its health, after a colon.
fn facts(line: Record, node: &Node, told: Option<String>) -> Record {
    let mut facts: Vec<Record> = Vec::new();
    let mut add = |label: &'static str, name: &'static str, value: Fact| {
        facts.push(Record::new().glue(label).fact(name, value));
    };
    for (fact, label, name) in [
        ("Status Reason", "", "reason"),
        ("Revision", "", "revision"),
        ("Containers", "containers ", "containers"),
        ("Restart Count", "restarts ", "restarts"),
        ("Created At", "created ", "created"),
    ] {
        let Some(value) = node.fact(fact) else {
            continue;
        };
        let number = value.parse::<i64>().ok().filter(|_| name == "restarts");
        add(
            label,
            name,
            number.map_or_else(|| word(value).into(), Fact::from),
        );
    }
    if &*node.kind == "Pod" {
        let is_well = order::health_rank(&node.health.status) >= WELL;
        if let Some(value) = node.fact("Node").filter(|_| !is_well) {
            add("node ", "node", word(value).into());
        }
        if node.fact("Node").is_none() && node.info.iter().any(|info| &*info.name == "Node") {
            add("", "scheduled", Fact::new("no node", false));
        }
        let images = node.images.iter().take(5).map(|image| short_image(image));
        let images: Vec<String> = images.collect();
        if !images.is_empty() {
            add("image ", "images", Fact::list(images, " + "));
        }
    }
    if let Some(told) = told {
        add("same message as ", "same_message_as", told.into());
    }
    let joined = facts.into_iter().enumerate();
    joined.fold(line, |line, (at, fact)| {
        line.glue(if at == 0 { ": " } else { ", " }).and(fact)
    })
}

/// `registry.example.com/team/web:2` as `web:2`; a digest as 12 characters.
fn short_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once("@sha256:") {
        Some((name, digest)) => word(&format!(
            "{name}@sha256:{}",
            digest.get(..12).unwrap_or(digest)
        )),
        None => word(last),
    }
}
