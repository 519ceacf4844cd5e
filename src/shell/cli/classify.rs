//! `nbasync classify`: whether the skill applies to each cell, and why.

use std::io;

use super::arguments::{ClassifyArgs, Format};
use super::{Exit, Session, complain, print, reviewed};
use crate::shell::config::Overrides;
use crate::shell::report::{self, Tally, json};
use crate::wording;

/// Classifies the files and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &ClassifyArgs, session: &Session) -> io::Result<Exit> {
    match args.input.format {
        Format::Text => text(args, session),
        Format::Json => json(args, session),
    }
}

fn text(args: &ClassifyArgs, session: &Session) -> io::Result<Exit> {
    let (paper, voice) = (session.paper, session.voice());
    let make = |file| report::classification(paper, voice, &file);
    let mut tally = Tally::default();
    let mut out = String::new();
    let configs = session.configs(Overrides { host: args.place.env, ..Overrides::default() });
    for report in reviewed::each(&configs, &args.input.source, make)? {
        out.push_str(&report.text);
        complain(&report.problem.unwrap_or_default());
        tally.add(report.tally);
    }
    if tally.files == 0 {
        out = voice.say(wording::report::NO_FILES, &[]).join("\n") + "\n";
    }
    print(&out)?;
    Ok(if tally.failed > 0 { Exit::Failed } else { Exit::Clean })
}

fn json(args: &ClassifyArgs, session: &Session) -> io::Result<Exit> {
    let voice = session.voice();
    let make = |file: report::Reviewed| (json::class(voice, &file), file.outcome.is_err());
    let configs = session.configs(Overrides { host: args.place.env, ..Overrides::default() });
    let (files, failed): (Vec<_>, Vec<_>) =
        reviewed::each(&configs, &args.input.source, make)?.into_iter().unzip();
    let skill = session.knowledge.skill();
    let (skill, invocation_notice) = (skill.name.clone(), skill.invocation_notice.clone());
    print(&json::write(&json::Classes { version: 1, skill, invocation_notice, files })?)?;
    Ok(if failed.contains(&true) { Exit::Failed } else { Exit::Clean })
}
