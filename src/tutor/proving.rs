//! The proof: cells run in a real kernel as they are and as they are repaired, after a yes.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::Document;
use super::message::{Effect, FoundKernel, NoKernel, Progress, Stage, Trial};
use super::pages::Step;
use super::popups::Consent;
use super::walk::Walk;
use super::{Screen, Tutor, learn};
use crate::diagnostic::Fix;
use crate::document::Tone;
use crate::knowledge::{Both, Language, Tables};
use crate::notebook::Format;
use crate::proof::{Elsewhere, Plan, elsewhere};
use crate::review::changed_sources;
use crate::text::{CellIndex, Wording};
use crate::transcript::Transcript;
use crate::wording::{self, status};

/// What a proof is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The cell where the reader asked, and the repair that was looked at there.
    pub cell: CellIndex,
    rule: &'static str,
    /// Which of the cell's problems.
    problem: usize,
    choice: usize,
    /// The cells in question.
    pub asked: BTreeSet<CellIndex>,
    /// Each changed cell as it is repaired.
    pub changes: Vec<(CellIndex, String)>,
    /// Every cell's source when the proof was asked for.
    pub sources: Vec<String>,
}

/// How far a proof is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// A kernel is looked for.
    Looking,
    /// None was found, for this reason.
    Without(NoKernel),
    /// One was found, and the reader is asked.
    Asked(FoundKernel),
    /// The reader said no.
    Refused,
    Running(Running),
    Done(Outcome),
    Failed(Both<String>),
}

/// What runs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub stage: Stage,
    /// `None` while the kernel starts.
    pub cell: Option<CellIndex>,
    /// Since the cell or the kernel was started.
    pub seconds: u64,
    /// The last line that was written.
    pub last: String,
    pub interrupt: Interrupt,
    before: Option<Transcript>,
}

/// Whether the reader wants an end of what runs, and what it does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interrupt {
    #[default]
    Unasked,
    Asked,
    /// The cell goes on all the same: one more wish ends its kernel.
    Holds,
    Ending,
}

impl Interrupt {
    /// The sentence that tells of it.
    pub fn key(self) -> Wording {
        match self {
            Interrupt::Unasked => wording::proof::KEY_INTERRUPT,
            Interrupt::Asked => wording::proof::INTERRUPTING,
            Interrupt::Holds => wording::proof::HOLDS,
            Interrupt::Ending => wording::proof::ENDING,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub before: Transcript,
    /// `None` where there was no repair to run.
    pub after: Option<Transcript>,
}

/// A proof that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub claim: Claim,
    pub state: State,
}

/// What could be proved where the reader is, and what would have to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    pub claim: Claim,
    pub plan: Plan,
    /// Why no kernel of Jupyter can run that.
    pub elsewhere: Option<Elsewhere>,
}

impl Prospect {
    /// Worked out once for each problem, repair and state of the cells.
    pub fn of(walk: &Walk, tables: &Tables) -> Option<Self> {
        let claim = Claim::of(walk, tables)?;
        let document = &walk.document;
        let plan = claim.plan(document, false, tables);
        // A kernel of Jupyter runs what Jupyter wrote.
        let is_jupyters = matches!(document.notebook.format, Format::Ipynb { .. });
        let why = || elsewhere(&document.notebook, &document.review.run(tables), &plan);
        let elsewhere = if is_jupyters { None } else { why() };
        Some(Self { claim, plan, elsewhere })
    }
}

impl Claim {
    /// The claim of the problem and the repair that the reader looks at.
    pub fn of(walk: &Walk, tables: &Tables) -> Option<Self> {
        let problem = walk.current()?;
        let fix = problem.fixes.get(walk.choice).filter(|fix| !fix.edits.is_empty());
        let changes = fix.and_then(|fix| changes(&walk.document, fix)).unwrap_or_default();
        let mut asked: BTreeSet<CellIndex> = changes.iter().map(|(cell, _)| *cell).collect();
        asked.insert(walk.cell);
        // A function shows its mistake where it is called.
        asked.extend(walk.document.cell_that_runs(problem.span, tables));
        let sources = walk.document.notebook.cells.iter().map(|cell| cell.source.clone());
        Some(Self {
            cell: walk.cell,
            rule: problem.rule,
            problem: walk.problem,
            choice: walk.choice,
            asked,
            changes,
            sources: sources.collect(),
        })
    }

    /// The claim of a drill: its cells as they were given, and as they are repaired.
    pub fn of_task(task: &learn::Attempt) -> Self {
        let given = &task.task.given.notebook.cells;
        let cells = task.cells().into_iter().enumerate();
        let changed = cells.filter(|(at, new)| given.get(*at).is_none_or(|it| it.source != *new));
        Self {
            cell: task.cell,
            rule: "",
            problem: 0,
            choice: 0,
            asked: (0..given.len()).map(CellIndex).collect(),
            changes: changed.map(|(at, source)| (CellIndex(at), source)).collect(),
            sources: task.cells(),
        }
    }

