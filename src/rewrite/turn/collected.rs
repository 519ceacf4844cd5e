//! Turns that do no more than append what they awaited to a list.

use super::Turn;
use crate::execution::Site;
use crate::python::Kind;
use crate::python::Role;
use crate::rewrite::handles::free_name;
use crate::rewrite::imports::module_name;
use crate::rewrite::removal::delete_statement;
use crate::rewrite::together::{Joining, Kept, folded};
use crate::text::Edit;

impl Turn<'_, '_> {
    /// `rows = []` and `rows.append(await f(x))` in a loop.
    pub(super) fn collected(&self, joining: Joining) -> Option<Vec<Edit>> {
        let run = self.run;
        let name = self.text(self.appended_to()?);
        let (asyncio, import) = module_name(run, self.around, "asyncio");
        let start = self.empty_list_before(name);
        let text = match joining {
            Joining::Gather => self.gathered(name, &asyncio, start.is_some()),
            Joining::TaskGroup => self.grouped(name, &asyncio, start.is_some()),
        };
        let mut edits: Vec<Edit> = import.into_iter().collect();
        edits.extend(start.map(|start| delete_statement(run, start)));
        let Kept { above, beside } = self.comments(run.range(self.around));
        let gate = self.gate_text();
        edits.push(Edit::replace(run.at(self.around), format!("{above}{gate}{text}{beside}")));
        Some(edits)
    }

    fn gathered(&self, name: &str, asyncio: &str, is_new: bool) -> String {
        let each = self.each(&self.iterable_text());
        let call = format!("await {asyncio}.gather(");
        let (head, tail) = match is_new {
            true => (format!("{name} = {call}"), ")"),
            false => (format!("{name}.extend({call}"), "))"),
        };
        folded(self.indent(), &head, &each, tail)
    }

    fn grouped(&self, name: &str, asyncio: &str, is_new: bool) -> String {
        let (run, indent) = (self.run, self.indent());
        let (group, tasks) = (free_name(run, "group"), free_name(run, "tasks"));
        let (target, items) = (self.text(self.target), self.iterable_text());
        let call = self.call();
        let each = format!("{group}.create_task({call}) for {target} in {items}");
        let inner = format!("{indent}    ");
        let made = folded(&inner, &format!("{tasks} = ["), &each, "]");
        let results = format!("[task.result() for task in {tasks}]");
        let kept = match is_new {
            true => format!("{name} = {results}"),
            false => format!("{name}.extend({results})"),
        };
        format!("async with {asyncio}.TaskGroup() as {group}:\n{inner}{made}\n{indent}{kept}")
    }

    /// The list to which the turn's only act appends what it awaited.
    fn appended_to(&self) -> Option<Site> {
        let run = self.run;
        let (call, value) = match (self.before.as_slice(), self.after.as_slice()) {
            ([], []) => (run.child(self.statement, Role::Value)?, self.awaited),
            ([], [next]) if matches!(run.kind(*next), Kind::Expression) => {
                let call = run.child(*next, Role::Value)?;
                let value = run.child(call, Role::Arg)?;
                (self.named()? == self.text(value)).then_some((call, value))?
            }
            _ => return None,
        };
        let func = run.child(call, Role::Func)?;
        let list = run.child(func, Role::Value)?;
        let args: Vec<Site> = run.children_in(call, Role::Arg).collect();
        let appends = matches!(run.kind(list), Kind::Name { .. })
            && self.text(func) == format!("{}.append", self.text(list))
            && args == [value];
        appends.then_some(list)
    }

    /// The statement `name = []` before the loop, when nothing in between speaks of the list.
    fn empty_list_before(&self, name: &str) -> Option<Site> {
        let run = self.run;
        let siblings = run.block(self.around);
        let before = siblings.iter().take_while(|it| **it != self.around);
        let speaks = |site: &&Site| {
            self.below(**site).any(|it| run.tree(it.cell).name(it.node) == Some(name))
        };
        let statement = *before.filter(speaks).last()?;
        let targets: Vec<Site> = run.children_in(statement, Role::Target).collect();
        let [target] = targets.as_slice() else { return None };
        let value = self.text(run.child(statement, Role::Value)?);
        let mine = matches!(run.kind(statement), Kind::Assign) && self.text(*target) == name;
        (mine && matches!(value, "[]" | "list()")).then_some(statement)
    }
}
