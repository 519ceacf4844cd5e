//! `await`, `async with` or `async for` in a plain `def`, a lambda or a class body: Python
//! refuses to compile it.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Facts, FnId, Holder, Site};
use crate::rewrite::{Obstacle, checked, name_of, offer, plan_await};

const NAME: &str = "await-in-sync-def";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let mut seen = Vec::new();
    for site in facts.awaits() {
        let holder = facts.holder(site);
        let around = match holder {
            Holder::Plain(id) => facts.function(id).map(|function| function.site),
            Holder::Class(class) => Some(class),
            Holder::Cell | Holder::Async | Holder::LineMagic(_) => None,
        };
        // One function is one mistake, however often it awaits.
        let Some(around) = around.filter(|around| !seen.contains(around)) else { continue };
        if !facts.is_guesswork(around.cell, facts.range(around)) {
            seen.push(around);
            out.push(diagnose(facts, site, holder));
        }
    }
}

fn diagnose(facts: &Facts, site: Site, holder: Holder) -> Diagnostic {
    let function = match holder {
        Holder::Plain(id) => facts.function(id),
        _ => None,
    };
    let key = match function {
        Some(function) if function.name.is_empty() => "lambda",
        Some(_) => "def",
        None => "class-body",
    };
    let mut found = Diagnostic::new(NAME, Severity::Error, facts.await_span(site), key)
        .with("word", facts.await_word(site))
        .with("function", function.map_or("", |function| &function.name));
    found.patterns.push("async-all-the-way");
    if let Holder::Plain(id) = holder {
        offer(facts, &mut found, async_fix(facts, site, id));
    }
    found
}

/// `async def`, and `await` at every call of it. What a lambda does for `map` or as a sort key is
/// written out.
fn async_fix(facts: &Facts, site: Site, id: FnId) -> Result<Fix, Vec<Obstacle>> {
    let plan = plan_await(facts, site)?;
    let key = if plan.functions.is_empty() { "fix-write-out" } else { "fix-colour" };
    let mut fix = Fix {
        title: Message::new(NAME, key).with("function", name_of(facts, id)),
        pattern: "async-all-the-way",
        applicability: Applicability::Unsafe,
        edits: plan.finish(facts, Vec::new())?,
        reasons: Vec::new(),
        tradeoffs: vec!["callers-become-async"],
    };
    plan.explain(facts, &mut fix);
    Ok(checked(facts, fix).at_most(plan.limit()))
}
