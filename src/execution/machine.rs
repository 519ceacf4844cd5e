//! The machine that runs a notebook: what it knows at each moment, and the order of cells.

use hashbrown::{HashMap, HashSet};
use std::mem::Discriminant;
use std::sync::Arc;

use super::event::{Context, Event, EventKind, StackId, Thread};
use super::heap::{Changes, Heap};
use super::lasting::{Blocks, FrontEnd};
use super::started::Tasks;
use super::trace::Trace;
use super::unbound::Missing;
use super::unread::Unread;
use super::value::{CellKey, Foreign, Loop, Object, ObjectId, Site, Slot, Value};
use super::words::Words;
use crate::environment::Environment;
use crate::index::{Index, is_private};
use crate::knowledge::callables::{Names, QualifiedName, Symbol};
use crate::knowledge::tables::Tables;
use crate::python::NodeId;

/// Steps that a cell may take for each of its nodes, beside [`LEAST_STEPS`].
const STEPS_PER_NODE: usize = 40;
const LEAST_STEPS: usize = 60_000;
/// Calls that may stand on top of each other; CPython has 1,000.
pub(super) const DEEPEST_CALLS: usize = 200;
/// Runs of one function in one cell, after which it gives what it gave before.
pub(super) const MOST_RUNS: u32 = 48;
/// Calls of one function inside each other, where every condition on the way is decided.
pub(super) const MOST_NESTED: usize = 8;

/// What a run is a function of, beside the notebook's cells.
#[derive(Debug, Clone)]
pub struct Input<'i> {
    /// Modules beside the notebook by name, each under a key of its own.
    pub modules: Arc<[(String, CellKey, Arc<Index>)]>,
    pub tables: &'i Tables,
    pub environment: Environment,
}

/// The notebook's cells in order, each under its key; a cell that holds no Python is empty.
pub type Cells = [(CellKey, Arc<Index>)];

/// The names that one module, or all cells together, bind.
#[derive(Debug, Clone, Default)]
pub(super) struct Space {
    pub names: HashMap<Symbol, Slot>,
    /// Modules of which everything is imported.
    pub stars: Vec<Value>,
    pub is_loaded: bool,
}

/// The code of a cell or of a module.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub index: Arc<Index>,
    /// The cell's names, by their number there.
    pub symbols: Arc<[Symbol]>,
    /// The [`Space`] that its top names belong to, from 0, which is that of all cells.
    pub space: u32,
}

/// One call that is going on.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub frame: Option<ObjectId>,
    pub space: u32,
    pub cell: CellKey,
    /// What it gives back, so far.
    pub result: Value,
    /// What its `yield`s give, so far.
    pub yielded: Value,
    /// The class in whose body its function stands, and its first argument.
    pub method_of: Option<(ObjectId, Value)>,
    pub function: Value,
    /// What ways changed that leave it early.
    pub exits: Vec<Changes>,
    /// Classes of what it may raise, as far as it says so.
    pub raised: Vec<Value>,
    /// Whether it never comes to an end.
    pub is_endless: bool,
}

