//! `nbasync prove`: runs cells in a real kernel, as they are and as they are repaired.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::arguments::{Format, ProveArgs};
use super::ask::confirm;
use super::kernels::folder_of;
use super::{Exit, Session, complain, print, reviewed};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::knowledge::Tables;
use crate::notebook::Notebook;
use crate::proof::{self, Elsewhere, Plan, Step, is_proven, plan};
use crate::review::{Repairs, Review};
use crate::shell::config::{Configs, Overrides};
use crate::shell::files::{self, FileError};
use crate::shell::kernel::find::{World, find};
use crate::shell::kernel::{self, Act, Choice, Event, Failure, Insistence, Interrupts};
use crate::shell::kernel::{Job, Source, Wanted, choose};
use crate::shell::report::{self, Proof, Proved, json};
use crate::shell::upgrade;
use crate::text::{CellIndex, Wording};
use crate::transcript::{CellRun, Transcript};
use crate::wording::{prove, spent};

/// Seconds that a kernel may take to start, and more where a cell may take more.
const PATIENCE: u64 = 60;

/// How soon Ctrl-C is seen.
const LOOK: Duration = Duration::from_millis(20);

/// A notebook as it is and as it is repaired.
pub(super) struct Subject {
    before: Notebook,
    after: Notebook,
    /// The cells in question.
    asked: Vec<CellIndex>,
    plan: Plan,
    elsewhere: Option<Elsewhere>,
}

/// Proves a repair and reports.
///
/// # Errors
/// When the report cannot be written or the terminal cannot be read.
pub fn run(args: &ProveArgs, session: &Session) -> io::Result<Exit> {
    let path = args.file.as_path();
    let configs = session.configs(Overrides::default());
    let read = files::read(path);
    let read = read.map(as_it_would_be_written);
    let read = read.and_then(|bytes| reviewed::caught(|| reviewed::read(&configs, path, bytes)));
    let (notebook, review) = match read {
        Ok(read) => read,
        Err(error) => return Ok(unreadable(session, path, &error)),
    };
    let wanted_cell = args.cell.map(|cell| CellIndex(cell.get() - 1));
    let subject = reviewed::caught(|| Ok(subject(args, &configs, notebook, review, wanted_cell)));
    let subject = match subject {
        Ok(subject) => subject,
        Err(error) => return Ok(unreadable(session, path, &error)),
    };
    if subject.plan.steps.iter().all(|step| !subject.asked.contains(&step.cell)) {
        let key = if wanted_cell.is_some() { prove::NO_CELL } else { prove::NO_FIX };
        say(session, key, &[]);
        return Ok(if wanted_cell.is_some() { Exit::Failed } else { Exit::Clean });
    }
    match attempt(args, session, &subject)? {
        Err(exit) => Ok(exit),
        Ok(proof) => {
            match args.format {
                Format::Text => {
                    let (paper, voice) = (session.paper, session.voice());
                    print(&report::proof(paper, voice, &proof))?;
                    if args.timeline {
                        print(&report::timeline(paper, voice, &proof))?;
                    }
                }
                Format::Json => print(&json::write(&json::proof(&proof))?)?,
            }
            let drawn = args.svg.as_deref().map(|path| draw(session, path, &proof));
            Ok(drawn.flatten().unwrap_or_else(|| exit(&proof)))
        }
    }
}

/// A notebook of an old form is proved as the one that it would be upgraded to: nothing is written,
/// and a repair has to be made in something.
fn as_it_would_be_written(bytes: Vec<u8>) -> Vec<u8> {
    let text = std::str::from_utf8(&bytes).ok();
    let upgraded = text.filter(|text| text.contains("\"worksheets\"")).and_then(upgrade::upgrade);
    upgraded.map_or(bytes, String::into_bytes)
}

/// Writes the picture of the tasks into a new file, and says where; the exit where it cannot.
fn draw(session: &Session, path: &Path, proof: &Proof) -> Option<Exit> {
    let picture = report::svg(session.voice(), proof);
    match files::save_new(path, picture.as_bytes()) {
        Ok(path) => {
            say(session, spent::DRAWN, &[("file", &path.display().to_string())]);
            None
        }
        Err(error) => {
            let (file, why) = (path.display().to_string(), session.voice().tell(&error).join("; "));
            say(session, spent::NOT_DRAWN, &[("file", &file), ("why", &why)]);
            Some(Exit::Failed)
        }
    }
}

