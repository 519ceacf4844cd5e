//! Names that nothing has bound when they are read: what a star import brings, what is built in, and
//! what the notebook's author must have had from somewhere else.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::machine::Machine;
use super::value::{CellKey, ObjectId, Value};
use crate::index::{Index, NameId, Variable};
use crate::knowledge::callables::{Names, Segment, Symbol};
use crate::python::{Kind, NodeId};

/// The statements of cells that bind a name by an import or a definition, by the name.
type Binders = HashMap<Symbol, (CellKey, NodeId)>;

/// What is found out when a name or an object is missing.
#[derive(Debug, Clone, Default)]
pub(super) struct Missing {
    /// What cells bind, once a name was not bound yet.
    binders: Option<Arc<Binders>>,
    /// The names that were not bound yet.
    sought: HashSet<Symbol>,
    /// What objects hold whose methods nobody calls, by their class.
    pub receivers: HashMap<ObjectId, HashMap<Symbol, Value>>,
}

impl Machine<'_> {
    /// A name that nothing binds: from a star import, or built in.
    pub fn unbound(&mut self, space: u32, symbol: Symbol) -> Value {
        if ["_", "__", "Out"].contains(&self.names.text(symbol)) {
            self.read_output();
        }
        let stars = self.spaces.get(space as usize).map(|it| it.stars.clone()).unwrap_or_default();
        // A module of which everything is imported may have one of that name.
        let is_surely = stars.is_empty();
        for star in stars.into_iter().rev() {
            let exported = match star {
                Value::Path(module) => {
                    let module = self.names.spell(module);
                    self.input.tables.exports(&module, self.names.text(symbol))
                }
                star => self.has_attribute(star, symbol) == Some(true),
            };
            if exported {
                return self.attribute(star, symbol);
            }
        }
        let name = self.names.step(self.words.builtins, Segment::Attribute(symbol));
        let entry = self.input.tables.callables.get(&self.names, name);
        if !is_surely && entry.is_some_and(|entry| entry.blocking.is_some()) {
            return Value::Unknown;
        }
        let text = self.names.text(symbol);
        let built_in = crate::python::is_builtin(text) || crate::python::is_of_kernels(text);
        let path = self.names.step(self.words.builtins, Segment::Attribute(symbol));
        if built_in || self.is_there(Value::Path(path)) {
            return Value::Path(path);
        }
        self.may_raise();
        self.bound_elsewhere(space, symbol)
    }

    /// A name that a later cell imports or defines: whoever ran this cell had run that one before.
    /// Where no cell binds it, the name of a module that cannot be anything else's is that module.
    fn bound_elsewhere(&mut self, space: u32, symbol: Symbol) -> Value {
        if space != 0 {
            return Value::Unknown;
        }
        let is_new = self.missing.sought.insert(symbol);
        let binders = match &self.missing.binders {
            Some(known) => Arc::clone(known),
            None => Arc::new(self.find_binders()),
        };
        let binder = binders.get(&symbol).copied().filter(|_| is_new);
        self.missing.binders = Some(binders);
        if let Some((cell, statement)) = binder {
            let call = self.call_of(cell, space, None);
            self.calls.push(call);
            self.execute(statement);
            self.end_call();
            let slot = self.global_slot(space, symbol);
            return match self.heap.get(slot) {
                Value::Never => Value::Unknown,
                held => held,
            };
        }
        let text = self.names.text(symbol).to_owned();
        match self.input.tables.is_unmistakable(&text) {
            true => Value::Path(self.names.path(&text)),
            false => Value::Unknown,
        }
    }

    fn find_binders(&self) -> Binders {
        let mut binders = Binders::new();
        let cells: Vec<_> = self.cells.iter().filter(|(_, code)| code.space == 0).collect();
        for (key, code) in cells {
            for (statement, name) in bound_at_top(&code.index) {
                let Some(symbol) = code.symbols.get(name.0 as usize) else { continue };
                let here = (*key, statement);
                let first = binders.entry(*symbol).or_insert(here);
                *first = here.min(*first);
            }
        }
        binders
    }

    /// Whether some cell asked for a name that this one, which has changed, binds or bound.
    pub(super) fn asked_for(&self, index: &Index, names: &Names) -> bool {
        let is_sought = |name: &str| {
            names.find(name).is_some_and(|symbol| self.missing.sought.contains(&symbol))
        };
        !self.missing.sought.is_empty()
            && bound_at_top(index).any(|(_, name)| is_sought(index.name(name)))
    }

    /// Forgets what cells bind: some of them read otherwise now.
    pub(super) fn forget_binders(&mut self) {
        self.missing.binders = None;
    }
}

/// The names that a cell's imports and definitions bind for all cells, and the statements.
fn bound_at_top(index: &Index) -> impl Iterator<Item = (NodeId, NameId)> + '_ {
    let tree = &index.syntax.tree;
    tree.statements().flat_map(move |statement| {
        let variables = match tree.kind(statement) {
            Kind::Import { .. } | Kind::ImportFrom { .. } => index.imported(statement).to_vec(),
            Kind::FunctionDef { .. } | Kind::ClassDef { .. } => {
                index.variable(statement).into_iter().collect()
            }
            _ => Vec::new(),
        };
        let shared = |variable| match variable {
            Variable::Global(name) => Some((statement, name)),
            Variable::Local { .. } => None,
        };
        variables.into_iter().filter_map(shared).collect::<Vec<_>>()
    })
}
