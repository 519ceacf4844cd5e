//! `nbasync content prove`: runs every case of the content in a real kernel.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::arguments::ContentProveArgs;
use super::{Exit, Session, complain, print};
use crate::knowledge::{Case, CaseCell};
use crate::proof::{Miss, Unfit, misses, unfit};
use crate::shell::kernel::find::{World, find};
use crate::shell::kernel::{self, Failure, Job, Launch, Settle, Source, Wanted, choose};
use crate::shell::report;
use crate::text::CellIndex;
use crate::transcript::{Transcript, Versions};

/// How long a kernel may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a cell may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long output counts as the cell's after its end.
const SETTLE: Duration = Duration::from_millis(300);

/// What came of a case.
enum Outcome {
    Passed,
    Skipped(Unfit),
    Missed(Vec<Miss>),
    Failed(Failure),
}

/// Runs the cases and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &ContentProveArgs, session: &Session) -> io::Result<Exit> {
    let (paper, voice) = (session.paper, session.voice());
    let kernels = find(&World::around(Path::new(".")));
    let wanted =
        Wanted { kernel: args.kernel.as_deref(), python: args.python.as_deref(), notebook: None };
    let launch = match choose(&kernels, wanted) {
        Ok(choice) => choice.candidate.launch,
        Err(refusal) => {
            for language in voice.languages() {
                complain(&report::refusal(paper, voice, language, &refusal, &kernels));
            }
            return Ok(Exit::Failed);
        }
    };
    let chosen = |case: &&Case| {
        args.cases.is_empty() || args.cases.iter().any(|name| case.id.contains(name.as_str()))
    };
    let cases: Vec<&Case> = session.knowledge.cases().iter().filter(chosen).collect();
    kernel::guard()?;
    let (versions, missing) = match look(&launch, &cases) {
        Ok(found) => found,
        Err(failure) => {
            for said in report::failure(voice, &failure) {
                complain(&format!("{}\n", paper.safe(&said)));
            }
            return Ok(Exit::Failed);
        }
    };
    let outcomes = all(&cases, &launch, &versions, &missing, args.jobs.get());
    tell(session, &cases, &outcomes, &versions)
}

/// The kernel's versions, and which of the modules that the cases need are missing in it.
fn look(launch: &Launch, cases: &[&Case]) -> Result<(Versions, Vec<String>), Failure> {
    let mut needs: Vec<&str> =
        cases.iter().flat_map(|case| &case.needs).map(String::as_str).collect();
    needs.sort_unstable();
    needs.dedup();
    let list: Vec<String> = needs.iter().map(|name| format!("{name:?}")).collect();
    let code = format!(
        "import importlib.util\n\
         print(*[name for name in [{}] if not importlib.util.find_spec(name)])",
        list.join(", ")
    );
    let cells = vec![Source { cell: CellIndex(0), code }];
    let transcript = one(launch, job(cells, Vec::new()))?;
    let said = transcript.cells.first().map(|run| run.text(crate::transcript::Stream::Stdout));
    let missing = said.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Ok((transcript.versions, missing))
}

/// What a case runs: its cells, and nothing else.
fn job_of(case: &Case) -> Job {
    let source =
        |(at, cell): (usize, &CaseCell)| Source { cell: CellIndex(at), code: cell.code.clone() };
    let writes = |(at, cell): (usize, &CaseCell)| {
        (cell.stdout.is_some() || cell.stderr.is_some()).then_some(CellIndex(at))
    };
    let writing = case.cells.iter().enumerate().filter_map(writes).collect();
    job(case.cells.iter().enumerate().map(source).collect(), writing)
}

fn job(cells: Vec<Source>, writing: Vec<CellIndex>) -> Job {
    let settle = Settle::After { cells: writing, time: SETTLE };
    Job { cells, timeout: TIMEOUT, settle, lag: false, stop_on_error: false }
}

/// Runs a job in a fresh kernel.
fn one(launch: &Launch, job: Job) -> Result<Transcript, Failure> {
    let room = Room::new().map_err(Failure::Start)?;
    let mut launch = launch.clone();
    launch.folder = Some(room.folder.clone());
    let own = room.folder.join(".ipython").display().to_string();
    launch.env.push(("IPYTHONDIR".to_owned(), own));
    // A server that a case starts on this machine is not asked through a proxy.
    launch.env.push(("NO_PROXY".to_owned(), "127.0.0.1,localhost".to_owned()));
    kernel::Session::start(launch, PATIENCE).finish(job, |_| {})
}

/// An empty folder to run in. Dropping this removes it.
struct Room {
    folder: PathBuf,
}

