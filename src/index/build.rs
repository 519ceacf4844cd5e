//! Makes the index of a cell: finds its scopes, then what each binds, then what each name means.

use hashbrown::HashMap;
use std::sync::Arc;

use super::{Index, NameId, Scope, ScopeId, ScopeKind, TOP, Variable};
use crate::python::{CellSyntax, Detail, ImportedName, Kind, NameUse, NodeId, Role, Tree};
use crate::text::TextRange;

/// What a declaration says of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    Own(u32),
    Global,
    Nonlocal,
}

struct Builder<'t> {
    tree: &'t Tree,
    index: Index,
    ids: HashMap<&'t str, NameId>,
    /// By scope: what it declares or binds.
    declared: Vec<HashMap<NameId, Declared>>,
}

pub(super) fn index(syntax: Arc<CellSyntax>) -> Index {
    let shared = Arc::clone(&syntax);
    let tree = &shared.tree;
    let mut builder = Builder {
        tree,
        index: Index { syntax, ..Index::default() },
        ids: HashMap::new(),
        declared: Vec::new(),
    };
    builder.open(None, ScopeKind::Top, TOP);
    tree.all().for_each(|node| builder.place(node));
    tree.all().for_each(|node| builder.declare(node));
    tree.all().for_each(|node| builder.bind(node));
    builder.index.variables = tree.all().map(|node| builder.meaning(node)).collect();
    let imports = tree.all().filter_map(|node| Some((node, builder.imports(node)?))).collect();
    builder.index.imported = imports;
    builder.index
}

impl<'t> Builder<'t> {
    fn open(&mut self, node: Option<NodeId>, kind: ScopeKind, parent: ScopeId) -> ScopeId {
        let id = ScopeId(self.index.scopes.len() as u32);
        self.index.scopes.push(Scope {
            kind,
            node,
            parent,
            locals: Vec::new(),
            params: Vec::new(),
            is_generator: false,
            awaits: false,
        });
        self.declared.push(HashMap::new());
        id
    }

    fn scope(&mut self, id: ScopeId) -> Option<&mut Scope> {
        self.index.scopes.get_mut(id.0 as usize)
    }

    fn name(&mut self, text: &'t str) -> NameId {
        let names = &mut self.index.names;
        *self.ids.entry(text).or_insert_with(|| {
            names.push(text.into());
            NameId(names.len() as u32 - 1)
        })
    }

    /// Notes where a node is evaluated and which scope it opens.
    fn place(&mut self, node: NodeId) {
        let scope = self.evaluated_in(node);
        self.index.scope_of.push(scope);
        let kind = match self.tree.kind(node) {
            Kind::FunctionDef { is_async, .. } => Some(ScopeKind::Function { is_async: *is_async }),
            Kind::Lambda => Some(ScopeKind::Lambda),
            Kind::ClassDef { .. } => Some(ScopeKind::Class),
            Kind::Comprehension { .. } => Some(ScopeKind::Comprehension),
            _ => None,
        };
        let opened = kind.map(|kind| self.open(Some(node), kind, scope));
        self.index.opened.push(opened);
        let is_async = self.tree.kind(node).suspends();
        let yields = matches!(self.tree.kind(node), Kind::Yield);
        let is_from = self.tree.detail(node) == Detail::From;
        if (is_async || yields)
            && let Some(scope) = self.scope(scope)
        {
            scope.awaits |= is_async;
            // `yield from` there is no syntax, and says nothing of what the function was to be.
            let is_async = matches!(scope.kind, ScopeKind::Function { is_async: true });
            scope.is_generator |= yields && !(is_async && is_from);
        }
        if matches!(self.tree.kind(node), Kind::Param { .. })
            && let Some(scope) = self.scope(scope)
        {
            scope.params.push(node);
        }
    }

    fn evaluated_in(&self, node: NodeId) -> ScopeId {
        let Some(parent) = self.tree.parent(node) else { return TOP };
        let around = self.index.scope_of(parent);
        let inner = self.index.opened_by(parent);
        match (self.tree.kind(parent), self.tree.role(node)) {
            (Kind::FunctionDef { .. } | Kind::Lambda, Role::Body | Role::Param)
            | (Kind::ClassDef { .. }, Role::Body)
            | (Kind::Comprehension { .. }, _) => inner.unwrap_or(around),
            // Defaults and annotations are the surrounding scope's.
            (Kind::Param { .. }, _) => self.outside(around),
            // So is what the first `for` of a comprehension runs over.
            (Kind::Clause { .. }, Role::Iter) if self.is_first_clause(parent) => {
                self.outside(around)
            }
            _ => around,
        }
    }

