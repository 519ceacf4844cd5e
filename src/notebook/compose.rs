//! The new bytes of one cell's source: unchanged lines as they were, the others in their style.

use std::borrow::Cow;
use std::ops::Range;

use crate::notebook::diff;
use crate::notebook::error::SaveError;
use crate::notebook::escapes::Escapes;
use crate::notebook::lines::{RawLine, RawSource, Shape};
use crate::notebook::margin::{self, Margin};
use crate::text::CellIndex;

/// How new lines are written where the old lines do not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) escapes: Escapes,
    /// Whether new lines end in `\r\n`.
    pub(super) crlf: bool,
    pub(super) list: ListStyle,
    /// What stands before the lines of a text file's cell.
    pub(super) margin: Margin,
}

/// The bytes of a list of strings around its elements, quotes included.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ListStyle {
    pub(super) open: String,
    pub(super) separator: String,
    pub(super) close: String,
}

/// `new` with `\n` line ends alone.
pub(super) fn normalise(new: &str) -> Cow<'_, str> {
    if !new.contains("\r\n") {
        return Cow::Borrowed(new);
    }
    let mut out = String::with_capacity(new.len());
    for line in new.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(text) => {
                out.push_str(text.trim_end_matches('\r'));
                out.push('\n');
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// Writes `new`, which has `\n` line ends, in place of `old`, the source of `cell` in `file`.
///
/// # Errors
/// `LoneSurrogate` when a line that holds one is not kept as it is.
pub(super) fn compose(
    file: &str,
    cell: CellIndex,
    old: &RawSource,
    new: &str,
    style: &Style,
) -> Result<String, SaveError> {
    if new.is_empty() && old.shape == Shape::JsonList {
        return Ok("[]".to_owned());
    }
    let old_lines: Vec<&str> = old.lines.iter().map(|line| &*line.text).collect();
    let new_lines: Vec<&str> = new.split('\n').collect();
    let origins = diff::origins(&old_lines, &new_lines);
    keeps_lone_surrogates(cell, old, &origins)?;
    let places = places(&origins, old.lines.len());
    let page = Page { file, old, new: &new_lines, origins: &origins, places, style };
    Ok(if old.shape == Shape::Script { page.write_text(new) } else { page.write() })
}

fn keeps_lone_surrogates(
    cell: CellIndex,
    old: &RawSource,
    origins: &[Option<usize>],
) -> Result<(), SaveError> {
    // A hunk is a stretch of old lines and the new lines in their place. One that has no new
    // lines is a deletion, and hides nothing.
    let mut next_old = 0;
    let mut grows = false;
    for origin in origins.iter().copied().chain([Some(old.lines.len())]) {
        let Some(origin) = origin else {
            grows = true;
            continue;
        };
        let mut replaced = old.lines.iter().enumerate().take(origin).skip(next_old);
        if let Some((index, _)) = replaced.find(|(_, line)| grows && line.lone) {
            return Err(SaveError::LoneSurrogate { cell, line: index + 1 });
        }
        (next_old, grows) = (origin + 1, false);
    }
    Ok(())
}

struct Page<'a> {
    file: &'a str,
    old: &'a RawSource,
    new: &'a [&'a str],
    /// For each new line the old line that it is.
    origins: &'a [Option<usize>],
    /// For each new line the old line that it is or replaces.
    places: Vec<Option<usize>>,
    style: &'a Style,
}

/// Which old line each new line is or replaces, by counting from the last line that both texts have.
fn places(origins: &[Option<usize>], old: usize) -> Vec<Option<usize>> {
    // Where the next line begins that both texts have.
    let mut after = old;
    let mut ends: Vec<usize> = Vec::with_capacity(origins.len());
    for origin in origins.iter().rev() {
        after = origin.unwrap_or(after);
        ends.push(after);
    }
    let mut next = 0;
    let place = |(origin, end): (&Option<usize>, usize)| {
        let here = origin.unwrap_or(next);
        next = here + 1;
        (origin.is_some() || here < end).then_some(here)
    };
    origins.iter().zip(ends.into_iter().rev()).map(place).collect()
}

