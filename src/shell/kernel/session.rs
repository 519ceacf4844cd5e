//! A kernel on a thread of its own: jobs and commands go in, events come out.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::drive::Driver;
use super::grip::Grip;
use super::launch::Launch;
use crate::text::CellIndex;
use crate::transcript::{CellRun, Chunk, Transcript, Versions};

/// Cells to run one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub cells: Vec<Source>,
    /// How long one cell may take.
    pub timeout: Duration,
    /// What to do about output that comes late.
    pub settle: Settle,
    /// Whether to note how long the loop stood still, for which the kernel is asked between cells.
    pub lag: bool,
    /// Whether the cells after one that fails are left out, as a notebook's "run all" does.
    pub stop_on_error: bool,
}

/// How to wait for output that comes when its cell is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// Waits once, at the end, and has objects that nobody needs collected, so that warnings about
    /// them come.
    AtEnd(Duration),
    /// Waits after each of some cells, and runs nothing that is not theirs.
    After { cells: Vec<CellIndex>, time: Duration },
}

impl Job {
    /// Cells to be shown to people: the loop is watched, and warnings that come late are waited
    /// for.
    pub fn shown(cells: Vec<Source>, timeout: Duration) -> Self {
        let settle = Settle::AtEnd(Duration::from_millis(300));
        Self { cells, timeout, settle, lag: true, stop_on_error: false }
    }
}

/// A cell's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub cell: CellIndex,
    pub code: String,
}

/// What happens in a session.
#[derive(Debug)]
pub enum Event {
    /// The kernel answers.
    Started(Versions),
    CellStarted(CellIndex),
    Output(CellIndex, Chunk),
    CellDone(CellRun),
    /// Output of a cell that had ended.
    Late(CellIndex, Chunk),
    /// The job is over. Cells that were not reached are missing.
    Done(Transcript),
    /// The session is over.
    Failed(Failure),
}

/// Why a session is over.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the kernel cannot be started")]
    Start(#[source] io::Error),
    #[error("the kernel ended before it answered: {complaint}")]
    Ended { code: Option<i32>, complaint: String },
    #[error("the kernel did not answer within {seconds} s")]
    Silent { seconds: u64 },
    #[error("the connection to the kernel is lost")]
    Lost,
    #[error("somebody ended the kernel")]
    Stopped,
    #[error("the kernel cannot be reached")]
    Wire(#[from] jupyter_zmq_client::RuntimeError),
}

/// A kernel that was started. Dropping this ends it.
#[derive(Debug)]
pub struct Session {
    pub events: Receiver<Event>,
    /// Until there are no more jobs.
    jobs: Option<UnboundedSender<Job>>,
    interrupts: UnboundedSender<()>,
    stop: UnboundedSender<()>,
    /// Whether the kernel waits for a job.
    is_idle: Arc<AtomicBool>,
    grip: Arc<Grip>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// Starts a kernel, which has `patience` to answer.
    pub fn start(launch: Launch, patience: Duration) -> Self {
        let (sender, events) = channel();
        let (jobs, coming) = unbounded_channel();
        let (interrupts, interrupted) = unbounded_channel();
        let (stop, stopped) = unbounded_channel();
        let is_idle = Arc::new(AtomicBool::new(false));
        let grip = Arc::<Grip>::default();
        let held = Arc::clone(&grip);
        let inbox = Inbox { jobs: coming, interrupts: interrupted, is_idle: Arc::clone(&is_idle) };
        let thread = thread::Builder::new().name("kernel".to_owned()).spawn(move || {
            if let Err(failure) = work(&launch, patience, &sender, inbox, stopped, &held) {
                let failure = if held.is_ended() { Failure::Stopped } else { failure };
                let _ = sender.send(Event::Failed(failure));
            }
        });
        // Without a thread the events end at once.
        Self { events, jobs: Some(jobs), interrupts, stop, is_idle, grip, thread: thread.ok() }
    }

    /// Runs cells after those that run already. Ends with `Done` or `Failed`.
    pub fn run(&self, job: Job) {
        // Where the session is over, its last event has said so.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }

    /// Interrupts the cell that runs; the rest of its job is left out.
    pub fn interrupt(&self) {
        let _ = self.interrupts.send(());
    }

    /// Kills the kernel, because somebody wants an end of what does not give way. What the cells did
    /// until then comes as ever, or `Failed`.
    pub fn end(&self) {
        self.grip.end();
    }

    /// Kills the kernel at once, whatever it does; nothing more is told.
    pub fn stop(&self) {
        let _ = self.stop.send(());
    }

    /// The next event, if there is one already.
    ///
    /// # Errors
    /// When there is none now, or there will be none any more.
    pub fn poll(&self) -> Result<Event, TryRecvError> {
        self.events.try_recv()
    }

    /// The next event, within a time.
    ///
    /// # Errors
    /// When there is none in time, or there will be none any more.
    pub fn wait(&self, time: Duration) -> Result<Event, RecvTimeoutError> {
        self.events.recv_timeout(time)
    }

    /// Runs a job and waits for its end; `watch` sees every event but the last.
    ///
    /// # Errors
    /// When the session is over before the job is.
    pub fn finish(&self, job: Job, mut watch: impl FnMut(&Event)) -> Result<Transcript, Failure> {
        self.run(job);
        loop {
            match self.events.recv() {
                Ok(Event::Done(transcript)) => return Ok(transcript),
                Ok(Event::Failed(failure)) => return Err(failure),
                Ok(event) => watch(&event),
                Err(_) => return Err(Failure::Lost),
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.jobs = None;
        // An idle kernel may tidy up.
        if thread::panicking() || !self.is_idle.load(Ordering::SeqCst) {
            self.stop();
        }
        if let Some(thread) = self.thread.take() {
            // A panic over there has killed the kernel too.
            let _ = thread.join();
        }
    }
}

/// What comes from the other side.
struct Inbox {
    jobs: UnboundedReceiver<Job>,
    interrupts: UnboundedReceiver<()>,
    is_idle: Arc<AtomicBool>,
}

impl Inbox {
    /// The next job; `None` when there will be none.
    async fn next(&mut self) -> Option<Job> {
        self.is_idle.store(true, Ordering::SeqCst);
        loop {
            tokio::select! {
                biased;
                job = self.jobs.recv() => {
                    self.is_idle.store(job.is_none(), Ordering::SeqCst);
                    return job;
                }
                // Nothing runs.
                Some(()) = self.interrupts.recv() => {}
            }
        }
    }
}

fn work(
    launch: &Launch,
    patience: Duration,
    events: &Sender<Event>,
    inbox: Inbox,
    mut stopped: UnboundedReceiver<()>,
    grip: &Arc<Grip>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::Start)?;
    runtime.block_on(async {
        tokio::select! {
            biased;
            // Whatever was going on is dropped, and the process with it.
            Some(()) = stopped.recv() => Ok(()),
            done = serve(launch, patience, events, inbox, grip) => done,
        }
    })
}

async fn serve(
    launch: &Launch,
    patience: Duration,
    events: &Sender<Event>,
    mut inbox: Inbox,
    grip: &Arc<Grip>,
) -> Result<(), Failure> {
    let mut driver = Driver::start(launch, patience, events, grip).await?;
    let _ = events.send(Event::Started(driver.versions().clone()));
    while let Some(job) = inbox.next().await {
        driver.run(&job, &mut inbox.interrupts).await?;
    }
    driver.end().await;
    Ok(())
}
