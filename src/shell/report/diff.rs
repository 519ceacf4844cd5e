//! What changed between two versions of a notebook, as unified diffs.

use similar::{ChangeTag, TextDiff};

use super::{Paper, Tone};
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
        unified(paper, &name, &ended(&old.source), &ended(&new.source))
    };
    changed.map(cell).collect()
}

/// The difference of two texts of a file; nothing when they are the same.
pub fn text_diff(paper: Paper, path: &str, before: &str, after: &str) -> String {
    unified(paper, path, before, after)
}

/// A new cell as a difference.
pub fn insertion_diff(paper: Paper, path: &str, cell: CellIndex, source: &str) -> String {
    unified(paper, &format!("{path}:cell {}", cell.number()), "", &ended(source))
}

pub(super) fn ended(source: &str) -> String {
    if source.is_empty() || source.ends_with('\n') {
        return source.to_owned();
    }
    format!("{source}\n")
}

/// The difference of two texts; nothing when they are the same.
pub(super) fn unified(paper: Paper, name: &str, before: &str, after: &str) -> String {
    if before == after {
        // To find that out line by line takes many times the text's size.
        return String::new();
    }
    let diff = TextDiff::from_lines(before, after);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(CONTEXT).iter_hunks() {
        if out.is_empty() {
            for sign in ["---", "+++"] {
                out.push_str(&paper.paint(Tone::Strong, &format!("{sign} {name}")));
                out.push('\n');
            }
        }
        out.push_str(&paper.paint(Tone::Quiet, &hunk.header().to_string()));
        out.push('\n');
        for change in hunk.iter_changes() {
            let (sign, tone) = match change.tag() {
                ChangeTag::Equal => (' ', Tone::Plain),
                ChangeTag::Delete => ('-', Tone::Removed),
                ChangeTag::Insert => ('+', Tone::Right),
            };
            let line = change.value().trim_end_matches(['\r', '\n']);
            out.push_str(&paper.paint(tone, &format!("{sign}{line}")));
            out.push('\n');
            if change.missing_newline() {
                out.push_str("\\ No newline at end of file\n");
            }
        }
    }
    out
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
