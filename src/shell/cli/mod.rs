//! The command line: reads the arguments, runs the command, answers with an exit code.

mod arguments;
mod ask;
mod cell;
mod check;
mod classify;
#[cfg(feature = "kernel")]
mod content;
mod deviation;
mod explain;
mod export;
mod extract;
mod fix;
mod help;
#[cfg(feature = "kernel")]
mod kernels;
mod learn;
mod lookup;
#[cfg(feature = "mcp")]
mod mcp;
mod pages;
mod pattern;
mod piped;
mod port;
mod progress;
#[cfg(feature = "kernel")]
mod prove;
mod reviewed;
mod saving;
#[cfg(feature = "server")]
mod server;
mod session;
mod skill;
mod skills;
mod tools;
pub mod tutor;
#[cfg(feature = "kernel")]
mod verify;
mod watch;

use std::io::{self, IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::process::ExitCode;
use std::thread;

pub use arguments::{Color, GlobalArgs, Lang, Theme, TutorArgs};
pub use session::{Session, SessionError};

use self::arguments::{Cli, Command, ContentCommand, SkillCommand};
use crate::shell::files;

/// How a command ended. The greater one wins where several things happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing at warning or above.
    Clean,
    /// Something at warning or above.
    Found,
    /// The work could not be done, or not all of it.
    Failed,
    /// The program was interrupted.
    Interrupted,
    /// A signal ended the program: 128 and its number, as shells have it.
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Found => 1,
            Exit::Failed => 2,
            Exit::Interrupted => 130,
            Exit::Signal(code) => code,
        })
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    silence_caught_panics();
    // Deep syntax trees need a deeper stack than the main thread has.
    let worker = thread::Builder::new().stack_size(files::STACK).spawn(run);
    match worker.map(thread::JoinHandle::join) {
        Ok(Ok(exit)) => exit,
        // The panic has been reported.
        Ok(Err(_)) => Exit::Failed.into(),
        Err(error) => fail(&error),
    }
}

/// Writes to stdout.
///
/// # Errors
/// When it cannot be written to. A reader that went away is no error.
pub fn print(text: &str) -> io::Result<()> {
    write(text.as_bytes())
}

/// Writes bytes to stdout as they are.
///
/// # Errors
/// As [`print()`].
pub fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// Writes a file that was asked for to stdout, byte for byte, since it is for a program or for another
/// file; a terminal gets it with marks.
///
/// # Errors
/// As [`print()`].
pub fn product(bytes: &[u8]) -> io::Result<()> {
    use crate::shell::visible::{Charset, lines};

    match io::stdout().is_terminal() {
        true => print(&lines(&String::from_utf8_lossy(bytes), Charset::Unicode)),
        false => write(bytes),
    }
}

/// Writes to stderr. That it cannot be written to has nowhere to be said.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

fn run() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(unread) => return told(help::explain(&unread)),
    };
    let Some(command) = cli.command else { return told(help::print_all(&cli.global)) };
    let session = match Session::open(&cli.global) {
        Ok(session) => session,
        Err(error) => return unopened(&cli.global, &error),
    };
    // The program ends with the command: what it knows is given back all at once.
    let session = ManuallyDrop::new(session);
    let done = match command {
        Command::Tutor(args) => tutor::run(&args, &session),
        Command::Learn(args) => learn::run(&args, &session),
        Command::Check(args) => check::run(&args, &session),
        Command::Cell(args) => cell::run(&args, &session),
        Command::Fix(args) => fix::run(&args, &session),
        Command::Classify(args) => classify::run(&args, &session),
        Command::Extract(args) => extract::run(&args, &session),
        Command::Port(args) => port::run(&args, &session),
        Command::Lookup(args) => lookup::run(&args, &session),
        Command::Explain(args) => explain::run(&args, &session),
        Command::Pattern(args) => pattern::run(&args, &session),
        Command::Deviation(args) => deviation::run(&args, &session),
        #[cfg(feature = "kernel")]
        Command::Prove(args) => prove::run(&args, &session),
        #[cfg(feature = "kernel")]
        Command::Kernels(args) => kernels::run(&args, &session),
        Command::Content(args) => match args.command {
            #[cfg(feature = "kernel")]
            ContentCommand::Prove(args) => content::run(&args, &session),
            ContentCommand::Export(args) => export::run(&args, &session),
        },
        #[cfg(feature = "mcp")]
        Command::Mcp(_) => return mcp::run(ManuallyDrop::into_inner(session)).into(),
        #[cfg(feature = "server")]
        Command::Server(args) => server::run(&args, &session),
        Command::Skill(args) => match args.command {
            SkillCommand::Check(args) => skill::run(&args, &session),
            SkillCommand::Install(args) => skills::install(&args, &session),
            SkillCommand::Uninstall(args) => skills::uninstall(&args, &session),
        },
        Command::Schema(args) => tools::schema(&args),
        Command::Completions(args) => tools::completions(&args, &session),
        Command::Man(args) => tools::man(&args, &session),
    };
    match done {
        Ok(exit) => exit.into(),
        // A reader that went away is no error.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean.into(),
        Err(error) => failed(&session, &error),
    }
}

/// Reports what keeps a command from being done, in the reader's languages.
fn failed(session: &Session, error: &(dyn std::error::Error + 'static)) -> ExitCode {
    say_error(session, error);
    Exit::Failed.into()
}

/// Says an error with its causes, once for each language.
fn say_error(session: &Session, error: &(dyn std::error::Error + 'static)) {
    for told in session.voice().tell(error) {
        for line in told.lines() {
            complain(&format!("nbasync: {}\n", session.paper.safe(line)));
        }
    }
}

/// Reports why there is no session, in the words of one that lacks what is wrong.
fn unopened(args: &GlobalArgs, error: &SessionError) -> ExitCode {
    match Session::without(args, error) {
        Ok(session) => failed(&session, error),
        Err(_) => fail(error),
    }
}

/// Ends after help or a complaint about the arguments.
fn told(done: Result<Exit, SessionError>) -> ExitCode {
    done.map_or_else(|error| fail(&error), ExitCode::from)
}

/// Reports an error with its causes, where no words can be read.
fn fail(error: &dyn std::error::Error) -> ExitCode {
    let mut text = format!("nbasync: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(&format!(": {source}"));
        cause = source.source();
    }
    complain(&format!("{}\n", crate::shell::visible::line(&text)));
    Exit::Failed.into()
}

/// Panics of the parser are caught and answered; they are not to be printed.
fn silence_caught_panics() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !crate::python::is_catching() {
            report(info);
        }
    }));
}
