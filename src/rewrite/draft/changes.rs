//! What a draft comes to as edits of the text that it began with.

use crate::difference::{self, Change};
use crate::text::{CellIndex, Edit, Span, TextRange};

/// The edits that make `after` of `before`.
pub(super) fn edits(cell: CellIndex, before: &str, after: &str) -> Vec<Edit> {
    if before == after {
        return Vec::new();
    }
    let (old, new) = (difference::words(before), difference::words(after));
    let changes = difference::changes(&old, &new);
    let changes = difference::in_bytes(&old, &new, &changes).into_iter();
    let edits = changes.map(|Change { before, after: new }| {
        let span = Span::new(cell, TextRange::new(before.start, before.end));
        Edit::replace(span, after.get(new).unwrap_or_default())
    });
    edits.map(|edit| trimmed(before, edit)).collect()
}

/// The edit without what it leaves as it is at its ends.
fn trimmed(before: &str, edit: Edit) -> Edit {
    let Edit { span: Span { cell, range }, text } = edit;
    let old = range.slice(before);
    let same = |one: char, other: char| one == other;
    let head: usize = old
        .chars()
        .zip(text.chars())
        .take_while(|(one, other)| same(*one, *other))
        .map(|(one, _)| one.len_utf8())
        .sum();
    let (old, new) = (old.get(head..).unwrap_or_default(), text.get(head..).unwrap_or_default());
    let tail: usize = old
        .chars()
        .rev()
        .zip(new.chars().rev())
        .take_while(|(one, other)| same(*one, *other))
        .map(|(one, _)| one.len_utf8())
        .sum();
    let kept = TextRange::new(range.start + head, range.end - tail);
    let text = new.get(..new.len() - tail).unwrap_or_default().to_owned();
    Edit::replace(Span::new(cell, kept), text)
}

/// Where a piece of the text stood before the edits of all rounds.
pub(super) fn original(rounds: &[Vec<Edit>], span: Span) -> Span {
    rounds.iter().rev().fold(span, |span, edits| {
        let TextRange { start, end } = span.range;
        let start = before(edits, span.cell, start);
        let end = before(edits, span.cell, end).max(start);
        Span::new(span.cell, TextRange::new(start, end))
    })
}

/// Where a place stood before some edits.
fn before(edits: &[Edit], cell: CellIndex, place: usize) -> usize {
    let mut mine: Vec<&Edit> = edits.iter().filter(|edit| edit.span.cell == cell).collect();
    mine.sort_by_key(|edit| (edit.span.range.start, edit.span.range.end));
    let (mut added, mut removed) = (0, 0);
    for edit in mine {
        let start = edit.span.range.start + added - removed;
        if place < start {
            break;
        }
        if place < start + edit.text.len() {
            return edit.span.range.start;
        }
        added += edit.text.len();
        removed += edit.span.range.len();
    }
    (place + removed).saturating_sub(added)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply_edits;

    #[test]
    fn the_edits_make_the_new_text_of_the_old_one() {
        let before = "def f(x):\n    return asyncio.run(g(x))\n\nprint(f(3) + 1)\n";
        let after = "async def f(x):\n    return await g(x)\n\nprint((await f(3)) + 1)\n";
        let edits = edits(CellIndex(0), before, after);
        assert!(edits.len() > 2, "{edits:?}");
        assert_eq!(apply_edits(CellIndex(0), before, &edits).as_deref(), Some(after));
    }

    #[test]
    fn a_place_is_found_again_where_it_stood() {
        let cell = CellIndex(0);
        let insert = |at| Edit::insert(cell, at, "await ");
        let rounds = [vec![insert(4)], vec![insert(0), insert(20)]];
        let now = Span::new(cell, TextRange::new(16, 18));
        assert_eq!(original(&rounds, now), Span::new(cell, TextRange::new(4, 6)));
    }
}
