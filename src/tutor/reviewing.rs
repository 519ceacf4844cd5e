//! Reviews that take their time are made elsewhere: the tutor asks for them and goes on.

use std::path::PathBuf;
use std::sync::Arc;

use super::Tutor;
use super::keys::Row;
use super::message::Effect;
use super::walk::Walk;
use crate::document::Tone;
use crate::execution::Stop;
use crate::knowledge::Tables;
use crate::notebook::Notebook;
use crate::review::{Known, Review, Surroundings, review_again};
use crate::wording;

/// Bytes of code that are reviewed at once; more of it could be seen to stop the screen.
pub const AT_ONCE: usize = 32 * 1024;

/// Which reviews are made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Elsewhere {
    /// None at all.
    Nothing,
    /// Those of long notebooks.
    #[default]
    Long,
    /// Those, the first of each notebook, and those of what is typed: nobody waits for a key.
    Typed,
}

/// A review to be made.
#[derive(Debug, Clone)]
pub struct Job {
    /// Each job of a document has a greater number than the one before.
    pub number: u64,
    pub notebook: Notebook,
    pub surroundings: Surroundings,
    pub known: Known,
    /// The file beside which modules have still to be looked for.
    pub beside: Option<PathBuf>,
}

/// A review that was made elsewhere; `None` where the program failed on it.
#[derive(Debug, Clone)]
pub struct Reviewed {
    pub number: u64,
    pub review: Option<Box<Review>>,
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl PartialEq for Reviewed {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number && self.review.is_some() == other.review.is_some()
    }
}

impl Job {
    /// Makes the review with the surroundings that are known.
    pub fn run(&self, tables: &Tables) -> Review {
        review_again(&self.notebook, tables, &self.surroundings, &self.known)
    }

    /// What ends the review before its time.
    pub fn stop(&self) -> Stop {
        self.surroundings.stop.clone()
    }
}

/// The review that a document waits for. When nobody waits for it any more it is stopped.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    number: u64,
    job: Option<Box<Job>>,
    _stop: Arc<StopAtEnd>,
}

#[derive(Debug)]
struct StopAtEnd(Stop);

impl Drop for StopAtEnd {
    fn drop(&mut self) {
        self.0.now();
    }
}

impl Pending {
    pub(super) fn new(
        number: u64,
        notebook: &Notebook,
        surroundings: &Surroundings,
        known: Known,
        beside: Option<PathBuf>,
    ) -> Self {
        let stop = Stop::default();
        let surroundings = Surroundings { stop: stop.clone(), ..surroundings.clone() };
        let job = Job { number, notebook: notebook.clone(), surroundings, known, beside };
        Self { number, job: Some(Box::new(job)), _stop: Arc::new(StopAtEnd(stop)) }
    }

    /// The job, once.
    pub(super) fn take(&mut self) -> Option<Box<Job>> {
        self.job.take()
    }

    pub(super) fn is(&self, number: u64) -> bool {
        self.number == number
    }
}

impl Tutor<'_> {
    /// Whether the open notebook waits for its review.
    pub fn is_reviewing(&self) -> bool {
        self.document().is_some_and(|document| document.is_reviewing())
    }

    /// Asks for the review that the open notebook waits for.
    pub(super) fn wanted_review(&mut self) -> Option<Effect> {
        self.open_walk()?.document.wanted_review().map(Effect::Review)
    }

    /// Says that a row has to wait for the review, where it has; it is done then, unless another
    /// comes before.
    pub(super) fn has_to_wait(&mut self, row: &'static Row) -> bool {
        let waits = self.is_reviewing() && row.is_after_review;
        self.waiting = waits.then_some(row);
        if waits {
            self.say(wording::status::REVIEWING, &[], Tone::Caution);
        }
        waits
    }

    /// Takes in a review that was made elsewhere, and does what waited for it. One of an older text
    /// counts for nothing.
    pub(super) fn reviewed(&mut self, reviewed: Reviewed) -> Vec<Effect> {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let Reviewed { number, review } = reviewed;
        let failed = review.is_none();
        let Some(walk) = self.open_walk() else { return Vec::new() };
        if !walk.document.reviewed(number, review) {
            return Vec::new();
        }
        walk.find_place();
        walk.refresh(knowledge, reading);
        let waiting = self.waiting.take();
        if failed {
            self.say(wording::status::REVIEW_FAILED, &[], Tone::Mistake);
            return Vec::new();
        }
        let Some(row) = waiting else { return Vec::new() };
        self.status = None;
        self.act(row)
    }

    /// The walk, behind a lesson too.
    fn open_walk(&mut self) -> Option<&mut Walk> {
        let screen = match &mut self.screen {
            super::Screen::Learn(learn) => &mut learn.behind,
            screen => screen,
        };
        match screen {
            super::Screen::Walk(walk) => Some(walk),
            super::Screen::Home { .. } | super::Screen::Learn(_) => None,
        }
    }
}
