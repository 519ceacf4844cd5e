//! The walkthrough's keys and what they do: over its steps, problems, cells and panes.

mod view;

use crate::classify::Verdict;
use crate::document::{Prose, Tone};
use crate::knowledge::PageKind;
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::document::Document;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{
    BOTTOM, Keys, TOP, c, ctrl, down, k, page_down, page_up, row, screen, silent, typing, up,
};
use crate::tutor::message::Effect;
use crate::tutor::pages::{Step, deviation_list};
use crate::tutor::popups::{Found, Pages};
use crate::tutor::view::Pane;
use crate::tutor::walk::Walk;
use crate::wording::{keys, popup, status};

/// The keys of the walkthrough.
pub static KEYS: Keys = screen("walkthrough").heading(keys::WALKTHROUGH).rows(&[
    row(&[k(Code::Right), k(Code::Enter), c('l')], Does(|it| it.next_step()), "→", keys::NEXT_STEP)
        .footer(3)
        .number(1)
        .when(|it| it.has_next_step())
        .after_review(),
    row(&[k(Code::Left), c('h')], Does(|it| it.previous_step()), "←", keys::PREVIOUS_STEP)
        .footer(4)
        .number(2)
        .when(|it| it.shows(|walk| walk.neighbour(false).is_some())),
    row(&[c('1')], Does(|it| it.jump(1)), "1–6", keys::JUMP_STEP),
    silent(&[c('2')], Does(|it| it.jump(2))),
    silent(&[c('3')], Does(|it| it.jump(3))),
    silent(&[c('4')], Does(|it| it.jump(4))),
    silent(&[c('5')], Does(|it| it.jump(5))),
    silent(&[c('6')], Does(|it| it.jump(6))),
    row(&[c('n')], Does(|it| it.problem(true)), "n", keys::NEXT_PROBLEM)
        .footer(5)
        .number(3)
        .when(|it| it.shows(Walk::has_other_problem))
        .after_review(),
    row(&[c('p')], Does(|it| it.problem(false)), "p", keys::PREVIOUS_PROBLEM).after_review(),
    row(&[c(']')], Does(|it| it.cell_by(1)), "]", keys::NEXT_CELL).footer(20).number(7),
    row(&[c('[')], Does(|it| it.cell_by(-1)), "[", keys::PREVIOUS_CELL).number(8),
    up(&[k(Code::Up), c('k')]),
    down(&[k(Code::Down), c('j')]),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown), c(' ')]),
    TOP,
    BOTTOM,
    row(&[k(Code::Tab)], Does(|it| it.next_pane()), "Tab", keys::PANE).footer(22),
    row(&[c('e')], Does(|it| it.edit()), "e", keys::EDIT)
        .footer(13)
        .when(|it| it.shows(|walk| walk.document.notebook.read_only().is_none())),
    row(&[c('w')], Asks(|it| it.repair_and_write()), "w", keys::WRITE)
        .footer(2)
        .number(4)
        .when(|it| it.shows(|walk| walk.takes_fix() || walk.document.is_unsaved()))
        .after_review(),
    row(&[c('y')], Asks(|it| it.copy_cell()), "y", keys::COPY).footer(1).number(9).after_review(),
    row(&[c('s')], Asks(|it| it.save_advice()), "s", keys::SAVE_ADVICE)
        .footer(30)
        .number(10)
        .when(|it| it.shows(Walk::has_problem))
        .after_review(),
    row(&[c('u')], Asks(|it| it.undo()), "u", keys::UNDO).footer(32).number(11),
    row(&[ctrl('r')], Does(|it| it.redo()), "Ctrl-R", keys::REDO),
    row(&[c('d')], Does(|it| it.deviations()), "d", keys::DEVIATIONS)
        .footer(34)
        .number(12)
        .when(|it| it.shows(Walk::has_problem))
        .after_review(),
    row(&[c('a')], Does(|it| it.alternative()), "a", keys::ALTERNATIVE)
        .footer(36)
        .number(13)
        .when(|it| it.shows(|walk| walk.current().is_some_and(|found| found.fixes.len() > 1)))
        .after_review(),
    row(&[c('P')], Does(|it| it.list_problems()), "P", keys::PROBLEMS)
        .footer(6)
        .number(23)
        .when(|it| it.shows(|walk| walk.document.problems().len() > 1)),
    row(&[c('A')], Does(|it| it.offer_several()), "A", keys::REPAIR_MANY)
        .footer(22)
        .number(24)
        .when(|it| it.shows(|walk| walk.document.problems().any(|it| it.fix().is_some())))
        .after_review(),
    row(&[c('x')], Does(|it| it.practise()), "x", keys::PRACTISE).footer(38).number(18),
    row(&[c('g')], Does(|it| it.hand_off()), "g", keys::HAND_OFF)
        .footer(3)
        .number(14)
        .when(|it| it.shows(|walk| handed_to(walk).is_some()))
        .after_review(),
    row(&[c('r')], Asks(|it| it.begin_proof()), "r", keys::PROVE)
        .footer(6)
        .number(16)
        .when(|it| it.shows(|walk| walk.has_problem() && walk.may_run()) && !it.is_waiting())
        .after_review(),
    row(&[c('i')], Asks(|it| it.interrupt()), "i", keys::INTERRUPT)
        .footer(1)
        .number(17)
        .when(|it| it.shows(|walk| walk.attempt.as_ref().is_some_and(|it| it.is_running()))),
    row(&[c('c')], Does(|it| it.which_pattern()), "c", keys::WHICH_PATTERN)
        .footer(36)
        .number(15)
        .after_review(),
    row(&[c('o')], Asks(|it| it.choose_notebook()), "o", keys::OPEN_ANOTHER).footer(40).number(19),
    row(&[c('v')], Does(|it| it.turn_to_overview()), "v", keys::OVERVIEW).footer(24),
    row(&[c('E')], Asks(|it| it.edit_outside()), "E", keys::EDIT_OUTSIDE),
    silent(&[k(Code::Backspace)], Asks(|it| it.travel_or_step(false))),
]);

