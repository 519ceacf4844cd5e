//! Step 6: what will be written where, and the other ways to take the repair along.

use super::{Subject, differences, says_something};
use crate::diagnostic::{Applicability, Diagnostic, Fix};
use crate::document::{Block, Mark};
use crate::notebook::Format;
use crate::review::helper_of;
use crate::tutor::document::Document;
use crate::tutor::reading::Writer;
use crate::wording::{Wording, apply, pattern, situation};

pub(super) fn write(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let document = subject.document;
    let writable = subject.fix().filter(|fix| fix.applicability > Applicability::DisplayOnly);
    let command = subject.fix().and_then(|fix| command(document, fix));
    match writable {
        Some(fix) => {
            let changed = differences(document, &fix.edits);
            let cells: Vec<String> = changed
                .iter()
                .filter(|(_, lines)| says_something(lines))
                .map(|(cell, _)| cell.number().to_string())
                .collect();
            let key = match (document.path.is_some(), cells.len() > 1) {
                (true, false) => apply::WRITES,
                (true, true) => apply::WRITES_SEVERAL,
                (false, false) => apply::CHANGES,
                (false, true) => apply::CHANGES_SEVERAL,
            };
            let cells = cells.join(", ");
            writer.conclusion(key, &[("cells", &cells), ("file", &document.name)]);
            for (cell, lines) in changed.into_iter().filter(|(_, lines)| says_something(lines)) {
                writer.paragraph(pattern::IN_CELL, &[("cell", &cell.number().to_string())]);
                writer.same(Block::Diff(lines));
            }
            if document.path.is_some() {
                let kept = match document.notebook.format {
                    Format::Marimo => apply::KEPT_FRAMED,
                    Format::Ipynb { .. } => apply::KEPT,
                    // No other form holds outputs.
                    _ => apply::KEPT_BYTES,
                };
                writer.paragraph(kept, &[]);
            }
        }
        None => match &command {
            Some(command) => {
                writer.conclusion(apply::MOVES, &[("file", &document.name)]);
                writer.paragraph(apply::COMMAND, &[("command", command)]);
                writer.paragraph(apply::ALSO, &[]);
            }
            None if subject.fix().is_some() => writer.conclusion(apply::SHOWN_ONLY, &[]),
            None => writer.conclusion(apply::NOTHING, &[]),
        },
    }
    if let Some(why) = document.notebook.read_only() {
        writer.paragraph(situation::READ_ONLY, &[("why", &why.to_string())]);
    }
    let copies = match (&command, subject.fix()) {
        (Some(_), _) => apply::KEY_Y_COMMAND,
        (None, Some(_)) if writable.is_some() => apply::KEY_Y,
        (None, Some(fix)) if !fix.edits.is_empty() => apply::KEY_Y_SHOWN,
        (None, _) => apply::KEY_Y_AS_IT_IS,
    };
    let key = match (writable.is_some(), command.is_some()) {
        (true, _) if document.path.is_some() => Some(apply::KEY_W),
        (true, _) => Some(apply::KEY_W_MEMORY),
        (false, true) => Some(apply::KEY_W_MOVE),
        (false, false) => None,
    };
    keys(writer, key, copies);
    next(writer, subject, problem);
}

/// The helper that the fix moves into a module, which is no edit of a cell.
pub(in crate::tutor) fn helper_to_move<'f>(document: &Document, fix: &'f Fix) -> Option<&'f str> {
    helper_of(fix).filter(|_| document.path.is_some())
}

/// The command that moves it.
pub(in crate::tutor) fn command(document: &Document, fix: &Fix) -> Option<String> {
    let function = helper_to_move(document, fix)?;
    let path = document.path.as_ref()?.to_str()?;
    Some(format!("nbasync extract {} {function}", quoted(path)))
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "/._-:".contains(char);
    match path.chars().all(is_plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

fn keys(writer: &mut Writer, writes: Option<Wording>, copies: Wording) {
    writer.heading(apply::KEYS);
    if let Some(key) = writes {
        writer.item(Mark::Bullet, key, &[]);
        writer.item(Mark::Bullet, apply::KEY_U, &[]);
    }
    writer.item(Mark::Bullet, copies, &[]);
    writer.item(Mark::Bullet, apply::KEY_S, &[]);
    writer.item(Mark::Bullet, apply::KEY_E, &[]);
}

fn next(writer: &mut Writer, subject: Subject, problem: &Diagnostic) {
    let order = subject.document.order();
    let here = order.walk_of(problem).and_then(|at| order.walks().get(at)).map(|it| it.key);
    let Some(way) = order.way(here, true).filter(|way| way.count > 1) else {
        return writer.paragraph(apply::ONLY, &[]);
    };
    let key = if way.wraps { apply::FIRST_AGAIN } else { apply::NEXT };
    writer.paragraph(key, &[("cell", &way.to.0.number().to_string())]);
}
