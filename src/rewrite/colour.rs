//! Async colouring: a plain function becomes `async def`, and everything that calls it awaits.

use std::collections::BTreeSet;

use super::awaiting::{await_expression, lists_for_generators};
use super::lambda::{name_of, named_def};
use super::obstacle::{Obstacle, ObstacleKind};
use super::wanted::wants_coroutine;
use crate::diagnostic::{Fix, Message};
use crate::facts::{Facts, FnId, Site, Wrapping};
use crate::python::{Kind, Role};
use crate::text::{CellIndex, Edit, TextRange};

/// The page that explains colouring.
const PAGE: &str = "async-all-the-way";

/// A plan: the functions that become `async`, the calls that are awaited, and the edits.
#[derive(Debug, Clone, Default)]
pub struct Colouring {
    pub functions: Vec<FnId>,
    pub calls: Vec<Site>,
    pub edits: Vec<Edit>,
    /// Whether a generator expression that was read lazily becomes a list.
    pub laziness_lost: bool,
}

impl Colouring {
    /// Adds the reason of each change to the fix that makes them.
    pub fn explain(&self, facts: &Facts, fix: &mut Fix) {
        for id in &self.functions {
            let Some(function) = facts.function(*id) else { continue };
            let key = if function.name.is_empty() { "why-lambda-def" } else { "why-async-def" };
            let why = Message::new(PAGE, key).with("function", name_of(facts, *id));
            fix.reasons.push((facts.span(function.site), why));
        }
        for call in &self.calls {
            fix.reasons.push((facts.span(*call), Message::new(PAGE, "why-await-caller")));
        }
    }
}

/// Plans to make `start` and its callers `async`.
///
/// # Errors
/// Every obstacle that was met.
pub fn colour(facts: &Facts, start: FnId) -> Result<Colouring, Vec<Obstacle>> {
    let mut plan = Colouring::default();
    let mut obstacles = Vec::new();
    let mut waiting = vec![start];
    let mut seen = BTreeSet::from([start]);
    while let Some(id) = waiting.pop() {
        obstacles.extend(obstacles_to_async(facts, id));
        plan.functions.push(id);
        plan.edits.extend(named_def(facts, id).or_else(|| async_keyword(facts, id)));
        let own: Vec<Site> = facts.calls_of(id).map(|call| call.site).collect();
        for call in own {
            if wants_coroutine(facts, call) {
                continue;
            }
            match await_context(facts, call) {
                Context::Awaits => {}
                Context::Function(owner) => {
                    if seen.insert(owner) {
                        waiting.push(owner);
                    }
                }
                Context::Obstacle(kind) => obstacles.push(Obstacle { kind, site: call }),
            }
            plan.calls.push(call);
        }
    }
    if !obstacles.is_empty() {
        return Err(obstacles);
    }
    // Outer calls come before inner ones, so that what is inserted at one place is in order.
    plan.calls.sort_unstable();
    for call in &plan.calls {
        // A list's bracket comes before the `await` that may stand at the same place.
        let (lists, read_to_end) = lists_for_generators(facts, *call);
        plan.laziness_lost |= !read_to_end;
        for edit in lists {
            if !plan.edits.contains(&edit) {
                plan.edits.push(edit);
            }
        }
        plan.edits.extend(await_expression(facts, *call));
    }
    Ok(plan)
}

enum Context {
    /// The cell itself, or an `async def`.
    Awaits,
    /// A plain function, which would have to become `async`.
    Function(FnId),
    Obstacle(ObstacleKind),
}

/// Why an `await` cannot stand at `site`; `None` when it can, in the cell or in an `async def`.
/// A plain function counts as no obstacle here: it can be coloured.
pub fn obstacle_to_await(facts: &Facts, site: Site) -> Option<ObstacleKind> {
    match await_context(facts, site) {
        Context::Obstacle(kind) => Some(kind),
        Context::Awaits | Context::Function(_) => None,
    }
}

fn await_context(facts: &Facts, site: Site) -> Context {
    let mut inner = site;
    for outer in facts.ancestors(site) {
        let role = facts.role(inner);
        let evaluated_outside = matches!(role, Role::Decorator | Role::Default | Role::Annotation);
        if evaluated_outside || matches!(facts.kind(inner), Kind::Param { .. }) {
            return Context::Obstacle(ObstacleKind::Definition);
        }
        match facts.kind(outer) {
            Kind::Lambda => {
                let id = facts.function_at(outer).filter(|id| named_def(facts, *id).is_some());
                return id.map_or(Context::Obstacle(ObstacleKind::Lambda), Context::Function);
            }
            Kind::ClassDef { .. } => return Context::Obstacle(ObstacleKind::ClassBody),
            Kind::Escape { .. } => return Context::Obstacle(ObstacleKind::Magic),
            Kind::FunctionDef { is_async: true, .. } => return Context::Awaits,
            Kind::FunctionDef { .. } => {
                let id = facts.function_at(outer);
                return id.map_or(Context::Awaits, Context::Function);
            }
            _ => {}
        }
        inner = outer;
    }
    let magic = facts.cell(site.cell).and_then(|cell| cell.magic());
    if magic.is_some() { Context::Obstacle(ObstacleKind::Magic) } else { Context::Awaits }
}

fn obstacles_to_async(facts: &Facts, id: FnId) -> Vec<Obstacle> {
    let Some(function) = facts.function(id) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |kind, site| found.push(Obstacle { kind, site });
    if function.name.is_empty() && named_def(facts, id).is_none() {
        add(ObstacleKind::Lambda, function.site);
    }
    if function.is_generator {
        add(ObstacleKind::Generator, function.site);
    }
    match function.wrapping {
        Wrapping::Transparent => {}
        Wrapping::Property => add(ObstacleKind::Property, function.site),
        Wrapping::Unknown => add(ObstacleKind::Decorator, function.site),
    }
    let special = function.name.starts_with("__") && function.name.ends_with("__");
    if special {
        add(ObstacleKind::SpecialMethod, function.site);
    }
    if facts.reach.get(id.0).is_some_and(|reach| reach.worker) {
        add(ObstacleKind::Thread, function.site);
    }
    for site in facts.mentions(id).iter().copied().chain(unclear_calls(facts, id)) {
        add(ObstacleKind::Callback, site);
    }
    found
}

/// Calls of a method of this name on something that is not known: it may be this one.
fn unclear_calls(facts: &Facts, id: FnId) -> Vec<Site> {
    let method = facts.function(id).filter(|function| function.class.is_some());
    method.map_or(Vec::new(), |method| facts.unknown_method_calls(&method.name).to_vec())
}

/// Inserts `async ` before the function's `def`.
fn async_keyword(facts: &Facts, id: FnId) -> Option<Edit> {
    let function = facts.function(id)?;
    let Kind::FunctionDef { name, .. } = facts.kind(function.site) else { return None };
    let cell: CellIndex = function.site.cell;
    let start = facts.range(function.site).start;
    let head = TextRange::new(start, name.start).slice(facts.tree(cell).source());
    let def = head.rfind("def")?;
    Some(Edit::insert(cell, start + def, "async "))
}
