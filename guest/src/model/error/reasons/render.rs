//! Sources that do not render: charts, overlays, plain manifests, plugins' commands.

use super::row::{ANY, Look, Reason, Remedy::Always};
use crate::model::error::parts::{
    Component::{ChartRepository, Source},
    Stage::{Hydrate, Target},
};

/// A row about what the source holds.
const SOURCE: Reason = Reason {
    stages: &[Target, Hydrate],
    component: Some(Source),
    ..ANY
};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "same-repository-twice",
        has: &["cannot reference a different revision of the same repository"],
        says: "two sources use the same repository at different revisions, which Argo CD does not support; both revisions exist",
        remedy: Always(
            "Use one revision for both sources, or keep the values in another repository.",
        ),
        look: Look::Sources,
        ..SOURCE
    },
    Reason {
        name: "reference-missing",
        has: &["source referenced", "no source has"],
        says: "a values file is named by a reference that no source of the application defines",
        ..SOURCE
    },
    Reason {
        name: "dependency-repository",
        has: &["no repository definition for"],
        component: Some(ChartRepository),
        says: "Chart.yaml names a repository for a dependency that is not registered in Argo CD",
        remedy: Always(
            "Register that repository in Argo CD under this name, or write its URL into Chart.yaml in place of the alias.",
        ),
        look: Look::Repositories,
        ..SOURCE
    },
    Reason {
        name: "dependency-missing",
        has: &["found in chart.yaml, but missing in charts/"],
        says: "the source does not render: a dependency in Chart.yaml is not in charts/",
        ..SOURCE
    },
    Reason {
        name: "dependency-lock",
        has: &["the lock file (chart.lock) is out of sync"],
        says: "the source does not render: Chart.lock does not fit Chart.yaml",
        remedy: Always("Run helm dependency update and commit Chart.lock."),
        ..SOURCE
    },
    Reason {
        name: "chart-refuses-values",
        has: &["execution error at ("],
        says: "the source does not render: the chart itself refuses its values (required or fail in a template)",
        ..SOURCE
    },
    Reason {
        name: "value-unset",
        has: &["nil pointer evaluating"],
        says: "the source does not render: a template reads below a value that is not set",
        ..SOURCE
    },
    Reason {
        name: "values-schema",
        has: &["don't meet the specifications of the schema"],
        says: "the source does not render: its values do not fit the chart's schema",
        ..SOURCE
    },
    Reason {
        name: "chart-kubernetes",
        has: &["chart requires kubeversion"],
        says: "the chart does not support the Kubernetes version of the destination cluster",
        ..SOURCE
    },
    Reason {
        name: "template-syntax",
        has: &["parse error at (|parse error in (|error calling include|error calling tpl"],
        says: "the source does not render: a template cannot be parsed or evaluated",
        ..SOURCE
    },
    Reason {
        name: "values-file-missing",
        has: &[
            "helm",
            "error: open |error: failed to read|values file",
            "no such file or directory",
        ],
        lacks: "kustomize build",
        says: "the source does not render: a values file does not exist",
        ..SOURCE
    },
    Reason {
        name: "overlay-remote",
        has: &[
            "accumulating resources",
            "git cmd =|url is a git repository|http|ssh",
        ],
        says: "the source does not render: a remote base of the kustomization cannot be fetched",
        ..SOURCE
    },
    Reason {
        name: "overlay-file-missing",
        has: &[
            "accumulating resources|kustomize build",
            "no such file or directory|evalsymlink failure",
        ],
        says: "the source does not render: the kustomization names a file that does not exist",
        ..SOURCE
    },
    Reason {
        name: "overlay-object-twice",
        has: &["may not add resource with an already registered id"],
        says: "the source does not render: the kustomization has the same object twice",
        ..SOURCE
    },
    Reason {
        name: "overlay-patch-target",
        has: &[
            "no matches for id|no resource matches|unable to find patch target|failed to find unique target for patch|find target for patch",
        ],
        says: "the source does not render: a patch of the kustomization has no target",
        ..SOURCE
    },
    Reason {
        name: "overlay-field",
        has: &["invalid kustomization", "unknown field|json: "],
        says: "the source does not render: kustomization.yaml has a field that this version of kustomize does not know",
        ..SOURCE
    },
    Reason {
        name: "key-twice",
        has: &["already set in map|already defined at line|duplicate key"],
        says: "the source does not render: a key stands twice in one mapping of a YAML file",
        ..SOURCE
    },
    Reason {
        name: "yaml",
        has: &[
            "converting yaml to json|yaml: line|yaml: unmarshal|mapping values are not allowed|did not find expected|yaml parse error",
        ],
        says: "the source does not render: a file is no valid YAML",
        ..SOURCE
    },
    Reason {
        name: "no-object",
        has: &[
            "object 'kind' is missing|object 'apiversion' is missing|unable to parse manifest|failed to unmarshal",
        ],
        says: "the source does not render: a file holds something other than Kubernetes objects",
        ..SOURCE
    },
    Reason {
        name: "jsonnet",
        has: &["jsonnet"],
        says: "the source does not render: its Jsonnet cannot be evaluated",
        ..SOURCE
    },
    Reason {
        name: "directory-too-large",
        has: &["max combined manifest file size|exceeds max combined"],
        says: "the manifest files of the directory are larger than Argo CD allows",
        remedy: Always(
            "Split the directory, or raise reposerver.max.combined.directory.manifests.size.",
        ),
        ..SOURCE
    },
    Reason {
        name: "render",
        has: &["`helm template|`kustomize build|helm template failed|kustomize build failed"],
        says: "the source does not render",
        ..SOURCE
    },
];
