//! Where everything goes on a screen of a given size.

use ratatui::layout::Rect;

use super::ink::row;
use crate::tutor::view::Pane;

/// Columns from which overview, code and guide stand side by side.
const WIDE: u16 = 120;

/// Columns of a guide from which two languages stand side by side.
pub const COLUMNS: u16 = 100;

/// The widest text that is still pleasant to read, in columns.
pub const READING: u16 = 88;

/// The rows that are always in the same place, and the body between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    pub header: Rect,
    /// Empty where the announcement stands in the status row, or was made before.
    pub announcement: Rect,
    pub body: Rect,
    pub status: Rect,
    pub footer: Rect,
}

/// What the places in the body depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Rows that the code takes with its frame in [`code_width`] columns; 0 when there is none.
    pub code: usize,
    pub bilingual: bool,
    pub editing: bool,
    pub focus: Pane,
}

/// The places in the body; an empty rectangle is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places {
    pub overview: Rect,
    pub code: Rect,
    pub tabs: Rect,
    pub guide: Rect,
    /// Whether the guide has a frame.
    pub framed: bool,
}

impl Rows {
    /// The rows of a screen that is high enough to have them.
    pub fn new(area: Rect, at_home: bool) -> Self {
        let height = usize::from(area.height);
        let above = 1 + u16::from(at_home);
        Self {
            header: row(area, 0),
            announcement: if at_home { row(area, 1) } else { Rect::default() },
            body: Rect { y: area.y + above, height: area.height.saturating_sub(above + 2), ..area },
            status: row(area, height.saturating_sub(2)),
            footer: row(area, height.saturating_sub(1)),
        }
    }
}

/// The columns that code above a guide has, frame included.
pub fn code_width(body: Rect, bilingual: bool) -> u16 {
    let rest = body.width - overview_width(body);
    if bilingual && body.width >= WIDE && rest >= COLUMNS { rest } else { body.width }
}

fn overview_width(body: Rect) -> u16 {
    (body.width / 6).clamp(28, 34).min(body.width)
}

impl Places {
    /// The places of the walkthrough's parts.
    pub fn new(body: Rect, needs: Needs) -> Self {
        if body.width < WIDE {
            return Self::narrow(body, needs);
        }
        let width = overview_width(body);
        let overview = Rect { width, ..body };
        let rest = Rect { x: body.x + width, width: body.width - width, ..body };
        if needs.code == 0 {
            return Self { overview, framed: true, ..Self::reading(rest) };
        }
        match needs.bilingual {
            false => Self::beside(body, width),
            true if rest.width >= COLUMNS => {
                let focus = if needs.focus == Pane::Overview { Pane::Guide } else { needs.focus };
                Self { overview, ..Self::narrow(rest, Needs { focus, ..needs }) }
            }
            true => Self::narrow(body, needs),
        }
    }

    /// Code above, guide below, or one part alone.
    fn narrow(body: Rect, needs: Needs) -> Self {
        match needs.focus {
            Pane::Overview => return Self { overview: body, ..Self::default() },
            _ if needs.code == 0 => return Self::reading(body),
            Pane::Code => return Self { code: body, ..Self::default() },
            Pane::Guide => {}
        }
        let half = body.height / 2;
        let needed = u16::try_from(needs.code).unwrap_or(u16::MAX);
        let height = if needs.editing { half } else { needed.min(half).max(3) };
        let code = Rect { height, ..body };
        let guide = Rect { y: code.bottom() + 1, height: body.height - height - 1, ..body };
        Self { code, tabs: row(body, usize::from(height)), guide, ..Self::default() }
    }

    /// The guide alone, the steps above it.
    fn reading(body: Rect) -> Self {
        let guide = Rect { y: body.y + 1, height: body.height - 1, ..body };
        Self { tabs: row(body, 0), guide, ..Self::default() }
    }

    /// Overview, code and guide side by side, the steps above them all.
    fn beside(body: Rect, overview: u16) -> Self {
        let panes = Rect { y: body.y + 1, height: body.height - 1, ..body };
        let rest = body.width - overview;
        let guide = (rest / 2).min(READING + 4);
        let code = rest - guide;
        Self {
            overview: Rect { width: overview, ..panes },
            code: Rect { x: panes.x + overview, width: code, ..panes },
            tabs: row(body, 0),
            guide: Rect { x: panes.x + overview + code, width: guide, ..panes },
            framed: true,
        }
    }

    /// The room for the guide's text, inside its frame and margins.
    pub fn guide_text(&self, columns: bool, roomy: bool) -> Rect {
        let edge = u16::from(self.framed);
        let margin = if roomy { (self.guide.width / 16).max(1) } else { 1 };
        let inner = Rect {
            x: self.guide.x + edge + margin,
            y: self.guide.y + edge,
            width: self.guide.width.saturating_sub(2 * edge + 2 * margin),
            height: self.guide.height.saturating_sub(2 * edge),
        };
        if columns { inner } else { Rect { width: inner.width.min(READING), ..inner } }
    }
}
