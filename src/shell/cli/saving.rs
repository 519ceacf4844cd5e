//! Writes files for a command and says what there is to say of it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{Exit, Session, complain};
use crate::review::FileChange;
use crate::shell::files::{self, Remark};
use crate::shell::report;
use crate::wording;

/// Says what saves have left behind that were killed, in the folders that were named and in those of
/// files that were.
pub fn tell_leftovers(session: &Session, paths: &[PathBuf]) {
    let folder = |path: &PathBuf| match path.is_dir() {
        true => path.clone(),
        false => path.parent().unwrap_or(Path::new("")).to_owned(),
    };
    let folders: BTreeSet<PathBuf> = paths.iter().map(folder).collect();
    for left in folders.iter().flat_map(|folder| files::leftovers(folder)) {
        let file = left.path.display().to_string();
        for said in session.voice().say(wording::leftovers::NOTE, &[("file", &file)]) {
            complain(&format!("{}\n", session.paper.safe(&said)));
        }
    }
}

/// Writes all the files or none.
///
/// # Errors
/// How the command ends when not all of them were written, which has been said. Where they were
/// written, it still fails when the disk does not answer for that.
pub fn saved(session: &Session, changes: &[FileChange]) -> Result<Exit, Exit> {
    let (paper, voice) = (session.paper, session.voice());
    match files::save_together(changes) {
        Ok(remarks) => {
            complain(&report::remarks(paper, voice, &remarks));
            let is_trouble = remarks.iter().any(Remark::is_trouble);
            Ok(if is_trouble { Exit::Failed } else { Exit::Clean })
        }
        Err(error) => {
            complain(&report::unwritten(paper, voice, &error));
            Err(Exit::Failed)
        }
    }
}
