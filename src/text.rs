//! Places in a cell's text and changes to it: ranges, spans, edits, lines and columns.

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

/// Where `span` stands once `edits` are made. What they put at either end of it counts as a part of
/// it; where an end of it is replaced, the whole replacement does.
pub fn carry(span: Span, edits: &[Edit]) -> Span {
    let mut mine: Vec<&Edit> = edits.iter().filter(|edit| edit.span.cell == span.cell).collect();
    mine.sort_by_key(|edit| (edit.span.range.start, edit.span.range.end));
    mine.dedup();
    let (mut start, mut end) = (span.range.start, span.range.end);
    // Later edits first: what an edit does to offsets behind it, it does to none before it.
    for Edit { span: Span { range, .. }, text } in mine.into_iter().rev() {
        let moved = |offset: usize| offset.saturating_sub(range.len()) + text.len();
        if range.end <= span.range.start && range.start < span.range.start {
            start = moved(start);
        } else if range.start < span.range.start {
            start = range.start;
        }
        if range.end <= span.range.end {
            end = moved(end);
        } else if range.start < span.range.end {
            end = range.start + text.len();
        }
    }
    Span::new(span.cell, TextRange::new(start, end))
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
            let TextRange { start, end } = carry(span, edits).range;
            (start, end)
        };
        let edits = [edit(8, 8, "!!"), edit(0, 3, "a"), edit(4, 4, "await "), edit(4, 4, "await ")];
        // "abc d() e()" becomes "a await d() !!e()".
        assert_eq!(carried(4, 7, &edits), (2, 11));
        assert_eq!(carried(4, 8, &edits), (2, 14));
        assert_eq!(carried(9, 10, &edits), (15, 16));
        assert_eq!(carried(1, 2, &edits), (0, 1));
        let elsewhere = Span::new(CellIndex(1), TextRange::new(4, 7));
        assert_eq!(carry(elsewhere, &edits), elsewhere);
    }

    #[test]
    fn a_column_counts_characters_not_bytes() {
        assert_eq!(position("é = 1\n中文 = 2", 14), Position { line: 2, column: 4 });
    }

    #[test]
    fn an_offset_past_the_end_is_the_end() {
        assert_eq!(position("ab", 99), Position { line: 1, column: 3 });
    }
}
