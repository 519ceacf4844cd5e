//! Runs cells for the tutor beside it, and tells it how far they are.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

use super::kernel::find::{World, find};
use super::kernel::{Act, Choice, Event, Failure, Insistence, Job, Launch, Session};
use super::kernel::{Source, Wanted, choose};
use super::perform::Wish;
use super::report::{self, Paper, Voice};
use super::visible::{self, Charset};
use crate::knowledge::{Both, Knowledge, Language};
use crate::notebook::Kernel;
use crate::text::{CellIndex, Wording};
use crate::transcript::Transcript;
use crate::tutor::Reading;
use crate::tutor::message::{FoundKernel, Msg, NoKernel, Progress, Stage, Trial};
use crate::wording::proof;

/// How long a kernel may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a cell may take. The reader sees it run and can interrupt it at any time.
const LONGEST: Duration = Duration::from_secs(3600);

/// How soon a wish of the reader's is seen.
const LOOK: Duration = Duration::from_millis(20);

/// How often the last line is told.
const OFTEN: Duration = Duration::from_millis(200);

/// As much of a line as is told, in characters.
const LINE: usize = 200;

/// Finds kernels and runs cells in them, on threads of their own.
pub struct Prover<'s, 'k> {
    scope: &'s Scope<'s, 'k>,
    knowledge: &'k Knowledge,
    wish: Wish,
    answers: Sender<Msg>,
    found: Arc<Mutex<Option<Launch>>>,
    control: Arc<Control>,
}

/// What the reader wants of the cells that run.
#[derive(Debug, Default)]
struct Control {
    interrupt: AtomicBool,
    stop: AtomicBool,
}

impl<'s, 'k> Prover<'s, 'k> {
    /// Answers go to `answers`.
    pub fn new(
        scope: &'s Scope<'s, 'k>,
        knowledge: &'k Knowledge,
        wish: Wish,
        answers: Sender<Msg>,
    ) -> Self {
        let (found, control) = (Arc::default(), Arc::default());
        Self { scope, knowledge, wish, answers, found, control }
    }

    /// Looks for a kernel for a notebook in the folder. Answers `KernelFound`.
    pub fn find(&mut self, folder: PathBuf, notebook: Kernel) {
        if self.wish.is_off {
            let why = ui(self.knowledge, proof::OFF);
            return tell(&self.answers, Msg::KernelFound(Err(NoKernel { why })));
        }
        let (knowledge, wish) = (self.knowledge, self.wish.clone());
        let (answers, found) = (self.answers.clone(), Arc::clone(&self.found));
        self.scope.spawn(move || {
            let kernels = find(&World::around(&folder));
            let wanted = Wanted {
                kernel: wish.kernel.as_deref(),
                python: wish.python.as_deref(),
                notebook: Some(&notebook),
            };
            let answer = match choose(&kernels, wanted) {
                Ok(choice) => {
                    let reason = reason(knowledge, &choice);
                    let is_found_here = choice.candidate.is_found_here;
                    let mut launch = choice.candidate.launch;
                    // One line, whatever is in it.
                    let command = visible::line(&report::command(&launch)).into_owned();
                    launch.folder = Some(folder);
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(launch);
                    Ok(FoundKernel { reason, command, is_found_here })
                }
                Err(refusal) => {
                    let why = |language| {
                        let paper = Paper {
                            charset: Charset::Unicode,
                            color: false,
                            width: None,
                            links: false,
                        };
                        report::refusal(
                            paper,
                            voice(knowledge, language),
                            language,
                            &refusal,
                            &kernels,
                        )
                    };
                    Err(NoKernel { why: both(why) })
                }
            };
            tell(&answers, Msg::KernelFound(answer));
        });
    }

    /// Runs the cells in the kernel that was found last. Answers `Proving`.
    pub fn prove(&mut self, trial: Trial) {
        self.stop();
        self.control = Arc::default();
        let launch = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(launch) = launch else {
            return tell(&self.answers, Msg::Proving(Progress::Over));
        };
        let (knowledge, answers) = (self.knowledge, self.answers.clone());
        let control = Arc::clone(&self.control);
        self.scope.spawn(move || {
            let run = Run { launch, control, answers };
            match run.all(trial) {
                Ok(()) => {}
                Err(failure) => {
                    let said =
                        |language| report::failure(voice(knowledge, language), &failure).join("\n");
                    run.tell(Progress::Failed(both(said)));
                }
            }
        });
    }

    /// Interrupts the cell that runs, or ends its kernel where that has not helped.
    pub fn interrupt(&self) {
        self.control.interrupt.store(true, Ordering::SeqCst);
    }

