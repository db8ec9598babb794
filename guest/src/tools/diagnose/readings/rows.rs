//! Rows of what a text of the kubelet, a registry or a log says: each with a text that gives it and a
//! look-alike that must not.

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// The node: its name is told.
    Node,
    /// The data on its volume.
    Data,
    /// The manifest, or an object that it names.
    Manifest,
    /// The image.
    Image,
    /// The registry, or the way to it.
    Registry,
    /// Who may read the registry.
    Access,
}

/// A text that says it, and what it says.
#[derive(Debug)]
pub(super) struct Row {
    /// All of them occur, in lower case; of one with bars, one part does.
    pub(super) needles: &'static [&'static str],
    pub(super) about: About,
    pub(super) says: &'static str,
    pub(super) remedy: &'static str,
    #[cfg(test)]
    pub(super) line: &'static str,
    #[cfg(test)]
    pub(super) look_alike: &'static str,
}

/// The first row whose needles `text` holds.
pub(super) fn row(rows: &'static [Row], text: &str) -> Option<&'static Row> {
    let text = text.to_ascii_lowercase();
    let holds = |needle: &&str| needle.split('|').any(|part| text.contains(part));
    rows.iter().find(|row| row.needles.iter().all(holds))
}

/// A table: needles, whose it is, what it says, what helps; a text that gives the row; a look-alike.
macro_rules! rows {
    ($rows:ident: $([$($needle:literal),+] $about:ident $says:literal, $remedy:literal; $line:literal, not $other:literal;)*) => {
        const $rows: &[$crate::tools::diagnose::readings::rows::Row] = &[$($crate::tools::diagnose::readings::rows::Row {
            needles: &[$($needle),+],
            about: $crate::tools::diagnose::readings::rows::About::$about,
            says: $says,
            remedy: $remedy,
            #[cfg(test)]
            line: $line,
            #[cfg(test)]
            look_alike: $other,
        },)*];
    };
}
pub(super) use rows;
