//! The response body on its way to the guest: counted, timed, gunzipped, sealed. Trailers are
//! dropped. Polled by the guest's reads, so a slow guest slows the server down.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep_until},
};

use super::{Bounds, Error, gunzip::Gunzip, outcome::Outcome};
use crate::secrets::{Seal, Sealer};

/// A response body, as the guest may see it.
pub struct ResponseBody(Inner);

enum Inner {
    Own(Full<Bytes>),
    Remote(Box<Remote>),
}

struct Remote {
    body: Incoming,
    /// Received and not yet gunzipped.
    waiting: Bytes,
    gunzip: Option<Gunzip>,
    sealer: Sealer,
    clock: Clock,
    wire_left: u64,
    plain_left: u64,
    outcome: Outcome,
    /// Given back when the body has ended.
    slot: Option<OwnedSemaphorePermit>,
}

/// Silence and the end of the whole exchange, by one timer. It is set when there is something to
/// wait for: most bodies are there whole, and each setting wakes the driver (a system call).
struct Clock {
    sleep: Pin<Box<Sleep>>,
    until: Instant,
    between: Duration,
    end: Instant,
}

impl ResponseBody {
    /// A text of the host's own.
    pub(super) fn own(text: String) -> ResponseBody {
        ResponseBody(Inner::Own(Full::new(text.into())))
    }

    pub(super) fn remote(body: Incoming, gzip: bool, seal: &Arc<Seal>, rest: Rest) -> ResponseBody {
        let Rest {
            bounds,
            end,
            outcome,
            slot,
        } = rest;
        let between = bounds.between_bytes;
        let until = end.min(Instant::now() + between);
        ResponseBody(Inner::Remote(Box::new(Remote {
            body,
            waiting: Bytes::new(),
            gunzip: gzip.then(Gunzip::new),
            sealer: seal.stream(),
            clock: Clock {
                sleep: Box::pin(sleep_until(until)),
                until,
                between,
                end,
            },
            wire_left: bounds.body_wire_bytes,
            plain_left: bounds.body_plain_bytes,
            outcome,
            slot: Some(slot),
        })))
    }
}

/// What a body takes over from the exchange that it ends.
pub(super) struct Rest {
    pub(super) bounds: Bounds,
    pub(super) end: Instant,
    pub(super) outcome: Outcome,
    pub(super) slot: OwnedSemaphorePermit,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match &mut self.0 {
            Inner::Own(body) => Pin::new(body)
                .poll_frame(cx)
                .map_err(|never| match never {}),
            Inner::Remote(remote) => remote
                .poll(cx)
                .map(|data| data.map(|data| data.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Own(body) => body.is_end_stream(),
            Inner::Remote(remote) => remote.slot.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Own(body) => body.size_hint(),
            Inner::Remote(_) => SizeHint::default(),
        }
    }
}

impl Remote {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.slot.is_none() {
            return Poll::Ready(None);
        }
        loop {
            let step = ready!(self.step(cx));
            match step {
                Ok(Some(data)) if data.is_empty() => {}
                Ok(Some(data)) => return Poll::Ready(Some(Ok(data))),
                Ok(None) => return Poll::Ready(None),
                Err(error) => {
                    self.end(error.name());
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }

    /// One step: some data (perhaps none yet), or the end.
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if self.waiting.is_empty() {
            let ended = self.body.is_end_stream();
            match if ended {
                Poll::Ready(None)
            } else {
                self.receive(cx)
            } {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(Some(Ok(data))) => self.waiting = data,
                Poll::Ready(None) => {
                    let last = self.last()?;
                    let last = (!last.is_empty()).then_some(last);
                    self.end("ok");
                    return Poll::Ready(Ok(last));
                }
            }
        }
        let plain = match &mut self.gunzip {
            None => std::mem::take(&mut self.waiting),
            Some(gunzip) => gunzip.step(&mut self.waiting)?,
        };
        let mut sealed = self.seal(plain)?;
        if self.waiting.is_empty() && self.body.is_end_stream() {
            // The guest may stop reading once it has the announced length: this is the end.
            let last = self.last()?;
            if !last.is_empty() {
                sealed = [sealed, last].concat().into();
            }
            self.end("ok");
            return Poll::Ready(Ok((!sealed.is_empty()).then_some(sealed)));
        }
        Poll::Ready(Ok(Some(sealed)))
    }

    /// Data from the wire, within time and size; `None` at its proper end.
    fn receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
                return self.clock.poll(cx).map(|error| Some(Err(error)));
            };
            let Some(frame) = frame else {
                return Poll::Ready(None);
            };
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => return Poll::Ready(Some(Err(Error::from_body(&error)))),
            };
            // Trailers have no data.
            let Ok(data) = frame.into_data() else {
                continue;
            };
            let length = data.len() as u64;
            self.outcome.bytes += length;
            let Some(left) = self.wire_left.checked_sub(length) else {
                return Poll::Ready(Some(Err(Error::BodySize)));
            };
            self.wire_left = left;
            if let Err(error) = self.clock.restart() {
                return Poll::Ready(Some(Err(error)));
            }
            return Poll::Ready(Some(Ok(data)));
        }
    }

    fn seal(&mut self, plain: Bytes) -> Result<Bytes, Error> {
        let left = self.plain_left.checked_sub(plain.len() as u64);
        self.plain_left = left.ok_or(Error::BodySize)?;
        Ok(self.sealer.push(plain))
    }

    /// What gzip and the sealer still hold.
    fn last(&mut self) -> Result<Bytes, Error> {
        let plain = match &mut self.gunzip {
            Some(gunzip) => gunzip.finish()?,
            None => Bytes::new(),
        };
        let sealed = self.seal(plain)?;
        let held = self.sealer.finish();
        Ok(if sealed.is_empty() {
            held
        } else {
            [sealed, held].concat().into()
        })
    }

    fn end(&mut self, reason: &str) {
        self.outcome.end(reason);
        self.slot = None;
    }
}

impl Clock {
    /// Ready when time is up.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Error> {
        if self.sleep.deadline() != self.until {
            self.sleep.as_mut().reset(self.until);
        }
        ready!(self.sleep.as_mut().poll(cx));
        Poll::Ready(if Instant::now() >= self.end {
            Error::ResponseTimeout
        } else {
            Error::ReadTimeout
        })
    }

    /// Something came: silence begins anew, the end stays.
    fn restart(&mut self) -> Result<(), Error> {
        let now = Instant::now();
        if now >= self.end {
            return Err(Error::ResponseTimeout);
        }
        self.until = self.end.min(now + self.between);
        Ok(())
    }
}
