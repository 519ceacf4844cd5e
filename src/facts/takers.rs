//! Arguments that stand where a call wants a function, which it or something else calls later.

use super::{Facts, FnId, Site, Value};
use crate::python::{Kind, NameUse, Role};

/// A call that is given a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    pub call: Site,
    /// How the function's own arguments reach it.
    pub passes: Passes,
    /// Whether a worker thread or another process calls the function.
    pub is_worker: bool,
    /// Whether the taker is known by what it is, and not only by the name of a method.
    pub is_known: bool,
}

/// How a call that is given a function is told what to call it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// They follow the function: `to_thread(f, a, k=b)`.
    Along,
    /// They follow it, without keywords: `run_in_executor(None, f, a)`.
    Positional,
    /// `Thread(target=f, args=(a,), kwargs={"k": b})`.
    Packed,
    /// The taker has arguments of its own for it: `map(f, items)`.
    Nothing,
}

/// A parameter that wants a function: the end of the callee's path, its position from 0 and its
/// name.
struct Slot {
    path: &'static str,
    position: usize,
    keyword: &'static str,
    passes: Passes,
    is_worker: bool,
}

const fn slot(
    path: &'static str,
    position: usize,
    keyword: &'static str,
    passes: Passes,
    is_worker: bool,
) -> Slot {
    Slot { path, position, keyword, passes, is_worker }
}

/// Source: the documentation of `asyncio`, `threading`, `concurrent.futures`, `multiprocessing`,
/// `functools`, `atexit`, `signal`, `weakref`, AnyIO, Trio, Starlette and asgiref.
const SLOTS: [Slot; 41] = [
    slot("asyncio.to_thread", 0, "func", Passes::Along, true),
    slot("anyio.to_thread.run_sync", 0, "func", Passes::Positional, true),
    slot("trio.to_thread.run_sync", 0, "sync_fn", Passes::Positional, true),
    slot(".concurrency.run_in_threadpool", 0, "func", Passes::Along, true),
    slot(".run_in_executor", 1, "func", Passes::Positional, true),
    slot("Executor().submit", 0, "fn", Passes::Along, true),
    slot("distributed.Client().submit", 0, "func", Passes::Along, true),
    slot(ANY_SUBMIT, 0, "fn", Passes::Along, true),
    slot("Executor().map", 0, "fn", Passes::Nothing, true),
    slot("threading.Thread", 1, "target", Passes::Packed, true),
    slot("threading.Timer", 1, "function", Passes::Packed, true),
    slot("multiprocessing.Process", 1, "target", Passes::Packed, true),
    slot("Pool().map", 0, "func", Passes::Nothing, true),
    slot("Pool().apply", 0, "func", Passes::Nothing, true),
    slot("Pool().apply_async", 0, "func", Passes::Nothing, true),
    slot("_thread.start_new_thread", 0, "function", Passes::Nothing, true),
    slot("sync.sync_to_async", 0, "func", Passes::Nothing, true),
    slot(".call_soon", 0, "callback", Passes::Positional, false),
    slot(".call_soon_threadsafe", 0, "callback", Passes::Positional, false),
    slot(".call_later", 1, "callback", Passes::Positional, false),
    slot(".call_at", 1, "callback", Passes::Positional, false),
    slot(".add_done_callback", 0, "fn", Passes::Nothing, false),
    slot(".add_signal_handler", 1, "callback", Passes::Positional, false),
    slot(".add_reader", 1, "callback", Passes::Positional, false),
    slot(".add_writer", 1, "callback", Passes::Positional, false),
    slot("functools.partial", 0, "func", Passes::Along, false),
    slot("atexit.register", 0, "func", Passes::Along, false),
    slot("weakref.finalize", 1, "func", Passes::Along, false),
    slot("signal.signal", 1, "handler", Passes::Nothing, false),
    slot("builtins.map", 0, "func", Passes::Nothing, false),
    slot("builtins.filter", 0, "function", Passes::Nothing, false),
    slot("functools.reduce", 0, "function", Passes::Nothing, false),
    slot("itertools.starmap", 0, "function", Passes::Nothing, false),
    slot("itertools.takewhile", 0, "predicate", Passes::Nothing, false),
    slot("itertools.dropwhile", 0, "predicate", Passes::Nothing, false),
    slot("itertools.groupby", 1, "key", Passes::Nothing, false),
    slot("builtins.sorted", NOWHERE, "key", Passes::Nothing, false),
    slot("builtins.min", NOWHERE, "key", Passes::Nothing, false),
    slot("builtins.max", NOWHERE, "key", Passes::Nothing, false),
    slot(".sort", NOWHERE, "key", Passes::Nothing, false),
    slot("contextvars.copy_context().run", 0, "callable", Passes::Along, false),
];

