//! Finds the notebooks that paths lead to, reads them, and saves them.

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
mod attributes;
mod disk;
mod door;
mod exchange;
mod exclude;
mod ignored;
mod kept;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod kept_tests;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod killed_tests;
mod leftovers;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod meddling_tests;
mod ready;
mod save;
mod saved;
mod staged;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod striking_tests;
mod together;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use ignore::{DirEntry, WalkBuilder};

use crate::notebook::{self, NotebookError};
use ignored::Ignored;

pub use door::{NOTEBOOK, ReadError, SETTINGS, TEXT, is_free, mebibytes, read_all, start, text};
pub use exclude::Exclude;
pub use leftovers::{Leftover, leftovers, remove as remove_leftovers, runs};
pub use save::{SaveError, private_folder, put, put_held, save, save_new};
pub use saved::Remark;
pub use together::{TogetherError, make_folder_of, save_together, take_back};

/// Why there is nothing to say of a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot be read")]
    Read(#[source] ReadError),
    #[error("the name is not UTF-8")]
    Name,
    #[error("this link leads back to a folder that holds it")]
    Loop,
    #[error("this link leads out of the folder, to {}", .target.display())]
    LeadsOut { target: PathBuf },
    #[error("cannot be understood")]
    Notebook(#[source] NotebookError),
    /// The cells of a kernel, as they were sent; line and column count from 1.
    #[error("is no session: {problem}")]
    Session { line: usize, column: usize, problem: String },
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
            take(told_apart(path), None, &mut found);
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

/// Reads a file of a size that its name allows.
///
/// # Errors
/// When it cannot be opened or read, is no regular file, or is too large.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    door::read(path, door::most(path)).map_err(FileError::Read)
}

/// Reads a file of `most` bytes at most.
///
/// # Errors
/// As [`read`].
pub fn read_small(path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
    door::read(path, most)
}

/// Reads a file that need not be there.
///
/// # Errors
/// When it is there and cannot be opened or read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(FileError::Read(ReadError::Io(error))) if error.kind() == io::ErrorKind::NotFound => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Where a link at `path` leads, when that is not in the folder `base` or below it.
pub fn leads_out(path: &Path, base: &Path) -> Option<PathBuf> {
    let said = fs::read_link(path).ok()?;
    let base = if base.as_os_str().is_empty() { Path::new(".") } else { base };
    let target = fs::canonicalize(path).unwrap_or_else(|_| {
        // It leads nowhere yet; the folder that it names may be there.
        let target = staged::folder_of(path).join(said);
        let folder = fs::canonicalize(staged::folder_of(&target)).unwrap_or_default();
        folder.join(target.file_name().unwrap_or_default())
    });
    let is_inside = fs::canonicalize(base).is_ok_and(|base| target.starts_with(base));
    (!is_inside).then_some(target)
}

type Map = BTreeMap<PathBuf, Option<FileError>>;

/// Takes a file once; a name that cannot be written down is an error.
fn take(path: PathBuf, error: Option<FileError>, found: &mut Map) {
    let error = if path.to_str().is_none() { Some(FileError::Name) } else { error };
    found.entry(path).or_insert(error);
}

fn walk(folder: &Path, found: &mut Map) {
    let ignored = Arc::new(Ignored::below(folder));
    let mut walker = WalkBuilder::new(folder);
    let filter = Arc::clone(&ignored);
    walker
        .standard_filters(false)
        .follow_links(true)
        .filter_entry(move |entry| !filter.holds(entry) && !is_environment(entry));
    for entry in walker.build() {
        match entry {
            Ok(entry) => visit(&entry, found),
            Err(error) => complain(folder, error, found),
        }
    }
    for (path, error) in ignored.troubles() {
        take(plain(&path), Some(FileError::Read(error)), found);
    }
}

/// Takes an entry with a notebook's name, unless it is a folder.
fn visit(entry: &DirEntry, found: &mut Map) {
    let path = plain(entry.path());
    let Some(kind) = entry.file_type().filter(|_| is_notebook_name(&path)) else { return };
    if !kind.is_dir() && holds_cells(&path) {
        let special = door::special(kind).map(|it| FileError::Read(ReadError::Special(it)));
        take(path, special, found);
    }
}

/// A path without the `./` that comes from walking the current folder.
fn plain(path: &Path) -> PathBuf {
    told_apart(path.strip_prefix(".").unwrap_or(path))
}

/// A path that no service takes for a command where it begins a line of a report: with `./` before
/// it. Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
/// for `::`; `##[` and `##vso[` in Azure Pipelines, `##teamcity[` in TeamCity.
fn told_apart(path: &Path) -> PathBuf {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_command = bytes.starts_with(b"::") || bytes.starts_with(b"##");
    if is_command { Path::new(".").join(path) } else { path.to_owned() }
}

fn is_notebook_name(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "ipynb" || end == "py") || is_document(path)
}

/// Whether a file may hold cells, and mostly holds none: Markdown.
fn is_document(path: &Path) -> bool {
    path.to_str().is_some_and(notebook::may_hold_cells)
}

/// Most documents in a folder are no notebooks, and nobody asked about them.
fn holds_cells(path: &Path) -> bool {
    if !is_document(path) {
        return true;
    }
    let name = path.to_string_lossy();
    door::read(path, TEXT).is_ok_and(|bytes| notebook::parse(&name, bytes).is_ok())
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
            Some(io) => FileError::Read(ReadError::Io(copy(io))),
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
        let mut files =
            ["b.ipynb", "a/z.py", "a/c.ipynb", "a/notes.md"].map(|name| (name, "")).to_vec();
        files.push(("a/cells.md", "```{code-cell}\nx\n```\n"));
        files.push(("a/example.md", "```python\nx\n```\n"));
        let folder = folder(&files);
        let found = find(&[folder.path().to_owned()]);
        let expected = ["a/c.ipynb", "a/cells.md", "a/z.py", "b.ipynb"];
        assert_eq!(names(folder.path(), &found), expected);
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
    fn a_name_that_looks_like_a_command_of_a_service_is_told_apart() {
        for name in ["::stop-commands::x.ipynb", "##[error]a.ipynb", "##vso[x]", "##teamcity[x].py"]
        {
            let found = find(&[PathBuf::from(name)]);
            assert_eq!(found[0].path.to_str(), Some(format!("./{name}").as_str()));
            assert_eq!(plain(&Path::new(".").join(name)).to_str(), found[0].path.to_str());
        }
        assert_eq!(plain(Path::new("./#a.ipynb")), Path::new("#a.ipynb"));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_answer_too() {
        let found = find(&[PathBuf::from("/no/such/file.ipynb")]);
        let read = read_each(found, |_, bytes| matches!(bytes, Err(FileError::Read(_))));
        assert_eq!(read, [true]);
    }
}
