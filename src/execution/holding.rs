//! Queues and their like: what goes in, as far as it matters for what comes out.

use super::machine::Machine;
use super::value::{Object, Plain, Value};

impl Machine<'_> {
    /// Puts a value into an object that gives it out later.
    pub fn hold(&mut self, holder: Option<Value>, value: Value) {
        let Some(Object::Foreign(foreign)) = holder.and_then(|it| self.object(it)) else { return };
        let holds = foreign.holds;
        let joined = self.join(self.heap.get(holds), value);
        self.heap.set(holds, joined);
    }

    /// Everything that an object was given to hold, as far as it is seen.
    pub fn all_held(&self, holder: Option<Value>) -> Vec<Value> {
        match holder.and_then(|it| self.object(it)) {
            Some(Object::Foreign(foreign)) => self.heap.alternatives(self.heap.get(foreign.holds)),
            _ => Vec::new(),
        }
    }

    /// What an object gives out: known not to be awaitable where nothing that went in is. Which of
    /// the values it is, and so whether it is a certain one, is not seen.
    pub fn held(&self, holder: Option<Value>) -> Value {
        let all = self.all_held(holder);
        let is_data = |it: &Value| {
            matches!(it, Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_))
        };
        match !all.is_empty() && all.iter().all(is_data) {
            true => Value::Plain(Plain::Other),
            false => Value::Unknown,
        }
    }
}
