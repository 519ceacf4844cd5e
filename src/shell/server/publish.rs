//! Diagnostics as an editor shows them, each in the reader's languages.

use gen_lsp_types::{
    Code, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    Message, Uri,
};

use super::document::{Document, Places};
use crate::diagnostic::{self, Found, Severity};
use crate::review::UNUSED_IGNORE;
use crate::shell::report::Voice;
use crate::shell::visible::{Charset, lines};

/// What was said under a URI.
#[derive(Debug, Default)]
pub struct Published {
    /// `None` where only words can tell whether they are the same.
    found: Option<Vec<Found>>,
    shown: Vec<Diagnostic>,
    /// Whether there still is such a text.
    is_there: bool,
}

impl Published {
    /// Other URIs may stand for other cells now: what speaks of some is compared by its words next.
    pub fn forget(&mut self) {
        let speaks_of_others =
            |found: &Found| found.said().cells().any(|it| it != found.said().span.cell);
        if self.found.iter().flatten().any(speaks_of_others) {
            self.found = None;
        }
    }

    /// Whether these very diagnostics were said, and in the same words.
    fn is_of(&self, found: &[Found]) -> bool {
        let Some(old) = &self.found else { return false };
        old.len() == found.len() && old.iter().zip(found).all(|(old, new)| old.reads_as(new))
    }
}

/// What is to be said now and was not said before: each URI with all of its diagnostics, none for
/// what is clean and for what is gone.
pub fn news(voice: Voice<'_>, document: &mut Document) -> Vec<(String, Vec<Diagnostic>)> {
    let mut published = std::mem::take(&mut document.published);
    let places = document.places();
    let mut news = Vec::new();
    for (uri, found) in of_each(document) {
        let before = published.get_mut(uri);
        if let Some(before) = before {
            before.is_there = true;
            // What stands since the last review names cells whose texts are the same.
            if document.is_by_cell() && before.is_of(found) {
                continue;
            }
        }
        let shown = |it: &Found| diagnostic(voice, &places, it);
        let shown: Vec<Diagnostic> = found.iter().filter_map(shown).map(|(_, it)| it).collect();
        if published.get(uri).is_none_or(|before| before.shown != shown) {
            news.push((uri.to_owned(), shown.clone()));
        }
        let now = Published { found: Some(found.to_vec()), shown, is_there: true };
        published.insert(uri.to_owned(), now);
    }
    let gone = published.extract_if(|_, it| !std::mem::take(&mut it.is_there));
    news.extend(gone.map(|(uri, _)| (uri, Vec::new())));
    document.published = published;
    news
}

/// Each URI of a document with what there is to say under it.
fn of_each(document: &Document) -> Vec<(&str, &[Found])> {
    let mut left = document.review.as_ref().map_or([].as_slice(), |it| &it.diagnostics);
    let uris = document.uris();
    if !document.is_by_cell() {
        return uris.into_iter().map(|uri| (uri, left)).collect();
    }
    let cell = |(at, uri)| {
        let count = left.iter().take_while(|found| found.place().cell.0 <= at).count();
        let (found, others) = left.split_at(count);
        left = others;
        (uri, found)
    };
    uris.into_iter().enumerate().map(cell).collect()
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
