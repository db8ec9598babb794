//! Which imports a component may have: those of our world (`wit/world.wit`), up to the patch version.
//! Anything else is refused before instantiation, and each foreign import is named.

use argocd_gate::guard::{self, Guard};
use wasmparser::{Parser, Payload};
use wasmtime::{Engine, component::Component};

// `EXPECTED: &[&str]`, written by build.rs from wit/world.wit: one source for the check and for `explain`.
include!(concat!(env!("OUT_DIR"), "/expected_imports.rs"));

/// The interfaces that are linked, as `wasi:cli/exit@0.2.12`.
pub(crate) fn expected() -> &'static [&'static str] {
    EXPECTED
}

/// `wasi:cli/exit@0.2.6` becomes `wasi:cli/exit@0.2`: patch versions of one interface are compatible.
fn without_patch(name: &str) -> &str {
    match (name.rfind('@'), name.rfind('.')) {
        (Some(at), Some(dot)) if dot > at && name[at..].matches('.').count() == 2 => &name[..dot],
        _ => name,
    }
}

/// The names of all imports that our world does not have, in the component's order.
pub(crate) fn foreign(component: &Component, engine: &Engine) -> Vec<String> {
    let names = component.component_type();
    let names = names.imports(engine).map(|(name, _)| name.to_owned());
    names.filter(|name| is_foreign(name)).collect()
}

/// The same, read from a binary before any of its code is compiled: a compiler is much to offer to
/// somebody who is refused anyway. Ends where the binary cannot be read, which the compiler refuses.
pub(crate) fn foreign_in(binary: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    // Modules and components inside have imports of their own, which stay inside.
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(binary).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                let imports = section.into_iter().map_while(Result::ok);
                names.extend(imports.map(|import| import.name.name.to_owned()));
            }
            _ => {}
        }
    }
    names.retain(|name| is_foreign(name));
    names
}

fn is_foreign(name: &str) -> bool {
    let is_known = |known: &&str| without_patch(known) == without_patch(name);
    !EXPECTED.iter().any(is_known) && !guard::off(Guard::Import)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patch_versions_are_one_interface() {
        for (name, expected) in [
            ("wasi:cli/exit@0.2.6", "wasi:cli/exit@0.2"),
            ("wasi:cli/exit@0.3.0", "wasi:cli/exit@0.3"),
            ("wasi:cli/exit", "wasi:cli/exit"),
            ("hostile.example/exit@0.2", "hostile.example/exit@0.2"),
        ] {
            assert_eq!(without_patch(name), expected);
        }
    }

    #[test]
    fn the_world_has_no_files_and_no_sockets() {
        assert!(
            expected()
                .iter()
                .any(|name| name.starts_with("wasi:http/outgoing-handler@"))
        );
        for name in expected() {
            assert!(
                !name.starts_with("wasi:filesystem") && !name.starts_with("wasi:sockets"),
                "{name}"
            );
        }
    }
}
