//! A cache around a coroutine function keeps tasks, each of which may be awaited again and again.

use super::handles::free_name;
use super::imports::module_name;
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// The edits that put between a function and its lowest decorator one that makes a task of each
/// coroutine. `None` where no line of its own holds the `def`.
pub fn keep_tasks(run: &Run, def: Site) -> Option<Vec<Edit>> {
    let Kind::FunctionDef { name, is_async: true } = run.kind(def) else { return None };
    let tree = run.tree(def.cell);
    let source = tree.source();
    let head = TextRange::new(run.range(def).start, name.start).slice(source);
    let start = run.range(def).start + head.rfind("async")?;
    let line = line_range(source, start);
    if !TextRange::new(line.start, start).slice(source).trim().is_empty() {
        return None;
    }
    run.child(def, Role::Decorator)?;
    // Before the outermost statement: a class has it in reach, too.
    let outermost = run.ancestors(def).last().unwrap_or(def);
    let top = run.range(outermost).start;
    if line_range(source, top).start != top {
        return None;
    }
    let (asyncio, first) = module_name(run, def, "asyncio");
    let (functools, second) = module_name(run, def, "functools");
    let decorator = free_name(run, "as_task");
    let lines = format!(
        "def {decorator}(function):\n    @{functools}.wraps(function)\n    \
         def start(*arguments, **options):\n        \
         return {asyncio}.ensure_future(function(*arguments, **options))\n\n    return start\n\n"
    );
    let mut edits: Vec<Edit> = first.into_iter().chain(second).collect();
    edits.push(Edit::insert(run.position(def.cell), top, lines));
    let indent = indentation(source, start);
    edits.push(Edit::insert(run.position(def.cell), start, format!("@{decorator}\n{indent}")));
    Some(edits)
}
