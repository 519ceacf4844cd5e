//! The closing lines of a report: how much there is, and what to do next.

use std::path::{Path, PathBuf};

use super::{Paper, Tone, Voice};
use crate::knowledge::Language;
use crate::review::{Checked, Shared};
use crate::text::{CellIndex, Counted, Wording};
use crate::wording::report;

/// What was found, over files.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub files: usize,
    /// Files that nothing can be said of.
    pub failed: usize,
    /// Files with a diagnostic.
    pub marked: usize,
    pub errors: usize,
    pub warnings: usize,
    pub hints: usize,
    /// Diagnostics whose first fix changes nothing else.
    pub safe_fixes: usize,
    pub checked: Checked,
    /// The first file with a diagnostic.
    pub first: Option<String>,
}

impl Tally {
    /// Both together; `other` comes later.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.failed += other.failed;
        self.marked += other.marked;
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.hints += other.hints;
        self.safe_fixes += other.safe_fixes;
        self.checked.add(other.checked);
        self.first = self.first.take().or(other.first);
    }
}

/// The closing lines, once for each language.
pub fn summary(paper: Paper, voice: Voice<'_>, tally: &Tally) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let tone = if is_clean(tally) { Tone::Right } else { Tone::Strong };
        out.push_str(&paper.paint(tone, &line(paper, voice, language, tally)));
        out.push('\n');
        if let Some(first) = &tally.first {
            let args = [("path", &*quoted(first))];
            let walk = voice.knowledge.ui(language, report::WALK, &args);
            out.push_str(&paper.paint(Tone::Quiet, &walk));
            out.push('\n');
        }
    }
    out
}

/// So many notebooks are named with a function that they share.
const NAMED: usize = 3;

/// The functions that several notebooks hold, each once.
pub fn shared(paper: Paper, voice: Voice<'_>, all: &[Shared]) -> String {
    let mut out = String::new();
    for Shared { name, places } in all {
        for language in voice.languages() {
            let place = |(path, cell): &(String, CellIndex)| {
                let cell = cell.number().to_string();
                voice.knowledge.ui(
                    language,
                    report::SHARED_PLACE,
                    &[("path", path), ("cell", &cell)],
                )
            };
            let mut named: Vec<String> = places.iter().take(NAMED).map(place).collect();
            let more = places.len().saturating_sub(NAMED);
            if more > 0 {
                named.push(voice.count(language, report::SHARED_MORE, more));
            }
            let join = voice.knowledge.ui(language, report::SHARED_JOIN, &[]);
            let count = places.len().to_string();
            let command = command(name, places);
            let places = named.join(&join);
            let args =
                [("function", &**name), ("n", &count), ("places", &places), ("command", &command)];
            out.push_str(&paper.safe(&voice.knowledge.ui(language, report::SHARED, &args)));
            out.push('\n');
        }
    }
    if out.is_empty() { out } else { out + "\n" }
}

/// What takes a function out of all its notebooks.
fn command(function: &str, places: &[(String, CellIndex)]) -> String {
    let word =
        |path: &str| match path.chars().all(|it| it.is_alphanumeric() || "._-/\\:".contains(it)) {
            true => path.to_owned(),
            false => format!("\"{path}\""),
        };
    let mut paths = places.iter().map(|(path, _)| word(path));
    let first = paths.next().unwrap_or_default();
    let others = match places.len() {
        0..=NAMED => paths.collect::<Vec<_>>().join(" "),
        _ => word(&folder_of_all(places)),
    };
    format!("nbasync extract {first} {function} --also {others}")
}

/// The folder in or below which all of them lie.
fn folder_of_all(places: &[(String, CellIndex)]) -> String {
    let folder = |(path, _): &(String, CellIndex)| {
        Path::new(path).parent().unwrap_or(Path::new("")).to_owned()
    };
    let common = |one: PathBuf, two: PathBuf| {
        one.components().zip(two.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
    };
    let all = places.iter().map(folder).reduce(common).unwrap_or_default();
    if all.as_os_str().is_empty() { ".".to_owned() } else { all.display().to_string() }
}

/// Whether files were read and nothing was found in any.
fn is_clean(tally: &Tally) -> bool {
    tally.files > tally.failed && tally.marked == 0
}

fn line(paper: Paper, voice: Voice<'_>, language: Language, tally: &Tally) -> String {
    let ui = |key: Wording, args: &[(&str, &str)]| voice.knowledge.ui(language, key, args);
    let count = |what: Counted, number| voice.count(language, what, number);
    let read = count(report::FILES, tally.files.saturating_sub(tally.failed));
    let mut sentences = vec![match tally {
        Tally { files: 0, .. } => ui(report::NO_FILES, &[]),
        tally if is_clean(tally) => {
            format!("{} {}", paper.right(), clean(voice, language, &read, tally.checked))
        }
        Tally { marked: 0, .. } => ui(report::NOTHING_READ, &[]),
        tally => found(voice, language, tally),
    }];
    if tally.safe_fixes > 0 {
        sentences.push(count(report::SAFE_FIXES, tally.safe_fixes));
    }
    if tally.failed > 0 {
        sentences.push(count(report::FAILED, tally.failed));
    }
    sentences.join(if language == Language::En { " " } else { "" })
}

/// What was checked, where nothing was found: more than that is not known.
pub(super) fn clean(
    voice: Voice<'_>,
    language: Language,
    files: &str,
    Checked { cells, rules }: Checked,
) -> String {
    let cells = voice.count(language, report::CELLS, cells);
    let rules = voice.count(language, report::RULES_ASKED, rules);
    let args = [("files", files), ("cells", &*cells), ("rules", &*rules)];
    voice.knowledge.ui(language, report::CLEAN, &args)
}

/// `2 errors, 1 hint in 2 of 7 files.`
fn found(voice: Voice<'_>, language: Language, tally: &Tally) -> String {
    let count = |what: Counted, number| voice.count(language, what, number);
    let counts = [
        (report::ERRORS, tally.errors),
        (report::WARNINGS, tally.warnings),
        (report::HINTS, tally.hints),
    ];
    let counts = counts.into_iter().filter(|(_, number)| *number > 0);
    let counts: Vec<String> = counts.map(|(key, number)| count(key, number)).collect();
    let found = counts.join(&voice.knowledge.ui(language, report::COMMA, &[]));
    let (marked, files) = (tally.marked.to_string(), count(report::FILES, tally.files));
    let args = [("found", &*found), ("marked", &*marked), ("files", &*files)];
    let is_all = tally.marked == tally.files;
    let key = if is_all { report::FOUND_IN_ALL } else { report::FOUND };
    voice.knowledge.ui(language, key, &args)
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || "/._-+:@%".contains(char);
    if path.chars().all(plain) && !path.starts_with('-') {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_space_is_quoted() {
        assert_eq!(quoted("a/b.ipynb"), "a/b.ipynb");
        assert_eq!(quoted("a b's.ipynb"), r"'a b'\''s.ipynb'");
    }
}
