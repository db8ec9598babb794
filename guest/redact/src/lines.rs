//! Redacts text line by line, where a private key spans lines, and a name and its value may be on two
//! lines.

use super::{scrub::scrub, shapes};
use crate::limits;

/// Scrubs the lines of one stream in order, remembering what the lines before may say about one.
#[derive(Default)]
pub struct LineScrubber {
    /// Lines of an open private key that may still follow.
    key_lines: usize,
    /// The previous line, unredacted.
    before: String,
}

impl LineScrubber {
    /// The line to show; `None` inside a private key, whose first line has been shown as hidden.
    pub fn line(&mut self, raw: &str) -> Option<String> {
        let (opens, closes) = shapes::key_boundary(raw);
        let in_key = self.key_lines > 0;
        self.key_lines = match (opens, closes) {
            (true, _) => limits::PRIVATE_KEY_LINES,
            (false, true) => 0,
            (false, false) => self.key_lines.saturating_sub(1),
        };
        let shown = (!in_key).then(|| self.beside_its_name(raw).unwrap_or_else(|| scrub(raw)));
        self.before.clear();
        self.before.push_str(raw);
        shown
    }

    /// A line `value: …`, scrubbed as the second line of two: the name of the value is on the one before.
    fn beside_its_name(&self, raw: &str) -> Option<String> {
        let key = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
        if !key.starts_with("value") {
            return None;
        }
        let both = scrub(&format!("{}\n{raw}", self.before));
        let (name, value) = both.split_once('\n')?;
        (!name.is_empty() && !value.contains('\n')).then(|| value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::LineScrubber;

    #[test]
    fn keys_over_several_lines_are_hidden() {
        let mut scrubber = LineScrubber::default();
        let lines = [
            "before",
            "-----BEGIN EC PRIVATE KEY-----",
            "MHcCAQEEICanaryCanaryCanary",
            "-----END EC PRIVATE KEY-----",
            "after",
            "-----BEGIN PRIVATE KEY-----MHc-----END PRIVATE KEY-----",
            "end",
        ];
        let shown: Vec<_> = lines
            .iter()
            .filter_map(|line| scrubber.line(line))
            .collect();
        assert_eq!(
            shown,
            [
                "before",
                "(hidden private key)",
                "after",
                "(hidden private key)",
                "end"
            ]
        );
    }
    #[test]
    fn a_value_on_the_line_after_its_name_is_hidden() {
        let mut scrubber = LineScrubber::default();
        let mut shown = |line: &str| scrubber.line(line).unwrap();
        assert_eq!(shown("  value: 5"), "  value: 5");
        assert_eq!(shown("env - name: DB_PASSWORD"), "env - name: DB_PASSWORD");
        assert_eq!(shown("  value: s3cr3t"), "  value: (hidden)");
        assert_eq!(shown("- name: REPLICAS"), "- name: REPLICAS");
        assert_eq!(shown("  value: \"5\""), "  value: \"5\"");
    }
}
