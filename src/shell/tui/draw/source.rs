//! A cell's source made ready for drawing: lines, colours, and the rows under each line.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::ink::Ink;
use super::underline::{BitRow, Spot, place};
use crate::document::{Mark, Tone};
use crate::shell::tui::paint::{Painted, Painter};
use crate::shell::visible::Visible;
use crate::text::{TextRange, floor_boundary};
use crate::tutor::view::Underline;

/// Bytes of a line that are shown; what follows is left out.
const LONGEST_LINE: usize = 20_000;

/// How often one frame sorts underlines at most, each time with another room.
const ROOMS: usize = 4;

/// A source with what is worth computing once.
#[derive(Debug, Default)]
pub struct Source {
    text: String,
    language: String,
    /// The first byte of each line.
    starts: Vec<usize>,
    pub painted: Arc<Painted>,
    answers: usize,
    /// Underlines that were sorted last, each with the room that they had.
    noted: RefCell<Vec<Noted>>,
}

/// Underlines of the present text and where they are.
#[derive(Debug)]
struct Noted {
    underlines: Vec<Underline>,
    room: usize,
    notes: Rc<Notes>,
}

/// Where underlines are, by line.
#[derive(Debug, Default)]
pub struct Notes {
    /// Rows under a line.
    pub rows: BTreeMap<usize, Vec<BitRow>>,
    /// Lines that continue a range which began above.
    pub bars: BTreeMap<usize, Tone>,
}

impl Source {
    /// Takes a source in; nothing is computed again for the one it holds.
    pub fn fill(&mut self, text: &str, language: &str, painter: &mut Painter) {
        let same = self.text == text && self.language == language && !self.starts.is_empty();
        if same && self.answers == painter.answers {
            return;
        }
        self.starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        // Until an answer comes, the old colours are nearer than none.
        match painter.paint(language, text) {
            Some(painted) => self.painted = painted,
            None if self.language == language => {}
            None => self.painted = Arc::default(),
        }
        self.answers = painter.answers;
        self.noted.take();
        text.clone_into(&mut self.text);
        language.clone_into(&mut self.language);
    }

    /// How many lines there are; at least one.
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line without its line end.
    pub fn line(&self, line: usize) -> TextRange {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        TextRange::new(start, end.min(floor_boundary(&self.text, start + LONGEST_LINE)))
    }

    /// The line that holds the byte `offset`, from 0.
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// A line as it is shown.
    pub fn shown(&self, line: usize, ink: &Ink<'_>) -> Visible {
        Visible::new(self.line(line).slice(&self.text), ink.glyphs.charset)
    }

    /// The columns that a range takes on a line, from 0.
    pub fn columns(&self, range: TextRange, line: usize, ink: &Ink<'_>) -> Range<usize> {
        let here = self.line(line);
        let from = range.start.clamp(here.start, here.end) - here.start;
        let to = range.end.clamp(here.start, here.end) - here.start;
        self.shown(line, ink).columns(TextRange::new(from, to))
    }

    /// Sorts underlines by line. `room` is the column after the last one that can be seen. The same
    /// underlines are not sorted again for each frame.
    pub fn notes(&self, underlines: &[Underline], room: usize, ink: &Ink<'_>) -> Rc<Notes> {
        let is_same = |known: &&Noted| known.room == room && known.underlines == underlines;
        if let Some(known) = self.noted.borrow().iter().find(is_same) {
            return Rc::clone(&known.notes);
        }
        let notes = Rc::new(self.sorted(underlines, room, ink));
        let mut noted = self.noted.borrow_mut();
        if noted.len() >= ROOMS {
            noted.remove(0);
        }
        noted.push(Noted { underlines: underlines.to_vec(), room, notes: Rc::clone(&notes) });
        notes
    }

    /// Forgets where underlines are: they look otherwise now.
    pub fn forget_notes(&self) {
        self.noted.take();
    }

