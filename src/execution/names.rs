//! Names: what binds them, what they hold, and what an import brings.

use super::machine::Machine;
use super::statement::Flow;
use super::value::{CellKey, Object, Value};
use crate::index::Variable;
use crate::python::{Kind, NodeId};

impl Machine<'_> {
    pub fn import(&mut self, node: NodeId) -> Flow {
        let Some(index) = self.index(self.cell()).cloned() else { return Flow::Next };
        let tree = &index.syntax.tree;
        let variables = index.imported(node);
        let is_sure = match tree.kind(node) {
            Kind::Import { names } => {
                names.iter().all(|it| self.is_surely_there(tree.text(it.name)))
            }
            Kind::ImportFrom { module: Some(module), level: 0, .. } => {
                self.is_surely_there(tree.text(*module))
            }
            _ => false,
        };
        if !is_sure {
            self.may_raise();
        }
        match tree.kind(node) {
            Kind::Import { names } => {
                for (imported, variable) in names.iter().zip(variables) {
                    let path = tree.text(imported.name);
                    let first = path.split('.').next().unwrap_or(path);
                    let whole = self.module(path, node);
                    let value = match imported.alias {
                        Some(_) => whole,
                        None => self.module(first, node),
                    };
                    self.bind(*variable, value);
                }
            }
            Kind::ImportFrom { module, level, names } => {
                let path = module.map_or("", |module| tree.text(module));
                let from = if *level == 0 { self.module(path, node) } else { Value::Unknown };
                for (imported, variable) in names.iter().zip(variables) {
                    let name = tree.text(imported.name);
                    if name == "*" {
                        self.import_star(from);
                        continue;
                    }
                    let full = format!("{path}.{name}");
                    let value = match self.has_module(&full) {
                        true => self.module(&full, node),
                        false => self.member(from, name),
                    };
                    let value = self.import_removed(value, node);
                    self.bind(*variable, value);
                }
            }
            _ => {}
        }
        Flow::Next
    }

    pub fn has_module(&self, name: &str) -> bool {
        self.input.modules.iter().any(|(known, ..)| known == name)
    }

    /// The module of that name; one beside the notebook runs when it is first asked for.
    pub fn module(&mut self, name: &str, import: NodeId) -> Value {
        let found = self.input.modules.iter().position(|(known, ..)| known == name);
        let Some(at) = found else { return Value::Path(self.names.path(name)) };
        let space = at as u32 + 1;
        let module = self.new_object(Object::Module { space });
        let Some(held) = self.spaces.get_mut(space as usize) else { return module };
        if std::mem::replace(&mut held.is_loaded, true) {
            return module;
        }
        if let Some((name, key, index)) = self.input.modules.get(at).cloned() {
            let called = self.names.symbol(&name);
            self.define(space, self.words.name, Value::Str(called));
            let before = self.push_stack(self.site(import));
            self.run_top(key, space, &index);
            self.stack = before;
        }
        module
    }

    pub fn member(&mut self, from: Value, name: &str) -> Value {
        let symbol = self.names.symbol(name);
        self.attribute(from, symbol)
    }

    pub fn import_star(&mut self, from: Value) {
        let space = self.calls.last().map_or(0, |call| call.space);
        if let Some(space) = self.spaces.get_mut(space as usize) {
            space.stars.push(from);
        }
    }

    /// The variable's slot, where it is not everybody's.
    pub fn slot_of(&mut self, variable: Variable) -> Option<super::value::Slot> {
        match variable {
            Variable::Global(name) => {
                let call = self.calls.last()?;
                let (space, cell) = (call.space, call.cell);
                let symbol = self.symbol_of(cell, name)?;
                Some(self.global_slot(space, symbol))
            }
            Variable::Local { up, slot } => {
                let mut frame = self.calls.last()?.frame?;
                for _ in 0..up {
                    match self.heap.object(frame)? {
                        Object::Frame { closure, .. } => frame = (*closure)?,
                        _ => return None,
                    }
                }
                match self.heap.object(frame)? {
                    Object::Frame { first, .. } => {
                        Some(super::value::Slot { index: first.index + slot, ..*first })
                    }
                    _ => None,
                }
            }
        }
    }

    pub fn symbol_of(
        &self,
        cell: CellKey,
        name: crate::index::NameId,
    ) -> Option<crate::knowledge::callables::Symbol> {
        self.cells.get(&cell)?.symbols.get(name.0 as usize).copied()
    }

    pub fn bind(&mut self, variable: Variable, value: Value) {
        if matches!(variable, Variable::Global(_) | Variable::Local { up: 1.., .. }) {
            self.hand_on(value);
        }
        if let Some(slot) = self.slot_of(variable) {
            if matches!(variable, Variable::Global(_)) {
                self.note_rebound(slot, value);
            }
            self.heap.set(slot, value);
        }
    }

    /// What a name means where it is read.
    pub fn read(&mut self, variable: Variable) -> Value {
        let held = self.slot_of(variable).map_or(Value::Never, |slot| self.heap.get(slot));
        if held != Value::Never {
            return held;
        }
        let Some(call) = self.calls.last() else { return Value::Unknown };
        let (space, cell) = (call.space, call.cell);
        let symbol = match variable {
            Variable::Global(name) => self.symbol_of(cell, name),
            Variable::Local { .. } => {
                self.slot_of(variable).and_then(|slot| self.symbol_in_class(slot))
            }
        };
        let Some(symbol) = symbol else { return Value::Unknown };
        // What a class body has not bound yet is everybody's.
        let slot = self.global_slot(space, symbol);
        match self.heap.get(slot) {
            Value::Never => self.unbound(space, symbol),
            held => held,
        }
    }

    /// The name of a variable of the class body that runs right now.
    fn symbol_in_class(
        &self,
        slot: super::value::Slot,
    ) -> Option<crate::knowledge::callables::Symbol> {
        let Some(Object::Class { attributes, .. }) = self.heap.object(self.class_around()?) else {
            return None;
        };
        attributes.iter().find_map(|(name, own)| (*own == slot).then_some(*name))
    }
}
