//! Runs the real program over small notebooks.

mod json;
mod outside;
mod pages;
mod reports;
mod support;
