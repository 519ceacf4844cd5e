//! A page to be read.

use std::sync::Arc;

use super::{At, Found, Pages, Popup};
use crate::document::Prose;
use crate::knowledge::{self, Page, PageKind};
use crate::tutor::copying::Copying;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{
    BOTTOM, Keys, TOP, c, close, down, k, page_down, page_up, row, up, window,
};
use crate::tutor::message::Effect;
use crate::tutor::reading::whole_page;
use crate::tutor::{Tutor, view};
use crate::wording::{keys, popup};

pub static KEYS: Keys = window("reader").heading(keys::READER).rows(&[
    down(&[k(Code::Down), c('j')]).footer(2),
    up(&[k(Code::Up), c('k')]).footer(3),
    page_up(&[k(Code::PageUp)]),
    page_down(&[k(Code::PageDown), c(' ')]).footer(4),
    TOP,
    BOTTOM,
    row(&[c('s'), k(Code::Enter)], Does(|it| it.see_also()), "Enter", keys::SEE_ALSO)
        .footer(5)
        .number(1)
        .when(|it| it.page_read().is_some_and(|page| !page.see.is_empty())),
    row(&[c('y')], Asks(|it| it.copy_page()), "y", keys::COPY).footer(6).number(2).after_review(),
    close(&[k(Code::Esc), c('q'), k(Code::Backspace), k(Code::Left)]).footer(1).number(0),
    row(&[c('r')], Does(|it| it.begin_record()), "r", keys::RECORD)
        .footer(1)
        .number(3)
        .when(|it| it.open_deviation().is_some()),
]);

#[derive(Debug)]
pub struct Reader {
    pub title: String,
    pub page: Arc<view::Page>,
    /// The content page, for its raw text and its see-also list.
    pub id: Option<(PageKind, String)>,
}

impl Popup for Reader {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn write(&mut self, _: usize, tutor: &Tutor<'_>) {
        let (knowledge, reading) = (tutor.knowledge, tutor.reading);
        let page = self.id.as_ref().and_then(|(kind, id)| knowledge.page(*kind, id));
        if let Some(page) = page {
            self.title = Prose::of(page.title.get(reading.base())).text();
            self.page = Arc::new(whole_page(knowledge, page, reading));
        }
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let (title, page) = (self.title.clone(), self.page.clone());
        view::Popup::Reader { title, query: None, page, scroll: at.scroll }
    }
}

impl<'k> Tutor<'k> {
    /// Opens a page to be read, where there is one.
    pub(in crate::tutor) fn read(&mut self, page: Option<&knowledge::Page>) {
        if let Some(page) = page {
            let id = Some((page.kind, page.id.clone()));
            self.open_window(Reader { title: String::new(), page: Arc::default(), id });
        }
    }

    /// The page that is read.
    fn page_read(&self) -> Option<&'k Page> {
        let (kind, id) = self.top::<Reader>()?.id.as_ref()?;
        self.knowledge.page(*kind, id)
    }

    fn see_also(&mut self) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let see = self.page_read().into_iter().flat_map(|page| &page.see);
        let pages = see.filter_map(|id| knowledge.find(id));
        let found: Vec<Found> = pages.map(|page| Found::new(page, reading)).collect();
        if !found.is_empty() {
            self.open_window(Pages { title: popup::SEE_ALSO, found });
        }
    }

    fn copy_page(&mut self) -> Vec<Effect> {
        let text = self.page_read().map(|page| page.markdown(self.reading.base()).to_owned());
        self.copy_text(text)
    }

    /// Puts text of a window on the clipboard.
    pub(super) fn copy_text(&mut self, text: Option<String>) -> Vec<Effect> {
        self.copying = Copying::default();
        text.map(Effect::Copy).into_iter().collect()
    }
}
