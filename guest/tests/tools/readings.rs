//! Each reading of `diagnose_application` is held by inputs that must give it and by look-alikes that must not.

use std::{fs, path::Path};

#[test]
fn every_reading_is_tested_against_its_look_alikes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tools/diagnose/readings");
    let mut readings = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.ends_with("mod.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        readings += text.matches("impl Proven for").count();
        for name in ["fn speaks_", "fn silent_"] {
            let tests = text.matches(&format!("#[test]\n    {name}")).count();
            assert!(
                tests >= text.matches("impl Proven for").count(),
                "{}: {tests} tests named {name}… for its readings",
                path.display()
            );
        }
    }
    assert!(readings > 0);
}