    fn outside(&self, scope: ScopeId) -> ScopeId {
        self.index.scope(scope).map_or(TOP, |scope| scope.parent)
    }

    fn is_first_clause(&self, clause: NodeId) -> bool {
        let comprehension = self.tree.parent(clause);
        comprehension.and_then(|it| self.tree.child(it, Role::Clause)) == Some(clause)
    }

    /// `global` and `nonlocal` come before every other word about a name.
    fn declare(&mut self, node: NodeId) {
        let (names, declared) = match self.tree.kind(node) {
            Kind::Global { names } => (names, Declared::Global),
            Kind::Nonlocal { names } => (names, Declared::Nonlocal),
            _ => return,
        };
        let scope = self.index.scope_of(node);
        for range in names {
            let name = self.name(self.tree.text(*range));
            if let Some(known) = self.declared.get_mut(scope.0 as usize) {
                known.insert(name, declared);
            }
        }
    }

    fn bind(&mut self, node: NodeId) {
        let scope = self.index.scope_of(node);
        match self.tree.kind(node) {
            Kind::Name { used: NameUse::Load } => {
                self.name(self.tree.source_of(node));
            }
            Kind::Name { .. } => {
                let named =
                    self.tree.parent(node).is_some_and(|it| *self.tree.kind(it) == Kind::Named);
                let scope = if named { self.around_comprehensions(scope) } else { scope };
                self.own(scope, self.tree.range(node));
            }
            Kind::FunctionDef { name, .. } | Kind::ClassDef { name } | Kind::Param { name } => {
                self.own(scope, *name);
            }
            Kind::Handler { name: Some(name) } => self.own(scope, *name),
            Kind::Import { names } | Kind::ImportFrom { names, .. } => {
                names.iter().for_each(|imported| self.own(scope, bound_by(self.tree, imported)));
            }
            _ => {}
        }
    }

    /// `:=` in a comprehension binds a name outside of it.
    fn around_comprehensions(&self, mut scope: ScopeId) -> ScopeId {
        while let Some(found) = self.index.scope(scope)
            && found.kind == ScopeKind::Comprehension
        {
            scope = found.parent;
        }
        scope
    }

    /// Makes the name at `range` a variable of `scope`, unless it is declared to be another's.
    fn own(&mut self, scope: ScopeId, range: TextRange) {
        let name = self.name(self.tree.text(range));
        if scope == TOP {
            return;
        }
        let (Some(found), Some(declared)) =
            (self.index.scopes.get_mut(scope.0 as usize), self.declared.get_mut(scope.0 as usize))
        else {
            return;
        };
        declared.entry(name).or_insert_with(|| {
            found.locals.push(name);
            Declared::Own(found.locals.len() as u32 - 1)
        });
    }

    fn imports(&self, node: NodeId) -> Option<Vec<Variable>> {
        let (Kind::Import { names } | Kind::ImportFrom { names, .. }) = self.tree.kind(node) else {
            return None;
        };
        let scope = self.index.scope_of(node);
        let name = |it: &ImportedName| self.ids.get(self.tree.text(bound_by(self.tree, it)));
        let mean = |it| name(it).map(|name| self.look_up(scope, *name));
        names.iter().map(mean).collect()
    }

    fn meaning(&self, node: NodeId) -> Option<Variable> {
        let text = match self.tree.kind(node) {
            Kind::Name { .. } => self.tree.source_of(node),
            Kind::FunctionDef { name, .. }
            | Kind::ClassDef { name }
            | Kind::Param { name }
            | Kind::Handler { name: Some(name) } => self.tree.text(*name),
            _ => return None,
        };
        let name = *self.ids.get(text)?;
        Some(self.look_up(self.index.scope_of(node), name))
    }

    fn look_up(&self, from: ScopeId, name: NameId) -> Variable {
        let mut scope = from;
        let mut up = 0;
        while scope != TOP {
            let Some(found) = self.index.scope(scope) else { break };
            let declared = self.declared.get(scope.0 as usize).and_then(|it| it.get(&name));
            let seen = scope == from || found.kind != ScopeKind::Class;
            match declared {
                Some(Declared::Own(slot)) if seen => return Variable::Local { up, slot: *slot },
                Some(Declared::Global) if seen => return Variable::Global(name),
                _ => {}
            }
            up += 1;
            scope = found.parent;
        }
        Variable::Global(name)
    }
}

/// The name that one part of an import binds: its alias, or the first word of its path.
fn bound_by(tree: &Tree, imported: &ImportedName) -> TextRange {
    let range = imported.alias.unwrap_or(imported.name);
    let text = tree.text(range);
    TextRange::new(range.start, range.start + text.find('.').unwrap_or(text.len()))
}
