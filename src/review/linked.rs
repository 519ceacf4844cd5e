//! Which cells hang together by the names that they share: an edit of one of them may change what
//! is to be said of these, and of no others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::aligned::Aligned;
use super::known::Told;
use crate::diagnostic::Found;
use crate::index::{How, ReadCell, Variable};
use crate::python::{Kind, NameUse};
use crate::text::{CellIndex, words};

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

/// What a cell has to do with others. Each list is sorted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    /// Names that its imports bind, each with what it stands for.
    imports: Box<[(Box<str>, Box<str>)]>,
    /// Names that all cells share and that something else in it binds.
    binds: Box<[Box<str>]>,
    reads: Box<[Box<str>]>,
    /// Whether it may reach names that it does not say.
    is_open: bool,
}

/// Cells that are looked at again.
#[derive(Debug)]
pub(super) struct Touched {
    /// Which cells are those of before.
    pub aligned: Aligned,
    /// Those of which something else may have to be said, and those that they stand on. The others
    /// say nothing for as long.
    pub run: Vec<Arc<ReadCell>>,
    /// The first of these.
    pub cells: BTreeSet<CellIndex>,
    /// Cells that are not looked at.
    pub elsewhere: Vec<Arc<ReadCell>>,
    /// What each of the cells has to do with others now.
    pub links: Vec<Arc<Links>>,
    /// What was said of the others, where they stand now.
    pub stands: Vec<Found>,
}

impl Links {
    pub fn of(cell: &ReadCell) -> Self {
        let index = cell.names();
        let tree = &index.syntax.tree;
        let mut imports: BTreeMap<Box<str>, Box<str>> = BTreeMap::new();
        let (mut binds, mut reads): (BTreeSet<Box<str>>, BTreeSet<Box<str>>) = Default::default();
        let mut is_open = false;
        for (name, places) in index.bound().shared() {
            for place in places {
                match &place.how {
                    How::Import(what) => {
                        imports.insert(index.name(name).into(), what.as_str().into());
                    }
                    _ => _ = binds.insert(index.name(name).into()),
                }
            }
        }
        for node in tree.all() {
            match tree.kind(node) {
                Kind::Name { used: NameUse::Load } => {
                    if let Some(Variable::Global(name)) = index.variable(node) {
                        reads.insert(index.name(name).into());
                    }
                }
                Kind::Escape { sigil, name } => {
                    is_open |= *sigil == '%' && OPEN_MAGICS.contains(&tree.text(*name));
                    reads.extend(words(tree.source_of(node)).map(Box::from));
                }
                _ => {}
            }
        }
        // What is no Python may read any name that it holds.
        if !index.syntax.errors.is_empty() {
            reads.extend(words(tree.source()).map(Box::from));
        }
        is_open |= !index.bound().stars.is_empty();
        is_open |= imports.values().any(|what| **what == *"__main__");
        is_open |= OPEN.iter().any(|name| reads.contains(*name));
        Self {
            imports: imports.into_iter().collect(),
            binds: binds.into_iter().collect(),
            reads: reads.into_iter().collect(),
            is_open,
        }
    }

    /// All names that it shares.
    fn names(&self) -> impl Iterator<Item = &str> {
        let imported = self.imports.iter().map(|(name, _)| name);
        imported.chain(&self.binds).chain(&self.reads).map(|name| &**name)
    }
}

/// Which cells have to be looked at again where some are new and some gone; `None` where that is
/// as good as all of them.
pub(super) fn touched(told: &Told, cells: &[Arc<ReadCell>], aligned: Aligned) -> Option<Touched> {
    let old = told.links();
    let gone: Vec<&Links> = aligned.gone().filter_map(|at| Some(&**old.get(at)?)).collect();
    let link = |(at, cell): (usize, &Arc<ReadCell>)| {
        let known = aligned.before(at).and_then(|before| old.get(before));
        known.map_or_else(|| Arc::new(Links::of(cell)), Arc::clone)
    };
    let links: Vec<Arc<Links>> = cells.iter().enumerate().map(link).collect();
    if links.iter().map(|it| &**it).chain(gone.iter().copied()).any(|it| it.is_open) {
        return None;
    }
    let [names, mut words] = imported_otherwise(old, &links, &aligned);
    let web = Web::of(&links, &gone, &names);
    let mut start: BTreeSet<usize> = aligned.new_ones().chain(web.users(names)).collect();
    words.extend(new_names(told, cells, &aligned));
    words.extend(bound_otherwise(&gone, &links, &aligned));
    let mut stands = still_true(told, &aligned, &words, &mut start);
    let said = web.component(&links, &gone, start);
    stands.retain(|found| !said.contains(&found.place().cell.0));
    let run = web.grounds(&links, &said);
    drop(web);
    if run.len() * 2 > cells.len() {
        return None;
    }
    let blank = Arc::new(ReadCell::blank());
    let is_run = |at: usize| run.contains(&at);
    let cell =
        |(at, cell): (usize, &Arc<ReadCell>)| Arc::clone(if is_run(at) { cell } else { &blank });
    Some(Touched {
        aligned,
        run: cells.iter().enumerate().map(cell).collect(),
        cells: said.into_iter().map(CellIndex).collect(),
        elsewhere: (0..)
            .zip(cells)
            .filter(|(at, _)| !is_run(*at))
            .map(|(_, it)| Arc::clone(it))
            .collect(),
        links,
        stands,
    })
}

