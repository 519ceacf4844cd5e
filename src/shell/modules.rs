//! Finds the user's own modules beside a notebook.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::facts::ModuleSource;
use crate::notebook::{self, Notebook};
use crate::review::wanted_modules;

/// A module larger than this many bytes is generated, not written.
const LARGEST: u64 = 1 << 20;

/// As many modules as a notebook's own code is likely to have.
const MOST: usize = 64;

/// The modules beside the notebook in the file at `path`, whose content is `bytes`.
pub fn beside(path: &Path, bytes: &[u8]) -> Vec<ModuleSource> {
    let notebook = notebook::parse(&path.to_string_lossy(), bytes);
    notebook.map(|notebook| of(path, &notebook)).unwrap_or_default()
}

/// The modules that `notebook` imports and the scripts that it runs, as far as they lie in its
/// folder or below. What cannot be read counts as not there.
pub fn of(path: &Path, notebook: &Notebook) -> Vec<ModuleSource> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let (modules, scripts) = wanted_modules(notebook);
    let module = |name: String| {
        let relative: PathBuf = name.split('.').collect();
        let file = [relative.with_extension("py"), relative.join("__init__.py")]
            .into_iter()
            .map(|file| folder.join(file))
            .find(|file| file.is_file())?;
        read(name, &file)
    };
    let script = |name: String| {
        let relative = Path::new(&name);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let is_python = relative.extension().is_some_and(|end| end == "py");
        (inside && is_python).then(|| read(name.clone(), &folder.join(relative))).flatten()
    };
    let found = modules.into_iter().filter_map(module);
    found.chain(scripts.into_iter().filter_map(script)).take(MOST).collect()
}

fn read(name: String, file: &Path) -> Option<ModuleSource> {
    let size = fs::metadata(file).ok()?.len();
    if size > LARGEST {
        return None;
    }
    let source = String::from_utf8_lossy(&fs::read(file).ok()?).into_owned();
    Some(ModuleSource { name, path: file.display().to_string(), source })
}
