//! Replays what the fuzzer found worth keeping, and every input that once broke a property.

use argocd_tests::harness::corpus;

type Property = fn(&[u8]) -> bool;

/// Each property, with how many inputs of its corpus it must accept at least: one that refuses all
/// says nothing.
const PROPERTIES: [(&str, Property, usize); 4] = [
    ("path", argocd_properties::path::holds, 20),
    ("policy_file", argocd_properties::policy_file::holds, 20),
    ("framer", argocd_properties::framer::holds, 10),
    ("sealer", argocd_properties::sealer::holds, 20),
];

/// Largest corpus of one property, in bytes and inputs: it is part of the repository.
const CORPUS_BYTES: usize = 256 << 10;
const CORPUS_INPUTS: usize = 500;

#[test]
fn the_corpus_holds() {
    for (name, holds, least) in PROPERTIES {
        let inputs = corpus(name);
        let bytes: usize = inputs.iter().map(Vec::len).sum();
        assert!(
            bytes <= CORPUS_BYTES && inputs.len() <= CORPUS_INPUTS,
            "{name}: {bytes} bytes"
        );
        let accepted = inputs.iter().filter(|input| holds(input)).count();
        assert!(
            accepted >= least,
            "{name}: {accepted} of {} accepted",
            inputs.len()
        );
    }
}

/// The schema that is shipped for editors accepts whatever the parser accepts.
#[test]
fn the_schema_accepts_each_policy_file_of_the_corpus() {
    let schema = serde_json::from_str(argocd_gate::policy_file::SCHEMA).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut accepted = 0;
    for input in corpus("policy_file") {
        if argocd_properties::policy_file::holds(&input) {
            let text = String::from_utf8(input).unwrap();
            let value: serde_json::Value = toml::from_str(&text).unwrap();
            assert!(schema.is_valid(&value), "{text:?}");
            accepted += 1;
        }
    }
    assert!(accepted >= 20, "{accepted} policy files");
}
