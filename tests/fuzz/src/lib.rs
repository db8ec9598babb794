//! The gate's modules under the names that they have in it, and the properties that must hold for
//! them. The gate includes the same properties in its unit tests, where they are replayed over the
//! corpus; here they meet the fuzzer.

use argocd_gate::{egress, framer, policy, policy_file, secrets};

#[path = "../properties/mod.rs"]
pub mod properties;
