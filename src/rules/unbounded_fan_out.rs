//! A long list of requests is started all at once.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::facts::{Facts, Many, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{Joining, checked, free_name, module_name, started};
use crate::text::{Edit, indentation, line_range};

const NAME: &str = "unbounded-fan-out";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// Calls that set a limit for a whole client.
const CLIENT_LIMITS: [&str; 2] = ["httpx.Limits", "aiohttp.TCPConnector"];

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    let calls = |path: &str| facts.calls.iter().any(|call| call.callee.path() == Some(path));
    if CLIENT_LIMITS.into_iter().any(calls) {
        return;
    }
    for call in &facts.calls {
        let path = call.callee.path().unwrap_or_default();
        let fan = match path {
            "asyncio.gather" | "asyncio.as_completed" | "asyncio.wait" => waited(facts, call.site),
            "asyncio.TaskGroup().create_task" => facts
                .argument(call.site, 0, "coro")
                .and_then(|coroutine| repeated(facts, call.site, coroutine)),
            _ if path.starts_with("tqdm.") && path.ends_with(".gather") => waited(facts, call.site),
            _ => None,
        };
        out.extend(fan.and_then(|fan| diagnose(facts, call.site, &fan)));
    }
}

/// Calls that all wait at once.
struct FanOut {
    /// The comprehension or the `for` that makes them.
    around: Site,
    /// The call that makes a coroutine.
    made: Site,
}

fn diagnose(facts: &Facts, place: Site, fan: &FanOut) -> Option<Diagnostic> {
    let many = facts.many(fan.around).filter(|_| facts.asks_without_limit(fan.made))?;
    let (key, much) = match many {
        Many::Count(count) => ("count", count.to_string()),
        Many::Data(text) => ("data", text),
    };
    let mut found = Diagnostic::new(NAME, Severity::Hint, facts.span(place), key)
        .with("call", facts.callee_text(fan.made))
        .with("many", much);
    found.patterns = vec!["bounded-fan-out"];
    found.fixes.extend(limit_fix(facts, fan));
    Some(found)
}

/// What the call at `wait` is given: a comprehension, or a list that a loop fills.
fn waited(facts: &Facts, wait: Site) -> Option<FanOut> {
    let first = facts.children_in(wait, Role::Arg).next()?;
    let unpacked = facts.child(first, Role::Value).filter(|_| is_starred(facts, first));
    if unpacked.is_none() && facts.callee_text(wait).ends_with("gather") {
        return None;
    }
    let given = facts.collection(unpacked.unwrap_or(first)).filter(|it| it.complete)?;
    let [element] = given.elements.as_slice() else { return None };
    let fan = repeated(facts, *element, *element)?;
    let tree = facts.tree(wait.cell);
    let inside = wait.cell == fan.around.cell && tree.is_within(wait.node, fan.around.node);
    let is_loop = matches!(facts.kind(fan.around), Kind::For { .. });
    (!inside || !is_loop).then_some(fan)
}

fn is_starred(facts: &Facts, site: Site) -> bool {
    matches!(facts.kind(site), Kind::Starred)
}

/// What a loop makes in each turn without a pause.
fn repeated(facts: &Facts, element: Site, coroutine: Site) -> Option<FanOut> {
    let around = facts.loop_around(element)?;
    let every_turn = match facts.kind(around) {
        Kind::For { is_async: false } => facts.parent(facts.statement(element)) == Some(around),
        Kind::Comprehension { .. } => facts.child(around, Role::Element) == Some(element),
        _ => false,
    };
    let pauses = facts.descendants(around).any(|it| facts.kind(it).suspends());
    let made = started(facts, coroutine, Joining::Gather)?;
    (every_turn && !pauses && matches!(facts.kind(made), Kind::Call))
        .then_some(FanOut { around, made })
}

/// A gate for all of the calls, before the statement that makes them. Only shown: how many a
/// service bears is for the author to say.
fn limit_fix(facts: &Facts, fan: &FanOut) -> Option<Fix> {
    let FanOut { around, made } = *fan;
    let statement = facts.statement(around);
    let source = facts.tree(made.cell).source();
    let line = line_range(source, facts.range(statement).start);
    let indent = indentation(source, line.start);
    if line.start + indent.len() != facts.range(statement).start {
        return None;
    }
    let (asyncio, import) = module_name(facts, around, "asyncio");
    let (gate, limited) = (free_name(facts, "gate"), free_name(facts, "limited"));
    let definition = format!(
        "{gate} = {asyncio}.Semaphore(10)\n\n\
         {indent}async def {limited}(call):\n\
         {indent}    async with {gate}:\n\
         {indent}        return await call\n\n{indent}"
    );
    let whole = facts.range(made);
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(made.cell, facts.range(statement).start, definition));
    edits.push(Edit::insert(made.cell, whole.start, format!("{limited}(")));
    edits.push(Edit::insert(made.cell, whole.end, ")"));
    let fix = Fix {
        title: Message::new(NAME, "fix-gate"),
        pattern: "bounded-fan-out",
        applicability: Applicability::DisplayOnly,
        edits,
        reasons: vec![(facts.span(made), Message::new(NAME, "why-gate"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(facts, fix))
}
