//! What a library's callable does with one of its arguments.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a call does with one of its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Take {
    /// The argument's place, from 0.
    pub at: Option<usize>,
    /// Its name.
    pub name: Option<String>,
    /// This place and every later one.
    #[serde(default)]
    pub onwards: bool,
    #[serde(rename = "use")]
    pub used: Use,
    #[serde(default)]
    pub wants: Wants,
    /// Where it is called.
    #[serde(default, rename = "in")]
    pub place: Where,
    /// Whether it stands in lists and dicts that are given.
    #[serde(default)]
    pub within: bool,
    /// What it is called with.
    #[serde(default)]
    pub with: With,
    /// Whether what the function gives is awaited, where it can be.
    #[serde(default)]
    pub awaits: bool,
    /// Whether what the function gives is thrown away.
    #[serde(default)]
    pub drops: bool,
    /// Whether another kind of value is refused at once, by an exception.
    #[serde(default)]
    pub refuses: bool,
    /// Keywords with which it refuses nothing.
    #[serde(default)]
    pub unless: Vec<String>,
    /// The objects that it hands to a coroutine function, by the function's name; `*` stands for any
    /// other.
    #[serde(default)]
    pub hands: BTreeMap<String, Vec<String>>,
    /// The special methods of which it calls the first that the argument's class has.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Objects, by what gives them, that raise in this place, since they have async ways alone.
    #[serde(default)]
    pub never: Vec<String>,
    /// What takes them.
    #[serde(default)]
    pub instead: Option<String>,
}

/// How an argument is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// It is called.
    Calls,
    /// It is awaited once.
    Awaits,
    /// Each of its elements is awaited.
    AwaitsElements,
    /// Each of its elements is waited for, and none is asked what came of it.
    WaitsForElements,
    /// It becomes a task.
    Schedules,
    /// It is run to its end on a loop that this call starts.
    Runs,
    /// It is posted to the loop that another argument names, from any thread.
    Posts,
    /// It is stored, and somebody may use it later.
    Keeps,
    /// The object whose method this is holds it, until another method gives it out.
    Holds,
    /// Its value is looked at: a coroutine in its place, or in it, is a mistake.
    Reads,
    /// Its elements are walked through.
    Walks,
    /// Its elements are added up.
    Adds,
    /// Its elements are compared, or it and the arguments after it.
    Compares,
    /// A socket, which the loop uses; one that blocks holds it, for ever where `refuses` says so.
    UsesSocket,
}

/// What kind of value an argument has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wants {
    #[default]
    Anything,
    /// A coroutine object and no other awaitable.
    Coroutine,
    Awaitable,
    /// A task or a future and no coroutine.
    Future,
    Function,
    /// A function whose call does its work at once.
    PlainFunction,
    CoroutineFunction,
}

/// Where a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    #[default]
    Here,
    /// On the loop, later.
    Loop,
    Thread,
    Process,
    /// On the loop, when somebody does something in the front end.
    FrontEnd,
    /// Somewhere, some time.
    Unseen,
}

/// What a function is called with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum With {
    /// Values of which nothing is known.
    #[default]
    Unknown,
    Nothing,
    /// The arguments that follow.
    Rest,
    /// One element of each of the arguments that follow.
    Elements,
    /// One element of the first other argument.
    Element,
    /// The elements of `args=`, and `kwargs=`.
    Named,
    /// The object whose method this is.
    Receiver,
}
