//! What is left to a hardened process.

use std::path::Path;

/// What of the system a process needs once it is set up.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reach<'a> {
    /// The TCP port that it connects to, and name servers' with it; none when it sends nothing.
    pub(crate) port: Option<u16>,
    /// A folder that it reads from besides what every process reads here.
    pub(crate) read: Option<&'a Path>,
    /// A folder that it makes files in.
    pub(crate) write: Option<&'a Path>,
}
