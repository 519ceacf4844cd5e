//! Lessons and drills: what is to be repaired, and whether a repair is right.

pub mod grade;
pub mod task;
#[cfg(test)]
mod tests;

pub use grade::{Check, Point, grade, is_right};
pub use task::Task;
