//! A task that is started and whose handle nothing keeps.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Facts, Runs, Site, Usage};
use crate::python::{Kind, Role};
use crate::rewrite::{
    FreeNames, Start, await_expression, can_await, checked, draft_unseen, drafted_fix, keep_handle,
    keep_in_background, module_name, obstacle_to_await,
};

const NAME: &str = "dropped-task";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let mut names = FreeNames::default();
    for (call, gathers) in facts.task_starts() {
        let displayed = match facts.usage(call.site) {
            Usage::Element(list) if !gathers && facts.usage(list) == Usage::Dropped => false,
            Usage::Element(list) if !gathers && facts.usage(list) == Usage::Displayed => true,
            Usage::Dropped => false,
            Usage::Displayed => !facts.reads_output_after(call.site),
            _ => continue,
        };
        if (gathers && are_kept(facts, call.site))
            || (facts.usage(call.site) == Usage::Displayed && !displayed)
            || super::gather_needs_unpacking::speaks_of(facts, call.site)
            || super::competing_event_loop::speaks_of(facts, call.site)
        {
            continue;
        }
        let key = match (gathers, displayed) {
            (true, false) => "gather",
            (true, true) => "gather-displayed",
            (false, false) => "task",
            (false, true) => "task-displayed",
        };
        let mut found = Diagnostic::new(NAME, Severity::Warning, facts.span(call.site), key)
            .with("call", facts.callee_text(call.site));
        found.patterns = vec!["keep-the-handle", "task-group"];
        if gathers {
            found.patterns = vec!["gather"];
            found.fixes.extend(await_fix(facts, call.site, &mut names));
        } else {
            found.fixes.extend(handle_fix(facts, call.site, &mut names));
        }
        out.push(found);
    }
}

/// Whether everything that is gathered has a name that other code reads.
pub(super) fn are_kept(facts: &Facts, call: Site) -> bool {
    let mut arguments = facts.children_in(call, Role::Arg).peekable();
    arguments.peek().is_some()
        && arguments.all(|argument| {
            let value = match facts.kind(argument) {
                Kind::Starred => facts.child(argument, Role::Value),
                _ => Some(argument),
            };
            value.is_some_and(|value| {
                let is_read = |other: &Site| *other != value;
                matches!(facts.kind(value), Kind::Name { .. })
                    && facts.reads_of(value).iter().any(is_read)
            })
        })
}

/// `await gather(…)` where it stands.
fn await_fix(facts: &Facts, call: Site, names: &mut FreeNames) -> Option<Fix> {
    let here = matches!(facts.runs(call), Runs::Cell | Runs::Async(_));
    if facts.never_ends(call).is_some() {
        return keep_in_background(facts, call, names);
    }
    if !here || obstacle_to_await(facts, call).is_some() {
        return None;
    }
    Some(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-await").with("call", facts.callee_text(call)),
            pattern: "gather",
            applicability: Applicability::Unsafe,
            edits: await_expression(facts, call),
            reasons: vec![(facts.span(call), Message::new(NAME, "why-await"))],
            tradeoffs: vec!["sibling-failure"],
        },
    ))
}

/// A name for the task, and an `await` at the end of the cell or function.
fn handle_fix(facts: &Facts, call: Site, names: &mut FreeNames) -> Option<Fix> {
    // A task of another loop cannot be awaited on this one.
    if facts.keyword(call, "loop").is_some() {
        return None;
    }
    // What never ends is not waited for at the end of a cell.
    if facts.never_ends(call).is_some() {
        return keep_in_background(facts, call, names);
    }
    let (asyncio, _) = module_name(facts, call, "asyncio");
    let edits = keep_handle(facts, call, &asyncio, names)?;
    if !can_await(facts, call) {
        let start = Start::Await { at: call, own: edits, otherwise: None };
        let drafted = draft_unseen(facts, facts.run(), &start)?;
        let reason = (facts.span(call), Message::new(NAME, "why-keep"));
        return Some(drafted_fix(facts, Message::new(NAME, "fix-keep"), reason, drafted));
    }
    let mut reasons = vec![(facts.span(call), Message::new(NAME, "why-keep"))];
    if let Some(last) = edits.last() {
        reasons.push((last.span, Message::new(NAME, "why-await-end")));
    }
    Some(checked(
        facts,
        Fix {
            title: Message::new(NAME, "fix-keep"),
            pattern: "keep-the-handle",
            applicability: Applicability::Unsafe,
            edits,
            reasons,
            tradeoffs: vec!["late-interrupt"],
        },
    ))
}