    /// Whether the claim is about what the reader looks at now.
    pub fn is_of(&self, walk: &Walk) -> bool {
        let rule = walk.current().map(|problem| problem.rule);
        let here = (walk.cell, rule, walk.problem, walk.choice);
        let same = here == (self.cell, Some(self.rule), self.problem, self.choice);
        let cells = walk.document.notebook.cells.iter();
        same && cells.map(|cell| cell.source.as_str()).eq(self.sources.iter().map(String::as_str))
    }

    /// The cells that have to run; with `all` every earlier one.
    pub fn plan(&self, document: &Document, all: bool, tables: &Tables) -> Plan {
        let asked: Vec<CellIndex> = self.asked.iter().copied().collect();
        document.plan(&asked, &self.changes, all, tables)
    }

    /// The cells of `cells` as they are, and as they are repaired where that differs.
    fn trial(&self, document: &Document, cells: &BTreeSet<CellIndex>) -> Trial {
        let source = |cell: CellIndex| (cell, document.source(cell).to_owned());
        let before: Vec<_> = cells.iter().map(|cell| source(*cell)).collect();
        let repaired = |cell: CellIndex| {
            let change = self.changes.iter().find(|(changed, _)| *changed == cell);
            change.cloned().unwrap_or_else(|| source(cell))
        };
        let after: Vec<_> = cells.iter().map(|cell| repaired(*cell)).collect();
        let after = (after != before).then_some(after);
        Trial { before, after }
    }
}

fn changes(document: &Document, fix: &Fix) -> Option<Vec<(CellIndex, String)>> {
    changed_sources(&document.notebook, &fix.edits)
}

impl Attempt {
    /// Whether cells run for it.
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// Whether the kernel is busy for it.
    pub fn is_busy(&self) -> bool {
        matches!(self.state, State::Looking | State::Running(_))
    }
}

