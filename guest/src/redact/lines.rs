//! Redaction of text that comes line by line, where a private key spans lines.

use super::{scrub, shapes};
use crate::limits;

/// Scrubs the lines of one stream in order, remembering whether a private key is open.
#[derive(Default)]
pub struct LineScrubber {
    /// Lines of an open private key that may still follow.
    key_lines: usize,
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
        (!in_key).then(|| scrub(raw))
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
}
