//! What comes back is overwritten where a secret stands and nowhere else, in equal length, over any
//! chunks; and no more is held back than the longest form of a secret.
//!
//! A fuzzer finds no base64 of a secret by chance: bytes from 0xF0 on stand for pieces of one.

use std::sync::{Arc, LazyLock};

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use base64::{Engine, engine::general_purpose::GeneralPurpose};
use bytes::Bytes;

use super::chunks;
use argocd_gate::secrets::{Seal, Secret};

/// Secrets that look like each other's parts, that repeat themselves, and that hold escapes. None
/// has an asterisk, which is what they are overwritten with.
const SECRETS: [&str; 8] = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2VjcmV0-_c2VjcmV0",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.another",
    "aaaaaaaaaaaaaaaaaaaa",
    "abababababababab",
    "%41%42%43%44%45%46",
    "ZXlKaGJHY2lPaUpJVXpJMU5pSjk",
    "pass wörd: \"ünd\" mehr",
    "41414141%4141414141",
];

/// The most that one raw byte of a secret takes in any form: `%XX`.
const WIDEST: usize = 3;

/// A set of secrets, sealed, with every form of them that is promised to be seen.
struct Known {
    secrets: Vec<&'static [u8]>,
    forms: Vec<Vec<u8>>,
    seal: Arc<Seal>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let sets = SECRETS.iter().map(|secret| vec![*secret]);
    let pairs = SECRETS.windows(2).map(<[_]>::to_vec);
    sets.chain(pairs)
        .chain([SECRETS.to_vec()])
        .map(known)
        .collect()
});

fn known(texts: Vec<&'static str>) -> Known {
    let held: Vec<Secret> = texts
        .iter()
        .map(|text| Secret::new((*text).to_owned()))
        .collect();
    let secrets: Vec<&[u8]> = texts.into_iter().map(str::as_bytes).collect();
    let mut forms: Vec<Vec<u8>> = secrets.iter().map(|secret| secret.to_vec()).collect();
    for secret in &secrets {
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            forms.extend((0..3).map(|before| aligned(&engine, before, secret)));
        }
    }
    Known {
        secrets,
        forms,
        seal: Arc::new(Seal::new(&held)),
    }
}

/// The characters that stay, whatever stands around the secret: found by trying two surroundings.
fn aligned(engine: &GeneralPurpose, before: usize, secret: &[u8]) -> Vec<u8> {
    let within = |byte: u8| engine.encode([&vec![byte; before], secret, &[byte; 3]].concat());
    let (one, other) = (within(0x00), within(0xff));
    let same: Vec<usize> = (0..one.len())
        .filter(|at| one.as_bytes()[*at] == other.as_bytes()[*at])
        .collect();
    let (first, last) = (
        same.first().copied().unwrap_or(0),
        same.last().map_or(0, |last| last + 1),
    );
    assert_eq!(last - first, same.len(), "one run of characters");
    one.as_bytes()[first..last].to_vec()
}

/// Which secrets, the lengths of the chunks, then the text.
pub fn holds(data: &[u8]) -> bool {
    let Some((which, data)) = data.split_first() else {
        return false;
    };
    let known = &KNOWN[usize::from(*which) % KNOWN.len()];
    let (lengths, script) = chunks::lengths(data);
    let text = written(known, script);
    let (must, may) = known.places(&text);

    let whole = known.seal.text(&text).into_owned();
    known.judge(&text, &whole, &may);

    let mut sealer = known.seal.stream();
    let (mut out, mut taken) = (Vec::new(), 0);
    let longest = known.forms.iter().map(Vec::len).max().unwrap_or(0);
    for piece in chunks::cut(&text, lengths) {
        taken += piece.len();
        out.extend_from_slice(&sealer.push(Bytes::copy_from_slice(piece)));
        assert!(
            taken - out.len() < WIDEST * longest,
            "holds back {}",
            taken - out.len()
        );
    }
    out.extend_from_slice(&sealer.finish());
    known.judge(&text, &out, &may);
    must
}

impl Known {
    /// Whether a secret stands in `text`, and each byte that belongs to one.
    fn places(&self, text: &[u8]) -> (bool, Vec<bool>) {
        let mut may = vec![false; text.len()];
        for form in &self.forms {
            for start in starts(text, form) {
                may[start..start + form.len()].fill(true);
            }
        }
        let found =
            may.contains(&true) || self.secrets.iter().any(|it| percent_decoded_has(text, it));
        for secret in &self.secrets {
            for start in 0..text.len() {
                if let Some(length) = mixed(&text[start..], secret) {
                    may[start..start + length].fill(true);
                }
            }
        }
        (found, may)
    }

