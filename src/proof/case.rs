//! Whether a kernel answered to a case as the case says.

use crate::knowledge::{Case, CaseCell};
use crate::transcript::{CellRun, Chunk, Status, Stream, Versions};

/// Stands for any text in an expectation.
const ANYTHING: char = '…';

/// An answer that is another one than the case says.
#[derive(Debug, Clone, PartialEq)]
pub struct Miss {
    /// From 1.
    pub cell: usize,
    /// The key of the case's cell: `error`, `stdout` ...
    pub what: &'static str,
    pub expected: String,
    pub found: String,
}

/// Why a case says nothing of a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The module is not there.
    Module(String),
    /// The case is for other versions.
    Version { of: &'static str, wanted: String },
}

/// Whether a case holds for a kernel with these versions, in which these modules are missing.
pub fn unfit(case: &Case, versions: &Versions, missing: &[String]) -> Option<Unfit> {
    let module = case.needs.iter().find(|name| missing.contains(name));
    let version = |of, wanted: &Option<String>, found: &Option<String>| {
        let wanted = wanted.as_ref()?;
        let fits = found.as_ref().is_some_and(|found| satisfies(found, wanted));
        (!fits).then(|| Unfit::Version { of, wanted: wanted.clone() })
    };
    module
        .map(|name| Unfit::Module(name.clone()))
        .or_else(|| version("Python", &case.python, &versions.python))
        .or_else(|| version("ipykernel", &case.ipykernel, &versions.ipykernel))
}

/// Where the runs of a case's cells, in order, are not what the case says. A cell that was not
/// reached is a miss.
pub fn misses(case: &Case, runs: &[CellRun]) -> Vec<Miss> {
    let mut found = Vec::new();
    for (at, cell) in case.cells.iter().enumerate() {
        let mut miss = |what, expected: &str, is: String| {
            found.push(Miss { cell: at + 1, what, expected: expected.to_owned(), found: is });
        };
        match runs.get(at) {
            Some(run) => compare(cell, run, runs, &mut miss),
            None => miss("cell", "runs", "not reached".to_owned()),
        }
    }
    found
}

