//! What the tutor has not written is kept in the folder where programs keep their state: readable for
//! this user alone, a file for each notebook and sitting, locked as long as the sitting goes on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::files;
use super::learning::state_folder;
use crate::text::CellIndex;
use crate::tutor::drafts::{Draft, DraftCell, FoundDraft};

/// The folder in that of the program.
const FOLDER: &str = "drafts";

/// A draft of more bytes than this is not kept; the one before it stays.
const MOST: usize = 16 << 20;

/// Of more drafts than this the oldest are removed.
const FILES: usize = 50;

const VERSION: u32 = 1;

/// The file's shape.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    version: u32,
    /// The notebook, links followed.
    notebook: PathBuf,
    cells: Vec<Row>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    /// From 0.
    cell: usize,
    id: Option<String>,
    before: String,
    source: String,
}

/// Keeps drafts on a thread of its own; of several the newest counts. What was asked for is done when
/// this is dropped.
#[derive(Debug, Default)]
pub struct Drafts {
    work: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Work {
    Keep(PathBuf, Draft),
    Forget(PathBuf),
}

impl Drafts {
    /// Keeps them in this user's state; nothing is touched before something is to be kept.
    pub fn open() -> Self {
        state_folder().map_or_else(Self::default, |folder| Self::at(folder.join(FOLDER)))
    }

    /// Keeps them in this folder.
    pub fn at(folder: PathBuf) -> Self {
        let (work, inbox) = mpsc::channel();
        let keep = move || Keeper { folder, held: None, count: 0 }.run(&inbox);
        let thread = Builder::new().name("drafts".to_owned()).spawn(keep).ok();
        Self { work: Some(work), thread }
    }

    /// Keeps the draft of a notebook in the place of the last one; an empty one is none.
    pub fn keep(&self, path: PathBuf, draft: Draft) {
        self.tell(Work::Keep(path, draft));
    }

    /// Removes a draft that was found.
    pub fn forget(&self, file: PathBuf) {
        self.tell(Work::Forget(file));
    }

