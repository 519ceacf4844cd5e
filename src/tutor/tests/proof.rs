//! The proof: what is asked, what runs, and what is told of it.

use std::collections::BTreeSet;

use super::*;
use crate::knowledge::timeline::State;
use crate::knowledge::{Both, PageKind};
use crate::proof::{Difference, differences};
use crate::text::CellIndex;
use crate::transcript::{
    CellError, CellRun, Lag, Stall, Status, TaskRun, Told, Transcript, Versions,
};
use crate::tutor::message::{FoundKernel, NoKernel, Progress, Stage, Trial};

const CELLS: [&str; 4] =
    ["import asyncio", "!touch x\nn = 1", "async def main():\n    return n", "asyncio.run(main())"];

fn said(text: &str) -> Both<String> {
    Both { en: text.to_owned(), zh: text.to_owned() }
}

fn found() -> Msg {
    Msg::KernelFound(Ok(FoundKernel {
        reason: said("Taken: that one."),
        command: "/usr/bin/python3 -m ipykernel_launcher".to_owned(),
        is_found_here: false,
    }))
}

/// The tutor at the question, about the last cell.
fn asked() -> Tutor<'static> {
    let mut tutor = opened(&CELLS);
    let effects = press(&mut tutor, "r");
    assert!(matches!(effects.as_slice(), [Effect::FindKernel { near: Some(_), .. }]));
    assert!(tutor.is_waiting());
    tutor.update(found());
    assert!(!tutor.is_waiting());
    tutor
}

fn rows(tutor: &Tutor) -> Vec<String> {
    let Some(Popup::List { rows, .. }) = tutor.view().popup else { return Vec::new() };
    rows.into_iter().map(|row| format!("{} {}", row.label, row.detail)).collect()
}

fn trial(effects: &[Effect]) -> Trial {
    let [Effect::Prove(trial)] = effects else { panic!("{effects:?}") };
    (**trial).clone()
}

fn cells(sources: &[(CellIndex, String)]) -> Vec<usize> {
    sources.iter().map(|(cell, _)| cell.number()).collect()
}

fn run(cell: usize) -> CellRun {
    CellRun { elapsed: 120, ..CellRun::started(CellIndex(cell)) }
}

fn transcript(last: CellRun) -> Transcript {
    let versions = Versions { python: Some("3.13.1".to_owned()), ..Versions::default() };
    Transcript { versions, cells: vec![run(0), run(1), run(2), last] }
}

fn failed() -> CellRun {
    let (name, message) = ("RuntimeError".to_owned(), "asyncio.run() cannot be called");
    let error = Some(CellError { line: Some(1), ..CellError::new(name, message, &[], 0) });
    CellRun { status: Status::Error, error, ..run(3) }
}

#[test]
fn the_question_names_every_cell_and_what_it_does_besides() {
    let tutor = asked();
    let expected = [
        "[x] cell 1, which gives asyncio ",
        "[x] cell 2, which gives n !touch x",
        "[x] cell 3, which gives main ",
        "[x] cell 4 ",
    ];
    assert_eq!(rows(&tutor), expected);
}

/// What the window shows beside its rows, and from which line.
fn preview(tutor: &Tutor) -> (String, usize) {
    let Some(Popup::List { preview: Some(page), scroll, .. }) = tutor.view().popup else {
        panic!("no question")
    };
    (format!("{page:?}"), scroll.expect("a place"))
}

#[test]
fn the_question_shows_the_whole_command_and_whether_it_was_found_here() {
    for is_found_here in [false, true] {
        let mut tutor = opened(&CELLS);
        press(&mut tutor, "r");
        let command = "LD_PRELOAD=x python -c 'import ipykernel'".to_owned();
        let reason = said("Taken: that one.");
        tutor.update(Msg::KernelFound(Ok(FoundKernel { reason, command, is_found_here })));
        let (shown, _) = preview(&tutor);
        assert!(shown.contains("LD_PRELOAD=x python -c 'import ipykernel'"), "{shown}");
        assert_eq!(shown.contains("found here, not tried"), is_found_here, "{shown}");
    }
}

