//! What ends a loop or a block that would go on: a way out, a deadline, an error that is caught.

use crate::facts::{Facts, Site, Value};
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

impl Facts<'_> {
    /// Whether a manager of the `with` ends its block when a time is over, or may.
    pub(super) fn has_deadline(&self, with: Site) -> bool {
        self.children_in(with, Role::Context).any(|item| {
            let manager = self.child(item, Role::Context).unwrap_or(item);
            match self.value(manager) {
                Value::Path(path) => DEADLINES.contains(&path.as_str()),
                // A call that is not known may be one.
                value => value == Value::Unknown && matches!(self.kind(manager), Kind::Call),
            }
        })
    }

    /// Whether a handler takes an error of the block and goes on behind it.
    pub(super) fn catches(&self, attempt: Site) -> bool {
        self.children_in(attempt, Role::Handler).any(|handler| {
            let outside = self.child(handler, Role::Test).is_some_and(|test| {
                let named: Vec<Site> = match self.kind(test) {
                    Kind::Tuple { .. } => self.children_in(test, Role::Element).collect(),
                    _ => vec![test],
                };
                named.iter().all(|error| {
                    self.value(*error).path().is_some_and(|it| FROM_OUTSIDE.contains(&it))
                })
            });
            let leaves = self
                .children_in(handler, Role::Body)
                .last()
                .is_some_and(|last| matches!(self.kind(last), Kind::Raise));
            !outside && !leaves
        })
    }

    /// Whether something in the loop's own turns ends it.
    pub(super) fn has_way_out(&self, around: Site) -> bool {
        let owner = self.owner(self.children_in(around, Role::Body).next().unwrap_or(around));
        self.children_in(around, Role::Body).any(|statement| {
            std::iter::once(statement).chain(self.descendants(statement)).any(|site| {
                if self.owner(site) != owner {
                    return false;
                }
                match self.kind(site) {
                    Kind::Return => true,
                    Kind::Raise => !self.passes_on_cancellation(site),
                    Kind::Simple => {
                        self.source_of(site) == "break" && self.loop_of_word(site) == Some(around)
                    }
                    Kind::Call => self.ends_the_program(site),
                    _ => false,
                }
            })
        })
    }

    /// A bare `raise` under `except CancelledError` ends nothing by itself.
    fn passes_on_cancellation(&self, raise: Site) -> bool {
        let handler =
            self.ancestors(raise).find(|up| matches!(self.kind(*up), Kind::Handler { .. }));
        handler.and_then(|handler| self.child(handler, Role::Test)).is_some_and(|test| {
            self.value(test).path().is_some_and(|path| FROM_OUTSIDE.contains(&path))
        })
    }

    fn ends_the_program(&self, call: Site) -> bool {
        let func = self.child(call, Role::Func).map(|func| self.value(func));
        matches!(
            func.as_ref().and_then(Value::path),
            Some("sys.exit" | "os._exit" | "builtins.exit" | "builtins.quit")
        )
    }

    /// The innermost loop whose body holds the statement.
    fn loop_of_word(&self, statement: Site) -> Option<Site> {
        let mut inner = statement;
        for outer in self.ancestors(statement) {
            let is_loop = matches!(self.kind(outer), Kind::For { .. } | Kind::While);
            if is_loop && self.role(inner) == Role::Body {
                return Some(outer);
            }
            inner = outer;
        }
        None
    }
}
