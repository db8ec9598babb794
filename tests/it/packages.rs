//! Which packages the host's programs are made of.

use std::{collections::BTreeSet, path::Path, process::Command};

/// The crates below `tests/` that the host's normal dependencies name, as cargo sees them.
fn shipped() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let arguments =
        "tree --offline --package argocd-host --edges normal --prefix none --format {p}";
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(arguments.split(' '))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    // A package of this workspace is shown with its folder: `name v1.2.3 (/folder)`.
    let folder = format!("({}", root.join("tests").display());
    assert!(text.contains(&format!("({}", root.join("host").display())));
    text.lines()
        .filter(|line| line.contains(&folder))
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn of_the_tests_only_the_simulator_ships() {
    assert_eq!(shipped(), BTreeSet::from(["argocd-simulator".to_owned()]));
}
