//! What happens while a notebook runs, as far as rules care.

use super::computing::Work;
use super::machine::Machine;
use super::value::{CellKey, Loop, Site, Value};
use crate::environment::LoopKind;
use crate::knowledge::callables::{QualifiedName, Steering, Symbol, Wants};
use crate::knowledge::versions::Removal;

/// As many other ways to an event are kept.
const MOST_WAYS: usize = 16;

/// Who runs a piece of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thread {
    /// The kernel's, where its loop runs.
    Kernel,
    Worker,
    Process,
    /// Nobody that the notebook shows.
    Unseen,
}

/// Where a piece of code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Context {
    pub thread: Thread,
    /// The loop that is running on that thread.
    pub running: Loop,
    /// The innermost call is below a coroutine's body or a callback of the loop.
    pub on_loop: bool,
}

/// A list of calls from a cell down; [`super::Trace::stack`] gives its sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackId(pub u32);

/// One happening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    /// Where it happens.
    pub site: Site,
    /// The calls that lead there, outermost first.
    pub stack: StackId,
    /// The same of other ways there, as far as they are kept.
    pub also: Vec<StackId>,
    pub context: Context,
    /// Whether the kernel's loop was, or may have been, made re-entrant before.
    pub is_patched: bool,
    /// Whether it happens on every way that the code can be seen to take.
    pub is_certain: bool,
    /// Whether it happens wherever the code comes to its place, and a cell does come there but for
    /// conditions at its own top or at the place itself: neither which of several values something
    /// has decides, nor who calls a function that nobody here calls, nor whether something raises.
    pub is_seen: bool,
    /// Whether a handler around it takes what it raises, and does not raise that again.
    pub is_caught: bool,
    /// The cell whose run it belongs to.
    pub during: CellKey,
}

/// How a value that is not there yet is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ValueUse {
    Subscript,
    Attribute,
    Operator,
    Iteration,
    Argument,
    /// A library that knows nothing of coroutines gets it.
    Passed,
    Text,
    /// `task.result()` before the loop had a turn.
    Result,
    Truth,
    /// It is called, where a function is wanted.
    Call,
    /// It is given to what raises at it: `int()`, an index, `json.dumps()`.
    Given,
    /// It is one of several that are added, compared or joined.
    Element,
}

impl ValueUse {
    /// Whether nothing raises there.
    pub fn goes_on(self) -> bool {
        matches!(self, Self::Argument | Self::Passed | Self::Text | Self::Truth)
    }
}