#[test]
fn the_question_can_be_read_to_its_end() {
    let mut tutor = asked();
    tutor.update(Msg::PopupMeasured { content: 50, visible: 20 });
    let page = |code| Msg::Key(Key::plain(code));
    let mut tops = Vec::new();
    for code in [Code::PageDown, Code::PageDown, Code::PageUp, Code::PageUp] {
        tutor.update(page(code));
        tops.push(preview(&tutor).1);
    }
    assert_eq!(tops, [19, 30, 11, 0]);
}

#[test]
fn a_yes_runs_the_cells_as_they_are_and_as_they_are_repaired() {
    let mut tutor = asked();
    let trial = trial(&press(&mut tutor, "y"));
    assert_eq!(cells(&trial.before), [1, 2, 3, 4]);
    let after = trial.after.expect("a repair");
    assert_eq!(after.last().map(|(_, source)| source.as_str()), Some("await main()"));
    assert!(tutor.is_waiting());
}

#[test]
fn a_no_runs_nothing() {
    let mut tutor = asked();
    assert_eq!(press(&mut tutor, "n"), []);
    assert!(guide(&tutor).contains("runs it in a real kernel"), "{}", guide(&tutor));
}

#[test]
fn cells_can_be_left_out_but_not_those_in_question() {
    let mut tutor = asked();
    tutor.update(Msg::Key(Key::char(' ')));
    press(&mut tutor, "k k");
    tutor.update(Msg::Key(Key::char(' ')));
    assert_eq!(rows(&tutor).get(1).map(String::as_str), Some("[ ] cell 2, which gives n !touch x"));
    assert_eq!(cells(&trial(&press(&mut tutor, "y")).before), [1, 3, 4]);
}

#[test]
fn every_earlier_cell_can_be_taken() {
    let mut tutor = opened(&["x = 1", "import asyncio\nasync def f(): ...\nasyncio.run(f())"]);
    press(&mut tutor, "r");
    tutor.update(found());
    assert_eq!(rows(&tutor).len(), 1);
    press(&mut tutor, "a");
    assert_eq!(rows(&tutor), ["[x] cell 1, an earlier one ", "[x] cell 2 "]);
}

#[test]
fn both_runs_are_shown_with_what_is_different() {
    let mut tutor = asked();
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Started(Stage::Before)));
    assert!(guide(&tutor).starts_with("A kernel starts for the cells as they are: 0 s"));
    tutor.update(Msg::Proving(Progress::Cell(CellIndex(3))));
    let last = "half way".to_owned();
    tutor.update(Msg::Proving(Progress::Going { seconds: 3, last }));
    let going = guide(&tutor);
    assert!(
        going.starts_with("Cell 4 runs as it is: 3 s") && going.contains("half way"),
        "{going}"
    );
    tutor.update(Msg::Proving(Progress::Done(Stage::Before, transcript(failed()))));
    let value = Some("42".to_owned());
    let after = transcript(CellRun { result: value, ..run(3) });
    tutor.update(Msg::Proving(Progress::Done(Stage::After, after)));
    let told = guide(&tutor);
    for line in [
        "RuntimeError: asyncio.run() cannot be called is gone. Value: 42.",
        "before\nRuntimeError: asyncio.run() cannot be called (line 1)\ntook 0.120 s\n",
        "after\nvalue: 42\ntook 0.120 s\n",
        "Python 3.13.1",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!tutor.is_waiting());
}

