//! The handshake of a client of the eras that have one, kept for an instance that was started again.

use serde_json::value::RawValue;

/// The id of the replayed `initialize`, as JSON: not the client's, whose ids may all be open.
const REPLAY_ID: &str = "\"argocd-host:handshake\"";

/// What the client said of itself, and how far the handshake went.
#[derive(Default)]
pub(super) struct Handshake {
    asked: Option<Initialize>,
    done: Option<Initialize>,
    initialized: bool,
    replaying: bool,
}

struct Initialize {
    id: Box<str>,
    params: Box<str>,
}

impl Handshake {
    /// The client asked for `initialize`.
    pub(super) fn asked(&mut self, id: &str, params: Option<&RawValue>) {
        self.asked = Some(Initialize {
            id: id.into(),
            params: params.map_or("{}", RawValue::get).into(),
        });
    }

    /// The component answered `id`: a handshake that it accepted is worth repeating.
    pub(super) fn answered(&mut self, id: &str, result: bool) {
        if self.asked.as_ref().is_some_and(|asked| *asked.id == *id) {
            let asked = self.asked.take();
            if result {
                self.done = asked;
            }
        }
    }

    /// The client said `notifications/initialized`.
    pub(super) fn initialized(&mut self) {
        self.initialized = true;
    }

    /// The lines for a fresh instance: none for a client that made no handshake.
    pub(super) fn replay(&mut self) -> Vec<Vec<u8>> {
        self.asked = None;
        let Some(Initialize { params, .. }) = &self.done else {
            self.replaying = false;
            return Vec::new();
        };
        self.replaying = true;
        let mut lines = vec![format!(
            "{{\"jsonrpc\":\"2.0\",\"id\":{REPLAY_ID},\"method\":\"initialize\",\"params\":{params}}}\n"
        )];
        if self.initialized {
            lines.push("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n".into());
        }
        lines.into_iter().map(String::into_bytes).collect()
    }

    /// Whether `id` is the one answer to a replay, which the client must not see.
    pub(super) fn replayed(&mut self, id: &str) -> bool {
        let ours = self.replaying && id == REPLAY_ID;
        self.replaying &= !ours;
        ours
    }
}
