//! Runs `nbasync server` over pipes, as an editor does.
#![cfg(feature = "server")]

#[path = "../common/acting.rs"]
mod acting;
mod cells;
mod client;
mod hostile;
mod progress;
mod random;
mod texts;
