//! Whether the turns of a loop that awaits need each other's order.

use std::collections::BTreeSet;

use super::{Facts, Site, Usage, Value, Waiting};
use crate::knowledge::Effect;
use crate::python::{Kind, NameUse, Role};

/// A loop whose awaits may all wait at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// The `for` statement or the comprehension.
    pub around: Site,
    /// Every `await` and `async with` of one turn, in order.
    pub awaits: Vec<Site>,
}

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

impl Facts<'_> {
    /// The independent turns of the `for` statement or comprehension at `around`.
    pub fn turns(&self, around: Site) -> Option<Turns> {
        let body: Vec<Site> = self.turn_nodes(around).collect();
        if body.iter().any(|site| self.ends_a_loop(*site)) {
            return None;
        }
        let is_await = |site: &&Site| self.kind(**site).suspends();
        let awaits: Vec<Site> = body.iter().filter(is_await).copied().collect();
        let inner = |site: &Site| self.loop_around(*site) != Some(around);
        if awaits.is_empty() || awaits.iter().any(inner) {
            return None;
        }
        let waiting = self.waiting_of(&awaits, around)?;
        let turn = Turn { facts: self, around, body, awaits };
        let free = turn.uses_the_variable() && turn.order_is_free(&waiting);
        free.then_some(Turns { around, awaits: turn.awaits })
    }

    /// The innermost loop or comprehension whose turns run the code at `site`.
    pub fn loop_around(&self, site: Site) -> Option<Site> {
        let mut inner = site;
        for outer in self.ancestors(site) {
            let role = self.role(inner);
            match self.kind(outer) {
                Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda => return None,
                Kind::For { .. } if role == Role::Body => return Some(outer),
                Kind::While if matches!(role, Role::Body | Role::Test) => return Some(outer),
                Kind::Comprehension { .. } if role != Role::Clause => return Some(outer),
                // A later clause runs once for each item of the one before.
                Kind::Comprehension { .. } if self.child(outer, Role::Clause) != Some(inner) => {
                    return Some(outer);
                }
                Kind::Clause { .. } if role == Role::Test => return self.parent(outer),
                _ => {}
            }
            inner = outer;
        }
        None
    }

    /// What one turn runs, without definitions inside it.
    fn turn_nodes(&self, around: Site) -> impl Iterator<Item = Site> + '_ {
        let roles: &[Role] = match self.kind(around) {
            Kind::For { .. } => &[Role::Body],
            _ => &[Role::Element],
        };
        let parts: Vec<Site> =
            roles.iter().flat_map(|role| self.children_in(around, *role)).collect();
        let owner = self.owner_of_body(around);
        parts
            .into_iter()
            .flat_map(|part| std::iter::once(part).chain(self.descendants(part)))
            .filter(move |site| self.owner_of_body(*site) == owner)
    }

    /// The definition whose body holds `site`.
    fn owner_of_body(&self, site: Site) -> Option<Site> {
        self.ancestors(site).find(|up| {
            matches!(
                self.kind(*up),
                Kind::FunctionDef { .. } | Kind::ClassDef { .. } | Kind::Lambda
            )
        })
    }

    /// What leaves the loop, or cannot be moved out of it.
    fn ends_a_loop(&self, site: Site) -> bool {
        match self.kind(site) {
            Kind::Simple => self.source_of(site) == "break",
            // Each turn is timed by itself.
            Kind::Call => self.path_of_call(site).is_some_and(|path| super::heavy::is_clock(&path)),
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
    fn waiting_of(&self, awaits: &[Site], region: Site) -> Option<Waiting> {
        let mut all = Waiting::default();
        for site in awaits {
            let one = match self.kind(*site) {
                Kind::Await => {
                    let operand = self.child(*site, Role::Value)?;
                    let one = self.waiting(operand, region)?;
                    // What only waits and gives nothing is there to slow the loop down.
                    let pauses = self.usage(*site) == Usage::Dropped && !one.asks;
                    let sleeps = self.callee_text(operand).ends_with(".sleep");
                    (!pauses && !sleeps).then_some(one)?
                }
                Kind::With { is_async: true } => self.entering(*site, region)?,
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
    fn entering(&self, with: Site, region: Site) -> Option<Waiting> {
        let mut all = Waiting { suspends: true, asks: true, ..Waiting::default() };
        for item in self.children_in(with, Role::Context) {
            let manager = self.child(item, Role::Context)?;
            let one = self.waiting(manager, region).filter(|one| one.asks)?;
            all.reads.extend(one.reads);
        }
        Some(all)
    }
}

/// One turn of a loop.
struct Turn<'f, 't> {
    facts: &'f Facts<'t>,
    around: Site,
    body: Vec<Site>,
    awaits: Vec<Site>,
}

impl Turn<'_, '_> {
    /// Whether what is awaited differs from turn to turn. The same call again and again is a
    /// retry, a poll or a measurement.
    fn uses_the_variable(&self) -> bool {
        let facts = self.facts;
        let mut names: BTreeSet<&str> = facts.loop_names(self.around).into_iter().collect();
        for site in &self.body {
            let parts: Vec<Site> = match facts.kind(*site) {
                _ if !self.mentions(*site, &names) => continue,
                Kind::Assign | Kind::WithItem | Kind::For { .. } => {
                    facts.children_in(*site, Role::Target).collect()
                }
                // `image.save(buffer)` hands the item on to the buffer.
                Kind::Expression => vec![*site],
                _ => Vec::new(),
            };
            let all =
                parts.into_iter().flat_map(|it| std::iter::once(it).chain(facts.descendants(it)));
            names.extend(all.filter_map(|it| facts.tree(it.cell).name(it.node)));
        }
        self.awaits.iter().all(|site| self.mentions(self.input(*site), &names))
    }

    /// What is handed to the await: its operand, or the managers of an `async with`.
    fn input(&self, site: Site) -> Site {
        let role = match self.facts.kind(site) {
            Kind::Await => Role::Value,
            _ => Role::Context,
        };
        self.facts.child(site, role).unwrap_or(site)
    }

    fn mentions(&self, site: Site, names: &BTreeSet<&str>) -> bool {
        let facts = self.facts;
        std::iter::once(site).chain(facts.descendants(site)).any(|it| {
            matches!(facts.kind(it), Kind::Name { used: NameUse::Load })
                && names.contains(facts.source_of(it))
        })
    }

    /// Whether nothing that a turn leaves behind is needed by another turn's awaits, and what it
    /// leaves on both sides of them keeps its order.
    fn order_is_free(&self, waiting: &Waiting) -> bool {
        let (mut before, mut after) = (Traces::default(), Traces::default());
        let mut read: BTreeSet<String> = waiting.reads.clone();
        let iterable = self.facts.children_in(self.around, Role::Iter);
        let clauses = self.facts.children_in(self.around, Role::Clause);
        for site in iterable.chain(clauses) {
            read.extend(self.names_in(site));
        }
        for site in &self.body {
            let when = self.when(*site);
            match when {
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
        let facts = self.facts;
        let tree = facts.tree(site.cell);
        let inputs: Vec<Site> = self.awaits.iter().map(|it| self.input(*it)).collect();
        if inputs.iter().any(|input| tree.is_within(site.node, input.node)) {
            return When::Input;
        }
        let holds_await =
            |outer: Site| self.awaits.iter().any(|it| tree.is_within(it.node, outer.node));
        let statement = facts.statement(site);
        let is_block = matches!(
            facts.kind(statement),
            Kind::For { .. } | Kind::If | Kind::With { .. } | Kind::Try
        );
        // The rest of `rows.append(await f(x))` happens when the await is done.
        let shares = !is_block && holds_await(statement);
        let at = facts.range(site).start;
        let first = inputs.first().is_some_and(|input| at < facts.range(*input).start);
        let last = inputs.last().is_none_or(|input| at >= facts.range(*input).end);
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
        let facts = self.facts;
        matches!(facts.kind(site), Kind::Name { used: NameUse::Load })
            .then(|| facts.source_of(site).to_owned())
    }

    fn names_in(&self, site: Site) -> Vec<String> {
        let all = std::iter::once(site).chain(self.facts.descendants(site));
        all.filter_map(|it| self.read_by(it)).collect()
    }

    /// Names that a turn takes from the one before it.
    fn carried(&self) -> BTreeSet<String> {
        let facts = self.facts;
        let tree = facts.tree(self.around.cell);
        let mut bound = BTreeSet::new();
        let mut grown = BTreeSet::new();
        for site in &self.body {
            if matches!(facts.kind(*site), Kind::Name { used: NameUse::Store }) {
                let name = facts.source_of(*site).to_owned();
                let grows =
                    facts.parent(*site).is_some_and(|up| matches!(facts.kind(up), Kind::AugAssign));
                if grows {
                    grown.insert(name.clone());
                }
                bound.insert(name);
            }
        }
        let comes_in = |site: &&Site| {
            let name = facts.source_of(**site);
            matches!(facts.kind(**site), Kind::Name { used: NameUse::Load })
                && bound.contains(name)
                && facts.bindings(**site).iter().any(|(cell, binding)| {
                    *cell != self.around.cell || !tree.is_within(binding.node, self.around.node)
                })
        };
        let names = self.body.iter().filter(comes_in).map(|it| facts.source_of(*it).to_owned());
        grown.into_iter().chain(names).collect()
    }

    /// What the code at `site` alone leaves behind.
    fn trace(&self, site: Site, traces: &mut Traces) {
        let facts = self.facts;
        match facts.kind(site) {
            Kind::Call if !self.is_awaited(site) => self.trace_call(site, traces),
            Kind::Attribute { .. } | Kind::Subscript
                if facts.role(site) == Role::Target && !facts.is_fresh(site, self.around) =>
            {
                traces.changes.insert(facts.source_of(facts.root(site)).to_owned());
            }
            _ => {}
        }
    }

    /// The calls that the awaits wait for are judged by themselves.
    fn is_awaited(&self, call: Site) -> bool {
        let facts = self.facts;
        let up = facts.parent(call);
        let awaited = |up: &Site| match facts.kind(*up) {
            Kind::Await => true,
            Kind::WithItem => facts.parent(*up).is_some_and(|with| self.awaits.contains(&with)),
            _ => false,
        };
        up.as_ref().is_some_and(awaited)
    }

    fn trace_call(&self, call: Site, traces: &mut Traces) {
        let facts = self.facts;
        let Some(func) = facts.child(call, Role::Func) else { return };
        match facts.value(func) {
            Value::Class(_) => {}
            Value::Function(_) => match facts.doing(call, self.around) {
                Some(done) => traces.shows |= done.prints,
                None => (traces.unknown, traces.runs_own) = (true, true),
            },
            Value::Path(path) if !path.contains("()") => match facts.tables.effects.of(&path) {
                Effect::Harmless => {}
                Effect::Prints => traces.shows = true,
                _ => traces.unknown = true,
            },
            value => {
                let Kind::Attribute { name } = facts.kind(func) else {
                    traces.unknown = true;
                    return;
                };
                traces.shows |= value.path().is_some_and(|path| facts.tables.effects.prints(path));
                let name = facts.tree(func.cell).text(*name);
                if !facts.is_fresh(func, self.around) && !facts.tables.effects.only_looks(name) {
                    traces.changes.insert(facts.source_of(facts.root(func)).to_owned());
                }
            }
        }
    }
}

impl Facts<'_> {
    /// The names that a loop or comprehension binds anew in each turn.
    pub fn loop_names(&self, around: Site) -> Vec<&str> {
        let clauses = self.children_in(around, Role::Clause).collect::<Vec<_>>();
        let holders = if clauses.is_empty() { vec![around] } else { clauses };
        let targets = holders.into_iter().flat_map(|it| self.children_in(it, Role::Target));
        targets
            .flat_map(|it| std::iter::once(it).chain(self.descendants(it)))
            .filter_map(|it| self.tree(it.cell).name(it.node))
            .collect()
    }
}
