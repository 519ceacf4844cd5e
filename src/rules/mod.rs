//! The rule catalogue: one file for each rule, with its fixture beside it.

mod async_function_handed_over;
mod async_protocol_needs_async;
mod async_resource_across_cells;
mod asyncio_run_in_cell;
mod await_in_sync_def;
mod await_needs_awaitable;
mod await_under_magic;
mod awaited_twice;
mod blocking_call_in_async;
mod by_version;
mod call_where_a_function_belongs;
mod cancellation_swallowed;
mod competing_event_loop;
mod coroutine_never_awaited;
mod cpu_bound_in_async;
mod drafts;
mod dropped_task;
mod events;
mod framework_runner_in_cell;
mod gather_needs_unpacking;
mod handler_cannot_catch;
mod inline_async_helper;
mod left_open;
mod loop_owning_sync_api;
mod loop_waits_for_itself;
mod loops;
mod many;
mod needs_newer_python;
mod nest_asyncio_by_default;
mod removed_from_asyncio;
mod result_before_it_is_there;
mod run_until_complete_in_cell;
mod sequential_awaits;
mod shared_between_loops;
mod task_never_collected;
mod unbounded_fan_out;
mod wait_needs_tasks;
mod waiting;

use crate::diagnostic::{Diagnostic, Severity};
use crate::execution::Run;
use crate::text::Span;

/// A rule: the code that sees one mistake.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case; also the name of the rule's file, fixture and page.
    pub name: &'static str,
    /// Reads what happens when the notebook runs, and what the rules before it reported.
    pub check: fn(&Run, &mut Vec<Diagnostic>),
}

/// Every rule, in the order in which its mistakes stand in the knowledge base.
pub const RULES: [Rule; 32] = [
    asyncio_run_in_cell::RULE,
    run_until_complete_in_cell::RULE,
    competing_event_loop::RULE,
    framework_runner_in_cell::RULE,
    loop_owning_sync_api::RULE,
    await_in_sync_def::RULE,
    await_under_magic::RULE,
    needs_newer_python::RULE,
    nest_asyncio_by_default::RULE,
    inline_async_helper::RULE,
    coroutine_never_awaited::RULE,
    dropped_task::RULE,
    task_never_collected::RULE,
    cancellation_swallowed::RULE,
    gather_needs_unpacking::RULE,
    wait_needs_tasks::RULE,
    async_protocol_needs_async::RULE,
    blocking_call_in_async::RULE,
    cpu_bound_in_async::RULE,
    sequential_awaits::RULE,
    unbounded_fan_out::RULE,
    async_resource_across_cells::RULE,
    await_needs_awaitable::RULE,
    call_where_a_function_belongs::RULE,
    async_function_handed_over::RULE,
    loop_waits_for_itself::RULE,
    result_before_it_is_there::RULE,
    awaited_twice::RULE,
    handler_cannot_catch::RULE,
    removed_from_asyncio::RULE,
    left_open::RULE,
    shared_between_loops::RULE,
];

/// What the rules report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reported {
    /// Sorted by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The rules that gave no answer, because the notebook asks for too many steps.
    pub unanswered: Vec<&'static str>,
}

/// Runs every rule and sorts what they report by place. A rule that does not come to an end reports
/// nothing: half of what it would see is no answer.
pub fn check(run: &Run) -> Reported {
    let mut found = Vec::new();
    let mut unanswered = Vec::new();
    for rule in RULES {
        let before = found.len();
        let asked = run.ask();
        if asked {
            (rule.check)(run, &mut found);
        }
        if !asked || run.is_spent() || run.is_unfinished() {
            found.truncate(before);
            unanswered.push(rule.name);
        }
    }
    run.ask_freely();
    drafts::check(run, &mut found);
    leave_out_what_fails(&mut found);
    by_version::tell(run, &mut found);
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.rule));
    Reported { diagnostics: found, unanswered }
}

/// Advice on awaits that fail is no advice, and a task that is never made needs nobody who keeps it.
fn leave_out_what_fails(found: &mut Vec<Diagnostic>) {
    let is_unmade = |it: &&Diagnostic| matches!(it.message.key, "no-loop-here" | "never-starts");
    let unmade: Vec<Span> = found.iter().filter(is_unmade).map(|it| it.span).collect();
    found.retain(|it| {
        !(matches!(it.rule, "dropped-task" | "task-never-collected") && unmade.contains(&it.span))
    });
    let fails = |it: &&Diagnostic| {
        matches!(it.rule, "awaited-twice" | "await-needs-awaitable")
            || it.rule == "async-function-handed-over" && it.severity == Severity::Error
    };
    let failing: Vec<Span> = found.iter().filter(fails).map(|it| it.span).collect();
    if failing.is_empty() {
        return;
    }
    found.retain(|it| {
        let covers = |span: &Span| {
            let (one, other) = (it.span.range, span.range);
            span.cell == it.span.cell && (one.contains(other) || other.contains(one))
        };
        it.rule != "sequential-awaits" || !failing.iter().any(covers)
    });
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::{fixtures as fixtures_for_tests, tables as tables_for_tests};
