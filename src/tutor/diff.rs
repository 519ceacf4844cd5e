//! Differences between two versions of a cell, line by line.

use similar::{ChangeTag, TextDiff};

use super::view::{Change, DiffLine};
use crate::text::TextRange;

/// Lines kept around a change.
const CONTEXT: usize = 2;

/// The changed lines with a little of what is around them.
pub fn lines(before: &str, after: &str) -> Vec<DiffLine> {
    let (before, after) = without_same_ends(before, after);
    let diff = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            out.push(DiffLine { change: Change::Gap, text: String::new(), changed: Vec::new() });
        }
        for op in group {
            for change in diff.iter_inline_changes(op) {
                let mut text = String::new();
                let mut changed = Vec::new();
                for (emphasized, part) in change.iter_strings_lossy() {
                    let start = text.len();
                    text.push_str(part.trim_end_matches(['\n', '\r']));
                    if emphasized && text.len() > start {
                        changed.push(TextRange::new(start, text.len()));
                    }
                }
                let change = match change.tag() {
                    ChangeTag::Equal => Change::Same,
                    ChangeTag::Delete => Change::Removed,
                    ChangeTag::Insert => Change::Added,
                };
                out.push(DiffLine { change, text, changed });
            }
        }
    }
    without_blank_ends(out)
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
        let lines = lines("x = 1\ny = asyncio.run(main())\n", "x = 1\ny = await main()\n");
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
}
