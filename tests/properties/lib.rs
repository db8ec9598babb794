//! What must hold for the parts of the gate that read what others wrote, whatever they wrote: for a
//! fuzzer, and for a test that replays what the fuzzer found worth keeping.
//!
//! Each property takes raw bytes and panics when it does not hold. It says whether the input was
//! accepted or held something, so that a replay can tell that the property said anything at all.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod chunks;
pub mod framer;
pub mod path;
pub mod policy_file;
mod reference;
pub mod sealer;
