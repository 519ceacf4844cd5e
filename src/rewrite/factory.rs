//! A class whose `__init__` would have to await gets an async factory in its place.

use super::{await_expression, checked, obstacle_to_await};
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::{Function, Meaning, Run, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// The page of the pattern.
const PAGE: &str = "async-factory";

/// The factory's name.
const NAME: &str = "create";

/// `@classmethod async def create(cls, …)` in place of the `__init__` at `init`, whose own edits
/// are `own`, and `await Class.create(…)` wherever the notebook makes an object. It is shown and
/// not applied: other files may make objects too.
pub(super) fn factory(run: &Run, init: Site, own: Vec<Edit>) -> Option<Fix> {
    let function = run.function(init).filter(|function| function.name == "__init__")?;
    let class = function.class?;
    let Kind::ClassDef { name } = run.kind(class) else { return None };
    let title = Message::new(PAGE, "fix-factory").with("class", run.tree(class.cell).text(*name));
    let mut methods = run.functions_defined().iter().filter(|it| it.class == Some(class));
    let alone =
        run.child(class, Role::Base).is_none() && !methods.any(|method| method.name == NAME);
    let mut bases = run.sites().filter(|site| run.role(*site) == Role::Base);
    let extended = bases.any(|base| run.meaning(base) == Meaning::Class(class));
    if !alone || extended || !function.returns.is_empty() || leaves_early(run, function) {
        return None;
    }
    let mut edits = rewritten(run, function)?;
    edits.extend(own);
    let why = |site: Site| (run.at(site), Message::new(PAGE, "why-factory"));
    let mut reasons = vec![why(function.site)];
    for call in run.calls().iter().filter(|call| call.callee == Meaning::Class(class)) {
        let owner = call.owner.and_then(|id| run.function(id));
        let awaits = owner.is_none_or(|owner| owner.is_async);
        if !awaits || obstacle_to_await(run, call.site).is_some() {
            return None;
        }
        let func = run.child(call.site, Role::Func)?;
        edits.extend(await_expression(run, call.site));
        edits.push(Edit::insert(
            run.position(call.site.cell),
            run.range(func).end,
            format!(".{NAME}"),
        ));
        reasons.push(why(call.site));
    }
    Some(checked(
        run,
        Fix {
            title,
            pattern: PAGE,
            applicability: Applicability::DisplayOnly,
            edits,
            reasons,
            tradeoffs: vec!["callers-become-async"],
        },
    ))
}

/// Whether the method may end before its last line, or asks for its base class.
fn leaves_early(run: &Run, function: &Function) -> bool {
    run.descendants(function.site).any(|site| match run.kind(site) {
        Kind::Return | Kind::Yield => true,
        Kind::Name { .. } => run.source_of(site) == "super",
        _ => false,
    })
}

/// The new head of the method, and the object that it gives in the end.
fn rewritten(run: &Run, function: &Function) -> Option<Vec<Edit>> {
    let def = function.site;
    let source = run.tree(def.cell).source();
    let first = run.child(def, Role::Body)?;
    let last = run.children_in(def, Role::Body).last()?;
    let object = run.child(def, Role::Param)?;
    let head = TextRange::new(run.range(object).end, run.range(first).start);
    let text = head.slice(source);
    let text = text.split("->").next().unwrap_or(text);
    let parameters = text.get(..text.rfind(')')?)?;
    let body_line = line_range(source, run.range(first).start);
    let own_line = TextRange::new(body_line.start, run.range(first).start).slice(source);
    if text.contains('#')
        || !own_line.trim().is_empty()
        || run.child(def, Role::Decorator).is_some()
    {
        return None;
    }
    let (outer, inner) =
        (indentation(source, run.range(def).start), indentation(source, run.range(first).start));
    let object = run.source_of(object);
    let start = run.range(def).start;
    let new = format!(
        "@classmethod\n{outer}async def {NAME}(cls{parameters}):\n{inner}{object} = cls.__new__(cls)\n{inner}"
    );
    let end = line_range(source, run.range(last).end).end;
    Some(vec![
        Edit::replace(run.span_of(def.cell, TextRange::new(start, run.range(first).start)), new),
        Edit::insert(run.position(def.cell), end, format!("\n{inner}return {object}")),
    ])
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Applicability;
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::review;
    use crate::rules::tables_for_tests;
    use crate::text::apply_edits;

    fn made(code: &str) -> Option<String> {
        let Pasted::Notebook(notebook) = parse_pasted(code) else { return None };
        let review = review(&notebook, &tables_for_tests());
        let found = review.found().find(|found| !found.fixes.is_empty())?;
        let fix = found.fix()?;
        assert_eq!(fix.applicability, Applicability::DisplayOnly);
        let cell = notebook.cell(found.span.cell)?;
        apply_edits(cell.index, &cell.source, &fix.edits)
    }

    #[test]
    fn an_object_that_has_to_wait_is_made_by_a_factory() {
        let before = "class Feed:\n    def __init__(self, url, *, n=1) -> None:\n        self.rows = await f(url)\n\nfeed = Feed(1)";
        let after = "class Feed:\n    @classmethod\n    async def create(cls, url, *, n=1):\n        self = cls.__new__(cls)\n        self.rows = await f(url)\n        return self\n\nfeed = await Feed.create(1)";
        assert_eq!(made(before).as_deref(), Some(after));
        let run = before.replace("await f(url)", "asyncio.run(f(url))");
        let run = format!("import asyncio\nasync def f(n): return n\n{run}");
        let after = format!("import asyncio\nasync def f(n): return n\n{after}");
        assert_eq!(made(&run), Some(after));
    }

    #[test]
    fn a_class_with_relatives_keeps_its_own_way() {
        let base = "class Feed(Base):\n    def __init__(self):\n        self.rows = await f(1)\n";
        assert_eq!(made(base), None);
        let early = "class Feed:\n    def __init__(self, n):\n        if n:\n            return\n        self.rows = await f(1)\n";
        assert_eq!(made(early), None);
    }
}
