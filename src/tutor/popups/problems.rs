//! The list of all problems: filtered by what they are called and by how bad they are.

use super::{At, Popup, filter};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{self, Knowledge, Language};
use crate::review::{called, sentence};
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::document::Document;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Keys, typing};
use crate::tutor::line::Line;
use crate::tutor::order::{Place, key_of};
use crate::tutor::pages::line_of;
use crate::tutor::reading::prose_of;
use crate::tutor::view::{self, ListRow};
use crate::wording::{mistake, popup};

pub static KEYS: Keys = typing("problems").rows(&filter(Does(|it| it.go_to_selected())));

#[derive(Debug)]
struct Problems {
    query: Line,
    all: Vec<Listed>,
    /// Places in `all`.
    shown: Vec<usize>,
}

/// A problem in the list, as it is shown and as the filter sees it.
#[derive(Debug)]
struct Listed {
    place: Place,
    row: ListRow,
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
        let at = knowledge.ui(language, mistake::OTHER, &[("cell", &cell), ("line", &line)]);
        let severity = knowledge.ui(language, called::severity(found.severity), &[]);
        let label = format!("{severity}  {at}  {}", found.rule);
        let detail = prose_of(&sentence(knowledge, language, &found.message)).text();
        let words = format!("{label} {detail}");
        Self { place, row: ListRow { label, detail }, words }
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

impl Popup for Problems {
    fn keys(&self) -> &'static Keys {
        &KEYS
    }

    fn line(&mut self) -> Option<&mut Line> {
        Some(&mut self.query)
    }

    fn rows(&self) -> usize {
        self.shown.len()
    }

    fn filter(&mut self, _: &Tutor<'_>) {
        self.shown = knowledge::filter(&self.query.text, self.all.iter().map(|it| &*it.words));
    }

    fn view(&self, at: At<'_>) -> view::Popup {
        let shown = self.shown.iter().filter_map(|at| self.all.get(*at));
        let rows = shown.map(|it| it.row.clone()).collect();
        let is_none = self.all.is_empty();
        let empty = if is_none { popup::NO_PROBLEMS } else { popup::NOTHING_FOUND };
        at.filtered(popup::PROBLEMS, &self.query, rows, empty)
    }
}

impl Tutor<'_> {
    /// Opens the list.
    pub(in crate::tutor) fn list_problems(&mut self) {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let Some(document) = self.document() else { return };
        let all = all(document, knowledge, language);
        self.open_window(Problems { query: Line::default(), all, shown: Vec::new() });
    }

    /// Goes to the problem that is selected.
    fn go_to_selected(&mut self) {
        let at = self.selected();
        let chosen = self.top::<Problems>().and_then(|it| it.all.get(*it.shown.get(at)?));
        let Some((cell, nth)) = chosen.map(|it| it.place) else { return };
        self.windows.clear();
        if let Some(walk) = self.walk() {
            walk.visit(cell, nth);
        }
    }
}
