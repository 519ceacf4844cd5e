//! The windows over the screen, each with its keys, what they do, and how it looks.

pub mod choosing;
mod confirm;
mod consent;
mod filtered;
mod help;
mod look_up;
mod notebooks;
mod outcome;
mod pages;
mod palette;
mod problems;
mod reader;
mod record;
mod several;

use std::any::Any;
use std::fmt::Debug;

pub(super) use confirm::{Confirm, Question};
pub(super) use consent::Consent;
#[cfg(test)]
pub(super) use consent::KEYS as CONSENT;
#[cfg(test)]
pub(super) use look_up::KEYS as LOOK_UP;
pub(super) use look_up::LookUp;
pub(super) use outcome::Outcome;
pub(super) use pages::{Found, Pages};
#[cfg(test)]
pub(super) use reader::KEYS as READER;
pub(super) use reader::Reader;
pub use record::REASON;

use crate::knowledge::{Knowledge, Language};
use crate::tutor::key::{Code, Key};
use crate::tutor::keys::{
    Act, Chord, Keys, Row, c, close, ctrl, down, k, page_down, page_up, row, up,
};
use crate::tutor::learn::keys as learn;
use crate::tutor::line::Line;
use crate::tutor::message::Effect;
use crate::tutor::motion::Motion;
use crate::tutor::screens::{home, walk};
use crate::tutor::view::{self, ListRow};
use crate::tutor::{Tutor, everywhere};
use crate::wording::{Wording, keys};

/// What a window shows.
pub(super) trait Popup: Any + Debug {
    fn keys(&self) -> &'static Keys;

    /// The window as a front end draws it.
    fn view(&self, at: At<'_>) -> view::Popup;

    /// The line that is typed in, if there is one.
    fn line(&mut self) -> Option<&mut Line> {
        None
    }

    /// How many rows there are to choose from.
    fn rows(&self) -> usize {
        0
    }

    /// Brings the list up to the typed text.
    fn filter(&mut self, _: &Tutor<'_>) {}

    /// Writes anew what hangs on the reader's language and on the row that is selected.
    fn write(&mut self, _selected: usize, _: &Tutor<'_>) {}

    /// Whether it has the keys of a list even where the list is empty.
    fn is_list(&self) -> bool {
        self.rows() > 0
    }

    /// Whether whole pages scroll what is shown beside the rows.
    fn is_read_beside(&self) -> bool {
        false
    }
}

/// An open window.
#[derive(Debug)]
pub struct Window {
    popup: Box<dyn Popup>,
    pub selected: usize,
    pub scroll: usize,
    /// Content and visible rows, as the front end measured them.
    pub measured: (usize, usize),
}

/// Where a window stands, and the language in which it is shown.
#[derive(Clone, Copy)]
pub struct At<'k> {
    pub selected: usize,
    pub scroll: usize,
    pub knowledge: &'k Knowledge,
    pub language: Language,
}

impl At<'_> {
    fn ui(self, key: Wording) -> String {
        self.knowledge.ui(self.language, key, &[])
    }

    /// A list with a title, and nothing beside it.
    fn list(self, title: Wording, rows: Vec<ListRow>, empty: Wording) -> view::Popup {
        view::Popup::List {
            title: self.ui(title),
            query: None,
            rows,
            selected: self.selected,
            preview: None,
            scroll: None,
            empty: self.ui(empty),
        }
    }

    /// A list below a line that filters it.
    fn filtered(
        self,
        title: Wording,
        line: &Line,
        rows: Vec<ListRow>,
        empty: Wording,
    ) -> view::Popup {
        let mut list = self.list(title, rows, empty);
        if let view::Popup::List { query, .. } = &mut list {
            *query = Some((line.text.clone(), line.cursor));
        }
        list
    }
}

const ENTER: Chord = k(Code::Enter);
const RIGHT: Chord = k(Code::Right);
const UP: Chord = k(Code::Up);
const DOWN: Chord = k(Code::Down);
const PAGE_UP: Chord = k(Code::PageUp);
const PAGE_DOWN: Chord = k(Code::PageDown);
const ESC: Chord = k(Code::Esc);

/// The keys of a list with a line that filters it.
const fn filter(choose: Act) -> [Row; 6] {
    const PREVIOUS: Chord = ctrl('p');
    const NEXT: Chord = ctrl('n');
    [
        row(&[ENTER], choose, "Enter", keys::OPEN_THIS).footer(1),
        up(&[UP, PREVIOUS]),
        down(&[DOWN, NEXT]).footer(2),
        page_up(&[PAGE_UP]),
        page_down(&[PAGE_DOWN]),
        close(&[ESC]).footer(4).number(0),
    ]
}

/// The keys of a list.
const fn list(choose: Act) -> [Row; 6] {
    const L: Chord = c('l');
    const J: Chord = c('j');
    const K: Chord = c('k');
    const Q: Chord = c('q');
    [
        row(&[ENTER, RIGHT, L], choose, "Enter", keys::OPEN_THIS).footer(1),
        up(&[UP, K]),
        down(&[DOWN, J]).footer(2),
        page_up(&[PAGE_UP]),
        page_down(&[PAGE_DOWN]),
        close(&[ESC, Q]).footer(4).number(0),
    ]
}

/// The tables of all screens and windows, as they follow each other on the page of keys.
pub(super) const TABLES: [&Keys; 26] = [
    &walk::KEYS,
    &home::KEYS,
    &learn::LESSONS,
    &learn::STAGES,
    &learn::PREDICT,
    &learn::DRILL,
    &learn::LESSON,
    &look_up::KEYS,
    &reader::KEYS,
    &outcome::KEYS,
    &record::KEYS,
    &record::REASON,
    &walk::EDITOR,
    &everywhere::KEYS,
    &choosing::KEYS,
    &confirm::KEYS,
    &confirm::LEAVING,
    &confirm::DRAFT,
    &confirm::BOTH,
    &consent::KEYS,
    &help::KEYS,
    &notebooks::KEYS,
    &pages::KEYS,
    &palette::KEYS,
    &problems::KEYS,
    &several::KEYS,
];

impl Window {
    pub(super) fn new(popup: impl Popup) -> Self {
        Self { popup: Box::new(popup), selected: 0, scroll: 0, measured: (0, 0) }
    }

