//! `nbasync tutor`: the walkthrough, on the whole screen or line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::arguments::{KernelArgs, Theme as Choice};
use super::learn::Kept;
use super::{Exit, Session, TutorArgs};
use crate::knowledge::Knowledge;
use crate::shell::config::Overrides;
use crate::shell::drafts::Drafts;
use crate::shell::linear::{Linear, Lines};
use crate::shell::perform::{Performer, Wish};
use crate::shell::proving::Prover;
use crate::shell::reviewing::Reviewer;
use crate::shell::today::today;
use crate::shell::tui::color::Depth;
use crate::shell::tui::glyphs::Glyphs;
use crate::shell::tui::theme::{Theme, ThemeError, Themes};
use crate::shell::tui::{self, Machine, Options, TuiError};
use crate::shell::watching::Watcher;
use crate::shell::{editor, files};
use crate::text::with_plain_ends;
use crate::tutor::Tutor;
use crate::tutor::message::{Effect, Msg};
use crate::tutor::reviewing::Elsewhere;
use crate::tutor::view::{ThemeChoice, View};
use crate::wording::status;

/// The theme in the terminal's own colours.
pub(super) const PLAIN: &str = "plain16";

impl Machine for Tutor<'_> {
    fn update(&mut self, msg: Msg) -> Vec<Effect> {
        Tutor::update(self, msg)
    }

    fn view(&self) -> View {
        Tutor::view(self)
    }
}

/// Runs the tutor.
///
/// # Errors
/// When the file or stdin cannot be read, or there is no terminal to run on.
pub fn run(args: &TutorArgs, session: &Session) -> io::Result<Exit> {
    let folder = args.file.as_ref().filter(|path| path.is_dir());
    show_from(args, folder, session, |_| None)
}

