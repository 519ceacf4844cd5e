//! Requests, and what is answered.

use gen_lsp_types::{CodeActionParams, HoverParams, Range};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::actions::{Asked, MODULE, Module};
use super::capabilities::{self, Client};
use super::document::{Document, Shape};
use super::failure::Failure;
use super::place::uri_of;
use super::{Phase, Server, hover};
use crate::shell::files;
use crate::tutor::Reading;

impl Server<'_> {
    /// Answers a request.
    pub(super) fn request(
        &mut self,
        method: &str,
        id: &Value,
        params: Value,
    ) -> Result<Value, Failure> {
        match (self.phase, method) {
            (Phase::Before, "initialize") => Ok(self.initialize(&params)),
            (Phase::Before, _) => Err(Failure::TooEarly),
            (Phase::Ending, _) | (_, "initialize") => Err(Failure::OutOfOrder),
            (_, "shutdown") => {
                self.phase = Phase::Ending;
                Ok(Value::Null)
            }
            (_, "textDocument/hover") => self.hover(id, read(params)?),
            (_, "textDocument/codeAction") => self.actions(id, read(params)?),
            _ => Err(Failure::Method(method.to_owned())),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.client = Client::read(params);
        self.phase = Phase::Running;
        if let (false, Some(language)) = (self.is_language_settled, self.client.language) {
            self.reading = Reading::One(language);
        }
        capabilities::answer()
    }

    fn hover(&mut self, id: &Value, params: HoverParams) -> Result<Value, Failure> {
        let at = params.text_document_position_params;
        let (uri, position) = (at.text_document.uri.0, at.position);
        let (voice, markup) = (self.voice(), self.client.markup);
        let document = self.ready(&uri, id, Range { start: position, end: position })?;
        Ok(hover::at(voice, document, &uri, position, markup))
    }

    fn actions(&mut self, id: &Value, params: CodeActionParams) -> Result<Value, Failure> {
        let (uri, range) = (params.text_document.uri.0, params.range);
        let only = params.context.only.map(|kinds| kinds.into_iter().map(String::from).collect());
        let (voice, abilities) = (self.voice(), self.client.abilities);
        self.ready(&uri, id, range)?;
        let document = self.find(&uri).ok_or_else(|| Failure::Unknown(uri.clone()))?;
        let (tables, module) = (&self.knowledge.tables, self.module(document));
        let asked = Asked { voice, tables, document, uri: &uri, range, only, abilities, module };
        Ok(json!(asked.answer()))
    }

    /// The document that holds the URI, with its review, once the place is known to be there.
    fn ready(&mut self, uri: &str, id: &Value, range: Range) -> Result<&Document, Failure> {
        let unknown = || Failure::Unknown(uri.to_owned());
        let document = self.find(uri).ok_or_else(unknown)?;
        if document.is_lost {
            return Err(Failure::Lost(document.uri.clone()));
        }
        // Who stopped the review does not want it begun again by a hover.
        if document.is_put_off {
            return Err(Failure::Cancelled);
        }
        let is_text = matches!(document.shape, Shape::Text { .. });
        let is_cell = document.cell_at(uri).is_some();
        if !(is_text || is_cell) {
            return Err(unknown());
        }
        if !document.places().holds(uri, range) {
            return Err(Failure::Place);
        }
        let key = document.uri.clone();
        if document.review.is_none() && !self.review(&key, Some(id)) {
            let is_put_off = self.documents.get(&key).is_some_and(|document| document.is_put_off);
            return Err(if is_put_off { Failure::Cancelled } else { Failure::Changed });
        }
        self.documents.get(&key).ok_or_else(unknown)
    }

    /// The document with this URI, or with a cell of this URI.
    fn find(&self, uri: &str) -> Option<&Document> {
        let with_cell = || self.documents.values().find(|it| it.cell_at(uri).is_some());
        self.documents.get(uri).or_else(with_cell)
    }

    /// The module beside a notebook, as the editor has it or as it lies on disk. `None` where it
    /// leads elsewhere or is no text.
    fn module(&self, document: &Document) -> Option<Module> {
        let path = document.path.as_ref()?;
        let file = path.with_file_name(format!("{MODULE}.py"));
        let open = self.documents.values().find(|it| it.path.as_ref() == Some(&file));
        if let Some(Document { uri, shape: Shape::Text { text, .. }, .. }) = open {
            return Some(Module { uri: uri.clone(), text: Some(text.clone()) });
        }
        if files::leads_out(&file, path.parent()?).is_some() {
            return None;
        }
        let text = files::read_if_there(&file).ok()?.map(String::from_utf8).transpose().ok()?;
        Some(Module { uri: uri_of(&file), text })
    }
}

/// Reads parameters.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure::Params(error.to_string()))
}
