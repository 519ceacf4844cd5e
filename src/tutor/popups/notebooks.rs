//! The notebooks of a folder.

use std::path::PathBuf;

use super::filtered::{Filtered, Listed};
use super::{Question, filter};
use crate::document::Tone;
use crate::tutor::Tutor;
use crate::tutor::keys::Act::Asks;
use crate::tutor::keys::{Keys, typing};
use crate::tutor::message::Effect;
use crate::tutor::view::ListRow;
use crate::wording::{popup, status};

pub static KEYS: Keys = typing("notebooks").rows(&filter(Asks(|it| it.open_selected())));

type Notebooks = Filtered<PathBuf>;

fn listed(path: PathBuf) -> Listed<PathBuf> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let words = path.display().to_string();
    Listed { what: path, row: ListRow { label: name, detail: folder }, words }
}

impl Tutor<'_> {
    /// Opens the list of notebooks and asks for them.
    pub fn choose_notebook(&mut self) -> Vec<Effect> {
        let mut list = Notebooks::new(&KEYS, popup::NOTEBOOKS, Vec::new());
        (list.empty, list.is_list) = (popup::SEARCHING, true);
        self.open_window(list);
        vec![Effect::Find(self.folder.clone())]
    }

    /// They were found.
    pub(in crate::tutor) fn found(&mut self, files: Vec<PathBuf>) {
        if self.top::<Notebooks>().is_some() {
            self.change_top(|it: &mut Notebooks, _| {
                it.fill(files.into_iter().map(listed).collect());
                it.empty = popup::NO_NOTEBOOKS;
            });
            self.filter_top();
        }
    }

    fn open_selected(&mut self) -> Vec<Effect> {
        let at = self.selected();
        let path = self.top::<Notebooks>().and_then(|it| it.chosen(at).cloned());
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
