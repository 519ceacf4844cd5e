//! Drives a kernel: starts it, runs cells one after the other, interrupts them, ends it.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::grip::Grip;
use super::launch::{Launch, Process};
use super::listening::Listening;
use super::pulse::Noted;
use super::reach::{end_of, reach};
use super::record::Record;
use super::running::{Running, at, milliseconds, status_of};
use super::session::{Event, Failure, Job, Settle};
use super::wire::{Heard, Ports, Wire, random};
use super::{group, pulse};
use crate::text::CellIndex;
use crate::transcript::{Lag, Status, Versions, within};

/// How often the process is looked at.
pub(super) const LOOK: Duration = Duration::from_millis(50);

/// A cell that has been interrupted for its time has that long to end.
const GRACE: Duration = Duration::from_secs(4);

/// After its reply a cell's last output may be that late before it is taken for lost.
const IDLE: Duration = Duration::from_secs(5);

/// How long all threads of a process that was stopped take to be awake again.
const AWAKE: Duration = Duration::from_millis(20);

/// A sleeping loop acts on an interrupt only when it is woken.
const WAKE: Duration = Duration::from_millis(50);

/// How often a kernel is started when another program takes its ports.
const STARTS: usize = 3;

/// A kernel that runs.
pub struct Driver<'a> {
    process: Process,
    pub(super) wire: Wire,
    listening: Listening,
    /// It was ended because it had closed its channels.
    is_deaf: bool,
    launch: &'a Launch,
    events: &'a Sender<Event>,
    versions: Versions,
    grip: &'a Arc<Grip>,
}

impl<'a> Driver<'a> {
    /// Starts a kernel and waits until it answers.
    pub async fn start(
        launch: &'a Launch,
        patience: Duration,
        events: &'a Sender<Event>,
        grip: &'a Arc<Grip>,
    ) -> Result<Self, Failure> {
        let deadline = Instant::now() + patience;
        let mut starts = 1;
        loop {
            match Self::attempt(launch, deadline, patience, events, grip).await {
                Err(Failure::Ended { complaint, .. })
                    if starts < STARTS && complaint.contains("Address already in use") =>
                {
                    starts += 1;
                }
                other => return other,
            }
        }
    }

    async fn attempt(
        launch: &'a Launch,
        deadline: Instant,
        patience: Duration,
        events: &'a Sender<Event>,
        grip: &'a Arc<Grip>,
    ) -> Result<Self, Failure> {
        let ports = Ports::find().await?;
        let started = Process::start(launch, &random(), &ports.file());
        let mut process = started.map_err(Failure::Start)?;
        process.give(grip);
        drop(ports.held);
        let answered = tokio::select! {
            wire = reach(&ports.info) => wire,
            ended = end_of(&mut process) => return Err(ended),
            () = sleep_until(deadline) => {
                return Err(Failure::Silent { seconds: patience.as_secs() });
            }
        };
        let wire = answered?;
        let versions = Versions::default();
        let listening = Listening::to(&ports.info);
        let is_deaf = false;
        let mut driver = Self { process, wire, listening, is_deaf, launch, events, versions, grip };
        driver.versions = driver.begin().await?;
        Ok(driver)
    }

    pub fn versions(&self) -> &Versions {
        &self.versions
    }

    /// Runs the cells of a job. What they did is sent as it happens.
    pub async fn run(
        &mut self,
        job: &Job,
        interrupts: &mut UnboundedReceiver<()>,
    ) -> Result<(), Failure> {
        let mut record = Record::default();
        if job.lag {
            self.ask(&pulse::install(), &pulse::TAKE, &mut record).await?;
        }
        for cell in &job.cells {
            self.tell(Event::CellStarted(cell.cell));
            let status = self.cell(job, cell.cell, &cell.code, &mut record, interrupts).await?;
            if !status.is_by_itself() || (status == Status::Error && job.stop_on_error) {
                break;
            }
        }
        if let Settle::AtEnd(time) = job.settle
            && !self.is_gone()
            && !self.grip.is_ended()
        {
            self.collect(time, &mut record).await?;
        }
        let mut transcript = record.transcript();
        transcript.versions = self.versions.clone();
        self.tell(Event::Done(transcript));
        Ok(())
    }

