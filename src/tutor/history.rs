//! Back and forth over everything that was visited: problems with their steps, pages, notebooks, lessons.

use std::path::PathBuf;

use super::message::Effect;
use super::pages::Step;
use super::popups::Reader;
use super::view::Pane;
use super::{Screen, Tutor};
use crate::document::Tone;
use crate::knowledge::PageKind;
use crate::text::CellIndex;
use crate::wording::status;

/// As many places as are kept.
const KEPT: usize = 200;

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visit {
    Place {
        /// What the notebook is called, and its file where it has one.
        notebook: (String, Option<PathBuf>),
        cell: CellIndex,
        problem: usize,
        step: Step,
    },
    Page(PageKind, String),
    /// A lesson, and which of its stages, from 0.
    Lesson(String, usize),
}

/// What was visited, in order, and which of it is looked at.
#[derive(Debug, Default)]
pub struct History {
    visits: Vec<Visit>,
    at: usize,
    /// Where to go when the notebook that is opened again has come.
    awaited: Option<Visit>,
}

impl History {
    /// Takes note of what is looked at. What lay ahead is forgotten.
    fn note(&mut self, visit: Visit) {
        if self.visits.get(self.at) == Some(&visit) {
            return;
        }
        self.visits.truncate(self.at + 1);
        self.visits.push(visit);
        let over = self.visits.len().saturating_sub(KEPT);
        self.visits.drain(..over);
        self.at = self.visits.len() - 1;
    }

    /// What lies before or after, nearest first, each with its place.
    fn beyond(&self, forward: bool) -> Vec<(usize, Visit)> {
        let all = self.visits.iter().cloned().enumerate();
        if forward { all.skip(self.at + 1).collect() } else { all.take(self.at).rev().collect() }
    }
}

impl Tutor<'_> {
    /// Takes note of what is on the screen now.
    pub(super) fn note_visit(&mut self) {
        if self.history.awaited.is_none()
            && let Some(visit) = self.visit_now()
        {
            self.history.note(visit);
        }
    }

    pub(super) fn visit_now(&self) -> Option<Visit> {
        if let Some(window) = self.windows.last() {
            let (kind, id) = window.is::<Reader>()?.id.clone()?;
            return Some(Visit::Page(kind, id));
        }
        let walk = match &self.screen {
            Screen::Walk(walk) => walk,
            Screen::Learn(learn) if !learn.is_list() => {
                return Some(Visit::Lesson(learn.lesson_id()?.to_owned(), learn.at));
            }
            Screen::Learn(_) | Screen::Home { .. } => return None,
        };
        let settled = walk.editing.is_none() && !walk.document.is_reviewing();
        settled.then(|| Visit::Place {
            notebook: (walk.document.name.clone(), walk.document.path.clone()),
            cell: walk.cell,
            problem: walk.problem,
            step: walk.step,
        })
    }

    /// Whether anything was visited before, or after.
    pub(super) fn can_travel(&self, forward: bool) -> bool {
        !self.history.beyond(forward).is_empty()
    }

    /// Goes back to what was looked at before, or forth again. `None` where there is nothing.
    pub(super) fn travel(&mut self, forward: bool) -> Option<Vec<Effect>> {
        for (at, visit) in self.history.beyond(forward) {
            if let Some(effects) = self.go_back_to(&visit) {
                self.history.at = at;
                return Some(effects);
            }
        }
        None
    }

    /// Says that there is nothing to go back or forth to.
    pub(super) fn say_no_way(&mut self, forward: bool) {
        let key = if forward { status::NOTHING_LATER } else { status::NOTHING_EARLIER };
        self.say(key, &[], Tone::Quiet);
    }

    /// `None` where it is gone: what was pasted and replaced, or a notebook whose changes here
    /// would be lost.
    fn go_back_to(&mut self, visit: &Visit) -> Option<Vec<Effect>> {
        match visit {
            Visit::Page(kind, id) => {
                let page = self.knowledge.page(*kind, id)?;
                if self.top::<Reader>().is_some() {
                    self.close();
                }
                self.read(Some(page));
                Some(Vec::new())
            }
            Visit::Lesson(id, stage) => {
                self.windows.clear();
                let is_shown = self.learn().is_some_and(|it| it.lesson_id() == Some(id));
                (is_shown || self.open_lesson(id)).then(|| {
                    if let Some(learn) = self.learn() {
                        learn.panes.focus = Pane::Guide;
                    }
                    self.go(|_| *stage)
                })
            }
            Visit::Place { notebook, .. } => {
                let document = self.document();
                let is_open =
                    document.is_some_and(|it| (&it.name, &it.path) == (&notebook.0, &notebook.1));
                if is_open {
                    self.windows.clear();
                    if matches!(self.screen, Screen::Learn(_)) {
                        self.leave_lesson();
                    }
                    self.arrive_at(visit);
                    return Some(Vec::new());
                }
                let path = notebook.1.clone()?;
                if document.is_some_and(super::document::Document::is_unsaved) {
                    return None;
                }
                self.history.awaited = Some(visit.clone());
                Some(vec![Effect::Open(path)])
            }
        }
    }

    fn arrive_at(&mut self, visit: &Visit) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let Visit::Place { cell, problem, step, .. } = visit else { return };
        let Some(walk) = self.walk() else { return };
        walk.visit(*cell, *problem);
        walk.step = *step;
        walk.refresh(knowledge, reading);
    }

    /// A notebook has come, or did not: goes to the place in it that was wanted.
    pub(super) fn arrive_where_wanted(&mut self) {
        if let Some(visit) = self.history.awaited.take()
            && let Visit::Place { notebook, .. } = &visit
            && self.document().is_some_and(|it| it.path == notebook.1)
        {
            self.arrive_at(&visit);
        }
    }
}
