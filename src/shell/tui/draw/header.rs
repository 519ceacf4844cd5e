//! Draws the rows that never move: header, announcement, status and footer.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;

use super::ink::{Ink, from, head, tail};
use crate::shell::tui::theme::Slot;
use crate::shell::visible;
use crate::tutor::view::{Header, KeyHint, Mark, Prose};

/// The shortest file name that is worth its room, in columns.
const SHORTEST: usize = 12;

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
    let mut spans = vec![Span::raw(" ")];
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

/// Draws a message.
pub fn status(status: &Prose, row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    ink.put(&ink.prose(status), from(row, row.x.saturating_add(1)), buf);
}

/// Draws the keys that fit, whole ones only.
pub fn footer(keys: &[KeyHint], row: Rect, buf: &mut Buffer, ink: &Ink<'_>) {
    let mut x = row.x.saturating_add(1);
    for hint in keys {
        let (key, label) = (ink.safe(&hint.key), ink.safe(&hint.label));
        let width = visible::width(&key) + 1 + visible::width(&label);
        let place = from(row, x);
        if width > usize::from(place.width) {
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
