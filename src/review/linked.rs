//! Which cells hang together by the names that they share: an edit of one of them may change what
//! is to be said of these, and of no others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::known::Told;
use crate::diagnostic::Diagnostic;
use crate::facts::CellFacts;
use crate::index::{How, Variable};
use crate::python::{Kind, NameUse};
use crate::text::{CellIndex, Span};

/// Names by which code reaches names that it does not say.
const OPEN: [&str; 8] =
    ["globals", "locals", "vars", "exec", "eval", "__import__", "__builtins__", "get_ipython"];

/// Line magics that change what other cells mean.
const OPEN_MAGICS: [&str; 9] = [
    "run",
    "load_ext",
    "reload_ext",
    "unload_ext",
    "autoawait",
    "reset",
    "reset_selective",
    "xdel",
    "gui",
];

/// What a cell has to do with others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Names that its imports bind, each with what it stands for.
    imports: BTreeMap<Box<str>, Box<str>>,
    /// Names that all cells share and that something else in it binds.
    binds: BTreeSet<Box<str>>,
    reads: BTreeSet<Box<str>>,
    /// Whether it may reach names that it does not say.
    is_open: bool,
}

/// Cells that are looked at again.
#[derive(Debug)]
pub(super) struct Touched {
    /// Those of which something else may have to be said, and those that they stand on. The others
    /// say nothing for as long.
    pub run: Vec<Arc<CellFacts>>,
    /// The first of these.
    pub cells: BTreeSet<CellIndex>,
    /// Cells that are not looked at.
    pub elsewhere: Vec<Arc<CellFacts>>,
    /// What each of the cells has to do with others now.
    pub links: Vec<Arc<Links>>,
}

impl Links {
    pub fn of(cell: &CellFacts) -> Self {
        let index = cell.names();
        let tree = &index.syntax.tree;
        let mut links = Self::default();
        for (name, places) in index.bound().shared() {
            for place in places {
                match &place.how {
                    How::Import(what) => {
                        links.imports.insert(index.name(name).into(), what.as_str().into());
                    }
                    _ => _ = links.binds.insert(index.name(name).into()),
                }
            }
        }
        for node in tree.all() {
            match tree.kind(node) {
                Kind::Name { used: NameUse::Load } => {
                    if let Some(Variable::Global(name)) = index.variable(node) {
                        links.reads.insert(index.name(name).into());
                    }
                }
                Kind::Escape { sigil: '%', name } => {
                    links.is_open |= OPEN_MAGICS.contains(&tree.text(*name));
                }
                _ => {}
            }
        }
        links.is_open |= !index.bound().stars.is_empty();
        links.is_open |= links.imports.values().any(|what| **what == *"__main__");
        links.is_open |= OPEN.iter().any(|name| links.reads.contains(*name));
        links
    }
}

/// Who binds and who reads a name.
#[derive(Debug, Default)]
struct Users {
    importers: Vec<usize>,
    binders: Vec<usize>,
    readers: Vec<usize>,
    /// Whether the imports differ.
    differ: bool,
}

/// Which cells have to be looked at again, of which those at `changed` have another text; `None`
/// where that is as good as all of them.
pub(super) fn touched(told: &Told, cells: &[Arc<CellFacts>], changed: &[usize]) -> Option<Touched> {
    let old = told.links();
    let mut links = old.to_vec();
    for at in changed {
        let new = Links::of(cells.get(*at)?);
        // Who reads a module's name depends on every import of it.
        if new.imports != old.get(*at)?.imports {
            return None;
        }
        *links.get_mut(*at)? = Arc::new(new);
    }
    if links.iter().chain(old).any(|it| it.is_open) {
        return None;
    }
    let both = links.iter().enumerate();
    let both = both.chain(changed.iter().filter_map(|at| Some((*at, old.get(*at)?))));
    let web = Web::of(both);
    let said_of = said_of(told, cells, changed);
    let said = web.component(&links, old, changed.iter().copied().chain(said_of));
    let run = web.grounds(&links, &said);
    if run.len() * 2 > cells.len() {
        return None;
    }
    let blank = Arc::new(CellFacts::blank());
    let is_run = |at: usize| run.contains(&at);
    let cell =
        |(at, cell): (usize, &Arc<CellFacts>)| Arc::clone(if is_run(at) { cell } else { &blank });
    Some(Touched {
        run: cells.iter().enumerate().map(cell).collect(),
        cells: said.into_iter().map(CellIndex).collect(),
        elsewhere: (0..)
            .zip(cells)
            .filter(|(at, _)| !is_run(*at))
            .map(|(_, it)| Arc::clone(it))
            .collect(),
        links,
    })
}

