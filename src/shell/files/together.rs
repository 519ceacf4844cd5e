//! Writes several files or none of them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

use super::save::{SaveError, failed, in_folder, missing, save};
use crate::review::FileChange;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum TogetherError {
    #[error("{}: there is such a file already", .path.display())]
    Exists { path: PathBuf },
    #[error("{}", .path.display())]
    Save {
        path: PathBuf,
        #[source]
        source: SaveError,
    },
    /// Something failed after the first file was in place, and that one could not be put back.
    #[error("{} was written, and what should have followed was not", .path.display())]
    Half {
        path: PathBuf,
        #[source]
        source: SaveError,
    },
}

impl TogetherError {
    /// The file that it is about.
    pub fn path(&self) -> &Path {
        match self {
            Self::Exists { path } | Self::Save { path, .. } | Self::Half { path, .. } => path,
        }
    }
}

/// Puts every file in place, in order. Until all of them lie ready beside their places nothing is
/// changed; should one fail after that, those before it are put back.
///
/// # Errors
/// When one of them holds something else than expected, is there against expectation, or cannot be
/// written.
pub fn save_together(changes: &[FileChange]) -> Result<(), TogetherError> {
    let mut ready: Vec<Ready> = Vec::new();
    for change in changes {
        match prepare(change) {
            Ok(one) => ready.push(one),
            Err(error) => {
                ready.iter().for_each(Ready::give_up);
                return Err(error);
            }
        }
    }
    let mut waiting = ready.into_iter();
    let mut done: Vec<&FileChange> = Vec::new();
    while let Some(one) = waiting.next() {
        let change = one.change;
        if let Err(source) = one.put() {
            waiting.for_each(|it| it.give_up());
            return Err(put_back(&done, change, source));
        }
        done.push(change);
    }
    Ok(())
}

/// Takes back what [`save_together`] wrote: files that it made are removed, the others hold what
/// they held. Nothing is touched when one of them has changed since.
///
/// # Errors
/// When one of them holds something else than was written, or cannot be written.
pub fn take_back(changes: &[FileChange]) -> Result<(), TogetherError> {
    for change in changes {
        let is_same = unchanged(&change.path, &change.bytes);
        is_same.map_err(|source| TogetherError::Save { path: change.path.clone(), source })?;
    }
    // What uses the others was written last and goes first.
    for change in changes.iter().rev() {
        back(change).map_err(|source| TogetherError::Save { path: change.path.clone(), source })?;
    }
    Ok(())
}

fn back(change: &FileChange) -> Result<(), SaveError> {
    match &change.expected {
        Some(before) => save(&change.path, &change.bytes, before),
        None => fs::remove_file(&change.path).map_err(missing),
    }
}

/// A file that lies ready beside its place.
struct Ready<'c> {
    change: &'c FileChange,
    /// Where it goes, links followed.
    path: PathBuf,
    file: AtomicWriteFile,
}

fn prepare(change: &FileChange) -> Result<Ready<'_>, TogetherError> {
    let path = place(change)?;
    let wrap = |source| TogetherError::Save { path: change.path.clone(), source };
    let fill = || {
        let mut file = AtomicWriteFile::open(&path).map_err(|error| in_folder(&path, error))?;
        file.write_all(&change.bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        Ok(file)
    };
    match fill() {
        Ok(file) => Ok(Ready { change, path, file }),
        Err(source) => {
            forget(change, &path);
            Err(wrap(source))
        }
    }
}

/// The file to replace. One that is not there yet is made, empty, so that the name is ours.
fn place(change: &FileChange) -> Result<PathBuf, TogetherError> {
    let path = &change.path;
    let wrap = |source| TogetherError::Save { path: path.clone(), source };
    let Some(expected) = &change.expected else {
        return match File::create_new(path) {
            Ok(_) => Ok(path.clone()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(TogetherError::Exists { path: path.clone() })
            }
            Err(error) => Err(wrap(in_folder(path, error))),
        };
    };
    let real = fs::canonicalize(path).map_err(|error| wrap(missing(error)))?;
    let metadata = fs::metadata(&real).map_err(|error| wrap(missing(error)))?;
    if metadata.permissions().readonly() {
        return Err(wrap(SaveError::ReadOnly));
    }
    unchanged(&real, expected).map_err(wrap)?;
    Ok(real)
}

