//! A long list of requests is started all at once.

use super::Rule;
use super::events::place;
use super::many::{Many, asks_without_limit, many};
use super::waiting::Reader;
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::execution::{Run, Site};
use crate::python::{Kind, Role};
use crate::rewrite::{Gate, checked, enclose, module_name};
use crate::text::{Edit, indentation, line_range};

const NAME: &str = "unbounded-fan-out";

pub(super) const RULE: Rule = Rule { name: NAME, check };

/// Calls that set a limit for a whole client.
const CLIENT_LIMITS: [&str; 2] = ["httpx.Limits", "aiohttp.TCPConnector"];

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let calls = || run.sites().filter(|site| matches!(run.kind(*site), Kind::Call));
    let reader = Reader::new(run);
    let mut found = Vec::new();
    for call in calls() {
        let Some(path) = run.path_of_call(call) else { continue };
        let fan = match path.as_str() {
            "asyncio.gather" | "asyncio.as_completed" | "asyncio.wait" => waited(&reader, call),
            "asyncio.TaskGroup().create_task" => {
                run.argument(call, 0, "coro").and_then(|made| repeated(&reader, made))
            }
            _ if path.starts_with("tqdm.") && path.ends_with(".gather") => waited(&reader, call),
            _ => None,
        };
        found.extend(fan.and_then(|fan| diagnose(&reader, call, &fan)));
    }
    let is_limit = |call: Site| {
        run.path_of_call(call).is_some_and(|path| CLIENT_LIMITS.contains(&path.as_str()))
    };
    if !found.is_empty() && !calls().any(is_limit) {
        out.append(&mut found);
    }
}

/// Calls that all wait at once.
struct FanOut {
    /// The comprehension or the `for` that makes them.
    around: Site,
    /// The call that makes a coroutine.
    made: Site,
}

fn diagnose(reader: &Reader, at: Site, fan: &FanOut) -> Option<Diagnostic> {
    let run = reader.run;
    let many = many(reader, fan.around).filter(|_| asks_without_limit(reader, fan.made))?;
    let (key, much) = match many {
        Many::Count(count) => ("count", count.to_string()),
        Many::Data(text) => ("data", text),
    };
    let mut found = Diagnostic::new(NAME, Severity::Hint, run.span(at)?, key)
        .with("call", run.callee(fan.made))
        .with("many", much);
    found.patterns = vec!["bounded-fan-out"];
    found.fixes.extend(limit_fix(run, fan));
    Some(found)
}

/// What the call at `wait` is given: coroutines that one place makes.
fn waited(reader: &Reader, wait: Site) -> Option<FanOut> {
    let run = reader.run;
    let first = run.child(wait, Role::Arg)?;
    let is_starred = matches!(run.kind(first), Kind::Starred);
    if !is_starred && run.callee(wait).ends_with("gather") {
        return None;
    }
    let given = if is_starred { run.child(first, Role::Value)? } else { first };
    let fan = repeated(reader, only_maker(reader, given)?)?;
    let tree = run.tree(wait.cell);
    let inside = wait.cell == fan.around.cell && tree.is_within(wait.node, fan.around.node);
    let is_loop = matches!(run.kind(fan.around), Kind::For { .. });
    (!inside || !is_loop).then_some(fan)
}

/// The one expression that makes what a collection holds: as the run saw it, or as it is written.
fn only_maker(reader: &Reader, given: Site) -> Option<Site> {
    let run = reader.run;
    let values = run.trace.given(given).into_iter();
    let mut makers: Vec<Site> = values.flat_map(|value| run.trace.makers_in(value)).collect();
    makers.sort_unstable();
    makers.dedup();
    if let [only] = makers.as_slice() {
        return Some(*only);
    }
    let written = match run.kind(given) {
        Kind::Name { .. } => reader.bindings.only_value(given)?,
        _ => given,
    };
    let is_comprehension = matches!(run.kind(written), Kind::Comprehension { .. });
    run.child(written, Role::Element)
        .filter(|_| is_comprehension && makers.is_empty())
        .map(|element| reader.started(element))
}

/// What a loop makes in each turn without a pause.
fn repeated(reader: &Reader, made: Site) -> Option<FanOut> {
    let run = reader.run;
    let around = run.loop_around(made)?;
    let every_turn = match run.kind(around) {
        Kind::For { is_async: false } => run.parent(run.statement(made)) == Some(around),
        Kind::Comprehension { .. } => {
            let element = run.child(around, Role::Element);
            element.is_some_and(|it| it == made || reader.started(it) == made)
        }
        _ => false,
    };
    let pauses = run.descendants(around).any(|it| run.kind(it).suspends());
    (every_turn && !pauses && matches!(run.kind(made), Kind::Call))
        .then_some(FanOut { around, made })
}

/// A gate for all of the calls, before the statement that makes them. Only shown: how many a
/// service bears is for the author to say.
fn limit_fix(run: &Run, fan: &FanOut) -> Option<Fix> {
    let (around, made) = (place(run, fan.around)?, place(run, fan.made)?);
    let statement = run.statement(around);
    let source = run.tree(made.cell).source();
    let line = line_range(source, run.range(statement).start);
    let indent = indentation(source, line.start);
    if line.start + indent.len() != run.range(statement).start {
        return None;
    }
    let (_, import) = module_name(run, around, "asyncio");
    let Gate { name, definition } = Gate::before(run, statement);
    let mut edits: Vec<Edit> = import.into_iter().collect();
    edits.push(Edit::insert(run.position(made.cell), run.range(statement).start, definition));
    edits.extend(enclose(run, made, format!("{name}(")));
    let fix = Fix {
        title: Message::new(NAME, "fix-gate"),
        pattern: "bounded-fan-out",
        applicability: Applicability::DisplayOnly,
        edits,
        reasons: vec![(run.at(made), Message::new(NAME, "why-gate"))],
        tradeoffs: Vec::new(),
    };
    Some(checked(run, fix))
}
