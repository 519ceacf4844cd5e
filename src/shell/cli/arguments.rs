//! What can be said on the command line.

mod asking;
mod cell;
mod check;
mod content;
#[cfg(feature = "kernel")]
mod kernel;
mod learn;
mod moving;
#[cfg(any(feature = "mcp", feature = "server"))]
mod serving;
mod skills;
mod source;
mod tools;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub use asking::{DeviationArgs, PatternArgs};
pub use cell::CellArgs;
pub use check::{CheckArgs, CheckFormat, FixArgs};
pub use content::{ContentArgs, ContentCommand, ContentExportArgs};
#[cfg(feature = "kernel")]
pub use kernel::{ContentProveArgs, KernelsArgs, ProveArgs};
pub use learn::LearnArgs;
pub use moving::{ExtractArgs, PortArgs};
#[cfg(feature = "mcp")]
pub use serving::McpArgs;
#[cfg(feature = "server")]
pub use serving::ServerArgs;
pub use skills::{
    SkillArgs, SkillCheckArgs, SkillCommand, SkillInstallArgs, SkillPlaceArgs, SkillUninstallArgs,
};
pub use source::SourceArgs;
pub use tools::{CompletionsArgs, ManArgs, SchemaArgs, Subject};

use crate::environment::Host;

const EXAMPLES: &str = "\
Examples:
  nbasync tutor analysis.ipynb          walk through a notebook, cell by cell
  pbpaste | nbasync tutor -             walk through a cell from the clipboard
  nbasync learn                         lessons, and cells to repair
  nbasync check .                       report what is wrong in all notebooks here
  nbasync check --format json a.ipynb   the same for a program
  nbasync fix --diff .                  what the safe fixes would change
  nbasync fix .                         apply them
  nbasync extract analysis.ipynb fetch  move a helper into a module
  nbasync port crawl.py                 turn an async script into a notebook
  nbasync prove analysis.ipynb          run before and after in a real kernel, when you agree
  nbasync explain asyncio-run-in-cell   read a page
  nbasync lookup blocking requests      find pages by a few words
  nbasync pattern                       which pattern fits? five questions at most
  nbasync deviation older-python        put a deviation from the defaults on record

Exit codes:
  0  nothing to complain about
  1  something at warning or above
  2  the work could not be done: an unreadable file, bad arguments";

/// Async Python in notebooks: a tutor that shows what a cell does wrong, why, and how to write it,
/// and a checker for scripts and editors.
///
/// A notebook's kernel already runs an event loop. That is why `asyncio.run()` raises in a cell,
/// and why a cell may write `await` at the top level. nbasync reads .ipynb files, .py
/// files with # %% cells, of marimo or Databricks, and Markdown with cells. It runs their code only to prove something, and only after you agreed.
#[derive(Debug, Parser)]
#[command(name = "nbasync", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub global: GlobalArgs,
}

impl Cli {
    /// Reads what was said.
    ///
    /// # Errors
    /// When it makes no sense or asks for help.
    pub fn read() -> Result<Self, clap::Error> {
        let cli = Self::try_parse()?;
        let contradiction = match &cli.command {
            Some(Command::Check(args)) => args.contradiction(),
            Some(Command::Fix(args)) => args.contradiction(),
            Some(Command::Classify(args)) => args.input.source.contradiction(),
            _ => None,
        };
        match contradiction {
            Some(said) => Err(Self::command().error(ErrorKind::ArgumentConflict, said)),
            None => Ok(cli),
        }
    }
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// Language of everything that is shown [default: NBASYNC_LANG, else the locale]
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Lang>,
    /// Pages and skills from this folder in place of those in the program
    #[arg(long, global = true, value_name = "DIR")]
    pub content: Option<PathBuf>,
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Write nothing but ASCII
    #[arg(long, global = true)]
    pub ascii: bool,
}

