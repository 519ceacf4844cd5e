//! Places underlines and their labels in as few rows under a line of code as possible.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::ink::{Ink, head};
use crate::document::Tone;
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::Underline;

/// An underline on one line.
#[derive(Debug, Clone)]
pub struct Spot<'a> {
    /// Columns of the line's text, from 0.
    pub columns: Range<usize>,
    pub underline: &'a Underline,
}

/// A stretch of a row under the code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bit {
    /// First column, from 0, counted as the line's text is.
    pub column: usize,
    pub span: Span<'static>,
}

/// A row under the code.
pub type BitRow = Vec<Bit>;

/// Places underlines. `room` is the column after the last one that can be seen; labels end there.
/// A label stands behind its tildes, in front of them, or in a row under them: wherever it fits.
pub fn place(spots: &[Spot<'_>], room: usize, ink: &Ink<'_>) -> Vec<BitRow> {
    let mut groups = group(spots);
    groups.sort_by_key(|group| (group.columns.start, group.columns.end));
    let mut rows = Rows::default();
    for group in groups {
        let tildes = group.tildes(ink);
        let labels = group.labels(ink);
        let length: usize = labels.iter().map(|span| visible::width(&span.content)).sum();
        let Range { start, end } = group.columns;
        if length == 0 {
            rows.put(vec![tildes], start..end, 0);
        } else if end + 1 + length <= room {
            let bits = lay(labels, end + 1, room, tildes);
            rows.put(bits, start..end + 1 + length, 0);
        } else if length < start {
            let bits = lay(labels, start - 1 - length, room, tildes);
            rows.put(bits, start - 1 - length..end, 0);
        } else {
            let row = rows.put(vec![tildes], start..end, 0);
            let column = start.min(room.saturating_sub(length));
            let mut bits = lay(labels, column, room, Bit::default());
            bits.retain(|bit| !bit.span.content.is_empty());
            rows.put(bits, column..column + length, row + 1);
        }
    }
    rows.0.into_iter().map(|(row, _)| row).collect()
}

/// Rows with the columns that are taken.
#[derive(Default)]
struct Rows(Vec<(BitRow, Vec<Range<usize>>)>);

impl Rows {
    /// Puts bits into the first row from `first` on where nothing is in their way, with a space
    /// to their neighbours. Returns that row.
    fn put(&mut self, bits: BitRow, taken: Range<usize>, first: usize) -> usize {
        let free = |(_, used): &(BitRow, Vec<Range<usize>>)| {
            used.iter().all(|used| taken.end < used.start || used.end < taken.start)
        };
        let at = self.0.iter().skip(first).position(free).map_or(self.0.len(), |at| first + at);
        while self.0.len() <= at {
            self.0.push(Default::default());
        }
        if let Some((row, used)) = self.0.get_mut(at) {
            row.extend(bits);
            used.push(taken);
        }
        at
    }
}

/// Underlines of the same columns; they share their tildes.
struct Group<'a> {
    columns: Range<usize>,
    members: Vec<&'a Underline>,
}

fn group<'a>(spots: &[Spot<'a>]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for Spot { columns, underline } in spots {
        // An empty range still shows one tilde.
        let columns = columns.start..columns.end.max(columns.start + 1);
        match groups.iter_mut().find(|group| group.columns == columns) {
            Some(group) => group.members.push(underline),
            None => groups.push(Group { columns, members: vec![underline] }),
        }
    }
    groups
}

