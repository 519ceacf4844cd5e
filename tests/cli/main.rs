//! Runs the real program over small notebooks.

mod choices;
mod extract;
mod fix;
mod formats;
#[cfg(unix)]
mod interactive;
mod json;
#[cfg(feature = "kernel")]
mod kernels;
mod outside;
mod pages;
#[cfg(feature = "kernel")]
mod prove;
mod reports;
mod settings;
mod support;
