//! Reads and reviews the files that a command names.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Session;
use crate::facts::Modules;
use crate::notebook::{self, Notebook};
use crate::review::{Review, Surroundings, review_again};
use crate::shell::files::{self, FileError};
use crate::shell::modules;
use crate::shell::report::Reviewed;

/// Reviews every file that `paths` lead to and makes something of each, in path order. A file that
/// cannot be read, or on which the program fails, is an answer like the others.
pub fn each<T: Send>(
    session: &Session,
    paths: &[PathBuf],
    make: impl Fn(Reviewed) -> T + Sync,
) -> Vec<T> {
    files::read_each(files::find(paths), |path, bytes| {
        let outcome = bytes.and_then(|bytes| caught(|| read(session, path, bytes)));
        let file = |outcome| Reviewed { path: path.display().to_string(), outcome };
        match catch_unwind(AssertUnwindSafe(|| make(file(outcome)))) {
            Ok(made) => made,
            Err(_) => make(file(Err(FileError::Internal))),
        }
    })
}

/// Reads a notebook and reviews it.
///
/// # Errors
/// When the bytes are no notebook.
pub fn read(
    session: &Session,
    path: &Path,
    bytes: Vec<u8>,
) -> Result<(Notebook, Review), FileError> {
    let name = path.to_string_lossy();
    let notebook = notebook::parse(&name, bytes).map_err(FileError::Notebook)?;
    let tables = &session.knowledge.tables;
    let modules = Modules::read(&modules::of(path, &notebook), tables);
    let surroundings = Surroundings { modules: Arc::new(modules), ..Surroundings::default() };
    let review = review_again(&notebook, tables, &surroundings, &[]);
    Ok((notebook, review))
}

/// Works on one file. A panic, which is a fault of ours, concerns this file alone.
///
/// # Errors
/// When the work fails or panics.
pub fn caught<T>(work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(FileError::Internal))
}