impl Room {
    fn new() -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("nbasync-case-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder)?;
        Ok(Self { folder })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What cannot be removed stays in a folder that the system empties.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn all(
    cases: &[&Case],
    launch: &Launch,
    versions: &Versions,
    missing: &[String],
    jobs: usize,
) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(cases.len()));
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(at) else { return };
            if io::stderr().is_terminal() {
                complain(&format!("\r{}/{}", at + 1, cases.len()));
            }
            let outcome = prove(case, launch, versions, missing);
            if let Ok(mut outcomes) = outcomes.lock() {
                outcomes.push((at, outcome));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..jobs.min(cases.len()) {
            scope.spawn(work);
        }
        work();
    });
    if io::stderr().is_terminal() {
        complain("\r");
    }
    let mut outcomes = outcomes.into_inner().unwrap_or_default();
    outcomes.sort_by_key(|(at, _)| *at);
    let again = |(at, outcome): (usize, Outcome)| match (outcome, cases.get(at)) {
        // Kernels side by side disturb each other's times: a case that failed gets the machine
        // to itself once.
        (Outcome::Missed(_) | Outcome::Failed(_), Some(case)) => {
            prove(case, launch, versions, missing)
        }
        (outcome, _) => outcome,
    };
    outcomes.into_iter().map(again).collect()
}

fn prove(case: &Case, launch: &Launch, versions: &Versions, missing: &[String]) -> Outcome {
    if let Some(why) = unfit(case, versions, missing) {
        return Outcome::Skipped(why);
    }
    match one(launch, job_of(case)) {
        Ok(transcript) => match misses(case, &transcript.cells) {
            missed if missed.is_empty() => Outcome::Passed,
            missed => Outcome::Missed(missed),
        },
        Err(failure) => Outcome::Failed(failure),
    }
}

/// How many cases came to which end.
#[derive(Default)]
struct Counts {
    passed: usize,
    skipped: usize,
    failed: usize,
}

fn tell(
    session: &Session,
    cases: &[&Case],
    outcomes: &[Outcome],
    versions: &Versions,
) -> io::Result<Exit> {
    let mut counts = Counts::default();
    let mut out = String::new();
    let mut say = |key: &str, args: &[(&str, &str)]| {
        for said in session.voice().say(key, args) {
            out.push_str(&session.paper.safe(&said));
            out.push('\n');
        }
    };
    for (case, outcome) in cases.iter().zip(outcomes) {
        match outcome {
            Outcome::Passed => counts.passed += 1,
            Outcome::Skipped(_) => counts.skipped += 1,
            Outcome::Missed(_) | Outcome::Failed(_) => counts.failed += 1,
        }
        of_case(&case.id, outcome, &mut say);
    }
    let version = |of: &Option<String>| of.clone().unwrap_or_else(|| "?".to_owned());
    let numbers = [cases.len(), counts.passed, counts.skipped, counts.failed];
    let [all, passed, skipped, failed] = numbers.map(|number| number.to_string());
    let versions = [&versions.python, &versions.ipykernel, &versions.ipython].map(version);
    let [python, ipykernel, ipython] = &versions;
    let mut args = vec![("cases", all.as_str()), ("passed", &passed), ("skipped", &skipped)];
    args.extend([("failed", failed.as_str()), ("python", python)]);
    args.extend([("ipykernel", ipykernel.as_str()), ("ipython", ipython)]);
    say("content.summary", &args);
    print(&out)?;
    Ok(if counts.failed > 0 { Exit::Found } else { Exit::Clean })
}

/// Says what is to be said of one case; nothing when it passed.
fn of_case(case: &str, outcome: &Outcome, say: &mut impl FnMut(&str, &[(&str, &str)])) {
    match outcome {
        Outcome::Passed => {}
        Outcome::Skipped(Unfit::Module(name)) => {
            say("content.no-module", &[("case", case), ("module", name)]);
        }
        Outcome::Skipped(Unfit::Version { of, wanted }) => {
            say("content.other-version", &[("case", case), ("of", of), ("wanted", wanted)]);
        }
        Outcome::Missed(missed) => {
            for Miss { cell, what, expected, found } in missed {
                let cell = cell.to_string();
                let mut args = vec![("case", case), ("cell", cell.as_str()), ("what", *what)];
                args.extend([("expected", expected.as_str()), ("found", found.as_str())]);
                say("content.missed", &args);
            }
        }
        Outcome::Failed(failure) => {
            say("content.failed", &[("case", case), ("why", &failure.to_string())]);
        }
    }
}
