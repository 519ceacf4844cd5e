//! The calls of a save to the system: each has a name, and is made again when a signal came between.

use std::io;

/// What the system is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Which file a path leads to.
    Resolve,
    /// What is known of a file.
    Look,
    /// What a file holds.
    Read,
    /// The folder of a new file.
    Reserve,
    /// A file beside the place.
    Stage,
    Write,
    /// Owner and permissions.
    Keep,
    /// Access lists and other attributes.
    Attributes,
    Sync,
    /// The same, of a file that has just got its name.
    SyncNamed,
    /// A name for a file that has none yet.
    Name,
    Rename,
    /// Two files change places.
    Exchange,
    SyncFolder,
    Remove,
}

/// Makes the call until no signal interrupts it.
///
/// # Errors
/// Those of the call.
pub fn tried<T>(step: Step, mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match once(step, &mut call) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            answer => return answer,
        }
    }
}

/// Makes the call, which may not be made twice.
///
/// # Errors
/// Those of the call, and that a signal interrupted it.
pub fn once<T>(step: Step, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    before(step)?;
    let answer = call()?;
    after(step)?;
    Ok(answer)
}

#[cfg(test)]
use faults::{after, before};

#[cfg(not(test))]
fn before(_: Step) -> io::Result<()> {
    Ok(())
}

#[cfg(not(test))]
fn after(_: Step) -> io::Result<()> {
    Ok(())
}

/// Failures on demand, for the tests of this thread.
#[cfg(test)]
pub mod faults {
    use std::cell::RefCell;
    use std::io;

    use super::Step;

    /// A failure in the place of a call, or in that of its answer.
    #[derive(Debug, Clone, Copy)]
    pub struct Fault {
        /// The number of the call, from 0.
        pub at: usize,
        pub code: i32,
        /// The call is made, and its answer lost.
        pub is_late: bool,
    }

    /// Something that somebody else does before a step is made for the nth time, from 1.
    type Meddling = (Step, usize, Box<dyn FnOnce()>);

    #[derive(Default)]
    struct State {
        faults: Vec<Fault>,
        steps: Vec<Step>,
        meddling: Vec<Meddling>,
        /// The call at which this process is killed.
        end: Option<Fault>,
    }

    thread_local! {
        static STATE: RefCell<State> = RefCell::default();
    }

    /// Does the work with these failures, and returns the steps that it took as well.
    pub fn with<T>(faults: &[Fault], work: impl FnOnce() -> T) -> (T, Vec<Step>) {
        run(State { faults: faults.to_vec(), ..State::default() }, work)
    }

    /// Does the work while somebody else does something just before a step of it.
    pub fn meddled<T>(step: Step, other: impl FnOnce() + 'static, work: impl FnOnce() -> T) -> T {
        meddled_at(step, [(1, Box::new(other) as Box<dyn FnOnce()>)], work)
    }

    /// The same, where others do something before each of some times.
    pub fn meddled_at<T>(
        step: Step,
        others: impl IntoIterator<Item = (usize, Box<dyn FnOnce()>)>,
        work: impl FnOnce() -> T,
    ) -> T {
        let meddling = others.into_iter().map(|(nth, other)| (step, nth, other)).collect();
        run(State { meddling, ..State::default() }, work).0
    }

    /// Does the work until the call at which this process is killed.
    pub fn killed<T>(end: Fault, work: impl FnOnce() -> T) -> T {
        run(State { end: Some(end), ..State::default() }, work).0
    }

    fn run<T>(state: State, work: impl FnOnce() -> T) -> (T, Vec<Step>) {
        STATE.set(state);
        let done = work();
        (done, STATE.take().steps)
    }

    pub(super) fn before(step: Step) -> io::Result<()> {
        let other = STATE.with_borrow_mut(|state| {
            state.steps.push(step);
            let count = state.steps.iter().filter(|made| **made == step).count();
            let is_due = |(at, nth, _): &mut Meddling| *at == step && *nth == count;
            state.meddling.extract_if(.., is_due).next()
        });
        if let Some((_, _, other)) = other {
            other();
        }
        STATE.with_borrow_mut(|state| fail(state, false))
    }

    pub(super) fn after(_: Step) -> io::Result<()> {
        STATE.with_borrow_mut(|state| fail(state, true))
    }

    fn fail(state: &State, is_late: bool) -> io::Result<()> {
        let strikes =
            |fault: &&Fault| fault.at + 1 == state.steps.len() && fault.is_late == is_late;
        #[cfg(unix)]
        if state.end.iter().any(|fault| strikes(&fault)) {
            use rustix::process::{Signal, getpid, kill_process};
            let _ = kill_process(getpid(), Signal::KILL);
        }
        let fault = state.faults.iter().find(strikes);
        fault.map_or(Ok(()), |fault| Err(io::Error::from_raw_os_error(fault.code)))
    }
}
