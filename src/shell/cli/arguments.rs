//! What can be said on the command line. What its help says stands in `content/help.yaml`.

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
use clap::{Args, Parser, Subcommand, ValueEnum};

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

/// Async Python in notebooks: a tutor that shows what a cell does wrong, why, and how to write it,
/// and a checker for scripts and editors.
#[derive(Debug, Parser)]
#[command(name = "nbasync", version)]
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
    pub fn read() -> Result<Self, Unread> {
        let cli = Self::try_parse().map_err(|error| Unread::Refused(Box::new(error)))?;
        let contradiction = match &cli.command {
            Some(Command::Check(args)) => args.contradiction(),
            Some(Command::Fix(args)) => args.contradiction(),
            Some(Command::Classify(args)) => args.input.source.contradiction(),
            _ => None,
        };
        match contradiction {
            Some(key) => Err(Unread::Contradiction(key)),
            None => Ok(cli),
        }
    }
}

/// Why a command line leads to no command.
#[derive(Debug)]
pub enum Unread {
    /// It was not understood, or it asks for help.
    Refused(Box<clap::Error>),
    /// Options make no sense together: the key of what is said of them.
    Contradiction(&'static str),
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
#[derive(Debug, Clone, Args)]
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
#[derive(Debug, Args)]
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
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The page's name, as `check` and `lookup` write it, or the text of an error
    pub name: String,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_contradict_each_other_nowhere() {
        Cli::command().debug_assert();
    }
}
