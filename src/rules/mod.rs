//! The rule catalogue: one file for each rule, with its fixture beside it.

mod async_protocol_needs_async;
mod async_resource_across_cells;
mod asyncio_run_in_cell;
mod await_in_sync_def;
mod await_under_magic;
mod blocking_call_in_async;
mod cancellation_swallowed;
mod competing_event_loop;
mod coroutine_never_awaited;
mod cpu_bound_in_async;
mod dropped_task;
mod framework_runner_in_cell;
mod gather_needs_unpacking;
mod inline_async_helper;
mod loop_owning_sync_api;
mod needs_newer_python;
mod nest_asyncio_by_default;
mod run_until_complete_in_cell;
mod sequential_awaits;
mod task_never_collected;
mod unbounded_fan_out;
mod wait_needs_tasks;

use crate::diagnostic::Diagnostic;
use crate::facts::Facts;

/// A rule: the code that sees one mistake.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Kebab-case; also the name of the rule's file, fixture and page.
    pub name: &'static str,
    pub check: fn(&Facts, &mut Vec<Diagnostic>),
}

/// Every rule, in the order in which its mistakes stand in the knowledge base.
pub const RULES: [Rule; 22] = [
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
];

/// Runs every rule and sorts what they report by place.
pub fn check(facts: &Facts) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in RULES {
        (rule.check)(facts, &mut found);
    }
    found.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.rule));
    found
}

#[cfg(test)]
mod tests;
