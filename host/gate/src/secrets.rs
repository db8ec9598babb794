//! Secrets: kept where they cannot be printed, stood for by a placeholder in the guest, and
//! overwritten in whatever comes back.
//!
//! A [`Seal`] knows the plain form, any mixture with `%XX`, and base64 and base64url at three
//! alignments. Other encodings pass. This file reads no environment and does no I/O.

use std::{borrow::Cow, sync::Arc};

use base64::Engine as _;
use bytes::{Bytes, BytesMut};
use memchr::{memchr, memmem::Finder};
use zeroize::Zeroizing;

use crate::{
    guard::{self, Guard},
    limits::SEAL_BYTES,
    random,
};

/// A secret text. No `Debug`, no `Display`, no `Clone`; overwritten when dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// The text itself. Each caller of this is worth a look in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What the guest gets in place of a token: random for each process, in three parts like a JWT, so
/// that a guest treats it as a bearer token. Worth nothing outside this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder(String);

impl Placeholder {
    /// A new one, or `None` when the system has no random bytes.
    pub fn random() -> Option<Placeholder> {
        let bytes: [u8; 24] = random::bytes()?;
        let random = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        Some(Placeholder(format!("argocd-host.sealed.{random}")))
    }

    /// The text for the guest's environment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The patterns of some secrets. Lives as long as the process, so the patterns are not zeroed.
#[derive(Default)]
pub struct Seal {
    patterns: Vec<Pattern>,
    longest: usize,
}

struct Pattern {
    bytes: Zeroizing<Vec<u8>>,
    finder: Finder<'static>,
    /// For each length matched so far, the next shorter one (Knuth, Morris, Pratt).
    fallback: Vec<usize>,
    /// The secret itself, which may also come percent-encoded.
    plain: bool,
}

/// Seals one stream, holding back nothing but a partial match at the end of a chunk.
pub struct Sealer {
    seal: Arc<Seal>,
    held: BytesMut,
}

/// A byte that is in no base64 alphabet and needs no escape in JSON.
const MASK: u8 = b'*';

impl Seal {
    /// Patterns for each secret of at least [`SEAL_BYTES`]; shorter ones would match by chance.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Seal {
        let mut seal = Seal::default();
        for secret in secrets.into_iter().map(|secret| secret.expose().as_bytes()) {
            if secret.len() >= SEAL_BYTES && !guard::off(Guard::Seal) {
                seal.add(secret.to_vec(), true);
                for aligned in base64_forms(secret) {
                    seal.add(aligned, false);
                }
            }
        }
        seal
    }

    /// A whole text, sealed: a header value, a line of stderr.
    pub fn text<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let spans = self.spans(text);
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut sealed = text.to_vec();
        overwrite(&mut sealed, &spans);
        Cow::Owned(sealed)
    }

    /// Seals a stream.
    pub fn stream(self: &Arc<Self>) -> Sealer {
        Sealer {
            seal: Arc::clone(self),
            held: BytesMut::new(),
        }
    }

    fn add(&mut self, bytes: Vec<u8>, plain: bool) {
        if self.patterns.iter().any(|pattern| *pattern.bytes == bytes) {
            return;
        }
        self.longest = self.longest.max(bytes.len());
        let finder = Finder::new(&bytes).into_owned();
        let fallback = fallbacks(&bytes);
        self.patterns.push(Pattern {
            bytes: Zeroizing::new(bytes),
            finder,
            fallback,
            plain,
        });
    }

    /// Where secrets stand in `text`, as ranges.
    fn spans(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut spans = Vec::new();
        for pattern in &self.patterns {
            let length = pattern.bytes.len();
            spans.extend(
                pattern
                    .finder
                    .find_iter(text)
                    .map(|start| (start, start + length)),
            );
        }
        if let Some(decoded) = Decoded::of(text) {
            for pattern in self.patterns.iter().filter(|pattern| pattern.plain) {
                let starts = pattern.finder.find_iter(&decoded.bytes);
                spans.extend(starts.map(|start| decoded.span(start, pattern.bytes.len())));
            }
        }
        spans
    }

    /// From where on `text` may be the beginning of a secret.
    fn partial(&self, text: &[u8]) -> usize {
        let mut from = text.len();
        for pattern in &self.patterns {
            from = from.min(text.len() - pattern.partial(text));
        }
        // Three raw bytes for each decoded one are enough to see a whole partial match.
        let tail = text.len().saturating_sub(3 * self.longest);
        if let Some(decoded) = Decoded::of(&text[tail..]) {
            for pattern in self.patterns.iter().filter(|pattern| pattern.plain) {
                let matched = pattern.partial(&decoded.bytes);
                from = from.min(tail + decoded.offsets[decoded.bytes.len() - matched]);
            }
        }
        from
    }
}

