//! Calls that do not need each other are awaited one after another.

mod turns;

use hashbrown::HashMap;

use super::Rule;
use super::events::place;
use super::many::{asks_without_limit, many};
use super::waiting::{Reader, Waiting};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Message, Severity};
use crate::environment::PythonVersion;
use crate::execution::{Run, Site, ValueKind};
use crate::python::{Kind, Role};
use crate::rewrite::{
    Joining, checked, join_comprehension, join_loop, join_run, obstacle_to_await,
};
use crate::text::{Edit, TextRange};
use turns::free_awaits;

const NAME: &str = "sequential-awaits";

pub(super) const RULE: Rule = Rule { name: NAME, check };

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

/// As many statements in a row as one repair joins.
const MOST: usize = 256;

/// The notebook as this rule looks at it.
struct Look<'r, 't> {
    run: &'r Run<'t>,
    reader: Reader<'r, 't>,
    /// The loops whose turns may wait together, with their awaits.
    turns: HashMap<Site, Vec<Site>>,
    /// The calls of each function of the notebook that stand in a `gather`.
    gathered: HashMap<Site, Vec<Site>>,
}

fn check(run: &Run, out: &mut Vec<Diagnostic>) {
    let reader = Reader::new(run);
    let loops = run.sites().filter(|site| {
        matches!(run.kind(*site), Kind::For { is_async: false } | Kind::Comprehension { .. })
    });
    let turns = loops.filter_map(|site| Some((site, free_awaits(&reader, site)?))).collect();
    let look = Look { run, reader, turns, gathered: gathered(run) };
    for site in run.sites() {
        match run.kind(site) {
            Kind::For { .. } | Kind::Comprehension { .. } => out.extend(look.at_loop(site)),
            Kind::Assign => out.extend(look.at_run(site)),
            _ => {}
        }
    }
}

/// The calls of each function of the notebook that stand in a `gather`.
fn gathered(run: &Run) -> HashMap<Site, Vec<Site>> {
    let mut gathered: HashMap<Site, Vec<Site>> = HashMap::new();
    let gathers = run.sites().filter(|site| {
        matches!(run.kind(*site), Kind::Call)
            && run.path_of_call(*site).as_deref() == Some("asyncio.gather")
    });
    for call in gathers.flat_map(|site| run.descendants(site)) {
        let func = run.child(call, Role::Func).filter(|_| matches!(run.kind(call), Kind::Call));
        for def in func.map_or_else(Vec::new, |func| run.definitions(func, ValueKind::Function)) {
            gathered.entry(def).or_default().push(call);
        }
    }
    gathered
}

/// A statement that gives a name to what a coroutine of the notebook returns.
struct Member {
    statement: Site,
    target: Site,
    operand: Site,
    waiting: Waiting,
}

impl Look<'_, '_> {
    fn at_loop(&self, around: Site) -> Option<Diagnostic> {
        let run = self.run;
        let awaits = self.turns.get(&around).filter(|_| self.may_join(around))?;
        let awaited = *awaits.first()?;
        let is_loop = matches!(run.kind(around), Kind::For { .. });
        let operand = self.reader.started(operand(run, awaited)?);
        let (key, call) = match run.kind(operand) {
            Kind::Name { .. } => ("made-before", run.source_of(operand)),
            _ if is_loop => ("loop", run.callee(operand)),
            _ => ("comprehension", run.callee(operand)),
        };
        let mut found =
            Diagnostic::new(NAME, Severity::Hint, run.first_line(awaited), key).with("call", call);
        found.patterns = vec!["gather", "task-group", "bounded-fan-out"];
        if !self.shows_progress(around) {
            let at = place(run, around)?;
            let awaits: Vec<_> = awaits.iter().filter_map(|it| place(run, *it)).collect();
            let is_limited =
                many(&self.reader, around).is_some() && asks_without_limit(&self.reader, operand);
            self.offer(&mut found, (around, is_limited), |joining| match is_loop {
                true => join_loop(self.run, at, &awaits, (joining, is_limited)),
                false => {
                    let joined = || join_comprehension(self.run, at, &awaits, is_limited);
                    (joining == Joining::Gather).then(joined).flatten()
                }
            });
        }
        Some(found)
    }

