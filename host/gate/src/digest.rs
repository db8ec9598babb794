//! Which bytes something was: one hash for components and policy files.

use sha2::Digest;

/// Hex SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
