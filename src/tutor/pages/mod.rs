//! The guide's pages: what each step says of this very cell.

mod answer;
mod apply;
mod calm;
mod deviations;
mod fitting;
mod mistake;
mod pattern;
mod proof;
mod situation;
pub(super) mod spent;
mod tradeoffs;

use super::document::Document;
use super::proving::{Attempt, Prospect};
use super::reading::{Reading, Writer};
use super::statements::Statement;
use super::view::Page;
use crate::diagnostic::{Diagnostic, Fix, Message};
use crate::document::{Change, DiffLine, diff};
use crate::knowledge::{Knowledge, Language};
use crate::text::{CellIndex, Edit, Span, apply_edits, position};
use crate::wording::{Wording, reviewing, steps};

pub(super) use apply::{command, helper_to_move};
pub use deviations::deviation_list;
pub(super) use proof::{of_task, run};

/// A step of the walkthrough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Step {
    #[default]
    Situation,
    Mistake,
    Pattern,
    Tradeoffs,
    Proof,
    Apply,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 6] =
        [Step::Situation, Step::Mistake, Step::Pattern, Step::Tradeoffs, Step::Proof, Step::Apply];

    /// The interface text that names it.
    pub fn label(self) -> Wording {
        match self {
            Step::Situation => steps::SITUATION,
            Step::Mistake => steps::MISTAKE,
            Step::Pattern => steps::PATTERN,
            Step::Tradeoffs => steps::TRADEOFFS,
            Step::Proof => steps::PROOF,
            Step::Apply => steps::APPLY,
        }
    }

    /// Its number, from 1.
    pub fn number(self) -> usize {
        Step::ALL.iter().position(|step| *step == self).map_or(1, |at| at + 1)
    }
}

/// What a page is about.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub knowledge: &'a Knowledge,
    pub document: &'a Document,
    pub cell: CellIndex,
    /// `None` for a cell without a problem.
    pub problem: Option<&'a Diagnostic>,
    /// Which of the problem's fixes is looked at.
    pub choice: usize,
}

impl Subject<'_> {
    /// The fix that is looked at.
    pub fn fix(&self) -> Option<&Fix> {
        self.problem?.fixes.get(self.choice)
    }
}

/// What the step of the proof tells of.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    /// What was asked for, when it is about this very problem or still going on.
    pub attempt: Option<&'a Attempt>,
    /// What would be proved; `None` on other steps.
    pub prospect: Option<&'a Prospect>,
}

/// Writes the page of a step.
pub fn page(subject: Subject, step: Step, reading: Reading, proof: Proof) -> Page {
    written(subject, step, reading, proof).finish()
}

/// What the page of a step says that another page might deny.
pub fn stated(subject: Subject, step: Step, proof: Proof) -> Vec<Statement> {
    written(subject, step, Reading::One(Language::En), proof).stated
}

fn written<'k>(subject: Subject<'k>, step: Step, reading: Reading, proof: Proof) -> Writer<'k> {
    let mut writer = Writer::new(subject.knowledge, reading);
    match (subject.problem, step) {
        (_, Step::Situation) => situation::write(&mut writer, subject),
        (None, _) => calm::write(&mut writer, subject),
        (Some(problem), Step::Mistake) => mistake::write(&mut writer, subject, problem),
        (Some(problem), Step::Pattern) => pattern::write(&mut writer, subject, problem),
        (Some(problem), Step::Tradeoffs) => tradeoffs::write(&mut writer, subject, problem),
        (Some(problem), Step::Proof) => proof::write(&mut writer, subject, problem, proof),
        (Some(problem), Step::Apply) => apply::write(&mut writer, subject, problem),
    }
    writer
}

/// Writes the page of a notebook whose review is still being made.
pub fn waiting(knowledge: &Knowledge, reading: Reading) -> Page {
    let mut writer = Writer::new(knowledge, reading);
    writer.conclusion(reviewing::NOW, &[]);
    writer.paragraph(reviewing::MEANWHILE, &[]);
    writer.finish()
}

/// The line on which a span starts, from 1.
pub(super) fn line_of(document: &Document, span: Span) -> usize {
    position(document.source(span.cell), span.range.start).line
}

/// What the edits make of each cell, as differences.
pub(super) fn differences(document: &Document, edits: &[Edit]) -> Vec<(CellIndex, Vec<DiffLine>)> {
    let mut cells: Vec<CellIndex> = edits.iter().map(|edit| edit.span.cell).collect();
    cells.sort_unstable();
    cells.dedup();
    let of_cell = |cell: CellIndex| {
        let before = document.source(cell);
        let after = apply_edits(cell, before, edits)?;
        Some((cell, diff(before, &after)))
    };
    cells.into_iter().filter_map(of_cell).collect()
}

/// What the edits change in each cell: the lines that go and come, without those around them, and
/// no more than `most` of a cell.
pub(super) fn changes_alone(
    document: &Document,
    edits: &[Edit],
    most: usize,
) -> Vec<(CellIndex, Vec<DiffLine>)> {
    let mut changed = differences(document, edits);
    changed.retain(|(_, lines)| says_something(lines));
    for (_, lines) in &mut changed {
        lines.retain(|line| line.change != Change::Same);
        lines.dedup_by(|line, before| line.change == Change::Gap && before.change == Change::Gap);
        if lines.len() > most {
            lines.truncate(most);
            let text = String::new();
            lines.push(DiffLine { change: Change::Gap, text, changed: Vec::new() });
        }
    }
    changed
}

/// Whether a difference shows anything.
pub(super) fn says_something(lines: &[DiffLine]) -> bool {
    lines.iter().any(|line| matches!(line.change, Change::Added | Change::Removed))
}

/// The reasons of a fix without repetition, in order.
pub(super) fn reasons(fix: &Fix) -> Vec<(Span, &Message)> {
    let mut seen: Vec<&Message> = Vec::new();
    let mut out = Vec::new();
    for (span, message) in &fix.reasons {
        if !seen.contains(&message) {
            seen.push(message);
            out.push((*span, message));
        }
    }
    out
}
