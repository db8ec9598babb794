//! gzip undone in small steps, so that a bomb costs one step beyond the cap that its caller sets.

use bytes::Bytes;
use flate2::write::GzDecoder;

use super::Error;

/// Undoes one gzip stream.
pub(super) struct Gunzip {
    decoder: GzDecoder<Vec<u8>>,
    fed: bool,
}

impl Gunzip {
    pub(super) fn new() -> Gunzip {
        Gunzip {
            decoder: GzDecoder::new(Vec::new()),
            fed: false,
        }
    }

    /// Feeds one step, at most [`crate::limits::GUNZIP_STEP_BYTES`], and takes what it makes.
    pub(super) fn step(&mut self, wire: &[u8]) -> Result<Bytes, Error> {
        use std::io::Write;
        self.fed |= !wire.is_empty();
        let fed = self.decoder.write_all(wire);
        fed.map_err(|_| Error::ContentCoding)?;
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }

    /// The end of the stream: a torn one is an error only here. No byte at all is an empty body.
    pub(super) fn finish(&mut self) -> Result<Bytes, Error> {
        if self.fed {
            // A missing or wrong trailer: this is not the body that was sent.
            self.decoder.try_finish().map_err(|_| Error::Incomplete)?;
        }
        Ok(std::mem::take(self.decoder.get_mut()).into())
    }
}
