//! A bar of progress while a long notebook is reviewed for the first time, which the reader can stop.
//!
//! Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#workDoneProgress>.

use serde_json::{Value, json};

use crate::wording::server;

use super::Server;

/// What the names of our bars begin with.
const BARS: &str = "nbasync-review-";

impl Server<'_> {
    /// Shows a bar where the review of a document takes long, and gives its name.
    pub(super) fn show_bar(&mut self, uri: &str) -> Option<String> {
        let document = self.documents.get(uri).filter(|document| document.takes_long())?;
        if !self.client.shows_progress {
            return None;
        }
        let title = self.voice().label(server::REVIEWING, &[("file", &document.name())]);
        self.bars += 1;
        let bar = format!("{BARS}{}", self.bars);
        // Nobody waits for the answer, so that a client that owes it holds up nothing. One that
        // refuses gets no other bar.
        self.send(json!({
            "jsonrpc": "2.0",
            "id": bar,
            "method": "window/workDoneProgress/create",
            "params": {"token": bar},
        }));
        self.gate.show(&json!(bar));
        let title = super::publish::shown(&[title]);
        let begin = json!({"kind": "begin", "title": title, "cancellable": true});
        self.tell("$/progress", json!({"token": bar, "value": begin}));
        Some(bar)
    }

    /// Takes the bar away.
    pub(super) fn end_bar(&self, bar: Option<String>) {
        if let Some(bar) = bar {
            self.tell("$/progress", json!({"token": bar, "value": {"kind": "end"}}));
        }
    }

    /// The client does not do what it was asked to.
    pub(super) fn refused(&mut self, id: &Value) {
        if id.as_str().is_some_and(|id| id.starts_with(BARS)) {
            self.client.shows_progress = false;
        }
    }
}
