//! marimo files: a cell is the body of a function under `@app.cell`, whose parameters and returns are
//! the names that it shares; a function or class under its own decorator; or the setup block.
//!
//! Source: `_ast/parse.py` and `_ast/codegen.py` of marimo 0.25, which read and write the format;
//! <https://docs.marimo.io/guides/publishing/python_files/>.

mod frame;
mod names;

use super::part::{Part, line_end};
use crate::notebook::margin::Margin;
use crate::notebook::save::Splice;
use crate::notebook::strings::multiline_literals;
use crate::notebook::{CellKind, NewCell, SaveError, start};
use frame::{Block, Shape, blocks};

/// Whether a file imports marimo and makes an app, at the top level.
pub(super) fn detect(file: &str) -> bool {
    if !file.contains(".App(") {
        return false;
    }
    let literals = multiline_literals(file);
    let top = super::part::lines_from(file, start(file)).filter(|(at, _)| {
        let next = literals.partition_point(|literal| literal.end <= *at);
        literals.get(next).is_none_or(|literal| literal.start >= *at)
    });
    let (mut imports, mut makes) = (false, false);
    for (_, line) in top {
        imports |= line.trim_end() == "import marimo" || line.starts_with("import marimo as ");
        makes |= line.strip_prefix("app = ").is_some_and(|rest| {
            let module = rest.split_once(".App(").map_or("", |(module, _)| module);
            !module.is_empty() && module.chars().all(|char| char.is_alphanumeric() || char == '_')
        });
    }
    imports && makes
}

/// The cells in the order of the file. They run by what they need of each other.
pub(super) fn divide(file: &str) -> Vec<Part> {
    blocks(file).iter().map(part).collect()
}

fn part(block: &Block) -> Part {
    let margin = match block.shape {
        Shape::Definition => Margin::None,
        _ => Margin::Indent,
    };
    let mut part = Part::code(block.whole.clone(), block.source.clone(), margin);
    part.title = block.name.clone();
    // The kernel leaves a disabled cell alone.
    if block.is_disabled {
        part.kind = CellKind::Raw;
    }
    part
}

/// What changes around cells with new sources: who takes and gives which names, and who awaits.
///
/// # Errors
/// `OneDefinition` when more than one function or class would stand under the decorator of one.
pub(super) fn around(file: &str, old: &[&str], sources: &[&str]) -> Result<Vec<Splice>, SaveError> {
    names::around(file, &blocks(file), old, sources)
}

/// A new cell before the one at `at`, or after all others, and what changes around the others.
pub(super) fn insertion(
    file: &str,
    at: usize,
    cell: &NewCell,
) -> Result<(Vec<Splice>, String), SaveError> {
    let blocks = blocks(file);
    let end = line_end(file);
    let source = match cell.kind {
        CellKind::Code => cell.source.trim_end().to_owned(),
        _ => names::prose(file, &blocks, cell.source.trim_end()),
    };
    let text = names::new_cell(file, &blocks, &source).replace('\n', end);
    // Nothing comes before the setup block.
    let is_setup = |block: &&Block| block.shape == Shape::Setup;
    let next = blocks.get(at).filter(|block| !is_setup(block));
    let place = match (next, blocks.last()) {
        (Some(next), _) => next.whole.start,
        (None, Some(last)) => last.whole.end,
        (None, None) => return Err(SaveError::NoCells),
    };
    let mut splices = names::around_new(file, &blocks, &source);
    let new = (place..place, format!("{text}{end}{end}{end}"));
    let before = splices.partition_point(|(range, _)| range.start < place);
    splices.insert(before, new);
    Ok((splices, source))
}
