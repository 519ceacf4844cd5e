//! Names in one cell: its scopes, what each binds, and how.

use hashbrown::{HashMap, HashSet};

use crate::python::{Kind, NameUse, NodeId, Role, Tree};

/// A scope of one cell; 0 is the module's, which all cells share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub usize);

/// The scope that all cells share.
pub const MODULE: ScopeId = ScopeId(0);

/// What makes a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Function,
    Lambda,
    Class,
    Comprehension,
}

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

/// A scope and its names.
#[derive(Debug, Clone)]
pub struct Scope {
    pub kind: ScopeKind,
    pub node: Option<NodeId>,
    pub parent: ScopeId,
    pub bindings: HashMap<Box<str>, Vec<Binding>>,
    pub globals: HashSet<Box<str>>,
    pub nonlocals: HashSet<Box<str>>,
}

/// The scopes of one cell.
#[derive(Debug, Clone)]
pub struct Scopes {
    pub list: Vec<Scope>,
    by_node: HashMap<NodeId, ScopeId>,
    /// For each node, in order, the scope in which it is evaluated.
    around: Vec<ScopeId>,
    /// Modules of which the cell imports everything.
    pub stars: Vec<(NodeId, String)>,
}

impl Scopes {
    /// Reads the scopes of a cell.
    pub fn of(tree: &Tree) -> Self {
        let (list, by_node, stars) = (Vec::new(), HashMap::new(), Vec::new());
        let mut scopes = Self { list, by_node, around: Vec::new(), stars };
        scopes.open(None, ScopeKind::Module, MODULE);
        scopes.divide(tree);
        for node in tree.all() {
            scopes.declare(tree, node);
        }
        for node in tree.all() {
            scopes.bind(tree, node);
        }
        scopes
    }

    fn open(&mut self, node: Option<NodeId>, kind: ScopeKind, parent: ScopeId) {
        if let Some(node) = node {
            self.by_node.insert(node, ScopeId(self.list.len()));
        }
        self.list.push(Scope {
            kind,
            node,
            parent,
            bindings: HashMap::new(),
            globals: HashSet::new(),
            nonlocals: HashSet::new(),
        });
    }

    /// The scope with this number.
    pub fn get(&self, id: ScopeId) -> Option<&Scope> {
        self.list.get(id.0)
    }

    /// The scope that a definition, lambda or comprehension opens.
    pub fn opened_by(&self, node: NodeId) -> Option<ScopeId> {
        self.by_node.get(&node).copied()
    }

    /// The scope in which the code at `node` is evaluated. Decorators, defaults, annotations,
    /// bases and a comprehension's first iterable belong to the scope around.
    pub fn around(&self, node: NodeId) -> ScopeId {
        self.around.get(node.index()).copied().unwrap_or(MODULE)
    }

    /// Opens the scopes and finds for each node the one that it is in. Parents come first, so that
    /// each node asks its parent alone.
    fn divide(&mut self, tree: &Tree) {
        // The same for what stands in the head of the definition further out.
        let mut outside: Vec<ScopeId> = Vec::new();
        for node in tree.all() {
            let (inside, head) = self.place(tree, node, &outside);
            self.around.push(inside);
            outside.push(head);
            if let Some(kind) = scope_kind(tree.kind(node)) {
                self.open(Some(node), kind, inside);
            }
        }
    }

    /// The scope of a node, and the scope of what below it belongs to a definition's head.
    fn place(&self, tree: &Tree, node: NodeId, outside: &[ScopeId]) -> (ScopeId, ScopeId) {
        let Some(parent) = tree.parent(node) else { return (MODULE, MODULE) };
        let role = tree.role(node);
        let around = self.around(parent);
        let beyond = outside.get(parent.index()).copied().unwrap_or(MODULE);
        let is_head =
            matches!(role, Role::Decorator | Role::Base | Role::Annotation | Role::Default);
        match self.opened_by(parent) {
            Some(_) if is_head || role == Role::Other => (around, around),
            Some(scope) => (scope, around),
            None if is_head => (beyond, beyond),
            None if role == Role::Iter && is_first_clause(tree, parent) => {
                let around = tree.parent(parent).map_or(MODULE, |outer| self.around(outer));
                (around, beyond)
            }
            None => (around, beyond),
        }
    }