/// Chooses a kernel, asks, and runs both; without a proof it has said why.
///
/// # Errors
/// When the terminal cannot be written to or read.
pub(super) fn attempt(
    args: &ProveArgs,
    session: &Session,
    subject: &Subject,
) -> io::Result<Result<Proof, Exit>> {
    if let Some(why) = &subject.elsewhere {
        say(session, why.key(), &[("name", why.name())]);
        return Ok(Err(Exit::Failed));
    }
    let kernels = find(&World::around(&folder_of(&args.file)));
    let wanted = Wanted {
        kernel: args.kernel.as_deref(),
        python: args.python.as_deref(),
        notebook: Some(&subject.before.kernel),
    };
    let choice = match choose(&kernels, wanted) {
        Ok(choice) => choice,
        Err(refusal) => {
            for language in session.voice().languages() {
                let (paper, voice) = (session.paper, session.voice());
                complain(&report::refusal(paper, voice, language, &refusal, &kernels));
            }
            return Ok(Err(Exit::Failed));
        }
    };
    if !is_agreed(args, session, subject, &choice)? {
        return Ok(Err(Exit::Failed));
    }
    let interrupts = kernel::interrupts()?;
    interrupts.set_running(true);
    let proven = proven(args, session, subject, &choice, interrupts);
    interrupts.set_running(false);
    Ok(proven)
}

/// Repairs the notebook, finds the cells in question and what they need.
fn subject(
    args: &ProveArgs,
    configs: &Configs<'_>,
    notebook: Notebook,
    review: Review,
    wanted: Option<CellIndex>,
) -> Subject {
    let mut repairs =
        Repairs::new(notebook.clone(), review.clone(), Applicability::Unsafe, configs.tables);
    repairs.run();
    let Repairs { notebook: after, review: reviewed, .. } = repairs;
    Subject::new((notebook, &review), (after, &reviewed), configs.tables, wanted, args.all)
}

impl Subject {
    /// What has to run for the cells that differ, or for the one that is wanted.
    pub(super) fn new(
        (before, review): (Notebook, &Review),
        (after, reviewed): (Notebook, &Review),
        tables: &Tables,
        wanted: Option<CellIndex>,
        all: bool,
    ) -> Self {
        let changed = |cell: &&crate::notebook::Cell| {
            after.cell(cell.index).is_some_and(|after| after.source != cell.source)
        };
        let (old, new) = (review.run(tables), reviewed.run(tables));
        let asked: BTreeSet<CellIndex> = match wanted {
            Some(cell) => BTreeSet::from([cell]),
            None => {
                let cells = before.cells.iter().filter(changed).map(|cell| cell.index);
                let changed: BTreeSet<CellIndex> = cells.collect();
                // A function shows its mistake, and its repair, where it is called.
                let mended = |it: &&Diagnostic| changed.contains(&it.span.cell);
                let mended = review.found().filter(mended);
                let has_problem = |cell| review.of_cell(cell).next().is_some();
                let callers: Vec<CellIndex> =
                    mended.filter_map(|it| old.cell_that_runs(it.span, has_problem)).collect();
                changed.into_iter().chain(callers).collect()
            }
        };
        let asked: Vec<CellIndex> = asked.into_iter().collect();
        let plan = plan(&before, &old, &asked, all).with(plan(&after, &new, &asked, all));
        let elsewhere = proof::elsewhere(&before, &old, &plan);
        Self { before, after, asked, plan, elsewhere }
    }

    /// Whether the repair changes any cell that runs.
    fn is_changed(&self) -> bool {
        let source = |notebook: &Notebook, cell| notebook.cell(cell).map(|it| it.source.clone());
        let mut cells = self.plan.steps.iter().map(|step| step.cell);
        cells.any(|cell| source(&self.before, cell) != source(&self.after, cell))
    }

    fn job(&self, notebook: &Notebook, timeout: Duration) -> Job {
        let source = |step: &Step| {
            let code = notebook.cell(step.cell)?.source.clone();
            Some(Source { cell: step.cell, code })
        };
        let cells = self.plan.steps.iter().filter_map(source).collect();
        Job::shown(cells, timeout)
    }
}

/// Tells what will run, and asks unless that was said already.
fn is_agreed(
    args: &ProveArgs,
    session: &Session,
    subject: &Subject,
    choice: &Choice,
) -> io::Result<bool> {
    let (paper, voice) = (session.paper, session.voice());
    let told = report::plan(paper, voice, &subject.plan, choice, subject.is_changed());
    match args.format {
        Format::Text => print(&told)?,
        // What a program reads stands alone on stdout.
        Format::Json => complain(&told),
    }
    if args.yes {
        return Ok(true);
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        say(session, prove::NO_TERMINAL, &[]);
        return Ok(false);
    }
    confirm(paper, voice, prove::QUESTION)
}

