//! What raises, who takes it, and what a handler does about it.

use std::sync::Arc;

use super::machine::{Call, Machine};
use super::statement::{Flow, Tried, Trying};
use super::value::{Object, Site, Value};
use crate::execution::event::{EventKind, Miss};
use crate::knowledge::callables::{Entry, Native, QualifiedName, Segment};
use crate::python::{Detail, NodeId, Role};

impl Machine<'_> {
    /// Notes that the code that runs now may raise.
    pub fn may_raise(&mut self) {
        let hidden = self.hidden_tries;
        for trying in self.trying.iter_mut().skip(hidden).filter(|it| !it.is_handling) {
            trying.may_raise = true;
        }
    }

    /// The same of code that raises nothing but an error of one of these names.
    pub fn may_raise_as(&mut self, names: &[&str]) {
        let takes = |it: &Trying| {
            it.takes.as_ref().is_none_or(|types| {
                let fits = |it: &Value| !matches!(it, Value::Path(_)) || self.is_error(*it, names);
                types.iter().any(fits)
            })
        };
        let fits: Vec<bool> = self.trying.iter().map(takes).collect();
        let hidden = self.hidden_tries;
        for (trying, fits) in self.trying.iter_mut().zip(fits).skip(hidden) {
            trying.may_raise |= fits && !trying.is_handling;
        }
    }

    /// The same, and that it may be a `TimeoutError`.
    pub fn may_time_out(&mut self) {
        self.may_raise();
        let hidden = self.hidden_tries;
        for trying in self.trying.iter_mut().skip(hidden).filter(|it| !it.is_handling) {
            trying.may_time_out = true;
        }
    }

    /// Notes a call of a library that may raise a `TimeoutError` of its own: Python's own modules
    /// do where they wait for somebody else.
    pub fn note_time_out(&mut self, path: QualifiedName, entry: Option<&Arc<Entry>>) {
        let native = entry.and_then(|it| it.row.as_ref()?.native);
        if native == Some(Native::GetIpython) {
            return;
        }
        let module = self.names.module_of(path);
        let of_python =
            module.is_some_and(|it| ["asyncio", "builtins"].contains(&self.names.text(it)));
        let waits = entry.is_some_and(|it| {
            let leads_on =
                it.row.as_ref().is_some_and(|row| row.time_limit || !row.parts.is_empty());
            leads_on || it.is_factory || it.blocking.is_some()
        });
        if waits || !of_python && !self.is_plain(path) {
            self.may_time_out();
        }
    }

    /// `except TimeoutError` inside a time limit, around nothing that raises it: the limit cancels
    /// what is awaited there, and raises at its own end.
    ///
    /// Source: <https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout>.
    fn note_limit(&mut self, handlers: &[NodeId]) {
        let Some(trying) = self.trying.last() else { return };
        if self.limits == 0 || trying.may_time_out || trying.awaited.is_empty() || trying.is_star {
            return;
        }
        let cancelled = ["CancelledError", "BaseException"];
        let takes_it = trying.takes.as_ref().is_none_or(|types| {
            types.iter().any(|it| !matches!(it, Value::Path(_)) || self.is_error(*it, &cancelled))
        });
        let depth = self.trying.len() - 1;
        let outside = self.trying.iter().take(depth).filter(|it| !it.is_handling).any(|it| {
            let takes =
                |it: &Value| self.is_error(*it, &["TimeoutError", "Exception", "BaseException"]);
            it.takes.as_ref().is_none_or(|types| types.iter().any(takes))
        });
        if takes_it || outside {
            return;
        }
        for handler in handlers {
            let Some(test) = self.node(*handler, Role::Test) else { continue };
            let value = self.evaluate(test);
            let types = self.walk_quietly(value).unwrap_or_else(|| vec![value]);
            if types.iter().any(|it| self.is_error(*it, &["TimeoutError"])) {
                self.emit(self.site(test), EventKind::HandlerMisses { why: Miss::Limit });
            }
        }
    }

    /// Whether a value is a class of one of these names.
    fn is_error(&self, value: Value, names: &[&str]) -> bool {
        let Value::Path(path) = value else { return false };
        matches!(self.names.last_step(path),
            Some((_, Segment::Attribute(name))) if names.contains(&self.names.text(name)))
    }

    pub fn try_statement(&mut self, node: NodeId) -> Flow {
        let handlers = self.nodes(node, Role::Handler);
        let takes = self.types_of(&handlers);
        let is_star = self.detail(node) == Detail::Star;
        let site = self.site(node);
        self.trying.push(Trying { takes, is_star, ..self.new_trying(site) });
        let mut flow = self.body(node, Role::Body);
        if self.trying.last().is_some_and(|it| it.may_raise) {
            self.raising.insert(site);
        }
        if let Some(trying) = self.trying.last_mut() {
            trying.is_handling = true;
        }
        let may_raise = self.trying.last().is_some_and(|it| it.may_raise || !it.pending.is_empty());
        if flow == Flow::Next {
            flow = self.body(node, Role::Else);
        }
        self.note_limit(&handlers);
        if let Some(trying) = self.trying.last_mut() {
            trying.awaited.clear();
        }
        if may_raise {
            let is_sure = self.trying.last().is_some_and(|it| !it.pending.is_empty());
            self.guesses += u32::from(!is_sure);
            for handler in handlers {
                let taken = flow;
                flow = self.either(|_| taken, |it| it.handler(handler));
            }
            self.guesses -= u32::from(!is_sure);
        }
        if let Some(trying) = self.trying.pop() {
            self.settle(trying);
        }
        match self.body(node, Role::Finally) {
            Flow::Next => flow,
            left => left,
        }
    }

    pub fn handler(&mut self, handler: NodeId) -> Flow {
        if let Some(variable) = self.index(self.cell()).and_then(|it| it.variable(handler)) {
            self.bind(variable, Value::Unknown);
        }
        self.body(handler, Role::Body)
    }

    /// What the handlers take; `None` takes everything.
    pub fn types_of(&mut self, handlers: &[NodeId]) -> Option<Vec<Value>> {
        let mut types = Vec::new();
        for handler in handlers {
            let test = self.node(*handler, Role::Test)?;
            let value = self.evaluate(test);
            let listed = self.walk_quietly(value);
            match listed {
                Some(items) => types.extend(items),
                None => types.push(value),
            }
        }
        Some(types)
    }

    /// Says what raises for certain, unless code around it deals with it. `error` is the class
    /// under `builtins`, `work` the coroutine that does not run because of it.
    pub fn raise(&mut self, error: &str, site: Site, kind: EventKind, work: Value) {
        if self.happens_nowhere(&kind) {
            return self.escape(work);
        }
        self.may_raise();
        let classes = [error, "Exception", "BaseException"];
        let builtins = self.words.builtins;
        let of_asyncio = self.names.symbol(error);
        let of_asyncio = self.names.step(self.words.asyncio, Segment::Attribute(of_asyncio));
        let mut known: Vec<Value> = classes
            .iter()
            .map(|class| {
                let symbol = self.names.symbol(class);
                Value::Path(self.names.step(builtins, Segment::Attribute(symbol)))
            })
            .collect();
        known.push(Value::Path(of_asyncio));
        let takes = |trying: &super::statement::Trying| {
            trying.takes.as_ref().is_none_or(|types| {
                types.iter().any(|it| known.contains(it) || *it == Value::Unknown)
            })
        };
        let event = self.happening(site, kind);
        let hidden = self.hidden_tries;
        let catching =
            self.trying.iter_mut().skip(hidden).rev().find(|it| !it.is_handling && takes(it));
        match catching {
            Some(trying) => {
                trying.pending.push((event, work));
                self.escape(work);
            }
            None => self.record(event),
        }
    }

    /// Says what a handler took without doing the same work.
    pub fn settle(&mut self, trying: Trying) {
        for (mut event, work) in trying.pending {
            let handled = match event.kind {
                EventKind::LoopRefused { .. } | EventKind::OwnLoopWanted { .. } => {
                    trying.awaited.iter().any(|it| self.is_same_work(*it, work))
                }
                _ => !trying.raises_again,
            };
            if !handled || trying.raises_again {
                event.is_caught = !trying.raises_again;
                self.record(event);
            }
        }
    }

    /// Whether what comes is nothing that the nearest handlers take: a group of errors, or the
    /// cancellation of an interrupted `await`.
    pub fn note_miss(&mut self, why: Miss, site: Site) {
        let builtins = self.words.builtins;
        let Some(trying) = self.trying.last().filter(|it| !it.is_handling && !it.is_star) else {
            return;
        };
        let Some(types) = trying.takes.clone() else { return };
        let mut named = Vec::new();
        for value in types {
            match value {
                Value::Path(path) => match self.names.last_step(path) {
                    Some((from, Segment::Attribute(name))) => named.push((from == builtins, name)),
                    _ => return,
                },
                _ => return,
            }
        }
        let is = |name: &crate::knowledge::callables::Symbol, of: &[&str]| {
            of.contains(&self.names.text(*name))
        };
        let wide = [
            "Exception",
            "BaseException",
            "ExceptionGroup",
            "BaseExceptionGroup",
            "CancelledError",
        ];
        let misses = match why {
            Miss::Early | Miss::Limit => false,
            Miss::Group => {
                !named.iter().any(|(_, name)| is(name, &wide) || is(name, &["KeyboardInterrupt"]))
            }
            Miss::Interrupt => {
                named.iter().any(|(own, name)| *own && is(name, &["KeyboardInterrupt"]))
                    && !named.iter().any(|(_, name)| is(name, &["BaseException", "CancelledError"]))
            }
        };
        if misses && !named.is_empty() {
            self.emit(site, EventKind::HandlerMisses { why });
        }
    }

    /// A `try` at `site` whose body is about to run.
    pub fn new_trying(&self, site: Site) -> Trying {
        Trying { site: Some(site), depth: self.calls.len(), ..Trying::default() }
    }

    pub fn raise_statement(&mut self, node: NodeId) {
        let depth = self.calls.len();
        if let Some(trying) =
            self.trying.iter_mut().rev().find(|it| it.is_handling && it.depth == depth)
        {
            trying.raises_again = true;
        }
        let raised = self.node(node, Role::Value).map(|it| self.evaluate(it));
        if let Some(cause) = self.node(node, Role::Other) {
            self.evaluate(cause);
        }
        if let Some(class) = raised.and_then(|value| self.class_of_error(value)) {
            self.note_raised(class);
        }
        self.may_time_out();
    }

    /// The class of what `raise` is given: a class, or an instance of one.
    pub fn class_of_error(&self, value: Value) -> Option<Value> {
        match value {
            Value::Path(path) => Some(match self.names.last_step(path)? {
                (class, Segment::Call) => Value::Path(class),
                _ => value,
            }),
            _ => match self.object(value)? {
                Object::Instance { class, .. } => Some(*class),
                Object::Class { .. } => Some(value),
                _ => None,
            },
        }
    }

    /// Keeps what the function that runs now may raise, unless code in it takes that.
    pub fn note_raised(&mut self, class: Value) {
        let depth = self.calls.len();
        let takes = |it: &Trying| {
            !it.is_handling
                && it.depth == depth
                && it.takes.as_ref().is_none_or(|types| types.contains(&class))
        };
        if !self.trying.iter().any(takes)
            && let Some(call) = self.calls.last_mut()
            && !call.raised.contains(&class)
        {
            call.raised.push(class);
        }
    }

    /// The handlers around the code that runs now, and around the plain calls that lead there.
    pub fn tries_around(&self) -> Vec<Tried> {
        let runs = |call: &Call| self.is_coroutine_function(call.function) == Some(true);
        let own = self.trying.iter().skip(self.hidden_tries).filter(|it| !it.is_handling);
        let own = own.filter(|it| !self.calls.iter().skip(it.depth).any(runs));
        own.filter_map(|it| Some(Tried { site: it.site?, takes: it.takes.clone()? })).collect()
    }

    /// Keeps in mind around which handlers a coroutine or a task is read.
    pub fn note_tried(&mut self, value: Value) {
        let is_held = matches!(self.object(value), Some(Object::Coroutine(_) | Object::Future(_)));
        if self.trying.is_empty() || !is_held {
            return;
        }
        let around = self.tries_around();
        let Value::Object(id) = value else { return };
        let tried = match self.heap.object_mut(id) {
            Some(Object::Coroutine(coroutine)) => &mut coroutine.tried,
            Some(Object::Future(future)) => &mut future.tried,
            _ => return,
        };
        for one in around {
            if !tried.contains(&one) {
                tried.push(one);
            }
        }
    }

    /// Says that handlers around a place where a coroutine was made, or read, cannot take what
    /// awaiting it raises elsewhere.
    pub fn note_early(&mut self, tried: &[Tried], raised: &[Value]) {
        for it in tried {
            let still = self
                .trying
                .iter()
                .any(|trying| trying.site == Some(it.site) && !trying.is_handling);
            let alone = !self.raising.contains(&it.site);
            if !still && alone && it.takes.iter().any(|class| raised.contains(class)) {
                self.emit(it.site, EventKind::HandlerMisses { why: Miss::Early });
            }
        }
    }

    pub fn is_same_work(&self, one: Value, other: Value) -> bool {
        one == other
            || self.heap.function_of(one).is_some_and(|it| Some(it) == self.heap.function_of(other))
    }
}
