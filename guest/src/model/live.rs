//! A live object as `…/resource` answers it.

use crate::{model::record::record, redact::Manifest};

record! {
    /// The live object, in a string of JSON.
    pub(crate) struct Live {
        pub(crate) manifest: Manifest = "manifest",
    }
}
