//! Statements that hold others: branches, loops, `with` and `match`.

use super::machine::Machine;
use super::statement::{Flow, Looping, Trying};
use super::value::{Object, Value};
use crate::execution::event::EventKind;
use crate::python::{Detail, Kind, NodeId, Role};

impl Machine<'_> {
    pub fn if_statement(&mut self, node: NodeId) -> Flow {
        let test = self.node(node, Role::Test);
        let value = test.map_or(Value::Unknown, |it| self.evaluate(it));
        self.ask_truth(value, self.site(test.unwrap_or(node)));
        match self.truth(value) {
            Some(true) => self.body(node, Role::Body),
            Some(false) => self.body(node, Role::Else),
            None => self.either(
                |it| {
                    test.into_iter().for_each(|test| it.assume(test, true));
                    it.body(node, Role::Body)
                },
                |it| {
                    test.into_iter().for_each(|test| it.assume(test, false));
                    it.body(node, Role::Else)
                },
            ),
        }
    }

    pub fn match_statement(&mut self, node: NodeId) -> Flow {
        let subject = self.node(node, Role::Value).map_or(Value::Unknown, |it| self.evaluate(it));
        let cases = self.nodes(node, Role::Body);
        self.cases(&cases, subject)
    }

    pub fn cases(&mut self, cases: &[NodeId], subject: Value) -> Flow {
        let Some((case, rest)) = cases.split_first() else { return Flow::Next };
        let operands = self.nodes(*case, Role::Operand);
        let literal = match operands.as_slice() {
            [only] => self.evaluate(*only),
            _ => Value::Unknown,
        };
        let takes = match (self.detail(*case), self.node(*case, Role::Test)) {
            (Detail::Irrefutable, None) => Some(true),
            (_, None) if operands.len() == 1 => self.same(subject, literal),
            _ => None,
        };
        match takes {
            Some(true) => self.case(*case, subject),
            Some(false) => self.cases(rest, subject),
            None => self.either(|it| it.case(*case, subject), |it| it.cases(rest, subject)),
        }
    }

    pub fn case(&mut self, case: NodeId, subject: Value) -> Flow {
        let whole = self.detail(case) == Detail::Irrefutable;
        for target in self.nodes(case, Role::Target) {
            self.assign(target, if whole { subject } else { Value::Unknown });
        }
        self.node(case, Role::Test).into_iter().for_each(|it| {
            self.evaluate(it);
        });
        self.body(case, Role::Body)
    }

    pub fn for_statement(&mut self, node: NodeId, is_async: bool) -> Flow {
        let walked = self.node(node, Role::Iter).map_or(Value::Unknown, |it| self.evaluate(it));
        let site = self.node(node, Role::Iter).map_or(self.site(node), |it| self.site(it));
        let items = if is_async { self.walk_async(walked, site) } else { self.walk(walked, site) };
        let target = self.node(node, Role::Target);
        let computing = self.start_computing();
        let length = self.length_of_range(node);
        self.loops.push(Looping::default());
        let flow = if items.is_exact {
            let mut flow = Flow::Next;
            for item in items.values {
                target.into_iter().for_each(|it| self.assign(it, item));
                flow = self.body(node, Role::Body);
                if matches!(flow, Flow::Break | Flow::Return) {
                    break;
                }
            }
            flow
        } else {
            let element = items.joined(self);
            self.repeat(|it| {
                target.into_iter().for_each(|target| it.assign(target, element));
                it.body(node, Role::Body)
            });
            Flow::Next
        };
        self.end_loop();
        self.end_computing(computing, node, length);
        match flow {
            Flow::Return => Flow::Return,
            Flow::Break => Flow::Next,
            _ => self.body(node, Role::Else),
        }
    }

    /// Runs a body that may run any number of times, none included.
    pub fn repeat(&mut self, mut body: impl FnMut(&mut Self) -> Flow) {
        // The second time sees what the first one left.
        for _ in 0..2 {
            self.doubt += 1;
            let mark = self.heap.mark();
            body(self);
            let changes = self.heap.take_back(mark);
            self.doubt -= 1;
            let settled = changes.is_empty();
            self.merge(&changes);
            if settled || self.loops.len() > 3 {
                break;
            }
        }
    }

    pub fn end_loop(&mut self) -> bool {
        let Some(looping) = self.loops.pop() else { return false };
        for changes in &looping.exits {
            self.merge(changes);
        }
        looping.breaks
    }

    pub fn while_statement(&mut self, node: NodeId) -> Flow {
        let test = self.node(node, Role::Test);
        let value = test.map_or(Value::Unknown, |it| self.evaluate(it));
        self.ask_truth(value, self.site(test.unwrap_or(node)));
        let truth = self.truth(value);
        if truth == Some(false) {
            return self.body(node, Role::Else);
        }
        let waited = test.and_then(|test| self.asked_if_done(test));
        let turns = self.turns;
        let computing = self.start_computing();
        let length = self.turns_of_while(node);
        self.loops.push(Looping::default());
        let mut flow = Flow::Next;
        if truth == Some(true) {
            flow = self.body(node, Role::Body);
        }
        if flow == Flow::Next || flow == Flow::Continue {
            self.repeat(|it| {
                test.into_iter().for_each(|test| {
                    it.evaluate(test);
                });
                it.body(node, Role::Body)
            });
        }
        // What the turns have changed may end it.
        let still = match truth {
            Some(true) => test.map(|it| self.evaluate(it)).and_then(|it| self.truth(it)),
            _ => None,
        };
        let breaks = self.end_loop();
        self.end_computing(computing, node, length);
        if let Some(value) = waited.filter(|_| turns == self.turns && !breaks) {
            self.emit(self.site(node), EventKind::BusyWait { value });
        }
        match flow {
            Flow::Return => Flow::Return,
            _ if still == Some(true) && !breaks => {
                if let Some(call) = self.calls.last_mut() {
                    call.is_endless = true;
                }
                Flow::Return
            }
            _ => self.body(node, Role::Else),
        }
    }

    /// The task of `not task.done()`, where only the kernel's loop can bring it to its end.
    pub fn asked_if_done(&mut self, test: NodeId) -> Option<Value> {
        let index = self.index(self.cell()).cloned()?;
        let tree = &index.syntax.tree;
        let call = match tree.kind(test) {
            Kind::Not => tree.child(test, Role::Operand)?,
            _ => return None,
        };
        let func = tree.child(call, Role::Func)?;
        let Kind::Attribute { name } = tree.kind(func) else { return None };
        if tree.text(*name) != "done" || !self.is_on_kernel() {
            return None;
        }
        let object = tree
            .child(func, Role::Value)
            .filter(|it| matches!(tree.kind(*it), Kind::Name { .. }))?;
        let value = self.evaluate(object);
        match self.object(value) {
            Some(Object::Future(future)) if future.filled_by == super::value::Loop::Kernel => {
                Some(value)
            }
            _ => None,
        }
    }

    pub fn with_statement(&mut self, node: NodeId, is_async: bool) -> Flow {
        let mut entered = Vec::new();
        let mut caught = 0;
        let limits = self.limits;
        for item in self.nodes(node, Role::Context) {
            let Some(manager_node) = self.node(item, Role::Context) else { continue };
            let manager = self.evaluate(manager_node);
            let site = self.site(manager_node);
            let value = self.enter_manager(manager, is_async, site);
            if let Some(target) = self.node(item, Role::Target) {
                self.assign(target, value);
            }
            if let Some(Object::Suppress { types }) = self.object(manager).cloned() {
                self.trying.push(Trying { takes: Some(types), ..self.new_trying(site) });
                caught += 1;
            }
            self.limits +=
                usize::from(self.row_of_value(manager).is_some_and(|row| row.time_limit));
            entered.push((manager, site));
        }
        let flow = self.body(node, Role::Body);
        self.limits = limits;
        for _ in 0..caught {
            if let Some(trying) = self.trying.pop() {
                self.settle(trying);
            }
        }
        for (manager, site) in entered.into_iter().rev() {
            self.exit_manager(manager, is_async, site);
        }
        flow
    }
}
