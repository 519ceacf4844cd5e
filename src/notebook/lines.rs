//! A cell's source as lines that remember their bytes in the file.
//!
//! The bytes of a source are its head, then for each line its content, its line end and the
//! separator after it, then its tail. For a JSON list the separator is `",\n "` with its quotes; in
//! a text file it is the margin of the next line, and the head is that of the first.

use std::ops::Range;

use crate::notebook::escapes::{Unit, units};
use crate::notebook::json::{Json, Scan};
use crate::notebook::margin::Margin;

/// A source as it stands in the file. Ranges are bytes of the file; there is always a last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawSource {
    pub(super) shape: Shape,
    pub(super) head: Range<usize>,
    pub(super) lines: Vec<RawLine>,
    pub(super) tail: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Script,
    JsonString,
    /// A list that has elements.
    JsonList,
    /// `[]`: the head is all of it.
    JsonEmptyList,
}

/// One line. `text` is decoded and has no line end; `end` is empty on the last line alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawLine {
    pub(super) text: String,
    pub(super) content: Range<usize>,
    pub(super) end: Range<usize>,
    pub(super) separator: Range<usize>,
    /// Whether a carriage return stands before the line feed.
    pub(super) crlf: bool,
    /// Whether `text` shows a lone surrogate as U+FFFD.
    pub(super) lone: bool,
}

impl RawSource {
    /// The source with `\n` line ends.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 {
                out.push('\n');
            }
            out.push_str(&line.text);
        }
        out
    }

    /// The bytes before the line at `index` that are none of it: its margin in a text file.
    pub(super) fn before(&self, index: usize) -> Range<usize> {
        let previous = index.checked_sub(1).and_then(|previous| self.lines.get(previous));
        previous.map_or(self.head.clone(), |line| line.separator.clone())
    }

    /// Whether a line more is an element more: in lists, unless one element holds all lines.
    pub(super) fn has_element_per_line(&self) -> bool {
        let mut ends = self.lines.iter().take(self.lines.len().saturating_sub(1));
        let text_ends_in_feed = self.lines.last().is_some_and(|line| line.text.is_empty());
        match self.shape {
            Shape::Script | Shape::JsonString => false,
            Shape::JsonEmptyList => true,
            Shape::JsonList if ends.len() <= usize::from(text_ends_in_feed) => true,
            Shape::JsonList => ends.any(|line| !line.separator.is_empty()),
        }
    }
}

/// Reads the part `span` of a text file, whose lines have margins of that kind.
pub(super) fn script(text: &str, span: Range<usize>, margin: Margin) -> RawSource {
    let source = text.get(span.clone()).unwrap_or_default();
    let widths = margin.widths(source);
    let first = span.start + widths.first().copied().unwrap_or_default();
    let mut lines = Lines::from(first);
    let mut at = span.start;
    let count = source.split('\n').count();
    for (index, piece) in source.split('\n').enumerate() {
        let width = widths.get(index).copied().unwrap_or_default().min(piece.len());
        lines.start = Some(at + width);
        lines.plain(piece.get(width..).unwrap_or_default(), at + width);
        at += piece.len();
        if index + 1 < count {
            lines.char('\n', at..at + 1);
            at += 1;
        }
    }
    RawSource {
        shape: Shape::Script,
        head: span.start..first,
        lines: lines.finish(span.end),
        tail: span.end..span.end,
    }
}

/// Reads the JSON value at byte `at`, a string or a list of strings.
///
/// # Errors
/// When it is anything else.
pub(super) fn json(text: &str, at: usize) -> Scan<RawSource> {
    let mut json = Json::new(text, at);
    let start = json.position();
    let mut elements = Vec::new();
    let (shape, span) = if json.peek() == Some(b'[') {
        let span = json.array(|json| json.string().map(|inner| elements.push(inner)))?;
        (if elements.is_empty() { Shape::JsonEmptyList } else { Shape::JsonList }, span)
    } else {
        let inner = json.string()?;
        elements.push(inner.clone());
        (Shape::JsonString, start..inner.end + 1)
    };
    let first = elements.first().map_or(span.end, |inner| inner.start);
    let last = elements.last().map_or(span.end, |inner| inner.end);
    let mut lines = Lines::from(first);
    for inner in elements {
        for (unit, range) in units(text, inner) {
            match unit {
                Unit::Plain => {
                    lines.plain(text.get(range.clone()).unwrap_or_default(), range.start)
                }
                Unit::Char(char) => lines.char(char, range),
                Unit::Lone => lines.lone(range),
            }
        }
    }
    Ok(RawSource {
        shape,
        head: span.start..first,
        lines: lines.finish(last),
        tail: last..span.end,
    })
}

