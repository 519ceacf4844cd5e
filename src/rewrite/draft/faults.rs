//! What a run shows to be wrong, counted by kind.

use std::collections::BTreeMap;

use crate::execution::{CellKey, Event, EventKind, Run, Thread};

/// Faults by their kind.
pub(super) type Faults = BTreeMap<&'static str, usize>;

/// How many faults of each kind a run shows.
pub(super) fn faults(run: &Run) -> Faults {
    counted(run, |_, kind| kind)
}

/// The same, cell by cell.
pub(super) fn by_cell(run: &Run) -> BTreeMap<(CellKey, &'static str), usize> {
    counted(run, |event, kind| (event.site.cell, kind))
}

fn counted<K: Ord>(run: &Run, key: impl Fn(&Event, &'static str) -> K) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    for event in run.events() {
        if let Some(kind) = fault(event) {
            *counts.entry(key(event, kind)).or_default() += 1;
        }
    }
    counts
}

fn fault(event: &Event) -> Option<&'static str> {
    Some(match event.kind {
        EventKind::LoopRefused { .. } => "loop refused",
        EventKind::AwaitRefused { .. } => "await refused",
        EventKind::AsyncForRefused { .. } => "async for refused",
        EventKind::PlainWalkRefused { .. } => "plain walk refused",
        EventKind::AsyncWithRefused { .. } => "async with refused",
        EventKind::CoroutineLost { .. } => "lost",
        EventKind::GeneratorLost { .. } => "generator lost",
        EventKind::AwaitedTwice { .. } => "awaited twice",
        EventKind::WrongKind { .. } => "wrong kind",
        EventKind::UsedTooEarly { .. } => "used too early",
        EventKind::NoRunningLoop { .. } => "no loop",
        EventKind::NeverStarts { .. } => "never starts",
        EventKind::Deadlocked { .. } => "deadlocked",
        EventKind::BusyWait { .. } => "busy wait",
        EventKind::LockedByItself { .. } => "locked by itself",
        EventKind::KeywordRefused { .. } => "keyword refused",
        EventKind::Blocked { .. } if is_felt(event) => "blocked",
        EventKind::Computed { .. } if is_felt(event) => "computed",
        EventKind::CoroutineCached { .. } => "cached",
        EventKind::SharedBetweenLoops { .. } => "shared",
        EventKind::HandlerMisses { .. } => "handler misses",
        EventKind::Unhashable => "unhashable",
        EventKind::UsedAfterBlock { .. } => "used after its block",
        _ => return None,
    })
}

/// Whether what holds a thread holds the loop's.
fn is_felt(event: &Event) -> bool {
    event.context.on_loop && !matches!(event.context.thread, Thread::Worker | Thread::Process)
}

/// How many faults there are.
pub(super) fn sum<K>(all: &BTreeMap<K, usize>) -> usize {
    all.values().sum()
}

/// Whether there are nowhere more faults of any kind.
pub(super) fn is_no_worse<K: Ord>(before: &BTreeMap<K, usize>, after: &BTreeMap<K, usize>) -> bool {
    after.iter().all(|(key, count)| before.get(key).is_some_and(|known| count <= known))
}
