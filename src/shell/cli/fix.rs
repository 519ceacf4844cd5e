//! `nbasync fix`: repairs notebooks.

use std::io::{self, IsTerminal};
use std::path::Path;

use super::arguments::{FixArgs, Format};
use super::ask::{Answer, ask};
use super::piped::Piped;
use super::saving::tell_leftovers;
use super::{Exit, Session, complain, print, product, reviewed};
use crate::diagnostic::Applicability;
use crate::notebook::Notebook;
use crate::review::{Repairs, Review};
use crate::shell::config::Configs;
use crate::shell::files::{self, FileError, Found};
use crate::shell::report::{self, FixTally, Fixed, Mended, Written, json};
use crate::wording::fix;

/// Repairs the files one after the other and reports.
///
/// # Errors
/// When the report cannot be written or the terminal cannot be read.
pub fn run(args: &FixArgs, session: &Session) -> io::Result<Exit> {
    let has_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if args.interactive && !has_terminal {
        for said in session.voice().say(fix::NO_TERMINAL, &[]) {
            complain(&format!("{}\n", session.paper.safe(&said)));
        }
        return Ok(Exit::Failed);
    }
    let configs = session.configs(args.rules.overrides(None, &args.place));
    let asking = if args.interactive { Asking::Each } else { Asking::None };
    let mut run = Run { args, session, configs, asking, exit: Exit::Clean };
    tell_leftovers(session, &args.source.paths);
    match args.format {
        Format::Text => run.text()?,
        Format::Json => run.json()?,
    }
    Ok(run.exit)
}

/// How somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    None,
    Each,
    /// They have had enough: nothing more is to be changed.
    Over,
}

/// What is to be repaired.
enum Wanted {
    File(Found),
    Piped(Piped),
}

struct Run<'a> {
    args: &'a FixArgs,
    session: &'a Session,
    configs: Configs<'a>,
    asking: Asking,
    exit: Exit,
}

