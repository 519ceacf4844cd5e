//! Reads and reviews the files that a command names.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::notebook::{self, Notebook};
use crate::review::Review;
use crate::shell::config::Configs;
use crate::shell::files::{self, FileError, Found};
use crate::shell::modules;
use crate::shell::report::Reviewed;

/// Reviews every file that `paths` lead to and makes something of each, in path order. A file that
/// cannot be read, or on which the program fails, is an answer like the others.
///
/// # Errors
/// When settings of one of the files cannot be used.
pub fn each<T: Send>(
    configs: &Configs<'_>,
    paths: &[PathBuf],
    make: impl Fn(Reviewed) -> T + Sync,
) -> io::Result<Vec<T>> {
    let found = find(configs, paths)?;
    Ok(files::read_each(found, |path, bytes| {
        let outcome = bytes.and_then(|bytes| caught(|| read(configs, path, bytes)));
        let file = |outcome| Reviewed { path: path.display().to_string(), outcome };
        match catch_unwind(AssertUnwindSafe(|| make(file(outcome)))) {
            Ok(made) => made,
            Err(_) => make(file(Err(FileError::Internal))),
        }
    }))
}

/// The files that `paths` lead to, as far as their settings do not leave them out.
///
/// # Errors
/// When settings of one of the files cannot be used.
pub fn find(configs: &Configs<'_>, paths: &[PathBuf]) -> io::Result<Vec<Found>> {
    configs.keep(files::find(paths), paths).map_err(io::Error::other)
}

/// Reads a notebook and reviews it.
///
/// # Errors
/// When the bytes are no notebook.
pub fn read(
    configs: &Configs<'_>,
    path: &Path,
    bytes: Vec<u8>,
) -> Result<(Notebook, Review), FileError> {
    let name = path.to_string_lossy();
    let notebook = notebook::parse(&name, bytes).map_err(FileError::Notebook)?;
    // Settings that cannot be used were complained of when the file was found.
    let settings = configs.of(path).unwrap_or_else(|_| configs.alone());
    let tables = configs.tables;
    let review = modules::review_in_place(path, &notebook, tables, settings);
    Ok((notebook, review))
}

/// Works on one file. A panic, which is a fault of ours, concerns this file alone.
///
/// # Errors
/// When the work fails or panics.
pub fn caught<T>(work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(FileError::Internal))
}
