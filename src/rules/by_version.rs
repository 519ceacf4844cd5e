//! What is reported of a library's call says so where it does not hold for every version.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::events::place;
use crate::diagnostic::{Applicability, Diagnostic, Message, Severity};
use crate::execution::{Call, Event, Run};
use crate::knowledge::tables::DatedFact;
use crate::libraries::By;
use crate::text::{CellIndex, Span};
use crate::wording;

/// Rules whose sentence says what a kernel answers; of a version that is not known it says since when.
const ANSWERS: [&str; 2] = ["framework-runner-in-cell", "loop-owning-sync-api"];

/// The sentences of these rules that say that a call raises.
const RAISES: [&str; 5] = ["direct", "main-guard", "caught", "in-async", "helper"];

/// Adds to what was found which version it rests on, and is less sure where nobody says which one runs.
pub(super) fn tell(run: &Run, found: &mut [Diagnostic]) {
    let calls = calls_at(run, found);
    for diagnostic in found {
        let Some(call) = calls.get(&diagnostic.span) else { continue };
        let Some(path) = call.callee.path() else { continue };
        let Some(fact) = run.tables().dated(path) else { continue };
        match fact.said {
            Some(said) => {
                let message = match &said.by {
                    By::File(file) => Message::says(wording::VERSION_BY_FILE).with("file", file),
                    By::Cell(cell) => Message::says(wording::VERSION_BY_CELL).at_cell(*cell),
                };
                let message = message.with("package", &fact.bounds.package);
                diagnostic.note(message.with("version", &said.text), None);
            }
            None => {
                let is_patched = is_patched(run, call);
                let is_answer = ANSWERS.contains(&diagnostic.rule);
                if !(is_answer && run.tables().answers_alike(path, is_patched)) {
                    doubt(diagnostic, fact);
                }
            }
        }
    }
}

/// Whether the loop that a call meets was made re-entrant before.
fn is_patched(run: &Run, call: &Call) -> bool {
    let is_it = |event: &&Event| place(run, run.site_of(event)) == Some(call.site);
    run.events().iter().filter(is_it).any(|event| event.is_patched)
}

/// The calls in the cells of these diagnostics by the places of which a diagnostic may speak: where
/// they stand, awaited or not. Of several the first counts.
fn calls_at<'f>(run: &'f Run, found: &[Diagnostic]) -> HashMap<Span, &'f Call> {
    let cells: BTreeSet<CellIndex> = found.iter().map(|it| it.span.cell).collect();
    let mut calls = HashMap::new();
    for call in cells.into_iter().flat_map(|cell| run.calls_of_cell(run.key_of(cell))) {
        for site in std::iter::once(call.site).chain(run.parent(call.site)) {
            calls.entry(run.at(site)).or_insert(call);
        }
    }
    calls
}

/// Nobody says which version runs: it may be fine, and a repair may be wrong there.
fn doubt(diagnostic: &mut Diagnostic, fact: DatedFact) {
    let (key, note, version) = match (&fact.bounds.since, &fact.bounds.until) {
        (Some(since), _) => ("since", wording::VERSION_SINCE, since),
        (None, Some(until)) => ("until", wording::VERSION_UNTIL, until),
        (None, None) => return,
    };
    diagnostic.severity = diagnostic.severity.min(Severity::Warning);
    for fix in &mut diagnostic.fixes {
        fix.applicability = fix.applicability.min(Applicability::Unsafe);
    }
    diagnostic.notes.retain(|it| it.message.key != "patch-no-help");
    let package = &fact.bounds.package;
    if ANSWERS.contains(&diagnostic.rule) && RAISES.contains(&diagnostic.message.key) {
        let mut message = diagnostic.message.clone();
        message.key = key;
        diagnostic.message = message.with("package", package).with("version", version);
    } else {
        let message = Message::says(note).with("package", package);
        diagnostic.note(message.with("version", version), None);
    }
}
