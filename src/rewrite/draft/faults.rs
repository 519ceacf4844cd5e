//! What a run shows to be wrong, counted by kind.

use std::collections::BTreeMap;

use crate::execution::{CellKey, Event, EventKind, Run, Thread};

/// How many faults of each kind a run shows.
pub(super) fn faults(run: &Run) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for kind in run.events().iter().filter_map(fault) {
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    counts
}

/// The same, cell by cell.
pub(super) fn by_cell(run: &Run) -> BTreeMap<(CellKey, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for event in run.events() {
        if let Some(kind) = fault(event) {
            *counts.entry((event.site.cell, kind)).or_default() += 1;
        }
    }
    counts
}

/// How many faults there are in all cells.
pub(super) fn sum_of<K>(counts: &BTreeMap<K, usize>) -> usize {
    counts.values().sum()
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
pub(super) fn sum(all: &[(&str, usize)]) -> usize {
    all.iter().map(|(_, count)| count).sum()
}

/// Whether there are no more faults of any kind.
pub(super) fn is_no_worse(before: &[(&str, usize)], after: &[(&str, usize)]) -> bool {
    let of = |kind: &str| before.iter().find(|(known, _)| *known == kind).map_or(0, |(_, n)| *n);
    after.iter().all(|(kind, count)| *count <= of(kind))
}
