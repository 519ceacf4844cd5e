//! Draws the first screen: the name, what pasting does, and the menu.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, from, row};
use super::overview::follow;
use super::wrap::wrap;
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{Home, HomeChoice};

/// Draws the home screen and returns where each choice can be clicked, with its index.
pub fn draw(home: &Home, area: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> Vec<(Rect, usize)> {
    let menu = Menu::new(home, ink);
    let left = usize::from(area.width).saturating_sub(menu.width()) / 2;
    let height = usize::from(area.height);
    let first = head(home, left, area, buf, ink);
    let selected = home.choices.iter().position(|choice| choice.selected).unwrap_or(0);
    let top = follow(0, selected, home.choices.len(), height.saturating_sub(first).max(1));
    let mut hits = Vec::new();
    for (at, (index, choice)) in (first..).zip(home.choices.iter().enumerate().skip(top)) {
        let place = indented(row(area, at), left);
        menu.draw(choice, place, buf, ink);
        hits.push((place, index));
    }
    hits
}

/// Draws what stands over the menu and returns the row after it. A screen too low for everything
/// shows the menu alone.
fn head(home: &Home, left: usize, area: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> usize {
    let room = usize::from(area.width).saturating_sub(4);
    let look = ink.style(Slot::Emphasis);
    let invitation = wrap(&[Span::styled(ink.safe(&home.invitation), look)], room);
    let needed = 4 + invitation.len() + home.choices.len();
    let Some(spare) = usize::from(area.height).checked_sub(needed) else { return 0 };
    let top = spare / 3;
    for (at, (text, slot)) in
        (top..).zip([(&home.title, Slot::Focus), (&home.subtitle, Slot::Strong)])
    {
        centred(&[Span::styled(ink.safe(text), ink.style(slot))], row(area, at), buf, ink);
    }
    for (at, line) in (top + 3..).zip(&invitation) {
        let width: usize = line.iter().map(|span| visible::width(&span.content)).sum();
        // In line with the menu where it fits.
        if width + left <= room {
            ink.put(line, indented(row(area, at), left), buf);
        } else {
            centred(line, row(area, at), buf, ink);
        }
    }
    top + 4 + invitation.len()
}

/// The widths of the menu's columns.
struct Menu {
    key: usize,
    label: usize,
    detail: usize,
}

impl Menu {
    fn new(home: &Home, ink: &Ink<'_>) -> Self {
        let widest = |text: fn(&HomeChoice) -> &str| {
            home.choices
                .iter()
                .map(|choice| visible::width(&ink.safe(text(choice))))
                .max()
                .unwrap_or(0)
        };
        Self {
            key: widest(|choice| &choice.key),
            label: widest(|choice| &choice.label),
            detail: widest(|choice| &choice.detail),
        }
    }

    fn width(&self) -> usize {
        2 + self.key + 2 + self.label + 3 + self.detail
    }

    fn draw(&self, choice: &HomeChoice, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
        let pointer = if choice.selected { ink.glyphs.selected } else { " " };
        let label = if choice.selected { Slot::Strong } else { Slot::Plain };
        let padded = |text: &str, width: usize| {
            let text = ink.safe(text);
            format!("{text}{}", " ".repeat(width.saturating_sub(visible::width(&text))))
        };
        let spans = [
            Span::styled(format!("{pointer} "), ink.style(Slot::Focus)),
            Span::styled(padded(&choice.key, self.key + 2), ink.style(Slot::FooterKey)),
            Span::styled(padded(&choice.label, self.label + 3), ink.style(label)),
            Span::styled(ink.safe(&choice.detail), ink.style(Slot::Quiet)),
        ];
        ink.put(&spans, row, buf);
    }
}

/// What is left of a row after `columns`.
fn indented(row: Rect, columns: usize) -> Rect {
    from(row, row.x.saturating_add(u16::try_from(columns).unwrap_or(u16::MAX)))
}

fn centred(spans: &[Span<'_>], row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let width: usize = spans.iter().map(|span| visible::width(&span.content)).sum();
    let left = usize::from(row.width).saturating_sub(width) / 2;
    ink.put(spans, indented(row, left), buf);
}
