//! The component against its world, and the load check.

use std::{path::Path, process::Command};

use wit_parser_263::Resolve;

use crate::{HOST, process};

const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/argocd.wasm"));
pub(crate) const IMPORTER: &str = concat!(env!("OUT_DIR"), "/importer.wasm");
/// Small enough to download and compile at once: 22 tools, two protocol eras, a diagnosis, time zones,
/// cron, diffs, 140 reasons of errors, and answers as data. The bound of the design; growth of more than a
/// tool, about 20 kB, is noticed before.
const COMPONENT_BYTES: usize = 1_960_000;

fn world() -> (Resolve, wit_parser_263::WorldId) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "wasm32-wasip2",
        ])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .find(|package| package["name"] == "wasip2")
        .unwrap();
    let mut resolve = Resolve::default();
    resolve
        .push_path(Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("wit"))
        .unwrap();
    let (package, _) = resolve.push_path(root.join("wit/world.wit")).unwrap();
    let world = resolve.select_world(&[package], Some("server")).unwrap();
    (resolve, world)
}

#[test]
fn the_component_targets_our_world_and_no_more() {
    let (resolve, world) = world();
    wit_component::targets(&resolve, world, COMPONENT, true).unwrap();
    let names: Vec<String> = resolve.worlds[world]
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    assert!(
        names
            .iter()
            .any(|name| name.starts_with("wasi:http/outgoing-handler@")),
        "{names:?}"
    );
    assert!(
        !names
            .iter()
            .any(|name| name.contains("filesystem") || name.contains("sockets")),
        "{names:?}"
    );
    // The control: a component that imports files and sockets does not target it.
    let foreign = wit_component::targets(&resolve, world, &std::fs::read(IMPORTER).unwrap(), true);
    assert!(
        foreign.is_err(),
        "a component with files and sockets passed"
    );
}

#[test]
fn the_component_is_small() {
    assert!(
        COMPONENT.len() <= COMPONENT_BYTES,
        "{} bytes",
        COMPONENT.len()
    );
}

#[test]
fn files_and_sockets_are_refused_at_load_by_name() {
    let simulator = crate::argo_cd().start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.jsonl");
    let output = Command::new(HOST)
        .args(["run", IMPORTER, "--audit-log"])
        .arg(&log)
        .env("ARGOCD_SERVER", simulator.url())
        .env("ARGOCD_AUTH_TOKEN", simulator.token())
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    for import in [
        "wasi:filesystem/types@",
        "wasi:filesystem/preopens@",
        "wasi:sockets/tcp@",
    ] {
        assert!(stderr.contains(import), "{import} is named: {stderr}");
    }
    let audit = std::fs::read_to_string(&log).unwrap();
    assert_eq!(audit.lines().count(), 1, "{audit}");
    assert!(
        audit.contains("wasi:sockets/tcp@") && audit.contains("wasi:filesystem/preopens@"),
        "{audit}"
    );
    assert_eq!(simulator.connections(), 0, "nothing was sent");
}

#[test]
fn foreign_imports_are_refused_before_anything_is_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("half.wasm");
    let importer = std::fs::read(IMPORTER).unwrap();
    let ours = folder.path().join("ours.wasm");
    std::fs::write(&ours, &COMPONENT[..COMPONENT.len() / 2]).unwrap();
    // Half of a component cannot be compiled: who names the imports has not tried.
    std::fs::write(&file, &importer[..importer.len() / 2]).unwrap();
    for (path, is_named) in [(&file, true), (&ours, false)] {
        let output = process::host(
            &["run", path.to_str().unwrap()],
            &[
                ("ARGOCD_SERVER", "argocd.example.com"),
                ("ARGOCD_AUTH_TOKEN", "x.y.z"),
            ],
        );
        let text = process::text(&output);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert_eq!(text.contains("wasi:sockets/tcp@"), is_named, "{text}");
    }
}

#[test]
fn no_component_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let bogus = folder.path().join("bogus.wasm");
    std::fs::write(&bogus, b"hello").unwrap();
    for (path, code) in [(bogus.as_path(), 4), (Path::new("no/such.wasm"), 5)] {
        let output = Command::new(HOST)
            .arg("run")
            .arg(path)
            .env("ARGOCD_SERVER", "argocd.example.com")
            .env("ARGOCD_AUTH_TOKEN", "x.y.z")
            .output()
            .unwrap();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}: {}",
            path.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn another_component_than_the_pinned_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("argocd.wasm");
    std::fs::write(&file, COMPONENT).unwrap();
    let tools = |arguments: &[&str]| {
        let mut command = Command::new(HOST);
        let output = command.arg("explain").args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    };
    let stdout = Command::new(HOST)
        .args(["explain", "--format", "json"])
        .output()
        .unwrap()
        .stdout;
    let said: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    let digest = said["component"]["sha256"].as_str().unwrap().to_owned();
    let other = "0".repeat(64);
    let file = file.display().to_string();
    for component in [None, Some(&*file)] {
        let with = |pin: &str| {
            let pin = ["--component-sha256", pin];
            tools(&[&pin[..], component.as_slice()].concat())
        };
        assert_eq!(with(&digest.to_uppercase()).0, Some(0), "the right one");
        let (code, text) = with(&other);
        assert_eq!(code, Some(4), "{text}");
        assert!(text.contains(&digest) && text.contains(&other), "{text}");
        assert_eq!(with("abc").0, Some(2), "no digest");
    }
}

#[test]
fn the_embedded_component_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("argocd.wasm");
    let status = Command::new(HOST)
        .args(["component", "-o"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(std::fs::read(&file).unwrap(), COMPONENT);
}
