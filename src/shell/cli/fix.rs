//! `nbasync fix`: repairs notebooks.

use std::io::{self, IsTerminal};
use std::path::Path;

use super::arguments::{FixArgs, Format};
use super::ask::{Answer, ask};
use super::{Exit, Session, complain, print, reviewed};
use crate::diagnostic::Applicability;
use crate::notebook::Notebook;
use crate::review::{Repairs, Review};
use crate::shell::config::Configs;
use crate::shell::files::{self, FileError, Found};
use crate::shell::report::{self, FixTally, Fixed, Mended, Written, json};

/// Repairs the files one after the other and reports.
///
/// # Errors
/// When the report cannot be written or the terminal cannot be read.
pub fn run(args: &FixArgs, session: &Session) -> io::Result<Exit> {
    let has_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if args.interactive && !has_terminal {
        for said in session.voice().say("fix.no-terminal", &[]) {
            complain(&format!("{}\n", session.paper.safe(&said)));
        }
        return Ok(Exit::Failed);
    }
    let configs = session.configs(args.rules.overrides(None, &args.place));
    let asking = if args.interactive { Asking::Each } else { Asking::None };
    let mut run = Run { args, session, configs, asking, exit: Exit::Clean };
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
        for found in reviewed::find(&self.configs, &self.args.paths)? {
            let file = self.file(found)?;
            tally.count(&file);
            let (text, problem) = report::fixed(paper, voice, &file);
            // Where a diff is asked for, it stands alone on stdout.
            if let (true, Ok(Mended { before, after, .. })) = (self.args.diff, &file.outcome) {
                print(&report::diff(paper, &file.path, before, after))?;
                complain(&text);
            } else {
                print(&text)?;
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
        if self.args.diff {
            complain(&summary)
        } else {
            print(&summary)?
        }
        Ok(())
    }

    fn json(&mut self) -> io::Result<()> {
        let mut files = Vec::new();
        for found in reviewed::find(&self.configs, &self.args.paths)? {
            let file = self.file(found)?;
            files.push(json::fixed(self.session.voice(), &file));
        }
        print(&json::write(&json::Fixes { version: 1, files })?)
    }

    /// Repairs one file. A second path to the same file finds it repaired.
    fn file(&mut self, Found { path, error }: Found) -> io::Result<Fixed> {
        let read = error.map_or_else(|| files::read(&path), Err);
        let configs = &self.configs;
        let reviewed =
            read.and_then(|bytes| reviewed::caught(|| reviewed::read(configs, &path, bytes)));
        let outcome = match reviewed {
            Ok((notebook, review)) => self.mend(&path, notebook, review)?,
            Err(error) => Err(error),
        };
        let exit = match &outcome {
            Err(_) => Exit::Failed,
            Ok(Mended { written: Written::No(_), .. }) => Exit::Failed,
            Ok(Mended { written: Written::Shown, .. }) => Exit::Found,
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
        let mut mended = Mended::untouched(before.clone(), review.diagnostics.clone());
        mended.is_named = self.args.paths.iter().any(|named| named == path);
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
        match files::save(path, before.original(), after.original()) {
            Ok(()) => Written::Yes,
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
