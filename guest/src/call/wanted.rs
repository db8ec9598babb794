//! The one object selector: which objects a caller means by kind, name, namespace and group, and what to
//! say when none fits or several do. Never says that nothing differs: what fits nothing is an error.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::{Map, Value};

use crate::{
    answer::{order, word},
    argocd::{Group, Kind, Namespace, Object, ObjectName},
    call::{
        Call, Failure,
        choice::Part,
        input::Argument,
        kinds::{CORE, KindWord, is_group},
        listing,
        suggest::Nearest,
    },
    model::tree,
    redact::Node,
};

/// Most kinds that are counted apart: a large application has a few dozen.
const KINDS_MAX: usize = 200;
/// Most kinds and names that an answer lists.
const LISTED_MAX: usize = 12;
/// Most objects that are proposed, each with its call.
const PROPOSED_MAX: usize = 12;

/// What tells an object from others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Identity<'a> {
    pub(crate) group: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> From<&'a tree::Node> for Identity<'a> {
    fn from(node: &'a tree::Node) -> Self {
        Self {
            group: &node.group,
            kind: &node.kind,
            namespace: &node.namespace,
            name: &node.name,
        }
    }
}

impl<'a> From<&'a Node> for Identity<'a> {
    /// Of a manifest.
    fn from(node: &'a Node) -> Self {
        let text = |keys: &[&str]| node.text(keys).unwrap_or_default();
        let version = node.text(&["apiVersion"]).unwrap_or_default();
        Self {
            group: version.split_once('/').map_or("", |(group, _)| group),
            kind: node.text(&["kind"]).unwrap_or_default(),
            namespace: node.text(&["metadata", "namespace"]).unwrap_or_default(),
            name: match text(&["metadata", "name"]) {
                "" => node.text(&["metadata", "generateName"]).unwrap_or_default(),
                _ => node.text(&["metadata", "name"]).unwrap_or_default(),
            },
        }
    }
}

/// A whole name: `web`, or with its kind `deployment/web`.
#[derive(Clone, Debug)]
pub(crate) struct NameWord {
    kind: Option<KindWord>,
    name: ObjectName,
}

impl NameWord {
    /// The kind in front of the name, if there is one.
    pub(crate) fn kind(&self) -> Option<&KindWord> {
        self.kind.as_ref()
    }

    /// The name alone.
    pub(crate) fn plain(&self) -> &ObjectName {
        &self.name
    }
}

impl Argument for NameWord {
    fn schema() -> Value {
        String::schema()
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let text = String::read(value, all)?;
        let (kind, name) = match text.split_once('/') {
            Some((kind, name)) => (Some(KindWord::parse(kind)?), name),
            None => (None, text.as_str()),
        };
        let name = ObjectName::parse(name).map_err(|error| format!("is invalid: {error}"))?;
        Ok(Self { kind, name })
    }
}

#[derive(Clone, Debug)]
enum NameTest {
    /// The whole name, whatever its case.
    Is(ObjectName),
    Has(Part),
}

/// Which objects are wanted: all filters have to fit, one that is not given fits all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    group: Option<Group>,
    /// As `kind` says it, and as the name does.
    kinds: Vec<KindWord>,
    namespace: Option<Namespace>,
    name: Option<NameTest>,
}

/// The filters of [`Wanted`] as arguments, in the order in which an answer names them.
const FILTERS: [&str; 4] = ["kind", "group", "namespace", "resource"];

impl Wanted {
    /// Objects of `kind`, named `name`.
    pub(crate) fn new(kind: Option<&KindWord>, name: Option<&NameWord>) -> Self {
        let of_name = name.and_then(|name| name.kind.as_ref());
        Self {
            kinds: kind.into_iter().chain(of_name).cloned().collect(),
            name: name.map(|name| NameTest::Is(name.name.clone())),
            ..Self::default()
        }
    }

    /// Objects of `kind` with `part` in their name. A part may have its kind in front, too.
    pub(crate) fn part(kind: Option<&KindWord>, part: Option<&Part>) -> Self {
        let split = part.and_then(|part| part.as_str().split_once('/'));
        let split = split.and_then(|(kind, name)| Some((KindWord::parse(kind).ok()?, name)));
        let (of_name, part) = match split {
            Some((kind, name)) => (Some(kind), Some(Part::of(name))),
            None => (None, part.cloned()),
        };
        Self {
            kinds: kind.cloned().into_iter().chain(of_name).collect(),
            name: part.map(NameTest::Has),
            ..Self::default()
        }
    }

