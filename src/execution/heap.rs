//! What the names and objects of a run hold, and how two ways that a program may go are joined.
//!
//! Every change is written down, so that a branch can be run, taken back, and joined with the
//! other one at a cost of what both changed.

use std::sync::Arc;

use hashbrown::HashMap;

use super::value::{CellKey, Object, ObjectId, Plain, Site, Slot, UnionId, Value};

/// More alternatives than this are no longer told apart.
const MOST_ALTERNATIVES: usize = 8;

/// Objects and slots of one cell's run.
#[derive(Debug, Clone, Default)]
struct Arena {
    objects: Vec<Object>,
    slots: Vec<Value>,
}

/// All objects and what they hold. A copy shares what neither of both changes.
#[derive(Debug, Clone, Default)]
pub struct Heap {
    arenas: Vec<Arc<Arena>>,
    current: u32,
    /// What slots held before, since the outermost branch began.
    trail: Vec<(Slot, Value)>,
    branches: u32,
    unions: Vec<Box<[Value]>>,
    union_ids: HashMap<Box<[Value]>, UnionId>,
}

/// What one way of a branch leaves in the slots that it changed.
#[derive(Debug, Clone, Default)]
pub struct Changes(Vec<(Slot, Value)>);

impl Heap {
    /// New objects belong to the run of `cell` from here on.
    pub fn enter(&mut self, cell: CellKey) {
        self.current = cell.0;
        let needed = cell.0 as usize + 1;
        if self.arenas.len() < needed {
            self.arenas.resize_with(needed, Arc::default);
        }
    }

    fn arena(&mut self) -> Option<&mut Arena> {
        self.arenas.get_mut(self.current as usize).map(Arc::make_mut)
    }

    /// A new object.
    pub fn add(&mut self, object: Object) -> ObjectId {
        let cell = CellKey(self.current);
        let index = self.arena().map_or(0, |arena| {
            arena.objects.push(object);
            arena.objects.len() as u32 - 1
        });
        ObjectId { cell, index }
    }

    /// A new slot.
    pub fn slot(&mut self, value: Value) -> Slot {
        self.slots(1, value)
    }

