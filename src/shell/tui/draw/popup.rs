//! Draws windows over the body: lists with a filter and a preview, pages, questions.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;
use ratatui::widgets::{Clear, Widget};

use super::code::Extent;
use super::ink::{Ink, Rest, from, row, tail};
use super::overview::follow;
use super::page::is_bilingual;
use super::places::READING;
use super::sheets::{self, Sheet, Sheets};
use crate::shell::tui::paint::Painter;
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{ListRow, Page, Popup};

/// The widest window with a list alone.
const LIST: u16 = 72;

/// The widest window with a page in one language, or with a list and a preview.
const PAGE: u16 = 92;

/// Inner columns from which two languages stand side by side.
const COLUMNS: usize = 90;

/// Inner columns from which the preview stands at the right.
const PREVIEW: u16 = 84;

/// What a popup left on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drawn {
    pub extent: Extent,
    pub cursor: Option<Position>,
    /// The window with its frame.
    pub area: Rect,
    /// Where each visible row of a list can be clicked, with its index.
    pub rows: Vec<(Rect, usize)>,
    /// The first list row seen.
    pub top: usize,
}

/// What drawing a popup needs besides the popup.
pub struct Tools<'a> {
    pub ink: Ink<'a>,
    pub sheets: &'a mut Sheets,
    pub painter: &'a mut Painter,
    /// The first list row seen before.
    pub top: usize,
}

/// Draws a popup over `body`.
pub fn draw(popup: &Popup, body: Rect, buf: &mut Buffer, tools: &mut Tools<'_>) -> Drawn {
    match popup {
        Popup::List { title, query, rows, selected, preview, scroll, empty } => {
            let (query, selected, scroll) = (query.as_ref(), *selected, *scroll);
            let list = List { title, query, rows, selected, scroll, empty };
            list.draw(preview.as_ref(), body, buf, tools)
        }
        Popup::Line { title, text, cursor, note } => {
            let query = (text.clone(), *cursor);
            let empty = note;
            let query = Some(&query);
            let line = List { title, query, rows: &[], selected: 0, scroll: None, empty };
            line.draw_in(middle(body, LIST, 4), None, buf, tools)
        }
        Popup::Reader { title, query: Some(query), page, scroll } => {
            searched(title, query, page, *scroll, body, buf, tools)
        }
        Popup::Reader { title, page, scroll, .. } | Popup::Confirm { title, page, scroll } => {
            sheet(title, page, *scroll, body, buf, tools)
        }
    }
}

/// Draws a page in a frame that is as high as the page, or as the body where that is less.
fn sheet(
    title: &str,
    page: &Arc<Page>,
    scroll: usize,
    body: Rect,
    buf: &mut Buffer,
    tools: &mut Tools<'_>,
) -> Drawn {
    let width = wide(page, body);
    let lines = lines(page, width.saturating_sub(4), tools);
    let area = middle(body, width, short(lines.lines.len() + 2));
    let inner = window(title, area, buf, &tools.ink);
    let extent = pane(page, scroll, inner, buf, tools);
    foot(&extent, scroll, area, buf, tools);
    Drawn { extent, area, ..Drawn::default() }
}

/// Draws a page below the line that is typed in. Its height does not change with what is found.
fn searched(
    title: &str,
    query: &(String, usize),
    page: &Arc<Page>,
    scroll: usize,
    body: Rect,
    buf: &mut Buffer,
    tools: &mut Tools<'_>,
) -> Drawn {
    let area = middle(body, wide(page, body), body.height);
    let inner = window(title, area, buf, &tools.ink);
    let (query, empty) = (Some(query), "");
    let line = List { title, query, rows: &[], selected: 0, scroll: None, empty };
    let cursor = line.filter_line(row(inner, 0), buf, &tools.ink);
    let used = inner.height.min(1);
    let below = Rect { y: inner.y + used, height: inner.height - used, ..inner };
    let extent = pane(page, scroll, below, buf, tools);
    foot(&extent, scroll, area, buf, tools);
    Drawn { extent, area, cursor, ..Drawn::default() }
}

/// Columns of a page's window: all there are, where two languages stand side by side.
fn wide(page: &Page, body: Rect) -> u16 {
    if is_bilingual(page) { body.width } else { PAGE.min(body.width) }
}

