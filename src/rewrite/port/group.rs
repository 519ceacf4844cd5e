//! Which parts of a script share a cell.

use super::arguments::Arguments;
use super::outline::{Part, PartKind};
use crate::notebook::FreshCell;

/// A definition of so many lines stands in one cell with others like it.
const SHORT: usize = 2;

/// A cell and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grouped {
    pub kind: PartKind,
    pub fresh: FreshCell,
}

/// The cells: one for the imports, one for each definition, one for each paragraph of the entry.
pub(super) fn cells(parts: Vec<Part>) -> Vec<Grouped> {
    let mut cells: Vec<Grouped> = Vec::new();
    // The last part of the open cell that is no comment.
    let mut last: Option<Part> = None;
    for part in parts {
        let open = cells.last_mut().filter(|cell| belongs(cell, last.as_ref(), &part));
        match open {
            Some(cell) => {
                let blanks = "\n".repeat(part.blanks.min(2));
                cell.fresh.source.push_str(&format!("\n{blanks}{}", part.text));
                // A comment takes the kind of what it stands above.
                if cell.kind == PartKind::Comment {
                    cell.kind = part.kind;
                }
            }
            None => {
                let fresh = match part.kind {
                    PartKind::Prose => FreshCell::markdown(part.text.clone()),
                    _ => FreshCell::code(part.text.clone()),
                };
                cells.push(Grouped { kind: part.kind, fresh });
                last = None;
            }
        }
        if part.kind != PartKind::Comment {
            last = Some(part);
        }
    }
    cells.retain(|cell| !cell.fresh.source.trim().is_empty());
    cells
}

/// Whether a part goes on with the cell before it.
fn belongs(cell: &Grouped, last: Option<&Part>, part: &Part) -> bool {
    use PartKind::{Comment, Definition, Entry, Import, Prose, Statement};
    let lines = |part: &Part| part.text.lines().count();
    let Some(last) = last else { return cell.kind == Comment && part.kind != Prose };
    match (last.kind, part.kind) {
        (Prose, _) | (_, Prose) => false,
        (_, Comment) => part.blanks == 0,
        (Import, Import) => true,
        (Definition, Definition) => {
            last.name == part.name || (lines(last) <= SHORT && lines(part) <= SHORT)
        }
        (Statement, Statement) => part.blanks < 2,
        (Entry, Entry) => part.blanks == 0,
        _ => false,
    }
}

/// Puts the cell of parameters where its values are known and nothing has read it yet.
pub(super) fn add_parameters(cells: &mut Vec<Grouped>, arguments: &Arguments) {
    let lines: Vec<String> = arguments
        .parameters
        .iter()
        .map(|parameter| {
            let comment = parameter.comment.as_ref().map(|it| format!("  # {it}"));
            format!("{} = {}{}", parameter.name, parameter.value, comment.unwrap_or_default())
        })
        .collect();
    let tags = vec!["parameters".to_owned()];
    let fresh = FreshCell { tags, ..FreshCell::code(lines.join("\n")) };
    let is_above = |cell: &Grouped| {
        matches!(cell.kind, PartKind::Prose | PartKind::Comment | PartKind::Import)
    };
    let imports = cells.iter().rposition(|cell| cell.kind == PartKind::Import);
    let top = cells.iter().take_while(|cell| is_above(cell)).count();
    let early = imports.map_or(top, |last| top.min(last + 1));
    let reads = |cell: &Grouped| {
        cell.kind != PartKind::Definition && cell.fresh.source.contains(&arguments.marker)
    };
    let late = cells
        .iter()
        .position(|cell| reads(cell) || cell.kind == PartKind::Entry)
        .unwrap_or(cells.len().saturating_sub(1));
    let at = if arguments.early { early } else { late };
    cells.insert(at.min(cells.len()), Grouped { kind: PartKind::Statement, fresh });
}
