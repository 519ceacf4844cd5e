//! `await`, `async with` or `async for` in a plain `def`, a lambda or a class body: Python
//! refuses to compile it.

use super::Rule;
use super::events::place;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Holder, Run, Site};
use crate::python::Kind;
use crate::rewrite::{Obstacle, checked, name_of, offer, plan_await};

const NAME: &str = "await-in-sync-def";

pub(super) const RULE: Rule = Rule { name: NAME, check };

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let mut seen = Vec::new();
    for site in run.awaits() {
        let (Holder::Plain(around) | Holder::Class(around)) = run.holder(site) else { continue };
        // One function is one mistake, however often it awaits.
        if !seen.contains(&around) && !run.is_guesswork(around) {
            seen.push(around);
            out.push(diagnose(run, site, around));
        }
    }
}

fn diagnose(run: &Run, site: Site, around: Site) -> Diagnostic {
    let (key, function) = match run.kind(around) {
        Kind::Lambda => ("lambda", ""),
        Kind::FunctionDef { name, .. } => ("def", run.tree(around.cell).text(*name)),
        _ => ("class-body", ""),
    };
    let mut found = Diagnostic::new(NAME, Severity::Error, run.first_line(site), key)
        .with("word", run.await_word(site))
        .with("function", function);
    found.patterns.push("async-all-the-way");
    let def = place(run, around).and_then(|def| Some(def).filter(|it| run.is_function(*it)));
    if let (Some(def), Some(site)) = (def, place(run, site)) {
        offer(run, &mut found, async_fix(run, site, def));
    }
    found
}

/// `async def`, and `await` at every call of it. What a lambda does for `map` or as a sort key is
/// written out.
fn async_fix(run: &Run, site: Site, id: Site) -> Result<Fix, Vec<Obstacle>> {
    let plan = plan_await(run, site)?;
    let key = if plan.functions.is_empty() { "fix-write-out" } else { "fix-colour" };
    let mut fix = Fix {
        title: Message::new(NAME, key).with("function", name_of(run, id)),
        pattern: "async-all-the-way",
        applicability: Applicability::Unsafe,
        edits: plan.finish(run, Vec::new())?,
        reasons: Vec::new(),
        tradeoffs: vec!["callers-become-async"],
    };
    plan.explain(run, &mut fix);
    Ok(checked(run, fix).at_most(plan.limit()))
}
