//! Real kernels: which there are, and what cells do in one.

pub mod find;

mod choose;
mod drive;
mod group;
mod launch;
mod pulse;
mod reach;
mod record;
mod session;
mod signals;
mod wire;

pub use choose::{Choice, Reason, Refusal, Wanted, choose};
pub use launch::{Launch, stop_all};
pub use session::{Event, Failure, Job, Session, Settle, Source};
pub use signals::guard;
