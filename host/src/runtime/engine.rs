//! The engine's settings, one file for both sides: `build.rs` compiles the embedded component with
//! them and the host loads it with them. A difference makes loading fail, never misbehave.

use wasmtime::{Config, Result};

use crate::limits;

/// The settings; `target` is a triple when code is compiled for another process (it drops this
/// machine's CPU features), `None` for this process.
pub(crate) fn config(target: Option<&str>) -> Result<Config> {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .epoch_interruption(true)
        .max_wasm_stack(limits::WASM_STACK_BYTES)
        .async_stack_size(limits::ASYNC_STACK_BYTES);
    if let Some(triple) = target {
        config.target(triple)?;
    }
    Ok(config)
}
