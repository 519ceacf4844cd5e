//! Calls that do not need each other are awaited one after another.

use super::{Check, Rule};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::PythonVersion;
use crate::facts::{Facts, Site, Value, Waiting};
use crate::python::{Kind, Role};
use crate::rewrite::{
    Joining, checked, join_comprehension, join_loop, join_run, obstacle_to_await, started,
};
use crate::text::{Edit, Span, TextRange};

const NAME: &str = "sequential-awaits";

pub(super) const RULE: Rule = Rule { name: NAME, check: Check::Code(check) };

/// Words of somebody who means the order, or shows it on purpose.
const MEANT: [&str; 10] = [
    "sequen",
    "one by one",
    "one at a time",
    "one after",
    "rate limit",
    "rate_limit",
    "ratelimit",
    "throttl",
    "in turn",
    "keep the order",
];

fn check(facts: &Facts, out: &mut Vec<Diagnostic>) {
    for site in facts.sites() {
        match facts.kind(site) {
            Kind::For { is_async: false } | Kind::Comprehension { .. } => {
                out.extend(check_loop(facts, site));
            }
            Kind::Assign => out.extend(check_run(facts, site)),
            _ => {}
        }
    }
}

fn check_loop(facts: &Facts, around: Site) -> Option<Diagnostic> {
    let turns = facts.turns(around).filter(|_| may_join(facts, around))?;
    let awaited = *turns.awaits.first()?;
    let is_loop = matches!(facts.kind(around), Kind::For { .. });
    let operand = operand(facts, awaited)?;
    let operand = started(facts, operand, Joining::Gather).unwrap_or(operand);
    let (key, call) = match facts.kind(operand) {
        Kind::Name { .. } => ("made-before", facts.source_of(operand)),
        _ if is_loop => ("loop", facts.callee_text(operand)),
        _ => ("comprehension", facts.callee_text(operand)),
    };
    let span = first_line(facts, awaited);
    let mut found = Diagnostic::new(NAME, Severity::Hint, span, key).with("call", call);
    found.patterns = vec!["gather", "task-group", "bounded-fan-out"];
    let edits = |joining| match is_loop {
        true => join_loop(facts, &turns, joining),
        false => (joining == Joining::Gather).then(|| join_comprehension(facts, &turns)).flatten(),
    };
    if !shows_progress(facts, around) {
        offer(facts, &mut found, around, edits);
    }
    Some(found)
}

/// Whether the loop draws a bar, which one wait for all of them would leave without a meaning.
fn shows_progress(facts: &Facts, around: Site) -> bool {
    let holders = facts.children_in(around, Role::Clause).chain([around]);
    let mut iterables = holders.filter_map(|it| facts.child(it, Role::Iter));
    iterables.any(|it| facts.value(it).path().is_some_and(|path| path.starts_with("tqdm.")))
}

/// Statements `a = await f()`, `b = await g()` that follow each other; told at the first of them.
fn check_run(facts: &Facts, first: Site) -> Option<Diagnostic> {
    let mut members = vec![Member::of(facts, first)?];
    let block = facts.block(first);
    let at = block.iter().position(|it| *it == first)?;
    let follows = at.checked_sub(1).and_then(|before| block.get(before)).is_some_and(|before| {
        Member::of(facts, *before).is_some_and(|it| it.frees(facts, members.first()))
    });
    if follows || facts.loop_around(first).is_some_and(|it| facts.turns(it).is_some()) {
        return None;
    }
    for statement in block.iter().skip(at + 1) {
        let Some(next) = Member::of(facts, *statement) else { break };
        if !members.iter().all(|member| member.frees(facts, Some(&next))) {
            break;
        }
        members.push(next);
    }
    if members.len() < 2 || !may_join(facts, first) {
        return None;
    }
    let run: Vec<Site> = members.iter().map(|member| member.statement).collect();
    let made_before = members.iter().all(|it| matches!(facts.kind(it.operand), Kind::Name { .. }));
    let key = if made_before { "made-before-run" } else { "run" };
    let span = span_of(facts, &run)?;
    let mut found = Diagnostic::new(NAME, Severity::Hint, span, key).with("count", members.len());
    found.patterns = vec!["gather", "task-group"];
    offer(facts, &mut found, first, |joining| join_run(facts, &run, joining));
    Some(found)
}

/// A statement that gives a name to what a coroutine of the notebook returns.
struct Member {
    statement: Site,
    target: Site,
    operand: Site,
    waiting: Waiting,
}

impl Member {
    fn of(facts: &Facts, statement: Site) -> Option<Self> {
        let value = facts.child(statement, Role::Value)?;
        let targets: Vec<Site> = facts.children_in(statement, Role::Target).collect();
        let [target] = targets.as_slice() else { return None };
        let plain = matches!(facts.kind(*target), Kind::Name { .. } | Kind::Tuple { .. });
        let shape = matches!(facts.kind(statement), Kind::Assign)
            && matches!(facts.kind(value), Kind::Await)
            && plain;
        let operand = shape.then(|| facts.child(value, Role::Value)).flatten()?;
        let operand = started(facts, operand, Joining::Gather)?;
        // Requests in a row on one client may be a log-in and what follows it.
        let own = matches!(facts.value(operand), Value::Coroutine(_));
        let waiting = own.then(|| facts.waiting(operand, statement)).flatten()?;
        waiting.may_join().then_some(Self { statement, target: *target, operand, waiting })
    }

