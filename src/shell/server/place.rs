//! Places as editors tell them: a file by its URI, a character by line and UTF-16 code unit.

use std::path::{Path, PathBuf};

use gen_lsp_types::{Position, Range};

use crate::shell::percent;
use crate::text::{TextRange, floor_boundary};

/// The lines of a text as editors count them.
/// Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#textDocuments>.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    /// The first byte of each line.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Reads a text. A line ends with `\n`, `\r\n` or `\r`.
    pub fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter_map(|at| {
            let is_first_half = bytes.get(at..at + 2) == Some(b"\r\n");
            (!is_first_half).then_some(at + 1)
        });
        Self { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Where the byte `offset` is, or the nearest character before it.
    pub fn position(&self, offset: usize) -> Position {
        let at = floor_boundary(self.text, offset);
        let line = self.starts.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = self.text.get(start..at).unwrap_or_default();
        Position { line: number(line), character: number(before.encode_utf16().count()) }
    }

    /// The places of a range of bytes.
    pub fn range(&self, range: TextRange) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The byte at a position. A character past the line's end is the line's end, and the line
    /// after the last one begins where the text ends. `None` for lines beyond.
    pub fn offset(&self, position: Position) -> Option<usize> {
        let line = usize::try_from(position.line).ok()?;
        let Some(start) = self.starts.get(line).copied() else {
            return (line == self.starts.len()).then_some(self.text.len());
        };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..end)?.trim_end_matches(['\n', '\r']);
        let wanted = usize::try_from(position.character).ok()?;
        let mut units = 0;
        for (at, char) in line.char_indices() {
            units += char.len_utf16();
            if units > wanted {
                return Some(start + at);
            }
        }
        Some(start + line.len())
    }

    /// The bytes of a range; `None` when it ends before it begins, or beyond the text.
    pub fn bytes(&self, range: Range) -> Option<TextRange> {
        let (start, end) = (self.offset(range.start)?, self.offset(range.end)?);
        (start <= end).then(|| TextRange::new(start, end))
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The file that a URI names: that of a notebook, for one of its cells. `None` for what lies in
/// no folder of this machine.
pub fn path_of(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    if !["file", "vscode-notebook-cell"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let rest = match rest.strip_prefix("//") {
        Some(rest) => rest.strip_prefix("localhost").unwrap_or(rest),
        None => rest,
    };
    let path = percent::decoded(rest.starts_with('/').then_some(rest)?)?;
    // On Windows a path stands behind one slash more: `/c:/x`.
    let drive = path.get(1..3).is_some_and(|drive| drive.ends_with(':'));
    let path = if cfg!(windows) && drive { path.get(1..)? } else { path.as_str() };
    (!path.contains('\0')).then(|| PathBuf::from(path))
}

/// The URI of a file.
pub fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "file:///" });
    out.push_str(&percent::encoded(&path));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn a_character_counts_as_many_units_as_utf_16_has_for_it() {
        let lines = Lines::of("a𝄞é中\r\nb\rc\n");
        for (offset, position) in [
            (0, at(0, 0)),
            (1, at(0, 1)),
            (5, at(0, 3)),
            (7, at(0, 4)),
            (10, at(0, 5)),
            (12, at(1, 0)),
            (14, at(2, 0)),
            (16, at(3, 0)),
        ] {
            assert_eq!(lines.position(offset), position, "{offset}");
            assert_eq!(lines.offset(position), Some(offset), "{position:?}");
        }
    }

    #[test]
    fn what_editors_say_of_places_that_are_not_there_is_the_nearest_or_nothing() {
        let lines = Lines::of("a𝄞\nb");
        assert_eq!(lines.offset(at(0, 2)), Some(1), "in the middle of a character");
        assert_eq!(lines.offset(at(0, u32::MAX)), Some(5));
        assert_eq!(lines.offset(at(1, 9)), Some(7));
        assert_eq!(lines.offset(at(2, 0)), Some(7));
        assert_eq!(lines.offset(at(3, 0)), None);
        assert_eq!(lines.bytes(Range { start: at(1, 1), end: at(0, 0) }), None);
        assert_eq!(Lines::of("").offset(at(0, 5)), Some(0));
    }

    #[test]
    fn a_file_has_a_uri_and_a_cell_its_notebooks_file() {
        if cfg!(windows) {
            return;
        }
        let path = Path::new("/tmp/my book é#?.ipynb");
        let uri = "file:///tmp/my%20book%20%C3%A9%23%3F.ipynb";
        assert_eq!(uri_of(path), uri);
        assert_eq!(path_of(uri).as_deref(), Some(path));
        let cell = "vscode-notebook-cell:/tmp/a.ipynb#W0sZmlsZQ%3D%3D";
        assert_eq!(path_of(cell), Some(PathBuf::from("/tmp/a.ipynb")));
        assert_eq!(path_of("file://localhost/tmp/a"), Some(PathBuf::from("/tmp/a")));
    }

    #[test]
    fn what_is_no_file_here_has_no_path() {
        for uri in [
            "",
            "a",
            "untitled:Untitled-1",
            "http://x/y",
            "file://host/share",
            "file:///%zz",
            "file:///a%00",
        ] {
            assert_eq!(path_of(uri), None, "{uri}");
        }
    }
}
