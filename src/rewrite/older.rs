//! What does the same on an older Python, where it can be written down by rule.

use super::checked;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::environment::PythonVersion;
use crate::execution::{Run, Site};
use crate::knowledge::Novelty;
use crate::python::{Kind, Role};
use crate::text::{Edit, TextRange};

/// The first Python with `asyncio.get_running_loop`.
const RUNNING_LOOP: PythonVersion = PythonVersion { major: 3, minor: 7 };

/// The older form of what stands at `site`, to be shown and not applied: it is not quite the same.
pub fn older_twin(
    run: &Run,
    page: &'static str,
    python: PythonVersion,
    site: Site,
    novelty: &Novelty,
) -> Option<Fix> {
    let older = novelty.older.as_deref()?;
    let (edits, tradeoff) = match older {
        _ if novelty.drop_in => (drop_in(run, site, older)?, None),
        "loop.run_in_executor" => (in_executor(run, python, site)?, Some("thread-pool-limit")),
        "__anext__" | "__aiter__" => (special_method(run, site, older)?, None),
        "asyncio.wait_for" => (waited_for(run, site)?, None),
        "asyncio.gather" => (gathered(run, site)?, Some("sibling-failure")),
        _ => return None,
    };
    let reason = Message::new(page, "why-older").with("older", older);
    let fix = Fix {
        title: Message::new(page, "fix-older").with("older", older),
        pattern: if older == "asyncio.gather" { "gather" } else { "top-level-await" },
        applicability: Applicability::DisplayOnly,
        reasons: vec![(run.at(site), reason)],
        edits,
        tradeoffs: tradeoff.into_iter().collect(),
    };
    Some(checked(run, fix))
}

/// `asyncio.create_task` becomes `asyncio.ensure_future`, under the module's own name.
fn drop_in(run: &Run, site: Site, older: &str) -> Option<Vec<Edit>> {
    let module = module_text(run, site)?;
    let rest = older.strip_prefix("asyncio.")?;
    Some(vec![Edit::replace(run.at(site), format!("{module}.{rest}"))])
}

/// What stands before the last dot: `aio` of `aio.timeout`.
fn module_text<'f>(run: &'f Run<'_>, site: Site) -> Option<&'f str> {
    let module = run.child(site, Role::Value)?;
    matches!(run.kind(site), Kind::Attribute { .. }).then(|| run.source_of(module))
}

/// `to_thread(f, x)` becomes `get_running_loop().run_in_executor(None, f, x)`.
fn in_executor(run: &Run, python: PythonVersion, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(run, site)?;
    let call = run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Call))?;
    let first = run.child(call, Role::Arg)?;
    if run.child(call, Role::Keyword).is_some() {
        return None;
    }
    let get = if python < RUNNING_LOOP { "get_event_loop" } else { "get_running_loop" };
    let head = TextRange::new(run.range(call).start, run.range(first).start);
    let text = format!("{module}.{get}().run_in_executor(None, ");
    Some(vec![Edit::replace(run.span_of(call.cell, head), text)])
}

/// `anext(it)` becomes `it.__anext__()`.
fn special_method(run: &Run, site: Site, method: &str) -> Option<Vec<Edit>> {
    let call = run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Call))?;
    let argument = run.child(call, Role::Arg)?;
    let alone =
        run.children_in(call, Role::Arg).count() == 1 && run.child(call, Role::Keyword).is_none();
    let primary =
        matches!(run.kind(argument), Kind::Name { .. } | Kind::Attribute { .. } | Kind::Call);
    let text = format!("{}.{method}()", run.source_of(argument));
    (alone && primary).then(|| vec![Edit::replace(run.at(call), text)])
}

/// The call of `site` as the only manager of an `async with`, with the statements in its block.
fn block(run: &Run, site: Site) -> Option<(Site, Site, Vec<Site>)> {
    let call = run.parent(site).filter(|up| matches!(run.kind(*up), Kind::Call))?;
    let item = run.parent(call).filter(|up| matches!(run.kind(*up), Kind::WithItem))?;
    let with = run.parent(item)?;
    let alone = run.children_in(with, Role::Context).count() == 1;
    alone.then(|| (call, with, run.children_in(with, Role::Body).collect()))
}

/// `async with timeout(5):` over a single `await` becomes `await wait_for(…, timeout=5)`.
fn waited_for(run: &Run, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(run, site)?;
    let (call, with, body) = block(run, site)?;
    let [statement] = body.as_slice() else { return None };
    let seconds = run.child(call, Role::Arg)?;
    let item = run.parent(call)?;
    let value = run.child(*statement, Role::Value)?;
    let awaited = run.child(value, Role::Value)?;
    let waits = matches!(run.kind(value), Kind::Await);
    let text = run.source_of(*statement);
    let named = run.child(item, Role::Target).is_some();
    if !waits || named || text.contains('\n') || !run.source_of(site).ends_with("timeout") {
        return None;
    }
    let before = run.range(value).start - run.range(*statement).start;
    let head = text.get(..before)?;
    let call = run.source_of(awaited);
    let seconds = run.source_of(seconds);
    let line = format!("{head}await {module}.wait_for({call}, timeout={seconds})");
    Some(vec![Edit::replace(run.at(with), line)])
}

/// A `TaskGroup` of bare tasks becomes one `gather`.
fn gathered(run: &Run, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(run, site)?;
    let (call, with, body) = block(run, site)?;
    let group = run.child(run.parent(call)?, Role::Target)?;
    let coroutine = |statement: &Site| {
        let start = run.child(*statement, Role::Value)?;
        let create = run.child(start, Role::Func)?;
        let owner = run.child(create, Role::Value)?;
        let bare = matches!(run.kind(*statement), Kind::Expression)
            && run.source_of(create).ends_with(".create_task")
            && run.source_of(owner) == run.source_of(group)
            && run.child(start, Role::Keyword).is_none();
        run.child(start, Role::Arg).filter(|_| bare).map(|it| run.source_of(it).to_owned())
    };
    let all: Option<Vec<String>> = body.iter().map(coroutine).collect();
    let arguments = match (all, body.as_slice()) {
        (Some(all), _) => all.join(", "),
        (None, [each]) if matches!(run.kind(*each), Kind::For { is_async: false }) => {
            let inner: Vec<Site> = run.children_in(*each, Role::Body).collect();
            let [only] = inner.as_slice() else { return None };
            let (target, over) = (run.child(*each, Role::Target)?, run.child(*each, Role::Iter)?);
            let (target, over) = (run.source_of(target), run.source_of(over));
            format!("*[{} for {target} in {over}]", coroutine(only)?)
        }
        _ => return None,
    };
    let line = format!("await {module}.gather({arguments})");
    Some(vec![Edit::replace(run.at(with), line)])
}
