//! What stays at the module's level, and what runs in `main`.

use std::collections::{BTreeMap, BTreeSet};

use crate::execution::{CellKey, Run, Site};
use crate::index::How;
use crate::notebook::Notebook;
use crate::python::{Kind, Role, is_builtin, is_of_kernels};
use crate::rewrite::constant::{Constancy, constancy, is_written_as_constant};
use crate::rewrite::needs::{Bound, Names, needs};
use crate::rewrite::pieces::{Piece, pieces};
use crate::rewrite::port::is_import;
use crate::text::CellIndex;

/// Where a statement goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Where {
    /// `from __future__ import …`, which has to come first.
    Top,
    Module,
    Main,
}

/// A piece of a cell and where it goes. Comments that stand alone go with what follows.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub cell: CellKey,
    pub piece: Piece,
    pub goes: Where,
}

/// The whole script.
#[derive(Debug, Default)]
pub(super) struct Placement {
    pub pieces: Vec<Placed>,
    /// Names of `main` that the module's level has to see, sorted.
    pub globals: Vec<String>,
    /// Every name of the notebook.
    pub taken: BTreeSet<String>,
}

impl Placement {
    /// Whether anything needs a running loop.
    pub fn has_main(&self) -> bool {
        self.pieces.iter().any(|placed| placed.goes == Where::Main)
    }
}

/// Decides for every piece of every cell.
pub(super) fn place(run: &Run, notebook: &Notebook) -> Placement {
    let names = Names::of(run);
    let mut world = World { run, names: &names, goes: BTreeMap::new(), tampered: false };
    let mut placement =
        Placement { taken: names.all().map(str::to_owned).collect(), ..Placement::default() };
    let all: Vec<(CellKey, Piece)> = run
        .keys()
        .filter_map(|cell| Some((cell, run.index(cell)?)))
        .flat_map(|(cell, read)| pieces(&read.syntax).into_iter().map(move |piece| (cell, piece)))
        .collect();
    let needs_loop = needs_loop(run);
    for (cell, piece) in &all {
        world.decide(*cell, piece, needs_loop);
    }
    if needs_loop {
        world.keep_locals(notebook);
        placement.globals = world.globals();
    }
    // From the end, so that comments find what follows them.
    let mut following = None;
    for (cell, piece) in all.into_iter().rev() {
        let own = piece.nodes.first().map(|node| Site { cell, node: *node });
        let goes = own.and_then(|site| world.goes.get(&site).copied());
        let last = if needs_loop { Where::Main } else { Where::Module };
        let goes = goes.or(following).unwrap_or(last);
        following = Some(goes.max(Where::Module));
        placement.pieces.push(Placed { cell, piece, goes });
    }
    placement.pieces.reverse();
    placement
}

/// Calls that fail where no loop is running.
///
/// Source: asyncio's documentation; `aiohttp.ClientSession` asks for the running loop when made.
const ON_A_LOOP: [&str; 8] = [
    "aiohttp.ClientSession",
    "asyncio.create_task",
    "asyncio.current_task",
    "asyncio.ensure_future",
    "asyncio.gather",
    "asyncio.get_running_loop",
    "asyncio.shield",
    "asyncio.timeout",
];

fn needs_loop(run: &Run) -> bool {
    let awaits = run.keys().any(|cell| run.awaits_at_top(cell));
    awaits
        || run.calls_in(None).any(|call| {
            call.callee.path().is_some_and(|path| ON_A_LOOP.contains(&path))
                && run.comes_to(call.site)
        })
}

/// What changes how later imports turn out.
const TAMPERING: [&str; 6] =
    ["os.environ", "sys.path", "sys.modules", "load_dotenv", "importlib", "nest_asyncio"];

struct World<'w, 'f> {
    run: &'w Run<'f>,
    names: &'w Names<'w>,
    /// By the first statement of a piece.
    goes: BTreeMap<Site, Where>,
    /// Whether something before may change what an import finds.
    tampered: bool,
}

impl World<'_, '_> {
    fn decide(&mut self, cell: CellKey, piece: &Piece, needs_loop: bool) {
        let sites: Vec<Site> = piece.nodes.iter().map(|node| Site { cell, node: *node }).collect();
        let Some(first) = sites.first().copied() else { return };
        let goes = sites.iter().map(|site| self.of_statement(*site)).max().unwrap_or(Where::Main);
        let goes = if needs_loop { goes } else { goes.min(Where::Module) };
        for site in &sites {
            self.goes.insert(*site, goes);
        }
        let text = self.run.source_of(first);
        let is_plain = goes < Where::Main;
        self.tampered |= !is_plain && TAMPERING.iter().any(|word| text.contains(word));
    }

    fn of_statement(&self, statement: Site) -> Where {
        let run = self.run;
        let tree = run.tree(statement.cell);
        let only_module = |fits: bool| if fits { Where::Module } else { Where::Main };
        match run.kind(statement) {
            Kind::ImportFrom { module: Some(name), .. } if tree.text(*name) == "__future__" => {
                Where::Top
            }
            Kind::ImportFrom { names, .. } if names.iter().any(|it| tree.text(it.name) == "*") => {
                Where::Module
            }
            Kind::Import { .. } | Kind::ImportFrom { .. } => {
                only_module(!self.tampered && self.is_bound_once(statement))
            }
            Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::TypeAlias => {
                only_module(self.is_bound_once(statement) && self.can_stand(statement))
            }
            Kind::Assign | Kind::AnnAssign => only_module(
                self.is_constant(statement)
                    && self.is_bound_once(statement)
                    && self.can_stand(statement),
            ),
            Kind::If | Kind::Try if is_import(run, statement) => only_module(
                !self.tampered && self.is_bound_once(statement) && self.can_stand(statement),
            ),
            _ => Where::Main,
        }
    }

