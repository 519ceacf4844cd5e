//! What comes in from the terminal, in the tutor's words.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::paint::{Job, Painted};
use crate::tutor::key::{Code, Key};
use crate::tutor::message::{Msg, Target};
use crate::tutor::view::Pane;

/// Events taken together before the screen is drawn again.
const BATCH: usize = 512;

/// Lines that one notch of the wheel moves.
const NOTCH: isize = 3;

/// Something that wakes the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    Key(KeyEvent),
    Pasted(String),
    Mouse(MouseEvent),
    Resized,
    /// Somebody else wants the program stopped.
    Suspend,
    /// The program goes on after a stop.
    Continue,
    /// A signal ends the program.
    End(i32),
    /// Something that was asked for has come.
    Answer(Msg),
    /// A source has its colours.
    Painted(Job, Painted),
    /// The terminal can no longer be read.
    Lost(String),
}

/// Where things are on the screen, for the mouse. Later entries lie on top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    pub targets: Vec<(Rect, Target)>,
    pub panes: Vec<(Rect, Pane)>,
    /// The open popup; what it covers cannot be hit.
    pub popup: Option<Rect>,
}

/// Waits for an event and takes whatever else has come with it. Empty when nobody sends any more;
/// `None` when nothing has come for `patience`.
pub fn batch(events: &Receiver<Event>, patience: Option<Duration>) -> Option<Vec<Event>> {
    let first = match patience {
        Some(patience) => match events.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) => return None,
            other => other.ok(),
        },
        None => events.recv().ok(),
    };
    let mut out: Vec<Event> = first.into_iter().collect();
    if !out.is_empty() {
        out.extend(events.try_iter().take(BATCH));
    }
    Some(out)
}

/// A key press in the tutor's words.
pub fn key(event: &KeyEvent) -> Option<Key> {
    let code = match event.code {
        KeyCode::Char(char) => Code::Char(char),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        _ => return None,
    };
    Some(Key {
        code,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
    })
}

/// What a mouse event means on this screen.
pub fn mouse(event: &MouseEvent, hits: &Hits) -> Option<Msg> {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => hits.target(at).map(Msg::Clicked),
        MouseEventKind::ScrollDown => Some(Msg::Wheel(hits.pane(at), NOTCH)),
        MouseEventKind::ScrollUp => Some(Msg::Wheel(hits.pane(at), -NOTCH)),
        _ => None,
    }
}

impl Hits {
    /// The pane under the wheel; the guide where there is none, which is where pages are read.
    fn pane(&self, at: Position) -> Pane {
        let found = self.panes.iter().rev().find(|(area, _)| area.contains(at));
        found.map(|(_, pane)| *pane).unwrap_or_default()
    }

    fn target(&self, at: Position) -> Option<Target> {
        let on_top = |target: &Target| match self.popup {
            Some(_) => matches!(target, Target::PopupRow(_)),
            None => true,
        };
        let hit =
            self.targets.iter().rev().find(|(area, target)| area.contains(at) && on_top(target));
        let pane = || {
            let found = self.panes.iter().rev().find(|(area, _)| area.contains(at));
            found.filter(|_| self.popup.is_none()).map(|(_, pane)| Target::Pane(*pane))
        };
        hit.map(|(_, target)| *target).or_else(pane)
    }
}

/// Leaves out what the next event makes void: all changes of size but the last.
pub fn coalesce(events: Vec<Event>) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        let repeats = matches!((&event, out.last()), (Event::Resized, Some(Event::Resized)));
        if !repeats {
            out.push(event);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_popup_covers_what_lies_under_it() {
        let body = Rect::new(0, 0, 10, 10);
        let mut hits = Hits {
            targets: vec![(body, Target::Step(3))],
            panes: vec![(body, Pane::Code)],
            popup: None,
        };
        let click = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 1,
            row: 1,
            modifiers: KeyModifiers::NONE,
        };
        assert_eq!(mouse(&click, &hits), Some(Msg::Clicked(Target::Step(3))));
        hits.popup = Some(body);
        assert_eq!(mouse(&click, &hits), None);
        hits.targets.push((body, Target::PopupRow(2)));
        assert_eq!(mouse(&click, &hits), Some(Msg::Clicked(Target::PopupRow(2))));
    }

    #[test]
    fn a_resize_storm_is_one_resize() {
        assert_eq!(coalesce(vec![Event::Resized; 9]).len(), 1);
    }
}
