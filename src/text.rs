//! Places in a cell's text and changes to it: ranges, spans, edits, lines and columns.

mod lines;
mod wording;

use hashbrown::HashMap;
use std::borrow::Cow;

pub use lines::LineTable;
pub use wording::{Counted, Wording};

/// Which cell of a notebook, from 0 over all cells. People are shown [`CellIndex::number`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CellIndex(pub usize);

impl CellIndex {
    /// The cell's number as people count, from 1.
    pub fn number(self) -> usize {
        self.0.saturating_add(1)
    }
}

/// A stretch of a cell's source in UTF-8 bytes from the cell's first byte; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TextRange {
    pub start: usize,
    pub end: usize,
}

impl TextRange {
    /// The range from `start` to `end`, or an empty one at `start` where `end` lies before it.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// The empty range at `offset`.
    pub fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether nothing lies between start and end.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The text there; empty when the range does not fit the text's character boundaries.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// A range in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    pub cell: CellIndex,
    pub range: TextRange,
}

impl Span {
    /// The range `start..end` of cell `cell`, in bytes.
    pub fn new(cell: CellIndex, range: TextRange) -> Self {
        Self { cell, range }
    }
}

/// Replaces what stands at `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    /// An edit that puts `text` in place of the span.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// An edit that inserts `text` before byte `offset` of `cell`.
    pub fn insert(cell: CellIndex, offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(cell, TextRange::at(offset)), text)
    }

    /// An edit that removes the span.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// The edit that makes `after` of `before`: what both begin and end with stays.
    pub fn between(cell: CellIndex, before: &str, after: &str) -> Self {
        let (head, tail) = same_ends(before, after);
        let text = after.get(head..after.len() - tail).unwrap_or_default();
        Self::replace(Span::new(cell, TextRange::new(head, before.len() - tail)), text)
    }
}

/// The words of a text that may be names.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|it: char| !it.is_alphanumeric() && it != '_');
    words.filter(|word| !word.is_empty())
}

/// Applies to `source` those of `edits` that concern `cell`. `None` when two of them overlap or
/// one does not fit the text; equal replacements, and equal imports, count once.
pub fn apply_edits(cell: CellIndex, source: &str, edits: &[Edit]) -> Option<String> {
    let mut mine: Vec<&Edit> = edits.iter().filter(|edit| edit.span.cell == cell).collect();
    mine.sort_by_key(|edit| (edit.span.range.start, edit.span.range.end));
    // Two brackets may be put in at one place; the same import is wanted once.
    mine.dedup_by(|a, b| a == b && (!a.span.range.is_empty() || a.text.starts_with("import ")));
    let mut out = String::with_capacity(source.len());
    let mut done = 0;
    for edit in mine {
        out.push_str(source.get(done..edit.span.range.start)?);
        out.push_str(&edit.text);
        done = edit.span.range.end;
    }
    out.push_str(source.get(done..)?);
    Some(out)
}

/// Edits that do not overlap, made ready to be asked where things stand once they are made.
#[derive(Debug, Clone, Default)]
pub struct Carrier<'e> {
    /// Each cell's edits in order, each with the bytes that those up to it add and take away.
    cells: HashMap<CellIndex, Vec<(&'e Edit, usize, usize)>>,
}

impl<'e> Carrier<'e> {
    /// Sorts the edits, once for all questions.
    pub fn new(edits: &'e [Edit]) -> Self {
        let mut sorted: Vec<&Edit> = edits.iter().collect();
        sorted.sort_by_key(|edit| (edit.span.cell, edit.span.range.start, edit.span.range.end));
        sorted.dedup();
        let mut cells: HashMap<CellIndex, Vec<(&Edit, usize, usize)>> = HashMap::new();
        for edit in sorted {
            let cell = cells.entry(edit.span.cell).or_default();
            let (added, removed) = cell.last().map_or((0, 0), |(_, added, gone)| (*added, *gone));
            cell.push((edit, added + edit.text.len(), removed + edit.span.range.len()));
        }
        Self { cells }
    }

