//! Draws the rows that never move: header, announcement, status and footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, from, head, tail};
use super::wrap::wrap;
use crate::document::{Mark, Prose};
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{Header, KeyHint};

/// The shortest file name that is worth its room, in columns.
const SHORTEST: usize = 12;

/// Rows of the longest message.
const HIGHEST: usize = 4;

/// Draws program, file, place, counts and language. Where room is short the program's name goes
/// first, then the middle of the file's.
pub fn header(header: &Header, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let right = right_side(header, ink);
    let right_width: usize = right.iter().map(|span| visible::width(&span.content)).sum();
    let right_row = tail(row, right_width);
    let left_row = Rect { width: row.width - right_row.width, ..row };
    let (program, place) = (ink.safe(&header.program), ink.safe(&header.place));
    let unsaved = if header.unsaved { ink.glyphs.unsaved } else { "" };
    let fixed = 1 + visible::width(unsaved) + 2 + visible::width(&place);
    let room = usize::from(left_row.width).saturating_sub(fixed);
    let named = header.file.is_empty() || room >= visible::width(&program) + SHORTEST;
    let mark = if header.in_use { ink.glyphs.skill } else { " " };
    let mut spans = vec![Span::styled(mark, ink.style(Slot::Quiet))];
    let mut room = room;
    if named {
        room = room.saturating_sub(visible::width(&program) + 2);
        spans.push(Span::styled(program, ink.style(Slot::Quiet)));
        spans.push(Span::raw("  "));
    }
    if !header.file.is_empty() {
        let file = shorten(&ink.safe(&header.file), room.max(4), ink);
        spans.push(Span::styled(file, ink.style(Slot::Header)));
        spans.push(Span::styled(unsaved, ink.style(Slot::Caution)));
        spans.push(Span::raw("  "));
    }
    spans.push(Span::styled(place, ink.style(Slot::Plain)));
    ink.put(&spans, left_row, buf);
    ink.put(&right, right_row, buf);
}

/// Draws the skill's announcement at the left and the notice at the right.
pub fn announcement(texts: &(String, String), row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let (skill, notice) = texts;
    let end = ink.write(&format!(" {skill}"), Slot::Strong, row, buf);
    let notice = ink.safe(notice);
    let width = visible::width(&notice) + 1;
    let rest = from(row, end.saturating_add(2));
    let room = usize::from(rest.width);
    if !notice.is_empty() && room > 12 {
        let place = tail(rest, width);
        ink.put(&[Span::styled(notice, ink.style(Slot::Quiet))], inset(place), buf);
    }
}

/// Draws the announcement in the status row, whose end tells of rows out of sight.
pub fn announced_below(texts: &(String, String), row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let end = ink.write(&format!(" {}", texts.0), Slot::Strong, row, buf);
    ink.write(&format!(", {}", texts.1), Slot::Quiet, from(row, end), buf);
}

/// Draws a message. One that is longer than its row grows upwards, over what it is about.
pub fn status(status: &Prose, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let place = from(row, row.x.saturating_add(1));
    let mut lines = wrap(&ink.prose(status), usize::from(place.width));
    let is_cut = lines.len() > HIGHEST;
    lines.truncate(HIGHEST);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.push(Span::raw(ink.glyphs.ellipsis));
    }
    let blank = " ".repeat(usize::from(row.width));
    for (up, line) in (0..).zip(lines.iter().rev()) {
        let y = row.y.saturating_sub(up);
        if lines.len() > 1 {
            buf.set_string(row.x, y, &blank, ink.style(Slot::Screen));
        }
        ink.put(line, Rect { y, ..place }, buf);
    }
}

/// Draws the keys that fit, whole ones only. Those that are always there have their room first.
pub fn footer(keys: &[KeyHint], row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let mut x = row.x.saturating_add(1);
    let width = |hint: &KeyHint| {
        visible::width(&ink.safe(&hint.key)) + 1 + visible::width(&ink.safe(&hint.label))
    };
    let (always, others): (Vec<&KeyHint>, Vec<&KeyHint>) = keys.iter().partition(|it| it.always);
    let mut kept: usize = always.iter().map(|hint| width(hint) + 2).sum();
    for hint in others.into_iter().chain(always) {
        let (key, label) = (ink.safe(&hint.key), ink.safe(&hint.label));
        let place = from(row, x);
        if hint.always {
            kept = 0;
        }
        if width(hint) + kept > usize::from(place.width) {
            continue;
        }
        let spans = [
            Span::styled(key, ink.style(Slot::FooterKey)),
            Span::raw(" "),
            Span::styled(label, ink.style(Slot::Footer)),
        ];
        x = ink.put(&spans, place, buf).saturating_add(2);
    }
}

fn right_side(header: &Header, ink: &Ink<'_>) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    for (mark, count) in
        [Mark::Error, Mark::Warning, Mark::Hint].into_iter().zip(header.counts.iter().flatten())
    {
        spans.push(Span::raw("  "));
        spans.push(ink.mark(mark));
        spans.push(Span::raw(format!(" {count}")));
    }
    let language = ink.safe(&header.language).into_owned();
    spans.push(Span::styled(format!("   {language} "), ink.style(Slot::Quiet)));
    spans
}

/// Shortens a file's name in the middle, so that its end stays.
fn shorten(name: &str, room: usize, ink: &Ink<'_>) -> String {
    if visible::width(name) <= room {
        return name.to_owned();
    }
    let kept = room.saturating_sub(visible::width(ink.glyphs.ellipsis));
    let start = head(name, kept / 2);
    let mut end = String::new();
    for char in name.chars().rev() {
        end.insert(0, char);
        if visible::width(&end) > kept - visible::width(start) {
            end.remove(0);
            break;
        }
    }
    format!("{start}{}{end}", ink.glyphs.ellipsis)
}

/// The row without its last column.
fn inset(row: Rect) -> Rect {
    Rect { width: row.width.saturating_sub(1), ..row }
}
