//! The only folder that names WASI: the event loop, stdio, and the port over `wasi:http`.
//!
//! One thread, one `poll` over stdin, every response and every timer. Nothing here reads a message
//! or knows Argo CD; the layers above know nothing of this one.

mod error;
mod http;
mod reactor;
mod stdio;
mod timers;

pub use self::{
    http::WasiPort,
    reactor::Reactor,
    stdio::{Stdin, Stdout},
};
