//! Opens and reviews long notebooks beside the tutor; of several texts the newest counts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, Scope};

use super::config::Configs;
use super::drafts;
use super::files::{self, FileError, STACK};
use super::modules::{self, Folders};
use super::told::both;
use super::tui::terminal::catching;
use crate::execution::Stop;
use crate::knowledge::{Both, Tables};
use crate::review::Surroundings;
use crate::tutor::drafts::Leftover;
use crate::tutor::message::{Msg, Opened};
use crate::tutor::reviewing::{AT_ONCE, Job, Reviewed};

/// Something that takes its time.
enum Work {
    Review(Box<Job>),
    Open(PathBuf),
}

/// A thread that opens notebooks and makes reviews, one at a time.
pub struct Reviewer {
    work: Sender<Work>,
    /// Ends the job that was given last.
    last: Stop,
}

impl Reviewer {
    /// Answers go to `answers`. `None` where there can be no thread.
    pub fn new<'s, 'k: 's>(
        scope: &'s Scope<'s, '_>,
        configs: Arc<Configs<'k>>,
        answers: Sender<Msg>,
    ) -> Option<Self> {
        let (work, inbox) = mpsc::channel();
        let make = move || {
            step_back();
            make(&inbox, &configs, &answers);
        };
        Builder::new().stack_size(STACK).spawn_scoped(scope, make).ok()?;
        Some(Self { work, last: Stop::default() })
    }

    /// Opens a file. `false` where that is quick enough to be done at once, or nobody does it.
    pub fn open(&mut self, path: &Path) -> bool {
        let length = std::fs::metadata(path).map_or(0, |file| file.len());
        let is_long = usize::try_from(length).is_ok_and(|length| length > AT_ONCE);
        is_long && self.work.send(Work::Open(path.to_owned())).is_ok()
    }

    /// Gives a job in; the one before it is not wanted any more. The job comes back where nobody
    /// takes it.
    pub fn review(&mut self, job: Box<Job>) -> Option<Box<Job>> {
        self.last.now();
        self.last = job.stop();
        match self.work.send(Work::Review(job)) {
            Err(mpsc::SendError(Work::Review(job))) => Some(job),
            _ => None,
        }
    }
}

/// Leaves the processor to the thread that draws, where both want it.
///
/// Source: setpriority(2): on Linux, and there alone, a nice value is a thread's own.
fn step_back() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(10);
}

impl Drop for Reviewer {
    fn drop(&mut self) {
        self.last.now();
    }
}

/// Makes a review at once, with the modules beside the notebook where these are still to be found.
pub fn reviewed(job: &Job, tables: &Tables) -> Reviewed {
    let run = AssertUnwindSafe(|| match &job.beside {
        Some(path) => {
            let Job { notebook, surroundings, known, .. } = job;
            let (surroundings, folders) = (surroundings.clone(), Folders::default());
            modules::review_again_in_place(path, notebook, tables, surroundings, &folders, known)
        }
        None => job.run(tables),
    });
    let review = catching(|| catch_unwind(run)).ok().map(Box::new);
    Reviewed { number: job.number, review }
}

/// Reads a notebook and its settings. What lies beside it is found with its first review.
///
/// # Errors
/// When the file cannot be read: its path and why.
pub fn opened(path: PathBuf, configs: &Configs<'_>) -> Result<Opened, Both<String>> {
    let knowledge = configs.knowledge;
    let named = |why: String| format!("{}: {why}", path.display());
    let bytes = files::read(&path).map_err(|error| both(knowledge, &error).map(named))?;
    let (settings, complaint) = match configs.of(&path) {
        Ok(settings) => (settings, None),
        Err(error) => (configs.alone(), Some(Box::new(both(knowledge, &error)))),
    };
    let surroundings = Surroundings { settings, ..Surroundings::default() };
    let draft = drafts::find(&path);
    let leftovers = files::leftovers(path.parent().unwrap_or(Path::new("")));
    let of = |left: files::Leftover| Leftover { path: left.path, size: left.size };
    let leftovers = leftovers.into_iter().map(of).collect();
    Ok(Opened { path, bytes, surroundings, is_unsearched: true, complaint, draft, leftovers })
}

fn make(inbox: &Receiver<Work>, configs: &Configs<'_>, answers: &Sender<Msg>) {
    for work in inbox {
        let mut waiting: Vec<Work> = std::iter::once(work).chain(inbox.try_iter()).collect();
        // Older texts are not wanted any more.
        let newest = waiting.iter().rposition(|work| matches!(work, Work::Review(_)));
        let mut known = None;
        for (at, work) in waiting.drain(..).enumerate() {
            let answer = match work {
                Work::Review(_) if Some(at) != newest => continue,
                Work::Review(job) => {
                    let reviewed = reviewed(&job, configs.tables);
                    known = reviewed.review.as_ref().map(|review| review.known());
                    Msg::Reviewed(reviewed)
                }
                Work::Open(path) => {
                    let open = AssertUnwindSafe(|| opened(path, configs));
                    let failed = |_| Err(both(configs.knowledge, &FileError::Internal));
                    Msg::Opened(catching(|| catch_unwind(open)).unwrap_or_else(failed))
                }
            };
            if answers.send(answer).is_err() {
                return;
            }
        }
        if let Some(known) = known {
            known.prepare();
        }
    }
}
