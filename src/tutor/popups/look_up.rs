//! The look-up: pages by a few words.

use std::sync::Arc;

use super::{At, Found, Popup};
use crate::knowledge::Hit;
use crate::tutor::Tutor;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Keys, close, ctrl, down, k, page_down, page_up, row, typing, up};
use crate::tutor::line::Line;
use crate::tutor::reading::{Reading, whole_page};
use crate::tutor::view::{self, Page};
use crate::wording::{keys, popup};

pub static KEYS: Keys = typing("look-up").heading(keys::FILTER).rows(&[
    row(&[k(Code::Enter)], Does(|it| it.read_hit()), "Enter", keys::OPEN_THIS).footer(1),
    up(&[k(Code::Up), ctrl('p')]),
    down(&[k(Code::Down), ctrl('n')]).footer(2),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown)]),
    row(&[k(Code::Tab)], Does(|it| it.glance()), "Tab", keys::OTHER_LANGUAGE).footer(3),
    close(&[k(Code::Esc)]).footer(4).number(0),
]);

#[derive(Debug, Default)]
pub struct LookUp {
    query: Line,
    hits: Vec<Found>,
    /// The preview in the other language.
    glance: bool,
    preview: Option<Arc<Page>>,
}

impl Popup for LookUp {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.query)
    }

    fn rows(&self) -> usize {
        self.hits.len()
    }

    fn is_list(&self) -> bool {
        true
    }

    fn filter(&mut self, tutor: &Tutor<'_>) {
        let found = tutor.knowledge.lookup(&self.query.text);
        let pages = found.iter().filter_map(Hit::page);
        self.hits = pages.map(|page| Found::new(page, tutor.reading)).collect();
    }

    fn write(&mut self, selected: usize, tutor: &Tutor<'_>) {
        let knowledge = tutor.knowledge;
        // A preview is narrow: it shows one language.
        let one = Reading::One(tutor.reading.base());
        let reading = if self.glance { one.other() } else { one };
        let page = self.hits.get(selected).and_then(|it| it.page(knowledge));
        self.preview = page.map(|page| Arc::new(whole_page(knowledge, page, reading)));
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let rows = self.hits.iter().map(|it| it.row(at)).collect();
        let mut list = at.filtered(popup::LOOK_UP, &self.query, rows, popup::NOTHING_FOUND);
        if let view::Popup::List { preview, .. } = &mut list {
            preview.clone_from(&self.preview);
        }
        list
    }
}

impl Tutor<'_> {
    fn glance(&mut self) {
        self.change_top(|it: &mut LookUp, _| it.glance = !it.glance);
    }

    fn read_hit(&mut self) {
        let at = self.selected();
        let hit = self.top::<LookUp>().and_then(|it| it.hits.get(at));
        let page = hit.and_then(|it| it.page(self.knowledge));
        self.read(page);
    }
}
