//! The latest tokens, all of which stay sealed: a slow answer may carry an older one.

use std::sync::Arc;

use crate::{
    limits::SEALED_TOKENS,
    secrets::{Seal, Secret},
};

/// The latest tokens, the newest last, with the seal of them and of what else never comes back.
#[derive(Default)]
pub(super) struct Tokens {
    latest: Vec<Arc<Secret>>,
    others: Vec<Arc<Secret>>,
    seal: Arc<Seal>,
}

impl Tokens {
    /// None yet; `others` are further secrets to seal.
    pub(super) fn none(others: Vec<Arc<Secret>>) -> Tokens {
        let mut tokens = Tokens {
            others,
            ..Tokens::default()
        };
        tokens.reseal();
        tokens
    }

    /// Puts a newer one in, in place of the oldest when they are too many.
    pub(super) fn push(&mut self, token: Arc<Secret>) {
        self.latest.push(token);
        let surplus = self.latest.len().saturating_sub(SEALED_TOKENS);
        self.latest.drain(..surplus);
        self.reseal();
    }

    /// The token in use.
    pub(super) fn newest(&self) -> Option<&Arc<Secret>> {
        self.latest.last()
    }

    /// The patterns of all of them.
    pub(super) fn seal(&self) -> Arc<Seal> {
        Arc::clone(&self.seal)
    }

    fn reseal(&mut self) {
        let all = self.latest.iter().chain(&self.others);
        self.seal = Arc::new(Seal::new(all.map(|secret| &**secret)));
    }
}
