#![allow(clippy::unwrap_used)]

use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::*;

const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbjpsb2dpbiJ9.c2VjcmV0-_c2VjcmV0";

fn seal() -> Arc<Seal> {
    Arc::new(Seal::new([&Secret::new(TOKEN.to_owned())]))
}

fn percent(text: &str, every: usize, upper: bool) -> String {
    let escape = |(at, byte): (usize, u8)| match (at % every, upper) {
        (0, true) => format!("%{byte:02X}"),
        (0, false) => format!("%{byte:02x}"),
        _ => char::from(byte).to_string(),
    };
    text.bytes().enumerate().map(escape).collect()
}

/// Every form that sealing promises to see, with what of it must not come through.
fn forms() -> Vec<(String, String)> {
    let mut forms = vec![(TOKEN.to_owned(), TOKEN.to_owned())];
    for every in [1, 2, 3, 7] {
        for upper in [true, false] {
            let form = percent(TOKEN, every, upper);
            forms.push((form.clone(), form));
        }
    }
    for before in 0..6 {
        let text = format!(
            "{}{TOKEN}{}",
            "ab c/d".split_at(before).0,
            "tail".split_at(before % 4).0
        );
        let encoded = [
            STANDARD.encode(&text),
            STANDARD_NO_PAD.encode(&text),
            URL_SAFE.encode(&text),
            URL_SAFE_NO_PAD.encode(&text),
        ];
        for form in encoded {
            let from = (before * 8).div_ceil(6);
            let to = (before + TOKEN.len()) * 8 / 6;
            forms.push((form.clone(), form[from..to].to_owned()));
        }
    }
    forms
}

fn run(seal: &Arc<Seal>, chunks: &[&[u8]]) -> Vec<u8> {
    let mut sealer = seal.stream();
    let mut out = Vec::new();
    for chunk in chunks {
        out.extend_from_slice(&sealer.push(Bytes::copy_from_slice(chunk)));
    }
    out.extend_from_slice(&sealer.finish());
    out
}

#[test]
fn each_form_is_overwritten_at_each_split() {
    let seal = seal();
    for (form, hidden) in forms() {
        let text = format!("{{\"echo\":\"Bearer {form}\",\"n\":\"100% ey\"}}");
        let masked = text.replacen(&hidden, &"*".repeat(hidden.len()), 1);
        assert_ne!(masked, text);
        assert_eq!(seal.text(text.as_bytes()), masked.as_bytes(), "{form}");
        for at in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(at);
            assert_eq!(
                run(&seal, &[head, tail]),
                masked.as_bytes(),
                "{form} at {at}"
            );
        }
        let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(
            run(&seal, &single),
            masked.as_bytes(),
            "{form} byte by byte"
        );
    }
}

#[test]
fn any_chunking_gives_the_same_and_clean_text_passes_unchanged() {
    let seal = seal();
    let forms = forms();
    let mut state = 11_u64;
    let mut random = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % bound
    };
    for round in 0..300 {
        let mut text = Vec::new();
        let mut clean = Vec::new();
        for _ in 0..1 + random(6) {
            let noise = [
                "ey",
                "%",
                "%6",
                "eyJhbGciOiJIUzI1NiJ9.",
                "ZXlK",
                "x",
                "%65%79J",
                "\n",
            ][random(8)];
            text.extend_from_slice(noise.as_bytes());
            clean.extend_from_slice(noise.as_bytes());
            if random(2) == 0 {
                text.extend_from_slice(forms[random(forms.len())].0.as_bytes());
                text.push(b' ');
            }
        }
        let whole = seal.text(&text).into_owned();
        assert_eq!(whole.len(), text.len());
        for (_, hidden) in &forms {
            assert!(
                !String::from_utf8_lossy(&whole).contains(&**hidden),
                "{round}"
            );
        }
        let mut chunks = Vec::new();
        let mut rest = &text[..];
        while !rest.is_empty() {
            let (head, tail) = rest.split_at(1 + random(rest.len().min(40)));
            chunks.push(head);
            rest = tail;
        }
        assert_eq!(run(&seal, &chunks), whole, "{round}");
        assert_eq!(seal.text(&clean), clean);
    }
}

#[test]
fn nothing_but_a_partial_match_is_held_back() {
    let seal = seal();
    let rows = [
        ("plain text", 0),
        ("100", 0),
        ("100%", 1),
        ("100%6", 2),
        ("x e", 1),
        ("x ey", 2),
        ("x %65y", 4),
        ("x eyJhbX", 0),
        (&TOKEN[..20], 20),
        (&TOKEN[1..20], 0),
    ];
    for (text, held) in rows {
        let mut sealer = seal.stream();
        let passed = sealer.push(Bytes::copy_from_slice(text.as_bytes()));
        assert_eq!(passed.len(), text.len() - held, "{text}");
        assert_eq!(sealer.finish().len(), held, "{text}");
    }
    let text = Bytes::from_static(b"no secret in here");
    let passed = seal.stream().push(text.clone());
    assert_eq!(
        passed.as_ptr(),
        text.as_ptr(),
        "clean chunks are not copied"
    );
}

#[test]
fn short_secrets_are_not_searched() {
    let short = Seal::new([&Secret::new("a".repeat(SEAL_BYTES - 1))]);
    assert_eq!(*short.text(&[b'a'; 40]), [b'a'; 40]);
    let long = Seal::new([&Secret::new("a".repeat(SEAL_BYTES))]);
    assert_eq!(*long.text(&[b'a'; SEAL_BYTES]), [MASK; SEAL_BYTES]);
}

#[test]
fn a_placeholder_looks_like_a_token_and_differs_each_time() {
    let (one, two) = (
        Placeholder::random().unwrap(),
        Placeholder::random().unwrap(),
    );
    assert_ne!(one, two);
    assert_eq!(one.as_str().split('.').count(), 3);
    assert!(http::HeaderValue::from_str(one.as_str()).is_ok());
}
