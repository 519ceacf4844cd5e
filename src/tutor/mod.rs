//! The walkthrough as a pure machine: a message comes in, the model changes, effects go out.
//!
//! The full-screen and the linear front end share it; neither knows what a rule or a page is.

mod advice;
pub mod choosing;
mod commands;
mod consent;
mod diff;
pub mod document;
pub mod key;
pub mod keys;
pub mod learn;
pub mod message;
mod moving;
mod opening;
pub mod pages;
mod popups;
pub mod proving;
pub mod reading;
mod recording;
mod screen;
pub mod view;
mod walk;
mod writing;

use std::sync::Arc;

use document::Document;
use key::{Code, Key};
use keys::Context;
use learn::{Learn, Learner, Tour};
use message::{Effect, Msg};
use moving::Move;
use popups::{Kind, Window};
use view::{Prose, ThemeChoice, Tone};
use walk::Walk;

use crate::knowledge::{Knowledge, fill};
use crate::review::Settings;

pub use pages::Step;
pub use reading::Reading;

/// The tutor's model.
pub struct Tutor<'k> {
    knowledge: &'k Knowledge,
    reading: Reading,
    screen: Screen,
    windows: Vec<Window>,
    status: Option<Prose>,
    theme: ThemeChoice,
    mouse: bool,
    /// Quit when the write that is under way has succeeded.
    quit_after_write: bool,
    /// The bytes of the write that is under way.
    writing: Option<Vec<u8>>,
    /// The move of a helper that was asked about, or the last that was made.
    moving: Option<Move>,
    /// The day on which records are made.
    today: jiff::civil::Date,
    /// The cell to show when the file that is being opened has come, from 1.
    wanted_cell: Option<usize>,
    /// What counts for text that is no file.
    settings: Settings,
    learner: Learner,
    tour: Option<Tour>,
}

/// What is behind the windows.
enum Screen {
    Home { selected: usize },
    Walk(Box<Walk>),
    Learn(Box<Learn>),
}

impl<'k> Tutor<'k> {
    /// A tutor on its home screen.
    pub fn new(knowledge: &'k Knowledge, reading: Reading) -> Self {
        Self {
            knowledge,
            reading,
            screen: Screen::Home { selected: 0 },
            windows: Vec::new(),
            status: None,
            theme: ThemeChoice::Auto,
            mouse: false,
            quit_after_write: false,
            writing: None,
            moving: None,
            today: jiff::civil::Date::default(),
            wanted_cell: None,
            settings: Settings::default(),
            learner: Learner::default(),
            tour: None,
        }
    }

    /// Starts with this theme and with the mouse on or off.
    pub fn with_terminal(mut self, theme: ThemeChoice, mouse: bool) -> Self {
        self.theme = theme;
        self.mouse = mouse;
        self
    }

    /// Reviews text that is no file as these settings say.
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Shows cell `number` (from 1) of the next notebook that is opened.
    pub fn with_cell(mut self, number: Option<usize>) -> Self {
        self.wanted_cell = number;
        self
    }

