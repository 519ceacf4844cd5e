//! What the keys of lessons do.

use super::attempt::Attempt;
use super::notes::Place;
use super::progress::State;
use super::{Learn, Learner, Stage, Task, Topic, placement, practise};
use crate::document::Tone;
use crate::knowledge::Lesson;
use crate::tutor::message::{Effect, Target};
use crate::tutor::motion::Motion;
use crate::tutor::view::Pane;
use crate::tutor::{Screen, Tutor};
use crate::wording::status;

impl<'k> Tutor<'k> {
    /// Starts with this learner.
    pub fn with_learner(mut self, learner: Learner) -> Self {
        self.learner = learner;
        self
    }

    /// Shows lessons to others: nothing of the user's own is shown or kept.
    pub fn present(&mut self) {
        let today = self.learner.today;
        let moves = self.learner.moves;
        self.learner = Learner { today, moves, presents: true, ..Learner::default() };
    }

    /// Shows the list of lessons, at the one to go on with.
    pub fn open_lessons(&mut self) {
        let knowledge = self.knowledge;
        let progress = &self.learner.progress;
        let is = |it: &Lesson<'_>, state| progress.state(&it.page.id) == state;
        let find = |state| knowledge.lessons().find(|lesson| is(lesson, state));
        let lesson = find(State::Begun).or_else(|| find(State::New));
        if let Some(lesson) = lesson.or_else(|| knowledge.lessons().next()) {
            self.show_lesson(lesson, true);
        }
    }

    /// Opens a lesson where it was left; `false` when there is none with this id or number.
    pub fn open_lesson(&mut self, name: &str) -> bool {
        let knowledge = self.knowledge;
        let number: Option<u32> = name.parse().ok();
        let is_it = |it: &Lesson<'_>| it.page.id == name || Some(it.front.order) == number;
        let Some(lesson) = knowledge.lessons().find(is_it) else { return false };
        self.show_lesson(lesson, false);
        self.resume();
        true
    }

    /// Opens a round of the drills that come back today; `false` when there are none.
    pub fn open_review(&mut self) -> bool {
        let due: Vec<Stage> = self
            .learner
            .progress
            .due(self.learner.today)
            .into_iter()
            .filter(|id| self.knowledge.drill(id).is_some())
            .map(|id| Stage::Drill(id.to_owned()))
            .collect();
        if due.is_empty() {
            return false;
        }
        self.show_topic(Topic::Review, due.into_iter().chain([Stage::End]).collect());
        true
    }

    /// Opens the placement round.
    pub fn open_placement(&mut self) {
        self.show_topic(Topic::Placement, placement::stages(self.knowledge));
    }

    /// Makes drills of the open notebook's mistakes; `false` when nothing can be made of them.
    pub fn open_practice(&mut self) -> bool {
        let Screen::Walk(walk) = &self.screen else { return false };
        let tables = &self.knowledge.tables;
        let tasks = practise::tasks(&walk.document, tables);
        if tasks.is_empty() {
            return false;
        }
        let topic = Topic::Own(walk.document.name.clone());
        let drills = tasks.iter().map(|task| Stage::Drill(task.id.clone()));
        let stages: Vec<Stage> = drills.chain([Stage::End]).collect();
        self.show_topic(topic, stages);
        if let Screen::Learn(learn) = &mut self.screen {
            let attempt = |task: Task| (task.id.clone(), Attempt::new(task, &[], tables));
            learn.attempts = tasks.into_iter().map(attempt).collect();
        }
        self.arrive();
        true
    }

    fn show_lesson(&mut self, lesson: Lesson<'k>, list: bool) {
        let mut learn = Learn::lesson(lesson, self.behind());
        if list {
            learn.panes.focus = Pane::Overview;
        }
        let predicted = self.learner.progress.predicted(&lesson.page.id);
        learn.answers.extend(predicted.map(|choice| (lesson.page.id.clone(), choice)));
        self.screen = Screen::Learn(Box::new(learn));
        self.arrive();
    }

    fn show_topic(&mut self, topic: Topic, stages: Vec<Stage>) {
        let learn = Learn::new(topic, stages, self.behind());
        self.screen = Screen::Learn(Box::new(learn));
        self.arrive();
    }