/// What else has this method may take something else.
const ANY_SUBMIT: &str = ".submit";

/// The position of a parameter that is given by its name alone.
const NOWHERE: usize = usize::MAX - 1;

/// Methods that mean the same on whatever object they are called.
const PLAIN_NAMES: [&str; 9] = [
    "run_in_executor",
    "call_soon",
    "call_soon_threadsafe",
    "call_later",
    "call_at",
    "add_done_callback",
    "add_signal_handler",
    "add_reader",
    "add_writer",
];

/// So many of the notebook's own functions hand a function on, at most.
const STEPS: usize = 4;

impl Facts<'_> {
    /// The call that wants a function where it is given the value of the expression at `site`.
    pub fn taker(&self, site: Site) -> Option<Taker> {
        self.taker_within(site, STEPS)
    }

    fn taker_within(&self, site: Site, steps: usize) -> Option<Taker> {
        let argument = self.whole_argument(site);
        let super::Usage::Argument(call) = self.usage(argument) else { return None };
        let func = self.child(call, Role::Func)?;
        let value = self.value(func);
        if let Value::Function(id) = value {
            return self.own_slot(call, argument, id, steps.checked_sub(1)?);
        }
        let name = value.path().unwrap_or_else(|| self.source_of(func));
        let found = SLOTS.iter().find(|slot| self.has_slot(slot, call, name, argument))?;
        let method = name.rsplit('.').next().unwrap_or(name);
        let is_path = value.path().is_some() && found.path != ANY_SUBMIT;
        let is_known = is_path || PLAIN_NAMES.contains(&method);
        Some(Taker { call, passes: found.passes, is_worker: found.is_worker, is_known })
    }

    fn has_slot(&self, slot: &Slot, call: Site, name: &str, argument: Site) -> bool {
        // A method is never a name by itself, which stands among the built-in ones.
        let is_name = name.strip_prefix("builtins").is_some_and(|it| it == slot.path);
        name.ends_with(slot.path)
            && (!is_name || !slot.path.starts_with('.'))
            && self.argument(call, slot.position, slot.keyword) == Some(argument)
    }

    /// The argument that an expression is, alone or as one of its choices.
    fn whole_argument(&self, site: Site) -> Site {
        let mut argument = site;
        while let Some(up) = self.parent(argument) {
            let chosen = matches!(self.kind(up), Kind::BoolOp | Kind::Named)
                || (matches!(self.kind(up), Kind::IfExp) && self.role(argument) != Role::Test);
            if !chosen {
                break;
            }
            argument = up;
        }
        argument
    }

    /// One of the notebook's functions that calls what it is given here, or hands it to what
    /// does. It is known for sure where it does nothing else with it.
    fn own_slot(&self, call: Site, argument: Site, id: FnId, steps: usize) -> Option<Taker> {
        let function = self.function(id)?;
        let bound = usize::from(function.class.is_some());
        let params = self.children_in(function.site, Role::Param).skip(bound).enumerate();
        let mut taken = params.filter_map(|(at, param)| {
            let Kind::Param { name } = self.kind(param) else { return None };
            let name = self.tree(param.cell).text(*name);
            (self.argument(call, at, name) == Some(argument)).then_some((param, name))
        });
        let (param, name) = taken.next()?;
        let reads = self.descendants(function.site).filter(|read| {
            matches!(self.kind(*read), Kind::Name { used: NameUse::Load })
                && self.source_of(*read) == name
                && self.bindings(*read).iter().all(|(_, it)| it.node == param.node)
        });
        let mut taker = None;
        let mut is_known = true;
        for read in reads {
            let inner = self.taker_within(read, steps);
            let called = self.role(read) == Role::Func;
            is_known &= called || inner.is_some_and(|inner| inner.is_known);
            if called || inner.is_some() {
                let is_worker = inner.is_some_and(|inner| inner.is_worker);
                taker.get_or_insert(is_worker);
            }
        }
        let is_worker = taker?;
        Some(Taker { call, passes: Passes::Nothing, is_worker, is_known })
    }
}