impl Page<'_> {
    fn write(&self) -> String {
        let from_nothing = self.old.shape == Shape::JsonEmptyList;
        let mut out = String::new();
        let (head, tail) = (self.raw(&self.old.head), self.raw(&self.old.tail));
        out.push_str(if from_nothing { &self.style.list.open } else { head });
        for (index, line) in self.new.iter().enumerate() {
            match self.origin(index) {
                Some(old) => out.push_str(self.raw(&old.content)),
                None => self.style.escapes.encode(line, &mut out),
            }
            if index + 1 < self.new.len() {
                out.push_str(self.line_end(index));
                out.push_str(self.separator(index));
            }
        }
        out.push_str(if from_nothing { &self.style.list.close } else { tail });
        out
    }

    /// Lines with their margins: an old line has its own, a new one what the cell's others have.
    fn write_text(&self, new: &str) -> String {
        let known = |index: usize| {
            let origin = (*self.origins.get(index)?)?;
            Some(self.raw(&self.old.before(origin)))
        };
        let shown: Vec<&str> =
            (0..self.old.lines.len()).map(|line| self.raw(&self.old.before(line))).collect();
        let margins = margin::margins(self.style.margin, new, &shown, known);
        let mut out = String::new();
        for (index, (line, margin)) in self.new.iter().zip(&margins).enumerate() {
            out.push_str(margin);
            out.push_str(line);
            if index + 1 < self.new.len() {
                out.push_str(self.line_end(index));
            }
        }
        out
    }

    fn line_end(&self, index: usize) -> &str {
        if let Some(old) = self.origin(index).filter(|old| !old.end.is_empty()) {
            return self.raw(&old.end);
        }
        let replaced = self.place(index).and_then(|old| self.old.lines.get(old));
        let replaced = replaced.filter(|old| !old.end.is_empty());
        let crlf = replaced.map_or(self.style.crlf, |old| old.crlf);
        match (self.old.shape == Shape::Script, crlf) {
            (true, false) => "\n",
            (true, true) => "\r\n",
            (false, false) => r"\n",
            (false, true) => r"\r\n",
        }
    }

    /// What stands between the new line `index`, with its end, and the next one.
    fn separator(&self, index: usize) -> &str {
        let next_is_last = index + 2 == self.new.len();
        if let (Some(this), Some(next)) = (self.place(index), self.place(index + 1))
            && this + 1 == next
            && (next + 1 == self.old.lines.len()) == next_is_last
        {
            return self.old.lines.get(this).map_or("", |line| self.raw(&line.separator));
        }
        // An element ends in a line feed when it is not the last, so that text which ends in one
        // has no empty element after it.
        let nothing_follows = next_is_last && self.new.last().is_some_and(|line| line.is_empty());
        if nothing_follows || !self.old.has_element_per_line() {
            return "";
        }
        &self.style.list.separator
    }

    /// The old line that the new line `index` is.
    fn origin(&self, index: usize) -> Option<&RawLine> {
        self.old.lines.get((*self.origins.get(index)?)?)
    }

    /// The old line that the new line `index` is or replaces.
    fn place(&self, index: usize) -> Option<usize> {
        *self.places.get(index)?
    }

    fn raw(&self, range: &Range<usize>) -> &str {
        self.file.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::lines;

    fn list() -> ListStyle {
        let text = |text: &str| text.to_owned();
        ListStyle { open: text("[<\""), separator: text("\",_\""), close: text("\">]") }
    }

    fn style() -> Style {
        Style { escapes: Escapes::default(), crlf: false, list: list(), margin: Margin::None }
    }

    fn check(old: &str, new: &str, expected: &str) {
        let source = lines::json(old, 0).unwrap();
        let written = compose(old, CellIndex(0), &source, new, &style()).unwrap();
        assert_eq!(written, expected, "{old} <- {new:?}");
    }

    fn refused(old: &str, new: &str) -> Option<SaveError> {
        compose(old, CellIndex(0), &lines::json(old, 0).unwrap(), new, &style()).err()
    }

    #[test]
    fn a_list_keeps_its_layout_around_changed_lines() {
        check(r#"["a\n", "b"]"#, "a\nc", r#"["a\n", "c"]"#);
        check(r#"["a\n",  "b\n",   "c"]"#, "a\nb\nx", r#"["a\n",  "b\n",   "x"]"#);
        check(r#"["a\n", "b"]"#, "a\nx\nb", r#"["a\n",_"x\n",_"b"]"#);
        check(r#"[ "a\n", "b" ]"#, "b", r#"[ "b" ]"#);
    }

    #[test]
    fn each_element_but_the_last_ends_in_a_line_feed() {
        check(r#"["a"]"#, "a\n", r#"["a\n"]"#);
        check(r#"["a\n"]"#, "a", r#"["a"]"#);
        check(r#"["a\n"]"#, "a\n\n", r#"["a\n",_"\n"]"#);
        check(r#"["a\n", "\n", "b"]"#, "a\n", r#"["a\n"]"#);
    }

    #[test]
    fn empty_sources_open_and_close() {
        check("[]", "a\nb", r#"[<"a\n",_"b">]"#);
        check("[]", "\n", r#"[<"\n">]"#);
        check(r#"["a\n", "b"]"#, "", "[]");
        check(r#""""#, "a\nb", r#""a\nb""#);
        check(r#""a""#, "", r#""""#);
        check(r#"[""]"#, "a\nb", r#"["a\n",_"b"]"#);
    }

    #[test]
    fn a_list_of_one_long_string_stays_one() {
        check(r#"["a\nb\nc"]"#, "a\nx\ny\nc", r#"["a\nx\ny\nc"]"#);
    }

    #[test]
    fn unchanged_lines_keep_escapes_that_nobody_else_would_write() {
        check(r#"["\u0061\n", "b"]"#, "a\nc", r#"["\u0061\n", "c"]"#);
        check(r#"["a", "1\u000a", "b"]"#, "a1\nc", r#"["a", "1\u000a", "c"]"#);
    }

    #[test]
    fn a_changed_line_keeps_its_own_line_end() {
        check(r#""a\r\nb\nc\r\nd""#, "x\ny\nz\nd", r#""x\r\ny\nz\r\nd""#);
        check(r#""a\r\nb\nc""#, "a\n1\n2\nc", r#""a\r\n1\n2\nc""#);
    }

    #[test]
    fn a_lone_surrogate_survives_on_a_line_that_stays() {
        check(
            r#"["\ud800\n", "b\n", "\udc00"]"#,
            "\u{fffd}\nx\n\u{fffd}",
            r#"["\ud800\n", "x\n", "\udc00"]"#,
        );
        check(r#"["a\n", "\ud800"]"#, "a", r#"["a"]"#);
        let lost = |line| Some(SaveError::LoneSurrogate { cell: CellIndex(0), line });
        assert_eq!(refused(r#"["a\n", "b\ud800"]"#, "a\nb\u{fffd} # c"), lost(2));
        assert_eq!(refused(r#"["\ud800"]"#, "x"), lost(1));
    }

    #[test]
    fn every_line_end_becomes_a_line_feed() {
        assert_eq!(normalise("a\r\nb\r\r\nc\rd"), "a\nb\nc\rd");
    }
}
