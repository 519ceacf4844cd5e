//! `nbasync server`: the program in an editor.

use std::io::{self, BufReader};

use super::arguments::ServerArgs;
use super::{Exit, Session};
use crate::shell::server::{self, End};

/// Serves the editor on standard input and output until it leaves.
///
/// # Errors
/// None: what goes wrong is answered to the editor.
pub fn run(_: &ServerArgs, session: &Session) -> io::Result<Exit> {
    let (input, output) = (BufReader::new(io::stdin()), io::stdout());
    let asked = session.is_language_asked.then_some(session.reading);
    let end = server::serve(&session.knowledge, asked, session.reading, input, output);
    Ok(if end == End::Orderly { Exit::Clean } else { Exit::Found })
}
