//! The tables that the program carries, read from the project's folder.

use std::path::Path;

use nbasync::knowledge::Tables;

/// Reads all of them.
pub fn tables() -> Tables {
    let read = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/tables").join(name);
        std::fs::read_to_string(path).unwrap()
    };
    Tables::parse(|name| read(&format!("{name}.yaml"))).unwrap()
}
