//! A Secret or ConfigMap that an object lacks, as the messages of Kubernetes name it, and objects that
//! may make it by their name.

/// A missing object: its kind and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

/// The words before the quoted name, in lower case, with the kind that they mean.
const BEFORE: [(&str, &str); 4] = [
    ("secret \"", "Secret"),
    ("secrets \"", "Secret"),
    ("configmap \"", "ConfigMap"),
    ("configmaps \"", "ConfigMap"),
];
/// The words after it.
const AFTER: &str = "\" not found";

/// What `message` says is not found: `secret "db" not found`.
pub(crate) fn named_in(message: &str) -> Option<Missing> {
    let lower = message.to_ascii_lowercase();
    BEFORE.iter().find_map(|(before, kind)| {
        let from = lower.find(before)? + before.len();
        let end = from + lower[from..].find('"')?;
        let is_missing = lower[end..].starts_with(AFTER);
        is_missing.then(|| Missing {
            kind,
            name: message[from..end].to_owned(),
        })
    })
}

/// Whether an object called `name` may make it: they have one name, or the object's is the stem.
pub(crate) fn may_be_of(missing: &Missing, name: &str) -> bool {
    let rest = missing.name.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
}

/// Kinds that make Secrets under names that only their specs tell.
const MAKERS: [&str; 3] = ["ExternalSecret", "SealedSecret", "Certificate"];

/// Whether objects of this kind make such an object, whatever they are called.
pub(crate) fn is_made_by(missing: &Missing, kind: &str) -> bool {
    missing.kind == "Secret" && MAKERS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::{may_be_of, named_in};

    #[test]
    fn what_is_not_found() {
        for (message, want) in [
            ("secret \"db-app\" not found", Some(("Secret", "db-app"))),
            ("Error: secret \"db\" not found", Some(("Secret", "db"))),
            (
                "MountVolume.SetUp failed for volume \"c\" : configmap \"conf\" not found",
                Some(("ConfigMap", "conf")),
            ),
            ("secrets \"db\" is forbidden", None),
            ("serviceaccount \"shop\" not found", None),
            ("secret not found", None),
            ("secret \"db", None),
        ] {
            let found = named_in(message);
            let found = found.as_ref().map(|missing| (missing.kind, &*missing.name));
            assert_eq!(found, want, "{message}");
        }
    }

    #[test]
    fn the_same_name_or_its_stem() {
        let missing = named_in("secret \"orders-db-app\" not found");
        let missing = missing.as_ref();
        for (name, want) in [
            ("orders-db-app", true),
            ("orders-db", true),
            ("orders", true),
            ("orders-d", false),
            ("orders-db-app-x", false),
            ("users-db", false),
        ] {
            assert_eq!(
                missing.is_some_and(|one| may_be_of(one, name)),
                want,
                "{name}"
            );
        }
    }
}
