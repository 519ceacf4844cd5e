//! The walkthrough as a pure machine: a message comes in, the model changes, effects go out.
//!
//! The full-screen and the linear front end share it; neither knows what a rule or a page is.

mod advice;
pub mod beside;
mod clicks;
mod copying;
pub mod document;
pub mod drafts;
mod editing;
pub mod everywhere;
mod history;
pub mod key;
pub mod keys;
pub mod learn;
mod line;
mod marks;
pub mod message;
mod motion;
mod moving;
mod opening;
mod order;
mod overview;
pub mod pages;
mod panes;
pub mod popups;
mod problems;
pub mod proving;
pub mod reading;
pub mod reviewing;
mod saying;
mod screen;
pub mod screens;
pub mod statements;
mod telling;
pub mod unread;
pub mod view;
mod walk;
mod writing;

use std::path::PathBuf;

use crate::document::{Prose, Tone};
use copying::Copying;
use document::Document;
use history::History;
use key::{Code, Key};
use keys::Keys;
use learn::{Learn, Learner, Tour};
use message::{Effect, Msg};
use moving::Move;
use popups::Window;
use reviewing::Elsewhere;
use view::ThemeChoice;
use walk::Walk;

use crate::knowledge::Knowledge;
use crate::review::Settings;
use crate::wording;

pub use opening::error_chain;
pub use pages::Step;
pub use reading::{Reading, as_sentence, printed_page};