/// Runs the tutor; `begin` is done to it when the file is open, and may end it there.
///
/// # Errors
/// As [`run`], and when the file is a folder.
pub fn run_from(
    args: &TutorArgs,
    session: &Session,
    begin: impl FnOnce(&mut Tutor<'_>) -> Option<Exit>,
) -> io::Result<Exit> {
    show_from(args, None, session, begin)
}

/// The same; in place of a file one of `folder` is to be chosen.
fn show_from(
    args: &TutorArgs,
    folder: Option<&PathBuf>,
    session: &Session,
    begin: impl FnOnce(&mut Tutor<'_>) -> Option<Exit>,
) -> io::Result<Exit> {
    let theme = match args.screen.theme {
        Choice::Auto => ThemeChoice::Auto,
        Choice::Dark => ThemeChoice::Dark,
        Choice::Light => ThemeChoice::Light,
    };
    let kept = Kept::open(session);
    let moves = !args.linear && !args.screen.reduced_motion && is_screen();
    let configs = session.configs(Overrides { host: args.place.env, ..Overrides::default() });
    let mut tutor = Tutor::new(&session.knowledge, session.reading)
        .with_terminal(theme, args.screen.mouse)
        .with_cell(args.cell.map(NonZeroUsize::get))
        .with_today(today)
        .with_folder(folder.cloned().unwrap_or_else(|| PathBuf::from(".")))
        .with_learner(kept.learner(moves))
        .with_settings(configs.of(Path::new(".")).unwrap_or_else(|_| configs.alone()));
    let configs = Arc::new(configs);
    thread::scope(|scope| {
        let (sender, answers) = mpsc::channel();
        let wish = wish(args);
        let full_screen = !args.linear && is_screen();
        if full_screen {
            tutor = tutor.with_reviews(Elsewhere::Typed);
        }
        let reviewer = full_screen
            .then(|| Reviewer::new(scope, Arc::clone(&configs), sender.clone()))
            .flatten();
        let watcher = full_screen
            .then(|| Watcher::new(scope, Arc::clone(&configs), sender.clone()))
            .flatten();
        let prover = Prover::new(scope, &session.knowledge, wish, sender);
        let mut performer = Performer::new(configs, prover)
            .with_records(kept.records)
            .with_drafts(Drafts::open())
            .with_reviewer(reviewer)
            .with_watcher(watcher);
        match folder {
            Some(_) => {
                let asked = tutor.choose_notebook();
                carry_out(asked, &mut tutor, &mut performer);
            }
            None => open(args, &mut tutor, &mut performer)?,
        }
        if let Some(exit) = begin(&mut tutor) {
            return Ok(exit);
        }
        let begun = tutor.begun();
        carry_out(begun, &mut tutor, &mut performer);
        show(args, session, &mut tutor, &mut performer, answers)
    })
}

/// Which kernel was asked for.
fn wish(args: &TutorArgs) -> Wish {
    let KernelArgs { kernel, python, no_kernel } = args.kernel.clone();
    Wish { kernel, python, is_off: no_kernel }
}

/// Does what is asked for before there is a screen.
fn carry_out(effects: Vec<Effect>, tutor: &mut Tutor, performer: &mut Performer<'_, '_>) {
    for effect in effects {
        if let Some(answer) = performer.perform(effect) {
            tutor.update(answer);
        }
    }
}

/// Opens what is named on the command line.
fn open(args: &TutorArgs, tutor: &mut Tutor, performer: &mut Performer<'_, '_>) -> io::Result<()> {
    let from_stdin = args.file.as_deref() == Some(Path::new("-"));
    match args.file.as_deref() {
        Some(_) if from_stdin => tutor.take_in(&read_stdin()?),
        Some(path) => {
            let opened = performer.open_at_once(path.to_owned());
            if let Err(why) = &opened {
                return Err(io::Error::other(why.get(tutor.language()).clone()));
            }
            let asked = tutor.update(Msg::Opened(opened));
            carry_out(asked, tutor, performer);
            // A file that is no notebook leaves the tutor at home with the reason.
            if let Some(why) = tutor.complaint() {
                return Err(io::Error::other(why));
            }
        }
        None => {}
    }
    Ok(())
}

fn show(
    args: &TutorArgs,
    session: &Session,
    tutor: &mut Tutor,
    performer: &mut Performer<'_, '_>,
    answers: Receiver<Msg>,
) -> io::Result<Exit> {
    let from_stdin = args.file.as_deref() == Some(Path::new("-"));
    if args.linear || !is_screen() {
        linear(tutor, performer, session, answers, from_stdin)
    } else {
        full_screen(tutor, performer, session, answers, args.screen.mouse)
    }
}

/// A cell or a traceback from a pipe; what is no UTF-8 is shown as replacement characters.
fn read_stdin() -> io::Result<String> {
    let bytes = files::read_all(io::stdin(), files::NOTEBOOK)?;
    Ok(with_plain_ends(&String::from_utf8_lossy(&bytes)).into_owned())
}

/// Whether stdout is a terminal that can be drawn on.
fn is_screen() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdout().is_terminal() && !is_dumb
}

fn linear(
    tutor: &mut Tutor,
    performer: &mut Performer<'_, '_>,
    session: &Session,
    answers: Receiver<Msg>,
    from_stdin: bool,
) -> io::Result<Exit> {
    // Where stdin held the cell, the answers come from the terminal.
    let input: Box<dyn BufRead> = match from_stdin.then(|| File::open("/dev/tty")) {
        Some(Ok(terminal)) => Box::new(BufReader::new(terminal)),
        _ => Box::new(BufReader::new(io::stdin())),
    };
    let mut linear = Linear {
        input: Lines::new(input),
        output: io::stdout().lock(),
        knowledge: &session.knowledge,
        charset: session.paper.charset,
        answers,
        has_editor: editor::wanted().is_some() && io::stdout().is_terminal(),
    };
    #[cfg(feature = "kernel")]
    crate::shell::kernel::guard()?;
    linear.run(tutor, &mut |effect| performer.perform(effect))?;
    Ok(Exit::Clean)
}

fn full_screen(
    tutor: &mut Tutor,
    performer: &mut Performer<'_, '_>,
    session: &Session,
    answers: Receiver<Msg>,
    mouse: bool,
) -> io::Result<Exit> {
    let options = Options {
        themes: themes(&session.knowledge).map_err(io::Error::other)?,
        glyphs: Glyphs::new(session.paper.charset),
        depth: Depth::from_environment(|name| std::env::var(name).ok()),
        mouse,
    };
    let mut perform = |effect| performer.perform(effect);
    match tui::run(tutor, &mut perform, answers, options) {
        Ok(()) => {
            print_copied(performer.unsure_copy(), tutor, session)?;
            Ok(Exit::Clean)
        }
        Err(ended @ TuiError::Signal(_)) => Ok(Exit::Signal(ended.exit_code())),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// What was copied stands on the terminal that was given back, where it may not have been taken.
fn print_copied(text: Option<&str>, tutor: &Tutor, session: &Session) -> io::Result<()> {
    let Some(text) = text else { return Ok(()) };
    let mut out = io::stdout().lock();
    writeln!(out, "{}", session.knowledge.ui(tutor.language(), status::COPIED_LAST, &[]))?;
    writeln!(out, "{}", text.trim_end_matches('\n'))
}

fn themes(knowledge: &Knowledge) -> Result<Themes, ThemeError> {
    let theme = |name| theme(knowledge, name);
    Ok(Themes { dark: theme("dark")?, light: theme("light")?, plain16: theme(PLAIN)? })
}

/// The theme of that name.
///
/// # Errors
/// When the content holds none of that name, or one that makes no sense.
pub(super) fn theme(knowledge: &Knowledge, name: &str) -> Result<Theme, ThemeError> {
    Theme::parse(&knowledge.themes.get(name).cloned().unwrap_or_default())
}
