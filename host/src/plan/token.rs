//! A token in a text, and when it expires.

use argocd_gate::secrets::Secret;
use base64::Engine;

/// A token out of a text that may have space around it. The error does not repeat it.
pub(super) fn token(text: &str) -> Result<Secret, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the token is empty".to_owned());
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the token contains spaces or control characters".to_owned());
    }
    Ok(Secret::new(text.to_owned()))
}

/// When a JWT ends, in seconds since the Unix epoch; `None` for one without end or another token.
pub(super) fn expiry(token: &str) -> Option<i64> {
    #[derive(serde::Deserialize)]
    struct Claims {
        exp: Option<i64>,
    }
    let claims = token.split('.').nth(1)?;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice::<Claims>(&claims).ok()?.exp
}
