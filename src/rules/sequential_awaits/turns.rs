//! Whether the turns of a loop that awaits need each other's order.

use std::collections::BTreeSet;

use crate::execution::{Site, ValueKind};
use crate::knowledge::Effect;
use crate::python::{Detail, Kind, NameUse, Role};
use crate::rules::waiting::{Reader, Waiting};

/// What tells the time: where each turn is timed by itself, its order is meant.
const CLOCKS: [&str; 5] =
    ["time.time", "time.perf_counter", "time.monotonic", "time.process_time", "datetime.now"];

/// A turn that awaits more often is a program of its own.
const MOST_AWAITS: usize = 64;

/// Where in a turn something happens, seen from its awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Before,
    /// In what is awaited.
    Input,
    Between,
    After,
}

/// What a turn leaves behind at one moment.
#[derive(Debug, Default)]
struct Traces {
    shows: bool,
    /// Something happens that is not known here.
    unknown: bool,
    /// A function of the notebook runs that is more than a computation.
    runs_own: bool,
    changes: BTreeSet<String>,
}

/// Every `await` and `async with` of one turn of the `for` statement or comprehension at `around`,
/// in order, where all turns may wait at the same time.
pub(super) fn free_awaits(reader: &Reader, around: Site) -> Option<Vec<Site>> {
    let run = reader.run;
    let body: Vec<Site> = turn_nodes(reader, around);
    let awaits: Vec<Site> = body.iter().filter(|it| run.kind(**it).suspends()).copied().collect();
    let inner = |site: &Site| run.loop_around(*site) != Some(around);
    let ends = |site: &Site| ends_a_loop(reader, *site);
    if awaits.is_empty()
        || awaits.len() > MOST_AWAITS
        || walks_what_runs(reader, around)
        || body.iter().any(ends)
        || awaits.iter().any(inner)
    {
        return None;
    }
    let waiting = waiting_of(reader, &awaits, around)?;
    let turn = Turn { reader, around, body, awaits };
    let free = turn.uses_the_variable() && turn.order_is_free(&waiting);
    free.then_some(turn.awaits)
}

/// Whether all that is awaited runs already: each turn takes the next that is done.
fn walks_what_runs(reader: &Reader, around: Site) -> bool {
    let run = reader.run;
    let walked = match run.kind(around) {
        Kind::For { .. } => run.child(around, Role::Iter),
        _ => run
            .children(around)
            .find(|it| matches!(run.kind(*it), Kind::Clause { .. }))
            .and_then(|it| run.child(it, Role::Iter)),
    };
    let is_one = |it: Site| run.path_of_call(it).as_deref() == Some("asyncio.as_completed");
    walked.is_some_and(|it| run.within(it).any(is_one))
}

/// What one turn runs, without definitions inside it.
fn turn_nodes(reader: &Reader, around: Site) -> Vec<Site> {
    let run = reader.run;
    let role = match run.kind(around) {
        Kind::For { .. } => Role::Body,
        _ => Role::Element,
    };
    let mut nodes = Vec::new();
    // What lies before the end of a definition inside it is passed over.
    let mut past = None;
    for site in run.children_in(around, role).flat_map(|part| run.within(part)) {
        if past.is_some_and(|def: Site| run.tree(def.cell).is_within(site.node, def.node)) {
            continue;
        }
        nodes.push(site);
        let is_definition = matches!(
            run.kind(site),
            Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda
        );
        if is_definition {
            past = Some(site);
        }
    }
    nodes
}

/// What leaves the loop, or cannot be moved out of it.
fn ends_a_loop(reader: &Reader, site: Site) -> bool {
    let run = reader.run;
    match run.kind(site) {
        Kind::Simple => run.tree(site.cell).detail(site.node) == Detail::Break,
        Kind::Call => {
            let path = run.path_of_call(site);
            path.is_some_and(|path| {
                // Who pauses in each turn slows the loop down on purpose.
                path.ends_with(".sleep") || CLOCKS.iter().any(|clock| path.ends_with(clock))
            })
        }
        Kind::Return
        | Kind::Raise
        | Kind::Yield
        | Kind::While
        | Kind::For { is_async: true }
        | Kind::Clause { is_async: true }
        | Kind::Global { .. }
        | Kind::Nonlocal { .. }
        | Kind::Delete
        | Kind::Escape { .. }
        | Kind::Match
        | Kind::Opaque => true,
        _ => false,
    }
}