    /// Whether nothing else gives the statement's names a value, but imports of the same.
    fn is_bound_once(&self, statement: Site) -> bool {
        self.names.of_statement(statement).iter().all(|name| {
            let bound = self.names.bound(name);
            let import = |how: &How| matches!(how, How::Import(_));
            let same = bound.windows(2).all(|pair| match pair {
                [a, b] => (a.how == b.how && import(&a.how)) || a.statement == b.statement,
                _ => true,
            });
            same && bound.iter().all(|bound| !bound.deferred) && !is_builtin(name)
        })
    }

    /// Whether all that the statement needs when it runs stands at the module's level before it.
    fn can_stand(&self, statement: Site) -> bool {
        let run = self.run;
        let own = self.names.of_statement(statement);
        let awaits = std::iter::once(statement)
            .chain(run.descendants(statement))
            .any(|site| run.kind(site).suspends() && run.owner(site).is_none());
        let at_module = |name: &str| {
            let bound = self.names.bound(name);
            let placed = |it: &Bound| {
                !it.deferred && self.goes.get(&it.statement).is_some_and(|it| *it < Where::Main)
            };
            own.contains(&name)
                || match bound {
                    [] => !is_of_kernels(name),
                    bound => bound.iter().all(placed),
                }
        };
        !awaits && needs(run, statement).iter().filter(|it| it.eager).all(|it| at_module(it.name))
    }

    fn is_constant(&self, statement: Site) -> bool {
        let run = self.run;
        let names_alone = run.children_in(statement, Role::Target).all(|target| {
            matches!(run.kind(target), Kind::Name { .. } | Kind::Tuple { .. })
                && run.descendants(target).all(|it| matches!(run.kind(it), Kind::Name { .. }))
        });
        let value = run.child(statement, Role::Value);
        names_alone && value.is_some_and(|value| constancy(run, value) > Constancy::Computed)
    }

    /// Constants that only `main` reads, and that are not written as constants, are its own.
    fn keep_locals(&mut self, notebook: &Notebook) {
        let module = |goes: &Where| *goes < Where::Main;
        let mut read: BTreeSet<&str> = BTreeSet::new();
        for (site, _) in self.goes.iter().filter(|(_, goes)| module(goes)) {
            let own = self.names.of_statement(*site);
            let others = needs(self.run, *site).into_iter().map(|need| need.name);
            read.extend(others.filter(|name| !own.contains(name)));
        }
        let is_parameter = |cell: CellIndex| {
            notebook.cell(cell).is_some_and(|cell| cell.tags.iter().any(|tag| tag == "parameters"))
        };
        let is_local = |site: &Site| {
            let value = matches!(self.run.kind(*site), Kind::Assign | Kind::AnnAssign);
            let names = self.names.of_statement(*site);
            let stays = |name: &&str| is_written_as_constant(name) || read.contains(name);
            value && !names.iter().any(stays) && !is_parameter(self.run.position(site.cell))
        };
        let locals: Vec<Site> = self.goes.keys().filter(|site| is_local(site)).copied().collect();
        for site in locals {
            self.goes.insert(site, Where::Main);
        }
        self.together();
    }

    /// Statements of one line go to one place.
    fn together(&mut self) {
        let run = self.run;
        for (cell, read) in run.keys().filter_map(|cell| Some((cell, run.index(cell)?))) {
            for piece in pieces(&read.syntax) {
                let sites = || piece.nodes.iter().map(|node| Site { cell, node: *node });
                let goes = sites().filter_map(|site| self.goes.get(&site)).max().copied();
                let sites: Vec<Site> = sites().collect();
                for site in sites {
                    self.goes.extend(goes.map(|goes| (site, goes)));
                }
            }
        }
    }

    /// The names that `main` gives a value and that are not its own.
    fn globals(&self) -> Vec<String> {
        let run = self.run;
        let mut bound: BTreeSet<&str> = BTreeSet::new();
        let mut shared: BTreeSet<&str> = BTreeSet::new();
        for (site, goes) in &self.goes {
            let needs = needs(run, *site);
            match goes {
                Where::Main => {
                    bound.extend(self.names.of_statement(*site));
                    // A function in `main` that says `global` means the module's name.
                    shared.extend(needs.iter().filter(|it| it.rebinds).map(|it| it.name));
                }
                Where::Module | Where::Top => {
                    shared.extend(needs.iter().map(|need| need.name));
                    shared.extend(self.names.of_statement(*site));
                }
            }
        }
        let reflects = run.calls().iter().any(|call| {
            let names = ["exec", "eval", "globals", "locals", "vars"];
            let path = call.callee.path().and_then(|path| path.strip_prefix("builtins."));
            path.is_some_and(|name| names.contains(&name))
        });
        let is_shared = |name: &&str| reflects || shared.contains(name) || is_builtin(name);
        bound.into_iter().filter(is_shared).map(str::to_owned).collect()
    }
}
