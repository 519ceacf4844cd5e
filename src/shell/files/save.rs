//! Writes files so that, whatever happens, there is the old one or the new one and never a part.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;

/// Why a file was not written; what it held before is still there.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("the file changed on disk since it was read")]
    Changed,
    #[error("the file is gone")]
    Gone,
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
    #[error("the file could not be written")]
    Write(#[source] io::Error),
}

/// Puts `bytes` in the place of the file at `path`, if it still holds `expected`. Links lead to
/// the file that is replaced; its permissions stay.
///
/// # Errors
/// When the file holds something else or cannot be written. Nothing was changed then.
pub fn save(path: &Path, expected: &[u8], bytes: &[u8]) -> Result<(), SaveError> {
    let path = fs::canonicalize(path).map_err(missing)?;
    let metadata = fs::metadata(&path).map_err(missing)?;
    if metadata.permissions().readonly() {
        return Err(SaveError::ReadOnly);
    }
    let unchanged = || match fs::read(&path).map_err(missing)? == expected {
        true => Ok(()),
        false => Err(SaveError::Changed),
    };
    unchanged()?;
    let mut file = AtomicWriteFile::open(&path).map_err(|error| in_folder(&path, error))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    // Once more, now that the slow part is done.
    unchanged()?;
    file.commit().map_err(failed)
}

/// Puts `bytes` in the place of whatever the file at `path` holds. Its folder is made when it is
/// not there.
///
/// # Errors
/// When it cannot be written. Nothing was changed then.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| in_folder(path, error))?;
    }
    let mut file = AtomicWriteFile::open(path).map_err(|error| in_folder(path, error))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.commit().map_err(failed)
}

/// Writes a file that is not there yet: `path`, or `path` with a number before its extension.
/// Returns where it was written.
///
/// # Errors
/// When no file can be made there or it cannot be written.
pub fn save_new(path: &Path, bytes: &[u8]) -> Result<PathBuf, SaveError> {
    for number in 1..=NUMBERS {
        let path = numbered(path, number);
        let mut file = match fs::File::create_new(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(in_folder(&path, error)),
        };
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        return match written {
            Ok(()) => Ok(path),
            Err(error) => {
                // The file is ours and incomplete. If it cannot be removed, the error says enough.
                let _ = fs::remove_file(&path);
                Err(failed(error))
            }
        };
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
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SaveError::Full,
        _ => {
            let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
            SaveError::Folder { folder, source }
        }
    }
}

pub(super) fn failed(error: io::Error) -> SaveError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => SaveError::Full,
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
