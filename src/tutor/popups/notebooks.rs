//! The notebooks of a folder.

use std::path::{Path, PathBuf};

use super::{At, Popup, Question, filter};
use crate::knowledge;
use crate::tutor::Tutor;
use crate::tutor::keys::Act::Asks;
use crate::tutor::keys::{Keys, typing};
use crate::tutor::line::Line;
use crate::tutor::message::Effect;
use crate::tutor::view::{self, ListRow, Tone};
use crate::wording::{popup, status};

pub static KEYS: Keys = typing("notebooks").rows(&filter(Asks(|it| it.open_selected())));

#[derive(Debug)]
struct Notebooks {
    query: Line,
    found: Vec<PathBuf>,
    shown: Vec<PathBuf>,
    searching: bool,
}

impl Popup for Notebooks {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.query)
    }

    fn rows(&self) -> usize {
        self.shown.len()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn filter(&mut self, _: &Tutor<'_>) {
        let names: Vec<String> = self.found.iter().map(|it| it.display().to_string()).collect();
        let order = knowledge::filter(&self.query.text, &names);
        self.shown = order.into_iter().filter_map(|at| self.found.get(at).cloned()).collect();
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let rows = self.shown.iter().map(|path| file_row(path)).collect();
        let empty = match self.searching {
            true => popup::SEARCHING,
            false if self.found.is_empty() => popup::NO_NOTEBOOKS,
            false => popup::NOTHING_FOUND,
        };
        at.filtered(popup::NOTEBOOKS, &self.query, rows, empty)
    }
}

fn file_row(path: &Path) -> ListRow {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    ListRow { label: name.into_owned(), detail: folder }
}

impl Tutor<'_> {
    /// Opens the list of notebooks and asks for them.
    pub fn choose_notebook(&mut self) -> Vec<Effect> {
        let (query, found, shown) = (Line::default(), Vec::new(), Vec::new());
        self.open_window(Notebooks { query, found, shown, searching: true });
        vec![Effect::Find(self.folder.clone())]
    }

    /// They were found.
    pub(in crate::tutor) fn found(&mut self, files: Vec<PathBuf>) {
        if self.top::<Notebooks>().is_some() {
            self.change_top(|it: &mut Notebooks, _| {
                it.found = files;
                it.searching = false;
            });
            self.filter_top();
        }
    }

    fn open_selected(&mut self) -> Vec<Effect> {
        let at = self.selected();
        let path = self.top::<Notebooks>().and_then(|it| it.shown.get(at).cloned());
        match path {
            Some(path) if self.has_unsaved() => {
                self.ask(Question::Open(path));
                Vec::new()
            }
            path => self.open_chosen(path),
        }
    }

    pub(super) fn open_chosen(&mut self, path: Option<PathBuf>) -> Vec<Effect> {
        let file = path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        self.say(status::OPENING, &[("file", &file)], Tone::Quiet);
        self.opening = true;
        path.map(Effect::Open).into_iter().collect()
    }
}
