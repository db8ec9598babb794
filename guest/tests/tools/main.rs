//! The tools over recorded answers of a genuine Argo CD, and over answers that nobody recorded.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod altered;
mod because;
mod calls;
mod cases;
mod claims;
mod empty_lists;
mod facts;
mod listed;
mod log_lines;
mod metamorphic;
mod offered;
mod parameters;
mod planted;
mod properties;
mod readings;
mod reads;
mod replay;
mod scenarios;
mod selectors;
mod structured;
mod together;
mod unusual;
