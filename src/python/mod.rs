//! The door to the Python parser: a cell's source goes in, a [`Tree`] and its errors come out.
//!
//! Reading never fails and never panics: what was not understood is an error in the result.

mod builtins;
mod detail;
mod lower;
mod lower_expression;
mod magic;
mod tree;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_ast::PySourceType;
use ruff_python_parser::{Mode, ParseOptions, Parsed};
use ruff_text_size::{Ranged, TextSize};

pub use builtins::{is_builtin, is_of_kernels};
pub use detail::Detail;
pub use magic::{CellMagic, cell_magic};
pub use tree::{Builds, ImportedName, Kind, NameUse, NodeId, Role, Tree};

use crate::text::TextRange;
use lower::Lowering;
use lower_expression::range_of;

/// What was read of a cell.
#[derive(Debug, Clone, Default)]
pub struct CellSyntax {
    pub tree: Tree,
    pub errors: Vec<SyntaxError>,
    pub magic: Option<CellMagic>,
    /// Comments, `#` included; empty for cells that hold no Python.
    pub comments: Vec<TextRange>,
    /// Whether the last expression ends in a semicolon, which keeps IPython from showing it.
    pub ends_in_semicolon: bool,
}

/// A place that is no Python.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Bytes of the cell's source.
    pub range: TextRange,
    /// The parser's words.
    pub message: String,
}

/// Reads a cell as IPython would: cell magics, line magics, `!` and `?` are understood; the body
/// of a cell magic that holds no Python gives an empty tree.
pub fn parse(source: &str) -> CellSyntax {
    let magic = cell_magic(source);
    if magic.as_ref().is_some_and(|magic| !magic.holds_python) {
        let tree = Lowering::new(source).finish();
        return CellSyntax { tree, magic, ..CellSyntax::default() };
    }
    let whole = TextRange::new(0, source.len());
    let range = magic.as_ref().map_or(whole, |magic| magic.body);
    let readable = magic::without_automagic(source);
    let readable = readable.as_deref().unwrap_or(source);
    let mut syntax = read(source, readable, range);
    syntax.magic = magic;
    syntax
}

/// Whether `source` is whole Python as a cell: nothing in it is an error.
pub fn is_valid(source: &str) -> bool {
    parse(source).errors.is_empty()
}

fn read(source: &str, readable: &str, range: TextRange) -> CellSyntax {
    let ipython = || parse_range(readable, range, ParseOptions::from(Mode::Ipython));
    let plain = || parse_range(readable, range, ParseOptions::from(PySourceType::Python));
    // The parser is known to hit `unreachable!` on half-typed text; plain mode survives some.
    let parsed = caught(ipython).or_else(|| caught(plain));
    let Some(parsed) = parsed else {
        let message = "the parser could not read this cell".to_owned();
        let errors = vec![SyntaxError { range, message }];
        let tree = Lowering::new(source).finish();
        return CellSyntax { tree, errors, ..CellSyntax::default() };
    };
    let mut lowering = Lowering::new(source);
    lowering.statements(parsed.suite(), None, Role::Top);
    let errors = parsed.errors().iter().map(|error| SyntaxError {
        range: range_of(error.location),
        message: error.error.to_string(),
    });
    let too_deep = lowering.too_deep;
    let syntax = CellSyntax {
        errors: errors.collect(),
        comments: comments(&parsed),
        ends_in_semicolon: ends_in_semicolon(&parsed),
        tree: lowering.finish(),
        magic: None,
    };
    if too_deep {
        // Dropping a deep tree recurses once for each level.
        stacker::grow(source.len().saturating_mul(1024) + (1 << 20), || drop(parsed));
    }
    syntax
}

/// The statements of a stretch of `source`, or nothing when it is no Python.
fn parse_fragment(source: &str, range: TextRange) -> Option<Parsed<ruff_python_ast::ModModule>> {
    caught(|| parse_range(source, range, ParseOptions::from(Mode::Module)))
}

fn parse_range(
    source: &str,
    range: TextRange,
    options: ParseOptions,
) -> Parsed<ruff_python_ast::ModModule> {
    let size = |offset: usize| TextSize::try_from(offset).unwrap_or_default();
    let range = ruff_text_size::TextRange::new(size(range.start), size(range.end));
    ruff_python_parser::parse_cells_unchecked(source, [range], &options)
}

thread_local! {
    static CATCHING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether a panic on this thread is about to be caught by the parser's door, so that a panic
/// hook may stay silent.
pub fn is_catching() -> bool {
    CATCHING.get()
}

fn caught<T>(parse: impl FnOnce() -> T) -> Option<T> {
    let before = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(parse)).ok();
    CATCHING.set(before);
    result
}

fn comments(parsed: &Parsed<ruff_python_ast::ModModule>) -> Vec<TextRange> {
    let is_comment = |token: &&ruff_python_ast::token::Token| token.kind().is_comment();
    parsed.tokens().iter().filter(is_comment).map(|token| range_of(token.range())).collect()
}

fn ends_in_semicolon(parsed: &Parsed<ruff_python_ast::ModModule>) -> bool {
    let mut tokens = parsed.tokens().iter().rev();
    let last = tokens.find(|token| !token.kind().is_trivia() && !token.kind().is_any_newline());
    last.is_some_and(|token| token.kind() == ruff_python_ast::token::TokenKind::Semi)
}

#[cfg(test)]
mod tests;
