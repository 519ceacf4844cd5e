//! Runs cells in a kernel of this machine.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nbasync::shell::kernel::find::{World, find};
use nbasync::shell::kernel::{Event, Job, Launch, Session, Source, Wanted, choose};
use nbasync::text::CellIndex;
use nbasync::transcript::{CellRun, Transcript};

/// A bound for what has to end, not a measure: the machine may be busy.
pub const LONG: Duration = Duration::from_secs(300);

/// How to start a kernel, if this machine has one.
pub fn launch() -> Option<Launch> {
    let named = std::env::var_os("NBASYNC_TEST_PYTHON").map(PathBuf::from);
    let kernels = find(&World::around(Path::new(env!("CARGO_MANIFEST_DIR"))));
    let wanted = Wanted { python: named.as_deref(), ..Wanted::default() };
    match choose(&kernels, wanted) {
        Ok(choice) => Some(choice.candidate.launch),
        Err(why) => {
            assert!(named.is_none(), "NBASYNC_TEST_PYTHON cannot be used: {why:?}");
            // Written past the test runner, which would keep it to itself.
            let said = "SKIPPED: no Python with ipykernel; NBASYNC_TEST_PYTHON may name one\n";
            std::io::stderr().write_all(said.as_bytes()).unwrap();
            None
        }
    }
}

pub fn session() -> Option<Session> {
    Some(Session::start(launch()?, LONG))
}

pub fn job(cells: &[&str]) -> Job {
    let source =
        |(at, code): (usize, &&str)| Source { cell: CellIndex(at), code: (*code).to_owned() };
    Job::shown(cells.iter().enumerate().map(source).collect(), LONG)
}

/// Runs cells in a fresh kernel.
pub fn run(cells: &[&str]) -> Option<Transcript> {
    Some(session()?.finish(job(cells), |_| {}).unwrap())
}

/// Waits for an event that gives something.
pub fn wait_for<T>(session: &Session, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < LONG {
        let event = session.wait(LONG).unwrap();
        let told = format!("{event:?}");
        if let Some(found) = wanted(event) {
            return found;
        }
        assert!(!told.starts_with("Failed"), "{told}");
    }
    panic!("nothing came in time");
}

pub fn done(event: Event) -> Option<Transcript> {
    match event {
        Event::Done(transcript) => Some(transcript),
        _ => None,
    }
}

/// The last cell of a transcript.
pub fn last(transcript: &Transcript) -> &CellRun {
    transcript.cells.last().unwrap()
}

/// Whether a process runs; one that has ended and was not waited for does not.
pub fn is_running(process: u32) -> bool {
    let stat = stat(process);
    !stat.is_empty() && !stat.contains(") Z ")
}

fn stat(process: u32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default()
}

/// Waits until a process is gone: one that was killed may take a moment.
pub fn is_gone(process: u32) -> bool {
    comes_true(|| !is_running(process))
}

/// Whether a process is stopped, sooner or later.
pub fn is_stopped(process: u32) -> bool {
    comes_true(|| stat(process).contains(") T "))
}

fn comes_true(so: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !so() {
        if start.elapsed() > LONG {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

/// The number of the kernel's process, as a cell of it says.
pub fn process(session: &Session) -> u32 {
    session.run(job(&["import os; os.getpid()"]));
    let transcript = wait_for(session, done);
    last(&transcript).result.as_deref().unwrap().parse().unwrap()
}
