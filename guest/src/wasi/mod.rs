//! The only folder that names WASI: the event loop, stdio, and the port over `wasi:http`.
//!
//! One thread, one `poll` over stdin, every response and every timer. Nothing here reads a message
//! or knows Argo CD.

mod error;
mod http;
mod reactor;
mod stdio;

use std::{pin::pin, rc::Rc};

use futures_util::future::select;

pub use self::{http::WasiPort, reactor::Reactor, stdio::write_line};
use crate::{limits, mcp::frame::Framer, server::Server};

/// Serves stdin until it ends, then gives running calls a moment to end too.
pub fn serve(reactor: &Rc<Reactor>, server: &Server) {
    reactor.block_on(async {
        select(pin!(read(reactor, server)), pin!(server.run())).await;
        let grace = reactor.sleep(limits::EOF_GRACE);
        select(pin!(server.idle()), grace).await;
        server.close();
    });
}

async fn read(reactor: &Rc<Reactor>, server: &Server) {
    let mut stdin = stdio::Stdin::open(reactor);
    let mut framer = Framer::new(limits::LINE_BYTES);
    while let Some(bytes) = stdin.chunk().await {
        framer.push(&bytes, |frame| server.frame(frame));
    }
    framer.finish(|frame| server.frame(frame));
}
