//! The server on one pair of streams: a message is a line, in and out.
//!
//! It owns no stream: bytes come from a function, lines go to one.

mod frame;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use std::pin::pin;

use futures_util::future::select;

use self::frame::{Frame, Framer};
use crate::{
    http::Local,
    limits,
    mcp::rpc::{self, Fault},
    server::{Connection, Out, Server},
};

/// Serves the bytes that `input` gives until it has none, then lets running calls end until the future
/// of `grace` does, and closes. Each line that `write` gets is complete, with its newline.
pub async fn serve(
    server: &Server,
    mut input: impl AsyncFnMut() -> Option<Vec<u8>>,
    write: impl Fn(&str) + 'static,
    grace: impl FnOnce() -> Local<'static, ()>,
) {
    let client = server.connect(move |out| {
        let (Out::Response(mut line) | Out::Notification(mut line)) = out;
        line.push('\n');
        write(&line);
    });
    let read = async {
        let mut framer = Framer::new(limits::LINE_BYTES);
        while let Some(bytes) = input().await {
            framer.push(&bytes, |frame| take(server, &client, frame));
        }
        framer.finish(|frame| take(server, &client, frame));
    };
    select(pin!(read), pin!(server.run())).await;
    select(pin!(server.idle()), grace()).await;
    server.close(&client);
}

fn take(server: &Server, client: &Connection, frame: Frame<'_>) {
    match frame {
        Frame::Line(line) => server.message(line, client),
        Frame::TooLong => {
            let why = format!("the line is longer than {} bytes", limits::LINE_BYTES);
            client.fail(None, &Fault::new(rpc::INVALID_REQUEST, why));
        }
    }
}
