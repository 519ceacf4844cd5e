//! What stands on a page of each kind: a conclusion, then its sections in their order.

use serde_yaml::Value;
use unicode_width::UnicodeWidthStr;

use crate::diagnostic::Message;

use super::super::block::Block;
use super::super::files::ContentError;
use super::super::markdown::Placed;
use super::super::page::PageKind;
use super::super::strings;
use super::{Pair, Side};

/// How long a conclusion may be, in characters.
const OPENING: usize = 220;

/// How wide a line of code may be, in columns.
const CODE: usize = 76;

/// Checks what each of a page's files holds.
pub(super) fn check(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    for side in pair.sides() {
        opening(side, out);
        sections(side, pair.page.kind, out);
        code(side, out);
        empty_text(side, out);
    }
    titles(pair, out);
}

/// The anchors of a kind's sections, in their order; those that end in `?` may be left out. `None`
/// for kinds whose sections are free.
fn anchors(kind: PageKind) -> Option<&'static [&'static str]> {
    match kind {
        PageKind::Situation => Some(&["signs", "do"]),
        PageKind::Mistake => Some(&["happens", "why", "silent?", "instead"]),
        PageKind::Pattern => Some(&["how", "why", "not?"]),
        PageKind::Tradeoff => Some(&["more"]),
        PageKind::Deviation => {
            Some(&["choice", "tradeoff", "tests", "observability", "migration", "rollback"])
        }
        PageKind::Message => Some(&["cause", "fix"]),
        PageKind::Lesson => {
            Some(&["screen-1", "screen-2", "screen-3?", "screen-4?", "predict", "answer"])
        }
        PageKind::Drill => Some(&[
            "cells", "hints", "solution", "also-1?", "also-2?", "also-3?", "wrong-1", "wrong-2?",
            "wrong-3?", "explain",
        ]),
        PageKind::Note | PageKind::Skill | PageKind::Reference => None,
    }
}

fn opening(side: &Side<'_>, out: &mut Vec<ContentError>) {
    let Some(Placed { block, at }) = side.body.blocks.first() else {
        return out.push(side.document.in_body(0, Message::complains("complaints.sections.empty")));
    };
    let Block::Paragraph(_) = block else {
        let message = Message::complains("complaints.sections.opening");
        return out.push(side.document.in_body(*at, message));
    };
    let length = block.plain().chars().count();
    if length > OPENING {
        let message = Message::complains("complaints.sections.long");
        out.push(side.document.in_body(*at, message.with("n", length).with("most", OPENING)));
    }
}

fn sections(side: &Side<'_>, kind: PageKind, out: &mut Vec<ContentError>) {
    let headings = side.body.blocks.iter().filter_map(|placed| match &placed.block {
        Block::Heading { anchor, .. } => Some((anchor.as_str(), placed.at)),
        _ => None,
    });
    let headings: Vec<(&str, usize)> = headings.filter(|(anchor, _)| !anchor.is_empty()).collect();
    for (place, (anchor, at)) in headings.iter().enumerate() {
        if headings.iter().take(place).any(|(before, _)| before == anchor) {
            let message = Message::complains("complaints.sections.twice").with("anchor", anchor);
            out.push(side.document.in_body(*at, message));
        }
    }
    let Some(wanted) = anchors(kind) else { return };
    let place = |anchor: &str| wanted.iter().position(|name| name.trim_end_matches('?') == anchor);
    let mut last = 0;
    for (anchor, at) in &headings {
        let message = match place(anchor) {
            None => Message::complains("complaints.sections.foreign").with("kind", kind.as_str()),
            Some(place) if place < last => Message::complains("complaints.sections.late"),
            Some(place) => {
                last = place;
                continue;
            }
        };
        out.push(side.document.in_body(*at, message.with("anchor", anchor)));
    }
    for anchor in wanted.iter().filter(|anchor| !anchor.ends_with('?')) {
        if !headings.iter().any(|(found, _)| found == anchor) {
            let end = side.document.body.len().saturating_sub(1);
            let message = Message::complains("complaints.sections.missing").with("anchor", anchor);
            out.push(side.document.in_body(end, message));
        }
    }
}

fn code(side: &Side<'_>, out: &mut Vec<ContentError>) {
    for Placed { block, at } in &side.body.blocks {
        let Block::Code { text, .. } = block else { continue };
        if text.trim().is_empty() {
            out.push(
                side.document.in_body(*at, Message::complains("complaints.sections.empty-code")),
            );
        }
        for line in text.lines().filter(|line| line.width() > CODE) {
            let rest = side.document.body.get(*at..).unwrap_or_default();
            let place = at.saturating_add(rest.find(line).unwrap_or_default());
            let message = Message::complains("complaints.sections.wide").with("n", line.width());
            out.push(side.document.in_body(place, message.with("most", CODE)));
        }
    }
}

/// Blocks and front matter values that say nothing.
fn empty_text(side: &Side<'_>, out: &mut Vec<ContentError>) {
    for Placed { block, at } in &side.body.blocks {
        if !matches!(block, Block::Code { .. }) && block.plain().trim().is_empty() {
            out.push(
                side.document.in_body(*at, Message::complains("complaints.sections.empty-block")),
            );
        }
    }
    let Ok(Value::Mapping(front)) = serde_yaml::from_str(side.document.front) else { return };
    for (key, value) in &front {
        if is_empty(value) {
            let key = key.as_str().unwrap_or_default();
            let message = Message::complains("complaints.front.empty").with("key", key);
            out.push(side.document.in_front(key, "", message));
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Sequence(values) => values.iter().any(is_empty),
        Value::Mapping(map) => map.values().any(is_empty),
        _ => false,
    }
}

/// A skill's title and a page's keywords, and messages that agree in both languages.
fn titles(pair: &Pair<'_>, out: &mut Vec<ContentError>) {
    for side in pair.sides() {
        let missing = match pair.page.kind {
            PageKind::Skill => side.body.title.is_none().then_some("complaints.sections.title"),
            PageKind::Reference => None,
            _ => pair
                .page
                .keywords
                .get(side.language)
                .is_empty()
                .then_some("complaints.front.keywords"),
        };
        if let Some(key) = missing {
            out.push(side.document.in_front("keywords", "", Message::complains(key)));
        }
    }
    let Some(zh) = &pair.zh else { return };
    let messages = &pair.page.messages;
    for (key, en) in &messages.en {
        let wrong = match messages.zh.get(key) {
            None => Message::complains("complaints.messages.missing"),
            Some(text) if strings::placeholders(text) != strings::placeholders(en) => {
                Message::complains("complaints.messages.placeholders")
            }
            Some(_) => continue,
        };
        out.push(zh.document.in_front("messages", key, wrong.with("message", key)));
    }
    for key in messages.zh.keys().filter(|key| !messages.en.contains_key(*key)) {
        let message = Message::complains("complaints.messages.foreign").with("message", key);
        out.push(zh.document.in_front("messages", key, message));
    }
}