#[derive(Clone)]
pub(super) struct Machine<'i> {
    pub input: Input<'i>,
    pub cells: HashMap<CellKey, Code>,
    pub heap: Heap,
    pub names: Names,
    pub spaces: Vec<Space>,
    pub calls: Vec<Call>,
    pub context: Context,
    pub stack: Option<StackId>,
    pub trace: Trace,
    /// Where in the trace the first event of a kind at a place is.
    pub seen: HashMap<(Discriminant<EventKind>, Site, Context), usize>,
    /// Ways that may not be taken, around the code that runs now.
    pub doubt: u32,
    /// Those of them that are not written there: one of several values, a caller that is not seen.
    pub guesses: u32,
    /// Ways that may not be taken in the body of the function that runs now.
    pub branches: u32,
    /// The library's callable that calls what is called next.
    pub called_by: Option<QualifiedName>,
    steps: usize,
    pub kernel_loop: Value,
    pub patched: Slot,
    pub words: Words,
    /// Functions whose body ran, and those that were handed to code that is not seen.
    pub entered: HashSet<Site>,
    pub during: CellKey,
    pub lost: Vec<Value>,
    /// Objects that somebody has to close, and where they were made.
    pub opened: Vec<(ObjectId, Site, Option<StackId>)>,
    /// What is done with loops of the notebook's own, by the loop.
    pub idle: Vec<(Event, ObjectId)>,
    /// What the columns of a library's table were given, by the table's path.
    pub columns: HashMap<QualifiedName, Vec<(Value, Value)>>,
    /// Async generators that were made, and where.
    pub generators: Vec<(ObjectId, Site)>,
    /// How often each function ran in this cell, where, and what came of it.
    pub runs: HashMap<(Site, Context), (u32, Value, Value)>,
    pub tasks: Tasks,
    pub blocks: Blocks,
    /// Coroutine objects that were made, in order.
    pub coroutines: Vec<ObjectId>,
    pub trying: Vec<super::statement::Trying>,
    pub loops: Vec<super::statement::Looping>,
    pub unseen: Vec<Value>,
    /// Slots of futures that the loop had no turn to fill.
    pub pending: Vec<Slot>,
    /// The same of what was posted to it as from another thread.
    pub posted: Vec<Slot>,
    /// The last `asyncio.sleep(0)`.
    pub one_turn: Option<Value>,
    /// Whether a worker's code waited for the kernel's loop.
    pub waits_for_kernel: bool,
    /// What the call that ended last may raise.
    pub raised: Vec<Value>,
    /// The most turns that loops inside the innermost one around the code that runs now make.
    pub inside: i64,
    /// How often a call held its thread.
    pub blocked: usize,
    /// So many `try`s, from the outermost on, are none of the code that runs now: it is a task's.
    pub hidden_tries: usize,
    /// So many calls that made tasks are being followed: what they run, runs when the loop has a turn.
    pub scheduled: usize,
    /// `try` statements in which something else raises than what is awaited elsewhere.
    pub raising: HashSet<Site>,
    /// How often the loop had its turn.
    pub turns: usize,
    pub front_end: FrontEnd,
    /// What frameworks hand to functions that they keep, by the function.
    pub handed: HashMap<Site, Vec<Value>>,
    /// Where each context variable was set last.
    pub contexts: HashMap<ObjectId, (Site, Option<StackId>, CellKey)>,
    /// Futures that were waited for, and where.
    pub waits: Vec<(Site, Option<StackId>, Vec<Value>)>,
    /// What libraries made that changes what some of their other callables do.
    pub made: HashSet<QualifiedName>,
    /// What makes the values that are missing in a dict.
    pub factories: HashMap<ObjectId, Value>,
    /// What is found out when a name or an object is missing.
    pub missing: Missing,
    pub unread: Unread,
    /// How many time limits there are around the code that runs.
    pub limits: usize,
}

/// Runs a notebook.
pub fn run(input: &Input<'_>, cells: &Cells) -> Trace {
    let mut machine = Machine::new(input, cells);
    for (key, index) in cells {
        machine.run_cell(*key, index);
    }
    machine.finish()
}

impl<'i> Machine<'i> {
    /// A machine that is to run these cells, before the first of them.
    pub fn new(input: &Input<'i>, cells: &Cells) -> Self {
        let mut names = input.tables.callables.names();
        let words = Words::of(&mut names);
        let mut heap = Heap::default();
        let first = CellKey(u32::try_from(cells.len() + input.modules.len()).unwrap_or(0));
        heap.enter(first);
        let patched = heap.slot(Value::Bool(false));
        let loop_ = Foreign::event_loop(&mut heap, words.event_loop, Loop::Kernel);
        let loop_ = Object::Foreign(loop_);
        let kernel_loop = Value::Object(heap.add(loop_));
        let running =
            if input.environment.host.keeps_a_loop_running() { Loop::Kernel } else { Loop::None };
        let mut spaces = vec![Space { is_loaded: true, ..Space::default() }];
        spaces.extend(input.modules.iter().map(|_| Space::default()));
        let mut machine = Self {
            input: input.clone(),
            cells: HashMap::new(),
            heap,
            names,
            spaces,
            calls: Vec::new(),
            context: Context { thread: Thread::Kernel, running, on_loop: false },
            stack: None,
            trace: Trace::default(),
            seen: HashMap::new(),
            doubt: 0,
            guesses: 0,
            branches: 0,
            called_by: None,
            steps: 0,
            kernel_loop,
            patched,
            words,
            entered: HashSet::new(),
            during: first,
            lost: Vec::new(),
            runs: HashMap::new(),
            opened: Vec::new(),
            idle: Vec::new(),
            columns: HashMap::new(),
            handed: HashMap::new(),
            generators: Vec::new(),
            tasks: Tasks::default(),
            blocks: Blocks::default(),
            coroutines: Vec::new(),
            trying: Vec::new(),
            loops: Vec::new(),
            unseen: Vec::new(),
            pending: Vec::new(),
            posted: Vec::new(),
            one_turn: None,
            waits_for_kernel: false,
            raised: Vec::new(),
            inside: 1,
            blocked: 0,
            hidden_tries: 0,
            scheduled: 0,
            raising: HashSet::new(),
            turns: 0,
            front_end: FrontEnd::default(),
            contexts: HashMap::new(),
            waits: Vec::new(),
            made: HashSet::new(),
            factories: HashMap::new(),
            missing: Missing::default(),
            unread: Unread::default(),
            limits: 0,
        };
        for (key, index) in cells {
            machine.add_code(*key, index, 0);
        }
        for (space, (_, key, index)) in (1..).zip(input.modules.iter()) {
            machine.add_code(*key, index, space);
        }
        machine.define(0, machine.words.name, Value::Str(machine.words.main));
        machine
    }

