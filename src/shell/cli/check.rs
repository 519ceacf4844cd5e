//! `nbasync check`: what is wrong in notebooks.

use std::io;

use super::arguments::{CheckArgs, CheckFormat};
use super::{Exit, Session, complain, print, reviewed, watch};
use crate::diagnostic::{Applicability, Severity};
use crate::review::{Repairs, shared};
use crate::shell::config::Configs;
use crate::shell::report::{
    self, FileReport, Reviewed, Statistics, Tally, github, gitlab, json, junit, sarif,
};

/// Checks the files and reports.
///
/// # Errors
/// When the report cannot be written.
pub fn run(args: &CheckArgs, session: &Session) -> io::Result<Exit> {
    if args.watch {
        return watch::each_time(session, &args.source, || once(args, session));
    }
    once(args, session)
}

/// Checks the files as they are now, with the settings as they are now.
fn once(args: &CheckArgs, session: &Session) -> io::Result<Exit> {
    let severity = args.severity.map(Severity::from);
    let configs = session.configs(args.rules.overrides(severity, &args.place));
    let check = Check { args, session, configs };
    let voice = session.voice();
    let exit = match args.format {
        CheckFormat::Text if args.statistics => check.count_in_text(),
        CheckFormat::Json if args.statistics => check.count_in_json(),
        CheckFormat::Text => check.text(),
        CheckFormat::Json => check.report(
            |file| (json::check(voice, file), file.helpers()),
            |files| {
                let (files, own): (Vec<_>, Vec<_>) = files.into_iter().unzip();
                let shared = json::shared(shared(own.into_iter().flatten()));
                json::write(&json::Checks { version: 1, files, shared })
            },
        ),
        CheckFormat::Sarif => check.report(
            |file| sarif::file(voice, file),
            |files| json::write(&sarif::log(voice, files)),
        ),
        CheckFormat::Github => check.report(
            |file| github::annotations(voice, file),
            |files| io::Result::Ok(files.concat()),
        ),
        CheckFormat::Gitlab => {
            check.report(|file| gitlab::issues(voice, file), |files| json::write(&files.concat()))
        }
        CheckFormat::Junit => check.report(|file| junit::suite(voice, file), junit::report),
    };
    exit.map(|exit| if args.exit_zero && exit == Exit::Found { Exit::Clean } else { exit })
}

struct Check<'a> {
    args: &'a CheckArgs,
    session: &'a Session,
    configs: Configs<'a>,
}

impl Check<'_> {
    /// Makes something of each file and a report of it all, and prints that.
    fn report<T: Send, E: Into<io::Error>>(
        &self,
        make: impl Fn(&Reviewed) -> T + Sync,
        join: impl FnOnce(Vec<T>) -> Result<String, E>,
    ) -> io::Result<Exit> {
        let checked = self.each(|file| (make(&file), exit(&file)))?;
        let (made, exits): (Vec<T>, Vec<Exit>) = checked.into_iter().unzip();
        print(&join(made).map_err(E::into)?)?;
        Ok(exits.into_iter().max().unwrap_or(Exit::Clean))
    }

    fn text(&self) -> io::Result<Exit> {
        let (paper, voice) = (self.session.paper, self.session.voice());
        let reports = self.each(|file| {
            let changes = if self.args.diff { self.safe_changes(&file) } else { String::new() };
            let mut report = report::check(paper, voice, &file);
            report.text.push_str(&changes);
            (report, file.helpers())
        })?;
        let mut tally = Tally::default();
        let mut out = String::new();
        let mut helpers = Vec::new();
        for (FileReport { text, problem, tally: one }, own) in reports {
            out.push_str(&text);
            complain(&problem.unwrap_or_default());
            tally.add(one);
            helpers.extend(own);
        }
        out.push_str(&report::shared(paper, voice, &shared(helpers)));
        out.push_str(&report::summary(paper, voice, &tally));
        print(&out)?;
        Ok(exit_of(&tally))
    }

    fn count_in_text(&self) -> io::Result<Exit> {
        let (paper, voice) = (self.session.paper, self.session.voice());
        let (mut statistics, mut tally) = (Statistics::default(), Tally::default());
        for (FileReport { problem, tally: one, .. }, counts) in
            self.each(|file| (report::check(paper, voice, &file), Statistics::of(&file)))?
        {
            complain(&problem.unwrap_or_default());
            tally.add(one);
            statistics.add(counts);
        }
        print(&(statistics.text(paper, voice) + &report::summary(paper, voice, &tally)))?;
        Ok(exit_of(&tally))
    }

    fn count_in_json(&self) -> io::Result<Exit> {
        self.report(Statistics::of, |counts| {
            let mut statistics = Statistics::default();
            counts.into_iter().for_each(|one| statistics.add(one));
            json::write(&statistics.json())
        })
    }

    /// Makes something of what was asked for in each file.
    fn each<T: Send>(&self, make: impl Fn(Reviewed) -> T + Sync) -> io::Result<Vec<T>> {
        reviewed::each(&self.configs, &self.args.source, make)
    }

    /// What the safe fixes would change in a file.
    fn safe_changes(&self, file: &Reviewed) -> String {
        let Ok((notebook, review)) = &file.outcome else { return String::new() };
        let tables = &self.session.knowledge.tables;
        let (before, review) = (notebook.clone(), review.clone());
        let mut repairs = Repairs::new(before, review, Applicability::Safe, tables);
        repairs.run();
        let diff = report::diff(self.session.paper, &file.path, notebook, &repairs.notebook);
        if diff.is_empty() { diff } else { diff + "\n" }
    }
}

fn exit(file: &Reviewed) -> Exit {
    match &file.outcome {
        Err(_) => Exit::Failed,
        Ok((_, review)) => {
            let counts = |severity| severity >= Severity::Warning;
            match review.found().any(|found| counts(found.severity)) {
                true => Exit::Found,
                false => Exit::Clean,
            }
        }
    }
}

fn exit_of(tally: &Tally) -> Exit {
    match (tally.failed, tally.errors + tally.warnings) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Found,
        _ => Exit::Failed,
    }
}
