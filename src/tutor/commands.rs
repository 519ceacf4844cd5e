//! What each command does to the model.

use super::beside::Keep;
use super::document::Document;
use super::keys::Command;
use super::line::Line;
use super::message::Effect;
use super::popups::{self, Found, Kind, Question};
use super::view::{Pane, ThemeChoice, Tone};
use super::{Screen, Tutor};
use crate::knowledge::Page;
use crate::wording;

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
                let key =
                    if self.mouse { wording::status::MOUSE_ON } else { wording::status::MOUSE_OFF };
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
            Command::LookUp => self.open_window(Kind::look_up()),
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
            ThemeChoice::Auto => wording::status::THEME_AUTO,
            ThemeChoice::Dark => wording::status::THEME_DARK,
            ThemeChoice::Light => wording::status::THEME_LIGHT,
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
        let Some(window) = self.windows.last() else {
            let Screen::Home { selected } = &self.screen else { return Vec::new() };
            let command = super::screen::HOME.get(*selected).map(|choice| choice.0);
            return command.map(|command| self.run(command)).unwrap_or_default();
        };
        let (knowledge, at) = (self.knowledge, window.selected);
        match &window.kind {
            Kind::Run(_) => self.toggle(),
            Kind::Notebooks { shown, .. } => match shown.get(at).cloned() {
                Some(path) if self.has_unsaved() => self.ask(Question::Open(path)),
                path => return self.open_chosen(path),
            },
            Kind::Problems { all, shown, .. } => {
                let chosen = shown.get(at).and_then(|at| all.get(*at));
                if let Some(place) = chosen.map(|it| it.place) {
                    self.go_to(place);
                }
            }
            Kind::Palette { all, shown, .. } => {
                let chosen = shown.get(at).and_then(|at| all.get(*at));
                let command = chosen.map(|entry| entry.command);
                return self.run_chosen(command);
            }
            Kind::Several(batches) => {
                let chosen = batches.get(at).map(|(batch, _)| *batch);
                return chosen.map(|it| self.ask_for_several(it)).unwrap_or_default();
            }
            Kind::Choosing { .. } => self.answer_question(at + 1),
            Kind::Outcome(outcome) => {
                let (kind, id) = &outcome.about;
                self.read(knowledge.page(*kind, id));
            }
            Kind::Reader { id, .. } => {
                let page = id.as_ref().and_then(|(kind, id)| knowledge.page(*kind, id));
                let see = page.into_iter().flat_map(|page| &page.see);
                let pages = see.filter_map(|id| knowledge.find(id));
                let see: Vec<Found> = pages.map(|page| popups::found(page, self.reading)).collect();
                if !see.is_empty() {
                    self.open_window(Kind::SeeAlso(see));
                }
            }
            kind => {
                let chosen = window.chosen_page();
                let page = chosen.and_then(|found| knowledge.page(found.kind, &found.id));
                if page.is_some() && matches!(kind, Kind::SeeAlso(_)) {
                    self.windows.pop();
                }
                self.read(page);
            }
        }
        Vec::new()
    }

    /// Opens a page to be read, where there is one.
    pub(super) fn read(&mut self, page: Option<&Page>) {
        let reader = page.map(|page| popups::reader(self.knowledge, page, self.reading));
        self.windows.extend(reader);
    }

    pub(super) fn has_unsaved(&self) -> bool {
        self.document().is_some_and(Document::is_unsaved)
    }

    fn open_chosen(&mut self, path: Option<std::path::PathBuf>) -> Vec<Effect> {
        let file = path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        self.say(wording::status::OPENING, &[("file", &file)], Tone::Quiet);
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
                self.say_changed_here(wording::status::REPAIRED_HERE);
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
}
