//! Draws the code pane: numbered lines, colours, underlines with their labels.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::ink::{Ink, Rest, from, row};
use super::source::{Notes, Source, gravity};
use crate::shell::tui::theme::Slot;
use crate::shell::visible::{self, Visible};
use crate::text::TextRange;
use crate::tutor::view::{CodePane, Underline};

/// Columns kept between what is revealed and the pane's edge.
const MARGIN: usize = 4;

/// What the code pane shows.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    pub source: &'a Source,
    pub underlines: &'a [Underline],
    pub window: Window,
    /// Bytes of the source that are selected.
    pub selection: TextRange,
    /// Byte of the source where the cursor stands.
    pub cursor: Option<usize>,
}

/// The part of a source that can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// Rows above, underline rows included.
    pub top: usize,
    /// Columns to the left.
    pub left: usize,
}

/// How much of a source there is and how much is seen, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    pub content: usize,
    pub visible: usize,
}

/// Columns in front of the code: a space, the number, two spaces.
pub fn gutter(source: &Source) -> usize {
    source.line_count().to_string().len().max(2) + 3
}

/// Rows that a source and its underlines take in a pane `width` columns wide.
pub fn height(source: &Source, underlines: &[Underline], width: usize, ink: &Ink<'_>) -> usize {
    let room = width.saturating_sub(gutter(source));
    source.notes(underlines, room, ink).rows_before(source.line_count())
}

/// The window that shows the evidence: its line a third down, its columns and label inside.
pub fn reveal(pane: &CodePane, source: &Source, area: Rect, ink: &Ink<'_>) -> Window {
    let room = usize::from(area.width).saturating_sub(gutter(source));
    let line = source.line_of(pane.reveal);
    let left = left_of(pane, source, line, room, ink);
    let notes = source.notes(&pane.underlines, room + left, ink);
    let (content, visible) = (notes.rows_before(source.line_count()), usize::from(area.height));
    let last = content.saturating_sub(visible);
    let target = notes.rows_before(line);
    let needed = (target + notes.height(line)).saturating_sub(visible).min(target);
    let top = pane.scroll.unwrap_or_else(|| target.saturating_sub(visible / 3).max(needed));
    Window { top: top.min(last), left }
}

/// The window nearest to `window` that shows the cursor.
pub fn follow(
    window: Window,
    source: &Source,
    underlines: &[Underline],
    cursor: usize,
    area: Rect,
    ink: &Ink<'_>,
) -> Window {
    let room = usize::from(area.width).saturating_sub(gutter(source)).max(1);
    let visible = usize::from(area.height).max(1);
    let line = source.line_of(cursor);
    let column = source.columns(TextRange::at(cursor), line, ink).start;
    let mut left = window.left;
    if column < left + MARGIN.min(left) {
        left = column.saturating_sub(MARGIN);
    } else if column + 1 + MARGIN > left + room {
        left = (column + 1 + MARGIN).saturating_sub(room);
    }
    if column + 1 + MARGIN <= room {
        left = 0;
    }
    let notes = source.notes(underlines, room + left, ink);
    let target = notes.rows_before(line);
    let last = notes.rows_before(source.line_count()).saturating_sub(visible);
    let needed = (target + notes.height(line)).saturating_sub(visible).min(target);
    Window { top: window.top.clamp(needed, target.max(needed)).min(last), left }
}

/// Draws the code and returns its extent and the cursor's place on the screen.
pub fn draw(
    code: &Code<'_>,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
) -> (Extent, Option<Position>) {
    let gutter = gutter(code.source);
    let room = usize::from(area.width).saturating_sub(gutter);
    let notes = code.source.notes(code.underlines, room + code.window.left, ink);
    let content = notes.rows_before(code.source.line_count());
    let (mut line, mut inner) = notes.line_at(code.window.top);
    let mut cursor = None;
    for at in 0..usize::from(area.height) {
        let place = row(area, at);
        if line >= code.source.line_count() {
            break;
        }
        if inner == 0 {
            let text = from(place, place.x.saturating_add(columns(gutter)));
            number(line, &notes, gutter, place, buf, ink);
            cursor = cursor.or(text_line(code, line, text, buf, ink));
        } else if let Some(bits) = notes.rows.get(&line).and_then(|rows| rows.get(inner - 1)) {
            for bit in bits {
                let span = std::slice::from_ref(&bit.span);
                put_clipped(span, bit.column, code.window.left, gutter, place, buf, ink);
            }
        }
        inner += 1;
        if inner >= notes.height(line) {
            (line, inner) = (line + 1, 0);
        }
    }
    (Extent { content, visible: usize::from(area.height) }, cursor)
}

/// Rows out of sight.
pub fn rest(extent: Extent, window: Window) -> Rest {
    Rest::new(extent.content, window.top, extent.visible)
}

