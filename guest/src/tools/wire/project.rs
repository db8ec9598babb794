//! An AppProject. Tokens of roles have no field here.

use super::{Destination, Metadata, window::Window};
use crate::{
    redact::Text,
    tools::record::{Present, record},
};

record! {
    pub(in crate::tools) struct Project {
        pub(in crate::tools) metadata: Metadata = "metadata",
        pub(in crate::tools) spec: Spec = "spec",
    }
}

record! {
    pub(in crate::tools) struct Spec {
        pub(in crate::tools) description: Text = "description",
        pub(in crate::tools) source_repos: Vec<Text> = "sourceRepos",
        pub(in crate::tools) source_namespaces: Vec<Text> = "sourceNamespaces",
        pub(in crate::tools) destinations: Vec<Destination> = "destinations",
        pub(in crate::tools) cluster_resource_whitelist: Vec<GroupKind> = "clusterResourceWhitelist",
        pub(in crate::tools) cluster_resource_blacklist: Vec<GroupKind> = "clusterResourceBlacklist",
        /// Absent: all are allowed.
        pub(in crate::tools) namespace_resource_whitelist: Option<Vec<GroupKind>> = "namespaceResourceWhitelist",
        pub(in crate::tools) namespace_resource_blacklist: Vec<GroupKind> = "namespaceResourceBlacklist",
        pub(in crate::tools) roles: Vec<Role> = "roles",
        pub(in crate::tools) sync_windows: Vec<Window> = "syncWindows",
        pub(in crate::tools) orphaned_resources: Option<Orphans> = "orphanedResources",
        pub(in crate::tools) signature_keys: Vec<Present> = "signatureKeys",
        pub(in crate::tools) permit_only_project_scoped_clusters: Option<bool> = "permitOnlyProjectScopedClusters",
    }
}

record! {
    /// A kind of resource; both may be patterns. The core group is empty.
    pub(in crate::tools) struct GroupKind {
        pub(in crate::tools) group: Text = "group",
        pub(in crate::tools) kind: Text = "kind",
        /// Only objects of that name (Argo CD 3.3 on, cluster-scoped kinds).
        pub(in crate::tools) name: Text = "name",
    }
}

record! {
    pub(in crate::tools) struct Role {
        pub(in crate::tools) name: Text = "name",
        pub(in crate::tools) description: Text = "description",
        pub(in crate::tools) policies: Vec<Text> = "policies",
        pub(in crate::tools) groups: Vec<Text> = "groups",
    }
}

record! {
    /// Watching for objects that no application manages.
    pub(in crate::tools) struct Orphans {
        pub(in crate::tools) warn: Option<bool> = "warn",
    }
}
