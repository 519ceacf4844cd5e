//! `# nbasync: ignore[rule]` on a line, `# nbasync: skip-cell` in a cell.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::facts::CellFacts;
use crate::text::{CellIndex, Span, TextRange, position};

/// The name under which a comment that silences nothing is reported.
pub const UNUSED_IGNORE: &str = "unused-ignore";

/// A comment that silences diagnostics.
struct Silence {
    span: Span,
    /// `None` for the whole cell; else the line, from 1.
    line: Option<usize>,
    /// Empty for every rule.
    rules: Vec<String>,
    used: bool,
}

/// Takes out what comments silence, and reports the comments that silence nothing. What is left and
/// what was taken out are sorted by place.
pub(super) fn apply(
    cells: &[Arc<CellFacts>],
    diagnostics: Vec<Diagnostic>,
) -> (Vec<Diagnostic>, Vec<Diagnostic>) {
    let mut silences: Vec<Silence> = cells
        .iter()
        .enumerate()
        .flat_map(|(index, cell)| in_cell(CellIndex(index), cell))
        .collect();
    let (mut silenced, mut kept): (Vec<Diagnostic>, Vec<Diagnostic>) =
        diagnostics.into_iter().partition(|found| is_silenced(cells, &mut silences, found));
    for silence in silences.iter().filter(|silence| !silence.used) {
        let mut unused =
            Diagnostic::new(UNUSED_IGNORE, Severity::Hint, silence.span, UNUSED_IGNORE);
        unused.message = Message::new("interface", UNUSED_IGNORE);
        kept.push(unused);
    }
    for list in [&mut kept, &mut silenced] {
        list.sort_by_key(|found| (found.span, found.rule));
    }
    (kept, silenced)
}

/// The comments in the cells that silence something, or would.
pub fn silences(cells: &[Arc<CellFacts>]) -> Vec<Span> {
    let of_cell = |(index, cell): (usize, &Arc<CellFacts>)| in_cell(CellIndex(index), cell);
    cells.iter().enumerate().flat_map(of_cell).map(|silence| silence.span).collect()
}

fn in_cell(cell: CellIndex, facts: &CellFacts) -> Vec<Silence> {
    let tree = &facts.syntax.tree;
    let read = |range: &TextRange| {
        let text = tree.text(*range).trim_start_matches('#').trim();
        let order = text.strip_prefix("nbasync:")?.trim();
        let line = position(tree.source(), range.start).line;
        let span = Span::new(cell, *range);
        if order == "skip-cell" {
            return Some(Silence { span, line: None, rules: Vec::new(), used: false });
        }
        let list = order.strip_prefix("ignore")?.trim();
        let names = list.strip_prefix('[').and_then(|list| list.split(']').next());
        let rules = names.unwrap_or_default().split(',').map(str::trim);
        let rules = rules.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        Some(Silence { span, line: Some(line), rules, used: false })
    };
    facts.syntax.comments.iter().filter_map(read).collect()
}

fn is_silenced(cells: &[Arc<CellFacts>], silences: &mut [Silence], found: &Diagnostic) -> bool {
    let Some(facts) = cells.get(found.span.cell.0) else { return false };
    let source = facts.syntax.tree.source();
    let lines =
        position(source, found.span.range.start).line..=position(source, found.span.range.end).line;
    let mut silenced = false;
    for silence in silences.iter_mut().filter(|silence| silence.span.cell == found.span.cell) {
        let here = silence.line.is_none_or(|line| lines.contains(&line));
        let named = silence.rules.is_empty() || silence.rules.iter().any(|rule| rule == found.rule);
        if here && named {
            silence.used = true;
            silenced = true;
        }
    }
    silenced
}
