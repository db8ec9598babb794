//! Tests of the layer as a whole, over a fake port.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod client;
mod errors;
mod session;
