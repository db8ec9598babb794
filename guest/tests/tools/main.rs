//! The tools over recorded answers of a genuine Argo CD, and over answers that nobody recorded.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod altered;
mod claims;
mod facts;
mod listed;
mod offered;
mod planted;
mod properties;
mod reads;
mod replay;
mod scenarios;
mod structured;
mod unusual;
