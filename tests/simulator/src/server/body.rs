//! The body of an answer on its way out: paced, cut, compressed or endless, and always watched, so
//! that a client that hangs up is noticed.

use std::io::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc};
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use super::answer::Content;
use super::requests::Ticket;

/// Chunks, watched.
pub(crate) struct Outgoing {
    content: Content,
    ticket: Ticket,
    pace: Option<Pace>,
    /// Bytes after which the connection is closed.
    cut_after: Option<usize>,
    endless: bool,
    flushed: bool,
}

struct Pace {
    chunk: usize,
    every: Duration,
    pause: Option<Pin<Box<Sleep>>>,
    rest: Bytes,
}

impl Outgoing {
    pub(crate) fn new(content: Content, ticket: Ticket) -> Self {
        Self {
            content,
            ticket,
            pace: None,
            cut_after: None,
            endless: false,
            flushed: false,
        }
    }

    /// Sends chunks of so many bytes with a pause between them.
    pub(crate) fn paced(mut self, chunk: usize, every: Duration) -> Self {
        self.pace = Some(Pace {
            chunk: chunk.max(1),
            every,
            pause: None,
            rest: Bytes::new(),
        });
        self
    }

    /// Closes the connection after so many bytes.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.cut_after = Some(after);
        self
    }

    /// Keeps the answer open behind its last byte.
    pub(crate) fn endless(mut self) -> Self {
        self.endless = true;
        self
    }

    fn next_content(&mut self) -> Option<Bytes> {
        match &mut self.content {
            Content::Whole(bytes) if bytes.is_empty() => None,
            Content::Whole(bytes) => Some(std::mem::take(bytes)),
            Content::Chunks(chunks) => chunks.find(|chunk| !chunk.is_empty()),
        }
    }

    /// The next chunk, after its pause.
    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(mut pace) = self.pace.take() else {
            return Poll::Ready(self.next_content());
        };
        if pace.rest.is_empty() {
            pace.rest = self.next_content().unwrap_or_default();
        }
        if let Some(pause) = &mut pace.pause
            && !pace.rest.is_empty()
            && pause.as_mut().poll(cx).is_pending()
        {
            self.pace = Some(pace);
            return Poll::Pending;
        }
        pace.pause = Some(Box::pin(tokio::time::sleep(pace.every)));
        let take = pace.chunk.min(pace.rest.len());
        let chunk = pace.rest.split_to(take);
        self.pace = Some(pace);
        Poll::Ready((!chunk.is_empty()).then_some(chunk))
    }

    fn is_spent(&self) -> bool {
        let rest = self.pace.as_ref().is_none_or(|pace| pace.rest.is_empty());
        rest && matches!(&self.content, Content::Whole(bytes) if bytes.is_empty())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.cut_after == Some(0) {
            // hyper drops what it has not written yet when a body fails: let it flush first.
            if !std::mem::replace(&mut self.flushed, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            self.ticket.cut();
            return Poll::Ready(Some(Err(std::io::Error::other("cut on request"))));
        }
        let Poll::Ready(chunk) = self.poll_chunk(cx) else {
            return Poll::Pending;
        };
        let Some(mut chunk) = chunk else {
            if self.endless {
                return Poll::Pending;
            }
            self.ticket.finished();
            return Poll::Ready(None);
        };
        if let Some(left) = &mut self.cut_after {
            chunk.truncate(*left);
            *left -= chunk.len();
        } else if self.is_spent() && !self.endless {
            // With a known length hyper does not ask again.
            self.ticket.finished();
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_spent() && !self.endless && self.cut_after.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) if !self.endless => {
                let rest = self.pace.as_ref().map_or(0, |pace| pace.rest.len());
                SizeHint::with_exact((bytes.len() + rest) as u64)
            }
            _ => SizeHint::default(),
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // An empty body is never asked for.
        if self.is_end_stream() {
            self.ticket.finished();
        }
    }
}

/// Compresses content while it is sent.
pub(crate) fn gzip(content: Content) -> Content {
    let chunks: Box<dyn Iterator<Item = Bytes> + Send> = match content {
        Content::Whole(bytes) => Box::new(std::iter::once(bytes)),
        Content::Chunks(chunks) => chunks,
    };
    Content::Chunks(Box::new(Gzipped {
        chunks,
        encoder: Some(GzEncoder::new(Vec::new(), Compression::fast())),
    }))
}

struct Gzipped {
    chunks: Box<dyn Iterator<Item = Bytes> + Send>,
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl Iterator for Gzipped {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let encoder = self.encoder.as_mut()?;
        match self.chunks.next() {
            // Writing into a `Vec` does not fail; an error would end the body early, which a client sees.
            Some(chunk) => encoder
                .write_all(&chunk)
                .ok()
                .map(|()| Bytes::from(std::mem::take(encoder.get_mut()))),
            None => self.encoder.take()?.finish().ok().map(Bytes::from),
        }
    }
}

/// A valid gzip stream of little more than a thousandth of what it unfolds to: one JSON object with a long string in it.
pub(crate) fn gzip_bomb(bytes: u64) -> std::io::Result<Content> {
    const BLOCK: usize = 1 << 20;
    let filler = vec![b'x'; BLOCK];
    let (head, tail) = (br#"{"padding":""#, br#""}"#);
    let blocks = bytes.saturating_sub((head.len() + tail.len()) as u64) / BLOCK as u64;
    let odd = bytes.saturating_sub((head.len() + tail.len()) as u64) % BLOCK as u64;
    let odd = &filler[..usize::try_from(odd).unwrap_or(0)];

    // Each part is flushed to a byte boundary with an empty dictionary, so that one block can be repeated.
    let block = Bytes::from(deflated(&filler, false)?);
    let mut first = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    first.extend(deflated(head, false)?);
    let mut last = deflated(odd, false)?;
    last.extend(deflated(tail, true)?);

    let mut crc = Crc::new();
    crc.update(head);
    let mut block_crc = Crc::new();
    block_crc.update(&filler);
    for _ in 0..blocks {
        crc.combine(&block_crc);
    }
    crc.update(odd);
    crc.update(tail);
    last.extend(crc.sum().to_le_bytes());
    last.extend(crc.amount().to_le_bytes());

    let middle = (0..blocks).map(move |_| block.clone());
    Ok(Content::Chunks(Box::new(
        std::iter::once(Bytes::from(first))
            .chain(middle)
            .chain(std::iter::once(Bytes::from(last))),
    )))
}

/// Raw deflate of one part; all but the last end in a flush.
fn deflated(data: &[u8], is_last: bool) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data)?;
    if is_last {
        return encoder.finish();
    }
    encoder.flush()?;
    Ok(std::mem::take(encoder.get_mut()))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn whole(content: Content) -> Vec<u8> {
        match content {
            Content::Whole(bytes) => bytes.to_vec(),
            Content::Chunks(chunks) => chunks.flatten().collect(),
        }
    }

    #[test]
    fn a_bomb_is_valid_gzip_of_the_size_it_says() {
        for bytes in [100, 1 << 20, (3 << 20) + 77] {
            let packed = whole(gzip_bomb(bytes).unwrap());
            let mut text = String::new();
            flate2::read::GzDecoder::new(&packed[..])
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text.len() as u64, bytes);
            assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            assert!(
                (packed.len() as u64) < 1_000 + bytes / 200,
                "{}",
                packed.len()
            );
        }
    }
}
