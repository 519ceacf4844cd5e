//! Where a cell's names are bound, and how each place gives a name its value.

use hashbrown::HashMap;

use super::{Index, NameId, ScopeId, TOP, Variable};
use crate::python::{Kind, NameUse, NodeId, Role, Tree};

/// How a name comes to its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// `name = value`, `(name := value)`.
    Value(NodeId),
    /// `import a.b` binds `a`, `import a.b as c` binds `a.b`, `from a import b` binds `a.b`.
    Import(String),
    Function(NodeId),
    Class(NodeId),
    /// `with value as name`; the node is the context manager's expression.
    Enter(NodeId),
    /// `for name in value`.
    Iterate(NodeId),
    Param(NodeId),
    Delete,
    /// Unpacking, augmented assignment, `except … as`, a pattern.
    Other,
}

/// A place that gives a name a value.
#[derive(Debug, Clone)]
pub struct Binding {
    pub node: NodeId,
    pub how: How,
    /// The branch that the binding stands in, when it may not run.
    pub branch: Option<Branch>,
}

/// The body of an `if`, an `else`, an `except` or a `case`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    pub owner: NodeId,
    pub role: Role,
}

impl Branch {
    /// The innermost branch around `node` that may not run.
    pub fn around(tree: &Tree, node: NodeId) -> Option<Self> {
        let mut inner = node;
        for outer in tree.ancestors(node) {
            let role = tree.role(inner);
            match (tree.kind(outer), role) {
                (Kind::If, Role::Body | Role::Else)
                | (Kind::Case | Kind::Handler { .. }, Role::Body) => {
                    return Some(Self { owner: outer, role });
                }
                (Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda, _) => {
                    return None;
                }
                _ => {}
            }
            inner = outer;
        }
        None
    }

    /// Whether `node` stands in this branch.
    pub fn holds(self, tree: &Tree, node: NodeId) -> bool {
        let mut inner = node;
        for outer in tree.ancestors(node) {
            if outer == self.owner {
                return tree.role(inner) == self.role;
            }
            inner = outer;
        }
        false
    }
}

/// The places of one cell that bind names.
#[derive(Debug, Clone, Default)]
pub struct Bound {
    /// By scope and name, in the order of the nodes.
    places: HashMap<(ScopeId, NameId), Vec<Binding>>,
    /// Modules of which the cell imports everything.
    pub stars: Vec<(NodeId, String)>,
}

impl Bound {
    pub(super) fn of(index: &Index) -> Self {
        let mut bound = Self::default();
        let tree = &index.syntax.tree;
        for node in tree.all() {
            let how = match tree.kind(node) {
                Kind::FunctionDef { .. } => How::Function(node),
                Kind::ClassDef { .. } => How::Class(node),
                Kind::Param { .. } => How::Param(node),
                Kind::Handler { name: Some(_) } => How::Other,
                Kind::Name { used: NameUse::Delete } => How::Delete,
                Kind::Name { used: NameUse::Store } if !is_bare_annotation(tree, node) => {
                    How::of_name(tree, node)
                }
                Kind::Import { .. } | Kind::ImportFrom { .. } => {
                    bound.import(index, node);
                    continue;
                }
                _ => continue,
            };
            if let Some(variable) = index.variable(node) {
                bound.add(index, node, variable, how);
            }
        }
        bound
    }

    fn import(&mut self, index: &Index, node: NodeId) {
        let tree = &index.syntax.tree;
        let (Kind::Import { names } | Kind::ImportFrom { names, .. }) = tree.kind(node) else {
            return;
        };
        let from = match tree.kind(node) {
            Kind::ImportFrom { module, level, .. } => {
                let module = module.map(|range| compact(tree.text(range))).unwrap_or_default();
                Some(format!("{}{module}", ".".repeat(*level as usize)))
            }
            _ => None,
        };
        for (name, variable) in names.iter().zip(index.imported(node)) {
            let path = compact(tree.text(name.name));
            let path = match (&from, name.alias) {
                (Some(module), _) if path == "*" => {
                    self.stars.push((node, module.clone()));
                    continue;
                }
                (Some(module), _) => format!("{module}.{path}"),
                (None, Some(_)) => path,
                (None, None) => path.split('.').next().unwrap_or_default().to_owned(),
            };
            self.add(index, node, *variable, How::Import(path));
        }
    }

    fn add(&mut self, index: &Index, node: NodeId, variable: Variable, how: How) {
        let home = index.home(index.scope_of(node), variable);
        let branch = Branch::around(&index.syntax.tree, node);
        self.places.entry(home).or_default().push(Binding { node, how, branch });
    }

    /// The names that all cells share and this one binds, with the places, in no order.
    pub fn shared(&self) -> impl Iterator<Item = (NameId, &[Binding])> {
        let shared = self.places.iter().filter(|((scope, _), _)| *scope == TOP);
        shared.map(|((_, name), all)| (*name, all.as_slice()))
    }

    /// The places that bind a name of a scope, in the order of their nodes.
    pub fn of_name(&self, home: (ScopeId, NameId)) -> &[Binding] {
        self.places.get(&home).map_or(&[], Vec::as_slice)
    }
}

impl How {
    /// How the name at `node`, a target, gets its value.
    pub fn of_name(tree: &Tree, node: NodeId) -> Self {
        let Some(parent) = tree.parent(node) else { return How::Other };
        let value = |role| tree.child(parent, role);
        match tree.kind(parent) {
            Kind::Assign | Kind::AnnAssign | Kind::Named => {
                value(Role::Value).map_or(How::Other, How::Value)
            }
            Kind::For { .. } | Kind::Clause { .. } => {
                value(Role::Iter).map_or(How::Other, How::Iterate)
            }
            Kind::WithItem => value(Role::Context).map_or(How::Other, How::Enter),
            Kind::Tuple { .. } | Kind::List => unpacked(tree, node, parent),
            _ => How::Other,
        }
    }

    /// Whether a use of the name at `read` is in the value that the place at `binding` gives it: in
    /// `x = f(x)` the right-hand `x` is the one before.
    pub fn is_own_value(&self, tree: &Tree, binding: NodeId, read: NodeId) -> bool {
        let (How::Value(value) | How::Iterate(value) | How::Enter(value)) = self else {
            return false;
        };
        tree.is_within(read, *value) && *value > binding
    }
}

/// A dotted name without the white space that Python allows in it.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// `name: type` alone binds nothing.
fn is_bare_annotation(tree: &Tree, node: NodeId) -> bool {
    tree.parent(node).is_some_and(|up| {
        matches!(tree.kind(up), Kind::AnnAssign) && tree.child(up, Role::Value).is_none()
    })
}

/// `a, b = x, y` binds pairwise; any other unpacking is not followed.
fn unpacked(tree: &Tree, node: NodeId, targets: NodeId) -> How {
    let assign = tree.parent(targets).filter(|up| matches!(tree.kind(*up), Kind::Assign));
    let value = assign.and_then(|assign| tree.child(assign, Role::Value));
    let Some(value) = value.filter(|value| matches!(tree.kind(*value), Kind::Tuple { .. })) else {
        return How::Other;
    };
    let at = tree.place(node);
    at.and_then(|at| tree.nth_child(value, Role::Element, at)).map_or(How::Other, How::Value)
}
