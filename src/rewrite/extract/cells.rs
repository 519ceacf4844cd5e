//! The notebook without the helpers: an import in their place, and autoreload once.

use std::collections::BTreeMap;

use super::Refusal;
use super::closure::Closure;
use super::module::moved_range;
use crate::environment::Host;
use crate::execution::{CellKey, Run, Site};
use crate::notebook::{Format, Notebook};
use crate::python::{self, Kind};
use crate::rewrite::delete_statement;
use crate::text::{CellIndex, Edit, TextRange, apply_edits};

/// New sources of cells, and the source of a cell to put before the first of them.
pub(super) type Changes = (Vec<(CellIndex, String)>, Option<String>);

/// The cells' new sources.
pub(super) fn change(
    run: &Run,
    notebook: &Notebook,
    closure: &Closure,
    module: &str,
) -> Result<Changes, Refusal> {
    let mut by_cell: BTreeMap<CellKey, Vec<Site>> = BTreeMap::new();
    for statement in closure.moved.keys() {
        by_cell.entry(statement.cell).or_default().push(*statement);
    }
    let change = |(key, statements): (CellKey, Vec<Site>)| {
        let edits = edits(run, &statements, import_line(closure, &statements, module));
        let cell = run.position(key);
        let changed = apply_edits(cell, run.tree(key).source(), &edits);
        let changed = changed.filter(|changed| python::is_valid(changed));
        Ok((cell, changed.ok_or(Refusal::Unfit { cell })?))
    };
    let changes = by_cell.into_iter().map(change).collect::<Result<_, _>>()?;
    Ok((changes, setup(run, notebook)))
}

fn import_line(closure: &Closure, statements: &[Site], module: &str) -> String {
    let moved = statements.iter().filter_map(|site| closure.moved.get(site));
    let names: Vec<&str> = moved.flat_map(|moved| &moved.names).map(String::as_str).collect();
    format!("from {module} import {}", names.join(", "))
}

/// The first statement becomes the import; the others go with the blank lines above them.
fn edits(run: &Run, statements: &[Site], import: String) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut import = Some(import);
    for statement in statements {
        let range = moved_range(run, *statement);
        let span = |range| run.span_of(statement.cell, range);
        let source = run.tree(statement.cell).source();
        edits.push(match import.take() {
            Some(import) => Edit::replace(span(range), import),
            None if is_alone(source, range) => {
                let before = source.get(..range.start).unwrap_or_default();
                Edit::delete(span(TextRange::new(before.trim_end().len(), range.end)))
            }
            None => delete_statement(run, *statement),
        });
    }
    edits
}

/// Whether whole lines are meant.
fn is_alone(source: &str, range: TextRange) -> bool {
    let before =
        source.get(..range.start).is_none_or(|text| text.is_empty() || text.ends_with('\n'));
    let after =
        source.get(range.end..).is_none_or(|text| text.is_empty() || text.starts_with('\n'));
    before && after
}

/// The cell that makes the kernel follow the module's edits, where the notebook has none.
///
/// A script's magics are comments, as Jupytext writes them, unless the script has bare ones:
/// <https://jupytext.readthedocs.io/en/latest/formats-scripts.html>.
fn setup(run: &Run, notebook: &Notebook) -> Option<String> {
    let said = |words: &[&str]| {
        let mut lines = notebook.cells.iter().flat_map(|cell| cell.source.lines());
        lines.any(|line| {
            let line = line.trim_start_matches(['#', ' ']);
            words.iter().any(|word| line.starts_with(word))
        })
    };
    let loads = ["%load_ext autoreload", "%reload_ext autoreload"];
    let follows = ["%autoreload 2", "%autoreload all", "%autoreload complete", "%aimport"];
    if said(&loads) && said(&follows) {
        return None;
    }
    // marimo has no magics; its settings reload modules.
    if run.environment().host == Host::Marimo {
        return None;
    }
    let is_magic = |site: Site| matches!(run.kind(site), Kind::Escape { .. });
    let commented = notebook.format == Format::Percent && !run.sites().any(is_magic);
    let sign = if commented { "# " } else { "" };
    Some(format!("{sign}%load_ext autoreload\n{sign}%autoreload 2"))
}
