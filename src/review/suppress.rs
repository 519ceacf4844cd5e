//! `# nbasync: ignore[rule]` on a line, `# nbasync: skip-cell` in a cell.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Found, Message, Severity};
use crate::index::ReadCell;
use crate::text::{Carrier, CellIndex, Edit, Span, TextRange, apply_edits, line_range};
use crate::wording;

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
pub(super) fn apply(cells: &[Arc<ReadCell>], diagnostics: Vec<Found>) -> (Vec<Found>, Vec<Found>) {
    let mut silences = Silences::of(cells);
    let (mut silenced, mut kept): (Vec<Found>, Vec<Found>) =
        diagnostics.into_iter().partition(|found| silences.take(cells, found.order()));
    for silence in silences.unused() {
        let mut unused =
            Diagnostic::new(UNUSED_IGNORE, Severity::Hint, silence.span, UNUSED_IGNORE);
        unused.message = Message::says(wording::UNUSED_IGNORE);
        kept.push(unused.into());
    }
    for list in [&mut kept, &mut silenced] {
        list.sort_by_key(Found::order);
    }
    (kept, silenced)
}

/// The comments in the cells that silence something, or would.
pub fn silences(cells: &[Arc<ReadCell>]) -> Vec<Span> {
    let of_cell = |(index, cell): (usize, &Arc<ReadCell>)| in_cell(CellIndex(index), cell);
    cells.iter().enumerate().flat_map(of_cell).map(|silence| silence.span).collect()
}

/// The change that keeps a diagnostic quiet by a comment on its line: a comment that is there
/// already names one rule more, and one of another kind stays behind ours. `None` where the line
/// takes no comment, as in a magic or in a string.
pub fn silence(cells: &[Arc<ReadCell>], found: &Diagnostic) -> Option<Edit> {
    let Span { cell, range } = found.span;
    let read = cells.get(cell.0)?;
    let (source, rule) = (read.syntax().tree.source(), found.rule);
    let lines = [range.start, range.end].map(|at| line_range(source, at));
    let edits = lines.into_iter().flat_map(|line| {
        let comment = read.syntax().comments.iter().find(|it| line.contains(**it));
        let more = comment.and_then(|comment| one_more(cell, *comment, source, rule));
        more.or_else(|| Some(fresh(cell, line, comment.copied(), source, rule)))
    });
    edits.into_iter().find(|edit| silences_it(read, edit, found))
}

/// Adds a rule to the list of a comment.
fn one_more(cell: CellIndex, comment: TextRange, source: &str, rule: &str) -> Option<Edit> {
    let text = comment.slice(source);
    let open = text.find("nbasync:")? + text.split_once("nbasync:")?.1.find("ignore[")?;
    let close = open + text.get(open..)?.find(']')?;
    let is_empty = text.get(open..close)?.ends_with('[');
    let comma = if is_empty { "" } else { ", " };
    Some(Edit::insert(cell, comment.start + close, format!("{comma}{rule}")))
}

/// A comment at the end of the line, or before the one that stands there.
fn fresh(
    cell: CellIndex,
    line: TextRange,
    comment: Option<TextRange>,
    source: &str,
    rule: &str,
) -> Edit {
    let ours = format!("# nbasync: ignore[{rule}]");
    match comment {
        Some(comment) => Edit::insert(cell, comment.start, format!("{ours}  ")),
        None => {
            let end = line.start + line.slice(source).trim_end().len();
            Edit::insert(cell, end, format!("  {ours}"))
        }
    }
}

/// Whether the cell with the edit reads as it did, and the comment counts for the diagnostic.
fn silences_it(read: &ReadCell, edit: &Edit, found: &Diagnostic) -> bool {
    let (cell, source) = (edit.span.cell, read.syntax().tree.source());
    let Some(source) = apply_edits(cell, source, std::slice::from_ref(edit)) else { return false };
    let changed = Arc::new(read.with_source(&source));
    // The cell by itself is enough to see it.
    let alone = CellIndex(0);
    let span = Carrier::new(std::slice::from_ref(edit)).carry(found.span);
    let found = (Span { cell: alone, ..span }, found.rule);
    let mut silences = Silences::from_list(in_cell(alone, &changed));
    changed.syntax().errors.len() <= read.syntax().errors.len() && silences.take(&[changed], found)
}

