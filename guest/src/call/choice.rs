//! Parameters with one or several words of a fixed set.

use serde_json::{Map, Value, json};

use crate::{
    call::{input::Argument, suggest},
    model::rendered::Format,
    redact::capped,
};

/// A fixed set of choices, each with its word.
pub(crate) trait Set: Copy + PartialEq + 'static {
    /// The choice when none is given, where one has to be.
    const DEFAULT: Self;
    /// All choices, with their words as shown.
    const ALL: &'static [(&'static str, Self)];

    /// The word of the choice.
    fn word(self) -> &'static str {
        let known = Self::ALL.iter().find(|(_, choice)| *choice == self);
        known.map_or("", |(word, _)| word)
    }

    /// All words.
    fn words() -> Vec<&'static str> {
        Self::ALL.iter().map(|(word, _)| *word).collect()
    }
}

/// Declares sets: an enum each, a word for each choice. The first choice is the default.
macro_rules! sets {
    ($($(#[$doc:meta])* $name:ident { $first:ident = $word:literal $(, $more:ident = $words:literal)* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $first, $($more),* }
        impl $crate::call::choice::Set for $name {
            const DEFAULT: Self = Self::$first;
            const ALL: &'static [(&'static str, Self)] = &[($word, Self::$first), $(($words, Self::$more)),*];
        }
    )*};
}
pub(crate) use sets;

sets! {
    /// Health of an application or resource.
    HealthWord {
        Degraded = "Degraded",
        Missing = "Missing",
        Progressing = "Progressing",
        Unknown = "Unknown",
        Suspended = "Suspended",
        Healthy = "Healthy",
    }
    /// Sync status of an application.
    SyncWord { OutOfSync = "OutOfSync", Unknown = "Unknown", Synced = "Synced" }
    /// Phase of an operation.
    PhaseWord {
        Running = "Running",
        Failed = "Failed",
        Error = "Error",
        Succeeded = "Succeeded",
        Terminating = "Terminating",
    }
}

impl Set for Format {
    const DEFAULT: Self = Self::Paths;
    const ALL: &'static [(&'static str, Self)] = &[
        ("paths", Self::Paths),
        ("unified", Self::Unified),
        ("stat", Self::Stat),
    ];
}

/// One choice of a set; the default when not given.
#[derive(Debug)]
pub(crate) struct One<S>(pub(crate) S);

impl<S: Set> Argument for One<S> {
    const REQUIRED: bool = false;

    fn schema() -> Value {
        json!({"type": "string", "enum": S::words()})
    }

    fn read(value: &Value, _: &Map<String, Value>) -> Result<Self, String> {
        let text = value
            .as_str()
            .ok_or_else(|| "must be a string".to_owned())?;
        match text.trim() {
            "" => Ok(Self(S::DEFAULT)),
            text => choice(text).map(Self),
        }
    }

    fn absent() -> Option<Self> {
        Some(Self(S::DEFAULT))
    }
}

/// Any choices of a set, as a list or separated by commas; none given means all.
#[derive(Debug)]
pub(crate) struct Any<S>(pub(crate) Vec<S>);

impl<S: Set> Any<S> {
    /// Whether `word` is wanted.
    pub(crate) fn takes(&self, word: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|choice| choice.word() == word)
    }

    /// The words of the choices.
    pub(crate) fn words(&self) -> Vec<&'static str> {
        self.0.iter().map(|choice| choice.word()).collect()
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
        words.map(choice).collect::<Result<_, _>>().map(Self)
    }

    fn absent() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

fn choice<S: Set>(text: &str) -> Result<S, String> {
    let at = place(text, &S::words())?;
    Ok(S::ALL.get(at).map_or(S::DEFAULT, |(_, choice)| *choice))
}

/// The place of a word among `words`.
fn place(text: &str, words: &[&str]) -> Result<usize, String> {
    // `out-of-sync` and `Out Of Sync` are the word too.
    let letters = |text: &str| text.to_lowercase().replace(['-', '_', ' '], "");
    let known = (words.iter()).position(|word| letters(word) == letters(text));
    known.ok_or_else(|| {
        let near = suggest::nearest(text, words)
            .map(|near| format!(" Did you mean {near}?"))
            .unwrap_or_default();
        format!(
            "cannot be {:?}.{near} Allowed: {}",
            capped(text, 40),
            words.join(", ")
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
    use crate::model::rendered::Format;

    fn read<A: Argument>(value: Value) -> Result<A, String> {
        A::read(&value, &Map::new())
    }

    #[test]
    fn words_in_any_spelling() {
        assert_eq!(
            read::<Any<HealthWord>>(json!("degraded, missing"))
                .unwrap()
                .0,
            [HealthWord::Degraded, HealthWord::Missing]
        );
        assert_eq!(
            read::<Any<HealthWord>>(json!(["Healthy"])).unwrap().0,
            [HealthWord::Healthy]
        );
        assert!(read::<Any<HealthWord>>(json!("")).unwrap().takes("Healthy"));
        assert!(
            !read::<Any<HealthWord>>(json!("Missing"))
                .unwrap()
                .takes("Healthy")
        );
        let error = read::<Any<HealthWord>>(json!("Degradet")).unwrap_err();
        assert!(error.contains("Did you mean Degraded?"), "{error}");
        for (text, want) in [
            ("synced", SyncWord::Synced),
            ("out-of-sync", SyncWord::OutOfSync),
            (" ", SyncWord::OutOfSync),
        ] {
            assert_eq!(read::<One<SyncWord>>(json!(text)).unwrap().0, want);
        }
        assert_eq!(One::<SyncWord>::absent().unwrap().0, SyncWord::OutOfSync);
        for (text, want) in [
            ("", Format::Paths),
            ("paths", Format::Paths),
            ("Unified", Format::Unified),
            ("stat", Format::Stat),
        ] {
            assert_eq!(read::<One<Format>>(json!(text)).unwrap().0, want);
        }
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