#[test]
fn the_tasks_of_both_runs_are_drawn_to_one_scale() {
    let task = |name: &str, end, length| {
        let runs = vec![Stall { start: 0, length }];
        TaskRun { name: name.to_owned(), line: Some(2), start: 0, end, runs }
    };
    let of = |end, length| {
        let tasks = vec![TaskRun { line: None, ..task("", end, 0) }, task("fetch", end, length)];
        transcript(CellRun { tasks, elapsed: end, ..run(3) })
    };
    let mut tutor = asked();
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Done(Stage::Before, of(400, 400))));
    tutor.update(Msg::Proving(Progress::Done(Stage::After, of(100, 0))));
    let told = guide(&tutor);
    assert!(told.contains("Where the time went"), "{told}");
    assert!(told.contains("the loop: held 0.400 s of 0.400 s"), "{told}");
    let view = tutor.view();
    let drawn = walkthrough(&view).guide.rows.iter().filter_map(|row| match row {
        Row::One(Block::Timeline { timeline, .. }) => Some(timeline.clone()),
        _ => None,
    });
    let drawn: Vec<_> = drawn.collect();
    let [before, after] = drawn.as_slice() else { panic!("{drawn:?}") };
    assert_eq!(before.ticks, after.ticks);
    let shown = |states: &[State]| states.iter().filter(|it| **it != State::None).count();
    let [before, after] = [before, after].map(|it| it.lanes.last().expect("a lane").clone());
    assert_eq!(before.name, "fetch l.2");
    assert!(before.states.iter().all(|state| *state == State::Block));
    assert_eq!(shown(&after.states) * 4, shown(&before.states));
    // A record of the decision that is made then keeps the picture.
    press(&mut tutor, "d enter r x enter");
    let [Effect::SaveAdvice { text, .. }] = &press(&mut tutor, "s")[..] else {
        panic!("no record")
    };
    let (_, picture) = text.split_once("## Where the time went\n\n```text\n").expect("a picture");
    assert!(picture.starts_with("before\nthe cell "), "{picture}");
    assert!(picture.contains("fetch l.2             ▓▓▓▓▓▓▓▓▓▓"), "{picture}");
    assert!(picture.contains("the loop: held 0.400 s of 0.400 s\n\nafter\n"), "{picture}");
}

#[test]
fn what_runs_can_be_interrupted_and_is_told_as_it_ended() {
    let mut tutor = asked();
    assert_eq!(press(&mut tutor, "n i"), []);
    assert!(status(&tutor).contains("nothing runs"));
    press(&mut tutor, "r");
    tutor.update(found());
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Cell(CellIndex(3))));
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
    assert!(guide(&tutor).contains("Interrupting"));
    let ended = CellRun { status: Status::Interrupted, ..run(3) };
    tutor.update(Msg::Proving(Progress::Done(Stage::Before, transcript(ended))));
    tutor.update(Msg::Proving(Progress::Over));
    assert!(guide(&tutor).contains("Cell 4 was interrupted."), "{}", guide(&tutor));
}

/// The tutor while the last cell runs as it is.
fn running() -> Tutor<'static> {
    let mut tutor = asked();
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Started(Stage::Before)));
    tutor.update(Msg::Proving(Progress::Cell(CellIndex(3))));
    tutor
}

#[test]
fn a_cell_that_does_not_give_way_costs_its_kernel_at_the_second_wish() {
    let mut tutor = running();
    assert!(guide(&tutor).contains("`i` interrupts") || guide(&tutor).contains("i interrupts"));
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
    // Another key press in a hurry ends nothing.
    assert_eq!(press(&mut tutor, "i i"), []);
    assert!(!guide(&tutor).contains("goes on"), "{}", guide(&tutor));
    tutor.update(Msg::Proving(Progress::Holds));
    let told = guide(&tutor);
    assert!(told.contains("goes on") && told.contains("KeyboardInterrupt"), "{told}");
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
    assert!(guide(&tutor).contains("Ending its kernel"), "{}", guide(&tutor));
    assert_eq!(press(&mut tutor, "i"), []);
    let ended = CellRun { status: Status::Stopped, ..super::proof::run(3) };
    tutor.update(Msg::Proving(Progress::Done(Stage::Before, transcript(ended))));
    tutor.update(Msg::Proving(Progress::Over));
    let told = guide(&tutor);
    assert!(told.contains("Cell 4 did not give way; you ended its kernel."), "{told}");
    assert!(told.contains("the kernel was ended by you"), "{told}");
}

#[test]
fn a_kernel_that_starts_is_ended_at_once() {
    let mut tutor = asked();
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Started(Stage::Before)));
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
    assert!(guide(&tutor).contains("Ending its kernel"), "{}", guide(&tutor));
}

#[test]
fn what_holds_without_having_been_interrupted_is_not_told() {
    let mut tutor = running();
    tutor.update(Msg::Proving(Progress::Holds));
    assert!(!guide(&tutor).contains("goes on"), "{}", guide(&tutor));
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
}

