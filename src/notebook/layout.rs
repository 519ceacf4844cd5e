//! How a notebook's JSON is laid out: line ends, indentation, blanks after commas and colons.

use std::ops::Range;

use crate::notebook::compose::ListStyle;
use crate::notebook::lines::{RawSource, Shape};
use crate::text;

/// The blanks of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// The line end; `None` when all stands on one line.
    pub(super) line_end: Option<&'static str>,
    /// One step of indentation.
    pub(super) step: String,
    /// The comma between two elements on one line, with its blank.
    pub(super) comma: &'static str,
    pub(super) colon: &'static str,
}

impl Layout {
    /// The layout that the first lines of `file` show.
    pub(super) fn of(file: &str) -> Self {
        let trimmed = file.trim_ascii();
        let first_feed = trimmed.find('\n');
        let line_end = first_feed.map(|at| {
            if trimmed.get(..at).is_some_and(|head| head.ends_with('\r')) { "\r\n" } else { "\n" }
        });
        let step = first_feed.map(|at| text::indentation(trimmed, at + 1).to_owned());
        let after_key = trimmed.find("\":").and_then(|at| trimmed.get(at + 2..));
        let blank = after_key.is_some_and(|rest| rest.starts_with(' '));
        let compact = line_end.is_none() && !blank;
        Self {
            line_end,
            step: step.unwrap_or_default(),
            comma: if compact { "," } else { ", " },
            colon: if blank { ": " } else { ":" },
        }
    }

    /// The line end and `indent`, or nothing in a file of one line.
    pub(super) fn new_line(&self, indent: &str) -> String {
        self.line_end.map(|end| format!("{end}{indent}")).unwrap_or_default()
    }

    /// A list whose brackets' line is indented by `indent`.
    pub(super) fn list(&self, indent: &str) -> ListStyle {
        let inner = self.new_line(&format!("{indent}{}", self.step));
        let comma = if self.line_end.is_some() { "," } else { self.comma };
        ListStyle {
            open: format!("[{inner}\""),
            separator: format!("\"{comma}{inner}\""),
            close: format!("\"{}]", self.new_line(indent)),
        }
    }
}

/// How the cells of one file stand in their list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellLayout {
    pub(super) blanks: Layout,
    /// The blanks before the first cell and after the last, for a list that has none yet.
    pub(super) before_cell: String,
    pub(super) after_last: String,
    /// The blanks inside a cell's braces.
    open: String,
    close: String,
}

impl CellLayout {
    /// The layout of the cell whose object stands at `cell`.
    pub(super) fn of_cell(file: &str, cell: &Range<usize>) -> Self {
        let object = file.get(cell.clone()).unwrap_or_default();
        let inner = object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.unwrap_or_default();
        let open = inner.get(..inner.len() - inner.trim_ascii_start().len()).unwrap_or_default();
        let close = inner.get(inner.trim_ascii_end().len()..).unwrap_or_default();
        let (open, close) = (open.to_owned(), close.to_owned());
        let (before_cell, after_last) = (String::new(), String::new());
        Self { blanks: Layout::of(file), before_cell, after_last, open, close }
    }

    /// The layout for a first cell in the empty list that opens at byte `list`.
    pub(super) fn of_empty_list(file: &str, list: usize) -> Self {
        let blanks = Layout::of(file);
        let indent = text::indentation(file, list);
        let step = &blanks.step;
        let cell = blanks.new_line(&format!("{indent}{step}"));
        let open = blanks.new_line(&format!("{indent}{step}{step}"));
        let after_last = blanks.new_line(indent);
        Self { open, close: cell.clone(), before_cell: cell, after_last, blanks }
    }

    /// A cell with these members.
    pub(super) fn object(&self, members: &[(&str, String)]) -> String {
        let colon = self.blanks.colon;
        let members: Vec<String> =
            members.iter().map(|(key, value)| format!("\"{key}\"{colon}{value}")).collect();
        let comma = self.open.contains('\n').then(|| format!(",{}", self.open));
        let comma = comma.unwrap_or_else(|| self.blanks.comma.to_owned());
        format!("{{{}{}{}}}", self.open, members.join(&comma), self.close)
    }

