//! Draws a view: where everything goes, and what is drawn there.

pub mod code;
mod header;
mod home;
pub mod ink;
mod overview;
mod page;
mod places;
mod popup;
mod sheets;
pub mod source;
mod table;
mod tabs;
mod timeline;
mod underline;
mod walkthrough;
mod wrap;

pub use page::lay_out;
pub use sheets::Sheets;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::ink::{Ink, Rest, row};
use self::places::Rows;
use super::screen::{Screen, Seen};
use super::theme::Slot;
use crate::tutor::message::Target;
use crate::tutor::view::{Body, Popup, View};

/// The smallest screen that holds the rows which must always be there.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Draws a view and returns what is where.
pub fn view(view: &View, screen: &mut Screen, frame: &mut Frame<'_>) -> Seen {
    let area = frame.area();
    let mut seen = Seen::default();
    screen.choose(view.theme);
    let (theme, glyphs) = (screen.theme.clone(), screen.glyphs);
    let ink = Ink { theme: &theme, glyphs: &glyphs, roomy: view.roomy };
    let buf = frame.buffer_mut();
    buf.set_style(area, ink.style(Slot::Screen));
    screen.is_too_small = area.width < SMALLEST.0 || area.height < SMALLEST.1;
    if screen.is_too_small {
        too_small(area, buf, &ink);
        return seen;
    }
    let rows = Rows::new(area, matches!(view.body, Body::Home(_)));
    header::header(&view.header, rows.header, buf, &ink);
    if let Some(said) = &view.announcement {
        header::announcement(said, rows.announcement, buf, &ink);
    }
    header::footer(&view.footer, rows.footer, buf, &ink);
    let (in_body, rest) = body(&view.body, rows.body, buf, &ink, screen, &mut seen);
    if view.popup.is_none() {
        ink.rest(rest, rows.status, buf);
    }
    if let Some(said) = view.announcement.as_ref().filter(|_| rows.announcement.is_empty()) {
        header::announced_below(said, rows.status, buf, &ink);
    }
    let cursor = match &view.popup {
        Some(shown) => over(shown, rows.body, buf, &ink, screen, &mut seen),
        None => in_body,
    };
    // Over a window too.
    if let Some(status) = &view.status {
        header::status(status, rows.status, frame.buffer_mut(), &ink);
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    seen
}

/// Draws the body. Returns the cursor's place, and rows out of sight that are still to be told.
fn body(
    body: &Body,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) -> (Option<Position>, Rest) {
    match body {
        Body::Home(shown) => {
            let hits = home::draw(shown, area, buf, ink).into_iter();
            seen.hits.targets.extend(hits.map(|(area, at)| (area, Target::HomeChoice(at))));
            (None, Rest::default())
        }
        Body::Walkthrough(shown) => walkthrough::draw(shown, area, buf, ink, screen, seen),
    }
}

/// Draws a popup over the body and returns the cursor's place.
fn over(
    shown: &Popup,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) -> Option<Position> {
    let Screen { sheets, painter, popup_top, .. } = screen;
    let mut tools = popup::Tools { ink: *ink, sheets, painter, top: *popup_top };
    let drawn = popup::draw(shown, area, buf, &mut tools);
    *popup_top = drawn.top;
    seen.popup = Some(drawn.extent);
    seen.hits.popup = Some(drawn.area);
    let rows = drawn.rows.into_iter().map(|(area, at)| (area, Target::PopupRow(at)));
    seen.hits.targets.extend(rows);
    drawn.cursor
}

/// Says in one line, in no language, that the screen is smaller than what is needed.
fn too_small(area: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let (width, height) = SMALLEST;
    let text = format!("{}x{} < {width}x{height}", area.width, area.height);
    ink.write(&text, Slot::Caution, row(area, 0), buf);
}
