//! Async functions that stand, word for word, in cells of several notebooks.

use std::collections::BTreeMap;

use super::Review;
use crate::index::ReadCell;
use crate::python::{Kind, NameUse, NodeId, Role, Tree};
use crate::text::CellIndex;

/// Lines of the shortest function that is worth a module.
const LINES: usize = 5;

/// An `async def` at the top of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helper {
    pub name: String,
    pub cell: CellIndex,
    takes_nothing: bool,
    /// Its lines, without the spaces at their ends.
    text: String,
}

/// A function of several notebooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    pub name: String,
    /// The notebooks' paths, as they were given, and the cell in each.
    pub places: Vec<(String, CellIndex)>,
}

/// The async functions at the top of a notebook's cells that are long enough to be shared.
pub fn helpers(review: &Review) -> Vec<Helper> {
    let mut found = Vec::new();
    for (number, cell) in review.cells.iter().enumerate() {
        if !cell.source().contains("async") {
            continue;
        }
        let tree = &cell.syntax().tree;
        // An entry point that is used once is what its notebook does, and no helper.
        let is_entry = |it: &Helper| it.takes_nothing && reads(review, &it.name) < 2;
        let helpers = tree.statements().filter_map(|it| helper(tree, it, CellIndex(number)));
        found.extend(helpers.filter(|it| !is_entry(it)));
    }
    found
}

/// How often a name is read.
fn reads(review: &Review, name: &str) -> usize {
    let of_cell = |cell: &std::sync::Arc<ReadCell>| {
        let tree = &cell.syntax().tree;
        let is_read = |node: &NodeId| {
            matches!(tree.kind(*node), Kind::Name { used: NameUse::Load })
                && tree.name(*node) == Some(name)
        };
        tree.all().filter(is_read).count()
    };
    review.cells.iter().map(of_cell).sum()
}

fn helper(tree: &Tree, statement: NodeId, cell: CellIndex) -> Option<Helper> {
    let Kind::FunctionDef { name, is_async: true, .. } = tree.kind(statement) else { return None };
    let source = tree.source_of(statement);
    let lines: Vec<&str> = source.lines().map(str::trim_end).collect();
    (lines.len() >= LINES).then(|| Helper {
        name: tree.text(*name).to_owned(),
        cell,
        takes_nothing: tree.children_in(statement, Role::Param).next().is_none(),
        text: lines.join("\n"),
    })
}

/// Those that stand in at least two of the notebooks, in the order in which they are first met.
pub fn shared(notebooks: impl IntoIterator<Item = (String, Vec<Helper>)>) -> Vec<Shared> {
    let mut order = Vec::new();
    let mut all: BTreeMap<String, Shared> = BTreeMap::new();
    for (path, helpers) in notebooks {
        for Helper { name, cell, text, .. } in helpers {
            let known = all.entry(text.clone()).or_insert_with(|| {
                order.push(text);
                Shared { name, places: Vec::new() }
            });
            if known.places.last().is_none_or(|(last, _)| *last != path) {
                known.places.push((path.clone(), cell));
            }
        }
    }
    order.iter().filter_map(|it| all.remove(it)).filter(|it| it.places.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::review;

    const LOAD: &str = "async def load(n):\n    a = n\n    b = a\n    c = b\n    return c\n";

    fn of(source: &str) -> Vec<Helper> {
        let pasted = crate::notebook::parse_pasted(source);
        let crate::notebook::Pasted::Notebook(notebook) = pasted else { return Vec::new() };
        helpers(&review(&notebook, &crate::knowledge::Tables::default()))
    }

    #[test]
    fn a_function_is_shared_where_another_notebook_has_the_same() {
        let again = LOAD.replace("c\n", "c  \n");
        let other = LOAD.replace("b = a", "b = 2 * a");
        let all = [("a", of(LOAD)), ("b", of(&other)), ("c", of(&again)), ("d", of("x = 1\n"))];
        let all = all.map(|(path, helpers)| (path.to_owned(), helpers));
        let found = shared(all);
        let places: Vec<&str> =
            found.iter().flat_map(|it| it.places.iter().map(|(path, _)| path.as_str())).collect();
        assert_eq!(found.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["load"]);
        assert_eq!(places, ["a", "c"]);
    }

    #[test]
    fn an_entry_point_that_is_used_once_is_no_helper() {
        let main = LOAD.replace("load(n)", "main()");
        let named = |source: String| of(&source).into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(named(format!("{main}\nawait main()\n")), [] as [&str; 0]);
        assert_eq!(named(format!("{main}\nawait main()\nawait main()\n")), ["main"]);
        assert_eq!(named(format!("{LOAD}\nawait load(1)\n")), ["load"]);
    }

    #[test]
    fn what_is_short_or_plain_is_not_counted() {
        assert_eq!(of("async def f():\n    return 1\n"), []);
        assert_eq!(of(&LOAD.replace("async ", "")), []);
    }
}
