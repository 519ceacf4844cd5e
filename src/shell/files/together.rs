//! Writes several files or none of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::disk::{Step, tried};
use super::ready::{Ready, unchanged};
use super::save::{SaveError, in_folder, missing, save};
use super::saved::Remark;
use crate::diagnostic::Message;
use crate::review::FileChange;
use crate::wording;

/// Why not every file holds what it should.
#[derive(Debug, thiserror::Error)]
pub enum TogetherError {
    /// Nothing was written.
    #[error("{}", .path.display())]
    Save {
        path: PathBuf,
        #[source]
        source: SaveError,
    },
    /// The file at `failed` was not written, and those at `left` had been and stay so.
    #[error("{} was not written", .failed.display())]
    Half {
        left: Vec<PathBuf>,
        failed: PathBuf,
        #[source]
        source: SaveError,
    },
    /// Of what should have been taken back the file at `path` was not.
    #[error("{}", .path.display())]
    Kept {
        path: PathBuf,
        #[source]
        source: SaveError,
    },
}

impl TogetherError {
    /// What to say of which files.
    pub fn messages(&self) -> Vec<(&Path, Message)> {
        match self {
            Self::Save { path, source } => vec![(path, source.message())],
            Self::Half { left, failed, source } => {
                let half = || Message::says(wording::fix::unwritten::HALF);
                let left = left.iter().map(|path| (path.as_path(), half()));
                std::iter::once((failed.as_path(), source.message())).chain(left).collect()
            }
            Self::Kept { path, source } => {
                let why = Message::says(wording::fix::unwritten::KEPT);
                vec![(path, source.message()), (path, why)]
            }
        }
    }
}

/// Makes the folder in which a file is to be written, and those above it.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder_of(path: &Path) -> Result<(), TogetherError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    tried(Step::Reserve, || fs::create_dir_all(folder)).map_err(|error| TogetherError::Save {
        path: folder.to_owned(),
        source: in_folder(path, error),
    })
}

/// Puts every file in place, in order. Until all of them lie ready beside their places nothing is
/// changed; should one fail after that, those before it are put back.
///
/// # Errors
/// When one of them holds something else than expected, is there against expectation, or cannot be
/// written.
pub fn save_together(changes: &[FileChange]) -> Result<Vec<Remark>, TogetherError> {
    let ready = changes.iter().map(|change| prepare(change).map(|ready| (change, ready)));
    let ready: Vec<(&FileChange, Ready<'_>)> = ready.collect::<Result<_, _>>()?;
    let mut done: Vec<&FileChange> = Vec::new();
    let mut remarks = Vec::new();
    for (change, one) in ready {
        match one.put() {
            Ok(said) => {
                let remark = |what| Remark { path: change.path.clone(), what };
                remarks.extend(said.into_iter().map(remark));
            }
            Err(source) => return Err(put_back(&done, change, source)),
        }
        done.push(change);
    }
    Ok(remarks)
}

fn prepare(change: &FileChange) -> Result<Ready<'_>, TogetherError> {
    let FileChange { path, expected, bytes } = change;
    let ready = match expected {
        Some(expected) => Ready::over(path, expected, bytes),
        None => Ready::anew(path, bytes),
    };
    ready.map_err(|source| TogetherError::Save { path: path.clone(), source })
}

/// Takes back what [`save_together`] wrote: files that it made are removed, the others hold what
/// they held. Nothing is touched when one of them has changed since. What an earlier attempt took
/// back stays so.
///
/// # Errors
/// When one of them holds something else than was written, or cannot be written.
pub fn take_back(changes: &[FileChange]) -> Result<Vec<Remark>, TogetherError> {
    let mut left = Vec::new();
    for change in changes {
        match unchanged(&change.path, &change.bytes) {
            Ok(()) => left.push(change),
            Err(_) if is_back(change) => {}
            Err(source) => return Err(TogetherError::Save { path: change.path.clone(), source }),
        }
    }
    let mut remarks = Vec::new();
    // What uses the others was written last and goes first.
    for change in left.iter().rev() {
        let done = back(change);
        remarks.extend(
            done.map_err(|source| TogetherError::Kept { path: change.path.clone(), source })?,
        );
    }
    Ok(remarks)
}

/// Whether a file is as it was before it was written.
fn is_back(change: &FileChange) -> bool {
    match &change.expected {
        Some(before) => unchanged(&change.path, before).is_ok(),
        None => fs::symlink_metadata(&change.path).is_err(),
    }
}

fn back(change: &FileChange) -> Result<Vec<Remark>, SaveError> {
    let FileChange { path, expected, bytes } = change;
    match expected {
        Some(before) => save(path, bytes, before),
        None => {
            unchanged(path, bytes)?;
            tried(Step::Remove, || fs::remove_file(path)).map_err(missing)?;
            Ok(Vec::new())
        }
    }
}

fn put_back(done: &[&FileChange], failed: &FileChange, source: SaveError) -> TogetherError {
    let kept = done.iter().rev().filter(|change| back(change).is_err());
    let left: Vec<PathBuf> = kept.map(|change| change.path.clone()).collect();
    let failed = failed.path.clone();
    match left.is_empty() {
        true => TogetherError::Save { path: failed, source },
        false => TogetherError::Half { left, failed, source },
    }
}

#[cfg(test)]
mod tests {
    use std::io;

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

    #[test]
    fn a_folder_that_cannot_be_made_is_told_as_something_not_written() {
        let (_folder, notebook, module) = folder();
        make_folder_of(&module).unwrap();
        let error = make_folder_of(&notebook.join("in/a.md")).unwrap_err();
        let messages = error.messages();
        let [(path, message)] = messages.as_slice() else { panic!("{messages:?}") };
        assert_eq!(*path, notebook.join("in"));
        assert_eq!(*message, Message::says(wording::fix::unwritten::NOT_FOLDER));
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
        assert!(matches!(error, TogetherError::Save { source: SaveError::Exists, .. }));
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
