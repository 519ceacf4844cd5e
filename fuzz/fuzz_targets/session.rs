#![no_main]

#[allow(dead_code)]
mod doors;

libfuzzer_sys::fuzz_target!(|data: &[u8]| doors::session(data));
