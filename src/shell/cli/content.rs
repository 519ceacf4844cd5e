//! `nbasync content prove`: runs every case of the content in a real kernel.

mod bench;
mod matrix;
mod record;

use std::fs;
use std::io;
use std::path::Path;

use super::arguments::ContentProveArgs;
use super::{Exit, Session, complain, print};
use crate::knowledge::{Case, Fixture, Front, Knowledge, Page, PageKind};
use crate::notebook::pasted_code;
use crate::proof::{Miss, Unfit};
use crate::shell::files;
use crate::shell::kernel::find::{World, find};
use crate::shell::kernel::{self, Wanted, choose};
use crate::shell::report::{self, Voice};
use crate::transcript::Versions;
use crate::wording::{Wording, content};
use bench::{Outcome, all, look};
use matrix::{Counts, Row};

/// Runs the cases and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &ContentProveArgs, session: &Session) -> io::Result<Exit> {
    let chosen = |case: &&Case| {
        args.cases.is_empty() || args.cases.iter().any(|name| case.id.contains(name.as_str()))
    };
    let fixtures = match args.fixtures.as_deref().map(fixtures).transpose() {
        Ok(fixtures) => fixtures.unwrap_or_default(),
        Err(error) => {
            super::say_error(session, &error);
            return Ok(Exit::Failed);
        }
    };
    let known = session.knowledge.cases().iter();
    let cases: Vec<&Case> = known.chain(&fixtures).filter(chosen).collect();
    let pythons: Vec<Option<&Path>> = match args.python.as_slice() {
        [] => vec![None],
        several => several.iter().map(|path| Some(path.as_path())).collect(),
    };
    let (mut rows, mut exit) = (Vec::new(), Exit::Clean);
    for python in pythons {
        let (row, end) = in_one(args, session, python, &cases)?;
        rows.extend(row);
        exit = exit.max(end);
    }
    if rows.len() > 1 {
        for line in matrix::table(session.voice(), &rows) {
            print(&format!("{}\n", session.paper.safe(&line)))?;
        }
    }
    Ok(exit)
}

/// Runs the cases in one kernel. Without a row it has said why it could not.
fn in_one(
    args: &ContentProveArgs,
    session: &Session,
    python: Option<&Path>,
    cases: &[&Case],
) -> io::Result<(Option<Row>, Exit)> {
    let (paper, voice) = (session.paper, session.voice());
    // Nobody is asked here, so that nothing runs of which somebody else may be the author.
    let kernels = find(&World::around(Path::new("."))).without_found_here();
    let wanted = Wanted { kernel: args.kernel.as_deref(), python, notebook: None };
    let launch = match choose(&kernels, wanted) {
        Ok(choice) => choice.candidate.launch,
        Err(refusal) => {
            for language in voice.languages() {
                complain(&report::refusal(paper, voice, language, &refusal, &kernels));
            }
            return Ok((None, Exit::Failed));
        }
    };
    kernel::guard()?;
    let (versions, missing) = match look(&launch, cases) {
        Ok(found) => found,
        Err(failure) => {
            for said in report::failure(voice, &failure) {
                complain(&format!("{}\n", paper.safe(&said)));
            }
            return Ok((None, Exit::Failed));
        }
    };
    let outcomes = all(cases, &launch, &versions, &missing, args.jobs.get());
    let (row, exit) = tell(session, cases, &outcomes, &versions)?;
    let recorded = match &args.record {
        Some(folder) if exit == Exit::Clean => {
            let passed = cases.iter().zip(&outcomes);
            let passed = passed.filter(|(_, outcome)| matches!(outcome, Outcome::Passed));
            let passed: Vec<&Case> = passed.map(|(case, _)| *case).collect();
            record::run(session, &passed, &launch, folder)?
        }
        _ => exit,
    };
    Ok((Some(row), recorded))
}

/// The cases in a folder of fixtures, each file named after its rule.
fn fixtures(folder: &Path) -> io::Result<Vec<Case>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let rule = path.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
        let text = files::text(&path, files::TEXT)?;
        for fixture in Fixture::read(&text).map_err(io::Error::other)? {
            cases.extend(fixture.cases(&rule, pasted_code).map_err(io::Error::other)?);
        }
    }
    Ok(cases)
}

