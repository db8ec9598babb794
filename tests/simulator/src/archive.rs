//! The recorded answers as the build packed them (`build.rs`): one compressed archive, opened once.
//!
//! Unpacked it is a row of entries, each a name and a content behind its length: 32 bits, little endian.

use std::{collections::BTreeMap, io::Read as _, sync::LazyLock};

use flate2::read::DeflateDecoder;

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/recorded.bin"));

/// Every file by `FOLDER/NAME`. Lives as long as the process, as what was embedded plainly would.
pub(crate) static FILES: LazyLock<BTreeMap<&'static str, &'static [u8]>> =
    LazyLock::new(|| unpack(PACKED).unwrap_or_default());

/// The entries; nothing when the archive is torn, which only another build could make it.
fn unpack(packed: &[u8]) -> Option<BTreeMap<&'static str, &'static [u8]>> {
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).read_to_end(&mut plain).ok()?;
    let mut rest: &'static [u8] = plain.leak();
    let mut files = BTreeMap::new();
    while !rest.is_empty() {
        let name = std::str::from_utf8(part(&mut rest)?).ok()?;
        files.insert(name, part(&mut rest)?);
    }
    Some(files)
}

fn part(rest: &mut &'static [u8]) -> Option<&'static [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (part, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_recorded_file_comes_out_as_it_went_in() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/argocd");
        let mut count = 0;
        for scenario in fs::read_dir(&folder).unwrap().flatten() {
            for file in fs::read_dir(scenario.path())
                .into_iter()
                .flatten()
                .flatten()
            {
                let path = file.path();
                let name = path.strip_prefix(&folder).unwrap().to_str().unwrap();
                assert_eq!(FILES.get(name), Some(&&*fs::read(&path).unwrap()), "{name}");
                count += 1;
            }
        }
        // Beside them, the README of all.
        assert_eq!(FILES.len(), count + 1);
    }

    #[test]
    fn a_torn_archive_is_none() {
        assert_eq!(unpack(&PACKED[..PACKED.len() / 2]), None);
    }

    /// What the release binary carries for the demo: 2.3 MB of answers would be a tenth of it.
    #[test]
    fn the_archive_is_small() {
        let plain: usize = FILES.values().map(|file| file.len()).sum();
        assert!(plain > 10 * PACKED.len(), "{plain} to {}", PACKED.len());
    }
}