/// How far the pane must move to the right to show where the evidence on `line` begins. Where that
/// can be seen from the first column on, it stays there: the rest is clipped and marked.
fn left_of(pane: &CodePane, source: &Source, line: usize, room: usize, ink: &Ink<'_>) -> usize {
    let here = pane.underlines.iter().filter(|underline| {
        source.line_of(underline.range.start) == line
            || underline.range.contains(TextRange::at(pane.reveal))
    });
    let Some(wanted) = here.min_by_key(|underline| underline.range.start.abs_diff(pane.reveal))
    else {
        return 0;
    };
    let columns = source.columns(wanted.range, line, ink);
    let mark = wanted.mark.map_or(0, |mark| visible::width(&ink.glyphs.mark(mark)) + 1);
    let label = visible::width(&ink.safe(&wanted.label)) + mark + 1;
    if columns.start + MARGIN <= room {
        return 0;
    }
    (columns.end + label).saturating_sub(room).min(columns.start.saturating_sub(MARGIN))
}

fn number(line: usize, notes: &Notes, gutter: usize, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let width = gutter - 2;
    let mut spans = vec![Span::styled(format!("{:>width$}", line + 1), ink.style(Slot::Quiet))];
    if let Some(tone) = notes.bars.get(&line) {
        spans.push(Span::styled(ink.glyphs.bar, ink.theme.tone(*tone)));
    }
    ink.put(&spans, row, buf);
}

/// Draws the visible part of a line. Returns the cursor's place when it is on this line.
fn text_line(
    code: &Code<'_>,
    line: usize,
    row: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
) -> Option<Position> {
    let shown = code.source.shown(line, ink);
    let bytes = code.source.line(line);
    let here = |underline: &&Underline| underline.range.overlaps(bytes);
    let underlines: Vec<&Underline> = code.underlines.iter().filter(here).collect();
    let left = code.window.left;
    let right = left + usize::from(row.width);
    for cluster in
        shown.clusters.iter().skip_while(|cluster| cluster.column + cluster.width <= left)
    {
        if cluster.column >= right {
            break;
        }
        let source =
            TextRange::new(bytes.start + cluster.source.start, bytes.start + cluster.source.end);
        let mut style = look(code, &underlines, source, ink);
        if cluster.marked {
            style = style.patch(ink.style(Slot::Caution));
        }
        let mut column = cluster.column;
        for piece in cluster.shown.slice(&shown.text).graphemes(true) {
            let width = visible::width(piece);
            if column >= left && column + width <= right {
                let x = row.x.saturating_add(columns(column - left));
                buf.set_stringn(x, row.y, piece, width, style);
            }
            column += width;
        }
    }
    clip_marks(&shown, left, row, buf, ink);
    let cursor = code.cursor.filter(|at| code.source.line_of(*at) == line)?;
    let column = shown.column_of(cursor - bytes.start).checked_sub(left)?;
    (column < usize::from(row.width)).then(|| Position::new(row.x + columns(column), row.y))
}

/// The look of some bytes: syntax, then evidence, then selection.
fn look(code: &Code<'_>, here: &[&Underline], bytes: TextRange, ink: &Ink<'_>) -> Style {
    let mut style = ink.style(code.source.painted.slot(bytes.start));
    let here = here.iter().copied().filter(|underline| underline.range.overlaps(bytes));
    if let Some(underline) = here.min_by_key(|underline| gravity(underline)) {
        style = style.add_modifier(Modifier::UNDERLINED);
        // Terminals with few colours tend to misread the sequence for coloured underlines.
        if let Some(color @ Color::Rgb(..)) = ink.theme.tone(underline.tone).fg {
            style = style.underline_color(color);
        }
    }
    if code.selection.overlaps(bytes) { style.patch(ink.style(Slot::Selected)) } else { style }
}

/// Marks where a line goes on outside the pane.
fn clip_marks(shown: &Visible, left: usize, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let style = ink.style(Slot::Quiet);
    if left > 0 && shown.width > 0 && !row.is_empty() {
        buf.set_stringn(row.x, row.y, ink.glyphs.clipped_left, 1, style);
    }
    if shown.width > left + usize::from(row.width) && row.width > 1 {
        buf.set_stringn(row.right() - 1, row.y, ink.glyphs.clipped_right, 1, style);
    }
}

/// Draws spans that begin at a column of the text, as far as the window shows them.
fn put_clipped(
    spans: &[Span<'_>],
    column: usize,
    left: usize,
    gutter: usize,
    row: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
) {
    let text = from(row, row.x.saturating_add(columns(gutter)));
    let mut column = column;
    for span in spans {
        for piece in span.content.graphemes(true) {
            if let Some(at) = column.checked_sub(left) {
                let place = from(text, text.x.saturating_add(columns(at)));
                ink.put(&[Span::styled(piece, span.style)], place, buf);
            }
            column += visible::width(piece);
        }
    }
}

/// A count of columns as the terminal library takes it.
fn columns(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
