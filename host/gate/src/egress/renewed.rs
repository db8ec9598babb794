//! A token that something outside renews, such as a file: read again when it changes, and after
//! the server refused it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::tokens::Tokens;
use crate::secrets::{Seal, Secret};

/// Where a token is renewed. Called on the runtime's thread, so it must not block for long.
pub trait TokenSource: Send + Sync {
    /// Whether it may hold another token than at the last [`TokenSource::read`]; a cheap look.
    fn changed(&self) -> bool;
    /// The token now; `None` when there is none that can be used, and the one before stays.
    fn read(&self) -> Option<Secret>;
    /// The folder that it reads from, if it does: hardening leaves that one open.
    fn folder(&self) -> Option<&Path> {
        None
    }
}

/// The source of a token that nothing renews.
pub(super) struct Never;

impl TokenSource for Never {
    fn changed(&self) -> bool {
        false
    }

    fn read(&self) -> Option<Secret> {
        None
    }
}

/// The current token, and those before it.
pub(super) struct Renewed {
    source: Arc<dyn TokenSource>,
    state: Mutex<State>,
}

struct State {
    current: Arc<Secret>,
    tokens: Tokens,
}

impl Renewed {
    /// Begins with `token`; `others` are further secrets to seal.
    pub(super) fn new(
        token: Secret,
        source: Arc<dyn TokenSource>,
        others: Vec<Arc<Secret>>,
    ) -> Renewed {
        let (current, mut tokens) = (Arc::new(token), Tokens::none(others));
        tokens.push(Arc::clone(&current));
        let state = Mutex::new(State { current, tokens });
        Renewed { source, state }
    }

    /// The token to send, read anew when its source changed.
    pub(super) fn token(&self) -> Arc<Secret> {
        let mut state = self.lock();
        if self.source.changed() {
            self.read(&mut state);
        }
        Arc::clone(&state.current)
    }

    /// Another token than the one that was refused, if there is one by now.
    pub(super) fn instead_of(&self, refused: &Secret) -> Option<Arc<Secret>> {
        let mut state = self.lock();
        if state.current.expose() == refused.expose() {
            self.read(&mut state);
        }
        let another = state.current.expose() != refused.expose();
        another.then(|| Arc::clone(&state.current))
    }

    pub(super) fn seal(&self) -> Arc<Seal> {
        self.lock().tokens.seal()
    }

    fn read(&self, state: &mut State) {
        let Some(token) = self.source.read() else {
            return;
        };
        if super::wire::bearer(&token).is_none() || token.expose() == state.current.expose() {
            return;
        }
        state.current = Arc::new(token);
        state.tokens.push(Arc::clone(&state.current));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
