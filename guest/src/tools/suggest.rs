//! Did you mean: the known word nearest to an unknown one.

use super::call::is_name;

/// The word of `known` that `word` most likely stands for.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_ascii_lowercase().replace(['-', ' '], "_");
    let alike = |known: &&&str| {
        let (long, short) = (known.len().max(word.len()), known.len().min(word.len()));
        let distance = distance(&word, known);
        // One slip in three letters, or one word inside the other.
        distance * 3 <= long || (short >= 3 && (known.contains(&word) || word.contains(**known)))
    };
    known
        .iter()
        // What is proposed stands among guidance: names only.
        .filter(|known| is_name(known))
        .filter(alike)
        .min_by_key(|known| distance(&word, known))
        .copied()
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
    use super::nearest;

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
    }
}
