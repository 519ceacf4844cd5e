//! Kernels that die, hang, flood, ask and are interrupted.

use std::time::{Duration, Instant};

use nbasync::shell::kernel::{Event, Failure, Job, Launch, Session};
use nbasync::transcript::{Status, Stream};

use crate::support::{
    LONG, done, is_gone, is_running, job, last, launch, process, run, session, wait_for,
};

#[test]
fn a_kernel_that_is_killed_ends_its_cell_and_the_job() {
    let kill =
        "import os, signal\nprint('so far', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)";
    let Some(transcript) = run(&[kill, "1"]) else { return };
    assert_eq!(transcript.cells.len(), 1);
    assert_eq!(last(&transcript).status, Status::Died);
}

#[test]
fn a_kernel_that_never_answers_is_given_up() {
    let argv = ["/bin/sleep", "600"].map(str::to_owned).to_vec();
    let launch = Launch { argv, ..Launch::default() };
    let session = Session::start(launch, Duration::from_millis(700));
    let Event::Failed(Failure::Silent { .. }) = session.wait(LONG).unwrap() else {
        panic!("it did not give up");
    };
}

/// A kernel that answers nobody who came first.
const DEAF_TO_THE_FIRST: &str = r#"
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

class Deaf(IPythonKernel):
    first = None

    async def dispatch_shell(self, msg, *args, **kwargs):
        identities, _ = self.session.feed_identities(msg, copy=False)
        own = bytes(identities[0])
        Deaf.first = Deaf.first or own
        if own != Deaf.first:
            await super().dispatch_shell(msg, *args, **kwargs)

IPKernelApp.launch_instance(kernel_class=Deaf)
"#;

#[test]
fn a_kernel_is_reached_anew_where_the_first_connection_stays_unanswered() {
    let Some(mut launch) = launch() else { return };
    let python = launch.argv.swap_remove(0);
    launch.argv =
        [&python, "-c", DEAF_TO_THE_FIRST, "-f", "{connection_file}"].map(str::to_owned).to_vec();
    let transcript = Session::start(launch, LONG).finish(job(&["6 * 7"]), |_| {}).unwrap();
    assert_eq!(last(&transcript).result.as_deref(), Some("42"));
}