    /// Whether the loop draws a bar, which one wait for all of them would leave without a meaning.
    fn shows_progress(&self, around: Site) -> bool {
        let run = self.run;
        let holders = run.children_in(around, Role::Clause).chain([around]);
        let mut iterables = holders.filter_map(|it| run.child(it, Role::Iter));
        iterables.any(|it| {
            let path = run.path_of_call(it).or_else(|| run.path(it));
            path.is_some_and(|path| path.starts_with("tqdm."))
        })
    }

    /// Statements `a = await f()`, `b = await g()` that follow each other; told at the first of them.
    fn at_run(&self, first: Site) -> Option<Diagnostic> {
        let run = self.run;
        let mut members = vec![self.member(first)?];
        let block = run.block(first);
        let at = block.binary_search(&first).ok()?;
        let follows = at.checked_sub(1).and_then(|before| block.get(before)).is_some_and(|it| {
            self.member(*it).is_some_and(|before| before.frees(run, members.first()))
        });
        if follows || run.loop_around(first).is_some_and(|it| self.turns.contains_key(&it)) {
            return None;
        }
        for statement in block.iter().skip(at + 1).take(MOST) {
            let Some(next) = self.member(*statement) else { break };
            if !members.iter().all(|member| member.frees(run, Some(&next))) {
                break;
            }
            members.push(next);
        }
        if members.len() < 2 || !self.may_join(first) {
            return None;
        }
        let made_before =
            members.iter().all(|it| matches!(run.kind(it.operand), Kind::Name { .. }));
        let key = if made_before { "made-before-run" } else { "run" };
        let statements: Vec<Site> =
            members.iter().filter_map(|it| place(run, it.statement)).collect();
        let last = run.range(members.last()?.statement);
        let span = run.span_of(first.cell, TextRange::new(run.range(first).start, last.end));
        let mut found =
            Diagnostic::new(NAME, Severity::Hint, span, key).with("count", members.len());
        found.patterns = vec!["gather", "task-group"];
        self.offer(&mut found, (first, false), |joining| join_run(self.run, &statements, joining));
        Some(found)
    }

    fn member(&self, statement: Site) -> Option<Member> {
        let run = self.run;
        let value = run.child(statement, Role::Value)?;
        let targets: Vec<Site> = run.children_in(statement, Role::Target).collect();
        let [target] = targets.as_slice() else { return None };
        let plain = matches!(run.kind(*target), Kind::Name { .. } | Kind::Tuple { .. });
        let shape = matches!(run.kind(statement), Kind::Assign)
            && matches!(run.kind(value), Kind::Await)
            && plain;
        let operand = shape.then(|| run.child(value, Role::Value)).flatten()?;
        let operand = self.reader.started(operand);
        // Requests in a row on one client may be a log-in and what follows it.
        let own = !run.definitions(operand, ValueKind::Coroutine).is_empty();
        let waiting = own.then(|| self.reader.waiting(operand, statement)).flatten()?;
        waiting.may_join().then_some(Member { statement, target: *target, operand, waiting })
    }

    /// Whether an `await` works there at all, nothing slows the code down on purpose, and nobody
    /// says that the order is meant.
    fn may_join(&self, site: Site) -> bool {
        let run = self.run;
        let owner = run.owner(site);
        let is_async = |def| matches!(run.kind(def), Kind::FunctionDef { is_async: true, .. });
        let can_await = owner.is_none_or(is_async)
            && place(run, site).is_some_and(|at| obstacle_to_await(self.run, at).is_none());
        let scope = owner.map_or_else(|| run.tree(site.cell).source(), |def| run.source_of(def));
        let text = scope.to_ascii_lowercase().replace(NAME, "");
        can_await
            && !MEANT.iter().any(|word| text.contains(word))
            && !self.is_gathered_elsewhere(site)
            && !self.is_paced(site)
    }