    /// Only those in `namespace`.
    pub(crate) fn within(mut self, namespace: Option<&Namespace>) -> Self {
        self.namespace = namespace.cloned();
        self
    }

    /// Only those of API group `group`.
    pub(crate) fn of_group(mut self, group: Option<&Group>) -> Self {
        self.group = group.cloned();
        self
    }

    /// Whether anything is asked for.
    pub(crate) fn is_any(&self) -> bool {
        self.given().contains(&true)
    }

    /// Whether the object is wanted.
    pub(crate) fn fits<'a>(&self, object: impl Into<Identity<'a>>) -> bool {
        !self.each(object.into()).contains(&false)
    }

    /// The kind and name that Argo CD can be asked for: its own filters are exact, so only what
    /// has one spelling is sent. What comes has to pass [`Self::fits`] all the same.
    pub(crate) fn upstream(&self) -> Object {
        let exact = self.kinds.iter().find_map(KindWord::exact);
        let is_plain = |name: &&ObjectName| !name.as_str().contains(|c: char| c.is_uppercase());
        Object {
            kind: exact.and_then(|kind| Kind::parse(kind).ok()),
            namespace: self.namespace.clone(),
            name: match &self.name {
                Some(NameTest::Is(name)) => Some(name).filter(is_plain).cloned(),
                _ => None,
            },
            ..Object::default()
        }
    }

    /// Which filters are given, in the order of [`FILTERS`].
    fn given(&self) -> [bool; 4] {
        [
            !self.kinds.is_empty(),
            self.group.is_some(),
            self.namespace.is_some(),
            self.name.is_some(),
        ]
    }

    /// Which filters let the object through, in the order of [`FILTERS`].
    fn each(&self, object: Identity<'_>) -> [bool; 4] {
        let Identity {
            group, kind, name, ..
        } = object;
        let is_group = |wanted: &Group| is_group(wanted.as_str(), group);
        let is_there = |wanted: &Namespace| wanted.as_str() == object.namespace;
        [
            self.kinds.iter().all(|wanted| wanted.fits(group, kind)),
            self.group.as_ref().is_none_or(is_group),
            self.namespace.as_ref().is_none_or(is_there),
            match &self.name {
                None => true,
                Some(NameTest::Is(wanted)) => wanted.as_str().eq_ignore_ascii_case(name),
                Some(NameTest::Has(part)) => part.is_in(name),
            },
        ]
    }

    /// The filters as the caller gave them: `kind deploy, resource web`.
    fn words(&self) -> String {
        let kinds: Vec<&str> = self.kinds.iter().map(KindWord::as_str).collect();
        let values = [
            kinds.join(" and "),
            self.group.as_ref().map_or("", Group::as_str).to_owned(),
            (self.namespace.as_ref())
                .map_or("", Namespace::as_str)
                .to_owned(),
            self.plain_name().to_owned(),
        ];
        let given = FILTERS
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_empty());
        let words: Vec<String> = given
            .map(|(filter, value)| format!("{filter} {}", word(&value)))
            .collect();
        words.join(", ")
    }

    fn plain_name(&self) -> &str {
        match &self.name {
            None => "",
            Some(NameTest::Is(name)) => name.as_str(),
            Some(NameTest::Has(part)) => part.as_str(),
        }
    }
}

/// A selector at work: which objects it has seen, in case that none of them fits.
pub(crate) struct Search<'a> {
    wanted: &'a Wanted,
    seen: usize,
    fitting: usize,
    alone: [usize; 4],
    kinds: BTreeMap<String, usize>,
    /// Names of objects that all filters but the name let through.
    names: Vec<String>,
    near_kind: Nearest<String>,
    near_name: Nearest<String>,
}

