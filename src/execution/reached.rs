//! Who runs which code, and to what code nobody comes.

use super::event::Thread;
use super::machine::Machine;
use super::reading::Run;
use super::value::{CellKey, Site};
use crate::python::{Kind, NodeId, Role};
use crate::text::{CellIndex, Span};

/// Who was seen to run the body of a function.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached {
    on_kernel: bool,
    in_worker: bool,
    /// The cells whose runs came there, in order.
    cells: Vec<CellKey>,
}

impl Machine<'_> {
    /// Notes that the body of a function runs here.
    pub(super) fn note_reached(&mut self, def: Site) {
        let (thread, on_loop) = (self.context.thread, self.context.on_loop);
        if thread == Thread::Unseen {
            return;
        }
        let reached = self.trace.reached.entry(def).or_default();
        reached.on_kernel |= thread == Thread::Kernel;
        reached.in_worker |= thread != Thread::Kernel && !on_loop;
        if let Err(at) = reached.cells.binary_search(&self.during) {
            reached.cells.insert(at, self.during);
        }
    }
}

impl Run<'_> {
    /// Whether anybody comes to the code at `site`: no condition leaves it out, no statement before
    /// it surely leaves. Of a run that was cut short it is not known.
    pub fn comes_to(&self, site: Site) -> bool {
        if self.trace.is_cut_short {
            return true;
        }
        let mut inner = site;
        for outer in self.ancestors(site) {
            let is_chosen =
                matches!(self.kind(outer), Kind::IfExp) && self.role(inner) != Role::Test;
            if is_chosen && !self.trace.ran(inner) {
                return false;
            }
            if matches!(self.kind(outer), Kind::Lambda) {
                break;
            }
            inner = outer;
        }
        self.trace.ran(self.statement(site))
    }

    /// Whether the code at `site` is seen to run on the kernel's thread: it is a cell's own, that of
    /// an `async def`, or of a function that somebody calls there.
    pub fn is_on_kernel(&self, site: Site) -> bool {
        let runs = |def: Site| {
            let reached = self.trace.reached.get(&def);
            matches!(self.kind(def), Kind::FunctionDef { is_async: true, .. })
                || reached.is_some_and(|it| it.on_kernel)
        };
        self.comes_to(site) && self.owner(site).is_none_or(runs)
    }

    /// Whether another thread or process is seen to run a function, and no loop there.
    pub fn is_in_worker(&self, def: Site) -> bool {
        self.trace.reached.get(&def).is_some_and(|it| it.in_worker)
    }

    /// A cell that runs the function in which `span` lies, where that is another cell: the first
    /// that has no problem of its own, else the first.
    pub fn cell_that_runs(
        &self,
        span: Span,
        has_problem: impl Fn(CellIndex) -> bool,
    ) -> Option<CellIndex> {
        let cell = self.key_of(span.cell);
        let tree = self.tree(cell);
        let holds = |def: &NodeId| {
            matches!(tree.kind(*def), Kind::FunctionDef { .. } | Kind::Lambda)
                && tree.range(*def).contains(span.range)
        };
        let innermost = tree.all().filter(holds).min_by_key(|def| tree.range(*def).len())?;
        let reached = self.trace.reached.get(&Site { cell, node: innermost })?;
        let mut cells = reached.cells.iter().filter_map(|key| self.cell_of(*key));
        if reached.cells.contains(&cell) {
            return None;
        }
        cells.clone().find(|cell| !has_problem(*cell)).or_else(|| cells.next())
    }
}

#[cfg(test)]
mod tests {
    use crate::execution::given::tests::{last, run_of};

    /// Whether anybody comes to the last `text` of a cell.
    fn comes_to(source: &str, text: &str) -> bool {
        let run = run_of(source);
        run.comes_to(last(&run, text))
    }

    #[test]
    fn nobody_comes_to_what_a_condition_leaves_out() {
        let main = "if __name__ == '__main__':\n    print(1)\nelse:\n    print(2)";
        assert!(comes_to(main, "print(1)") && !comes_to(main, "print(2)"));
        let chosen = "x = print(1) if __name__ != '__main__' else print(2)";
        assert!(!comes_to(chosen, "print(1)") && comes_to(chosen, "print(2)"));
        let left = "def f():\n    if get_ipython():\n        return 1\n    print(2)\nf()";
        assert!(!comes_to(left, "print(2)"));
        assert!(comes_to("def nobody_calls():\n    print(2)", "print(2)"));
    }

    #[test]
    fn who_runs_a_function_is_seen() {
        let source = "import threading\ndef f():\n    print(1)\ndef g():\n    print(2)\nf()\n\
                      threading.Thread(target=g).start()";
        let run = run_of(source);
        let def = |text| run.owner(last(&run, text)).expect("a function around it");
        let asked = |text| (run.is_on_kernel(last(&run, text)), run.is_in_worker(def(text)));
        assert_eq!(asked("print(1)"), (true, false));
        assert_eq!(asked("print(2)"), (false, true));
    }
}
