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
mod underline;
mod walkthrough;
mod wrap;

pub use sheets::Sheets;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use self::ink::{Ink, Rest, row};
use super::screen::{Screen, Seen};
use super::theme::Slot;
use crate::tutor::message::Target;
use crate::tutor::view::{Body, View};

/// The smallest screen that holds the rows which must always be there.
pub const SMALLEST: (u16, u16) = (40, 10);

/// Draws a view and returns what is where.
pub fn view(view: &View, screen: &mut Screen, frame: &mut Frame<'_>) -> Seen {
    let area = frame.area();
    let mut seen = Seen::default();
    let cursor = draw(view, area, frame.buffer_mut(), screen, &mut seen);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    seen
}

fn draw(
    view: &View,
    area: Rect,
    buf: &mut Buffer,
    screen: &mut Screen,
    seen: &mut Seen,
) -> Option<Position> {
    screen.choose(view.theme);
    let (theme, glyphs) = (screen.theme.clone(), screen.glyphs);
    let ink = Ink { theme: &theme, glyphs: &glyphs };
    buf.set_style(area, ink.style(Slot::Screen));
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(area, buf, &ink);
        return None;
    }
    let rows = places::Rows::new(area);
    header::header(&view.header, rows.header, buf, &ink);
    header::announcement(&view.announcement, rows.announcement, buf, &ink);
    let (cursor, rest) = match &view.body {
        Body::Home(home) => {
            let hits = home::draw(home, rows.body, buf, &ink);
            let choice = |(at, area)| (area, Target::HomeChoice(at));
            seen.hits.targets.extend(hits.into_iter().enumerate().map(choice));
            (None, Rest::default())
        }
        Body::Walkthrough(shown) => walkthrough::draw(shown, rows.body, buf, &ink, screen, seen),
    };
    if view.popup.is_none() {
        ink.rest(rest, rows.status, buf);
    }
    if let Some(status) = &view.status {
        header::status(status, rows.status, buf, &ink);
    }
    header::footer(&view.footer, rows.footer, buf, &ink);
    let Some(popup) = &view.popup else {
        screen.popup_top = 0;
        return cursor;
    };
    let mut tools = popup::Tools {
        ink,
        sheets: &mut screen.sheets,
        painter: &mut screen.painter,
        top: screen.popup_top,
    };
    let drawn = popup::draw(popup, rows.body, buf, &mut tools);
    screen.popup_top = drawn.top;
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
