//! What has been scrolled where.

use crate::tutor::motion::Motion;
use crate::tutor::view::Pane;

/// The panes of a notebook or a lesson.
#[derive(Debug, Clone, Default)]
pub struct Panes {
    pub focus: Pane,
    pub scroll: usize,
    pub code_scroll: Option<usize>,
    /// Content and visible rows, as the front end measured them.
    guide: (usize, usize),
    code: (usize, usize),
    overview: (usize, usize),
}

impl Panes {
    /// Back to the top, for another page.
    pub fn reset(&mut self) {
        self.scroll = 0;
        self.code_scroll = None;
    }

    /// Scrolls the guide so far that the first `rows` rows which are added below what it holds are seen.
    pub fn reveal(&mut self, rows: usize) {
        let (content, visible) = self.guide;
        // Nothing has been drawn yet, or nothing is drawn here.
        if visible > 0 {
            self.scroll = self.scroll.max(content.saturating_add(rows).saturating_sub(visible));
        }
    }

    /// Takes note of what a pane shows.
    pub fn measured(&mut self, pane: Pane, content: usize, visible: usize) {
        let last = content.saturating_sub(visible);
        match pane {
            Pane::Guide => {
                self.guide = (content, visible);
                self.scroll = self.scroll.min(last);
            }
            Pane::Code => {
                self.code = (content, visible);
                self.code_scroll = self.code_scroll.map(|scroll| scroll.min(last));
            }
            Pane::Overview => self.overview = (content, visible),
        }
    }

    /// Scrolls the page or the code, which had scrolled to the line `shown` by itself until now.
    pub fn scroll(&mut self, motion: Motion, shown: usize) {
        let (content, visible) = if self.focus == Pane::Code { self.code } else { self.guide };
        let last = content.saturating_sub(visible);
        let page = visible.saturating_sub(1);
        if self.focus == Pane::Code {
            let start = shown.saturating_sub(page / 2 + 1);
            let from = self.code_scroll.unwrap_or(start).min(last);
            self.code_scroll = Some(motion.from(from, page, last));
        } else {
            self.scroll = motion.from(self.scroll.min(last), page, last);
        }
    }

    /// The rows of the overview that are a page.
    pub fn page_of_overview(&self) -> usize {
        self.overview.1.saturating_sub(1)
    }
}
