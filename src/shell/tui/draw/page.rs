//! Lays a guide page out as lines of a given width.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::ink::Ink;
use super::table;
use super::timeline::{self, Diagram};
use super::wrap::{Spans, wrap};
use crate::document::{Block, Change, DiffLine, Mark, Prose, Side};
use crate::shell::tui::paint::{Painted, Painter};
use crate::shell::tui::theme::Slot;
use crate::shell::visible::{self, Visible};
use crate::tutor::view::{Page, Row};

/// Columns between two languages side by side.
const GAP: usize = 3;

/// Columns that code stands in from the margin.
const INDENT: usize = 2;

/// Columns from which two lists of lines stand beside each other.
const BESIDE: usize = 70;

/// Whether a page has two languages.
pub fn is_bilingual(page: &Page) -> bool {
    page.rows.iter().any(|row| matches!(row, Row::Pair(..)))
}

/// A page as lines, and where its diagrams stand.
#[derive(Debug, Default)]
pub struct Laid {
    pub lines: Vec<Line<'static>>,
    pub diagrams: Vec<Diagram>,
}

/// Lays a page out. With `columns`, two languages stand side by side.
pub fn lay_out(
    page: &Page,
    width: usize,
    columns: bool,
    ink: &Ink<'_>,
    painter: &mut Painter,
) -> Laid {
    let mut lines: Vec<Spans> = Vec::new();
    let mut diagrams = Vec::new();
    let mut before: Option<&Block> = None;
    for row in &page.rows {
        let (Row::One(first) | Row::Pair(first, _)) = row;
        if before.is_some_and(|before| ink.roomy || is_apart(before, first)) {
            lines.push(Vec::new());
        }
        match row {
            Row::One(Block::Timeline { timeline, legend }) => {
                let (drawn, diagram) = timeline::lay_out(timeline, legend, width, lines.len(), ink);
                lines.extend(drawn);
                diagrams.push(diagram);
            }
            Row::One(only) => lines.extend(block(only, width, ink, painter)),
            Row::Pair(english, chinese) if columns => {
                let half = width.saturating_sub(GAP) / 2;
                let left = block(english, half, ink, painter);
                let right = block(chinese, half, ink, painter);
                lines.extend(beside(left, right, half));
            }
            Row::Pair(english, chinese) => {
                lines.extend(block(english, width, ink, painter));
                lines.extend(block(chinese, width, ink, painter));
            }
        }
        before = Some(first);
    }
    Laid { lines: lines.into_iter().map(Line::from).collect(), diagrams }
}

/// Whether an empty line stands between two blocks.
fn is_apart(before: &Block, after: &Block) -> bool {
    !matches!((before, after), (Block::Item { .. }, Block::Item { .. }) | (Block::Heading(_), _))
}

fn block(block: &Block, width: usize, ink: &Ink<'_>, painter: &mut Painter) -> Vec<Spans> {
    match block {
        Block::Conclusion(prose) | Block::Heading(prose) => wrap(&strong(prose, ink), width),
        Block::Paragraph(prose) => wrap(&ink.prose(prose), width),
        Block::Item { mark, body } => item(*mark, body, width, ink),
        Block::Code { language, text } => code(language, text, width, ink, painter),
        Block::Diff(lines) => trim(lines).iter().flat_map(|line| diff(line, width, ink)).collect(),
        Block::Table(rows) => table::lay_out(rows, width, ink),
        Block::Bar { share, said } => bar(*share, said, width, ink),
        Block::Beside { left, right } if right.is_empty() => sides(left, width, ink),
        Block::Beside { left, right } if width >= BESIDE => {
            let half = width.saturating_sub(GAP) / 2;
            beside(sides(left, half, ink), sides(right, half, ink), half)
        }
        Block::Beside { left, right } => {
            let mut lines = sides(left, width, ink);
            lines.push(Vec::new());
            lines.extend(sides(right, width, ink));
            lines
        }
        Block::Timeline { timeline, legend } => {
            timeline::lay_out(timeline, legend, width, 0, ink).0
        }
    }
}

/// A stretch of a whole, which takes a quarter of the width, and what it stands for.
fn bar(share: u16, said: &Prose, width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let whole = width / 4;
    let full = whole * usize::from(share) / usize::from(Block::WHOLE);
    let [.., high] = ink.glyphs.bars;
    let bar = Span::styled(high.repeat(full.max(1)), ink.style(Slot::Evidence));
    let rest = " ".repeat((whole + GAP).saturating_sub(full.max(1)));
    let lines = wrap(&ink.prose(said), width.saturating_sub(whole + GAP));
    hang(lines, vec![bar, Span::raw(rest)], whole + GAP)
}

