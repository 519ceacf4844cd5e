//! Runs the real program over small notebooks.

mod choices;
mod extract;
mod fix;
mod formats;
#[cfg(unix)]
mod interactive;
mod json;
mod outside;
mod pages;
mod reports;
mod settings;
mod support;
