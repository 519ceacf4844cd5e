//! What has to run for a repair to hold in a kernel that has run the cells as they were.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::index::{How, Index, TOP};
use crate::notebook::Notebook;
use crate::python::{self, Kind, NodeId, Role};
use crate::text::CellIndex;

/// What to run so that the repaired notebook holds: the statements of other cells that changed, what
/// was made of these and is used yet, then the cell. `None` where nothing changed.
pub fn to_run(before: &Notebook, after: &Notebook, cell: CellIndex) -> Option<String> {
    let own = after.cell(cell)?;
    let others = before.cells.iter().zip(&after.cells).filter(|(old, _)| old.index != cell);
    let has_changed = others.clone().any(|(old, new)| old.source != new.source);
    if !has_changed && before.cell(cell).is_some_and(|old| old.source == own.source) {
        return None;
    }
    let mut parts: Vec<String> = Vec::new();
    if has_changed {
        let mut session = Session::default();
        for (old, new) in others {
            session.read(&old.source, &new.source);
        }
        parts = session.again(&own.source);
    }
    parts.push(own.source.trim_end().to_owned());
    parts.retain(|part| !part.is_empty());
    Some(parts.join("\n\n"))
}

/// The statements of the other cells, in the order in which they ran.
#[derive(Debug, Default)]
struct Session {
    statements: Vec<Statement>,
    /// By name: the statement that bound it last.
    last: HashMap<Box<str>, usize>,
    /// The names of classes.
    classes: HashSet<Box<str>>,
}

/// A statement of a cell's own code.
#[derive(Debug)]
struct Statement {
    text: String,
    binds: Vec<Box<str>>,
    /// What it reads, now or when its functions run.
    reads: HashSet<Box<str>>,
    /// Whether the repair wrote it.
    is_new: bool,
    /// What a plain assignment calls to make its value; `None` of every other statement.
    makes: Option<Vec<Option<Box<str>>>>,
}

impl Session {
    /// Reads a cell as it was and as it is.
    fn read(&mut self, old: &str, new: &str) {
        let known = python::parse(old);
        let known: HashSet<&str> =
            known.tree.statements().map(|node| known.tree.source_of(node)).collect();
        let index = Index::of(Arc::new(python::parse(new)));
        let tree = &index.syntax.tree;
        let mut bound: HashMap<NodeId, Vec<Box<str>>> = HashMap::new();
        for (name, places) in index.bound().shared() {
            for place in places {
                let mut around = std::iter::once(place.node).chain(tree.ancestors(place.node));
                let Some(top) = around.find(|it| tree.role(*it) == Role::Top) else { continue };
                bound.entry(top).or_default().push(index.name(name).into());
                if matches!(place.how, How::Class(_)) {
                    self.classes.insert(index.name(name).into());
                }
            }
        }
        for node in tree.statements() {
            let text = tree.source_of(node);
            let binds = bound.remove(&node).unwrap_or_default();
            let place = self.statements.len();
            self.last.extend(binds.iter().map(|name| (name.clone(), place)));
            self.statements.push(Statement {
                text: text.to_owned(),
                binds,
                reads: names(&index, node),
                is_new: !known.contains(text),
                makes: made_by(&index, node),
            });
        }
    }

    /// The statements to run again before the cell whose text is `asked`.
    fn again(&self, asked: &str) -> Vec<String> {
        let stale = self.stale();
        let asked = Index::of(Arc::new(python::parse(asked)));
        let mut needed: HashSet<Box<str>> =
            asked.syntax.tree.statements().flat_map(|node| names(&asked, node)).collect();
        let new = self.statements.iter().filter(|it| it.is_new);
        needed.extend(new.flat_map(|it| it.reads.iter().cloned()));
        let mut runs = vec![false; self.statements.len()];
        for (place, it) in self.statements.iter().enumerate().rev() {
            let is_used = || it.binds.iter().any(|name| needed.contains(name));
            if it.is_new || (stale.contains(&place) && is_used()) {
                needed.extend(it.reads.iter().cloned());
                if let Some(runs) = runs.get_mut(place) {
                    *runs = true;
                }
            }
        }
        let kept = self.statements.iter().zip(runs).filter(|(_, runs)| *runs);
        kept.map(|(it, _)| it.text.clone()).collect()
    }

