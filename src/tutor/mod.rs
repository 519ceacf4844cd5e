//! The walkthrough as a pure machine: a message comes in, the model changes, effects go out.

pub mod key;
pub mod message;
pub mod view;
