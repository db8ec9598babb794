//! Worst first.

use std::cmp::Ordering;

/// Puts items into the order of their keys, as [`by`] does. A key is made for each comparison; one that
/// borrows from the item itself wants [`by`].
pub(crate) fn by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Puts items into the order that `compare` gives; equal items keep their order.
pub(crate) fn by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let places = places(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut slots: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.iter().filter_map(|at| slots[*at].take()));
}

/// The places `0..count` in order. Everything that is sorted is sorted here, whatever its type: each
/// further instance of the library's sort makes the component about 5 kB larger.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
    places
}

/// The place of a health word: Degraded, Missing, Progressing, Unknown, Suspended, Healthy. A word
/// that this program does not know stands with Unknown; no health at all counts as healthy, as
/// Argo CD itself does (a ConfigMap has none).
pub(crate) fn health_rank(health: &str) -> u8 {
    match health {
        "Degraded" => 0,
        "Missing" => 1,
        "Progressing" => 2,
        "Suspended" => 4,
        "Healthy" => 5,
        "" => 6,
        _ => 3,
    }
}

/// The place of a sync word: OutOfSync before Unknown before Synced.
pub(crate) fn sync_rank(sync: &str) -> u8 {
    match sync {
        "OutOfSync" => 0,
        "Synced" => 2,
        _ => 1,
    }
}

/// The place of an application. Healthy under an Unknown sync status says nothing, because
/// nothing could be compared (seen on Argo CD 3.5.1), so it ranks as Unknown.
pub(crate) fn application_rank(health: &str, sync: &str) -> u8 {
    let health = match health_rank(health) {
        5 | 6 if sync_rank(sync) == 1 => 3,
        rank => rank,
    };
    health * 3 + sync_rank(sync)
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;

    use super::{application_rank, by, by_key, health_rank};

    #[test]
    fn equal_keys_keep_their_order() {
        let mut items = vec![("b", 1), ("a", 2), ("b", 3), ("a", 4)];
        by_key(&mut items, |(key, _)| *key);
        assert_eq!(items, [("a", 2), ("a", 4), ("b", 1), ("b", 3)]);
        let mut none: Vec<String> = Vec::new();
        by(&mut none, String::cmp);
        assert!(none.is_empty());
    }

    #[test]
    fn numbers_are_ordered_as_numbers() {
        let mut items = vec![(9, "a"), (10, "b"), (100, "c"), (-1, "d")];
        by_key(&mut items, |(number, _)| Reverse(*number));
        assert_eq!(items, [(100, "c"), (10, "b"), (9, "a"), (-1, "d")]);
    }

    #[test]
    fn worst_first() {
        let words = [
            "Degraded",
            "Missing",
            "Progressing",
            "Unknown",
            "Suspended",
            "Healthy",
            "",
        ];
        assert!(words.is_sorted_by_key(|word| health_rank(word)));
        assert_eq!(health_rank("Exploded"), health_rank("Unknown"));
        let applications = [
            ("Degraded", "OutOfSync"),
            ("Degraded", "Synced"),
            ("Progressing", "Synced"),
            ("Healthy", "Unknown"),
            ("Suspended", "Synced"),
            ("Healthy", "OutOfSync"),
            ("Healthy", "Synced"),
        ];
        assert!(applications.is_sorted_by_key(|(health, sync)| application_rank(health, sync)));
    }
}
