//! When the tasks of a cell ran is noted, and nothing of that shows in what the cell does.

use nbasync::transcript::{Status, TaskRun, Transcript};

use crate::support::{last, run};

const FETCH: &str = "import asyncio\n\nasync def fetch(n):\n    await asyncio.sleep(0.01)\n    \
                     return n";

/// The tasks of the last cell but its own.
fn named(transcript: &Transcript) -> Vec<&TaskRun> {
    last(transcript).tasks.iter().filter(|task| !task.name.is_empty()).collect()
}

#[test]
fn tasks_that_wait_side_by_side_are_there_at_the_same_time() {
    let Some(ran) = run(&[FETCH, "await asyncio.gather(fetch(1), fetch(2), fetch(3))"]) else {
        return;
    };
    let tasks = named(&ran);
    assert_eq!(tasks.len(), 3, "{tasks:?}");
    for task in &tasks {
        assert_eq!((task.name.as_str(), task.line), ("fetch", Some(3)));
        assert!(task.runs.len() >= 2, "it begins, waits and ends: {task:?}");
        assert!(tasks.iter().all(|other| other.start <= task.end), "{tasks:?}");
    }
    assert!(last(&ran).tasks[0].name.is_empty(), "the cell comes first");
}

#[test]
fn awaits_in_a_row_are_no_tasks() {
    let Some(ran) = run(&[FETCH, "for n in range(3):\n    await fetch(n)"]) else { return };
    assert_eq!(named(&ran), Vec::<&TaskRun>::new());
    assert_eq!(last(&ran).status, Status::Ok);
}

#[test]
fn tasks_that_hold_the_loop_run_one_after_the_other() {
    let held = "import asyncio, time\nasync def held():\n    time.sleep(0.06)";
    let Some(ran) = run(&[held, "await asyncio.gather(held(), held())"]) else { return };
    let tasks = named(&ran);
    let [one, two] = tasks.as_slice() else { panic!("{tasks:?}") };
    let (first, second) = (&one.runs[0], &two.runs[0]);
    assert!(first.length >= 50 && second.length >= 50, "{tasks:?}");
    // The times are rounded.
    assert!(second.start + 1 >= first.start + first.length, "{tasks:?}");
}

#[test]
fn what_a_cell_shows_of_its_tasks_is_as_ever() {
    let cells = [
        FETCH,
        "task = asyncio.create_task(fetch(1))\nprint(task)\nawait task",
        "async def bad():\n    await asyncio.sleep(0)\n    return 1 / 0\n\nawait asyncio.create_task(bad())",
        "[name for name in list(globals()) if 'nbasync' in name]",
        "await asyncio.gather(fetch(1))",
    ];
    let Some(ran) = run(&cells) else { return };
    let [_, printed, failed, names, after] = ran.cells.as_slice() else { panic!("{ran:?}") };
    let text: String = printed.output.iter().map(|chunk| chunk.text.as_str()).collect();
    assert!(text.contains("coro=<fetch() running at"), "{text}");
    let error = failed.error.as_ref().unwrap();
    assert_eq!((error.name.as_str(), error.line), ("ZeroDivisionError", Some(3)));
    let told = error.traceback.join("\n");
    assert!(!told.contains("nbasync") && !told.contains("__call__"), "{told}");
    assert_eq!(failed.tasks, [], "a cell that fails tells nothing of its tasks");
    assert_eq!(names.result.as_deref(), Some("[]"));
    assert_eq!(after.tasks.iter().filter(|task| task.name == "fetch").count(), 1);
}

#[test]
fn a_task_of_an_earlier_cell_is_seen_in_the_next() {
    let cells = [
        FETCH,
        "gate = asyncio.Event()\nasync def waits():\n    await gate.wait()\n\nt = asyncio.create_task(waits())",
        "await asyncio.sleep(0)\ngate.set()\nawait t",
    ];
    let Some(ran) = run(&cells) else { return };
    let tasks = named(&ran);
    assert!(tasks.iter().any(|task| task.name == "waits" && task.line == Some(2)), "{tasks:?}");
}
