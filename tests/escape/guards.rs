//! Each guard switched off in turn: the kit must notice, or the guard's tests prove nothing.

use std::process::ExitCode;

use crate::{ROWS, Row, kit::Kit, table};

/// The guards that have a switch, and the rows that are run without each.
const GUARDS: [(&str, &[&str]); 9] = [
    ("path", &["R1.2", "R1.4", "R3.2"]),
    ("name", &["R1.4", "R3.2"]),
    ("header", &["R1.9"]),
    ("seal", &["R1.10", "R1.11"]),
    ("address", &["R1.1", "R2.2"]),
    ("import", &["R1.6", "R1.8"]),
    ("audit", &["R7.1", "R7.2", "R7.3"]),
    ("stdout", &["C8"]),
    ("ownership", &["C9"]),
];

/// With no guard off every one of these rows holds; without each guard, at least one fails, and
/// `selftest` names the guard.
pub(crate) fn all(binary: &str) -> ExitCode {
    let mut ids: Vec<&str> = GUARDS.iter().flat_map(|(_, ids)| *ids).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    println!("\nall guards on");
    let kit = Kit::new(binary.to_owned(), None);
    let mut problems = Vec::new();
    let failed = table(&kit, &of(&ids), usize::MAX);
    if !failed.is_empty() {
        problems.push(format!("with all guards on {failed:?} fail"));
    }
    if let Err(said) = selftest(&kit, None) {
        problems.push(format!("with all guards on selftest fails: {said}"));
    }
    let mut noticed = Vec::new();
    for (guard, ids) in GUARDS {
        println!("\nwithout the guard {guard}");
        let kit = Kit::new(binary.to_owned(), Some(guard));
        let failed = table(&kit, &of(ids), 1);
        if failed.is_empty() {
            problems.push(format!("nobody misses the guard {guard}"));
        }
        match selftest(&kit, Some(guard)) {
            Ok(count) => noticed.push((guard, failed, count)),
            Err(said) => problems.push(format!("selftest does not miss the guard {guard}: {said}")),
        }
    }
    println!(
        "\n{:<10} {:<28} selftest names it",
        "guard off", "rows that fail"
    );
    for (guard, failed, count) in &noticed {
        println!("{guard:<10} {:<28} {count} times", failed.join(", "));
    }
    for problem in &problems {
        println!("FAILED: {problem}");
    }
    println!(
        "{} of {} guards are missed when they are off",
        noticed.len(),
        GUARDS.len()
    );
    if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn of(ids: &[&str]) -> Vec<&'static Row> {
    ROWS.iter().filter(|row| ids.contains(&row.id)).collect()
}

/// How often the binary's own kit names the guard; with none off it must succeed.
fn selftest(kit: &Kit, guard: Option<&str>) -> Result<usize, String> {
    let output = kit.output(&std::env::temp_dir(), &["selftest"], &[]);
    let said = crate::kit::text(&output);
    let named = guard.map_or(0, |guard| {
        said.matches(&format!("guard {guard} did not hold")).count()
    });
    let as_expected = match guard {
        None => output.status.success(),
        Some(_) => output.status.code() == Some(1) && named > 0,
    };
    as_expected.then_some(named).ok_or(said)
}
