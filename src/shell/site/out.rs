//! The site in its folder: what is written there, and what stays because it is somebody else's.
//!
//! What an export wrote is kept on a list in the folder, so that a file of the same name that
//! somebody else put there, or changed, is known from one of ours.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::review::FileChange;
use crate::shell::files::{self, FileError, Remark, SaveError, TogetherError};
use crate::shell::skills::List;

/// The list's name.
const LIST: &str = ".nbasync-site.json";

/// Files written at once, all of them or none: each is open until it is in place.
const AT_ONCE: usize = 64;

/// Files to be written into a folder, and files of an earlier export that go.
#[derive(Debug)]
pub struct Export {
    folder: PathBuf,
    list: List,
    listed: Option<Vec<u8>>,
    changes: Vec<FileChange>,
    /// Files of an earlier export that this one does not have.
    stale: Vec<PathBuf>,
    /// Files that would be replaced and that no export left so.
    pub foreign: Vec<PathBuf>,
}

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{}: leads out of {}, to {}", .path.display(), .folder.display(), .target.display())]
    LeadsOut { path: PathBuf, folder: PathBuf, target: PathBuf },
    #[error("{}", .path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: FileError,
    },
    #[error("{}: is no list of exported files", .path.display())]
    List { path: PathBuf },
    #[error("not everything was written")]
    Write(#[source] TogetherError),
}

/// What an export did.
#[derive(Debug)]
pub struct Done {
    pub written: usize,
    pub removed: usize,
    pub remarks: Vec<Remark>,
}

impl Export {
    /// Looks what has to be done for the folder to hold these files, by their paths below it.
    ///
    /// # Errors
    /// When the way to a file leads out of the folder, or a file cannot be read.
    pub fn new(folder: &Path, files: &BTreeMap<String, String>) -> Result<Self, ExportError> {
        let list_path = folder.join(LIST);
        let listed = look(folder, &list_path)?;
        let Some(list) = List::parse(listed.as_deref()) else {
            return Err(ExportError::List { path: list_path });
        };
        let folder = folder.to_owned();
        let mut export = Self {
            folder,
            list,
            listed,
            changes: Vec::new(),
            stale: Vec::new(),
            foreign: Vec::new(),
        };
        for (name, text) in files.iter().filter(|(name, _)| is_inside(name)) {
            export.take(name, text.as_bytes())?;
        }
        export.leave(files)?;
        Ok(export)
    }

    fn take(&mut self, name: &str, bytes: &[u8]) -> Result<(), ExportError> {
        let path = self.folder.join(name);
        let held = look(&self.folder, &path)?;
        let is_same = held.as_deref() == Some(bytes);
        if held.as_ref().is_some_and(|held| !is_same && !self.list.holds(name, held)) {
            self.foreign.push(path.clone());
        }
        self.list.take(name, bytes);
        if !is_same {
            self.changes.push(FileChange { path, expected: held, bytes: bytes.to_vec() });
        }
        Ok(())
    }

    /// What an earlier export wrote and this one does not is ours to take away, as far as it is
    /// unchanged.
    fn leave(&mut self, files: &BTreeMap<String, String>) -> Result<(), ExportError> {
        let old = self.list.names().filter(|name| !files.contains_key(*name));
        for name in old.map(str::to_owned).collect::<Vec<_>>() {
            let path = self.folder.join(&name);
            if is_inside(&name)
                && let Some(held) = look(&self.folder, &path)?
                && self.list.holds(&name, &held)
            {
                self.stale.push(path);
            }
            self.list.drop(&name);
        }
        Ok(())
    }

    /// Writes the files and takes away those of earlier exports.
    ///
    /// # Errors
    /// When a file cannot be written; those before it stay written.
    pub fn write(self) -> Result<Done, ExportError> {
        let (written, removed) = (self.changes.len(), self.stale.len());
        let mut remarks = Vec::new();
        // The list goes first: what is written after it is known to be ours, whatever happens.
        let (path, bytes) = (self.folder.join(LIST), self.list.written());
        let list = FileChange { path, expected: self.listed.clone(), bytes };
        let list = (self.listed.as_ref() != Some(&list.bytes)).then_some(list);
        let all: Vec<FileChange> = list.into_iter().chain(self.changes).collect();
        for some in all.chunks(AT_ONCE) {
            let made = some.iter().try_for_each(|change| files::make_folder_of(&change.path));
            made.map_err(ExportError::Write)?;
            remarks.extend(files::save_together(some).map_err(ExportError::Write)?);
        }
        for path in &self.stale {
            take_away(path, &self.folder)?;
        }
        Ok(Done { written, removed, remarks })
    }
}

/// Whether a path stays below the folder to which it is joined.
fn is_inside(name: &str) -> bool {
    Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What a file holds; `None` where there is none. The way to it stays in the folder.
fn look(folder: &Path, path: &Path) -> Result<Option<Vec<u8>>, ExportError> {
    let inside = path.strip_prefix(folder).unwrap_or(path);
    let mut whole = folder.to_owned();
    for part in inside.components() {
        whole.push(part);
        if let Some(target) = files::leads_out(&whole, folder) {
            return Err(ExportError::LeadsOut { path: whole, folder: folder.to_owned(), target });
        }
    }
    let read = files::read_if_there(path);
    read.map_err(|source| ExportError::Read { path: path.to_owned(), source })
}

fn take_away(path: &Path, end: &Path) -> Result<(), ExportError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(unwritten(path, error));
        }
        _ => {}
    }
    let mut folder = path.parent();
    while let Some(it) = folder.filter(|it| it.starts_with(end) && *it != end) {
        // A folder that holds something stays.
        if fs::remove_dir(it).is_err() {
            break;
        }
        folder = it.parent();
    }
    Ok(())
}

fn unwritten(path: &Path, error: io::Error) -> ExportError {
    let source = SaveError::Write(error);
    ExportError::Write(TogetherError::Save { path: path.to_owned(), source })
}
