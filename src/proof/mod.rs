//! What has to run to prove a repair in a kernel, and what the two runs say.

mod case;
mod difference;
mod elsewhere;
mod plan;
mod said;

pub use case::{Miss, Unfit, misses, unfit};
pub use difference::{Difference, broken_promises, differences, is_proven};
pub use elsewhere::{Elsewhere, elsewhere, is_of_marimo};
pub use plan::{Plan, Step, Why, plan};
