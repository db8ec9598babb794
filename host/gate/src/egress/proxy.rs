//! A proxy on the way to the origin, only when it was asked for: a CONNECT tunnel, TLS inside it.
//!
//! The proxy's own address is classified like a server's. Who the server's name leads to is the
//! proxy's word then; TLS still proves the name, end to end.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;
use zeroize::Zeroizing;

use super::Error;
use crate::{
    limits,
    policy::{OriginRule, Plaintext},
    secrets::Secret,
};

/// An HTTP proxy that makes tunnels.
pub struct Proxy {
    pub(super) rule: OriginRule,
    /// `Basic ...`, as it is sent.
    login: Option<Secret>,
    secrets: Vec<Arc<Secret>>,
}

/// Why a proxy's URL cannot be used. Never repeats it: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadProxy;

impl fmt::Display for BadProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "write it as http://[user:password@]host:port; other kinds of proxy are not supported",
        )
    }
}

impl std::error::Error for BadProxy {}

impl Proxy {
    /// Reads `http://[user:password@]host:port`.
    pub fn parse(text: &str) -> Result<Proxy, BadProxy> {
        let whole = if text.contains("://") {
            text.trim().to_owned()
        } else {
            format!("http://{}", text.trim())
        };
        let mut url = Url::parse(&whole).map_err(|_| BadProxy)?;
        if url.scheme() != "http"
            || !url.path().trim_matches('/').is_empty()
            || url.query().is_some()
        {
            return Err(BadProxy);
        }
        let decoded =
            |part: &str| Zeroizing::new(percent_decode_str(part).decode_utf8_lossy().into_owned());
        let (user, password) = (decoded(url.username()), url.password().map(decoded));
        let (mut login, mut secrets) = (None, Vec::new());
        if !user.is_empty() || password.is_some() {
            let password = password.unwrap_or_default();
            let pair = Zeroizing::new(format!("{}:{}", *user, *password));
            let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
            login = Some(Secret::new(format!("Basic {}", *encoded)));
            secrets = vec![
                Arc::new(Secret::new(pair.to_string())),
                Arc::new(Secret::new(password.to_string())),
            ];
        }
        url.set_username("").map_err(|()| BadProxy)?;
        url.set_password(None).map_err(|()| BadProxy)?;
        let rule = OriginRule::parse(url.as_str(), Plaintext::Allowed).map_err(|_| BadProxy)?;
        Ok(Proxy {
            rule,
            login,
            secrets,
        })
    }

    /// `host:port`, without user and password.
    pub fn address(&self) -> String {
        format!("{}:{}", self.rule.host(), self.rule.port())
    }

    /// What must never come back.
    pub(super) fn secrets(&self) -> impl Iterator<Item = Arc<Secret>> + '_ {
        self.secrets.iter().cloned()
    }

    /// Asks for a tunnel to the origin.
    pub(super) async fn tunnel(
        &self,
        tcp: &mut TcpStream,
        origin: &OriginRule,
    ) -> Result<(), Error> {
        let host = match origin.literal() {
            Some(std::net::IpAddr::V6(address)) => format!("[{address}]"),
            _ => origin.host().to_owned(),
        };
        let target = format!("{host}:{}", origin.port());
        let mut request =
            Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
        if let Some(login) = &self.login {
            request.push_str("Proxy-Authorization: ");
            request.push_str(login.expose());
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let broken = |error: std::io::Error| Error::from_io(&error);
        tcp.write_all(request.as_bytes()).await.map_err(broken)?;
        let mut head = Vec::new();
        // The server says nothing before the client does, so what comes now is the proxy's head.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= limits::PROXY_HEAD_BYTES {
                return Err(Error::HeaderSize);
            }
            // Byte by byte: what follows the head would belong to TLS.
            head.push(tcp.read_u8().await.map_err(broken)?);
        }
        let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let mut words = line.split(' ');
        let (version, status) = (words.next().unwrap_or_default(), words.next());
        match status.and_then(|status| status.parse().ok()) {
            Some(200..=299) if version.starts_with("HTTP/1.") => Ok(()),
            Some(status) if version.starts_with("HTTP/1.") => Err(Error::ProxyRefused(status)),
            _ => Err(Error::Protocol),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_plain_http_proxies_are_understood_and_no_password_is_repeated() {
        for (text, address) in [
            ("http://proxy:3128", "proxy:3128"),
            ("proxy.example.com:8080", "proxy.example.com:8080"),
            ("http://u:p%40ss@10.0.0.1:1/", "10.0.0.1:1"),
        ] {
            assert_eq!(Proxy::parse(text).unwrap().address(), address, "{text}");
        }
        for wrong in [
            "",
            "socks5://p:1",
            "https://p:1",
            "http://p:1/path",
            "http://p:1?q",
            "http://:1",
        ] {
            assert!(Proxy::parse(wrong).is_err(), "{wrong}");
        }
        let proxy = Proxy::parse("http://u:p%40ss@h:1").unwrap();
        assert_eq!(proxy.login.unwrap().expose(), "Basic dTpwQHNz");
    }
}
