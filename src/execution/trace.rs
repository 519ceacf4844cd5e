//! What a run showed: its events, and what there is to ask of the values in them.

use hashbrown::HashMap;

use super::blocking::Tasked;
use super::event::{Event, EventKind, StackId};
use super::given::Given;
use super::heap::Heap;
use super::reached::Reached;
use super::sighting::Sighting;
use super::value::{CollectionKind, Object, ObjectId, Plain, Site, Value};
use crate::knowledge::callables::{Names, QualifiedName};

/// What a run showed.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    pub events: Vec<Event>,
    pub(super) stacks: Vec<(Site, Option<StackId>)>,
    pub(super) heap: Heap,
    pub(super) names: Names,
    pub(super) coroutines: Vec<ObjectId>,
    pub(super) tasks: HashMap<ObjectId, Tasked>,
    pub(super) given: Given,
    /// Who ran each function.
    pub(super) reached: HashMap<Site, Reached>,
    pub(super) sightings: HashMap<ObjectId, Sighting>,
    /// Whether some cell was too much to run to its end.
    pub is_cut_short: bool,
    /// Whether a library's state changed what its other calls do.
    pub(super) switched: bool,
}

/// What kind of thing a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    None,
    Plain,
    /// Of a library: a member, or what a call gives.
    Library,
    Function,
    Class,
    Instance,
    Collection,
    Generator,
    AsyncGenerator,
    /// What a function under `contextmanager` gives.
    Manager,
    /// What a function under `asynccontextmanager` gives.
    AsyncManager,
    Coroutine,
    Task,
    Other,
}

impl Trace {
    /// The sites of the calls that lead to an event, outermost first.
    pub fn stack(&self, id: StackId) -> Vec<Site> {
        let mut sites = Vec::new();
        let mut at = Some(id);
        while let Some((site, before)) = at.and_then(|id| self.stacks.get(id.0 as usize)) {
            sites.push(*site);
            at = *before;
        }
        sites.reverse();
        sites
    }

    /// Whether something happened that other cells notice without a name: a loop that is patched or
    /// steered, a library that goes by what was made before.
    pub fn concerns_all(&self) -> bool {
        let is_far = |it: &Event| {
            matches!(it.kind, EventKind::LoopPatched { .. } | EventKind::LoopSteered { .. })
        };
        self.switched || self.is_cut_short || self.events.iter().any(is_far)
    }

    /// The first task that runs while the event at `at` happens, and that somebody waits for later.
    pub fn running_at(&self, at: usize) -> Option<Tasked> {
        let is_running = |it: &&Tasked| it.started <= at && it.waited.is_some_and(|end| end > at);
        self.tasks.values().filter(is_running).min_by_key(|it| (it.started, it.by)).copied()
    }

    /// A qualified name as it is written.
    pub fn spell(&self, name: QualifiedName) -> String {
        self.names.spell(name)
    }

    /// What an object is.
    pub(crate) fn object(&self, value: Value) -> Option<&Object> {
        self.heap.referred(value)
    }

    /// What kind of thing a value is.
    pub fn kind_of(&self, value: Value) -> ValueKind {
        match value {
            Value::None => ValueKind::None,
            Value::Path(_) => ValueKind::Library,
            Value::Bool(_) | Value::Int(_) | Value::Str(_) | Value::Plain(_) => ValueKind::Plain,
            Value::Never | Value::Unknown => ValueKind::Other,
            Value::Union(_) => {
                let mut kinds =
                    self.heap.alternatives(value).into_iter().map(|it| self.kind_of(it));
                let first = kinds.next().unwrap_or(ValueKind::Other);
                if kinds.all(|it| it == first) { first } else { ValueKind::Other }
            }
            Value::Object(_) => match self.object(value) {
                Some(Object::Function(_) | Object::Bound { .. } | Object::Partial { .. }) => {
                    ValueKind::Function
                }
                Some(Object::Class { .. }) => ValueKind::Class,
                Some(Object::Instance { .. }) => ValueKind::Instance,
                Some(Object::Collection(_)) => ValueKind::Collection,
                Some(Object::Generator { is_async: true, is_manager: true, .. }) => {
                    ValueKind::AsyncManager
                }
                Some(Object::Generator { is_async: true, .. }) => ValueKind::AsyncGenerator,
                Some(Object::Generator { is_manager: true, .. }) => ValueKind::Manager,
                Some(Object::Generator { .. }) => ValueKind::Generator,
                Some(Object::Coroutine(_)) => ValueKind::Coroutine,
                Some(Object::Future(_)) => ValueKind::Task,
                Some(Object::Foreign(_)) => ValueKind::Library,
                _ => ValueKind::Other,
            },
        }
    }

