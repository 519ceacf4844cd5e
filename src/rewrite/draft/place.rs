//! Where an `await` can stand, and which functions can become `async`.

use crate::execution::{EventKind, Run, Site};
use crate::index::Index;
use crate::python::{Kind, NodeId, Role, Tree};
use crate::rewrite::awaiting::without_await;
use crate::text::{Edit, TextRange, line_range};

/// What holds a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// The cell itself, or an `async def`.
    Awaits,
    /// A plain `def`.
    Plain(NodeId),
    /// Nothing that can ever await: a `lambda`, a class body.
    Closed,
}

/// Special methods that may give a coroutine: Python hands on what they give.
///
/// Source: <https://docs.python.org/3/reference/datamodel.html>; the others have to give a value of
/// some type, or Python drops what they give.
const HANDED_ON: [&str; 12] = [
    "__call__",
    "__getitem__",
    "__getattr__",
    "__get__",
    "__missing__",
    "__add__",
    "__sub__",
    "__mul__",
    "__mod__",
    "__or__",
    "__rshift__",
    "__matmul__",
];

/// What holds `node`.
pub(super) fn holder(tree: &Tree, node: NodeId) -> Holder {
    let mut inner = node;
    for outer in tree.ancestors(node) {
        let role = tree.role(inner);
        let is_inside = !matches!(role, Role::Decorator | Role::Default | Role::Annotation)
            && !matches!(tree.kind(inner), Kind::Param { .. });
        match tree.kind(outer) {
            Kind::Lambda if is_inside => return Holder::Closed,
            Kind::ClassDef { .. } if role == Role::Body => return Holder::Closed,
            Kind::FunctionDef { is_async: true, .. } if is_inside => return Holder::Awaits,
            Kind::FunctionDef { .. } if is_inside => return Holder::Plain(outer),
            _ => {}
        }
        inner = outer;
    }
    Holder::Awaits
}

pub(super) fn is_awaiting(tree: &Tree, node: NodeId) -> bool {
    holder(tree, node) == Holder::Awaits
}

/// Whether a plain `def` can become `async` so that its callers await it: a generator would become
/// another thing, and of most special methods Python takes the result itself.
pub(super) fn can_be_async(index: &Index, def: NodeId) -> bool {
    let tree = &index.syntax.tree;
    let Kind::FunctionDef { name, is_async: false } = tree.kind(def) else { return false };
    let name = tree.text(*name);
    let is_special = name.starts_with("__") && name.ends_with("__");
    let scope = index.opened_by(def).and_then(|scope| index.scope(scope));
    (!is_special || HANDED_ON.contains(&name)) && scope.is_some_and(|scope| !scope.is_generator)
}

/// Whether a magic compiles the code at `node` by itself.
pub(super) fn keeps_from_awaiting(index: &Index, node: NodeId) -> bool {
    let tree = &index.syntax.tree;
    index.syntax.magic.is_some()
        || tree.ancestors(node).any(|up| matches!(tree.kind(up), Kind::Escape { .. }))
}

/// The lines of the decorator that makes a property of a function.
pub(super) fn property_decorator(tree: &Tree, def: NodeId) -> Option<TextRange> {
    let is_property = |it: &NodeId| {
        let name = tree.source_of(*it);
        matches!(name.rsplit('.').next(), Some("property" | "cached_property"))
    };
    let mut all = tree.children_in(def, Role::Decorator);
    let only = all.next().filter(is_property)?;
    let line = line_range(tree.source(), tree.range(only).start);
    // Its line, with the line's end.
    all.next()
        .is_none()
        .then(|| TextRange::new(line.start, (line.end + 1).min(tree.source().len())))
}

/// The access to an attribute that runs a property.
pub(super) fn accessed(run: &Run, by: Site) -> Option<Site> {
    matches!(run.kind(by), Kind::Attribute { .. }).then_some(by)
}

/// Takes away each `await` that is refused and stands before a chain or a sum with one of its own:
/// `await (await client.get(url)).json()`, `await (await one() + 1)`, where only the inner one is meant.
pub(super) fn outer_awaits(run: &Run) -> Vec<Edit> {
    let mut edits = Vec::new();
    for event in run.events().iter().filter(|it| matches!(it.kind, EventKind::AwaitRefused { .. }))
    {
        if run.cell_of(event.site.cell).is_none() {
            continue;
        }
        let tree = run.tree(event.site.cell);
        let Some(operand) = tree.child(event.site.node, Role::Value) else { continue };
        let down =
            |it: &NodeId| tree.child(*it, Role::Func).or_else(|| tree.child(*it, Role::Value));
        let awaits = |from: NodeId| {
            let mut chain = std::iter::successors(Some(from), down);
            chain.any(|it| matches!(tree.kind(it), Kind::Await))
        };
        let is_own = match tree.kind(operand) {
            Kind::BinOp => tree.children(operand).any(awaits),
            _ => down(&operand).is_some_and(awaits),
        };
        let edit = without_await(run, event.site);
        if is_own && !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    edits
}
