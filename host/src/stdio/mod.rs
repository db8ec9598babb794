//! The streams between client and component: cleaned and bounded. Nothing here reaches the network.

pub(crate) mod answer;
pub(crate) mod inbound;
pub(crate) mod inbox;
pub(crate) mod outbox;
pub(crate) mod reader;
pub(crate) mod sink;
pub(crate) mod stderr;
