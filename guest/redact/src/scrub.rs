//! All passes over one piece of text, each only where it may find something.

use super::{clean, named, pairs, shapes, urls};

/// Cleans one piece of text (control, ANSI, bidi, zero-width and tag characters) and hides what
/// looks like a credential in it.
pub fn scrub(text: &str) -> String {
    let mut out = clean::clean(text).unwrap_or_else(|| text.to_owned());
    let mut signs = signs(&out);
    for (needs, pass) in PASSES {
        if needs(signs, out.len())
            && let Some(changed) = pass(&out)
        {
            out = changed;
            signs = self::signs(&out);
        }
    }
    out
}

/// Whether a text with these signs and this length in bytes may hold what a pass looks for. Most
/// strings of a list are names, numbers and times, and a list has a million of them: one look at each
/// byte is cheaper than eight searches.
type Needs = fn(u8, usize) -> bool;

/// Gives the changed text, or `None`.
type Pass = fn(&str) -> Option<String>;

const PASSES: [(Needs, Pass); 8] = [
    (|signs, _| signs & DASH > 0, shapes::private_keys),
    (|signs, _| signs & COLON > 0, urls::user_info),
    (|signs, _| signs & AT > 0, urls::login),
    (|signs, _| signs & DASH > 0, named::set_values),
    (|signs, _| signs & COLON > 0, named::named_values),
    // A flag has a blank between itself and its value.
    (
        |signs, _| signs & (COLON | EQUALS) > 0 || signs & (DASH | BLANK) == DASH | BLANK,
        pairs::pairs,
    ),
    (|_, bytes| bytes >= shapes::LEAST_BYTES, shapes::tokens),
    (|signs, _| signs & SLASH > 0, temporary_files),
];

const DASH: u8 = 1;
const COLON: u8 = 2;
const AT: u8 = 4;
/// An equals sign, or the bracket that ends a tag.
const EQUALS: u8 = 8;
const SLASH: u8 = 16;
const BLANK: u8 = 32;

const SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    signs[b'-' as usize] = DASH;
    signs[b':' as usize] = COLON;
    signs[b'@' as usize] = AT;
    signs[b'=' as usize] = EQUALS;
    signs[b'>' as usize] = EQUALS;
    signs[b'/' as usize] = SLASH;
    signs[b' ' as usize] = BLANK;
    signs
};

fn signs(text: &str) -> u8 {
    let sign = |all, byte| all | SIGNS[usize::from(byte)];
    text.bytes().fold(0, sign)
}

/// Argo CD's own temporary file in messages of refused patches: it differs each time and is nobody's file.
fn temporary_files(text: &str) -> Option<String> {
    const START: &str = "/dev/shm/";
    memchr::memmem::find(text.as_bytes(), START.as_bytes())?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(START) {
        let digits = rest[at + START.len()..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let mut end = at + START.len() + digits;
        let mut start = at;
        if digits > 0 {
            if rest[..start].ends_with('"') && rest[end..].starts_with('"') {
                start -= 1;
                end += 1;
            }
            start = rest[..start].trim_end_matches(' ').len();
        } else {
            start = end;
        }
        out.push_str(&rest[..start]);
        rest = &rest[end..];
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{PASSES, scrub, signs};

    #[test]
    fn a_pass_that_is_left_out_would_have_found_nothing() {
        // What the passes look for, in pieces: one text of three parts has each sign without the others.
        let parts = [
            "",
            " ",
            "-----BEGIN ",
            "PRIVATE KEY-----",
            "https",
            "://",
            "u:hunter22",
            "@",
            "h.example",
            "--set ",
            "--password ",
            "a=b",
            "value",
            "- name: TOKEN\n  ",
            ": x",
            "token",
            "<secret>",
            "bearer ",
            "Basic ",
            "abcDEF01",
            "/dev/shm/",
            "12",
            "\n",
            "ghp_0123456789abcdef",
            "-u ",
            "x:y",
            "=",
            "\"",
        ];
        let (mut left_out, mut found) = (0, [0; PASSES.len()]);
        for (i, a) in parts.iter().enumerate() {
            for b in &parts {
                for c in &parts[i % 3..] {
                    let text = [*a, b, c].concat();
                    for (count, (needs, pass)) in found.iter_mut().zip(PASSES) {
                        let has_found = pass(&text).is_some();
                        let is_left_out = !needs(signs(&text), text.len());
                        left_out += usize::from(is_left_out);
                        assert!(!(is_left_out && has_found), "{text}");
                        *count += usize::from(has_found);
                    }
                }
            }
        }
        assert!(left_out > 10_000, "{left_out}");
        assert!(
            found.iter().all(|count| *count > 0),
            "each pass has something to find: {found:?}"
        );
    }

    #[test]
    fn hostile_text_takes_no_quadratic_time() {
        // Each took minutes with a pass that looks back or ahead without a bound.
        for part in [
            ": ",
            "a=",
            "k:",
            "-a '",
            "eyJ-",
            "a-",
            "a://",
            "-----BEGIN ",
            "<a>",
            "--x ",
            "password=",
            "\"",
            "=> ",
            "/dev/shm/",
            "https://u:",
            "token: ",
            "'",
            "\\\"",
            "a.b-c_",
            "\u{1b}[",
            "\u{1b}]",
            "value: ",
            "name: token ",
            "--set a=",
            "a:bbbbbb@",
            "dXNlcjpw",
        ] {
            let text = part.repeat(64 * 1_024 / part.len());
            assert!(scrub(&text).len() <= 2 * text.len(), "{part}");
        }
    }

    #[test]
    fn temporary_file_names_are_cut() {
        for (text, want) in [
            (
                r#"error when patching "/dev/shm/2380152": Deployment.apps "x" is invalid"#,
                r#"error when patching: Deployment.apps "x" is invalid"#,
            ),
            ("open /dev/shm/12 failed", "open failed"),
            ("ls /dev/shm/cache", "ls /dev/shm/cache"),
        ] {
            assert_eq!(scrub(text), want);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "",
            "Synced",
            "registry.example.com/payments/checkout-api:4.12.0",
            "registry.example.com/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "Back-off restarting failed container api in pod checkout-api-67948d46c5-5bbdp_checkout(1b064a1b-e29a-4408-afb0-e4c1c6fed935)",
            "Deployment \"recommendation\" exceeded its progress deadline",
            "failed to authorize: failed to fetch anonymous token: unexpected status from GET request",
            "invalid session: token has invalid claims: token is expired",
            "secret \"orders-db\" not found",
            "https://git.example.com/storefront/deploy.git",
            "git@git.example.com:storefront/deploy.git",
            "couldn't find key password in Secret orders/orders-db",
            "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
            "Basic authentication failed",
            "2026-11-22T21:11:16Z",
        ] {
            assert_eq!(scrub(text), text);
        }
    }
}
