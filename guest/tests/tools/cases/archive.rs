//! The archive of the handed incidents, as recordings that can be replayed.

use std::{
    collections::BTreeMap,
    io::Read as _,
    sync::{LazyLock, Mutex},
};

use chrono::DateTime;
use flate2::read::GzDecoder;
use regex::bytes::Regex;

use crate::replay::{Recorded, Recording, entries, recorded};

/// From the newest time in a folder to the moment of the question, in milliseconds.
const ASKED_AFTER_MS: i64 = 120_000;

static PACKED: &[u8] = include_bytes!("../../../../tests/cases/incidents.tar.gz");

type Files = BTreeMap<String, Vec<u8>>;

/// Every folder with its files.
pub(crate) fn folders() -> &'static BTreeMap<String, Files> {
    static ALL: LazyLock<BTreeMap<String, Files>> = LazyLock::new(|| {
        let mut folders: BTreeMap<String, Files> = BTreeMap::new();
        let mut archive = tar::Archive::new(GzDecoder::new(PACKED));
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().to_str().unwrap().to_owned();
            if let Some((folder, file)) = path.split_once('/').filter(|(_, file)| !file.is_empty())
            {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).unwrap();
                let files = folders.entry(folder.to_owned()).or_default();
                files.insert(file.to_owned(), content);
            }
        }
        folders
    });
    &ALL
}

/// The answers of one folder, and those of the server itself.
pub(crate) fn recording(folder: &str) -> Recording {
    static ALL: LazyLock<Mutex<BTreeMap<String, Recording>>> = LazyLock::new(Mutex::default);
    *ALL.lock()
        .unwrap()
        .entry(folder.to_owned())
        .or_insert_with(|| read(folder))
}

fn read(folder: &str) -> Recording {
    let files = &folders()[folder];
    let mut all = entries(folder, &|file| files.get(file).cloned());
    let of_server = |entry: &&Recorded| entry.scenario == "_server";
    all.extend(recorded().iter().filter(of_server).cloned());
    Recording {
        entries: all.leak(),
        now_ms: newest_ms(files) + ASKED_AFTER_MS,
    }
}

/// The newest time that a file of the folder says, which its answers were read at.
fn newest_ms(files: &Files) -> i64 {
    let time = Regex::new(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ").unwrap();
    let times = files
        .iter()
        .filter(|(name, _)| name.ends_with("application.json"));
    let newest = times
        .flat_map(|(_, content)| time.find_iter(content))
        .map(|found| std::str::from_utf8(found.as_bytes()).unwrap().to_owned())
        .max()
        .unwrap();
    let newest = DateTime::parse_from_rfc3339(&newest).unwrap();
    newest.timestamp_millis()
}
