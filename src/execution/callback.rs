//! Functions that a library's callable calls: where, when, and with what.

use super::event::{Context, Thread};
use super::give::Taken;
use super::machine::Machine;
use super::value::{Args, Loop, Object, Site, Value};
use crate::knowledge::callables::{QualifiedName, Take, Wants, Where, With};

impl Machine<'_> {
    #[allow(clippy::too_many_arguments)]
    pub fn call_for(
        &mut self,
        take: &Take,
        path: QualifiedName,
        function: Value,
        args: &Args,
        site: Site,
        receiver: Option<Value>,
        taken: &mut Taken,
    ) -> Value {
        let from = take.at.map_or(0, |at| at + 1);
        let rest = || args.positional.iter().copied().skip(from);
        let given = match take.with {
            With::Unknown => Args::unknown(),
            With::Nothing => Args::default(),
            With::Rest => Args {
                positional: rest().collect(),
                named: self.other_named(take, args),
                spread: args.spread,
            },
            With::Receiver => {
                let receiver = receiver.unwrap_or(Value::Unknown);
                // A callback comes when its task is done.
                if let Some(Object::Future(future)) = self.object(receiver) {
                    let done = future.done;
                    self.heap.set(done, Value::Unknown);
                }
                Args::one(receiver)
            }
            With::Elements => {
                let lists: Vec<Value> = rest().collect();
                let elements = lists.into_iter().map(|it| {
                    let items = self.walk(it, site);
                    items.joined(self)
                });
                Args { positional: elements.collect(), ..Args::default() }
            }
            With::Element => {
                let first = args.positional.first().copied().unwrap_or(Value::Unknown);
                let items = self.walk(first, site);
                Args::one(items.joined(self))
            }
            With::Named => {
                let name = self.names.find("args");
                let list =
                    args.named.iter().find(|(it, _)| Some(*it) == name).map(|(_, value)| *value);
                let list = list.or_else(|| args.positional.get(from + 1).copied());
                match list {
                    Some(list) => {
                        let items = self.walk(list, site);
                        let spread = (!items.is_exact).then_some(Value::Unknown);
                        Args {
                            positional: if items.is_exact { items.values } else { Vec::new() },
                            spread,
                            ..Args::default()
                        }
                    }
                    None => Args::unknown(),
                }
            }
        };
        let context = match take.place {
            Where::Here => self.context,
            Where::Loop | Where::FrontEnd => Context {
                running: match self.context.running {
                    Loop::None => Loop::Kernel,
                    running => running,
                },
                on_loop: true,
                ..self.context
            },
            Where::Thread => Self::worker(),
            Where::Process => Context { thread: Thread::Process, ..Self::worker() },
            Where::Unseen => {
                self.escape(function);
                return Value::Unknown;
            }
        };
        let before = self.coroutines.len();
        let later = usize::from(take.place == Where::Loop);
        self.scheduled += later;
        let from_front_end = take.place == Where::FrontEnd;
        let outside = std::mem::replace(&mut self.front_end.calls, from_front_end);
        let waits = std::mem::take(&mut self.waits_for_kernel);
        let caller = self.called_by.replace(path);
        let result = self.call_in(context, function, given, site);
        self.called_by = caller;
        self.scheduled -= later;
        self.front_end.calls = outside;
        if take.awaits {
            let gives_none = self.is_awaitable(result) == Some(false);
            if gives_none && take.wants == Wants::CoroutineFunction {
                let at = (taken.at, take.name.clone());
                self.emit(site, self.wrong_kind(path, at, function, take.wants, false));
            }
            self.escape(result);
        }
        taken.waits_for_kernel |= self.waits_for_kernel && take.place == Where::Thread;
        self.waits_for_kernel |= waits;
        for id in self.coroutines.get(before..).unwrap_or_default().to_vec() {
            self.made_by(id, path, site, result);
        }
        if take.drops && self.is_coroutines(result) {
            // A plain function that gives a coroutine, which nobody gets.
            let kind = self.wrong_kind(
                path,
                (taken.at, take.name.clone()),
                function,
                Wants::PlainFunction,
                false,
            );
            self.emit(site, kind);
            self.told_of_coroutines(result);
        }
        result
    }

    /// What lists and dicts hold, so many inside each other.
    pub fn held_within(&self, value: Value, depth: usize) -> Vec<Value> {
        let Some(Object::Collection(collection)) = self.object(value) else { return vec![value] };
        let slots = collection.items.iter().copied().chain([collection.rest]);
        let held = slots.map(|slot| self.heap.get(slot)).filter(|it| *it != Value::Never);
        match depth {
            0 => held.collect(),
            _ => held.flat_map(|it| self.held_within(it, depth - 1)).collect(),
        }
    }

    pub fn other_named(
        &self,
        take: &Take,
        args: &Args,
    ) -> Vec<(crate::knowledge::callables::Symbol, Value)> {
        let own = take.name.as_deref().and_then(|name| self.names.find(name));
        args.named.iter().copied().filter(|(name, _)| Some(*name) != own).collect()
    }
}
