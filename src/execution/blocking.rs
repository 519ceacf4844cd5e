//! Calls that hold their thread, as far as what they are given decides it, and the tasks that wait
//! meanwhile.

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Args, Loop, Site, Value};
use crate::knowledge::callables::QualifiedName;
use crate::knowledge::tables::{Blocking, BlockingKind, When};
use crate::python::{Kind, NodeId, Role, Tree};

/// What readers of data call their first parameter.
const SOURCES: [&str; 7] =
    ["filepath_or_buffer", "path_or_buf", "path_or_buffer", "io", "path", "source", "fname"];

/// A task of the kernel's loop, and the happenings between its start and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tasked {
    /// The call that starts it.
    pub by: Site,
    /// So many events happened before it started.
    pub started: usize,
    /// So many happened before somebody waited for it, where anybody does.
    pub waited: Option<usize>,
}

impl Machine<'_> {
    /// A call of a library that may hold its thread.
    pub(super) fn note_blocking(
        &mut self,
        path: QualifiedName,
        blocking: &Blocking,
        args: &Args,
        site: Site,
    ) {
        // In Pyodide with JSPI `time.sleep` suspends the caller and tasks go on (seen in 314).
        let suspends = blocking.kind == BlockingKind::Sleep
            && self.input.environment.host.suspends_the_caller();
        let is_lazy = blocking.is_lazy && self.is_handed_on(site);
        if !suspends && !is_lazy && self.blocks(blocking.when, args, site) {
            self.blocked += 1;
            self.emit(site, EventKind::Blocked { by: path });
        }
    }

    /// Whether a call that holds its thread at times does so with these arguments.
    fn blocks(&mut self, when: Option<When>, args: &Args, site: Site) -> bool {
        let given = |at: usize, name: &str| args.get(at, self.names.find(name));
        match when {
            None => true,
            Some(When::Url) => {
                let named = || SOURCES.iter().find_map(|name| given(usize::MAX, name));
                match args.positional.first().copied().or_else(named) {
                    Some(Value::Str(text)) => self.names.text(text).contains("://"),
                    _ => self.is_written_as_url(site),
                }
            }
            Some(When::Waits) => {
                let asks = [given(0, "block"), given(usize::MAX, "blocking")];
                let at_once = asks.into_iter().flatten().any(|it| it == Value::Bool(false));
                let timeout = given(usize::MAX, "timeout") == Some(Value::Int(0));
                let handed_on = given(usize::MAX, "async_") == Some(Value::Bool(true));
                !at_once && !timeout && !handed_on && !self.has_no_time(site)
            }
        }
    }

    /// `timeout=0.0`, which is a float like any other.
    fn has_no_time(&self, call: Site) -> bool {
        self.index(call.cell).is_some_and(|index| {
            let tree = &index.syntax.tree;
            let timeout = tree.keyword(call.node, "timeout");
            timeout.is_some_and(|it| tree.source_of(it).parse() == Ok(0.0))
        })
    }

    /// Whether what is read is seen to be a URL, by what is written there or by its name.
    fn is_written_as_url(&self, call: Site) -> bool {
        let Some(index) = self.index(call.cell) else { return false };
        let tree = &index.syntax.tree;
        let first = tree.nth_child(call.node, Role::Arg, 0);
        let named = || SOURCES.iter().find_map(|name| tree.keyword(call.node, name));
        first.or_else(named).is_some_and(|it| says_url(tree, it))
    }

    /// Whether what a call gives is an argument, and of no built-in function that walks it at once.
    fn is_handed_on(&mut self, call: Site) -> bool {
        let Some(index) = self.index(call.cell).cloned() else { return false };
        let tree = &index.syntax.tree;
        let Some(up) = tree.parent(call.node).filter(|_| tree.role(call.node) == Role::Arg) else {
            return false;
        };
        let taker = tree.child(up, Role::Func);
        let taker = taker.filter(|it| matches!(tree.kind(*it), Kind::Name { .. }));
        let taker = taker.map(|it| self.evaluate(it));
        let builtins = self.words.builtins;
        !matches!(taker, Some(Value::Path(path))
            if self.names.last_step(path).is_some_and(|(from, _)| from == builtins))
    }

    /// Takes down that a task of the kernel's loop starts.
    pub(super) fn note_running(&mut self, task: Value, by: Site) {
        let Value::Object(id) = task else { return };
        let started = self.trace.events.len();
        self.trace.tasks.insert(id, Tasked { by, started, waited: None });
    }

    /// Takes down that somebody waits for a task, or asks what came of it.
    pub(super) fn note_waited_for(&mut self, task: Value) {
        let Value::Object(id) = task else { return };
        let now = self.trace.events.len();
        if let Some(tasked) = self.trace.tasks.get_mut(&id) {
            tasked.waited.get_or_insert(now);
        }
    }

    /// Whether a task that is made here runs on the kernel's loop.
    pub(super) fn runs_on_kernel(&self, loop_: Loop) -> bool {
        loop_ == Loop::Kernel && self.is_on_kernel()
    }
}

fn says_url(tree: &Tree, node: NodeId) -> bool {
    let name = match tree.kind(node) {
        Kind::Str | Kind::FString => return tree.source_of(node).contains("://"),
        Kind::BinOp => {
            let left = tree.child(node, Role::Operand);
            return left.is_some_and(|left| says_url(tree, left));
        }
        Kind::Attribute { name } => tree.text(*name),
        Kind::Name { .. } => tree.source_of(node),
        _ => return false,
    };
    let name = name.to_ascii_lowercase();
    name.split('_').any(|word| matches!(word, "url" | "uri" | "link" | "href"))
}
