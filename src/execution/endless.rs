//! What, once awaited, never ends by itself: the notebook's own loops, through helpers of any
//! depth, services of libraries, and waits for what nobody brings.

use hashbrown::HashSet;

use super::counted::{is_queue, overdrawn, overfilled};
use super::reading::Run;
use super::started::starts_task;
use super::trace::ValueKind;
use super::value::{Site, Value};
use super::waited::Waited;
use crate::python::{Kind, Role};

/// Why something never ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endless {
    /// A loop of the notebook's own.
    Turns,
    /// A library's call that serves until it is told to stop.
    Serves,
    /// It waits for something that nothing brings.
    Waits,
    /// It waits for something that the notebook brings further down.
    Later,
    /// It waits for room in a queue from which nothing is taken.
    Full,
    /// It waits until somebody has done what was put somewhere, and nobody says so.
    Undone,
}

/// Places that the answer to one question may look at.
const MOST: usize = 20_000;

impl Run<'_> {
    /// Whether awaiting what the expression at `site` gives, there, never comes to an end: a
    /// coroutine, a task or what gathers them.
    pub fn never_ends(&self, site: Site) -> Option<Endless> {
        Reader::new(self, site).awaited(site)
    }

    /// Whether the body of a function of the notebook never comes to its end by itself.
    pub fn is_endless(&self, def: Site) -> bool {
        let known = self.joined.endless.borrow().get(&def).copied();
        known.unwrap_or_else(|| {
            let found = Reader::new(self, def).function(def).is_some();
            self.joined.endless.borrow_mut().insert(def, found);
            found
        })
    }

    /// Whether the async generator that stands at `site` surely gives items without end.
    pub fn gives_without_end(&self, site: Site) -> bool {
        let defs = self.definitions(site, ValueKind::AsyncGenerator);
        !defs.is_empty() && Reader::new(self, site).functions(&defs).is_some()
    }

    /// Whether one of the functions that run when the function at `def` does has a `while`, or waits
    /// for what others do: when it ends may be up to a later cell.
    pub fn may_go_on(&self, def: Site) -> bool {
        let mut seen: HashSet<Site> = HashSet::from([def]);
        let mut waiting = vec![def];
        while let Some(def) = waiting.pop() {
            for site in self.descendants(def) {
                match self.kind(site) {
                    Kind::While => return true,
                    Kind::Call => {
                        let func = self.child(site, Role::Func);
                        let called = func.map(|it| self.definitions(it, ValueKind::Function));
                        let new = called.into_iter().flatten().filter(|it| seen.insert(*it));
                        waiting.extend(new.collect::<Vec<_>>());
                    }
                    _ => {}
                }
            }
        }
        false
    }
}

/// Reads bodies; `seen` are the functions on the way.
struct Reader<'r, 't> {
    run: &'r Run<'t>,
    waited: &'r Waited,
    /// The place that would wait.
    from: Site,
    seen: Vec<Site>,
    left: usize,
}

impl<'r, 't> Reader<'r, 't> {
    fn new(run: &'r Run<'t>, from: Site) -> Self {
        let waited = run.waited();
        Self { run, waited, from, seen: Vec::new(), left: MOST }
    }

    fn function(&mut self, def: Site) -> Option<Endless> {
        if self.seen.contains(&def) {
            return None;
        }
        self.seen.push(def);
        let found = self.part(def, Role::Body);
        self.seen.pop();
        found
    }

    /// The functions that a coroutine, or each of several, may be of.
    fn functions(&mut self, defs: &[Site]) -> Option<Endless> {
        let first = self.function(*defs.first()?)?;
        defs.iter().skip(1).all(|def| self.function(*def).is_some()).then_some(first)
    }

    /// The statements of a block in order, up to one that surely leaves.
    fn part(&mut self, holder: Site, role: Role) -> Option<Endless> {
        let run = self.run;
        for statement in run.children_in(holder, role) {
            if let Some(found) = self.statement(statement) {
                return Some(found);
            }
            let leaves = match run.kind(statement) {
                Kind::Return | Kind::Raise => true,
                Kind::Simple => matches!(run.source_of(statement), "break" | "continue"),
                _ => false,
            };
            if leaves {
                return None;
            }
        }
        None
    }

