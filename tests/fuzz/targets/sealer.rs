#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    argocd_fuzz::properties::sealer::holds(data);
});
