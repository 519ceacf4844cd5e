//! The notebook run before it is run: cell after cell on abstract values, as the kernel would, with
//! a trace of what happens. Rules read the trace and nothing else.
//!
//! What is not known is [`value::Value::Unknown`], and unknown is silent.

mod assign;
mod attribute;
mod awaiting;
mod bindings;
mod block;
mod blocking;
mod builtin;
mod call;
mod callback;
mod class;
mod collect;
mod columns;
mod computing;
mod condition;
mod dispatch;
mod display;
mod endless;
mod escape;
mod event;
mod exception;
mod exits;
mod expression;
mod factory;
mod filled;
mod give;
mod given;
mod handed;
mod heap;
mod holding;
mod hooks;
mod iterate;
mod kinds;
mod lasting;
mod length;
mod library;
mod locks;
mod loops;
mod machine;
mod manager;
mod members;
mod methods;
mod moments;
mod names;
mod parameters;
mod place;
mod places;
mod reached;
mod reading;
mod sighting;
mod special;
mod started;
mod statement;
mod steering;
mod trace;
mod unbound;
mod unseen;
mod value;
mod waited;
mod ways;
mod words;

#[cfg(test)]
mod tests;

pub use bindings::{Bindings, How};
pub use blocking::Tasked;
pub use computing::Work;
pub use endless::Endless;
pub use event::{Context, Event, EventKind, Miss, StackId, Thread, ValueUse};
pub use machine::{Cells, Input, run};
pub use places::Holder;
pub use reading::{Module, Run, Stage};
pub use sighting::{Made, Sighting};
pub use started::starts_task;
pub use trace::{Trace, ValueKind};
pub use value::{CellKey, Loop, Plain, Site, Value};
