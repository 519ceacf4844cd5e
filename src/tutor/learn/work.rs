//! Answers, repairs and the help with them, and what is taken note of.

use super::attempt::{Attempt, Outcome};
use super::{Learn, Stage};
use crate::document::Tone;
use crate::knowledge::Knowledge;
use crate::tutor::copying::Copying;
use crate::tutor::message::Effect;
use crate::tutor::view::Pane;
use crate::tutor::{Screen, Tutor};
use crate::wording::status;

/// Rows that what is said to an answer begins with: an empty one, right or wrong, and why.
const EXPLAINED: usize = 5;

impl Tutor<'_> {
    pub(super) fn answer_choice(&mut self, choice: usize) -> Vec<Effect> {
        let knowledge = self.knowledge;
        let Some(learn) = self.learn() else { return Vec::new() };
        let Stage::Predict(id) = learn.stage().clone() else { return Vec::new() };
        let count = knowledge.lesson(&id).map_or(0, |lesson| lesson.choices().len());
        // The first answer is the one that counts.
        if choice >= count || learn.answers.contains_key(&id) {
            return Vec::new();
        }
        learn.answers.insert(id.clone(), choice);
        learn.panes.reveal(EXPLAINED);
        let is_lesson = learn.lesson_id().is_some();
        if !is_lesson {
            // A round of questions does not stop to teach.
            return self.go(|learn| learn.at + 1);
        }
        self.learner.progress.predict(&id, choice);
        self.refresh_lesson();
        self.keep()
    }

    pub(super) fn edit_task(&mut self) {
        let Some(learn) = self.learn() else { return };
        learn.editions += 1;
        let number = learn.editions;
        if let Some(attempt) = learn.attempt_mut() {
            attempt.edit(number);
            learn.panes.scroll = 0;
        }
    }

    /// The text area of a drill holds this now.
    pub(in crate::tutor) fn retyped(&mut self, source: String) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let attempt = self.learn().and_then(Learn::attempt_mut);
        let Some(attempt) = attempt.filter(|it| it.editing.is_some()) else { return Vec::new() };
        attempt.retype(source, tables);
        let effects = self.drop_task_proof();
        self.refresh_lesson();
        effects
    }

    pub(in crate::tutor) fn edited_task(&mut self) -> Vec<Effect> {
        let attempt = self.learn().and_then(Learn::attempt_mut);
        let outcome = attempt.map_or(Outcome::Nothing, Attempt::end_edit);
        self.count(outcome);
        self.keep_draft()
    }

    /// The cells of a drill as they were written in an editor of one's own.
    pub(in crate::tutor) fn rewritten(&mut self, text: &str) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let Some(attempt) = self.learn().and_then(Learn::attempt_mut) else { return Vec::new() };
        let outcome = attempt.rewrite(text, tables);
        let mut effects = self.drop_task_proof();
        self.count(outcome);
        effects.extend(self.keep_draft());
        effects
    }

    /// Takes note of what came of a change. What is under way is kept when editing ends.
    fn count(&mut self, outcome: Outcome) -> Vec<Effect> {
        let today = self.learner.today;
        let Screen::Learn(learn) = &self.screen else { return Vec::new() };
        let Some(attempt) = learn.attempt() else { return Vec::new() };
        let (hints, shown) = (attempt.hints, attempt.shown);
        let counts = attempt.task.drill.clone();
        let progress = &mut self.learner.progress;
        match (outcome, counts) {
            (Outcome::Solved, Some(id)) => progress.solve(&id, hints, shown, today),
            (Outcome::Missed, Some(id)) => progress.miss(&id, today),
            _ => {
                self.refresh_lesson();
                return Vec::new();
            }
        }
        self.refresh_lesson();
        self.keep()
    }

    /// Keeps the cells that are under way.
    fn keep_draft(&mut self) -> Vec<Effect> {
        let Screen::Learn(learn) = &self.screen else { return Vec::new() };
        let Some(attempt) = learn.attempt() else { return Vec::new() };
        let Some(id) = attempt.task.drill.clone() else { return Vec::new() };
        let open = attempt.is_touched() && !attempt.is_right();
        self.learner.progress.draft(&id, open.then(|| attempt.cells()));
        self.refresh_lesson();
        self.keep()
    }

    pub(super) fn hint(&mut self) {
        let Some(attempt) = self.learn().and_then(Learn::attempt_mut) else { return };
        if attempt.is_right() || !attempt.hint() {
            self.say(status::NO_MORE_HINTS, &[], Tone::Quiet);
        } else if let Some(learn) = self.learn() {
            // The newest hint stands at the end.
            learn.panes.focus = Pane::Guide;
            learn.panes.scroll = usize::MAX;
        }
    }

    pub(super) fn solution(&mut self) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let Some(attempt) = self.learn().and_then(Learn::attempt_mut) else { return Vec::new() };
        if !attempt.has_tried() {
            self.say(status::TRY_FIRST, &[], Tone::Caution);
            return Vec::new();
        }
        let outcome = attempt.show_solution(tables);
        if let Some(learn) = self.learn() {
            learn.panes.reset();
        }
        let mut effects = self.drop_task_proof();
        effects.extend(self.count(outcome));
        effects
    }

    pub(super) fn start_over(&mut self) -> Vec<Effect> {
        let effects = self.drop_task_proof();
        let tables = &self.knowledge.tables;
        let Some(learn) = self.learn() else { return effects };
        learn.panes.reset();
        if let Some(attempt) = learn.attempt_mut() {
            attempt.start_over(tables);
            let id = attempt.task.drill.clone();
            if let Some(id) = id {
                self.learner.progress.draft(&id, None);
            }
        }
        self.refresh_lesson();
        effects
    }

    pub(super) fn turn(&mut self, step: isize) {
        if let Some(learn) = self.learn() {
            learn.panes.code_scroll = None;
            if let Some(attempt) = learn.attempt_mut() {
                attempt.turn(step);
            }
        }
    }

    pub(super) fn copy_task(&mut self) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let attempt = self.learn().and_then(|learn| learn.attempt());
        let Some((document, cell)) = attempt.map(|it| (&it.document, it.cell)) else {
            return Vec::new();
        };
        let copying = Copying::of(document, cell, &[], tables);
        let text = document.source(cell).to_owned();
        self.copying = copying;
        vec![Effect::Copy(text)]
    }

    /// Asks the shell to write progress down.
    pub(super) fn keep(&self) -> Vec<Effect> {
        let progress = || Effect::KeepProgress(Box::new(self.learner.progress.clone()));
        self.learner.keeps.then(progress).into_iter().collect()
    }

    /// Writes the lesson's page anew.
    pub(in crate::tutor) fn refresh_lesson(&mut self) {
        let (knowledge, reading): (&Knowledge, _) = (self.knowledge, self.reading);
        if let Screen::Learn(learn) = &mut self.screen {
            learn.refresh(knowledge, reading, &self.learner);
        }
    }
}