/// Why a handler takes nothing of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Miss {
    /// A task group raises a group of errors.
    Group,
    /// An interrupted `await` raises `CancelledError`.
    Interrupt,
    /// A coroutine is only made there, and raises where it is awaited.
    Early,
    /// A time limit around it cancels what is awaited, and raises at its own end.
    Limit,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A call wants to run a loop where one is running already.
    ///
    /// `called_by` is a library's callable that makes that call, as `map` does.
    LoopRefused {
        by: QualifiedName,
        runs: Value,
        /// The loop that is to run, where the notebook has one.
        on: Loop,
        called_by: Option<QualifiedName>,
    },
    /// A call runs a loop on another thread, or where nobody is seen to come.
    LoopStarted { by: QualifiedName },
    /// What runs a loop, or code that is not seen, goes by its name to somebody else.
    StarterNamed { path: QualifiedName },
    /// Something is asked of a loop, other than to run: of the one that runs here, or of one that
    /// nothing runs.
    LoopSteered { how: Steering, on: Loop },
    /// Work is put on a loop that nothing runs.
    NeverRuns { on: Loop },
    /// What the loop of this place may not be able to do.
    LoopLacks { by: QualifiedName, needs: LoopKind },
    /// The kernel's loop is made re-entrant.
    LoopPatched { by: QualifiedName },
    /// `await` in front of what cannot be awaited.
    AwaitRefused { value: Value },
    /// `async for` over what cannot be walked so.
    AsyncForRefused { value: Value },
    /// A plain walk over what only `async for` walks.
    PlainWalkRefused { value: Value },
    /// A plain `with` on what only `async with` enters.
    PlainWithRefused { value: Value },
    /// `async with` on what cannot be entered so.
    AsyncWithRefused { value: Value },
    /// A coroutine that nobody awaits; `site` is where it was made.
    CoroutineLost { function: Value, called_by: Option<QualifiedName>, is_silent: bool },
    /// A coroutine object that is awaited, gathered or scheduled once more; `first` is the site
    /// that made it.
    AwaitedTwice { made: Site },
    /// A callable is given a value of the wrong kind.
    ///
    /// `at` and `name` tell which argument of the call at `site` it is.
    WrongKind {
        by: QualifiedName,
        at: Option<usize>,
        name: Option<String>,
        value: Value,
        wants: Wants,
        /// Whether the value can be called, and gives a coroutine.
        is_async: bool,
        refuses: bool,
    },
    /// A value that is not there yet is used as if it were.
    UsedTooEarly { value: Value, how: ValueUse },
    /// A call needs a running loop on a thread that has none.
    NoRunningLoop { by: QualifiedName },
    /// Something is scheduled on a loop that runs in no cell.
    NeverStarts { by: QualifiedName },
    /// A known blocking call.
    Blocked { by: QualifiedName },
    /// A lock is taken that is held across the `await` at `across`, on the same thread.
    LockedOut { across: Site },
    /// A lock of the loop's is taken by the task that has it since `first`.
    LockedByItself { first: Site },
    /// A call that hands positional arguments alone to a function is given a keyword.
    KeywordRefused { by: QualifiedName, name: String },
    /// A loop of so many turns, its inner loops counted, in which nothing else has its turn.
    Computed { work: Work },
    /// A thread waits for a loop that waits for it.
    Deadlocked { by: QualifiedName },
    /// A loop on the kernel's thread that looks again and again whether a task is done.
    BusyWait { value: Value },
    /// A cache keeps coroutines, each of which runs once.
    CoroutineCached { by: QualifiedName, function: Value },
    /// A call of what this Python no longer has, or will not have for long.
    Removed { by: QualifiedName, removal: Removal },
    /// An object that has to be closed, made by a call and closed by nobody.
    LeftOpen { path: QualifiedName },
    /// A task, or what gathers others, that nobody awaits, cancels or asks what came of it; `site`
    /// is the call that gives it. Whether that call raises, so that there is none, and the loop that
    /// is to run it.
    TaskLost { by: QualifiedName, is_refused: bool, on: Loop },
    /// An async generator that nobody walks.
    GeneratorLost { function: Value },
    /// What raises in a `try` is nothing that its handlers take.
    HandlerMisses { why: Miss },
    /// A call wants an event loop of its own where one is running.
    OwnLoopWanted { by: QualifiedName },
    /// A coroutine is posted, as from another thread, to the loop that runs here.
    PostedToOwnLoop,
    /// A task's coroutine raises what ends the kernel's process.
    ExitInTask { by: QualifiedName },
    /// Tasks that may fail are waited for, and nobody asks what came of them.
    ErrorsUnasked,
    /// A manager of one use is entered once more.
    EnteredTwice,
    /// What a block gave is read after it.
    ReadAfterBlock { name: Symbol },
    /// A method is called of what is over since its block was left: what gave the manager of that
    /// block, and what the error says, where that is known.
    UsedAfterBlock { name: Symbol, left: Option<Site>, says: Option<String> },
    /// A method is called, at its name, of what is not open yet, and what that says.
    UsedUnopened { name: Symbol, says: Option<String> },
    /// A plain method of what has async ways alone, at its name, or a plain call that is given that;
    /// and what takes its place.
    PlainWayRefused { instead: String },
    /// A manager is entered by hand, at `site`, in one cell and left by hand in another.
    HeldByHand { value: Value, left: Site },
    /// A context variable is read in another cell than the one that set it, at `site`.
    ContextLost,
    /// A cell waits for what only the front end can bring.
    WaitsForFrontEnd,
    /// The loop uses a socket that blocks; whether it then waits for ever.
    SocketBlocks { for_ever: bool },
    /// Python calls a special method by itself and does not await the coroutine that it gives;
    /// whether that raises.
    SpecialUnawaited { name: String, raises: bool, method: Option<Site> },
    /// A method that a library's class calls by itself and does not await; `site` defines it.
    HookUnawaited { name: String, of: QualifiedName },
    /// A list, a set or a dict where a set wants what can be hashed.
    Unhashable,
    /// A line magic runs as a statement.
    Magic,
    /// An object that belongs to one loop is used on another.
    SharedBetweenLoops { value: Value, made: Loop },
}

impl Machine<'_> {
    /// Writes down what happens.
    pub(super) fn emit(&mut self, site: Site, kind: EventKind) {
        if self.happens_nowhere(&kind) {
            return;
        }
        let event = self.happening(site, kind);
        self.record(event);
    }

    /// What happens here and now.
    pub(super) fn happening(&self, site: Site, kind: EventKind) -> Event {
        Event {
            kind,
            site,
            stack: self.stack.unwrap_or(StackId(u32::MAX)),
            also: Vec::new(),
            context: self.context,
            is_patched: self.heap.get(self.patched) != Value::Bool(false),
            is_certain: self.doubt == 0,
            is_seen: self.guesses == 0,
            is_caught: false,
            during: self.during,
        }
    }

    /// Writes an event down, the first of its kind at its place; of later ones, the way there.
    pub(super) fn record(&mut self, event: Event) {
        let key = (std::mem::discriminant(&event.kind), event.site, event.context);
        let at = *self.seen.entry(key).or_insert(self.trace.events.len());
        match self.trace.events.get_mut(at) {
            Some(first) if first.also.len() < MOST_WAYS => first.also.push(event.stack),
            Some(_) => {}
            None => self.trace.events.push(event),
        }
    }
}
