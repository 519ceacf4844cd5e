//! Finds the user's own modules beside a notebook, and the files that use the notebook's functions.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::facts::{Access, ModuleSource, Modules, Use, User, modules, users};
use crate::knowledge::Tables;
use crate::notebook::{self, Notebook};
use crate::review::{Review, Settings, Surroundings, coloured, review_again, wanted_modules};

/// A module larger than this many bytes is generated, not written.
const LARGEST: u64 = 1 << 20;

/// As many modules as a notebook's own code is likely to have.
const MOST: usize = 64;

/// As many files beside a notebook as are looked into.
const MOST_BESIDE: usize = 1000;

/// A notebook beside this one that is larger, in bytes, is left alone.
const LARGEST_NOTEBOOK: u64 = 8 << 20;

/// Reviews the notebook at `path` with what lies beside it.
pub fn review_in_place(
    path: &Path,
    notebook: &Notebook,
    tables: &Tables,
    settings: Settings,
) -> Review {
    let own = settings.tables(tables);
    let modules = Modules::read(&of(path, notebook), own);
    let surroundings = Surroundings { modules: Arc::new(modules.clone()), settings };
    let review = review_again(notebook, tables, &surroundings, &[]);
    let own = surroundings.settings.tables(tables);
    let uses = uses(path, notebook, &coloured(&review), own);
    if uses.is_empty() {
        return review;
    }
    let surroundings = Surroundings { modules: Arc::new(modules.with_users(uses)), ..surroundings };
    review_again(notebook, tables, &surroundings, &review.cells)
}

/// The modules that `notebook` imports and the scripts that it runs, as far as they lie in its
/// folder or below. What cannot be read counts as not there.
fn of(path: &Path, notebook: &Notebook) -> Vec<ModuleSource> {
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

/// The places in other files of the folder that use one of the notebook's `functions` without
/// awaiting it: modules and notebooks that import it or run it, and scripts that it runs with its
/// own names (`%run -i`).
fn uses(path: &Path, notebook: &Notebook, functions: &[String], tables: &Tables) -> Vec<Use> {
    if functions.is_empty() {
        return Vec::new();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let shared = modules::run_with_names(notebook);
    let mut found = Vec::new();
    for file in beside(folder) {
        if Some(file.as_os_str()) == path.file_name() {
            continue;
        }
        let runs_here = shared.iter().any(|script| Path::new(script) == file);
        let whole = folder.join(&file);
        let Some(user) = user(&whole, path, runs_here) else { continue };
        if runs_here || modules::runs(&user.notebook, path) {
            found.extend(users::uses(&user, Access::Names, functions, tables));
        } else if let Some(module) = path.file_stem().and_then(|stem| stem.to_str()) {
            found.extend(users::uses(&user, Access::Module(module), functions, tables));
        }
    }
    found
}

/// The names of the Python files and notebooks in `folder`, in order.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let is_python =
        |file: &PathBuf| file.extension().is_some_and(|end| end == "py" || end == "ipynb");
    let names = entries.flatten().map(|entry| PathBuf::from(entry.file_name()));
    let mut names: Vec<PathBuf> = names.filter(is_python).take(MOST_BESIDE).collect();
    names.sort();
    names
}

/// The file, when it is a notebook or module that names the one at `path` or is run in it.
fn user(file: &Path, path: &Path, runs_here: bool) -> Option<User> {
    let stem = path.file_stem()?.to_str()?;
    let size = fs::metadata(file).ok()?.len();
    let most = if file.extension()? == "py" { LARGEST } else { LARGEST_NOTEBOOK };
    let bytes = (size <= most).then(|| fs::read(file).ok()).flatten()?;
    let names_it = runs_here || memchr::memmem::find(&bytes, stem.as_bytes()).is_some();
    let shown = file.display().to_string();
    let notebook = names_it.then(|| notebook::parse(&shown, bytes).ok()).flatten()?;
    Some(User { path: shown, notebook })
}
