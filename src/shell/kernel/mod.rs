//! Real kernels: which there are, and what cells do in one.

pub mod find;

mod ask;
mod choose;
mod drive;
mod grip;
mod group;
mod insistence;
mod launch;
mod listening;
mod message;
mod pulse;
mod reach;
mod record;
mod running;
mod runtime;
mod session;
mod signals;
mod wire;

pub use choose::{Choice, Reason, Refusal, Wanted, choose};
pub use insistence::{Act, Insistence};
pub use launch::{Launch, stop_all};
pub use message::{KEPT, Room, output, reply};
pub use pulse::Noted;
pub use record::Record;
pub use runtime::folder as connection_folder;
pub use session::{Event, Failure, Job, Session, Settle, Source};
pub use signals::{Interrupts, guard, interrupts};
