//! Every bound of redaction: value, unit, reason.

/// Longest message, name or status word that is read, in bytes: answers show a few hundred
/// characters of one, and redaction has to look at each.
pub const TEXT_BYTES: usize = 16 << 10;
/// Longest text in a manifest of which all is looked at, in bytes; of longer ones only the start
/// may be shown, which is more than any answer shows.
pub(crate) const MANIFEST_TEXT_BYTES: usize = 64 << 10;
/// Deepest nesting of a manifest that is kept; what lies deeper reads as hidden. JSON stops at 128.
pub(crate) const MANIFEST_DEPTH: usize = 100;
/// Longest URL that redaction looks at, in bytes: what is longer is data.
pub(crate) const URL_BYTES: usize = 2_048;
/// Longest key that redaction knows, in bytes: what is longer is no key, and looking back further
/// would take quadratic time on hostile text.
pub(crate) const KEY_BYTES: usize = 200;
/// Most bytes between a key and its separator that redaction looks over.
pub(crate) const SEPARATOR_BYTES: usize = 8;
/// Longest private key, in lines (RSA 16384 has about 200): one that never ends must not hide a whole log.
pub(crate) const PRIVATE_KEY_LINES: usize = 250;
/// Most bytes of a map as Go prints it that redaction looks over, on either side of a value: an entry of
/// an environment has some hundred.
pub(crate) const GO_MAP_BYTES: usize = 2_048;
