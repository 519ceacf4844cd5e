//! What is shown at a diagnostic: its sentence, its notes, and the page that explains it.

use gen_lsp_types::{Position, Range};
use serde_json::{Value, json};

use super::document::Document;
use super::markdown;
use super::publish::shown;
use crate::diagnostic::Diagnostic;
use crate::knowledge::PageKind;
use crate::review::{Review, sentence};
use crate::shell::report::Voice;

/// How the editor shows a hover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Markup {
    #[default]
    Plain,
    Markdown,
}

/// The hover at a position: null where there is nothing to say.
pub fn at(
    voice: Voice<'_>,
    document: &Document,
    uri: &str,
    position: Position,
    markup: Markup,
) -> Value {
    let places = document.places();
    let point = Range { start: position, end: position };
    let all = document.review.iter().flat_map(Review::found);
    let here: Vec<&Diagnostic> =
        all.filter(|found| places.touches(found.span, uri, point)).collect();
    let Some(first) = here.first() else { return Value::Null };
    let range = places.of(first.span).map(|(_, range)| range);
    let mut told: Vec<String> = Vec::new();
    for found in &here {
        told.push(diagnostic(voice, found));
    }
    let mut rules: Vec<&str> = here.iter().map(|found| found.rule).collect();
    rules.dedup();
    told.extend(rules.into_iter().filter_map(|rule| page(voice, rule)));
    let kind = if markup == Markup::Markdown { "markdown" } else { "plaintext" };
    json!({"contents": {"kind": kind, "value": shown(&[told.join("\n\n---\n\n")])}, "range": range})
}

fn diagnostic(voice: Voice<'_>, found: &Diagnostic) -> String {
    let each = voice.languages().into_iter().map(|language| {
        let say = |message| sentence(voice.knowledge, language, message);
        let mut text = format!("**{}** `{}`", say(&found.message), found.rule);
        for note in &found.notes {
            text.push_str(&format!("\n- {}", say(&note.message)));
        }
        text
    });
    each.collect::<Vec<_>>().join("\n\n")
}

fn page(voice: Voice<'_>, rule: &str) -> Option<String> {
    let page = voice.knowledge.page(PageKind::Mistake, rule)?;
    let each = voice.languages().into_iter().map(|language| markdown::page(page, language));
    Some(each.collect::<Vec<_>>().join("\n\n"))
}
