//! What goes to the clipboard, and what is said of it: what is still wrong in a copied cell, what
//! belongs to it and was left behind, what could not go as it is.

use super::Tutor;
use super::document::Document;
use super::message::Effect;
use crate::diagnostic::Severity;
use crate::document::{Prose, Tone};
use crate::knowledge::{Language, Tables};
use crate::review::{SYNTAX_ERROR, changed_sources};
use crate::text::{CellIndex, position};
use crate::wording::status;

/// Mistakes that are named; of more there is the number.
const NAMED: usize = 3;

/// What is to be said when the text has arrived.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Copying {
    /// What is wrong in the text: the rule and its line, from 1; the worst first.
    wrong: Vec<(&'static str, usize)>,
    /// Cells that the repair changes as well.
    left: Vec<CellIndex>,
}

impl Copying {
    /// Looks at a cell that is copied with `changes` made.
    pub(super) fn of(
        document: &Document,
        cell: CellIndex,
        changes: &[(CellIndex, String)],
        tables: &Tables,
    ) -> Self {
        let (notebook, review) = document.changed_by(changes, tables);
        let source = notebook.cell(cell).map_or("", |cell| &cell.source);
        let line = |offset: usize| position(source, offset).line;
        let found = review.of_cell(cell).filter(|it| it.severity > Severity::Hint);
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|it| std::cmp::Reverse(it.severity));
        let mut wrong: Vec<(&str, usize)> =
            found.iter().map(|it| (it.rule, line(it.span.range.start))).collect();
        // Whatever is wrong elsewhere in it, a cell that cannot be read does not even start.
        let errors = review.cells.get(cell.0).map(|cell| cell.syntax().errors.as_slice());
        if let Some(error) = errors.and_then(<[_]>::first) {
            wrong.insert(0, (SYNTAX_ERROR, line(error.range.start)));
        }
        let left = changes.iter().map(|(at, _)| *at).filter(|at| *at != cell).collect();
        Self { wrong, left }
    }
}

impl Tutor<'_> {
    /// The cell with the repair that is looked at, or the command that makes it.
    pub(super) fn copy_cell(&mut self) -> Vec<Effect> {
        let tables = &self.knowledge.tables;
        let Some(walk) = self.walk() else { return Vec::new() };
        let (document, cell) = (&walk.document, walk.cell);
        let fix = walk.current().and_then(|found| found.fixes.get(walk.choice));
        if let Some(command) = fix.and_then(|fix| super::pages::command(document, fix)) {
            self.copying = Copying::default();
            return vec![Effect::Copy(command)];
        }
        let changes = fix.and_then(|fix| changed_sources(&document.notebook, &fix.edits));
        let changes = changes.unwrap_or_default();
        let copying = Copying::of(document, cell, &changes, tables);
        let repaired = changes.into_iter().find(|(at, _)| *at == cell).map(|(_, source)| source);
        let text = repaired.unwrap_or_else(|| document.source(cell).to_owned());
        self.copying = copying;
        vec![Effect::Copy(text)]
    }

    /// The text is on the clipboard; `marked` of its characters became marks.
    pub(super) fn copied(&mut self, marked: usize) {
        let Copying { wrong, left } = std::mem::take(&mut self.copying);
        let language = self.reading.base();
        let mut said = vec![self.clause(status::COPIED, &[])];
        if !wrong.is_empty() {
            said.push(self.still_wrong(&wrong));
        }
        if !left.is_empty() {
            let numbers: Vec<String> = left.iter().map(|cell| cell.number().to_string()).collect();
            let cells = numbers.join(comma(language));
            said.push(self.clause(status::COPIED_PART, &[("cells", &cells)]));
        }
        if marked > 0 {
            let key = if marked == 1 { status::COPIED_MARK } else { status::COPIED_MARKS };
            said.push(self.clause(key, &[("count", &marked.to_string())]));
        }
        let tone = if said.len() > 1 { Tone::Caution } else { Tone::Right };
        self.say_all(said, tone);
    }

    fn still_wrong(&self, wrong: &[(&str, usize)]) -> Prose {
        let language = self.reading.base();
        let one = |(rule, line): &(&str, usize)| {
            let args = [("rule", *rule), ("line", &line.to_string())];
            self.knowledge.ui(language, status::COPIED_ONE, &args)
        };
        let mut named: Vec<String> = wrong.iter().take(NAMED).map(one).collect();
        let more = wrong.len().saturating_sub(NAMED);
        if more > 0 {
            let args = [("count", &*more.to_string())];
            named.push(self.knowledge.ui(language, status::COPIED_MORE, &args));
        }
        self.clause(status::COPIED_WRONG, &[("list", &named.join(comma(language)))])
    }
}

fn comma(language: Language) -> &'static str {
    if language == Language::Zh { "、" } else { ", " }
}