    /// Takes in what happened and asks for what is to be done.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => return self.key(key),
            Msg::Pasted(text) => return self.pasted(&text),
            Msg::Edited(source) => return self.edited(source),
            Msg::Rewritten(Ok(text)) => return self.rewritten(&text),
            Msg::Rewrite => return self.rewrite_task(),
            Msg::Tick => return self.tick(),
            Msg::Kept(Ok(())) => {}
            Msg::Clicked(target) => return self.clicked(target),
            Msg::Wheel(pane, lines) => self.wheel(pane, lines),
            Msg::Measured { pane, content, visible } => self.measured(pane, content, visible),
            Msg::PopupMeasured { content, visible } => {
                if let Some(window) = self.windows.last_mut() {
                    window.measured = (content, visible);
                    window.scroll = window.scroll.min(content.saturating_sub(visible));
                }
            }
            Msg::Opened(Ok(opened)) => self.opened(opened),
            Msg::Found(found) => self.found(found),
            Msg::Saved(result) => return self.saved(result),
            Msg::Looked(module, held) => self.looked(module, held),
            Msg::Moved(result) => return self.moved(result),
            Msg::KernelFound(found) => self.found_kernel(found),
            Msg::Proving(progress) => self.proving(progress),
            Msg::Copied(Ok(())) => self.say("status.copied", &[], Tone::Right),
            Msg::AdviceSaved(Ok(path)) => {
                let path = path.display().to_string();
                self.say("status.advice-saved", &[("file", &path)], Tone::Right);
            }
            Msg::Opened(Err(why))
            | Msg::Copied(Err(why))
            | Msg::AdviceSaved(Err(why))
            | Msg::Rewritten(Err(why))
            | Msg::Kept(Err(why)) => {
                self.status = Some(Prose::toned(why, Tone::Mistake));
            }
        }
        Vec::new()
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        // A message goes with the next key.
        self.status = None;
        if self.is_touring() {
            self.take_over();
            return Vec::new();
        }
        let context = self.context();
        if let Some(command) = keys::command(context, key) {
            return self.run(command);
        }
        if matches!(context, Context::Filter | Context::Reason) {
            self.typed(key);
        }
        Vec::new()
    }

    /// A key in a filter line.
    fn typed(&mut self, key: Key) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let Some(window) = self.windows.last_mut() else { return };
        let Some(line) = window.line() else { return };
        let before = line.text.clone();
        match key.code {
            Code::Char(char) if !key.ctrl && !key.alt => line.insert(&char.to_string()),
            Code::Backspace => line.backspace(),
            Code::Delete => line.delete(),
            Code::Left => line.left(),
            Code::Right => line.right(),
            Code::Home => line.cursor = 0,
            Code::End => line.cursor = line.text.chars().count(),
            _ => {}
        }
        if line.text != before {
            window.refresh(knowledge, reading);
        }
    }

    /// The language of headers, keys and messages.
    pub fn language(&self) -> crate::knowledge::Language {
        self.reading.base()
    }

    /// Which keys are in force.
    pub fn context(&self) -> Context {
        if let Some(window) = self.windows.last() {
            return window.context();
        }
        match &self.screen {
            Screen::Home { .. } => Context::Home,
            Screen::Walk(walk) if walk.editing.is_some() => Context::Editor,
            Screen::Walk(_) => Context::Walkthrough,
            Screen::Learn(learn) => Self::learn_context(learn),
        }
    }

    fn edited(&mut self, source: String) -> Vec<Effect> {
        let knowledge = self.knowledge;
        if matches!(self.screen, Screen::Learn(_)) {
            return self.retyped(source);
        }
        if let Screen::Walk(walk) = &mut self.screen
            && walk.editing.is_some()
        {
            walk.document.retype(walk.cell, source, &knowledge.tables);
            walk.problem = 0;
            walk.refresh(knowledge, self.reading);
        }
        Vec::new()
    }

    fn say(&mut self, key: &str, args: &[(&str, &str)], tone: Tone) {
        // Filled after it is read: what a file is called is no Markdown.
        let mut said = reading::ui(self.knowledge, self.reading.base(), key, &[]).in_tone(tone);
        for run in &mut said.0 {
            run.text = fill(&run.text, args);
        }
        self.status = Some(said);
    }

    fn open_window(&mut self, kind: Kind) {
        let mut window = Window::new(kind);
        window.refresh(self.knowledge, self.reading);
        self.windows.push(window);
    }

    fn walk(&mut self) -> Option<&mut Walk> {
        match &mut self.screen {
            Screen::Walk(walk) => Some(walk),
            Screen::Home { .. } | Screen::Learn(_) => None,
        }
    }

    fn walk_seen(&self) -> Option<&Walk> {
        let screen = match &self.screen {
            Screen::Learn(learn) => &learn.behind,
            screen => screen,
        };
        match screen {
            Screen::Walk(walk) => Some(walk),
            Screen::Home { .. } | Screen::Learn(_) => None,
        }
    }

    fn document(&self) -> Option<&Document> {
        self.walk_seen().map(|walk| &walk.document)
    }

    /// Writes the pages anew: the language has changed, or the notebook.
    fn rewrite(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(walk) = self.walk() {
            walk.refresh(knowledge, reading);
        }
        self.refresh_lesson();
        for window in &mut self.windows {
            if let Kind::Reader { id: Some((kind, id)), title, page } = &mut window.kind
                && let Some(found) = knowledge.page(*kind, id)
            {
                *title = reading::prose_of(found.title.get(reading.base())).text();
                *page = Arc::new(popups::whole_page(knowledge, found, reading));
            }
            if let Kind::Keys(page) = &mut window.kind {
                *page = Arc::new(popups::keys_page(knowledge, reading));
            }
            window.preview(knowledge, reading);
        }
        self.choose_again();
    }
}

#[cfg(test)]
mod tests;
