//! Every effect: the command line, files, reports, the terminal, the clipboard, kernels.

pub mod cli;
pub mod clipboard;
pub mod config;
pub mod editor;
pub mod embedded;
pub mod files;
#[cfg(feature = "kernel")]
pub mod kernel;
pub mod learning;
pub mod linear;
pub mod modules;
pub mod perform;
#[cfg(feature = "kernel")]
pub mod proving;
#[cfg(not(feature = "kernel"))]
#[path = "proving_off.rs"]
pub mod proving;
pub mod report;
mod today;
pub mod tui;
pub mod visible;
