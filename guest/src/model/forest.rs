//! Puts nodes under their parents, worst branches first. Each node is in the forest exactly once, also
//! with unknown parents, cycles, or the same node twice.

use std::collections::HashMap;

use crate::{
    answer::order,
    model::tree::{Node, Parent},
};

/// Nodes by index, with their children in the order to show.
pub(crate) struct Forest<'a> {
    pub(crate) nodes: &'a [Node],
    pub(crate) roots: Vec<usize>,
    pub(crate) children: Vec<Vec<usize>>,
    /// The rank of the worst node in each branch.
    pub(crate) worst: Vec<u8>,
}

impl<'a> Forest<'a> {
    /// Puts `nodes` under their parents.
    pub(crate) fn of(nodes: &'a [Node]) -> Self {
        let parents = parents(nodes);
        let mut children = vec![Vec::new(); nodes.len()];
        let mut roots = Vec::new();
        for (node, parent) in parents.iter().enumerate() {
            match parent {
                Some(parent) => children[*parent].push(node),
                None => roots.push(node),
            }
        }
        let worst = worst(nodes, &parents);
        let mut forest = Self {
            nodes,
            roots,
            children,
            worst,
        };
        forest.sort();
        forest
    }

    fn sort(&mut self) {
        let Self {
            nodes,
            roots,
            children,
            worst,
        } = self;
        let key = |node: &usize| {
            let Node {
                kind,
                name,
                namespace,
                group,
                ..
            } = &nodes[*node];
            (worst[*node], &**kind, &**name, &**namespace, &**group)
        };
        order::by_key(roots, key);
        for children in children.iter_mut().filter(|children| children.len() > 1) {
            order::by_key(children, key);
        }
    }
}

/// The parent of each node: the first reference that leads to another node, unless that closes a cycle.
fn parents(nodes: &[Node]) -> Vec<Option<usize>> {
    let mut by_uid = HashMap::new();
    let mut by_name = HashMap::new();
    for (at, node) in nodes.iter().enumerate() {
        if !node.uid.is_empty() {
            by_uid.entry(&*node.uid).or_insert(at);
        }
        by_name
            .entry((&*node.group, &*node.kind, &*node.namespace, &*node.name))
            .or_insert(at);
    }
    let find = |parent: &Parent| {
        let named = || {
            by_name.get(&(
                &*parent.group,
                &*parent.kind,
                &*parent.namespace,
                &*parent.name,
            ))
        };
        by_uid.get(&*parent.uid).or_else(named).copied()
    };
    let mut parents: Vec<Option<usize>> = nodes
        .iter()
        .enumerate()
        .map(|(at, node)| {
            node.parent_refs
                .iter()
                .filter_map(find)
                .find(|parent| *parent != at)
        })
        .collect();
    cut_cycles(&mut parents);
    parents
}

/// Makes one node of each cycle a root. Each node is walked once.
fn cut_cycles(parents: &mut [Option<usize>]) {
    // The walk in which a node was first seen; 0 is never.
    let mut seen = vec![0; parents.len()];
    for start in 0..parents.len() {
        let walk = start + 1;
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = walk;
            match parents[at] {
                Some(parent) if seen[parent] == walk => parents[at] = None,
                Some(parent) => at = parent,
                None => {}
            }
        }
    }
}

/// The rank of the worst node in each branch: each node passes its rank up until it meets a worse one.
fn worst(nodes: &[Node], parents: &[Option<usize>]) -> Vec<u8> {
    let mut worst: Vec<u8> = nodes
        .iter()
        .map(|node| order::health_rank(&node.health.status))
        .collect();
    let own = worst.clone();
    for (start, rank) in own.into_iter().enumerate() {
        let mut at = start;
        while let Some(parent) = parents[at].filter(|parent| worst[*parent] > rank) {
            worst[parent] = rank;
            at = parent;
        }
    }
    worst
}