    /// Takes in the code of a cell or of a module, in place of what its key stood for.
    pub fn add_code(&mut self, key: CellKey, index: &Arc<Index>, space: u32) {
        // marimo gives private names the cell's own name, too.
        let is_own = space == 0 && self.input.environment.host.runs_by_dependence();
        let mut symbol = |name: &str| {
            if is_own && is_private(name) {
                return self.names.symbol(&format!("_cell_{}{name}", key.0));
            }
            self.names.symbol(name)
        };
        let symbols = index.names().iter().map(|name| symbol(name)).collect();
        self.cells.insert(key, Code { index: Arc::clone(index), symbols, space });
    }

    /// Binds a name that all code of a space shares.
    pub fn define(&mut self, space: u32, name: Symbol, value: Value) {
        let slot = self.global_slot(space, name);
        self.heap.set(slot, value);
    }

    pub fn global_slot(&mut self, space: u32, name: Symbol) -> Slot {
        let known = self.spaces.get(space as usize).and_then(|space| space.names.get(&name));
        if let Some(slot) = known {
            return *slot;
        }
        let slot = self.heap.slot(Value::Never);
        if let Some(space) = self.spaces.get_mut(space as usize) {
            space.names.insert(name, slot);
        }
        slot
    }

    /// Runs a cell after those that ran before.
    pub fn run_cell(&mut self, key: CellKey, index: &Arc<Index>) {
        self.during = key;
        self.runs.clear();
        self.heap.enter(key);
        self.context.running = self.loop_of_cell(index);
        self.steps = LEAST_STEPS + STEPS_PER_NODE * index.syntax.tree.len();
        self.read_what_is_no_python(index);
        self.run_top(key, 0, index);
        self.let_loop_run();
    }

    /// Runs what no cell has run, and tells what came of all of it.
    pub fn finish(mut self) -> Trace {
        self.run_what_nobody_called();
        self.report_lost();
        self.report_unwalked();
        self.report_left_open();
        self.report_unasked();
        self.report_lost_tasks();
        self.report_idle();
        let Machine { mut trace, heap, names, .. } = self;
        trace.heap = heap;
        trace.names = names;
        trace
    }

    /// Runs the statements of a cell or of a module.
    pub fn run_top(&mut self, cell: CellKey, space: u32, index: &Arc<Index>) {
        let call = self.call_of(cell, space, None);
        self.calls.push(call);
        let statements: Vec<NodeId> = index.syntax.tree.statements().collect();
        self.execute_all(&statements);
        self.end_call();
    }

    /// Runs each function that no cell calls once, from nowhere in particular.
    fn run_what_nobody_called(&mut self) {
        let context = Context { thread: Thread::Unseen, running: Loop::Unknown, on_loop: false };
        self.steps = LEAST_STEPS + STEPS_PER_NODE * self.heap_size();
        let mut at = 0;
        loop {
            let waiting: Vec<Value> = self.unseen.get(at..).unwrap_or_default().to_vec();
            if waiting.is_empty() {
                break;
            }
            at += waiting.len();
            for function in waiting {
                self.run_unseen(function, context);
            }
        }
    }

    fn heap_size(&self) -> usize {
        self.cells.values().map(|code| code.index.syntax.tree.len()).sum()
    }

    /// Counts a step; `false` when there are none left.
    pub fn step(&mut self) -> bool {
        match self.steps.checked_sub(1) {
            Some(left) => {
                self.steps = left;
                true
            }
            None => {
                self.trace.is_cut_short = true;
                false
            }
        }
    }

    pub fn index(&self, cell: CellKey) -> Option<&Arc<Index>> {
        self.cells.get(&cell).map(|code| &code.index)
    }

    /// The cell whose code is running.
    pub fn cell(&self) -> CellKey {
        self.calls.last().map_or(self.during, |call| call.cell)
    }

    pub fn site(&self, node: NodeId) -> Site {
        Site { cell: self.cell(), node }
    }

    /// One value for two; what can no longer be followed may be used by anybody.
    pub fn join(&mut self, one: Value, other: Value) -> Value {
        let mut lost = std::mem::take(&mut self.lost);
        let joined = self.heap.join(one, other, &mut lost);
        for value in std::mem::take(&mut lost) {
            self.escape(value);
        }
        self.lost = lost;
        joined
    }

    pub fn push_stack(&mut self, site: Site) -> Option<StackId> {
        let before = self.stack;
        self.trace.stacks.push((site, before));
        self.stack = Some(StackId(self.trace.stacks.len() as u32 - 1));
        before
    }

    pub fn object(&self, value: Value) -> Option<&Object> {
        self.heap.referred(value)
    }

    pub fn new_object(&mut self, object: Object) -> Value {
        Value::Object(self.heap.add(object))
    }
}
