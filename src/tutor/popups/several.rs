//! Several repairs at once: of one mistake in a cell, of a cell, of the notebook.

use super::{At, Popup, Question, list};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::document::Tone;
use crate::knowledge::Tables;
use crate::review::{Repairs, Within};
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::document::Document;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Keys, window};
use crate::tutor::view::{self, ListRow};
use crate::wording::{popup, several, status};

pub static KEYS: Keys = window("several").rows(&list(Does(|it| it.ask_for_selected())));

/// What can be repaired at once, and how many problems each of it is.
#[derive(Debug)]
struct Several(Vec<(Within, usize)>);

impl Popup for Several {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn rows(&self) -> usize {
        self.0.len()
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let row = |(batch, count): &(Within, usize)| {
            let (key, rule) = match batch {
                Within::Rule(_, rule) => (several::RULE, *rule),
                Within::Cell(_) | Within::About(_) => (several::CELL, ""),
                Within::Notebook => (several::NOTEBOOK, ""),
            };
            let args = [("count", &*count.to_string()), ("rule", rule)];
            let label = at.knowledge.ui(at.language, key, &args);
            ListRow { label, detail: String::new() }
        };
        let rows = self.0.iter().map(row).collect();
        at.list(several::TITLE, rows, popup::NOTHING)
    }
}

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
    pub(in crate::tutor) fn offer_several(&mut self) {
        let Some(walk) = self.walk() else { return };
        if let Some(why) = walk.document.notebook.read_only() {
            let why = why.to_string();
            return self.say(status::READ_ONLY, &[("why", &why)], Tone::Caution);
        }
        let cell = walk.cell;
        let rule = walk.current().map(|found| Within::Rule(cell, found.rule));
        let batches = rule.into_iter().chain([Within::Cell(cell), Within::Notebook]);
        let counted = batches.map(|batch| (batch, count(batch, &walk.document)));
        let batches: Vec<(Within, usize)> = counted.filter(|(_, count)| *count > 0).collect();
        if batches.is_empty() {
            return self.say(status::NOTHING_TO_REPAIR, &[], Tone::Quiet);
        }
        self.open_window(Several(batches));
    }

    /// Asks whether these repairs are to be made, with what they change.
    fn ask_for_selected(&mut self) {
        let at = self.selected();
        let chosen = self.top::<Several>().and_then(|it| it.0.get(at));
        let Some((batch, _)) = chosen.copied() else { return };
        let tables = &self.knowledge.tables;
        let Some(document) = self.document() else { return };
        let sources = sources(batch, document, tables).filter(|sources| !sources.is_empty());
        let has_file = document.path.is_some();
        self.close();
        match sources {
            Some(sources) if has_file => self.ask(Question::Write(sources)),
            Some(sources) => self.ask(Question::Repair(sources)),
            None => self.say(status::NOTHING_TO_REPAIR, &[], Tone::Quiet),
        }
    }
}
