//! Argo CD: GETs, names, errors, session, client.
//!
//! Cannot express anything but GETs, except for one constant POST: the login, in runtimes other
//! than ours. Names no WASI.

mod address;
mod client;
mod error;
mod exchange;
mod explain;
#[cfg(test)]
pub(crate) mod fake;
mod fields;
mod get;
mod items;
mod lines;
mod names;
mod operation;
mod reading;
mod selector;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod what;

pub use address::{Origin, Scheme};
pub use client::Client;
pub use error::{Error, Refusal};
pub use explain::Remedy;
pub use fields::ListFields;
pub use get::Get;
pub use names::{
    ApiVersion, AppName, AppRef, AppSetName, ContainerName, Group, InvalidName, Kind, LogText,
    Namespace, ObjectName, Pinned, PodName, ProjectName, Revision, Uid,
};
pub use operation::Operation;
pub use reading::Reading;
pub use selector::{ListFilter, Selector};
pub use settings::{CredentialSource, Settings, SettingsError};
pub use what::{LogQuery, LogSource, Object, Rendering, Right, SourceAt, States};