#[test]
fn every_recording_shows_its_mistake_and_not_after_the_repair() {
    let knowledge = opened(&CELLS).knowledge;
    let (mut count, mut still) = (0, 0);
    for page in knowledge.pages(PageKind::Mistake) {
        let shown = knowledge.demonstration(&page.id, None).expect("a demonstration");
        let runs = shown.before.transcript.cells.iter().zip(&shown.after.transcript.cells);
        // An import that holds the loop is there in both.
        let runs = runs.filter(|(was, is)| !differences(was, is).is_empty());
        let told: Vec<Difference> =
            runs.clone().flat_map(|(was, is)| differences(was, is)).collect();
        assert!(!told.is_empty(), "{}: nothing is seen of it", page.id);
        let stays = |it: &Difference| {
            matches!(it, Difference::Stays { .. } | Difference::Warns { .. } | Difference::Hangs)
        };
        assert!(!told.iter().any(stays), "{}: {told:?}", page.id);
        let stood = |run: &CellRun| run.lag.as_ref().is_some_and(|lag| lag.worst >= Lag::NOTICED);
        still += usize::from(runs.clone().any(|(was, _)| stood(was)));
        assert!(!runs.clone().any(|(_, is)| stood(is)), "{}", page.id);
        for (was, is) in runs {
            // What an error takes is no strip of the loop.
            for run in [was, is].into_iter().filter(|run| run.error.is_some()) {
                assert_eq!(run.lag, None, "{}", page.id);
            }
        }
        count += 1;
    }
    // Calls that block, and computations that do.
    assert!(count >= 22 && still >= 2, "{count}, {still}");
}

#[test]
fn the_recording_of_a_call_that_blocks_shows_how_long_the_loop_stood_still() {
    let mut tutor = opened(&[
        "import asyncio, time\nasync def f():\n    time.sleep(1)",
        "await asyncio.gather(f(), f())",
    ]);
    press(&mut tutor, "5");
    let told = guide(&tutor);
    let (before, after) = told.split_once("\nafter\n").expect("both");
    assert!(told.contains("the loop stood still for 1.2"), "{told}");
    assert!(before.contains("before") && after.contains("the loop kept turning"), "{told}");
}

#[test]
fn a_cell_that_fails_has_no_strip() {
    let lag = Some(Lag::new(&[Stall { start: 0, length: 200 }], 210));
    let failed = CellRun { lag: lag.clone(), ..failed() };
    let has_strip = |run: &CellRun| run.told().iter().any(|told| matches!(told, Told::Lag(_)));
    assert!(!has_strip(&failed));
    assert!(has_strip(&CellRun { lag, ..run(3) }));
}

#[test]
fn without_a_kernel_the_step_says_why() {
    let mut tutor = opened(&CELLS);
    press(&mut tutor, "r");
    let why =
        said("No Python kernel can be used here.\nInstall one: python -m pip install ipykernel");
    tutor.update(Msg::KernelFound(Err(NoKernel { why })));
    let told = guide(&tutor);
    assert!(told.contains("No Python kernel can be used here.\nInstall one:"), "{told}");
}

#[test]
fn a_proof_of_another_state_of_the_cells_is_not_shown() {
    let mut tutor = asked();
    press(&mut tutor, "y");
    tutor.update(Msg::Proving(Progress::Failed(said("The kernel was lost."))));
    assert!(guide(&tutor).contains("The kernel was lost."));
    press(&mut tutor, "e");
    tutor.update(Msg::Edited("asyncio.run(main())  # again".to_owned()));
    press(&mut tutor, "esc");
    assert!(!guide(&tutor).contains("The kernel was lost."), "{}", guide(&tutor));
}

#[test]
fn a_function_is_proved_where_it_is_called() {
    let def = "import asyncio, time\nasync def f(n):\n    time.sleep(n)";
    let mut tutor = opened(&[def, "await asyncio.gather(f(1), f(2))"]);
    press(&mut tutor, "r");
    tutor.update(found());
    let cells: BTreeSet<usize> =
        cells(&trial(&press(&mut tutor, "y")).before).into_iter().collect();
    assert_eq!(cells, BTreeSet::from([1, 2]));
}
