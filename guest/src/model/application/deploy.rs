//! An entry of the history: a successful sync, with what it deployed.

use super::{
    Application, Initiator,
    source::{Source, one_or_several},
};
use crate::{
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

impl Deploy {
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

impl Application {
    /// The revisions compared with, and those of the last deploy; `None` when one is not known.
    pub(crate) fn compared_and_deployed(&self) -> Option<(&[Text], &[Text])> {
        let last = self.status.history.last()?.revisions();
        let compared = self.status.sync.revisions();
        let known = |all: &[Text]| all.iter().all(|each| !each.is_empty());
        (known(compared) && known(last)).then_some((compared, last))
    }

    /// Whether its source, parameters included, differs from the last deploy's; `false` when one of
    /// the two is unknown.
    pub(crate) fn is_source_changed(&self) -> bool {
        let Some(last) = self.status.history.last() else {
            return false;
        };
        let (now, last) = (self.status.sync.compared_to.sources(), last.sources());
        !now.is_empty() && !last.is_empty() && now != last
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::Application;

    fn app(compared: &Value, deployed: &Value) -> Application {
        let value = json!({"status": {"sync": {"comparedTo": compared}, "history": [deployed]}});
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn one_source_or_several() {
        let (a, b) = (json!({"repoURL": "a"}), json!({"repoURL": "b"}));
        // With several sources Argo CD sends an empty single one beside them.
        let none = json!({"repoURL": ""});
        for (compared, deployed, is_changed) in [
            (json!({"source": a}), json!({"source": a}), false),
            (json!({"source": a}), json!({"source": b}), true),
            (
                json!({"source": none, "sources": [a, b]}),
                json!({"source": none, "sources": [a, b]}),
                false,
            ),
            (
                json!({"source": none, "sources": [a, b]}),
                json!({"source": none, "sources": [b, a]}),
                true,
            ),
            (
                json!({"source": a}),
                json!({"source": none, "sources": [a]}),
                false,
            ),
            (json!({}), json!({"source": a}), false),
            (json!({"source": a}), json!({}), false),
        ] {
            let app = app(&compared, &deployed);
            assert_eq!(app.is_source_changed(), is_changed, "{compared} {deployed}");
        }
        let app = app(
            &json!({}),
            &json!({"revision": "x", "revisions": ["y", "z"]}),
        );
        let revisions: Vec<&str> = app.status.history[0]
            .revisions()
            .iter()
            .map(|each| &**each)
            .collect();
        assert_eq!(revisions, ["y", "z"]);
    }
}
