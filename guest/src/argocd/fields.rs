//! Which parts of each application the list asks for, chosen by the server's version.
//!
//! Argo CD's list takes a fixed set of paths and drops unknown ones silently. From 3.5 on it knows
//! parts of the spec; before, only the whole spec. Naming both forms, or excluding with `-`, fails
//! with a 500 on 3.5, so exactly one form is sent.

/// The `fields` of the applications list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListFields(&'static str);

macro_rules! fields {
    ($($spec:literal),+) => {
        concat!(
            "items.metadata.name,items.metadata.namespace,items.metadata.deletionTimestamp",
            $(",items.", $spec,)+
            ",items.status.sync.status,items.status.health,items.status.operationState.phase"
        )
    };
}

impl ListFields {
    /// The fields for a server of `(major, minor)`; `None` when unknown.
    pub fn for_version(version: Option<(u32, u32)>) -> ListFields {
        match version {
            Some(version) if version >= (3, 5) => ListFields(fields!(
                "spec.project",
                "spec.destination",
                "spec.source",
                "spec.sources",
                "spec.sourceHydrator",
                "status.sync.revision"
            )),
            _ => ListFields(fields!("spec")),
        }
    }

    /// The value of the `fields` parameter.
    pub fn as_str(&self) -> &str {
        self.0
    }
}

/// Major and minor of a version as the server gives it: `v3.5.1+109ca7c`.
pub(super) fn parse_version(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().trim_start_matches('v').split('.');
    let major = parts.next()?.parse().ok()?;
    let minor: String = parts
        .next()?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    Some((major, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        #[rustfmt::skip]
        let rows = [
            ("v3.5.1+109ca7c", Some((3, 5))), ("v2.14.0-rc1", Some((2, 14))), ("3.6", Some((3, 6))),
            ("v4.0-rc1", Some((4, 0))), ("v3", None), ("", None), ("unknown", None), ("vx.5.1", None), ("v3.x", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_version(text), expected, "{text:?}");
        }
    }

    #[test]
    fn never_both_forms_and_never_an_exclusion() {
        #[rustfmt::skip]
        let rows = [
            (None, false), (Some((2, 8)), false), (Some((3, 4)), false), (Some((3, 5)), true), (Some((3, 40)), true),
            (Some((4, 0)), true),
        ];
        for (version, parts) in rows {
            let fields = ListFields::for_version(version);
            let paths: Vec<&str> = fields.as_str().split(',').collect();
            assert_eq!(paths.contains(&"items.spec.project"), parts, "{version:?}");
            assert_eq!(paths.contains(&"items.spec"), !parts, "{version:?}");
            assert!(
                paths
                    .iter()
                    .all(|path| path.starts_with("items.") && !path.contains(['-', ' ']))
            );
            assert!(
                paths.contains(&"items.metadata.namespace")
                    && paths.contains(&"items.status.health")
            );
        }
    }
}