    /// Whether another function of the cell gathers what is awaited here: who writes down both
    /// ways shows the difference.
    fn is_gathered_elsewhere(&self, site: Site) -> bool {
        let run = self.run;
        let Some(owner) = run.owner(site) else { return false };
        let elsewhere = |call: &Site| {
            call.cell == site.cell && run.owner(*call).is_some_and(|other| other != owner)
        };
        let funcs = run.within(site).filter_map(|it| run.child(it, Role::Func));
        let mut defs = funcs.flat_map(|func| run.definitions(func, ValueKind::Function));
        defs.any(|def| self.gathered.get(&def).is_some_and(|calls| calls.iter().any(elsewhere)))
    }

    /// A loop around that pauses, polls or holds a conversation.
    fn is_paced(&self, site: Site) -> bool {
        let run = self.run;
        let mut outer = run.loop_around(site);
        while let Some(around) = outer {
            let pauses = run.descendants(around).any(|it| {
                matches!(run.kind(it), Kind::Call)
                    && run.path_of_call(it).is_some_and(|path| path.ends_with(".sleep"))
            });
            if pauses || matches!(run.kind(around), Kind::While | Kind::For { is_async: true }) {
                return true;
            }
            outer = run.loop_around(around);
        }
        false
    }

    /// The repair by `gather`, and by a group where Python has one.
    fn offer(
        &self,
        found: &mut Diagnostic,
        (place, is_limited): (Site, bool),
        edits: impl Fn(Joining) -> Option<Vec<Edit>>,
    ) {
        let groups = PythonVersion { major: 3, minor: 11 };
        let has_groups = self.run.environment().oldest_python().is_none_or(|it| it >= groups);
        let forms = [
            (Joining::Gather, "gather", ["fix-gather", "fix-gather-gate"], "why-gather"),
            (Joining::TaskGroup, "task-group", ["fix-group", "fix-group-gate"], "why-group"),
        ];
        for (joining, pattern, [title, limited], why) in forms {
            if joining == Joining::TaskGroup && !has_groups {
                continue;
            }
            let Some(edits) = edits(joining) else { continue };
            let keeps_errors = edits.iter().any(|it| it.text.contains("return_exceptions=True"));
            let why = if keeps_errors { "why-caught" } else { why };
            let at = self.run.first_line(place);
            let mut reasons = vec![(at, Message::new(NAME, why))];
            let (title, pattern) = match is_limited {
                true => (limited, "bounded-fan-out"),
                false => (title, pattern),
            };
            reasons.extend(is_limited.then(|| (at, Message::new(NAME, "why-gate"))));
            let fix = Fix {
                title: Message::new(NAME, title),
                pattern,
                applicability: Applicability::Unsafe,
                edits,
                reasons,
                tradeoffs: vec!["sibling-failure", "completion-order"],
            };
            found.fixes.push(checked(self.run, fix));
        }
    }
}

impl Member {
    /// Whether `next` needs nothing that this one gives, and gives nothing to the same name.
    fn frees(&self, run: &Run, next: Option<&Member>) -> bool {
        let Some(next) = next else { return false };
        let names = |site: Site| -> Vec<&str> {
            run.within(site).filter_map(|it| run.tree(it.cell).name(it.node)).collect()
        };
        let (used, rebound) = (names(next.operand), names(next.target));
        names(self.target).iter().all(|name| {
            !used.contains(name) && !rebound.contains(name) && !next.waiting.reads.contains(*name)
        })
    }
}

/// What an `await` or the first manager of an `async with` waits for.
fn operand(run: &Run, awaited: Site) -> Option<Site> {
    match run.kind(awaited) {
        Kind::Await => run.child(awaited, Role::Value),
        _ => run.child(run.child(awaited, Role::Context)?, Role::Context),
    }
}
