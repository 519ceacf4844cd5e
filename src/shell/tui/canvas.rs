//! A screen in memory, whose frames nobody looks at: to measure what drawing costs.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::color::Depth;
use super::draw;
use super::glyphs::Glyphs;
use super::paint::Painter;
use super::screen::Screen;
use super::theme::{Ground, Themes};
use crate::tutor::view::View;

/// A screen of a fixed size.
pub struct Canvas {
    screen: Screen,
    /// `None` where not even a screen in memory can be had.
    terminal: Option<Terminal<TestBackend>>,
}

impl Canvas {
    /// An empty screen of so many columns and rows.
    pub fn new(themes: Themes, width: u16, height: u16) -> Self {
        let painter = Painter::at_once();
        let screen = Screen::new(themes, Ground::Dark, Depth::True, Glyphs::UNICODE, painter);
        Self { screen, terminal: Terminal::new(TestBackend::new(width, height)).ok() }
    }

    /// Draws a frame over the one before.
    pub fn draw(&mut self, view: &View) {
        let (screen, terminal) = (&mut self.screen, &mut self.terminal);
        let Some(terminal) = terminal else { return };
        let mut seen = None;
        // A screen in memory fails at nothing.
        let _ = terminal.draw(|frame| seen = Some(draw::view(view, screen, frame)));
        screen.report(seen.unwrap_or_default());
    }
}