    /// Whether `next` needs nothing that this one gives, and gives nothing to the same name.
    fn frees(&self, facts: &Facts, next: Option<&Member>) -> bool {
        let Some(next) = next else { return false };
        let names = |site: Site| -> Vec<&str> {
            std::iter::once(site)
                .chain(facts.descendants(site))
                .filter_map(|it| facts.tree(it.cell).name(it.node))
                .collect()
        };
        let (used, rebound) = (names(next.operand), names(next.target));
        names(self.target).iter().all(|name| {
            !used.contains(name) && !rebound.contains(name) && !next.waiting.reads.contains(*name)
        })
    }
}

/// Whether an `await` works there at all, nothing slows the code down on purpose, and nobody says
/// that the order is meant.
fn may_join(facts: &Facts, site: Site) -> bool {
    let owner = facts.owner(site).and_then(|id| facts.function(id));
    let is_plain = owner.is_some_and(|function| !function.is_async);
    if is_plain || obstacle_to_await(facts, site).is_some() {
        return false;
    }
    let scope = owner
        .map_or_else(|| facts.tree(site.cell).source(), |function| facts.source_of(function.site));
    let text = scope.to_ascii_lowercase().replace(NAME, "");
    let meant = MEANT.iter().any(|word| text.contains(word)) || is_gathered_elsewhere(facts, site);
    !meant && !is_paced(facts, site)
}

/// Whether another function of the cell gathers what is awaited here: who writes down both
/// ways shows the difference.
fn is_gathered_elsewhere(facts: &Facts, site: Site) -> bool {
    let Some(owner) = facts.owner(site) else { return false };
    let gathers = |call: Site| {
        let mut ups = facts.ancestors(call);
        call.cell == site.cell
            && facts.owner(call).is_some_and(|other| other != owner)
            && ups.any(|up| facts.path_of_call(up).as_deref() == Some("asyncio.gather"))
    };
    std::iter::once(site).chain(facts.descendants(site)).any(|it| {
        let func = facts.child(it, Role::Func).map(|func| facts.value(func));
        matches!(func, Some(Value::Function(id)) if facts.calls_of(id).any(|call| gathers(call.site)))
    })
}

/// A loop around that pauses, polls or holds a conversation.
fn is_paced(facts: &Facts, site: Site) -> bool {
    let mut outer = facts.loop_around(site);
    while let Some(around) = outer {
        let pauses = facts.descendants(around).any(|it| {
            matches!(facts.kind(it), Kind::Call)
                && facts.path_of_call(it).is_some_and(|path| path.ends_with(".sleep"))
        });
        if pauses || matches!(facts.kind(around), Kind::While | Kind::For { is_async: true }) {
            return true;
        }
        outer = facts.loop_around(around);
    }
    false
}

/// What an `await` or the first manager of an `async with` waits for.
fn operand(facts: &Facts, awaited: Site) -> Option<Site> {
    match facts.kind(awaited) {
        Kind::Await => facts.child(awaited, Role::Value),
        _ => facts.child(facts.child(awaited, Role::Context)?, Role::Context),
    }
}

fn first_line(facts: &Facts, site: Site) -> Span {
    let range = facts.range(site);
    let length = facts.source_of(site).lines().next().map_or(0, str::len);
    Span::new(site.cell, TextRange::new(range.start, range.start + length))
}

fn span_of(facts: &Facts, run: &[Site]) -> Option<Span> {
    let (first, last) = (run.first()?, run.last()?);
    let range = TextRange::new(facts.range(*first).start, facts.range(*last).end);
    Some(Span::new(first.cell, range))
}

/// The repair by `gather`, and by a group where Python has one.
fn offer(
    facts: &Facts,
    found: &mut Diagnostic,
    place: Site,
    edits: impl Fn(Joining) -> Option<Vec<Edit>>,
) {
    let has_groups =
        facts.environment.python.is_none_or(|it| it >= PythonVersion { major: 3, minor: 11 });
    let forms = [
        (Joining::Gather, "gather", "fix-gather", "why-gather"),
        (Joining::TaskGroup, "task-group", "fix-group", "why-group"),
    ];
    for (joining, pattern, title, why) in forms {
        if joining == Joining::TaskGroup && !has_groups {
            continue;
        }
        let Some(edits) = edits(joining) else { continue };
        let fix = Fix {
            title: Message::new(NAME, title),
            pattern,
            applicability: Applicability::Unsafe,
            edits,
            reasons: vec![(first_line(facts, place), Message::new(NAME, why))],
            tradeoffs: vec!["sibling-failure", "completion-order"],
        };
        found.fixes.push(checked(facts, fix));
    }
}