    fn statement(&mut self, statement: Site) -> Option<Endless> {
        let run = self.run;
        self.left = self.left.checked_sub(1)?;
        match run.kind(statement) {
            Kind::While => {
                let test = run.child(statement, Role::Test)?;
                let inner = self.part(statement, Role::Body);
                match self.is_always_true(test) {
                    true if !self.run.has_way_out(statement) => Some(Endless::Turns),
                    true => inner,
                    false => None,
                }
            }
            Kind::For { .. } => {
                let source = run.child(statement, Role::Iter)?;
                let endless = self.gives_without_end(source) && !self.run.has_way_out(statement);
                endless.then_some(Endless::Turns)
            }
            Kind::With { is_async } => {
                if self.run.has_deadline(statement) {
                    return None;
                }
                let group = is_async.then(|| self.group(statement)).flatten();
                group.or_else(|| self.part(statement, Role::Body))
            }
            Kind::Try => {
                let last = self.part(statement, Role::Finally);
                let goes_on = self.run.catches(statement);
                last.or_else(|| (!goes_on).then(|| self.part(statement, Role::Body)).flatten())
            }
            Kind::If => {
                let (then, other) =
                    (self.part(statement, Role::Body), self.part(statement, Role::Else));
                then.filter(|_| other.is_some())
            }
            Kind::FunctionDef { .. } | Kind::ClassDef { .. } => None,
            _ => self.awaits_in(statement),
        }
    }

    /// The first `await` of a simple statement, or of a lambda's body, that never ends.
    fn awaits_in(&mut self, statement: Site) -> Option<Endless> {
        let run = self.run;
        let surely = |site: &Site| {
            run.ancestors(*site).take_while(|up| *up != statement).all(|up| {
                !matches!(
                    run.kind(up),
                    Kind::Lambda | Kind::IfExp | Kind::BoolOp | Kind::Comprehension { .. }
                )
            })
        };
        let mut awaits = run
            .within(statement)
            .filter(|site| matches!(run.kind(*site), Kind::Await))
            .filter(surely);
        awaits.find_map(|it| self.awaited(run.child(it, Role::Value)?))
    }

    /// `async with asyncio.TaskGroup() as group:` waits for what it started.
    fn group(&mut self, with: Site) -> Option<Endless> {
        let run = self.run;
        run.children_in(with, Role::Body).find_map(|statement| {
            let call = run.child(statement, Role::Value)?;
            let starts =
                run.path_of_call(call).as_deref() == Some("asyncio.TaskGroup().create_task");
            let work = run.argument(call, 0, "coro").filter(|_| starts)?;
            let tasks = run.trace.given(call);
            if tasks.iter().any(|it| self.is_touched(it)) { None } else { self.awaited(work) }
        })
    }

    /// What awaiting the value at `site` comes to.
    fn awaited(&mut self, site: Site) -> Option<Endless> {
        self.left = self.left.checked_sub(1)?;
        match self.run.kind(site) {
            Kind::Call => self.called(site),
            Kind::Name { .. } => {
                let given = self.run.trace.given(site);
                let made = given.iter().find_map(|it| self.waited.made.get(it)).copied();
                match made.filter(|it| self.is_future(*it)) {
                    Some(_) => self.unless_brought(&given),
                    None if given.iter().any(|it| self.is_touched(it)) => None,
                    None => match self.run.definitions(site, ValueKind::Coroutine) {
                        defs if defs.is_empty() => self.called(made?),
                        defs => self.functions(&defs),
                    },
                }
            }
            _ => None,
        }
    }

    fn called(&mut self, call: Site) -> Option<Endless> {
        let run = self.run;
        let makers = run.definitions(call, ValueKind::Coroutine);
        if !makers.is_empty() {
            return self.functions(&makers);
        }
        let func = run.child(call, Role::Func)?;
        let Some(path) = run.path(func) else {
            let Kind::Attribute { name } = run.kind(func) else { return None };
            let is_known = !run.definitions(func, ValueKind::Function).is_empty();
            let serves = run.tables().is_endless_method(run.tree(func.cell).text(*name));
            return (serves && !is_known).then_some(Endless::Serves);
        };
        match path.as_str() {
            "asyncio.gather" => self.any_argument(call),
            "asyncio.wait" if run.child(call, Role::Keyword).is_none() => self.any_argument(call),
            "asyncio.shield" => self.awaited(run.argument(call, 0, "arg")?),
            "asyncio.Event().wait" => self.event(run.child(func, Role::Value)?),
            "asyncio.Condition().wait" => self.event(run.child(func, Role::Value)?),
            "asyncio.Semaphore().acquire"
            | "asyncio.BoundedSemaphore().acquire"
            | "asyncio.Barrier().wait" => {
                overdrawn(run, self.waited, run.child(func, Role::Value)?, call)
            }
            path if is_queue(path, "get") => {
                let queue = run.child(func, Role::Value)?;
                self.event(queue).or_else(|| overdrawn(run, self.waited, queue, call))
            }
            path if is_queue(path, "put") => {
                overfilled(run, self.waited, run.child(func, Role::Value)?, call)
            }
            path if is_queue(path, "join") => self.undone(run.child(func, Role::Value)?),
            "asyncio.sleep" => {
                let time = run.argument(call, 0, "delay")?;
                self.is_infinite(time).then_some(Endless::Waits)
            }
            path if starts_task(path) => self.awaited(run.argument(call, 0, "coro")?),
            path if run.tables().is_endless(path) => Some(Endless::Serves),
            _ if self.is_future(call) => Some(Endless::Waits),
            _ => None,
        }
    }

