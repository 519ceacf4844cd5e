//! What is claimed of the places: `claims.yaml`, `places.yaml`.

use std::fs;
use std::path::PathBuf;

use nbasync::knowledge::{Case, CaseCell};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What is asked everywhere, and what is answered where.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    pub id: String,
    /// What is asked, in words.
    pub asks: String,
    /// Seconds that a cell may take, where a run has such a bound.
    pub timeout: Option<u64>,
    /// The rules that speak of it.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The case of the content whose cells these are.
    case: Option<String>,
    #[serde(default)]
    pub cells: Vec<String>,
    pub answers: Vec<Answer>,
}

/// What some places answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Empty: every place.
    #[serde(default, rename = "in")]
    pub places: Vec<String>,
    /// The Python versions for which it holds, as a version specifier.
    pub python: Option<String>,
    /// The answer in words.
    pub says: String,
    /// What each cell answers that is reached.
    pub cells: Option<Vec<Said>>,
    /// What the last cell answers; those before it run without an error.
    pub last: Option<Said>,
    /// The class of the error in which a batch run ends.
    pub run: Option<String>,
    /// Whether a rule reports the cells, where that does not follow from an error or a warning.
    pub reported: Option<bool>,
}

impl Answer {
    /// Whether one of the claim's rules has to report the cells.
    pub fn is_reported(&self) -> bool {
        let mut said = self.cells.iter().flatten().chain(&self.last);
        self.reported.unwrap_or_else(|| said.any(|it| it.error.is_some() || it.stderr.is_some()))
    }
}

/// What a cell answers, in the words of a case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub error: Option<String>,
    pub message: Option<String>,
    pub result: Option<String>,
    pub stdout: Option<String>,
    pub stderr: Option<Vec<String>>,
}

/// Where cells run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub id: String,
    pub title: String,
    /// What `--env` calls it.
    pub env: String,
    /// The program that asks it, with its arguments; none where it cannot be had.
    #[serde(default)]
    pub ask: Vec<String>,
    /// Whether the verdicts for `env` speak of another place.
    #[serde(default)]
    pub is_aside: bool,
    /// The package whose version is named.
    pub named: Option<String>,
    #[serde(default)]
    pub environments: Vec<String>,
    /// The place that is asked in its stead.
    pub like: Option<String>,
    /// Where it is written that the two are alike.
    pub source: Option<String>,
}

impl Said {
    fn of(cell: &CaseCell) -> Self {
        let CaseCell { error, message, result, stdout, stderr, .. } = cell.clone();
        Self { error, message, result, stdout, stderr }
    }
}

impl Claim {
    /// The answer of a place with that Python.
    pub fn answer(&self, place: &str, python: &str) -> Option<&Answer> {
        self.answers.iter().find(|answer| {
            let here = answer.places.is_empty() || answer.places.iter().any(|it| it == place);
            here && answer.python.as_deref().is_none_or(|wanted| fits(python, wanted))
        })
    }
}

/// The Python of an environment, as its name tells.
pub fn python_of(environment: &str) -> &str {
    environment.rsplit_once('-').map_or("3.14", |(_, python)| python)
}

/// Whether `3.11.7` fits `>=3.11`, or does not `<3.11`.
fn fits(python: &str, wanted: &str) -> bool {
    let minor = |version: &str| -> u32 {
        version.split('.').nth(1).and_then(|it| it.parse().ok()).expect("a version of Python 3")
    };
    match wanted.strip_prefix(">=") {
        Some(least) => minor(python) >= minor(least),
        None => minor(python) < minor(wanted.strip_prefix('<').expect("`>=` or `<`")),
    }
}

/// The folder of this test.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/places")
}

pub fn claims() -> Vec<Claim> {
    let path = folder().join("../../content/cases/browser.yaml");
    let cases = Case::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let mut claims: Vec<Claim> = read("claims.yaml");
    for claim in &mut claims {
        let Some(id) = &claim.case else { continue };
        let case = cases.iter().find(|case| case.id == *id).unwrap_or_else(|| panic!("no {id}"));
        claim.cells = case.cells.iter().map(|cell| cell.code.clone()).collect();
        for answer in &mut claim.answers {
            answer.cells = Some(case.cells.iter().map(Said::of).collect());
        }
    }
    claims
}

pub fn places() -> Vec<Place> {
    read("places.yaml")
}

pub fn read<T: DeserializeOwned>(name: &str) -> T {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}
