//! The inputs that fuzzing kept: a text file for each target, in the escapes of `tests/fuzz/corpus.py`.

use std::path::Path;

/// The kept inputs of the fuzz target `name`.
///
/// # Panics
/// When there is no such file, or a line of it is none of `corpus.py`.
pub fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let file = folder.join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&file);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let line = |line: &str| raw(line).unwrap_or_else(|| panic!("{}: {line}", file.display()));
    text.lines().map(line).collect()
}

/// The bytes of a line: `\\` is a backslash, `\xNN` a byte, the rest stands for itself.
fn raw(line: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend(plain.bytes());
        if let Some(after) = escape.strip_prefix('\\') {
            bytes.push(b'\\');
            rest = after;
        } else {
            let (digits, after) = escape.strip_prefix('x')?.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        }
    }
    bytes.extend(rest.bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::raw;

    #[test]
    fn a_line_is_its_input() {
        let expected = b"/a\\b\x41\n\xff".to_vec();
        assert_eq!(raw(r"/a\\b\x41\x0a\xff"), Some(expected));
        assert_eq!(raw(""), Some(Vec::new()));
        for bad in [r"\n", r"\x4", r"\xgg", r"x\"] {
            assert_eq!(raw(bad), None, "{bad}");
        }
    }
}