/// What a case is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Claim,
    Lesson,
    Mistake,
    Fixture,
}

impl Kind {
    fn of(case: &Case, knowledge: &Knowledge) -> Self {
        let is_mistake = |page: &Page| {
            let Front::Mistake { shown, .. } = &page.front else { return false };
            shown.before == case.id || shown.after == case.id
        };
        match () {
            () if knowledge.case(&case.id).is_none() => Self::Fixture,
            () if knowledge.lessons().any(|lesson| lesson.front.case == case.id) => Self::Lesson,
            () if knowledge.pages(PageKind::Mistake).any(is_mistake) => Self::Mistake,
            () => Self::Claim,
        }
    }
}

fn tell(
    session: &Session,
    cases: &[&Case],
    outcomes: &[Outcome],
    versions: &Versions,
) -> io::Result<(Row, Exit)> {
    let mut ends = Vec::new();
    let mut out = String::new();
    let mut say = |key: Wording, args: &[(&str, &str)]| {
        for said in session.voice().say(key, args) {
            out.push_str(&session.paper.safe(&said));
            out.push('\n');
        }
    };
    for (case, outcome) in cases.iter().zip(outcomes) {
        let mut counts = Counts::default();
        match outcome {
            Outcome::Passed => counts.passed = 1,
            Outcome::Skipped(_) => counts.skipped = 1,
            Outcome::Missed(_) | Outcome::Failed(_) => counts.failed = 1,
        }
        ends.push((Kind::of(case, &session.knowledge), counts));
        of_case(session.voice(), &case.id, outcome, &mut say);
    }
    let row = Row { versions: versions.clone(), ends };
    let counts = row.counts(None);
    let version = |of: &Option<String>| of.clone().unwrap_or_else(|| "?".to_owned());
    let numbers = [cases.len(), counts.passed, counts.skipped, counts.failed];
    let [all, passed, skipped, failed] = numbers.map(|number| number.to_string());
    let count = |wanted| row.ends.iter().filter(|(kind, _)| *kind == wanted).count().to_string();
    let kinds = [Kind::Claim, Kind::Lesson, Kind::Mistake, Kind::Fixture].map(count);
    let [claims, lessons, mistakes, fixtures] = &kinds;
    let versions = [&versions.python, &versions.ipykernel, &versions.ipython].map(version);
    let [python, ipykernel, ipython] = &versions;
    let mut args = vec![("cases", all.as_str()), ("passed", &passed), ("skipped", &skipped)];
    args.extend([("failed", failed.as_str()), ("python", python)]);
    args.extend([("claims", claims.as_str()), ("lessons", lessons)]);
    args.extend([("mistakes", mistakes.as_str()), ("fixtures", fixtures)]);
    args.extend([("ipykernel", ipykernel.as_str()), ("ipython", ipython)]);
    say(content::SUMMARY, &args);
    print(&out)?;
    let exit = if counts.failed > 0 { Exit::Found } else { Exit::Clean };
    Ok((row, exit))
}

/// Says what is to be said of one case; nothing when it passed.
fn of_case(
    voice: Voice<'_>,
    case: &str,
    outcome: &Outcome,
    say: &mut impl FnMut(Wording, &[(&str, &str)]),
) {
    match outcome {
        Outcome::Passed => {}
        Outcome::Skipped(Unfit::Module(name)) => {
            say(content::NO_MODULE, &[("case", case), ("module", name)]);
        }
        Outcome::Skipped(Unfit::Version { of, wanted }) => {
            say(content::OTHER_VERSION, &[("case", case), ("of", of), ("wanted", wanted)]);
        }
        Outcome::Missed(missed) => {
            for Miss { cell, what, expected, found } in missed {
                let cell = cell.to_string();
                let mut args = vec![("case", case), ("cell", cell.as_str()), ("what", *what)];
                args.extend([("expected", expected.as_str()), ("found", found.as_str())]);
                say(content::MISSED, &args);
            }
        }
        Outcome::Failed(failure) => {
            say(content::FAILED, &[("case", case), ("why", &voice.tell(failure).join("; "))]);
        }
    }
}
