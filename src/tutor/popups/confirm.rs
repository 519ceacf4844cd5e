//! A question that wants a yes before something is written, changed or lost.

use std::path::PathBuf;
use std::sync::Arc;

use super::{At, Popup};
use crate::document::{Block, diff};
use crate::notebook::Format;
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::beside::Keep;
use crate::tutor::drafts::FoundDraft;
use crate::tutor::key::Code;
use crate::tutor::keys::Act::{Asks, Does};
use crate::tutor::keys::{Chord, Keys, c, down, k, page_down, page_up, question, row, up};
use crate::tutor::message::Effect;
use crate::tutor::reading::Writer;
use crate::tutor::view::{self, Page};
use crate::wording::{Wording, apply, confirm, keys, pattern, status};

const UP: &[Chord] = &[k(Code::Up), c('k')];
const DOWN: &[Chord] = &[k(Code::Down), c('j')];
const NO: &[Chord] = &[c('n'), k(Code::Esc)];

pub static KEYS: Keys = question("confirm").rows(&[
    row(&[c('y'), k(Code::Enter)], Asks(|it| it.agree()), "y", keys::YES).footer(1).number(1),
    row(&[c('n'), k(Code::Esc), c('q')], Does(|it| it.close()), "n", keys::NO).footer(2).number(0),
    down(DOWN).footer(3),
    up(UP),
    page_down(&[k(Code::PageDown), c(' ')]),
    page_up(&[k(Code::PageUp)]),
]);

/// Before the tutor is left with something unsaved.
pub static LEAVING: Keys = question("leaving").rows(&[
    row(&[c('w')], Asks(|it| it.agree()), "w", keys::WRITE_AND_QUIT)
        .footer(1)
        .number(1)
        .when(|it| it.walk_seen().is_none_or(|walk| walk.document.path.is_some())),
    row(&[c('d')], Asks(|it| it.quit_without()), "d", keys::DISCARD_AND_QUIT).footer(2).number(2),
    row(NO, Does(|it| it.close()), "Esc", keys::STAY).footer(3).number(0),
    down(DOWN),
    up(UP),
]);

/// An earlier sitting left something unsaved.
pub static DRAFT: Keys = question("draft").rows(&[
    row(&[c('y'), k(Code::Enter)], Asks(|it| it.agree()), "y", keys::TAKE_UP).footer(1).number(1),
    row(&[c('d')], Asks(|it| it.drop_draft()), "d", keys::THROW_AWAY).footer(2).number(2),
    row(NO, Does(|it| it.close()), "Esc", keys::ASK_LATER).footer(3).number(0),
    down(DOWN),
    up(UP),
]);

/// The file was changed on both sides.
pub static BOTH: Keys = question("both").rows(&[
    row(&[c('b')], Asks(|it| it.settle(Keep::Both)), "b", keys::KEEP_BOTH).footer(1).number(1),
    row(&[c('t')], Asks(|it| it.settle(Keep::Theirs)), "t", keys::KEEP_THEIRS).footer(2).number(2),
    row(&[c('m')], Asks(|it| it.settle(Keep::Mine)), "m", keys::KEEP_MINE).footer(3).number(3),
    row(NO, Does(|it| it.close()), "Esc", keys::STAY).footer(4).number(0),
    down(DOWN),
    up(UP),
]);

#[derive(Debug)]
pub struct Confirm {
    pub question: Question,
    title: String,
    page: Arc<Page>,
}

/// What a confirmation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Write the file, with these cells changed first.
    Write(Vec<(CellIndex, String)>),
    /// Change these cells, which no file holds.
    Repair(Vec<(CellIndex, String)>),
    Leave,
    /// The file was changed here and elsewhere.
    Both,
    /// Move a helper into a module.
    Move,
    /// Take up what an earlier sitting left unsaved.
    Draft(FoundDraft),
    /// Remove what saves left behind.
    Leftovers(Vec<PathBuf>),
    /// Open another file in place of a notebook with changes.
    Open(PathBuf),
    /// Open pasted text in place of a notebook with changes.
    Replace(String),
}

