//! What a cell's text says by itself: its scopes, the names they bind, and which name means which.
//!
//! An index is a function of the cell's text alone, so that an edit of one cell leaves those of
//! the others as they are.

mod bound;
mod build;
mod cell;
mod shared;
mod site;
#[cfg(test)]
mod tests;
mod wanted;

use hashbrown::HashMap;
use std::sync::{Arc, OnceLock};

use crate::python::{CellSyntax, NodeId};

pub use bound::{Binding, Bound, Branch, How};
pub use cell::{ReadCell, names_of};
pub use shared::{Shared, by_dependence, is_private};
pub use site::{CellKey, Site};
pub use wanted::{Wanted, script_of, script_word};

/// A name of one cell; [`Index::name`] gives its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(pub u32);

/// A scope of one cell; 0 is the cell's own, whose names all cells share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub u32);

/// The scope whose names all cells share.
pub const TOP: ScopeId = ScopeId(0);

/// What makes a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Top,
    Function { is_async: bool },
    Lambda,
    Class,
    Comprehension,
}

/// What a name means where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// A variable of the scope `up` scopes further out (0: of the scope itself).
    Local { up: u32, slot: u32 },
    /// A name that all cells share, or a built-in one.
    Global(NameId),
}

/// A scope and what it binds.
#[derive(Debug, Clone)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The function, lambda, class or comprehension; `None` for the cell's own scope.
    pub node: Option<NodeId>,
    pub parent: ScopeId,
    /// The scope's own variables, by slot. Empty for the cell's own scope.
    pub locals: Vec<NameId>,
    /// The parameters' nodes, in order.
    pub params: Vec<NodeId>,
    /// Whether its body holds a `yield`.
    pub is_generator: bool,
    /// Whether its body holds an `await`, `async for` or `async with` of its own.
    pub awaits: bool,
}

/// A cell's syntax and what its names mean.
#[derive(Debug, Clone, Default)]
pub struct Index {
    pub syntax: Arc<CellSyntax>,
    names: Vec<Box<str>>,
    scopes: Vec<Scope>,
    /// By node: the scope in which it is evaluated.
    scope_of: Vec<ScopeId>,
    /// By node: the name it reads or binds, where it does one of these.
    variables: Vec<Option<Variable>>,
    /// By node: the scope that it opens.
    opened: Vec<Option<ScopeId>>,
    /// By import: what each of its names binds, in order.
    imported: HashMap<NodeId, Vec<Variable>>,
    /// Looked for when somebody asks.
    bound: OnceLock<Bound>,
}

impl Index {
    /// Reads a cell.
    pub fn of(syntax: Arc<CellSyntax>) -> Self {
        build::index(syntax)
    }

    /// Every name that the cell says, by [`NameId`].
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The text of a name.
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| name)
    }

    /// The scope in which `node` is evaluated.
    pub fn scope_of(&self, node: NodeId) -> ScopeId {
        self.scope_of.get(node.index()).copied().unwrap_or(TOP)
    }

    /// The scope that a function, lambda, class or comprehension opens.
    pub fn opened_by(&self, node: NodeId) -> Option<ScopeId> {
        self.opened.get(node.index()).copied().flatten()
    }

    pub fn scope(&self, id: ScopeId) -> Option<&Scope> {
        self.scopes.get(id.0 as usize)
    }

    /// The function or lambda whose body holds `node`; `None` for the cell's own code, class bodies
    /// included.
    pub fn owner(&self, node: NodeId) -> Option<NodeId> {
        let mut scope = self.scope(self.scope_of(node))?;
        while matches!(scope.kind, ScopeKind::Class | ScopeKind::Comprehension) {
            scope = self.scope(scope.parent)?;
        }
        scope.node
    }

    /// Whether the function that `node` defines is one of a class.
    pub fn is_method(&self, node: NodeId) -> bool {
        self.scope(self.scope_of(node)).is_some_and(|scope| scope.kind == ScopeKind::Class)
    }

    /// Whether the cell itself awaits: an `await`, `async for` or `async with` outside functions.
    pub fn awaits_at_top(&self) -> bool {
        let of_cell = |scope: &Scope| {
            let mut scope = Some(scope);
            while let Some(inner) = scope.filter(|it| it.kind == ScopeKind::Comprehension) {
                scope = self.scope(inner.parent);
            }
            scope.is_some_and(|it| it.kind == ScopeKind::Top)
        };
        self.scopes.iter().any(|scope| scope.awaits && of_cell(scope))
    }

    /// What the name at `node` means: of a `Name`, a parameter, a definition or an `except … as`.
    pub fn variable(&self, node: NodeId) -> Option<Variable> {
        self.variables.get(node.index()).copied().flatten()
    }

    /// The places that bind the cell's names.
    pub fn bound(&self) -> &Bound {
        self.bound.get_or_init(|| Bound::of(self))
    }

    /// The scope and the name of what a variable means that is met in the scope `from`.
    pub fn home(&self, from: ScopeId, variable: Variable) -> (ScopeId, NameId) {
        match variable {
            Variable::Global(name) => (TOP, name),
            Variable::Local { up, slot } => {
                let outwards = |id: ScopeId| self.scope(id).map_or(TOP, |scope| scope.parent);
                let id = (0..up).fold(from, |id, _| outwards(id));
                let name = self.scope(id).and_then(|it| it.locals.get(slot as usize).copied());
                name.map_or((TOP, NameId(u32::MAX)), |name| (id, name))
            }
        }
    }

    /// The scope and the name of what the name at `node` means.
    pub fn home_of(&self, node: NodeId) -> Option<(ScopeId, NameId)> {
        Some(self.home(self.scope_of(node), self.variable(node)?))
    }

    /// Whether a function body lies between `node` and the scope `until` around it, so that it is
    /// evaluated at some later time.
    pub fn is_deferred(&self, node: NodeId, until: ScopeId) -> bool {
        let mut id = self.scope_of(node);
        while id != until && id != TOP {
            let Some(scope) = self.scope(id) else { return false };
            if matches!(scope.kind, ScopeKind::Function { .. } | ScopeKind::Lambda) {
                return true;
            }
            id = scope.parent;
        }
        false
    }

    /// What an import binds, name by name; an `import a.b` binds `a`.
    pub fn imported(&self, import: NodeId) -> &[Variable] {
        self.imported.get(&import).map_or(&[], Vec::as_slice)
    }
}