    fn tell(&self, work: Work) {
        // Where there is no thread, nothing is kept.
        let _ = self.work.as_ref().map(|sender| sender.send(work));
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        self.work = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The thread.
struct Keeper {
    folder: PathBuf,
    held: Option<Held>,
    /// Drafts begun so far.
    count: usize,
}

/// The draft of the notebook that is open.
struct Held {
    notebook: PathBuf,
    file: PathBuf,
    /// `None` where nothing is kept now.
    lock: Option<File>,
}

impl Keeper {
    fn run(mut self, inbox: &Receiver<Work>) {
        while let Ok(first) = inbox.recv() {
            let mut waiting = std::iter::once(first).chain(inbox.try_iter()).peekable();
            while let Some(work) = waiting.next() {
                match (work, waiting.peek()) {
                    // The next one says it anew.
                    (Work::Keep(path, _), Some(Work::Keep(next, _))) if path == *next => {}
                    (Work::Keep(path, draft), _) => self.keep(&path, draft),
                    (Work::Forget(file), _) => drop(fs::remove_file(file)),
                }
            }
        }
    }

    fn keep(&mut self, path: &Path, draft: Draft) {
        let notebook = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if self.held.as_ref().is_none_or(|held| held.notebook != notebook) {
            if draft.cells.is_empty() {
                // Of the notebook before it stays what is kept.
                self.held = None;
                return;
            }
            self.begin(notebook);
        }
        let Some(held) = &mut self.held else { return };
        if draft.cells.is_empty() {
            held.lock = None;
            let _ = fs::remove_file(&held.file);
            return;
        }
        let Some(bytes) = write(&held.notebook, draft) else { return };
        // What the disk does not take cannot be kept; the work goes on.
        if let Ok(lock) = files::put_held(&held.file, &bytes) {
            held.lock = Some(lock);
        }
    }

    fn begin(&mut self, notebook: PathBuf) {
        prune(&self.folder);
        self.count += 1;
        let name = format!("{}-{}-{}.json", start(&notebook), std::process::id(), self.count);
        let file = self.folder.join(name);
        self.held = Some(Held { notebook, file, lock: None });
    }
}

/// The newest draft of a notebook that no sitting holds.
pub fn find(path: &Path) -> Option<FoundDraft> {
    find_in(&state_folder()?.join(FOLDER), path)
}

/// The same, in this folder.
pub fn find_in(folder: &Path, path: &Path) -> Option<FoundDraft> {
    let notebook = fs::canonicalize(path).ok()?;
    let start = start(&notebook);
    let is_of = |name: &str| name.starts_with(&start);
    let mut found = listed(folder, is_of);
    found.sort_by_key(|(when, _)| std::cmp::Reverse(*when));
    found.into_iter().find_map(|(_, file)| {
        let draft = read(&file, &notebook)?;
        Some(FoundDraft { file, draft })
    })
}

/// Files whose names are wanted and that nobody holds, with the time of their last change.
fn listed(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Vec<(SystemTime, PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.ends_with(".json") && is_wanted(name))
    });
    let free = paths.filter_map(|entry| {
        let path = entry.path();
        let when = fs::symlink_metadata(&path).ok()?.modified();
        let when = when.ok()?;
        files::is_free(&path).then_some((when, path))
    });
    free.collect()
}

/// Removes the oldest drafts of many, and what a killed sitting left in the midst of keeping one: the
/// draft before that is whole.
fn prune(folder: &Path) {
    let left: Vec<PathBuf> = files::leftovers(folder).into_iter().map(|left| left.path).collect();
    drop(files::remove_leftovers(&left));
    let mut found = listed(folder, |_| true);
    found.sort();
    let over = found.len().saturating_sub(FILES);
    for (_, path) in found.into_iter().take(over) {
        let _ = fs::remove_file(path);
    }
}

/// How the names of a notebook's drafts begin: a number made of its path.
fn start(notebook: &Path) -> String {
    // FNV-1a, since the standard library's may change. A path is checked again when it is read.
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let bytes = notebook.as_os_str().as_encoded_bytes();
    format!("{:016x}", bytes.iter().fold(0xcbf2_9ce4_8422_2325, step))
}

fn write(notebook: &Path, draft: Draft) -> Option<Vec<u8>> {
    let size: usize = draft.cells.iter().map(|cell| cell.before.len() + cell.source.len()).sum();
    if size > MOST / 2 {
        return None;
    }
    let row =
        |it: DraftCell| Row { cell: it.cell.0, id: it.id, before: it.before, source: it.source };
    let cells = draft.cells.into_iter().map(row).collect();
    let record = Record { version: VERSION, notebook: notebook.to_owned(), cells };
    serde_json::to_vec(&record).ok().filter(|bytes| bytes.len() <= MOST)
}

fn read(file: &Path, notebook: &Path) -> Option<Draft> {
    let most = u64::try_from(MOST).ok()?;
    let bytes = files::read_small(file, most).ok()?;
    let record: Record = serde_json::from_slice(&bytes).ok()?;
    let cell = |row: Row| DraftCell {
        cell: CellIndex(row.cell),
        id: row.id,
        before: row.before,
        source: row.source,
    };
    let is_of = record.version == VERSION && record.notebook == notebook;
    is_of.then(|| Draft { cells: record.cells.into_iter().map(cell).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(source: &str) -> Draft {
        let before = "x = \"\u{1b}\u{202e}\"".to_owned();
        let cell = DraftCell { cell: CellIndex(3), id: None, before, source: source.to_owned() };
        Draft { cells: vec![cell] }
    }

    /// A folder for drafts that is not there yet, and a notebook.
    fn place() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (drafts, notebook) =
            (folder.path().join("state/drafts"), folder.path().join("a.ipynb"));
        fs::write(&notebook, "{}").unwrap();
        (folder, drafts, notebook)
    }

    #[test]
    fn what_is_kept_is_found_when_nobody_holds_it_and_forgotten_on_demand() {
        let (_folder, place, notebook) = place();
        let drafts = Drafts::at(place.clone());
        for source in ["a", "b", "c"] {
            drafts.keep(notebook.clone(), draft(source));
        }
        drop(drafts);
        let found = find_in(&place, &notebook).unwrap();
        assert_eq!(found.draft, draft("c"));
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
        let lock = File::open(&found.file).unwrap();
        lock.lock().unwrap();
        assert_eq!(find_in(&place, &notebook), None);
        drop(lock);
        Drafts::at(place.clone()).forget(found.file);
        assert_eq!(find_in(&place, &notebook), None);
    }

    #[test]
    fn what_a_killed_sitting_left_half_written_goes_with_the_next_draft() {
        let (_folder, place, notebook) = place();
        fs::create_dir_all(&place).unwrap();
        // No system gives a process so great a number.
        let left = place.join(format!(".nbasync-save-{:x}-{:016x}", i32::MAX, 1));
        fs::write(&left, "{\"ver").unwrap();
        let others = place.join(".nbasync-save-of-somebody-else");
        fs::write(&others, "").unwrap();
        Drafts::at(place.clone()).keep(notebook, draft("now"));
        assert!(!left.exists() && others.exists());
    }

    #[test]
    fn an_empty_draft_removes_its_own_and_no_other() {
        let (folder, place, notebook) = place();
        Drafts::at(place.clone()).keep(notebook.clone(), draft("of last time"));
        let drafts = Drafts::at(place.clone());
        drafts.keep(notebook.clone(), Draft::default());
        drafts.keep(notebook.clone(), draft("now"));
        drafts.keep(notebook.clone(), Draft::default());
        let other = folder.path().join("b.ipynb");
        fs::write(&other, "{}").unwrap();
        drafts.keep(other.clone(), draft("other"));
        // Another notebook is opened.
        drafts.keep(notebook.clone(), Draft::default());
        drop(drafts);
        assert_eq!(find_in(&place, &notebook).unwrap().draft, draft("of last time"));
        assert_eq!(find_in(&place, &other).unwrap().draft, draft("other"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::MetadataExt;
        let (_folder, place, notebook) = place();
        Drafts::at(place.clone()).keep(notebook.clone(), draft("x"));
        let file = find_in(&place, &notebook).unwrap().file;
        assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(place).unwrap().mode() & 0o777, 0o700);
    }

    #[test]
    fn what_is_too_large_is_not_kept_and_there_are_never_many() {
        let (_folder, place, notebook) = place();
        let drafts = Drafts::at(place.clone());
        drafts.keep(notebook.clone(), draft(&"x".repeat(MOST)));
        drop(drafts);
        assert_eq!(find_in(&place, &notebook), None);
        fs::create_dir_all(&place).unwrap();
        for number in 0..FILES + 9 {
            fs::write(place.join(format!("{number}.json")), "{}").unwrap();
        }
        Drafts::at(place.clone()).keep(notebook, draft("x"));
        assert_eq!(fs::read_dir(&place).unwrap().count(), FILES + 1);
    }

    #[test]
    fn what_is_no_draft_of_this_notebook_is_none() {
        let (_folder, place, notebook) = place();
        fs::create_dir_all(&place).unwrap();
        let real = fs::canonicalize(&notebook).unwrap();
        let other = r#"{"version": 1, "notebook": "/other", "cells": []}"#;
        let newer = format!("{{\"version\": 2, \"notebook\": {:?}, \"cells\": []}}", real);
        for (number, text) in ["", "{", "[]", other, &newer].iter().enumerate() {
            fs::write(place.join(format!("{}-{number}.json", start(&real))), text).unwrap();
        }
        assert_eq!(find_in(&place, &notebook), None);
    }
}