/// One of two lists of lines; what is too long goes on indented.
fn sides(list: &[Side], width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let line = |side: &Side| -> Vec<Spans> {
        let (bars, said) = match side {
            Side::Line(said) => (Vec::new(), said),
            Side::Strip { levels, said } => (strip(levels, width, ink), said),
        };
        let lines = wrap(&ink.prose(said), width.saturating_sub(INDENT));
        let bars = (!bars.is_empty()).then_some(bars);
        bars.into_iter().chain(hang(lines, Vec::new(), INDENT)).collect()
    };
    list.iter().flat_map(line).collect()
}

/// A strip of bars, each as high as its level; one that is too long loses every other bar.
fn strip(levels: &[usize], width: usize, ink: &Ink<'_>) -> Vec<Span<'static>> {
    let every = levels.len().div_ceil(width.max(1)).max(1);
    let level = |some: &[usize]| some.iter().copied().max().unwrap_or(0);
    let bars: String =
        levels.chunks(every).map(level).filter_map(|at| ink.glyphs.bars.get(at).copied()).collect();
    vec![Span::styled(bars, ink.style(Slot::Evidence))]
}

/// Prose whose plain parts are strong.
pub fn strong(prose: &Prose, ink: &Ink<'_>) -> Spans {
    let look = ink.style(Slot::Strong);
    ink.prose(prose)
        .into_iter()
        .map(|span| Span::styled(span.content, look.patch(span.style)))
        .collect()
}

fn item(mark: Mark, body: &Prose, width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let sign = ink.mark(mark);
    let mut indent = 1 + visible::width(&sign.content) + 1;
    if mark == Mark::Under {
        indent += 2;
    }
    if let Mark::Number(_) = mark {
        // Two-digit numbers in the same list keep the text in one column.
        indent = indent.max(4);
    }
    let lines = wrap(&ink.prose(body), width.saturating_sub(indent));
    let before = if mark == Mark::Under { 3 } else { 1 };
    let pad = indent - before - visible::width(&sign.content);
    hang(lines, vec![Span::raw(" ".repeat(before)), sign, Span::raw(" ".repeat(pad))], indent)
}

/// Puts `sign` before the first line and `indent` spaces before the others.
fn hang(lines: Vec<Spans>, sign: Spans, indent: usize) -> Vec<Spans> {
    let mut sign = Some(sign);
    lines
        .into_iter()
        .map(|line| {
            let mut out = sign.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(indent))]);
            out.extend(line);
            out
        })
        .collect()
}

fn code(
    language: &str,
    text: &str,
    width: usize,
    ink: &Ink<'_>,
    painter: &mut Painter,
) -> Vec<Spans> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let painted = painter.paint(language, text).unwrap_or_default();
    let ground = if painted.0.is_empty() { Slot::Code } else { Slot::Plain };
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let spans = code_line(line, start, &painted, ground, ink);
        let wrapped = wrap(&spans, width.saturating_sub(INDENT + 2));
        lines.extend(hang(wrapped, vec![Span::raw(" ".repeat(INDENT))], INDENT + 2));
        start += line.len() + 1;
    }
    lines
}

/// A painted line; `start` is its first byte in the painted source.
fn code_line(line: &str, start: usize, painted: &Painted, ground: Slot, ink: &Ink<'_>) -> Spans {
    let shown = Visible::new(line.trim_end_matches('\r'), ink.glyphs.charset);
    let mut spans: Spans = Vec::new();
    for cluster in &shown.clusters {
        let slot = match painted.slot(start + cluster.source.start) {
            _ if cluster.marked => Slot::Caution,
            Slot::Plain => ground,
            slot => slot,
        };
        let (text, style) = (cluster.shown.slice(&shown.text), ink.style(slot));
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(text),
            _ => spans.push(Span::styled(text.to_owned(), style)),
        }
    }
    spans
}

/// A difference without the empty lines around it.
fn trim(mut lines: &[DiffLine]) -> &[DiffLine] {
    let empty = |line: &DiffLine| line.change == Change::Same && line.text.trim().is_empty();
    while let [first, rest @ ..] = lines
        && empty(first)
    {
        lines = rest;
    }
    while let [rest @ .., last] = lines
        && empty(last)
    {
        lines = rest;
    }
    lines
}

fn diff(line: &DiffLine, width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let (sign, slot) = match line.change {
        Change::Same => (" ", Slot::Quiet),
        Change::Removed => ("-", Slot::DiffRemoved),
        Change::Added => ("+", Slot::DiffAdded),
        Change::Gap => (ink.glyphs.ellipsis, Slot::Quiet),
    };
    let look = ink.style(slot);
    let wrapped = wrap(&diff_text(line, look, ink), width.saturating_sub(INDENT + 4));
    let sign = vec![Span::raw(" ".repeat(INDENT)), Span::styled(format!("{sign} "), look)];
    hang(wrapped, sign, INDENT + 4)
}

