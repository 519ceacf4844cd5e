//! A file that is written but for its last step, which puts it in its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::disk::{Step, tried};
use super::door::{self, ReadError};
use super::exchange::exchange;
use super::kept::keep;
use super::save::{SaveError, failed, in_folder, missing};
use super::saved::What;
use super::staged::{PRIVATE, Staged, USUAL};

/// A file that lies ready beside its place. Dropped, it leaves everything as it was.
#[derive(Debug)]
pub struct Ready<'a> {
    /// Where it goes, links followed.
    place: PathBuf,
    /// What the place holds until then; `None` where nothing is.
    expected: Option<&'a [u8]>,
    /// What it holds from then on.
    bytes: &'a [u8],
    staged: Staged,
    /// What is to be said once it is in its place.
    remarks: Vec<What>,
}

/// How often it is tried to put back what somebody else has written meanwhile.
const TRIES: usize = 64;

impl<'a> Ready<'a> {
    /// Makes ready what replaces the file at `path`, which holds `expected`.
    ///
    /// # Errors
    /// When the file holds something else or may not be written to, or the disk does not take it.
    pub fn over(path: &Path, expected: &'a [u8], bytes: &'a [u8]) -> Result<Self, SaveError> {
        let place = tried(Step::Resolve, || fs::canonicalize(path)).map_err(missing)?;
        let metadata = tried(Step::Look, || fs::metadata(&place)).map_err(missing)?;
        if metadata.permissions().readonly() {
            return Err(SaveError::ReadOnly);
        }
        may_write(&place)?;
        unchanged(&place, expected)?;
        let mut staged = Staged::new(&place, PRIVATE).map_err(|error| in_folder(&place, error))?;
        staged.fill(bytes).map_err(failed)?;
        let remarks = keep(&place, &staged.file)?;
        staged.sync().map_err(failed)?;
        Ok(Self { place, expected: Some(expected), bytes, staged, remarks })
    }

    /// Makes ready a file that is not there yet.
    ///
    /// # Errors
    /// When there is such a file, or none can be made there, or the disk does not take it.
    pub fn anew(path: &Path, bytes: &'a [u8]) -> Result<Self, SaveError> {
        match tried(Step::Look, || fs::symlink_metadata(path)) {
            Ok(_) => return Err(SaveError::Exists),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(in_folder(path, error)),
        }
        let mut staged = Staged::new(path, USUAL).map_err(|error| in_folder(path, error))?;
        staged.fill(bytes).map_err(failed)?;
        staged.sync().map_err(failed)?;
        let place = path.to_owned();
        Ok(Self { place, expected: None, bytes, staged, remarks: Vec::new() })
    }

    /// Puts it in its place, if that still holds what it did.
    ///
    /// # Errors
    /// When it does not, or the file cannot be put there. Nothing was changed then, unless the error
    /// says so.
    pub fn put(mut self) -> Result<Vec<What>, SaveError> {
        let doubt = match self.expected {
            None => self.staged.put_new().map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => SaveError::Exists,
                _ => in_folder(&self.place, error),
            })?,
            Some(expected) => {
                unchanged(&self.place, expected)?;
                let exchanged = self.staged.exchange().map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => SaveError::Gone,
                    _ => failed(error),
                });
                match exchanged? {
                    Some(old) => self.compare(&old, expected)?,
                    None => self.staged.put().map_err(failed)?,
                }
            }
        };
        self.remarks.extend(doubt.map(What::InDoubt));
        Ok(self.remarks)
    }

    /// Looks at what came out of the place, and removes it if it is what was to be replaced. It is
    /// put back if it is not.
    fn compare(&mut self, old: &Path, expected: &[u8]) -> Result<Option<io::Error>, SaveError> {
        if let Err(why) = unchanged(old, expected) {
            return Err(self.put_back(old, why));
        }
        self.remarks.extend(self.staged.remove_old().map(What::Left));
        Ok(self.staged.sync_folder())
    }

    /// Gives the place back what came out of it. Where something else comes out than was put there,
    /// somebody wrote it in the moment between: it is newer, and goes back in turn.
    fn put_back(&mut self, name: &Path, why: SaveError) -> SaveError {
        let mut put = Some(self.bytes.to_vec());
        for _ in 0..TRIES {
            // Written over what was put there: that is newer than what came out before.
            if read_again(&self.place).is_some_and(|there| Some(&there) != put.as_ref()) {
                self.staged.sync_folder();
                return why;
            }
            let going = read_again(name);
            if tried(Step::Exchange, || exchange(name, &self.place)).is_err()
                && (going.is_none() || read_again(name) == going)
            {
                continue;
            }
            match read_again(name) {
                Some(out) if Some(&out) == put.as_ref() => {
                    self.staged.sync_folder();
                    return why;
                }
                Some(_) if going.is_some() => put = going,
                _ => break,
            }
        }
        // What lies there may be somebody's work, and must not be removed.
        self.staged.leave();
        SaveError::Beside { left: name.to_owned() }
    }
}

/// What a file holds; a disk that fails once may do it the next time.
fn read_again(path: &Path) -> Option<Vec<u8>> {
    let read = || tried(Step::Read, || Ok(door::read(path, door::NOTEBOOK)?)).ok();
    read().or_else(read)
}

/// Whether this user may write to the file: that its folder may be written to is not enough.
#[cfg(unix)]
fn may_write(path: &Path) -> Result<(), SaveError> {
    use rustix::fs::{Access, access};

    tried(Step::Look, || Ok(access(path, Access::WRITE_OK)?)).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => SaveError::ReadOnly,
        _ => failed(error),
    })
}

#[cfg(not(unix))]
fn may_write(_: &Path) -> Result<(), SaveError> {
    Ok(())
}

/// Whether a file still holds what it did.
///
/// # Errors
/// When it does not, or cannot be read.
pub fn unchanged(path: &Path, expected: &[u8]) -> Result<(), SaveError> {
    let size = u64::try_from(expected.len()).unwrap_or(u64::MAX);
    let read = || match door::read(path, size) {
        Ok(bytes) => Ok(bytes == expected),
        Err(ReadError::TooLarge { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    };
    match tried(Step::Read, read).map_err(missing)? {
        true => Ok(()),
        false => Err(SaveError::Changed),
    }
}
