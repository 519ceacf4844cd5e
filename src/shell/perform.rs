//! Does what the tutor asks for, and answers.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::clipboard::Clipboard;
use super::config::Configs;
use super::drafts::Drafts;
use super::files::{FileError, Remark, TogetherError};
use super::learning::{self, Records};
use super::proving::Prover;
use super::reviewing::{Reviewer, opened, reviewed};
use super::watching::Watcher;
use super::{editor, files, told};
use crate::knowledge::Both;
use crate::tutor::message::{Effect, Msg, Opened, Saved, Told};

/// Which kernel the reader wants, and whether any.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub kernel: Option<String>,
    pub python: Option<PathBuf>,
    /// Nothing may run.
    pub is_off: bool,
}

/// Performs effects for both front ends.
pub struct Performer<'s, 'k> {
    clipboard: Clipboard,
    configs: Arc<Configs<'k>>,
    prover: Prover<'s, 'k>,
    /// `None` where reviews are made at once.
    reviewer: Option<Reviewer>,
    /// `None` where the open file is not followed.
    watcher: Option<Watcher>,
    records: Records,
    drafts: Drafts,
}

impl<'s, 'k> Performer<'s, 'k> {
    /// Nothing is touched before it is asked for. What takes its time is answered by the prover.
    pub fn new(configs: Arc<Configs<'k>>, prover: Prover<'s, 'k>) -> Self {
        let (clipboard, records) = (Clipboard::default(), Records::default());
        let drafts = Drafts::default();
        Self { clipboard, configs, prover, reviewer: None, watcher: None, records, drafts }
    }

    /// Leaves long reviews to another thread.
    pub fn with_reviewer(mut self, reviewer: Option<Reviewer>) -> Self {
        self.reviewer = reviewer;
        self
    }

    /// Follows the open file.
    pub fn with_watcher(mut self, watcher: Option<Watcher>) -> Self {
        self.watcher = watcher;
        self
    }

    fn follow(&self, path: &Path) {
        if let Some(watcher) = &self.watcher {
            watcher.follow(path);
        }
    }

    /// The text that was copied last and may not have arrived.
    pub fn unsure_copy(&self) -> Option<&str> {
        self.clipboard.unsure()
    }

    /// Writes what is learnt into these records.
    pub fn with_records(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// Keeps what is unsaved there.
    pub fn with_drafts(mut self, drafts: Drafts) -> Self {
        self.drafts = drafts;
        self
    }

    /// Opens a file before there is a screen.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open_at_once(&self, path: PathBuf) -> Result<Opened, Both<String>> {
        self.follow(&path);
        opened(path, &self.configs)
    }

    /// Why something was not done.
    fn told(&self, error: &(dyn std::error::Error + 'static)) -> Both<String> {
        told::both(self.configs.knowledge, error)
    }

    /// Does what is asked. Leaving, stopping and the mouse are the front end's business and give
    /// no answer here.
    pub fn perform(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::Open(path) => {
                // What runs belongs to the notebook that is left.
                self.prover.stop();
                self.follow(&path);
                let later = self.reviewer.as_mut().is_some_and(|reviewer| reviewer.open(&path));
                (!later).then(|| Msg::Opened(opened(path, &self.configs)))
            }
            Effect::Review(job) => {
                let job = match &mut self.reviewer {
                    Some(reviewer) => reviewer.review(job)?,
                    None => job,
                };
                Some(Msg::Reviewed(reviewed(&job, self.configs.tables)))
            }
            Effect::Find(folder) => Some(Msg::Found(notebooks(&folder))),
            Effect::Save { path, expected, bytes } => {
                let saved = files::save(&path, &expected, &bytes);
                self.follow(&path);
                let remarks = saved.map(|said| said.iter().map(Remark::message).collect());
                let saved = remarks.map(|remarks| Saved { path, remarks });
                Some(Msg::Saved(saved.map_err(|error| error.message())))
            }
            Effect::KeepDraft { path, draft } => {
                self.drafts.keep(path, draft);
                None
            }
            Effect::DropDraft(file) => {
                self.drafts.forget(file);
                None
            }
            Effect::RemoveLeftovers(paths) => {
                let kept = files::remove_leftovers(&paths).into_iter();
                let kept = kept.map(|(path, error)| (path, self.told(&error))).collect();
                Some(Msg::LeftoversRemoved(kept))
            }
            Effect::Copy(text) => {
                let copied = self.clipboard.copy(&text);
                Some(Msg::Copied(copied.map_err(|error| self.told(&error))))
            }
            Effect::SaveAdvice { near, name, text } => {
                let folder = near.as_deref().and_then(Path::parent).map(Path::to_path_buf);
                let path = folder.unwrap_or_default().join(name);
                let saved = files::save_new(&path, text.as_bytes());
                Some(Msg::AdviceSaved(saved.map_err(|error| self.told(&error))))
            }
            Effect::Look(path) => {
                Some(Msg::Looked(path.clone(), look(&path).map_err(|error| self.told(&error))))
            }
            Effect::SaveTogether(changes) => {
                Some(Msg::Moved(of_files(files::save_together(&changes))))
            }
            Effect::TakeBack(changes) => Some(Msg::Moved(of_files(files::take_back(&changes)))),
            Effect::FindKernel { near, notebook } => {
                let folder = near.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
                let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                self.prover.find(here.to_path_buf(), *notebook);
                None
            }
            Effect::Prove(trial) => {
                self.prover.prove(*trial);
                None
            }
            Effect::Interrupt => {
                self.prover.interrupt();
                None
            }
            Effect::KeepProgress(progress) => {
                let kept = self.records.keep(&progress);
                Some(Msg::Kept(kept.map_err(|error| self.told(&error))))
            }
            Effect::Present(place) => {
                let kept = learning::present(&place);
                Some(Msg::Kept(kept.map_err(|error| self.told(&error))))
            }
            Effect::Rewrite { name, text } => {
                Some(Msg::Rewritten(editor::open(self.configs.knowledge, &name, &text)))
            }
            Effect::Quit | Effect::Suspend | Effect::Mouse(_) => None,
        }
    }
}

/// Notebooks and scripts under a folder; those under the current one with paths from there.
fn notebooks(folder: &Path) -> Vec<PathBuf> {
    let found = files::find(&[folder.to_owned()]);
    let readable = found.into_iter().filter(|found| found.error.is_none());
    readable
        .map(|found| found.path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(found.path))
        .collect()
}

/// What a file holds that may be written to, beside the open notebook.
fn look(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match files::leads_out(path, path.parent().unwrap_or(Path::new(""))) {
        Some(target) => Err(FileError::LeadsOut { target }),
        None => files::read_if_there(path),
    }
}

/// What there is to say of each file, or why not all of them were written.
fn of_files(done: Result<Vec<Remark>, TogetherError>) -> Result<Vec<Told>, Vec<Told>> {
    let of_remark = |it: Remark| Told { message: it.message(), path: it.path };
    let of_error = |(path, message): (&Path, _)| Told { path: path.to_owned(), message };
    match done {
        Ok(remarks) => Ok(remarks.into_iter().map(of_remark).collect()),
        Err(error) => Err(error.messages().into_iter().map(of_error).collect()),
    }
}
