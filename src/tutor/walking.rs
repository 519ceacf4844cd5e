//! The walkthrough's own commands: over its steps, problems, cells and panes, and what it repairs.

use super::Tutor;
use super::document::Document;
use super::keys::Command;
use super::message::Effect;
use super::pages::{Step, deviation_list};
use super::popups::{Found, Kind};
use super::view::{Pane, Tone};
use crate::classify::Verdict;
use crate::knowledge::PageKind;
use crate::text::CellIndex;
use crate::wording;

impl Tutor<'_> {
    pub(super) fn run_in_walk(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::NextStep => self.next_step(),
            Command::PreviousStep => {
                if let Some(walk) = self.walk()
                    && let Some(step) = walk.neighbour(false)
                {
                    walk.go(step);
                }
            }
            Command::Step(number) => self.jump(number),
            Command::NextProblem => self.problem(true),
            Command::PreviousProblem => self.problem(false),
            Command::Problems => self.list_problems(),
            Command::Several => self.offer_several(),
            Command::NextCell => self.cell_by(1),
            Command::PreviousCell => self.cell_by(-1),
            Command::Pane => self.next_pane(),
            Command::Overview => {
                if let Some(walk) = self.walk() {
                    let there = walk.focus == Pane::Overview;
                    walk.focus = if there { Pane::Guide } else { Pane::Overview };
                }
            }
            Command::Edit => self.edit(),
            Command::EditOutside => return self.edit_outside(),
            Command::EditDone => self.end_edit(),
            Command::EditWrite => {
                self.end_edit();
                self.write();
            }
            Command::Write => match self.begin_move() {
                Some(effects) => return effects,
                None => self.apply_and_write(),
            },
            Command::Copy => return self.copy(),
            Command::SaveAdvice => return self.save_advice(),
            Command::Undo => {
                if let Some(effects) = self.undo_move() {
                    return effects;
                }
                self.step_back(
                    Document::undo,
                    wording::status::UNDONE,
                    wording::status::NOTHING_TO_UNDO,
                )
            }
            Command::Redo => self.step_back(
                Document::redo,
                wording::status::REDONE,
                wording::status::NOTHING_TO_REDO,
            ),
            Command::Prove => return self.begin_proof(),
            Command::Interrupt => return self.interrupt(),
            Command::Deviations => self.deviations(),
            Command::Alternative => self.alternative(),
            Command::HandOff => self.hand_off(),
            _ => {}
        }
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(walk) = self.walk() {
            walk.refresh(knowledge, reading);
        }
        Vec::new()
    }

    fn next_step(&mut self) {
        let Some(walk) = self.walk() else { return };
        if let Some(step) = walk.neighbour(true) {
            walk.go(step);
        } else if walk.current().is_none() && walk.has_other_problem() {
            self.problem(true);
        } else {
            self.say(wording::status::LAST_STEP, &[], Tone::Quiet);
        }
    }

    fn jump(&mut self, number: usize) {
        let Some(step) = Step::ALL.get(number.saturating_sub(1)).copied() else { return };
        if !self.walk().is_some_and(|walk| walk.go(step)) {
            self.say(wording::status::STEP_SKIPPED, &[], Tone::Quiet);
        }
    }

    fn cell_by(&mut self, step: isize) {
        let Some(walk) = self.walk() else { return };
        let last = walk.document.notebook.cells.len().saturating_sub(1);
        let to = walk.cell.0.saturating_add_signed(step).min(last);
        if to != walk.cell.0 {
            walk.visit(CellIndex(to), 0);
        }
    }

    fn next_pane(&mut self) {
        let Some(walk) = self.walk() else { return };
        walk.focus = match walk.focus {
            Pane::Guide => Pane::Code,
            Pane::Code => Pane::Overview,
            Pane::Overview => Pane::Guide,
        };
        walk.code_scroll = None;
    }

    fn deviations(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let problem = self.walk().and_then(|walk| walk.current().cloned());
        let list = deviation_list(knowledge, reading.base(), problem.as_ref());
        let found = list.into_iter().map(|(because, page)| Found {
            kind: PageKind::Deviation,
            id: page.id.clone(),
            label: super::reading::prose_of(&because).text(),
        });
        self.open_window(Kind::Deviations(found.collect()));
    }

    fn alternative(&mut self) {
        let Some(walk) = self.walk() else { return };
        let count = walk.current().map_or(0, |found| found.fixes.len());
        if count > 1 {
            walk.choice = (walk.choice + 1) % count;
            walk.scroll = 0;
        } else {
            self.say(wording::status::ONE_REPAIR, &[], Tone::Quiet);
        }
    }

    fn hand_off(&mut self) {
        let Some(walk) = self.walk() else { return };
        let answer = walk.document.review.classifications.get(walk.cell.0);
        let Some(Verdict::HandOff { to: Some(skill) }) = answer.map(|answer| answer.verdict) else {
            self.say(wording::status::NO_HAND_OFF, &[], Tone::Quiet);
            return;
        };
        let page = self.knowledge.page(PageKind::Skill, skill);
        self.read(page);
    }
}
