//! Whether two values that are written differently mean the same: amounts, durations, numbers in
//! quotes, `null`.

use crate::redact::Node;

/// Suffixes of a Kubernetes quantity with their factor as numerator and power of ten of the
/// denominator (apimachinery, `resource.Quantity`).
const SUFFIXES: [(&str, i128, u32); 15] = [
    ("Ki", 1 << 10, 0),
    ("Mi", 1 << 20, 0),
    ("Gi", 1 << 30, 0),
    ("Ti", 1 << 40, 0),
    ("Pi", 1 << 50, 0),
    ("Ei", 1 << 60, 0),
    ("n", 1, 9),
    ("u", 1, 6),
    ("m", 1, 3),
    ("k", 1_000, 0),
    ("M", 1_000_000, 0),
    ("G", 1_000_000_000, 0),
    ("T", 1_000_000_000_000, 0),
    ("P", 1_000_000_000_000_000, 0),
    ("E", 1_000_000_000_000_000_000, 0),
];
/// Units of a Go duration in nanoseconds, the longer spelling first.
const UNITS: [(&str, i128); 6] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];
/// Maximum digits of a number that is compared: more would not fit the arithmetic.
const DIGITS_MAX: usize = 15;
/// Digits after the point that all numbers are scaled to: a nano is the smallest quantity.
const SCALE: u32 = 9;

/// Why two values mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alike {
    /// `1` and `1000m`, `1Gi` and `1024Mi`.
    Amount,
    /// `24h` and `24h0m0s`.
    Duration,
    /// `8080` and `"8080"`, `true` and `"true"`.
    Quoted,
    /// `null` beside none. Other empty values are no match: an empty selector selects everything, and
    /// no replicas are not one.
    Null,
    /// They differ only in spaces and line ends at the end of lines.
    Spaces,
}

impl Alike {
    /// As a remark on a difference.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Amount => "the same amount, written differently",
            Self::Duration => "the same duration, written differently",
            Self::Quoted => "the same value, once in quotes",
            Self::Null => "null is the same as absent",
            Self::Spaces => "only spaces or line ends differ",
        }
    }
}

impl Alike {
    /// Whether it holds for a field of this path: programs read the values of ConfigMaps, labels and
    /// environments as texts.
    pub(crate) fn holds_at(self, path: &str) -> bool {
        let is_text = ["data.", "binaryData.", "stringData."]
            .iter()
            .any(|start| path.starts_with(start))
            || path.contains("metadata.labels")
            || path.contains("metadata.annotations")
            || path.ends_with(".value");
        !(is_text && matches!(self, Self::Amount | Self::Duration))
    }
}

/// Why `live` and `wanted` mean the same; `None` when they do not, or when one is hidden.
pub(crate) fn of(live: Option<&Node>, wanted: Option<&Node>) -> Option<Alike> {
    match (live, wanted) {
        (None, Some(only)) | (Some(only), None) => is_null(only).then_some(Alike::Null),
        (Some(Node::Text(a)), Some(Node::Text(b))) => texts(a, b),
        (Some(a), Some(b)) => values(a, b),
        (None, None) => None,
    }
}

fn texts(a: &str, b: &str) -> Option<Alike> {
    let trimmed = |text: &str| -> Vec<String> {
        let lines = text.trim_end().lines();
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    // Two plain numbers in texts may be versions: `1.0` is not `1.00`.
    let has_unit = |text: &str| text.ends_with(|end: char| end.is_ascii_alphabetic());
    if has_unit(a) || has_unit(b) {
        if let (Some(x), Some(y)) = (amount(a), amount(b)) {
            return (x == y).then_some(Alike::Amount);
        }
        if let (Some(x), Some(y)) = (duration(a), duration(b)) {
            return (x == y).then_some(Alike::Duration);
        }
    }
    (trimmed(a) == trimmed(b)).then_some(Alike::Spaces)
}

/// A number or flag beside a text, or an amount beside a number.
fn values(a: &Node, b: &Node) -> Option<Alike> {
    let plain = |node: &Node| match node {
        Node::Number(number) => Some(number.to_string()),
        Node::Bool(flag) => Some(flag.to_string()),
        _ => None,
    };
    let (number, text) = match (a, b) {
        (Node::Text(text), other) | (other, Node::Text(text)) => (plain(other)?, text),
        (a, b) => {
            let (a, b) = (amount(&plain(a)?)?, amount(&plain(b)?)?);
            return (a == b).then_some(Alike::Amount);
        }
    };
    if number == *text {
        return Some(Alike::Quoted);
    }
    let is_equal = amount(&number).is_some_and(|amount_of| amount(text) == Some(amount_of));
    is_equal.then_some(Alike::Amount)
}

/// `null`, or an object of nothing else, as `{creationTimestamp: null}`.
fn is_null(node: &Node) -> bool {
    match node {
        Node::Map(map) => !map.is_empty() && map.values().all(|inner| *inner == Node::Null),
        node => *node == Node::Null,
    }
}

/// A quantity as a whole number of 10^-9; `None` for what is none.
fn amount(text: &str) -> Option<i128> {
    let (number, factor, power) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor, power)| Some((text.strip_suffix(suffix)?, *factor, *power)))
        .unwrap_or((text, 1, 0));
    let scaled = decimal(number)?;
    // 15 + 9 digits of the number and 19 of the largest factor exceed 38: such a number is none.
    let whole = scaled.checked_mul(factor)?;
    let divisor = 10_i128.pow(power);
    (whole % divisor == 0).then_some(whole / divisor)
}

