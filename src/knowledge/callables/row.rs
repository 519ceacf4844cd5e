//! What calling a library's callable does, as `content/tables/callables.yaml` says it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::take::Take;
use crate::libraries::Bounds;

/// A callable and what it does with what it is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// Full paths; `()` stands for what that call gives.
    pub calls: Vec<String>,
    /// What Python's own semantics are asked for.
    #[serde(rename = "is")]
    pub native: Option<Native>,
    /// What it asks of an event loop: the object whose method it is, or its first argument.
    pub steers: Option<Steering>,
    /// What it does with its arguments.
    #[serde(default)]
    pub takes: Vec<Take>,
    /// The keywords that it takes beside those of `takes`, where it raises at any other.
    pub keywords: Option<Vec<String>>,
    #[serde(default)]
    pub gives: Gives,
    /// What awaiting, or reading, what it gives leads to.
    #[serde(default)]
    pub result: Outcome,
    /// The path whose members the given object has.
    #[serde(rename = "as")]
    pub like: Option<String>,
    /// What else it gives, by what it is given; the first that fits counts.
    #[serde(default)]
    pub variants: Vec<Variant>,
    /// The exception that every call raises.
    pub raises: Option<String>,
    /// What it gives belongs to the loop on which it is first used.
    #[serde(default)]
    pub bound_to_loop: bool,
    /// What it gives has to be closed by whoever asked for it.
    #[serde(default)]
    pub has_to_be_closed: bool,
    /// Which of its objects it is matters: what happens to one changes what it does later.
    #[serde(default)]
    pub followed: bool,
    /// The manager that it gives can be entered once.
    #[serde(default)]
    pub single_use: bool,
    /// Each element of what it gives is a coroutine.
    #[serde(default)]
    pub of_coroutines: bool,
    /// Attributes of what it gives that raise after its block, unless one of them was read inside.
    #[serde(default)]
    pub until_left: Vec<String>,
    /// Methods of what it gives that raise once its block is left.
    #[serde(default)]
    pub refuses_after: Vec<String>,
    /// What they say then.
    #[serde(default)]
    pub says_after: Option<String>,
    /// Methods of what it gives that raise until it is awaited or entered.
    #[serde(default)]
    pub refuses_before: Vec<String>,
    /// What they say then.
    #[serde(default)]
    pub says_before: Option<String>,
    /// Plain methods of what it gives that raise, since it has async ways alone, and what takes their
    /// place; where one of `until_left` was read, they may work.
    #[serde(default)]
    pub plain_ways: BTreeMap<String, String>,
    /// What it gives, or its coroutine, cancels what is awaited in it when its time is up; a
    /// `TimeoutError` comes from its end alone.
    #[serde(default)]
    pub time_limit: bool,
    /// Attributes of what it gives that hold a value of which nothing matters but that it can be
    /// neither called nor awaited.
    #[serde(default)]
    pub has: Vec<String>,
    /// The paths of the objects in the tuple that it gives, or leads to.
    #[serde(default)]
    pub parts: Vec<String>,
    /// The versions of its library for which it holds.
    pub versions: Option<Bounds>,
    /// Methods of its subclasses that it calls by itself and does not await; `*` at the end stands
    /// for any rest.
    #[serde(default)]
    pub hooks: Vec<String>,
    /// What methods of its subclasses are handed, by the method's name.
    #[serde(default)]
    pub hands: BTreeMap<String, Vec<String>>,
    /// Where it is documented.
    pub source: Option<String>,
    pub note: Option<String>,
}

impl Row {
    /// Whether it matters which of its objects one is.
    pub fn is_followed(&self) -> bool {
        self.followed
            || self.bound_to_loop
            || self.has_to_be_closed
            || self.single_use
            || !self.refuses_before.is_empty()
            || self.ends_with_its_block()
    }

    /// Whether leaving its block changes what can be done with it.
    pub fn ends_with_its_block(&self) -> bool {
        !self.until_left.is_empty() || !self.refuses_after.is_empty()
    }
}

