//! The fixtures, and files of others where they are at hand.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file and the form that it is of: the folder that it lies in.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub name: String,
    pub form: String,
    pub bytes: Vec<u8>,
}

impl Fixture {
    /// The lines, from 1, that a rule has to report, and the rule.
    pub fn marked(&self) -> BTreeSet<(usize, String)> {
        let text = String::from_utf8_lossy(&self.bytes);
        let mark = |(line, text): (usize, &str)| {
            let (_, rules) = text.split_once("# mistake: ")?;
            Some((line + 1, rules.trim().to_owned()))
        };
        text.lines().enumerate().filter_map(mark).collect()
    }
}

pub fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms/fixtures");
    let found = below(&folder);
    assert!(found.len() >= 24, "four of each form");
    found
}

/// Files of others, from the folder that `NBASYNC_FORMS` names or `../shared/forms`; none where there
/// is no such folder, which is said.
pub fn shared() -> Vec<Fixture> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/forms");
    let folder = std::env::var_os("NBASYNC_FORMS").map_or_else(beside, PathBuf::from);
    let found = below(&folder);
    if found.is_empty() {
        // Not `eprintln!`, which a passing test keeps to itself.
        let said = format!("skipped: no forms at {}\n", folder.display());
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    found
}

fn below(folder: &Path) -> Vec<Fixture> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(below(&path));
        } else if path.extension().is_some_and(|end| end == "py" || end == "md" || end == "qmd") {
            let form = path.parent().and_then(Path::file_name).unwrap_or_default();
            found.push(Fixture {
                name: path.to_string_lossy().into_owned(),
                form: form.to_string_lossy().into_owned(),
                bytes: std::fs::read(&path).unwrap(),
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
