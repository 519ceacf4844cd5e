//! Drills made of the mistakes in somebody's own notebook.

use super::task::{Task, Wants};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::document::{Block, Prose};
use crate::index::How;
use crate::knowledge::{Knowledge, Language, PageKind, Tables};
use crate::review::{Review, changed_sources};
use crate::text::CellIndex;
use crate::tutor::document::Document;
use crate::tutor::reading::Writer;
use crate::wording;

/// One task for each mistake of each cell that can be repaired here, in the order of the cells.
/// The notebook itself stays as it is.
pub(super) fn tasks(document: &Document, tables: &Tables) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut given = document.clone();
    given.path = None;
    for problem in document.problems() {
        let (cell, rule) = (problem.span.cell, problem.rule);
        let id = format!("{}-{rule}", cell.number());
        let known = tasks.iter().any(|task| task.id == id);
        if let Some(solution) = solution(document, cell, rule).filter(|_| !known) {
            let wants = Wants {
                rules: vec![rule.to_owned()],
                at: Some(cell),
                keeps: bound_in(cell, &document.review, tables),
                ..Wants::default()
            };
            let wants = wants.knowing(&document.review, tables);
            tasks.push(Task { id, drill: None, given: given.clone(), solution, wants });
        }
    }
    tasks
}

/// All cells with the fixes made for one mistake of one cell.
fn solution(document: &Document, cell: CellIndex, rule: &str) -> Option<Vec<String>> {
    let mistakes: Vec<&Diagnostic> =
        document.review.of_cell(cell).filter(|found| found.rule == rule).collect();
    let fixable = mistakes
        .iter()
        .all(|found| found.fix().is_some_and(|fix| fix.applicability > Applicability::DisplayOnly));
    if !fixable {
        return None;
    }
    let chosen = crate::review::choose(&mistakes, Applicability::Unsafe);
    let edits: Vec<_> = chosen.iter().flat_map(|choice| choice.fix.edits.iter().cloned()).collect();
    let changed = changed_sources(&document.notebook, &edits)?;
    let source = |it: &crate::notebook::Cell| {
        let new = changed.iter().find(|(cell, _)| *cell == it.index);
        new.map_or_else(|| it.source.clone(), |(_, source)| source.clone())
    };
    Some(document.notebook.cells.iter().map(source).collect())
}

/// The names to which a cell gives a value, modules apart.
fn bound_in(cell: CellIndex, review: &Review, tables: &Tables) -> Vec<String> {
    let run = review.run(tables);
    let here = run.globals().filter(|(_, bindings)| {
        let is_value = |how: &How| !matches!(how, How::Import(_) | How::Delete);
        bindings.iter().any(|(at, binding)| *at == run.key_of(cell) && is_value(&binding.how))
    });
    let mut names: Vec<String> = here.map(|(name, _)| name.to_owned()).collect();
    names.sort_unstable();
    names
}

fn rule(task: &Task) -> &str {
    task.wants.rules.first().map_or("", String::as_str)
}

/// What such a task is called.
pub(super) fn title(task: &Task, knowledge: &Knowledge, language: Language) -> String {
    let cell = task.wants.at.unwrap_or_default().number().to_string();
    let page = knowledge.page(PageKind::Mistake, rule(task));
    let title = page.map_or_else(String::new, |page| Prose::of(page.title.get(language)).text());
    knowledge.ui(language, wording::drill::OWN_TITLE, &[("cell", &cell), ("title", &title)])
}

/// Writes what is to be done.
pub(super) fn task(writer: &mut Writer, task: &Task, first: bool) {
    let knowledge = writer.knowledge;
    let cell = task.wants.at.unwrap_or_default().number().to_string();
    let page = knowledge.page(PageKind::Mistake, rule(task));
    writer.each(|language| {
        let title = page.map_or("", |page| page.title.get(language).as_str());
        let args = [("cell", cell.as_str()), ("title", title)];
        let text = Prose::of(&knowledge.ui(language, wording::drill::OWN_TASK, &args));
        if first { Block::Conclusion(text) } else { Block::Paragraph(text) }
    });
}

/// Writes one of the first two hints: what the mistake is, and which pattern.
pub(super) fn hint(writer: &mut Writer, task: &Task, tier: u8) {
    let knowledge = writer.knowledge;
    let mistake = || knowledge.page(PageKind::Mistake, rule(task));
    let pattern = || {
        let found = task.given.review.found().find(|it| it.rule == rule(task))?;
        let id = found.fix().map(|fix| fix.pattern).or(found.patterns.first().copied())?;
        knowledge.page(PageKind::Pattern, id)
    };
    if let Some(page) = if tier == 1 { mistake() } else { pattern() } {
        writer.opening_as_paragraph(page);
    }
}

/// Writes why the mistake is one.
pub(super) fn why(writer: &mut Writer, task: &Task) {
    if let Some(page) = writer.knowledge.page(PageKind::Mistake, rule(task)) {
        writer.opening_as_paragraph(page);
    }
}
