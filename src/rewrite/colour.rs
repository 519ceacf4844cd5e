//! Async colouring: a plain function becomes `async def`, and everything that calls it awaits.

use std::collections::BTreeSet;

use super::awaiting::{await_expression, lists_for_generators};
use super::detour::{Detour, detour, take};
use super::lambda::{name_of, named_def};
use super::magic::{MagicAt, plain_python};
use super::obstacle::{Obstacle, ObstacleKind};
use super::starter::starter;
use super::takers::taker;
use super::wanted::wants_coroutine;
use crate::diagnostic::{Applicability, Fix, Message};
use crate::execution::{Run, Site, Usage, Use, Wrapping};
use crate::python::{Kind, Role};
use crate::text::{Edit, Span, TextRange};

/// The page that explains colouring.
const PAGE: &str = "async-all-the-way";

/// The sentence on a use in another module.
const ELSEWHERE: &str = "why-other-module";

/// A plan: the functions that become `async`, the calls that are awaited, and the edits.
#[derive(Debug, Clone, Default)]
pub struct Colouring {
    pub functions: Vec<Site>,
    pub calls: Vec<Site>,
    edits: Vec<Edit>,
    way: Way,
}

/// What has to be written otherwise on the way from an `await` up to what holds it.
#[derive(Debug, Clone, Default)]
struct Way {
    detours: Vec<Detour>,
    magics: Vec<MagicAt>,
    /// A callback that becomes a task: the place that hands it over.
    callback: Option<(Site, Site)>,
    /// Places in other files that would have to await, too.
    elsewhere: Vec<(Site, Use)>,
}

/// What a fix says of its own place, beside a plan.
pub struct OwnFix {
    pub title: Message,
    /// Whether the change at the place itself may be trusted.
    pub is_safe: bool,
    /// The plan's edits among them.
    pub edits: Vec<Edit>,
    pub reasons: Vec<(Span, Message)>,
    pub tradeoffs: Vec<&'static str>,
}

impl Colouring {
    /// Whether nothing but the place itself changes.
    pub fn is_direct(&self) -> bool {
        self.functions.is_empty() && self.way.detours.is_empty() && self.way.magics.is_empty()
    }

    /// How far the plan may be trusted: whether a callback's caller can do without its result is
    /// not for the notebook to tell, and other files are not for it to change.
    pub fn limit(&self) -> Applicability {
        match self.way.callback {
            None if self.way.elsewhere.is_empty() => Applicability::Safe,
            _ => Applicability::DisplayOnly,
        }
    }

    /// All edits, those of the place itself (`own`) among them.
    ///
    /// # Errors
    /// The function that is given away where the edits do not fit together.
    pub fn finish(&self, run: &Run, own: Vec<Edit>) -> Result<Vec<Edit>, Vec<Obstacle>> {
        let magics = self.way.magics.iter().filter_map(|magic| plain_python(run, *magic));
        let mut edits: Vec<Edit> = magics.flatten().collect();
        edits.extend(own);
        edits.extend(self.edits.iter().cloned());
        let callback = self.way.callback.and_then(|(site, id)| starter(run, site, id));
        edits.extend(callback.into_iter().flatten());
        let blocked =
            |detour: &Detour| Obstacle { kind: ObstacleKind::Callback, site: detour.given };
        take(run, edits, &self.way.detours)
            .ok_or_else(|| self.way.detours.iter().map(blocked).collect())
    }

    /// The fix that awaits and makes the plan's changes, with the reason of each. It is no safer
    /// than the plan allows.
    pub fn fix(&self, run: &Run, own: OwnFix) -> Fix {
        let OwnFix { title, is_safe, edits, reasons, tradeoffs } = own;
        let coloured = !self.functions.is_empty();
        let mut fix = Fix {
            title,
            pattern: if coloured { "async-all-the-way" } else { "top-level-await" },
            applicability: if is_safe { Applicability::Safe } else { Applicability::Unsafe },
            edits,
            reasons,
            tradeoffs,
        };
        self.explain(run, &mut fix);
        super::checked(run, fix).at_most(self.limit())
    }

    /// Adds the reason of each change to the fix that makes them.
    pub fn explain(&self, run: &Run, fix: &mut Fix) {
        for id in &self.functions {
            let Some(function) = run.function(*id) else { continue };
            let key = if function.name.is_empty() { "why-lambda-def" } else { "why-async-def" };
            let why = Message::new(PAGE, key).with("function", name_of(run, *id));
            fix.reasons.push((run.at(function.site), why));
        }
        for call in &self.calls {
            fix.reasons.push((run.at(*call), Message::new(PAGE, "why-await-caller")));
        }
        for detour in &self.way.detours {
            fix.reasons.push((run.at(detour.call), Message::new(PAGE, detour.why())));
        }
        if let Some((site, _)) = self.way.callback {
            fix.reasons.push((run.at(site), Message::new(PAGE, "why-starter")));
        }
        for (id, found) in &self.way.elsewhere {
            let site = run.function(*id).map(|function| run.at(function.site));
            fix.reasons.extend(site.map(|site| (site, elsewhere(found))));
        }
        for edits in self.way.magics.iter().filter_map(|magic| plain_python(run, *magic)) {
            let first = edits.first().map(|edit| (edit.span, Message::new(PAGE, "why-no-magic")));
            fix.reasons.extend(first);
        }
    }
}

