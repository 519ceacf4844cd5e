//! A list with a line that filters it: what a window of commands, problems or notebooks is made of.

use super::{At, Popup};
use crate::knowledge;
use crate::tutor::Tutor;
use crate::tutor::keys::Keys;
use crate::tutor::line::Line;
use crate::tutor::view::{self, ListRow};
use crate::wording::{Wording, popup};

/// The list.
#[derive(Debug)]
pub(super) struct Filtered<T> {
    keys: &'static Keys,
    title: Wording,
    /// What is said where there is nothing to choose from.
    pub empty: Wording,
    /// Whether it has the keys of a list even where the line leaves nothing.
    pub is_list: bool,
    query: Line,
    all: Vec<Listed<T>>,
    /// Places in `all`.
    shown: Vec<usize>,
}

/// Something to choose, as it is shown and as the filter sees it.
#[derive(Debug)]
pub(super) struct Listed<T> {
    pub what: T,
    pub row: ListRow,
    pub words: String,
}

impl<T> Filtered<T> {
    pub fn new(keys: &'static Keys, title: Wording, all: Vec<Listed<T>>) -> Self {
        let (empty, query, shown) = (popup::NOTHING_FOUND, Line::default(), Vec::new());
        Self { keys, title, empty, is_list: false, query, all, shown }
    }

    /// Takes what there is to choose from; the line is asked anew when the window is filtered.
    pub fn fill(&mut self, all: Vec<Listed<T>>) {
        self.all = all;
    }

    /// What a row stands for.
    pub fn chosen(&self, row: usize) -> Option<&T> {
        Some(&self.all.get(*self.shown.get(row)?)?.what)
    }
}

impl<T: std::fmt::Debug + 'static> Popup for Filtered<T> {
    fn keys(&self) -> &'static Keys {
        self.keys
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.query)
    }

    fn rows(&self) -> usize {
        self.shown.len()
    }

    fn is_list(&self) -> bool {
        self.is_list || self.rows() > 0
    }

    fn filter(&mut self, _: &Tutor<'_>) {
        self.shown = knowledge::filter(&self.query.text, self.all.iter().map(|it| &*it.words));
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let shown = self.shown.iter().filter_map(|at| self.all.get(*at));
        let rows = shown.map(|it| it.row.clone()).collect();
        let empty = if self.all.is_empty() { self.empty } else { popup::NOTHING_FOUND };
        at.filtered(self.title, &self.query, rows, empty)
    }
}
