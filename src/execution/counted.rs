//! Waits that can be counted: more items taken than were put, or put than there is room for, more turns
//! of a semaphore than it has, fewer parties than a barrier wants.
//!
//! Source: a kernel (ipykernel 7.4, Python 3.11), where each of them holds the cell for ever.

use super::endless::Endless;
use super::reading::Run;
use super::value::{Site, Value};
use super::waited::Waited;
use crate::python::{Kind, Role};

/// Whether the call at `call` of a method of `object` waits for what nobody brings any more.
pub(super) fn overdrawn(run: &Run, waited: &Waited, object: Site, call: Site) -> Option<Endless> {
    let (value, made) = known(run, waited, object)?;
    let own = times(run, call)?;
    let path = run.path_of_call(made)?;
    let brought = waited.brought.get(&value).map_or(&[][..], Vec::as_slice);
    let (method, has, later) = match path.strip_prefix("asyncio.")? {
        "Queue" | "PriorityQueue" | "LifoQueue" => {
            let (before, later) = counted(run, brought.iter().copied(), (call, true))?;
            ("get", before, later)
        }
        "Semaphore" | "BoundedSemaphore" if brought.is_empty() => {
            ("acquire", number(run, made, "value", 1)?, false)
        }
        "Barrier" => return alone(run, waited, (value, call), number(run, made, "parties", 0)?),
        _ => return None,
    };
    let (taken, _) = counted(run, waited.asked(value, method), (call, false))?;
    (taken + own > has).then_some(if later { Endless::Later } else { Endless::Waits })
}

/// Whether the call at `call` puts more into a queue than it has room for, before anything is taken.
pub(super) fn overfilled(run: &Run, waited: &Waited, queue: Site, call: Site) -> Option<Endless> {
    let (value, made) = known(run, waited, queue)?;
    let room = number(run, made, "maxsize", 0).filter(|it| *it > 0)?;
    let own = times(run, call)?;
    let brought = waited.brought.get(&value).map_or(&[][..], Vec::as_slice);
    let (put, _) = counted(run, brought.iter().copied(), (call, false))?;
    let takes = waited.asked(value, "get").chain(waited.asked(value, "get_nowait"));
    let (taken, _) = counted(run, takes, (call, true))?;
    (put + own > room + taken).then_some(Endless::Full)
}

/// The object that an expression surely gives and where it is made, where nobody else has it.
fn known(run: &Run, waited: &Waited, object: Site) -> Option<(Value, Site)> {
    let given = run.trace.given(object);
    let [value] = given.as_slice() else { return None };
    let made = *waited.made.get(value)?;
    let is_own = !waited.handed.contains(value) && times(run, made) == Some(1);
    is_own.then_some((*value, made))
}

/// How often these places were come to before the call, and whether some are further down; those of the
/// call's own statement may be gathered with it and count, or not, as `beside` says. `None` where that
/// cannot be told.
fn counted(
    run: &Run,
    sites: impl Iterator<Item = Site>,
    (call, beside): (Site, bool),
) -> Option<(usize, bool)> {
    let turns = |site: Site| {
        run.ancestors(site).filter(|up| matches!(run.kind(*up), Kind::For { .. })).last()
    };
    let (mut before, mut later) = (0_usize, false);
    for site in sites {
        let order = run.statement(site).cmp(&run.statement(call));
        if order.is_eq() && !beside {
            continue;
        }
        // What takes turns with the call is not counted.
        if turns(call).is_some_and(|around| turns(site) == Some(around)) {
            return None;
        }
        let times = times(run, site)?;
        match order.is_gt() {
            true => later = true,
            false => before = before.saturating_add(times),
        }
    }
    Some((before, later))
}

/// Whether it is that method of a queue.
pub(super) fn is_queue(path: &str, method: &str) -> bool {
    let queue = path.strip_suffix(method).and_then(|it| it.strip_suffix("()."));
    matches!(queue, Some("asyncio.Queue" | "asyncio.PriorityQueue" | "asyncio.LifoQueue"))
}

/// A barrier for which too few wait beside this call: those of its statement, and tasks. What stands in
/// another statement and is awaited there waits before or after it.
fn alone(
    run: &Run,
    waited: &Waited,
    (value, call): (Value, Site),
    parties: usize,
) -> Option<Endless> {
    let statement = run.statement(call);
    let all: Vec<Site> = waited.asked(value, "wait").collect();
    let holds = |site: Site| run.parent(site).is_some_and(|up| matches!(run.kind(up), Kind::Await));
    let is_beside = |it: &&Site| run.statement(**it) == statement || !holds(**it) || !holds(call);
    let beside = all.iter().filter(is_beside).count();
    (all.iter().all(|it| times(run, *it) == Some(1)) && beside < parties).then_some(Endless::Waits)
}

/// The number that an object is made with.
fn number(run: &Run, made: Site, name: &str, otherwise: usize) -> Option<usize> {
    match run.argument(made, 0, name) {
        Some(number) => run.source_of(number).parse().ok(),
        None => (run.child(made, Role::Arg).is_none()).then_some(otherwise),
    }
}

/// How often a place at a cell's top is come to, in no condition or `try`; `None` where that cannot be
/// told.
fn times(run: &Run, site: Site) -> Option<usize> {
    if run.owner(site).is_some() {
        return None;
    }
    let mut inner = site;
    run.ancestors(site).try_fold(1_usize, |times, up| {
        let role = run.role(std::mem::replace(&mut inner, up));
        match run.kind(up) {
            Kind::For { .. } if role == Role::Body => Some(times.saturating_mul(run.turns(up)?)),
            Kind::For { .. } if role == Role::Iter => Some(times),
            Kind::For { .. }
            | Kind::If
            | Kind::IfExp
            | Kind::BoolOp
            | Kind::While
            | Kind::Try
            | Kind::Match
            | Kind::Lambda
            | Kind::ClassDef { .. }
            | Kind::Comprehension { .. } => None,
            _ => Some(times),
        }
    })
}

impl Run<'_> {
    /// The turns that a `for` surely takes, where its text says so: over `range(3)` or a list.
    pub fn turns(&self, of: Site) -> Option<usize> {
        let source = self.child(of, Role::Iter).filter(|_| !self.has_way_out(of))?;
        match self.kind(source) {
            Kind::List | Kind::Tuple { .. } => {
                let mut elements = self.children_in(source, Role::Element);
                let is_spread = elements.any(|it| matches!(self.kind(it), Kind::Starred));
                (!is_spread).then(|| self.children_in(source, Role::Element).count())
            }
            Kind::Call if self.path_of_call(source).as_deref() == Some("builtins.range") => {
                let ends = self.children_in(source, Role::Arg);
                let ends: Option<Vec<usize>> =
                    ends.map(|it| self.source_of(it).parse().ok()).collect();
                match ends?.as_slice() {
                    [end] => Some(*end),
                    [begin, end] => Some(end.saturating_sub(*begin)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
