//! What does the same on an older Python, where it can be written down by rule.

use super::checked;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::environment::PythonVersion;
use crate::facts::{Facts, Site};
use crate::knowledge::Novelty;
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

/// The first Python with `asyncio.get_running_loop`.
const RUNNING_LOOP: PythonVersion = PythonVersion { major: 3, minor: 7 };

/// The older form of what stands at `site`, to be shown and not applied: it is not quite the same.
pub fn older_twin(
    facts: &Facts,
    page: &'static str,
    python: PythonVersion,
    site: Site,
    novelty: &Novelty,
) -> Option<Fix> {
    let older = novelty.older.as_deref()?;
    let (edits, tradeoff) = match older {
        _ if novelty.drop_in => (drop_in(facts, site, older)?, None),
        "loop.run_in_executor" => (in_executor(facts, python, site)?, Some("thread-pool-limit")),
        "__anext__" | "__aiter__" => (special_method(facts, site, older)?, None),
        "asyncio.wait_for" => (waited_for(facts, site)?, None),
        "asyncio.gather" => (gathered(facts, site)?, Some("sibling-failure")),
        _ => return None,
    };
    let reason = Message::new(page, "why-older").with("older", older);
    let fix = Fix {
        title: Message::new(page, "fix-older").with("older", older),
        pattern: if older == "asyncio.gather" { "gather" } else { "top-level-await" },
        applicability: Applicability::DisplayOnly,
        reasons: vec![(facts.span(site), reason)],
        edits,
        tradeoffs: tradeoff.into_iter().collect(),
    };
    Some(checked(facts, fix))
}

/// `asyncio.create_task` becomes `asyncio.ensure_future`, under the module's own name.
fn drop_in(facts: &Facts, site: Site, older: &str) -> Option<Vec<Edit>> {
    let module = module_text(facts, site)?;
    let rest = older.strip_prefix("asyncio.")?;
    Some(vec![Edit::replace(facts.span(site), format!("{module}.{rest}"))])
}

/// What stands before the last dot: `aio` of `aio.timeout`.
fn module_text<'f>(facts: &'f Facts<'_>, site: Site) -> Option<&'f str> {
    let module = facts.child(site, Role::Value)?;
    matches!(facts.kind(site), Kind::Attribute { .. }).then(|| facts.source_of(module))
}

/// `to_thread(f, x)` becomes `get_running_loop().run_in_executor(None, f, x)`.
fn in_executor(facts: &Facts, python: PythonVersion, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(facts, site)?;
    let call = facts.parent(site).filter(|up| matches!(facts.kind(*up), Kind::Call))?;
    let first = facts.child(call, Role::Arg)?;
    if facts.child(call, Role::Keyword).is_some() {
        return None;
    }
    let get = if python < RUNNING_LOOP { "get_event_loop" } else { "get_running_loop" };
    let head = TextRange::new(facts.range(call).start, facts.range(first).start);
    let text = format!("{module}.{get}().run_in_executor(None, ");
    Some(vec![Edit::replace(Span::new(call.cell, head), text)])
}

/// `anext(it)` becomes `it.__anext__()`.
fn special_method(facts: &Facts, site: Site, method: &str) -> Option<Vec<Edit>> {
    let call = facts.parent(site).filter(|up| matches!(facts.kind(*up), Kind::Call))?;
    let argument = facts.child(call, Role::Arg)?;
    let alone = facts.children_in(call, Role::Arg).count() == 1
        && facts.child(call, Role::Keyword).is_none();
    let primary =
        matches!(facts.kind(argument), Kind::Name { .. } | Kind::Attribute { .. } | Kind::Call);
    let text = format!("{}.{method}()", facts.source_of(argument));
    (alone && primary).then(|| vec![Edit::replace(facts.span(call), text)])
}

/// The call of `site` as the only manager of an `async with`, with the statements in its block.
fn block(facts: &Facts, site: Site) -> Option<(Site, Site, Vec<Site>)> {
    let call = facts.parent(site).filter(|up| matches!(facts.kind(*up), Kind::Call))?;
    let item = facts.parent(call).filter(|up| matches!(facts.kind(*up), Kind::WithItem))?;
    let with = facts.parent(item)?;
    let alone = facts.children_in(with, Role::Context).count() == 1;
    alone.then(|| (call, with, facts.children_in(with, Role::Body).collect()))
}

/// `async with timeout(5):` over a single `await` becomes `await wait_for(…, timeout=5)`.
fn waited_for(facts: &Facts, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(facts, site)?;
    let (call, with, body) = block(facts, site)?;
    let [statement] = body.as_slice() else { return None };
    let seconds = facts.child(call, Role::Arg)?;
    let item = facts.parent(call)?;
    let value = facts.child(*statement, Role::Value)?;
    let awaited = facts.child(value, Role::Value)?;
    let waits = matches!(facts.kind(value), Kind::Await);
    let text = facts.source_of(*statement);
    let named = facts.child(item, Role::Target).is_some();
    if !waits || named || text.contains('\n') || !facts.source_of(site).ends_with("timeout") {
        return None;
    }
    let before = facts.range(value).start - facts.range(*statement).start;
    let head = text.get(..before)?;
    let call = facts.source_of(awaited);
    let seconds = facts.source_of(seconds);
    let line = format!("{head}await {module}.wait_for({call}, timeout={seconds})");
    Some(vec![Edit::replace(facts.span(with), line)])
}

/// A `TaskGroup` of bare tasks becomes one `gather`.
fn gathered(facts: &Facts, site: Site) -> Option<Vec<Edit>> {
    let module = module_text(facts, site)?;
    let (call, with, body) = block(facts, site)?;
    let group = facts.child(facts.parent(call)?, Role::Target)?;
    let coroutine = |statement: &Site| {
        let start = facts.child(*statement, Role::Value)?;
        let create = facts.child(start, Role::Func)?;
        let owner = facts.child(create, Role::Value)?;
        let bare = matches!(facts.kind(*statement), Kind::Expression)
            && facts.source_of(create).ends_with(".create_task")
            && facts.source_of(owner) == facts.source_of(group)
            && facts.child(start, Role::Keyword).is_none();
        facts.child(start, Role::Arg).filter(|_| bare).map(|it| facts.source_of(it).to_owned())
    };
    let all: Option<Vec<String>> = body.iter().map(coroutine).collect();
    let arguments = match (all, body.as_slice()) {
        (Some(all), _) => all.join(", "),
        (None, [each]) if matches!(facts.kind(*each), Kind::For { is_async: false }) => {
            let inner: Vec<Site> = facts.children_in(*each, Role::Body).collect();
            let [only] = inner.as_slice() else { return None };
            let (target, over) =
                (facts.child(*each, Role::Target)?, facts.child(*each, Role::Iter)?);
            let (target, over) = (facts.source_of(target), facts.source_of(over));
            format!("*[{} for {target} in {over}]", coroutine(only)?)
        }
        _ => return None,
    };
    let line = format!("await {module}.gather({arguments})");
    Some(vec![Edit::replace(facts.span(with), line)])
}
