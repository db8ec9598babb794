//! gzip undone in small steps: a bomb costs one step at a time, however small it was packed, and one
//! step beyond the cap that its caller sets.

use std::io::{self, BufRead, Read};

use bytes::{Buf, Bytes};
use flate2::bufread::GzDecoder;

use super::Error;
use crate::limits::GUNZIP_STEP_BYTES;

/// Undoes one gzip stream.
pub(super) struct Gunzip {
    decoder: GzDecoder<Wire>,
    fed: bool,
}

/// What has come and is not undone yet. Empty, it has more later, until it has ended.
#[derive(Default)]
struct Wire {
    bytes: Bytes,
    ended: bool,
}

impl Gunzip {
    pub(super) fn new() -> Gunzip {
        Gunzip {
            decoder: GzDecoder::new(Wire::default()),
            fed: false,
        }
    }

    /// Takes from `wire` what makes at most [`GUNZIP_STEP_BYTES`]; what is left of it is for the next
    /// step. Nothing may come of all of it, as the end of a block may still be missing.
    pub(super) fn step(&mut self, wire: &mut Bytes) -> Result<Bytes, Error> {
        self.fed |= !wire.is_empty();
        self.decoder.get_mut().bytes = std::mem::take(wire);
        let mut plain = vec![0; GUNZIP_STEP_BYTES];
        let read = self.decoder.read(&mut plain);
        *wire = std::mem::take(&mut self.decoder.get_mut().bytes);
        match read {
            // Something stands behind the end of the stream.
            Ok(0) if !wire.is_empty() => Err(Error::ContentCoding),
            Ok(length) => {
                plain.truncate(length);
                Ok(plain.into())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Bytes::new()),
            Err(_) => Err(Error::ContentCoding),
        }
    }

    /// The end of the stream: a torn one is an error only here. No byte at all is an empty body. What
    /// the decoder still holds is less than its window.
    pub(super) fn finish(&mut self) -> Result<Bytes, Error> {
        let mut rest = Vec::new();
        if self.fed {
            self.decoder.get_mut().ended = true;
            // A missing or wrong trailer: this is not the body that was sent.
            let end = self.decoder.read_to_end(&mut rest);
            end.map_err(|_| Error::Incomplete)?;
        }
        Ok(rest.into())
    }
}

impl BufRead for Wire {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.bytes.is_empty() && !self.ended {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(&self.bytes)
    }

    fn consume(&mut self, length: usize) {
        self.bytes.advance(length.min(self.bytes.len()));
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(into)?;
        self.consume(length);
        Ok(length)
    }
}
