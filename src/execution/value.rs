//! Abstract values: what an expression can be seen to be, and what it refers to.

use hashbrown::HashMap;

use super::event::{Context, StackId};
use super::heap::Heap;
use super::statement::Tried;
use crate::index::ScopeId;
pub use crate::index::{CellKey, Site};
use crate::knowledge::callables::{QualifiedName, Symbol};

/// Something with an identity, by the cell whose run made it and its number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    pub cell: CellKey,
    pub index: u32,
}

/// A place that holds a value which may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slot {
    pub cell: CellKey,
    pub index: u32,
}

/// An interned list of alternatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnionId(pub u32);

/// What a value is seen to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// No value: a name that is not bound yet, a path that is not taken.
    Never,
    Unknown,
    None,
    Bool(bool),
    Int(i64),
    Str(Symbol),
    /// A value of a built-in type, of which no more is known.
    Plain(Plain),
    /// A member of a library, or what a known call of one gives.
    Path(QualifiedName),
    Object(ObjectId),
    /// One of a handful.
    Union(UnionId),
}

/// Built-in types whose values can be neither called nor awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Plain {
    Bool,
    Int,
    Float,
    Str,
    Bytes,
    List,
    Tuple,
    Set,
    Dict,
    /// Another object that is known to be neither.
    Other,
}

/// How a collection holds its elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CollectionKind {
    List,
    Tuple,
    Set,
    Dict,
    /// What can be walked once: `map(…)`, a generator expression.
    Iterator,
}

impl CollectionKind {
    /// The name of its type.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tuple => "tuple",
            Self::Set => "set",
            Self::Dict => "dict",
            Self::Iterator => "iterator",
        }
    }
}

/// Arguments of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args {
    pub positional: Vec<Value>,
    pub named: Vec<(Symbol, Value)>,
    /// Whether `*args` or `**kwargs` of unknown length stand among them; what they hold.
    pub spread: Option<Value>,
}

impl Args {
    /// One positional argument.
    pub fn one(value: Value) -> Self {
        Self { positional: vec![value], ..Self::default() }
    }

    /// Any number of them, of which nothing is known.
    pub fn unknown() -> Self {
        Self { spread: Some(Value::Unknown), ..Self::default() }
    }

    /// The same with `first` before them.
    pub fn after(&self, first: Value) -> Self {
        let positional = std::iter::once(first).chain(self.positional.iter().copied()).collect();
        Self { positional, named: self.named.clone(), spread: self.spread }
    }

    /// The argument at `at`, or the one of that name.
    pub fn get(&self, at: usize, name: Option<Symbol>) -> Option<Value> {
        let named = || self.named.iter().find(|(known, _)| Some(*known) == name);
        self.positional.get(at).copied().or_else(|| named().map(|(_, value)| *value))
    }

    /// Every value among them.
    pub fn all(&self) -> impl Iterator<Item = Value> + '_ {
        let named = self.named.iter().map(|(_, value)| *value);
        self.positional.iter().copied().chain(named).chain(self.spread)
    }
}

/// A function of the notebook, with the variables that it sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub def: Site,
    pub scope: ScopeId,
    /// The frame in which it was made; `None` at the top of a cell.
    pub closure: Option<ObjectId>,
    /// Values of its defaults, by the parameter's number.
    pub defaults: Vec<(usize, Value)>,
    /// The class in whose body it stands.
    pub class: Option<ObjectId>,
    /// Whether `contextlib` makes a manager of what a call of it gives.
    pub makes_manager: bool,
    /// The cache that keeps what it gives, and where that is put around it.
    pub cached: Option<(QualifiedName, Site)>,
}

/// What an [`ObjectId`] refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// The variables of one call, from `first` on.
    Frame {
        first: Slot,
        closure: Option<ObjectId>,
    },
    Function(Function),
    /// `value.function`: the receiver comes first when it is called.
    Bound {
        receiver: Value,
        function: Value,
    },
    Partial {
        function: Value,
        args: Args,
    },
    Class {
        def: Site,
        bases: Vec<Value>,
        /// The class that calls it, where it names one.
        meta: Option<Value>,
        attributes: HashMap<Symbol, Slot>,
    },
    /// `is_open`: it may have more than its class shows.
    Instance {
        class: Value,
        fields: HashMap<Symbol, Slot>,
        is_open: bool,
    },
    /// `super()` in a method of `class`.
    Super {
        class: ObjectId,
        receiver: Value,
    },
    /// `property`, `classmethod`, `staticmethod` around a function.
    Descriptor {
        kind: DescriptorKind,
        function: Value,
        /// What runs where a property is assigned to.
        setter: Option<Value>,
    },
    /// `name.setter` of a property.
    Setter {
        of: Value,
    },
    Coroutine(Coroutine),
    /// What calling a generator function gives.
    Generator {
        function: Value,
        args: Args,
        is_async: bool,
        /// Whether it is entered and cannot be walked.
        is_manager: bool,
        /// `Bool(false)` as long as nobody walks it.
        walked: Slot,
    },
    /// `suppress(…)`: what it takes.
    Suppress {
        types: Vec<Value>,
    },
    /// `methodcaller(name, …)`.
    MethodCaller {
        name: Symbol,
        args: Args,
    },
    /// `singledispatch`: one of its functions runs, by what is given.
    Dispatch {
        choices: Slot,
    },
    /// `register` of it.
    Registrar {
        choices: Slot,
    },
    /// A function in the hands of a decorator that is not seen: a call may run it.
    Wrapped {
        function: Value,
    },
    Future(Future),
    Collection(Collection),
    Module {
        space: u32,
    },
    /// What a library call gave, where it matters which one it is.
    Foreign(Foreign),
}

