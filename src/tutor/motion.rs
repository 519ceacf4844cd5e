//! Moving in what is longer than its window.

/// A step in a list or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
}

impl Motion {
    /// Where it leads from `at` when the last place is `last`.
    pub fn from(self, at: usize, page: usize, last: usize) -> usize {
        let page = page.max(1);
        match self {
            Motion::Up => at.saturating_sub(1),
            Motion::Down => (at + 1).min(last),
            Motion::PageUp => at.saturating_sub(page),
            Motion::PageDown => (at + page).min(last),
            Motion::Top => 0,
            Motion::Bottom => last,
        }
    }
}