impl Popup for Confirm {
    fn keys(&self) -> &'static Keys {
        match self.question {
            Question::Leave => &LEAVING,
            Question::Both => &BOTH,
            Question::Draft(_) => &DRAFT,
            _ => &KEYS,
        }
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let (title, page) = (self.title.clone(), self.page.clone());
        view::Popup::Confirm { title, page, scroll: at.scroll }
    }
}

impl Tutor<'_> {
    /// Opens the window that asks a question, with a page of its own.
    pub(in crate::tutor) fn confirm(&mut self, question: Question, title: Wording, page: Page) {
        let title = self.knowledge.ui(self.reading.base(), title, &[]);
        self.open_window(Confirm { question, title, page: page.into() });
    }

    /// The same about what would be written, or lost.
    pub(in crate::tutor) fn ask(&mut self, question: Question) {
        let nothing = [].as_slice();
        let (title, key, repair) = match &question {
            Question::Write(repair) => (confirm::TITLE, confirm::WRITE, repair.as_slice()),
            Question::Repair(repair) => (confirm::REPAIR_TITLE, confirm::REPAIR, repair.as_slice()),
            Question::Leave => (confirm::TITLE, confirm::LEAVE, nothing),
            Question::Move | Question::Both | Question::Draft(_) | Question::Leftovers(_) => return,
            Question::Open(_) => (confirm::REPLACE_TITLE, confirm::OPEN, nothing),
            Question::Replace(_) if self.has_unsaved() => {
                (confirm::REPLACE_TITLE, confirm::REPLACE, nothing)
            }
            Question::Replace(_) => (confirm::REPLACE_TITLE, confirm::TAKE_IN, nothing),
        };
        let page = self.changes_page(key, repair);
        self.confirm(question, title, page);
    }

    /// What would be written, or lost: every changed cell's difference.
    fn changes_page(&self, key: Wording, repair: &[(CellIndex, String)]) -> Page {
        let mut writer = Writer::new(self.knowledge, self.reading);
        let Some(document) = self.document() else {
            writer.conclusion(key, &[]);
            return writer.finish();
        };
        let changed = document.changed_with(repair);
        let count = changed.len().to_string();
        writer.conclusion(key, &[("file", &document.name), ("count", &count)]);
        for (cell, before, after) in changed {
            writer.paragraph(pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
            writer.same(Block::Diff(diff(&before, &after)));
        }
        if key == confirm::WRITE && document.notebook.format == Format::Marimo {
            writer.paragraph(apply::KEPT_FRAMED, &[]);
        }
        writer.finish()
    }

    fn agree(&mut self) -> Vec<Effect> {
        let question = self.top::<Confirm>().map(|it| it.question.clone());
        self.close();
        let Some(question) = question else { return Vec::new() };
        match question {
            Question::Replace(text) => {
                let given_up = self.give_up_draft();
                self.take_in(&text);
                given_up.into_iter().collect()
            }
            Question::Open(path) => self.open_chosen(Some(path)),
            Question::Write(repair) => {
                self.repaired = !repair.is_empty();
                self.repair(repair);
                self.save()
            }
            Question::Repair(repair) => {
                self.repair(repair);
                self.say_changed_here(status::REPAIRED_HERE);
                Vec::new()
            }
            Question::Draft(found) => self.take_up(found),
            Question::Leftovers(paths) => vec![Effect::RemoveLeftovers(paths)],
            Question::Both => self.settle(Keep::Both),
            Question::Move => self.carry_out_move(),
            Question::Leave => {
                self.quit_after_write = true;
                self.save()
            }
        }
    }

    fn quit_without(&mut self) -> Vec<Effect> {
        self.give_up_draft().into_iter().chain([Effect::Quit]).collect()
    }
}
