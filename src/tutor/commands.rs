//! What each command does to the model.

use std::sync::Arc;

use super::document::Document;
use super::keys::Command;
use super::message::{Effect, Target};
use super::pages::{Step, deviation_list};
use super::popups::{self, Found, Kind, Line, Question};
use super::view::{Pane, ThemeChoice, Tone};
use super::{Screen, Tutor};
use crate::classify::Verdict;
use crate::knowledge::PageKind;
use crate::text::CellIndex;

impl Tutor<'_> {
    pub(super) fn run(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effects) = self.run_in_lesson(command) {
            return effects;
        }
        match command {
            Command::Quit => return self.quit(),
            Command::Suspend => return vec![Effect::Suspend],
            Command::Mouse => {
                self.mouse = !self.mouse;
                let key = if self.mouse { "status.mouse-on" } else { "status.mouse-off" };
                self.say(key, &[], Tone::Quiet);
                return vec![Effect::Mouse(self.mouse)];
            }
            Command::Theme => self.next_theme(),
            Command::Language => {
                self.reading = self.reading.next();
                self.rewrite();
            }
            Command::Help => {
                let page = popups::keys_page(self.knowledge, self.reading);
                self.open_window(Kind::Keys(Arc::new(page)));
            }
            Command::LookUp => self.open_window(Kind::LookUp {
                query: Line::default(),
                hits: Vec::new(),
                glance: false,
                preview: None,
            }),
            Command::OpenNotebook => {
                self.open_window(Kind::Notebooks {
                    query: Line::default(),
                    found: Vec::new(),
                    shown: Vec::new(),
                    searching: true,
                });
                return vec![Effect::Find];
            }
            Command::Sample => self.open_sample(),
            Command::WhichPattern => self.which_pattern(),
            Command::Answer(number) => self.answer_question(number),
            Command::QuestionBack => self.question_back(),
            Command::Record => self.begin_record(),
            Command::ReasonDone => self.show_record(),
            Command::SaveRecord => return self.save_record(),
            Command::InsertRecord => self.insert_record(),
            Command::Back => self.back(),
            Command::Choose => return self.choose(),
            Command::OtherLanguage => self.glance(),
            Command::Yes => return self.answer_yes(),
            Command::No => {
                self.windows.pop();
                self.refuse_run();
            }
            Command::Toggle => self.toggle(),
            Command::AllCells => self.toggle_all(),
            Command::Discard => return vec![Effect::Quit],
            Command::Up
            | Command::Down
            | Command::PageUp
            | Command::PageDown
            | Command::Top
            | Command::Bottom => self.scroll(command),
            _ => return self.run_in_walk(command),
        }
        Vec::new()
    }

    fn run_in_walk(&mut self, command: Command) -> Vec<Effect> {
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
                self.step_back(Document::undo, "status.undone", "status.nothing-to-undo")
            }
            Command::Redo => {
                self.step_back(Document::redo, "status.redone", "status.nothing-to-redo")
            }
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

    fn quit(&mut self) -> Vec<Effect> {
        if self.document().is_some_and(Document::is_unsaved) {
            self.leave_lesson();
            self.ask(Question::Leave);
            return Vec::new();
        }
        vec![Effect::Quit]
    }

    fn next_theme(&mut self) {
        self.theme = match self.theme {
            ThemeChoice::Auto => ThemeChoice::Dark,
            ThemeChoice::Dark => ThemeChoice::Light,
            ThemeChoice::Light => ThemeChoice::Auto,
        };
        let key = match self.theme {
            ThemeChoice::Auto => "status.theme-auto",
            ThemeChoice::Dark => "status.theme-dark",
            ThemeChoice::Light => "status.theme-light",
        };
        self.say(key, &[], Tone::Quiet);
    }

    fn back(&mut self) {
        if self.windows.pop().is_some() {
            return;
        }
        if let Some(walk) = self.walk() {
            walk.focus = Pane::Guide;
        }
    }

    fn glance(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(window) = self.windows.last_mut() {
            if let Kind::LookUp { glance, .. } = &mut window.kind {
                *glance = !*glance;
            }
            window.preview(knowledge, reading);
        }
    }

    /// Enter: opens what is chosen.
    fn choose(&mut self) -> Vec<Effect> {
        if self.windows.is_empty() {
            let Screen::Home { selected } = &self.screen else { return Vec::new() };
            let command = super::screen::HOME.get(*selected).map(|choice| choice.0);
            return command.map(|command| self.run(command)).unwrap_or_default();
        }
        let Some(window) = self.windows.last() else { return Vec::new() };
        if let Kind::Run(_) = &window.kind {
            self.toggle();
            return Vec::new();
        }
        if let Kind::Notebooks { shown, .. } = &window.kind {
            let path = shown.get(window.selected).cloned();
            return path.map(Effect::Open).into_iter().collect();
        }
        if let Kind::Choosing { .. } = &window.kind {
            let number = window.selected + 1;
            self.answer_question(number);
            return Vec::new();
        }
        if let Kind::Outcome(outcome) = &window.kind {
            let (kind, id) = &outcome.about;
            if let Some(page) = self.knowledge.page(*kind, id) {
                self.windows.push(popups::reader(self.knowledge, page, self.reading));
            }
            return Vec::new();
        }
        if let Kind::Reader { id, .. } = &window.kind {
            let page = id.as_ref().and_then(|(kind, id)| self.knowledge.page(*kind, id));
            let see: Vec<Found> = page
                .into_iter()
                .flat_map(|page| &page.see)
                .filter_map(|id| self.knowledge.find(id))
                .map(|page| popups::found(page, self.reading))
                .collect();
            if !see.is_empty() {
                self.open_window(Kind::SeeAlso(see));
            }
            return Vec::new();
        }
        let chosen = window.chosen_page().map(|found| (found.kind, found.id.clone()));
        if let Some(page) = chosen.and_then(|(kind, id)| self.knowledge.page(kind, &id)) {
            let reader = popups::reader(self.knowledge, page, self.reading);
            if matches!(window.kind, Kind::SeeAlso(_)) {
                self.windows.pop();
            }
            self.windows.push(reader);
        }
        Vec::new()
    }

    fn answer_yes(&mut self) -> Vec<Effect> {
        let Some(window) = self.windows.pop() else { return Vec::new() };
        let question = match window.kind {
            Kind::Confirm { question, .. } => question,
            Kind::Run(consent) => return self.run_cells(&consent.cells()),
            _ => return Vec::new(),
        };
        match question {
            Question::Replace(text) => {
                self.take_in(&text);
                Vec::new()
            }
            Question::Write => self.save(),
            Question::Move => self.carry_out_move(),
            Question::Leave => {
                self.quit_after_write = true;
                self.save()
            }
        }
    }

    fn next_step(&mut self) {
        let Some(walk) = self.walk() else { return };
        if let Some(step) = walk.neighbour(true) {
            walk.go(step);
        } else if walk.current().is_none() && walk.other_problem(true).is_some() {
            self.problem(true);
        } else {
            self.say("status.last-step", &[], Tone::Quiet);
        }
    }

    fn jump(&mut self, number: usize) {
        let Some(step) = Step::ALL.get(number.saturating_sub(1)).copied() else { return };
        if !self.walk().is_some_and(|walk| walk.go(step)) {
            self.say("status.step-skipped", &[], Tone::Quiet);
        }
    }

    fn problem(&mut self, forward: bool) {
        let Some(walk) = self.walk() else { return };
        match walk.other_problem(forward) {
            Some((cell, problem)) => walk.visit(cell, problem),
            None => {
                let key = if forward { "status.no-more-problems" } else { "status.first-problem" };
                self.say(key, &[], Tone::Quiet);
            }
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

    fn edit(&mut self) {
        let Some(walk) = self.walk() else { return };
        match walk.document.notebook.read_only() {
            None => walk.edit(),
            Some(why) => {
                let why = why.to_string();
                self.say("status.read-only", &[("why", &why)], Tone::Caution);
            }
        }
    }

    pub(super) fn end_edit(&mut self) {
        if let Some(walk) = self.walk() {
            walk.end_edit();
        }
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
            self.say("status.one-repair", &[], Tone::Quiet);
        }
    }

    fn hand_off(&mut self) {
        let Some(walk) = self.walk() else { return };
        let answer = walk.document.review.classifications.get(walk.cell.0);
        let Some(Verdict::HandOff { to: Some(skill) }) = answer.map(|answer| answer.verdict) else {
            self.say("status.no-hand-off", &[], Tone::Quiet);
            return;
        };
        if let Some(page) = self.knowledge.page(PageKind::Skill, skill) {
            self.windows.push(popups::reader(self.knowledge, page, self.reading));
        }
    }

    pub(super) fn clicked(&mut self, target: Target) -> Vec<Effect> {
        if let Some(effects) = self.clicked_in_lesson(target) {
            return effects;
        }
        match target {
            Target::Step(number) => return self.run(Command::Step(number)),
            Target::Overview(index) => {
                let (knowledge, reading) = (self.knowledge, self.reading);
                if let Some(walk) = self.walk() {
                    walk.end_edit();
                    walk.visit(CellIndex(index), 0);
                    walk.refresh(knowledge, reading);
                }
            }
            Target::PopupRow(row) => {
                let (knowledge, reading) = (self.knowledge, self.reading);
                if let Some(window) = self.windows.last_mut() {
                    if window.selected == row {
                        return self.choose();
                    }
                    window.selected = row.min(window.rows().saturating_sub(1));
                    window.preview(knowledge, reading);
                }
            }
            Target::HomeChoice(row) => {
                if let Screen::Home { selected } = &mut self.screen {
                    *selected = row;
                }
                return self.choose();
            }
            Target::Pane(pane) => {
                if let Some(walk) = self.walk() {
                    walk.focus = pane;
                }
            }
        }
        Vec::new()
    }
}
