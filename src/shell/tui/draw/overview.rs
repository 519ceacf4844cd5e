//! Draws the overview of cells, only the rows that can be seen.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, row, tail};
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::OverviewRow;

/// The top row nearest to `top` that keeps `selected` in sight, with a row or two around it.
pub fn follow(top: usize, selected: usize, count: usize, visible: usize) -> usize {
    let around = (visible.saturating_sub(1) / 2).min(2);
    let least = (selected + 1 + around).saturating_sub(visible);
    let most = selected.saturating_sub(around);
    top.clamp(least.min(most), most).min(count.saturating_sub(visible))
}

/// Draws the rows from `top` on.
pub fn draw(
    rows: &[OverviewRow],
    top: usize,
    current: usize,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
) {
    let digits = rows.last().map_or(1, |last| last.number.to_string().len());
    let seen = rows.iter().enumerate().skip(top).take(usize::from(area.height));
    for (at, (index, cell)) in seen.enumerate() {
        cell_row(cell, index == current, digits, row(area, at), buf, ink);
    }
}

fn cell_row(
    cell: &OverviewRow,
    current: bool,
    digits: usize,
    row: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
) {
    let pointer = if current { ink.glyphs.selected } else { " " };
    let slot = if current { Slot::Focus } else { Slot::Quiet };
    let text = if cell.kind.is_some() { Slot::Quiet } else { Slot::Plain };
    let mut spans = vec![
        Span::styled(pointer, ink.style(Slot::Focus)),
        Span::styled(format!("{:>digits$} ", cell.number), ink.style(slot)),
    ];
    // Marks are of one width here, so that the lines stand in a column.
    match cell.mark {
        Some(mark) => spans.push(ink.mark(mark)),
        None => spans.push(Span::raw(" ")),
    }
    let unsaved = if cell.edited { ink.glyphs.unsaved } else { " " };
    spans.push(Span::styled(unsaved, ink.style(Slot::Caution)));
    let look = ink.style(if current { Slot::Strong } else { text });
    spans.push(Span::styled(ink.safe(cell.line.trim_start()), look));
    let kind = cell.kind.as_deref().map(|kind| ink.safe(kind)).unwrap_or_default();
    let width = visible::width(&kind);
    let room =
        if width == 0 { row.width } else { row.width.saturating_sub(tail(row, width + 1).width) };
    ink.put(&spans, Rect { width: room, ..row }, buf);
    ink.put(&[Span::styled(kind, ink.style(Slot::Quiet))], tail(row, width), buf);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_cell_stays_in_sight() {
        for count in [0_usize, 1, 5, 100, 5000] {
            for visible in [1, 2, 3, 10, 40] {
                for selected in [0, count / 3, count.saturating_sub(1)] {
                    for before in [0, count / 2, count] {
                        let top = follow(before, selected, count, visible);
                        assert!(top <= selected && selected < top + visible);
                    }
                }
            }
        }
    }
}
