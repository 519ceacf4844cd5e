//! What changed between two versions of a notebook, as unified diffs.

use std::ops::Range;

use super::{Paper, Tone};
use crate::difference;
use crate::notebook::Notebook;
use crate::text::CellIndex;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// A unified diff for each cell that changed, under the file's path and the cell's number. A
/// script's is one of the file, so that `patch` understands it.
pub fn diff(paper: Paper, path: &str, before: &Notebook, after: &Notebook) -> String {
    if before.format.counts_lines() {
        let text = |notebook: &Notebook| String::from_utf8_lossy(notebook.original()).into_owned();
        return unified(paper, path, &text(before), &text(after));
    }
    let cells = before.cells.iter().zip(&after.cells);
    let changed = cells.filter(|(old, new)| old.source != new.source);
    let cell = |(old, new): (&crate::notebook::Cell, &crate::notebook::Cell)| {
        let name = format!("{path}:cell {}", old.index.number());
        // A cell has no line end after its last line; to say so of each would be noise.
        unified(paper, &name, &difference::ended(&old.source), &difference::ended(&new.source))
    };
    changed.map(cell).collect()
}

/// The difference of two texts of a file; nothing when they are the same.
pub fn text_diff(paper: Paper, path: &str, before: &str, after: &str) -> String {
    unified(paper, path, before, after)
}

/// A new cell as a difference.
pub fn insertion_diff(paper: Paper, path: &str, cell: CellIndex, source: &str) -> String {
    unified(paper, &format!("{path}:cell {}", cell.number()), "", &difference::ended(source))
}

/// The difference of two texts; nothing when they are the same.
pub(super) fn unified(paper: Paper, name: &str, before: &str, after: &str) -> String {
    if before == after {
        // To find that out line by line takes many times the text's size.
        return String::new();
    }
    let (old, new) = (difference::lines(before), difference::lines(after));
    let mut out = String::new();
    for sign in ["---", "+++"] {
        out.push_str(&paper.paint(Tone::Strong, &format!("{sign} {name}")));
        out.push('\n');
    }
    for group in difference::grouped(difference::changes(&old, &new), old.len(), CONTEXT) {
        let header = format!("@@ -{} +{} @@", place(&group.before), place(&group.after));
        out.push_str(&paper.paint(Tone::Quiet, &header));
        out.push('\n');
        let mut show = |sign, tone, lines: Option<&[&str]>| {
            for line in lines.unwrap_or_default() {
                shown(paper, sign, tone, line, &mut out);
            }
        };
        let mut at = group.before.start;
        for change in group.changes {
            show(' ', Tone::Plain, old.get(at..change.before.start));
            at = change.before.end;
            show('-', Tone::Removed, old.get(change.before));
            show('+', Tone::Right, new.get(change.after));
        }
        show(' ', Tone::Plain, old.get(at..group.before.end));
    }
    out
}

/// Which lines a part of a difference is about, as `patch` reads it: counted from 1, the number of
/// lines where it is not one, and of no lines the place before them.
fn place(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => (lines.start + 1).to_string(),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn shown(paper: Paper, sign: char, tone: Tone, line: &str, out: &mut String) {
    let text = line.trim_end_matches(['\r', '\n']);
    out.push_str(&paper.paint(tone, &format!("{sign}{text}")));
    out.push('\n');
    if text.len() == line.len() {
        out.push_str("\\ No newline at end of file\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, expected: &str) {
        let paper = Paper { charset: crate::shell::visible::Charset::Ascii, ..Paper::PLAIN };
        assert_eq!(unified(paper, "a.py", before, after), expected);
    }

    #[test]
    fn changed_lines_stand_under_the_name() {
        check("a\nb\n", "a\nc\n", "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        check("a\n", "a\n", "");
    }

    #[test]
    fn a_missing_line_end_is_told_and_hostile_text_is_marked() {
        check(
            "a",
            "\u{1b}[2J\n",
            "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+<U+001B>[2J\n",
        );
    }
}