impl Run<'_> {
    fn text(&mut self) -> io::Result<()> {
        let (paper, voice) = (self.session.paper, self.session.voice());
        let mut tally = FixTally::default();
        for mut wanted in self.wanted()? {
            let file = self.file(&mut wanted)?;
            tally.count(&file);
            let (text, problem) = report::fixed(paper, voice, &file);
            // Where a diff is asked for, it stands alone on stdout, and so does the text that came
            // on stdin: as it came where there is nothing to repair, or nothing can be said of it.
            match (&wanted, &file.outcome) {
                (_, Ok(Mended { before, after, .. })) if self.args.diff => {
                    print(&report::diff(paper, &file.path, before, after))?;
                    complain(&text);
                }
                (Wanted::Piped(_), Ok(Mended { after, .. })) => {
                    product(after.original())?;
                    complain(&text);
                }
                (Wanted::Piped(piped), Err(_)) if !self.args.diff => product(&piped.bytes)?,
                _ => print(&text)?,
            }
            complain(&problem.unwrap_or_default());
            if self.asking == Asking::Over {
                break;
            }
        }
        if self.args.unsafe_fixes {
            // They were not wanted, or do not hold.
            tally.left_unsafe = 0;
        }
        let summary = report::fix_summary(paper, voice, &tally);
        match self.args.diff || self.args.source.is_stdin() {
            true => complain(&summary),
            false => print(&summary)?,
        }
        Ok(())
    }

    /// What was asked for, as far as the settings do not leave it out. Text on stdin that they
    /// leave out goes through as it is.
    fn wanted(&self) -> io::Result<Vec<Wanted>> {
        let source = &self.args.source;
        if !source.is_stdin() {
            let found = reviewed::find(&self.configs, source)?;
            return Ok(found.into_iter().map(Wanted::File).collect());
        }
        let piped = Piped::read(&self.configs, source)?;
        if piped.is_left_out && !self.args.diff {
            product(&piped.bytes)?;
        }
        Ok(if piped.is_left_out { Vec::new() } else { vec![Wanted::Piped(piped)] })
    }

    fn json(&mut self) -> io::Result<()> {
        let mut files = Vec::new();
        for mut wanted in self.wanted()? {
            let file = self.file(&mut wanted)?;
            if let Ok(Mended { written: Written::Yes(said), .. }) = &file.outcome {
                complain(&report::remarks(self.session.paper, self.session.voice(), said));
            }
            files.push(json::fixed(self.session.voice(), &file));
        }
        print(&json::write(&json::Fixes { version: 1, files })?)
    }

    /// Repairs one file. A second path to the same file finds it repaired.
    fn file(&mut self, wanted: &mut Wanted) -> io::Result<Fixed> {
        let configs = &self.configs;
        let (path, reviewed) = match wanted {
            Wanted::File(Found { path, error }) => {
                let bytes = error.take().map_or_else(|| files::read(path), Err);
                let read = |bytes| reviewed::caught(|| reviewed::read(configs, path, bytes));
                (&*path, bytes.and_then(read))
            }
            Wanted::Piped(piped) => (&piped.path, piped.review(configs)),
        };
        let outcome = match reviewed {
            Ok((notebook, review)) => self.mend(path, notebook, review)?,
            Err(error) => Err(error),
        };
        let exit = match &outcome {
            Err(_) => Exit::Failed,
            Ok(Mended { written: Written::No(_), .. }) => Exit::Failed,
            Ok(Mended { written: Written::Shown, .. }) => Exit::Found,
            Ok(mended) if mended.is_in_doubt() => Exit::Failed,
            Ok(mended) if mended.is_wanting() => Exit::Found,
            Ok(_) => Exit::Clean,
        };
        self.exit = self.exit.max(exit);
        Ok(Fixed { path: path.display().to_string(), outcome })
    }

    fn mend(
        &mut self,
        path: &Path,
        before: Notebook,
        review: Review,
    ) -> io::Result<Result<Mended, FileError>> {
        let mut mended =
            Mended::untouched(before.clone(), review.diagnostics.clone(), review.checked());
        mended.is_named = self.args.source.paths.iter().any(|named| named == path);
        if before.read_only().is_some() {
            return Ok(Ok(mended));
        }
        let limit =
            if self.args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let tables = &self.session.knowledge.tables;
        #[cfg(feature = "kernel")]
        let reviewed = review.clone();
        let mut repairs = Repairs::new(before, review, limit, tables);
        if self.asking == Asking::Each {
            self.ask(path, &mut repairs)?;
        } else if let Err(error) = reviewed::caught(|| {
            repairs.run();
            Ok(())
        }) {
            return Ok(Err(error));
        }
        #[cfg(feature = "kernel")]
        if self.args.proof.verify && mended.before.original() != repairs.notebook.original() {
            let before = (mended.before.clone(), &reviewed);
            let after = (repairs.notebook.clone(), &repairs.review);
            let (args, session) = (self.args, self.session);
            if let Err(exit) = super::verify::holds(args, session, path, before, after, tables)? {
                self.exit = self.exit.max(exit);
                if exit == Exit::Interrupted {
                    self.asking = Asking::Over;
                }
                return Ok(Ok(mended));
            }
        }
        mended.written = self.write(path, &mended.before, &repairs.notebook);
        // What could not be written was not made.
        if !matches!(mended.written, Written::No(_)) {
            mended.left = repairs.review.diagnostics.clone();
            mended.taken_back = repairs.refused();
            (mended.made, mended.after) = (repairs.made, repairs.notebook);
        }
        Ok(Ok(mended))
    }

    fn write(&self, path: &Path, before: &Notebook, after: &Notebook) -> Written {
        if before.original() == after.original() {
            return Written::Same;
        }
        if self.args.diff {
            return Written::Shown;
        }
        if self.args.source.is_stdin() {
            return Written::Yes(Vec::new());
        }
        match files::save(path, before.original(), after.original()) {
            Ok(said) => Written::Yes(said),
            Err(error) => Written::No(error),
        }
    }

    /// Shows each fix and asks. What was agreed to before somebody leaves is kept.
    fn ask(&mut self, path: &Path, repairs: &mut Repairs<'_>) -> io::Result<()> {
        let (paper, voice) = (self.session.paper, self.session.voice());
        let path = path.display().to_string();
        while let Some(trial) = repairs.propose() {
            print(&report::offer(paper, voice, &path, &repairs.notebook, &trial))?;
            match ask(paper, voice)? {
                Answer::Yes => repairs.keep(trial),
                Answer::No => repairs.decline(trial),
                Answer::All => {
                    repairs.keep(trial);
                    repairs.run();
                    self.asking = Asking::None;
                    return Ok(());
                }
                Answer::Quit => {
                    self.asking = Asking::Over;
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
