//! What a framework hands to the functions that it keeps: messages, requests, contexts of commands.

use std::collections::BTreeMap;

use super::machine::Machine;
use super::value::{Function, Object, Value};
use crate::python::Kind;

impl Machine<'_> {
    /// Notes what a framework hands to a coroutine function that it was given. A plain function may
    /// be an older version's handler.
    pub fn note_handed(&mut self, value: Value, hands: &BTreeMap<String, Vec<String>>) {
        if hands.is_empty() || self.is_coroutine_function(value) != Some(true) {
            return;
        }
        let function = match self.object(value) {
            Some(Object::Bound { function, .. }) => *function,
            _ => value,
        };
        let Some(Object::Function(function)) = self.object(function) else { return };
        let def = function.def;
        let Some(index) = self.index(def.cell) else { return };
        let tree = &index.syntax.tree;
        let Kind::FunctionDef { name, .. } = tree.kind(def.node) else { return };
        let Some(paths) = hands.get(tree.text(*name)).or_else(|| hands.get("*")) else { return };
        let objects = paths.iter().map(|path| Value::Path(self.names.path(path))).collect();
        self.handed.insert(def, objects);
    }

    /// What a framework hands to a function for a parameter, `at` its place.
    pub fn handed_to(&self, function: &Function, at: usize) -> Option<Value> {
        let objects = self.handed.get(&function.def)?;
        let receivers = usize::from(function.class.is_some() && self.takes_receiver(function));
        objects.get(at.checked_sub(receivers)?).copied()
    }
}
