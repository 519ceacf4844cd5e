//! Runs cases, each in a fresh kernel and a folder of its own.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::knowledge::{Case, CaseCell};
use crate::proof::{Miss, Unfit, misses, unfit};
use crate::shell::cli::complain;
use crate::shell::kernel::{self, Failure, Job, Launch, Settle, Source};
use crate::text::CellIndex;
use crate::transcript::{Stream, Transcript, Versions};

/// How long a kernel may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long a cell may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long output counts as the cell's after its end.
const SETTLE: Duration = Duration::from_millis(300);

/// What came of a case.
pub(super) enum Outcome {
    Passed,
    Skipped(Unfit),
    Missed(Vec<Miss>),
    Failed(Failure),
}

/// The kernel's versions, and which of the modules that the cases need are missing in it.
pub(super) fn look(launch: &Launch, cases: &[&Case]) -> Result<(Versions, Vec<String>), Failure> {
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
    let said = transcript.cells.first().map(|run| run.text(Stream::Stdout));
    let missing = said.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    Ok((transcript.versions, missing))
}

/// What a case runs: its cells, and nothing else.
pub(super) fn job_of(case: &Case) -> Job {
    let source =
        |(at, cell): (usize, &CaseCell)| Source { cell: CellIndex(at), code: cell.code.clone() };
    let writes = |(at, cell): (usize, &CaseCell)| {
        (cell.stdout.is_some() || cell.stderr.is_some()).then_some(CellIndex(at))
    };
    let writing = case.cells.iter().enumerate().filter_map(writes).collect();
    job(case.cells.iter().enumerate().map(source).collect(), writing)
}

/// Cells to run alone; late output of the `writing` ones is waited for.
pub(super) fn job(cells: Vec<Source>, writing: Vec<CellIndex>) -> Job {
    let settle = Settle::After { cells: writing, time: SETTLE };
    Job { cells, timeout: TIMEOUT, settle, lag: false, stop_on_error: false }
}

/// Runs a job in a fresh kernel.
pub(super) fn one(launch: &Launch, job: Job) -> Result<Transcript, Failure> {
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

pub(super) fn all(
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
