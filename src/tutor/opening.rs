//! How text and files come in: paste, open, sample, search.

use std::path::PathBuf;

use super::document::Document;
use super::keys::Sort;
use super::message::{Effect, Opened};
use super::popups::{Confirm, Question};
use super::reviewing::AT_ONCE;
use super::unread::unread;
use super::walk::Walk;
use super::{Screen, Tutor};
use crate::document::{Prose, Tone};
use crate::notebook::{self, Notebook, Pasted, parse_pasted};
use crate::review::Surroundings;
use crate::text::CellIndex;
use crate::wording::{self, header};

impl Tutor<'_> {
    /// Text that came at once. Its line ends are `\n`; a field takes the first line that says
    /// something.
    pub(super) fn pasted(&mut self, text: &str) -> Vec<Effect> {
        self.status = None;
        if let Some(window) = self.windows.last_mut() {
            let Some(field) = window.line() else { return self.pasted_over(text) };
            let mut lines = text.split('\n').filter(|line| !line.trim().is_empty());
            field.insert(lines.next().unwrap_or_default());
            let is_more = lines.next().is_some();
            self.filter_top();
            if is_more {
                self.say(wording::status::ONE_LINE, &[], Tone::Caution);
            }
            return Vec::new();
        }
        let unsaved = self.document().is_some_and(Document::is_unsaved);
        if unsaved && !self.is_question(text) {
            self.ask(Question::Replace(text.to_owned()));
        } else {
            self.take_in(text);
        }
        Vec::new()
    }

    /// Text that came over a window that takes none: over a page it is offered, over a question the
    /// answer comes first.
    fn pasted_over(&mut self, text: &str) -> Vec<Effect> {
        let question = self.windows.last().filter(|it| it.keys().sort == Sort::Question);
        let over_page = question.is_none_or(|it| {
            it.is::<Confirm>().is_some_and(|it| matches!(it.question, Question::Draft(_)))
        });
        if over_page && !text.trim().is_empty() {
            self.ask(Question::Replace(text.to_owned()));
        } else {
            self.say(wording::status::PASTE_LATER, &[], Tone::Caution);
        }
        Vec::new()
    }

    /// Opens pasted text: a cell, several, a whole notebook, or an error to be answered.
    pub fn take_in(&mut self, text: &str) {
        if text.trim().is_empty() {
            self.say(wording::status::EMPTY_PASTE, &[], Tone::Caution);
            return;
        }
        match parse_pasted(text) {
            Pasted::Notebook(notebook) if self.page_about(&notebook, text).is_some() => {
                self.answer("", "", text);
            }
            Pasted::Notebook(notebook) => {
                let name = self.knowledge.ui(self.reading.base(), header::PASTED, &[]);
                self.show(name, None, notebook, (self.alone(), false));
            }
            Pasted::Traceback { error, message, text } => self.answer(&error, &message, &text),
        }
    }

    /// The page of the known message in a text that is no Python: an error's words without its
    /// class, or among other words.
    fn page_about(&self, notebook: &Notebook, text: &str) -> Option<&crate::knowledge::Page> {
        let [cell] = notebook.cells.as_slice() else { return None };
        // Nobody asks about a message that is as long as a program.
        if text.len() > AT_ONCE {
            return None;
        }
        let is_code = crate::python::is_valid(&cell.source);
        self.knowledge.recognise(text).filter(|_| !is_code)
    }

    /// Whether pasted text is answered by a page and leaves the open notebook alone.
    fn is_question(&self, text: &str) -> bool {
        match parse_pasted(text) {
            Pasted::Traceback { .. } => true,
            Pasted::Notebook(notebook) => self.page_about(&notebook, text).is_some(),
        }
    }

    /// What went wrong when the first notebook was opened, if the tutor is still at home.
    pub fn complaint(&self) -> Option<String> {
        let at_home = matches!(self.screen, Screen::Home { .. });
        self.status.as_ref().filter(|_| at_home).map(Prose::text)
    }

    /// Answers a traceback by the page of its message, or by looking its words up.
    fn answer(&mut self, error: &str, message: &str, text: &str) {
        let page = self.knowledge.recognise(text);
        match page {
            Some(page) => self.read(Some(page)),
            None => {
                self.look_up();
                let shown = format!("{error}: {message}");
                self.say(wording::status::UNKNOWN_ERROR, &[("error", &shown)], Tone::Caution);
            }
        }
    }

    pub(super) fn opened(&mut self, opened: Opened) {
        let shown = opened.path.file_name().unwrap_or(opened.path.as_os_str());
        let name = shown.to_string_lossy().into_owned();
        match notebook::parse(&name, opened.bytes) {
            Ok(notebook) => {
                let beside = (opened.surroundings, opened.is_unsearched);
                self.show(name, Some(opened.path), notebook, beside);
                self.offer_left(opened.draft, opened.leftovers);
                if let Some(complaint) = opened.complaint {
                    self.say_why(&complaint, Tone::Caution);
                }
            }
            Err(error) => {
                let (why, place) = unread(self.knowledge, self.reading.base(), &error);
                let place = place.after(&name);
                self.say(
                    wording::status::UNREADABLE,
                    &[("file", &place), ("why", &why)],
                    Tone::Mistake,
                );
            }
        }
    }

    /// Opens an embedded sample.
    pub(super) fn open_sample(&mut self) {
        let knowledge = self.knowledge;
        let Some(name) = knowledge.samples().next().map(str::to_owned) else { return };
        let Some(bytes) = knowledge.sample(&name) else { return };
        if let Ok(notebook) = notebook::parse_ipynb(bytes.to_vec()) {
            self.show(name, None, notebook, (self.alone(), false));
        }
    }

    /// What is known beside a notebook that is no file.
    fn alone(&self) -> Surroundings {
        Surroundings { settings: self.settings.clone(), ..Surroundings::default() }
    }

    fn show(
        &mut self,
        name: String,
        path: Option<PathBuf>,
        notebook: Notebook,
        (surroundings, is_unsearched): (Surroundings, bool),
    ) {
        let last = notebook.cells.len();
        let wanted = self.wanted_cell.take();
        let cell = wanted.filter(|number| (1..=last).contains(number));
        if let (Some(number), None) = (wanted, cell) {
            let (number, last) = (number.to_string(), last.to_string());
            self.say(
                wording::status::NO_SUCH_CELL,
                &[("cell", &number), ("last", &last)],
                Tone::Caution,
            );
        }
        let how = (self.elsewhere, is_unsearched);
        let tables = &self.knowledge.tables;
        let document = Document::opened(name, path, notebook, surroundings, how, tables);
        let cell = cell.map(|number| CellIndex(number - 1));
        let walk = Walk::new(document, cell, self.knowledge, self.reading);
        self.windows.clear();
        self.windows.extend(self.unread.take());
        self.screen = Screen::Walk(Box::new(walk));
    }
}

/// An error with its causes, each once.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