/// Plans to await at `site`, with all that has to change for it further out.
///
/// # Errors
/// Every obstacle that was met.
pub fn plan_await(run: &Run, site: Site) -> Result<Colouring, Vec<Obstacle>> {
    let mut plan = Colouring::default();
    match await_context(run, site, &mut plan.way) {
        Context::Obstacle(kind) => Err(vec![Obstacle { kind, site }]),
        Context::Function(id) => coloured(run, id, plan),
        Context::Awaits => finished(run, plan),
    }
}

/// Plans to make `start` and its callers `async`.
///
/// # Errors
/// Every obstacle that was met.
pub fn colour(run: &Run, start: Site) -> Result<Colouring, Vec<Obstacle>> {
    coloured(run, start, Colouring::default())
}

fn coloured(run: &Run, start: Site, mut plan: Colouring) -> Result<Colouring, Vec<Obstacle>> {
    let mut obstacles = Vec::new();
    let mut waiting = vec![start];
    let mut seen = BTreeSet::from([start]);
    while let Some(id) = waiting.pop() {
        obstacles.extend(obstacles_to_async(run, id));
        plan.functions.push(id);
        plan.way.elsewhere.extend(uses_elsewhere(run, id));
        plan.edits.extend(named_def(run, id).or_else(|| async_keyword(run, id)));
        let own = run.calls_of(id).map(|call| call.site);
        let own: Vec<Site> = own.filter(|call| !wants_coroutine(run, *call)).collect();
        plan.calls.extend(own.iter().copied());
        let mut outer = own;
        for site in run.mentions(id) {
            if is_mapped(run, *site) {
                continue;
            }
            match detour(run, *site) {
                Some(way_round) => {
                    outer.push(way_round.call);
                    plan.way.detours.push(way_round);
                }
                None if plan.way.callback.is_none() && starter(run, *site, id).is_some() => {
                    plan.way.callback = Some((*site, id));
                }
                None => obstacles.push(Obstacle { kind: ObstacleKind::Callback, site: *site }),
            }
        }
        for site in outer {
            match await_context(run, site, &mut plan.way) {
                Context::Awaits => {}
                Context::Function(owner) => {
                    if seen.insert(owner) {
                        waiting.push(owner);
                    }
                }
                Context::Obstacle(kind) => obstacles.push(Obstacle { kind, site }),
            }
        }
    }
    // To await what never ends would take away every line below.
    let is_endless = |id: &Site| {
        let def = run.function(*id).map(|function| function.site);
        def.is_some_and(|def| run.is_endless(def))
    };
    if plan.functions.iter().any(is_endless) && !plan.calls.is_empty() {
        return Err(obstacles);
    }
    if obstacles.is_empty() { finished(run, plan) } else { Err(obstacles) }
}

/// Adds the edits of the calls.
fn finished(run: &Run, mut plan: Colouring) -> Result<Colouring, Vec<Obstacle>> {
    // Outer calls come before inner ones, so that what is inserted at one place is in order.
    plan.calls.sort_unstable();
    let way_round: Vec<Site> = plan.way.detours.iter().map(|detour| detour.call).collect();
    for site in way_round.into_iter().chain(plan.calls.clone()) {
        // A list's bracket comes before the `await` that may stand at the same place.
        let (lists, _) = lists_for_generators(run, site);
        for edit in lists {
            if !plan.edits.contains(&edit) {
                plan.edits.push(edit);
            }
        }
    }
    for call in plan.calls.clone() {
        plan.edits.extend(await_expression(run, call));
    }
    Ok(plan)
}

/// Where other files use a function that stands at the notebook's top level.
fn uses_elsewhere(run: &Run, id: Site) -> Vec<(Site, Use)> {
    let function = run.function(id);
    let top = function.filter(|function| function.outer.is_none() && function.class.is_none());
    let Some(function) = top else { return Vec::new() };
    run.modules().uses_of(&function.name).map(|found| (id, found.clone())).collect()
}

/// What is said of a place in another file.
pub(super) fn elsewhere(found: &Use) -> Message {
    let key = if found.cell.is_some() { "why-other-notebook" } else { ELSEWHERE };
    Message::new(PAGE, key)
        .with("function", &found.name)
        .with("file", &found.path)
        .with("cell", found.cell.unwrap_or_default())
        .with("line", found.line)
}

