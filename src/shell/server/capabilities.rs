//! What the client can do, and what the program can.

use serde_json::{Value, json};

use super::actions::KINDS;
use super::edits::Abilities;
use super::hover::Markup;
use crate::knowledge::Language;

/// What a client says of itself. What it does not say, or says in a way of its own, it cannot do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Client {
    pub markup: Markup,
    pub abilities: Abilities,
    /// It tells of files that change when it is asked to.
    pub watches: bool,
    /// It shows a bar when it is asked to.
    pub shows_progress: bool,
    pub language: Option<Language>,
}

impl Client {
    /// Reads the parameters of `initialize`.
    pub fn read(params: &Value) -> Self {
        let of = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| of(path).and_then(Value::as_bool).unwrap_or_default();
        let list = |path: &str| of(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let lists = |path: &str, word: &str| list(path).iter().any(|it| it == word);
        // Operations on files stand in `documentChanges` only: who takes the first takes the second,
        // and some editors name no more than that.
        let operations = "workspace/workspaceEdit/resourceOperations";
        let markdown = lists("textDocument/hover/contentFormat", "markdown");
        let told = ["/initializationOptions/lang", "/locale"];
        let mut told = told.iter().filter_map(|path| params.pointer(path)?.as_str());
        Self {
            markup: if markdown { Markup::Markdown } else { Markup::Plain },
            abilities: Abilities {
                documents: is("workspace/workspaceEdit/documentChanges")
                    || !list(operations).is_empty(),
                creates: lists(operations, "create"),
            },
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            shows_progress: is("window/workDoneProgress"),
            language: told.find_map(Language::from_tag),
        }
    }
}

/// The answer to `initialize`. All of a notebook's cells are wanted, so that they are counted as
/// the reader counts them.
pub fn answer() -> Value {
    json!({
        "serverInfo": {"name": "nbasync", "version": env!("CARGO_PKG_VERSION")},
        "capabilities": {
            "positionEncoding": "utf-16",
            "textDocumentSync": {"openClose": true, "change": 2, "save": true},
            "notebookDocumentSync": {"notebookSelector": [{"notebook": "*"}], "save": true},
            "hoverProvider": true,
            "codeActionProvider": {"codeActionKinds": KINDS},
        },
    })
}

/// Asks to be told when settings and modules change on disk.
pub fn watch() -> Value {
    let globs = ["**/nbasync.toml", "**/pyproject.toml", "**/*.py", "**/*.ipynb"];
    let watchers: Vec<Value> = globs.iter().map(|glob| json!({"globPattern": glob})).collect();
    let registration = json!({
        "id": "nbasync-files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": {"watchers": watchers},
    });
    json!({
        "jsonrpc": "2.0",
        "id": "nbasync-files",
        "method": "client/registerCapability",
        "params": {"registrations": [registration]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_can_make_files_takes_edits_by_document() {
        for (edit, documents, creates) in [
            (json!({}), false, false),
            (json!({"documentChanges": true}), true, false),
            (json!({"documentChanges": false, "resourceOperations": []}), false, false),
            (json!({"resourceOperations": ["rename", "create"]}), true, true),
            (json!({"resourceOperations": ["rename"]}), true, false),
            (json!({"documentChanges": true, "resourceOperations": ["create"]}), true, true),
            (json!({"resourceOperations": "create"}), false, false),
        ] {
            let params = json!({"capabilities": {"workspace": {"workspaceEdit": edit}}});
            assert_eq!(
                Client::read(&params).abilities,
                Abilities { documents, creates },
                "{params}"
            );
        }
    }
}