    /// A list of lines in such a cell.
    pub(super) fn list(&self) -> ListStyle {
        match self.open.rsplit_once('\n') {
            Some((_, indent)) => self.blanks.list(indent),
            None => Layout { line_end: None, ..self.blanks.clone() }.list(""),
        }
    }
}

/// How the list `source` separates its elements, or how it would if it had any.
///
/// `siblings` are the sources of other cells, in the order in which to look at them.
pub(super) fn list_style(
    file: &str,
    source: &RawSource,
    siblings: &mut dyn Iterator<Item = RawSource>,
) -> ListStyle {
    if source.shape == Shape::JsonList {
        let raw = |range: &Range<usize>| file.get(range.clone()).unwrap_or_default().to_owned();
        let open = raw(&source.head);
        let separator = separator(file, source, &open, siblings);
        return ListStyle { open, separator, close: raw(&source.tail) };
    }
    let mut lists = siblings.filter(|sibling| sibling.shape == Shape::JsonList);
    if let Some(sibling) = lists.next() {
        return list_style(file, &sibling, &mut lists);
    }
    let layout = Layout::of(file);
    let indent = text::indentation(file, source.head.start);
    let line_start = text::line_range(file, source.head.start).start + indent.len();
    // A list that does not stand on a line of its own key belongs to a cell on one line.
    let own_line = file.get(line_start..).is_some_and(|line| line.starts_with('"'));
    if own_line { layout.list(indent) } else { Layout { line_end: None, ..layout }.list("") }
}

/// What stands between two elements of a list that opens with `open`. A list of one element says
/// it with its line breaks; one without, other lists that open alike say it.
fn separator(
    file: &str,
    source: &RawSource,
    open: &str,
    siblings: &mut dyn Iterator<Item = RawSource>,
) -> String {
    let shown = |source: &RawSource| {
        let separators = source.lines.iter().filter_map(|line| file.get(line.separator.clone()));
        // A separator with more than two quotes has an empty element in it.
        separators.into_iter().find(|it| it.matches('"').count() == 2).map(str::to_owned)
    };
    let blank = open.trim_start_matches('[').trim_end_matches('"');
    let broken = || (!blank.is_empty()).then(|| format!("\",{blank}\""));
    let alike = |sibling: &RawSource| file.get(sibling.head.clone()) == Some(open);
    let siblings = || siblings.filter(alike).find_map(|sibling| shown(&sibling));
    let inline = || format!("\"{}\"", Layout::of(file).comma);
    shown(source).or_else(broken).or_else(siblings).unwrap_or_else(inline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::lines;

    fn check(file: &str, expected: [&str; 3]) {
        let at = file.rfind("\"source\":").unwrap() + "\"source\":".len();
        let style = list_style(file, &lines::json(file, at).unwrap(), &mut std::iter::empty());
        assert_eq!([&*style.open, &*style.separator, &*style.close], expected, "{file}");
    }

    #[test]
    fn an_empty_list_is_laid_out_as_the_file_is() {
        check("{\n \"a\": [\n  {\n   \"source\": []", ["[\n    \"", "\",\n    \"", "\"\n   ]"]);
        check("{\r\n\t\"source\": []", ["[\r\n\t\t\"", "\",\r\n\t\t\"", "\"\r\n\t]"]);
        check("{\"a\":1,\"source\":[]", ["[\"", "\",\"", "\"]"]);
        check("{\"a\": 1, \"source\": []", ["[\"", "\", \"", "\"]"]);
        check("{\n  \"a\": [\n    {\"source\": []", ["[\"", "\", \"", "\"]"]);
    }

    #[test]
    fn a_list_with_elements_is_its_own_model() {
        check("{\"source\":[ \"a\\n\" ,\"b\"\t]", ["[ \"", "\" ,\"", "\"\t]"]);
        check("{\n \"source\": [\n  \"a\"\n ]", ["[\n  \"", "\",\n  \"", "\"\n ]"]);
        check("{\"source\": [\"a\"]", ["[\"", "\", \"", "\"]"]);
    }
}
