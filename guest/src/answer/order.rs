//! Worst first.

/// Puts items into the order of their keys; equal keys keep their order. Numbers in keys want leading
/// zeros. Everything that is sorted is sorted here: each further instance of the library's sort
/// makes the component about 5 kB larger.
pub(crate) fn by_key<T>(items: &mut Vec<T>, key: impl Fn(&T) -> String) {
    let mut places: Vec<(String, usize)> = (items.iter().map(key)).zip(0..).collect();
    places.sort_unstable();
    let mut slots: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.iter().filter_map(|(_, at)| slots[*at].take()));
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
    use super::{application_rank, by_key, health_rank};

    #[test]
    fn equal_keys_keep_their_order() {
        let mut items = vec![("b", 1), ("a", 2), ("b", 3), ("a", 4)];
        by_key(&mut items, |(key, _)| (*key).to_owned());
        assert_eq!(items, [("a", 2), ("a", 4), ("b", 1), ("b", 3)]);
        let mut none: Vec<&str> = Vec::new();
        by_key(&mut none, |key| (*key).to_owned());
        assert!(none.is_empty());
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
