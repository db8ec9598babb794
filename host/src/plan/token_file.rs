//! A token in a file that something else renews.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use argocd_gate::{egress::TokenSource, secrets::Secret};
use zeroize::Zeroizing;

use super::{
    private_file::{Modes, Stamp, read_stamped},
    token::token,
};

/// Finds the token in the text of its file.
pub(super) type Extract = Box<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// The file, and what it was like when it was last read.
pub(super) struct TokenFile {
    path: PathBuf,
    modes: Modes,
    extract: Extract,
    seen: Mutex<Option<Stamp>>,
}

impl TokenFile {
    /// Reads the file once; the token, and the source of later ones.
    pub(super) fn open(
        path: &Path,
        modes: Modes,
        extract: Extract,
    ) -> Result<(Secret, Arc<TokenFile>), String> {
        let file = TokenFile {
            // Absolute, so that it has a folder.
            path: std::path::absolute(path).map_err(|error| error.to_string())?,
            modes,
            extract,
            seen: Mutex::new(None),
        };
        let token = file.load()?;
        Ok((token, Arc::new(file)))
    }

    fn load(&self) -> Result<Secret, String> {
        let (text, stamp) = read_stamped(&self.path, self.modes)?;
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(stamp);
        let text = Zeroizing::new(text);
        let found = Zeroizing::new((self.extract)(&text)?);
        token(&found).map_err(|why| format!("{}: {why}", self.path.display()))
    }
}

impl TokenSource for TokenFile {
    fn folder(&self) -> Option<&Path> {
        // A renewed file is often another file under the same name.
        self.path.parent()
    }

    fn changed(&self) -> bool {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Stamp::at(&self.path).is_some_and(|now| seen != Some(now))
    }

    fn read(&self) -> Option<Secret> {
        // The next look must not find the same bad file changed again and again.
        if let Some(now) = Stamp::at(&self.path) {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        self.load().ok()
    }
}
