//! What a transcript tells of cells that end by themselves.

use nbasync::transcript::{Status, Stream};

use crate::support::{last, run};

#[test]
fn streams_keep_their_order_and_the_last_value_is_the_result() {
    let cell = "import sys\nprint('one')\nprint('two', file=sys.stderr)\nsys.stderr.flush()\n\
                print('three')\ndisplay('shown')\n6 * 7";
    let Some(transcript) = run(&[cell]) else { return };
    let ran = last(&transcript);
    assert_eq!((ran.status, ran.result.as_deref()), (Status::Ok, Some("42")));
    assert_eq!(ran.text(Stream::Stdout), "one\nthree\n");
    assert_eq!(ran.text(Stream::Stderr), "two\n");
    assert_eq!(ran.text(Stream::Display), "'shown'");
    let versions = &transcript.versions;
    assert!(versions.python.as_ref().is_some_and(|version| version.starts_with('3')));
    assert!(versions.ipykernel.is_some() && versions.ipython.is_some(), "{versions:?}");
}

#[test]
fn an_error_has_its_line_in_the_cell_and_no_colours() {
    let cells = [
        "def f():\n    return 1 / 0",
        "x = 1\n\nf()",
        "import asyncio\nasyncio.run(asyncio.sleep(0))",
        "x = = 1",
    ];
    let Some(transcript) = run(&cells) else { return };
    let errors: Vec<_> = transcript.cells.iter().filter_map(|ran| ran.error.as_ref()).collect();
    let told: Vec<_> = errors.iter().map(|it| (it.name.as_str(), it.line)).collect();
    let expected =
        [("ZeroDivisionError", Some(3)), ("RuntimeError", Some(2)), ("SyntaxError", Some(1))];
    assert_eq!(told, expected, "{errors:#?}");
    let text = errors.iter().flat_map(|error| &error.traceback).cloned().collect::<String>();
    assert!(!text.contains('\u{1b}'));
    let second = errors.get(1).unwrap();
    assert_eq!(second.message, "asyncio.run() cannot be called from a running event loop");
}

#[test]
fn a_coroutine_that_is_never_awaited_is_told_late() {
    // The first value stays in Out, the second takes no name: it dies when the cells are over.
    let cells = ["async def work():\n    pass", "box = [work()]\nbox.append(box)", "del box"];
    let Some(transcript) = run(&cells) else { return };
    let late: String = last(&transcript).late.iter().map(|chunk| chunk.text.clone()).collect();
    assert!(late.contains("coroutine 'work' was never awaited"), "{transcript:#?}");
}

#[test]
fn a_task_that_goes_on_writes_late_into_its_own_cell() {
    let spawn = "import asyncio\nasync def later():\n    await asyncio.sleep(0.2)\n    \
                 print('late')\ntask = asyncio.create_task(later())";
    let Some(transcript) = run(&[spawn, "await asyncio.sleep(0.6)\n'second'"]) else { return };
    let text: String = transcript
        .cells
        .iter()
        .flat_map(|ran| ran.late.iter().chain(&ran.output))
        .map(|chunk| chunk.text.clone())
        .collect();
    assert_eq!(text, "late\n");
}

#[test]
fn the_strip_shows_where_the_loop_stood_still() {
    let cells = [
        "import asyncio, time\nawait asyncio.sleep(0.4)\ntime.sleep(0.5)\nawait asyncio.sleep(0.4)",
    ];
    let Some(transcript) = run(&cells) else { return };
    let lag = last(&transcript).lag.clone().unwrap();
    assert!((500..5_000).contains(&lag.worst), "{lag:?}");
    let still: u64 = lag.still.iter().sum();
    assert!(still >= 450, "{lag:?}");
}

#[test]
fn measuring_does_not_wake_the_loop() {
    let cells = ["import asyncio, threading, time\nready = asyncio.Event()\n\
                  async def wait():\n    await ready.wait()\n    return time.perf_counter()\n\
                  waiting = asyncio.create_task(wait())\nawait asyncio.sleep(0)\n\
                  started = time.perf_counter()\nthreading.Timer(0.2, ready.set).start()\n\
                  await asyncio.sleep(1)\nawait waiting - started > 0.9"];
    let Some(transcript) = run(&cells) else { return };
    assert_eq!(last(&transcript).result.as_deref(), Some("True"), "{transcript:?}");
    assert!(last(&transcript).lag.is_some());
}

#[test]
fn what_ended_a_cell_is_told_from_what_it_showed() {
    let cell = "inner = get_ipython().run_cell('1 / 0')\n'went on'";
    let Some(transcript) = run(&[cell]) else { return };
    let ran = last(&transcript);
    assert_eq!((ran.status, &ran.error), (Status::Ok, &None));
    assert!(ran.text(Stream::Traceback).contains("ZeroDivisionError"), "{ran:?}");
    assert_eq!(ran.result.as_deref(), Some("'went on'"));
}

#[test]
fn a_group_and_what_the_loop_logs_are_the_cells() {
    let boom = "import asyncio, sys\nasync def boom():\n    raise ValueError('boom')";
    let group = "if sys.version_info < (3, 11):\n    raise SystemError('none')\n\
                 async with asyncio.TaskGroup() as group:\n    group.create_task(boom())";
    let lost = "asyncio.create_task(boom())\nawait asyncio.sleep(0.1)";
    let Some(transcript) = run(&[boom, group, lost]) else { return };
    let ended = transcript.cells.get(1).unwrap();
    let told = ended.error.as_ref().map(|it| (it.name.as_str(), it.line));
    assert!([Some(("ExceptionGroup", Some(3))), Some(("SystemError", Some(2)))].contains(&told));
    let said = last(&transcript).text(Stream::Stderr);
    assert!(said.contains("Task exception was never retrieved"), "{transcript:?}");
}

#[test]
fn measuring_leaves_no_name_no_task_and_no_history() {
    let cells = [
        "known = set(globals())\n1 + 1",
        "import asyncio\nsorted(set(globals()) - known - {'known', 'asyncio'} - {n for n in globals() if n[0] == '_'})",
        "_",
        "In[1:]",
        "[t.get_name() for t in asyncio.all_tasks() if 'nbasync' in repr(t)]",
    ];
    let Some(transcript) = run(&cells) else { return };
    let results: Vec<_> = transcript.cells.iter().map(|ran| ran.result.as_deref()).collect();
    assert_eq!(results[..3], [Some("2"), Some("[]"), Some("[]")]);
    assert!(!results[3].unwrap().contains("_nbasync"), "{results:?}");
    assert_eq!(results[4], Some("[]"));
}

#[test]
fn escape_sequences_do_not_come_through() {
    let cell = "print('\\x1b[2J\\x1b[31mred\\x1b[0m')\nprint('1%\\r50%\\r100%')";
    let Some(transcript) = run(&[cell]) else { return };
    assert_eq!(last(&transcript).text(Stream::Stdout), "red\n100%\n");
}
