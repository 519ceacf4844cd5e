//! `nbasync content export`: everything that the program teaches, as pages of HTML.

use std::io;
use std::path::Path;

use super::arguments::ContentExportArgs;
use super::{Exit, Session, complain, print};
use crate::shell::report;
use crate::shell::site::{self, Export, ExportError};
use crate::wording::{self, Wording};

/// Writes the pages, unless that would replace what is not ours.
///
/// # Errors
/// When stdout cannot be written to.
pub fn run(args: &ContentExportArgs, session: &Session) -> io::Result<Exit> {
    let files = site::files(&session.knowledge);
    let export = match Export::new(&args.html, &files) {
        Ok(export) => export,
        Err(error) => return Ok(refuse(session, &error)),
    };
    if !export.foreign.is_empty() && !args.overwrite {
        for path in &export.foreign {
            say(session, wording::export::FOREIGN, &[("file", path)]);
        }
        say::<&Path>(session, wording::export::REFUSED, &[]);
        return Ok(Exit::Failed);
    }
    let done = match export.write() {
        Ok(done) => done,
        Err(error) => return Ok(refuse(session, &error)),
    };
    complain(&report::remarks(session.paper, session.voice(), &done.remarks));
    let start = args.html.join("index.html").display().to_string();
    let (folder, files) = (args.html.display().to_string(), files.len().to_string());
    let (written, removed) = (done.written.to_string(), done.removed.to_string());
    let told = [
        ("folder", folder.as_str()),
        ("files", &files),
        ("written", &written),
        ("removed", &removed),
        ("start", &start),
    ];
    for said in session.voice().say(wording::export::DONE, &told) {
        print(&format!("{}\n", session.paper.safe(&said)))?;
    }
    Ok(Exit::Clean)
}

fn refuse(session: &Session, error: &ExportError) -> Exit {
    let (paper, voice) = (session.paper, session.voice());
    match error {
        ExportError::LeadsOut { path, folder, target } => {
            let args = [("file", path), ("folder", folder), ("target", target)];
            say(
                session,
                wording::export::LEADS_OUT,
                &args.map(|(name, path)| (name, path.as_path())),
            );
        }
        ExportError::List { path } => say(session, wording::export::NO_LIST, &[("file", path)]),
        ExportError::Read { path, source } => {
            complain(&report::unread(paper, voice, &path.display().to_string(), source));
        }
        ExportError::Write(source) => complain(&report::unwritten(paper, voice, source)),
    }
    Exit::Failed
}

fn say<P: AsRef<Path>>(session: &Session, key: Wording, paths: &[(&str, P)]) {
    let paths: Vec<(&str, String)> =
        paths.iter().map(|(name, path)| (*name, path.as_ref().display().to_string())).collect();
    let args: Vec<(&str, &str)> = paths.iter().map(|(name, path)| (*name, path.as_str())).collect();
    for said in session.voice().say(key, &args) {
        complain(&format!("{}\n", session.paper.safe(&said)));
    }
}