    fn any_argument(&mut self, call: Site) -> Option<Endless> {
        let run = self.run;
        run.children_in(call, Role::Arg).find_map(|argument| {
            let spread = matches!(run.kind(argument), Kind::Starred);
            let value = if spread { run.child(argument, Role::Value)? } else { argument };
            if let Some(found) = self.awaited(value) {
                return Some(found);
            }
            let given = run.trace.given(value).into_iter();
            let mut makers: Vec<Site> = given.flat_map(|it| run.trace.makers_in(it)).collect();
            makers.dedup();
            makers.into_iter().find_map(|maker| self.called(maker))
        })
    }

    fn is_infinite(&self, time: Site) -> bool {
        let run = self.run;
        let text = run.child(time, Role::Arg).map(|it| run.source_of(it));
        run.path(time).as_deref() == Some("math.inf")
            || run.path_of_call(time).as_deref() == Some("builtins.float")
                && text.is_some_and(|it| matches!(it.trim_matches(['"', '\'']), "inf" | "infinity"))
    }

    fn is_future(&self, call: Site) -> bool {
        let path = self.run.path_of_call(call).unwrap_or_default();
        path == "asyncio.Future" || path.ends_with(".create_future")
    }

    /// `event.wait()`, where the event is fresh or a name.
    fn event(&self, object: Site) -> Option<Endless> {
        match self.run.kind(object) {
            Kind::Call => Some(Endless::Waits),
            Kind::Name { .. } => self.unless_brought(&self.run.trace.given(object)),
            _ => None,
        }
    }

    /// `queue.join()`, where something was put in at the cell's top and nobody calls `task_done`.
    fn undone(&self, queue: Site) -> Option<Endless> {
        let run = self.run;
        let given = run.trace.given(queue);
        let [value] = given.as_slice() else { return None };
        let (made, handed) = (&self.waited.made, &self.waited.handed);
        let is_before = |site: &Site| {
            let is_sure =
                run.ancestors(*site).all(|up| !matches!(run.kind(up), Kind::If | Kind::Try));
            run.owner(*site).is_none() && is_sure && run.statement(*site) < run.statement(self.from)
        };
        let is_filled = self.waited.brought.get(value).is_some_and(|it| it.iter().any(is_before));
        let is_known = made.contains_key(value) && !handed.contains(value);
        (is_known && is_filled && !self.waited.done.contains(value)).then_some(Endless::Undone)
    }

    /// Whether some place sets these, or may: no, or only further down than the place that waits.
    fn unless_brought(&self, given: &[Value]) -> Option<Endless> {
        let run = self.run;
        let is_own = |it: &Value| self.waited.made.contains_key(it);
        if given.is_empty() || !given.iter().all(is_own) {
            return None;
        }
        if given.iter().any(|it| self.waited.handed.contains(it)) {
            return None;
        }
        let mut brought = given.iter().filter_map(|it| self.waited.brought.get(it)).flatten();
        let is_later = |site: &Site| {
            let below = run.statement(self.from) < run.statement(*site);
            below && run.owner(*site).is_none() && run.owner(self.from).is_none()
        };
        match brought.clone().next() {
            None => Some(Endless::Waits),
            Some(_) => brought.all(is_later).then_some(Endless::Later),
        }
    }

    fn is_touched(&self, value: &Value) -> bool {
        self.waited.brought.contains_key(value) || self.waited.handed.contains(value)
    }

    fn is_always_true(&self, test: Site) -> bool {
        let run = self.run;
        match run.kind(test) {
            Kind::True => true,
            Kind::Number => run.source_of(test) != "0",
            Kind::Not => run.child(test, Role::Operand).is_some_and(|it| {
                matches!(run.kind(it), Kind::False | Kind::None) || self.is_never_set(it)
            }),
            _ => false,
        }
    }

    /// `stop.is_set()` of an event that nobody sets.
    fn is_never_set(&self, asked: Site) -> bool {
        let func = self.run.child(asked, Role::Func);
        func.is_some_and(|func| {
            self.run.path(func).as_deref() == Some("asyncio.Event().is_set")
                && self.run.child(func, Role::Value).is_some_and(|it| self.event(it).is_some())
        })
    }

    /// What a `for` reads without coming to an end.
    fn gives_without_end(&mut self, source: Site) -> bool {
        let run = self.run;
        let Some(func) = run.child(source, Role::Func) else { return false };
        match run.path(func).as_deref() {
            Some("itertools.count" | "itertools.cycle") => true,
            Some("itertools.repeat") => run.argument(source, 1, "times").is_none(),
            _ => {
                let defs = run.definitions(func, ValueKind::Function);
                defs.iter().all(|def| run.is_generator(*def)) && self.functions(&defs).is_some()
            }
        }
    }
}

#[cfg(test)]
mod tests;
