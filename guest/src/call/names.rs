//! Name and namespace of every application that the account may see: for look-ups and completion.

use crate::{
    argocd::{Client, Error, Get},
    limits,
    model::{Metadata, record::record},
};

record! {
    struct Named {
        metadata: Metadata = "metadata",
    }
}

/// Gives namespace and name of each application to `each`, one at a time, in Argo CD's order.
pub async fn application_names(
    client: &Client,
    mut each: impl FnMut(&str, &str),
) -> Result<(), Error> {
    let take = |named: Named| each(&named.metadata.namespace, &named.metadata.name);
    client
        .items(&Get::application_names(), limits::UPSTREAM, take)
        .await
}