/// `1`, `0.5`, `-2` as a whole number of 10^-9.
fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > DIGITS_MAX || !is_number(whole) || !is_number(part) {
        return None;
    }
    let places = u32::try_from(part.len())
        .ok()
        .filter(|places| *places <= SCALE)?;
    let read: i128 = format!("{whole}{part}").parse().ok()?;
    Some(sign * read * 10_i128.pow(SCALE - places))
}

/// A Go duration in nanoseconds: `1h30m`, `24h0m0s`.
fn duration(text: &str) -> Option<i128> {
    let (mut rest, mut total) = (text, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i128 = rest[..digits].parse::<u32>().ok()?.into();
        rest = &rest[digits..];
        let (unit, nanoseconds) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        rest = &rest[unit.len()..];
        total += count * nanoseconds;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::{Alike, of};
    use crate::redact::Manifest;

    #[test]
    fn the_same_written_otherwise_and_its_look_alikes() {
        let gone = Value::Null;
        for (live, wanted, expected) in [
            (json!("1"), json!("1000m"), Some(Alike::Amount)),
            (json!("1Gi"), json!("1024Mi"), Some(Alike::Amount)),
            (json!("0.5"), json!("500m"), Some(Alike::Amount)),
            (json!(2), json!("2000m"), Some(Alike::Amount)),
            (json!("1.5Gi"), json!("1536Mi"), Some(Alike::Amount)),
            (json!("1G"), json!("1000M"), Some(Alike::Amount)),
            (json!("24h"), json!("24h0m0s"), Some(Alike::Duration)),
            (json!("90m"), json!("1h30m0s"), Some(Alike::Duration)),
            (json!("8080"), json!(8080), Some(Alike::Quoted)),
            (json!(true), json!("true"), Some(Alike::Quoted)),
            (
                gone.clone(),
                json!({"creationTimestamp": null}),
                Some(Alike::Null),
            ),
            (json!("a \nb\n"), json!("a\nb"), Some(Alike::Spaces)),
            // Nearly the same is not the same.
            (json!("1Gi"), json!("1G"), None),
            (json!("1000Mi"), json!("1Gi"), None),
            (json!("1"), json!("1m"), None),
            (json!("60m"), json!("60s"), None),
            (json!("8080"), json!(8081), None),
            (json!("on"), json!(true), None),
            (json!("1.2.3"), json!("1.2.30"), None),
            (json!("v1"), json!("v1.0"), None),
            (json!(" a"), json!("a"), None),
            (json!("1.0"), json!("1.00"), None),
            (gone.clone(), json!({}), None),
            (gone.clone(), json!(""), None),
            (gone.clone(), json!(false), None),
            (gone.clone(), json!(0), None),
            (gone.clone(), json!({"a": 1}), None),
            (gone.clone(), json!(1), None),
            (json!("0123456789abcdef"), json!("123456789abcdef"), None),
        ] {
            let read =
                |value: &Value| serde_json::from_value::<Manifest>(json!({"v": value})).unwrap();
            let (a, b) = (read(&live), read(&wanted));
            let side = |manifest: &Manifest, value: &Value| {
                let node = manifest.node().at(&["v"]).cloned();
                node.filter(|_| !value.is_null())
            };
            let (a, b) = (side(&a, &live), side(&b, &wanted));
            assert_eq!(of(a.as_ref(), b.as_ref()), expected, "{live} {wanted}");
            assert_eq!(of(b.as_ref(), a.as_ref()), expected, "{wanted} {live}");
        }
    }
}
