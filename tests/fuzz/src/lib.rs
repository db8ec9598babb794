//! The host's pure modules, by their files and under their own names, and the properties that must
//! hold for them. `host/src/lib.rs` includes the same properties in its unit tests, where they are
//! replayed over the corpus; here they meet the fuzzer, without wasmtime.

// A part of a module is enough for its property.
#![allow(dead_code, unused_imports, unfulfilled_lint_expectations)]

#[path = "../../../host/src/guard.rs"]
mod guard;

#[path = "../../../host/src/limits.rs"]
pub mod limits;

#[path = "../../../host/src/policy/mod.rs"]
pub mod policy;

#[path = "../../../host/src/random.rs"]
mod random;
#[path = "../../../host/src/secrets.rs"]
pub mod secrets;

#[path = "../../../host/src/egress/bounds.rs"]
mod bounds;
#[path = "../../../host/src/digest.rs"]
mod digest;
#[path = "../../../host/src/stdio/escape.rs"]
mod escape;
#[path = "../../../host/src/stdio/framer.rs"]
mod framer;
#[path = "../../../host/src/plan/policy_file.rs"]
mod policy_file;

// As in the host.
mod egress {
    pub use crate::bounds::Bounds;
}
mod plan {
    pub(crate) use crate::policy_file;
}
mod stdio {
    pub(crate) use crate::{escape, framer};
}

#[path = "../properties/mod.rs"]
pub mod properties;
