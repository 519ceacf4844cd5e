//! A file that lies ready beside the place of another, with no name as long as it needs none.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::disk::{Step, once, tried};
use super::{exchange, leftovers};

/// A file that goes into the place of another. Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct Staged {
    place: PathBuf,
    pub file: File,
    /// Where it lies, once it has a name.
    name: Option<PathBuf>,
}

/// Who may read and write it before it has the permissions of the file that it replaces.
pub const PRIVATE: u32 = 0o600;

/// Who may read and write a file as the user's mask allows it.
pub const USUAL: u32 = 0o666;

/// How many names are tried.
const NAMES: usize = 100;

impl Staged {
    /// Makes the file, in the folder of `place`.
    ///
    /// # Errors
    /// When no file can be made there.
    pub fn new(place: &Path, mode: u32) -> io::Result<Self> {
        let place = place.to_owned();
        if let Some(file) = unnamed(&folder_of(&place), mode) {
            return Ok(Self { place, file, name: None });
        }
        let make = |name: &Path| tried(Step::Stage, || options(mode).create_new(true).open(name));
        let (file, name) = with_free_name(&place, make)?;
        // Who looks for what a save left behind sees that this one still goes on.
        let _ = file.try_lock();
        Ok(Self { place, file, name: Some(name) })
    }

    /// Writes what it is to hold.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn fill(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = tried(Step::Write, || self.file.write(rest))?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    /// Waits until the disk has it.
    ///
    /// # Errors
    /// When the disk does not say so.
    pub fn sync(&self) -> io::Result<()> {
        tried(Step::Sync, || self.file.sync_all())
    }

    /// Puts it into its place, whatever lies there. From then on the file is written; an error that
    /// comes with the success says why a crash of the machine could still undo that.
    ///
    /// # Errors
    /// When it could not be put there. Then the place is as it was.
    pub fn put(mut self) -> io::Result<Option<io::Error>> {
        let name = self.named()?;
        if let Err(error) = tried(Step::Rename, || fs::rename(&name, &self.place))
            && !self.is_in_place()
        {
            return Err(error);
        }
        self.name = None;
        Ok(self.sync_folder())
    }

    /// Puts it into its place, where nothing lies: a file that came there meanwhile stays. What
    /// comes with the success is as with [`Self::put`].
    ///
    /// # Errors
    /// `AlreadyExists` when something lies there, or another error when it could not be put there.
    pub fn put_new(&mut self) -> io::Result<Option<io::Error>> {
        let put = match &self.name {
            // It gets its name there, and never had another.
            None => tried(Step::Name, || link(&self.file, &self.place)),
            Some(name) => tried(Step::Rename, || exchange::rename_new(name, &self.place)),
        };
        if let Err(error) = put
            && !self.is_in_place()
        {
            return Err(error);
        }
        let had_none = self.name.take().is_none();
        // Some file systems do not write down what has no name.
        let sync = || tried(Step::SyncNamed, || self.file.sync_all());
        let synced = if had_none { sync() } else { Ok(()) };
        Ok(synced.err().or_else(|| self.sync_folder()))
    }

    /// Takes another place.
    pub fn at(mut self, place: &Path) -> Self {
        place.clone_into(&mut self.place);
        self
    }

    /// Exchanges it with what lies in its place, and returns where that lies now; `None` where the
    /// system has no such call, and nothing was done.
    ///
    /// # Errors
    /// When it could not be done. Then the place is as it was.
    pub fn exchange(&mut self) -> io::Result<Option<PathBuf>> {
        let name = self.named()?;
        loop {
            let done = once(Step::Exchange, || exchange::exchange(&name, &self.place));
            match done {
                Ok(()) => return Ok(Some(name)),
                // An answer was lost on its way; a second exchange would undo the first.
                Err(_) if self.is_in_place() => return Ok(Some(name)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if exchange::is_unknown(&error) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
    }

    /// What lies under its name stays there, whatever it is.
    pub fn leave(&mut self) {
        self.name = None;
    }

    /// Removes what was in its place before, and returns where it stays if that fails.
    pub fn remove_old(&mut self) -> Option<PathBuf> {
        let name = self.name.take()?;
        let remove = || tried(Step::Remove, || fs::remove_file(&name));
        // A disk that fails once may do it the next time.
        let is_left = remove().is_err() && remove().is_err() && name.exists();
        is_left.then_some(name)
    }

    /// Waits until the disk has the names of the folder, or says why it may not.
    pub fn sync_folder(&self) -> Option<io::Error> {
        sync_folder(&folder_of(&self.place)).err()
    }

    /// The name under which it lies in the folder.
    fn named(&mut self) -> io::Result<PathBuf> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let give = |name: &Path| tried(Step::Name, || link(&self.file, name));
        let ((), name) = with_free_name(&self.place, give)?;
        self.name = Some(name.clone());
        // Some file systems do not write down what has no name.
        self.sync()?;
        Ok(name)
    }

    /// Whether it lies in its place, whatever the system answered: a network may lose an answer.
    #[cfg(unix)]
    fn is_in_place(&self) -> bool {
        use std::os::unix::fs::MetadataExt;

        let there = tried(Step::Look, || fs::symlink_metadata(&self.place));
        let (Ok(there), Ok(own)) = (there, self.file.metadata()) else { return false };
        (there.dev(), there.ino()) == (own.dev(), own.ino())
    }

    #[cfg(not(unix))]
    fn is_in_place(&self) -> bool {
        false
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What led here has been told, and is what matters.
        let _ = self.remove_old();
    }
}

/// The folder that holds a file.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Does something under a name beside `place` that nobody has.
fn with_free_name<T>(
    place: &Path,
    mut make: impl FnMut(&Path) -> io::Result<T>,
) -> io::Result<(T, PathBuf)> {
    let folder = folder_of(place);
    for _ in 0..NAMES {
        let name = folder.join(leftovers::name(RandomState::new().hash_one(place)));
        match make(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (made, name)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn options(mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options
}

/// Where descriptors have names, by which a file without one can be given one.
#[cfg(target_os = "linux")]
const DESCRIPTORS: &str = "/proc/self/fd";

/// A file without a name, which is gone when the program is; where the system has none, nothing.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path, mode: u32) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;

    let flags = i32::try_from(rustix::fs::OFlags::TMPFILE.bits()).ok()?;
    let open = || options(mode).custom_flags(flags).open(folder);
    Path::new(DESCRIPTORS).is_dir().then(|| tried(Step::Stage, open).ok()).flatten()
}

#[cfg(target_os = "linux")]
fn link(file: &File, name: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD, linkat};

    let own = format!("{DESCRIPTORS}/{}", file.as_raw_fd());
    Ok(linkat(CWD, own, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path, _: u32) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Waits until the disk has the names of a folder.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    let synced = tried(Step::SyncFolder, || File::open(folder)?.sync_all());
    match synced {
        // Some file systems do not know this, which says nothing about the disk.
        Err(error) if is_unknown(&error) => Ok(()),
        synced => synced,
    }
}

/// A folder is no file there.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Source: `fsync(2)`: `EINVAL` where a file does not support it.
#[cfg(unix)]
fn is_unknown(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
}
