//! What moves along: everything that the helpers need, and what that needs in turn.

use std::collections::{BTreeMap, BTreeSet};

use super::{Moved, Undecided, UndecidedKind};
use crate::execution::{CellKey, Run, Site};
use crate::index::How;
use crate::notebook::Notebook;
use crate::python::{Kind, Role, is_builtin, is_of_kernels};
use crate::rewrite::constant::{Constancy, changed_at, constancy, is_written_as_constant};
use crate::rewrite::needs::{Bound, Names, Need, needs, top_statement};

/// What moves, what is copied, and what is to be decided.
#[derive(Debug, Default)]
pub(super) struct Closure {
    /// The statements that move, in the notebook's order.
    pub moved: BTreeMap<Site, Moved>,
    /// Imported names, and the statements that import them.
    pub imports: BTreeMap<String, BTreeSet<Site>>,
    /// Whole statements that are copied: `try: import a` with its `except`, `from a import *`.
    pub copies: BTreeSet<Site>,
    /// Names taken for built-in ones.
    pub builtins: BTreeSet<String>,
    pub undecided: Vec<Undecided>,
}

/// What becomes of a name that a helper needs.
enum Fate {
    /// It is there in every module.
    Known,
    Import(BTreeSet<Site>),
    Copy(BTreeSet<Site>),
    Move(Site),
    Undecided(UndecidedKind),
}

/// Follows the needs of the statements in `asked`.
pub(super) fn close(run: &Run, notebook: &Notebook, names: &Names, asked: &[Site]) -> Closure {
    let world = World { run, notebook, names };
    let mut closure = Closure::default();
    let mut waiting: Vec<(Site, Option<String>)> =
        asked.iter().rev().map(|site| (*site, None)).collect();
    while let Some((statement, needed_by)) = waiting.pop() {
        if closure.moved.contains_key(&statement) {
            continue;
        }
        let own: Vec<String> =
            names.of_statement(statement).iter().map(|name| (*name).to_owned()).collect();
        let by = own.first().cloned().unwrap_or_default();
        closure.undecided.extend(world.not_python(statement, &by));
        closure.moved.insert(statement, Moved { names: own.clone(), statement, needed_by });
        for need in needs(run, statement) {
            if own.iter().any(|name| name == need.name) && !need.rebinds {
                continue;
            }
            if let Fate::Move(other) = world.settle(&mut closure, need, &by) {
                waiting.push((other, Some(by.clone())));
            }
        }
    }
    for statement in asked {
        if let Some(moved) = closure.moved.get_mut(statement) {
            moved.needed_by = None;
        }
    }
    closure.needs_of_copies(&world);
    closure
}

impl Closure {
    fn add_undecided(&mut self, new: Undecided) {
        let same = |old: &Undecided| old.name == new.name && old.needed_by == new.needed_by;
        if !self.undecided.iter().any(same) {
            self.undecided.push(new);
        }
    }

    /// A copied `try: import a` may itself need an import.
    fn needs_of_copies(&mut self, world: &World) {
        for copy in self.copies.clone() {
            let own = world.names.of_statement(copy);
            for need in needs(world.run, copy).into_iter().filter(|it| !own.contains(&it.name)) {
                world.settle(self, need, &own.join(", "));
            }
        }
    }
}

struct World<'w, 'f> {
    run: &'w Run<'f>,
    notebook: &'w Notebook,
    names: &'w Names<'w>,
}

impl World<'_, '_> {
    /// Notes what becomes of a need, and tells it.
    fn settle(&self, closure: &mut Closure, need: Need, by: &str) -> Fate {
        let fate = self.fate(&need);
        match &fate {
            Fate::Known => {
                closure.builtins.insert(need.name.to_owned());
            }
            Fate::Import(statements) => {
                closure.imports.entry(need.name.to_owned()).or_default().extend(statements);
            }
            Fate::Copy(statements) => closure.copies.extend(statements),
            Fate::Move(_) => {}
            Fate::Undecided(kind) => {
                let bound = self.names.bound(need.name).iter().map(|bound| bound.site.cell);
                let bound: BTreeSet<CellKey> = bound.collect();
                closure.add_undecided(Undecided {
                    name: need.name.to_owned(),
                    kind: *kind,
                    needed_by: by.to_owned(),
                    read: self.run.at(need.site),
                    bound: bound.into_iter().map(|cell| self.run.position(cell)).collect(),
                });
            }
        }
        fate
    }

    fn fate(&self, need: &Need) -> Fate {
        let bound = self.names.bound(need.name);
        if need.rebinds || bound.iter().any(|bound| bound.deferred) {
            return Fate::Undecided(UndecidedKind::Changed);
        }
        let statements: BTreeSet<Site> = bound.iter().map(|bound| bound.statement).collect();
        match bound {
            [] => self.fate_of_unbound(need.name),
            [first, ..] if bound.iter().all(|other| self.is_same_import(first, other)) => {
                Fate::Import(statements)
            }
            [first, ..] if statements.len() == 1 => self.fate_of_bound(need.name, first),
            _ => Fate::Undecided(UndecidedKind::Several),
        }
    }

