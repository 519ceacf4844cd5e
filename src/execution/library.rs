//! Calls of what the notebook does not define: what the tables say of them happens here.

use std::sync::Arc;

use hashbrown::HashSet;

use super::event::{EventKind, ValueUse};
use super::give::Taken;
use super::machine::Machine;
use super::value::{Args, Loop, Object, Site, Value};
use crate::knowledge::callables::{Gives, QualifiedName, Row, Segment, Take, Use, Wants, Where};
use crate::python::Kind;

/// The modules under whose names asyncio's members may be found as well.
///
/// Source: `asyncio/__init__.py` re-exports their names.
const ASYNCIO_MODULES: [&str; 10] = [
    "runners",
    "tasks",
    "events",
    "base_events",
    "futures",
    "locks",
    "queues",
    "taskgroups",
    "exceptions",
    "timeouts",
];

impl Machine<'_> {
    /// The usual name of a path: `asyncio.tasks.gather` is `asyncio.gather`.
    pub fn usual_name(&mut self, name: QualifiedName) -> QualifiedName {
        let Some((module, Segment::Attribute(last))) = self.names.last_step(name) else {
            return name;
        };
        let Some((package, Segment::Attribute(inner))) = self.names.last_step(module) else {
            return name;
        };
        let asyncio = self.words.asyncio;
        if package == asyncio && ASYNCIO_MODULES.contains(&self.names.text(inner)) {
            return self.names.step(asyncio, Segment::Attribute(last));
        }
        name
    }

    /// Calls a library's callable; `receiver` is the object whose method it is.
    pub fn call_path(
        &mut self,
        path: QualifiedName,
        args: Args,
        site: Site,
        receiver: Option<Value>,
    ) -> Value {
        if let Some(receiver) = receiver.filter(|_| self.is_closing(path)) {
            self.hand_on(receiver);
            // A client gives itself, as it does to `async with`.
            if self.names.last_step(path).map(|it| it.1)
                == Some(Segment::Attribute(self.words.aenter))
                && matches!(self.object(receiver), Some(Object::Foreign(_)))
            {
                return self.coroutine_of(path, receiver, false, site, Some(receiver));
            }
        }
        let told = self.told_of_place(path, &args);
        if let Some(value) = told.or_else(|| self.builtin_method(path, &args, site, receiver)) {
            return value;
        }
        if let Some(receiver) = receiver {
            self.note_lasting(receiver, path, site);
        }
        let entry = self.input.tables.callables.get(&self.names, path).cloned();
        let called = self.names.step(path, Segment::Call);
        self.note_heavy(path, &args, site);
        self.note_needed_loop(path, site);
        self.tasks.are_all_asked_for |= path == self.words.all_tasks;
        self.note_time_out(path, entry.as_ref());
        let Some(entry) = entry else {
            self.may_raise();
            self.hand_to(path, &args, site);
            return Value::Path(called);
        };
        self.note_removed(path, &entry, &args, site);
        let row = entry.row.clone();
        if let Some(native) = row.as_ref().and_then(|row| row.native) {
            let row = row.unwrap_or_default();
            return self.call_native(native, &row, path, args, site, receiver);
        }
        // What only makes something raises nothing by itself.
        let makes = [Gives::RunningLoop, Gives::Task, Gives::Future, Gives::Coroutine];
        let is_sure = row.as_ref().is_some_and(|row| makes.contains(&row.gives));
        if path != self.words.print && (!is_sure || self.context.running == Loop::Unknown) {
            self.may_raise();
        }
        self.note_owner(path, &entry, &args, site);
        if let Some(row) = &row {
            row.steers.into_iter().for_each(|how| self.steer(how, path, &args, site, receiver));
            self.note_put_on_loop(row, &args, site, receiver);
            self.refuse_keywords(row, path, &args, site);
        }
        if let Some(error) = row.as_ref().and_then(|row| row.raises.as_ref()) {
            let class = Value::Path(self.names.path(error));
            self.note_raised(class);
        }
        if entry.patch.is_some() {
            self.heap.set(self.patched, Value::Bool(true));
            self.emit(site, EventKind::LoopPatched { by: path });
        }
        if let Some(blocking) = &entry.blocking {
            self.note_blocking(path, blocking, &args, site);
        }
        if let Some(receiver) = receiver {
            if !entry.is_coroutine_function {
                self.use_on_loop(receiver, site, false);
                self.note_taken(receiver, path, &args);
            } else if entry.is_factory {
                self.use_on_loop(receiver, site, true);
            }
            if entry.blocking.is_some() {
                self.wait_for(receiver, path, site);
            }
        }
        let Some(row) = row else {
            self.hand_to(path, &args, site);
            let given = Value::Path(called);
            return self.not_awaited_yet(&entry, path, given, site, receiver);
        };
        let limits = self.limits;
        self.limits += usize::from(row.time_limit);
        let taken = self.take_all(&row, path, &args, site, receiver);
        self.limits = limits;
        let given = self.give(&row, path, taken, site, receiver);
        let given = self.not_awaited_yet(&entry, path, given, site, receiver);
        if path == self.words.sleep && args.positional.first() == Some(&Value::Int(0)) {
            self.one_turn = Some(given);
        }
        given
    }

    /// What the callable does with its arguments; gives what came of it.
    pub fn take_all(
        &mut self,
        row: &Arc<Row>,
        path: QualifiedName,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
    ) -> Taken {
        let mut taken = Taken { like: self.variant(row, args, receiver), ..Taken::default() };
        let mut used = HashSet::new();
        for take in &row.takes {
            let name = take.name.as_deref().and_then(|name| self.names.find(name));
            let from = take.at.unwrap_or(usize::MAX);
            let values: Vec<Value> = if take.onwards {
                let mut all: Vec<Value> = args.positional.iter().copied().skip(from).collect();
                all.extend(args.spread);
                all
            } else {
                args.get(from, name).into_iter().collect()
            };
            let mut taken_once = HashSet::new();
            for (number, value) in values.into_iter().enumerate() {
                // `gather` takes the same awaitable twice for one.
                let is_new = taken_once.insert(value);
                if take.onwards && matches!(value, Value::Object(_)) && !is_new {
                    continue;
                }
                used.insert(value);
                taken.at = take.at.map(|at| at + number);
                let held = if take.within { self.held_within(value, 2) } else { vec![value] };
                for one in held {
                    self.take(take, path, one, args, site, receiver, &mut taken);
                }
            }
        }
        for value in args.all().collect::<Vec<_>>() {
            if used.contains(&value) {
                continue;
            }
            self.look_at(path, value, site);
        }
        taken
    }

    #[allow(clippy::too_many_arguments)]
    pub fn take(
        &mut self,
        take: &Take,
        path: QualifiedName,
        value: Value,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
        taken: &mut Taken,
    ) {
        self.note_never(take, value, site);
        let gave_nothing = value == Value::None
            && take.wants == Wants::PlainFunction
            && self.is_called_there(take, taken.at, site);
        // Where a loop is running already, what is to run on another is not looked at.
        let is_refused = take.used == Use::Runs && self.refuses_a_loop(receiver);
        // Of a function whose result is awaited it matters what that is.
        let wants = if take.awaits { Wants::Anything } else { take.wants };
        if !is_refused && (gave_nothing || self.is_wrong(wants, value) == Some(true)) {
            let kind = self.wrong_kind(
                path,
                (taken.at, take.name.clone()),
                value,
                take.wants,
                take.refuses,
            );
            if take.refuses && take.place == Where::Here {
                self.raise("TypeError", site, kind, value);
            } else {
                self.emit(site, kind);
            }
            taken.is_refused |= take.refuses;
            self.escape(value);
            return;
        }
        if self.is_own(value) && !take.asks.is_empty() {
            self.consult(value, take.asks.iter().map(String::as_str), Args::default(), site);
            self.escape(value);
            return;
        }
        if take.used != Use::Awaits {
            // What runs by itself is not cancelled with the code that starts it.
            self.limits = 0;
        }
        self.note_handed(value, &take.hands);
        match take.used {
            Use::Calls => {
                let result = self.call_for(take, path, value, args, site, receiver, taken);
                taken.result = Some(result);
            }
            Use::Awaits | Use::Schedules => {
                if take.used == Use::Schedules && take.wants == Wants::Coroutine {
                    taken.is_refused |= !self.needs_loop(path, receiver, site);
                } else if take.used == Use::Schedules {
                    self.puts_on_idle_loop(path, site);
                }
                self.raised.clear();
                let before = self.care_of(value);
                let result = self.schedule(value, site);
                if self.words.gathers.contains(&path) {
                    taken.parts.push(value);
                    self.gather_part(value, before);
                }
                let raised = std::mem::take(&mut self.raised);
                self.note_exit(take.used, path, &raised, site);
                taken.raised.extend(raised);
                taken.of = value;
                taken.result = Some(result);
                taken.all.push(result);
            }
            Use::AwaitsElements => {
                let items = self.walk(value, site);
                for item in items.values {
                    let result = self.schedule(item, site);
                    taken.all.push(result);
                }
            }
            Use::WaitsForElements => {
                let items = self.walk(value, site).values;
                if items.iter().any(|item| self.is_wrong(take.wants, *item) == Some(true)) {
                    let at = (taken.at, take.name.clone());
                    let kind = self.wrong_kind(path, at, value, take.wants, take.refuses);
                    self.raise("TypeError", site, kind, value);
                }
                for item in items {
                    self.wait_for_element(item, site, taken);
                }
                self.note_waited(&taken.waited, site);
            }
            Use::UsesSocket => self.note_socket(value, take.refuses, site),
            Use::Runs => taken.result = Some(self.run_on_own_loop(path, value, site, receiver)),
            Use::Posts => {
                let loop_ = args.get(1, self.names.find("loop")).unwrap_or(Value::Unknown);
                taken.filled_by = self.loop_of(loop_);
                taken.result = Some(self.post(value, taken.filled_by, site));
                taken.of = value;
            }
            Use::Keeps => self.escape(value),
            Use::Holds => {
                self.hold(receiver, value);
                self.escape(value);
            }
            Use::Reads => {
                if take.refuses && !self.is_among(&take.unless, args) {
                    let given = self.argument_site(site, taken.at, take.name.as_deref());
                    self.refuse_unfinished(value, given);
                } else {
                    self.too_early(value, site, ValueUse::Argument, None);
                }
                self.read_elements(value);
            }
            Use::Adds | Use::Compares => {
                let one = self.combine(take, value, args, site);
                let before = taken.result.filter(|_| taken.at > take.at).unwrap_or(Value::Never);
                taken.result = Some(self.join(before, one));
            }
            Use::Walks => {
                if let Value::Str(text) = value {
                    let text = self.names.text(text);
                    taken.length = i64::try_from(text.chars().count()).ok();
                }
                let items = self.walk(value, site);
                if self.gives_coroutines(value) {
                    // Whoever gets what this gives walks over the same ones.
                    items.values.into_iter().for_each(|item| self.escape(item));
                }
            }
        }
    }

    /// Gives arguments to a callable of which nothing is known but its module: one that knows
    /// nothing of coroutines looks at them, and any other may do with them what it likes.
    pub fn hand_to(&mut self, path: QualifiedName, args: &Args, site: Site) {
        for value in args.all().collect::<Vec<_>>() {
            self.look_at(path, value, site);
        }
    }

    fn look_at(&mut self, path: QualifiedName, value: Value, site: Site) {
        if !self.is_plain(path) {
            return self.escape(value);
        }
        self.too_early(value, site, ValueUse::Passed, None);
        self.read_elements(value);
    }

    /// `print([coroutine])` shows objects, too.
    pub fn read_elements(&mut self, value: Value) {
        for one in self.heap.alternatives(value) {
            let stays = matches!(
                self.object(one),
                Some(
                    Object::Coroutine(_)
                        | Object::Future(_)
                        | Object::Collection(_)
                        | Object::Foreign(_)
                )
            );
            if !stays {
                self.escape(one);
            }
        }
    }

    /// Whether an argument is written as a call: `Thread(target=work())`, and not `target=None`.
    pub fn is_called_there(&self, take: &Take, at: Option<usize>, call: Site) -> bool {
        let given = self.argument_site(call, at, take.name.as_deref());
        let index = self.index(call.cell).filter(|_| given != call);
        index.is_some_and(|it| *it.syntax.tree.kind(given.node) == Kind::Call)
    }

    /// Where an argument of a call is written; the call itself where it is not seen.
    pub fn argument_site(&self, call: Site, at: Option<usize>, name: Option<&str>) -> Site {
        let index = self.index(call.cell);
        let node = index.and_then(|index| {
            let tree = &index.syntax.tree;
            tree.argument(call.node, at.unwrap_or(usize::MAX), name.unwrap_or_default())
        });
        node.map_or(call, |node| Site { node, ..call })
    }
}
