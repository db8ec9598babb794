//! A proxy, only when it is asked for.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, Output},
    sync::{Arc, Mutex},
};

use crate::HOST;

const NAME: &str = "argocd.example.com";

/// A small CONNECT proxy that leads every name to one address and keeps what it was asked.
struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// `login` is what it wants to see in `Proxy-Authorization`.
    fn start(to: SocketAddr, login: Option<&'static str>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = asked.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept = kept.clone();
                std::thread::spawn(move || tunnel(client, to, login, &kept));
            }
        });
        Proxy { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn tunnel(mut client: TcpStream, to: SocketAddr, login: Option<&str>, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match client.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    asked.lock().unwrap().push(head.clone());
    let good =
        login.is_none_or(|login| head.contains(&format!("Proxy-Authorization: {login}\r\n")));
    if !good {
        let _ = client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        return;
    }
    client
        .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .unwrap();
    let server = TcpStream::connect(to).unwrap();
    let (mut from, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut into);
        let _ = into.shutdown(std::net::Shutdown::Write);
    });
    let (mut from, mut into) = (server, client);
    let _ = std::io::copy(&mut from, &mut into);
    let _ = into.shutdown(std::net::Shutdown::Both);
}

fn text(output: &Output) -> String {
    let parts = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&parts).into_owned()
}

#[test]
fn the_proxy_of_the_environment_is_used_only_when_asked_for() {
    let simulator = crate::argo_cd().https_for(&[NAME]).start().unwrap();
    // "user:a-secret-password"
    let proxy = Proxy::start(
        simulator.addr(),
        Some("Basic dXNlcjphLXNlY3JldC1wYXNzd29yZA=="),
    );
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, simulator.ca_pem().unwrap()).unwrap();
    let run = |url: &str, arguments: &[&str], environment: &[(&str, &str)]| {
        Command::new(HOST)
            .args(["call", "list_clusters", "--ca-file"])
            .arg(&ca)
            .args(arguments)
            .env_clear()
            .env("ARGOCD_SERVER", NAME)
            .env("ARGOCD_AUTH_TOKEN", simulator.token())
            .env("HTTPS_PROXY", url)
            .envs(environment.iter().copied())
            .output()
            .unwrap()
    };
    let url = format!("http://user:a-secret-password@{}", proxy.address);
    let flag = "--proxy-from-env";
    let output = run(&url, &[flag], &[]);
    assert!(output.status.success(), "{}", text(&output));
    let asked = proxy.asked();
    assert!(
        asked[0].starts_with(&format!("CONNECT {NAME}:443 HTTP/1.1\r\n")),
        "{asked:?}"
    );
    let requests = simulator.requests();
    assert!(!requests.is_empty());
    assert!(
        requests
            .iter()
            .all(|r| r.header("proxy-authorization").is_none())
    );
    assert!(
        !asked.concat().contains(simulator.token()),
        "the token is inside TLS only"
    );
    // Without the flag, and for a server that NO_PROXY names, the proxy sees nothing.
    for (arguments, environment) in [
        (&[][..], &[][..]),
        (&[flag][..], &[("NO_PROXY", "example.com")][..]),
    ] {
        let output = run(&url, arguments, environment);
        assert!(!output.status.success(), "{}", text(&output));
        assert_eq!(proxy.asked().len(), asked.len());
    }
    // A wrong password: a refusal, and nothing at the server.
    simulator.clear_requests();
    let wrong = format!("http://user:another-password@{}", proxy.address);
    let output = run(&wrong, &[flag], &[]);
    assert!(
        !output.status.success() && simulator.requests().is_empty(),
        "{}",
        text(&output)
    );
    assert!(
        !text(&output).contains("another-password"),
        "{}",
        text(&output)
    );
    // A proxy's name leads to this machine only when it says so: its address is classified too.
    let metadata = run("http://169.254.169.254:80", &[flag], &[]);
    assert!(!metadata.status.success(), "{}", text(&metadata));
    // Networks cannot be checked for a name that the proxy resolves.
    let output = run(&url, &[flag, "--allow-cidr", "10.0.0.0/8"], &[]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output));
    let output = run("socks5://user:a-secret-password@h:1", &[flag], &[]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output));
    assert!(!text(&output).contains("a-secret-password"));
}