    fn declare(&mut self, tree: &Tree, node: NodeId) {
        let (names, global) = match tree.kind(node) {
            Kind::Global { names } => (names, true),
            Kind::Nonlocal { names } => (names, false),
            _ => return,
        };
        let around = self.around(node);
        let Some(scope) = self.list.get_mut(around.0) else { return };
        let set = if global { &mut scope.globals } else { &mut scope.nonlocals };
        set.extend(names.iter().map(|range| Box::from(tree.text(*range))));
    }

    fn bind(&mut self, tree: &Tree, node: NodeId) {
        match tree.kind(node) {
            Kind::FunctionDef { name, .. } => {
                self.add(tree, node, tree.text(*name), How::Function(node));
            }
            Kind::ClassDef { name } => self.add(tree, node, tree.text(*name), How::Class(node)),
            Kind::Param { name } => self.add(tree, node, tree.text(*name), How::Param(node)),
            Kind::Handler { name: Some(name) } => {
                self.add(tree, node, tree.text(*name), How::Other);
            }
            Kind::Import { names } => {
                for name in names {
                    let path = compact(tree.text(name.name));
                    let top = path.split('.').next().unwrap_or_default().to_owned();
                    match name.alias {
                        Some(alias) => self.add(tree, node, tree.text(alias), How::Import(path)),
                        None => self.add(tree, node, &top.clone(), How::Import(top)),
                    }
                }
            }
            Kind::ImportFrom { .. } => self.bind_from(tree, node),
            Kind::Name { used: NameUse::Delete } => {
                self.add(tree, node, tree.source_of(node), How::Delete);
            }
            Kind::Name { used: NameUse::Store } if !is_bare_annotation(tree, node) => {
                self.add(tree, node, tree.source_of(node), how_stored(tree, node));
            }
            _ => {}
        }
    }

    fn bind_from(&mut self, tree: &Tree, node: NodeId) {
        let Kind::ImportFrom { module, level, names } = tree.kind(node) else { return };
        let module = module.map(|range| compact(tree.text(range))).unwrap_or_default();
        let module = format!("{}{module}", ".".repeat(*level as usize));
        for name in names {
            let imported = tree.text(name.name);
            if imported == "*" {
                self.stars.push((node, module.clone()));
                continue;
            }
            let bound = tree.text(name.alias.unwrap_or(name.name));
            self.add(tree, node, bound, How::Import(format!("{module}.{imported}")));
        }
    }

    fn add(&mut self, tree: &Tree, node: NodeId, name: &str, how: How) {
        let mut scope = self.around(node);
        // `:=` in a comprehension binds in the scope around it.
        let walrus = tree.parent(node).is_some_and(|up| matches!(tree.kind(up), Kind::Named));
        loop {
            let Some(here) = self.get(scope) else { return };
            if here.globals.contains(name) {
                scope = MODULE;
                break;
            }
            let passes =
                here.nonlocals.contains(name) || (walrus && here.kind == ScopeKind::Comprehension);
            if !passes || scope == MODULE {
                break;
            }
            scope = here.parent;
        }
        let binding = Binding { node, how, branch: branch_of(tree, node) };
        if let Some(scope) = self.list.get_mut(scope.0) {
            scope.bindings.entry(name.into()).or_default().push(binding);
        }
    }
}

fn scope_kind(kind: &Kind) -> Option<ScopeKind> {
    match kind {
        Kind::FunctionDef { .. } => Some(ScopeKind::Function),
        Kind::Lambda => Some(ScopeKind::Lambda),
        Kind::ClassDef { .. } => Some(ScopeKind::Class),
        Kind::Comprehension { .. } => Some(ScopeKind::Comprehension),
        _ => None,
    }
}

/// Whether a clause is the first of its comprehension, whose iterable is evaluated outside.
fn is_first_clause(tree: &Tree, clause: NodeId) -> bool {
    matches!(tree.kind(clause), Kind::Clause { .. }) && tree.place(clause) == Some(0)
}

/// A dotted name without the white space that Python allows in it.
fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

fn how_stored(tree: &Tree, node: NodeId) -> How {
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

/// The innermost branch around `node` that may not run.
fn branch_of(tree: &Tree, node: NodeId) -> Option<Branch> {
    let mut inner = node;
    for outer in tree.ancestors(node) {
        let role = tree.role(inner);
        match (tree.kind(outer), role) {
            (Kind::If, Role::Body | Role::Else)
            | (Kind::Case | Kind::Handler { .. }, Role::Body) => {
                return Some(Branch { owner: outer, role });
            }
            (Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda, _) => return None,
            _ => {}
        }
        inner = outer;
    }
    None
}
