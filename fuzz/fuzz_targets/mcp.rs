#![no_main]

#[allow(dead_code)]
mod doors;

libfuzzer_sys::fuzz_target!(init: doors::begin(), |data: &[u8]| doors::mcp(data));
