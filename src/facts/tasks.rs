//! What starts tasks, and what event loops are called.

use super::Facts;

/// The end of a path that starts a task. A `TaskGroup`'s own `create_task` is owned and awaited.
const STARTERS: [&str; 2] = ["create_task", "ensure_future"];

impl Facts<'_> {
    /// Whether a call of `path` starts a task that its caller has to look after.
    pub fn starts_task(&self, path: &str) -> bool {
        let Some((owner, name)) = path.rsplit_once('.') else { return false };
        STARTERS.contains(&name) && (owner == "asyncio" || is_loop(owner))
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

/// Whether a path stands for the loop that is running: in a cell, the kernel's.
pub fn is_running_loop(path: &str) -> bool {
    is_loop(path) && (path.ends_with(".get_event_loop()") || path.ends_with(".get_running_loop()"))
}
