//! The one door through which files are read: regular files alone, and none that is too large.

use crate::wording::{self, Wording};

use std::fs::{self, File, FileType, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// A notebook of more bytes than this is not read. Outputs with pictures take most of it.
pub const NOTEBOOK: u64 = 256 << 20;

/// A script or page of more bytes than this was not written by anybody.
pub const TEXT: u64 = 16 << 20;

/// Settings, ignore files and records of more bytes than this are something else.
pub const SETTINGS: u64 = 1 << 20;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("this is {}, not a regular file", .0.name())]
    Special(Special),
    /// Both in bytes; `size` is that of the file, or more than `most`.
    #[error("too large: {} MiB, and {} MiB are read at most", mebibytes(*.size), mebibytes(*.most))]
    TooLarge { size: u64, most: u64 },
}

/// What lies there in place of a file: reading it would wait for ever, or never end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    Pipe,
    Socket,
    Device,
    Other,
}

impl Special {
    fn name(self) -> &'static str {
        match self {
            Self::Pipe => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Other => "something special",
        }
    }

    pub fn wording(self) -> Wording {
        match self {
            Self::Pipe => wording::report::problem::PIPE,
            Self::Socket => wording::report::problem::SOCKET,
            Self::Device => wording::report::problem::DEVICE,
            Self::Other => wording::report::problem::SPECIAL,
        }
    }
}

impl ReadError {
    /// Whether there is no file for this user: settings above a project, for one, may be closed.
    pub fn is_not_there(&self) -> bool {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied};
        matches!(self, Self::Io(error) if matches!(
            error.kind(),
            NotFound | NotADirectory | IsADirectory | PermissionDenied
        ))
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io(error) => error,
            error => Self::new(io::ErrorKind::InvalidInput, error),
        }
    }
}

/// A size in mebibytes, rounded up.
pub fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// The bytes that a file of this name may have, by what its name says that it is.
pub fn most(path: &Path) -> u64 {
    let is_text = path.extension().is_some_and(|end| end == "py" || end == "md" || end == "yaml");
    if is_text { TEXT } else { NOTEBOOK }
}

/// Reads a regular file of `most` bytes at most. Links are followed.
///
/// # Errors
/// When there is no such file, or it cannot be read, or is too large.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    // To open a device may do something, and to open a pipe wakes up who writes to it.
    check(&fs::metadata(path)?, most)?;
    let file = options().open(path)?;
    // What lies there may be something else by now.
    let metadata = file.metadata()?;
    check(&metadata, most)?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    bounded(file, &mut bytes, most)?;
    Ok(bytes)
}

/// Reads the first `count` bytes of a regular file, however large it is. Links are followed.
///
/// # Errors
/// When there is no such file, or it cannot be read.
pub fn start(path: &Path, count: u64) -> Result<Vec<u8>, ReadError> {
    check(&fs::metadata(path)?, u64::MAX)?;
    let file = options().open(path)?;
    check(&file.metadata()?, u64::MAX)?;
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether there is such a regular file and no program holds its lock.
pub fn is_free(path: &Path) -> bool {
    let is_file = fs::symlink_metadata(path).is_ok_and(|it| it.is_file());
    is_file && options().open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Reads a regular file of `most` bytes at most as text; what is no UTF-8 is replaced.
///
/// # Errors
/// As `read`.
pub fn text(path: &Path, most: u64) -> Result<String, ReadError> {
    Ok(String::from_utf8_lossy(&read(path, most)?).into_owned())
}

/// Reads what comes from a pipe, `most` bytes at most.
///
/// # Errors
/// When it cannot be read, or does not end.
pub fn read_all(from: impl Read, most: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    bounded(from, &mut bytes, most)?;
    Ok(bytes)
}

/// Whether a file may be read.
///
/// # Errors
/// As [`read`], as far as that shows before it is opened.
pub fn may_be_read(path: &Path, most: u64) -> Result<(), ReadError> {
    check(&fs::metadata(path)?, most)
}

/// What lies there, where that is neither a file nor a folder.
pub fn special(kind: FileType) -> Option<Special> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some(Special::Pipe);
        }
        if kind.is_socket() {
            return Some(Special::Socket);
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some(Special::Device);
        }
    }
    (!kind.is_file() && !kind.is_dir()).then_some(Special::Other)
}

fn check(metadata: &Metadata, most: u64) -> Result<(), ReadError> {
    if let Some(special) = special(metadata.file_type()) {
        return Err(ReadError::Special(special));
    }
    if metadata.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    match metadata.len() {
        size if size > most => Err(ReadError::TooLarge { size, most }),
        _ => Ok(()),
    }
}

/// A file may grow while it is read.
fn bounded(from: impl Read, bytes: &mut Vec<u8>, most: u64) -> Result<(), ReadError> {
    from.take(most.saturating_add(1)).read_to_end(bytes)?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > most { Err(ReadError::TooLarge { size, most }) } else { Ok(()) }
}

/// To open never waits, and takes no terminal over.
fn options() -> OpenOptions {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_named_and_never_opened_to_wait() {
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;

        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), 0o600.into()).unwrap();
        symlink("/dev/zero", at("device")).unwrap();
        symlink("pipe", at("link")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        for (name, expected) in [
            ("pipe", Special::Pipe),
            ("link", Special::Pipe),
            ("device", Special::Device),
            ("socket", Special::Socket),
        ] {
            let read = read(&at(name), TEXT);
            assert!(
                matches!(read, Err(ReadError::Special(found)) if found == expected),
                "{name}: {read:?}"
            );
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read_and_one_that_fits_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        File::create(&path).unwrap().set_len(3 << 30).unwrap();
        let read = |most| super::read(&path, most);
        assert!(matches!(read(TEXT), Err(ReadError::TooLarge { size, .. }) if size == 3 << 30));
        assert!(read(TEXT).unwrap_err().to_string().contains("3072 MiB, and 16 MiB"));
        fs::write(&path, "four").unwrap();
        assert_eq!(read(4).unwrap(), b"four");
        assert!(matches!(read(3), Err(ReadError::TooLarge { .. })));
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let endless = read_all(io::repeat(b'x'), 1000);
        assert!(matches!(endless, Err(ReadError::TooLarge { most: 1000, .. })));
        assert_eq!(read_all(&b"end"[..], 3).unwrap(), b"end");
    }

    #[test]
    fn folders_and_missing_files_count_as_not_there() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("gone")] {
            assert!(read(&path, TEXT).unwrap_err().is_not_there());
        }
    }
}
