//! Awaits that stand one after another are joined: they wait together in one `gather`, or as the
//! tasks of one group.

use super::gate::Gate;
use super::handles::free_name;
use super::imports::module_name;
use crate::execution::{Run, Site, starts_kept_task};
use crate::python::{Builds, Kind, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// Lines grow no longer than this where they can be broken.
const WIDTH: usize = 79;

/// What waits for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    Gather,
    TaskGroup,
}

/// `[await f(x) for x in xs]` becomes `await asyncio.gather(*[f(x) for x in xs])`. `None` where
/// the element is more than the await. A gate before the statement decides how many run at once where
/// `is_limited`.
pub fn join_comprehension(
    run: &Run,
    around: Site,
    awaits: &[Site],
    is_limited: bool,
) -> Option<Vec<Edit>> {
    let list = matches!(run.kind(around), Kind::Comprehension { builds: Builds::List, .. });
    let [only] = awaits else { return None };
    if !list || run.parent(*only) != Some(around) || run.role(*only) != Role::Element {
        return None;
    }
    let (asyncio, import) = module_name(run, around, "asyncio");
    let (whole, operand) = (run.range(around), run.range(run.child(*only, Role::Value)?));
    let keyword = TextRange::new(run.range(*only).start, operand.start);
    let opens = keyword.slice(run.tree(around.cell).source()).contains('(');
    let mut edits: Vec<Edit> = import.into_iter().collect();
    // What follows belongs to the list, not to what is awaited for it.
    let is_held = run
        .parent(around)
        .is_some_and(|up| matches!(run.kind(up), Kind::Attribute { .. } | Kind::Subscript))
        && run.role(around) == Role::Value;
    let (outer, closes) = if is_held { ("(", "))") } else { ("", ")") };
    let cell = run.position(around.cell);
    let mut opening = format!("{outer}await {asyncio}.gather(*");
    if is_limited {
        let statement = run.statement(around);
        let Gate { name, definition } = Gate::before(run, statement);
        match run.range(statement).start {
            start if start == whole.start => opening.insert_str(0, &definition),
            start => edits.push(Edit::insert(cell, start, definition)),
        }
        edits.push(Edit::insert(cell, operand.start, format!("{name}(")));
        edits.push(Edit::insert(cell, operand.end, ")"));
    }
    edits.push(Edit::insert(cell, whole.start, opening));
    // `await (f(x))` keeps its parentheses.
    let word =
        if opens { TextRange::new(keyword.start, keyword.start + "await".len()) } else { keyword };
    edits.push(Edit::delete(run.span_of(around.cell, word)));
    edits.push(Edit::insert(cell, whole.end, closes));
    Some(edits)
}

/// `a = await f()` and `b = await g()` become `a, b = await asyncio.gather(f(), g())`.
pub fn join_run(run: &Run, statements: &[Site], joining: Joining) -> Option<Vec<Edit>> {
    let (first, last) = (*statements.first()?, *statements.last()?);
    let (asyncio, import) = module_name(run, first, "asyncio");
    let source = run.tree(first.cell).source();
    let indent = indentation(source, run.range(first).start);
    let whole = TextRange::new(run.range(first).start, run.range(last).end);
    let (mut targets, mut calls, mut ranges) = (Vec::new(), Vec::new(), Vec::new());
    for statement in statements {
        let target = run.child(*statement, Role::Target)?;
        let value = run.child(*statement, Role::Value)?;
        let name = run.source_of(target);
        let tuple = matches!(run.kind(target), Kind::Tuple { parenthesized: false });
        targets.push(if tuple { format!("({name})") } else { name.to_owned() });
        let call = started(run, run.child(value, Role::Value)?, joining)?;
        calls.push(run.source_of(call));
        ranges.push(run.range(call));
    }
    let joined = match joining {
        Joining::Gather => {
            let head = format!("{} = await {asyncio}.gather(", targets.join(", "));
            folded(indent, &head, &calls.join(", "), ")")
        }
        Joining::TaskGroup => group_of_run(run, indent, &asyncio, &targets, &calls),
    };
    let mut edits: Vec<Edit> = import.into_iter().collect();
    let Kept { above, beside } = comments_in(run, first, whole, &ranges, indent);
    edits.push(Edit::replace(run.span_of(first.cell, whole), format!("{above}{joined}{beside}")));
    Some(edits)
}

fn group_of_run(
    run: &Run,
    indent: &str,
    asyncio: &str,
    targets: &[String],
    calls: &[&str],
) -> String {
    let group = free_name(run, "group");
    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let handle = |(at, target): (usize, &String)| match is_name(target) {
        true => free_name(run, &format!("{target}_task")),
        false => free_name(run, &format!("task_{}", at + 1)),
    };
    let handles: Vec<String> = targets.iter().enumerate().map(handle).collect();
    let mut text = format!("async with {asyncio}.TaskGroup() as {group}:\n");
    for (handle, call) in handles.iter().zip(calls) {
        text.push_str(&format!("{indent}    {handle} = {group}.create_task({call})\n"));
    }
    let results: Vec<String> = handles.iter().map(|it| format!("{it}.result()")).collect();
    text.push_str(&format!("{indent}{} = {}", targets.join(", "), results.join(", ")));
    text
}

/// What makes the coroutine: `fetch(x)` in `create_task(fetch(x))` too, as what joins them starts
/// tasks by itself. `None` for a group where it is no coroutine.
pub fn started(run: &Run, operand: Site, joining: Joining) -> Option<Site> {
    if !matches!(run.kind(operand), Kind::Call) {
        return Some(operand);
    }
    let path = run.path_of_call(operand).unwrap_or_default();
    let args = run.children_in(operand, Role::Arg).count();
    let bare = args == 1 && run.child(operand, Role::Keyword).is_none();
    if starts_kept_task(&path) && bare {
        return run.argument(operand, 0, "coro");
    }
    let future = path == "asyncio.shield" || path.ends_with(".run_in_executor");
    let fits = joining == Joining::Gather || !(future || starts_kept_task(&path));
    fits.then_some(operand)
}

/// `head`, `inner` and `tail` on one line, or on three where one would be too long.
pub(super) fn folded(indent: &str, head: &str, inner: &str, tail: &str) -> String {
    let length = indent.len() + head.len() + inner.len() + tail.len();
    if length <= WIDTH || inner.contains('\n') {
        format!("{head}{inner}{tail}")
    } else {
        format!("{head}\n{indent}    {inner}\n{indent}{tail}")
    }
}

/// The comments of a stretch of code that is written anew.
pub(super) struct Kept {
    /// Those on lines of their own, each with a line end and `indent` after it.
    pub above: String,
    /// Those behind code, each after two spaces.
    pub beside: String,
}

/// The comments in `range`, without those in `except`, which stay where they are.
pub(super) fn comments_in(
    run: &Run,
    place: Site,
    range: TextRange,
    except: &[TextRange],
    indent: &str,
) -> Kept {
    let source = run.tree(place.cell).source();
    let all = run.index(place.cell).map_or(&[][..], |cell| &cell.syntax.comments);
    let mut kept = Kept { above: String::new(), beside: String::new() };
    for comment in all.iter().filter(|comment| range.contains(**comment)) {
        if except.iter().any(|other| other.contains(*comment)) {
            continue;
        }
        let line = line_range(source, comment.start);
        let before = TextRange::new(line.start, comment.start).slice(source);
        let text = comment.slice(source);
        if before.trim().is_empty() {
            kept.above += &format!("{text}\n{indent}");
        } else {
            kept.beside += &format!("  {text}");
        }
    }
    kept
}
