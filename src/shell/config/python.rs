//! The Python that files of a folder ask for.

use std::path::Path;

use toml::{Table, Value};

use super::text;
use crate::environment::{PythonVersion, RequiredPython};
use crate::libraries::{By, conda_environment, poetry};

/// Reads what a file of one form asks for.
type Reader = fn(&str) -> Option<RequiredPython>;

/// Files that ask for a Python beside `pyproject.toml`; what comes first counts. Locks come last: whoever
/// made them read the others.
///
/// Source: repo2docker for `runtime.txt`, and the documentation of uv, conda, pipenv, PDM and PEP 751.
const FILES: [(&str, Reader); 8] = [
    ("environment.yml", environment),
    ("environment.yaml", environment),
    ("runtime.txt", pinned),
    ("Pipfile", pipfile),
    ("uv.lock", |text| of(&table(head(text))?.into(), "requires-python")),
    ("pylock.toml", |text| of(&table(head(text))?.into(), "requires-python")),
    ("poetry.lock", |text| of(table(text)?.get("metadata")?, "python-versions")),
    ("pdm.lock", |text| {
        of(table(text)?.get("metadata")?.get("targets")?.get(0)?, "requires_python")
    }),
];

/// The file that pins the Python of a folder. Whoever writes something else into it says nothing.
const PINNED: &str = ".python-version";

/// What is asked for in a folder, whose `pyproject.toml` asks for `project`. A file that cannot be read
/// asks for nothing.
pub(super) fn asked(folder: &Path, project: Option<RequiredPython>) -> Option<RequiredPython> {
    let read = |name: &str, reader: Reader| reader(&text(&folder.join(name)).ok().flatten()?);
    read(PINNED, pinned)
        .or(project)
        .or_else(|| FILES.iter().find_map(|(name, reader)| read(name, *reader)))
}

/// What a specifier such as `>=3.10,<4` or Poetry's `^3.10` allows.
pub(super) fn specified(specifier: &str) -> Option<RequiredPython> {
    poetry(specifier, By::File(String::new()))?.python()
}

/// The first line that is no comment, without the name of the implementation.
fn pinned(text: &str) -> Option<RequiredPython> {
    PythonVersion::pinned(text).map(RequiredPython::exactly)
}

/// The package `python` of an environment of conda.
fn environment(text: &str) -> Option<RequiredPython> {
    let mut packages = conda_environment(text, By::File(String::new()));
    packages.find_map(|(name, said)| said?.python().filter(|_| name == "python"))
}

/// What pipenv requires: a version with its last number or without.
fn pipfile(text: &str) -> Option<RequiredPython> {
    let table = table(text)?;
    let requires = table.get("requires")?;
    of(requires, "python_full_version").or_else(|| of(requires, "python_version"))
}

fn table(text: &str) -> Option<Table> {
    text.parse().ok()
}

/// What stands before the first package of a lock, which may be long.
fn head(text: &str) -> &str {
    let end = text.find("\n[").map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or_default()
}

fn of(value: &Value, key: &str) -> Option<RequiredPython> {
    specified(value.get(key)?.as_str()?)
}
