//! Filters the stream of applications by what Argo CD cannot filter by.

use crate::{
    call::{
        choice::{Any, HealthWord, Part, PhaseWord, SyncWord},
        sieve::{Looks, Sieve},
    },
    model::{OWN_CLUSTER, application::listed::ListElement},
    redact::Text,
};

/// The filters of one call; an absent filter matches everything.
pub(in crate::tools) struct Filter {
    pub(in crate::tools) search: Option<Part>,
    pub(in crate::tools) health: Any<HealthWord>,
    pub(in crate::tools) sync: Any<SyncWord>,
    pub(in crate::tools) phase: Any<PhaseWord>,
    pub(in crate::tools) cluster: Option<Part>,
    pub(in crate::tools) namespace: Option<Part>,
    pub(in crate::tools) repo: Option<Part>,
    pub(in crate::tools) image: Option<Part>,
}

impl Filter {
    /// Each filter with its value, when it is given.
    pub(in crate::tools) fn given(&self) -> [(&'static str, Option<String>); 8] {
        let part = |part: &Option<Part>| part.as_ref().map(|part| part.as_str().to_owned());
        let words = |words: Vec<&str>| Some(words.join(","));
        [
            ("search", part(&self.search)),
            ("health", words(self.health.words())),
            ("sync", words(self.sync.words())),
            ("phase", words(self.phase.words())),
            ("cluster", part(&self.cluster)),
            ("namespace", part(&self.namespace)),
            ("repo", part(&self.repo)),
            ("image", part(&self.image)),
        ]
    }

    /// Tells how `app` stands to each filter; returns whether it passes all.
    pub(in crate::tools) fn tell(&self, app: &ListElement, sieve: &mut Sieve) -> bool {
        let destination = &app.spec.destination;
        let clusters = [
            &*destination.name,
            &*destination.server,
            &destination.cluster(),
        ];
        let [search, health, sync, phase, cluster, namespace, repo, image] = self.each(app);
        sieve.tell("search", search, Looks::Part, [&*app.metadata.name]);
        sieve.tell("health", health, Looks::Word, []);
        sieve.tell("sync", sync, Looks::Word, []);
        sieve.tell("phase", phase, Looks::Word, []);
        sieve.tell("cluster", cluster, Looks::Part, clusters);
        sieve.tell(
            "namespace",
            namespace,
            Looks::Part,
            [&*destination.namespace],
        );
        sieve.tell(
            "repo",
            repo,
            Looks::Part,
            app.repositories().map(|url| &**url),
        );
        sieve.tell(
            "image",
            image,
            Looks::Part,
            app.images().iter().map(|image| &**image),
        );
        !self.each(app).contains(&false)
    }

    /// Whether `app` is wanted.
    pub(in crate::tools) fn takes(&self, app: &ListElement) -> bool {
        !self.each(app).contains(&false)
    }

    /// Whether `app` passes each filter, in the order of [`Self::given`].
    fn each(&self, app: &ListElement) -> [bool; 8] {
        let has =
            |part: &Option<Part>, text: &str| part.as_ref().is_none_or(|part| part.is_in(text));
        let phase = &*app.status.operation_state.phase;
        [
            self.search.as_ref().is_none_or(|part| is_named(part, app)),
            self.health.takes(&app.health()),
            self.sync.takes(&app.sync()),
            self.phase.takes(phase),
            (self.cluster.as_ref()).is_none_or(|cluster| is_cluster(cluster, app)),
            has(&self.namespace, &app.spec.destination.namespace),
            (self.repo.as_ref())
                .is_none_or(|repo| app.repositories().any(|url| is_repository(repo, url))),
            (self.image.as_ref())
                .is_none_or(|image| app.images().iter().any(|known| image.is_in(known))),
        ]
    }
}

/// A part of the name; with a slash in it, of `namespace/name`.
fn is_named(wanted: &Part, app: &ListElement) -> bool {
    if wanted.as_str().contains('/') {
        let (namespace, name) = (&*app.metadata.namespace, &*app.metadata.name);
        wanted.is_in(&format!("{namespace}/{name}"))
    } else {
        wanted.is_in(&app.metadata.name)
    }
}

/// The destination's name or URL as the application writes it. The cluster that Argo CD runs in is
/// known by both, whichever is written.
pub(in crate::tools) fn is_cluster(wanted: &Part, app: &ListElement) -> bool {
    let destination = &app.spec.destination;
    let written = [&destination.name, &destination.server];
    let is_own = destination.cluster() == OWN_CLUSTER.0;
    written
        .iter()
        .any(|text| !text.is_empty() && wanted.is_in(text))
        || is_own && (wanted.is_in(OWN_CLUSTER.0) || wanted.is_in(OWN_CLUSTER.1))
}

/// A part of the URL; `.git` at the end and a slash make no difference.
pub(in crate::tools) fn is_repository(wanted: &Part, url: &Text) -> bool {
    let plain = |text: &str| {
        text.trim_end_matches('/')
            .trim_end_matches(".git")
            .to_lowercase()
    };
    plain(url).contains(&plain(wanted.as_str()))
}
