//! The proof: what is asked, what runs, and what is told of it.

use std::collections::BTreeSet;

use super::*;
use crate::knowledge::Both;
use crate::text::CellIndex;
use crate::transcript::{CellError, CellRun, Status, Transcript, Versions};
use crate::tutor::message::{FoundKernel, NoKernel, Progress, Stage, Trial};

const CELLS: [&str; 4] =
    ["import asyncio", "!touch x\nn = 1", "async def main():\n    return n", "asyncio.run(main())"];

fn said(text: &str) -> Both<String> {
    Both { en: text.to_owned(), zh: text.to_owned() }
}

fn found() -> Msg {
    Msg::KernelFound(Ok(FoundKernel { reason: said("Taken: that one.") }))
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
fn what_runs_can_be_interrupted_and_is_told_as_it_ended() {
    let mut tutor = asked();
    assert_eq!(press(&mut tutor, "n i"), []);
    assert!(status(&tutor).contains("nothing runs"));
    press(&mut tutor, "r");
    tutor.update(found());
    press(&mut tutor, "y");
    assert_eq!(press(&mut tutor, "i"), [Effect::Interrupt]);
    assert!(guide(&tutor).contains("Interrupting"));
    let ended = CellRun { status: Status::Interrupted, ..run(3) };
    tutor.update(Msg::Proving(Progress::Done(Stage::Before, transcript(ended))));
    tutor.update(Msg::Proving(Progress::Over));
    assert!(guide(&tutor).contains("Cell 4 was interrupted."), "{}", guide(&tutor));
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
