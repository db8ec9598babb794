//! Redaction while deserialising, which is the crate `argocd-redact`: wire structs use its types for
//! all text from the cluster, Git or a user, so no tool can forget it.

pub use argocd_redact::{
    HIDDEN, LineScrubber, Manifest, Node, Print, TEXT_BYTES, Text, capped, is_secret_key, one_line,
    scrub,
};