    /// Where `span` stands once the edits are made. What they put at either end of it counts as a
    /// part of it; where an end of it is replaced, the whole replacement does.
    pub fn carry(&self, span: Span) -> Span {
        let Some(edits) = self.cells.get(&span.cell) else { return span };
        let TextRange { start, end } = span.range;
        // Of edits in order that do not overlap, those wholly before a place come first, and at
        // most one reaches over it.
        let before_start = edits.partition_point(|(edit, ..)| {
            edit.span.range.end <= start && edit.span.range.start < start
        });
        let before_end = edits.partition_point(|(edit, ..)| edit.span.range.end <= end);
        let over = |at: usize, place: usize| {
            edits.get(at).map(|(edit, ..)| *edit).filter(|edit| edit.span.range.start < place)
        };
        let moved = |count: usize, place: usize| {
            let last = count.checked_sub(1).and_then(|at| edits.get(at));
            let (added, removed) = last.map_or((0, 0), |(_, added, removed)| (*added, *removed));
            (place + added).saturating_sub(removed)
        };
        let new_start = match over(before_start, start) {
            Some(edit) => moved(before_start, edit.span.range.start),
            None => moved(before_start, start),
        };
        let new_end = match over(before_end, end) {
            Some(edit) => moved(before_end, edit.span.range.start) + edit.text.len(),
            None => moved(before_end, end),
        };
        Span::new(span.cell, TextRange::new(new_start, new_end))
    }
}

/// A place as people and JSON name it: both from 1, the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// Finds the position of byte `offset` in `source`. An offset past the end, or inside a
/// character, counts as the nearest boundary before it.
pub fn position(source: &str, offset: usize) -> Position {
    let before = source.get(..floor_boundary(source, offset)).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).map_or(0, |rest| rest.chars().count()) + 1,
    }
}

/// The greatest character boundary of `source` at or before `offset`, in bytes.
pub fn floor_boundary(source: &str, offset: usize) -> usize {
    let mut at = offset.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The byte range of the line (without its line end) that holds `offset`.
pub fn line_range(source: &str, offset: usize) -> TextRange {
    let at = floor_boundary(source, offset);
    let start = source.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |found| found + 1);
    let end = source.get(at..).and_then(|rest| rest.find('\n')).map_or(source.len(), |n| at + n);
    TextRange::new(start, end)
}

/// The white space that opens the line which holds `offset`.
pub fn indentation(source: &str, offset: usize) -> &str {
    let line = line_range(source, offset).slice(source);
    line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
}

/// `text` with `\n` line ends alone. A carriage return ends a line, and those right before a line
/// feed belong to it; nothing else does, so that a form feed or U+2028 stays what it is.
/// Source: Python ends its lines the same way,
/// <https://docs.python.org/3/reference/lexical_analysis.html#physical-lines>.
pub fn with_plain_ends(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive('\n') {
        let line = piece.strip_suffix('\n').map(|line| line.trim_end_matches('\r'));
        out.push_str(&line.unwrap_or(piece).replace('\r', "\n"));
        if line.is_some() {
            out.push('\n');
        }
    }
    Cow::Owned(out)
}