/// What was said before of cells that stand, where they stand now. Left out, and its cell added to
/// `again`, is what speaks of a cell that is gone, or brings in one of `words`.
fn still_true(
    told: &Told,
    aligned: &Aligned,
    words: &BTreeSet<&str>,
    again: &mut BTreeSet<usize>,
) -> Vec<Found> {
    let brings_in = |found: &Found| {
        let mut edits = found.said().fixes.iter().flat_map(|fix| &fix.edits);
        !words.is_empty() && edits.any(|edit| words.iter().any(|word| edit.text.contains(word)))
    };
    let stands = |found: &Found| {
        let now = aligned.now(found.place().cell)?;
        let stands = aligned.moved(found).filter(|found| !brings_in(found));
        if stands.is_none() {
            again.insert(now.0);
        }
        stands
    };
    told.found.iter().filter_map(stands).collect()
}

/// The names that only new cells have, of those that came and went.
fn new_names<'c>(
    told: &'c Told,
    cells: &'c [Arc<ReadCell>],
    aligned: &Aligned,
) -> BTreeSet<&'c str> {
    fn names(cell: &Arc<ReadCell>) -> impl Iterator<Item = &str> {
        cell.names().names().iter().map(|name| &**name)
    }
    let went = aligned.gone().filter_map(|at| told.cells.get(at));
    let before: BTreeSet<&str> = went.flat_map(names).collect();
    let came = aligned.new_ones().filter_map(|at| cells.get(at));
    came.flat_map(names).filter(|name| !before.contains(name)).collect()
}

/// The names that are bound now where they were only read before, if that, or the other way round: a
/// repair may bring in what goes by such a name, or keep away from it.
fn bound_otherwise<'l>(
    gone: &[&'l Links],
    links: &'l [Arc<Links>],
    aligned: &Aligned,
) -> BTreeSet<&'l str> {
    let before: BTreeSet<&str> =
        gone.iter().flat_map(|it| it.binds.iter()).map(|name| &**name).collect();
    let came = aligned.new_ones().filter_map(|at| links.get(at));
    let now: BTreeSet<&str> = came.flat_map(|it| it.binds.iter()).map(|name| &**name).collect();
    before.symmetric_difference(&now).copied().collect()
}

/// What an import binds, and what that stands for.
type Import<'l> = (&'l str, &'l str);

/// Imports of one name, or of one package, in an earlier text and now, each with how many cells of
/// both texts stand before it.
#[derive(Debug, Default)]
struct Imports<'l>([Vec<(usize, Import<'l>)>; 2]);

impl Imports<'_> {
    /// Whether the cells that stand find another import than before: the first is another one, or
    /// several differ.
    fn are_others(&self) -> bool {
        let [before, now] = &self.0;
        let differ = |all: &[(usize, Import)]| all.windows(2).any(|two| two[0].1 != two[1].1);
        before.first() != now.first() || differ(before) || differ(now)
    }
}

/// The names whose imports are others now for the cells that stand, and the words that a repair
/// may spell another way for it.
fn imported_otherwise<'l>(
    old: &'l [Arc<Links>],
    new: &'l [Arc<Links>],
    aligned: &Aligned,
) -> [BTreeSet<&'l str>; 2] {
    let root = |what: &'l str| what.split('.').next().unwrap_or(what);
    let [was, is] = aligned.ranks();
    let went: BTreeSet<_> = aligned.gone().flat_map(|at| ranked(&was, at, old.get(at))).collect();
    let came: BTreeSet<_> =
        aligned.new_ones().flat_map(|at| ranked(&is, at, new.get(at))).collect();
    let changed: Vec<Import> = went.symmetric_difference(&came).map(|(_, it)| *it).collect();
    if changed.is_empty() {
        return Default::default();
    }
    let unseen = |key: &'l str| (key, Imports::default());
    let mut by_name: HashMap<&str, Imports> = changed.iter().map(|it| unseen(it.0)).collect();
    let mut by_root: HashMap<&str, Imports> = changed.iter().map(|it| unseen(root(it.1))).collect();
    for (side, (links, ranks)) in [(old, &was), (new, &is)].into_iter().enumerate() {
        let all = links.iter().enumerate().flat_map(|(at, it)| ranked(ranks, at, Some(it)));
        for import in all {
            let (name, what) = import.1;
            let alike = [by_name.get_mut(name), by_root.get_mut(root(what))];
            alike.into_iter().flatten().for_each(|it| it.0[side].push(import));
        }
    }
    let mut words = BTreeSet::new();
    for (name, what) in &changed {
        if by_root.get(root(what)).is_some_and(Imports::are_others) {
            words.extend([*name, root(what)]);
        }
    }
    [by_name.iter().filter(|(_, it)| it.are_others()).map(|(name, _)| *name).collect(), words]
}