/// The cells of which something was said that speaks of a changed one, or brings in a name that
/// one of them has now.
fn said_of(told: &Told, cells: &[Arc<CellFacts>], changed: &[usize]) -> BTreeSet<usize> {
    let is_changed = |span: Span| changed.binary_search(&span.cell.0).is_ok();
    let names = |cells: &[Arc<CellFacts>]| -> BTreeSet<Box<str>> {
        let cells = changed.iter().filter_map(|at| cells.get(*at));
        cells.flat_map(|cell| cell.names().names().iter().cloned()).collect()
    };
    let before = names(&told.cells);
    let mut new = names(cells);
    new.retain(|name| !before.contains(name));
    let speaks_of_it = |found: &&Diagnostic| {
        let edits = || found.fixes.iter().flat_map(|fix| &fix.edits);
        let spans = found.notes.iter().filter_map(|note| note.span);
        let reasons = found.fixes.iter().flat_map(|fix| &fix.reasons).map(|(span, _)| *span);
        spans.chain(reasons).chain(edits().map(|edit| edit.span)).any(is_changed)
            || new.iter().any(|name| edits().any(|edit| edit.text.contains(&**name)))
    };
    told.found.iter().filter(speaks_of_it).map(|found| found.span.cell.0).collect()
}

/// Every shared name with its users.
struct Web<'l>(HashMap<&'l str, Users>);

impl<'l> Web<'l> {
    fn of(cells: impl Iterator<Item = (usize, &'l Arc<Links>)>) -> Self {
        let mut web: HashMap<&str, Users> = HashMap::new();
        let mut texts: HashMap<&str, &str> = HashMap::new();
        for (at, links) in cells {
            for (name, text) in &links.imports {
                let users = web.entry(name).or_default();
                users.importers.push(at);
                users.differ |= **text != **texts.entry(name).or_insert(text);
            }
            for name in &links.binds {
                web.entry(name).or_default().binders.push(at);
            }
            for name in &links.reads {
                web.entry(name).or_default().readers.push(at);
            }
        }
        Self(web)
    }

    /// The cells that share a name with one of `start`, or with one of these; names that only
    /// imports bind aside.
    fn component(
        &self,
        links: &[Arc<Links>],
        old: &[Arc<Links>],
        start: impl Iterator<Item = usize>,
    ) -> BTreeSet<usize> {
        let mut waiting: Vec<usize> = start.collect();
        let mut found: BTreeSet<usize> = waiting.iter().copied().collect();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        while let Some(at) = waiting.pop() {
            let said = [links.get(at), old.get(at)].into_iter().flatten();
            let said = said.flat_map(|it| it.imports.keys().chain(&it.binds).chain(&it.reads));
            for name in said {
                let Some(users) = self.0.get(&**name).filter(|it| !it.binders.is_empty()) else {
                    continue;
                };
                if names.insert(name) {
                    let all = users.importers.iter().chain(&users.binders).chain(&users.readers);
                    waiting.extend(all.copied().filter(|it| found.insert(*it)));
                }
            }
        }
        found
    }

    /// These cells and those that have to run before somebody can say something of them: the first
    /// that imports a module, and who binds what is read.
    fn grounds(&self, links: &[Arc<Links>], said: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut run = said.clone();
        run.extend(self.0.values().filter_map(|it| it.importers.first().copied()));
        let mut waiting: Vec<usize> = run.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            for name in links.get(at).into_iter().flat_map(|it| &it.reads) {
                let Some(users) = self.0.get(&**name) else { continue };
                let many = users.differ || !users.binders.is_empty();
                let importers = users.importers.iter().take(if many { usize::MAX } else { 1 });
                let all = importers.chain(&users.binders).copied();
                waiting.extend(all.filter(|it| run.insert(*it)));
            }
        }
        run
    }
}

#[cfg(test)]
mod tests;