impl Tutor<'_> {
    fn attempt(&self) -> Option<&Attempt> {
        match &self.screen {
            Screen::Learn(learn) => learn.proof.as_deref(),
            Screen::Walk(walk) => walk.attempt.as_deref(),
            Screen::Home { .. } => None,
        }
    }

    /// The cells that a proof is about, as they are before the repair.
    fn unrepaired(&self) -> Option<&Document> {
        match &self.screen {
            Screen::Learn(learn) => learn.attempt().map(|task| &task.task.given),
            Screen::Walk(walk) => Some(&walk.document),
            Screen::Home { .. } => None,
        }
    }

    /// Looks for a kernel for the drill that is shown.
    pub(super) fn begin_task_proof(&mut self) -> Vec<Effect> {
        if self.is_waiting() {
            self.say(wording::proof::BUSY, &[], Tone::Caution);
            return Vec::new();
        }
        let Screen::Learn(learn) = &self.screen else { return Vec::new() };
        let Some(task) = learn.attempt() else { return Vec::new() };
        let drill = task.task.drill.as_ref().and_then(|id| self.knowledge.drill(id));
        if drill.is_some_and(|drill| !drill.front.runs) {
            self.say(status::DRILL_RUNS_NOT, &[], Tone::Quiet);
            return Vec::new();
        }
        let claim = Claim::of_task(task);
        let notebook = Box::new(task.document.notebook.kernel.clone());
        self.set_attempt(Attempt { claim, state: State::Looking });
        vec![Effect::FindKernel { near: None, notebook }]
    }

    /// The drill has changed or is left: what ran for it counts no more.
    pub(super) fn drop_task_proof(&mut self) -> Vec<Effect> {
        let running = self.attempt().is_some_and(Attempt::is_running);
        let Screen::Learn(learn) = &mut self.screen else { return Vec::new() };
        learn.proof = None;
        if running { vec![Effect::Interrupt] } else { Vec::new() }
    }

    /// Shows the step and looks for a kernel.
    pub(super) fn begin_proof(&mut self) -> Vec<Effect> {
        if self.is_waiting() {
            self.say(wording::proof::BUSY, &[], Tone::Caution);
            return Vec::new();
        }
        let tables = &self.knowledge.tables;
        let Some(walk) = self.walk() else { return Vec::new() };
        if !walk.go(Step::Proof) {
            self.say(status::STEP_SKIPPED, &[], Tone::Quiet);
            return Vec::new();
        }
        let Some(claim) = Claim::of(walk, tables) else { return Vec::new() };
        let document = &walk.document;
        let plan = claim.plan(document, false, tables);
        let run = document.review.run(tables);
        if let Some(why) = elsewhere(&document.notebook, &run, &plan) {
            let knowledge = self.knowledge;
            let ui = |language| knowledge.ui(language, why.key(), &[("name", why.name())]);
            let why = Both { en: ui(Language::En), zh: ui(Language::Zh) };
            self.set_attempt(Attempt { claim, state: State::Without(NoKernel { why }) });
            return Vec::new();
        }
        let near = document.path.clone();
        let notebook = Box::new(document.notebook.kernel.clone());
        self.set_attempt(Attempt { claim, state: State::Looking });
        vec![Effect::FindKernel { near, notebook }]
    }

    /// A kernel was found, or none: asks, or says why not.
    pub(super) fn found_kernel(&mut self, found: Result<FoundKernel, NoKernel>) {
        let looking = self.attempt().filter(|it| it.state == State::Looking);
        let Some(claim) = looking.map(|it| it.claim.clone()) else { return };
        let state = match found {
            Err(none) => State::Without(none),
            Ok(kernel) => {
                let tables = &self.knowledge.tables;
                let Some(document) = self.unrepaired() else { return };
                let plans = [false, true].map(|all| claim.plan(document, all, tables));
                let sources = claim.sources.clone();
                let consent = Consent::new(kernel.clone(), plans, &claim, sources);
                self.ask_to_run(consent);
                State::Asked(kernel)
            }
        };
        self.set_attempt(Attempt { claim, state });
    }

    /// The reader agreed to run these cells.
    pub(super) fn run_cells(&mut self, cells: &BTreeSet<CellIndex>) -> Vec<Effect> {
        let Some(claim) = self.attempt().map(|it| it.claim.clone()) else { return Vec::new() };
        let Some(document) = self.unrepaired() else { return Vec::new() };
        let trial = claim.trial(document, cells);
        let running = Running {
            stage: Stage::Before,
            cell: None,
            seconds: 0,
            last: String::new(),
            interrupt: Interrupt::default(),
            before: None,
        };
        self.set_attempt(Attempt { claim, state: State::Running(running) });
        vec![Effect::Prove(Box::new(trial))]
    }

    /// The reader closed the question.
    pub(super) fn refuse_run(&mut self) {
        let asked = self.attempt().filter(|it| matches!(it.state, State::Asked(_)));
        if let Some(claim) = asked.map(|attempt| attempt.claim.clone()) {
            self.set_attempt(Attempt { claim, state: State::Refused });
        }
    }

    /// Asks for the end of what runs; once it is told that this does not help, for that of its kernel.
    pub(super) fn interrupt(&mut self) -> Vec<Effect> {
        let Some(mut attempt) = self.attempt().cloned() else { return Vec::new() };
        let State::Running(running) = &mut attempt.state else {
            self.say(wording::proof::NOTHING_RUNS, &[], Tone::Quiet);
            return Vec::new();
        };
        running.interrupt = match (running.interrupt, running.cell) {
            (Interrupt::Unasked, Some(_)) => Interrupt::Asked,
            (Interrupt::Unasked, None) | (Interrupt::Holds, _) => Interrupt::Ending,
            // It is on its way.
            (Interrupt::Asked | Interrupt::Ending, _) => return Vec::new(),
        };
        self.set_attempt(attempt);
        vec![Effect::Interrupt]
    }

    /// Something came from the kernel.
    pub(super) fn proving(&mut self, progress: Progress) {
        let Some(mut attempt) = self.attempt().cloned() else { return };
        let State::Running(running) = &mut attempt.state else { return };
        match progress {
            Progress::Started(stage) => {
                running.stage = stage;
                running.cell = None;
                running.seconds = 0;
                running.last.clear();
            }
            Progress::Cell(cell) => {
                running.cell = Some(cell);
                running.seconds = 0;
            }
            Progress::Going { seconds, last } => {
                running.seconds = seconds;
                running.last = last;
            }
            Progress::Holds if running.interrupt == Interrupt::Asked => {
                running.interrupt = Interrupt::Holds;
            }
            Progress::Holds => {}
            Progress::Done(Stage::Before, transcript) => running.before = Some(transcript),
            Progress::Done(Stage::After, after) => {
                let before = running.before.take().unwrap_or_default();
                attempt.state = State::Done(Outcome { before, after: Some(after) });
            }
            Progress::Over => {
                let before = running.before.take().unwrap_or_default();
                attempt.state = State::Done(Outcome { before, after: None });
            }
            Progress::Failed(why) => attempt.state = State::Failed(why),
        }
        self.set_attempt(attempt);
    }

    /// Whether an answer about a kernel is still to come.
    pub fn is_waiting(&self) -> bool {
        self.attempt().is_some_and(Attempt::is_busy)
    }

    fn set_attempt(&mut self, attempt: Attempt) {
        match &mut self.screen {
            Screen::Walk(walk) => walk.attempt = Some(Arc::new(attempt)),
            Screen::Learn(learn) => learn.proof = Some(Arc::new(attempt)),
            Screen::Home { .. } => {}
        }
        self.rewrite();
    }
}
