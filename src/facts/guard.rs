//! Code that runs only where no loop is running: the branches of a dual entry point.

use super::{Facts, Site};
use crate::python::{Kind, Role};

/// Words in a condition that ask whether this is a notebook or whether a loop is running.
const NOTEBOOK_WORDS: [&str; 11] = [
    "notebook",
    "zmqinteractiveshell",
    "is_running",
    "running_loop",
    "ipython",
    "ipykernel",
    "in_notebook",
    "is_notebook",
    "jupyter",
    "google.colab",
    "in_colab",
];

/// Words in a condition that ask whether this is a script.
const SCRIPT_WORDS: [&str; 5] = ["is_script", "script_run", "as_script", "is_cli", "\"__file__\""];

/// What a condition says of a running loop when it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Running,
    NotRunning,
    Nothing,
}

impl Facts<'_> {
    /// Whether the code at `site` is skipped in a notebook, because it is the branch of a test
    /// for a running loop that is taken without one, or has a fallback that works with one.
    pub fn is_guarded(&self, site: Site) -> bool {
        let mut inner = site;
        for outer in self.ancestors(site) {
            let role = self.role(inner);
            let guarded = match self.kind(outer) {
                Kind::If | Kind::IfExp if role == Role::Body => {
                    self.condition(outer) == Says::NotRunning
                }
                Kind::If | Kind::IfExp if role == Role::Else => {
                    self.condition(outer) == Says::Running
                }
                Kind::Try if role == Role::Handler => self.asks_for_the_loop(outer),
                Kind::Try if role == Role::Body => self.falls_back(outer),
                _ => false,
            };
            if guarded || self.after_early_exit(outer, inner) {
                return true;
            }
            if matches!(self.kind(outer), Kind::FunctionDef { .. } | Kind::Lambda) {
                return self.after_early_exit(outer, inner);
            }
            inner = outer;
        }
        self.after_early_exit_at_top(inner)
    }

    /// Whether the code stands under `if __name__ == "__main__":`.
    pub fn under_main_guard(&self, site: Site) -> bool {
        self.ancestors(site).any(|up| {
            matches!(self.kind(up), Kind::If)
                && self
                    .child(up, Role::Test)
                    .is_some_and(|test| self.source_of(test).contains("__name__"))
        })
    }

    /// Whether the error that the code at `site` raises is what the code is about:
    /// `pytest.raises`, `except TypeError`.
    pub fn is_demonstrated(&self, site: Site) -> bool {
        self.ancestors(site).any(|up| match self.kind(up) {
            Kind::With { .. } => self.children_in(up, Role::Context).any(|item| {
                let text = self.source_of(item).to_ascii_lowercase();
                ["raises", "fail", "suppress"].iter().any(|word| text.contains(word))
            }),
            Kind::Try => self.children_in(up, Role::Handler).any(|handler| {
                let test = self.child(handler, Role::Test);
                test.is_none_or(|test| {
                    let text = self.source_of(test);
                    ["TypeError", "AttributeError", "Exception"].iter().any(|it| text.contains(it))
                })
            }),
            _ => false,
        })
    }

    fn condition(&self, branch: Site) -> Says {
        self.child(branch, Role::Test).map_or(Says::Nothing, |test| self.says(test))
    }

    fn says(&self, test: Site) -> Says {
        let opposite = |says| match says {
            Says::Running => Says::NotRunning,
            Says::NotRunning => Says::Running,
            Says::Nothing => Says::Nothing,
        };
        match self.kind(test) {
            Kind::Not => {
                opposite(self.child(test, Role::Operand).map_or(Says::Nothing, |it| self.says(it)))
            }
            Kind::BoolOp => self
                .children_in(test, Role::Operand)
                .map(|operand| self.says(operand))
                .find(|says| *says != Says::Nothing)
                .unwrap_or(Says::Nothing),
            Kind::Compare => {
                let text = self.source_of(test);
                let left = self.child(test, Role::Operand);
                let says = left.map_or(Says::Nothing, |left| self.says(left));
                let says = if says == Says::Nothing { self.says_by_words(text) } else { says };
                let negative = text.contains("is None")
                    || text.contains("== None")
                    || text.contains("not in ")
                    || text.contains("is False");
                if negative { opposite(says) } else { says }
            }
            Kind::Name { .. } => self.says_by_value(test),
            Kind::False => Says::NotRunning,
            Kind::Call => self.says_by_function(test),
            _ => self.says_by_words(self.source_of(test)),
        }
    }

    /// A name that holds the running loop, or the answer to a question for it.
    fn says_by_value(&self, name: Site) -> Says {
        let of_loop = self.bindings(name).iter().any(|(cell, binding)| {
            let super::How::Value(value) = binding.how else { return false };
            let value = Site { cell: *cell, node: value };
            // `get_running_loop() is mine` asks for one loop, not for any.
            let asks_for_one = matches!(self.kind(value), Kind::Compare);
            let value = if asks_for_one { "" } else { self.source_of(value) };
            value.contains("is_running(") || value.contains("running_loop(")
        });
        if of_loop { Says::Running } else { self.says_by_words(self.source_of(name)) }
    }

    /// `in_notebook()`, by its name or by what the notebook's own function of it asks.
    fn says_by_function(&self, call: Site) -> Says {
        let by_words = self.says_by_words(self.source_of(call));
        let func = self.child(call, Role::Func);
        match func.map(|func| self.value(func)) {
            Some(super::Value::Function(id)) if by_words == Says::Nothing => {
                let body = self.function(id).map_or("", |function| self.source_of(function.site));
                self.says_by_words(body)
            }
            _ => by_words,
        }
    }

    fn says_by_words(&self, text: &str) -> Says {
        let text = text.to_ascii_lowercase();
        // The kernel's loop is never closed.
        let closed = text.contains("is_closed()");
        if text.contains("ps1") {
            Says::Running
        } else if closed || SCRIPT_WORDS.iter().any(|word| text.contains(word)) {
            Says::NotRunning
        } else if NOTEBOOK_WORDS.iter().any(|word| text.contains(word)) {
            Says::Running
        } else {
            Says::Nothing
        }
    }

    /// `try: get_running_loop()` with the code in the `except`; or `get_event_loop()`, which
    /// always gives a loop in a cell, unless what follows raises there.
    fn asks_for_the_loop(&self, attempt: Site) -> bool {
        let asks = self.children_in(attempt, Role::Body).any(|statement| {
            let text = self.source_of(statement).to_ascii_lowercase();
            ["running_loop", "is_running", "ipython"].iter().any(|word| text.contains(word))
        });
        let mut body = self.children_in(attempt, Role::Body).map(|it| self.source_of(it));
        asks || matches!((body.next(), body.next()), (Some(only), None)
            if only.ends_with("get_event_loop()"))
    }

    /// `try: asyncio.run(…)` whose `except` does the work in another way.
    fn falls_back(&self, attempt: Site) -> bool {
        let works = [
            "await ",
            "create_task",
            "run_until_complete",
            "nest_asyncio",
            "ensure_future",
            "Thread(",
            ".submit(",
            "to_thread",
        ];
        self.children_in(attempt, Role::Handler).any(|handler| {
            let text = self.source_of(handler);
            works.iter().any(|word| text.contains(word))
                || (text.contains("RuntimeError")
                    && self.descendants(handler).any(|site| matches!(self.kind(site), Kind::Raise)))
        })
    }

    /// `if loop.is_running(): return …` before the code, in the same block.
    fn after_early_exit(&self, block: Site, inner: Site) -> bool {
        let before = self.children_in(block, self.role(inner)).take_while(|site| *site != inner);
        before.into_iter().any(|statement| self.is_early_exit(statement))
    }

    fn after_early_exit_at_top(&self, inner: Site) -> bool {
        let tree = self.tree(inner.cell);
        let before = tree.statements().take_while(|node| *node != inner.node);
        before.into_iter().any(|node| self.is_early_exit(Site { node, ..inner }))
    }

    fn is_early_exit(&self, statement: Site) -> bool {
        if matches!(self.kind(statement), Kind::Try) {
            return self.children_in(statement, Role::Body).any(|inner| self.is_early_exit(inner));
        }
        matches!(self.kind(statement), Kind::If)
            && self.condition(statement) == Says::Running
            && self
                .children_in(statement, Role::Body)
                .last()
                .is_some_and(|last| matches!(self.kind(last), Kind::Return | Kind::Raise))
    }
}
