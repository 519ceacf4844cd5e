//! Lines of a cell with a stretch of them underlined.

use super::{Paper, Tone};
use crate::shell::visible::Visible;
use crate::text::{TextRange, floor_boundary, line_range};

/// Lines shown of a longer stretch; the others are left out.
const LINES: usize = 4;

/// Columns of a line where the output is no terminal.
const WIDTH: usize = 120;

/// Columns that a line has at least, however narrow the terminal is.
const LEAST: usize = 20;

/// Bytes of a line that are looked at on either side of the range's start.
const NEAR: usize = 4096;

/// The lines that hold `range`, the first of them with the number `first`, with the range underlined
/// in `tone`. Long lines are cut to what surrounds the range.
pub fn snippet(
    paper: Paper,
    source: &str,
    range: TextRange,
    first: usize,
    tone: Tone,
) -> Vec<String> {
    let all = covered(source, range);
    let shown = if all.len() > LINES { LINES - 1 } else { all.len() };
    let gutter = (first + all.len()).to_string().len();
    let width = paper.width.unwrap_or(WIDTH).saturating_sub(gutter + 3).max(LEAST);
    let bar = paper.paint(Tone::Quiet, paper.either("│", "|"));
    let mut out = Vec::new();
    for (at, line) in all.iter().take(shown).enumerate() {
        let (text, under) = cut(paper, near(source, *line, range), width);
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

/// A stretch of a line around `range`, the part of the range therein, and whether the line goes on
/// before and behind.
struct Near<'s> {
    text: &'s str,
    range: TextRange,
    cut: (bool, bool),
}

/// What is looked at of a line; all of it, unless it is longer than any terminal is wide.
fn near(source: &str, line: TextRange, range: TextRange) -> Near<'_> {
    let within = within(line, range);
    let at = line.start + within.start;
    let start = floor_boundary(source, at.saturating_sub(NEAR)).max(line.start);
    let end = floor_boundary(source, at + NEAR).min(line.end);
    let text = TextRange::new(start, end).slice(source);
    let moved = |offset: usize| (line.start + offset).saturating_sub(start).min(text.len());
    let range = TextRange::new(moved(within.start), moved(within.end));
    Near { text, range, cut: (start > line.start, end < line.end) }
}

/// The part of `range` on a line, in bytes of the line.
fn within(line: TextRange, range: TextRange) -> TextRange {
    let start = range.start.saturating_sub(line.start);
    let end = range.end.min(line.end).saturating_sub(line.start);
    TextRange::new(start, end)
}

/// Cuts a line to `width` columns around `range`. Returns the text, and how many columns stand
/// before the underline and how many it takes.
fn cut(paper: Paper, near: Near<'_>, width: usize) -> (String, (usize, usize)) {
    let Near { text: line, range, cut: (before, behind) } = near;
    let range = trimmed(line, range);
    let whole = Visible::new(line.trim_end_matches('\r'), paper.charset);
    let under = whole.columns(range);
    if whole.width <= width && !before && !behind {
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
    if end < whole.width || behind {
        text.push_str(ellipsis);
    }
    let front = if start > 0 || before { cost } else { 0 };
    if front > 0 {
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
        let first = crate::text::position(source, start).line;
        let paper = Paper { width, ..Paper::PLAIN };
        assert_eq!(snippet(paper, source, range, first, Tone::Plain), expected);
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
        let lines = snippet(paper, "x =", TextRange::at(3), 11, Tone::Plain);
        assert_eq!(lines, ["11 | x =", "   |    ~"]);
    }
}