/// The tutor's model.
pub struct Tutor<'k> {
    knowledge: &'k Knowledge,
    reading: Reading,
    screen: Screen,
    windows: Vec<Window>,
    history: History,
    status: Option<Prose>,
    theme: ThemeChoice,
    mouse: bool,
    /// Quit when the write that is under way has succeeded.
    quit_after_write: bool,
    /// The write that is under way repairs something.
    repaired: bool,
    /// The bytes of the write that is under way.
    writing: Option<Vec<u8>>,
    /// What is to be said of the text that is on its way to the clipboard.
    copying: Copying,
    /// The move of a helper that was asked about, or the last that was made.
    moving: Option<Move>,
    /// Says the day on which a record is made: to ask the clock takes a while, and a sitting may last
    /// over midnight.
    today: fn() -> jiff::civil::Date,
    /// What to read about files that were written, once the notebook is open again.
    unread: Option<Window>,
    /// The status tells of the file that is being opened.
    opening: bool,
    /// The cell to show when the file that is being opened has come, from 1.
    wanted_cell: Option<usize>,
    /// What counts for text that is no file.
    settings: Settings,
    learner: Learner,
    tour: Option<Tour>,
    /// The skill was announced on a screen that is not the home screen.
    introduced: bool,
    /// The open file as somebody else has written it, where it was changed here as well.
    theirs: Option<Box<message::Opened>>,
    /// The unsaved changes that were kept last.
    drafted: Option<drafts::Kept>,
    /// What was asked for while the review that it needs was being made.
    waiting: Option<&'static keys::Row>,
    /// It was said that another program has to load the file again.
    told_to_reload: bool,
    /// Where notebooks are looked for.
    folder: PathBuf,
    elsewhere: Elsewhere,
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
            history: History::default(),
            status: None,
            theme: ThemeChoice::Auto,
            mouse: false,
            quit_after_write: false,
            repaired: false,
            writing: None,
            copying: Copying::default(),
            moving: None,
            unread: None,
            today: jiff::civil::Date::default,
            opening: false,
            wanted_cell: None,
            settings: Settings::default(),
            learner: Learner::default(),
            tour: None,
            introduced: false,
            theirs: None,
            drafted: None,
            waiting: None,
            told_to_reload: false,
            folder: PathBuf::from("."),
            elsewhere: Elsewhere::default(),
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

    /// Leaves these reviews to others.
    pub fn with_reviews(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = elsewhere;
        self
    }

    /// Looks for notebooks in this folder.
    pub fn with_folder(mut self, folder: PathBuf) -> Self {
        self.folder = folder;
        self
    }

    /// Takes in what happened and asks for what is to be done.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = self.take(msg);
        // First, since what comes after may be the end.
        effects.splice(0..0, self.keep_unsaved());
        effects.extend(self.wanted_review());
        self.note_visit();
        effects
    }

    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Key(key) => return self.key(key),
            Msg::Pasted(text) => return self.pasted(&text),
            Msg::Edited(source) => return self.edited(source),
            Msg::Rewritten(Ok(text)) if matches!(self.screen, Screen::Walk(_)) => {
                self.edited_outside(text);
            }
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
            Msg::Opened(Ok(opened)) => {
                // That it is being opened is said no longer.
                if std::mem::take(&mut self.opening) {
                    self.status = None;
                }
                self.opened(opened);
                self.arrive_where_wanted();
            }
            Msg::Changed(read) => self.changed_on_disk(read),
            Msg::Found(found) => self.found(found),
            Msg::LeftoversRemoved(left) => self.leftovers_removed(&left),
            Msg::Reviewed(reviewed) => return self.reviewed(reviewed),
            Msg::Saved(result) => return self.saved(result),
            Msg::Looked(module, held) => self.looked(module, held),
            Msg::Moved(result) => return self.moved(result),
            Msg::KernelFound(found) => self.found_kernel(found),
            Msg::Proving(progress) => self.proving(progress),
            Msg::Copied(Ok(marked)) => self.copied(marked),
            Msg::AdviceSaved(Ok(path)) => {
                let path = path.display().to_string();
                self.say(wording::status::ADVICE_SAVED, &[("file", &path)], Tone::Right);
            }
            Msg::Opened(Err(why)) => {
                self.arrive_where_wanted();
                self.say_why(&why, Tone::Mistake);
            }
            Msg::Copied(Err(why)) | Msg::AdviceSaved(Err(why)) | Msg::Kept(Err(why)) => {
                self.say_why(&why, Tone::Mistake);
            }
            Msg::Rewritten(Err(error)) => self.not_edited(&error),
        }
        Vec::new()
    }

    fn key(&mut self, key: Key) -> Vec<Effect> {
        let row = self.keys().find(key);
        // To put it in the background is not to take it over.
        if self.is_touring() && row.and_then(|row| row.label) == Some(wording::keys::SUSPEND) {
            return vec![Effect::Suspend];
        }
        // A message goes with the next key.
        self.status = None;
        self.introduced |= !matches!(self.screen, Screen::Home { .. });
        if self.is_touring() {
            self.take_over();
            return Vec::new();
        }
        if let Some(row) = row {
            return self.act(row);
        }
        self.typed(key);
        Vec::new()
    }

    /// A key in a filter line.
    fn typed(&mut self, key: Key) {
        let Some(line) = self.windows.last_mut().and_then(Window::line) else { return };
        let before = line.text.clone();
        match key.code {
            Code::Char(char) if !key.ctrl && !key.alt => line.insert(&char.to_string()),
            Code::Char('u') if key.ctrl => line.cut_to_start(),
            Code::Char('w') if key.ctrl => line.cut_word(),
            Code::Backspace => line.backspace(),
            Code::Delete => line.delete(),
            Code::Left => line.left(),
            Code::Right => line.right(),
            Code::Home => line.cursor = 0,
            Code::End => line.cursor = line.text.chars().count(),
            _ => {}
        }
        if line.text != before {
            self.filter_top();
        }
    }

    /// The language of headers, keys and messages.
    pub fn language(&self) -> crate::knowledge::Language {
        self.reading.base()
    }

    /// Which keys are in force.
    pub fn keys(&self) -> &'static Keys {
        if let Some(window) = self.windows.last() {
            return window.keys();
        }
        match &self.screen {
            Screen::Home { .. } => &screens::home::KEYS,
            Screen::Walk(walk) if walk.editing.is_some() => &screens::walk::EDITOR,
            Screen::Walk(_) => &screens::walk::KEYS,
            Screen::Learn(learn) => Self::learn_keys(learn),
        }
    }

    /// The row that is selected in the window on top.
    fn selected(&self) -> usize {
        self.windows.last().map_or(0, |window| window.selected)
    }

    fn has_unsaved(&self) -> bool {
        self.document().is_some_and(Document::is_unsaved)
    }

    fn edited(&mut self, source: String) -> Vec<Effect> {
        let knowledge = self.knowledge;
        if matches!(self.screen, Screen::Learn(_)) {
            return self.retyped(source);
        }
        if let Screen::Walk(walk) = &mut self.screen
            && walk.editing.is_some()
        {
            walk.retype(source, knowledge, self.reading);
        }
        Vec::new()
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

    /// Writes the page of the screen anew.
    fn refresh(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        self.walk().into_iter().for_each(|walk| walk.refresh(knowledge, reading));
        self.refresh_lesson();
    }

    /// Writes all pages anew: the language has changed, or the notebook.
    fn rewrite(&mut self) {
        self.refresh();
        self.rewrite_windows();
    }
}

#[cfg(test)]
mod tests;
