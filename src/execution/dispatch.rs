//! Functions that stand for several: `functools.singledispatch`.
//!
//! Source: <https://docs.python.org/3/library/functools.html#functools.singledispatch>; which of
//! them runs is not followed: any of them may.

use super::machine::Machine;
use super::value::{Args, Object, Slot, Value};

impl Machine<'_> {
    /// `singledispatch(function)`.
    pub fn dispatch(&mut self, function: Option<Value>) -> Value {
        let Some(function) = function else { return Value::Unknown };
        let choices = self.heap.slot(function);
        self.new_object(Object::Dispatch { choices })
    }

    /// `register(function)`, `register(type, function)`; `register(type)` is a decorator.
    pub fn register(&mut self, choices: Slot, args: &Args) -> Value {
        let is_function = |it: &&Value| {
            matches!(
                self.object(**it),
                Some(Object::Function(_) | Object::Bound { .. } | Object::Partial { .. })
            )
        };
        let given = args.positional.iter().find(is_function).copied();
        // What is not seen to be a type may be a function.
        let given = given.or_else(|| args.positional.get(1).copied());
        match given {
            Some(function) => {
                let known = self.heap.get(choices);
                let joined = self.join(known, function);
                self.heap.set(choices, joined);
                function
            }
            None => self.new_object(Object::Registrar { choices }),
        }
    }
}
