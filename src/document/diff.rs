//! Differences between two versions of a cell, line by line.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::{Change, DiffLine};
use crate::difference;
use crate::text::TextRange;

/// Lines kept around a change.
const CONTEXT: usize = 2;

/// The changed lines with a little of what is around them. A cell's last line ends like the others: it is
/// no other one where something comes after it or goes.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let (before, after) = (difference::ended(before), difference::ended(after));
    let (before, after) = without_same_ends(&before, &after);
    let (old, new) = (difference::lines(before), difference::lines(after));
    let groups = difference::grouped(difference::changes(&old, &new), old.len(), CONTEXT);
    let mut out = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        if index > 0 {
            out.push(DiffLine { change: Change::Gap, text: String::new(), changed: Vec::new() });
        }
        let mut at = group.before.start;
        for difference::Change { before, after } in group.changes {
            out.extend(same(old.get(at..before.start)));
            at = before.end;
            let old = old.get(before).unwrap_or_default();
            out.extend(replaced(old, new.get(after).unwrap_or_default()));
        }
        out.extend(same(old.get(at..group.before.end)));
    }
    without_blank_ends(out)
}

fn same<'t>(lines: Option<&'t [&str]>) -> impl Iterator<Item = DiffLine> + use<'t> {
    lines.unwrap_or_default().iter().map(|line| shown(Change::Same, line, &[]))
}

/// Lines that others stand for. Where at least half of their words stayed, the others are marked.
fn replaced(before: &[&str], after: &[&str]) -> Vec<DiffLine> {
    let (old, new) = (words(before), words(after));
    let is_alike = |same: usize, one: usize, other: usize| same * 4 >= one + other;
    let mut changes = Vec::new();
    if is_alike(before.len().min(after.len()), before.len(), after.len()) {
        let found = difference::anchored(&old, &new);
        let gone: usize = found.iter().map(|it| it.before.len()).sum();
        if is_alike(old.len() - gone, old.len(), new.len()) {
            changes = difference::in_bytes(&old, &new, &found);
        }
    }
    let (gone, come): (Vec<_>, Vec<_>) =
        changes.into_iter().map(|it| (it.before, it.after)).unzip();
    let mut lines = marked(Change::Removed, before, &gone);
    lines.extend(marked(Change::Added, after, &come));
    lines
}

fn words<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    lines.iter().flat_map(|line| line.split_word_bounds()).collect()
}

/// Lines with what changed in them; `changed` counts bytes from the first line's start.
fn marked(change: Change, lines: &[&str], changed: &[Range<usize>]) -> Vec<DiffLine> {
    let mut start = 0;
    let line = |line: &&str| {
        let from = start;
        start += line.len();
        let inside = |it: &Range<usize>| {
            it.start.saturating_sub(from)..it.end.saturating_sub(from).min(line.len())
        };
        let changed: Vec<_> = changed.iter().map(inside).collect();
        shown(change, line, &changed)
    };
    lines.iter().map(line).collect()
}

/// A line without its end, which is never marked.
fn shown(change: Change, line: &str, changed: &[Range<usize>]) -> DiffLine {
    let text = line.trim_end_matches(['\n', '\r']).to_owned();
    let ranges = changed.iter().map(|it| (it.start, it.end.min(text.len())));
    let ranges = ranges.filter(|(start, end)| start < end);
    let changed = ranges.map(|(start, end)| TextRange::new(start, end)).collect();
    DiffLine { change, text, changed }
}

/// Both texts without the lines that they begin and end with alike, the nearest ones kept: what is
/// far from every change needs no comparing.
fn without_same_ends<'t>(before: &'t str, after: &'t str) -> (&'t str, &'t str) {
    let keep = CONTEXT + 1;
    let (old, new) = (before.split_inclusive('\n'), after.split_inclusive('\n'));
    let same = old.zip(new).take_while(|(old, new)| old == new).map(|(line, _)| line.len());
    let lengths: Vec<usize> = same.collect();
    let head: usize = lengths.iter().take(lengths.len().saturating_sub(keep)).sum();
    let (old, new) =
        (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let ends = old.split_inclusive('\n').rev().zip(new.split_inclusive('\n').rev());
    let same = ends.take_while(|(old, new)| old == new).map(|(line, _)| line.len());
    let lengths: Vec<usize> = same.collect();
    let tail: usize = lengths.iter().take(lengths.len().saturating_sub(keep)).sum();
    let cut = |text: &'t str| text.get(..text.len() - tail).unwrap_or_default();
    (cut(old), cut(new))
}

/// Blank lines of context at either end say nothing.
fn without_blank_ends(mut lines: Vec<DiffLine>) -> Vec<DiffLine> {
    let is_blank = |line: &DiffLine| line.change == Change::Same && line.text.trim().is_empty();
    while lines.last().is_some_and(is_blank) {
        lines.pop();
    }
    let blank = lines.iter().take_while(|line| is_blank(line)).count();
    lines.drain(..blank);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_is_marked_on_both_sides() {
        let lines = diff("x = 1\ny = asyncio.run(main())\n", "x = 1\ny = await main()\n");
        let shape: Vec<(Change, &str)> =
            lines.iter().map(|line| (line.change, line.text.as_str())).collect();
        assert_eq!(
            shape,
            [
                (Change::Same, "x = 1"),
                (Change::Removed, "y = asyncio.run(main())"),
                (Change::Added, "y = await main()"),
            ]
        );
        assert!(lines.iter().skip(1).all(|line| !line.changed.is_empty()));
    }

    #[test]
    fn the_last_line_stays_where_another_comes_after_it_or_goes() {
        let shape = |before, after| -> Vec<(Change, String)> {
            diff(before, after).into_iter().map(|line| (line.change, line.text)).collect()
        };
        let (same, other) = ((Change::Same, "x = 1".to_owned()), "y = 2".to_owned());
        assert_eq!(shape("x = 1", "x = 1\ny = 2"), [same.clone(), (Change::Added, other.clone())]);
        assert_eq!(shape("x = 1\ny = 2", "x = 1"), [same, (Change::Removed, other)]);
    }
}
