//! Finds the notebooks that paths lead to, reads them, and saves them.

mod exclude;
mod save;
mod together;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ignore::{DirEntry, WalkBuilder};

use crate::notebook::NotebookError;

pub use exclude::Exclude;
pub use save::{SaveError, put, save, save_new};
pub use together::{TogetherError, save_together, take_back};

/// Why there is nothing to say of a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot be read")]
    Read(#[source] io::Error),
    #[error("the name is not UTF-8")]
    Name,
    #[error("this link leads back to a folder that holds it")]
    Loop,
    #[error("cannot be understood")]
    Notebook(#[source] NotebookError),
    /// A fault of this program.
    #[error("the program failed on this file")]
    Internal,
}

/// A file to read, or a place where none can be read.
#[derive(Debug)]
pub struct Found {
    pub path: PathBuf,
    pub error: Option<FileError>,
}

/// Stack of the threads that read notebooks, in bytes: syntax trees may be deep.
pub const STACK: usize = 64 << 20;

/// As many threads as are worth their start.
const THREADS: usize = 8;

/// The files that `paths` lead to, in path order and each once. A file is taken whatever it is
/// called. A folder gives the notebooks and Python scripts in it; what ignore files name, hidden
/// folders and virtual environments are left out.
pub fn find(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = BTreeMap::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found);
        } else {
            take(path.clone(), None, &mut found);
        }
    }
    found.into_iter().map(|(path, error)| Found { path, error }).collect()
}

/// Reads each file and makes something of it, on several threads. The answers are in the order of
/// `files`.
pub fn read_each<T, F>(files: Vec<Found>, make: F) -> Vec<T>
where
    T: Send,
    F: Fn(&Path, Result<Vec<u8>, FileError>) -> T + Sync,
{
    let next = AtomicUsize::new(0);
    let slots: Vec<_> = files.into_iter().map(|file| std::sync::Mutex::new(Some(file))).collect();
    let work = || {
        let mut made = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(at) else { return made };
            let taken = slot.lock().ok().and_then(|mut slot| slot.take());
            if let Some(Found { path, error }) = taken {
                let bytes = error.map_or_else(|| read(&path), Err);
                made.push((at, make(&path, bytes)));
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = threads.min(THREADS).min(slots.len());
    let mut made: Vec<(usize, T)> = thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        // The first thread is this one, so that there is always one.
        let others: Vec<_> = (1..threads).map(spawn).collect();
        let mine = work();
        let joined = others.into_iter().flatten().flat_map(thread::ScopedJoinHandle::join);
        mine.into_iter().chain(joined.flatten()).collect()
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, made)| made).collect()
}

/// Reads a file.
///
/// # Errors
/// When it cannot be opened or read.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::Read)
}

/// Reads a file that need not be there.
///
/// # Errors
/// When it is there and cannot be opened or read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::Read(error)),
    }
}

type Map = BTreeMap<PathBuf, Option<FileError>>;

/// Takes a file once; a name that cannot be written down is an error.
fn take(path: PathBuf, error: Option<FileError>, found: &mut Map) {
    let error = if path.to_str().is_none() { Some(FileError::Name) } else { error };
    found.entry(path).or_insert(error);
}

fn walk(folder: &Path, found: &mut Map) {
    let mut walker = WalkBuilder::new(folder);
    // An ignore file counts where there is no repository too.
    walker.require_git(false).follow_links(true).filter_entry(|entry| !is_environment(entry));
    for entry in walker.build() {
        match entry {
            Ok(entry) => {
                // Reading a pipe or a device would wait for ever.
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                let path = plain(entry.path());
                if is_file && is_notebook_name(&path) {
                    take(path, None, found);
                }
            }
            Err(error) => complain(folder, error, found),
        }
    }
}

/// A path without the `./` that comes from walking the current folder.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_owned()
}

fn is_notebook_name(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ipynb" || end == "py")
}

/// Whether this is a folder into which Python was installed.
fn is_environment(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.path().join("pyvenv.cfg").is_file()
}

/// Records what cannot be walked. A broken link counts where its name is a notebook's.
fn complain(folder: &Path, error: ignore::Error, found: &mut Map) {
    let path = path_of(&error).map_or_else(|| folder.to_owned(), plain);
    let problem = match &error {
        error if is_loop(error) => FileError::Loop,
        error => match error.io_error() {
            Some(io) if io.kind() == io::ErrorKind::NotFound && !is_notebook_name(&path) => return,
            Some(io) => FileError::Read(copy(io)),
            None => return,
        },
    };
    take(path, Some(problem), found);
}

/// An error of the system can be made again; others keep their kind and words.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}

fn is_loop(error: &ignore::Error) -> bool {
    match error {
        ignore::Error::Loop { .. } => true,
        ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => is_loop(err),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(folder: &Path, found: &[Found]) -> Vec<String> {
        let name = |file: &Found| {
            let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
            let mark = if file.error.is_some() { "!" } else { "" };
            format!("{mark}{}", path.display())
        };
        found.iter().map(name).collect()
    }

    #[test]
    fn a_folder_gives_its_notebooks_and_scripts_in_path_order() {
        let files = ["b.ipynb", "a/z.py", "a/c.ipynb", "a/notes.md"].map(|name| (name, ""));
        let folder = folder(&files);
        let found = find(&[folder.path().to_owned()]);
        assert_eq!(names(folder.path(), &found), ["a/c.ipynb", "a/z.py", "b.ipynb"]);
    }

    #[test]
    fn ignored_hidden_and_installed_files_are_left_out_but_named_ones_are_taken() {
        let folder = folder(&[
            (".gitignore", "build/\n"),
            ("build/a.ipynb", ""),
            (".ipynb_checkpoints/b.ipynb", ""),
            ("env/pyvenv.cfg", ""),
            ("env/lib/c.py", ""),
            ("d.ipynb", ""),
        ]);
        let named = folder.path().join("build/a.ipynb");
        let found = find(&[folder.path().to_owned()]);
        assert_eq!(names(folder.path(), &found), ["d.ipynb"]);
        let found = find(&[folder.path().to_owned(), named.clone(), named]);
        assert_eq!(names(folder.path(), &found), ["build/a.ipynb", "d.ipynb"]);
    }

    #[cfg(unix)]
    #[test]
    fn loops_broken_links_and_odd_names_are_errors_beside_the_good_files() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::os::unix::fs::symlink;

        let folder = folder(&[("good.ipynb", "")]);
        symlink(folder.path(), folder.path().join("again")).unwrap();
        symlink("nowhere", folder.path().join("gone.ipynb")).unwrap();
        symlink("nowhere", folder.path().join("gone.txt")).unwrap();
        fs::write(folder.path().join(OsStr::from_bytes(b"\xff.ipynb")), "").unwrap();
        let found = find(&[folder.path().to_owned()]);
        let seen = names(folder.path(), &found);
        assert_eq!(seen, ["!again", "!gone.ipynb", "good.ipynb", "!\u{FFFD}.ipynb"]);
    }

    #[test]
    fn answers_come_in_the_order_of_the_files() {
        let names: Vec<String> = (0..40).map(|number| format!("{number:02}.ipynb")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        let folder = folder(&files);
        let read = read_each(find(&[folder.path().to_owned()]), |_, bytes| bytes.unwrap());
        assert_eq!(read, names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>());
    }

    #[test]
    fn a_file_that_is_not_there_is_an_answer_too() {
        let found = find(&[PathBuf::from("/no/such/file.ipynb")]);
        let read = read_each(found, |_, bytes| matches!(bytes, Err(FileError::Read(_))));
        assert_eq!(read, [true]);
    }
}
