//! Runs `nbasync server` over pipes, as an editor does.
#![cfg(feature = "server")]

mod cells;
mod client;
mod hostile;
mod progress;
mod random;
mod texts;
