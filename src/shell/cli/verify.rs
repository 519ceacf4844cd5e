//! `nbasync fix --verify`: writes only what a kernel has shown to keep its promise.

use std::io;
use std::path::Path;

use super::arguments::{FixArgs, ProveArgs};
use super::prove::{Subject, attempt};
use super::{Exit, Session, complain};
use crate::knowledge::Tables;
use crate::notebook::Notebook;
use crate::review::Review;
use crate::shell::report;

/// Whether the repaired notebook does in a kernel what was promised. Where it does not, or nothing
/// could be run, that has been said.
///
/// # Errors
/// When the terminal cannot be written to or read.
pub fn holds(
    args: &FixArgs,
    session: &Session,
    path: &Path,
    before: (Notebook, &Review),
    after: (Notebook, &Review),
    tables: &Tables,
) -> io::Result<Result<(), Exit>> {
    let wanted = &args.proof;
    let asked = ProveArgs {
        file: path.to_owned(),
        cell: None,
        kernel: wanted.kernel.clone(),
        python: wanted.python.clone(),
        all: false,
        yes: wanted.yes,
        timeout: wanted.timeout,
        format: args.format,
        timeline: false,
        svg: None,
    };
    let subject = Subject::new(before, after, tables, None, false);
    let proof = match attempt(&asked, session, &subject)? {
        Ok(proof) => proof,
        Err(exit) => return Ok(Err(exit)),
    };
    if proof.is_given_up() {
        return Ok(Err(Exit::Interrupted));
    }
    let broken = report::broken(session.paper, session.voice(), &proof);
    complain(&broken);
    Ok(if broken.is_empty() { Ok(()) } else { Err(Exit::Found) })
}
