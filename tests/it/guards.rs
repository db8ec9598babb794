//! Guards have switches in test builds only.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::HOST;

/// Compiles the one file that decides it, with the feature.
fn compile(assertions: &str) -> Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("gate/src/guard.rs");
    let folder = tempfile::tempdir().unwrap();
    // The compiler beside this cargo.
    Command::new(Path::new(env!("CARGO")).with_file_name("rustc"))
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "lib",
            "--emit",
            "metadata",
        ])
        .args(["--cfg", "feature=\"guard-switches\"", "--out-dir"])
        .arg(folder.path())
        .arg("-C")
        .arg(format!("debug-assertions={assertions}"))
        .arg(file)
        .output()
        .unwrap()
}

#[test]
fn a_build_without_debug_assertions_refuses_switches() {
    let release = compile("off");
    let said = String::from_utf8_lossy(&release.stderr);
    assert!(!release.status.success(), "a release has switches");
    assert!(said.contains("for test builds only"), "{said}");
    let test = compile("on");
    assert!(
        test.status.success(),
        "{}",
        String::from_utf8_lossy(&test.stderr)
    );
}

#[test]
fn the_environment_switches_nothing_off_here() {
    for guard in ["path", "stdout", "no-such-guard"] {
        let mut command = Command::new(HOST);
        command.arg("selftest").env_clear();
        let output = command
            .env("ARGOCD_HOST_GUARD_OFF", guard)
            .output()
            .unwrap();
        assert!(output.status.success(), "{guard}");
    }
}
