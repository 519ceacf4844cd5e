//! What, once awaited, never ends by itself: the notebook's own loops, through helpers of any
//! depth, services of libraries, and waits for what nobody brings.

mod exits;

use super::{ClassId, Facts, FnId, How, Site, Usage, Value};
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
}

/// What asks an event or a future without bringing what others wait for.
const ASKS: [&str; 6] = ["wait", "is_set", "clear", "done", "cancelled", "add_done_callback"];

/// What brings it.
const BRINGS: [&str; 4] = ["set", "set_result", "set_exception", "cancel"];

impl Facts<'_> {
    /// Whether awaiting what the expression at `site` gives, there, never comes to an end: a
    /// coroutine, a task or what gathers them.
    pub fn never_ends(&self, site: Site) -> Option<Endless> {
        Reader { facts: self, from: site, seen: Vec::new() }.awaited(site)
    }

    /// Whether the body of a function of the notebook never comes to its end by itself.
    pub fn is_endless(&self, id: FnId) -> bool {
        let Some(function) = self.function(id) else { return false };
        let mut reader = Reader { facts: self, from: function.site, seen: Vec::new() };
        reader.function(id).is_some()
    }

    /// Whether one of the functions that run when the function `id` does has a `while`, or waits
    /// for what others do: when it ends may be up to a later cell.
    pub fn may_go_on(&self, id: FnId) -> bool {
        let mut waiting = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = waiting.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let Some(function) = self.function(id) else { continue };
            if self.descendants(function.site).any(|site| matches!(self.kind(site), Kind::While)) {
                return true;
            }
            waiting.extend(self.calls_in(Some(id)).filter_map(|call| match call.callee {
                Value::Function(callee) => Some(callee),
                _ => None,
            }));
        }
        false
    }

    /// The path of what is called, for a method that a class of the notebook has from a library
    /// as well.
    fn library_path(&self, func: Site) -> Option<String> {
        match self.value(func) {
            Value::Path(path) => return Some(path),
            Value::Unknown => {}
            _ => return None,
        }
        let Kind::Attribute { name } = self.kind(func) else { return None };
        let object = self.value(self.child(func, Role::Value)?);
        let Value::Instance(class) = object else { return None };
        let name = self.tree(func.cell).text(*name);
        self.base_path(class, 0).map(|base| format!("{base}().{name}"))
    }

    fn base_path(&self, class: ClassId, depth: usize) -> Option<String> {
        self.class(class).filter(|_| depth < 8)?.bases.iter().find_map(|base| {
            match self.value(*base) {
                Value::Path(path) => Some(path),
                Value::Class(base) => self.base_path(base, depth + 1),
                _ => None,
            }
        })
    }
}

/// Reads bodies; `seen` are the functions on the way.
struct Reader<'f, 't> {
    facts: &'f Facts<'t>,
    /// The place that would wait.
    from: Site,
    seen: Vec<FnId>,
}

impl Reader<'_, '_> {
    fn function(&mut self, id: FnId) -> Option<Endless> {
        let facts = self.facts;
        let function = facts.function(id).filter(|_| !self.seen.contains(&id))?;
        self.seen.push(id);
        let body: Vec<Site> = facts.children_in(function.site, Role::Body).collect();
        let found = self.block(&body);
        self.seen.pop();
        found
    }

    /// The statements in order, up to one that surely leaves.
    fn block(&mut self, statements: &[Site]) -> Option<Endless> {
        for statement in statements {
            if let Some(found) = self.statement(*statement) {
                return Some(found);
            }
            let leaves = matches!(self.facts.kind(*statement), Kind::Return | Kind::Raise);
            if leaves || self.is_word(*statement, "break") || self.is_word(*statement, "continue") {
                return None;
            }
        }
        None
    }

    fn part(&mut self, statement: Site, role: Role) -> Option<Endless> {
        let body: Vec<Site> = self.facts.children_in(statement, role).collect();
        self.block(&body)
    }

