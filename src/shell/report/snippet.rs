//! Lines of a cell with a stretch of them underlined.

use super::{Paper, Tone};
use crate::shell::visible::Visible;
use crate::text::{TextRange, line_range, position};

/// Lines shown of a longer stretch; the others are left out.
const LINES: usize = 4;

/// Columns of a line where the output is no terminal.
const WIDTH: usize = 120;

/// Columns that a line has at least, however narrow the terminal is.
const LEAST: usize = 20;

/// The lines that hold `range`, numbered from the first line of `source` plus `lines_before`, with
/// the range underlined in `tone`. Long lines are cut to what surrounds the range.
pub fn snippet(
    paper: Paper,
    source: &str,
    range: TextRange,
    lines_before: usize,
    tone: Tone,
) -> Vec<String> {
    let all = covered(source, range);
    let shown = if all.len() > LINES { LINES - 1 } else { all.len() };
    let first = position(source, range.start).line + lines_before;
    let gutter = (first + all.len()).to_string().len();
    let width = paper.width.unwrap_or(WIDTH).saturating_sub(gutter + 3).max(LEAST);
    let bar = paper.paint(Tone::Quiet, paper.either("│", "|"));
    let mut out = Vec::new();
    for (at, line) in all.iter().take(shown).enumerate() {
        let (text, under) = cut(paper, line.slice(source), within(*line, range), width);
        let number = paper.paint(Tone::Quiet, &format!("{:>gutter$}", first + at));
        out.push(format!("{number} {bar} {text}").trim_end().to_owned());
        let (before, length) = under;
        let marks = paper.paint(tone, &"~".repeat(length));
        out.push(format!("{:gutter$} {bar} {:before$}{marks}", "", ""));
    }
    if shown < all.len() {
        let more = format!("{:>gutter$}", paper.either("⋮", ":"));
        out.push(format!("{} {bar}", paper.paint(Tone::Quiet, &more)));
    }
    out
}

/// The lines that share something with `range`, without blank ones at its end.
fn covered(source: &str, range: TextRange) -> Vec<TextRange> {
    let mut lines = vec![line_range(source, range.start)];
    while let Some(last) = lines.last()
        && last.end + 1 < range.end
    {
        lines.push(line_range(source, last.end + 1));
    }
    while lines.len() > 1 && lines.last().is_some_and(|line| line.slice(source).trim().is_empty()) {
        lines.pop();
    }
    lines
}

/// The part of `range` on a line, in bytes of the line.
fn within(line: TextRange, range: TextRange) -> TextRange {
    let start = range.start.saturating_sub(line.start);
    let end = range.end.min(line.end).saturating_sub(line.start);
    TextRange::new(start, end)
}

/// Cuts a line to `width` columns around `range`. Returns the text, and how many columns stand
/// before the underline and how many it takes.
fn cut(paper: Paper, line: &str, range: TextRange, width: usize) -> (String, (usize, usize)) {
    let range = trimmed(line, range);
    let whole = Visible::new(line.trim_end_matches('\r'), paper.charset);
    let under = whole.columns(range);
    if whole.width <= width {
        return (whole.text, (under.start, under.len().max(1)));
    }
    let ellipsis = paper.either("…", "...");
    let cost = ellipsis.chars().count();
    let room = width.saturating_sub(2 * cost).max(1);
    // Keep some of what leads to the place, more where the place is short.
    let lead = room.saturating_sub(under.len()).min(room / 2);
    let from = if under.end <= room { 0 } else { under.start.saturating_sub(lead) };
    let seen: Vec<_> = whole
        .clusters
        .iter()
        .filter(|cluster| cluster.column >= from && cluster.column + cluster.width <= from + room)
        .collect();
    let start = seen.first().map_or(from, |cluster| cluster.column);
    let end = seen.last().map_or(start, |cluster| cluster.column + cluster.width);
    let mut text: String = seen.iter().map(|cluster| cluster.shown.slice(&whole.text)).collect();
    if end < whole.width {
        text.push_str(ellipsis);
    }
    let front = if start > 0 { cost } else { 0 };
    if start > 0 {
        text.insert_str(0, ellipsis);
    }
    let left = under.start.clamp(start, end);
    (text, (left - start + front, under.end.min(end).saturating_sub(left).max(1)))
}

/// The range without white space at its start and its end.
fn trimmed(line: &str, range: TextRange) -> TextRange {
    let text = range.slice(line);
    let start = range.start + (text.len() - text.trim_start().len());
    TextRange::new(start, start + text.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::visible::Charset;

    fn check(width: Option<usize>, source: &str, part: &str, expected: &[&str]) {
        let start = source.find(part).unwrap();
        let range = TextRange::new(start, start + part.len());
        let paper = Paper { width, ..Paper::PLAIN };
        assert_eq!(snippet(paper, source, range, 0, Tone::Plain), expected);
    }

    #[test]
    fn the_stretch_is_underlined_in_its_line() {
        check(None, "a\nb = f(x)\n", "f(x)", &["2 │ b = f(x)", "  │     ~~~~"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        check(None, "中 = f(x)", "f(x)", &["1 │ 中 = f(x)", "  │      ~~~~"]);
    }

    #[test]
    fn what_a_terminal_would_obey_is_a_mark() {
        check(None, "'\u{1b}[2J'; f()", "f()", &["1 │ '␛[2J'; f()", "  │         ~~~"]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_stretch() {
        let source = format!("x = [{}, f(x), {}]", "1, ".repeat(40), "2, ".repeat(40));
        check(
            Some(34),
            &source,
            "f(x)",
            &["1 │ …1, 1, 1, 1, , f(x), 2, 2, 2,…", "  │                ~~~~"],
        );
    }

    #[test]
    fn of_a_long_stretch_the_first_lines_are_shown() {
        let source = "f(\n  1,\n  2,\n  3,\n  4,\n)\n";
        check(
            None,
            source,
            source,
            &["1 │ f(", "  │ ~~", "2 │   1,", "  │   ~~", "3 │   2,", "  │   ~~", "⋮ │"],
        );
    }

    #[test]
    fn an_empty_stretch_has_a_mark_of_its_own() {
        let paper = Paper { charset: Charset::Ascii, ..Paper::PLAIN };
        let lines = snippet(paper, "x =", TextRange::at(3), 10, Tone::Plain);
        assert_eq!(lines, ["11 | x =", "   |    ~"]);
    }
}