fn unchanged(path: &Path, expected: &[u8]) -> Result<(), SaveError> {
    match fs::read(path).map_err(missing)? == expected {
        true => Ok(()),
        false => Err(SaveError::Changed),
    }
}

impl Ready<'_> {
    /// Replaces the file, if it still holds what it did.
    fn put(self) -> Result<(), SaveError> {
        let expected = self.change.expected.as_deref().unwrap_or_default();
        let put = unchanged(&self.path, expected).and_then(|()| self.file.commit().map_err(failed));
        if put.is_err() {
            forget(self.change, &self.path);
        }
        put
    }

    fn give_up(&self) {
        forget(self.change, &self.path);
    }
}

/// Removes the empty file that holds the place of a new one. That it cannot be removed changes
/// nothing about the failure that led here.
fn forget(change: &FileChange, path: &Path) {
    if change.expected.is_none() && fs::metadata(path).is_ok_and(|file| file.len() == 0) {
        let _ = fs::remove_file(path);
    }
}

fn put_back(done: &[&FileChange], failed_at: &FileChange, source: SaveError) -> TogetherError {
    for change in done.iter().rev() {
        if back(change).is_err() {
            return TogetherError::Half { path: change.path.clone(), source };
        }
    }
    TogetherError::Save { path: failed_at.path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: PathBuf, expected: Option<&str>, bytes: &str) -> FileChange {
        FileChange {
            path,
            expected: expected.map(|it| it.as_bytes().to_vec()),
            bytes: bytes.into(),
        }
    }

    fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (notebook, module) = (folder.path().join("a.ipynb"), folder.path().join("helpers.py"));
        fs::write(&notebook, "old").unwrap();
        (folder, notebook, module)
    }

    fn entries(folder: &tempfile::TempDir) -> Vec<String> {
        let name =
            |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(folder.path()).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn both_files_are_written_and_nothing_is_left_beside() {
        let (folder, notebook, module) = folder();
        let changes =
            [change(module.clone(), None, "m"), change(notebook.clone(), Some("old"), "new")];
        save_together(&changes).unwrap();
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "new");
        assert_eq!(fs::read_to_string(&module).unwrap(), "m");
        assert_eq!(entries(&folder), ["a.ipynb", "helpers.py"]);
    }

    #[test]
    fn what_was_written_can_be_taken_back_unless_it_changed() {
        let (folder, notebook, module) = folder();
        let changes =
            [change(module.clone(), None, "m"), change(notebook.clone(), Some("old"), "new")];
        save_together(&changes).unwrap();
        fs::write(&module, "mine").unwrap();
        assert!(take_back(&changes).is_err());
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "new");
        fs::write(&module, "m").unwrap();
        take_back(&changes).unwrap();
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "old");
        assert_eq!(entries(&folder), ["a.ipynb"]);
    }

    #[test]
    fn a_file_that_changed_keeps_the_other_from_being_made() {
        let (folder, notebook, module) = folder();
        let changes = [change(module, None, "m"), change(notebook.clone(), Some("older"), "new")];
        let error = save_together(&changes).unwrap_err();
        assert!(matches!(error, TogetherError::Save { source: SaveError::Changed, .. }));
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "old");
        assert_eq!(entries(&folder), ["a.ipynb"]);
    }

    #[test]
    fn a_new_file_takes_no_others_place() {
        let (folder, notebook, module) = folder();
        fs::write(&module, "mine").unwrap();
        let changes =
            [change(notebook.clone(), Some("old"), "new"), change(module.clone(), None, "m")];
        let error = save_together(&changes).unwrap_err();
        assert!(matches!(error, TogetherError::Exists { .. }));
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "old");
        assert_eq!(fs::read_to_string(&module).unwrap(), "mine");
        assert_eq!(entries(&folder), ["a.ipynb", "helpers.py"]);
    }

    #[test]
    fn what_was_written_is_put_back_when_a_later_file_fails() {
        let (folder, notebook, module) = folder();
        let ready =
            [change(module.clone(), None, "m"), change(notebook.clone(), Some("old"), "new")];
        let made = save_together(&ready);
        assert!(made.is_ok());
        let source = SaveError::Changed;
        let error = put_back(&[&ready[0], &ready[1]], &ready[1], source);
        assert!(matches!(error, TogetherError::Save { .. }));
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "old");
        assert_eq!(entries(&folder), ["a.ipynb"]);
    }
}
