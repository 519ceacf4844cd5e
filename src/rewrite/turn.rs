//! A loop whose turns await becomes one wait for all of them, and what is done with each result.

mod caught;
mod collected;

use super::gate::Gate;
use super::handles::free_name;
use super::imports::module_name;
use super::together::{Joining, Kept, comments_in, folded, started};
use crate::execution::{Run, Site};
use crate::python::{Builds, Kind, NameUse, Role};
use crate::text::{Edit, TextRange, indentation, line_range};

/// The loop's awaits as one wait. `None` where a turn is more than these forms can hold: one
/// await, in a plain statement of the body.
///
/// Where `is_limited`, a gate decides how many of the calls run at once.
pub fn join_loop(
    run: &Run,
    around: Site,
    awaits: &[Site],
    (joining, is_limited): (Joining, bool),
) -> Option<Vec<Edit>> {
    let gate = is_limited.then(|| Gate::before(run, around));
    let turn = Turn { gate, ..Turn::of(run, around, awaits, joining)? };
    if let Some(guard) = turn.guard {
        return (joining == Joining::Gather).then(|| turn.in_guard(guard)).flatten();
    }
    let collected = turn.collected(joining);
    collected.or_else(|| (joining == Joining::Gather).then(|| turn.in_two_loops()).flatten())
}

/// Whether a block deals with errors of what stands in it: `try`, `with suppress(…)`.
fn guards(run: &Run, block: Site) -> bool {
    let suppresses = |item: Site| {
        let manager = run.child(item, Role::Context);
        manager.and_then(|it| run.path_of_call(it)).as_deref() == Some("contextlib.suppress")
    };
    match run.kind(block) {
        Kind::Try => true,
        Kind::With { is_async: false } => run.children_in(block, Role::Context).all(suppresses),
        _ => false,
    }
}

struct Turn<'f, 't> {
    run: &'f Run<'t>,
    around: Site,
    target: Site,
    iterable: Site,
    /// The `try`, or the `with` that suppresses errors, around the statement.
    guard: Option<Site>,
    /// The statements before the one that awaits.
    before: Vec<Site>,
    statement: Site,
    after: Vec<Site>,
    awaited: Site,
    operand: Site,
    gate: Option<Gate>,
}

/// What the second loop runs over.
struct Second {
    /// The statement that gives the items a name, where they may come only once.
    copy: String,
    items: String,
    /// Whether each result needs its item beside it.
    paired: bool,
    var: String,
    /// Whether the statement that awaits only named the result.
    dropped: bool,
}

impl<'f, 't> Turn<'f, 't> {
    fn of(run: &'f Run<'t>, around: Site, awaits: &[Site], joining: Joining) -> Option<Self> {
        let [awaited] = awaits else { return None };
        let statement = run.statement(*awaited);
        let body: Vec<Site> = run.children_in(around, Role::Body).collect();
        let guard = run.parent(statement).filter(|up| *up != around && guards(run, *up));
        let at = body.iter().position(|it| *it == guard.unwrap_or(statement))?;
        let plain =
            matches!(run.kind(statement), Kind::Assign | Kind::AugAssign | Kind::Expression);
        let has_else = run.child(around, Role::Else).is_some();
        if !plain || has_else || !matches!(run.kind(around), Kind::For { .. }) {
            return None;
        }
        let (before, rest) = body.split_at_checked(at)?;
        let turn = Self {
            run,
            around,
            target: run.child(around, Role::Target)?,
            iterable: run.child(around, Role::Iter)?,
            guard,
            before: before.to_vec(),
            statement,
            after: rest.iter().skip(1).copied().collect(),
            awaited: *awaited,
            operand: started(run, run.child(*awaited, Role::Value)?, joining)?,
            gate: None,
        };
        // `continue` before the await skips a turn, which a call for each item cannot.
        let skips = before
            .iter()
            .any(|it| turn.below(*it).any(|site| matches!(run.kind(site), Kind::Simple)));
        (!skips && turn.is_forgotten_afterwards()).then_some(turn)
    }

    fn below(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        std::iter::once(site).chain(self.run.descendants(site))
    }

    fn is_inside(&self, site: Site, outer: Site) -> bool {
        site.cell == outer.cell && self.run.tree(site.cell).is_within(site.node, outer.node)
    }

