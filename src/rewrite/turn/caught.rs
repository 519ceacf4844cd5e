//! Turns that deal with the errors of what they await: each error is kept as a result, and raised
//! again in the turn that knows what to do with it.

use super::{Second, Turn};
use crate::execution::Site;
use crate::python::{Kind, NameUse, Role};
use crate::rewrite::handles::free_name;
use crate::rewrite::imports::module_name;
use crate::rewrite::together::folded;
use crate::text::{Edit, TextRange, indentation, line_range};

impl Turn<'_, '_> {
    /// `None` where something else happens in the guarded block before the await, or the call
    /// itself could fail there before anything is awaited.
    pub(super) fn in_guard(&self, guard: Site) -> Option<Vec<Edit>> {
        let run = self.run;
        let first = run.children_in(guard, Role::Body).next()?;
        let is_alone = self.before.is_empty() && first == self.statement;
        if !is_alone || !self.is_made_surely() {
            return None;
        }
        let source = self.source();
        let body = line_range(source, run.range(self.iterable).end).end + 1;
        let head = TextRange::new(run.range(self.around).start, body);
        if line_range(source, run.range(guard).start).start < body
            || line_range(source, run.range(first).start).start <= run.range(guard).start
        {
            return None;
        }
        let (asyncio, import) = module_name(run, self.around, "asyncio");
        let second = self.second_over(self.reads_items(), free_name(run, "result"), false);
        let mut edits: Vec<Edit> = import.into_iter().collect();
        let (gate, results) = (self.gate_text(), self.kept_as_results(&second, &asyncio));
        let (beside, again) = (self.comments(head).beside, self.second_head(&second));
        let text = format!("{gate}{results}{beside}\n{again}");
        edits.push(Edit::replace(run.span_of(self.around.cell, head), text));
        edits.extend(self.raised_again(&second.var));
        Some(edits)
    }

    /// Whether making the coroutine raises nothing: names, attributes and constants are handed over.
    fn is_made_surely(&self) -> bool {
        let run = self.run;
        let args = [Role::Arg, Role::Keyword].map(|role| run.children_in(self.operand, role));
        let mut within = args.into_iter().flatten().flat_map(|it| self.below(it));
        within.all(|site| {
            !matches!(
                run.kind(site),
                Kind::Call | Kind::Subscript | Kind::Await | Kind::Comprehension { .. }
            )
        })
    }

    /// Whether a turn reads its item beside what it awaits.
    fn reads_items(&self) -> bool {
        let run = self.run;
        let named: Vec<&str> = self.stores_below(self.target).map(|it| self.text(it)).collect();
        self.below(self.around)
            .filter(|it| !self.is_inside(*it, self.operand) && !self.is_inside(*it, self.iterable))
            .filter(|it| matches!(run.kind(*it), Kind::Name { used: NameUse::Load }))
            .any(|it| named.contains(&self.text(it)))
    }

    fn kept_as_results(&self, second: &Second, asyncio: &str) -> String {
        let results = free_name(self.run, "results");
        let head = format!("{}{results} = await {asyncio}.gather(", second.copy);
        let inner = format!("{}, return_exceptions=True", self.each(&second.items));
        folded(self.indent(), &head, &inner, ")")
    }

    /// The await's error comes where the await was, and else its result.
    fn raised_again(&self, var: &str) -> Vec<Edit> {
        let run = self.run;
        let cell = run.position(self.around.cell);
        let range = run.range(self.statement);
        let inner = indentation(self.source(), range.start);
        let raises = format!("if isinstance({var}, BaseException):\n{inner}    raise {var}");
        let is_bare = run.parent(self.awaited) == Some(self.statement)
            && matches!(run.kind(self.statement), Kind::Expression);
        if is_bare {
            return vec![Edit::replace(run.at(self.statement), raises)];
        }
        let place = run.span_of(self.around.cell, self.bracketed(self.awaited));
        vec![
            Edit::insert(cell, range.start, format!("{raises}\n{inner}")),
            Edit::replace(place, var.to_owned()),
        ]
    }
}
