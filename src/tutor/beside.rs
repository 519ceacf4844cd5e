//! The file is open elsewhere, too: a save there is read at once, and changes on both sides are
//! brought together as the reader wants.

use super::document::Document;
use super::message::{Effect, Opened};
use super::popups::Question;
use super::reading::Writer;
use super::unread::unread;
use super::walk::Walk;
use super::{Screen, Tutor};
use crate::document::{Block, Mark, Tone, diff};
use crate::knowledge::Both;
use crate::notebook::{self, Cell, Notebook};
use crate::text::CellIndex;
use crate::wording::beside;

/// What becomes of changes on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// The file as it is now; what was changed here goes.
    Theirs,
    /// The file as it is now, with the cells that were changed here as they are here.
    Both,
    /// All of it as it is here.
    Mine,
}

impl Tutor<'_> {
    /// The open file holds something else than before.
    pub(super) fn changed_on_disk(&mut self, read: Result<Opened, Both<String>>) {
        let is_open = |opened: &Opened| {
            self.document().is_some_and(|document| document.path.as_ref() == Some(&opened.path))
        };
        match read {
            Ok(opened) if is_open(&opened) => self.take_in_change(opened),
            Ok(_) => {}
            Err(why) => {
                self.say(beside::UNREADABLE, &[("why", self.in_words(&why))], Tone::Caution);
            }
        }
    }

    fn take_in_change(&mut self, opened: Opened) {
        let Some(document) = self.document() else { return };
        if document.notebook.original() == opened.bytes {
            self.theirs = None;
            return;
        }
        // While a question is open, or a lesson on it, the page behind stays.
        let is_busy = document.is_unsaved() || self.walk().is_none_or(|it| it.editing.is_some());
        if is_busy {
            self.theirs = Some(Box::new(opened));
            return self.say(beside::BOTH_CHANGED, &[], Tone::Caution);
        }
        match notebook::parse(&opened.path.to_string_lossy(), opened.bytes.clone()) {
            Ok(notebook) => self.read_again(opened, notebook),
            Err(error) => {
                let (why, _) = unread(self.knowledge, self.reading.base(), &error);
                self.say(beside::UNREADABLE, &[("why", &why)], Tone::Caution);
            }
        }
    }

    /// Shows the file as it is now, at the same place.
    fn read_again(&mut self, opened: Opened, notebook: Notebook) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let how = (self.elsewhere, opened.is_unsearched);
        let Some(walk) = self.walk() else { return };
        let changed = differing(&walk.document.notebook, &notebook);
        let at = walk.document.notebook.cell(walk.cell).and_then(|cell| twin(cell, &notebook));
        let last = notebook.cells.len().saturating_sub(1);
        let cell = at.unwrap_or(CellIndex(walk.cell.0.min(last)));
        let (step, problem) = (walk.step, walk.problem);
        let name = walk.document.name.clone();
        let document = Document::opened(
            name,
            Some(opened.path),
            notebook,
            opened.surroundings,
            how,
            &knowledge.tables,
        );
        let mut again = Walk::new(document, Some(cell), knowledge, reading);
        again.problem = problem;
        again.go(step);
        again.refresh(knowledge, reading);
        self.screen = Screen::Walk(Box::new(again));
        self.theirs = None;
        let numbers: Vec<String> = changed.iter().map(|cell| cell.number().to_string()).collect();
        match numbers.as_slice() {
            [] => self.say(beside::READ_AGAIN, &[], Tone::Quiet),
            all => self.say(beside::CELLS_CHANGED, &[("cells", &all.join(", "))], Tone::Quiet),
        }
    }

    /// Asks what is to become of changes on both sides, where there are such.
    pub(super) fn ask_about_both(&mut self) -> bool {
        let Some(theirs) = &self.theirs else { return false };
        let parsed = notebook::parse(&theirs.path.to_string_lossy(), theirs.bytes.clone());
        let mut writer = Writer::new(self.knowledge, self.reading);
        let Some(document) = self.document() else { return false };
        writer.conclusion(beside::CONFLICT, &[("file", &document.name)]);
        for key in [beside::KEY_B, beside::KEY_T, beside::KEY_M] {
            writer.item(Mark::Bullet, key, &[]);
        }
        if let Ok(theirs) = &parsed {
            for cell in &document.notebook.cells {
                let Some(other) = twin(cell, theirs).and_then(|at| theirs.cell(at)) else {
                    continue;
                };
                if other.source != cell.source {
                    writer
                        .paragraph(beside::IN_CELL, &[("cell", &cell.index.number().to_string())]);
                    writer.same(Block::Diff(diff(&other.source, &cell.source)));
                }
            }
        }
        let page = writer.finish();
        self.confirm(Question::Both, beside::TITLE, page);
        true
    }

    /// Does what was chosen.
    pub(super) fn settle(&mut self, keep: Keep) -> Vec<Effect> {
        self.windows.pop();
        let tables = &self.knowledge.tables;
        let Some(theirs) = self.theirs.take() else { return Vec::new() };
        let Some(walk) = self.walk() else { return Vec::new() };
        let mine: Vec<Cell> = walk.document.changed_cells().cloned().collect();
        let whole = walk.document.bytes();
        let parsed = notebook::parse(&theirs.path.to_string_lossy(), theirs.bytes.clone());
        if keep == Keep::Mine {
            let Ok(bytes) = whole else { return Vec::new() };
            let (path, expected) = (theirs.path, theirs.bytes);
            self.writing = Some(bytes.clone());
            return vec![Effect::Save { path, expected, bytes }];
        }
        let Ok(notebook) = parsed else {
            self.theirs = Some(theirs);
            self.say(beside::NO_NOTEBOOK, &[], Tone::Caution);
            return Vec::new();
        };
        walk.end_edit();
        let found = |cell: &Cell| Some((twin(cell, &notebook)?, cell.source.clone()));
        let sources: Vec<(CellIndex, String)> = mine.iter().filter_map(found).collect();
        let lost = mine.len() - sources.len();
        self.read_again(*theirs, notebook);
        if keep == Keep::Theirs {
            return Vec::new();
        }
        let (knowledge, reading) = (self.knowledge, self.reading);
        if let Some(walk) = self.walk() {
            walk.document.change(sources, tables);
            walk.refresh(knowledge, reading);
        }
        let lost = lost.to_string();
        let key = if lost == "0" { beside::TOGETHER } else { beside::TOGETHER_BUT };
        self.say(key, &[("count", &lost)], Tone::Right);
        Vec::new()
    }
}

/// The cell of `other` that is the same one: by its id, or else by its place where that has none.
fn twin(cell: &Cell, other: &Notebook) -> Option<CellIndex> {
    if let Some(id) = &cell.id {
        return other.cells.iter().find(|it| it.id.as_ref() == Some(id)).map(|it| it.index);
    }
    let there = other.cell(cell.index)?;
    (there.id.is_none() && there.kind == cell.kind).then_some(there.index)
}

/// The cells of `now` that are new or read otherwise than before.
fn differing(before: &Notebook, now: &Notebook) -> Vec<CellIndex> {
    let same = |cell: &Cell| {
        let there = twin(cell, before).and_then(|at| before.cell(at));
        there.is_some_and(|there| there.source == cell.source)
    };
    now.cells.iter().filter(|cell| !same(cell)).map(|cell| cell.index).collect()
}
