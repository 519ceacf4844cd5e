//! Lessons and drills as a pure machine: which lesson, which stage of it, what was answered and
//! tried there.

mod answers;
pub mod attempt;
mod drive;
pub mod grade;
pub mod keys;
mod list;
#[cfg(test)]
mod machine_tests;
mod names;
pub mod notes;
mod pages;
mod placement;
mod practise;
pub mod progress;
pub mod record;
mod said;
mod screen;
pub mod task;
#[cfg(test)]
mod tests;
mod tour;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

pub use attempt::{Attempt, Outcome};
pub use grade::{Check, Point, grade, is_right};
pub use progress::Progress;
pub use task::Task;
pub(super) use tour::Tour;

use super::Screen;
use super::panes::Panes;
use super::reading::Reading;
use super::view::{OverviewRow, Page, Pane};
use crate::knowledge::{Knowledge, Lesson};

/// What the tutor knows of its learner, whatever is on the screen.
#[derive(Debug, Clone)]
pub struct Learner {
    pub progress: Progress,
    pub today: Date,
    /// Whether progress is written down.
    pub keeps: bool,
    /// Whether diagrams may move.
    pub moves: bool,
    /// Somebody shows it to others: pages are roomier, and their place is written down.
    pub presents: bool,
}

impl Default for Learner {
    /// Somebody who has done nothing yet, and of whom nothing is kept.
    fn default() -> Self {
        let today = Date::default();
        Self { progress: Progress::default(), today, keeps: false, moves: false, presents: false }
    }
}

/// What is learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// The lesson with this id.
    Lesson(String),
    /// Drills that come back today.
    Review,
    /// The mistakes of one's own notebook, which has this name.
    Own(String),
    /// Eight questions that show what may be skipped.
    Placement,
}

/// A part of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// What it is about.
    About,
    /// The screen with this anchor.
    Read(String),
    /// The question of the lesson with this id.
    Predict(String),
    /// The task with this id.
    Drill(String),
    End,
}

/// A topic on the screen.
pub struct Learn {
    pub topic: Topic,
    pub stages: Vec<Stage>,
    /// Which of the stages.
    pub at: usize,
    /// What was tried, by the task's id.
    pub attempts: BTreeMap<String, Attempt>,
    /// What was answered, by the lesson's id, from 0.
    pub answers: BTreeMap<String, usize>,
    /// What a kernel is asked about the drill that is shown.
    pub proof: Option<Arc<super::proving::Attempt>>,
    pub panes: Panes,
    pub guide: Arc<Page>,
    pub overview: Arc<[OverviewRow]>,
    /// How far the diagrams of the page have come, in frames; `None` when they stand still.
    pub motion: Option<usize>,
    /// The reader wants them to stand still.
    pub still: bool,
    /// Text areas opened so far.
    editions: u64,
    /// What Esc leads back to.
    pub(super) behind: Box<Screen>,
}

impl Learn {
    /// A lesson from its beginning.
    pub(super) fn lesson(lesson: Lesson<'_>, behind: Screen) -> Self {
        let mut stages = vec![Stage::About];
        stages.extend(lesson.screens().into_iter().map(|it| Stage::Read(it.to_owned())));
        stages.push(Stage::Predict(lesson.page.id.clone()));
        stages.extend(lesson.front.drills.iter().cloned().map(Stage::Drill));
        stages.push(Stage::End);
        Self::new(Topic::Lesson(lesson.page.id.clone()), stages, behind)
    }

    pub(super) fn new(topic: Topic, stages: Vec<Stage>, behind: Screen) -> Self {
        Self {
            topic,
            stages,
            at: 0,
            attempts: BTreeMap::new(),
            answers: BTreeMap::new(),
            proof: None,
            panes: Panes::default(),
            guide: Arc::default(),
            overview: Arc::from([]),
            motion: None,
            still: false,
            editions: 0,
            behind: Box::new(behind),
        }
    }

    /// The stage that is shown.
    pub fn stage(&self) -> &Stage {
        self.stages.get(self.at).unwrap_or(&Stage::End)
    }

    /// The lesson's id, when the topic is one.
    pub fn lesson_id(&self) -> Option<&str> {
        match &self.topic {
            Topic::Lesson(id) => Some(id),
            Topic::Review | Topic::Own(_) | Topic::Placement => None,
        }
    }

    /// The task under repair, when the stage is one.
    pub fn attempt(&self) -> Option<&Attempt> {
        let Stage::Drill(id) = self.stage() else { return None };
        self.attempts.get(id)
    }

    pub(super) fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        let Some(Stage::Drill(id)) = self.stages.get(self.at) else { return None };
        self.attempts.get_mut(id)
    }

    /// What was answered to the question that is shown, from 0.
    pub fn answer(&self) -> Option<usize> {
        let Stage::Predict(lesson) = self.stage() else { return None };
        self.answers.get(lesson).copied()
    }

    /// Whether the list of lessons has the keys.
    pub fn is_list(&self) -> bool {
        self.panes.focus == Pane::Overview
    }

    /// Whether there is nothing left to do at a stage.
    pub fn is_done(&self, stage: &Stage, learner: &Learner) -> bool {
        match stage {
            Stage::About | Stage::Read(_) => {
                self.stages.iter().position(|it| it == stage) < Some(self.at)
            }
            Stage::Predict(lesson) => self.answers.contains_key(lesson),
            Stage::Drill(id) => match self.attempts.get(id) {
                Some(attempt) => attempt.is_right(),
                None => self.topic != Topic::Review && learner.progress.is_solved(id),
            },
            Stage::End => false,
        }
    }

    /// Whether everything that is asked for was done.
    pub fn is_complete(&self, learner: &Learner) -> bool {
        let asks = |stage: &&Stage| matches!(stage, Stage::Predict(_) | Stage::Drill(_));
        self.stages.iter().filter(asks).all(|stage| self.is_done(stage, learner))
    }

    /// Writes the page and the list anew.
    pub(super) fn refresh(&mut self, knowledge: &Knowledge, reading: Reading, learner: &Learner) {
        self.guide = Arc::new(pages::page(self, knowledge, reading, learner));
        self.overview = list::rows(self, knowledge, reading.base(), learner);
    }
}
