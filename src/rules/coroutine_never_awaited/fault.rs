//! What goes wrong with a coroutine in the place where it stands.

use crate::facts::{Facts, Site, Taker, Usage, Value};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::async_statement;

/// Functions that look at a value without using it as a result.
const SHOWS: [&str; 6] = [
    "builtins.print",
    "builtins.str",
    "builtins.repr",
    "builtins.display",
    "IPython.display.display",
    "pprint.pprint",
];

/// Functions that need the result itself and raise on a coroutine.
const NEEDS: [&str; 14] = [
    "builtins.len",
    "builtins.sum",
    "builtins.int",
    "builtins.float",
    "builtins.list",
    "builtins.tuple",
    "builtins.set",
    "builtins.dict",
    "builtins.sorted",
    "builtins.max",
    "builtins.min",
    "builtins.iter",
    "builtins.next",
    "json.dumps",
];

/// What a coroutine object has itself.
const OWN_ATTRIBUTES: [&str; 13] = [
    "__name__",
    "__qualname__",
    "cr_suspended",
    "close",
    "send",
    "throw",
    "cr_await",
    "cr_code",
    "cr_frame",
    "cr_origin",
    "cr_running",
    "__await__",
    "__class__",
];

/// What goes wrong with a coroutine in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Dropped,
    Displayed,
    Kept,
    Shown,
    Tested,
    /// The place raises: an attribute, an item, arithmetic, iteration.
    Used,
    /// It stands where a call wants a function to call.
    Called(Taker),
    /// `async for` or `async with` raises: the statement, or its clause.
    Protocol(Site),
}

impl Fault {
    /// Whether nothing at all is done with the value.
    pub(super) fn is_left_behind(self) -> bool {
        matches!(self, Fault::Dropped | Fault::Displayed | Fault::Kept)
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Fault::Dropped => "dropped",
            Fault::Displayed => "displayed",
            Fault::Kept => "kept",
            Fault::Shown => "shown",
            Fault::Tested => "tested",
            Fault::Used => "used",
            Fault::Called(_) => "called",
            Fault::Protocol(_) => "protocol",
        }
    }

    pub(super) fn raises(self, facts: &Facts) -> bool {
        match self {
            Fault::Used | Fault::Protocol(_) => true,
            // Elsewhere the error stays with the thread or the loop's handler.
            Fault::Called(taker) => facts.usage(taker.call) == Usage::Awaited,
            _ => false,
        }
    }

    /// Whether a plain use of the value is at fault, and no `async` statement.
    pub(super) fn is_plain(self) -> bool {
        !matches!(self, Fault::Protocol(_))
    }
}

/// The fault of the coroutine at `site`, if it is one.
pub(super) fn fault(facts: &Facts, site: Site) -> Option<Fault> {
    match facts.usage(site) {
        Usage::Dropped => Some(Fault::Dropped),
        // A later cell may take it from `Out`.
        Usage::Displayed => (!facts.reads_output_after(site)).then_some(Fault::Displayed),
        Usage::Assigned(target) => kept_fault(facts, site, target),
        Usage::Argument(call) => argument_fault(facts, call, site),
        Usage::Tested => Some(Fault::Tested),
        Usage::Compared => Some(compared_fault(facts, site)),
        Usage::Formatted => Some(Fault::Shown),
        Usage::Operand if formats(facts, site) => Some(Fault::Shown),
        Usage::Operand | Usage::Subscripted | Usage::Iterated | Usage::Entered => Some(Fault::Used),
        Usage::Attribute(attribute) => {
            let Kind::Attribute { name } = facts.kind(attribute) else { return None };
            let name = facts.tree(site.cell).text(*name);
            (!OWN_ATTRIBUTES.contains(&name)).then_some(Fault::Used)
        }
        Usage::Element(container) => container_fault(facts, container),
        Usage::AsyncProtocol => protocol_fault(facts, site, site),
        Usage::Awaited | Usage::Stored | Usage::Returned | Usage::Other => None,
    }
}

/// `async for` and `async with` at `used` await for themselves, but no coroutine.
fn protocol_fault(facts: &Facts, call: Site, used: Site) -> Option<Fault> {
    let value = facts.value(call);
    let walks_too = value.path().is_some_and(|path| facts.tables.is_walked_too(path));
    let made_by = value.path().and_then(|path| path.strip_suffix("()"));
    let is_more = made_by
        .is_some_and(|path| facts.tables.is_async_manager(path) || facts.tables.is_silent(path));
    if walks_too || is_more || is_stub(facts, &value) {
        return None;
    }
    async_statement(facts, used).map(Fault::Protocol)
}

