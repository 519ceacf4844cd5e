//! Writes files so that, whatever happens, there is the old one or the new one and never a part.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Step, tried};
use super::kept::keep;
use super::ready::Ready;
use super::saved::Remark;
use super::staged::{PRIVATE, Staged, USUAL, folder_of};
use crate::diagnostic::Message;
use crate::wording;

/// Why a file was not written; what it held before is still there.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("the file changed on disk since it was read")]
    Changed,
    /// What somebody wrote in the moment of the save could not be given back: of that and of what
    /// was to be written, the file holds one, and the other lies beside it.
    #[error("the file changed while it was written; the other text is in {}", .left.display())]
    Beside { left: PathBuf },
    #[error("the file is gone")]
    Gone,
    #[error("there is such a file already")]
    Exists,
    #[error("the file may not be written to")]
    ReadOnly,
    #[error("no file can be made in the folder {}", .folder.display())]
    Folder {
        folder: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the disk is full")]
    Full,
    #[error("its access list cannot be kept")]
    Access(#[source] io::Error),
    #[error("the user's share of the disk is used up")]
    Quota,
    #[error("the file could not be written")]
    Write(#[source] io::Error),
}

impl SaveError {
    /// That the file was not written, and why.
    pub fn message(&self) -> Message {
        let plain = |key| Message::says(key);
        match self {
            Self::Changed => plain(wording::fix::unwritten::CHANGED),
            Self::Beside { left } => {
                plain(wording::fix::unwritten::BESIDE).with("file", left.display())
            }
            Self::Gone => plain(wording::fix::unwritten::GONE),
            Self::Exists => plain(wording::fix::unwritten::EXISTS),
            Self::ReadOnly => plain(wording::fix::unwritten::READ_ONLY),
            Self::Full => plain(wording::fix::unwritten::FULL),
            Self::Quota => plain(wording::fix::unwritten::QUOTA),
            Self::Access(problem) => {
                plain(wording::fix::unwritten::ACCESS).with("problem", problem)
            }
            Self::Folder { source: problem, .. } | Self::Write(problem) => match problem.kind() {
                io::ErrorKind::NotFound => plain(wording::fix::unwritten::NO_FOLDER),
                io::ErrorKind::NotADirectory => plain(wording::fix::unwritten::NOT_FOLDER),
                io::ErrorKind::PermissionDenied => plain(wording::fix::unwritten::NO_PERMISSION),
                io::ErrorKind::ReadOnlyFilesystem => plain(wording::fix::unwritten::READ_ONLY_DISK),
                _ => plain(wording::fix::unwritten::FAILED).with("problem", problem),
            },
        }
    }
}

/// Puts `bytes` in the place of the file at `path`, if it still holds `expected`. Links lead to
/// the file that is replaced; its owner, permissions and attributes stay, or a remark says which do
/// not.
///
/// # Errors
/// When the file holds something else or cannot be written. Nothing was changed then.
pub fn save(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<Vec<Remark>, SaveError> {
    let said = Ready::over(path, expected, bytes)?.put()?;
    Ok(said.into_iter().map(|what| Remark { path: path.to_owned(), what }).collect())
}

/// Puts `bytes` in the place of whatever the file at `path` holds. Its folder is made when it is
/// not there.
///
/// # Errors
/// When it cannot be written. Nothing was changed then.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    if let Some(folder) = path.parent() {
        tried(Step::Reserve, || fs::create_dir_all(folder))
            .map_err(|error| in_folder(path, error))?;
    }
    let mut staged = Staged::new(path, USUAL).map_err(|error| in_folder(path, error))?;
    staged.fill(bytes).map_err(failed)?;
    if path.exists() {
        keep(path, &staged.file)?;
    }
    staged.sync().map_err(failed)?;
    // It is written, and what the program keeps for itself need not outlive a crash of the machine.
    staged.put().map(drop).map_err(failed)
}

/// As [`put`], for this user's eyes alone. It is locked as long as what is returned is there, and need
/// not outlive a crash of the machine.
///
/// # Errors
/// When it cannot be written. Nothing was changed then.
pub fn put_held(path: &Path, bytes: &[u8]) -> Result<fs::File, SaveError> {
    tried(Step::Reserve, || private_folder(&folder_of(path)))
        .map_err(|error| in_folder(path, error))?;
    let mut staged = Staged::new(path, PRIVATE).map_err(|error| in_folder(path, error))?;
    staged.fill(bytes).map_err(failed)?;
    let held = staged.file.try_clone().map_err(failed)?;
    // Where there are no locks, it looks as if nobody held it.
    let _ = held.try_lock();
    staged.put().map_err(failed)?;
    Ok(held)
}

/// Makes a folder that nobody else may look into, unless it is there.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that is not there yet: `path`, or `path` with a number before its extension.
/// Returns where it was written.
///
/// # Errors
/// When no file can be made there or it cannot be written.
pub fn save_new(path: &Path, bytes: &[u8]) -> Result<PathBuf, SaveError> {
    let mut staged = Staged::new(path, USUAL).map_err(|error| in_folder(path, error))?;
    staged.fill(bytes).map_err(failed)?;
    staged.sync().map_err(failed)?;
    for number in 1..=NUMBERS {
        let path = numbered(path, number);
        staged = staged.at(&path);
        match staged.put_new() {
            Ok(None) => return Ok(path),
            Ok(Some(doubt)) => {
                // A file that may be gone tomorrow is none that was written.
                let _ = tried(Step::Remove, || fs::remove_file(&path));
                return Err(failed(doubt));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(in_folder(&path, error)),
        }
    }
    Err(SaveError::Write(io::ErrorKind::AlreadyExists.into()))
}

/// How many names are tried.
const NUMBERS: usize = 999;

/// `advice.md`, `advice-2.md`, `advice-3.md` and so on.
fn numbered(path: &Path, number: usize) -> PathBuf {
    if number < 2 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path.extension().map(|end| format!(".{}", end.to_string_lossy()));
    path.with_file_name(format!("{stem}-{number}{}", end.unwrap_or_default()))
}

pub(super) fn missing(error: io::Error) -> SaveError {
    match error.kind() {
        io::ErrorKind::NotFound => SaveError::Gone,
        _ => SaveError::Write(error),
    }
}

pub(super) fn in_folder(path: &Path, source: io::Error) -> SaveError {
    match failed(source) {
        SaveError::Write(source) => SaveError::Folder { folder: folder_of(path), source },
        error => error,
    }
}

pub(super) fn failed(error: io::Error) -> SaveError {
    match error.kind() {
        io::ErrorKind::StorageFull => SaveError::Full,
        io::ErrorKind::QuotaExceeded => SaveError::Quota,
        _ => SaveError::Write(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ipynb");
        fs::write(&path, "old").unwrap();
        (folder, path)
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_save_replaces_the_bytes_and_leaves_nothing_beside() {
        let (folder, path) = folder();
        save(&path, b"old", b"new").unwrap();
        assert_eq!((fs::read(&path).unwrap(), entries(folder.path())), (b"new".to_vec(), 1));
    }

    #[test]
    fn a_file_that_somebody_else_changed_is_not_touched() {
        let (folder, path) = folder();
        assert!(matches!(save(&path, b"older", b"new"), Err(SaveError::Changed)));
        assert_eq!((fs::read(&path).unwrap(), entries(folder.path())), (b"old".to_vec(), 1));
        fs::remove_file(&path).unwrap();
        assert!(matches!(save(&path, b"old", b"new"), Err(SaveError::Gone)));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let (folder, path) = folder();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let link = folder.path().join("link.ipynb");
        symlink("a.ipynb", &link).unwrap();
        save(&link, b"old", b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_read_only_file_is_refused() {
        let (folder, path) = folder();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(matches!(save(&path, b"old", b"new"), Err(SaveError::ReadOnly)));
        assert_eq!(entries(folder.path()), 1);
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_another() {
        let (folder, path) = folder();
        let second = save_new(&path, b"new").unwrap();
        assert_eq!(second, folder.path().join("a-2.ipynb"));
        assert_eq!(save_new(&path, b"newer").unwrap(), folder.path().join("a-3.ipynb"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        let nowhere = folder.path().join("no/such/folder.md");
        assert!(matches!(save_new(&nowhere, b""), Err(SaveError::Folder { .. })));
    }
}
