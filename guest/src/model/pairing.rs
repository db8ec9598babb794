//! Which items of two lists belong together when nothing names them, and what a list in another order
//! looks like.

use std::collections::BTreeSet;

use crate::{
    answer::{order, yaml},
    redact::{Node, capped},
};

/// Maximum items without an equal one that are paired by likeness; beyond, by position: the work
/// grows with the square.
const LIKENESS_MAX: usize = 60;
/// Maximum items of a list that are shown in their order.
const SHOWN_MAX: usize = 6;
/// Maximum length of an item in an order, in characters.
const ITEM_CHARS: usize = 60;
/// Maximum depth of the values that tell items apart.
const DEPTH_MAX: usize = 10;

/// A pair of items; either may be missing, never both. `at` is its place in the list that has it, live
/// first.
pub(crate) struct Pair<'a> {
    pub(crate) at: usize,
    pub(crate) live: Option<&'a Node>,
    pub(crate) wanted: Option<&'a Node>,
}

/// The items that have no equal in the other list, the most alike together; empty when both lists have
/// the same items.
pub(crate) fn unequal<'a>(live: &'a [Node], wanted: &'a [Node]) -> Vec<Pair<'a>> {
    let mut left: Vec<(usize, &Node)> = live.iter().enumerate().collect();
    let mut right: Vec<(usize, &Node)> = Vec::new();
    for (at, item) in wanted.iter().enumerate() {
        // An equal item at the same place comes first: it has not moved.
        let same = |(_, other): &(usize, &Node)| *other == item;
        let here = left.iter().position(|one| one.0 == at && same(one));
        match here.or_else(|| left.iter().position(same)) {
            Some(found) => drop(left.remove(found)),
            None => right.push((at, item)),
        }
    }
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    let is_small = left.len().max(right.len()) <= LIKENESS_MAX;
    for (at, item) in right {
        let likest = (0..left.len())
            .filter(|_| is_small)
            .map(|index| (likeness(left[index].1, item, 0), index))
            .max_by_key(|(likeness, index)| (*likeness, left[*index].0 == at));
        match likest.filter(|(likeness, _)| *likeness > 0) {
            Some((_, index)) => {
                let (at, live) = left.remove(index);
                pairs.push(Pair {
                    at,
                    live: Some(live),
                    wanted: Some(item),
                });
            }
            None => rest.push((at, item)),
        }
    }
    let (mut left, mut rest) = (left.into_iter(), rest.into_iter());
    loop {
        let pair = match (left.next(), rest.next()) {
            (None, None) => break,
            (Some((at, live)), wanted) => Pair {
                at,
                live: Some(live),
                wanted: wanted.map(|(_, wanted)| wanted),
            },
            (None, Some((at, wanted))) => Pair {
                at,
                live: None,
                wanted: Some(wanted),
            },
        };
        pairs.push(pair);
    }
    order::by_key(&mut pairs, |pair| pair.at);
    pairs
}

/// The number of equal values in two items.
fn likeness(a: &Node, b: &Node, depth: usize) -> usize {
    match (a, b) {
        (Node::Map(a), Node::Map(b)) if depth < DEPTH_MAX => a
            .iter()
            .filter_map(|(key, value)| Some(likeness(value, b.get(key)?, depth + 1)))
            .sum(),
        (a, b) => usize::from(a == b),
    }
}

/// Both orders of the same items: `memory 80, cpu 70 -> cpu 70, memory 80`, without what is at its place.
pub(crate) fn orders(live: &[Node], wanted: &[Node]) -> String {
    let same = live.iter().zip(wanted).take_while(|(a, b)| a == b).count();
    let ends = live[same..].iter().rev().zip(wanted[same..].iter().rev());
    let ends = ends.take_while(|(a, b)| a == b).count();
    let moved = |items: &[Node]| items[same..items.len().saturating_sub(ends)].to_vec();
    let (live, wanted) = (moved(live), moved(wanted));
    let common = common(&live);
    let show = |items: &[Node]| {
        let shown = items
            .iter()
            .take(SHOWN_MAX)
            .map(|item| brief(item, &common));
        let mut shown: Vec<String> = shown.collect();
        if items.len() > SHOWN_MAX {
            shown.push("…".to_owned());
        }
        shown.join(", ")
    };
    format!("{} -> {}", show(&live), show(&wanted))
}