/// How many bytes two texts share at their starts, whole words only, and, beyond these, at their
/// ends.
pub fn same_ends(old: &str, new: &str) -> (usize, usize) {
    let same = old.chars().zip(new.chars()).take_while(|(a, b)| a == b);
    let start: usize = same.map(|(char, _)| char.len_utf8()).sum();
    let shared = old.get(..start).unwrap_or_default();
    let is_word = |char: char| char.is_alphanumeric() || char == '_';
    let start = shared.trim_end_matches(is_word).len();
    let rests = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let same = rests.0.chars().rev().zip(rests.1.chars().rev()).take_while(|(a, b)| a == b);
    (start, same.map(|(char, _)| char.len_utf8()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit::replace(Span::new(CellIndex(0), TextRange::new(start, end)), text)
    }

    #[test]
    fn edits_apply_in_text_order_whatever_order_they_come_in() {
        let edits = [edit(4, 5, "C"), edit(0, 1, "A")];
        assert_eq!(apply_edits(CellIndex(0), "a b c", &edits).as_deref(), Some("A b C"));
    }

    #[test]
    fn overlapping_edits_are_refused() {
        assert_eq!(apply_edits(CellIndex(0), "abcd", &[edit(0, 3, "x"), edit(2, 4, "y")]), None);
    }

    #[test]
    fn edits_of_other_cells_do_not_count() {
        assert_eq!(apply_edits(CellIndex(1), "abcd", &[edit(0, 3, "x")]).as_deref(), Some("abcd"));
    }

    #[test]
    fn a_span_goes_along_with_the_text_around_it() {
        let carried = |start, end, edits: &[Edit]| {
            let span = Span::new(CellIndex(0), TextRange::new(start, end));
            let TextRange { start, end } = Carrier::new(edits).carry(span).range;
            (start, end)
        };
        let edits = [edit(8, 8, "!!"), edit(0, 3, "a"), edit(4, 4, "await "), edit(4, 4, "await ")];
        // "abc d() e()" becomes "a await d() !!e()".
        assert_eq!(carried(4, 7, &edits), (2, 11));
        assert_eq!(carried(4, 8, &edits), (2, 14));
        assert_eq!(carried(9, 10, &edits), (15, 16));
        assert_eq!(carried(1, 2, &edits), (0, 1));
        let elsewhere = Span::new(CellIndex(1), TextRange::new(4, 7));
        assert_eq!(Carrier::new(&edits).carry(elsewhere), elsewhere);
    }

    #[test]
    fn what_two_texts_share_is_no_part_of_the_edit_between_them() {
        for (before, after, start, end, text) in [
            ("a b", "a x b", 2, 2, "x "),
            ("a x b", "a b", 2, 4, ""),
            ("run(a)", "run(ab)", 4, 5, "ab"),
            ("((", "(((", 2, 2, "("),
            ("x = 1;", "x = 1;", 6, 6, ""),
            ("", "new", 0, 0, "new"),
            ("é = 1", "è = 1", 0, 2, "è"),
            ("x = 1\ny = 2", "x = 1\ny = 3", 10, 11, "3"),
        ] {
            let edit = Edit::between(CellIndex(2), before, after);
            let span = Span::new(CellIndex(2), TextRange::new(start, end));
            assert_eq!(edit, Edit::replace(span, text), "{before} {after}");
            let made = apply_edits(CellIndex(2), before, std::slice::from_ref(&edit));
            assert_eq!(made.as_deref(), Some(after));
        }
    }

    #[test]
    fn a_column_counts_characters_not_bytes() {
        assert_eq!(position("é = 1\n中文 = 2", 14), Position { line: 2, column: 4 });
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(position("ab", 99), Position { line: 1, column: 3 });
    }

    #[test]
    fn every_kind_of_line_end_becomes_a_line_feed() {
        for (text, plain) in [
            ("a\rb\rc\r", "a\nb\nc\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("a\r\r\nb", "a\nb"),
            ("a\n\rb", "a\n\nb"),
            ("\r", "\n"),
            ("10%\r20%\ndone\n", "10%\n20%\ndone\n"),
            ("a\n\nb", "a\n\nb"),
            ("", ""),
        ] {
            assert_eq!(with_plain_ends(text), plain, "{text:?}");
        }
    }

    #[test]
    fn what_python_does_not_end_a_line_with_stays() {
        let text = "a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f";
        assert_eq!(with_plain_ends(text), text);
        assert_eq!(with_plain_ends(&format!("{text}\r")), format!("{text}\n"));
    }

    #[test]
    fn what_two_texts_share_at_both_ends_is_counted_once() {
        assert_eq!(same_ends("x = run(f())", "x = await f()"), (4, 1));
        assert_eq!(same_ends("x = asyncio.run(f)", "x = await f"), (4, 0));
        assert_eq!(same_ends("(((", "(("), (2, 0));
        assert_eq!(same_ends("é 1", "é 2"), (3, 0));
        assert_eq!(same_ends("a中", "b中"), (0, 3));
    }
}
