//! `nbasync mcp`: the program for agents.

use std::sync::Arc;

use super::{Exit, Session, complain};
use crate::shell::mcp;
use crate::shell::report::Voice;
use crate::wording::errors;

/// Serves the agent on standard input and output until it leaves.
pub fn run(session: Session) -> Exit {
    let Session { knowledge, reading, paper, .. } = session;
    let knowledge = Arc::new(knowledge);
    let Err(error) = mcp::serve(Arc::clone(&knowledge), reading) else { return Exit::Clean };
    let voice = Voice { knowledge: &knowledge, reading };
    let why = voice.tell(&error);
    for (language, why) in voice.languages().into_iter().zip(why) {
        let said = knowledge.ui(language, errors::AGENT, &[("why", &why)]);
        complain(&format!("nbasync: {}\n", paper.safe(&said)));
    }
    Exit::Failed
}
