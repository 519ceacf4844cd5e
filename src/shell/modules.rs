//! Finds the user's own modules beside a notebook, and the files that use the notebook's functions.

mod folders;
mod versions;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::execution::{Modules, Use, modules};
use crate::index::ReadCell;
use crate::knowledge::Tables;
use crate::notebook::{self, Notebook};
use crate::review::users::{self, Access, User};
use crate::review::{
    Known, Review, Settings, Surroundings, coloured, quiet, review_asked, review_quiet,
    review_read, wanted_modules,
};

pub use folders::Folders;
use folders::Named;

/// Reviews the notebook at `path` with what lies beside it.
pub fn review_in_place(
    path: &Path,
    notebook: &Notebook,
    tables: &Tables,
    settings: Settings,
    folders: &Folders,
) -> Review {
    let surroundings = Surroundings { settings, ..Surroundings::default() };
    review_again_in_place(path, notebook, tables, surroundings, folders, &Known::default())
}

/// As [`review_in_place`], for a notebook of an earlier text of which something is `known`. The modules among the
/// surroundings are found anew.
pub fn review_again_in_place(
    path: &Path,
    notebook: &Notebook,
    tables: &Tables,
    surroundings: Surroundings,
    folders: &Folders,
    known: &Known,
) -> Review {
    let own = surroundings.settings.tables(tables);
    if quiet(notebook, own).is_some_and(|names| !lie_beside(path, &names, folders)) {
        let surroundings = Surroundings { modules: Arc::default(), ..surroundings };
        return review_quiet(notebook, &surroundings, known);
    }
    let (cells, files) = of(path, notebook, folders, &known.cells);
    let modules = folders.modules(files, own);
    let libraries = match surroundings.asks_for_versions(notebook, own) {
        true => folders.libraries(path.parent().unwrap_or(Path::new(""))),
        false => Arc::default(),
    };
    let surroundings = Surroundings { modules: Arc::clone(&modules), libraries, ..surroundings };
    let review = review_read(notebook, cells, tables, &surroundings, known);
    let own = surroundings.settings.tables(tables);
    let uses = uses(path, notebook, &coloured(&review), own, folders);
    if uses.is_empty() {
        return review;
    }
    let surroundings = Surroundings {
        modules: Arc::new(Modules::clone(&modules).with_users(uses)),
        ..surroundings
    };
    review_asked(notebook, tables, &surroundings, &review.known())
}

/// Whether a module or package of one of these names lies in the folder of the file at `path`.
fn lie_beside(path: &Path, names: &BTreeSet<&str>, folders: &Folders) -> bool {
    let folder = path.parent().unwrap_or(Path::new(""));
    let modules = folders.importable(folder);
    names.iter().any(|name| modules.contains(*name))
}

/// The modules that `notebook` imports and the scripts that it runs, as far as they lie in its
/// folder or below, with the names by which it knows them; and its cells as they were read for this.
fn of(
    path: &Path,
    notebook: &Notebook,
    folders: &Folders,
    known: &[Arc<ReadCell>],
) -> (Vec<Arc<ReadCell>>, Vec<Named>) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let (cells, modules, scripts) = wanted_modules(notebook, known);
    let module = |name: String| {
        let relative: PathBuf = name.split('.').collect();
        let file = [relative.with_extension("py"), relative.join("__init__.py")]
            .into_iter()
            .map(|file| folder.join(file))
            .find(|file| folders.holds(file))?;
        Some((name, file))
    };
    let script = |name: String| {
        let relative = Path::new(&name);
        let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        let is_python = relative.extension().is_some_and(|end| end == "py");
        (inside && is_python).then(|| (name.clone(), folder.join(relative)))
    };
    let found = modules.into_iter().filter_map(module);
    (cells, found.chain(scripts.into_iter().filter_map(script)).collect())
}

/// The places in other files of the folder that use one of the notebook's `functions` without
/// awaiting it: modules and notebooks that import it or run it, and scripts that it runs with its
/// own names (`%run -i`).
fn uses(
    path: &Path,
    notebook: &Notebook,
    functions: &[String],
    tables: &Tables,
    folders: &Folders,
) -> Vec<Use> {
    if functions.is_empty() {
        return Vec::new();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let shared = modules::run_with_names(notebook);
    let listing = folders.listing(folder);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let run = shared
        .iter()
        .filter_map(|script| listing.files.iter().position(|file| Path::new(script) == file));
    let places: BTreeSet<usize> = listing.naming(stem).into_iter().chain(run).collect();
    let mut found = Vec::new();
    for file in places.into_iter().filter_map(|at| listing.files.get(at)) {
        if Some(file.as_os_str()) == path.file_name() {
            continue;
        }
        let runs_here = shared.iter().any(|script| Path::new(script) == file);
        let whole = folder.join(file);
        let Some(user) = user(folders, &whole, path, runs_here) else { continue };
        if runs_here || modules::runs(&user.notebook, path) {
            found.extend(users::uses(&user, Access::Names, functions, tables));
        } else if let Some(module) = path.file_stem().and_then(|stem| stem.to_str()) {
            found.extend(users::uses(&user, Access::Module(module), functions, tables));
        }
    }
    found
}

/// The file, when it is a notebook or module that names the one at `path` or is run in it.
fn user(folders: &Folders, file: &Path, path: &Path, runs_here: bool) -> Option<User> {
    let stem = path.file_stem()?.to_str()?;
    let bytes = folders.contents(file)?;
    let names_it = runs_here || memchr::memmem::find(&bytes, stem.as_bytes()).is_some();
    let shown = file.display().to_string();
    let notebook = names_it.then(|| notebook::parse(&shown, bytes).ok()).flatten()?;
    Some(User { path: shown, notebook })
}
