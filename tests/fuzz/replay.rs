//! Replays what the fuzzer found worth keeping, and every input that once broke a property.

mod properties;

use std::{collections::BTreeMap, fs, path::Path};

type Property = fn(&[u8]) -> bool;

/// Each property, with how many inputs of its corpus it must accept at least: one that refuses all
/// says nothing.
const PROPERTIES: [(&str, Property, usize); 4] = [
    ("path", properties::path::holds, 20),
    ("policy_file", properties::policy_file::holds, 20),
    ("framer", properties::framer::holds, 10),
    ("sealer", properties::sealer::holds, 20),
];

/// Largest corpus of one property, in bytes and files: it is part of the repository.
const CORPUS_BYTES: usize = 256 << 10;
const CORPUS_FILES: usize = 500;

fn inputs(folder: &str, name: &str) -> BTreeMap<String, Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap();
    let folder = root.join("tests/fuzz").join(folder).join(name);
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| {
        let path = entry.unwrap().path();
        (path.display().to_string(), fs::read(path).unwrap())
    });
    files.collect()
}

#[test]
fn the_corpus_holds() {
    for (name, holds, least) in PROPERTIES {
        let corpus = inputs("corpus", name);
        let bytes: usize = corpus.values().map(Vec::len).sum();
        assert!(
            bytes <= CORPUS_BYTES && corpus.len() <= CORPUS_FILES,
            "{name}: {bytes} bytes"
        );
        let accepted = corpus.values().filter(|input| holds(input)).count();
        assert!(
            accepted >= least,
            "{name}: {accepted} of {} accepted",
            corpus.len()
        );
    }
}

#[test]
fn what_once_broke_a_property_holds() {
    for (name, holds, _) in PROPERTIES {
        for input in inputs("regressions", name).values() {
            holds(input);
        }
    }
}

/// The schema that is shipped for editors accepts whatever the parser accepts.
#[test]
fn the_schema_accepts_each_policy_file_of_the_corpus() {
    let schema = serde_json::from_str(crate::policy_file::SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (file, input) in inputs("corpus", "policy_file") {
        if properties::policy_file::holds(&input) {
            let text = String::from_utf8(input).unwrap();
            let value: serde_json::Value = toml::from_str(&text).unwrap();
            assert!(schema.is_valid(&value), "{file}");
        }
    }
}