impl<'a> Search<'a> {
    /// A search that has seen nothing yet.
    pub(crate) fn of(wanted: &'a Wanted) -> Self {
        let kind = wanted.kinds.first().map_or("", |kind| kind.as_str());
        Self {
            wanted,
            seen: 0,
            fitting: 0,
            alone: [0; 4],
            kinds: BTreeMap::new(),
            names: Vec::new(),
            near_kind: Nearest::to(kind.split('.').next().unwrap_or_default()),
            near_name: Nearest::to(wanted.plain_name()),
        }
    }

    /// A search of all `objects`.
    pub(crate) fn through<'o, I: Into<Identity<'o>>>(
        wanted: &'a Wanted,
        objects: impl IntoIterator<Item = I>,
    ) -> Self {
        let mut search = Self::of(wanted);
        for object in objects {
            search.takes(object);
        }
        search
    }

    /// Whether the object is wanted; remembers it.
    pub(crate) fn takes<'o>(&mut self, object: impl Into<Identity<'o>>) -> bool {
        let object = object.into();
        let each = self.wanted.each(object);
        self.seen += 1;
        for (alone, fits) in self.alone.iter_mut().zip(each) {
            *alone += usize::from(fits);
        }
        let is_wanted = !each.contains(&false);
        self.fitting += usize::from(is_wanted);
        // What is remembered is only for the answer to a search that finds nothing.
        if self.fitting == 0 && self.wanted.is_any() {
            self.remember(object, each);
        }
        is_wanted
    }

    fn remember(&mut self, object: Identity<'_>, [is_kind, is_group, is_there, _]: [bool; 4]) {
        let kind = word(object.kind);
        if let Some(count) = self.kinds.get_mut(&kind) {
            *count += 1;
        } else if self.kinds.len() < KINDS_MAX {
            self.kinds.insert(kind, 1);
        }
        if !is_kind {
            self.near_kind.offer(object.kind, || object.kind.to_owned());
        }
        if is_kind && is_group && is_there {
            if self.names.len() <= LISTED_MAX * 4 {
                self.names.push(place_of(object));
            }
            self.near_name.offer(object.name, || object.name.to_owned());
        }
    }

    /// How many objects there were.
    pub(crate) fn seen(&self) -> usize {
        self.seen
    }

    /// How many of them fit.
    pub(crate) fn fitting(&self) -> usize {
        self.fitting
    }

    /// The kinds of the objects, when none of them fits: `3 ConfigMap, 1 Deployment`.
    pub(crate) fn kinds(&self) -> Option<String> {
        (self.fitting == 0 && self.seen > 0 && self.wanted.is_any()).then(|| kinds(&self.kinds))
    }

    /// Why nothing fits, when there are objects and none is wanted.
    pub(crate) fn failure(self, subject: &str, call: &Call) -> Option<Failure> {
        let is_empty = self.fitting == 0 && self.seen > 0 && self.wanted.is_any();
        is_empty.then(|| self.nothing(subject, call))
    }

    /// What is said when nothing fits: what there is, which filter lets nothing through, and the
    /// call that was probably meant.
    fn nothing(self, subject: &str, call: &Call) -> Failure {
        let given = self.wanted.given();
        let mut text = format!(
            "No object of {subject} fits {}. It has {}: {}.",
            self.wanted.words(),
            crate::answer::plural(self.seen, "object"),
            kinds(&self.kinds)
        );
        if given.iter().filter(|given| **given).count() > 1 {
            let alone = FILTERS.iter().zip(self.alone).zip(given);
            let alone: Vec<String> = alone
                .filter(|(_, given)| *given)
                .map(|((filter, count), _)| format!("{filter} fits {count}"))
                .collect();
            text.push_str(&format!("\nEach filter alone: {}.", alone.join(", ")));
        }
        if given[3] && given != [false, false, false, true] && !self.names.is_empty() {
            let names = listing::first(&self.names, LISTED_MAX);
            text.push_str(&format!("\nWith the other filters: {names}."));
        }
        let is_kind = self.alone[0] > 0;
        let name = self.wanted.plain_name().to_owned();
        let near_kind = self.near_kind.found().filter(|_| !is_kind);
        let near_name = self.near_name.found().filter(|_| is_kind && given[3]);
        let next = match (near_kind, near_name) {
            (Some(kind), _) => {
                let name = given[3].then(|| name.into());
                let again = call.with(&[
                    ("kind", Some(kind.as_str().into())),
                    ("resource", name),
                    ("cursor", None),
                ]);
                Some(format!("did you mean {kind}? {again}"))
            }
            (None, Some(near)) => {
                let again =
                    call.with(&[("resource", Some(near.as_str().into())), ("cursor", None)]);
                Some(format!("did you mean {near}? {again}"))
            }
            (None, None) => call
                .about("get_application_resource_tree", &[])
                .map(|tree| format!("{tree} (everything it consists of)")),
        };
        Failure::with_next(&text, next)
    }
}