    /// The first of `count` new slots in a row.
    pub fn slots(&mut self, count: usize, value: Value) -> Slot {
        let cell = CellKey(self.current);
        let index = self.arena().map_or(0, |arena| {
            let first = arena.slots.len();
            arena.slots.resize(first + count, value);
            first as u32
        });
        Slot { cell, index }
    }

    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.arenas.get(id.cell.0 as usize)?.objects.get(id.index as usize)
    }

    /// What a value refers to.
    pub fn referred(&self, value: Value) -> Option<&Object> {
        match value {
            Value::Object(id) => self.object(id),
            _ => None,
        }
    }

    /// The function of the notebook that a value is, or whose call made it.
    pub fn function_of(&self, value: Value) -> Option<Site> {
        match self.referred(value)? {
            Object::Function(function) => Some(function.def),
            Object::Bound { function, .. }
            | Object::Partial { function, .. }
            | Object::Generator { function, .. }
            | Object::Wrapped { function } => self.function_of(*function),
            Object::Coroutine(coroutine) => self.function_of(coroutine.function),
            Object::Future(future) => self.function_of(future.of),
            _ => None,
        }
    }

    /// To add to an object what makes no difference to another way of a branch: a new field.
    pub fn object_mut(&mut self, id: ObjectId) -> Option<&mut Object> {
        let arena = Arc::make_mut(self.arenas.get_mut(id.cell.0 as usize)?);
        arena.objects.get_mut(id.index as usize)
    }

    pub fn get(&self, slot: Slot) -> Value {
        let arena = self.arenas.get(slot.cell.0 as usize);
        arena
            .and_then(|arena| arena.slots.get(slot.index as usize))
            .copied()
            .unwrap_or(Value::Unknown)
    }

    pub fn set(&mut self, slot: Slot, value: Value) {
        let Some(arena) = self.arenas.get_mut(slot.cell.0 as usize) else { return };
        let at = slot.index as usize;
        let Some(before) = arena.slots.get(at).copied().filter(|held| *held != value) else {
            return;
        };
        if let Some(held) = Arc::make_mut(arena).slots.get_mut(at) {
            *held = value;
        }
        if self.branches > 0 {
            self.trail.push((slot, before));
        }
    }

    /// Begins a way that may be taken back.
    pub fn mark(&mut self) -> usize {
        self.branches += 1;
        self.trail.len()
    }

    /// Takes back what changed since `mark`, and says what it was.
    pub fn take_back(&mut self, mark: usize) -> Changes {
        self.branches = self.branches.saturating_sub(1);
        let branches = std::mem::take(&mut self.branches);
        let mut changed: Vec<(Slot, Value)> = Vec::new();
        while self.trail.len() > mark {
            let Some((slot, before)) = self.trail.pop() else { break };
            changed.push((slot, self.get(slot)));
            self.set(slot, before);
        }
        self.branches = branches;
        // Of several changes of a slot the one met first, the last that was made, holds.
        let mut last: Vec<(Slot, Value)> = Vec::with_capacity(changed.len());
        changed.sort_by_key(|(slot, _)| *slot);
        for (slot, value) in changed {
            if last.last().is_none_or(|(known, _)| *known != slot) {
                last.push((slot, value));
            }
        }
        Changes(last)
    }

    /// Makes changes that were taken back.
    pub fn redo(&mut self, changes: &Changes) {
        for (slot, value) in &changes.0 {
            self.set(*slot, *value);
        }
    }

    /// What `slot` holds after either way.
    pub fn join_slots(&mut self, one: &Changes, other: &Changes, lost: &mut Vec<Value>) {
        let find = |changes: &Changes, slot: Slot| {
            let at = changes.0.binary_search_by_key(&slot, |(slot, _)| *slot).ok();
            at.and_then(|at| changes.0.get(at)).map(|(_, value)| *value)
        };
        for (slot, value) in &one.0 {
            let alternative = find(other, *slot).unwrap_or(self.get(*slot));
            let joined = self.join(*value, alternative, lost);
            self.set(*slot, joined);
        }
        for (slot, value) in &other.0 {
            if find(one, *slot).is_none() {
                let joined = self.join(self.get(*slot), *value, lost);
                self.set(*slot, joined);
            }
        }
    }

    /// One value for two possible ones; `lost` gets what can no longer be followed.
    pub fn join(&mut self, one: Value, other: Value, lost: &mut Vec<Value>) -> Value {
        use Value::{Bool, Int, Never, Unknown};
        match (one, other) {
            (a, b) if a == b => a,
            (Never, value) | (value, Never) => value,
            (Unknown, value) | (value, Unknown) => {
                lost.push(value);
                Unknown
            }
            (Bool(_), Bool(_)) => Value::Plain(Plain::Bool),
            (Int(_), Value::Plain(Plain::Int)) | (Value::Plain(Plain::Int), Int(_)) => {
                Value::Plain(Plain::Int)
            }
            (a, b) => {
                let mut all: Vec<Value> = self.alternatives(a).to_vec();
                all.extend_from_slice(&self.alternatives(b));
                self.union(all, lost)
            }
        }
    }

    /// The alternatives that a value stands for; itself, when it is one.
    pub fn alternatives(&self, value: Value) -> Vec<Value> {
        match value {
            Value::Union(id) => {
                self.unions.get(id.0 as usize).map(|list| list.to_vec()).unwrap_or_default()
            }
            value => vec![value],
        }
    }

    fn union(&mut self, mut all: Vec<Value>, lost: &mut Vec<Value>) -> Value {
        all.sort_unstable();
        all.dedup();
        match all.as_slice() {
            [] => Value::Never,
            [only] => *only,
            _ if all.len() > MOST_ALTERNATIVES => {
                lost.extend(all);
                Value::Unknown
            }
            _ => {
                let key: Box<[Value]> = all.into();
                if let Some(id) = self.union_ids.get(&key) {
                    return Value::Union(*id);
                }
                let id = UnionId(self.unions.len() as u32);
                self.unions.push(key.clone());
                self.union_ids.insert(key, id);
                Value::Union(id)
            }
        }
    }
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
