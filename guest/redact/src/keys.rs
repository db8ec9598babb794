//! Recognises keys of secrets: in manifests, environment variables, flags and `key=value` text.

/// Parts that make a key secret anywhere in it; letters and digits only, lower case.
const PARTS: [&str; 30] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "secretkey",
    "signingkey",
    "encryptionkey",
    "licensekey",
    "masterkey",
    "accountkey",
    "sharedkey",
    "credential",
    "connectionstring",
    "authorization",
    "signature",
    "passcode",
    "sshkey",
    "tlskey",
    "deploykey",
    "clientkey",
    "hmackey",
    "aeskey",
    "storagekey",
    "kubeconfig",
    "dockerconfig",
    "pgpass",
];

/// Words that make a key secret when they stand alone between separators or capitals.
const WORDS: [&str; 16] = [
    "pass", "pwd", "pw", "pat", "jwt", "dsn", "salt", "cookie", "bearer", "sig", "auth", "pin",
    "cred", "creds", "otp", "totp",
];

/// Last words of keys that refer to a secret or describe it instead of holding it.
const POINTERS: [&str; 36] = [
    "name",
    "names",
    "ref",
    "refs",
    "path",
    "file",
    "namespace",
    "enabled",
    "type",
    "version",
    "policy",
    "mode",
    "seconds",
    "ttl",
    "count",
    "length",
    "size",
    "lifetime",
    "expiry",
    "expires",
    "expiration",
    "age",
    "issuer",
    "algorithm",
    "audience",
    "selector",
    "class",
    "store",
    "provider",
    "format",
    "templates",
    "url",
    "uri",
    "host",
    "port",
    "endpoint",
];

/// Whether a value under `key` must not be shown.
///
/// Prefers hiding: a hidden harmless value costs a question, a shown secret is leaked.
pub fn is_secret_key(key: &str) -> bool {
    let words = words(key);
    let Some(last) = words.last() else {
        return false;
    };
    let joined = words.concat();
    // The address of an incoming webhook is enough to post to it.
    if joined.ends_with("webhookurl") {
        return true;
    }
    // `STRIPE_KEY`: a variable that is called a key of something, rarely of a table or a cache.
    let is_variable = words.len() > 1 && !key.bytes().any(|b| b.is_ascii_lowercase());
    if is_variable && last == "key" {
        return true;
    }
    !POINTERS.contains(&last.as_str())
        && (WORDS.contains(&last.as_str()) || PARTS.iter().any(|part| joined.contains(part)))
}

/// Whether the last word of `key` itself says secret: `db_password`, but not `token-refresher`.
///
/// For `key: text` in prose, where names of programs stand before a colon too.
pub(super) fn ends_secret(key: &str) -> bool {
    let words = words(key);
    let joined = words.concat();
    is_secret_key(key)
        && words
            .last()
            .is_some_and(|last| WORDS.contains(&last.as_str()))
            | PARTS.iter().any(|part| {
                joined.ends_with(part)
                    || joined.strip_suffix('s').is_some_and(|j| j.ends_with(part))
            })
}

/// Whether `key` is a header whose whole value is a credential, spaces included.
pub(super) fn is_credential_header(key: &str) -> bool {
    matches!(
        words(key).last().map(String::as_str),
        Some("authorization" | "cookie")
    )
}

/// Lower-case words: split at anything but letters and digits, and before a capital after a small letter.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in key.chars() {
        let starts_word = c.is_ascii_uppercase() && was_small;
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !c.is_ascii_alphanumeric() || starts_word {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::is_secret_key;

    #[test]
    fn secret_and_other_keys() {
        for key in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "db.password",
            "MYSQL_PWD",
            "stripe.apiKey",
            "API_KEY",
            "api-key",
            "AWS_SECRET_ACCESS_KEY",
            "aws_access_key_id",
            "GITHUB_TOKEN",
            "authToken",
            "client_secret",
            "clientSecret",
            "credentials",
            "SENTRY_DSN",
            "jwt",
            "session-cookie",
            "privateKey",
            "ENCRYPTION_KEY",
            "passphrase",
            "db-pw",
            "SLACK_WEBHOOK_URL",
            "Authorization",
            "smtp_pass",
            "basic-auth",
            "X-Amz-Signature",
            "STRIPE_KEY",
            "tls.key",
            "registry-creds",
            ".dockerconfigjson",
        ] {
            assert_eq!(is_secret_key(key), key != "{key}");
        }
        for key in [
            "name",
            "secretName",
            "secretRef",
            "existingSecretName",
            "passwordSecretRef",
            "tokenTtl",
            "tokenExpirationSeconds",
            "compass",
            "passenger",
            "author",
            "authors",
            "monkey",
            "key",
            "keys",
            "bypass",
            "imagePullPolicy",
            "kubernetes.io/metadata.name",
            "SECRET_PATH",
            "tracking-id",
            "saltillo",
            "replicas",
            "passive",
            "",
            "__",
        ] {
            assert!(!is_secret_key(key), "{key}");
        }
    }
}
