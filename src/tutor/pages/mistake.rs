//! Step 2: what the cell does, why it fails or loses something, and what a kernel answers.

use super::fitting::Fitting;
use super::{Subject, line_of};
use crate::diagnostic::Diagnostic;
use crate::document::{Block, Mark, Prose};
use crate::review::sentence;
use crate::tutor::marks::mark;
use crate::tutor::reading::Writer;
use crate::tutor::statements::{Outcome, Statement};
use crate::wording::mistake;

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    writer.sentence(&problem.message, Block::Conclusion);
    notes(writer, subject, problem);
    let fitting = Fitting::new(subject, problem);
    if let Some(page) = fitting.concluded(problem) {
        writer.opening_as_paragraph(page);
    }
    if let (Some(page), sections) = fitting.explained(problem) {
        for anchor in sections.iter().filter(|anchor| fitting.section(page, anchor)) {
            writer.section(page, anchor);
        }
    }
    others(writer, subject, problem);
}

fn notes(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let knowledge = subject.knowledge;
    for note in &problem.notes {
        writer.stated.extend(Statement::of_message(&note.message));
        let line = note.span.map(|span| line_of(subject.document, span).to_string());
        writer.each(|language| {
            let mut text = sentence(knowledge, language, &note.message);
            if let Some(line) = &line {
                let at = knowledge.ui(language, mistake::AT_LINE, &[("line", line)]);
                text = format!("{text}{at}");
            }
            Block::Item { mark: Mark::Bullet, body: Prose::of(&text) }
        });
    }
}

/// Whether two problems of a rule are the same mistake.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    let outcome = Outcome::of(one);
    let is_apart = outcome == Outcome::Apart;
    outcome == Outcome::of(other) && (!is_apart || one.message.key == other.message.key)
}

/// Other cells with the same mistake.
fn others(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let same = subject
        .document
        .problems()
        .filter(|other| other.rule == problem.rule && other.span != problem.span)
        .filter(|other| is_same(other, problem));
    let same: Vec<&Diagnostic> = same.collect();
    if same.is_empty() {
        return;
    }
    writer.heading(mistake::OTHERS);
    for other in same.iter().take(8) {
        let cell = other.span.cell.number().to_string();
        let line = line_of(subject.document, other.span).to_string();
        writer.item(mark(other.severity), mistake::OTHER, &[("cell", &cell), ("line", &line)]);
    }
    if same.len() > 8 {
        let more = (same.len() - 8).to_string();
        writer.paragraph(mistake::MORE, &[("count", &more)]);
    }
}
