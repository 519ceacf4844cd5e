//! Repairs every faulty notebook and asks the recordings what a kernel answers to the result.

use std::collections::{BTreeMap, BTreeSet};

use nbasync::diagnostic::Applicability;
use nbasync::knowledge::Tables;
use nbasync::review::Repairs;
use serde_json::json;

use crate::effects::{Effect, shown};
use crate::recording::{Answer, Program, Repaired};
use crate::replay::{each, reviewed};

/// A faulty notebook after `fix --unsafe-fixes`.
pub struct Attempt<'p> {
    pub program: &'p Program,
    /// `None` where nothing was changed.
    pub cells: Option<Vec<String>>,
}

/// What a kernel says of a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The fault is gone, nothing came in its place, and the values are the same.
    Clean,
    /// The fault still shows, and nothing else.
    Stays,
    /// A fault shows that was not there before.
    NewFault,
    /// No fault shows, and some value is another one.
    OtherValues,
    /// No kernel was asked.
    Unknown,
    /// There is no repair.
    Untouched,
}

impl Verdict {
    /// Whether a kernel spoke against the repair.
    pub fn is_bad(self) -> bool {
        matches!(self, Verdict::Stays | Verdict::NewFault | Verdict::OtherValues)
    }
}

impl Attempt<'_> {
    /// What the recordings know this text by.
    pub fn key(&self) -> Option<String> {
        let cells = self.cells.as_ref()?;
        let files = self.program.files.iter().flat_map(|(name, text)| [name, text]);
        let parts: Vec<&str> = cells.iter().chain(files).map(String::as_str).collect();
        Some(fingerprint(&parts.join("\u{0}")))
    }

    /// A line for the tool that asks kernels.
    pub fn line(&self) -> Option<String> {
        let cells = self.cells.as_ref()?;
        let (of, files) = (self.program.name(), &self.program.files);
        let line = json!({"key": self.key()?, "of": of, "cells": cells, "files": files});
        Some(line.to_string())
    }

    /// Holds the answers to the repaired text against those to the text as it was.
    pub fn verdict(&self, known: &BTreeMap<String, Repaired>) -> Verdict {
        let Some(key) = self.key() else { return Verdict::Untouched };
        let Some(repaired) = known.get(&key) else { return Verdict::Unknown };
        let mut answers = std::iter::once(&repaired.answer).chain(repaired.differ.values());
        let before: BTreeSet<Effect> = self.program.answers().flat_map(shown).collect();
        let after: BTreeSet<Effect> =
            answers.clone().flat_map(|answer| faults(answer, self.program)).collect();
        if !after.is_subset(&before) {
            return Verdict::NewFault;
        }
        if !after.is_empty() {
            return Verdict::Stays;
        }
        let same = |answer: &Answer| same_values(self.program, answer);
        if answers.all(same) { Verdict::Clean } else { Verdict::OtherValues }
    }
}

/// The effects that nobody wants. That the loop stands still is a fault only where that was the
/// fault: a plain cell may work for as long as it likes. Where an error was never shown, it is right
/// that it shows.
fn faults(answer: &Answer, program: &Program) -> BTreeSet<Effect> {
    let fault = program.fault.as_ref().map(|fault| Effect::named(&fault.effect));
    let mut effects = shown(answer);
    if fault != Some(Effect::StoodStill) {
        effects.remove(&Effect::StoodStill);
    }
    if fault == Some(Effect::Unretrieved) {
        effects.remove(&Effect::Raised);
    }
    effects
}

/// Whether what the notebook had bound before is bound to the same. Where an error cut a cell short,
/// what that cell speaks of, and what grows, may well be another.
fn same_values(program: &Program, after: &Answer) -> bool {
    let before = &program.answer;
    let errors = before.cells.iter().filter(|(_, told)| told.error.is_some());
    let cut: Vec<&String> = errors.filter_map(|(at, _)| program.cells.get(*at)).collect();
    // The body of what was never awaited runs now, and adds what it had not added.
    let runs_now = program.fault.as_ref().is_some_and(|it| it.effect == "never-awaited");
    let grows = |value: &str| value.starts_with(['[', '{']);
    let counts = |name: &str, value: &str| {
        let cut_short = !cut.is_empty();
        !((cut_short || runs_now) && grows(value))
            && !(cut_short && cut.iter().any(|cell| cell.contains(name)))
    };
    let pairs = before.values.iter().filter(|(name, value)| counts(name, value));
    pairs.into_iter().all(|(name, value)| after.values.get(name).is_none_or(|it| it == value))
}

/// FNV-1a over 64 bits, in hexadecimal digits.
///
/// Source: <https://datatracker.ietf.org/doc/draft-eastlake-fnv/>.
fn fingerprint(text: &str) -> String {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325, add))
}

/// Repairs every faulty notebook as `fix --unsafe-fixes` does.
pub fn attempts<'p>(programs: &'p [Program], tables: &Tables) -> Vec<Attempt<'p>> {
    let attempts = each(programs, |program| {
        program.fault.as_ref()?;
        let notebook = program.notebook();
        let before: Vec<String> = sources(&notebook);
        let review = reviewed(program, &notebook, tables);
        let mut repairs = Repairs::new(notebook, review, Applicability::Unsafe, tables);
        repairs.run();
        let after = sources(&repairs.notebook);
        Some(Attempt { program, cells: (after != before).then_some(after) })
    });
    attempts.into_iter().flatten().collect()
}

fn sources(notebook: &nbasync::notebook::Notebook) -> Vec<String> {
    notebook.cells.iter().map(|cell| cell.source.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    /// Source: the test vectors of the draft.
    #[test]
    fn a_text_has_the_fingerprint_that_the_draft_gives() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }
}
