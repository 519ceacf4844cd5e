//! Every effect: the command line, files, the terminal, the clipboard.

pub mod clipboard;
pub mod embedded;
pub mod tui;
pub mod visible;