/// Whether the coroutine's function has no body of its own, as an abstract method has: what is
/// called then is another one.
fn is_stub(facts: &Facts, value: &Value) -> bool {
    let Value::Coroutine(id) = value else { return false };
    let Some(function) = facts.function(*id) else { return true };
    facts.children_in(function.site, Role::Body).all(|statement| match facts.kind(statement) {
        Kind::Simple | Kind::Raise => true,
        Kind::Expression => facts
            .child(statement, Role::Value)
            .is_some_and(|it| matches!(facts.kind(it), Kind::Str | Kind::Ellipsis)),
        _ => false,
    })
}

fn argument_fault(facts: &Facts, call: Site, argument: Site) -> Option<Fault> {
    if let Some(taker) = facts.taker(argument).filter(|taker| taker.is_known) {
        return Some(Fault::Called(taker));
    }
    let func = facts.child(call, Role::Func)?;
    let value = facts.value(func);
    let path = value.path()?;
    if SHOWS.contains(&path) {
        return Some(Fault::Shown);
    }
    let first = facts.argument(call, 0, "") == Some(argument);
    let any_place = matches!(path, "builtins.max" | "builtins.min");
    ((first || any_place) && NEEDS.contains(&path)).then_some(Fault::Used)
}

/// `==` and `is` give an answer about the coroutine; an order or membership raises.
fn compared_fault(facts: &Facts, site: Site) -> Fault {
    let comparison = facts.parent(site).map_or("", |parent| facts.source_of(parent));
    let asks = ["==", "!=", " is "].iter().any(|sign| comparison.contains(sign));
    if asks { Fault::Tested } else { Fault::Used }
}

/// `"%s" % f()` shows the coroutine.
fn formats(facts: &Facts, site: Site) -> bool {
    let left = facts.parent(site).and_then(|parent| facts.child(parent, Role::Operand));
    left.is_some_and(|left| left != site && matches!(facts.kind(left), Kind::Str | Kind::FString))
}

/// A list of coroutines that is itself thrown away, shown or never read, or added up.
fn container_fault(facts: &Facts, container: Site) -> Option<Fault> {
    if let Usage::Argument(call) = facts.usage(container) {
        let func = facts.child(call, Role::Func)?;
        return match facts.value(func).path() {
            Some("builtins.sum" | "builtins.max" | "builtins.min" | "builtins.sorted") => {
                Some(Fault::Used)
            }
            Some("builtins.any" | "builtins.all") => Some(Fault::Tested),
            _ => None,
        };
    }
    if matches!(facts.kind(container), Kind::Comprehension { builds: Builds::Generator, .. }) {
        return None;
    }
    match fault(facts, container)? {
        fault @ (Fault::Dropped | Fault::Displayed | Fault::Kept) => Some(fault),
        Fault::Shown | Fault::Tested | Fault::Used | Fault::Called(_) | Fault::Protocol(_) => None,
    }
}

/// What is wrong with a coroutine that a name keeps: no place reads the name, every one only shows
/// it, or all of them take it for the result.
fn kept_fault(facts: &Facts, call: Site, target: Site) -> Option<Fault> {
    let mut fault = Fault::Kept;
    let reads = facts.reads_of(target);
    for read in &reads {
        let used = match facts.usage(*read) {
            Usage::Dropped | Usage::Displayed | Usage::Tested | Usage::Formatted => continue,
            Usage::Argument(outer) => match argument_fault(facts, outer, *read)? {
                Fault::Used => Fault::Used,
                Fault::Called(_) => return None,
                _ => continue,
            },
            Usage::Operand | Usage::Subscripted | Usage::Iterated => Fault::Used,
            Usage::AsyncProtocol if reads.len() == 1 => protocol_fault(facts, call, *read)?,
            Usage::Attribute(attribute) => {
                let Kind::Attribute { name } = facts.kind(attribute) else { return None };
                if OWN_ATTRIBUTES.contains(&facts.tree(read.cell).text(*name)) {
                    return None;
                }
                Fault::Used
            }
            _ => return None,
        };
        // Another value may have the name by then.
        let bindings = facts.bindings(*read);
        let [(_, binding)] = bindings.as_slice() else { return None };
        if binding.node != target.node {
            return None;
        }
        fault = used;
    }
    Some(fault)
}