    fn judge(&self, text: &[u8], sealed: &[u8], may: &[bool]) {
        assert_eq!(sealed.len(), text.len());
        let shown = || {
            (
                String::from_utf8_lossy(text),
                String::from_utf8_lossy(sealed),
            )
        };
        for (at, (before, after)) in text.iter().zip(sealed).enumerate() {
            assert!(
                before == after || may[at] && *after == b'*',
                "byte {at} of {:?}",
                shown()
            );
        }
        for form in &self.forms {
            assert!(starts(sealed, form).next().is_none(), "{:?}", shown());
        }
        for secret in &self.secrets {
            assert!(!percent_decoded_has(sealed, secret), "{:?}", shown());
        }
    }
}

fn starts<'a>(text: &'a [u8], form: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let at = move |(start, window): (usize, &[u8])| (window == form).then_some(start);
    text.windows(form.len()).enumerate().filter_map(at)
}

/// How much of `text` is `secret`, any of its bytes written as `%XX`.
fn mixed(text: &[u8], secret: &[u8]) -> Option<usize> {
    let mut at = 0;
    for byte in secret {
        let escape = text
            .get(at..at + 3)
            .filter(|three| escaped(three) == Some(*byte));
        at += match escape {
            Some(_) => 3,
            None if text.get(at) == Some(byte) => 1,
            None => return None,
        };
    }
    Some(at)
}

/// Whether a decoder that reads the text from its beginning comes upon the secret.
fn percent_decoded_has(text: &[u8], secret: &[u8]) -> bool {
    let (mut decoded, mut at) = (Vec::new(), 0);
    while let Some(byte) = text.get(at) {
        let escape = text.get(at..at + 3).and_then(escaped);
        decoded.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    starts(&decoded, secret).next().is_some()
}

fn escaped(three: &[u8]) -> Option<u8> {
    let digits = three.strip_prefix(b"%")?;
    let digits = digits.iter().all(u8::is_ascii_hexdigit).then_some(digits)?;
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Bytes below 0xF0 as they are; the others stand for a form of a secret, or a part of one.
fn written(known: &Known, script: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut script = script.iter().copied();
    while let Some(byte) = script.next() {
        if byte < 0xf0 {
            text.push(byte);
            continue;
        }
        let (which, how) = (script.next().unwrap_or(0), script.next().unwrap_or(0));
        let secret = known.secrets[usize::from(which) % known.secrets.len()];
        let form = match byte & 0x3 {
            0 => secret.to_vec(),
            1 => percent(secret, how),
            2 => inside(
                &[STANDARD, STANDARD_NO_PAD][usize::from(how >> 7)],
                how,
                secret,
            ),
            _ => inside(
                &[URL_SAFE, URL_SAFE_NO_PAD][usize::from(how >> 7)],
                how,
                secret,
            ),
        };
        let part = script.next().map_or(0, usize::from) % (form.len() + 1);
        text.extend_from_slice(match byte >> 2 & 0x3 {
            0 => &form,
            1 => &form[..part],
            2 => &form[part..],
            _ => &form[part / 2..form.len() - part / 2],
        });
    }
    text
}

/// With an escape for each bit of `how` that is set, in turn; the lowest bit says which case.
fn percent(secret: &[u8], how: u8) -> Vec<u8> {
    let mut text = Vec::new();
    for (at, byte) in secret.iter().enumerate() {
        match (
            how.rotate_right(u32::try_from(at % 8).unwrap_or(0)) & 1,
            how & 1,
        ) {
            (0, _) => text.push(*byte),
            (_, 0) => text.extend(format!("%{byte:02x}").bytes()),
            _ => text.extend(format!("%{byte:02X}").bytes()),
        }
    }
    text
}

fn inside(engine: &GeneralPurpose, how: u8, secret: &[u8]) -> Vec<u8> {
    let (before, after) = (usize::from(how & 3), usize::from(how >> 2 & 3));
    engine
        .encode([&b"\"{\n"[..before], secret, &b"ab\xff"[..after]].concat())
        .into_bytes()
}
