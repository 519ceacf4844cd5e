//! `nbasync skill check`: whether skills and pages keep to their format.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::{Format, SkillCheckArgs};
use super::{Exit, Session, SessionError, complain, print};
use crate::knowledge::{ContentError, Knowledge};
use crate::review;
use crate::shell::embedded::{Directory, Embedded, Fallback};
use crate::shell::report::{self, json};
use crate::wording::{Counted, cli};

/// Checks the folder, or without one what the program carries.
///
/// # Errors
/// When the folder cannot be read or stdout cannot be written to.
pub fn run(args: &SkillCheckArgs, session: &Session) -> io::Result<Exit> {
    let folder = args.dir.as_ref().or(session.content.as_ref());
    let (knowledge, errors) = match folder.map(|folder| open(folder)) {
        None => Knowledge::load(&Embedded),
        Some(Ok(files)) => Knowledge::load(&files),
        Some(Err(error)) => return Err(io::Error::other(error)),
    };
    let paper = session.paper;
    let covered = args.report.then(|| review::coverage(&knowledge));
    if let (Some(covered), Format::Json) = (&covered, args.format) {
        print(&json::write(&report::coverage_json(covered, errors.len()))?)?;
        return Ok(outcome(errors.len() + covered.missing.len()));
    }
    let mut out = String::new();
    for error in &errors {
        let error = placed(error, folder.map(PathBuf::as_path));
        for told in session.voice().tell(&error) {
            out.push_str(&format!("{}\n", paper.safe(&told)));
        }
    }
    out.extend(covered.iter().map(|found| report::coverage(paper, session.voice(), found)));
    print(&out)?;
    for language in session.voice().languages() {
        let count = |key: Counted, number| session.voice().count(language, key, number);
        let pages = count(cli::PAGES, knowledge.all_pages().count());
        let found = match errors.len() {
            0 => session.knowledge.ui(language, cli::NO_ERRORS, &[]),
            number => count(cli::CONTENT_ERRORS, number),
        };
        let args = [("pages", &*pages), ("found", &*found)];
        let said = session.knowledge.ui(language, cli::CHECKED, &args);
        complain(&format!("{}\n", paper.safe(&said)));
    }
    let missing = covered.map_or(0, |covered| covered.missing.len());
    Ok(outcome(errors.len() + missing))
}

fn outcome(complaints: usize) -> Exit {
    if complaints == 0 { Exit::Clean } else { Exit::Found }
}

fn open(folder: &Path) -> Result<Directory, SessionError> {
    Directory::open(folder, Fallback::Folders)
        .map_err(|source| SessionError::Content { folder: folder.to_owned(), source })
}

/// The error with the path of the file as it lies on disk, so that an editor can open it.
fn placed(error: &ContentError, folder: Option<&Path>) -> ContentError {
    let mut file = error.file.clone();
    // The folder may be `content`, `skills` or a single skill.
    let inside = error.file.match_indices('/').map(|(at, _)| at + 1);
    let tails = std::iter::once(0).chain(inside).filter_map(|at| error.file.get(at..));
    if let Some(folder) = folder
        && let Some(found) = tails.map(|tail| folder.join(tail)).find(|path| path.is_file())
    {
        file = found.strip_prefix(".").unwrap_or(&found).display().to_string();
    }
    ContentError { file, ..error.clone() }
}
