//! A coroutine function is called and nothing ever awaits what it gives.

use super::Rule;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, Runs, Site, Usage, Value};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::{
    async_statement, async_words, await_before_use, await_expression, checked, colour,
    lists_for_generators, obstacle_to_await, offer,
};

const NAME: &str = "coroutine-never-awaited";

pub(super) const RULE: Rule = Rule { name: NAME, check };

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
enum Fault {
    Dropped,
    Displayed,
    Kept,
    Shown,
    Tested,
    /// The place raises: an attribute, an item, arithmetic, iteration.
    Used,
    /// `async for` or `async with` raises: the statement, or its clause.
    Protocol(Site),
}

impl Fault {
    /// Whether nothing at all is done with the value.
    fn is_left_behind(self) -> bool {
        matches!(self, Fault::Dropped | Fault::Displayed | Fault::Kept)
    }

    fn key(self) -> &'static str {
        match self {
            Fault::Dropped => "dropped",
            Fault::Displayed => "displayed",
            Fault::Kept => "kept",
            Fault::Shown => "shown",
            Fault::Tested => "tested",
            Fault::Used => "used",
            Fault::Protocol(_) => "protocol",
        }
    }

    fn raises(self) -> bool {
        self == Fault::Used || !self.is_plain()
    }

    /// Whether a plain use of the value is at fault, and no `async` statement.
    fn is_plain(self) -> bool {
        !matches!(self, Fault::Protocol(_))
    }
}

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for call in &facts.calls {
        if is_coroutine(facts, call)
            && let Some(fault) = fault(facts, call.site)
            && !(fault.raises() && facts.is_demonstrated(call.site))
            && (fault.is_left_behind() || !is_silent(facts, call))
            && !is_manager_in_with(facts, call)
        {
            out.push(diagnose(facts, call, fault));
        }
    }
}

fn is_coroutine(facts: &Facts, call: &Call) -> bool {
    match &call.callee {
        Value::Path(path) => {
            facts.tables.is_coroutine_function(path) || facts.modules.is_coroutine_function(path)
        }
        // A plain function may hand on a coroutine that it made.
        Value::Function(_) => matches!(facts.value(call.site), Value::Coroutine(_)),
        _ => false,
    }
}

/// A plain `with` over what `async with` enters is told by the rule for that.
fn is_manager_in_with(facts: &Facts, call: &Call) -> bool {
    facts.usage(call.site) == Usage::Entered
        && call.callee.path().is_some_and(|path| facts.tables.is_async_manager(path))
}

/// Whether the value is an awaitable that is more than a coroutine: it has attributes of its own,
/// and Python does not warn when it is dropped.
fn is_silent(facts: &Facts, call: &Call) -> bool {
    call.callee.path().is_some_and(|path| facts.tables.is_silent(path))
}

fn fault(facts: &Facts, site: Site) -> Option<Fault> {
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
        Fault::Shown | Fault::Tested | Fault::Used | Fault::Protocol(_) => None,
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

fn diagnose(facts: &Facts, call: &Call, fault: Fault) -> Diagnostic {
    let severity = if fault.raises() { Severity::Error } else { Severity::Warning };
    let key = if is_silent(facts, call) { "silent" } else { fault.key() };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call.site), key)
        .with("call", facts.callee_text(call.site));
    if let Fault::Protocol(statement) = fault {
        found = found.with("statement", async_words(facts, statement));
    }
    let in_collection = matches!(facts.usage(call.site), Usage::Element(_));
    found.patterns.push(if in_collection { "gather" } else { "top-level-await" });
    let fix = if in_collection {
        gather_fix(facts, call.site)
    } else {
        await_fix(facts, call.site, fault)
    };
    if fix.is_ok()
        && let Some((then, _)) = super::wait_needs_tasks::brought_along(facts, call.site)
    {
        found.note(then, None);
    }
    offer(facts, &mut found, fix);
    found
}

