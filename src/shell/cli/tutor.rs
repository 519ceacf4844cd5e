//! `nbasync tutor`: the walkthrough, on the whole screen or line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::mpsc::{self, Receiver};
use std::thread;

use super::arguments::{KernelArgs, Theme as Choice};
use super::learn::Kept;
use super::{Exit, Session, TutorArgs};
use crate::knowledge::Knowledge;
use crate::shell::config::Overrides;
use crate::shell::editor;
use crate::shell::linear::Linear;
use crate::shell::perform::{Performer, Wish};
use crate::shell::proving::Prover;
use crate::shell::today::today;
use crate::shell::tui::color::Depth;
use crate::shell::tui::glyphs::Glyphs;
use crate::shell::tui::theme::{Theme, ThemeError, Themes};
use crate::shell::tui::{self, Machine, Options, TuiError};
use crate::tutor::Tutor;
use crate::tutor::message::{Effect, Msg};
use crate::tutor::view::{ThemeChoice, View};

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
    run_from(args, session, |_| None)
}

/// Runs the tutor; `begin` is done to it when the file is open, and may end it there.
///
/// # Errors
/// As [`run`].
pub fn run_from(
    args: &TutorArgs,
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
        .with_today(today())
        .with_learner(kept.learner(moves))
        .with_settings(configs.of(Path::new(".")).unwrap_or_else(|_| configs.alone()));
    thread::scope(|scope| {
        let (sender, answers) = mpsc::channel();
        let wish = wish(args);
        let prover = Prover::new(scope, &session.knowledge, wish, sender);
        let mut performer = Performer::new(configs, prover).with_records(kept.records);
        open(args, &mut tutor, &mut performer)?;
        if let Some(exit) = begin(&mut tutor) {
            return Ok(exit);
        }
        for effect in tutor.begun() {
            if let Some(answer) = performer.perform(effect) {
                tutor.update(answer);
            }
        }
        show(args, session, &mut tutor, &mut performer, answers)
    })
}

/// Which kernel was asked for.
fn wish(args: &TutorArgs) -> Wish {
    let KernelArgs { kernel, python, no_kernel } = args.kernel.clone();
    Wish { kernel, python, is_off: no_kernel }
}

/// Opens what is named on the command line.
fn open(args: &TutorArgs, tutor: &mut Tutor, performer: &mut Performer<'_, '_>) -> io::Result<()> {
    let from_stdin = args.file.as_deref() == Some(Path::new("-"));
    match args.file.as_deref() {
        Some(_) if from_stdin => tutor.take_in(&read_stdin()?),
        Some(path) => {
            let answer = performer.perform(Effect::Open(path.to_owned()));
            if let Some(Msg::Opened(Err(why))) = &answer {
                return Err(io::Error::other(why.clone()));
            }
            if let Some(answer) = answer {
                tutor.update(answer);
            }
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
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
        input,
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
        Ok(()) => Ok(Exit::Clean),
        Err(TuiError::Signal(_)) => Ok(Exit::Interrupted),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn themes(knowledge: &Knowledge) -> Result<Themes, ThemeError> {
    let theme = |name: &str| {
        let entries = knowledge.themes.get(name).cloned().unwrap_or_default();
        Theme::parse(&entries)
    };
    Ok(Themes { dark: theme("dark")?, light: theme("light")?, plain16: theme("plain16")? })
}
