//! Notifications: what the editor opens, changes and closes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{
    DidChangeNotebookDocumentParams, DidChangeTextDocumentParams, DidCloseNotebookDocumentParams,
    DidCloseTextDocumentParams, DidOpenNotebookDocumentParams, DidOpenTextDocumentParams, Range,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::read;
use super::document::{Document, OutOfStep, Shape};
use super::failure::Failure;
use super::{Server, capabilities};
use crate::shell::config::{Configs, Overrides};
use crate::shell::modules::Folders;

impl Server<'_> {
    /// Follows a notification.
    pub(super) fn notification(&mut self, method: &str, params: Value) -> Result<(), Failure> {
        match method {
            "initialized" => {
                if self.client.watches {
                    self.send(capabilities::watch());
                }
                Ok(())
            }
            "notebookDocument/didOpen" => self.open_notebook(read(params)?),
            "notebookDocument/didChange" => {
                let uri = named(&params, "/notebookDocument/uri");
                let cells = params.pointer("/change/cells/textContent").and_then(Value::as_array);
                let odd = cells.into_iter().flatten().any(|cell| is_odd(cell.get("changes")));
                let done = change(params, odd).and_then(|params| self.change_notebook(params));
                self.or_lost(uri, done)
            }
            "notebookDocument/didClose" => {
                let params: DidCloseNotebookDocumentParams = read(params)?;
                self.close(&params.notebook_document.uri.0)
            }
            "textDocument/didOpen" => {
                let params: DidOpenTextDocumentParams = read(params)?;
                self.opened(Document::of_text(params.text_document));
                Ok(())
            }
            "textDocument/didChange" => {
                let uri = named(&params, "/textDocument/uri");
                let odd = is_odd(params.get("contentChanges"));
                let done = change(params, odd).and_then(|params| self.change_text(params));
                self.or_lost(uri, done)
            }
            "textDocument/didClose" => {
                let params: DidCloseTextDocumentParams = read(params)?;
                self.close(&params.text_document.uri.0)
            }
            "textDocument/didSave"
            | "notebookDocument/didSave"
            | "workspace/didChangeWatchedFiles"
            | "workspace/didChangeConfiguration" => {
                self.look_again();
                Ok(())
            }
            // Those that begin so may be passed over, and those that nobody knows are.
            _ => Ok(()),
        }
    }

    fn open_notebook(&mut self, params: DidOpenNotebookDocumentParams) -> Result<(), Failure> {
        let uri = params.notebook_document.uri.0.clone();
        let opened = Document::of_cells(params.notebook_document, params.cell_text_documents);
        self.opened(opened.map_err(|OutOfStep| Failure::Lost(uri))?);
        Ok(())
    }

    fn opened(&mut self, mut document: Document) {
        let (uri, path) = (document.uri.clone(), document.path.clone());
        if let Some(old) = self.documents.remove(&uri) {
            document.published = old.published;
        }
        self.documents.insert(uri.clone(), document);
        self.neighbours_of(path.as_deref(), &uri);
    }

    fn change_notebook(&mut self, params: DidChangeNotebookDocumentParams) -> Result<(), Failure> {
        let uri = params.notebook_document.uri.0;
        let document = self.documents.get_mut(&uri).ok_or(Failure::Unknown(uri.clone()))?;
        let done = document.change(params.change);
        self.changed(&uri, done)
    }

    fn change_text(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Failure> {
        let uri = params.text_document.text_document_identifier.uri.0;
        let document = self.documents.get_mut(&uri).ok_or(Failure::Unknown(uri.clone()))?;
        let done = document.edit(&params.content_changes);
        let path = document.path.clone();
        self.neighbours_of(path.as_deref(), &uri);
        self.changed(&uri, done)
    }

    /// A change that nobody can read has been made in the editor all the same.
    fn or_lost(&mut self, uri: Option<String>, done: Result<(), Failure>) -> Result<(), Failure> {
        let (Err(Failure::Params(_)), Some(uri)) = (&done, uri) else { return done };
        if let Some(document) = self.documents.get_mut(&uri) {
            document.outdated();
            document.is_lost = true;
            _ = self.changed(&uri, Err(OutOfStep));
        }
        done
    }

    /// What does not fit is the editor's mistake or ours; either way nothing is claimed of a text
    /// that we do not know.
    fn changed(&mut self, uri: &str, done: Result<(), OutOfStep>) -> Result<(), Failure> {
        if done.is_ok() {
            return Ok(());
        }
        let said = self.documents.get_mut(uri).map(|it| std::mem::take(&mut it.published));
        self.clear(said.unwrap_or_default().into_keys());
        Err(Failure::Lost(uri.to_owned()))
    }

    fn close(&mut self, uri: &str) -> Result<(), Failure> {
        let closed = self.documents.remove(uri).ok_or(Failure::Unknown(uri.to_owned()))?;
        self.clear(closed.published.into_keys());
        self.neighbours_of(closed.path.as_deref(), uri);
        Ok(())
    }

    fn clear(&self, uris: impl Iterator<Item = String>) {
        for uri in uris {
            let params = json!({"uri": uri, "diagnostics": []});
            self.tell("textDocument/publishDiagnostics", params);
        }
    }

    /// A file that others may use has changed: those in its folder or above are reviewed anew.
    fn neighbours_of(&mut self, path: Option<&Path>, uri: &str) {
        let Some(path) = path else { return };
        let uses = |document: &Document| {
            let folder = document.path.as_ref().and_then(|path| path.parent());
            document.uri != uri && folder.is_some_and(|folder| path.starts_with(folder))
        };
        let mut is_used = false;
        for document in self.documents.values_mut().filter(|document| uses(document)) {
            document.outdated();
            is_used = true;
        }
        let opens = self.documents.get(uri).is_none_or(|document| document.published.is_empty());
        if is_used || opens {
            self.configs.beside = Folders::with(self.unsaved());
        }
    }

    /// Files have changed, settings perhaps among them.
    fn look_again(&mut self) {
        self.configs = Configs::new(Overrides::default(), self.knowledge);
        self.configs.beside = Folders::with(self.unsaved());
        self.complaints.clear();
        self.documents.values_mut().for_each(Document::outdated);
    }

    /// The texts that the editor has of Python files.
    fn unsaved(&self) -> HashMap<PathBuf, Arc<str>> {
        let text = |document: &Document| match &document.shape {
            Shape::Text { text, .. } => {
                let path = document.path.clone()?;
                let is_python = path.extension().is_some_and(|end| end == "py");
                is_python.then(|| (path, Arc::from(text.as_str())))
            }
            Shape::Cells { .. } => None,
        };
        self.documents.values().filter_map(text).collect()
    }
}

/// The URI at this place of what was sent.
fn named(params: &Value, place: &str) -> Option<String> {
    params.pointer(place)?.as_str().map(str::to_owned)
}

/// Whether one of these changes names a range that is none. What is left of it without the range reads
/// as a change of the whole text.
fn is_odd(changes: Option<&Value>) -> bool {
    let ranges = changes.and_then(Value::as_array).into_iter().flatten();
    let mut ranges = ranges.filter_map(|change| change.get("range")).filter(|it| !it.is_null());
    ranges.any(|range| serde_json::from_value::<Range>(range.clone()).is_err())
}

/// Reads a change, unless it is odd.
fn change<T: DeserializeOwned>(params: Value, is_odd: bool) -> Result<T, Failure> {
    if is_odd { Err(Failure::Params("range".to_owned())) } else { read(params) }
}
