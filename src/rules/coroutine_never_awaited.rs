//! A coroutine function is called and nothing ever awaits what it gives.

use super::Rule;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Call, Facts, Runs, Site, Usage, Value};
use crate::python::{Builds, Kind, Role};
use crate::rewrite::{
    await_expression, checked, colour, lists_for_generators, obstacle_to_await, offer,
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
const OWN_ATTRIBUTES: [&str; 10] = [
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
}

impl Fault {
    fn key(self) -> &'static str {
        match self {
            Fault::Dropped => "dropped",
            Fault::Displayed => "displayed",
            Fault::Kept => "kept",
            Fault::Shown => "shown",
            Fault::Tested => "tested",
            Fault::Used => "used",
        }
    }
}

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for call in &facts.calls {
        if is_coroutine(facts, call)
            && let Some(fault) = fault(facts, call.site)
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

fn fault(facts: &Facts, site: Site) -> Option<Fault> {
    match facts.usage(site) {
        Usage::Dropped => Some(Fault::Dropped),
        Usage::Displayed => Some(Fault::Displayed),
        Usage::Assigned(target) => is_kept_for_nothing(facts, target).then_some(Fault::Kept),
        Usage::Argument(call) => argument_fault(facts, call, site),
        Usage::Tested | Usage::Compared => Some(Fault::Tested),
        Usage::Formatted => Some(Fault::Shown),
        Usage::Operand | Usage::Subscripted | Usage::Iterated | Usage::Entered => Some(Fault::Used),
        Usage::Attribute(attribute) => {
            let Kind::Attribute { name } = facts.kind(attribute) else { return None };
            let name = facts.tree(site.cell).text(*name);
            (!OWN_ATTRIBUTES.contains(&name)).then_some(Fault::Used)
        }
        Usage::Element(container) => container_fault(facts, container),
        Usage::Awaited | Usage::Stored | Usage::Returned | Usage::AsyncProtocol | Usage::Other => {
            None
        }
    }
}

fn argument_fault(facts: &Facts, call: Site, argument: Site) -> Option<Fault> {
    let func = facts.child(call, Role::Func)?;
    let value = facts.value(func);
    let path = value.path()?;
    if SHOWS.contains(&path) {
        return Some(Fault::Shown);
    }
    let first = facts.argument(call, 0, "") == Some(argument);
    (first && NEEDS.contains(&path)).then_some(Fault::Used)
}

/// A list of coroutines that is itself thrown away, shown or never read.
fn container_fault(facts: &Facts, container: Site) -> Option<Fault> {
    if matches!(facts.kind(container), Kind::Comprehension { builds: Builds::Generator, .. }) {
        return None;
    }
    match fault(facts, container)? {
        fault @ (Fault::Dropped | Fault::Displayed | Fault::Kept) => Some(fault),
        Fault::Shown | Fault::Tested | Fault::Used => None,
    }
}

/// Whether no place reads the name, or every one only shows it.
fn is_kept_for_nothing(facts: &Facts, target: Site) -> bool {
    facts.reads_of(target).into_iter().all(|read| match facts.usage(read) {
        Usage::Dropped | Usage::Displayed | Usage::Tested | Usage::Formatted => true,
        Usage::Argument(call) => argument_fault(facts, call, read) == Some(Fault::Shown),
        _ => false,
    })
}

fn diagnose(facts: &Facts, call: &Call, fault: Fault) -> Diagnostic {
    let severity = if fault == Fault::Used { Severity::Error } else { Severity::Warning };
    let mut found = Diagnostic::new(NAME, severity, facts.span(call.site), fault.key())
        .with("call", facts.callee_text(call.site));
    let in_collection = matches!(facts.usage(call.site), Usage::Element(_));
    found.patterns.push(if in_collection { "gather" } else { "top-level-await" });
    let fix = if in_collection {
        gather_fix(facts, call.site)
    } else {
        await_fix(facts, call.site, fault)
    };
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
    let owner = facts.owner(site);
    let plain = owner.filter(|id| facts.function(*id).is_some_and(|function| !function.is_async));
    let plan = match plain {
        Some(id) => colour(facts, id)?,
        None => crate::rewrite::Colouring::default(),
    };
    let (mut edits, read_to_end) = lists_for_generators(facts, site);
    edits.extend(await_expression(facts, site));
    edits.extend(plan.edits);
    // A name that held a coroutine holds a result afterwards; somebody may have counted on it.
    let safe = plain.is_none() && read_to_end && fault != Fault::Kept && fault != Fault::Tested;
    let runs_here = matches!(facts.runs(site), Runs::Cell | Runs::Async(_));
    let safe = safe && runs_here;
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
    ))
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
    let plain = matches!(facts.runs(container), Runs::Helper(_) | Runs::Elsewhere);
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