/// What a call gives when one of its arguments is of a certain kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Variant {
    /// The argument's place, from 0; without place and name any of them may be of that kind.
    pub at: Option<usize>,
    /// Its name.
    pub name: Option<String>,
    /// What the object whose method is called holds is asked in place of an argument.
    #[serde(default)]
    pub held: bool,
    pub is: Given,
    /// The path whose members the given object has.
    #[serde(rename = "as")]
    pub like: String,
}

/// What an argument has to be for a [`Variant`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    True,
    CoroutineFunction,
    /// It, or something in it, is an object of the path that the variant names.
    Such,
    /// It is there, whatever it is.
    Anything,
    /// It is there, and nothing is known of it.
    Unknown,
}

/// What is asked of an event loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Steering {
    /// To run until somebody stops it.
    Run,
    /// To take one of its steps.
    Step,
    Stop,
    Close,
    /// To be the one that its thread is given.
    Set,
    /// To be made in another way from now on.
    Policy,
}

/// What a call gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gives {
    /// The object that the call's path stands for.
    #[default]
    Itself,
    Unknown,
    Nothing,
    /// A value of which nothing matters but that it can be neither called nor awaited.
    Plain,
    /// The object that the call's path stands for, which can be neither called nor awaited.
    Object,
    /// Such an object that `async with` and `async for` refuse as well.
    Data,
    Coroutine,
    Task,
    Future,
    /// A future that a thread may wait for, and which cannot be awaited.
    ThreadFuture,
    AsyncManager,
    AsyncIterator,
    /// The object whose method it is.
    Receiver,
    /// The result itself.
    Result,
    /// An iterator over results.
    Results,
    /// A tuple of the row's `parts`.
    Parts,
    RunningLoop,
    NewLoop,
}

/// What comes out in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    #[default]
    Unknown,
    Nothing,
    Plain,
    /// What the function that was called gave.
    Call,
    /// What the awaited argument gave.
    Awaited,
    /// A list of what the awaited arguments gave.
    AllAwaited,
    /// Two sets of tasks.
    DoneAndPending,
    /// A tuple of the row's `parts`.
    Parts,
    /// The object that the call's path stands for.
    Object,
    /// A list of such objects.
    Objects,
    /// How long the text is that it was given, or some number.
    Length,
    /// Something that the object whose method this is was given to hold.
    Held,
}

/// Callables whose semantics are Python's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Native {
    Partial,
    /// A decorator, or a factory of one, that gives what it is given.
    Identity,
    /// `wraps(f)`: gives [`Native::Identity`].
    IdentityFactory,
    /// `singledispatch(f)`: one of several functions.
    Dispatch,
    Property,
    CachedProperty,
    ClassMethod,
    StaticMethod,
    Super,
    Getattr,
    Setattr,
    Hasattr,
    Callable,
    Isinstance,
    Type,
    Globals,
    /// A collection from what it walks.
    List,
    Tuple,
    Set,
    Dict,
    /// An iterator over what it walks.
    Iter,
    Next,
    /// The next step of what is walked by `async for`.
    Anext,
    Enumerate,
    Zip,
    Chain,
    Reduce,
    Accumulate,
    Range,
    Map,
    Filter,
    /// `methodcaller(name, …)`.
    MethodCaller,
    /// `SimpleNamespace(name=value)`.
    Namespace,
    ContextManager,
    AsyncContextManager,
    /// `stack.enter_context(manager)`.
    EnterContext,
    /// `type.__call__`: makes an object of a class.
    Instantiate,
    Suppress,
    IsCoroutine,
    IsCoroutineFunction,
    IsAwaitable,
    Dataclass,
    /// A library's column or table, which holds what it is given and awaits nothing.
    Column,
    Table,
    /// `defaultdict(factory)`: a read of a key that is not there calls the factory.
    DefaultDict,
    /// `field(default_factory=factory)`: an instance to which nobody gives the field calls it.
    FieldFactory,
    IsRunning,
    IsClosed,
    GetIpython,
}
