//! What is kept of a learner: a readable file in the folder where programs keep their state.

mod state;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{self, FileError, SaveError};
use crate::tutor::learn::Progress;
use crate::tutor::learn::notes::Place;
use crate::tutor::learn::progress::VERSION;

pub use state::state_folder;

/// The file's name.
const FILE: &str = "progress.toml";

/// What stands over the records.
const HEAD: &str = "# What was learnt with `nbasync learn`. It may be read, copied and removed; \
                    `nbasync learn --reset` begins anew.\n\n";

/// Where records are kept, and what is known to be in them.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// `None` keeps nothing.
    path: Option<PathBuf>,
    /// The file as it was last read or written here.
    known: Vec<u8>,
}

/// Why records could not be read as they are.
#[derive(Debug)]
pub enum Trouble {
    /// A newer program wrote them; they are left alone and nothing is kept.
    Newer(PathBuf),
    /// They made no sense and were put aside under this name.
    Broken(PathBuf),
    /// They cannot be read, or make no sense and cannot be put aside; nothing is kept.
    Unreadable(PathBuf, Option<FileError>),
    /// There is no folder for them.
    Nowhere,
}

/// Why a text is no record.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("it was written by a newer version of nbasync")]
    Newer,
    #[error("it is no record of progress: {0}")]
    Broken(String),
}

/// Why something was not kept; what was kept before is still there.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    #[error("there is no folder for it")]
    Nowhere,
    #[error("{0}")]
    Text(String),
    #[error("{}", .path.display())]
    Save {
        path: PathBuf,
        #[source]
        source: SaveError,
    },
}

impl Records {
    /// Reads the records of this user.
    pub fn open() -> (Self, Progress, Option<Trouble>) {
        match state_folder() {
            Some(folder) => Self::at(&folder.join(FILE)),
            None => (Self::default(), Progress::default(), Some(Trouble::Nowhere)),
        }
    }

    /// Reads the records at `path`.
    pub fn at(path: &Path) -> (Self, Progress, Option<Trouble>) {
        let nothing = Progress::default();
        let known = match files::read_if_there(path) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => {
                let trouble = Trouble::Unreadable(path.to_owned(), Some(error));
                return (Self::default(), nothing, Some(trouble));
            }
        };
        let here = Self { path: Some(path.to_owned()), known };
        if here.known.is_empty() {
            return (here, nothing, None);
        }
        match read(&here.known) {
            Ok(progress) => (here, progress, None),
            Err(RecordError::Newer) => {
                (Self::default(), nothing, Some(Trouble::Newer(path.to_owned())))
            }
            Err(RecordError::Broken(_)) => match put_aside(path) {
                Ok(aside) => {
                    let here = Self { known: Vec::new(), ..here };
                    (here, nothing, Some(Trouble::Broken(aside)))
                }
                Err(_) => {
                    let trouble = Trouble::Unreadable(path.to_owned(), None);
                    (Self::default(), nothing, Some(trouble))
                }
            },
        }
    }

    /// Whether anything is kept.
    pub fn are_kept(&self) -> bool {
        self.path.is_some()
    }

    /// The file, when there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Writes progress down. What another program has written meanwhile is taken in.
    ///
    /// # Errors
    /// Why it was not written; what the file held before is still there.
    pub fn keep(&mut self, progress: &Progress) -> Result<(), KeepError> {
        let Some(path) = &self.path else { return Ok(()) };
        let now = files::read(path).unwrap_or_default();
        let mut progress = progress.clone();
        if now != self.known
            && let Ok(other) = read(&now)
        {
            progress.merge(other);
        }
        self.replace(&progress)
    }

    /// Puts this progress in the place of what the file holds.
    ///
    /// # Errors
    /// Why it was not written.
    pub fn replace(&mut self, progress: &Progress) -> Result<(), KeepError> {
        let Some(path) = &self.path else { return Ok(()) };
        let bytes = write(progress)?.into_bytes();
        files::put(path, &bytes)
            .map_err(|source| KeepError::Save { path: path.clone(), source })?;
        self.known = bytes;
        Ok(())
    }
}

/// The file with a presenter's place.
const PRESENTING: &str = "presenting.txt";

/// Writes down where a presenter is.
///
/// # Errors
/// Why it was not written.
pub fn present(place: &Place) -> Result<(), KeepError> {
    let path = state_folder().ok_or(KeepError::Nowhere)?.join(PRESENTING);
    files::put(&path, place.text().as_bytes()).map_err(|source| KeepError::Save { path, source })
}

