//! Runs the real program over small notebooks.

#[path = "../common/acting.rs"]
mod acting;
mod choices;
mod deviation;
mod export;
mod extract;
mod extract_also;
mod fix;
mod form;
mod formats;
mod hostile;
#[cfg(unix)]
mod interactive;
mod json;
#[cfg(feature = "kernel")]
mod kernels;
mod learn;
mod moving;
mod neighbours;
mod outside;
mod pages;
mod pattern;
mod port;
#[cfg(feature = "kernel")]
mod prove;
mod reports;
mod settings;
#[cfg(target_os = "linux")]
mod special;
mod stdin;
mod support;
mod tools;