    /// The name of a collection's type.
    pub fn collection_name(&self, value: Value) -> Option<&'static str> {
        match value {
            Value::Plain(Plain::List) => Some("list"),
            Value::Plain(Plain::Tuple) => Some("tuple"),
            Value::Plain(Plain::Set) => Some("set"),
            Value::Plain(Plain::Dict) => Some("dict"),
            _ => match self.object(value)? {
                Object::Collection(collection) => Some(collection.kind.name()),
                _ => None,
            },
        }
    }

    /// Everything that is in a collection, each of several alternatives by itself.
    pub fn held(&self, value: Value) -> Vec<Value> {
        let Some(Object::Collection(collection)) = self.object(value) else { return Vec::new() };
        let slots = collection.items.iter().chain([&collection.rest]);
        let held = slots.map(|slot| self.heap.get(*slot)).filter(|value| *value != Value::Never);
        held.flat_map(|value| self.heap.alternatives(value)).collect()
    }

    /// Whether everything in a collection can be awaited.
    pub fn holds_awaitables(&self, value: Value) -> bool {
        let is_dict = matches!(self.object(value),
            Some(Object::Collection(it)) if it.kind == CollectionKind::Dict);
        let awaitable = |value: &Value| {
            matches!(self.object(*value), Some(Object::Coroutine(_) | Object::Future(_)))
        };
        let held = self.held(value);
        !is_dict && !held.is_empty() && held.iter().all(awaitable)
    }

    /// Whether it is a dict, and everything that its keys lead to can be awaited.
    pub fn has_awaitable_values(&self, value: Value) -> bool {
        let is_dict = matches!(self.object(value),
            Some(Object::Collection(it)) if it.kind == CollectionKind::Dict);
        let held = self.held(value);
        let awaitable = |value: &Value| {
            matches!(self.object(*value), Some(Object::Coroutine(_) | Object::Future(_)))
        };
        is_dict && !held.is_empty() && held.iter().all(awaitable)
    }

    /// Whether a function is bound to an object, which is its first argument.
    pub fn is_bound(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Bound { .. }))
    }

    /// The call that made a coroutine object.
    pub fn made_at(&self, value: Value) -> Option<Site> {
        Some(self.making_of(value)?.0)
    }

    /// The call that made a coroutine object, and the calls that led there.
    pub fn making_of(&self, value: Value) -> Option<(Site, StackId)> {
        match self.object(value)? {
            Object::Coroutine(it) => Some((it.made?, it.stack.unwrap_or(StackId(u32::MAX)))),
            _ => None,
        }
    }

    /// Whether a library's callable made a coroutine object, by calling a function.
    pub fn is_made_by_a_library(&self, value: Value) -> bool {
        matches!(self.object(value), Some(Object::Coroutine(it)) if it.called_by.is_some())
    }

    /// The path of what a library's call gave, where it matters which object it is.
    pub fn path_of(&self, value: Value) -> Option<String> {
        match self.object(value)? {
            Object::Foreign(foreign) => Some(self.spell(foreign.path)),
            _ => None,
        }
    }

    /// The class of the notebook that an instance is of.
    pub fn class_of(&self, value: Value) -> Option<Site> {
        let Object::Instance { class, .. } = self.object(value)? else { return None };
        self.class_def(*class)
    }

    /// The definition of the class that `value` is.
    pub fn class_def(&self, value: Value) -> Option<Site> {
        match self.object(value)? {
            Object::Class { def, .. } => Some(*def),
            _ => None,
        }
    }

    /// The function of the notebook that `value` is, or whose call made it.
    pub fn function_of(&self, value: Value) -> Option<Site> {
        self.heap.function_of(value)
    }
}
