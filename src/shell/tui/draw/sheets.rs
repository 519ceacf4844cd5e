//! Remembers pages as they were laid out, so that scrolling lays nothing out again.

use std::rc::Rc;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use super::ink::{Ink, row};
use super::page::{self, Laid};
use crate::shell::tui::paint::Painter;
use crate::tutor::view::Page;

/// Pages remembered at a time: guide, preview, reader and their neighbours.
const KEPT: usize = 8;

/// A page as lines.
pub type Sheet = Rc<Laid>;

/// Pages as lines, the last used at the end.
#[derive(Default)]
pub struct Sheets(Vec<(Key, Sheet)>);

/// What a layout depends on, besides the theme.
struct Key {
    /// Held, so that its address cannot become another page's.
    page: Arc<Page>,
    width: usize,
    columns: bool,
    answers: usize,
}

impl Sheets {
    /// Forgets everything; needed when the theme changes.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The lines of a page in `width` columns; with `columns`, two languages stand side by side.
    pub fn lay_out(
        &mut self,
        page: &Arc<Page>,
        width: usize,
        columns: bool,
        ink: &Ink<'_>,
        painter: &mut Painter,
    ) -> Sheet {
        let answers = painter.answers;
        let known = |(key, _): &(Key, Sheet)| {
            Arc::ptr_eq(&key.page, page)
                && (key.width, key.columns, key.answers) == (width, columns, answers)
        };
        if let Some(at) = self.0.iter().position(known) {
            let found = self.0.remove(at);
            let sheet = Rc::clone(&found.1);
            self.0.push(found);
            return sheet;
        }
        let sheet = Rc::new(page::lay_out(page, width, columns, ink, painter));
        if self.0.len() >= KEPT {
            self.0.remove(0);
        }
        let key = Key { page: Arc::clone(page), width, columns, answers };
        self.0.push((key, Rc::clone(&sheet)));
        sheet
    }
}

/// Draws lines from `top` on. With a `frame`, diagrams show so many ticks.
pub fn draw(sheet: &Laid, top: usize, frame: Option<usize>, area: Rect, buf: &mut Buffer) {
    for (at, line) in sheet.lines.iter().skip(top).take(usize::from(area.height)).enumerate() {
        line.render(row(area, at), buf);
    }
    for diagram in &sheet.diagrams {
        if let Some(ticks) = frame {
            diagram.hide_after(ticks, top, area, buf);
        }
    }
}
