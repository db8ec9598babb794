//! Values that are only compared, never shown: Helm parameters and values are in them.

use crate::{model::record::Field, redact::Manifest};

/// A JSON value without a way to its content.
#[derive(Default)]
pub(crate) struct Seal(Manifest);

impl Seal {
    /// Whether both hold the same; `None` when one of them is absent.
    pub(crate) fn equals(&self, other: &Seal) -> Option<bool> {
        let (one, other) = (self.0.node(), other.0.node());
        (!one.is_empty() && !other.is_empty()).then(|| one == other)
    }
}

impl Field for Seal {
    fn manifest(&mut self) -> Option<&mut Manifest> {
        Some(&mut self.0)
    }
}