/// Says at the lower edge of a window how much of its page is out of sight.
fn foot(extent: &Extent, scroll: usize, area: Rect, buf: &mut Buffer, tools: &Tools<'_>) {
    let top = scroll.min(extent.content.saturating_sub(extent.visible));
    tools.ink.rest(Rest::new(extent.content, top, extent.visible), bottom(area), buf);
}

/// The lines of a page; two languages stand side by side where they can.
fn lines(page: &Arc<Page>, width: u16, tools: &mut Tools<'_>) -> Sheet {
    let width = usize::from(width);
    let columns = is_bilingual(page) && width >= COLUMNS;
    let width = if columns { width } else { width.min(usize::from(READING)) };
    tools.sheets.lay_out(page, width, columns, &tools.ink, tools.painter)
}

/// Draws a page without a frame, one column in from both sides.
fn pane(
    page: &Arc<Page>,
    scroll: usize,
    area: Rect,
    buf: &mut Buffer,
    tools: &mut Tools<'_>,
) -> Extent {
    let text = margin(area);
    let lines = lines(page, text.width, tools);
    let extent = Extent { content: lines.lines.len(), visible: usize::from(text.height) };
    let top = scroll.min(extent.content.saturating_sub(extent.visible));
    sheets::draw(&lines, top, None, text, buf);
    extent
}

/// A list without its preview.
struct List<'a> {
    title: &'a str,
    query: Option<&'a (String, usize)>,
    rows: &'a [ListRow],
    selected: usize,
    /// The preview's first line, where that can be chosen.
    scroll: Option<usize>,
    empty: &'a str,
}

impl List<'_> {
    fn draw(
        &self,
        preview: Option<&Arc<Page>>,
        body: Rect,
        buf: &mut Buffer,
        tools: &mut Tools<'_>,
    ) -> Drawn {
        let area = match (preview, self.query) {
            (Some(_), _) => body,
            // A window that is typed into does not change its height with what is found.
            (None, Some(_)) => middle(body, LIST, body.height),
            (None, None) => middle(body, LIST, short(self.rows.len().max(1) + 2)),
        };
        self.draw_in(area, preview, buf, tools)
    }

    fn draw_in(
        &self,
        area: Rect,
        preview: Option<&Arc<Page>>,
        buf: &mut Buffer,
        tools: &mut Tools<'_>,
    ) -> Drawn {
        let inner = window(self.title, area, buf, &tools.ink);
        let most = if self.scroll.is_some() { self.rows.len() } else { usize::MAX };
        let (left, right) = split(inner, preview.is_some(), most);
        let cursor = self.filter_line(row(left, 0), buf, &tools.ink);
        let used = u16::from(self.query.is_some()).min(left.height);
        let list = Rect { y: left.y + used, height: left.height - used, ..left };
        let mut drawn = self.list(list, tools.top, buf, &tools.ink);
        if let Some(page) = preview.filter(|_| !right.is_empty()) {
            separator(left, right, buf, &tools.ink);
            let top = self.scroll.unwrap_or(0);
            let Extent { content, visible } = pane(page, top, right, buf, tools);
            if self.scroll.is_some() {
                let top = top.min(content.saturating_sub(visible));
                tools.ink.rest(Rest::new(content, top, visible), bottom(area), buf);
                drawn.extent = Extent { content, visible };
            }
        }
        let rest = Rest::new(self.rows.len(), drawn.top, usize::from(list.height));
        let edge = Rect { width: left.width, x: left.x, ..bottom(area) };
        let edge = if right.y > left.y { Rect { y: left.bottom(), ..edge } } else { edge };
        tools.ink.rest(rest, edge, buf);
        Drawn { cursor, area, ..drawn }
    }

    /// Draws the typed text and returns the cursor's place.
    fn filter_line(&self, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> Option<Position> {
        let (text, at) = self.query?;
        let before: String = text.chars().take(*at).collect();
        let used = visible::width(&ink.safe(&before));
        let prompt = format!(" {} ", ink.glyphs.prompt);
        let x = ink.write(&prompt, Slot::FooterKey, row, buf);
        let room = usize::from(from(row, x).width);
        // A long text keeps its end in sight.
        let mut shown = ink.safe(text).into_owned();
        let mut gone = 0;
        while used.saturating_sub(gone) + 1 > room && !shown.is_empty() {
            gone += visible::width(&shown.remove(0).to_string());
        }
        ink.put(&[Span::styled(shown, ink.style(Slot::Strong))], from(row, x), buf);
        let column = u16::try_from(used.saturating_sub(gone)).unwrap_or(0);
        let x = x.saturating_add(column);
        (x < row.right() && row.height > 0).then(|| Position::new(x, row.y))
    }

    fn list(&self, area: Rect, top: usize, buf: &mut Buffer, ink: &Ink<'_>) -> Drawn {
        let visible = usize::from(area.height);
        let top = follow(top, self.selected, self.rows.len(), visible.max(1));
        if self.rows.is_empty() {
            ink.write(&format!("  {}", self.empty), Slot::Quiet, row(area, 0), buf);
        }
        let mut hits = Vec::new();
        for (at, (index, item)) in self.rows.iter().enumerate().skip(top).take(visible).enumerate()
        {
            let place = row(area, at);
            list_row(item, index == self.selected, place, buf, ink);
            hits.push((place, index));
        }
        let extent = Extent { content: self.rows.len(), visible };
        Drawn { extent, rows: hits, top, ..Drawn::default() }
    }
}