/// What all awaits of a turn do together, where many turns may do so at once.
fn waiting_of(reader: &Reader, awaits: &[Site], region: Site) -> Option<Waiting> {
    let run = reader.run;
    let mut all = Waiting::default();
    for site in awaits {
        let one = match run.kind(*site) {
            Kind::Await => {
                let operand = run.child(*site, Role::Value)?;
                let one = reader.waiting(operand, region)?;
                // What only waits and gives nothing is there to slow the loop down.
                let is_dropped =
                    run.parent(*site).is_some_and(|up| matches!(run.kind(up), Kind::Expression));
                let pauses = is_dropped && !one.asks;
                let sleeps = run.callee(operand).ends_with(".sleep");
                (!pauses && !sleeps).then_some(one)?
            }
            Kind::With { is_async: true } => entering(reader, *site, region)?,
            _ => return None,
        };
        all.suspends |= one.suspends;
        all.sleeps |= one.sleeps;
        all.asks |= one.asks;
        all.prints |= one.prints;
        all.gathers |= one.gathers;
        all.reads.extend(one.reads);
    }
    all.may_join().then_some(all)
}

/// `async with client.get(…) as response`; what the block does is the turn's own.
fn entering(reader: &Reader, with: Site, region: Site) -> Option<Waiting> {
    let run = reader.run;
    let mut all = Waiting { suspends: true, asks: true, ..Waiting::default() };
    for item in run.children_in(with, Role::Context) {
        let manager = run.child(item, Role::Context)?;
        let one = reader.waiting(manager, region).filter(|one| one.asks)?;
        all.reads.extend(one.reads);
    }
    Some(all)
}

/// One turn of a loop.
struct Turn<'w, 'r, 't> {
    reader: &'w Reader<'r, 't>,
    around: Site,
    body: Vec<Site>,
    awaits: Vec<Site>,
}