    fn statement(&mut self, statement: Site) -> Option<Endless> {
        let facts = self.facts;
        match facts.kind(statement) {
            Kind::While => {
                let test = facts.child(statement, Role::Test)?;
                let inner = self.part(statement, Role::Body);
                match self.is_always_true(test) {
                    true if !self.facts.has_way_out(statement) => Some(Endless::Turns),
                    true => inner,
                    false => None,
                }
            }
            Kind::For { .. } => {
                let source = facts.child(statement, Role::Iter)?;
                let endless = self.gives_without_end(source) && !self.facts.has_way_out(statement);
                endless.then_some(Endless::Turns)
            }
            Kind::With { is_async } => {
                if self.facts.has_deadline(statement) {
                    return None;
                }
                let group = is_async.then(|| self.group(statement)).flatten();
                group.or_else(|| self.part(statement, Role::Body))
            }
            Kind::Try => {
                let last = self.part(statement, Role::Finally);
                let goes_on = self.facts.catches(statement);
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
        let facts = self.facts;
        let surely = |site: &Site| {
            facts.ancestors(*site).take_while(|up| *up != statement).all(|up| {
                !matches!(
                    facts.kind(up),
                    Kind::Lambda | Kind::IfExp | Kind::BoolOp | Kind::Comprehension { .. }
                )
            })
        };
        let all = std::iter::once(statement).chain(facts.descendants(statement));
        let awaits: Vec<Site> =
            all.filter(|site| matches!(facts.kind(*site), Kind::Await)).filter(surely).collect();
        awaits.into_iter().find_map(|it| self.awaited(facts.child(it, Role::Value)?))
    }

    /// `async with asyncio.TaskGroup() as group:` waits for what it started.
    fn group(&mut self, with: Site) -> Option<Endless> {
        let facts = self.facts;
        let body: Vec<Site> = facts.children_in(with, Role::Body).collect();
        body.into_iter().find_map(|statement| {
            let call = facts.child(statement, Role::Value).and_then(|it| facts.origin(it))?;
            let func = facts.value(facts.child(call, Role::Func)?);
            let starts = func.path() == Some("asyncio.TaskGroup().create_task");
            let work = facts.argument(call, 0, "coro").filter(|_| starts)?;
            let is_cancelled = matches!(facts.usage(call), Usage::Assigned(target)
                if self.is_touched(target, &["done", "result", "add_done_callback"]));
            if is_cancelled { None } else { self.awaited(work) }
        })
    }

    /// What awaiting the value at `site` comes to.
    fn awaited(&mut self, site: Site) -> Option<Endless> {
        let facts = self.facts;
        match facts.kind(site) {
            Kind::Call => self.called(site),
            Kind::Name { .. } => {
                let bindings = facts.bindings(site);
                let [(cell, binding)] = bindings.as_slice() else { return None };
                let How::Value(node) = binding.how else { return None };
                let target = Site { cell: *cell, node: binding.node };
                let made = Site { cell: *cell, node };
                let untouched = !self.is_touched(target, &ASKS);
                if self.is_future(made) {
                    return self.unless_brought(target);
                }
                (untouched && matches!(facts.kind(made), Kind::Call))
                    .then(|| self.called(made))
                    .flatten()
            }
            _ => None,
        }
    }

    fn called(&mut self, call: Site) -> Option<Endless> {
        let facts = self.facts;
        let func = facts.child(call, Role::Func)?;
        if let Value::Function(id) = facts.value(func) {
            let makes = facts.function(id).is_some_and(super::Function::is_coroutine_function);
            if makes {
                return self.function(id);
            }
            // A plain function may hand on a coroutine that it made.
            return match facts.value(call) {
                Value::Coroutine(made) => self.function(made),
                _ => None,
            };
        }
        let Some(path) = facts.library_path(func) else {
            let Kind::Attribute { name } = facts.kind(func) else { return None };
            let name = facts.tree(func.cell).text(*name);
            return facts.tables.is_endless_method(name).then_some(Endless::Serves);
        };
        match path.as_str() {
            "asyncio.gather" => self.any_argument(call),
            "asyncio.wait" if facts.child(call, Role::Keyword).is_none() => self.any_argument(call),
            "asyncio.shield" => self.awaited(facts.argument(call, 0, "arg")?),
            "asyncio.Event().wait" => self.event(facts.child(func, Role::Value)?),
            "asyncio.sleep" => {
                let time = facts.argument(call, 0, "delay")?;
                self.is_infinite(time).then_some(Endless::Waits)
            }
            path if facts.starts_task(path) => self.awaited(facts.argument(call, 0, "coro")?),
            path if facts.tables.is_endless(path) => Some(Endless::Serves),
            _ if self.is_future(call) => Some(Endless::Waits),
            _ => None,
        }
    }

    fn any_argument(&mut self, call: Site) -> Option<Endless> {
        let facts = self.facts;
        let arguments: Vec<Site> = facts.children_in(call, Role::Arg).collect();
        arguments.into_iter().find_map(|argument| {
            let spread = matches!(facts.kind(argument), Kind::Starred);
            let value = if spread { facts.child(argument, Role::Value)? } else { argument };
            if let Some(found) = self.awaited(value) {
                return Some(found);
            }
            let elements = facts.collection(value)?.elements;
            elements.into_iter().find_map(|element| self.awaited(element))
        })
    }

    fn is_infinite(&self, time: Site) -> bool {
        let facts = self.facts;
        facts.value(time).path() == Some("math.inf")
            || (facts.value(time).path() == Some("builtins.float()")
                && facts.child(time, Role::Arg).is_some_and(|it| {
                    matches!(facts.source_of(it).trim_matches(['"', '\'']), "inf" | "infinity")
                }))
    }

    fn is_future(&self, call: Site) -> bool {
        let value = self.facts.value(call);
        let path = value.path().unwrap_or_default();
        path == "asyncio.Future()"
            || path.strip_suffix(".create_future()").is_some_and(super::is_loop)
    }

    /// `event.wait()`, where the event is fresh or a name.
    fn event(&self, object: Site) -> Option<Endless> {
        let facts = self.facts;
        if matches!(facts.kind(object), Kind::Call) {
            return Some(Endless::Waits);
        }
        let bindings = facts.bindings(object);
        match bindings.as_slice() {
            [(cell, binding)] if matches!(binding.how, How::Value(_)) => {
                self.unless_brought(Site { cell: *cell, node: binding.node })
            }
            _ => None,
        }
    }

    /// Whether some place sets what the name at `target` holds, or may: no, or only further down
    /// than the place that waits.
    fn unless_brought(&self, target: Site) -> Option<Endless> {
        let facts = self.facts;
        let mut found = Endless::Waits;
        for read in self.touches(target, &ASKS) {
            let Usage::Attribute(attribute) = facts.usage(read) else { return None };
            let Kind::Attribute { name } = facts.kind(attribute) else { return None };
            let brings = BRINGS.contains(&facts.tree(read.cell).text(*name));
            let below = facts.statement(self.from) < facts.statement(read);
            let in_cells = facts.owner(read).is_none() && facts.owner(self.from).is_none();
            if !brings || !below || !in_cells {
                return None;
            }
            found = Endless::Later;
        }
        Some(found)
    }

    fn is_touched(&self, target: Site, asks: &[&str]) -> bool {
        !self.touches(target, asks).is_empty()
    }

    /// The reads of a name that do more than await it or ask it something.
    fn touches(&self, target: Site, asks: &[&str]) -> Vec<Site> {
        let facts = self.facts;
        let only_asks = |read: &Site| match facts.usage(*read) {
            Usage::Awaited | Usage::Dropped | Usage::Displayed | Usage::Formatted => true,
            Usage::Attribute(attribute) => {
                matches!(facts.kind(attribute), Kind::Attribute { name }
                    if asks.contains(&facts.tree(attribute.cell).text(*name)))
            }
            _ => *read == self.from,
        };
        let mut reads = facts.reads_of(target);
        reads.retain(|read| !only_asks(read));
        reads
    }

    fn is_always_true(&self, test: Site) -> bool {
        let facts = self.facts;
        match facts.kind(test) {
            Kind::True => true,
            Kind::Number => facts.source_of(test) != "0",
            Kind::Not => facts.child(test, Role::Operand).is_some_and(|it| {
                matches!(facts.kind(it), Kind::False | Kind::None) || self.is_never_set(it)
            }),
            _ => false,
        }
    }

    /// `stop.is_set()` of an event that nobody sets.
    fn is_never_set(&self, asked: Site) -> bool {
        let facts = self.facts;
        facts.value(asked).path() == Some("asyncio.Event().is_set()")
            && facts
                .child(asked, Role::Func)
                .and_then(|func| facts.child(func, Role::Value))
                .is_some_and(|event| self.event(event).is_some())
    }

    /// What a `for` reads without coming to an end.
    fn gives_without_end(&mut self, source: Site) -> bool {
        let facts = self.facts;
        let value = facts.value(source);
        let path = value.path();
        let func = facts.child(source, Role::Func).map(|func| facts.value(func));
        match (path, func) {
            (Some("itertools.count()" | "itertools.cycle()"), _) => true,
            (Some("itertools.repeat()"), _) => facts.argument(source, 1, "times").is_none(),
            (_, Some(Value::Function(id))) => {
                facts.function(id).is_some_and(|it| it.is_generator) && self.function(id).is_some()
            }
            _ => false,
        }
    }

    fn is_word(&self, statement: Site, word: &str) -> bool {
        matches!(self.facts.kind(statement), Kind::Simple)
            && self.facts.source_of(statement) == word
    }
}
