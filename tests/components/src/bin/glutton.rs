//! Takes more than it may have: for a `tools/call` with `{"what": …}` it computes for ever, fills
//! memory, recurses, asks for a terabyte of random bytes, makes a million handles, or 33,000 headers. Any other one it answers.

#[cfg(target_os = "wasi")]
fn main() {
    argocd_probes::serve(|message, _| {
        match message["params"]["arguments"]["what"].as_str() {
            Some("spin") => spin(),
            Some("memory") => memory(),
            Some("recursion") => {
                std::hint::black_box(recurse(0));
            }
            Some("random") => {
                std::hint::black_box(wasi::random::random::get_random_bytes(1 << 40));
            }
            Some("handles") => handles(),
            Some("headers") => headers(),
            _ => {}
        }
        "enough".to_owned()
    });
}

/// Host calls in the loop, so that it cannot be metered by wasm code alone.
#[cfg(target_os = "wasi")]
fn spin() {
    loop {
        std::hint::black_box(wasi::clocks::monotonic_clock::now());
    }
}

#[cfg(target_os = "wasi")]
fn memory() {
    let mut blocks = Vec::new();
    loop {
        blocks.push(vec![1_u8; 8 << 20]);
        std::hint::black_box(&blocks);
    }
}

#[cfg(target_os = "wasi")]
#[allow(unconditional_recursion)]
fn recurse(depth: u64) -> u64 {
    let block = std::hint::black_box([depth; 64]);
    recurse(depth + 1) + block[0]
}

#[cfg(target_os = "wasi")]
fn handles() {
    let fields: Vec<_> = (0..1_000_000)
        .map(|_| wasi::http::types::Fields::new())
        .collect();
    std::hint::black_box(fields.len());
}

#[cfg(target_os = "wasi")]
fn headers() {
    let fields = wasi::http::types::Fields::new();
    for number in 0..33_000 {
        // What refuses one of them ends the loop, or the component.
        if fields.append(&format!("x-{number}"), b"y").is_err() {
            std::process::abort();
        }
    }
}

#[cfg(not(target_os = "wasi"))]
fn main() {}
