//! Changes of cells as edits that an editor makes.

use std::ops::Range;

use gen_lsp_types::{Position, TextEdit};
use serde_json::{Value, json};

use super::document::{Document, Places, Shape};
use super::place::Lines;
use crate::difference::{self, Change};
use crate::notebook::Notebook;
use crate::text::{CellIndex, Span, TextRange, same_ends};

/// The edits of each URI.
pub type Edits = Vec<(String, Vec<TextEdit>)>;

/// What an editor can do with edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Abilities {
    /// It takes edits of documents by version, `null` for any.
    pub documents: bool,
    /// It can make a file.
    pub creates: bool,
}

/// A file beside the notebook that is to be made.
pub struct NewFile {
    pub uri: String,
    pub text: String,
}

/// The edits that give cells their new sources.
pub fn of_cells(document: &Document, changes: &[(CellIndex, String)]) -> Option<Edits> {
    let (notebook, places) = (document.notebook.as_ref()?, document.places());
    if matches!(document.shape, Shape::Text { .. }) {
        return Some(vec![(document.uri.clone(), in_file(notebook, &places, changes)?)]);
    }
    let mut edits = Vec::new();
    for (cell, new) in changes {
        let old = &notebook.cell(*cell)?.source;
        let lines = Lines::of(old);
        let hunks: Vec<TextEdit> = hunks(old, new)
            .into_iter()
            .map(|(range, new_text)| TextEdit { range: lines.range(range), new_text })
            .collect();
        let (uri, _) = places.of(Span::new(*cell, TextRange::at(0)))?;
        edits.extend((!hunks.is_empty()).then(|| (uri.to_owned(), hunks)));
    }
    Some(edits)
}

/// In a file the change is written as the file's own form wants it.
fn in_file(
    notebook: &Notebook,
    places: &Places<'_>,
    changes: &[(CellIndex, String)],
) -> Option<Vec<TextEdit>> {
    let file = std::str::from_utf8(notebook.original()).ok()?;
    let mut out = Vec::new();
    for (Range { start, end }, new) in notebook.splices(changes).ok()? {
        for (range, new_text) in hunks(file.get(start..end)?, &new) {
            let range = TextRange::new(start + range.start, start + range.end);
            out.push(TextEdit { range: places.in_text(range)?, new_text });
        }
    }
    Some(out)
}

/// The edits that turn one text into another.
pub fn of_text(old: &str, new: &str) -> Vec<TextEdit> {
    let lines = Lines::of(old);
    let hunks = hunks(old, new).into_iter();
    hunks.map(|(range, new_text)| TextEdit { range: lines.range(range), new_text }).collect()
}

/// Where lines differ, and there no more than what differs.
fn hunks(old: &str, new: &str) -> Vec<(TextRange, String)> {
    let (before, after) = (difference::lines(old), difference::lines(new));
    let changes = difference::changes(&before, &after);
    let changes = difference::in_bytes(&before, &after, &changes).into_iter();
    let hunk = |Change { before: from, after: to }| {
        let before = old.get(Range::clone(&from)).unwrap_or_default();
        let after = new.get(to).unwrap_or_default();
        let (start, end) = same_ends(before, after);
        let text = after.get(start..after.len() - end).unwrap_or_default();
        (TextRange::new(from.start + start, from.end - end), text.to_owned())
    };
    changes.map(hunk).collect()
}

/// One edit of the workspace; `None` where the editor could not make it.
pub fn workspace(abilities: Abilities, edits: Edits, file: Option<NewFile>) -> Option<Value> {
    if !abilities.documents {
        let changes: serde_json::Map<String, Value> =
            edits.into_iter().map(|(uri, edits)| (uri, json!(edits))).collect();
        return file.is_none().then(|| json!({"changes": changes}));
    }
    let mut changes = Vec::new();
    if let Some(NewFile { uri, text }) = file {
        if !abilities.creates {
            return None;
        }
        let origin = Position { line: 0, character: 0 };
        let whole = json!({"range": {"start": origin, "end": origin}, "newText": text});
        changes.push(json!({"kind": "create", "uri": uri}));
        changes.push(json!({"textDocument": {"uri": uri, "version": null}, "edits": [whole]}));
    }
    // Which version an editor has of a cell is nobody's business: null means the one it shows.
    changes.extend(edits.into_iter().map(
        |(uri, edits)| json!({"textDocument": {"uri": uri, "version": null}, "edits": edits}),
    ));
    Some(json!({"documentChanges": changes}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hunks_turn_the_old_text_into_the_new_one() {
        for (old, new) in [
            ("", ""),
            ("a", "a"),
            ("", "x\n"),
            ("a\nb\nc", "a\nc"),
            ("import a\n\nx = run(f())\ny\n", "import a\nimport b\n\nx = await f()\ny"),
            ("é\r\nb\r\n", "é中\r\nb\r\nc\r\n"),
            ("a\rb\nc\n", "a\rx\nc\ny\n"),
        ] {
            let mut made = old.to_owned();
            for (range, text) in hunks(old, new).into_iter().rev() {
                made.replace_range(range.start..range.end, &text);
            }
            assert_eq!(made, new, "{old:?}");
        }
        assert_eq!(hunks("x = run(f())\n", "x = await f()\n").len(), 1);
    }

    #[test]
    fn a_file_is_made_where_the_editor_can_and_nothing_is_offered_elsewhere() {
        let file = || Some(NewFile { uri: "file:///h.py".to_owned(), text: "x".to_owned() });
        let able = Abilities { documents: true, creates: true };
        let made = workspace(able, Vec::new(), file()).unwrap();
        assert_eq!(made["documentChanges"][0]["kind"], "create");
        assert!(made["documentChanges"][1]["textDocument"]["version"].is_null());
        assert_eq!(workspace(Abilities { creates: false, ..able }, Vec::new(), file()), None);
        assert_eq!(workspace(Abilities::default(), Vec::new(), file()), None);
    }
}
