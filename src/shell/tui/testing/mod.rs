//! Views made up for tests, and a screen to draw them on.

mod blocks;
mod demo;
mod fit;
mod lessons;
#[cfg(target_os = "linux")]
mod pty;
mod screens;
mod tutor;
pub mod views;

use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::color::Depth;
use super::draw;
use super::draw::ink::Ink;
use super::glyphs::Glyphs;
use super::paint::Painter;
use super::screen::{Screen, Seen};
use super::theme::{Ground, tests::themes};
use crate::tutor::view::{ThemeChoice, View};

/// Runs code with the dark theme and Unicode signs.
pub fn with_ink<T>(run: impl FnOnce(&Ink<'_>) -> T) -> T {
    let theme = themes().choose(ThemeChoice::Dark, Ground::Dark, Depth::True);
    run(&Ink { theme: &theme, glyphs: &Glyphs::UNICODE, roomy: false })
}

/// A screen for tests.
pub fn screen(glyphs: Glyphs, depth: Depth) -> Screen {
    Screen::new(themes(), Ground::Dark, depth, glyphs, Painter::at_once())
}

/// Draws a view on a screen of a size.
pub fn render(view: &View, width: u16, height: u16, screen: &mut Screen) -> (Buffer, Seen) {
    let mut terminal = ratatui::Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut seen = Seen::default();
    terminal.draw(|frame| seen = draw::view(view, screen, frame)).unwrap();
    (terminal.backend().buffer().clone(), seen)
}

/// The rows of a view as text, without trailing spaces.
pub fn draw(view: &View, width: u16, height: u16) -> String {
    text(&render(view, width, height, &mut screen(Glyphs::UNICODE, Depth::True)).0)
}

/// The rows of a buffer as text.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip > 0 {
                skip -= 1;
                continue;
            }
            skip = crate::shell::visible::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}
