//! Kernels that are stopped, close their channels, leave children behind, or say what no message can.

use std::time::Duration;

use nbasync::shell::kernel::{Job, Session};
use nbasync::transcript::{Status, Stream, Transcript};

use crate::support::{done, is_gone, is_stopped, job, last, process, run, session, wait_for};

/// A job whose cells may take a second each.
fn brief(cells: &[&str]) -> Job {
    Job { timeout: Duration::from_secs(1), ..job(cells) }
}

/// Runs the cells behind a good one; nothing of the kernel is left then.
fn after_a_good_one(session: Session, cells: &[&str]) -> Transcript {
    let process = process(&session);
    let transcript = session.finish(brief(cells), |_| {}).unwrap();
    drop(session);
    assert!(is_gone(process));
    transcript
}

#[test]
fn a_kernel_that_is_stopped_takes_no_longer_than_its_time() {
    let Some(session) = session() else { return };
    let stop = "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)";
    let transcript = after_a_good_one(session, &[stop, "1"]);
    assert_eq!(transcript.cells.len(), 1);
    assert_eq!(last(&transcript).status, Status::TimedOut);
}

#[test]
fn a_kernel_that_is_stopped_goes_on_to_its_interrupt() {
    let Some(session) = session() else { return };
    let process = process(&session);
    // Short sleeps: one that begins as the signal comes would outlast it.
    let stop = "import os, signal, time\nos.kill(os.getpid(), signal.SIGSTOP)\n\
        while True:\n    time.sleep(0.1)";
    session.run(job(&[stop]));
    // An interrupt that comes before it is another story.
    assert!(is_stopped(process));
    session.interrupt();
    let transcript = wait_for(&session, done);
    assert_eq!(last(&transcript).status, Status::Interrupted);
    session.run(job(&["6 * 7"]));
    assert_eq!(last(&wait_for(&session, done)).result.as_deref(), Some("42"));
}

/// A cell that closes the kernel's sockets of one kind, and goes on.
fn closes(kind: &str) -> String {
    format!(
        "import gc, time, zmq\nfor it in gc.get_objects():\n    if isinstance(it, zmq.Socket) and \
         not it.closed and it.type in ({kind},):\n        it.close(0)\n"
    )
}

#[test]
fn a_kernel_that_closes_its_channels_is_given_up_long_before_its_time() {
    for close in [
        // The one for output alone, those for requests and answers, and output where the cell ends.
        "get_ipython().kernel.iopub_socket.io_thread.socket.close(0)\nimport time\ntime.sleep(600)",
        &format!("{}time.sleep(600)", closes("zmq.ROUTER")),
        "get_ipython().kernel.iopub_socket.io_thread.socket.close(0)",
    ] {
        let Some(session) = session() else { return };
        let process = process(&session);
        let transcript = session.finish(job(&[close, "1"]), |_| {}).unwrap();
        assert_eq!(last(&transcript).status, Status::Closed, "{close}: {transcript:?}");
        assert_eq!(transcript.cells.len(), 1);
        drop(session);
        assert!(is_gone(process));
    }
}

#[test]
fn a_kernel_that_closes_everything_is_given_up_and_gone() {
    let Some(session) = session() else { return };
    let transcript = after_a_good_one(session, &["import os\nos.closerange(3, 4096)", "1"]);
    let status = last(&transcript).status;
    assert!(matches!(status, Status::Closed | Status::Died), "{transcript:?}");
}

#[test]
fn a_kernel_that_cannot_hear_an_interrupt_any_more_is_ended_for_its_time() {
    let Some(session) = session() else { return };
    let close = format!("{}time.sleep(600)", closes("zmq.ROUTER"))
        .replace("it.type in", "it is get_ipython().kernel.control_stream.socket and it.type in");
    let transcript = after_a_good_one(session, &[&close, "1"]);
    assert_eq!(last(&transcript).status, Status::TimedOut, "{transcript:?}");
    assert_eq!(transcript.cells.len(), 1);
}

#[test]
fn a_kernel_that_closes_everything_between_two_cells_is_given_up_in_the_second() {
    let Some(session) = session() else { return };
    let later = "import os, threading, time\n\
        threading.Timer(0.5, os.closerange, (3, 4096)).start()";
    let waits = format!("{later}\n1");
    session.run(job(&[&waits]));
    wait_for(&session, done);
    // The sockets are closed when the next cell is sent, or while it is.
    std::thread::sleep(Duration::from_millis(700));
    session.run(job(&["2", "3"]));
    let transcript = wait_for(&session, done);
    let status = last(&transcript).status;
    assert!(matches!(status, Status::Closed | Status::Died), "{transcript:?}");
    assert_eq!(transcript.cells.len(), 1);
}

#[test]
fn a_kernel_in_which_no_thread_gets_a_turn_is_not_taken_for_one_that_closed_its_channels() {
    // `PyDLL` keeps the interpreter's lock for as long as the call takes.
    let holds = "import ctypes\nctypes.PyDLL(None).sleep(6)\n6 * 7";
    let Some(transcript) = run(&[holds]) else { return };
    let held = last(&transcript);
    assert_eq!((held.status, held.result.as_deref()), (Status::Ok, Some("42")), "{held:?}");
}

#[test]
fn children_that_a_cell_forks_go_with_the_kernel() {
    let Some(session) = session() else { return };
    let fork = "import os, time\nchild = os.fork()\nif child == 0:\n    time.sleep(600)\nchild";
    session.run(job(&[fork]));
    let transcript = wait_for(&session, done);
    let child: u32 = last(&transcript).result.as_deref().unwrap().parse().unwrap();
    drop(session);
    assert!(is_gone(child));
}

#[test]
fn a_result_of_many_megabytes_is_cut_and_the_next_cell_runs() {
    let Some(transcript) = run(&["'x' * 100_000_000", "6 * 7"]) else { return };
    let [large, next] = transcript.cells.as_slice() else { panic!("{transcript:?}") };
    let kept = large.result.as_deref().map(str::len);
    assert!(kept.is_some_and(|kept| kept <= 1 << 20), "{kept:?}");
    assert_eq!(next.result.as_deref(), Some("42"));
}

#[test]
fn half_of_a_surrogate_pair_ends_nothing() {
    let cells = [
        "print('so far', flush=True)\nprint('a\\ud800b')",
        "'a\\ud800b'",
        "from IPython.display import display\ndisplay({'text/plain': 'a\\ud800b'}, raw=True)",
        "raise ValueError('a\\ud800b')",
        "print('after')\n6 * 7",
    ];
    let Some(transcript) = run(&cells) else { return };
    assert_eq!(transcript.cells.len(), cells.len(), "{transcript:?}");
    assert!(transcript.cells[0].text(Stream::Stdout).contains("so far"));
    assert_eq!(transcript.cells[3].status, Status::Error);
    let after = last(&transcript);
    assert_eq!((after.result.as_deref(), after.status), (Some("42"), Status::Ok));
    assert_eq!(after.text(Stream::Stdout), "after\n");
}
