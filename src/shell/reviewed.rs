//! Reads and reviews the files that somebody names.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::notebook::{self, Notebook};
use crate::review::Review;
use crate::shell::config::Configs;
use crate::shell::files::{self, FileError, Found};
use crate::shell::modules;
use crate::shell::report::Reviewed;

/// Reviews every file below `paths` and makes something of each, in path order. A file that cannot
/// be read, or on which the program fails, is an answer like the others.
///
/// # Errors
/// When settings of one of the files cannot be used.
pub fn each<T: Send>(
    configs: &Configs<'_>,
    paths: &[PathBuf],
    make: impl Fn(Reviewed) -> T + Sync,
) -> io::Result<Vec<T>> {
    Ok(each_of(configs, find(configs, paths, paths)?, make, || ()))
}

/// The same for files that were found; `done` is told of each.
pub fn each_of<T: Send>(
    configs: &Configs<'_>,
    found: Vec<Found>,
    make: impl Fn(Reviewed) -> T + Sync,
    done: impl Fn() + Sync,
) -> Vec<T> {
    files::read_each(found, |path, bytes| {
        let outcome = bytes.and_then(|bytes| caught(|| read(configs, path, bytes)));
        let made = made(path, outcome, &make);
        done();
        made
    })
}

/// What is made of one outcome; where that fails, of the failure.
pub fn made<T>(path: &Path, outcome: Outcome, make: impl Fn(Reviewed) -> T) -> T {
    let file = |outcome| Reviewed { path: path.display().to_string(), outcome };
    match catch_unwind(AssertUnwindSafe(|| make(file(outcome)))) {
        Ok(made) => made,
        Err(_) => make(file(Err(FileError::Internal))),
    }
}

/// A notebook with what there is to say of it, or why there is none.
pub type Outcome = Result<(Notebook, Review), FileError>;

/// The files below `paths`, as far as their settings do not leave them out; those of `named` they do not.
///
/// # Errors
/// When settings of one of the files cannot be used.
pub fn find(configs: &Configs<'_>, paths: &[PathBuf], named: &[PathBuf]) -> io::Result<Vec<Found>> {
    configs.keep(files::find(paths), named).map_err(io::Error::other)
}

/// Reads a notebook and reviews it.
///
/// # Errors
/// When the bytes are no notebook.
pub fn read(configs: &Configs<'_>, path: &Path, bytes: Vec<u8>) -> Outcome {
    let name = path.to_string_lossy();
    let notebook = notebook::parse(&name, bytes).map_err(FileError::Notebook)?;
    Ok(review(configs, path, notebook))
}

/// Reviews the notebook at `path` with its settings and what lies beside it.
pub fn review(configs: &Configs<'_>, path: &Path, notebook: Notebook) -> (Notebook, Review) {
    // Settings that cannot be used were complained of when the file was found.
    let settings = configs.of(path).unwrap_or_else(|_| configs.alone());
    let tables = configs.tables;
    let review = modules::review_in_place(path, &notebook, tables, settings, &configs.beside);
    (notebook, review)
}

/// Works on one file. A panic, which is a fault of ours, concerns this file alone.
///
/// # Errors
/// When the work fails or panics.
pub fn caught<T>(work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(FileError::Internal))
}
