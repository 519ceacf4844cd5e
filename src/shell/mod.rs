//! Every effect: the command line, files, reports, the terminal, the clipboard, kernels, editors, agents.

pub mod cli;
pub mod clipboard;
pub mod config;
pub mod drafts;
pub mod editor;
pub mod embedded;
pub mod files;
#[cfg(feature = "kernel")]
pub mod kernel;
pub mod learning;
pub mod linear;
#[cfg(feature = "mcp")]
pub mod mcp;
pub mod modules;
pub mod percent;
pub mod perform;
#[cfg(feature = "kernel")]
pub mod proving;
#[cfg(not(feature = "kernel"))]
#[path = "proving_off.rs"]
pub mod proving;
pub mod ran;
pub mod report;
pub mod reviewed;
pub mod reviewing;
#[cfg(feature = "server")]
pub mod server;
pub mod site;
pub mod skills;
mod today;
pub mod told;
pub mod tui;
mod upgrade;
pub mod visible;
pub mod watching;
