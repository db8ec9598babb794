//! The engine's settings, one file for both sides: `build.rs` compiles the embedded component with
//! them and the host loads it with them. A difference makes loading fail, never misbehave.

use wasmtime::{Config, Engine, Result};

/// Deepest wasm stack, in bytes: the guest's own recursion is shallow, JSON depth is capped at 64.
const WASM_STACK_BYTES: usize = 512 << 10;
/// Stack of the fiber that runs guest and host functions, in bytes: the wasm stack plus room for the host.
const FIBER_STACK_BYTES: usize = 2 << 20;

/// An engine; `target` is a triple when code is compiled for another process (it drops this
/// machine's CPU features), `None` for this process.
pub(crate) fn engine(target: Option<&str>) -> Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .epoch_interruption(true)
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(FIBER_STACK_BYTES);
    if let Some(triple) = target {
        config.target(triple)?;
    }
    Engine::new(&config)
}
