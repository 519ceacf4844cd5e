//! nbasync: a terminal tutor and checker for async Python in Jupyter notebooks.
//!
//! The modules, lowest floor first; each uses those above it in this list and nothing below.

// 1. Words: places, diagnostics, what differs between texts, the profile of where cells run and with which
// libraries, what a kernel answered.
pub mod diagnostic;
pub mod difference;
pub mod environment;
pub mod libraries;
pub mod text;
pub mod transcript;
mod wording;

// 2. Doors: Python and what a cell says by itself, notebooks, what the program knows, and the form of what it shows.
pub mod document;
pub mod index;
pub mod knowledge;
pub mod notebook;
pub mod python;

// 3. What happens when the cells run.
pub mod execution;

// 4. What is right and wrong about it, and the way from one to the other.
pub mod classify;
pub mod rewrite;
pub mod rules;

// 5. All of it together.
pub mod proof;
pub mod review;

// 6. The walkthrough as a pure machine.
pub mod tutor;

// 7. Every effect.
pub mod shell;
