//! What was found in folders, looked at once for all of their notebooks.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::versions;
use crate::execution::{ModuleSource, Modules};
use crate::knowledge::Tables;
use crate::libraries::Libraries;
use crate::shell::files;

/// A module larger than this many bytes is generated, not written.
const LARGEST: u64 = 1 << 20;

/// As many modules as a notebook's own code is likely to have.
const MOST: usize = 64;

/// As many files beside a notebook as are looked into.
const MOST_BESIDE: usize = 1000;

/// A notebook beside this one that is larger, in bytes, is left alone.
const LARGEST_NOTEBOOK: u64 = 8 << 20;

/// A name by which cells know a module or script, and its file.
pub(super) type Named = (String, PathBuf);

/// What was found in folders. The files are taken to stay as they are meanwhile.
#[derive(Debug, Default)]
pub struct Folders {
    listings: Mutex<HashMap<PathBuf, Arc<Listing>>>,
    /// What can be imported from a folder.
    importable: Mutex<HashMap<PathBuf, Arc<HashSet<String>>>>,
    /// Modules that were read, by their names and files.
    modules: Mutex<HashMap<Vec<Named>, Arc<Modules>>>,
    /// The versions of libraries that files in a folder or above it name.
    libraries: Mutex<HashMap<PathBuf, Arc<Libraries>>>,
    /// Texts that count in place of what the files hold.
    unsaved: HashMap<PathBuf, Arc<str>>,
}

/// The Python files and notebooks of a folder.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// Names, in order.
    pub files: Vec<PathBuf>,
    /// The words of which notebooks' names are made, each with the places in `files` that hold it,
    /// in order.
    words: HashMap<Vec<u8>, Vec<usize>>,
}

impl Folders {
    /// Nothing is read before it is asked for, and files that are `unsaved` are not read at all.
    pub fn with(unsaved: HashMap<PathBuf, Arc<str>>) -> Self {
        Self { unsaved, ..Self::default() }
    }

    /// Whether there is such a file.
    pub(super) fn holds(&self, file: &Path) -> bool {
        self.unsaved.contains_key(file) || file.is_file()
    }

    /// The bytes of a file that is not too large.
    pub(super) fn contents(&self, file: &Path) -> Option<Vec<u8>> {
        match self.unsaved.get(file) {
            Some(text) => Some(text.as_bytes().to_vec()),
            None => contents(file),
        }
    }

    /// A module's text. What cannot be read counts as not there.
    fn source(&self, name: &str, file: &Path) -> Option<ModuleSource> {
        let source = match self.unsaved.get(file) {
            Some(text) => text.to_string(),
            None => files::text(file, LARGEST).ok()?,
        };
        Some(ModuleSource { name: name.to_owned(), path: file.display().to_string(), source })
    }

    /// The names of a folder's modules, and of the folders in it, which may be packages.
    pub(super) fn importable(&self, folder: &Path) -> Arc<HashSet<String>> {
        let lock = || self.importable.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let unsaved = self.unsaved.keys().filter_map(|file| file.strip_prefix(folder).ok());
        let first = |file: &Path| importable(Path::new(file.iter().next()?));
        let mut names: HashSet<String> = unsaved.filter_map(first).collect();
        // A folder that cannot be listed holds nothing that could be read.
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = fs::read_dir(here).into_iter().flatten().flatten();
        names.extend(entries.filter_map(|entry| importable(Path::new(&entry.file_name()))));
        let names = Arc::new(names);
        lock().insert(folder.to_owned(), Arc::clone(&names));
        names
    }

    /// The versions of libraries for the notebooks of a folder.
    pub(super) fn libraries(&self, folder: &Path) -> Arc<Libraries> {
        let lock = || self.libraries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let libraries = Arc::new(versions::beside(folder));
        lock().insert(folder.to_owned(), Arc::clone(&libraries));
        libraries
    }

    pub(super) fn listing(&self, folder: &Path) -> Arc<Listing> {
        let lock = || self.listings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(folder) {
            return Arc::clone(known);
        }
        let listing = Arc::new(Listing::of(folder, self));
        lock().insert(folder.to_owned(), Arc::clone(&listing));
        listing
    }