/// A line of a difference, with what changed inside it underlined.
fn diff_text(line: &DiffLine, look: Style, ink: &Ink<'_>) -> Spans {
    let shown = Visible::new(line.text.trim_end_matches(['\r', '\n']), ink.glyphs.charset);
    let changed = look.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    shown
        .clusters
        .iter()
        .map(|cluster| {
            let here = line.changed.iter().any(|range| range.overlaps(cluster.source));
            let style = if here { changed } else { look };
            Span::styled(cluster.shown.slice(&shown.text).to_owned(), style)
        })
        .collect()
}

/// Puts two columns side by side, the left one `width` wide.
fn beside(left: Vec<Spans>, right: Vec<Spans>, width: usize) -> Vec<Spans> {
    let height = left.len().max(right.len());
    let mut right = right.into_iter();
    let mut left = left.into_iter();
    (0..height)
        .map(|_| {
            let mut line = left.next().unwrap_or_default();
            let used: usize = line.iter().map(|span| visible::width(&span.content)).sum();
            line.push(Span::raw(" ".repeat((width + GAP).saturating_sub(used))));
            line.extend(right.next().unwrap_or_default());
            line
        })
        .collect()
}

/// The widest stretch of prose that cannot be broken, in columns.
pub fn longest_word(prose: &Prose, ink: &Ink<'_>) -> usize {
    let text: String = ink.prose(prose).iter().map(|span| span.content.as_ref()).collect();
    text.split_word_bounds().map(visible::width).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tui::testing::with_ink;
    use crate::text::TextRange;

    fn lines(page: &Page, width: usize, columns: bool) -> String {
        with_ink(|ink| {
            let lines = lay_out(page, width, columns, ink, &mut Painter::at_once());
            lines.lines.iter().map(|line| line.to_string().trim_end().to_owned() + "\n").collect()
        })
    }

    fn page(rows: Vec<Row>) -> Page {
        Page { rows }
    }

    #[test]
    fn a_list_item_hangs_under_its_text() {
        let item = |mark, text: &str| Row::One(Block::Item { mark, body: Prose::plain(text) });
        let page = page(vec![
            item(Mark::Fits, "one two three four"),
            item(Mark::Number(2), "five six seven eight"),
        ]);
        insta::assert_snapshot!(lines(&page, 14, false), @"
         ● one two
           three four
         2. five six
            seven
            eight
        ");
    }

    #[test]
    fn languages_stand_side_by_side_or_one_under_the_other() {
        let pair = |english: &str, chinese: &str| {
            let block = |text| Block::Paragraph(Prose::plain(text));
            Row::Pair(block(english), block(chinese))
        };
        let page = page(vec![
            pair("The loop is already running.", "循环已在运行。"),
            pair("Await.", "等待。"),
        ]);
        insta::assert_snapshot!(lines(&page, 35, true), @"
        The loop is        循环已在运行。
        already running.

        Await.             等待。
        ");
        insta::assert_snapshot!(lines(&page, 35, false), @"
        The loop is already running.
        循环已在运行。

        Await.
        等待。
        ");
    }

    #[test]
    fn a_difference_underlines_what_changed() {
        let line = DiffLine {
            change: Change::Added,
            text: "x = await y".to_owned(),
            changed: vec![TextRange::new(4, 10)],
        };
        with_ink(|ink| {
            let lines = diff(&line, 40, ink);
            let changed: Vec<&str> = lines
                .iter()
                .flatten()
                .filter(|span| span.style.add_modifier.contains(Modifier::UNDERLINED))
                .map(|span| span.content.as_ref())
                .collect();
            assert_eq!(changed, ["await "]);
        });
    }

    #[test]
    fn two_lists_stand_beside_each_other_where_there_is_room() {
        let line = |text: &str| Side::Line(Prose::plain(text));
        let strip = Side::Strip { levels: vec![0, 0, 7, 7, 1], said: Prose::plain("stood still") };
        let left = vec![line("before"), line("a line that is too long for one half"), strip];
        let right = vec![line("after"), line("value: 42")];
        let page = page(vec![Row::One(Block::Beside { left, right })]);
        insta::assert_snapshot!(lines(&page, 70, false), @"
        before                              after
        a line that is too long for one     value: 42
          half
        ▁▁██▂
        stood still
        ");
        insta::assert_snapshot!(lines(&page, 24, false), @"
        before
        a line that is too
          long for one half
        ▁▁██▂
        stood still

        after
        value: 42
        ");
    }

    #[test]
    fn long_code_goes_on_indented() {
        let block =
            Block::Code { language: "python".to_owned(), text: "call(alpha, beta)\n".to_owned() };
        insta::assert_snapshot!(lines(&page(vec![Row::One(block)]), 16, false), @"
          call(alpha,
            beta)
        ");
    }
}
