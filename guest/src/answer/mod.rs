//! Builds the text of an answer within a budget.
//!
//! A line of an answer is ours up to the first ` > `; what follows on that line was written by the
//! cluster, Git or a user, and is on one line, cleaned and capped ([`said`]). Lines that start with
//! `Next:` or `Note:` are ours alone and name calls.

mod budget;
pub(crate) mod cursor;
mod fact;
mod finished;
mod instant;
mod line;
pub(crate) mod member;
pub(crate) mod next;
pub(crate) mod order;
mod page;
mod remark;
pub(crate) mod time;
pub(crate) mod window;
mod words;
pub(crate) mod yaml;

pub use finished::Answer;
pub(crate) use {
    budget::Budget,
    fact::Fact,
    line::Line,
    page::Page,
    remark::Remark,
    words::{is_longer, listed, plural, revision, said, word},
};