    /// The screen to come back to: a notebook, or home.
    fn behind(&mut self) -> Screen {
        let home = Screen::Home { selected: 0 };
        match std::mem::replace(&mut self.screen, home) {
            Screen::Learn(learn) => *learn.behind,
            other => other,
        }
    }

    /// Goes back to what was there before the lesson.
    pub(in crate::tutor) fn leave_lesson(&mut self) {
        self.screen = self.behind();
        self.rewrite();
    }

    pub(in crate::tutor) fn learn(&mut self) -> Option<&mut Learn> {
        match &mut self.screen {
            Screen::Learn(learn) => Some(learn),
            Screen::Home { .. } | Screen::Walk(_) => None,
        }
    }

    pub(super) fn review_drills(&mut self) {
        if !self.open_review() {
            self.say(status::NOTHING_DUE, &[], Tone::Quiet);
        }
    }

    pub(in crate::tutor) fn practise(&mut self) {
        if !self.open_practice() {
            self.say(status::NOTHING_TO_PRACTISE, &[], Tone::Quiet);
        }
    }

    pub(super) fn show_list(&mut self) {
        self.learn().into_iter().for_each(|learn| learn.panes.focus = Pane::Overview);
    }

    pub(super) fn leave_list(&mut self) {
        self.learn().into_iter().for_each(|learn| learn.panes.focus = Pane::Guide);
    }

    pub(super) fn previous_stage(&mut self) -> Vec<Effect> {
        self.go(|learn| learn.at.saturating_sub(1))
    }

    /// Moves in the list, or in the page.
    pub(in crate::tutor) fn scroll_lesson(&mut self, motion: Motion) {
        let knowledge = self.knowledge;
        let Some(learn) = self.learn() else { return };
        if !learn.is_list() {
            return learn.panes.scroll(motion, 0);
        }
        let current = super::list::current(learn, knowledge);
        let last = learn.overview.len().saturating_sub(1);
        self.select_row(motion.from(current, 10, last));
    }

    /// Shows a row of the list: a lesson, or a part of another topic.
    fn select_row(&mut self, row: usize) {
        let knowledge = self.knowledge;
        let Some(learn) = self.learn() else { return };
        if learn.lesson_id().is_none() {
            self.go(|_| row);
            return;
        }
        let same = super::list::current(learn, knowledge) == row;
        if let Some(lesson) = knowledge.lessons().nth(row).filter(|_| !same) {
            self.show_lesson(lesson, true);
        }
    }

    /// From the list into the lesson, where it was left.
    pub(super) fn resume(&mut self) -> Vec<Effect> {
        let progress = &self.learner.progress;
        let Screen::Learn(learn) = &self.screen else { return Vec::new() };
        let at = match learn.lesson_id() {
            Some(id) if progress.state(id) == State::Begun => progress.stage(id).max(1),
            Some(_) if learn.at == 0 => 1,
            _ => learn.at,
        };
        let effects = self.go(|_| at);
        if let Some(learn) = self.learn() {
            learn.panes.focus = Pane::Guide;
        }
        self.refresh_lesson();
        effects
    }

    pub(super) fn next_stage(&mut self) -> Vec<Effect> {
        let Some(learn) = self.learn() else { return Vec::new() };
        if learn.at + 1 < learn.stages.len() {
            return self.go(|learn| learn.at + 1);
        }
        if learn.lesson_id().is_some() {
            self.other_lesson(1);
        } else {
            self.say(status::LAST_STEP, &[], Tone::Quiet);
        }
        Vec::new()
    }

    /// Goes to another stage.
    pub(in crate::tutor) fn go(&mut self, to: impl Fn(&Learn) -> usize) -> Vec<Effect> {
        let Some(learn) = self.learn() else { return Vec::new() };
        let to = to(learn);
        if to >= learn.stages.len() {
            return Vec::new();
        }
        let leaves = learn.at != to;
        learn.at = to;
        learn.panes.reset();
        if learn.panes.focus == Pane::Code {
            learn.panes.focus = Pane::Guide;
        }
        let mut effects = if leaves { self.drop_task_proof() } else { Vec::new() };
        effects.extend(self.arrive());
        effects
    }

