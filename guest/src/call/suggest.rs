//! Finds the known word nearest to an unknown one, for "did you mean".

use crate::call::plain::is_name;

/// The word of `known` that `word` most likely stands for.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let mut best = Nearest::to(word);
    for known in known {
        best.offer(known, || *known);
    }
    best.found()
}

/// The nearest of many words, of which only the best so far is kept.
pub(crate) struct Nearest<T> {
    word: String,
    best: Option<(usize, T)>,
}

impl<T> Nearest<T> {
    /// Nothing offered yet.
    pub(crate) fn to(word: &str) -> Self {
        Self {
            word: plain(word),
            best: None,
        }
    }

    /// Takes `known`, which stands for what `value` makes, if it is nearer than all before.
    pub(crate) fn offer(&mut self, known: &str, value: impl FnOnce() -> T) {
        // Proposals are guidance, so only plain names qualify.
        if !is_name(known) {
            return;
        }
        let (word, known) = (&self.word, plain(known));
        let (long, short) = (known.len().max(word.len()), known.len().min(word.len()));
        // Letters found in only one of the words count as typos; this saves comparing each letter.
        if self
            .best
            .as_ref()
            .is_some_and(|(best, _)| long - short >= *best)
        {
            return;
        }
        let distance = distance(word, &known);
        let holds = known.contains(word.as_str()) || word.contains(&known);
        // One slip in three letters, one word inside the other, or the word with a slip inside the other.
        let is_alike = distance * 3 <= long || (short >= 3 && holds) || is_inside(word, &known);
        if is_alike && self.best.as_ref().is_none_or(|(best, _)| distance < *best) {
            self.best = Some((distance, value()));
        }
    }

    /// The value of the nearest word, if any was near.
    pub(crate) fn found(self) -> Option<T> {
        self.best.map(|(_, value)| value)
    }
}

/// Shortest word that is looked for with slips inside longer ones, in characters.
const INSIDE_CHARS: usize = 5;

/// Whether some parts of `known`, as many as the word has, are the word but for one slip in four letters.
fn is_inside(word: &str, known: &str) -> bool {
    if word.len() < INSIDE_CHARS {
        return false;
    }
    let parts: Vec<&str> = known.split('_').collect();
    let mut windows = parts.windows(word.split('_').count());
    windows.any(|window| distance(word, &window.join("_")) * 4 <= word.len())
}

/// A word without what spellings of one name differ in.
fn plain(word: &str) -> String {
    word.to_ascii_lowercase().replace(['-', ' '], "_")
}

/// Edit distance (Levenshtein) in characters; words are cut at 64.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use crate::call::suggest::nearest;

    #[test]
    fn slips_are_understood() {
        let known = [
            "name",
            "app_namespace",
            "project",
            "tail_lines",
            "pod",
            "container",
        ];
        for (word, want) in [
            ("projct", Some("project")),
            ("projects", Some("project")),
            ("tailLines", Some("tail_lines")),
            ("pod_name", Some("name")),
            ("namespace", Some("app_namespace")),
            ("NAME", Some("name")),
            ("health", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &known), want, "{word}");
        }
        let applications = ["checkout-api", "checkout-worker", "payments"];
        for (word, want) in [
            ("chekout-apy", Some("checkout-api")),
            ("Checkout-Api", Some("checkout-api")),
            ("payments-prod", Some("payments")),
            ("chekout", Some("checkout-api")),
            ("worer", Some("checkout-worker")),
            ("wrkr", None),
        ] {
            assert_eq!(nearest(word, &applications), want, "{word}");
        }
    }
}