    pub fn keys(&self) -> &'static Keys {
        self.popup.keys()
    }

    pub fn line(&mut self) -> Option<&mut Line> {
        self.popup.line()
    }

    pub fn rows(&self) -> usize {
        self.popup.rows()
    }

    /// What it shows, if it is that.
    pub(super) fn is<P: Popup>(&self) -> Option<&P> {
        let popup: &dyn Any = &*self.popup;
        popup.downcast_ref()
    }

    pub fn view(&self, knowledge: &Knowledge, language: Language) -> view::Popup {
        let (selected, scroll) = (self.selected, self.scroll);
        self.popup.view(At { selected, scroll, knowledge, language })
    }

    fn filter(&mut self, tutor: &Tutor<'_>) {
        self.popup.filter(tutor);
        (self.selected, self.scroll) = (0, 0);
        self.popup.write(0, tutor);
    }

    fn scroll(&mut self, motion: Motion, tutor: &Tutor<'_>) {
        let (content, visible) = self.measured;
        let last = content.saturating_sub(visible);
        // What is asked may be longer than the window.
        let is_page = matches!(motion, Motion::PageUp | Motion::PageDown);
        if is_page && self.popup.is_read_beside() {
            self.scroll = motion.from(self.scroll, visible.saturating_sub(1), last);
        } else if self.popup.is_list() {
            self.selected = motion.from(self.selected, 10, self.rows().saturating_sub(1));
            self.popup.write(self.selected, tutor);
        } else {
            self.scroll = motion.from(self.scroll, visible, last);
        }
    }
}

impl Tutor<'_> {
    /// What the window on top shows, if it is that.
    pub(super) fn top<P: Popup>(&self) -> Option<&P> {
        self.windows.last()?.is()
    }

    /// Changes the window on top, if it shows that; gives it the row that is selected.
    pub(super) fn change_top<P: Popup>(&mut self, change: impl FnOnce(&mut P, &mut usize)) {
        self.with_top(|window, tutor| {
            let popup: &mut dyn Any = &mut *window.popup;
            if let Some(popup) = popup.downcast_mut() {
                change(popup, &mut window.selected);
                window.popup.write(window.selected, tutor);
            }
        });
    }

    pub(super) fn open_window(&mut self, popup: impl Popup) {
        self.windows.push(Window::new(popup));
        self.filter_top();
    }

    /// Brings the window on top up to what is typed in it.
    pub(super) fn filter_top(&mut self) {
        self.with_top(Window::filter);
    }

    pub(super) fn scroll_top(&mut self, motion: Motion) {
        self.with_top(|window, tutor| window.scroll(motion, tutor));
    }

    /// Selects a row of the window on top, or opens it where it is selected.
    pub(super) fn select(&mut self, row: usize) -> Vec<Effect> {
        let Some(window) = self.windows.last() else { return Vec::new() };
        if window.selected == row {
            let enter = window.keys().find(Key::plain(Code::Enter));
            return enter.map(|row| self.act(row)).unwrap_or_default();
        }
        self.with_top(|window, tutor| {
            window.selected = row.min(window.rows().saturating_sub(1));
            window.popup.write(window.selected, tutor);
        });
        Vec::new()
    }

    /// Writes all windows anew: the language has changed.
    pub(super) fn rewrite_windows(&mut self) {
        let mut windows = std::mem::take(&mut self.windows);
        windows.iter_mut().for_each(|window| window.popup.write(window.selected, self));
        self.windows = windows;
    }

    fn with_top(&mut self, change: impl FnOnce(&mut Window, &Self)) {
        if let Some(mut window) = self.windows.pop() {
            change(&mut window, self);
            self.windows.push(window);
        }
    }
}
