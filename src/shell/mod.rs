//! Every effect: the command line, files, reports, the terminal, the clipboard, kernels.

pub mod cli;
pub mod clipboard;
pub mod config;
pub mod embedded;
pub mod files;
#[cfg(feature = "kernel")]
pub mod kernel;
pub mod linear;
pub mod modules;
pub mod perform;
pub mod report;
pub mod tui;
pub mod visible;
