//! What was changed and not written outlives the program: it is kept as it changes, and offered when
//! the notebook is opened again. What saves that were killed have left is offered for removal.

use std::path::PathBuf;

use super::Tutor;
use super::document::Document;
use super::message::Effect;
use super::popups::{Confirm, Question};
use super::reading::Writer;
use crate::document::{Block, Mark, Tone, diff};
use crate::knowledge::Both;
use crate::notebook::{Cell, Notebook};
use crate::text::CellIndex;
use crate::wording::{self, pattern};

/// The cells of a notebook that differ from those of its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    pub cells: Vec<DraftCell>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftCell {
    pub cell: CellIndex,
    /// The cell's id, where it has one.
    pub id: Option<String>,
    /// Its source in the file.
    pub before: String,
    /// Its source as it was changed.
    pub source: String,
}

/// A draft that an earlier sitting left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundDraft {
    /// Where it is kept.
    pub file: PathBuf,
    pub draft: Draft,
}

/// A file that a save left behind when it was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    pub path: PathBuf,
    /// In bytes.
    pub size: u64,
}

/// What was kept last: of which file, and in which state.
pub type Kept = (PathBuf, u64);

impl Document {
    /// What no file holds.
    pub fn draft(&self) -> Draft {
        let of = |cell: &Cell| DraftCell {
            cell: cell.index,
            id: cell.id.clone(),
            before: self.notebook.original_source(cell.index).unwrap_or_default(),
            source: cell.source.clone(),
        };
        Draft { cells: self.changed_cells().map(of).collect() }
    }
}

/// Where the cells of a draft belong in the notebook as it is now.
#[derive(Debug, Default, PartialEq, Eq)]
struct Placed {
    /// Cells that get another source.
    sources: Vec<(CellIndex, String)>,
    /// Cells that the file has changed as well, since.
    changed: Vec<CellIndex>,
    /// Cells that are gone.
    lost: usize,
}

impl Placed {
    fn of(draft: &Draft, notebook: &Notebook) -> Self {
        let mut placed = Self::default();
        for drafted in &draft.cells {
            match twin(drafted, notebook) {
                None => placed.lost += 1,
                Some(cell) if cell.source == drafted.source => {}
                Some(cell) => {
                    if cell.source != drafted.before {
                        placed.changed.push(cell.index);
                    }
                    placed.sources.push((cell.index, drafted.source.clone()));
                }
            }
        }
        placed
    }
}

/// The cell that a draft is of: by its id, or else by its place.
fn twin<'n>(drafted: &DraftCell, notebook: &'n Notebook) -> Option<&'n Cell> {
    match &drafted.id {
        Some(id) => {
            let is_it = |cell: &&Cell| cell.id.as_ref() == Some(id);
            // Ids should be unique, and are not always.
            notebook.cell(drafted.cell).filter(is_it).or_else(|| notebook.cells.iter().find(is_it))
        }
        None => notebook.cell(drafted.cell).filter(|cell| cell.id.is_none()),
    }
}

impl Tutor<'_> {
    /// Asks the shell to keep what is unsaved, where that has changed since it was kept.
    pub(super) fn keep_unsaved(&mut self) -> Option<Effect> {
        let document = self.document()?;
        let now = (document.path.clone()?, document.revision);
        let is_new = self.drafted.is_none() && !document.is_unsaved();
        if is_new || self.drafted.as_ref() == Some(&now) {
            return None;
        }
        let effect = Effect::KeepDraft { path: now.0.clone(), draft: document.draft() };
        self.drafted = Some(now);
        Some(effect)
    }

    /// The reader does not want what is unsaved.
    pub(super) fn give_up_draft(&self) -> Option<Effect> {
        let path = self.document()?.path.clone()?;
        Some(Effect::KeepDraft { path, draft: Draft::default() })
    }

    /// Offers what an earlier sitting has left.
    pub(super) fn offer_left(&mut self, draft: Option<FoundDraft>, leftovers: Vec<Leftover>) {
        if !leftovers.is_empty() {
            self.offer_removal(leftovers);
        }
        if let Some(draft) = draft {
            self.offer_draft(draft);
        }
    }

    fn offer_draft(&mut self, found: FoundDraft) {
        let Some(document) = self.document() else { return };
        let placed = Placed::of(&found.draft, &document.notebook);
        let mut writer = Writer::new(self.knowledge, self.reading);
        writer.conclusion(wording::draft::FOUND, &[("file", &document.name)]);
        if let [first, ..] = placed.changed.as_slice() {
            writer.paragraph(wording::draft::CHANGED, &[("cell", &first.number().to_string())]);
        }
        if placed.lost > 0 {
            writer.paragraph(wording::draft::LOST, &[("count", &placed.lost.to_string())]);
        }
        for drafted in &found.draft.cells {
            let now = twin(drafted, &document.notebook);
            let cell = now.map_or(drafted.cell, |cell| cell.index);
            writer.paragraph(pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
            let before = now.map_or(&drafted.before, |cell| &cell.source);
            writer.same(Block::Diff(diff(before, &drafted.source)));
        }
        let page = writer.finish();
        self.confirm(Question::Draft(found), wording::draft::TITLE, page);
    }

    fn offer_removal(&mut self, leftovers: Vec<Leftover>) {
        let mut writer = Writer::new(self.knowledge, self.reading);
        writer.conclusion(wording::leftovers::FOUND, &[]);
        for Leftover { path, size } in &leftovers {
            let args = [("file", &*path.display().to_string()), ("size", &size.to_string())];
            writer.item(Mark::Bullet, wording::leftovers::FILE, &args);
        }
        let paths = leftovers.into_iter().map(|left| left.path).collect();
        let page = writer.finish();
        self.confirm(Question::Leftovers(paths), wording::leftovers::TITLE, page);
    }

    /// Takes up a draft. Where cells of it are gone from the notebook, it stays where it is kept.
    pub(super) fn take_up(&mut self, found: FoundDraft) -> Vec<Effect> {
        let (knowledge, reading) = (self.knowledge, self.reading);
        let Some(walk) = self.walk() else { return Vec::new() };
        let Placed { sources, lost, .. } = Placed::of(&found.draft, &walk.document.notebook);
        if let Some((first, _)) = sources.first() {
            walk.visit(*first, 0);
        }
        walk.document.change(sources, &knowledge.tables);
        walk.refresh(knowledge, reading);
        let kept = self.keep_unsaved();
        if lost > 0 {
            self.say(wording::draft::PARTLY, &[("count", &lost.to_string())], Tone::Caution);
            return kept.into_iter().collect();
        }
        self.say(wording::draft::TAKEN_UP, &[], Tone::Right);
        kept.into_iter().chain([Effect::DropDraft(found.file)]).collect()
    }

    /// Throws away the draft that is asked about.
    pub(super) fn drop_draft(&mut self) -> Vec<Effect> {
        let question = self.top::<Confirm>().map(|it| &it.question);
        let Some(Question::Draft(found)) = question else { return Vec::new() };
        let file = found.file.clone();
        self.close();
        self.say(wording::draft::THROWN_AWAY, &[], Tone::Quiet);
        vec![Effect::DropDraft(file)]
    }

    /// What became of left-overs: those that stay, each with the reason.
    pub(super) fn leftovers_removed(&mut self, left: &[(PathBuf, Both<String>)]) {
        match left.first() {
            None => self.say(wording::leftovers::REMOVED, &[], Tone::Right),
            Some((file, why)) => {
                let args = [("file", &*file.display().to_string()), ("why", self.in_words(why))];
                self.say(wording::leftovers::STAYS, &args, Tone::Caution);
            }
        }
    }
}
