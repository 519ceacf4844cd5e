//! Where the corpus is, and what is in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder that `NBASYNC_CORPUS` names, or `../shared/corpus` beside the crate. Says so when
/// there is none.
pub fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let root = std::env::var_os("NBASYNC_CORPUS").map_or_else(beside, PathBuf::from);
    if root.is_dir() {
        return Some(root);
    }
    // Not `eprintln!`, which a passing test keeps to itself.
    let note = format!("skipped: no corpus at {}\n", root.display());
    std::io::stderr().write_all(note.as_bytes()).unwrap();
    None
}

/// Every notebook and script below `folder`, in order of names.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "ipynb" || end == "py") {
            found.push(path);
        }
    }
    found.sort();
    found
}
