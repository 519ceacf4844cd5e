//! Runs the real program over small notebooks.

mod choices;
mod deviation;
mod extract;
mod fix;
mod formats;
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
mod support;
