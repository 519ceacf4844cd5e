//! The screens, each with its keys, what they do, and how it looks.

pub mod home;
pub mod walk;
