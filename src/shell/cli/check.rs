//! `nbasync check`: what is wrong in notebooks.

use std::io;

use super::arguments::{CheckArgs, Format};
use super::{Exit, Session, complain, print, reviewed};
use crate::diagnostic::Severity;
use crate::shell::report::{self, FileReport, Reviewed, Tally, json};

/// Checks the files and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &CheckArgs, session: &Session) -> io::Result<Exit> {
    match args.input.format {
        Format::Text => text(args, session),
        Format::Json => json(args, session),
    }
}

fn text(args: &CheckArgs, session: &Session) -> io::Result<Exit> {
    let (paper, voice) = (session.paper, session.voice());
    let reports =
        reviewed::each(session, &args.input.paths, |file| report::check(paper, voice, file));
    let mut tally = Tally::default();
    let mut out = String::new();
    for FileReport { text, problem, tally: one } in reports {
        out.push_str(&text);
        complain(&problem.unwrap_or_default());
        tally.add(one);
    }
    out.push_str(&report::summary(paper, voice, &tally));
    print(&out)?;
    Ok(match (tally.failed, tally.errors + tally.warnings) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Found,
        _ => Exit::Failed,
    })
}

fn json(args: &CheckArgs, session: &Session) -> io::Result<Exit> {
    let voice = session.voice();
    let checked =
        reviewed::each(session, &args.input.paths, |file| (json::check(voice, file), exit(file)));
    let (files, exits): (Vec<_>, Vec<_>) = checked.into_iter().unzip();
    print(&json::write(&json::Checks { version: 1, files })?)?;
    Ok(exits.into_iter().max().unwrap_or(Exit::Clean))
}

fn exit(file: &Reviewed) -> Exit {
    match &file.outcome {
        Err(_) => Exit::Failed,
        Ok((_, review)) => {
            let counts = |severity| severity >= Severity::Warning;
            match review.diagnostics.iter().any(|found| counts(found.severity)) {
                true => Exit::Found,
                false => Exit::Clean,
            }
        }
    }
}