fn proven(
    args: &ProveArgs,
    session: &Session,
    subject: &Subject,
    choice: &Choice,
    interrupts: &Interrupts,
) -> Result<Proof, Exit> {
    let timeout = Duration::from_secs(args.timeout.get());
    let patience = Duration::from_secs(args.timeout.get().max(PATIENCE));
    let mut launch = choice.candidate.launch.clone();
    launch.folder = Some(folder_of(&args.file));
    let run = |notebook: &Notebook, stage: Wording| -> Result<Transcript, Failure> {
        let started = kernel::Session::start(launch.clone(), patience);
        started.run(subject.job(notebook, timeout));
        attend(&started, interrupts, session, stage)
    };
    let before = run(&subject.before, prove::RUNNING_BEFORE);
    let after = match (&before, subject.is_changed()) {
        (Ok(before), true) if !is_given_up(before) => {
            Some(run(&subject.after, prove::RUNNING_AFTER))
        }
        _ => None,
    };
    let (before, after) = match (before, after.transpose()) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(failure), _) | (_, Err(failure)) => {
            let is_wanted = matches!(failure, Failure::Stopped);
            for said in report::failure(session.voice(), &failure) {
                complain(&format!("{}\n", session.paper.safe(&said)));
            }
            return Err(if is_wanted { Exit::Interrupted } else { Exit::Failed });
        }
    };
    Ok(proof(args, subject, choice, &before, after.as_ref()))
}

/// Waits for the end of what runs, and does what Ctrl-C asks for.
fn attend(
    started: &kernel::Session,
    interrupts: &Interrupts,
    session: &Session,
    stage: Wording,
) -> Result<Transcript, Failure> {
    let begun = Instant::now();
    let (mut insistence, mut is_cell) = (Insistence::default(), false);
    loop {
        let wish = interrupts.take().then(|| insistence.wish(begun.elapsed(), is_cell)).flatten();
        match wish.or_else(|| insistence.pass(begun.elapsed())) {
            Some(Act::Interrupt) => started.interrupt(),
            Some(Act::Tell) => say(session, prove::HOLDS, &[]),
            Some(Act::End) => started.end(),
            None => {}
        }
        match started.wait(LOOK) {
            Ok(Event::Done(transcript)) => return Ok(transcript),
            Ok(Event::Failed(failure)) => return Err(failure),
            Ok(Event::CellStarted(cell)) => {
                is_cell = true;
                progress(session, stage, cell);
            }
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::Lost),
        }
    }
}

/// Whether somebody wanted an end of it: then nothing more is to run.
fn is_given_up(transcript: &Transcript) -> bool {
    transcript.cells.iter().any(|run| run.status.is_by_somebody())
}

/// The cells in question, as they ran.
fn proof(
    args: &ProveArgs,
    subject: &Subject,
    choice: &Choice,
    before: &Transcript,
    after: Option<&Transcript>,
) -> Proof {
    let of = |transcript: &Transcript, cell| -> Option<CellRun> {
        transcript.cells.iter().find(|run| run.cell == cell).cloned()
    };
    let source = |notebook: &Notebook, cell| {
        notebook.cell(cell).map_or_else(String::new, |it| it.source.clone())
    };
    let cells = subject.plan.steps.iter().map(|step| {
        let cell = step.cell;
        Proved {
            cell,
            is_asked: subject.asked.contains(&cell),
            sources: [source(&subject.before, cell), source(&subject.after, cell)],
            before: of(before, cell),
            after: after.and_then(|after| of(after, cell)),
        }
    });
    Proof {
        path: args.file.display().to_string(),
        kernel: choice.candidate.place.display().to_string(),
        versions: before.versions.clone(),
        cells: cells.collect(),
        has_after: after.is_some(),
    }
}

fn exit(proof: &Proof) -> Exit {
    let asked = || proof.cells.iter().filter(|cell| cell.is_asked);
    let ran = |cell: &Proved| match proof.has_after {
        true => cell.after.clone(),
        false => cell.before.clone(),
    };
    let is_right = |cell: &Proved| ran(cell).is_some_and(|run| is_proven(&run));
    match () {
        () if proof.is_given_up() => Exit::Interrupted,
        () if asked().all(is_right) => Exit::Clean,
        () => Exit::Found,
    }
}

/// Tells on a terminal which cell runs.
fn progress(session: &Session, stage: Wording, cell: CellIndex) {
    if io::stderr().is_terminal() {
        let cell = cell.number().to_string();
        let said = session.voice().label(stage, &[("cell", &cell)]);
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
}

fn say(session: &Session, key: Wording, args: &[(&str, &str)]) {
    for said in session.voice().say(key, args) {
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
}

fn unreadable(session: &Session, path: &Path, error: &FileError) -> Exit {
    complain(&report::unread(session.paper, session.voice(), &path.display().to_string(), error));
    Exit::Failed
}