#[test]
fn a_kernel_that_ends_at_once_says_why() {
    let script = "echo No module named ipykernel >&2; exit 1";
    let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let session = Session::start(Launch { argv, ..Launch::default() }, LONG);
    match session.wait(LONG).unwrap() {
        Event::Failed(Failure::Ended { code, complaint }) => {
            assert_eq!((code, complaint.as_str()), (Some(1), "No module named ipykernel"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_start_can_be_given_up() {
    let argv = ["/bin/sleep", "600"].map(str::to_owned).to_vec();
    let start = Instant::now();
    drop(Session::start(Launch { argv, ..Launch::default() }, Duration::from_secs(500)));
    assert!(start.elapsed() < LONG);
}

#[test]
fn a_flood_of_output_is_counted_and_not_kept() {
    let flood = "import sys\nfor _ in range(30):\n    sys.stdout.write('x' * 1_000_000)\n'over'";
    let Some(transcript) = run(&[flood, "'next'"]) else { return };
    let [ran, next] = transcript.cells.as_slice() else { panic!("{transcript:?}") };
    let kept = ran.text(Stream::Stdout).len() as u64;
    assert!(kept <= 1 << 20, "{kept}");
    assert_eq!(kept + ran.dropped, 30_000_000);
    assert_eq!(ran.result.as_deref(), Some("'over'"));
    assert_eq!(next.result.as_deref(), Some("'next'"));
}

#[test]
fn a_cell_that_asks_for_input_is_told_that_nobody_can_answer() {
    let Some(transcript) = run(&["input('name? ')", "1"]) else { return };
    let asked = transcript.cells.first().unwrap();
    assert!(asked.error.as_ref().is_some_and(|error| error.asked_for_input()), "{asked:?}");
    assert_eq!(last(&transcript).result.as_deref(), Some("1"));
}

#[test]
fn an_awaiting_cell_is_interrupted_at_once() {
    let Some(session) = session() else { return };
    session
        .run(job(&["import asyncio\nprint('begun', flush=True)\nawait asyncio.sleep(600)", "1"]));
    wait_for(&session, |event| matches!(event, Event::Output(..)).then_some(()));
    let start = Instant::now();
    session.interrupt();
    let transcript = wait_for(&session, done);
    assert!(start.elapsed() < LONG);
    assert_eq!(transcript.cells.len(), 1);
    assert_eq!(last(&transcript).status, Status::Interrupted);
    // The kernel is as good as before.
    session.run(job(&["6 * 7"]));
    assert_eq!(last(&wait_for(&session, done)).result.as_deref(), Some("42"));
}

#[test]
fn a_cell_that_takes_too_long_is_interrupted() {
    let Some(session) = session() else { return };
    let brief = |cell: &str| Job { timeout: Duration::from_secs(1), ..job(&[cell, "1"]) };
    let slow = session.finish(brief("import time\ntime.sleep(600)"), |_| {}).unwrap();
    assert_eq!((slow.cells.len(), last(&slow).status), (1, Status::TimedOut));
    // A busy machine may be too slow even to say so.
    let error = last(&slow).error.as_ref();
    assert!(error.is_none_or(|error| error.name == "KeyboardInterrupt"), "{error:?}");
}

#[test]
fn a_cell_that_cannot_be_interrupted_costs_the_kernel() {
    let Some(session) = session() else { return };
    let deaf = "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n\
                while True:\n    time.sleep(60)";
    let process = process(&session);
    let job = Job { timeout: Duration::from_secs(1), ..job(&[deaf]) };
    let transcript = session.finish(job, |_| {}).unwrap();
    assert_eq!(last(&transcript).status, Status::TimedOut);
    drop(session);
    assert!(is_gone(process));
}

/// Cells that do not give way: one that takes no interrupt, one that catches it, one that is in a
/// library's code.
///
/// The last one holds the interpreter's lock. `flush` of ipykernel (6.29 and 7.4) gives way before
/// what was printed is sent, so that only a second one makes the first arrive.
const DEAF: [&str; 3] = [
    "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint(1, flush=True)\n\
     time.sleep(600)",
    "print(1, flush=True)\nwhile True:\n    try:\n        while True: pass\n\
     \x20   except KeyboardInterrupt: pass",
    "import ctypes\nprint(1, flush=True)\nprint(2, flush=True)\nctypes.PyDLL(None).sleep(600)",
];

#[test]
fn a_kernel_that_does_not_give_way_can_be_ended_and_is_told_as_that() {
    for deaf in DEAF {
        let Some(session) = session() else { return };
        let process = process(&session);
        session.run(job(&["1", deaf, "2"]));
        wait_for(&session, |event| matches!(event, Event::Output(..)).then_some(()));
        session.interrupt();
        session.end();
        let transcript = wait_for(&session, done);
        let told: Vec<Status> = transcript.cells.iter().map(|run| run.status).collect();
        assert_eq!(told, [Status::Ok, Status::Stopped], "{deaf}");
        assert!(is_gone(process));
    }
}

#[test]
fn a_kernel_that_starts_can_be_ended() {
    let Some(session) = session() else { return };
    session.end();
    let failure = wait_for(&session, |event| match event {
        Event::Failed(failure) => Some(failure),
        Event::Done(_) => panic!("it ran"),
        _ => None,
    });
    assert!(matches!(failure, Failure::Stopped), "{failure:?}");
}

#[test]
fn an_interrupt_reaches_the_programs_that_a_cell_waits_for() {
    let Some(session) = session() else { return };
    let cell = "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n\
                print(child.pid, flush=True)\nchild.wait()";
    session.run(job(&[cell]));
    let child: u32 = wait_for(&session, |event| match event {
        Event::Output(_, chunk) => chunk.text.trim().parse().ok(),
        _ => None,
    });
    session.interrupt();
    let transcript = wait_for(&session, done);
    assert_eq!(last(&transcript).status, Status::Interrupted);
    assert!(is_gone(child));
}

#[test]
fn dropping_a_session_ends_a_cell_that_runs_and_its_children() {
    let Some(session) = session() else { return };
    let kernel = process(&session);
    let cell = "import subprocess, time\nchild = subprocess.Popen(['sleep', '600'])\n\
                print(child.pid, flush=True)\ntime.sleep(600)";
    session.run(job(&[cell]));
    let child: u32 = wait_for(&session, |event| match event {
        Event::Output(_, chunk) => chunk.text.trim().parse().ok(),
        _ => None,
    });
    assert!(is_running(kernel) && is_running(child));
    drop(session);
    assert!(is_gone(kernel) && is_gone(child));
}

#[test]
fn a_panic_ends_the_kernel() {
    let Some(session) = session() else { return };
    let kernel = process(&session);
    let panicked = std::thread::spawn(move || {
        session.run(job(&["while True: pass"]));
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert!(is_gone(kernel));
}
