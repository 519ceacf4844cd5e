//! A list of pages: deviations, and what to see besides.

use super::{At, Popup, list};
use crate::document::Prose;
use crate::knowledge::{self, Knowledge, PageKind};
use crate::review::called;
use crate::tutor::Tutor;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Keys, window};
use crate::tutor::reading::Reading;
use crate::tutor::view::{self, ListRow};
use crate::wording::{Wording, popup};

pub static KEYS: Keys = window("pages").rows(&list(Does(|it| it.read_listed())));

#[derive(Debug)]
pub struct Pages {
    pub title: Wording,
    pub found: Vec<Found>,
}

/// A page in a list.
#[derive(Debug)]
pub struct Found {
    pub kind: PageKind,
    pub id: String,
    pub label: String,
}

impl Found {
    /// A page by its title in the reader's language.
    pub fn new(page: &knowledge::Page, reading: Reading) -> Self {
        let label = Prose::of(page.title.get(reading.base())).text();
        Self { kind: page.kind, id: page.id.clone(), label }
    }

    pub(super) fn page<'k>(&self, knowledge: &'k Knowledge) -> Option<&'k knowledge::Page> {
        knowledge.page(self.kind, &self.id)
    }

    pub(super) fn row(&self, at: At<'_>) -> ListRow {
        ListRow { label: self.label.clone(), detail: at.ui(called::kind(self.kind)) }
    }
}

impl Popup for Pages {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn rows(&self) -> usize {
        self.found.len()
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let row = |it: &Found| match self.is_of_deviations() {
            // All of one kind, and their reasons take the room.
            true => ListRow { label: it.label.clone(), detail: String::new() },
            false => it.row(at),
        };
        at.list(self.title, self.found.iter().map(row).collect(), popup::NOTHING)
    }
}

impl Pages {
    fn is_of_deviations(&self) -> bool {
        self.title == popup::DEVIATIONS
    }
}

impl Tutor<'_> {
    fn read_listed(&mut self) {
        let at = self.selected();
        let Some(pages) = self.top::<Pages>() else { return };
        let page = pages.found.get(at).and_then(|it| it.page(self.knowledge));
        if page.is_some() && !pages.is_of_deviations() {
            self.close();
        }
        self.read(page);
    }
}