/// Puts `await` in front; in a plain helper the helper becomes `async`, with its callers.
fn await_fix(
    facts: &Facts,
    site: Site,
    fault: Fault,
) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    if let Some(kind) = obstacle_to_await(facts, site) {
        return Err(vec![crate::rewrite::Obstacle { kind, site }]);
    }
    let endless = matches!(facts.value(site), Value::Coroutine(id) if facts.is_endless(id));
    if endless || is_awaited_further_out(facts, site) {
        return Err(Vec::new());
    }
    let owner = facts.owner(site);
    let plain = owner.filter(|id| facts.function(*id).is_some_and(|function| !function.is_async));
    let plan = match plain {
        Some(id) => colour(facts, id)?,
        None => crate::rewrite::Colouring::default(),
    };
    let (mut edits, read_to_end) = lists_for_generators(facts, site);
    if let Fault::Protocol(statement) = fault {
        edits.extend(await_before_use(facts, site, statement).ok_or_else(Vec::new)?);
    } else {
        edits.extend(await_expression(facts, site));
    }
    let mut edits = plan.finish(facts, edits)?;
    if let Some((_, more)) = super::wait_needs_tasks::brought_along(facts, site) {
        edits.extend(more);
    }
    // A name that held a coroutine holds a result afterwards; somebody may have counted on it.
    let safe = plain.is_none() && read_to_end && fault != Fault::Kept && fault != Fault::Tested;
    let runs_here = matches!(facts.runs(site), Runs::Cell | Runs::Async(_));
    // What a client's call gives is not seen here.
    let is_seen = fault.is_plain() || matches!(facts.value(site), Value::Coroutine(_));
    let safe = safe && runs_here && is_seen;
    Ok(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-await").with("call", facts.callee_text(site)),
            pattern: if plain.is_some() { "async-all-the-way" } else { "top-level-await" },
            applicability: if safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons: vec![(facts.span(site), Message::new(NAME, "why-await"))],
            tradeoffs: if plain.is_some() { vec!["callers-become-async"] } else { Vec::new() },
        },
    )
    .at_most(plan.limit()))
}

/// `await f().json()` awaits the wrong thing; which one was meant is the author's to say.
fn is_awaited_further_out(facts: &Facts, site: Site) -> bool {
    let chain = facts.ancestors(site).skip_while(|up| {
        matches!(facts.kind(*up), Kind::Attribute { .. } | Kind::Subscript | Kind::Call)
    });
    let mut chain = chain;
    chain.next().is_some_and(|up| matches!(facts.kind(up), Kind::Await))
}

/// `[f(i) for i in x]` becomes `await asyncio.gather(*[f(i) for i in x])`.
fn gather_fix(facts: &Facts, site: Site) -> Result<Fix, Vec<crate::rewrite::Obstacle>> {
    let container = std::iter::successors(Some(site), |site| match facts.usage(*site) {
        Usage::Element(container) => Some(container),
        _ => None,
    })
    .last()
    .unwrap_or(site);
    if let Some(kind) = obstacle_to_await(facts, container) {
        return Err(vec![crate::rewrite::Obstacle { kind, site: container }]);
    }
    let direct = facts.usage(site) == Usage::Element(container);
    let plain = !direct || matches!(facts.runs(container), Runs::Helper(_) | Runs::Elsewhere);
    let is_list = matches!(
        facts.kind(container),
        Kind::List | Kind::Comprehension { builds: Builds::List, .. }
    );
    if plain || !is_list {
        return Err(Vec::new());
    }
    let (asyncio, import) = crate::rewrite::module_name(facts, container, "asyncio");
    let range = facts.range(container);
    let cell = container.cell;
    let mut edits: Vec<_> = import.into_iter().collect();
    edits.push(crate::text::Edit::insert(cell, range.start, format!("await {asyncio}.gather(*")));
    edits.push(crate::text::Edit::insert(cell, range.end, ")"));
    Ok(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-gather"),
            pattern: "gather",
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(facts.span(container), Message::new(NAME, "why-gather"))],
            tradeoffs: vec!["completion-order", "sibling-failure"],
        },
    ))
}