/// `3 ConfigMap, 1 Deployment`, the most frequent first.
fn kinds(counts: &BTreeMap<String, usize>) -> String {
    let mut counts: Vec<(&String, &usize)> = counts.iter().collect();
    // Equal counts stay in the order of their kinds.
    order::by_key(&mut counts, |(_, count)| Reverse(**count));
    let words: Vec<String> = counts
        .iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    listing::first(&words, LISTED_MAX)
}

/// `Deployment web/api`.
fn place_of(object: Identity<'_>) -> String {
    let (namespace, name) = (word(object.namespace), word(object.name));
    let place = match namespace.as_str() {
        "" => name,
        namespace => format!("{namespace}/{name}"),
    };
    format!("{} {place}", word(object.kind))
}

/// What a selector finds in a tree.
#[derive(Debug)]
pub(crate) enum Fit {
    /// This one.
    One(usize),
    /// Two or more.
    Several(Vec<usize>),
}

/// The object of `nodes` that is wanted, by index, or all that fit; none is a failure.
pub(crate) fn one_of(
    nodes: &[&tree::Node],
    wanted: &Wanted,
    subject: &str,
    call: &Call,
) -> Result<Fit, Failure> {
    let mut search = Search::of(wanted);
    let all = nodes.iter().enumerate();
    let found: Vec<usize> = all
        .filter(|(_, node)| search.takes(**node))
        .map(|(at, _)| at)
        .collect();
    if let Some(failure) = search.failure(subject, call) {
        return Err(failure);
    }
    // Names that differ in case only are two names; the one that was written is meant.
    let is_written = |at: &&usize| &*nodes[**at].name == wanted.plain_name();
    let written: Vec<usize> = found.iter().filter(is_written).copied().collect();
    match (&found[..], &written[..]) {
        ([one], _) | (_, [one]) => Ok(Fit::One(*one)),
        ([], _) => {
            let card = call.about("get_application", &[]);
            Err(Failure::with_next(
                &format!(
                    "{subject} has no resources: nothing is deployed, or Argo CD cannot compare it."
                ),
                card.map(|card| format!("{card} (conditions say which)")),
            ))
        }
        _ => Ok(Fit::Several(found)),
    }
}

/// Says that several objects fit, each with its call.
pub(crate) fn ambiguous(nodes: &[&tree::Node], fit: &[usize], call: &Call) -> Failure {
    let fitting: Vec<&tree::Node> = fit.iter().map(|at| nodes[*at]).collect();
    // One kind may be served by two groups, as Ingress once was.
    let same = |a: &tree::Node, b: &tree::Node| {
        a.kind == b.kind && a.namespace == b.namespace && a.name == b.name
    };
    let calls: Vec<String> = fitting
        .iter()
        .take(PROPOSED_MAX)
        .map(|node| {
            let is_twin = fitting.iter().filter(|other| same(node, other)).count() > 1;
            let kind = match (is_twin, &*node.group) {
                (false, _) => node.kind.to_string(),
                (true, "") => format!("{}.{CORE}", &*node.kind),
                (true, group) => format!("{}.{group}", &*node.kind),
            };
            let namespace = (!node.namespace.is_empty()).then(|| (&*node.namespace).into());
            call.with(&[
                ("resource", Some((&*node.name).into())),
                ("kind", Some(kind.into())),
                ("namespace", namespace),
            ])
        })
        .collect();
    let more = match fitting.len().saturating_sub(PROPOSED_MAX) {
        0 => String::new(),
        more => format!(" ({more} more)"),
    };
    Failure::Said(format!(
        "{} resources fit: name one of them.\nNext: {}{more}",
        fitting.len(),
        calls.join(" or ")
    ))
}
