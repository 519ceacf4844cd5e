//! The corpus: notebooks as people publish them, and what someone who read them says of them.
//!
//! The corpus is the folder that `NBASYNC_CORPUS` names, or `../shared/corpus` beside the crate.
//! Without one the tests say so and pass.

#[path = "common/corpus.rs"]
mod corpus_files;
#[path = "common/tables.rs"]
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use nbasync::knowledge::Tables;
use nbasync::notebook;
use nbasync::review::{Review, review};
use nbasync::rules::RULES;
use nbasync::text::CellIndex;
use serde::Deserialize;
use serde_json::Value;

use corpus_files::{files, folder};
use tables::tables;

/// What a reader says of one cell. `note` is for people.
#[derive(Deserialize)]
struct Label {
    /// From the corpus folder.
    path: String,
    cell: usize,
    rules: BTreeSet<String>,
    situation: String,
    /// Situations that are as good an answer.
    also: Vec<String>,
}

/// How many cell-rule pairs were rightly reported, wrongly reported and missed.
#[derive(Default, Clone, Copy)]
struct Score {
    hits: usize,
    false_alarms: usize,
    misses: usize,
}

impl Score {
    fn precision(self) -> f64 {
        share(self.hits, self.hits + self.false_alarms)
    }

    fn recall(self) -> f64 {
        share(self.hits, self.hits + self.misses)
    }

    fn add(&mut self, expected: bool, found: bool) {
        self.hits += usize::from(expected && found);
        self.false_alarms += usize::from(!expected && found);
        self.misses += usize::from(expected && !found);
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// `None` when the file is no notebook, which is an answer too.
fn review_file(path: &Path, tables: &Tables) -> Option<Review> {
    let name = path.to_string_lossy();
    let bytes = std::fs::read(path).unwrap();
    let notebook = notebook::parse(&name, bytes).ok()?;
    let review = review(&notebook, tables);
    assert_eq!(review.classifications.len(), notebook.cells.len(), "{name}");
    for found in &review.diagnostics {
        let cell = notebook.cell(found.span.cell).unwrap();
        assert!(found.span.range.end <= cell.source.len(), "{name}: {found:?}");
    }
    Some(review)
}

#[test]
fn every_file_of_the_corpus_is_reviewed() {
    let Some(root) = folder() else { return };
    let tables = tables();
    let files = files(&root);
    let read = files.iter().filter_map(|path| review_file(path, &tables)).count();
    println!("{} files, {} of them refused", files.len(), files.len() - read);
    assert!(read * 10 > files.len() * 9, "most files can be read");
}

#[test]
fn the_answers_are_those_of_a_reader() {
    let Some(root) = folder() else { return };
    let report = Report::of(&labels(), &root);
    println!("{report}");
    assert!(report.total().precision() >= 0.99, "precision");
    assert!(report.total().recall() >= 0.97, "recall");
    assert!(report.situations() >= 0.97, "situations");
}

#[test]
fn the_program_answers_for_the_whole_corpus_in_every_format() {
    let Some(root) = folder() else { return };
    let run = |args: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_nbasync")).args(args).arg(&root).output();
        let output = program.unwrap();
        assert!(matches!(output.status.code(), Some(0..=2)), "{args:?}: {}", output.status);
        String::from_utf8(output.stdout).unwrap()
    };
    for command in ["check", "classify"] {
        let report: Value = serde_json::from_str(&run(&[command, "--format", "json"])).unwrap();
        let files = report["files"].as_array().unwrap().len();
        assert!(files * 10 > crate::files(&root).len() * 9, "{files} files");
        assert!(!run(&[command, "--lang", "both"]).is_empty());
    }
}

fn labels() -> Vec<Label> {
    let text = std::fs::read_to_string("tests/corpus/labels.jsonl").unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut labels: Vec<Label> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    for label in &mut labels {
        // Names that are no rule yet wait for theirs.
        label.rules.retain(|name| RULES.iter().any(|rule| rule.name == name));
    }
    labels.sort_by(|a, b| (&a.path, a.cell).cmp(&(&b.path, b.cell)));
    labels
}

#[derive(Default)]
struct Report {
    cells: usize,
    right_situations: usize,
    scores: BTreeMap<&'static str, Score>,
    mismatches: Vec<String>,
}

impl Report {
    fn of(labels: &[Label], root: &Path) -> Self {
        let tables = tables();
        let mut report = Self::default();
        let mut reviews: BTreeMap<&str, Option<Review>> = BTreeMap::new();
        for label in labels {
            let review = reviews
                .entry(&label.path)
                .or_insert_with(|| review_file(&root.join(&label.path), &tables));
            report.score(label, review.as_ref());
        }
        report
    }

    fn total(&self) -> Score {
        self.scores.values().fold(Score::default(), |sum, score| Score {
            hits: sum.hits + score.hits,
            false_alarms: sum.false_alarms + score.false_alarms,
            misses: sum.misses + score.misses,
        })
    }

    fn situations(&self) -> f64 {
        share(self.right_situations, self.cells)
    }

    fn score(&mut self, label: &Label, review: Option<&Review>) {
        let place = format!("{}:{}", label.path, label.cell);
        let index = CellIndex(label.cell);
        let found: BTreeSet<&str> = review
            .into_iter()
            .flat_map(|review| review.of_cell(index))
            .map(|diagnostic| diagnostic.rule)
            .collect();
        for rule in RULES {
            let (expected, found) = (label.rules.contains(rule.name), found.contains(rule.name));
            self.scores.entry(rule.name).or_default().add(expected, found);
            let said = |yes: bool| if yes { rule.name } else { "nothing" };
            if expected != found {
                let (expected, got) = (said(expected), said(found));
                self.mismatches.push(format!("{place} expected {expected} got {got}"));
            }
        }
        let first = match review.map(|review| review.classifications.get(label.cell)) {
            None => "a refused file",
            Some(None) => "no such cell",
            Some(Some(cell)) => cell.situations.first().map_or("unclear", |first| first.id),
        };
        self.cells += 1;
        if first == label.situation || label.also.iter().any(|also| also == first) {
            self.right_situations += 1;
        } else {
            let expected = std::iter::once(&label.situation).chain(&label.also);
            let expected = expected.map(String::as_str).collect::<Vec<_>>().join("|");
            self.mismatches.push(format!("{place} expected {expected} got {first}"));
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.mismatches {
            writeln!(out, "{line}")?;
        }
        let total = ("all rules", self.total());
        for (name, score) in self.scores.iter().map(|(name, score)| (*name, *score)).chain([total])
        {
            write!(out, "{name:28} precision {:.3}", score.precision())?;
            write!(out, " recall {:.3} ({} hits", score.recall(), score.hits)?;
            writeln!(out, ", {} wrong, {} missed)", score.false_alarms, score.misses)?;
        }
        write!(out, "situations {:.3} of {} cells", self.situations(), self.cells)
    }
}
