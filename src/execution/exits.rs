//! What ends a loop or a block that would go on: a way out, a deadline, an error that is caught.

use super::reading::Run;
use super::trace::ValueKind;
use super::value::Site;
use crate::python::{Kind, Role};

/// Managers that end their block when a time is over.
const DEADLINES: [&str; 7] = [
    "asyncio.timeout()",
    "asyncio.timeout_at()",
    "async_timeout.timeout()",
    "anyio.move_on_after()",
    "anyio.fail_after()",
    "trio.move_on_after()",
    "trio.fail_after()",
];

/// Errors that come from outside: catching them ends nothing.
const FROM_OUTSIDE: [&str; 5] = [
    "asyncio.CancelledError",
    "concurrent.futures.CancelledError",
    "builtins.KeyboardInterrupt",
    "builtins.GeneratorExit",
    "builtins.SystemExit",
];

impl Run<'_> {
    /// Whether anything in the function at `def` leaves it, or stays for ever, before its last statement.
    pub fn is_left_before(&self, def: Site, last: Site) -> bool {
        let known = self.joined.left.borrow().get(&def).copied();
        known.unwrap_or_else(|| {
            let leaves = |site: Site| match self.kind(site) {
                Kind::Return | Kind::Yield => true,
                Kind::While => {
                    let test = self.child(site, Role::Test).map(|test| self.kind(test));
                    matches!(test, Some(Kind::True | Kind::Number))
                }
                _ => false,
            };
            let left = self.descendants(def).filter(|site| *site != last).any(leaves);
            self.joined.left.borrow_mut().insert(def, left);
            left
        })
    }

    /// Whether a manager of the `with` ends its block when a time is over, or may.
    pub fn has_deadline(&self, with: Site) -> bool {
        self.children_in(with, Role::Context).any(|item| {
            let manager = self.child(item, Role::Context).unwrap_or(item);
            match self.path(manager) {
                Some(path) => DEADLINES.contains(&path.as_str()),
                // A call that is not known may be one.
                None => {
                    matches!(self.kind(manager), Kind::Call)
                        && !self.is_only(manager, ValueKind::Instance)
                }
            }
        })
    }

    /// Whether a handler takes an error of the block and goes on behind it.
    pub(super) fn catches(&self, attempt: Site) -> bool {
        self.children_in(attempt, Role::Handler).any(|handler| {
            let leaves = self
                .children_in(handler, Role::Body)
                .last()
                .is_some_and(|last| matches!(self.kind(last), Kind::Raise));
            !leaves && !self.takes_what_comes_from_outside(handler)
        })
    }

    fn takes_what_comes_from_outside(&self, handler: Site) -> bool {
        let is_one = |error: Site| {
            self.path(error).is_some_and(|path| FROM_OUTSIDE.contains(&path.as_str()))
        };
        self.child(handler, Role::Test).is_some_and(|test| match self.kind(test) {
            Kind::Tuple { .. } => self.children_in(test, Role::Element).all(is_one),
            _ => is_one(test),
        })
    }

    /// Whether something in the loop's own turns ends it.
    pub(super) fn has_way_out(&self, around: Site) -> bool {
        let owner = self.owner(self.child(around, Role::Body).unwrap_or(around));
        let tree = self.tree(around.cell);
        let all = self.children_in(around, Role::Body).flat_map(|it| self.within(it));
        all.filter(|site| self.owner(*site) == owner).any(|site| match self.kind(site) {
            Kind::Return => true,
            // A bare `raise` under `except CancelledError` ends nothing by itself.
            Kind::Raise => {
                let is_handler = |up: &Site| matches!(self.kind(*up), Kind::Handler { .. });
                let handler = self.ancestors(site).find(is_handler);
                !handler.is_some_and(|it| self.takes_what_comes_from_outside(it))
            }
            Kind::Simple => {
                self.source_of(site) == "break" && tree.loop_around(site.node) == Some(around.node)
            }
            Kind::Call => matches!(
                self.path_of_call(site).as_deref(),
                Some("sys.exit" | "os._exit" | "builtins.exit" | "builtins.quit")
            ),
            _ => false,
        })
    }
}
