//! What starts tasks, and what event loops are called.

use super::Facts;
use crate::execution::starts_task;

impl Facts<'_> {
    /// Whether a call of `path` starts a task that its caller has to look after.
    pub fn starts_task(&self, path: &str) -> bool {
        let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        starts_task(path) && (owner == "asyncio" || is_loop(owner))
    }
}

/// Whether a path stands for an event loop object.
pub fn is_loop(path: &str) -> bool {
    [
        "asyncio.AbstractEventLoop()",
        "asyncio.get_event_loop()",
        "asyncio.get_running_loop()",
        "asyncio.new_event_loop()",
        "asyncio.get_event_loop_policy().get_event_loop()",
        "asyncio.get_event_loop_policy().new_event_loop()",
        "asyncio.SelectorEventLoop()",
        "asyncio.ProactorEventLoop()",
        "uvloop.new_event_loop()",
        "uvloop.Loop()",
    ]
    .contains(&path)
}
