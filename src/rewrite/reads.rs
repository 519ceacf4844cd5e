//! Whether a cell still reads as Python once edits are made. Only the statements that the edits touch
//! are read again: what stands beside them reads as it did.

use std::ops::RangeInclusive;

use crate::execution::Run;
use crate::python::{self, Kind, NodeId, Role, Tree};
use crate::text::{CellIndex, Edit, Span, TextRange, apply_edits};

/// Whether `cell` reads as Python before and after the edits that concern it. Not so, too, where so
/// much was read again in this notebook that it is not looked at any more.
pub(super) fn reads(run: &Run, cell: CellIndex, edits: &[Edit]) -> bool {
    let Some(syntax) = run.index(run.key_of(cell)).map(|cell| &cell.syntax) else {
        return false;
    };
    if !syntax.errors.is_empty() {
        return false;
    }
    let tree = &syntax.tree;
    let mut mine: Vec<&Edit> = edits.iter().filter(|edit| edit.span.cell == cell).collect();
    mine.sort_by_key(|edit| (edit.span.range.start, edit.span.range.end));
    // What changes a cell magic changes how all of the cell is read.
    let parts = syntax.magic.is_none().then(|| parts(tree, &mine)).flatten();
    let reads_alone = |part: &Part| run.may_read(part.text.len()) && part.reads();
    if parts.is_some_and(|parts| parts.iter().all(reads_alone)) {
        return true;
    }
    run.may_read(tree.source().len())
        && apply_edits(cell, tree.source(), edits).is_some_and(|after| python::is_valid(&after))
}

/// Whole lines of a block that hold edits.
struct Part {
    /// The lines after the edits.
    text: String,
    /// The white space in front of the block's statements.
    indent: String,
}

impl Part {
    /// Whether the lines read as a part of a block that goes on behind them. `false` may also mean
    /// that the rest of the cell has to be seen.
    fn reads(&self) -> bool {
        let Self { text, indent } = self;
        let says = |line: &str| !matches!(line.trim_start().chars().next(), None | Some('#'));
        let line_end = if text.ends_with('\n') { "" } else { "\n" };
        let block = match indent.as_str() {
            "" => format!("{text}{line_end}pass\n"),
            _ => format!("if 1:\n{text}{line_end}{indent}pass\n"),
        };
        text.lines().any(says) && python::is_valid(&block)
    }
}

/// The lines that are touched, with the edits made. `None` where they do not fit together.
fn parts(tree: &Tree, edits: &[&Edit]) -> Option<Vec<Part>> {
    let mut groups: Vec<(Lines, TextRange, Vec<&Edit>)> = Vec::new();
    for edit in edits {
        let (mut touched, mut edits) = (edit.span.range, vec![*edit]);
        let mut lines = Lines::around(tree, touched)?;
        // Lines that meet are read together.
        while let Some((_, above, more)) =
            groups.pop_if(|(before, ..)| lines.range.start() <= before.range.end())
        {
            touched = TextRange::new(above.start, touched.end.max(above.end));
            lines = Lines::around(tree, touched)?;
            edits = [more, edits].concat();
        }
        groups.push((lines, touched, edits));
    }
    groups.into_iter().map(|(lines, _, edits)| part(tree, &lines, &edits)).collect()
}

fn part(tree: &Tree, lines: &Lines, edits: &[&Edit]) -> Option<Part> {
    let start = tree.lines().start(*lines.range.start());
    let end = tree.lines().start(lines.range.end() + 1);
    let cell = CellIndex(0);
    let inside = |edit: &&Edit| {
        let range = edit.span.range;
        let moved = TextRange::new(range.start.checked_sub(start)?, range.end.checked_sub(start)?);
        (range.end <= end).then(|| Edit::replace(Span::new(cell, moved), edit.text.clone()))
    };
    let edits: Vec<Edit> = edits.iter().map(inside).collect::<Option<_>>()?;
    let text = apply_edits(cell, tree.source().get(start..end)?, &edits)?;
    Some(Part { text, indent: lines.indent.clone() })
}

/// Lines that hold whole statements of one block.
struct Lines {
    range: RangeInclusive<usize>,
    indent: String,
}

impl Lines {
    /// The lines of the statements that a change of `range` touches, in the innermost block that
    /// holds all of them.
    fn around(tree: &Tree, range: TextRange) -> Option<Self> {
        let touched = tree.lines().line(range.start)..=tree.lines().line(range.end);
        let mut found = Self::of(tree, &tree.block(None, Role::Top), &touched)?;
        let mut holder = found.1;
        while let Some(only) = holder {
            let inner = blocks(tree, only)
                .into_iter()
                .find_map(|(node, role)| Self::of(tree, &tree.block(Some(node), role), &touched));
            let Some(inner) = inner else { break };
            holder = inner.1;
            found = inner;
        }
        Some(found.0)
    }