    /// The modules in these files, each by the name under which it is known.
    pub(super) fn modules(&self, files: Vec<Named>, tables: &Tables) -> Arc<Modules> {
        let lock = || self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&files) {
            return Arc::clone(known);
        }
        let sources: Vec<ModuleSource> =
            files.iter().filter_map(|(name, file)| self.source(name, file)).take(MOST).collect();
        let modules = Arc::new(Modules::read(&sources, tables));
        lock().insert(files, Arc::clone(&modules));
        modules
    }
}

/// The name by which a file or folder of this name can be imported.
fn importable(name: &Path) -> Option<String> {
    let is_module = name.extension().is_none_or(|end| end == "py");
    name.file_stem().filter(|_| is_module)?.to_str().map(str::to_owned)
}

impl Listing {
    fn of(folder: &Path, folders: &Folders) -> Self {
        let all = beside(folder);
        let stems = all.iter().filter_map(|file| file.file_stem()?.to_str());
        let mut words: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for word in stems.flat_map(|stem| words_of(stem.as_bytes())) {
            words.entry(word.to_vec()).or_default();
        }
        let files: Vec<PathBuf> = all.iter().take(MOST_BESIDE).cloned().collect();
        for (at, file) in files.iter().enumerate() {
            let Some(bytes) = folders.contents(&folder.join(file)) else { continue };
            for word in words_of(&bytes) {
                if let Some(places) = words.get_mut(word)
                    && places.last() != Some(&at)
                {
                    places.push(at);
                }
            }
        }
        Self { files, words }
    }

    /// The places of the files that may name the notebook `stem`: they hold all of its words.
    pub(super) fn naming(&self, stem: &str) -> Vec<usize> {
        let places = words_of(stem.as_bytes()).map(|word| self.words.get(word));
        let mut places: Vec<&[usize]> =
            places.map(|places| places.map_or(&[][..], Vec::as_slice)).collect();
        places.sort_by_key(|places| places.len());
        let Some((fewest, others)) = places.split_first() else {
            return (0..self.files.len()).collect();
        };
        let in_all = |at: &usize| others.iter().all(|places| places.binary_search(at).is_ok());
        fewest.iter().copied().filter(in_all).collect()
    }
}

/// The words of a text: letters, digits, underscores, and whatever is no ASCII.
fn words_of(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_between = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'_';
    bytes.split(is_between).filter(|word| !word.is_empty())
}

/// The names of the Python files and notebooks in `folder`, in order.
fn beside(folder: &Path) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let is_python =
        |file: &PathBuf| file.extension().is_some_and(|end| end == "py" || end == "ipynb");
    let names = entries.flatten().map(|entry| PathBuf::from(entry.file_name()));
    let mut names: Vec<PathBuf> = names.filter(is_python).collect();
    names.sort();
    names
}

/// The bytes of a file that is not too large.
fn contents(file: &Path) -> Option<Vec<u8>> {
    let most = if file.extension()? == "py" { LARGEST } else { LARGEST_NOTEBOOK };
    files::read_small(file, most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_hold_all_words_of_a_name_may_name_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("a.py", "import report_1"),
            ("b.ipynb", "%run \"my report.ipynb\""),
            ("my report.ipynb", ""),
            ("report_1.py", "my own"),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let listing = Folders::default().listing(folder.path());
        assert_eq!(listing.naming("report_1"), [0]);
        assert_eq!(listing.naming("my report"), [1]);
        assert_eq!(listing.naming("other"), [] as [usize; 0]);
        assert_eq!(listing.naming("--"), [0, 1, 2, 3]);
    }

    #[test]
    fn a_folder_and_its_modules_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("helpers.py");
        fs::write(&file, "async def get(): ...").unwrap();
        let folders = Folders::default();
        let (tables, wanted) = (Tables::default(), vec![("helpers".to_owned(), file.clone())]);
        let first = folders.modules(wanted.clone(), &tables);
        fs::write(&file, "").unwrap();
        assert!(Arc::ptr_eq(&first, &folders.modules(wanted, &tables)));
        assert!(first.is_coroutine_function("helpers.get"));
        let listing = folders.listing(folder.path());
        assert!(Arc::ptr_eq(&listing, &folders.listing(folder.path())));
    }
}
