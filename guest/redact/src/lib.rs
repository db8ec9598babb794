//! Redaction: what must not be shown of texts, manifests and whole JSON documents of Argo CD.
//!
//! The guest redacts while it deserialises, so text and manifests are clean before a tool sees them.
//!
//! [`Text`] and [`Manifest`] are the only string and object types that wire structs use for text
//! from the cluster, Git or a user, so no tool can forget redaction. [`scrub`] does the same for text that
//! arrives otherwise (error bodies). Hidden values are never returned; they can only be
//! compared with each other.

mod clean;
mod document;
mod excerpt;
mod gomap;
mod keys;
mod limits;
mod lines;
mod manifest;
mod named;
mod node;
mod pairs;
mod prose;
mod scrub;
mod shapes;
mod text;
mod urls;

pub use self::{
    document::Redactor,
    keys::is_secret_key,
    limits::TEXT_BYTES,
    lines::LineScrubber,
    manifest::Manifest,
    node::{HIDDEN, Node, Print},
    scrub::scrub,
    text::{Text, capped, one_line},
};
