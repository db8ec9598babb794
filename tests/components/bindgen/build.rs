//! Says where the WIT files of WASI are: in the `wasip2` crate, which the guest uses. None is copied.

use std::{env, fs, path::Path, process::Command};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../../wit");
    println!("cargo::rerun-if-changed=../../../Cargo.lock");
    let arguments = "metadata --format-version 1 --locked --filter-platform wasm32-wasip2";
    let output = Command::new(env::var("CARGO")?)
        .args(arguments.split(' '))
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let manifest = packages
        .find(|package| package["name"] == "wasip2")
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("no wasip2 among the packages")?;
    let wasi = Path::new(manifest).with_file_name("wit");
    let ours = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../../wit/world.wit");
    let bindings = format!(
        "wit_bindgen::generate!({{ path: [{wasi:?}, {ours:?}], world: \"argocd:host/server\", generate_all }});\n"
    );
    let file = Path::new(&env::var("OUT_DIR")?).join("bindings.rs");
    fs::write(file, bindings)?;
    Ok(())
}
