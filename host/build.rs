//! Builds the components, compiles the embedded one ahead of time, and derives the list of expected
//! imports from `wit/`. The wasm target is added by rustup when it is missing, so that
//! `cargo test` and `cargo demo` are all the set-up there is.

use std::{
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, anyhow, bail, ensure};

#[path = "src/runtime/engine.rs"]
mod engine;
// Most bounds are not the build's affair.
#[allow(dead_code)]
#[path = "src/limits.rs"]
mod limits;

const WASM: &str = "wasm32-wasip2";

fn main() -> Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .parent()
        .context("the workspace root")?
        .to_owned();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for input in [
        "guest/src",
        "guest/Cargo.toml",
        "guest/redact",
        "tests/components",
        "wit",
        "Cargo.toml",
        "Cargo.lock",
        "rust-toolchain.toml",
    ] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/runtime/engine.rs");
    println!("cargo::rerun-if-changed=src/limits.rs");
    add_wasm_target()?;
    // One folder for all profiles: the component is the same in each.
    let target = out
        .ancestors()
        .nth(4)
        .context("the target folder")?
        .join("guest");
    build(
        &root,
        &target,
        &["--package", "argocd-guest", "--bin", "argocd"],
    )?;
    let probes = ["argocd-probes", "argocd-probe-bindgen", "argocd-probe-waki"];
    let packages = probes.map(|name| ["--package", name]);
    build(&root, &target, packages.as_flattened())?;
    if env::var_os("CARGO_FEATURE_GUARD_SWITCHES").is_some() {
        build_unchecked(&root, &target, &out)?;
    }
    let built = target.join(WASM).join("guest");
    let component = fs::read(built.join("argocd.wasm")).context("reading the built component")?;
    for name in [
        "argocd", "bindgen", "faulty", "glutton", "hostile", "importer", "scanner", "spy", "waki",
    ] {
        fs::copy(
            built.join(format!("{name}.wasm")),
            out.join(format!("{name}.wasm")),
        )
        .with_context(|| format!("copying {name}.wasm"))?;
    }
    let config =
        engine::config(Some(&env::var("TARGET")?)).map_err(|error| anyhow!("{error:#}"))?;
    let engine = wasmtime::Engine::new(&config).map_err(|error| anyhow!("{error:#}"))?;
    let code = engine
        .precompile_component(&component)
        .map_err(|error| anyhow!("{error:#}"))?;
    fs::write(out.join("argocd.cwasm"), code)?;
    println!(
        "cargo::rustc-env=ARGOCD_COMPONENT_SHA256={}",
        sha256(&component)
    );
    fs::write(out.join("expected_imports.rs"), expected_imports(&root)?)?;
    Ok(())
}

/// The component without its check of names, for a test build. In a folder of its own: the one that
/// is embedded must not be taken for it.
fn build_unchecked(root: &Path, target: &Path, out: &Path) -> Result<()> {
    let target = target.with_file_name("guest-unchecked");
    let what = "--package argocd-guest --bin argocd --features unchecked-names";
    build(root, &target, &what.split(' ').collect::<Vec<_>>())?;
    fs::copy(
        target.join(WASM).join("guest/argocd.wasm"),
        out.join("argocd-unchecked.wasm"),
    )
    .context("copying the unchecked component")?;
    Ok(())
}

/// Adds the wasm target to the toolchain that runs this build, when it is missing.
fn add_wasm_target() -> Result<()> {
    let rustc = env::var("RUSTC")?;
    let output = Command::new(&rustc)
        .args(["--print", "sysroot"])
        .output()
        .context("asking rustc for its sysroot")?;
    let sysroot = PathBuf::from(String::from_utf8(output.stdout)?.trim());
    if sysroot.join("lib/rustlib").join(WASM).join("lib").is_dir() {
        return Ok(());
    }
    let toolchain = env::var("RUSTUP_TOOLCHAIN").unwrap_or_default();
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", WASM]);
    if !toolchain.is_empty() {
        rustup.args(["--toolchain", &toolchain]);
    }
    eprintln!("adding the {WASM} target: rustup target add {WASM}");
    match rustup.status() {
        Ok(status) if status.success() => Ok(()),
        _ => bail!(
            "the {WASM} target is missing: run `rustup target add {WASM}`, or install it with your toolchain"
        ),
    }
}

/// A nested cargo with the component's profile and none of this build's environment.
fn build(root: &Path, target: &Path, what: &[&str]) -> Result<()> {
    let mut cargo = Command::new(env::var("CARGO")?);
    cargo
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--profile",
            "guest",
            "--target",
            WASM,
            "--target-dir",
        ])
        .arg(target)
        .args(what);
    for (name, _) in env::vars() {
        let ours = name.starts_with("CARGO_")
            && name != "CARGO_HOME"
            && !name.starts_with("CARGO_REGISTR")
            && !name.starts_with("CARGO_NET")
            && !name.starts_with("CARGO_HTTP")
            && !name.starts_with("CARGO_SOURCE");
        let flags = [
            "RUSTFLAGS",
            "RUSTC",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
            "TARGET",
            "HOST",
            "PROFILE",
            "OPT_LEVEL",
            "DEBUG",
        ];
        if ours || flags.contains(&name.as_str()) {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status().context("running cargo for the component")?;
    ensure!(
        status.success(),
        "building the component failed: cargo {}",
        what.join(" ")
    );
    Ok(())
}

/// `const EXPECTED: &[&str]`: the imports of our world, with the WASI packages that the guest's own
/// bindings ship.
fn expected_imports(root: &Path) -> Result<String> {
    let mut resolve = wit_parser::Resolve::default();
    resolve.push_path(wasi_wit(root)?)?;
    let (package, _) = resolve.push_path(root.join("wit/world.wit"))?;
    let world = resolve.select_world(&[package], Some("server"))?;
    let mut names: Vec<String> = resolve.worlds[world]
        .imports
        .keys()
        .map(|key| resolve.name_world_key(key))
        .collect();
    names.sort();
    let mut source =
        String::from("/// The imports of `wit/world.wit`.\nconst EXPECTED: &[&str] = &[\n");
    for name in names {
        writeln!(source, "    {name:?},")?;
    }
    source.push_str("];\n");
    Ok(source)
}

/// The folder of WIT files that the `wasip2` crate ships.
fn wasi_wit(root: &Path) -> Result<PathBuf> {
    let output = Command::new(env::var("CARGO")?)
        .current_dir(root)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            WASM,
        ])
        .output()
        .context("asking cargo for the packages")?;
    ensure!(
        output.status.success(),
        "cargo metadata: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let manifest = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "wasip2")
        .and_then(|package| package["manifest_path"].as_str())
        .context("the wasip2 crate in the guest's dependencies")?;
    Ok(Path::new(manifest).with_file_name("wit"))
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
