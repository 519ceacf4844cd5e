//! The report of `fix` for people.

use super::summary::clean;
use super::text::{head, labelled, remark};
use super::{Paper, Problem, Tone, Voice, diff, remarks};
use crate::diagnostic::{Applicability, Found, Severity};
use crate::knowledge::Language;
use crate::notebook::{Format, Notebook};
use crate::review::{Checked, Repair, Trial, called, sentence};
use crate::shell::files::{FileError, Remark, SaveError};
use crate::shell::report::place::Place;
use crate::wording::{self, Counted};

/// In the order in which they are counted.
const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Hint];

/// A file and what came of it.
#[derive(Debug)]
pub struct Fixed {
    /// As given or found.
    pub path: String,
    pub outcome: Result<Mended, FileError>,
}

/// A notebook and what became of it.
#[derive(Debug)]
pub struct Mended {
    pub before: Notebook,
    /// With the repairs, whether they were written or not.
    pub after: Notebook,
    pub made: Vec<Repair>,
    /// Fixes that would have left something new behind.
    pub taken_back: Vec<Repair>,
    /// What is left of what was asked for.
    pub left: Vec<Found>,
    pub written: Written,
    pub checked: Checked,
    /// It was named itself, and is not one of a folder's files.
    pub is_named: bool,
}

/// Whether the file holds the repairs.
#[derive(Debug)]
pub enum Written {
    /// There are none.
    Same,
    /// They were only to be shown.
    Shown,
    /// They are in the file; of this there may be something to say.
    Yes(Vec<Remark>),
    No(SaveError),
}

/// What was repaired, over files.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FixTally {
    pub files: usize,
    pub unread: usize,
    /// Files that could not be read or written.
    pub failed: usize,
    /// Files in which something was repaired.
    pub mended: usize,
    pub made: usize,
    pub taken_back: usize,
    /// Errors, warnings and hints that are left.
    pub left: [usize; 3],
    /// Those of them that an unsafe fix would repair.
    pub left_unsafe: usize,
    /// Whether repairs were shown and not made.
    pub shown: bool,
    /// Scripts without cells.
    pub scripts: usize,
    pub checked: Checked,
}

impl FixTally {
    /// Counts a file.
    pub fn count(&mut self, file: &Fixed) {
        self.files += 1;
        let Ok(mended) = &file.outcome else {
            (self.unread, self.failed) = (self.unread + 1, self.failed + 1);
            return;
        };
        self.failed += usize::from(matches!(mended.written, Written::No(_)));
        self.mended += usize::from(!mended.made.is_empty());
        self.made += mended.made.len();
        self.taken_back += mended.taken_back.len();
        self.shown |= matches!(mended.written, Written::Shown);
        for (left, severity) in self.left.iter_mut().zip(SEVERITIES) {
            *left += mended.left.iter().filter(|found| found.severity == severity).count();
        }
        let can_write = mended.before.read_only().is_none();
        let is_unsafe = |found: &&Found| {
            found.fix().is_some_and(|fix| can_write && fix.applicability == Applicability::Unsafe)
        };
        self.left_unsafe += mended.left.iter().filter(is_unsafe).count();
        self.checked.add(mended.checked);
        self.scripts += usize::from(mended.before.format == Format::Script);
    }
}

/// The lines on one file, and what is to be complained of.
pub fn fixed(paper: Paper, voice: Voice<'_>, file: &Fixed) -> (String, Option<String>) {
    match &file.outcome {
        Err(error) => {
            let tell = |language| Problem::new(voice, language, error);
            (String::new(), Some(super::text::problem(paper, voice, &file.path, tell)))
        }
        Ok(mended) => {
            let problem = match &mended.written {
                Written::No(error) => {
                    let tell = |language| Problem::told(voice, language, &error.message());
                    Some(super::text::problem(paper, voice, &file.path, tell))
                }
                Written::Yes(said) => Some(remarks(paper, voice, said)),
                Written::Same | Written::Shown => None,
            };
            (lines(paper, voice, &file.path, mended), problem)
        }
    }
}