/// Gathers lines. Carriage returns right before a line feed belong to the line end.
struct Lines {
    done: Vec<RawLine>,
    text: String,
    lone: bool,
    /// Where the line's content starts; `None` until something of the line is seen.
    start: Option<usize>,
    /// Where the run of carriage returns starts that the line ends with so far.
    returns: Option<usize>,
    /// Where the last line end ended.
    edge: usize,
}

impl Lines {
    fn from(start: usize) -> Self {
        let (done, text) = (Vec::new(), String::new());
        Self { done, text, lone: false, start: Some(start), returns: None, edge: start }
    }

    /// Adds a stretch that holds no line feed and stands at byte `at`.
    fn plain(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        self.start.get_or_insert(at);
        self.text.push_str(text);
        let kept = text.trim_end_matches('\r').len();
        match (kept == text.len(), kept) {
            (true, _) => self.returns = None,
            (false, 0) => self.returns = self.returns.or(Some(at)),
            (false, _) => self.returns = Some(at + kept),
        }
    }

    fn char(&mut self, char: char, at: Range<usize>) {
        self.start.get_or_insert(at.start);
        match char {
            '\n' => return self.end_line(at),
            '\r' => self.returns = self.returns.or(Some(at.start)),
            _ => self.returns = None,
        }
        self.text.push(char);
    }

    fn lone(&mut self, at: Range<usize>) {
        self.char(char::REPLACEMENT_CHARACTER, at);
        self.lone = true;
    }

    fn end_line(&mut self, feed: Range<usize>) {
        let returns = self.returns.take();
        self.text.truncate(self.text.trim_end_matches('\r').len());
        let end = returns.unwrap_or(feed.start)..feed.end;
        self.push(end, returns.is_some());
        self.edge = feed.end;
    }

    fn finish(mut self, end: usize) -> Vec<RawLine> {
        self.start.get_or_insert(end);
        self.push(end..end, false);
        self.done
    }

    fn push(&mut self, end: Range<usize>, crlf: bool) {
        let start = self.start.take().unwrap_or(end.start);
        if let Some(previous) = self.done.last_mut() {
            previous.separator = self.edge..start;
        }
        self.done.push(RawLine {
            text: std::mem::take(&mut self.text),
            content: start..end.start,
            separator: end.end..end.end,
            end,
            crlf,
            lone: std::mem::take(&mut self.lone),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that head, lines and tail tile the value, and gives content, end and separator.
    fn pieces(text: &str) -> Vec<(&str, &str, &str)> {
        let source = json(text, 0).unwrap();
        let mut at = source.head.end;
        assert_eq!(source.head.start, 0);
        for line in &source.lines {
            assert_eq!(line.content.start, at, "{text}");
            assert_eq!(line.content.end, line.end.start, "{text}");
            assert_eq!(line.end.end, line.separator.start, "{text}");
            at = line.separator.end;
        }
        assert_eq!((source.tail.start, source.tail.end), (at, text.len()), "{text}");
        let piece = |range: &Range<usize>| text.get(range.clone()).unwrap();
        let lines = source.lines.iter();
        lines.map(|line| (piece(&line.content), piece(&line.end), piece(&line.separator))).collect()
    }

    #[test]
    fn a_list_is_cut_at_its_line_feeds() {
        assert_eq!(pieces(r#"["a\n", "b"]"#), [("a", r"\n", r#"", ""#), ("b", "", "")]);
        assert_eq!(pieces(r#"["a\n"]"#), [("a", r"\n", ""), ("", "", "")]);
        assert_eq!(pieces(r#"["a\n", ""]"#), [("a", r"\n", r#"", ""#), ("", "", "")]);
    }

    #[test]
    fn elements_without_a_line_feed_join_into_one_line() {
        assert_eq!(pieces(r#"["a", "b\nc"]"#), [(r#"a", "b"#, r"\n", ""), ("c", "", "")]);
    }

    #[test]
    fn a_string_and_an_empty_list_have_one_line_at_least() {
        assert_eq!(pieces(r#""""#), [("", "", "")]);
        assert_eq!(pieces(r#""a\r\nb""#), [("a", r"\r\n", ""), ("b", "", "")]);
        assert_eq!(pieces("[ ]"), [("", "", "")]);
    }

    #[test]
    fn carriage_returns_count_as_line_ends_only_before_a_line_feed() {
        let source = json(r#""a\rb\r\r\nc\r""#, 0).unwrap();
        assert_eq!(source.text(), "a\rb\nc\r");
        assert_eq!(script("a\rb\r\nc", 0..6, Margin::None).text(), "a\rb\nc");
    }

    #[test]
    fn what_is_no_string_is_refused() {
        for text in ["1", "[1]", "{}", "null", "[[]]"] {
            assert!(json(text, 0).is_err(), "{text}");
        }
    }
}
