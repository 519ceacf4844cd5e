//! Values that go where nothing of them is seen any more, and coroutines that nobody awaits.

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Object, ObjectId, Value};
use hashbrown::HashSet;

impl Machine<'_> {
    /// Lets a value go where nothing of it is seen any more: whoever has it may await it.
    pub fn escape(&mut self, value: Value) {
        let mut waiting = vec![value];
        let mut seen = HashSet::new();
        while let Some(value) = waiting.pop() {
            match value {
                Value::Union(_) => waiting.extend(self.heap.alternatives(value)),
                Value::Object(id) if seen.insert(id) => self.escape_object(id, &mut waiting),
                _ => {}
            }
        }
    }

    pub fn escape_object(&mut self, id: ObjectId, waiting: &mut Vec<Value>) {
        match self.heap.object(id).cloned() {
            Some(Object::Coroutine(coroutine)) => {
                self.heap.set(coroutine.awaited, Value::Unknown);
                waiting.push(coroutine.function);
                waiting.extend(coroutine.args.all());
            }
            Some(Object::Generator { function, args, walked, .. }) => {
                self.heap.set(walked, Value::Unknown);
                waiting.push(function);
                waiting.extend(args.all());
            }
            Some(Object::Bound { receiver, function: Value::Path(_) })
                if matches!(self.object(receiver), Some(Object::Foreign(_))) =>
            {
                // What is read of it may be its `close`; nothing else happens to it.
                self.hand_on(receiver);
                self.let_go_of_loop(receiver);
            }
            Some(Object::Bound { receiver, function }) => waiting.extend([receiver, function]),
            Some(Object::Partial { function, args }) => {
                waiting.push(function);
                waiting.extend(args.all());
            }
            Some(Object::Instance { fields, .. }) => {
                waiting.extend(fields.values().map(|slot| self.heap.get(*slot)));
            }
            Some(Object::Collection(collection)) => {
                let slots = collection.items.iter().chain([&collection.rest]);
                waiting.extend(slots.map(|slot| self.heap.get(*slot)));
                self.heap.set(collection.rest, Value::Unknown);
            }
            Some(Object::Function(function)) => {
                waiting.extend(function.closure.map(Value::Object));
            }
            Some(Object::Frame { first, closure }) => {
                waiting.extend(closure.map(Value::Object));
                for index in first.index..first.index + 32 {
                    let held = self.heap.get(super::value::Slot { index, ..first });
                    if matches!(held, Value::Object(id) if matches!(self.heap.object(id), Some(Object::Coroutine(_) | Object::Collection(_))))
                    {
                        waiting.push(held);
                    }
                }
            }
            Some(
                Object::Descriptor { function, .. }
                | Object::Wrapped { function }
                | Object::Setter { of: function },
            ) => {
                waiting.push(function);
            }
            Some(Object::Dispatch { choices } | Object::Registrar { choices }) => {
                waiting.push(self.heap.get(choices));
            }
            Some(Object::Future(future)) => {
                self.heap.set(future.done, Value::Unknown);
                self.look_after(future.asked, Value::Bool(true));
            }
            Some(Object::Foreign(foreign)) => {
                self.hand_on(Value::Object(id));
                self.let_go_of_loop(Value::Object(id));
                self.unfollow(&foreign);
            }
            _ => {}
        }
    }

    /// Says which coroutines nobody awaits.
    pub fn report_lost(&mut self) {
        self.doubt = 0;
        self.trying.clear();
        self.trace.coroutines = std::mem::take(&mut self.coroutines);
        for id in self.trace.coroutines.clone() {
            let Some(Object::Coroutine(coroutine)) = self.heap.object(id).cloned() else {
                continue;
            };
            let Some(made) = coroutine.made else { continue };
            if self.heap.get(coroutine.awaited) != Value::Int(0) {
                continue;
            }
            self.during = made.cell;
            self.context = coroutine.context.unwrap_or(self.context);
            self.stack = coroutine.stack;
            let kind = EventKind::CoroutineLost {
                function: coroutine.function,
                called_by: coroutine.called_by,
                is_silent: coroutine.is_silent,
            };
            self.emit(made, kind);
        }
    }

    /// Says which async generators nobody walks.
    pub fn report_unwalked(&mut self) {
        for (id, made) in std::mem::take(&mut self.generators) {
            let Some(Object::Generator { function, walked, .. }) = self.heap.object(id).cloned()
            else {
                continue;
            };
            if self.heap.get(walked) == Value::Bool(false) {
                self.during = made.cell;
                self.stack = None;
                self.emit(made, EventKind::GeneratorLost { function });
            }
        }
    }
}
