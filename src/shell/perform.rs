//! Does what the tutor asks for, and answers.

use std::path::{Path, PathBuf};

use super::clipboard::Clipboard;
use super::config::Configs;
use super::learning::{self, Records};
use super::proving::Prover;
use super::{editor, files, modules};
use crate::notebook;
use crate::review::Surroundings;
use crate::tutor::message::{Effect, Msg, Opened};

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
    configs: Configs<'k>,
    prover: Prover<'s, 'k>,
    records: Records,
}

impl<'s, 'k> Performer<'s, 'k> {
    /// Nothing is touched before it is asked for. What takes its time is answered by the prover.
    pub fn new(configs: Configs<'k>, prover: Prover<'s, 'k>) -> Self {
        Self { clipboard: Clipboard::default(), configs, prover, records: Records::default() }
    }

    /// Writes what is learnt into these records.
    pub fn with_records(mut self, records: Records) -> Self {
        self.records = records;
        self
    }

    /// Does what is asked. Leaving, stopping and the mouse are the front end's business and give
    /// no answer here.
    pub fn perform(&mut self, effect: Effect) -> Option<Msg> {
        match effect {
            Effect::Open(path) => {
                // What runs belongs to the notebook that is left.
                self.prover.stop();
                Some(Msg::Opened(self.open(path)))
            }
            Effect::Find => Some(Msg::Found(notebooks())),
            Effect::Save { path, expected, bytes } => {
                let saved = files::save(&path, &expected, &bytes).map_err(|error| chain(&error));
                Some(Msg::Saved(saved.map(|()| path)))
            }
            Effect::Copy(text) => {
                Some(Msg::Copied(self.clipboard.copy(&text).map_err(|error| chain(&error))))
            }
            Effect::SaveAdvice { near, name, text } => {
                let folder = near.as_deref().and_then(Path::parent).map(Path::to_path_buf);
                let path = folder.unwrap_or_default().join(name);
                let saved = files::save_new(&path, text.as_bytes());
                Some(Msg::AdviceSaved(saved.map_err(|error| chain(&error))))
            }
            Effect::Look(path) => {
                let held = files::read_if_there(&path).map_err(|error| chain(&error));
                Some(Msg::Looked(path, held))
            }
            Effect::SaveTogether(changes) => {
                let saved = files::save_together(&changes);
                Some(Msg::Moved(saved.map_err(|error| chain(&error))))
            }
            Effect::TakeBack(changes) => {
                Some(Msg::Moved(files::take_back(&changes).map_err(|error| chain(&error))))
            }
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
            Effect::KeepProgress(progress) => Some(Msg::Kept(self.records.keep(&progress))),
            Effect::Present(place) => Some(Msg::Kept(learning::present(&place))),
            Effect::Rewrite { name, text } => Some(Msg::Rewritten(editor::open(&name, &text))),
            Effect::Quit | Effect::Suspend | Effect::Mouse(_) => None,
        }
    }

    fn open(&self, path: PathBuf) -> Result<Opened, String> {
        let read = files::read(&path);
        let bytes = read.map_err(|error| format!("{}: {}", path.display(), chain(&error)))?;
        let (settings, complaint) = match self.configs.of(&path) {
            Ok(settings) => (settings, None),
            Err(error) => (self.configs.alone(), Some(chain(&error))),
        };
        // A file that is no notebook is told of where it is shown.
        let surroundings = match notebook::parse(&path.to_string_lossy(), bytes.clone()) {
            Ok(notebook) => {
                let tables = self.configs.tables;
                modules::review_in_place(&path, &notebook, tables, settings).surroundings
            }
            Err(_) => Surroundings { settings, ..Surroundings::default() },
        };
        Ok(Opened { path, bytes, surroundings, complaint })
    }
}

/// Notebooks and scripts under the current folder, with paths from there.
fn notebooks() -> Vec<PathBuf> {
    let found = files::find(&[PathBuf::from(".")]);
    let readable = found.into_iter().filter(|found| found.error.is_none());
    readable
        .map(|found| found.path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(found.path))
        .collect()
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
