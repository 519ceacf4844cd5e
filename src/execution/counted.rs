//! Waits that can be counted: more items taken than were put, more turns of a semaphore than it has,
//! fewer parties than a barrier wants.
//!
//! Source: a kernel (ipykernel 7.4, Python 3.11), where each of them holds the cell for ever.

use super::endless::Endless;
use super::reading::Run;
use super::value::{Site, Value};
use super::waited::Waited;
use crate::python::{Kind, Role};

/// Whether the call at `call` of a method of `object` waits for what nobody brings any more.
pub(super) fn overdrawn(run: &Run, waited: &Waited, object: Site, call: Site) -> Option<Endless> {
    let given = run.trace.given(object);
    let [value] = given.as_slice() else { return None };
    let made = *waited.made.get(value)?;
    if waited.handed.contains(value) || !is_plain(run, made) || !is_plain(run, call) {
        return None;
    }
    let path = run.path_of_call(made)?;
    let has = match path.strip_prefix("asyncio.")? {
        "Queue" | "PriorityQueue" | "LifoQueue" => {
            let brought = waited.brought.get(value).map_or(&[][..], Vec::as_slice);
            brought.iter().all(|it| is_plain(run, *it)).then_some(())?;
            let before = brought.iter().filter(|it| run.statement(**it) < run.statement(call));
            before.count()
        }
        "Semaphore" | "BoundedSemaphore" if !waited.brought.contains_key(value) => {
            number(run, made, "value", 1)?
        }
        "Barrier" => return alone(run, waited, (*value, call), number(run, made, "parties", 0)?),
        _ => return None,
    };
    let method = if path.ends_with("Semaphore") { "acquire" } else { "get" };
    let taken = waited.asked(*value, method).filter(|it| is_plain(run, *it));
    let before = taken.filter(|it| run.statement(*it) < run.statement(call)).count();
    let later = waited.brought.get(value).is_some_and(|it| it.len() > has);
    (before >= has).then_some(if later { Endless::Later } else { Endless::Waits })
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
    (all.iter().all(|it| is_plain(run, *it)) && beside < parties).then_some(Endless::Waits)
}

/// The number that an object is made with.
fn number(run: &Run, made: Site, name: &str, otherwise: usize) -> Option<usize> {
    match run.argument(made, 0, name) {
        Some(number) => run.source_of(number).parse().ok(),
        None => (run.child(made, Role::Arg).is_none()).then_some(otherwise),
    }
}

/// Whether a place is come to once: it stands at a cell's top, in no loop, condition or `try`.
fn is_plain(run: &Run, site: Site) -> bool {
    run.owner(site).is_none()
        && run.ancestors(site).all(|up| {
            !matches!(
                run.kind(up),
                Kind::If
                    | Kind::IfExp
                    | Kind::BoolOp
                    | Kind::While
                    | Kind::For { .. }
                    | Kind::Try
                    | Kind::Match
                    | Kind::Lambda
                    | Kind::ClassDef { .. }
                    | Kind::Comprehension { .. }
            )
        })
}
