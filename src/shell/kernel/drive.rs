//! Drives a kernel: starts it, runs cells one after the other, interrupts them, ends it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::grip::Grip;
use super::launch::{Launch, Process};
use super::pulse::Noted;
use super::reach::{end_of, reach};
use super::record::Record;
use super::running::{Running, at, milliseconds, status_of};
use super::session::{Event, Failure, Job, Settle};
use super::wire::{Heard, Ports, Said, Wire, random};
use super::{group, pulse};
use crate::text::CellIndex;
use crate::transcript::{Lag, Status, Versions, within};

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How long a kernel may take for a short question.
const SHORT: Duration = Duration::from_secs(30);

/// After how long a kernel that has just started is asked again, and how often.
const AGAIN: (Duration, usize) = (Duration::from_secs(10), 3);

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
    wire: Wire,
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
        let mut driver = Self { process, wire, launch, events, versions, grip };
        driver.versions = driver.begin().await?;
        Ok(driver)
    }

    /// Asks for the versions, until there is an answer.
    async fn begin(&mut self) -> Result<Versions, Failure> {
        let questions = [
            ("python", "'.'.join(map(str, __import__('sys').version_info[:3]))"),
            ("ipykernel", "__import__('ipykernel').__version__"),
            ("ipython", "__import__('IPython').__version__"),
        ];
        let record = &mut Record::default();
        let (patience, times) = AGAIN;
        let mut answers = HashMap::new();
        for _ in 0..times {
            answers = self.ask_for(patience, "", &questions, record).await?;
            if !answers.is_empty() {
                break;
            }
        }
        let mut answer = |name: &str| {
            let text = answers.remove(name)?;
            Some(text.trim_matches('\'').to_owned())
        };
        Ok(Versions {
            python: answer("python"),
            ipykernel: answer("ipykernel"),
            ipython: answer("ipython"),
        })
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
            let is_over = match status {
                Status::Ok => false,
                Status::Error => job.stop_on_error,
                Status::Interrupted | Status::TimedOut | Status::Died | Status::Stopped => true,
            };
            if is_over {
                break;
            }
        }
        if let Settle::AtEnd(time) = job.settle
            && self.process.ended().is_none()
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
        record.begin(cell, self.wire.execute(code).await?);
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
        let dead = if self.grip.is_ended() { Status::Stopped } else { Status::Died };
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
                    self.interrupt(running).await?;
                }
                () = sleep_until(running.deadline) => {
                    if running.is_overdue {
                        return Ok(false);
                    }
                    running.is_overdue = true;
                    running.deadline = Instant::now() + GRACE;
                    self.interrupt(running).await?;
                }
                () = at(running.wake) => {
                    running.wake = None;
                    self.wire.greet().await?;
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
                    if self.process.ended().is_some() {
                        self.drain(record).await;
                        return Ok(!record.is_done());
                    }
                }
            }
        }
        Ok(false)
    }

    async fn interrupt(&mut self, running: &mut Running) -> Result<(), Failure> {
        // Of a process that is stopped any thread may take the signal, and only the main one may be
        // woken by it: it has to be awake before.
        group::go_on(self.process.id());
        sleep(AWAKE).await;
        if self.launch.interrupted_by_message {
            self.wire.interrupt().await?;
        } else {
            group::interrupt(self.process.id());
        }
        running.wake = Some(Instant::now() + WAKE);
        Ok(())
    }

    /// Takes what a kernel said before it died.
    async fn drain(&mut self, record: &mut Record) {
        while let Ok(Some(heard)) = timeout(LOOK, self.wire.next()).await {
            self.take(heard, record);
        }
    }

    fn take(&self, Heard { request, said }: Heard, record: &mut Record) {
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

    /// Waits for warnings that come when a cell is over and its objects are gone.
    async fn collect(&mut self, time: Duration, record: &mut Record) -> Result<(), Failure> {
        let seconds = time.as_secs_f64();
        let code = format!(
            "await __import__('asyncio').sleep({seconds})\n(__import__('gc').collect(), None)[1]"
        );
        let request = self.wire.ask(&code, &[]).await?;
        record.belongs_to_last(request.clone());
        let deadline = Instant::now() + time + SHORT;
        let (mut replied, mut idle) = (false, false);
        while !(replied && idle) && self.process.ended().is_none() {
            tokio::select! {
                heard = self.wire.next() => {
                    let Some(heard) = heard else { return Err(Failure::Lost) };
                    if heard.request == request {
                        replied |= matches!(heard.said, Said::Reply { .. });
                        idle |= matches!(heard.said, Said::Idle);
                    }
                    self.take(heard, record);
                }
                () = sleep_until(deadline) => break,
                () = sleep(LOOK) => {}
            }
        }
        while let Some(heard) = self.wire.waiting() {
            self.take(heard, record);
        }
        Ok(())
    }

    /// What the loop and its tasks did since that was last asked.
    async fn noted(&mut self, record: &mut Record) -> Result<Noted, Failure> {
        let answers = self.ask("", &pulse::TAKE, record).await?;
        Ok(Noted::read(&answers))
    }

    /// Evaluates expressions without a trace. Those that fail, or that take too long, are missing.
    async fn ask(
        &mut self,
        code: &str,
        values: &[(&str, &str)],
        record: &mut Record,
    ) -> Result<HashMap<String, String>, Failure> {
        self.ask_for(SHORT, code, values, record).await
    }

    async fn ask_for(
        &mut self,
        patience: Duration,
        code: &str,
        values: &[(&str, &str)],
        record: &mut Record,
    ) -> Result<HashMap<String, String>, Failure> {
        let request = self.wire.ask(code, values).await?;
        let deadline = Instant::now() + patience;
        loop {
            tokio::select! {
                heard = self.wire.next() => match heard {
                    Some(Heard { request: of, said: Said::Reply { values, .. } })
                        if of == request => return Ok(values),
                    Some(heard) => self.take(heard, record),
                    None => return Err(Failure::Lost),
                },
                () = sleep_until(deadline) => return Ok(HashMap::new()),
                () = sleep(LOOK) => {
                    if self.process.ended().is_some() {
                        return Ok(HashMap::new());
                    }
                }
            }
        }
    }

    /// Asks the kernel to end, so that it can tidy up, and gives it a moment.
    pub async fn end(mut self) {
        if self.process.ended().is_none() && self.wire.shut_down().await.is_ok() {
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
