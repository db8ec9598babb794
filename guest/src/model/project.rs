//! An AppProject. Tokens of roles have no field here.

use crate::{
    answer::word,
    model::{Destination, Metadata, record::record, window::Window},
    redact::Text,
};

record! {
    pub(crate) struct Project {
        pub(crate) metadata: Metadata = "metadata",
        pub(crate) spec: Spec = "spec",
    }
}

record! {
    pub(crate) struct Spec {
        pub(crate) description: Text = "description",
        pub(crate) source_repos: Vec<Text> = "sourceRepos",
        pub(crate) source_namespaces: Vec<Text> = "sourceNamespaces",
        pub(crate) destinations: Vec<Destination> = "destinations",
        pub(crate) cluster_resource_whitelist: Vec<GroupKind> = "clusterResourceWhitelist",
        pub(crate) cluster_resource_blacklist: Vec<GroupKind> = "clusterResourceBlacklist",
        /// Absent: all are allowed.
        pub(crate) namespace_resource_whitelist: Option<Vec<GroupKind>> = "namespaceResourceWhitelist",
        pub(crate) namespace_resource_blacklist: Vec<GroupKind> = "namespaceResourceBlacklist",
        pub(crate) roles: Vec<Role> = "roles",
        pub(crate) sync_windows: Vec<Window> = "syncWindows",
        pub(crate) orphaned_resources: Option<Orphans> = "orphanedResources",
        pub(crate) signature_keys: Vec<SignatureKey> = "signatureKeys",
        pub(crate) permit_only_project_scoped_clusters: Option<bool> = "permitOnlyProjectScopedClusters",
    }
}

record! {
    /// A kind of resource; both may be patterns. The core group is empty.
    pub(crate) struct GroupKind {
        pub(crate) group: Text = "group",
        pub(crate) kind: Text = "kind",
        /// Only objects of that name (Argo CD 3.3 on, cluster-scoped kinds).
        pub(crate) name: Text = "name",
    }
}

record! {
    /// A key whose signatures the project allows.
    pub(crate) struct SignatureKey {
        pub(crate) key_id: Text = "keyID",
    }
}

record! {
    pub(crate) struct Role {
        pub(crate) name: Text = "name",
        pub(crate) description: Text = "description",
        pub(crate) policies: Vec<Text> = "policies",
        pub(crate) groups: Vec<Text> = "groups",
    }
}

record! {
    /// Watching for objects that no application manages.
    pub(crate) struct Orphans {
        pub(crate) warn: Option<bool> = "warn",
    }
}

impl GroupKind {
    /// The pattern as an answer spells it: `apps/Deployment`, `Namespace`, `Namespace team-*`.
    pub(crate) fn pattern(&self) -> String {
        let name = match &*self.name {
            "" => String::new(),
            _ => format!(" {}", word(&self.name)),
        };
        match &*self.group {
            "" => format!("{}{name}", word(&self.kind)),
            _ => format!("{}/{}{name}", word(&self.group), word(&self.kind)),
        }
    }
}