fn ranked<'l>(
    ranks: &[usize],
    at: usize,
    links: Option<&'l Arc<Links>>,
) -> impl Iterator<Item = (usize, Import<'l>)> {
    let rank = ranks.get(at).copied().unwrap_or_default();
    let imports = links.into_iter().flat_map(|it| &it.imports);
    imports.map(move |(name, what)| (rank, (&**name, &**what)))
}

/// Cells in order; most names have few.
type Few = SmallVec<[u32; 2]>;

/// Who binds and who reads a name.
#[derive(Debug, Default)]
struct Users<'l> {
    importers: Few,
    binders: Few,
    readers: Few,
    /// Whether a cell that is gone bound it.
    was_bound: bool,
    /// What it stands for where it is imported first, and whether that differs elsewhere.
    first: Option<&'l str>,
    differ: bool,
}

impl Users<'_> {
    fn all(&self) -> impl Iterator<Item = usize> {
        let all = self.importers.iter().chain(&self.binders).chain(&self.readers);
        all.map(|at| *at as usize)
    }
}

/// Every name that a cell binds, or bound before, with its users.
struct Web<'l>(HashMap<&'l str, Users<'l>>);

impl<'l> Web<'l> {
    /// `renamed` are names that are imported otherwise than before, or no longer.
    fn of(cells: &'l [Arc<Links>], gone: &[&'l Links], renamed: &BTreeSet<&'l str>) -> Self {
        let mut web: HashMap<&str, Users> = HashMap::with_capacity(cells.len());
        for (at, links) in (0..).zip(cells) {
            for (name, text) in &links.imports {
                let users = web.entry(name).or_default();
                users.importers.push(at);
                users.differ |= **text != **users.first.get_or_insert(text);
            }
            for name in &links.binds {
                web.entry(name).or_default().binders.push(at);
            }
        }
        for name in gone.iter().flat_map(|it| &it.binds) {
            web.entry(name).or_default().was_bound = true;
        }
        renamed.iter().for_each(|name| _ = web.entry(name).or_default());
        // What is read and never bound ties nothing.
        for (at, links) in (0..).zip(cells) {
            for name in &links.reads {
                if let Some(users) = web.get_mut(&**name) {
                    users.readers.push(at);
                }
            }
        }
        Self(web)
    }

    /// The cells that share one of `names`.
    fn users(&self, names: BTreeSet<&str>) -> impl Iterator<Item = usize> {
        names.into_iter().filter_map(|name| self.0.get(name)).flat_map(Users::all)
    }

    /// The cells that share a name with one of `start`, with one that is gone, or with one of
    /// these; names that only imports bind aside.
    fn component(
        &self,
        links: &[Arc<Links>],
        gone: &[&Links],
        start: BTreeSet<usize>,
    ) -> BTreeSet<usize> {
        let mut found = start;
        let cells = found.iter().filter_map(|at| links.get(*at)).map(|it| &**it);
        let mut waiting: Vec<&Links> = cells.chain(gone.iter().copied()).collect();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        while let Some(cell) = waiting.pop() {
            for name in cell.names() {
                let users = self.0.get(name);
                let users = users.filter(|it| it.was_bound || !it.binders.is_empty());
                let Some(users) = users.filter(|_| names.insert(name)) else { continue };
                let new = users.all().filter(|it| found.insert(*it));
                waiting.extend(new.filter_map(|at| links.get(at)).map(|it| &**it));
            }
        }
        found
    }

    /// These cells and those that have to run before somebody can say something of them: the first
    /// that imports a module, and who binds what is read.
    fn grounds(&self, links: &[Arc<Links>], said: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut run = said.clone();
        run.extend(self.0.values().filter_map(|it| Some(*it.importers.first()? as usize)));
        let mut waiting: Vec<usize> = run.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            for name in links.get(at).into_iter().flat_map(|it| &it.reads) {
                let Some(users) = self.0.get(&**name) else { continue };
                let many = users.differ || !users.binders.is_empty();
                let importers = users.importers.iter().take(if many { usize::MAX } else { 1 });
                let all = importers.chain(&users.binders).map(|at| *at as usize);
                waiting.extend(all.filter(|it| run.insert(*it)));
            }
        }
        run
    }
}

#[cfg(test)]
mod tests;
