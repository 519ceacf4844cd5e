//! Two files change places at once, or one takes a place where nothing is.

use std::fs;
use std::io;
use std::path::Path;

/// The files at two paths change places. Nobody finds either place empty.
///
/// # Errors
/// When the system cannot do it; see [`is_unknown`].
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The file at `from` takes the place `to`, unless something lies there.
///
/// # Errors
/// `AlreadyExists` when something does.
pub fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rename_alone(from, to) {
        Err(error) if is_unknown(&error) => {}
        done => return done,
    }
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // A file system without links: an empty file keeps the place for a moment.
        Err(_) => {
            fs::File::create_new(to)?;
            fs::rename(from, to)
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_alone(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_alone(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the system says that it has no such call here. Source: `renameat2(2)`: `EINVAL` where the
/// file system does not support a flag, `ENOSYS` where the kernel does not know the call.
pub fn is_unknown(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_takes_nothing_away() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a"), "a").unwrap();
        fs::write(at("b"), "b").unwrap();
        let refused = rename_new(&at("a"), &at("b")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(at("b")).unwrap(), b"b");
        rename_new(&at("a"), &at("c")).unwrap();
        assert!(!at("a").exists() && at("c").exists());
    }
}