impl Group<'_> {
    fn tildes(&self, ink: &Ink<'_>) -> Bit {
        let Range { start, end } = self.columns;
        let first = self.members.first();
        let look = first.map_or(Style::default(), |one| ink.theme.tone(one.tone));
        let is_evidence = first.is_some_and(|one| one.tone == Tone::Evidence);
        let sign = if is_evidence { ink.glyphs.evidence } else { "~" };
        Bit { column: start, span: Span::styled(sign.repeat(end - start), look) }
    }

    /// Each member's sign and words.
    fn labels(&self, ink: &Ink<'_>) -> Vec<Span<'static>> {
        let mut out: Vec<Span<'static>> = Vec::new();
        for underline in &self.members {
            if !out.is_empty() {
                out.push(Span::raw("  "));
            }
            if let Some(mark) = underline.mark {
                out.push(ink.mark(mark));
                out.push(Span::raw(" "));
            }
            let look = ink.style(Slot::from(underline.tone));
            out.push(Span::styled(ink.safe(&underline.label).into_owned(), look));
        }
        out.retain(|span| !span.content.is_empty());
        out
    }
}

/// Lays spans out from `column` on, cut at `room`, and adds the tildes.
fn lay(spans: Vec<Span<'static>>, mut column: usize, room: usize, tildes: Bit) -> BitRow {
    let mut bits = vec![tildes];
    for span in spans {
        let shown = head(&span.content, room.saturating_sub(column)).to_owned();
        let width = visible::width(&shown);
        bits.push(Bit { column, span: Span::styled(shown, span.style) });
        column += width;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Mark;
    use crate::shell::tui::testing::with_ink;
    use crate::text::TextRange;

    fn draw(spots: &[(Range<usize>, &str)], room: usize) -> Vec<String> {
        let underlines: Vec<Underline> = spots
            .iter()
            .map(|(_, label)| Underline {
                range: TextRange::default(),
                tone: Tone::Mistake,
                mark: (!label.is_empty()).then_some(Mark::Error),
                label: (*label).to_owned(),
            })
            .collect();
        let spots: Vec<Spot<'_>> = spots
            .iter()
            .zip(&underlines)
            .map(|((columns, _), underline)| Spot { columns: columns.clone(), underline })
            .collect();
        let rows = with_ink(|ink| place(&spots, room, ink));
        rows.iter().map(text).collect()
    }

    fn text(row: &BitRow) -> String {
        let mut row = row.clone();
        row.sort_by_key(|bit| bit.column);
        let mut out = String::new();
        for bit in row {
            assert!(visible::width(&out) <= bit.column, "{out:?} runs into {bit:?}");
            out.push_str(&" ".repeat(bit.column - visible::width(&out)));
            out.push_str(&bit.span.content);
        }
        out
    }

    #[test]
    fn a_label_follows_its_tildes() {
        assert_eq!(draw(&[(4..8, "run")], 40), ["    ~~~~ ✖ run"]);
    }

    #[test]
    fn underlines_share_a_row_when_nothing_collides() {
        assert_eq!(draw(&[(20..23, "b"), (0..3, "a")], 40), ["~~~ ✖ a             ~~~ ✖ b"]);
    }

    #[test]
    fn colliding_labels_get_rows_of_their_own() {
        assert_eq!(
            draw(&[(0..3, "alpha"), (6..9, "b"), (14..15, "c")], 40),
            ["~~~ ✖ alpha   ~ ✖ c", "      ~~~ ✖ b",]
        );
    }

    #[test]
    fn two_labels_of_one_place_share_its_tildes() {
        assert_eq!(draw(&[(2..5, "one"), (2..5, "two")], 40), ["  ~~~ ✖ one  ✖ two"]);
    }

    #[test]
    fn a_label_without_room_behind_stands_in_front() {
        assert_eq!(draw(&[(12..16, "run")], 20), ["      ✖ run ~~~~"]);
    }

    #[test]
    fn a_label_without_room_on_either_side_stands_below() {
        assert_eq!(draw(&[(4..9, "name")], 12), ["    ~~~~~", "    ✖ name"]);
        assert_eq!(draw(&[(2..5, "long-name-it-is")], 12), ["  ~~~", "✖ long-name-"]);
    }

    #[test]
    fn an_empty_range_shows_one_tilde() {
        assert_eq!(draw(&[(3..3, "")], 12), ["   ~"]);
    }
}