/// The keys while a cell is typed in.
pub static EDITOR: Keys = typing("editor").heading(keys::EDITOR).rows(&[
    row(&[k(Code::Esc)], Asks(|it| it.edit_done()), "Esc", keys::EDIT_DONE).footer(1),
    row(&[ctrl('s')], Asks(|it| it.edit_and_write()), "Ctrl-S", keys::EDIT_WRITE).footer(2),
]);

/// The skill that a cell is better left to.
fn handed_to(walk: &Walk) -> Option<&'static str> {
    match walk.document.review.classifications.get(walk.cell.0)?.verdict {
        Verdict::HandOff { to } => to,
        Verdict::Applies | Verdict::Unclear => None,
    }
}

impl Tutor<'_> {
    /// Whether the open notebook is such.
    fn shows(&self, is_such: impl Fn(&Walk) -> bool) -> bool {
        self.walk_seen().is_some_and(is_such)
    }

    fn has_next_step(&self) -> bool {
        self.shows(|walk| {
            walk.neighbour(true).is_some() || (!walk.has_problem() && walk.has_other_problem())
        })
    }

    pub(in crate::tutor) fn previous_step(&mut self) {
        if let Some(walk) = self.walk()
            && let Some(step) = walk.neighbour(false)
        {
            walk.go(step);
        }
    }

    fn turn_to_overview(&mut self) {
        if let Some(walk) = self.walk() {
            let there = walk.panes.focus == Pane::Overview;
            walk.panes.focus = if there { Pane::Guide } else { Pane::Overview };
        }
    }

    fn edit_done(&mut self) -> Vec<Effect> {
        if self.learn().is_some() {
            return self.edited_task();
        }
        self.end_edit();
        Vec::new()
    }

    fn edit_and_write(&mut self) -> Vec<Effect> {
        let effects = self.edit_done();
        if self.learn().is_none() {
            self.write();
        }
        effects
    }

    fn repair_and_write(&mut self) -> Vec<Effect> {
        self.begin_move().unwrap_or_else(|| {
            self.apply_and_write();
            Vec::new()
        })
    }

    fn undo(&mut self) -> Vec<Effect> {
        self.undo_move().unwrap_or_else(|| {
            self.step_back(Document::undo, status::UNDONE, status::NOTHING_TO_UNDO);
            Vec::new()
        })
    }

    fn redo(&mut self) {
        self.step_back(Document::redo, status::REDONE, status::NOTHING_TO_REDO);
    }

    fn next_step(&mut self) {
        let Some(walk) = self.walk() else { return };
        if let Some(step) = walk.neighbour(true) {
            walk.go(step);
        } else if walk.current().is_none() && walk.has_other_problem() {
            self.problem(true);
        } else {
            self.say(status::LAST_STEP, &[], Tone::Quiet);
        }
    }

    pub(in crate::tutor) fn jump(&mut self, number: usize) {
        let Some(step) = Step::ALL.get(number.saturating_sub(1)).copied() else { return };
        if !self.walk().is_some_and(|walk| walk.go(step)) {
            self.say(status::STEP_SKIPPED, &[], Tone::Quiet);
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
        walk.panes.focus = match walk.panes.focus {
            Pane::Guide => Pane::Code,
            Pane::Code => Pane::Overview,
            Pane::Overview => Pane::Guide,
        };
        walk.panes.code_scroll = None;
    }

    fn deviations(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let problem = self.walk().and_then(|walk| walk.current().cloned());
        let list = deviation_list(knowledge, reading.base(), problem.as_ref());
        let found = list.into_iter().map(|(because, page)| Found {
            kind: PageKind::Deviation,
            id: page.id.clone(),
            label: Prose::of(&because).text(),
        });
        self.open_window(Pages { title: popup::DEVIATIONS, found: found.collect() });
    }

    fn alternative(&mut self) {
        let Some(walk) = self.walk() else { return };
        let count = walk.current().map_or(0, |found| found.fixes.len());
        if count > 1 {
            walk.choice = (walk.choice + 1) % count;
            walk.panes.scroll = 0;
        } else {
            self.say(status::ONE_REPAIR, &[], Tone::Quiet);
        }
    }

    fn hand_off(&mut self) {
        let Some(skill) = self.walk_seen().and_then(handed_to) else {
            self.say(status::NO_HAND_OFF, &[], Tone::Quiet);
            return;
        };
        let page = self.knowledge.page(PageKind::Skill, skill);
        self.read(page);
    }
}