    async fn cell(
        &mut self,
        job: &Job,
        cell: CellIndex,
        code: &str,
        record: &mut Record,
        interrupts: &mut UnboundedReceiver<()>,
    ) -> Result<Status, Failure> {
        let started = Instant::now();
        record.begin(cell, self.wire.execute(code).await);
        let mut running = Running {
            deadline: started + job.timeout,
            is_overdue: false,
            is_interrupted: false,
            wake: None,
            replied: None,
        };
        let died = match self.watch(&mut running, record, interrupts).await {
            // Nobody answers any more.
            Err(_) if self.grip.is_ended() => true,
            watched => watched?,
        };
        let elapsed = milliseconds(started.elapsed());
        let is_stuck = running.is_overdue && !record.has_reply();
        let dead = match self.is_deaf {
            true => Status::Closed,
            false if self.grip.is_ended() => Status::Stopped,
            false => Status::Died,
        };
        let mut status = Status::Ok;
        record.end(|run| {
            run.elapsed = elapsed;
            run.status = status_of(run, &running, died.then_some(dead));
            status = run.status;
        });
        if job.lag && !died && !is_stuck {
            let Noted { stalls, tasks } = self.noted(record).await?;
            // What an error takes is the writing of its traceback.
            let stalls = stalls.filter(|_| status == Status::Ok);
            record.end(|run| {
                run.tasks = stalls.as_ref().map(|_| within(tasks, elapsed)).unwrap_or_default();
                run.lag = stalls.map(|stalls| Lag::new(&stalls, elapsed));
            });
        }
        if let Some(run) = record.last() {
            self.tell(Event::CellDone(run));
        }
        if is_stuck {
            group::kill(self.process.id());
        }
        if let Settle::After { cells, time } = &job.settle
            && cells.contains(&cell)
        {
            self.linger(*time, record).await;
        }
        Ok(status)
    }

    /// Whether nothing more can come. A kernel that has closed its channels is ended for that.
    pub(super) fn is_gone(&mut self) -> bool {
        if self.process.ended().is_some() {
            return true;
        }
        if self.listening.is_over() {
            self.is_deaf = true;
            group::kill(self.process.id());
        }
        self.is_deaf
    }

    /// Waits for the end of a cell; `true` when the kernel died.
    async fn watch(
        &mut self,
        running: &mut Running,
        record: &mut Record,
        interrupts: &mut UnboundedReceiver<()>,
    ) -> Result<bool, Failure> {
        while !record.is_done() {
            let lost = running.replied.map(|replied| replied + IDLE);
            tokio::select! {
                // A flood of output must not keep anything else from its turn.
                biased;
                Some(()) = interrupts.recv() => {
                    running.is_interrupted = true;
                    self.interrupt(running).await;
                }
                () = sleep_until(running.deadline) => {
                    if running.is_overdue {
                        return Ok(false);
                    }
                    running.is_overdue = true;
                    running.deadline = Instant::now() + GRACE;
                    self.interrupt(running).await;
                }
                () = at(running.wake) => {
                    running.wake = None;
                    self.wire.greet().await;
                }
                heard = self.wire.next() => {
                    let Some(heard) = heard else { return Err(Failure::Lost) };
                    self.take(heard, record);
                    if record.has_reply() && running.replied.is_none() {
                        running.replied = Some(Instant::now());
                    }
                }
                () = at(lost) => return Ok(false),
                () = sleep(LOOK) => {
                    if self.is_gone() {
                        self.drain(record).await;
                        return Ok(!record.is_done());
                    }
                }
            }
        }
        Ok(false)
    }

    async fn interrupt(&mut self, running: &mut Running) {
        // Of a process that is stopped any thread may take the signal, and only the main one may be
        // woken by it: it has to be awake before.
        group::go_on(self.process.id());
        sleep(AWAKE).await;
        if self.launch.interrupted_by_message {
            self.wire.interrupt().await;
        } else {
            group::interrupt(self.process.id());
        }
        running.wake = Some(Instant::now() + WAKE);
    }

    /// Takes what a kernel said before it died.
    async fn drain(&mut self, record: &mut Record) {
        while let Ok(Some(heard)) = timeout(LOOK, self.wire.next()).await {
            self.take(heard, record);
        }
    }

    pub(super) fn take(&self, Heard { request, said }: Heard, record: &mut Record) {
        if let Some(change) = record.hear(&request, said) {
            let event = match change.is_late {
                true => Event::Late(change.cell, change.chunk),
                false => Event::Output(change.cell, change.chunk),
            };
            self.tell(event);
        }
    }

    /// Takes what comes within a time.
    async fn linger(&mut self, time: Duration, record: &mut Record) {
        let end = Instant::now() + time;
        while let Ok(Some(heard)) = timeout_at(end, self.wire.next()).await {
            self.take(heard, record);
        }
    }

    /// Asks the kernel to end, so that it can tidy up, and gives it a moment.
    pub async fn end(mut self) {
        if !self.is_gone() && self.wire.shut_down().await {
            let ended = async { drop(end_of(&mut self.process).await) };
            // The rest is done when the process is dropped.
            let _ = timeout(Duration::from_secs(1), ended).await;
        }
    }

    fn tell(&self, event: Event) {
        // Where nobody listens, nobody needs to know.
        let _ = self.events.send(event);
    }
}