impl Pattern {
    /// Length of the longest end of `text` that begins the pattern, the whole pattern excepted.
    fn partial(&self, text: &[u8]) -> usize {
        let tail = &text[text.len().saturating_sub(self.bytes.len() - 1)..];
        let mut matched = 0;
        for byte in tail {
            while matched > 0 && self.bytes[matched] != *byte {
                matched = self.fallback[matched];
            }
            matched += usize::from(self.bytes[matched] == *byte);
        }
        matched
    }
}

impl Sealer {
    /// The next chunk, sealed; without a copy when nothing of a secret is in sight.
    pub fn push(&mut self, chunk: Bytes) -> Bytes {
        if self.seal.patterns.is_empty() {
            return chunk;
        }
        if self.held.is_empty() {
            let spans = self.seal.spans(&chunk);
            if spans.is_empty() {
                let from = self.seal.partial(&chunk);
                self.held.extend_from_slice(&chunk[from..]);
                return chunk.slice(..from);
            }
        }
        self.held.extend_from_slice(&chunk);
        let spans = self.seal.spans(&self.held);
        overwrite(&mut self.held, &spans);
        let from = self.seal.partial(&self.held);
        self.held.split_to(from).freeze()
    }

    /// What was held back, at the end of the stream: it is no whole secret.
    pub fn finish(&mut self) -> Bytes {
        self.held.split().freeze()
    }
}

/// A text with its percent escapes undone, and where each byte came from.
struct Decoded {
    bytes: Vec<u8>,
    /// One more than `bytes`: the end. An incomplete escape at the end is left out of both.
    offsets: Vec<usize>,
}

impl Decoded {
    /// `None` without any escape: the plain search has seen it all.
    fn of(text: &[u8]) -> Option<Decoded> {
        let first = memchr(b'%', text)?;
        let mut decoded = Decoded {
            bytes: text[..first].to_vec(),
            offsets: (0..first).collect(),
        };
        let mut at = first;
        while at < text.len() {
            let digit = |i: usize| text.get(at + i).map(|byte| char::from(*byte).to_digit(16));
            let (byte, width) = match (text[at], digit(1), digit(2)) {
                (b'%', None, _) | (b'%', Some(Some(_)), None) => break,
                // Two digits make at most 255.
                (b'%', Some(Some(high)), Some(Some(low))) => ((high << 4 | low) as u8, 3),
                (byte, ..) => (byte, 1),
            };
            decoded.bytes.push(byte);
            decoded.offsets.push(at);
            at += width;
        }
        decoded.offsets.push(at);
        Some(decoded)
    }

    fn span(&self, start: usize, length: usize) -> (usize, usize) {
        (self.offsets[start], self.offsets[start + length])
    }
}

fn overwrite(text: &mut [u8], spans: &[(usize, usize)]) {
    for (start, end) in spans {
        text[*start..*end].fill(MASK);
    }
}

/// What base64 and base64url make of `secret` wherever it stands inside a longer text: the
/// characters that depend on the secret alone, for each of the three alignments.
fn base64_forms(secret: &[u8]) -> Vec<Vec<u8>> {
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let mut forms = Vec::new();
    for before in 0..3 {
        let text = Zeroizing::new([&b"\0\0"[..before], secret].concat());
        let (from, to) = ((before * 8).div_ceil(6), text.len() * 8 / 6);
        for encoded in [
            STANDARD_NO_PAD.encode(&*text),
            URL_SAFE_NO_PAD.encode(&*text),
        ] {
            forms.push(encoded.as_bytes()[from..to].to_vec());
        }
    }
    forms
}

fn fallbacks(pattern: &[u8]) -> Vec<usize> {
    let mut fallback = vec![0; pattern.len() + 1];
    let mut matched = 0;
    for at in 1..pattern.len() {
        while matched > 0 && pattern[matched] != pattern[at] {
            matched = fallback[matched];
        }
        matched += usize::from(pattern[matched] == pattern[at]);
        fallback[at + 1] = matched;
    }
    fallback
}

#[cfg(test)]
mod tests;