impl Turn<'_, '_, '_> {
    /// Whether what is awaited differs from turn to turn. The same call again and again is a
    /// retry, a poll or a measurement.
    fn uses_the_variable(&self) -> bool {
        let run = self.reader.run;
        let mut names: BTreeSet<&str> = self.loop_names().into_iter().collect();
        for site in &self.body {
            let parts: Vec<Site> = match run.kind(*site) {
                Kind::Assign | Kind::WithItem | Kind::For { .. } | Kind::Expression
                    if !self.mentions(*site, &names) =>
                {
                    continue;
                }
                Kind::Assign | Kind::WithItem | Kind::For { .. } => {
                    run.children_in(*site, Role::Target).collect()
                }
                // `image.save(buffer)` hands the item on to the buffer.
                Kind::Expression => vec![*site],
                _ => continue,
            };
            let all = parts.into_iter().flat_map(|it| run.within(it));
            names.extend(all.filter_map(|it| run.tree(it.cell).name(it.node)));
        }
        self.awaits.iter().all(|site| self.mentions(self.input(*site), &names))
    }

    /// The names that the loop or comprehension binds anew in each turn.
    fn loop_names(&self) -> Vec<&str> {
        let run = self.reader.run;
        let clauses: Vec<Site> = run.children_in(self.around, Role::Clause).collect();
        let holders = if clauses.is_empty() { vec![self.around] } else { clauses };
        let targets = holders.into_iter().flat_map(|it| run.children_in(it, Role::Target));
        let all = targets.flat_map(|it| run.within(it));
        all.filter_map(|it| run.tree(it.cell).name(it.node)).collect()
    }

    /// What is handed to the await: its operand, or the managers of an `async with`.
    fn input(&self, site: Site) -> Site {
        let role = match self.reader.run.kind(site) {
            Kind::Await => Role::Value,
            _ => Role::Context,
        };
        self.reader.run.child(site, role).unwrap_or(site)
    }

    fn mentions(&self, site: Site, names: &BTreeSet<&str>) -> bool {
        let run = self.reader.run;
        run.within(site).any(|it| {
            matches!(run.kind(it), Kind::Name { used: NameUse::Load })
                && names.contains(run.source_of(it))
        })
    }

    /// Whether nothing that a turn leaves behind is needed by another turn's awaits, and what it
    /// leaves on both sides of them keeps its order.
    fn order_is_free(&self, waiting: &Waiting) -> bool {
        let run = self.reader.run;
        let (mut before, mut after) = (Traces::default(), Traces::default());
        let mut read: BTreeSet<String> = waiting.reads.clone();
        let iterable = run.children_in(self.around, Role::Iter);
        let clauses = run.children_in(self.around, Role::Clause);
        for site in iterable.chain(clauses).flat_map(|it| run.within(it)) {
            read.extend(self.read_by(site));
        }
        for site in &self.body {
            match self.when(*site) {
                When::Before | When::Input => {
                    self.trace(*site, &mut before);
                    read.extend(self.read_by(*site));
                }
                When::After => self.trace(*site, &mut after),
                When::Between => {
                    let mut between = Traces::default();
                    self.trace(*site, &mut between);
                    if between.shows || between.unknown || !between.changes.is_empty() {
                        return false;
                    }
                    read.extend(self.read_by(*site));
                }
            }
        }
        let both_act = (before.shows || before.unknown) && (after.shows || after.unknown);
        let both_change = !before.changes.is_disjoint(&after.changes);
        // It may change what the awaited functions read.
        if (before.runs_own || after.runs_own) && !waiting.reads.is_empty() {
            return false;
        }
        let carried = self.carried();
        let feeds = before.changes.iter().chain(&after.changes).chain(&carried);
        !both_act && !both_change && !feeds.into_iter().any(|name| read.contains(name))
    }

    fn when(&self, site: Site) -> When {
        let run = self.reader.run;
        let tree = run.tree(site.cell);
        let inputs: Vec<Site> = self.awaits.iter().map(|it| self.input(*it)).collect();
        if inputs.iter().any(|input| tree.is_within(site.node, input.node)) {
            return When::Input;
        }
        let holds_await =
            |outer: Site| self.awaits.iter().any(|it| tree.is_within(it.node, outer.node));
        let statement = run.statement(site);
        let is_block = matches!(
            run.kind(statement),
            Kind::For { .. } | Kind::If | Kind::With { .. } | Kind::Try
        );
        // The rest of `rows.append(await f(x))` happens when the await is done.
        let shares = !is_block && holds_await(statement);
        let at = run.range(site).start;
        let first = inputs.first().is_some_and(|input| at < run.range(*input).start);
        let last = inputs.last().is_none_or(|input| at >= run.range(*input).end);
        let ends =
            shares && self.awaits.last().is_some_and(|it| tree.is_within(it.node, statement.node));
        match (first, last) {
            _ if ends => When::After,
            _ if shares => When::Between,
            (_, true) => When::After,
            (true, _) => When::Before,
            _ => When::Between,
        }
    }

    fn read_by(&self, site: Site) -> Option<String> {
        let run = self.reader.run;
        matches!(run.kind(site), Kind::Name { used: NameUse::Load })
            .then(|| run.source_of(site).to_owned())
    }

    /// Names that a turn takes from the one before it.
    fn carried(&self) -> BTreeSet<String> {
        let (run, bindings) = (self.reader.run, &self.reader.bindings);
        let mut bound = BTreeSet::new();
        let mut grown = BTreeSet::new();
        for site in &self.body {
            if matches!(run.kind(*site), Kind::Name { used: NameUse::Store }) {
                let name = run.source_of(*site).to_owned();
                let grows =
                    run.parent(*site).is_some_and(|up| matches!(run.kind(up), Kind::AugAssign));
                if grows {
                    grown.insert(name.clone());
                }
                bound.insert(name);
            }
        }
        let comes_in = |site: &&Site| {
            matches!(run.kind(**site), Kind::Name { used: NameUse::Load })
                && bound.contains(run.source_of(**site))
                && !bindings.seen_within(**site, self.around).1
                && bindings.is_bound_outside(**site, self.around)
        };
        let names = self.body.iter().filter(comes_in).map(|it| run.source_of(*it).to_owned());
        grown.into_iter().chain(names).collect()
    }

    /// What the code at `site` alone leaves behind.
    fn trace(&self, site: Site, traces: &mut Traces) {
        let run = self.reader.run;
        match run.kind(site) {
            Kind::Call if !self.is_awaited(site) => self.trace_call(site, traces),
            Kind::Attribute { .. } | Kind::Subscript
                if run.role(site) == Role::Target
                    && !self.reader.bindings.is_fresh(site, self.around) =>
            {
                traces.changes.insert(run.source_of(run.root(site)).to_owned());
            }
            _ => {}
        }
    }

    /// The calls that the awaits wait for are judged by themselves.
    fn is_awaited(&self, call: Site) -> bool {
        let run = self.reader.run;
        run.parent(call).is_some_and(|up| match run.kind(up) {
            Kind::Await => true,
            Kind::WithItem => run.parent(up).is_some_and(|with| self.awaits.contains(&with)),
            _ => false,
        })
    }

    fn trace_call(&self, call: Site, traces: &mut Traces) {
        let Reader { run, tables, bindings } = self.reader;
        let Some(func) = run.child(call, Role::Func) else { return };
        if run.class(func).is_some() {
            return;
        }
        if !run.definitions(func, ValueKind::Function).is_empty() {
            match self.reader.doing(call, self.around) {
                Some(done) => traces.shows |= done.prints,
                None => (traces.unknown, traces.runs_own) = (true, true),
            }
            return;
        }
        let path = run.path(func);
        if let Some(path) = path.as_ref().filter(|path| !path.contains("()")) {
            match tables.effects.of(path) {
                Effect::Harmless => {}
                Effect::Prints => traces.shows = true,
                _ => traces.unknown = true,
            }
            return;
        }
        let Kind::Attribute { name } = run.kind(func) else {
            traces.unknown = true;
            return;
        };
        traces.shows |= path.is_some_and(|path| tables.effects.prints(&path));
        let name = run.tree(func.cell).text(*name);
        if !bindings.is_fresh(func, self.around) && !tables.effects.only_looks(name) {
            traces.changes.insert(run.source_of(run.root(func)).to_owned());
        }
    }
}
