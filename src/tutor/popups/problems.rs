//! The list of all problems: filtered by what they are called and by how bad they are.

use super::filter;
use super::filtered::{Filtered, Listed};
use crate::diagnostic::Diagnostic;
use crate::document::Prose;
use crate::knowledge::{Knowledge, Language};
use crate::review::{called, sentence};
use crate::text::CellIndex;
use crate::tutor::Tutor;
use crate::tutor::document::Document;
use crate::tutor::keys::Act::Does;
use crate::tutor::keys::{Keys, typing};
use crate::tutor::order::{Place, key_of};
use crate::tutor::pages::line_of;
use crate::tutor::view::ListRow;
use crate::wording::{mistake, popup};

pub static KEYS: Keys = typing("problems").rows(&filter(Does(|it| it.go_to_selected())));

type Problems = Filtered<Place>;

/// A problem in the list.
fn listed(
    document: &Document,
    place: Place,
    found: &Diagnostic,
    knowledge: &Knowledge,
    language: Language,
) -> Listed<Place> {
    let cell = place.0.number().to_string();
    let line = line_of(document, found.span).to_string();
    let at = knowledge.ui(language, mistake::OTHER, &[("cell", &cell), ("line", &line)]);
    let severity = knowledge.ui(language, called::severity(found.severity), &[]);
    let label = format!("{severity}  {at}  {}", found.rule);
    let detail = Prose::of(&sentence(knowledge, language, &found.message)).text();
    let words = format!("{label} {detail}");
    Listed { what: place, row: ListRow { label, detail }, words }
}

/// All problems of a notebook, the worst first.
fn all(document: &Document, knowledge: &Knowledge, language: Language) -> Vec<Listed<Place>> {
    let cells = (0..document.notebook.cells.len()).map(CellIndex);
    let of_cell = |cell: CellIndex| {
        let of = move |(nth, found): (usize, &Diagnostic)| {
            (key_of(found), listed(document, (cell, nth), found, knowledge, language))
        };
        document.problems_of(cell).enumerate().map(of)
    };
    let mut all: Vec<_> = cells.flat_map(of_cell).collect();
    all.sort_by_key(|(key, _)| *key);
    all.into_iter().map(|(_, listed)| listed).collect()
}

impl Tutor<'_> {
    /// Opens the list.
    pub(in crate::tutor) fn list_problems(&mut self) {
        let (knowledge, language) = (self.knowledge, self.reading.base());
        let Some(document) = self.document() else { return };
        let all = all(document, knowledge, language);
        let mut list = Problems::new(&KEYS, popup::PROBLEMS, all);
        list.empty = popup::NO_PROBLEMS;
        self.open_window(list);
    }

    /// Goes to the problem that is selected.
    fn go_to_selected(&mut self) {
        let at = self.selected();
        let chosen = self.top::<Problems>().and_then(|it| it.chosen(at)).copied();
        let Some((cell, nth)) = chosen else { return };
        self.windows.clear();
        if let Some(walk) = self.walk() {
            walk.visit(cell, nth);
        }
    }
}
