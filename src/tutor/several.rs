//! Several repairs at once: of one mistake in a cell, of a cell, of the notebook.

use super::Tutor;
use super::document::Document;
use super::message::Effect;
use super::popups::{Kind, Question};
use super::view::Tone;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::knowledge::Tables;
use crate::review::{Repairs, Within};
use crate::text::CellIndex;
use crate::wording;

/// How far the repairs that are made together may be trusted at least: one mistake of a cell was
/// looked at, of the rest only what is safe is made.
fn limit(within: Within) -> Applicability {
    match within {
        Within::Rule(..) => Applicability::Unsafe,
        _ => Applicability::Safe,
    }
}

/// How many problems have a repair that would be made.
fn count(within: Within, document: &Document) -> usize {
    let wanted = |found: &&Diagnostic| {
        let fix = found.fix().filter(|_| within.takes(found));
        fix.is_some_and(|fix| fix.applicability >= limit(within))
    };
    document.problems().filter(wanted).count()
}

/// The cells that change when every repair that holds is made, with their new sources.
fn sources(
    within: Within,
    document: &Document,
    tables: &Tables,
) -> Option<Vec<(CellIndex, String)>> {
    // What was typed and not written is there for the repairs, too.
    let notebook = document.notebook.reload(document.bytes().ok()?).ok()?;
    let repairs = Repairs::new(notebook, document.review.clone(), limit(within), tables);
    let mut repairs = repairs.within(within);
    repairs.run();
    let changed = |cell: &crate::notebook::Cell| {
        (document.source(cell.index) != cell.source).then(|| (cell.index, cell.source.clone()))
    };
    Some(repairs.notebook.cells.iter().filter_map(changed).collect())
}

impl Tutor<'_> {
    /// Offers what can be repaired at once here.
    pub(super) fn offer_several(&mut self) {
        let Some(walk) = self.walk() else { return };
        if let Some(why) = walk.document.notebook.read_only() {
            let why = why.to_string();
            return self.say(wording::status::READ_ONLY, &[("why", &why)], Tone::Caution);
        }
        let cell = walk.cell;
        let rule = walk.current().map(|found| Within::Rule(cell, found.rule));
        let batches = rule.into_iter().chain([Within::Cell(cell), Within::Notebook]);
        let counted = batches.map(|batch| (batch, count(batch, &walk.document)));
        let batches: Vec<(Within, usize)> = counted.filter(|(_, count)| *count > 0).collect();
        if batches.is_empty() {
            return self.say(wording::status::NOTHING_TO_REPAIR, &[], Tone::Quiet);
        }
        self.open_window(Kind::Several(batches));
    }

    /// Asks whether these repairs are to be made, with what they change.
    pub(super) fn ask_for_several(&mut self, batch: Within) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let Some(document) = self.document() else { return Vec::new() };
        let sources = sources(batch, document, tables).filter(|sources| !sources.is_empty());
        let has_file = document.path.is_some();
        self.windows.pop();
        match sources {
            Some(sources) if has_file => self.ask(Question::Write(sources)),
            Some(sources) => self.ask(Question::Repair(sources)),
            None => self.say(wording::status::NOTHING_TO_REPAIR, &[], Tone::Quiet),
        }
        Vec::new()
    }
}
