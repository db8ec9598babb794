//! The simulated Argo CD as a program, for clients that are not Rust: prints `{"url":…,"token":…}` as
//! one line and serves until its stdin ends.

use std::io::Read;

use argocd_simulator::Simulator;

#[allow(clippy::print_stdout)]
fn main() -> anyhow::Result<()> {
    let simulator = Simulator::builder().start()?;
    println!(
        "{}",
        serde_json::json!({ "url": simulator.url(), "token": simulator.token() })
    );
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
