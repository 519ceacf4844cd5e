//! Draws the first screen: the name, what pasting does, and the menu.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, from, row};
use super::wrap::wrap;
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{Home, HomeChoice};

/// Draws the home screen and returns where each choice can be clicked.
pub fn draw(home: &Home, area: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> Vec<Rect> {
    let room = usize::from(area.width).saturating_sub(4);
    let invitation =
        wrap(&[Span::styled(ink.safe(&home.invitation), ink.style(Slot::Emphasis))], room);
    let fixed = 2 + 1 + invitation.len() + 1;
    let spare = usize::from(area.height).saturating_sub(fixed + home.choices.len());
    let mut at = spare / 3;
    for (text, slot) in [(&home.title, Slot::Focus), (&home.subtitle, Slot::Strong)] {
        centred(&[Span::styled(ink.safe(text), ink.style(slot))], row(area, at), buf, ink);
        at += 1;
    }
    at += 1;
    let menu = Menu::new(home, ink);
    let left = usize::from(area.width).saturating_sub(menu.width()) / 2;
    let indented =
        |at| from(row(area, at), area.x.saturating_add(u16::try_from(left).unwrap_or(0)));
    for line in &invitation {
        let width: usize = line.iter().map(|span| visible::width(&span.content)).sum();
        if width + left > room {
            centred(line, row(area, at), buf, ink);
        } else {
            ink.put(line, indented(at), buf);
        }
        at += 1;
    }
    at += 1;
    let mut hits = Vec::new();
    for choice in &home.choices {
        let place = indented(at);
        menu.draw(choice, place, buf, ink);
        hits.push(place);
        at += 1;
    }
    hits
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

fn centred(spans: &[Span<'_>], row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let width: usize = spans.iter().map(|span| visible::width(&span.content)).sum();
    let left = usize::from(row.width).saturating_sub(width) / 2;
    ink.put(spans, from(row, row.x.saturating_add(u16::try_from(left).unwrap_or(0))), buf);
}
