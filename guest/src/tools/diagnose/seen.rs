//! What was read of an application before causes are looked for.

use crate::model::{
    application::Application, classify::Difference, tree::Tree, window::Assignment,
};

/// Everything that was read before the causes are looked for.
pub(super) struct Seen {
    pub(super) app: Application,
    pub(super) tree: Option<Tree>,
    pub(super) differences: Option<Vec<Difference>>,
    pub(super) windows: Option<Assignment>,
}