fn lines(paper: Paper, voice: Voice<'_>, path: &str, mended: &Mended) -> String {
    let mut out = remark(paper, voice, path, &mended.before);
    if mended.before.format == Format::Script && mended.is_named {
        for said in voice.say(wording::fix::SCRIPT, &[]) {
            out.push_str(&format!("{}: {}\n", paper.safe(path), paper.safe(&said)));
        }
    }
    if !mended.made.is_empty() {
        let made = voice.count(voice.reading.base(), wording::fix::MADE, mended.made.len());
        let head = paper.paint(Tone::Strong, path);
        out.push_str(&format!("{head}: {}\n", paper.paint(Tone::Right, &made)));
    }
    for repair in &mended.made {
        out.push_str(&repaired(paper, voice, &mended.before, repair));
    }
    for repair in &mended.taken_back {
        let label = voice.label(wording::fix::TAKEN_BACK, &[]);
        let line = repaired(paper, voice, &mended.before, repair);
        out.push_str(&format!("  {}{}", paper.paint(Tone::Quiet, &label), line.trim_start()));
    }
    // Advice is counted at the end; to list it each time would hide the rest.
    for found in mended.left.iter().filter(|found| found.severity >= Severity::Warning) {
        let place = Place::of(&mended.after, found.span);
        for line in head(paper, voice, path, &mended.after, found, place) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// `  cell 3, line 2: rule: title`.
fn repaired(paper: Paper, voice: Voice<'_>, notebook: &Notebook, repair: &Repair) -> String {
    let mut out = String::new();
    for language in voice.languages() {
        let (cell, line) = (repair.cell.number().to_string(), repair.line.to_string());
        let is_script = notebook.format.counts_lines();
        let key = if is_script { wording::fix::AT_LINE } else { wording::fix::AT_CELL };
        let at = voice.knowledge.ui(language, key, &[("cell", &cell), ("line", &line)]);
        let title = sentence(voice.knowledge, language, &repair.title);
        let title = titled(voice, language, &title, repair.applicability);
        let place = paper.paint(Tone::Quiet, &at);
        out.push_str(&format!("  {place}{}: {}\n", repair.rule, paper.safe(&title)));
    }
    out
}

fn titled(voice: Voice<'_>, language: Language, title: &str, trust: Applicability) -> String {
    let trust = voice.knowledge.ui(language, called::trust(trust), &[]);
    voice.knowledge.ui(language, wording::report::TRUSTED, &[("title", title), ("trust", &trust)])
}

/// A fix that is offered: the mistake, what the fix does, and the lines that it changes.
pub fn offer(
    paper: Paper,
    voice: Voice<'_>,
    path: &str,
    notebook: &Notebook,
    trial: &Trial,
) -> String {
    let mut lines = Vec::new();
    for found in trial.diagnostics() {
        let place = Place::of(notebook, found.span);
        lines.extend(head(paper, voice, path, notebook, found, place));
    }
    for repair in &trial.repairs {
        let title = |language| {
            let title = sentence(voice.knowledge, language, &repair.title);
            titled(voice, language, &title, repair.applicability)
        };
        let titles = voice.languages().into_iter().map(title).collect();
        lines.extend(labelled(paper, voice, wording::report::FIX, titles));
    }
    lines.join("\n") + "\n" + &diff(paper, path, notebook, &trial.notebook)
}

/// The closing lines, once for each language.
pub fn fix_summary(paper: Paper, voice: Voice<'_>, tally: &FixTally) -> String {
    let is_clean = tally.left == [0; 3] && tally.failed == 0;
    let tone = if is_clean { Tone::Right } else { Tone::Strong };
    let line = |language| paper.paint(tone, &closing(voice, language, tally)) + "\n";
    voice.languages().into_iter().map(line).collect()
}

fn closing(voice: Voice<'_>, language: Language, tally: &FixTally) -> String {
    let count = |what: Counted, number| voice.count(language, what, number);
    let files = count(wording::report::FILES, tally.files);
    let (made, mended) = (count(wording::fix::MADE, tally.made), tally.mended.to_string());
    let args = [("made", &*made), ("mended", &*mended), ("files", &*files)];
    let key = match tally {
        FixTally { files: 0, .. } => wording::report::NO_FILES,
        FixTally { files, unread, .. } if files == unread => wording::report::NOTHING_READ,
        FixTally { made: 0, .. } => wording::fix::NOTHING,
        FixTally { shown: true, .. } => wording::fix::WOULD,
        _ => wording::fix::DID,
    };
    let mut sentences = vec![voice.knowledge.ui(language, key, &args)];
    let keys =
        [wording::report::ERRORS, wording::report::WARNINGS, wording::report::HINTS].into_iter();
    let left = keys.zip(tally.left).filter(|(_, number)| *number > 0);
    let left: Vec<String> = left.map(|(key, number)| count(key, number)).collect();
    if !left.is_empty() {
        let found = left.join(&voice.knowledge.ui(language, wording::report::COMMA, &[]));
        sentences.push(voice.knowledge.ui(language, wording::fix::LEFT, &[("found", &found)]));
    }
    if tally.left == [0; 3] && tally.files > tally.unread {
        let read = count(wording::report::FILES, tally.files - tally.unread);
        sentences.push(clean(voice, language, &read, tally.checked));
    }
    let counts = [
        (wording::fix::LEFT_UNSAFE, tally.left_unsafe),
        (wording::fix::TAKEN_BACK_COUNT, tally.taken_back),
        (wording::fix::SCRIPTS, tally.scripts),
        (wording::fix::FAILED, tally.failed),
    ];
    let counts = counts.into_iter().filter(|(_, number)| *number > 0);
    sentences.extend(counts.map(|(key, number)| count(key, number)));
    sentences.join(if language == Language::En { " " } else { "" })
}

impl Mended {
    /// A notebook with which nothing was done.
    pub fn untouched(before: Notebook, left: Vec<Found>, checked: Checked) -> Self {
        let after = before.clone();
        let (made, taken_back) = (Vec::new(), Vec::new());
        let is_named = false;
        Self { before, after, made, taken_back, left, written: Written::Same, checked, is_named }
    }

    /// Whether the file was written and the disk does not answer for it.
    pub fn is_in_doubt(&self) -> bool {
        matches!(&self.written, Written::Yes(said) if said.iter().any(Remark::is_trouble))
    }

    /// Whether something at warning or above is left.
    pub fn is_wanting(&self) -> bool {
        self.left.iter().any(|found| found.severity >= Severity::Warning)
    }
}
