//! nbasync: a terminal tutor and checker for async Python in Jupyter notebooks.
pub mod environment;
pub mod text;
pub mod tutor;