/// A language or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// English
    En,
    /// 中文
    Zh,
    /// Each sentence in English, then in Chinese
    Both,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Tutor(TutorArgs),
    Learn(LearnArgs),
    Check(CheckArgs),
    Cell(CellArgs),
    Fix(FixArgs),
    Classify(ClassifyArgs),
    Extract(ExtractArgs),
    Port(PortArgs),
    Lookup(LookupArgs),
    Explain(ExplainArgs),
    Pattern(PatternArgs),
    Deviation(DeviationArgs),
    #[cfg(feature = "kernel")]
    Prove(ProveArgs),
    #[cfg(feature = "kernel")]
    Kernels(KernelsArgs),
    Content(ContentArgs),
    #[cfg(feature = "mcp")]
    Mcp(McpArgs),
    #[cfg(feature = "server")]
    Server(ServerArgs),
    Skill(SkillArgs),
    Schema(SchemaArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Walk through a notebook: each cell's situation, its mistake, the pattern, the price, a proof
///
/// Without a file the tutor starts with a page on which to paste a cell, to choose a notebook or
/// to look something up. Nothing is written back before you have seen the change and agreed.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  nbasync tutor
  nbasync tutor analysis.ipynb --cell 7
  pbpaste | nbasync tutor -
  nbasync tutor --linear analysis.ipynb")]
pub struct TutorArgs {
    /// A notebook; - reads a cell from stdin
    pub file: Option<PathBuf>,
    /// Start at this cell, counted from 1
    #[arg(long, value_name = "N")]
    pub cell: Option<NonZeroUsize>,
    /// Numbered choices line by line, for screen readers and pipes
    #[arg(long)]
    pub linear: bool,
    #[command(flatten)]
    pub place: PlaceArgs,
    #[command(flatten)]
    pub screen: ScreenArgs,
    #[command(flatten)]
    pub kernel: KernelArgs,
}

/// How the screen looks and what it takes.
#[derive(Debug, Clone, Default, Args)]
pub struct ScreenArgs {
    /// Colours for a dark or a light terminal
    #[arg(long, default_value = "auto")]
    pub theme: Theme,
    /// Take clicks and the wheel from the start
    #[arg(long)]
    pub mouse: bool,
    /// Diagrams of lessons stand still
    #[arg(long)]
    pub reduced_motion: bool,
}

/// Which kernel runs cells, when the reader asks for it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Proof")]
pub struct KernelArgs {
    /// The kernel of this name, as `nbasync kernels` lists it
    #[arg(long, value_name = "NAME")]
    pub kernel: Option<String>,
    /// The kernel of this interpreter, or of the environment in this folder
    #[arg(long, value_name = "PATH", conflicts_with = "kernel")]
    pub python: Option<PathBuf>,
    /// Run nothing; the proof shows what was recorded
    #[arg(long, conflicts_with_all = ["kernel", "python"])]
    pub no_kernel: bool,
}

/// Colours for which ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Theme {
    /// As the terminal says it is
    #[default]
    Auto,
    Dark,
    Light,
}

/// Say for each cell whether the skill for async Python in notebooks applies, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync classify analysis.ipynb
  nbasync classify --format json . | jq '.files[] | {path, verdict}'

Exit code 0: done; 2: a file could not be read.")]
pub struct ClassifyArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
}

/// Where the cells run.
#[derive(Debug, Clone, Args)]
pub struct PlaceArgs {
    /// The place where the cells run, which changes what is right there [default: as the notebook
    /// or the settings say]
    #[arg(long, value_name = "PLACE", value_parser = place())]
    pub env: Option<Host>,
}

fn place() -> impl TypedValueParser<Value = Host> {
    PossibleValuesParser::new(Host::ALL.map(|(name, _)| name))
        .map(|name| Host::named(&name).unwrap_or_default())
}

/// Which files to read and how to report.
#[derive(Debug, Args)]
pub struct InputArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// The shape of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    /// One object, "version": 1
    Json,
}

/// Find pages by words: situations, mistakes, patterns, errors, deviations
///
/// Words match in both languages, and need not be whole or spelled right. The more a word tells,
/// the more it counts; none has to match. Exit code 1: no page.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync lookup blocking requests
  nbasync lookup cannot be called from a running event loop")]
pub struct LookupArgs {
    /// What to look for
    #[arg(required = true, value_name = "QUERY")]
    pub words: Vec<String>,
    /// Pages shown at most
    #[arg(long, value_name = "N", default_value = "10")]
    pub limit: usize,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

/// Print a page: of a mistake, a pattern, a situation, an error message ...
///
/// On a terminal the page is laid out; into a pipe it goes as Markdown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync explain asyncio-run-in-cell
  nbasync explain gather --lang zh
  nbasync explain gather --format json | jq -r .markdown
  nbasync explain python-notebooks-async > skill.md")]
pub struct ExplainArgs {
    /// The page's name, as `check` and `lookup` write it, or the text of an error
    pub name: String,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_contradict_each_other_nowhere() {
        Cli::command().debug_assert();
    }
}