    /// Makes ready what the stage needs, and takes note of the visit.
    fn arrive(&mut self) -> Vec<Effect> {
        let knowledge = self.knowledge;
        let (today, tables) = (self.learner.today, &knowledge.tables);
        let Screen::Learn(learn) = &mut self.screen else { return Vec::new() };
        if let Stage::Drill(id) = learn.stage().clone()
            && !learn.attempts.contains_key(&id)
            && let Some(Ok(task)) = knowledge.drill(&id).map(|drill| Task::of(drill, tables))
        {
            let record = self.learner.progress.drills.get(&id);
            let draft = record.map(|record| record.draft.clone()).unwrap_or_default();
            learn.attempts.insert(id, Attempt::new(task, &draft, tables));
        }
        let mut changed = false;
        if let Some(lesson) = learn.lesson_id().map(str::to_owned) {
            let before = self.learner.progress.clone();
            if learn.at > 0 {
                self.learner.progress.visit(&lesson, learn.at, today);
            }
            if *learn.stage() == Stage::End && learn.is_complete(&self.learner) {
                self.learner.progress.finish(&lesson, today);
            }
            changed = before != self.learner.progress;
        } else if learn.topic == Topic::Placement && *learn.stage() == Stage::End {
            placement::place(learn, knowledge, &mut self.learner);
            changed = true;
        }
        learn.motion = None;
        self.refresh_lesson();
        self.start_motion();
        let mut effects = if changed { self.keep() } else { Vec::new() };
        effects.extend(self.begun());
        effects
    }

    /// What is to be written down when the first screen is a lesson's.
    pub fn begun(&mut self) -> Vec<Effect> {
        let place = self.place().filter(|_| self.learner.presents);
        place.map(Effect::Present).into_iter().chain(self.wanted_review()).collect()
    }

    /// Where the reader is in a lesson.
    fn place(&self) -> Option<Place> {
        let Screen::Learn(learn) = &self.screen else { return None };
        Some(Place { lesson: learn.lesson_id()?.to_owned(), stage: learn.at })
    }

    pub(super) fn other_lesson(&mut self, step: isize) {
        let knowledge = self.knowledge;
        let Some(learn) = self.learn() else { return };
        let list = learn.is_list();
        if learn.lesson_id().is_none() {
            return;
        }
        let current = super::list::current(learn, knowledge);
        let to = current.checked_add_signed(step).and_then(|to| knowledge.lessons().nth(to));
        match to {
            Some(lesson) => self.show_lesson(lesson, list),
            None => self.say(status::NO_MORE_LESSONS, &[], Tone::Quiet),
        }
    }

    pub(super) fn next_pane_of_lesson(&mut self) {
        let Some(learn) = self.learn() else { return };
        let has_code = learn.attempt().is_some();
        learn.panes.focus = match learn.panes.focus {
            Pane::Guide if has_code => Pane::Code,
            Pane::Guide | Pane::Code => Pane::Overview,
            Pane::Overview => Pane::Guide,
        };
        learn.panes.code_scroll = None;
    }

    /// Esc: from the code to the guide, from a lesson to the list, from a round back.
    pub(super) fn leave_stage(&mut self) {
        let Some(learn) = self.learn() else { return };
        if learn.panes.focus == Pane::Code {
            learn.panes.focus = Pane::Guide;
        } else if learn.lesson_id().is_some() {
            learn.panes.focus = Pane::Overview;
        } else if matches!(learn.topic, Topic::Own(_)) {
            self.leave_lesson();
        } else {
            self.open_lessons();
        }
    }

    pub(in crate::tutor) fn clicked_in_lesson(&mut self, target: Target) -> Option<Vec<Effect>> {
        let knowledge = self.knowledge;
        let learn = self.learn()?;
        match target {
            Target::Step(number) => return Some(self.go(|_| number.saturating_sub(1))),
            Target::Overview(row) => {
                let list = learn.is_list();
                if list && super::list::current(learn, knowledge) == row {
                    return Some(self.resume());
                }
                self.select_row(row);
                if let Some(learn) = self.learn() {
                    learn.panes.focus = Pane::Overview;
                }
            }
            Target::Pane(pane) => learn.panes.focus = pane,
            Target::PopupRow(_) | Target::HomeChoice(_) => return None,
        }
        self.refresh_lesson();
        Some(Vec::new())
    }
}
