//! Step 5: what will be written where, and the other ways to take the repair along.

use super::{Subject, differences, says_something};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::tutor::reading::Writer;
use crate::tutor::view::{Block, Mark};

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let document = subject.document;
    let writable = subject.fix().filter(|fix| fix.applicability > Applicability::DisplayOnly);
    match writable {
        Some(fix) => {
            let changed = differences(document, &fix.edits);
            let cells: Vec<String> = changed
                .iter()
                .filter(|(_, lines)| says_something(lines))
                .map(|(cell, _)| cell.number().to_string())
                .collect();
            let cells = cells.join(", ");
            let key = if document.path.is_some() { "apply.writes" } else { "apply.changes" };
            writer.conclusion(key, &[("cells", &cells), ("file", &document.name)]);
            for (cell, lines) in changed.into_iter().filter(|(_, lines)| says_something(lines)) {
                writer.paragraph("pattern.in-cell", &[("cell", &cell.number().to_string())]);
                writer.same(Block::Diff(lines));
            }
            if document.path.is_some() {
                writer.paragraph("apply.kept", &[]);
            }
        }
        None => writer.conclusion("apply.nothing", &[]),
    }
    if let Some(why) = document.notebook.read_only() {
        writer.paragraph("situation.read-only", &[("why", &why.to_string())]);
    }
    keys(writer, writable.is_some(), document.path.is_some());
    next(writer, subject, problem);
}

fn keys(writer: &mut Writer, writes: bool, has_file: bool) {
    writer.heading("apply.keys");
    if writes {
        writer.item(Mark::Bullet, if has_file { "apply.key-w" } else { "apply.key-w-memory" }, &[]);
        writer.item(Mark::Bullet, "apply.key-u", &[]);
    }
    writer.item(Mark::Bullet, "apply.key-y", &[]);
    writer.item(Mark::Bullet, "apply.key-s", &[]);
    writer.item(Mark::Bullet, "apply.key-e", &[]);
}

fn next(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let problems = subject.document.problems();
    let at = problems.iter().position(|other| other == problem);
    match at.and_then(|at| problems.get(at + 1)) {
        Some(next) => {
            let cell = next.span.cell.number().to_string();
            writer.paragraph("apply.next", &[("cell", &cell)]);
        }
        None => writer.paragraph("apply.last", &[]),
    }
}
