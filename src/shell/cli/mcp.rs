//! `nbasync mcp`: the program for agents.

use std::io;

use super::{Exit, Session};
use crate::shell::mcp;

/// Serves the agent on standard input and output until it leaves.
///
/// # Errors
/// When the streams cannot be used.
pub fn run(session: Session) -> io::Result<Exit> {
    mcp::serve(session.knowledge, session.reading).map(|()| Exit::Clean)
}