    /// The assignments whose values hold what was made by the code before: instances of a class that
    /// changed, and other names of a function. Results of calls stay what they were.
    fn stale(&self) -> HashSet<usize> {
        let mut old: HashSet<&str> = HashSet::new();
        let mut stale = HashSet::new();
        for (place, it) in self.statements.iter().enumerate() {
            let binds = it.binds.iter().map(|name| &**name);
            if it.is_new {
                old.extend(binds);
                continue;
            }
            let is_class = |called: &Option<Box<str>>| {
                called.as_ref().is_some_and(|it| self.classes.contains(it))
            };
            let makes = it.makes.as_ref().is_some_and(|calls| calls.iter().all(is_class));
            let is_last = it.binds.iter().all(|name| self.last.get(name) == Some(&place));
            if makes && is_last && it.reads.iter().any(|name| old.contains(&**name)) {
                old.extend(binds);
                stale.insert(place);
            }
        }
        stale
    }
}

/// The names of the notebook that stand in a statement.
fn names(index: &Index, statement: NodeId) -> HashSet<Box<str>> {
    let tree = &index.syntax.tree;
    let shared = |node| index.home_of(node).filter(|(scope, _)| *scope == TOP);
    let nodes = tree.descendants(statement).filter(|node| tree.name(*node).is_some());
    nodes.filter_map(shared).map(|(_, name)| index.name(name).into()).collect()
}

/// The names that the value of a plain assignment calls; `None` in it for what is called otherwise.
fn made_by(index: &Index, statement: NodeId) -> Option<Vec<Option<Box<str>>>> {
    let tree = &index.syntax.tree;
    if !matches!(tree.kind(statement), Kind::Assign | Kind::AnnAssign) {
        return None;
    }
    let value = tree.child(statement, Role::Value)?;
    let parts = std::iter::once(value).chain(tree.descendants(value));
    let called = |node: NodeId| match tree.kind(node) {
        Kind::Call => {
            let name = tree.child(node, Role::Func).and_then(|callee| tree.name(callee));
            Some(name.map(Box::from))
        }
        Kind::Await => Some(None),
        _ => None,
    };
    Some(parts.filter_map(called).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::{RanCell, of_session};

    /// What is to run before the last cell, where each other cell is as it was and as it is.
    fn again(cells: &[(&str, &str)], asked: &str) -> Option<String> {
        let notebook = |pick: fn(&(&str, &str)) -> String| {
            let cells = cells.iter().map(pick).chain([asked.to_owned()]);
            let cells: Vec<RanCell> = cells
                .map(|source| RanCell { key: "k".to_owned(), source, count: None, error: None })
                .collect();
            of_session(&cells, None).unwrap()
        };
        let (before, after) = (notebook(|it| it.0.to_owned()), notebook(|it| it.1.to_owned()));
        to_run(&before, &after, CellIndex(cells.len()))
    }

    const OLD: &str = "class Api:\n    def get(self): return run(f())";
    const NEW: &str = "class Api:\n    async def get(self): return await f()";

    #[test]
    fn instances_of_a_changed_class_are_made_again() {
        let cells = [(OLD, NEW), ("api = Api()", "api = Api()"), ("x = 1", "x = 1")];
        let expected = format!("{NEW}\n\napi = Api()\n\nawait api.get()");
        assert_eq!(again(&cells, "await api.get()").unwrap(), expected);
        // And what holds them, by whatever name.
        let holds = "class Box:\n    def __init__(self, it): self.it = it\nbox = Box([api])";
        let cells = [(OLD, NEW), ("api = Api()", "api = Api()"), (holds, holds)];
        let expected = format!("{NEW}\n\napi = Api()\n\nbox = Box([api])\n\nawait box.it.get()");
        assert_eq!(again(&cells, "await box.it.get()").unwrap(), expected);
    }

    #[test]
    fn other_names_of_a_changed_function_are_given_again() {
        let (old, new) = ("def load(): return run(f())", "async def load(): return await f()");
        let table = "jobs = {'load': load}";
        let expected = format!("{new}\n\n{table}\n\nawait jobs['load']()");
        assert_eq!(again(&[(old, new), (table, table)], "await jobs['load']()").unwrap(), expected);
    }

    #[test]
    fn results_and_what_nobody_uses_stay() {
        let cells =
            [(OLD, NEW), ("api = Api()\nrows = api.get()", "api = Api()\nrows = api.get()")];
        assert_eq!(again(&cells, "print(rows)").unwrap(), format!("{NEW}\n\nprint(rows)"));
        // A name that got another value later keeps it.
        let cells =
            [(OLD, NEW), ("api = Api()", "api = Api()"), ("api = open_()", "api = open_()")];
        assert_eq!(again(&cells, "await api.get()").unwrap(), format!("{NEW}\n\nawait api.get()"));
        assert_eq!(again(&[(OLD, OLD)], "x"), None);
    }
}