/// Whether a fix's reason tells of another file.
pub(super) fn is_of_another_file(reason: &Message) -> bool {
    reason.page == PAGE && matches!(reason.key, ELSEWHERE | "why-other-notebook")
}

enum Context {
    /// The cell itself, or an `async def`.
    Awaits,
    /// A plain function, which would have to become `async`.
    Function(Site),
    Obstacle(ObstacleKind),
}

/// Why an `await` cannot stand at `site`; `None` when it can, in the cell or in an `async def`.
/// A plain function counts as no obstacle here: it can be coloured.
pub fn obstacle_to_await(run: &Run, site: Site) -> Option<ObstacleKind> {
    let mut way = Way::default();
    match await_context(run, site, &mut way) {
        Context::Obstacle(kind) => Some(kind),
        _ if !way.detours.is_empty() => Some(ObstacleKind::Lambda),
        _ if !way.magics.is_empty() => Some(ObstacleKind::Magic),
        Context::Awaits | Context::Function(_) => None,
    }
}

/// What an `await` at `site` would suspend. What has to be written otherwise for it is added to
/// `way`.
fn await_context(run: &Run, site: Site, way: &mut Way) -> Context {
    if taker(run, site).is_some() {
        return Context::Obstacle(ObstacleKind::FunctionWanted);
    }
    let mut inner = site;
    for outer in run.ancestors(site) {
        let role = run.role(inner);
        let evaluated_outside = matches!(role, Role::Decorator | Role::Default | Role::Annotation);
        if evaluated_outside || matches!(run.kind(inner), Kind::Param { .. }) {
            return Context::Obstacle(ObstacleKind::Definition);
        }
        match run.kind(outer) {
            Kind::Lambda => {
                let named = Some(outer)
                    .filter(|it| run.is_function(*it))
                    .filter(|id| named_def(run, *id).is_some());
                if let Some(id) = named {
                    return Context::Function(id);
                }
                let Some(way_round) = detour(run, outer) else {
                    return Context::Obstacle(ObstacleKind::Lambda);
                };
                if !way.detours.contains(&way_round) {
                    way.detours.push(way_round);
                }
            }
            Kind::ClassDef { .. } => return Context::Obstacle(ObstacleKind::ClassBody),
            Kind::Escape { .. } if !without(run, MagicAt::Line(outer), way) => {
                return Context::Obstacle(ObstacleKind::Magic);
            }
            Kind::FunctionDef { is_async: true, .. } => return Context::Awaits,
            Kind::FunctionDef { .. } => {
                let id = Some(outer).filter(|it| run.is_function(*it));
                return id.map_or(Context::Awaits, Context::Function);
            }
            _ => {}
        }
        inner = outer;
    }
    let magic = run.cell_magic(site.cell);
    if magic.is_none() || without(run, MagicAt::Cell(site.cell), way) {
        Context::Awaits
    } else {
        Context::Obstacle(ObstacleKind::Magic)
    }
}

/// Puts plain Python in place of a magic, where there is such a twin.
fn without(run: &Run, magic: MagicAt, way: &mut Way) -> bool {
    let known = way.magics.contains(&magic);
    let has_twin = known || plain_python(run, magic).is_some();
    if has_twin && !known {
        way.magics.push(magic);
    }
    has_twin
}

fn obstacles_to_async(run: &Run, id: Site) -> Vec<Obstacle> {
    let Some(function) = run.function(id) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |kind, site| found.push(Obstacle { kind, site });
    if function.name.is_empty() && named_def(run, id).is_none() {
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
    if run.is_in_worker(function.site) {
        add(ObstacleKind::Thread, function.site);
    }
    for site in unclear_calls(run, id) {
        add(ObstacleKind::Callback, site);
    }
    found
}

/// Whether `gather(*map(f, items))` takes the coroutines of the function that is named at `site`.
fn is_mapped(run: &Run, site: Site) -> bool {
    let Usage::Argument(call) = run.usage(site) else { return false };
    let func = run.child(call, Role::Func).map(|func| run.meaning(func));
    func.is_some_and(|func| func.path() == Some("builtins.map")) && wants_coroutine(run, call)
}

/// Calls of a method of this name on something that is not known: it may be this one.
fn unclear_calls(run: &Run, id: Site) -> Vec<Site> {
    let method = run.function(id).filter(|function| function.class.is_some());
    method.map_or(Vec::new(), |method| run.unknown_method_calls(&method.name).to_vec())
}

/// Inserts `async ` before the function's `def`.
fn async_keyword(run: &Run, id: Site) -> Option<Edit> {
    let function = run.function(id)?;
    let Kind::FunctionDef { name, .. } = run.kind(function.site) else { return None };
    let cell = function.site.cell;
    let start = run.range(function.site).start;
    let head = TextRange::new(start, name.start).slice(run.tree(cell).source());
    let def = head.rfind("def")?;
    Some(Edit::insert(run.position(cell), start + def, "async "))
}
