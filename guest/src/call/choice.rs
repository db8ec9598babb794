//! Parameters with one or several words of a fixed set.

use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use crate::{
    call::{input::Argument, suggest},
    model::rendered::Format,
    redact::capped,
};

/// A fixed set of words; the first one is the default where there is one.
pub(crate) trait Set {
    /// The words as shown.
    const WORDS: &'static [&'static str];
}

/// Declares sets of words.
macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident: [$($word:literal),+];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;
        impl $crate::call::choice::Set for $name {
            const WORDS: &'static [&'static str] = &[$($word),+];
        }
    )*};
}
pub(crate) use sets;

sets! {
    /// Health of an application or resource.
    HealthWord: ["Degraded", "Missing", "Progressing", "Unknown", "Suspended", "Healthy"];
    /// Sync status of an application.
    SyncWord: ["OutOfSync", "Unknown", "Synced"];
    /// How differences are shown.
    FormatWord: ["paths", "unified", "stat"];
    /// Phase of an operation.
    PhaseWord: ["Running", "Failed", "Error", "Succeeded", "Terminating"];
}

/// One word of a set; the first one when not given.
#[derive(Debug)]
pub(crate) struct One<S>(pub(crate) &'static str, PhantomData<S>);

impl One<FormatWord> {
    /// The format of that name.
    pub(crate) fn format(&self) -> Format {
        match self.0 {
            "unified" => Format::Unified,
            "stat" => Format::Stat,
            _ => Format::Paths,
        }
    }
}

impl<S: Set> Argument for One<S> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        json!({"type": "string", "enum": S::WORDS})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        let text = value
            .as_str()
            .ok_or_else(|| "must be a string".to_owned())?;
        match text.trim() {
            "" => Ok(Self(S::WORDS[0], PhantomData)),
            text => word::<S>(text).map(|word| Self(word, PhantomData)),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self(S::WORDS[0], PhantomData))
    }
}

/// Any words of a set, as a list or separated by commas; none given means all.
#[derive(Debug)]
pub(crate) struct Any<S>(pub(crate) Vec<&'static str>, PhantomData<S>);

impl<S: Set> Any<S> {
    /// Whether `word` is wanted.
    pub(crate) fn takes(&self, word: &str) -> bool {
        self.0.is_empty() || self.0.contains(&word)
    }
}

impl<S: Set> Argument for Any<S> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        json!({"type": "string"})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        let texts: Vec<&str> = match value {
            Value::String(text) => text.split(',').collect(),
            Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().ok_or_else(|| "must be strings".to_owned()))
                .collect::<Result<_, _>>()?,
            _ => return Err("must be comma-separated words".to_owned()),
        };
        let words = texts
            .into_iter()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let words: Vec<&'static str> = words.map(word::<S>).collect::<Result<_, _>>()?;
        Ok(Self(words, PhantomData))
    }

    fn absent() -> Option<Self> {
        Some(Self(Vec::new(), PhantomData))
    }
}

fn word<S: Set>(text: &str) -> Result<&'static str, String> {
    // `out-of-sync` and `Out Of Sync` are the word too.
    let letters = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let known = S::WORDS.iter().find(|word| letters(word) == letters(text));
    known.copied().ok_or_else(|| {
        let near = suggest::nearest(text, S::WORDS)
            .map(|near| format!(" Did you mean {near}?"))
            .unwrap_or_default();
        format!(
            "cannot be {:?}.{near} Allowed: {}",
            capped(text, 40),
            S::WORDS.join(", ")
        )
    })
}

/// A case-insensitive substring filter.
#[derive(Clone, Debug)]
pub(crate) struct Part(String);

/// Maximum length of a substring, in bytes: a URL.
const PART_BYTES: usize = 500;

impl Part {
    /// The part `text`.
    pub(crate) fn of(text: &str) -> Self {
        // People write patterns; what stands between the stars is the part.
        Self(text.trim_matches('*').to_lowercase())
    }

    /// Whether `text` contains it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        text.to_lowercase().contains(&self.0)
    }

    /// The part, in lower case.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Argument for Part {
    fn schema() -> Value {
        json!({"type": "string"})
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let text = String::read(value, all)?;
        match text.len() {
            0..=PART_BYTES => Ok(Self::of(&text)),
            _ => Err(format!("is longer than {PART_BYTES} bytes")),
        }
    }
}

