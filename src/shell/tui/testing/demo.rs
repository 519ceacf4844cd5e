//! A tutor made up of fixed views, to look at the front end on a real terminal.
//!
//! `cargo test --lib demo -- --ignored --nocapture` in a terminal, or in tmux.
