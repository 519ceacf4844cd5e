//! A callback that would have to await is started by a plain function, which keeps its task.

use super::handles::free_name;
use super::imports::module_name;
use crate::execution::{Meaning, Run, Site, Usage};
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// Methods that call a function back later, on the kernel's thread, and take nothing from it.
///
/// Source: ipywidgets' `observe` beside its `on_…` methods; asyncio's event loop and futures.
const CALL_BACK: [&str; 9] = [
    "observe",
    "on_click",
    "on_submit",
    "on_msg",
    "on_displayed",
    "call_soon",
    "call_later",
    "call_at",
    "add_done_callback",
];

/// The edits that hand over, in place of the function `id` at `mention`, a plain one that starts
/// its task and keeps it. `None` where more than that may be wanted of the function.
pub(super) fn starter(run: &Run, mention: Site, id: Site) -> Option<Vec<Edit>> {
    let Usage::Argument(call) = run.usage(mention) else { return None };
    let func = run.child(call, Role::Func)?;
    let Kind::Attribute { name } = run.kind(func) else { return None };
    let method = run.tree(call.cell).text(*name);
    let calls_back = method.starts_with("on_") || CALL_BACK.contains(&method);
    let plain = matches!(run.kind(mention), Kind::Name { .. }) && calls_back;
    let function = run.function(id).filter(|it| plain && !it.name.is_empty())?;
    started(run, call, mention, &function.name, &function.name)
}

/// The same for an async function that the event loop, or a future, is given as a callback.
pub fn callback_starter(run: &Run, mention: Site) -> Option<Vec<Edit>> {
    let call = run.parent(mention).filter(|up| *run.kind(*up) == Kind::Call)?;
    let func = run.child(call, Role::Func)?;
    let Kind::Attribute { name } = run.kind(func) else { return None };
    // A future hands itself over, for which the function may not be made.
    let method = run.tree(call.cell).text(*name);
    let calls_back = CALL_BACK.contains(&method)
        && (method != "add_done_callback" || asks_its_argument(run, mention));
    let is_named =
        matches!(run.kind(mention), Kind::Name { .. } | Kind::Attribute { .. } | Kind::Subscript);
    let text = run.source_of(mention);
    let last =
        text.rsplit('.').next().filter(|it| it.chars().all(|c| c == '_' || c.is_alphanumeric()));
    let named = calls_back && is_named && run.role(mention) == Role::Arg;
    named.then(|| started(run, call, mention, text, last.unwrap_or("task"))).flatten()
}

/// Whether a function asks its first argument what a future is asked.
fn asks_its_argument(run: &Run, mention: Site) -> bool {
    let Meaning::Function(id) = run.meaning(mention) else { return false };
    let Some(function) = run.function(id) else { return false };
    let (def, tree) = (function.site, run.tree(function.site.cell));
    let first = run.children_in(def, Role::Param).next().map(|it| run.kind(it));
    let Some(Kind::Param { name }) = first else { return false };
    let asks = |it: Site| {
        let of = run.child(it, Role::Value).and_then(|of| tree.name(of.node));
        matches!(run.kind(it), Kind::Attribute { name: asked }
            if ["result", "exception", "cancelled", "get_name", "done"].contains(&tree.text(*asked)))
            && of == Some(tree.text(*name))
    };
    run.descendants(def).any(asks)
}

fn started(run: &Run, call: Site, mention: Site, function: &str, name: &str) -> Option<Vec<Edit>> {
    let tree = run.tree(call.cell);
    let statement = Site { node: tree.statement_of(call.node), ..call };
    let start = run.range(statement).start;
    let line = line_range(tree.source(), start);
    let alone = TextRange::new(line.start, start).slice(tree.source()).trim().is_empty();
    if !alone || !matches!(run.kind(statement), Kind::Expression | Kind::Assign) {
        return None;
    }
    let indent = indentation(tree.source(), start);
    let (asyncio, import) = module_name(run, call, "asyncio");
    let tasks = free_name(run, "tasks");
    let starter = free_name(run, &format!("start_{name}"));
    let lines = [
        format!("{tasks} = set()"),
        String::new(),
        format!("def {starter}(*arguments):"),
        format!("    task = {asyncio}.create_task({function}(*arguments))"),
        format!("    {tasks}.add(task)"),
        format!("    task.add_done_callback({tasks}.discard)"),
        String::new(),
    ];
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        let blanks = if number == 0 || line.is_empty() { "" } else { indent };
        text.push_str(&format!("{blanks}{line}\n"));
    }
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(run.position(call.cell), start, format!("{text}{indent}")));
    edits.push(Edit::replace(run.at(mention), starter));
    Some(edits)
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Applicability;
    use crate::knowledge::Tables;
    use crate::notebook::{Pasted, parse_pasted};
    use crate::review::review;
    use crate::text::apply_edits;

    fn started(code: &str) -> Option<String> {
        let Pasted::Notebook(notebook) = parse_pasted(code) else { return None };
        let review = review(&notebook, &Tables::default());
        let fix = review.diagnostics.first()?.fix()?;
        assert_eq!(fix.applicability, Applicability::DisplayOnly);
        let cell = notebook.cells.first()?;
        apply_edits(cell.index, &cell.source, &fix.edits)
    }

    const DEF: &str = "def on_click(button):\n    await fetch(button)\n\n";

    #[test]
    fn a_callback_becomes_a_task_that_is_kept() {
        let before = format!("import asyncio\n\n{DEF}button.on_click(on_click)");
        let after = "import asyncio\n\nasync def on_click(button):\n    await fetch(button)\n\n\
                     tasks = set()\n\ndef start_on_click(*arguments):\n    task = asyncio.create_task(on_click(*arguments))\n    \
                     tasks.add(task)\n    task.add_done_callback(tasks.discard)\n\nbutton.on_click(start_on_click)";
        assert_eq!(started(&before).as_deref(), Some(after));
    }

    #[test]
    fn a_function_whose_result_is_wanted_is_no_callback() {
        assert_eq!(started(&format!("{DEF}table.apply(on_click)")), None);
        assert_eq!(started(&format!("{DEF}a.on_click(on_click)\nb.on_click(on_click)")), None);
    }
}