/// Yes or no; no when not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

impl Argument for Flag {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        json!({"type": "boolean"})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        match value {
            Value::Bool(flag) => Ok(Self(*flag)),
            Value::String(text) => match text.trim() {
                "true" | "yes" | "1" => Ok(Self(true)),
                "false" | "no" | "0" | "" => Ok(Self(false)),
                _ => Err("must be true or false".to_owned()),
            },
            _ => Err("must be true or false".to_owned()),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self(false))
    }
}

/// A span of time: `15m`, `2h`, `1d`, or a number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) u32);

impl Span {
    /// `15 min`, `90 s`: in the largest unit that fits exactly.
    pub(crate) fn words(self) -> String {
        let units = [(86_400, "d"), (3_600, "h"), (60, "min")];
        let exact = units
            .into_iter()
            .find(|(unit, _)| self.0.is_multiple_of(*unit));
        let (unit, name) = exact.unwrap_or((1, "s"));
        format!("{} {name}", self.0 / unit)
    }
}

/// Maximum duration, in seconds: a year.
const SPAN_SECONDS: u64 = 366 * 86_400;

impl Argument for Span {
    fn schema() -> Value {
        json!({"type": "string"})
    }

    fn read(value: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let text = String::read(value, all)?;
        let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
            Some(number) => (number, &text[number.len()..]),
            None => (text.as_str(), "s"),
        };
        let unit = match unit {
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => 1,
        };
        let seconds = number
            .trim()
            .parse::<u64>()
            .ok()
            .and_then(|number| number.checked_mul(unit));
        match seconds.filter(|seconds| (1..=SPAN_SECONDS).contains(seconds)) {
            Some(seconds) => u32::try_from(seconds)
                .map(Self)
                .map_err(|_| "is too long".to_owned()),
            None => Err("must be a duration such as 15m, 2h or 1d".to_owned()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Map, Value, json};

    use crate::call::choice::{Any, Flag, HealthWord, One, Part, Span, SyncWord};
    use crate::call::input::Argument;

    fn read<A: Argument>(value: Value) -> Result<A, String> {
        A::read(&value, &Map::new())
    }

    #[test]
    fn words_in_any_spelling() {
        assert_eq!(
            read::<Any<HealthWord>>(json!("degraded, missing"))
                .unwrap()
                .0,
            ["Degraded", "Missing"]
        );
        assert_eq!(
            read::<Any<HealthWord>>(json!(["Healthy"])).unwrap().0,
            ["Healthy"]
        );
        assert!(read::<Any<HealthWord>>(json!("")).unwrap().takes("Healthy"));
        assert!(
            !read::<Any<HealthWord>>(json!("Missing"))
                .unwrap()
                .takes("Healthy")
        );
        let error = read::<Any<HealthWord>>(json!("Degradet")).unwrap_err();
        assert!(error.contains("Did you mean Degraded?"), "{error}");
        assert_eq!(read::<One<SyncWord>>(json!("synced")).unwrap().0, "Synced");
        assert_eq!(
            read::<One<SyncWord>>(json!("out-of-sync")).unwrap().0,
            "OutOfSync"
        );
        assert_eq!(One::<SyncWord>::absent().unwrap().0, "OutOfSync");
        assert!(read::<One<SyncWord>>(json!(7)).is_err());
    }

    #[test]
    fn parts_flags_and_spans() {
        assert!(read::<Part>(json!("WEB")).unwrap().is_in("my-web-app"));
        assert!(read::<Part>(json!("x".repeat(501))).is_err());
        assert_eq!(read::<Flag>(json!("true")).unwrap(), Flag(true));
        assert!(read::<Flag>(json!("perhaps")).is_err());
        for (text, want) in [("15m", 900), ("2h", 7_200), ("90", 90), ("1d", 86_400)] {
            assert_eq!(read::<Span>(json!(text)).unwrap(), Span(want));
        }
        assert_eq!(read::<Span>(json!(60)).unwrap(), Span(60));
        for text in ["", "h", "0", "-5m", "99999999d", "5 weeks"] {
            assert!(read::<Span>(json!(text)).is_err(), "{text}");
        }
    }
}
