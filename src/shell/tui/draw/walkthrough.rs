//! Draws a cell with its guide.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::code::{self, Code, Extent, Window};
use super::ink::{Ink, Rest, from, row};
use super::places::{COLUMNS, Needs, Places, code_width};
use super::{overview, page, sheets, tabs};
use crate::shell::tui::screen::{Screen, Seen};
use crate::text::TextRange;
use crate::tutor::message::Target;
use crate::tutor::view::{CodePane, Pane, Walkthrough};

/// Draws the walkthrough. Returns the cursor's place, and the rows of an unframed guide that are
/// out of sight.
pub fn draw(
    shown: &Walkthrough,
    body: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) -> (Option<Position>, Rest) {
    fill(shown.code.as_ref(), screen);
    let bilingual = page::is_bilingual(&shown.guide);
    let inner = usize::from(code_width(body, bilingual).saturating_sub(2));
    let needs = Needs {
        code: shown
            .code
            .as_ref()
            .map_or(0, |pane| code::height(&screen.source, &pane.underlines, inner, ink) + 2),
        bilingual,
        editing: screen.editor.is_some(),
        focus: shown.focus,
    };
    let places = Places::new(body, needs);
    draw_overview(shown, places.overview, buf, ink, screen, seen);
    let pane = shown.code.as_ref().filter(|_| !places.code.is_empty());
    let cursor = pane.and_then(|pane| {
        let focused = shown.focus == Pane::Code;
        draw_code(pane, focused, places.code, buf, ink, screen, seen)
    });
    if !places.tabs.is_empty() {
        let row = tabs_row(shown, &places, ink);
        let hits = tabs::draw(&shown.steps, row, buf, ink);
        seen.hits
            .targets
            .extend(hits.into_iter().map(|(area, number)| (area, Target::Step(number))));
    }
    (cursor, draw_guide(shown, &places, buf, ink, screen, seen))
}

/// The row for the steps: they begin over the guide, or further left when they need more room.
fn tabs_row(shown: &Walkthrough, places: &Places, ink: &Ink<'_>) -> Rect {
    if !places.framed {
        return places.tabs;
    }
    let width = u16::try_from(tabs::width(&shown.steps, ink)).unwrap_or(u16::MAX);
    let start = places.tabs.right().saturating_sub(width).min(places.guide.x);
    from(places.tabs, start)
}

fn draw_overview(
    shown: &Walkthrough,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) {
    if area.is_empty() {
        return;
    }
    let focused = shown.focus == Pane::Overview;
    let inner = ink.frame(&shown.overview_title, focused, area, buf);
    let visible = usize::from(inner.height);
    let count = shown.overview.len();
    let top = overview::follow(screen.overview_top, shown.current, count, visible);
    screen.overview_top = top;
    overview::draw(&shown.overview, top, shown.current, inner, buf, ink);
    ink.rest(Rest::new(count, top, visible), edge(area), buf);
    for at in 0..visible.min(count.saturating_sub(top)) {
        seen.hits.targets.push((row(inner, at), Target::Overview(top + at)));
    }
    seen.hits.panes.push((area, Pane::Overview));
    seen.overview = Some(Extent { content: count, visible });
}

/// Brings the text area and the highlighted source up to what the view shows.
fn fill(pane: Option<&CodePane>, screen: &mut Screen) {
    screen.edit(pane);
    let Some(pane) = pane else { return };
    let text = screen.editor.as_ref().map_or(pane.source.as_str(), |editor| editor.text());
    screen.source.fill(text, &pane.language, &mut screen.painter);
}

fn draw_code(
    shown: &CodePane,
    focused: bool,
    area: Rect,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) -> Option<Position> {
    let editor = screen.editor.as_ref();
    let inner = ink.frame(&shown.title, focused || editor.is_some(), area, buf);
    let underlines = &shown.underlines;
    let cursor = editor.map(|editor| editor.cursor());
    let window = match cursor {
        Some(at) => code::follow(screen.window, &screen.source, underlines, at, inner, ink),
        None => code::reveal(shown, &screen.source, inner, ink),
    };
    let pane = Code {
        source: &screen.source,
        underlines,
        window,
        selection: editor.map_or(TextRange::default(), |editor| editor.selection()),
        cursor,
    };
    let (extent, cursor) = code::draw(&pane, inner, buf, ink);
    ink.rest(code::rest(extent, window), edge(area), buf);
    remember(window, extent, screen);
    seen.hits.panes.push((area, Pane::Code));
    seen.code = Some(extent);
    cursor
}

fn remember(window: Window, extent: Extent, screen: &mut Screen) {
    screen.window = window;
    screen.code_rows = extent.visible;
}

/// Draws the guide. A framed guide shows in its frame what is out of sight.
fn draw_guide(
    shown: &Walkthrough,
    places: &Places,
    buf: &mut Buffer,
    ink: &Ink<'_>,
    screen: &mut Screen,
    seen: &mut Seen,
) -> Rest {
    if places.guide.is_empty() {
        return Rest::default();
    }
    let columns = page::is_bilingual(&shown.guide) && places.guide.width >= COLUMNS;
    let area = places.guide_text(columns, ink.roomy);
    if places.framed {
        ink.frame("", shown.focus == Pane::Guide, places.guide, buf);
    }
    let lines = screen.sheets.lay_out(
        &shown.guide,
        usize::from(area.width),
        columns,
        ink,
        &mut screen.painter,
    );
    let extent = Extent { content: lines.lines.len(), visible: usize::from(area.height) };
    let top = shown.guide_scroll.min(extent.content.saturating_sub(extent.visible));
    sheets::draw(&lines, top, shown.frame, area, buf);
    seen.hits.panes.push((places.guide, Pane::Guide));
    seen.guide = Some(extent);
    let rest = Rest::new(extent.content, top, extent.visible);
    if !places.framed {
        return rest;
    }
    ink.rest(rest, edge(places.guide), buf);
    Rest::default()
}

/// The bottom edge of a frame, without its corners.
fn edge(area: Rect) -> Rect {
    let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    row(inner, usize::from(area.height).saturating_sub(1))
}
