//! `async def main` divided into cells, where that means the same.

use std::collections::BTreeSet;

use super::Note;
use crate::diagnostic::Message;
use crate::facts::{Facts, FnId, Site, Usage, Value};
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
    pub fn note(self, facts: &Facts) -> Option<Note> {
        let (def, key) = match self {
            Self::NotAsked => return None,
            Self::NoMain => (None, wording::port::note::NO_MAIN),
            Self::Main(def, _) => (Some(def), wording::port::note::UNROLLED),
            Self::Kept(def, why) => (Some(def), why),
        };
        let function = def.and_then(|def| facts.function_at(def)).and_then(|id| facts.function(id));
        let name = function.map_or("", |function| &function.name);
        Some(Note { line: None, message: Message::says(key).with("name", name) })
    }
}

/// Looks for the main function of a changed script.
pub(super) fn find(facts: &Facts) -> Unroll {
    let top = script::statements(facts).flat_map(|statement| {
        let body: Vec<Site> = match script::is_main_guard(facts, statement) {
            true => facts.children_in(statement, Role::Body).collect(),
            false => vec![statement],
        };
        body
    });
    let awaits = |statement: Site| {
        let awaiting = facts.child(statement, Role::Value)?;
        let is_bare = matches!(facts.usage(awaiting), Usage::Dropped | Usage::Displayed)
            && matches!(facts.kind(awaiting), Kind::Await);
        let call = facts.child(awaiting, Role::Value).filter(|_| is_bare)?;
        let Value::Coroutine(id) = facts.value(call) else { return None };
        Some((id, call, statement))
    };
    let mains: Vec<_> = top.filter_map(awaits).collect();
    let [(id, call, statement)] = mains.as_slice() else { return Unroll::NoMain };
    let Some(function) = facts.function(*id) else { return Unroll::NoMain };
    match obstacle(facts, *id, *call) {
        None => Unroll::Main(function.site, *statement),
        Some(why) => Unroll::Kept(function.site, why),
    }
}

/// The key of what keeps a function whole.
fn obstacle(facts: &Facts, id: FnId, call: Site) -> Option<Wording> {
    let function = facts.function(id)?;
    let def = function.site;
    let inside = || facts.descendants(def);
    let own = |site: &Site| facts.owner(*site) == Some(id);
    let is = |wanted: fn(&Kind) -> bool| inside().filter(own).any(|site| wanted(facts.kind(site)));
    let mentions = facts.sites().filter(|site| {
        matches!(facts.kind(*site), Kind::Name { .. })
            && facts.source_of(*site) == function.name
            && !facts.tree(site.cell).is_within(site.node, call.node)
    });
    let has_values =
        [Role::Arg, Role::Keyword].iter().any(|role| facts.child(call, *role).is_some());
    let shape = facts.role(def) != Role::Top
        || facts.child(def, Role::Decorator).is_some()
        || facts.child(def, Role::Param).is_some()
        || has_values;
    if shape {
        return Some(wording::port::note::KEPT_PARAMETERS);
    }
    if mentions.count() > 0 || facts.global(&function.name).len() > 1 {
        return Some(wording::port::note::KEPT_USED);
    }
    if function.is_generator || is(|kind| matches!(kind, Kind::Return)) {
        return Some(wording::port::note::KEPT_RETURN);
    }
    let scoped = |kind: &Kind| {
        matches!(kind, Kind::Global { .. } | Kind::Nonlocal { .. } | Kind::AnnAssign | Kind::Delete)
    };
    let reflects = facts.calls_in(Some(id)).any(|call| {
        call.callee.path().is_some_and(|path| {
            ["builtins.locals", "builtins.vars", "builtins.exec", "builtins.eval"].contains(&path)
        })
    });
    let nonlocals = inside().any(|site| matches!(facts.kind(site), Kind::Nonlocal { .. }));
    if is(scoped) || reflects || nonlocals || has_clashes(facts, id, def) {
        return Some(wording::port::note::KEPT_NAMES);
    }
    None
}

/// Whether a name of the function's own would, as one of the notebook's, be read or replaced
/// elsewhere.
fn has_clashes(facts: &Facts, id: FnId, def: Site) -> bool {
    let tree = facts.tree(def.cell);
    let locals: BTreeSet<&str> = facts
        .descendants(def)
        .filter(|site| facts.owner(*site) == Some(id))
        .flat_map(|site| match facts.kind(site) {
            Kind::Name { used: NameUse::Store | NameUse::Delete } => vec![facts.source_of(site)],
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
        facts.sites().any(|site| {
            matches!(facts.kind(site), Kind::Name { .. })
                && facts.source_of(site) == name
                && !tree.is_within(site.node, def.node)
                && facts.binding_scope(site) == TOP
        })
    };
    locals
        .iter()
        .any(|name| !facts.global(name).is_empty() || is_builtin(name) || read_elsewhere(name))
}
