//! A deviation on record: what was decided against a default, why, at what price, until when.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Review, sentence};
use crate::diagnostic::Diagnostic;
use crate::knowledge::{Front, Knowledge, Language, Page, PageKind, inlines, plain};
use crate::notebook::{CellKind, NewCell, Notebook, SaveError};
use crate::text::{CellIndex, Wording};
use crate::wording;

/// How long a decision stands before somebody looks at it again, in days.
const STANDS: i64 = 90;

/// What a record says.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The page of the deviation.
    pub page: &'a Page,
    /// Why the default does not fit, in the author's words; empty when they are still to come.
    pub reason: &'a str,
    pub decided: Date,
    pub review: Date,
    /// What it is about.
    pub place: Option<Place<'a>>,
}

/// The notebook that deviates, and where.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub notebook: &'a Notebook,
    /// What the file is called.
    pub file: &'a str,
    pub cell: Option<CellIndex>,
    /// The mistake that is accepted.
    pub problem: Option<&'a Diagnostic>,
}

/// The day on which a decision of this day is looked at again, if nobody says otherwise.
pub fn review_day(decided: Date) -> Date {
    decided.saturating_add(STANDS.days())
}

/// The first problem of the notebook, or of its cell, for which a deviation is made.
pub fn problem_of<'r>(
    knowledge: &Knowledge,
    review: &'r Review,
    deviation: &str,
    cell: Option<CellIndex>,
) -> Option<&'r Diagnostic> {
    let deviates = |found: &&Diagnostic| {
        let page = knowledge.page(PageKind::Mistake, found.rule).map(|page| &page.front);
        matches!(page, Some(Front::Mistake { deviations, .. }) if deviations.iter().any(|id| id == deviation))
    };
    let mut here = review.found().filter(|it| cell.is_none_or(|cell| it.span.cell == cell));
    here.find(deviates)
}

/// Which heading a record begins with: as a file of its own, or as a cell among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    File,
    Cell,
}

/// The record as Markdown, once for each language.
pub fn record(knowledge: &Knowledge, languages: &[Language], form: Form, it: &Record) -> String {
    let each = languages.iter().map(|language| one(knowledge, *language, form, it));
    each.collect::<Vec<_>>().join("\n\n---\n\n") + "\n"
}

fn one(knowledge: &Knowledge, language: Language, form: Form, it: &Record) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let top = if form == Form::File { "#" } else { "###" };
    let (title, page) = (plain(&inlines(it.page.title.get(language))), it.page);
    let days = (it.decided.to_string(), it.review.to_string());
    let (decided, review) = (days.0.as_str(), days.1.as_str());
    let mut parts = vec![
        format!("{top} {}", ui(wording::record::TITLE, &[("title", &title)])),
        ui(wording::record::DAYS, &[("decided", decided), ("review", review)]),
    ];
    let head = |level: &str, key: Wording| format!("{top}{level} {}", ui(key, &[]));
    parts.push(head("#", wording::record::CONTEXT));
    parts.extend(it.place.iter().flat_map(|place| where_it_is(knowledge, language, place)));
    if let Front::Deviation { because } = &page.front {
        parts.push(ui(wording::record::BECAUSE, &[("because", because.get(language))]));
    }
    parts.push(match it.reason.trim() {
        "" => ui(wording::record::REASON_MISSING, &[]),
        reason => ui(
            wording::record::REASON,
            &[("reason", &reason.split_whitespace().collect::<Vec<_>>().join(" "))],
        ),
    });
    for (level, key, anchor) in [
        ("#", wording::record::DECISION, "choice"),
        ("#", wording::record::TRADEOFFS, "tradeoff"),
        ("#", wording::record::CONTROLS, ""),
        ("##", wording::record::TESTS, "tests"),
        ("##", wording::record::OBSERVABILITY, "observability"),
        ("#", wording::record::MIGRATION, "migration"),
        ("#", wording::record::ROLLBACK, "rollback"),
    ] {
        parts.push(head(level, key));
        if anchor == "choice" {
            parts.push(page.lead(language));
        }
        parts.push(page.excerpt(language, anchor));
    }
    parts.push(head("#", wording::record::REVIEW));
    parts.push(ui(wording::record::REVIEW_ON, &[("review", review)]));
    parts.push(ui(wording::record::PAGES, &[("id", &page.id)]));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// The notebook, the cell and the mistake.
fn where_it_is(knowledge: &Knowledge, language: Language, place: &Place) -> Vec<String> {
    let ui = |key: Wording, args: &[(&str, &str)]| knowledge.ui(language, key, args);
    let file: String =
        place.file.chars().filter(|char| *char != '`' && !char.is_control()).collect();
    let Some(cell) = place.cell.and_then(|cell| place.notebook.cell(cell)) else {
        return vec![ui(wording::record::OF_FILE, &[("file", &file)])];
    };
    let number = cell.index.number().to_string();
    let mut out = vec![ui(wording::record::OF_CELL, &[("file", &file), ("cell", &number)])];
    if !cell.source.trim().is_empty() {
        let language = if cell.kind == CellKind::Code { "python" } else { "text" };
        out.push(fenced(language, &cell.source));
    }
    if let Some(problem) = place.problem {
        let said = sentence(knowledge, language, &problem.message);
        out.push(ui(wording::record::DEFAULT, &[("rule", problem.rule), ("message", &said)]));
    }
    out
}

/// A fence that no run of backticks in the text can close.
pub fn fenced(language: &str, text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}

/// The notebook with a Markdown cell above the one at `cell`, and the new cell's place. Nothing
/// comes before a script's first cell, so there it stands below.
///
/// # Errors
/// When the notebook cannot take the cell.
pub fn with_record(
    notebook: &Notebook,
    cell: CellIndex,
    text: &str,
) -> Result<(Notebook, CellIndex), SaveError> {
    let first = usize::from(!notebook.format.has_room_above());
    let at = CellIndex(cell.0.max(first).min(notebook.cells.len()));
    let taken = |id: &str| notebook.cells.iter().any(|cell| cell.id.as_deref() == Some(id));
    let id = (1..).map(|number| format!("deviation-{number}")).find(|id| !taken(id));
    let source = text.trim_end().to_owned();
    let added = NewCell { kind: CellKind::Markdown, source, id };
    let bytes = notebook.insert_after(at.0.checked_sub(1).map(CellIndex), &added)?;
    let after = notebook.reload(bytes).map_err(|_| SaveError::Unfaithful { cell: at })?;
    Ok((after, at))
}

#[cfg(test)]
mod tests;
