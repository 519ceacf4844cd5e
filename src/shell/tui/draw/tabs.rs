//! Draws the row of steps, with as much of each label as fits.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, from};
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{StepState, StepTab};

/// Draws the steps and returns where each can be clicked, with its number.
pub fn draw(steps: &[StepTab], row: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> Vec<(Rect, usize)> {
    let room = usize::from(row.width);
    let full: usize = steps.iter().map(|step| visible::width(&text(step, true, ink)) + 1).sum();
    let all = full <= room;
    let mut x = row.x;
    let mut hits = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let slot = match step.state {
            StepState::Current => Slot::Focus,
            StepState::Open | StepState::Done => Slot::Plain,
            StepState::Skipped => Slot::Quiet,
        };
        let text = text(step, all || step.state == StepState::Current, ink);
        if at > 0 {
            x = ink.write(ink.glyphs.dash, Slot::Frame, from(row, x), buf);
        }
        let start = x;
        x = ink.put(&[Span::styled(text, ink.style(slot))], from(row, x), buf);
        hits.push((Rect { x: start, width: x - start, ..row }, step.number));
    }
    hits
}

/// Columns that all steps take with their labels.
pub fn width(steps: &[StepTab], ink: &Ink<'_>) -> usize {
    steps.iter().map(|step| visible::width(&text(step, true, ink)) + 1).sum()
}

/// A step's words: the current one in brackets, a skipped one in parentheses.
fn text<'a>(step: &'a StepTab, labelled: bool, ink: &Ink<'_>) -> Cow<'a, str> {
    let (before, after) = match step.state {
        StepState::Current => ("[", "]"),
        StepState::Open => (" ", " "),
        StepState::Done => (ink.glyphs.right, " "),
        StepState::Skipped => ("(", ")"),
    };
    let label = if labelled { ink.safe(&step.label) } else { Cow::Borrowed("") };
    let space = if label.is_empty() { "" } else { " " };
    Cow::Owned(format!("{before}{}{space}{label}{after}", step.number))
}
