//! The destination cluster: its API server, what extends it, and how it is registered in Argo CD.

use super::row::{ANY, Look, Reason, Remedy::Always};
use crate::model::error::parts::{
    Component::{AggregatedApi, Cluster, Controller, ConversionWebhook},
    Stage::{Delete, Live, Sync},
};

pub(super) const ROWS: &[Reason] = &[
    Reason {
        name: "conversion-webhook",
        among: &[ConversionWebhook],
        has: &["conversion webhook for"],
        component: Some(ConversionWebhook),
        says: "the conversion webhook for {} fails, so Argo CD cannot list that kind and cannot fill its cache of the cluster: every application on the cluster is hit, whatever it contains",
        remedy: Always(
            "Repair the webhook's Service and Pods, or exclude that kind (resource.exclusions); this application is not at fault.",
        ),
        ..ANY
    },
    Reason {
        name: "aggregated-api",
        has: &[
            "unable to retrieve the complete list of server apis|failed to discover server resources for group",
        ],
        component: Some(AggregatedApi),
        says: "an aggregated API of the destination cluster does not answer, so Argo CD cannot fill its cache of the cluster: every application on the cluster is hit",
        remedy: Always(
            "Repair the Service behind it (kubectl get apiservices shows which is not Available), or delete its APIService if nothing uses it.",
        ),
        ..ANY
    },
    Reason {
        name: "namespace-not-managed",
        has: &["namespace \"", " is not managed"],
        component: Some(Controller),
        says: "the cluster is registered in Argo CD for certain namespaces only, and this one is not among them, so Argo CD does not watch it",
        remedy: Always(
            "Add the namespace to the cluster's namespaces (in its cluster Secret; with the operator: label argocd.argoproj.io/managed-by on the namespace), or change destination.namespace.",
        ),
        look: Look::Namespaces,
        ..ANY
    },
    Reason {
        name: "namespaced-mode",
        has: &["can not be managed when in namespaced mode"],
        component: Some(Controller),
        says: "the cluster is registered in Argo CD for certain namespaces only, so Argo CD cannot manage cluster-scoped objects such as this one",
        remedy: Always(
            "Take the object out of the source, or register the cluster with clusterResources.",
        ),
        look: Look::Namespaces,
        ..ANY
    },
    Reason {
        name: "cluster-credential-helper",
        has: &["getting credentials: "],
        component: Some(Controller),
        says: "Argo CD gets no token for the destination cluster: the helper that fetches it fails",
        remedy: Always(
            "Check the cloud identity of Argo CD's controller, and the cluster's exec or IAM settings in its cluster Secret.",
        ),
        ..ANY
    },
    Reason {
        name: "cluster-unauthorized",
        among: &[Cluster],
        has: &[
            "asked for the client to provide credentials|: unauthorized|invalid bearer token|token has expired|401 unauthorized",
        ],
        component: Some(Cluster),
        says: "Argo CD reaches the API server of the destination cluster, but it refuses Argo CD's credentials (401): this is no network problem",
        remedy: Always(
            "Renew the credentials of that cluster in Argo CD: its token, client certificate or cloud identity has expired or is no longer accepted.",
        ),
        ..ANY
    },
    Reason {
        name: "cluster-forbidden",
        among: &[Cluster],
        has: &["is forbidden: user"],
        component: Some(Cluster),
        says: "Argo CD's account lacks a right in the destination cluster, without which Argo CD cannot read it",
        remedy: Always("Grant the right that the message names to that account."),
        ..ANY
    },
    Reason {
        name: "cluster-client-certificate",
        among: &[Cluster],
        has: &["remote error: tls"],
        component: Some(Cluster),
        says: "the API server of the destination cluster refuses Argo CD's client certificate",
        remedy: Always("Renew the client certificate in the cluster's Secret."),
        ..ANY
    },
    Reason {
        name: "cluster-certificate-time",
        among: &[Cluster],
        has: &["certificate has expired or is not yet valid"],
        component: Some(Cluster),
        says: "the destination cluster cannot be read: the certificate of its API server has expired or is not valid yet",
        ..ANY
    },
    Reason {
        name: "cluster-certificate-unknown",
        among: &[Cluster],
        has: &[
            "signed by unknown authority|certificate is valid for|not trusted|doesn't contain any ip sans|self-signed certificate",
        ],
        component: Some(Cluster),
        says: "the destination cluster cannot be read: Argo CD does not accept the certificate of its API server",
        remedy: Always(
            "Compare the CA data and server name in the cluster's Secret with the certificate that the API server presents.",
        ),
        ..ANY
    },
    Reason {
        name: "cluster-busy",
        among: &[Cluster],
        has: &[
            "server is currently unable to handle the request|unable to return a response in the time allotted|too many requests|etcdserver:|request timed out|storage is (re)initializing",
        ],
        component: Some(Cluster),
        says: "the API server of the destination cluster answers, but cannot handle Argo CD's requests",
        ..ANY
    },
    Reason {
        name: "cluster-kind-unlistable",
        among: &[Cluster],
        has: &["failed to load initial state of resource"],
        lacks: "dial tcp|i/o timeout|refused|no such host|eof",
        component: Some(Cluster),
        says: "Argo CD cannot list {} of the destination cluster, and without it cannot fill its cache of the cluster: every application on the cluster is hit",
        ..ANY
    },
    Reason {
        name: "sync-unauthorized",
        stages: &[Sync, Delete, Live],
        has: &["asked for the client to provide credentials"],
        component: Some(Cluster),
        says: "the API server of the destination cluster refuses Argo CD's credentials (401)",
        remedy: Always("Renew the credentials of that cluster in Argo CD."),
        ..ANY
    },
];
