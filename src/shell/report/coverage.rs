//! What the content covers, as text and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Paper, Tone, Voice};
use crate::review::Coverage;
use crate::wording;

/// Counts, then what is missing, in each language.
pub fn coverage(paper: Paper, voice: Voice<'_>, found: &Coverage) -> String {
    let mut lines: Vec<String> = Vec::new();
    for language in voice.languages() {
        let ui = |name: &str, args: &[(&str, &str)]| {
            let wording = wording::named(wording::coverage::ALL, name);
            wording.map(|it| voice.knowledge.ui(language, it, args)).unwrap_or_default()
        };
        let row = |label: &str, number: usize| {
            format!("{number:>7}  {}", paper.paint(Tone::Plain, label))
        };
        for (name, number) in &found.counts {
            lines.push(row(&ui(name, &[]), *number));
        }
        for (environment, number) in &found.environments {
            lines.push(row(&ui("recorded-by", &[("environment", environment)]), *number));
        }
        lines.push(row(&ui("words", &[]), found.words));
        lines.push(row(&ui("characters", &[]), found.characters));
        lines.push(String::new());
        if found.missing.is_empty() {
            lines.push(format!("{} {}", paper.right(), ui("complete", &[])));
        }
        for (what, name) in &found.missing {
            lines.push(paper.safe(&ui(what, &[("name", name)])).into_owned());
        }
        lines.push(String::new());
    }
    lines.pop();
    lines.join("\n") + "\n"
}

/// What `skill check --report --format json` prints.
#[derive(Debug, Serialize)]
pub struct Report<'c> {
    version: u32,
    /// Errors in the format of the content, as `skill check` reports them.
    errors: usize,
    counts: BTreeMap<&'static str, usize>,
    words: Words,
    recordings: &'c BTreeMap<String, usize>,
    missing: Vec<Missing<'c>>,
}

#[derive(Debug, Serialize)]
struct Words {
    /// Words.
    en: usize,
    /// Characters.
    zh: usize,
}

#[derive(Debug, Serialize)]
struct Missing<'c> {
    what: &'static str,
    name: &'c str,
}

/// The same as JSON has it.
pub fn coverage_json(found: &Coverage, errors: usize) -> Report<'_> {
    let missing = found.missing.iter().map(|(what, name)| Missing { what, name });
    Report {
        version: 1,
        errors,
        counts: found.counts.iter().copied().collect(),
        words: Words { en: found.words, zh: found.characters },
        recordings: &found.environments,
        missing: missing.collect(),
    }
}
