//! The component: the embedded one, compiled ahead of time by the build, or another one from a
//! file, compiled here. Both are checked against our world's imports before anything runs.

use std::{
    path::{Path, PathBuf},
    ptr::NonNull,
};

use argocd_gate::{audit::Audit, digest::sha256};
use wasmtime::{Engine, component::Component};

use super::{code::engine, imports};
use crate::{exit::Failure, limits};

/// The embedded component, as `component -o` writes it.
pub(crate) const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/argocd.wasm"));
/// The same, compiled by build.rs with `engine.rs`.
static EMBEDDED_CODE: &Pages<[u8]> =
    &Pages(*include_bytes!(concat!(env!("OUT_DIR"), "/argocd.cwasm")));

/// Alone on its pages, whatever the page size (at most 64 KiB), so that they can be made executable.
#[repr(C, align(65536))]
struct Pages<T: ?Sized>(T);

/// SHA-256 of the embedded component.
pub(crate) const EMBEDDED_SHA256: &str = env!("ARGOCD_COMPONENT_SHA256");

/// A component that passed the import check.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) component: Component,
    pub(crate) sha256: String,
    pub(crate) source: Source,
}

/// Where a component came from.
pub(crate) enum Source {
    Embedded,
    File(PathBuf),
}

/// Loads the component at `path`, or the embedded one; another than the one with the hex SHA-256 of
/// `pin` is refused before it is compiled.
pub(crate) fn load(path: Option<&Path>, pin: Option<&str>) -> Result<Loaded, Failure> {
    let pinned = |found: &str| match pin {
        Some(wanted) if !wanted.eq_ignore_ascii_case(found) => Err(Failure::Refused(format!(
            "its SHA-256 is {found}, but --component-sha256 is {wanted}"
        ))),
        _ => Ok(()),
    };
    match path {
        None => {
            pinned(EMBEDDED_SHA256)?;
            embedded()
        }
        Some(path) => {
            let bytes = read(path)?;
            pinned(&sha256(&bytes))?;
            let source = Source::File(path.to_owned());
            from_bytes(&bytes, source)
        }
    }
}

/// The same, with a line in `audit` when foreign imports are the reason to refuse it.
pub(crate) fn load_audited(
    path: Option<&Path>,
    pin: Option<&str>,
    audit: &Audit,
) -> Result<Loaded, Failure> {
    audited(load(path, pin), audit)
}

/// The same for a component that was loaded already, or not.
pub(crate) fn audited(loaded: Result<Loaded, Failure>, audit: &Audit) -> Result<Loaded, Failure> {
    loaded.map_err(|failure| match failure {
        Failure::Imports { sha256, names } => match audit.imports_refused(&sha256, &names) {
            Ok(_) => Failure::Imports { sha256, names },
            Err(error) => Failure::Audit(error.to_string()),
        },
        other => other,
    })
}

fn embedded() -> Result<Loaded, Failure> {
    #[cfg(feature = "guard-switches")]
    if argocd_gate::guard::off(argocd_gate::guard::Guard::Name) {
        let unchecked = include_bytes!(concat!(env!("OUT_DIR"), "/argocd-unchecked.wasm"));
        return from_bytes(unchecked, Source::Embedded);
    }
    let engine = engine().map_err(refused)?;
    // SAFETY: the bytes were produced by this build's build.rs with the same wasmtime and the same
    // engine settings, and are part of this binary: whoever can change them can change the binary.
    // They are page-aligned, live for ever, and nothing writes to them.
    let component = unsafe { Component::deserialize_raw(&engine, NonNull::from(&EMBEDDED_CODE.0)) }
        .map_err(refused)?;
    checked(Loaded {
        engine,
        component,
        sha256: EMBEDDED_SHA256.to_owned(),
        source: Source::Embedded,
    })
}

/// Compiles and checks a component from a buffer that was read once, so that what is hashed is what runs.
pub(crate) fn from_bytes(bytes: &[u8], source: Source) -> Result<Loaded, Failure> {
    if !bytes.starts_with(b"\0asm") {
        return Err(Failure::Refused("it is not a WebAssembly binary".into()));
    }
    let sha256 = sha256(bytes);
    known_only(&sha256, imports::foreign_in(bytes))?;
    let engine = engine().map_err(refused)?;
    let component = Component::from_binary(&engine, bytes).map_err(refused)?;
    checked(Loaded {
        engine,
        component,
        sha256,
        source,
    })
}

/// The check of what was compiled, which is what will be linked.
fn checked(loaded: Loaded) -> Result<Loaded, Failure> {
    let foreign = imports::foreign(&loaded.component, &loaded.engine);
    known_only(&loaded.sha256, foreign)?;
    Ok(loaded)
}

fn known_only(sha256: &str, foreign: Vec<String>) -> Result<(), Failure> {
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Failure::Imports {
        sha256: sha256.to_owned(),
        names: foreign,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::Configuration(vec![format!("cannot read {}: {error}", path.display())])
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > limits::COMPONENT_BYTES {
        return Err(Failure::Refused(format!(
            "it has {size} bytes; at most {} are compiled",
            limits::COMPONENT_BYTES
        )));
    }
    std::fs::read(path).map_err(unreadable)
}

fn refused(error: wasmtime::Error) -> Failure {
    Failure::Refused(format!("{error:#}"))
}
