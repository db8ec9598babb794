//! Makes the attempts that it is told through the blocking client of waki, and says what became of each.
//!
//! For a `tools/call` the arguments hold `attempts` as `hostile` takes them. What waki cannot say, since
//! its URIs and headers are checked, is not sent: its line ends with `not expressed`.

#[cfg(target_os = "wasi")]
mod attempt;

#[cfg(target_os = "wasi")]
fn main() {
    argocd_probes::serve(|message, _| argocd_probes::report(message, attempt::run));
}

#[cfg(not(target_os = "wasi"))]
fn main() {}
