//! What became of one measure, for a reader.

/// What became of one measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    /// Only what this kernel knows.
    Partly,
    Missing(String),
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Active => f.write_str("active"),
            Status::Partly => f.write_str("active, as far as this kernel can"),
            Status::Missing(why) => write!(f, "not active: {why}"),
        }
    }
}
