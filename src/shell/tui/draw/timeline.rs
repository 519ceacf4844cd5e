//! Diagrams of the loop: a row for each lane, a column or two for each tick, and what the signs
//! mean.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, row};
use super::wrap::{Spans, wrap};
use crate::knowledge::timeline::{Lane, State, Timeline};
use crate::shell::tui::theme::Slot;
use crate::shell::visible::{self, Charset};

/// Columns that a diagram stands in from the margin.
const INDENT: usize = 2;

/// Columns between a lane's name and its states.
const GAP: usize = 2;

/// Columns between two words of the legend.
const APART: &str = "   ";

/// Where a diagram stands on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagram {
    /// The line of its first lane.
    pub top: usize,
    lanes: usize,
    left: usize,
    /// Columns of a tick.
    step: usize,
    ticks: usize,
}

/// Lays a diagram out. `top` is its first line on the page.
pub fn lay_out(
    timeline: &Timeline,
    legend: &[(State, String)],
    width: usize,
    top: usize,
    ink: &Ink<'_>,
) -> (Vec<Spans>, Diagram) {
    let widths = timeline.lanes.iter().map(|lane| visible::width(&ink.safe(&lane.name)));
    let name = widths.max().unwrap_or(0);
    let left = INDENT + name + GAP;
    let step = if left + 2 * timeline.ticks <= width { 2 } else { 1 };
    let mut lines: Vec<Spans> =
        timeline.lanes.iter().map(|lane| self::lane(lane, name, step, ink)).collect();
    lines.extend(self::legend(legend, width, ink));
    let lanes = timeline.lanes.len();
    (lines, Diagram { top, lanes, left, step, ticks: timeline.ticks })
}

fn lane(lane: &Lane, name: usize, step: usize, ink: &Ink<'_>) -> Spans {
    let shown = ink.safe(&lane.name).into_owned();
    let pad = (name + GAP).saturating_sub(visible::width(&shown));
    let mut spans = vec![
        Span::raw(" ".repeat(INDENT)),
        Span::styled(shown, ink.style(Slot::Code)),
        Span::raw(" ".repeat(pad)),
    ];
    for state in &lane.states {
        let (sign, slot) = sign(*state, ink.glyphs.charset);
        spans.push(Span::styled(sign.repeat(step), ink.style(slot)));
    }
    spans
}

fn legend(words: &[(State, String)], width: usize, ink: &Ink<'_>) -> Vec<Spans> {
    let mut spans: Spans = Vec::new();
    for (state, word) in words {
        let (sign, slot) = sign(*state, ink.glyphs.charset);
        if !spans.is_empty() {
            spans.push(Span::raw(APART));
        }
        spans.push(Span::styled(sign.repeat(2), ink.style(slot)));
        // A sign and its word stay together.
        let word = format!("\u{a0}{}", ink.safe(word));
        spans.push(Span::styled(word, ink.style(Slot::Quiet)));
    }
    let indent = |mut line: Spans| {
        line.insert(0, Span::raw(" ".repeat(INDENT)));
        line
    };
    wrap(&spans, width.saturating_sub(INDENT)).into_iter().map(indent).collect()
}

/// The sign of a state: told apart by its shape as well as its colour.
fn sign(state: State, charset: Charset) -> (&'static str, Slot) {
    let (unicode, ascii, slot) = match state {
        State::None => (" ", " ", Slot::Plain),
        State::Run => ("█", "#", Slot::Right),
        State::Wait => ("─", "-", Slot::Quiet),
        State::Ready => ("·", ".", Slot::Caution),
        State::Block => ("▒", "%", Slot::Mistake),
        State::Work => ("▄", "=", Slot::Advice),
        State::Fail => ("x", "x", Slot::Mistake),
    };
    (if charset == Charset::Unicode { unicode } else { ascii }, slot)
}

impl Diagram {
    /// Clears what comes after the first `ticks`, where the page is shown from line `scrolled` on.
    pub fn hide_after(&self, ticks: usize, scrolled: usize, area: Rect, buf: &mut Buffer) {
        let from = self.left + self.step * ticks.min(self.ticks);
        let columns = self.step * self.ticks.saturating_sub(ticks);
        let short = |number: usize| u16::try_from(number).unwrap_or(u16::MAX);
        for line in self.top..self.top + self.lanes {
            let Some(at) = line.checked_sub(scrolled) else { continue };
            let line = row(area, at);
            let x = line.x.saturating_add(short(from)).min(line.right());
            let width = short(columns).min(line.right() - x);
            for position in (Rect { x, width, ..line }).positions() {
                if let Some(cell) = buf.cell_mut(position) {
                    cell.set_symbol(" ");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::tui::glyphs::Glyphs;
    use crate::shell::tui::testing::with_ink;

    const TEXT: &str = "cell     run 2, wait 3, fail 1\nfetch a  none 1, ready 1, run 1, work 3";

    fn drawn(width: usize, glyphs: Glyphs) -> String {
        let timeline = Timeline::parse(TEXT).unwrap();
        let legend = [(State::Run, "runs".to_owned()), (State::Wait, "waits".to_owned())];
        let lines = with_ink(|ink| {
            let ink = Ink { glyphs: &glyphs, ..*ink };
            lay_out(&timeline, &legend, width, 0, &ink).0
        });
        let text = |line: &Spans| line.iter().map(|span| span.content.as_ref()).collect::<String>();
        lines.iter().map(|line| text(line) + "|\n").collect()
    }

    #[test]
    fn a_tick_is_two_columns_where_there_is_room() {
        insta::assert_snapshot!(drawn(40, Glyphs::UNICODE), @"
          cell     ████──────xx|
          fetch a    ··██▄▄▄▄▄▄|
          ██ runs   ── waits|
        ");
        insta::assert_snapshot!(drawn(20, Glyphs::ASCII), @"
          cell     ##---x|
          fetch a   .#===|
          ## runs   -- waits|
        ");
    }
}