/// How a descriptor changes what an attribute gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DescriptorKind {
    Property,
    CachedProperty,
    ClassMethod,
    StaticMethod,
    /// A dataclass's field: what its function gives, where nobody gives a value.
    Factory,
}

/// A coroutine object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coroutine {
    /// The function whose call made it, and its arguments; a library's callable as its path.
    pub function: Value,
    pub args: Args,
    /// What awaiting it gives, where the function is not the notebook's.
    pub result: Value,
    /// `Int(0)` as long as nobody awaits it, `Int(1)` once somebody does, `Unknown` when one of
    /// both.
    pub awaited: Slot,
    /// The library callable that called the function, where no code of the notebook did.
    pub called_by: Option<QualifiedName>,
    /// Stands for several: made in a loop.
    pub many: bool,
    /// Python says nothing when it is dropped.
    pub is_silent: bool,
    /// The call that made it, how it was reached, and where it ran.
    pub made: Option<Site>,
    pub stack: Option<StackId>,
    pub context: Option<Context>,
    /// The handlers around the call that made it, and around what read it.
    pub tried: Vec<Tried>,
}

/// A task or a future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Future {
    /// The coroutine or function whose outcome it holds.
    pub of: Value,
    pub result: Value,
    /// `Int(0)` as long as the loop had no turn since it was made.
    pub done: Slot,
    /// The path whose members it has.
    pub class: QualifiedName,
    /// The loop that fills it.
    pub filled_by: Loop,
    /// Whether what fills it waits for the kernel's loop meanwhile.
    pub waits_for_kernel: bool,
    pub is_awaitable: bool,
    /// What its coroutine may raise, and the handlers around the call that made it.
    pub raised: Vec<Value>,
    pub tried: Vec<Tried>,
    /// `Bool(false)` as long as nobody asks what came of it.
    pub asked: Slot,
}

/// A collection and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    pub kind: CollectionKind,
    /// Keys of a dict, as far as `items` go.
    pub keys: Vec<Value>,
    /// The elements in order, or the values of a dict.
    pub items: Vec<Slot>,
    /// What else may be in it; `Never` when nothing is.
    pub rest: Slot,
    /// The module whose names it holds: what is new here, is new there.
    pub names_of: Option<ObjectId>,
}

/// An event loop by who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loop {
    /// No loop is running.
    None,
    /// The kernel's own.
    Kernel,
    /// One that the notebook starts, by the site that does.
    Own(Site),
    Unknown,
}

/// What a library call gave, where it matters which one it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    pub path: QualifiedName,
    pub made: Loop,
    /// The loop on which it was first used; `Never` before that, `Int(0)` the kernel's.
    pub used_on: Slot,
    /// `Bool(false)` as long as nobody closes it, or has it to close.
    pub closed: Slot,
    /// `Bool(true)` once a lock is held, a queue has something, or an event is set.
    pub taken: Slot,
    /// What it was given to hold, all of it; `Never` when that is nothing.
    pub holds: Slot,
    /// `Bool(true)` once its block is left, `Unknown` where that makes no difference any more.
    pub left: Slot,
    /// The cell since whose run it waits for the kernel's loop: a function that runs on its behalf
    /// does, or a task fills it.
    pub waits_since: Option<CellKey>,
    /// Whether it may stand for several: it was made where code may run any number of times.
    pub many: bool,
}

impl Foreign {
    /// An event loop: it is no other loop's, and nobody has to close it.
    pub fn event_loop(heap: &mut Heap, path: QualifiedName, made: Loop) -> Self {
        let used_on = heap.slot(Value::Never);
        Self {
            path,
            made,
            used_on,
            closed: used_on,
            taken: used_on,
            holds: used_on,
            left: used_on,
            waits_since: None,
            many: true,
        }
    }
}
