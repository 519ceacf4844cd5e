//! Diagnostics as an editor shows them, each in the reader's languages.

use std::collections::HashMap;
use std::sync::Arc;

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Uri,
};

use super::document::{Document, Places};
use crate::diagnostic::{self, Severity};
use crate::review::UNUSED_IGNORE;
use crate::shell::report::Voice;
use crate::shell::visible::{Charset, lines};

/// What was said under a URI.
#[derive(Debug, Default)]
pub struct Published {
    /// `None` where only words can tell whether they are the same.
    found: Option<Vec<Arc<diagnostic::Diagnostic>>>,
    shown: Vec<Diagnostic>,
}

impl Published {
    /// What is said next is compared by its words.
    pub fn forget(&mut self) {
        self.found = None;
    }

    /// Whether these very diagnostics were said.
    fn is_of(&self, found: &[Arc<diagnostic::Diagnostic>]) -> bool {
        let Some(old) = &self.found else { return false };
        old.len() == found.len() && old.iter().zip(found).all(|(old, new)| Arc::ptr_eq(old, new))
    }
}

/// What is to be said now and was not said before: each URI with all of its diagnostics, none for
/// what is clean.
pub fn news(voice: Voice<'_>, document: &mut Document) -> Vec<(String, Vec<Diagnostic>)> {
    let mut published = std::mem::take(&mut document.published);
    let places = document.places();
    let mut all: HashMap<&str, Vec<Arc<diagnostic::Diagnostic>>> = HashMap::new();
    for found in document.review.iter().flat_map(|review| &review.diagnostics) {
        if let Some(uri) = document.uri_of(found.span.cell) {
            all.entry(uri).or_default().push(Arc::clone(found));
        }
    }
    let mut news = Vec::new();
    for uri in document.uris() {
        let found = all.remove(uri).unwrap_or_default();
        let before = published.get(uri);
        // What stands since the last review names cells whose texts are the same.
        if document.is_by_cell() && before.is_some_and(|before| before.is_of(&found)) {
            continue;
        }
        let shown = |it: &Arc<diagnostic::Diagnostic>| diagnostic(voice, &places, it);
        let shown: Vec<Diagnostic> = found.iter().filter_map(shown).map(|(_, it)| it).collect();
        if before.is_none_or(|before| before.shown != shown) {
            news.push((uri.to_owned(), shown.clone()));
        }
        published.insert(uri.to_owned(), Published { found: Some(found), shown });
    }
    document.published = published;
    news
}

/// The URIs of which something was said and that are gone now.
pub fn gone(document: &mut Document) -> Vec<String> {
    let present: std::collections::HashSet<String> =
        document.uris().into_iter().map(str::to_owned).collect();
    let gone: Vec<String> =
        document.published.keys().filter(|uri| !present.contains(*uri)).cloned().collect();
    gone.iter().for_each(|uri| _ = document.published.remove(uri));
    gone
}

/// One diagnostic with its URI.
pub fn diagnostic(
    voice: Voice<'_>,
    places: &Places<'_>,
    found: &diagnostic::Diagnostic,
) -> Option<(String, Diagnostic)> {
    let (uri, range) = places.of(found.span)?;
    let severity = match found.severity {
        Severity::Error => DiagnosticSeverity::Error,
        Severity::Warning => DiagnosticSeverity::Warning,
        Severity::Hint => DiagnosticSeverity::Information,
    };
    let related = found.notes.iter().filter_map(|note| {
        let (uri, range) = places.of(note.span?)?;
        let location = Location { uri: Uri(uri.to_owned()), range };
        let message = shown(&voice.sentences(&note.message));
        Some(DiagnosticRelatedInformation { location, message })
    });
    let related: Vec<_> = related.collect();
    let is_unused = found.rule == UNUSED_IGNORE;
    let made = Diagnostic {
        range,
        severity: Some(severity),
        code: Some(Code::String(found.rule.to_owned())),
        code_description: None,
        source: Some("nbasync".to_owned()),
        message: Message::String(shown(&voice.sentences(&found.message))),
        tags: is_unused.then(|| vec![DiagnosticTag::Unnecessary]),
        related_information: (!related.is_empty()).then_some(related),
        data: None,
    };
    Some((uri.to_owned(), made))
}

/// Sentences as an editor may show them: what acts or hides in a name of the notebook's is a mark.
pub fn shown(sentences: &[String]) -> String {
    lines(&sentences.join("\n"), Charset::Unicode)
}
