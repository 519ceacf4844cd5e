//! The lines of a text, found once, so that each place after that costs a search and no reading.

use super::{Position, TextRange, floor_boundary};

/// Bytes between two places at which the characters so far are known.
const STEP: usize = 256;

/// Where the lines of one text start, and how many characters stand before its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineTable {
    /// The first byte of each line; there is always a first line.
    starts: Vec<usize>,
    /// The characters that begin before each multiple of [`STEP`]; empty where each byte is one.
    characters: Vec<usize>,
    length: usize,
}

impl LineTable {
    /// Reads a text once.
    pub fn of(source: &str) -> Self {
        let bytes = source.as_bytes();
        let ends = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        let characters = if source.is_ascii() { Vec::new() } else { characters(bytes) };
        Self { starts, characters, length: source.len() }
    }

    /// How many lines there are; at least one.
    pub fn count(&self) -> usize {
        self.starts.len().max(1)
    }

    /// The line that holds the byte `offset`, from 0.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The first byte of a line, from 0; the text's length for a line that is not there.
    pub fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.length)
    }

    /// The bytes of a line without its line end.
    pub fn range(&self, line: usize) -> TextRange {
        let end = self.starts.get(line + 1).map_or(self.length, |next| next - 1);
        TextRange::new(self.start(line), end)
    }

    /// The position of the byte `offset` of `source`, which is the text that was read. An offset
    /// past the end, or inside a character, counts as the nearest boundary before it.
    pub fn position(&self, source: &str, offset: usize) -> Position {
        let at = floor_boundary(source, offset);
        let line = self.line(at);
        let before = |byte: usize| self.characters_before(source, byte);
        Position { line: line + 1, column: before(at) - before(self.start(line)) + 1 }
    }

    fn characters_before(&self, source: &str, byte: usize) -> usize {
        let Some(known) = self.characters.get(byte / STEP) else { return byte };
        let rest = source.as_bytes().get(byte / STEP * STEP..byte).unwrap_or_default();
        known + rest.iter().filter(|byte| begins(**byte)).count()
    }
}

fn characters(bytes: &[u8]) -> Vec<usize> {
    let mut known = vec![0];
    let mut count = 0;
    for chunk in bytes.chunks(STEP) {
        count += chunk.iter().filter(|byte| begins(**byte)).count();
        known.push(count);
    }
    known
}

/// Whether a byte of UTF-8 begins a character.
fn begins(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::position;

    #[test]
    fn the_table_finds_every_place_that_reading_finds() {
        let long = format!("x = '{}'\ny = '{}'", "é".repeat(400), "中b".repeat(300));
        for source in ["", "a", "a\nb\n", "é = 1\n中文 = 2", "\n\n", &long] {
            let table = LineTable::of(source);
            for offset in 0..source.len() + 2 {
                assert_eq!(table.position(source, offset), position(source, offset), "{offset}");
            }
        }
    }

    #[test]
    fn a_line_ends_before_its_line_end() {
        let table = LineTable::of("ab\n\nc");
        let lines: Vec<_> = (0..4).map(|line| table.range(line)).collect();
        let expected = [(0, 2), (3, 3), (4, 5), (5, 5)];
        assert_eq!(lines, expected.map(|(start, end)| TextRange::new(start, end)));
        assert_eq!(table.count(), 3);
    }
}