fn list_row(item: &ListRow, selected: bool, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let detail = ink.safe(&item.detail);
    let width = if detail.is_empty() { 0 } else { visible::width(&detail) + 2 };
    let detail_row =
        if width * 2 > usize::from(row.width) { tail(row, 0) } else { tail(row, width) };
    let label_row = Rect { width: row.width - detail_row.width, ..row };
    let pointer = if selected { ink.glyphs.selected } else { " " };
    let look = if selected { Slot::Selected } else { Slot::Plain };
    if selected {
        buf.set_style(row, ink.style(Slot::Selected));
    }
    let spans = [
        Span::styled(format!("{pointer} "), ink.style(look)),
        Span::styled(ink.safe(&item.label), ink.style(look)),
    ];
    ink.put(&spans, label_row, buf);
    let look = if selected { Slot::Selected } else { Slot::Quiet };
    ink.put(&[Span::styled(format!(" {detail}"), ink.style(look))], detail_row, buf);
}

/// Where the list and its preview go: side by side, or one above the other; there a list takes no
/// more rows than it needs.
fn split(inner: Rect, preview: bool, most: usize) -> (Rect, Rect) {
    if !preview {
        return (inner, Rect::ZERO);
    }
    if inner.width >= PREVIEW {
        let left = Rect { width: (inner.width * 2 / 5).min(44), ..inner };
        let x = left.right() + 1;
        return (left, Rect { x, width: inner.right() - x, ..inner });
    }
    let height = (inner.height / 2).max(inner.height.min(3)).min(short(most.max(1)));
    let top = Rect { height, ..inner };
    let y = (top.bottom() + 1).min(inner.bottom());
    (top, Rect { y, height: inner.bottom() - y, ..inner })
}

/// The line between the list and its preview.
fn separator(left: Rect, right: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let style = ink.style(Slot::Frame);
    let set = ink.glyphs.border;
    if right.y > left.y {
        let line = set.horizontal_top.repeat(usize::from(left.width));
        buf.set_stringn(left.x, left.bottom(), line, usize::from(left.width), style);
    } else {
        for y in left.top()..left.bottom() {
            buf.set_stringn(left.right(), y, set.vertical_left, 1, style);
        }
    }
}

/// A count of rows as the terminal library takes it.
fn short(rows: usize) -> u16 {
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// Clears a window and draws its frame.
fn window(title: &str, area: Rect, buf: &mut Buffer, ink: &Ink<'_>) -> Rect {
    Clear.render(area, buf);
    buf.set_style(area, ink.style(Slot::Screen));
    ink.frame(title, true, area, buf)
}

/// A rectangle in the middle of another, as large as fits.
fn middle(body: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(body.width), height.min(body.height));
    Rect {
        x: body.x + (body.width - width) / 2,
        y: body.y + (body.height - height) / 2,
        width,
        height,
    }
}

fn bottom(area: Rect) -> Rect {
    let inner = Rect { x: area.x.saturating_add(1), width: area.width.saturating_sub(2), ..area };
    row(inner, usize::from(area.height).saturating_sub(1))
}

fn margin(area: Rect) -> Rect {
    let x = area.x.saturating_add(1).min(area.right());
    Rect { x, width: area.width.saturating_sub(2), ..area }
}