    fn stores_below(&self, site: Site) -> impl Iterator<Item = Site> + '_ {
        self.below(site)
            .filter(|it| matches!(self.run.kind(*it), Kind::Name { used: NameUse::Store }))
    }

    /// Whether nothing after the loop reads what its last turn left in its variables.
    fn is_forgotten_afterwards(&self) -> bool {
        let run = self.run;
        let grows = |target: Site| {
            run.parent(target).is_some_and(|up| matches!(run.kind(up), Kind::AugAssign))
        };
        let inside = |read| self.is_inside(read, self.around);
        run.read_bindings(self.around)
            .all(|(binding, first, last)| grows(binding) || (inside(first) && inside(last)))
    }

    fn source(&self) -> &'f str {
        self.run.tree(self.around.cell).source()
    }

    fn indent(&self) -> &'f str {
        indentation(self.source(), self.run.range(self.around).start)
    }

    fn text(&self, site: Site) -> &'f str {
        self.run.source_of(site)
    }

    /// The call that makes a coroutine, through the gate where there is one.
    fn call(&self) -> String {
        let call = self.text(self.operand);
        match &self.gate {
            Some(gate) => format!("{}({call})", gate.name),
            None => call.to_owned(),
        }
    }

    fn gate_text(&self) -> &str {
        self.gate.as_ref().map_or("", |gate| &gate.definition)
    }

    /// What the loop runs over, as an argument or a comprehension may hold it.
    fn iterable_text(&self) -> String {
        let text = self.text(self.iterable);
        match self.run.kind(self.iterable) {
            Kind::Tuple { parenthesized: false } => format!("({text})"),
            _ => text.to_owned(),
        }
    }

    /// All calls as arguments. Coroutines that were made before need no comprehension.
    fn each(&self, items: &str) -> String {
        let (target, call) = (self.text(self.target), self.call());
        if call == target {
            format!("*{items}")
        } else {
            format!("*[{call} for {target} in {items}]")
        }
    }

    /// The loop's own comments there. Those inside the awaited call stay where they are.
    fn comments(&self, range: TextRange) -> Kept {
        let except = [self.run.range(self.operand)];
        comments_in(self.run, self.around, range, &except, self.indent())
    }

    /// The name that the statement gives to the result, when it does nothing else.
    fn named(&self) -> Option<&'f str> {
        let run = self.run;
        let targets: Vec<Site> = run.children_in(self.statement, Role::Target).collect();
        let [target] = targets.as_slice() else { return None };
        let whole = run.parent(self.awaited) == Some(self.statement)
            && matches!(run.kind(self.statement), Kind::Assign);
        let plain = matches!(run.kind(*target), Kind::Name { .. });
        (whole && plain).then(|| self.text(*target))
    }

    /// The calls are made in one loop, or at once; what is done with each result is another.
    fn in_two_loops(&self) -> Option<Vec<Edit>> {
        let run = self.run;
        let source = self.source();
        let line = |site: Site| line_range(source, run.range(site).start).start;
        let next_line = |at: usize| (line_range(source, at).end + 1).min(source.len());
        let body = next_line(run.range(self.iterable).end);
        let first = *self.before.first().unwrap_or(&self.statement);
        if line(first) < body {
            return None;
        }
        let second = self.second()?;
        let head = TextRange::new(run.range(self.around).start, body);
        let mut beside = self.comments(head).beside;
        let mut lead = TextRange::new(body, line(self.statement)).slice(source).to_owned();
        let mut end = line(self.statement);
        let mut between = String::new();
        if second.dropped {
            let whole = TextRange::new(end, next_line(run.range(self.statement).end));
            beside += &self.comments(whole).beside;
            end = line(*self.after.first()?);
            between = TextRange::new(whole.end, end).slice(source).to_owned();
        }
        if self.before.is_empty() {
            between = std::mem::take(&mut lead) + &between;
        }
        let (asyncio, import) = module_name(run, self.around, "asyncio");
        let made = self.made(&second.items, &asyncio, &lead);
        let (gate, head_again) = (self.gate_text(), self.second_head(&second));
        let text = format!("{gate}{}{made}{beside}\n{head_again}{between}", second.copy);
        let replaced = TextRange::new(head.start, end);
        let mut edits: Vec<Edit> = import.into_iter().collect();
        edits.push(Edit::replace(run.span_of(self.around.cell, replaced), text));
        if !second.dropped {
            let span = run.span_of(self.around.cell, self.bracketed(self.awaited));
            edits.push(Edit::replace(span, second.var));
        }
        Some(edits)
    }

    /// The first loop, or the comprehension, and the one wait.
    fn made(&self, items: &str, asyncio: &str, lead: &str) -> String {
        let (run, indent) = (self.run, self.indent());
        let results = free_name(run, "results");
        if self.before.is_empty() {
            let head = format!("{results} = await {asyncio}.gather(");
            return folded(indent, &head, &self.each(items), ")");
        }
        let (target, call) = (self.text(self.target), self.call());
        let calls = free_name(run, "calls");
        let inner = indentation(self.source(), run.range(self.statement).start);
        format!(
            "{calls} = []\n{indent}for {target} in {items}:\n{lead}\
             {inner}{calls}.append({call})\n\
             {indent}{results} = await {asyncio}.gather(*{calls})"
        )
    }

    fn second_head(&self, second: &Second) -> String {
        let (indent, results) = (self.indent(), free_name(self.run, "results"));
        let Second { items, paired, var, .. } = second;
        let target = self.text(self.target);
        match (paired, self.run.kind(self.target)) {
            (false, _) => format!("{indent}for {var} in {results}:\n"),
            (true, Kind::Tuple { parenthesized: false }) => {
                format!("{indent}for ({target}), {var} in zip({items}, {results}):\n")
            }
            (true, _) => format!("{indent}for {target}, {var} in zip({items}, {results}):\n"),
        }
    }

    /// `None` where the second loop would miss what the first one made.
    fn second(&self) -> Option<Second> {
        let run = self.run;
        let used: Vec<&str> = std::iter::once(self.statement)
            .chain(self.after.iter().copied())
            .flat_map(|it| self.below(it).collect::<Vec<_>>())
            .filter(|it| !self.is_inside(*it, self.operand))
            .filter(|it| matches!(run.kind(*it), Kind::Name { used: NameUse::Load }))
            .map(|it| self.text(it))
            .collect();
        let made = self.before.iter().flat_map(|it| self.stores_below(*it));
        let paired = self.stores_below(self.target).any(|it| used.contains(&self.text(it)));
        let misses = made.map(|it| self.text(it)).any(|name| used.contains(&name));
        let named = self.named();
        if misses || (named.is_some() && self.after.is_empty()) {
            return None;
        }
        let var = named.map_or_else(|| free_name(run, "result"), str::to_owned);
        Some(self.second_over(paired, var, named.is_some()))
    }

    /// A loop over the results, and beside each its item where they are `paired`.
    fn second_over(&self, paired: bool, var: String, dropped: bool) -> Second {
        let again = !paired || self.runs_again(self.iterable);
        let items = if again { self.iterable_text() } else { free_name(self.run, "items") };
        let copy = match again {
            true => String::new(),
            false => format!("{items} = list({})\n{}", self.text(self.iterable), self.indent()),
        };
        Second { copy, items, paired, var, dropped }
    }

    /// Whether the iterable gives the same again when it is iterated once more.
    fn runs_again(&self, iterable: Site) -> bool {
        let run = self.run;
        match run.kind(iterable) {
            Kind::List
            | Kind::Tuple { parenthesized: true }
            | Kind::Dict
            | Kind::Set
            | Kind::Str
            | Kind::Comprehension { builds: Builds::List | Builds::Dict, .. } => true,
            Kind::Name { .. } => run.only_value(iterable).is_some_and(|value| {
                !matches!(run.kind(value), Kind::Name { .. }) && self.runs_again(value)
            }),
            Kind::Call => match run.path_of_call(iterable).as_deref() {
                Some("builtins.range" | "builtins.list" | "builtins.sorted") => true,
                Some("builtins.enumerate") => {
                    run.argument(iterable, 0, "").is_some_and(|it| self.runs_again(it))
                }
                _ => [".items()", ".keys()", ".values()"]
                    .iter()
                    .any(|end| self.text(iterable).ends_with(end)),
            },
            _ => false,
        }
    }

    /// The range of `(await f(x))` where the brackets are there for the `await` alone.
    fn bracketed(&self, site: Site) -> TextRange {
        let range = self.run.range(site);
        let role = self.run.role(site);
        let wider = TextRange::new(range.start.saturating_sub(1), range.end + 1);
        let text = wider.slice(self.source());
        let wrapped = role == Role::Value && text.starts_with('(') && text.ends_with(')');
        let held = self.run.parent(site).is_some_and(|up| {
            matches!(self.run.kind(up), Kind::Attribute { .. } | Kind::Subscript)
        });
        if wrapped && held { wider } else { range }
    }
}