    fn fate_of_unbound(&self, name: &str) -> Fate {
        if is_builtin(name) {
            return Fate::Known;
        }
        if is_of_kernels(name) {
            return Fate::Undecided(UndecidedKind::Kernel);
        }
        let is_star = |site: &Site| {
            let tree = self.run.tree(site.cell);
            matches!(self.run.kind(*site), Kind::ImportFrom { names, .. }
                if names.iter().any(|it| tree.text(it.name) == "*"))
        };
        let stars: BTreeSet<Site> = self.run.sites().filter(is_star).collect();
        match stars.is_empty() {
            true => Fate::Undecided(UndecidedKind::Unknown),
            false => Fate::Copy(stars),
        }
    }

    /// Both import the same, each as a statement of its cell.
    fn is_same_import(&self, one: &Bound, other: &Bound) -> bool {
        let plain = |bound: &Bound| bound.statement == bound.site;
        matches!(one.how, How::Import(_)) && one.how == other.how && plain(one) && plain(other)
    }

    fn fate_of_bound(&self, name: &str, bound: &Bound) -> Fate {
        let run = self.run;
        let statement = bound.statement;
        let readable = run.index(statement.cell).is_some_and(|cell| cell.syntax.errors.is_empty());
        match run.kind(statement) {
            _ if !readable => Fate::Undecided(UndecidedKind::Computed),
            Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::TypeAlias => {
                Fate::Move(statement)
            }
            Kind::Assign | Kind::AnnAssign if self.only_names(statement) => {
                self.fate_of_value(name, statement)
            }
            Kind::If | Kind::Try if self.only_imports(statement) => {
                Fate::Copy(BTreeSet::from([statement]))
            }
            _ => Fate::Undecided(UndecidedKind::Computed),
        }
    }

    /// `a = b, c = …` gives values to names alone, not to attributes or items.
    fn only_names(&self, statement: Site) -> bool {
        let run = self.run;
        run.children_in(statement, Role::Target).all(|target| {
            let parts = std::iter::once(target).chain(run.descendants(target));
            let is_name =
                |it: &Kind| matches!(it, Kind::Name { .. } | Kind::Tuple { .. } | Kind::List);
            parts.into_iter().all(|site| is_name(run.kind(site)))
        })
    }

    fn fate_of_value(&self, name: &str, statement: Site) -> Fate {
        let is_parameter =
            self.notebook.cell(self.run.position(statement.cell)).is_some_and(|cell| {
                cell.tags.iter().any(|tag| tag == "parameters" || tag == "injected-parameters")
            });
        if is_parameter {
            return Fate::Undecided(UndecidedKind::Parameter);
        }
        let value = self.run.child(statement, Role::Value);
        let constancy = value.map_or(Constancy::Computed, |value| constancy(self.run, value));
        match constancy {
            Constancy::Computed => Fate::Undecided(UndecidedKind::Computed),
            _ if changed_at(self.run, name).is_some() => Fate::Undecided(UndecidedKind::Changed),
            // A list in small letters is what a notebook is run with.
            Constancy::Container if !is_written_as_constant(name) => {
                Fate::Undecided(UndecidedKind::Changed)
            }
            _ => Fate::Move(statement),
        }
    }

    /// `try: import a` / `except ImportError: a = None`, and the like under `if`.
    fn only_imports(&self, statement: Site) -> bool {
        let run = self.run;
        let mut imports = false;
        let fits = run.descendants(statement).all(|site| match run.kind(site) {
            Kind::Import { .. } | Kind::ImportFrom { .. } => {
                imports = true;
                true
            }
            Kind::Assign => run
                .child(site, Role::Value)
                .is_some_and(|value| constancy(run, value) == Constancy::Fixed),
            Kind::If | Kind::Try | Kind::Simple | Kind::Handler { .. } | Kind::Raise => true,
            _ => !run.tree(site.cell).is_statement(site.node),
        });
        fits && imports
    }

    /// Magics in the statement, and what awaits outside of functions.
    fn not_python(&self, statement: Site, by: &str) -> Vec<Undecided> {
        let run = self.run;
        let at_top = |site: &Site| run.owner(*site).is_none();
        let strange = |site: &Site| {
            matches!(run.kind(*site), Kind::Escape { .. })
                || (run.kind(*site).suspends() && at_top(site))
        };
        let undecided = |site: Site| Undecided {
            name: run.source_of(site).lines().next().unwrap_or_default().to_owned(),
            kind: UndecidedKind::NotPython,
            needed_by: by.to_owned(),
            read: run.at(site),
            bound: Vec::new(),
        };
        debug_assert_eq!(top_statement(run, statement), statement);
        run.descendants(statement).filter(strange).map(undecided).collect()
    }
}