    fn sorted(&self, underlines: &[Underline], room: usize, ink: &Ink<'_>) -> Notes {
        let mut spots: BTreeMap<usize, Vec<Spot<'_>>> = BTreeMap::new();
        let mut bars = BTreeMap::new();
        for underline in underlines {
            let (first, last) = self.lines_of(underline.range);
            let columns = self.columns(underline.range, first, ink);
            spots.entry(first).or_default().push(Spot { columns, underline });
            for line in first + 1..=last {
                bars.entry(line).or_insert(underline.tone);
            }
        }
        let rows = spots.into_iter().map(|(line, spots)| (line, place(&spots, room, ink)));
        Notes { rows: rows.collect(), bars }
    }

    /// The first and the last line of a range. A range that ends with a line end stops there.
    fn lines_of(&self, range: TextRange) -> (usize, usize) {
        let first = self.line_of(range.start.min(self.text.len()));
        let last = self.line_of(range.end.min(self.text.len()).saturating_sub(1).max(range.start));
        (first, last.max(first))
    }
}

impl Notes {
    /// Rows that a line takes.
    pub fn height(&self, line: usize) -> usize {
        1 + self.rows.get(&line).map_or(0, Vec::len)
    }

    /// Rows above a line.
    pub fn rows_before(&self, line: usize) -> usize {
        line + self.rows.range(..line).map(|(_, rows)| rows.len()).sum::<usize>()
    }

    /// The line that row `row` belongs to, and how many of its rows lie above.
    pub fn line_at(&self, row: usize) -> (usize, usize) {
        let mut extra = 0;
        for (line, rows) in &self.rows {
            let start = line + extra;
            if row <= start {
                break;
            }
            if row <= start + rows.len() {
                return (*line, row - start);
            }
            extra += rows.len();
        }
        (row.saturating_sub(extra), 0)
    }
}

/// How grave an underline is; the gravest colours what several share.
pub fn gravity(underline: &Underline) -> usize {
    match underline.mark {
        Some(Mark::Error) => 0,
        Some(Mark::Warning) => 1,
        Some(Mark::Hint) => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tui::testing::with_ink;

    fn source(text: &str) -> Source {
        let mut source = Source::default();
        source.fill(text, "python", &mut Painter::at_once());
        source
    }

    fn underline(start: usize, end: usize) -> Underline {
        Underline {
            range: TextRange::new(start, end),
            tone: Tone::Evidence,
            mark: None,
            label: String::new(),
        }
    }

    #[test]
    fn an_empty_source_has_one_line() {
        let source = source("");
        assert_eq!((source.line_count(), source.line(0)), (1, TextRange::default()));
    }

    #[test]
    fn rows_and_lines_find_each_other() {
        let source = source("a\nb\nc\nd");
        let notes = with_ink(|ink| source.notes(&[underline(2, 3), underline(6, 7)], 40, ink));
        let rows: Vec<usize> = (0..4).map(|line| notes.rows_before(line)).collect();
        assert_eq!(rows, [0, 1, 3, 4]);
        let lines: Vec<_> = (0..7).map(|row| notes.line_at(row)).collect();
        assert_eq!(lines, [(0, 0), (1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (4, 0)]);
    }

    #[test]
    fn a_range_over_lines_has_its_label_under_the_first_and_bars_at_the_others() {
        let source = source("with x:\n    a\n    b\nc");
        let notes = with_ink(|ink| source.notes(&[underline(0, 20)], 40, ink));
        assert_eq!(notes.rows.keys().copied().collect::<Vec<_>>(), [0]);
        assert_eq!(notes.bars.keys().copied().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_range_past_the_end_is_on_the_last_line() {
        let source = source("a\nb");
        let notes = with_ink(|ink| source.notes(&[underline(90, 99)], 40, ink));
        assert_eq!(notes.rows.keys().copied().collect::<Vec<_>>(), [1]);
    }
}
