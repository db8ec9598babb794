//! `component`: the embedded component, written out.

use std::path::Path;

use crate::{exit::Failure, output::write_file, runtime::component::EMBEDDED};

/// Writes the component to a file, or to stdout for `-`.
pub(crate) fn component(output: &Path) -> Result<(), Failure> {
    write_file(output, EMBEDDED)
}
