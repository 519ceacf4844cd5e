//! Locks that hold their thread: who has one across an `await` keeps out every other task of the same
//! thread, which stops where it asks for the lock, and with it the loop that would go on with the first.

use hashbrown::HashMap;

use super::event::EventKind;
use super::machine::Machine;
use super::value::{Foreign, Loop, Object, ObjectId, Site, Value};
use crate::knowledge::callables::Segment;
use crate::knowledge::callables::Where;
use crate::knowledge::tables::BlockingKind;
use crate::python::Role;

/// Who holds what.
#[derive(Debug, Clone, Default)]
pub(super) struct Locks {
    /// The task whose code runs, or the cell's own.
    pub here: Holder,
    /// What a task held when it first let others run: since which of the starter's waits, and where.
    left: HashMap<ObjectId, (usize, Site)>,
    /// How often the code that starts tasks waited.
    waits: usize,
}

/// A task, or a cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Holder {
    /// Its locks, and the `await` behind which each was held first.
    held: Vec<(ObjectId, Option<Site>)>,
    /// The loop's locks that it has, where it took them, and on which loop.
    own: Vec<(ObjectId, Site, Loop)>,
    /// Whether it let others run since it began.
    has_waited: bool,
}

impl Machine<'_> {
    /// Whether an object is a lock that its own thread cannot take twice.
    fn is_thread_lock(&mut self, foreign: &Foreign) -> bool {
        let Some(acquire) = self.names.find("acquire") else { return false };
        let acquire = self.names.step(foreign.path, Segment::Attribute(acquire));
        let entry = self.input.tables.callables.get(&self.names, acquire);
        entry.and_then(|it| it.blocking.as_ref()).is_some_and(|it| it.kind == BlockingKind::Wait)
    }

    /// A lock is taken, however long that takes. It takes for ever where this task has it, or one that
    /// was started together with it and let it run first.
    ///
    /// Source: <https://docs.python.org/3/library/threading.html#lock-objects>; kernels stood still.
    pub fn take_lock(&mut self, lock: Value, foreign: &Foreign, site: Site) {
        let Value::Object(id) = lock else { return };
        if self.doubt > 0 || !self.is_thread_lock(foreign) {
            return;
        }
        let locks = &self.blocks.locks;
        let own = locks.here.held.iter().find(|(held, _)| *held == id).and_then(|(_, at)| *at);
        let is_first = self.scheduled == 1 && !locks.here.has_waited;
        let others = locks.left.get(&id).filter(|(waits, _)| *waits == locks.waits && is_first);
        let across = own.or(others.map(|(_, at)| *at));
        if let Some(across) = across
            && self.is_on_kernel()
            && self.context.running == Loop::Kernel
        {
            self.emit(site, EventKind::LockedOut { across });
        }
        self.blocks.locks.here.held.push((id, None));
    }

    /// A lock of the loop's is taken, by `async with` or by an awaited `acquire()`. It takes for ever
    /// where this very task has it.
    ///
    /// Source: <https://docs.python.org/3/library/asyncio-sync.html#asyncio.Lock>; kernels stood still.
    pub fn take_own_lock(&mut self, lock: Value, foreign: &Foreign, site: Site) {
        let Value::Object(id) = lock else { return };
        let is_one = ["asyncio.Lock()", "asyncio.Condition()"]
            .iter()
            .any(|it| self.names.find_path(it) == Some(foreign.path));
        // A limit ends the wait, and who left early may have seen that it is taken.
        let may_leave = self.limits > 0 || self.calls.iter().any(|call| !call.exits.is_empty());
        if self.doubt > 0 || foreign.many || !is_one || may_leave {
            return;
        }
        // Another loop refuses the lock of this one.
        let here = self.context.running;
        let own = &mut self.blocks.locks.here.own;
        let is_it = |it: &&(ObjectId, Site, Loop)| it.0 == id && it.2 == here;
        let first = own.iter().find(is_it).map(|(_, at, _)| *at);
        own.push((id, site, here));
        if let Some(first) = first {
            self.emit(site, EventKind::LockedByItself { first });
        }
    }

    /// It is let go.
    pub fn release_lock(&mut self, lock: Value) {
        let Value::Object(id) = lock else { return };
        let Holder { held, own, .. } = &mut self.blocks.locks.here;
        if let Some(at) = held.iter().rposition(|(held, _)| *held == id) {
            held.remove(at);
        }
        if let Some(at) = own.iter().rposition(|(held, ..)| *held == id) {
            own.remove(at);
        }
    }

    /// `lock.acquire()`, which waits for as long as it takes, and `lock.release()`.
    pub(super) fn note_lock(&mut self, lock: Value, method: &str, site: Site) {
        let Some(Object::Foreign(foreign)) = self.object(lock).cloned() else { return };
        match method {
            "acquire" if self.is_called_bare(site) => self.take_lock(lock, &foreign, site),
            // Who asks may go another way.
            "release" | "locked" => self.release_lock(lock),
            _ => {}
        }
    }

    fn is_called_bare(&self, call: Site) -> bool {
        self.index(call.cell).is_some_and(|index| {
            let tree = &index.syntax.tree;
            let has = |role| tree.child(call.node, role).is_some();
            !has(Role::Arg) && !has(Role::Keyword)
        })
    }

    /// An `await` while locks are held.
    pub(super) fn hold_across(&mut self, awaited: Value, site: Site) {
        if self.blocks.locks.here.held.is_empty() || self.doubt > 0 {
            return;
        }
        let lets_others_run = self.lets_others_run(awaited) && self.scheduled == 1;
        let locks = &mut self.blocks.locks;
        for (id, across) in &mut locks.here.held {
            across.get_or_insert(site);
            if lets_others_run && !locks.here.has_waited {
                locks.left.insert(*id, (locks.waits, site));
            }
        }
    }

    /// Whether awaiting it surely gives the loop a turn: `asyncio.sleep()`, what runs in a thread.
    fn lets_others_run(&self, awaited: Value) -> bool {
        let Some(Object::Coroutine(coroutine)) = self.object(awaited) else { return false };
        let Value::Path(path) = coroutine.function else { return false };
        let entry = self.input.tables.callables.get(&self.names, path);
        let row = entry.and_then(|it| it.row.as_ref());
        path == self.words.sleep
            || row.is_some_and(|it| it.takes.iter().any(|take| take.place == Where::Thread))
    }

    /// The loop had a turn.
    pub(super) fn note_turn(&mut self) {
        let locks = &mut self.blocks.locks;
        locks.here.has_waited = true;
        locks.waits += usize::from(self.scheduled == 0);
    }
}