fn in_cell(cell: CellIndex, read: &ReadCell) -> Vec<Silence> {
    let tree = &read.syntax().tree;
    let order_in = |range: &TextRange| {
        let text = tree.text(*range).trim_start_matches('#').trim();
        let order = text.strip_prefix("nbasync:")?.trim();
        let line = tree.position(range.start).line;
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
    read.syntax().comments.iter().filter_map(order_in).collect()
}

/// The comments of all cells, by where they count.
struct Silences {
    list: Vec<Silence>,
    /// Places in `list`, by cell and line.
    by_line: BTreeMap<(CellIndex, usize), Vec<usize>>,
    /// Cells that are skipped, and whether there was something to skip.
    skipped: HashMap<CellIndex, bool>,
}

impl Silences {
    fn of(cells: &[Arc<ReadCell>]) -> Self {
        let all = cells.iter().enumerate();
        Self::from_list(all.flat_map(|(index, cell)| in_cell(CellIndex(index), cell)).collect())
    }

    fn from_list(list: Vec<Silence>) -> Self {
        let (mut by_line, mut skipped) = (BTreeMap::<_, Vec<usize>>::new(), HashMap::new());
        for (at, silence) in list.iter().enumerate() {
            match silence.line {
                Some(line) => by_line.entry((silence.span.cell, line)).or_default().push(at),
                None => _ = skipped.insert(silence.span.cell, false),
            }
        }
        Self { list, by_line, skipped }
    }

    /// Whether a comment silences what a rule says of a place; every one that does is used.
    fn take(&mut self, cells: &[Arc<ReadCell>], (span, rule): (Span, &str)) -> bool {
        let Span { cell, range } = span;
        let Some(read) = cells.get(cell.0).filter(|_| !self.list.is_empty()) else { return false };
        let line = |offset| read.syntax().tree.position(offset).line;
        let skipped = self.skipped.get_mut(&cell).map(|used| *used = true).is_some();
        let mut silenced = skipped;
        for at in self.by_line.range((cell, line(range.start))..=(cell, line(range.end))) {
            for silence in at.1 {
                let Some(silence) = self.list.get_mut(*silence) else { continue };
                let named = silence.rules.is_empty() || silence.rules.iter().any(|it| it == rule);
                silence.used |= named;
                silenced |= named;
            }
        }
        silenced
    }

    fn unused(&self) -> impl Iterator<Item = &Silence> {
        self.list.iter().filter(|silence| match silence.line {
            Some(_) => !silence.used,
            None => self.skipped.get(&silence.span.cell) != Some(&true),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{FreshCell, Notebook, ipynb_of, parse_ipynb};
    use crate::review::review;
    use crate::rules::tables_for_tests;

    const HEAD: &str = "import asyncio\nasync def f(*_): ...\n";

    fn read(source: &str) -> Notebook {
        parse_ipynb(ipynb_of(&[FreshCell::code(source)])).unwrap()
    }

    /// The cell after its first diagnostic was silenced, which it then is.
    fn silenced(source: &str) -> Option<String> {
        let (notebook, tables) = (read(source), tables_for_tests());
        let before = review(&notebook, &tables);
        let at = |found: &&Diagnostic| found.rule == "asyncio-run-in-cell";
        let edit = silence(&before.cells, before.found().find(at)?)?;
        let after = apply_edits(CellIndex(0), source, &[edit]).unwrap();
        let left = review(&read(&after), &tables);
        assert_eq!(left.found().filter(at).count(), 0, "{after}");
        Some(after)
    }

    #[test]
    fn a_comment_stands_at_the_end_of_the_line_or_joins_the_one_there() {
        let ours = "# nbasync: ignore[asyncio-run-in-cell]";
        for (line, expected) in [
            ("asyncio.run(f())", format!("asyncio.run(f())  {ours}")),
            ("asyncio.run(f())   ", format!("asyncio.run(f())  {ours}   ")),
            ("asyncio.run(f())  # noqa", format!("asyncio.run(f())  {ours}  # noqa")),
            (
                "asyncio.run(f())  # nbasync: ignore[dropped-task]",
                "asyncio.run(f())  # nbasync: ignore[dropped-task, asyncio-run-in-cell]".to_owned(),
            ),
            ("asyncio.run(f('''\n'''))", format!("asyncio.run(f('''\n'''))  {ours}")),
            ("asyncio.run(\\\n    f())", format!("asyncio.run(\\\n    f())  {ours}")),
        ] {
            let read = silenced(&format!("{HEAD}{line}"));
            assert_eq!(read, Some(format!("{HEAD}{expected}")));
        }
    }

    #[test]
    fn where_no_line_takes_a_comment_none_is_offered() {
        assert_eq!(silenced("%time __import__('asyncio').run(f())"), None);
        let between = "asyncio.run(f('''\n''', *'''\n'''.split(\n), x='''\n'''))";
        let silenced = silenced(&format!("{HEAD}{between}; y = '''\n'''"));
        assert_eq!(silenced, None);
    }
}
