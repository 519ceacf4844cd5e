//! What every part of the screen draws with: the theme, the signs, and text that is safe.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::{Block, Widget};
use unicode_segmentation::UnicodeSegmentation;

use crate::document::{Mark, Prose, Tone};
use crate::shell::tui::glyphs::Glyphs;
use crate::shell::tui::theme::{Slot, Theme};
use crate::shell::visible;

/// Theme and signs.
#[derive(Debug, Clone, Copy)]
pub struct Ink<'a> {
    pub theme: &'a Theme,
    pub glyphs: &'a Glyphs,
    /// Wide margins and space between blocks.
    pub roomy: bool,
}

impl Ink<'_> {
    /// Text that is safe for this terminal.
    pub fn safe<'t>(&self, text: &'t str) -> Cow<'t, str> {
        visible::line_in(text, self.glyphs.charset)
    }

    /// The look of a slot.
    pub fn style(&self, slot: Slot) -> Style {
        self.theme.style(slot)
    }

    /// A mark in its colour.
    pub fn mark(&self, mark: Mark) -> Span<'static> {
        Span::styled(self.glyphs.mark(mark), self.theme.mark(mark))
    }

    /// Running text as safe spans.
    pub fn prose(&self, prose: &Prose) -> Vec<Span<'static>> {
        let Prose(runs) = prose;
        let span = |text: &str, tone: Tone| {
            Span::styled(self.safe(text).into_owned(), self.theme.tone(tone))
        };
        runs.iter().map(|run| span(&run.text, run.tone)).collect()
    }

    /// Writes spans of safe text into a row and returns the column after them. What does not fit
    /// is cut, with an ellipsis in its place.
    pub fn put(&self, spans: &[Span<'_>], row: Rect, buf: &mut Buffer) -> u16 {
        let room = usize::from(row.width);
        let total: usize = spans.iter().map(|span| visible::width(&span.content)).sum();
        let ellipsis = if total > room { self.glyphs.ellipsis } else { "" };
        let mut left = room.saturating_sub(visible::width(ellipsis));
        let mut x = row.x;
        if row.is_empty() {
            return x;
        }
        for span in spans {
            let shown = head(&span.content, left);
            x = buf.set_stringn(x, row.y, shown, left, span.style).0;
            left -= visible::width(shown);
            if shown.len() < span.content.len() {
                return buf.set_stringn(x, row.y, ellipsis, room, span.style).0;
            }
        }
        x
    }

    /// Writes text that may be unsafe.
    pub fn write(&self, text: &str, slot: Slot, row: Rect, buf: &mut Buffer) -> u16 {
        self.put(&[Span::styled(self.safe(text), self.style(slot))], row, buf)
    }

    /// Draws a frame with a title and gives back the room inside.
    pub fn frame(&self, title: &str, focused: bool, area: Rect, buf: &mut Buffer) -> Rect {
        let slot = if focused { Slot::Focus } else { Slot::Frame };
        let block = Block::bordered().border_set(self.glyphs.border).border_style(self.style(slot));
        let inner = block.inner(area);
        block.render(area, buf);
        if !title.is_empty() && area.width > 4 {
            let slot = if focused { Slot::Focus } else { Slot::Header };
            let row = Rect { x: area.x + 1, width: area.width - 2, height: 1, ..area };
            self.write(&format!(" {title} "), slot, row, buf);
        }
        inner
    }

    /// Writes how many rows lie above and below, at the right end of a row.
    pub fn rest(&self, rest: Rest, row: Rect, buf: &mut Buffer) {
        let Rest { above, below } = rest;
        let mut text = String::new();
        for (sign, count) in [(self.glyphs.above, above), (self.glyphs.below, below)] {
            if count > 0 {
                text.push_str(&format!(" {sign} {count}"));
            }
        }
        let width = visible::width(&text) + 1;
        if text.is_empty() || width > usize::from(row.width) {
            return;
        }
        text.push(' ');
        let row = tail(row, width);
        self.put(&[Span::styled(text, self.style(Slot::Quiet))], row, buf);
    }
}

/// Rows that cannot be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rest {
    pub above: usize,
    pub below: usize,
}

impl Rest {
    /// The rows out of sight when `content` rows are shown from row `top` in `visible` rows.
    pub fn new(content: usize, top: usize, visible: usize) -> Self {
        Self { above: top, below: content.saturating_sub(top.saturating_add(visible)) }
    }
}

/// The longest head of safe text that takes at most `columns`.
pub fn head(text: &str, columns: usize) -> &str {
    if text.len() <= columns && text.is_ascii() {
        return text;
    }
    let mut left = columns;
    let mut end = 0;
    for cluster in text.graphemes(true) {
        let Some(rest) = left.checked_sub(visible::width(cluster)) else { break };
        left = rest;
        end += cluster.len();
    }
    text.get(..end).unwrap_or_default()
}

/// The last `columns` of a row.
pub fn tail(row: Rect, columns: usize) -> Rect {
    let width = u16::try_from(columns).unwrap_or(u16::MAX).min(row.width);
    Rect { x: row.right() - width, width, ..row }
}

/// The row of `area` that lies `at` rows under its top; empty when there is none.
pub fn row(area: Rect, at: usize) -> Rect {
    match u16::try_from(at) {
        Ok(at) if at < area.height => Rect { y: area.y + at, height: 1, ..area },
        _ => Rect { height: 0, ..area },
    }
}

/// What is left of a row from column `x` on.
pub fn from(row: Rect, x: u16) -> Rect {
    let x = x.clamp(row.x, row.right());
    Rect { x, width: row.right() - x, ..row }
}
