//! Wiring: the environment becomes settings, the settings a server on stdin and stdout.

#[cfg(target_os = "wasi")]
fn main() {
    use std::rc::Rc;

    use argocd_guest::{
        argocd::{Client, Settings},
        server::{ArgoCd, Backend, Misconfigured, Server},
        wasi::{self, Reactor, WasiPort},
    };

    let reactor = Reactor::new();
    let backend: Box<dyn Backend> = match Settings::from_env(|name| std::env::var(name).ok()) {
        Ok(settings) => {
            for notice in settings.notices() {
                eprintln!("{notice}");
            }
            let port = WasiPort::new(&reactor, settings.origin());
            Box::new(ArgoCd(Client::new(Rc::new(port), settings)))
        }
        Err(problems) => {
            let misconfigured = Misconfigured::new(&problems);
            eprintln!("{}", misconfigured.text());
            Box::new(misconfigured)
        }
    };
    let server = Server::new(backend, Rc::new(wasi::write_line));
    wasi::serve(&reactor, &server);
}

#[cfg(not(target_os = "wasi"))]
fn main() -> std::process::ExitCode {
    eprintln!(
        "argocd is a WebAssembly component: build it for wasm32-wasip2, run it with argocd-host"
    );
    std::process::ExitCode::from(2)
}
