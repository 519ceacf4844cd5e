//! What each command does to the model.

use super::beside::Keep;
use super::document::Document;
use super::keys::Command;
use super::line::Line;
use super::message::Effect;
use super::pages::{Step, deviation_list};
use super::popups::{self, Found, Kind, Question};
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
        if self.has_to_wait(command) {
            return Vec::new();
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
                self.open_keys();
            }
            Command::Palette => self.open_palette(),
            Command::Earlier | Command::Later => {
                return self.travel_or_step(command == Command::Later);
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
                return vec![Effect::Find(self.folder.clone())];
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
            Command::Discard => return self.discard(),
            Command::Settle(keep) => return self.settle(keep),
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
    pub(super) fn choose(&mut self) -> Vec<Effect> {
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
            if let Some(path) = path.clone().filter(|_| self.has_unsaved()) {
                self.ask(Question::Open(path));
                return Vec::new();
            }
            return self.open_chosen(path);
        }
        if let Kind::Problems { all, shown, .. } = &window.kind {
            let chosen = shown.get(window.selected).and_then(|at| all.get(*at));
            if let Some(place) = chosen.map(|it| it.place) {
                self.go_to(place);
            }
            return Vec::new();
        }
        if let Kind::Palette { all, shown, .. } = &window.kind {
            let chosen = shown.get(window.selected).and_then(|at| all.get(*at));
            let command = chosen.map(|entry| entry.command);
            return self.run_chosen(command);
        }
        if let Kind::Several(batches) = &window.kind {
            let chosen = batches.get(window.selected).map(|(batch, _)| *batch);
            return chosen.map(|it| self.ask_for_several(it)).unwrap_or_default();
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

    pub(super) fn has_unsaved(&self) -> bool {
        self.document().is_some_and(Document::is_unsaved)
    }

    fn open_chosen(&mut self, path: Option<std::path::PathBuf>) -> Vec<Effect> {
        let file = path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        self.say("status.opening", &[("file", &file)], Tone::Quiet);
        self.opening = true;
        path.map(Effect::Open).into_iter().collect()
    }

    /// Back or forth over what was visited; back to the step before where that is all there is.
    fn travel_or_step(&mut self, forward: bool) -> Vec<Effect> {
        if let Some(effects) = self.travel(forward) {
            return effects;
        }
        let is_walk = self.windows.is_empty();
        let back = self.walk().and_then(|walk| walk.neighbour(false)).filter(|_| is_walk);
        if forward || back.is_none() {
            self.say_no_way(forward);
            return Vec::new();
        }
        self.run(Command::PreviousStep)
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
                let given_up = self.give_up_draft();
                self.take_in(&text);
                given_up.into_iter().collect()
            }
            Question::Open(path) => self.open_chosen(Some(path)),
            Question::Write(repair) => {
                self.repaired = !repair.is_empty();
                self.repair(repair);
                self.save()
            }
            Question::Repair(repair) => {
                self.repair(repair);
                self.say_changed_here("status.repaired-here");
                Vec::new()
            }
            Question::Draft(found) => self.take_up(found),
            Question::Leftovers(paths) => vec![Effect::RemoveLeftovers(paths)],
            Question::Both => self.settle(Keep::Both),
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
        } else if walk.current().is_none() && walk.has_other_problem() {
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
}
