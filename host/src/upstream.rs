//! Where the answer to an admitted request comes from: the server, watched for a recording, or a
//! recording alone.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use argocd_gate::egress::{Error, ResponseBody};
use argocd_simulator::Replay;
use bytes::Bytes;
use http::{Response, header};
use http_body::{Body, Frame, SizeHint};

/// Who answers.
#[derive(Clone, Default)]
pub(crate) enum Upstream {
    /// The server.
    #[default]
    Server,
    /// The server; what it says is kept.
    Watched(Arc<Tap>),
    /// A recording; nothing is sent.
    Recording(Arc<Replay>),
}

impl Upstream {
    /// When the recording was made, since 1970; `None` when the clock counts.
    pub(crate) fn moment(&self) -> Option<Duration> {
        match self {
            Upstream::Recording(replay) => {
                Some(Duration::from_secs(replay.moment()?.try_into().ok()?))
            }
            Upstream::Server | Upstream::Watched(_) => None,
        }
    }

    /// Whether nothing is sent.
    pub(crate) fn is_offline(&self) -> bool {
        matches!(self, Upstream::Recording(_))
    }
}

/// One request and what the component got of the answer: sealed, and without compression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exchange {
    /// Path and query, path prefix included.
    pub(crate) request: String,
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// The exchanges so far, in the order in which their bodies ended.
#[derive(Default)]
pub(crate) struct Tap {
    exchanges: Mutex<Vec<Exchange>>,
}

impl Tap {
    /// Takes what was kept so far.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        std::mem::take(
            &mut *self
                .exchanges
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// The response to `request`, kept when its body has ended.
    pub(crate) fn watch(
        self: Arc<Self>,
        request: String,
        response: Response<ResponseBody>,
    ) -> Response<Watched> {
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let exchange = Exchange {
            request,
            status: response.status().as_u16(),
            content_type: content_type.unwrap_or_default().to_owned(),
            body: Vec::new(),
        };
        response.map(|body| Watched {
            body,
            kept: Some((self, exchange)),
        })
    }
}

/// A body on its way to the component. One that breaks, or that the component does not read to its end, is
/// not kept: a part would be taken for the whole.
pub(crate) struct Watched {
    body: ResponseBody,
    kept: Option<(Arc<Tap>, Exchange)>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match (&frame, &mut self.kept) {
            (Some(Ok(frame)), Some((_, exchange))) => {
                exchange
                    .body
                    .extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            }
            (Some(Err(_)), _) => self.kept = None,
            _ => {}
        }
        if (frame.is_none() || self.body.is_end_stream())
            && let Some((tap, exchange)) = self.kept.take()
        {
            tap.exchanges
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(exchange);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.kept.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
