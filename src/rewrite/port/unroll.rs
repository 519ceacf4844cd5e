//! `async def main` divided into cells, where that means the same.

use std::collections::BTreeSet;

use super::Note;
use crate::diagnostic::Message;
use crate::execution::{Meaning, Run, Site, Usage};
use crate::index::TOP;
use crate::python::{Kind, NameUse, Role, is_builtin};
use crate::rewrite::script;
use crate::wording::{self, Wording};

/// Whether a main function can be divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unroll {
    NotAsked,
    /// The definition, and the statement that awaits it.
    Main(Site, Site),
    /// No statement of the entry point is `await main()` and nothing else.
    NoMain,
    /// The definition, and the key of what keeps it whole.
    Kept(Site, Wording),
}

impl Unroll {
    /// The definition and the statement to put its body in the place of.
    pub fn main(self) -> Option<(Site, Site)> {
        match self {
            Self::Main(def, call) => Some((def, call)),
            _ => None,
        }
    }

    /// What there is to say of it.
    pub fn note(self, run: &Run) -> Option<Note> {
        let (def, key) = match self {
            Self::NotAsked => return None,
            Self::NoMain => (None, wording::port::note::NO_MAIN),
            Self::Main(def, _) => (Some(def), wording::port::note::UNROLLED),
            Self::Kept(def, why) => (Some(def), why),
        };
        let function = def.and_then(|def| run.function(def));
        let name = function.map_or("", |function| &function.name);
        Some(Note { line: None, message: Message::says(key).with("name", name) })
    }
}

/// Looks for the main function of a changed script.
pub(super) fn find(run: &Run) -> Unroll {
    let top = script::statements(run).flat_map(|statement| {
        let body: Vec<Site> = match script::is_main_guard(run, statement) {
            true => run.children_in(statement, Role::Body).collect(),
            false => vec![statement],
        };
        body
    });
    let awaits = |statement: Site| {
        let awaiting = run.child(statement, Role::Value)?;
        let is_bare = matches!(run.usage(awaiting), Usage::Dropped | Usage::Displayed)
            && matches!(run.kind(awaiting), Kind::Await);
        let call = run.child(awaiting, Role::Value).filter(|_| is_bare)?;
        let Meaning::Coroutine(id) = run.meaning(call) else { return None };
        Some((id, call, statement))
    };
    let mains: Vec<_> = top.filter_map(awaits).collect();
    let [(id, call, statement)] = mains.as_slice() else { return Unroll::NoMain };
    let Some(function) = run.function(*id) else { return Unroll::NoMain };
    match obstacle(run, *id, *call) {
        None => Unroll::Main(function.site, *statement),
        Some(why) => Unroll::Kept(function.site, why),
    }
}

/// The key of what keeps a function whole.
fn obstacle(run: &Run, id: Site, call: Site) -> Option<Wording> {
    let function = run.function(id)?;
    let def = function.site;
    let inside = || run.descendants(def);
    let own = |site: &Site| run.owner(*site) == Some(id);
    let is = |wanted: fn(&Kind) -> bool| inside().filter(own).any(|site| wanted(run.kind(site)));
    let mentions = run.sites().filter(|site| {
        matches!(run.kind(*site), Kind::Name { .. })
            && run.source_of(*site) == function.name
            && !run.tree(site.cell).is_within(site.node, call.node)
    });
    let has_values = [Role::Arg, Role::Keyword].iter().any(|role| run.child(call, *role).is_some());
    let shape = run.role(def) != Role::Top
        || run.child(def, Role::Decorator).is_some()
        || run.child(def, Role::Param).is_some()
        || has_values;
    if shape {
        return Some(wording::port::note::KEPT_PARAMETERS);
    }
    if mentions.count() > 0 || run.global(&function.name).len() > 1 {
        return Some(wording::port::note::KEPT_USED);
    }
    if function.is_generator || is(|kind| matches!(kind, Kind::Return)) {
        return Some(wording::port::note::KEPT_RETURN);
    }
    let scoped = |kind: &Kind| {
        matches!(kind, Kind::Global { .. } | Kind::Nonlocal { .. } | Kind::AnnAssign | Kind::Delete)
    };
    let reflects = run.calls_in(Some(id)).any(|call| {
        call.callee.path().is_some_and(|path| {
            ["builtins.locals", "builtins.vars", "builtins.exec", "builtins.eval"].contains(&path)
        })
    });
    let nonlocals = inside().any(|site| matches!(run.kind(site), Kind::Nonlocal { .. }));
    if is(scoped) || reflects || nonlocals || has_clashes(run, id, def) {
        return Some(wording::port::note::KEPT_NAMES);
    }
    None
}

/// Whether a name of the function's own would, as one of the notebook's, be read or replaced
/// elsewhere.
fn has_clashes(run: &Run, id: Site, def: Site) -> bool {
    let tree = run.tree(def.cell);
    let locals: BTreeSet<&str> = run
        .descendants(def)
        .filter(|site| run.owner(*site) == Some(id))
        .flat_map(|site| match run.kind(site) {
            Kind::Name { used: NameUse::Store | NameUse::Delete } => vec![run.source_of(site)],
            Kind::FunctionDef { name, .. } | Kind::ClassDef { name } => vec![tree.text(*name)],
            Kind::Handler { name: Some(name) } => vec![tree.text(*name)],
            Kind::Import { names } | Kind::ImportFrom { names, .. } => names
                .iter()
                .map(|it| tree.text(it.alias.unwrap_or(it.name)))
                .map(|name| name.split('.').next().unwrap_or(name))
                .collect(),
            _ => Vec::new(),
        })
        .collect();
    let read_elsewhere = |name: &str| {
        run.sites().any(|site| {
            matches!(run.kind(site), Kind::Name { .. })
                && run.source_of(site) == name
                && !tree.is_within(site.node, def.node)
                && run.binding_scope(site) == TOP
        })
    };
    locals
        .iter()
        .any(|name| !run.global(name).is_empty() || is_builtin(name) || read_elsewhere(name))
}