    /// The lines of those statements of a block which share a line with the touched ones, where all
    /// of these lie in the block; and the statement, when it is only one.
    fn of(
        tree: &Tree,
        block: &[NodeId],
        touched: &RangeInclusive<usize>,
    ) -> Option<(Self, Option<NodeId>)> {
        let line = |offset| tree.lines().line(offset);
        let start = |node: &NodeId| line(tree.range(*node).start);
        let end = |node: &NodeId| line(tree.range(*node).end);
        let from = block.partition_point(|node| end(node) < *touched.start());
        let to = block.partition_point(|node| start(node) <= *touched.end());
        let here = block.get(from..to)?;
        let (first, last) = (here.first()?, here.last()?);
        let (above, below) = (block.first()?, block.last()?);
        let holds = start(above) <= *touched.start() && *touched.end() <= end(below);
        let at = tree.range(*above).start;
        let indent = tree.source().get(tree.lines().start(line(at))..at)?;
        let is_apart = indent.trim_start_matches([' ', '\t']).is_empty();
        let top = tree.parent(*first).is_none();
        ((holds || top) && is_apart).then(|| {
            let range = start(first).min(*touched.start())..=end(last).max(*touched.end());
            let only = (here.len() == 1).then_some(*first);
            (Self { range, indent: indent.to_owned() }, only)
        })
    }
}

/// The blocks of statements in a statement, handlers and cases looked into.
fn blocks(tree: &Tree, node: NodeId) -> Vec<(NodeId, Role)> {
    let is_elif = |inner: &NodeId| {
        matches!(tree.kind(*inner), Kind::If) && tree.source_of(*inner).starts_with("elif")
    };
    let parts = |role| tree.children_in(node, role).flat_map(|part| blocks(tree, part));
    match tree.kind(node) {
        Kind::Match => parts(Role::Body).collect(),
        Kind::FunctionDef { .. }
        | Kind::ClassDef { .. }
        | Kind::With { .. }
        | Kind::Case
        | Kind::Handler { .. } => vec![(node, Role::Body)],
        Kind::If if tree.child(node, Role::Else).as_ref().is_some_and(is_elif) => {
            std::iter::once((node, Role::Body)).chain(parts(Role::Else)).collect()
        }
        Kind::For { .. } | Kind::While | Kind::If => {
            vec![(node, Role::Body), (node, Role::Else)]
        }
        Kind::Try => [(node, Role::Body), (node, Role::Else), (node, Role::Finally)]
            .into_iter()
            .chain(parts(Role::Handler))
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the lines that are read for an edit, each source with the place marked by `@`.
    fn check(marked: &str, new: &str, expected: Option<&str>) {
        let at = marked.find('@').unwrap();
        let source = marked.replace('@', "");
        let tree = python::parse(&source).tree;
        let edit = Edit::insert(CellIndex(0), at, new);
        let parts = parts(&tree, &[&edit]);
        let found = parts.as_ref().and_then(|parts| parts.first());
        assert_eq!(found.map(|part| part.text.as_str()), expected, "{marked}");
        if found.is_some_and(Part::reads) {
            let whole = apply_edits(CellIndex(0), &source, &[edit]).unwrap();
            assert!(python::is_valid(&whole), "{whole}");
        }
    }

    #[test]
    fn only_the_statement_that_is_touched_is_read() {
        check("a\nb = @f()\nc\n", "await ", Some("b = await f()\n"));
        check("def g():\n    a\n    b@\n    c\n", "()", Some("    b()\n"));
        check("try:\n    a\nexcept E:\n    b@\nc", "()", Some("    b()\n"));
        check("if a:\n    b\nelif c:\n    d@\nelse:\n    e\n", "()", Some("    d()\n"));
        check("match a:\n    case 1:\n        b@\n        c\n", "()", Some("        b()\n"));
        check("a; b@; c\nd", "()", Some("a; b(); c\n"));
    }

    #[test]
    fn a_head_is_read_with_its_block() {
        check("a\ndef @g():\n    b\nc\n", "h", Some("def hg():\n    b\n"));
        check("if a: @b\nc", "f()", Some("if a: f()b\n"));
        check("if a:\n    b\nelif @c:\n    d\n", "x", Some("if a:\n    b\nelif xc:\n    d\n"));
    }

    #[test]
    fn what_leaves_its_block_is_not_taken_for_good() {
        let broken = |marked: &str, new: &str| {
            let at = marked.find('@').unwrap();
            let tree = python::parse(&marked.replace('@', "")).tree;
            let edit = Edit::insert(CellIndex(0), at, new);
            parts(&tree, &[&edit]).unwrap().iter().all(Part::reads)
        };
        assert!(!broken("def f():\n    a@\n    b\n", "\nc"));
        assert!(!broken("if a:\n    @b\n    c\n", "("));
        assert!(!broken("if a:\n    @b\n    c\n", "# "));
        assert!(broken("if a:\n    b@\n    c\n", "\n    d"));
    }

    #[test]
    fn changes_that_meet_are_read_together() {
        let source = "def f():\n    a\n    b\nc\nd\n";
        let tree = python::parse(source).tree;
        let insert = |at| Edit::insert(CellIndex(0), at, "x");
        let edits = [insert(4), insert(14), insert(20), insert(22)];
        let all: Vec<&Edit> = edits.iter().collect();
        let texts: Vec<String> =
            parts(&tree, &all).unwrap().into_iter().map(|part| part.text).collect();
        assert_eq!(texts, ["def xf():\n    ax\n    bx\n", "cx\n"]);
    }
}
