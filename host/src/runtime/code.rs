//! Makes the embedded component's code executable where it lies in this binary: no copy of two
//! megabytes at each start, and only the pages that run are ever read.

use std::ffi::c_void;

use rustix::mm::{MprotectFlags, mprotect};
use wasmtime::{CustomCodeMemory, Engine, Result};

use super::engine;

/// An engine for this process.
pub(crate) fn engine() -> Result<Engine> {
    let mut config = engine::config(None)?;
    config.with_custom_code_memory(Some(std::sync::Arc::new(InPlace)));
    Engine::new(&config)
}

/// Changes the protection of code memory, whoever owns it; never writable and executable at once.
struct InPlace;

impl CustomCodeMemory for InPlace {
    fn required_alignment(&self) -> usize {
        rustix::param::page_size()
    }

    fn publish_executable(&self, start: *const u8, length: usize) -> Result<()> {
        protect(start, length, MprotectFlags::READ | MprotectFlags::EXEC)
    }

    fn unpublish_executable(&self, start: *const u8, length: usize) -> Result<()> {
        protect(start, length, MprotectFlags::READ)
    }
}

fn protect(start: *const u8, length: usize, flags: MprotectFlags) -> Result<()> {
    // SAFETY: wasmtime hands in whole pages of code memory: its own mapping, or the page-aligned
    // static of `component.rs`, in which nothing but that code lies. Neither is written to.
    unsafe { mprotect(start.cast::<c_void>().cast_mut(), length, flags) }?;
    Ok(())
}