/// Where a presenter is, if somebody has presented.
pub fn presented() -> Option<Place> {
    let text = files::text(&state_folder()?.join(PRESENTING), files::SETTINGS).ok()?;
    Place::parse(&text)
}

/// Reads a record.
///
/// # Errors
/// When the text is none, or one of a later shape.
pub fn read(bytes: &[u8]) -> Result<Progress, RecordError> {
    /// What every version of the shape has.
    #[derive(serde::Deserialize)]
    struct Shape {
        version: u32,
    }
    let broken = |error: &dyn std::fmt::Display| RecordError::Broken(error.to_string());
    let text = std::str::from_utf8(bytes).map_err(|error| broken(&error))?;
    let shape: Shape = toml::from_str(text).map_err(|error| broken(&error.message()))?;
    if shape.version > VERSION {
        return Err(RecordError::Newer);
    }
    toml::from_str(text).map_err(|error| broken(&error.message()))
}

/// Writes a record.
///
/// # Errors
/// When it cannot be written as text.
pub fn write(progress: &Progress) -> Result<String, KeepError> {
    let text =
        toml::to_string_pretty(progress).map_err(|error| KeepError::Text(error.to_string()))?;
    Ok(format!("{HEAD}{text}"))
}

/// Renames a file that makes no sense, never over another.
fn put_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1..1000 {
        let aside = path.with_file_name(format!("progress.broken-{number}.toml"));
        if !aside.exists() {
            fs::rename(path, &aside)?;
            return Ok(aside);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn some() -> Progress {
        let mut progress = Progress::default();
        progress.visit("who-owns-the-loop", 4, date(2026, 3, 1));
        progress.solve("await-instead-of-run", 0, false, date(2026, 3, 1));
        progress.draft("two-floors", Some(vec!["x = '''\n\"\n'''\n".to_owned(), String::new()]));
        progress
    }

    #[test]
    fn a_record_reads_as_it_was_written_and_can_be_read_by_people() {
        let text = write(&some()).unwrap();
        assert_eq!(read(text.as_bytes()).unwrap(), some());
        assert!(text.contains("[lessons.who-owns-the-loop]\nstage = 4\nbegun = \"2026-03-01\""));
        assert!(text.contains("due = \"2026-03-04\""), "{text}");
    }

    #[test]
    fn records_are_there_again_the_next_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/nbasync/progress.toml");
        let (mut records, progress, trouble) = Records::at(&path);
        assert!(progress == Progress::default() && trouble.is_none());
        records.keep(&some()).unwrap();
        assert_eq!(Records::at(&path).1, some());
    }

    #[test]
    fn what_another_program_has_written_meanwhile_is_taken_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.toml");
        let (mut one, ..) = Records::at(&path);
        let (mut other, ..) = Records::at(&path);
        other.keep(&some()).unwrap();
        let mut mine = Progress::default();
        mine.finish("another", date(2026, 3, 2));
        one.keep(&mine).unwrap();
        let kept = Records::at(&path).1;
        assert_eq!(kept.lessons.keys().collect::<Vec<_>>(), ["another", "who-owns-the-loop"]);
        one.replace(&Progress::default()).unwrap();
        assert_eq!(Records::at(&path).1, Progress::default());
    }

    #[test]
    fn a_record_of_a_newer_program_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.toml");
        let text = "version = 99\nlessons = 3\n";
        fs::write(&path, text).unwrap();
        let (mut records, _, trouble) = Records::at(&path);
        assert!(matches!(trouble, Some(Trouble::Newer(it)) if it == path));
        records.keep(&some()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn a_broken_record_is_put_aside_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.toml");
        for (number, text) in [(1, "version = "), (2, "version = 1\n[lessons.a]\nstage = 'x'\n")] {
            fs::write(&path, text).unwrap();
            let (mut records, progress, trouble) = Records::at(&path);
            let aside = folder.path().join(format!("progress.broken-{number}.toml"));
            assert!(matches!(trouble, Some(Trouble::Broken(it)) if it == aside));
            assert_eq!(progress, Progress::default());
            assert_eq!(fs::read_to_string(aside).unwrap(), text);
            records.keep(&some()).unwrap();
            assert_eq!(Records::at(&path).1, some());
        }
    }
}
