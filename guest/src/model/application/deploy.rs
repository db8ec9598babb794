//! A row of the history: a sync that succeeded, with what it deployed, and who started it.

use super::source::{Source, one_or_several};
use crate::{
    answer::{Fact, word},
    argocd::{InvalidName, Rendering, Revision},
    model::record::record,
    redact::Text,
};

record! {
    pub(crate) struct Deploy {
        pub(crate) id: Text = "id",
        pub(crate) deploy_started_at: Text = "deployStartedAt",
        pub(crate) deployed_at: Text = "deployedAt",
        pub(crate) initiated_by: Initiator = "initiatedBy",
        revision: Text = "revision",
        revisions: Vec<Text> = "revisions",
        source: Option<Source> = "source",
        sources: Vec<Source> = "sources",
    }
}

record! {
    pub(crate) struct Initiator {
        pub(crate) username: Text = "username",
        pub(crate) automated: Option<bool> = "automated",
    }
}

impl Deploy {
    /// Its number in the history.
    pub(crate) fn number(&self) -> Fact {
        Fact::new(word(&self.id), self.id.parse::<i64>().ok())
    }

    /// The revisions that were deployed, one for each source.
    pub(crate) fn revisions(&self) -> &[Text] {
        one_or_several(Some(&self.revision), &self.revisions)
    }

    /// Its sources: one, or several.
    pub(crate) fn sources(&self) -> &[Source] {
        one_or_several(self.source.as_ref(), &self.sources)
    }

    /// Whether its revisions come as a list, so that Argo CD asks for a source's position beside each.
    pub(crate) fn has_several_revisions(&self) -> bool {
        !self.revisions.is_empty()
    }

    /// The manifests to render for it.
    pub(crate) fn rendering(&self) -> Result<Rendering, InvalidName> {
        if !self.has_several_revisions() {
            return Ok(Rendering::Revision(Revision::parse(&self.revision)?));
        }
        let positions = self.revisions.iter().zip(1..);
        let positions = positions.map(|(text, at)| Ok((at, Revision::parse(text)?)));
        Ok(Rendering::Positions(positions.collect::<Result<_, _>>()?))
    }
}
