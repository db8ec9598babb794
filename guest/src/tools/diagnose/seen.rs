//! What is read of an application before causes are looked for.

use super::not_judged::NotJudged;
use crate::model::{
    application::Application, classify::Difference, tree::Tree, window::Assignment,
};

/// The application and what was read with it.
pub(super) struct Seen {
    pub(super) app: Application,
    pub(super) tree: Option<Tree>,
    pub(super) differences: Option<Vec<Difference>>,
    pub(super) windows: Option<Assignment>,
    /// Objects whose state no answer told.
    pub(super) not_judged: Vec<NotJudged>,
}
