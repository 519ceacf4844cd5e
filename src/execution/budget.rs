//! How many steps the questions about a notebook may take. Code in which everything hangs together
//! could ask for as many steps as there are pairs of places; what is not known by then stays unknown.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::reading::Run;

/// Steps for each node of the syntax: several times what code that people write takes.
const FOR_EACH_NODE: u64 = 300;

/// Steps that every notebook has.
const AT_LEAST: u64 = 2_000_000;

/// How many times over one notebook may use up what one question has.
const QUESTIONS: u64 = 4;

/// How often the cells may be read again to see whether fixes hold, all in all.
const READINGS: usize = 40;

/// Bytes that may be read again whatever there is.
const SMALL: usize = 1 << 20;

/// How often a notebook may be run to see what repairs lead to, and the nodes of all these runs.
const MOST_DRAFTS: usize = 200;
const DRAFTED_NODES: usize = 1 << 19;

/// Steps between two looks at whether the answer is still wanted.
const LOOK: u64 = 4096;

/// A wish to stop that another thread may have, shared by all copies.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Makes the work that looks at this end soon, without an answer that counts.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the answer is not wanted any more.
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stop that is set or not says nothing about what is known.
impl PartialEq for Stop {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Stop {}

/// How much there is to ask about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub nodes: usize,
    pub bytes: usize,
}

/// What questions may take and what they took.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Steps since the questions began.
    taken: Cell<u64>,
    /// Where the present question ends.
    end: Cell<u64>,
    /// What one question has.
    each: u64,
    /// What all of them have.
    all: u64,
    stop: Stop,
    /// Whether something that others ask for was too much to be joined.
    unfinished: Cell<bool>,
    /// Bytes that may still be read again to see whether fixes hold.
    readable: Cell<usize>,
    /// How often the notebook may still be run to see what a repair leads to.
    drafts: Cell<usize>,
}

impl Budget {
    /// No limit, for work whose answers have to be whole.
    pub(super) fn without_limit(size: Size) -> Self {
        let most = u64::MAX;
        Self { end: Cell::new(most), each: most, all: most, ..Self::for_repairs(size) }
    }

    /// What repairs may take, whatever questions may.
    fn for_repairs(Size { nodes, bytes }: Size) -> Self {
        let readable = bytes.saturating_mul(READINGS).saturating_add(SMALL);
        let drafts = MOST_DRAFTS.min(DRAFTED_NODES / nodes.max(1));
        Self { readable: Cell::new(readable), drafts: Cell::new(drafts), ..Self::default() }
    }

    /// A budget for so much code, begun.
    pub(super) fn of(size: Size, stop: Stop) -> Self {
        let nodes = u64::try_from(size.nodes).unwrap_or(u64::MAX);
        let each = nodes.saturating_mul(FOR_EACH_NODE).saturating_add(AT_LEAST);
        let all = each.saturating_mul(QUESTIONS);
        Self { end: Cell::new(each), each, all, stop, ..Self::for_repairs(size) }
    }

    /// Takes steps.
    pub(super) fn step(&self, count: usize) {
        let before = self.taken.get();
        let taken = before.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        self.taken.set(taken);
        if before / LOOK != taken / LOOK && self.stop.is_wanted() {
            self.end.set(0);
        }
    }

    /// Whether there is nothing left for the present question.
    pub(super) fn is_spent(&self) -> bool {
        self.taken.get() > self.end.get()
    }

    /// Begins another question.
    pub(super) fn renew(&self) {
        let taken = self.taken.get();
        let end = taken.saturating_add(self.each).min(self.all.max(taken));
        self.end.set(if self.stop.is_wanted() { 0 } else { end });
    }

    /// Lets what follows take as many steps as it needs.
    pub(super) fn lift(&self) {
        self.end.set(if self.stop.is_wanted() { 0 } else { u64::MAX });
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.get()
    }

    /// Does what several questions need with steps of its own: whoever is the first to ask for it
    /// does not pay for the others, and not even a question without a limit makes it endless.
    pub(super) fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let (before, end) = (self.taken.get(), self.end.get());
        self.renew();
        let made = work();
        if self.is_spent() {
            self.unfinished.set(true);
        }
        let took = self.taken.get() - before;
        self.end.set(if self.stop.is_wanted() { 0 } else { end.saturating_add(took) });
        made
    }
}

impl Run<'_> {
    /// Begins a question of its own. `false` where the notebook was too much to be looked at.
    pub fn ask(&self) -> bool {
        self.budget().renew();
        !self.is_unfinished() && !self.budget().is_spent()
    }

    /// Ends the limit: what is asked from here on is answered in full.
    pub fn ask_freely(&self) {
        self.budget().lift();
    }

    /// Whether the present question took more steps than it may: its answer does not count.
    pub fn is_spent(&self) -> bool {
        self.budget().is_spent()
    }

    /// Whether the notebook was too much to be joined, as far as somebody asked: what is said of it
    /// does not count.
    pub fn is_unfinished(&self) -> bool {
        self.budget().unfinished.get()
    }

    /// Steps that all questions took so far.
    pub fn steps(&self) -> u64 {
        self.budget().taken()
    }

    /// Whether so many bytes may be read again to see whether a fix holds. What is read for all
    /// fixes together is no more than a few times what there is.
    pub fn may_read(&self, bytes: usize) -> bool {
        let left = self.budget().readable.get().checked_sub(bytes);
        left.map(|left| self.budget().readable.set(left)).is_some()
    }

    /// Whether there are runs left to see what repairs lead to.
    pub fn has_drafts(&self) -> bool {
        self.budget().drafts.get() > 0
    }

    /// Whether the notebook may be run once more to see what a repair leads to; counts it.
    pub fn may_draft(&self) -> bool {
        let left = self.budget().drafts.get();
        self.budget().drafts.set(left.saturating_sub(1));
        left > 0
    }

    /// Counts runs that are known to show what others have shown.
    pub fn count_drafts(&self, count: usize) {
        let left = self.budget().drafts.get();
        self.budget().drafts.set(left.saturating_sub(count));
    }

    /// The same places, each of them a step; they end where there are no steps left.
    pub(super) fn counted<T>(&self, places: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        places.take_while(|_| {
            self.budget().step(1);
            !self.budget().is_spent()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_its_own_steps_until_all_are_taken() {
        let budget = Budget::of(Size::default(), Stop::default());
        let most = usize::try_from(AT_LEAST).unwrap();
        for _ in 0..QUESTIONS {
            assert!(!budget.is_spent());
            budget.step(most);
            assert!(!budget.is_spent());
            budget.renew();
        }
        budget.step(1);
        assert!(budget.is_spent());
    }

    #[test]
    fn what_is_done_aside_takes_nothing_of_the_question_and_has_an_end() {
        let budget = Budget::of(Size::default(), Stop::default());
        let most = usize::try_from(AT_LEAST).unwrap();
        budget.aside(|| budget.step(most));
        assert!(!budget.is_spent() && !budget.unfinished.get());
        budget.step(most);
        assert!(!budget.is_spent());
        budget.lift();
        budget.aside(|| {
            budget.step(most + 1);
            assert!(budget.is_spent());
        });
        assert!(!budget.is_spent() && budget.unfinished.get());
    }

    #[test]
    fn a_stop_ends_the_question_and_all_that_follow() {
        let stop = Stop::default();
        let budget = Budget::of(Size { nodes: 1000, bytes: 0 }, stop.clone());
        budget.step(1);
        stop.now();
        budget.step(usize::try_from(LOOK).unwrap());
        assert!(budget.is_spent());
        budget.renew();
        assert!(budget.is_spent());
    }
}
