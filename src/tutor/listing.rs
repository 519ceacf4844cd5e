//! The list of all problems: filtered by what they are called and by how bad they are.

use super::Tutor;
use super::document::Document;
use super::line::Line;
use super::order::{Place, key_of};
use super::pages::line_of;
use super::popups::Kind;
use super::reading::prose_of;
use super::view::ListRow;
use crate::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{self, Knowledge, Language};
use crate::review::sentence;
use crate::text::CellIndex;
use crate::text::Wording;
use crate::wording;

/// A problem in the list, as it is shown and as the filter sees it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub place: Place,
    pub row: ListRow,
    words: String,
}

impl Listed {
    fn of(
        document: &Document,
        place: Place,
        found: &Diagnostic,
        knowledge: &Knowledge,
        language: Language,
    ) -> Self {
        let cell = place.0.number().to_string();
        let line = line_of(document, found.span).to_string();
        let at =
            knowledge.ui(language, wording::mistake::OTHER, &[("cell", &cell), ("line", &line)]);
        let severity = knowledge.ui(language, severity_key(found.severity), &[]);
        let label = format!("{severity}  {at}  {}", found.rule);
        let detail = prose_of(&sentence(knowledge, language, &found.message)).text();
        let words = format!("{label} {detail}");
        Self { place, row: ListRow { label, detail }, words }
    }
}

fn severity_key(severity: Severity) -> Wording {
    match severity {
        Severity::Error => wording::severity::ERROR,
        Severity::Warning => wording::severity::WARNING,
        Severity::Hint => wording::severity::HINT,
    }
}

/// All problems of a notebook, the worst first.
fn all(document: &Document, knowledge: &Knowledge, language: Language) -> Vec<Listed> {
    let cells = (0..document.notebook.cells.len()).map(CellIndex);
    let listed = |cell: CellIndex| {
        let of = move |(nth, found): (usize, &Diagnostic)| {
            (key_of(found), Listed::of(document, (cell, nth), found, knowledge, language))
        };
        document.problems_of(cell).enumerate().map(of)
    };
    let mut all: Vec<_> = cells.flat_map(listed).collect();
    all.sort_by_key(|(key, _)| *key);
    all.into_iter().map(|(_, listed)| listed).collect()
}

/// The places in `all` of those that hold the words.
pub fn filter(query: &str, all: &[Listed]) -> Vec<usize> {
    knowledge::filter(query, all.iter().map(|it| it.words.as_str()))
}

impl Tutor<'_> {
    /// Opens the list.
    pub(super) fn list_problems(&mut self) {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let Some(document) = self.document() else { return };
        let all = all(document, knowledge, language);
        let shown = (0..all.len()).collect();
        self.open_window(Kind::Problems { query: Line::default(), all, shown });
    }

    /// Goes to a problem of the list.
    pub(super) fn go_to(&mut self, (cell, nth): Place) {
        let (knowledge, reading) = (self.knowledge, self.reading);
        self.windows.clear();
        if let Some(walk) = self.walk() {
            walk.visit(cell, nth);
            walk.refresh(knowledge, reading);
        }
    }
}
