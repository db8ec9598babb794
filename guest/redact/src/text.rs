//! Text from outside, cleaned and redacted while it is deserialised.

use std::{fmt, ops::Deref};

use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::{excerpt::excerpt, scrub::scrub};
use crate::limits;

/// A string from Argo CD, the cluster or Git: no control or invisible characters, no known
/// credential. Numbers and booleans are accepted as their text, `null` as the empty text, because
/// one odd field must not make a whole answer unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(String);

impl Text {
    /// Cleans and redacts `raw`, of which at most the first [`limits::TEXT_BYTES`] are kept.
    pub fn new(raw: &str) -> Self {
        if raw.len() > limits::TEXT_BYTES {
            // A secret that the cut splits may no longer be recognisable: drop the last word.
            let kept = &raw[..raw.floor_char_boundary(limits::TEXT_BYTES)];
            let end = kept.rfind(char::is_whitespace).unwrap_or(0);
            Self(format!("{} …", scrub(&kept[..end])))
        } else {
            Self(scrub(raw))
        }
    }

    /// The text on one line, at most `max` characters long.
    pub fn line(&self, max: usize) -> String {
        one_line(&self.0, max)
    }

    /// The text on one line of at most `max` characters, keeping what it says: see [`excerpt`].
    pub fn both_ends(&self, max: usize) -> String {
        excerpt(&one_line(&self.0, limits::TEXT_BYTES), max)
    }
}

/// `text` with all runs of white space made one space, cut to `max` characters.
pub fn one_line(text: &str, max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(max));
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        // Each character is at least one byte, so enough bytes of ASCII are enough characters.
        if line.len() > max * 4 {
            break;
        }
    }
    if line.len() <= max {
        line
    } else {
        capped(&line, max)
    }
}

/// `text` cut to `max` characters, the cut shown.
pub fn capped(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => text.to_owned(),
        Some(_) => {
            let end = text
                .char_indices()
                .nth(max.saturating_sub(1))
                .map_or(text.len(), |(at, _)| at);
            format!("{}…", &text[..end])
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;
        impl<'de> Visitor<'de> for Scalar {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, v: &str) -> Result<Text, E> {
                Ok(Text::new(v))
            }

            fn visit_bool<E: Error>(self, v: bool) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_i64<E: Error>(self, v: i64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_u64<E: Error>(self, v: u64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_f64<E: Error>(self, v: f64) -> Result<Text, E> {
                Ok(Text(v.to_string()))
            }

            fn visit_unit<E: Error>(self) -> Result<Text, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Scalar)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Text, capped, one_line};

    #[test]
    fn both_ends_of_a_long_text_stay() {
        let chain = format!(
            "cannot render: {}no basic auth credentials",
            "layer: ".repeat(40)
        );
        for max in [60, 100, 281] {
            let line = Text::new(&chain).both_ends(max);
            assert!(line.chars().count() <= max, "{max}: {line}");
            assert!(
                line.starts_with("cannot render:") && line.ends_with("credentials"),
                "{line}"
            );
        }
        assert_eq!(Text::new("short …").both_ends(60), "short …");
        assert_eq!(Text::new(&"é".repeat(90)).both_ends(30).chars().count(), 30);
    }

    #[test]
    fn deserialises_clean() {
        let text: Text = serde_json::from_str(r#""https://u:p@h/x\u001b[31m red""#).unwrap();
        assert_eq!(&*text, "https://h/x red");
        for (json, want) in [("null", ""), ("5", "5"), ("true", "true")] {
            assert_eq!(&*serde_json::from_str::<Text>(json).unwrap(), want);
        }
        assert!(serde_json::from_str::<Text>("[]").is_err());
    }

    #[test]
    fn lines_are_capped_in_characters() {
        assert_eq!(one_line(" a\n b\tc ", 10), "a b c");
        assert_eq!(one_line("äöü äöü", 5), "äöü …");
        assert_eq!(capped("abcdef", 6), "abcdef");
        assert_eq!(capped("abcdef", 5), "abcd…");
    }
}
