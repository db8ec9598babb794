//! What the fuzz targets have in common: the properties of the gate, which `tests/properties/replay.rs`
//! replays over the corpus; here they meet the fuzzer.

pub use argocd_properties as properties;
