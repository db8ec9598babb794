//! The modules of one crate without its tests, which of them names which, and circles among them.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{From, Path, Source};

/// The path of a module from the crate's root, which has none.
pub(super) type Name = Vec<String>;

/// All modules of a crate.
pub(super) struct Modules(BTreeMap<Name, Module>);

struct Module {
    file: String,
    source: Source,
}

/// How often a name may stand for another one.
const HOPS: usize = 8;

impl Modules {
    /// The modules below `root`, such as `lib.rs`; `read` gives the text of a file, if it is there.
    pub(super) fn below(root: &str, read: &dyn Fn(&str) -> Option<String>) -> Modules {
        let mut modules = Modules(BTreeMap::new());
        modules.take(Vec::new(), root, "", read);
        modules
    }

    fn take(
        &mut self,
        name: Name,
        file: &str,
        folder: &str,
        read: &dyn Fn(&str) -> Option<String>,
    ) {
        let source = Source::of(&read(file).unwrap_or_else(|| panic!("{file} is missing")));
        let beside = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        for child in &source.children {
            let name: Name = name.iter().chain([&child.name]).cloned().collect();
            let inside = joined(folder, &child.name);
            let candidates = match &child.file {
                Some(file) => vec![joined(beside, file)],
                None => vec![format!("{inside}.rs"), format!("{inside}/mod.rs")],
            };
            let found = candidates.iter().find(|file| read(file).is_some());
            let found = found.unwrap_or_else(|| panic!("none of {candidates:?}"));
            self.take(name, found, &inside, read);
        }
        let file = file.to_owned();
        self.0.insert(name, Module { file, source });
    }

    /// The modules right below the root.
    pub(super) fn rooms(&self) -> BTreeSet<&str> {
        let first = |name: &'_ Name| name.len() == 1;
        let rooms = self.0.keys().filter(|name| first(name));
        rooms.map(|name| name[0].as_str()).collect()
    }

    /// For each file, its room and the rooms that it names.
    pub(super) fn arrows(&self) -> Vec<(&str, &str, String)> {
        let mut found = Vec::new();
        for (name, module) in &self.0 {
            let Some(room) = name.first() else { continue };
            for path in &module.source.paths {
                let Some(path) = self.absolute(name, path) else {
                    continue;
                };
                let to = path
                    .first()
                    .filter(|first| self.0.contains_key(&[(*first).clone()][..]));
                let to = to.map_or("lib", String::as_str);
                if to != room {
                    found.push((&*module.file, &**room, to.to_owned()));
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// Groups of files each of which needs all others of its group.
    pub(super) fn circles(&self) -> Vec<Vec<&str>> {
        let needs: BTreeMap<&Name, BTreeSet<&Name>> =
            self.0.keys().map(|name| (name, self.needs(name))).collect();
        let reached: BTreeMap<&Name, BTreeSet<&Name>> = needs
            .keys()
            .map(|name| {
                let mut reached = BTreeSet::new();
                let mut next = vec![*name];
                while let Some(name) = next.pop() {
                    next.extend(needs[name].iter().filter(|to| reached.insert(**to)));
                }
                (*name, reached)
            })
            .collect();
        let mut circles = BTreeSet::new();
        for (name, reach) in &reached {
            let both = |to: &&&Name| reached[**to].contains(name);
            let circle: Vec<&str> = reach
                .iter()
                .filter(both)
                .map(|to| &*self.0[*to].file)
                .collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn needs(&self, name: &Name) -> BTreeSet<&Name> {
        let paths = self.0[name].source.paths.iter();
        let absolute = paths.filter_map(|path| self.absolute(name, path));
        let needed = absolute.filter_map(|path| self.resolve(&path, HOPS));
        needed.filter(|to| *to != name).collect()
    }

    /// A path from the root; `None` for one into another crate.
    fn absolute(&self, name: &Name, path: &Path) -> Option<Name> {
        let start = match path.from {
            From::Root => &[][..],
            From::Up(ups) => &name[..name.len().checked_sub(ups)?],
            From::Name => {
                let child: Name = name.iter().chain(path.segments.first()).cloned().collect();
                self.0.get(&child).map(|_| &name[..])?
            }
        };
        Some(start.iter().chain(&path.segments).cloned().collect())
    }

    /// The module that `path` leads into, through the names that modules on the way give to others.
    fn resolve(&self, path: &[String], hops: usize) -> Option<&Name> {
        let depth = (0..=path.len())
            .rev()
            .find(|depth| self.0.contains_key(&path[..*depth]))?;
        let (module, rest) = path.split_at(depth);
        let (name, module) = self.0.get_key_value(module)?;
        let Some((first, rest)) = rest.split_first() else {
            return Some(name);
        };
        let other = module
            .source
            .paths
            .iter()
            .find(|path| path.name.as_ref() == Some(first));
        let other = other
            .and_then(|other| self.absolute(name, other))
            .filter(|_| hops > 0);
        match other {
            Some(mut other) => {
                other.extend_from_slice(rest);
                self.resolve(&other, hops - 1)
            }
            None => Some(name),
        }
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
