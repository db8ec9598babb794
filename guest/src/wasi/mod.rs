//! WASI
