//! The commands of the documents run as they stand, and answers that are shown are the answers.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use argocd_tests::simulator::Simulator;

use super::{blocks, read, root, user_documents};
use crate::{HOST, process::text};

/// The server that the documents name.
const SERVER: &str = "argocd.example.com";
/// The home that the documents name, where `~` is not expanded.
const HOME: &str = "/home/you";
/// The server behind a forwarded port that the documents name.
const FORWARDED: &str = "localhost:8080";

/// A home with what the README has made by then, and the servers that its commands name.
pub(super) struct Stage {
    pub(super) simulator: Simulator,
    forwarded: Simulator,
    folder: tempfile::TempDir,
}

impl Stage {
    pub(super) fn set() -> Stage {
        let simulator = crate::argo_cd().start().unwrap();
        let forwarded = crate::argo_cd().https_for(&["localhost"]).start().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let stage = Stage {
            simulator,
            forwarded,
            folder,
        };
        for folder in ["bin", ".cargo/bin", ".argocd-host"] {
            fs::create_dir_all(stage.home().join(folder)).unwrap();
        }
        symlink(HOST, stage.home().join("bin/argocd-host")).unwrap();
        symlink(HOST, stage.home().join(".cargo/bin/argocd-host")).unwrap();
        stage.write(".argocd-host/token", stage.simulator.token());
        stage.write("argocd.pem", &stage.forwarded.ca_pem().unwrap());
        let policy = blocks("README.md", "toml")
            .into_iter()
            .find(|block| block.contains("version = 1"));
        stage.write(".argocd-host/policy.toml", &stage.as_here(&policy.unwrap()));
        let (code, said) =
            stage.shell("argocd-host call list_clusters --audit-log ~/.argocd-host/audit.jsonl");
        assert_eq!(code, 0, "{said}");
        stage
    }

    fn home(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that nobody else can read.
    pub(super) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// The text with the servers and the home of this stage for those of the documents.
    pub(super) fn as_here(&self, text: &str) -> String {
        let forwarded = format!("localhost:{}", self.forwarded.addr().port());
        text.replace(&format!("https://{SERVER}"), &self.simulator.url())
            .replace(SERVER, &self.simulator.url())
            .replace(FORWARDED, &forwarded)
            .replace(HOME, &self.home().display().to_string())
    }

    /// Runs a line in a shell; its exit code, and what it printed.
    pub(super) fn shell(&self, line: &str) -> (i32, String) {
        let output = Command::new("sh")
            .args(["-c", &self.as_here(line)])
            .env_clear()
            .env("HOME", self.home())
            .env(
                "PATH",
                format!("{}/bin:/usr/bin:/bin", self.home().display()),
            )
            .env("ARGOCD_SERVER", self.simulator.url())
            .env("ARGOCD_AUTH_TOKEN", self.simulator.token())
            .current_dir(self.home())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        (output.status.code().unwrap(), text(&output))
    }
}

/// The lines of a document that a reader types.
fn typed(document: &str) -> Vec<String> {
    let blocks = blocks(document, "console");
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines
        .filter_map(|line| line.strip_prefix("$ "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_of_ours_runs_as_it_stands() {
    let stage = Stage::set();
    let mut ran = 0;
    for document in user_documents() {
        for line in typed(&document) {
            if !line.starts_with("argocd-host ") {
                continue;
            }
            let expected = match line.split_once("# exit code ") {
                Some((_, rest)) => rest.split(':').next().unwrap().parse().unwrap(),
                None => 0,
            };
            let (code, said) = stage.shell(&line);
            assert_eq!(code, expected, "{document}: {line}\n{said}");
            ran += 1;
        }
    }
    assert!(ran >= 25, "the documents have commands: {ran}");
}

#[test]
fn the_commands_of_cargo_are_there() {
    let typed = typed("README.md");
    for line in [
        "cargo demo",
        "cargo test",
        "cargo install --locked --path host",
    ] {
        assert!(typed.contains(&line.to_owned()), "{line}");
    }
    let alias = fs::read_to_string(root().join(".cargo/config.toml")).unwrap();
    assert!(
        alias.contains("demo = \"run --package argocd-host -- demo\""),
        "{alias}"
    );
}

/// Replaces each "3 min ago" by one word.
fn without_ages(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split(" ago").peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            out.push_str(part);
            break;
        }
        let mut words: Vec<&str> = part.split(' ').collect();
        while let [.., number, "s" | "min" | "h" | "d"] = words[..] {
            let digits = number.trim_start_matches('\n');
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                break;
            }
            words.truncate(words.len() - 2);
        }
        out.push_str(&words.join(" "));
        out.push_str(" AGE");
    }
    out
}

/// What the front page shows of an answer: no remark about the age of the recording, no next calls.
fn shown(answer: &str) -> Vec<&str> {
    let lines = answer.lines().filter(|line| !line.starts_with("Note:"));
    lines
        .take_while(|line| !line.starts_with("Next:") && !line.starts_with("UI:"))
        .collect()
}

#[test]
fn the_answer_on_the_front_page_is_the_answer() {
    let readme = read("README.md");
    let command = "argocd-host call --demo diagnose_application name=checkout-api";
    let (before, rest) = readme
        .split_once(&format!("$ {command}\n"))
        .expect("the picture of the front page");
    let (pictured, after) = rest.split_once("```").unwrap();
    let (code, answer) = Stage::set().shell(command);
    assert_eq!(code, 0, "{answer}");
    let now = shown(&answer);
    let pictured: Vec<&str> = pictured.lines().collect();
    let steady =
        |lines: &[&str]| -> Vec<String> { lines.iter().map(|l| without_ages(l)).collect() };
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        // A line that differs by its age alone keeps the one of the day of recording.
        let kept = now.iter().map(|line| {
            let same = |old: &&&str| without_ages(old) == without_ages(line);
            *pictured.iter().find(same).unwrap_or(line)
        });
        let kept: Vec<&str> = kept.collect();
        let new = format!("{before}$ {command}\n{}\n```{after}", kept.join("\n"));
        fs::write(root().join("README.md"), new).unwrap();
        return;
    }
    assert_eq!(
        steady(&pictured),
        steady(&now),
        "`just bless` rewrites the picture of the front page"
    );
}