fn compare(
    cell: &CaseCell,
    run: &CellRun,
    runs: &[CellRun],
    miss: &mut impl FnMut(&'static str, &str, String),
) {
    let error = run.error.as_ref();
    match (&cell.error, run.status, error) {
        (None, Status::Ok, _) => {}
        (Some(wanted), Status::Error, Some(error)) if *wanted == error.name => {}
        (wanted, status, error) => {
            let is = error.map_or_else(
                || format!("{status:?}"),
                |error| format!("{}: {}", error.name, error.message),
            );
            miss("error", wanted.as_deref().unwrap_or("none"), is);
        }
    }
    if let (Some(wanted), Some(error)) = (&cell.message, error)
        && !matches(wanted, &error.message)
    {
        miss("message", wanted, error.message.clone());
    }
    if let Some(wanted) = &cell.result {
        let is = run.result.clone().unwrap_or_default();
        if !matches(wanted, &is) {
            miss("result", wanted, is);
        }
    }
    let (stdout, stderr) = (text(run, Stream::Stdout), text(run, Stream::Stderr));
    if let Some(wanted) = &cell.stdout
        && !matches(wanted, &stdout)
    {
        miss("stdout", wanted, stdout);
    }
    if let Some(parts) = &cell.stderr {
        if parts.is_empty() && !stderr.is_empty() {
            miss("stderr", "", stderr.clone());
        }
        for part in parts.iter().filter(|part| !stderr.contains(part.as_str())) {
            miss("stderr", part, stderr.clone());
        }
    }
    times(cell, run, runs, miss);
}

fn times(
    cell: &CaseCell,
    run: &CellRun,
    runs: &[CellRun],
    miss: &mut impl FnMut(&'static str, &str, String),
) {
    let elapsed = seconds(run);
    let told = |time: f64| format!("{time:.2} s");
    let other = |pace: &crate::knowledge::Pace| {
        runs.get(pace.than.saturating_sub(1)).map_or(0.0, |run| seconds(run) * pace.ratio)
    };
    if let Some(most) = cell.faster.as_ref().map(other).filter(|most| elapsed > *most) {
        miss("faster", &told(most), told(elapsed));
    }
    if let Some(least) = cell.slower.as_ref().map(other).filter(|least| elapsed < *least) {
        miss("slower", &told(least), told(elapsed));
    }
    if let Some(bounds) = &cell.seconds {
        let early = bounds.least.filter(|least| elapsed < *least);
        let late = bounds.most.filter(|most| elapsed > *most);
        if let Some(bound) = early.or(late) {
            miss("seconds", &told(bound), told(elapsed));
        }
    }
}

/// The time of a cell in seconds; none runs for the 50 days from which on it would be cut.
fn seconds(run: &CellRun) -> f64 {
    f64::from(u32::try_from(run.elapsed).unwrap_or(u32::MAX)) / 1000.0
}

/// All that came from one source, late output too.
fn text(run: &CellRun, from: Stream) -> String {
    let late = run.late.iter().filter(|chunk: &&Chunk| chunk.from == from);
    late.fold(run.text(from), |text, chunk| text + &chunk.text)
}

/// Whether a text is as expected, where `…` stands for anything.
fn matches(expected: &str, text: &str) -> bool {
    let mut parts = expected.split(ANYTHING);
    let Some(first) = parts.next() else { return true };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// Whether a version such as `7.4.0` fits a specifier such as `>=6.29,<8`.
///
/// Source: <https://packaging.python.org/en/latest/specifications/version-specifiers/>, of which
/// the cases use the four comparisons.
fn satisfies(version: &str, specifier: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        text.trim().split('.').map_while(|part| part.parse().ok()).collect()
    };
    let version = numbers(version);
    specifier.split(',').map(str::trim).all(|clause| {
        let split = clause.find(|char: char| char.is_ascii_digit()).unwrap_or(clause.len());
        let (sign, wanted) = clause.split_at(split);
        let wanted = numbers(wanted);
        match sign.trim() {
            ">=" => version >= wanted,
            "<" => version < wanted,
            ">" => version > wanted,
            "<=" => version <= wanted,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::CellIndex;
    use crate::transcript::CellError;

    fn cell() -> CaseCell {
        serde_case("- id: a\n  cells:\n  - code: x\n").cells.remove(0)
    }

    fn serde_case(text: &str) -> Case {
        Case::parse(text).unwrap().remove(0)
    }

    fn run() -> CellRun {
        CellRun { elapsed: 100, ..CellRun::started(CellIndex(0)) }
    }

    fn check(cell: CaseCell, run: CellRun, expected: &[&str]) {
        let case = Case { cells: vec![cell], ..serde_case("- id: a\n  cells: []\n") };
        let found: Vec<_> = misses(&case, &[run]).iter().map(|miss| miss.what).collect();
        assert_eq!(found, expected, "{case:?}");
    }

    #[test]
    fn what_is_not_said_is_not_compared_but_an_error_is() {
        check(cell(), CellRun { result: Some("1".into()), ..run() }, &[]);
        let failed = || {
            let error = CellError::new("ValueError".into(), "no 7", &[], 0);
            CellRun { status: Status::Error, error: Some(error), ..run() }
        };
        check(cell(), failed(), &["error"]);
        let wanting = |message: &str| CaseCell {
            error: Some("ValueError".into()),
            message: Some(message.into()),
            ..cell()
        };
        check(wanting("no …"), failed(), &[]);
        check(wanting("yes …"), failed(), &["message"]);
        check(wanting("no 7"), run(), &["error"]);
    }

    #[test]
    fn streams_results_and_times_are_compared() {
        let late = vec![Chunk { from: Stream::Stderr, text: "never awaited".into() }];
        let warned = CellRun { late, ..run() };
        let part = |text: &str| CaseCell { stderr: Some(vec![text.into()]), ..cell() };
        check(part("never"), warned.clone(), &[]);
        check(part("always"), warned.clone(), &["stderr"]);
        check(CaseCell { stderr: Some(Vec::new()), ..cell() }, warned, &["stderr"]);
        check(CaseCell { result: Some("'a…z'".into()), ..cell() }, run(), &["result"]);
        let bounds = crate::knowledge::Seconds { least: Some(0.2), most: None };
        check(CaseCell { seconds: Some(bounds), ..cell() }, run(), &["seconds"]);
        check(CaseCell { stdout: Some(String::new()), ..cell() }, run(), &[]);
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert!(matches("a…c…", "abcd") && matches("…", "") && matches("ab", "ab"));
        assert!(!matches("a…c", "abcd") && !matches("ab", "abc") && !matches("a…b…c", "acb"));
    }

    #[test]
    fn versions_fit_or_not() {
        assert!(satisfies("3.11.7", ">=3.11,<3.12") && satisfies("7.4.0", ">=7"));
        assert!(!satisfies("3.10.1", ">=3.11") && !satisfies("6.29.5", ">=7"));
    }
}
