//! gzip undone in small steps under a cap, so that a bomb costs its cap and no more.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::GzDecoder;

use super::Error;

/// Undoes one gzip stream.
pub(super) struct Gunzip {
    decoder: GzDecoder<Capped>,
    fed: bool,
}

struct Capped {
    out: Vec<u8>,
    left: u64,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.left.checked_sub(bytes.len() as u64) {
            None => {
                self.left = 0;
                Err(io::ErrorKind::FileTooLarge.into())
            }
            Some(left) => {
                self.left = left;
                self.out.extend_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Gunzip {
    pub(super) fn new(cap: u64) -> Gunzip {
        Gunzip {
            decoder: GzDecoder::new(Capped {
                out: Vec::new(),
                left: cap,
            }),
            fed: false,
        }
    }

    /// Feeds one step, at most [`crate::limits::GUNZIP_STEP_BYTES`], and takes what it makes.
    pub(super) fn step(&mut self, wire: &[u8]) -> Result<Bytes, Error> {
        self.fed |= !wire.is_empty();
        self.decoder
            .write_all(wire)
            .map_err(|error| error_of(&error))?;
        Ok(std::mem::take(&mut self.decoder.get_mut().out).into())
    }

    /// The end of the stream: a torn one is an error only here. No byte at all is an empty body.
    pub(super) fn finish(&mut self) -> Result<Bytes, Error> {
        if self.fed {
            // A missing or wrong trailer: this is not the body that was sent.
            self.decoder
                .try_finish()
                .map_err(|error| match error_of(&error) {
                    Error::ContentCoding => Error::Incomplete,
                    other => other,
                })?;
        }
        Ok(std::mem::take(&mut self.decoder.get_mut().out).into())
    }
}

fn error_of(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Error::BodySize,
        _ => Error::ContentCoding,
    }
}