/// The values that all items have alike, which tell none apart.
fn common(items: &[Node]) -> BTreeSet<(String, String)> {
    let mut each = items.iter().map(|item| {
        let mut leaves = Vec::new();
        values(item, String::new(), 0, &mut leaves);
        leaves.into_iter().collect::<BTreeSet<_>>()
    });
    let first = each.next().unwrap_or_default();
    each.fold(first, |known, next| {
        known.intersection(&next).cloned().collect()
    })
}

/// The values of an item that tell it from the others: `cpu 70`.
fn brief(item: &Node, common: &BTreeSet<(String, String)>) -> String {
    let mut leaves = Vec::new();
    values(item, String::new(), 0, &mut leaves);
    let own: Vec<String> = leaves
        .into_iter()
        .filter(|leaf| !common.contains(leaf))
        .map(|(_, value)| value)
        .collect();
    if own.is_empty() {
        return capped(&yaml::compact(item), ITEM_CHARS);
    }
    capped(&own.join(" "), ITEM_CHARS)
}

/// The values of a node by their path.
fn values(node: &Node, path: String, depth: usize, out: &mut Vec<(String, String)>) {
    match node {
        Node::Map(map) if depth < DEPTH_MAX => {
            for (key, value) in map {
                values(value, format!("{path}.{key}"), depth + 1, out);
            }
        }
        // Names and versions read better without quotes; whatever else somebody wrote keeps them.
        Node::Text(text) if !text.is_empty() && text.bytes().all(is_wordy) => {
            out.push((path, text.clone()));
        }
        node => out.push((path, yaml::compact(node))),
    }
}

fn is_wordy(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b':')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{orders, unequal};
    use crate::redact::{Manifest, Node};

    fn list(value: Value) -> Vec<Node> {
        let manifest: Manifest = serde_json::from_value(json!({ "l": value })).unwrap();
        match manifest.node().at(&["l"]) {
            Some(Node::List(items)) => items.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn items_without_a_name_are_paired_by_what_they_have_in_common() {
        let metric = |name: &str, target: u32| json!({"type": "R", "r": {"name": name, "t": {"type": "U", "v": target}}});
        let (a, b) = (
            list(json!([metric("memory", 80), metric("cpu", 70)])),
            list(json!([metric("cpu", 70), metric("memory", 80)])),
        );
        assert!(unequal(&a, &b).is_empty());
        assert_eq!(orders(&a, &b), "memory 80, cpu 70 -> cpu 70, memory 80");
        // Another order and another value: the value alone is left, beside its own item.
        let b = list(json!([metric("cpu", 60), metric("memory", 80)]));
        let pairs = unequal(&a, &b);
        assert_eq!(pairs.len(), 1);
        assert_eq!(
            (pairs[0].at, pairs[0].live, pairs[0].wanted),
            (1, Some(&a[1]), Some(&b[0]))
        );
        // Nothing in common: by position, and what is left over alone.
        let (a, b) = (list(json!([{"x": 1}])), list(json!([{"x": 2}, {"y": 3}])));
        let pairs = unequal(&a, &b);
        assert_eq!((pairs[0].live, pairs[0].wanted), (Some(&a[0]), Some(&b[0])));
        assert_eq!((pairs[1].live, pairs[1].wanted), (None, Some(&b[1])));
        // The same item twice is not the same list as once.
        assert_eq!(unequal(&list(json!([1, 1])), &list(json!([1]))).len(), 1);
    }
}
