//! Keys as data: every screen and window has a table of them, from which footer, help, palette and
//! the numbers of the linear front end are drawn. A row holds what its keys do.

use std::hash::{Hash, Hasher};

use super::key::{Code, Key};
use super::message::Effect;
use super::motion::Motion;
use super::{Tutor, everywhere};
use crate::wording::{Wording, keys};

/// A key, and whether Ctrl is held.
pub type Chord = (Code, bool);

/// What a key does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// Changes the model alone.
    Does(fn(&mut Tutor<'_>)),
    /// Wants something to be done outside as well.
    Asks(fn(&mut Tutor<'_>) -> Vec<Effect>),
}
use Act::Does;

/// A row of a table.
#[derive(Debug)]
pub struct Row {
    pub keys: &'static [Chord],
    pub act: Act,
    /// How footer and help write the keys.
    pub shown: &'static str,
    /// What it does; none where another row says so.
    pub label: Option<Wording>,
    /// Place in the footer, lowest first; 0 keeps it out.
    pub footer: u8,
    /// The linear front end's number for it.
    pub number: Option<u8>,
    /// Whether it would do something now; what would not is left out.
    pub is_useful: fn(&Tutor<'_>) -> bool,
    /// It is about what a review says, and waits for one that is being made.
    pub is_after_review: bool,
}

/// How the keys of a table and those of everywhere go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// All of everywhere count.
    Screen,
    /// They do; the linear front end leaves them out.
    Window,
    /// The footer leaves them out as well: an answer comes first.
    Question,
    /// Letters are text: of everywhere those with Ctrl alone count.
    Typing,
}

/// The keys of a screen or a window.
pub struct Keys {
    pub name: &'static str,
    /// Above them on the page of keys; none where that leaves them out.
    pub heading: Option<Wording>,
    pub sort: Sort,
    /// A table whose rows count as well, before those of everywhere.
    pub wider: Option<&'static Keys>,
    pub rows: &'static [Row],
}

pub const fn row(keys: &'static [Chord], act: Act, shown: &'static str, label: Wording) -> Row {
    Row { shown, label: Some(label), ..silent(keys, act) }
}

/// A row that is neither shown nor explained: another one stands for it.
pub const fn silent(keys: &'static [Chord], act: Act) -> Row {
    Row {
        keys,
        act,
        shown: "",
        label: None,
        footer: 0,
        number: None,
        is_useful: |_| true,
        is_after_review: false,
    }
}

impl Row {
    pub const fn footer(self, footer: u8) -> Self {
        Self { footer, ..self }
    }

    pub const fn number(self, number: u8) -> Self {
        Self { number: Some(number), ..self }
    }

    /// Counts only where this says so.
    pub const fn when(self, is_useful: fn(&Tutor<'_>) -> bool) -> Self {
        Self { is_useful, ..self }
    }

    pub const fn after_review(self) -> Self {
        Self { is_after_review: true, ..self }
    }
}

pub const fn c(char: char) -> Chord {
    (Code::Char(char), false)
}

pub const fn ctrl(char: char) -> Chord {
    (Code::Char(char), true)
}

pub const fn k(code: Code) -> Chord {
    (code, false)
}

/// The table of a screen; `rows` come at the end.
pub const fn screen(name: &'static str) -> Keys {
    Keys { name, heading: None, sort: Sort::Screen, wider: None, rows: &[] }
}

pub const fn window(name: &'static str) -> Keys {
    Keys { sort: Sort::Window, ..screen(name) }
}

pub const fn question(name: &'static str) -> Keys {
    Keys { sort: Sort::Question, ..screen(name) }
}

pub const fn typing(name: &'static str) -> Keys {
    Keys { sort: Sort::Typing, ..screen(name) }
}

/// Rows that many tables have.
pub const fn up(keys: &'static [Chord]) -> Row {
    row(keys, Does(|it| it.scroll(Motion::Up)), "↑", keys::UP)
}

pub const fn down(keys: &'static [Chord]) -> Row {
    row(keys, Does(|it| it.scroll(Motion::Down)), "↓", keys::DOWN)
}

pub const fn page_up(keys: &'static [Chord]) -> Row {
    row(keys, Does(|it| it.scroll(Motion::PageUp)), "PgUp", keys::PAGE_UP)
}

pub const fn page_down(keys: &'static [Chord]) -> Row {
    row(keys, Does(|it| it.scroll(Motion::PageDown)), "PgDn", keys::PAGE_DOWN)
}

pub const TOP: Row = row(&[k(Code::Home)], Does(|it| it.scroll(Motion::Top)), "Home", keys::TOP);

pub const BOTTOM: Row =
    row(&[k(Code::End)], Does(|it| it.scroll(Motion::Bottom)), "End", keys::BOTTOM);

/// Closes the window.
pub const fn close(keys: &'static [Chord]) -> Row {
    row(keys, Does(|it| it.close()), "Esc", keys::CLOSE)
}

impl Keys {
    pub const fn heading(self, heading: Wording) -> Self {
        Self { heading: Some(heading), ..self }
    }

    pub const fn wider(self, wider: &'static Keys) -> Self {
        Self { wider: Some(wider), ..self }
    }

    pub const fn rows(self, rows: &'static [Row]) -> Self {
        Self { rows, ..self }
    }

    /// Its rows, then those of the wider table.
    pub fn own(&self) -> impl Iterator<Item = &'static Row> + use<> {
        let wider = self.wider.map_or(&[][..], |wider| wider.rows);
        self.rows.iter().chain(wider)
    }

    /// The row of a key: the table's own first, then that of everywhere.
    pub fn find(&self, key: Key) -> Option<&'static Row> {
        let has = |row: &&Row| !key.alt && row.keys.contains(&(key.code, key.ctrl));
        let is_open =
            |row: &&Row| self.sort != Sort::Typing || row.keys.iter().all(|(_, ctrl)| *ctrl);
        let wide = everywhere::KEYS.rows.iter().filter(is_open);
        self.own().chain(wide).find(has)
    }

    /// The rows that the footer shows, most important first.
    pub fn footer(&self) -> Vec<&'static Row> {
        let is_alone = matches!(self.sort, Sort::Question | Sort::Typing);
        let wide = everywhere::KEYS.rows.iter().filter(|_| !is_alone);
        let mut rows: Vec<&Row> = self.own().chain(wide).filter(|row| row.footer > 0).collect();
        rows.sort_by_key(|row| row.footer);
        rows
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Keys {}

impl Hash for Keys {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Tutor<'_> {
    /// Does what a row says, once a review that it needs is there.
    pub(super) fn act(&mut self, row: &'static Row) -> Vec<Effect> {
        if self.has_to_wait(row) {
            return Vec::new();
        }
        let effects = self.perform(row.act);
        self.refresh();
        effects
    }

    pub(super) fn perform(&mut self, act: Act) -> Vec<Effect> {
        match act {
            Act::Asks(act) => act(self),
            Does(act) => {
                act(self);
                Vec::new()
            }
        }
    }

    /// Whether a row would do something here; the footer leaves out those that would not.
    pub fn is_useful(&self, row: &Row) -> bool {
        (row.is_useful)(self)
    }
}

#[cfg(test)]
mod tests;
