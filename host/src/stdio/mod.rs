//! The streams between client and component: framed, counted, cleaned. Nothing here reaches the network.

pub(crate) mod calls;
pub(crate) mod escape;
pub(crate) mod framer;
mod handshake;
pub(crate) mod inbound;
pub(crate) mod inbox;
mod message;
pub(crate) mod outbox;
pub(crate) mod reader;
pub(crate) mod sink;
pub(crate) mod stderr;

pub(crate) use framer::Framed;
