//! What there is to say of one cell of a kernel's session: why it failed, and how it reads repaired.

use super::{Repairs, Review, Within};
use crate::diagnostic::{Applicability, Diagnostic, Note, Severity};
use crate::knowledge::{Front, Knowledge, Page, Tables};
use crate::notebook::Notebook;
use crate::text::CellIndex;

/// How a cell ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ending<'a> {
    /// The exception's class and message.
    pub error: Option<(&'a str, &'a str)>,
    /// The lines of cells through which it came up, from 1.
    pub frames: &'a [Frame],
    /// The names of coroutines that were left behind.
    pub lost: &'a [String],
}

/// A line of a cell that was running when an error came up, from 1.
pub type Frame = (CellIndex, usize);

/// What explains how a cell ended. Nothing, where nothing is known of it.
#[derive(Debug, Clone, Default)]
pub struct Account<'a> {
    /// Worst first.
    pub found: Vec<&'a Diagnostic>,
    /// The page of the error's message.
    pub page: Option<&'a Page>,
}

impl Account<'_> {
    /// Whether there is something to say.
    pub fn says(&self) -> bool {
        !self.found.is_empty() || self.page.is_some()
    }
}

/// The diagnostics that concern a cell, worst first: those in it, and those elsewhere to which the
/// way leads from it.
pub fn concerning(review: &Review, cell: CellIndex) -> Vec<&Diagnostic> {
    let mut found: Vec<_> = review.found().filter(|found| concerns(found, cell)).collect();
    // The sort is stable: among equals the first in the notebook stays first.
    found.sort_by_key(|found| std::cmp::Reverse(found.severity));
    found
}

/// Whether a diagnostic stands in the cell, or a call in the cell leads to it.
pub(super) fn concerns(found: &Diagnostic, cell: CellIndex) -> bool {
    found.span.cell == cell || calls_of(found, cell).next().is_some()
}

fn calls_of(found: &Diagnostic, cell: CellIndex) -> impl Iterator<Item = &Note> {
    let is_here = move |note: &&Note| note.span.is_some_and(|span| span.cell == cell);
    found.notes.iter().filter(is_here)
}

/// What explains how the cell ended.
pub fn account<'a>(
    knowledge: &'a Knowledge,
    review: &'a Review,
    cell: CellIndex,
    ending: Ending<'_>,
) -> Account<'a> {
    let page = match (ending.error, ending.lost) {
        (Some((name, message)), _) => knowledge.recognise(&format!("{name}: {message}")),
        (None, [first, ..]) => {
            let said = format!("cell:1: RuntimeWarning: coroutine '{first}' was never awaited");
            knowledge.recognise(&said)
        }
        (None, []) => return Account::default(),
    };
    let mut here = concerning(review, cell);
    // What stands in a function of another cell says nothing of who calls it; the traceback does.
    let elsewhere = review.found().filter(|it| it.span.cell != cell && is_at(review, it, ending));
    here.extend(elsewhere.filter(|it| !concerns(it, cell)));
    here.retain(|it| it.severity > Severity::Hint);
    let mistakes = match page.map(|page| &page.front) {
        Some(Front::Message { mistakes, .. }) => mistakes.as_slice(),
        _ => &[],
    };
    let is_it = |found: &&Diagnostic| mistakes.iter().any(|mistake| mistake == found.rule);
    let mut found: Vec<_> = here.iter().copied().filter(is_it).collect();
    if found.is_empty() && ending.error.is_some() {
        let raises = |it: &&Diagnostic| it.severity == Severity::Error && is_at(review, it, ending);
        found = here.into_iter().filter(raises).collect();
    }
    // A coroutine may be dropped long after it was made, by a cell that has nothing to do with it.
    let page = page.filter(|_| ending.error.is_some() || !found.is_empty());
    Account { found, page }
}

/// Whether a diagnostic, or a call that leads to it, stands on a line through which the error came.
fn is_at(review: &Review, found: &Diagnostic, ending: Ending<'_>) -> bool {
    let calls = found.notes.iter().filter_map(|note| note.span);
    calls.chain([found.span]).any(|span| {
        let Some(read) = review.cells.get(span.cell.0) else { return false };
        let tree = &read.syntax().tree;
        let (first, last) = (tree.position(span.range.start), tree.position(span.range.end));
        let covers =
            |(cell, line): &Frame| *cell == span.cell && (first.line..=last.line).contains(line);
        ending.frames.iter().any(covers)
    })
}

/// The notebook with what concerns the cell and what was found for it repaired, advice aside: by safe
/// fixes alone where these mend all that was found, else, as far as `limit` allows, by the others too.
pub fn repaired<'t>(
    notebook: &Notebook,
    review: &Review,
    cell: CellIndex,
    (found, limit): (&[&Diagnostic], Applicability),
    tables: &'t Tables,
) -> Repairs<'t> {
    let elsewhere: Vec<_> = found
        .iter()
        .filter(|found| !concerns(found, cell))
        .map(|found| (found.span.cell, found.rule))
        .collect();
    let by = |limit| {
        let repairs = Repairs::new(notebook.clone(), review.clone(), limit, tables);
        let mut repairs = repairs.within(Within::About(cell)).also(elsewhere.clone());
        repairs.run();
        repairs
    };
    let safe = by(Applicability::Safe);
    let is_about = |left: &&Diagnostic| {
        concerns(left, cell) || elsewhere.contains(&(left.span.cell, left.rule))
    };
    let is_found = |left: &Diagnostic| found.iter().any(|it| it.rule == left.rule);
    let is_mended = !safe.review.found().filter(is_about).any(is_found);
    if limit == Applicability::Safe || (is_mended && !safe.made.is_empty()) {
        return safe;
    }
    let others = by(limit);
    if others.made.is_empty() { safe } else { others }
}

#[cfg(test)]
mod tests;