    /// Ends the kernel that runs, if there is one.
    pub fn stop(&self) {
        self.control.stop.store(true, Ordering::SeqCst);
    }
}

impl Drop for Prover<'_, '_> {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Cells on their way.
struct Run {
    launch: Launch,
    control: Arc<Control>,
    answers: Sender<Msg>,
}

/// What was told last.
struct Shown {
    since: Instant,
    told: Instant,
    seconds: u64,
    last: String,
    /// Whether a cell runs, and not only its kernel starts.
    is_cell: bool,
}

impl Shown {
    fn new(is_cell: bool) -> Self {
        let now = Instant::now();
        Self { since: now, told: now, seconds: 0, last: String::new(), is_cell }
    }
}

impl Run {
    fn all(&self, trial: Trial) -> Result<(), Failure> {
        let Trial { before, after } = trial;
        let Some(first) = self.stage(Stage::Before, before)? else { return Ok(()) };
        let is_over = first.cells.iter().any(|run| run.status.is_by_somebody());
        self.tell(Progress::Done(Stage::Before, first));
        match after.filter(|_| !is_over) {
            Some(after) => {
                let Some(second) = self.stage(Stage::After, after)? else { return Ok(()) };
                self.tell(Progress::Done(Stage::After, second));
            }
            None => self.tell(Progress::Over),
        }
        Ok(())
    }

    /// Runs cells in a fresh kernel; `None` when the reader wants no more of it.
    fn stage(
        &self,
        stage: Stage,
        cells: Vec<(CellIndex, String)>,
    ) -> Result<Option<Transcript>, Failure> {
        self.tell(Progress::Started(stage));
        let session = Session::start(self.launch.clone(), PATIENCE);
        let cells = cells.into_iter().map(|(cell, code)| Source { cell, code }).collect();
        session.run(Job::shown(cells, LONGEST));
        let begun = Instant::now();
        let mut shown = Shown::new(false);
        let mut insistence = Insistence::default();
        loop {
            if self.control.stop.load(Ordering::SeqCst) {
                return Ok(None);
            }
            let wishes = self.control.interrupt.swap(false, Ordering::SeqCst);
            let wish = wishes.then(|| insistence.wish(begun.elapsed(), shown.is_cell)).flatten();
            match wish.or_else(|| insistence.pass(begun.elapsed())) {
                Some(Act::Interrupt) => session.interrupt(),
                Some(Act::Tell) => self.tell(Progress::Holds),
                Some(Act::End) => session.end(),
                None => {}
            }
            match session.wait(LOOK) {
                Ok(Event::Done(transcript)) => return Ok(Some(transcript)),
                Ok(Event::Failed(failure)) => return Err(failure),
                Ok(event) => self.hear(event, &mut shown),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Lost),
            }
            self.keep_posted(&mut shown);
        }
    }

    fn hear(&self, event: Event, shown: &mut Shown) {
        match event {
            Event::CellStarted(cell) => {
                *shown = Shown::new(true);
                self.tell(Progress::Cell(cell));
            }
            Event::Output(_, chunk) => {
                let line = chunk.text.lines().rev().find(|line| !line.trim().is_empty());
                if let Some(line) = line {
                    shown.last = line.chars().take(LINE).collect();
                }
            }
            _ => {}
        }
    }

    /// Tells each new second, and a new last line now and then.
    fn keep_posted(&self, shown: &mut Shown) {
        let seconds = shown.since.elapsed().as_secs();
        let is_new = seconds != shown.seconds || !shown.last.is_empty();
        if is_new && shown.told.elapsed() >= OFTEN {
            shown.told = Instant::now();
            shown.seconds = seconds;
            let last = shown.last.clone();
            self.tell(Progress::Going { seconds, last });
        }
    }

    fn tell(&self, progress: Progress) {
        tell(&self.answers, Msg::Proving(progress));
    }
}

fn tell(answers: &Sender<Msg>, msg: Msg) {
    // Where the tutor is gone, nobody needs to know.
    let _ = answers.send(msg);
}

fn voice(knowledge: &Knowledge, language: Language) -> Voice<'_> {
    Voice { knowledge, reading: Reading::One(language) }
}

fn both(text: impl Fn(Language) -> String) -> Both<String> {
    Both { en: text(Language::En), zh: text(Language::Zh) }
}

fn ui(knowledge: &Knowledge, key: Wording) -> Both<String> {
    both(|language| knowledge.ui(language, key, &[]))
}

fn reason(knowledge: &Knowledge, choice: &Choice) -> Both<String> {
    both(|language| report::reason(voice(knowledge, language), language, choice))
}
