//! The parts that every call uses: what a [`tool::Tool`] is and which are offered, the arguments, the
//! call that continues one, and how it fails.

pub(crate) mod choice;
mod failure;
pub(crate) mod identity;
mod incoming;
pub(crate) mod input;
pub(crate) mod kinds;
pub(crate) mod listing;
pub(crate) mod names;
pub(crate) mod namesakes;
pub(crate) mod offer;
pub(crate) mod pieces;
mod plain;
pub(crate) mod remedy;
mod sets;
pub(crate) mod sieve;
pub(crate) mod suggest;
pub(crate) mod tool;
pub(crate) mod unknown;
pub(crate) mod wanted;

pub(crate) use {failure::Failure, incoming::Call};
