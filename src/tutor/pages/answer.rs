//! The first page of a problem, first part: what happens, the repaired lines, why, and the price.

use super::fitting::Fitting;
use super::pattern::{in_thread, shows_how, way_out};
use super::{Subject, changes_alone, command, line_of, reasons};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::document::{Block, Prose};
use crate::knowledge::{Language, PageKind};
use crate::review::{SAVED_OUTPUT, sentence};
use crate::tutor::reading::{Writer, as_sentence};
use crate::tutor::statements::Statement;
use crate::wording::{self, Wording, answer};

/// As many changed lines as the answer shows.
const SHOWN: usize = 12;

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    writer.sentence(&problem.message, Block::Conclusion);
    match subject.fix() {
        Some(fix) => repaired(writer, subject, fix),
        None => by_hand(writer, subject, problem),
    }
    elsewhere(writer, subject, problem);
}

fn repaired(writer: &mut Writer, subject: Subject, fix: &Fix) {
    let changed = changes_alone(subject.document, &fix.edits, SHOWN);
    let names_cell = changed.iter().any(|(cell, _)| *cell != subject.cell) || changed.len() > 1;
    for (cell, lines) in changed {
        if names_cell {
            writer.paragraph(wording::pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
        }
        writer.same(Block::Diff(lines));
    }
    let command = command(subject.document, fix);
    let moves = command.is_some();
    let is_shown_only = fix.applicability == Applicability::DisplayOnly && !moves;
    if let Some(text) = command {
        writer.same(Block::Code { language: "shell".to_owned(), text });
    }
    let knowledge = subject.knowledge;
    if let Some((_, why)) = reasons(fix).first() {
        labelled(writer, answer::WHY, |language| sentence(knowledge, language, why));
    }
    writer.stated.extend(Statement::of_text(price_key(fix, moves)));
    labelled(writer, answer::PRICE, |language| price(subject, fix, moves, language));
    if is_shown_only {
        writer.paragraph(wording::pattern::DISPLAY, &[]);
    }
}

/// What changes in meaning, in one sentence for each change.
fn price(subject: Subject, fix: &Fix, moves: bool, language: Language) -> String {
    let knowledge = subject.knowledge;
    let work = fix.reasons.iter().find_map(|(_, message)| message.argument("work"));
    let work = work.map(|work| format!("`{work}`"));
    let work = work.unwrap_or_else(|| knowledge.ui(language, wording::tradeoffs::THE_CALL, &[]));
    let said = |id: &&str| Some(as_sentence(&knowledge.price(language, id, &work)?, language));
    let all: Vec<String> = fix.tradeoffs.iter().filter_map(said).collect();
    match all.as_slice() {
        [] => knowledge.ui(language, price_key(fix, moves), &[]),
        all => all.join(if language == Language::Zh { "" } else { " " }),
    }
}

/// The text that says what it costs; where several things change, each says so itself.
fn price_key(fix: &Fix, moves: bool) -> Wording {
    match (fix.tradeoffs.len(), moves) {
        (0, true) => answer::MOVE_PRICE,
        (0, false) => answer::NOTHING_ELSE,
        (1, _) => wording::tradeoffs::ONE,
        _ => wording::tradeoffs::SEVERAL,
    }
}

/// There is no repair that is sure to be right: the pattern's first sentence says what to do. An old
/// output is no code: its cell wants to be run, and nothing is left to write.
fn by_hand(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    if problem.message.key == SAVED_OUTPUT {
        return;
    }
    let fitting = Fitting::new(subject, problem);
    let first = problem.patterns.first();
    let page = first.and_then(|id| subject.knowledge.page(PageKind::Pattern, id));
    let is_told = fitting.way_out(problem, Language::En).is_some();
    if let Some(page) = page.filter(|page| !is_told && fitting.page(page)) {
        writer.opening_as_paragraph(page);
    }
    way_out(writer, &fitting, problem, Block::Paragraph);
    in_thread(writer, &fitting, problem);
    let shown = shows_how(subject, problem, &fitting);
    writer.paragraph(if shown { answer::BY_HAND } else { answer::BY_HAND_ALONE }, &[]);
}

/// The other places of the cell where the same happens.
fn elsewhere(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let same = subject.document.review.of_cell(subject.cell);
    let others = same.filter(|it| it.rule == problem.rule && it.span != problem.span);
    let mut lines: Vec<usize> = others.map(|it| line_of(subject.document, it.span)).collect();
    lines.dedup();
    if lines.is_empty() {
        return;
    }
    let shown: Vec<String> = lines.iter().take(6).map(ToString::to_string).collect();
    let more = if lines.len() > shown.len() { ", …" } else { "" };
    let lines = format!("{}{more}", shown.join(", "));
    let key = if subject.fix().is_some() { answer::ELSEWHERE } else { answer::ELSEWHERE_TOO };
    writer.paragraph(key, &[("lines", &lines)]);
}

fn labelled(writer: &mut Writer, label: Wording, text: impl Fn(Language) -> String) {
    let knowledge = writer.knowledge;
    writer.each(|language| {
        let text = as_sentence(&text(language), language);
        Block::Paragraph(Prose::of(&knowledge.ui(language, label, &[("text", &text)])))
    });
}
