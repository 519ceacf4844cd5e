//! What can be said to `check` and to `fix`.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{Format, PlaceArgs, SourceArgs};
use crate::diagnostic::Severity;
use crate::review::rule_names;
use crate::shell::config::Overrides;

/// Report the mistakes in notebooks
///
/// Notebooks are .ipynb files, .py files with # %% cells, of Jupytext, marimo or Databricks, and
/// Markdown with cells (MyST, Quarto, Jupytext). Folders are walked; ignore files are heeded, hidden
/// folders and virtual environments left out. Other .py files are scripts, and nothing is said of
/// them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync check .
  nbasync check --select dropped-task,asyncio-run-in-cell analysis.ipynb
  nbasync check --severity warning --statistics .
  nbasync check --format json . | jq '.files[].diagnostics[].rule'
  nbasync check --format sarif . > nbasync.sarif
  nbasync check - --stdin-filename analysis.ipynb < analysis.ipynb

In a cell, `# nbasync: ignore[dropped-task]` at the end of a line silences that rule there,
`# nbasync: ignore` every rule, and `# nbasync: skip-cell` the whole cell.

Exit code 0: clean; 1: something at warning or above; 2: a file could not be read.")]
pub struct CheckArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// The least that is reported
    ///
    /// [default: hint, or as the settings say]
    #[arg(long, value_name = "LEVEL")]
    pub severity: Option<Level>,
    #[command(flatten)]
    pub place: PlaceArgs,
    /// For people, for programs, or for a service that shows reports
    #[arg(long, default_value = "text")]
    pub format: CheckFormat,
    /// Count for each rule instead, most first (text and json)
    #[arg(long)]
    pub statistics: bool,
    /// Show what the safe fixes would change (text)
    #[arg(long, conflicts_with = "statistics")]
    pub diff: bool,
    /// Exit code 0 even when something is found
    #[arg(long)]
    pub exit_zero: bool,
    /// Report again whenever one of the files changes, until you press Ctrl-C (text)
    #[arg(long)]
    pub watch: bool,
}

impl CheckArgs {
    /// Options that make no sense together.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        use CheckFormat::{Json, Text};
        match self {
            Self { diff: true, format, .. } if *format != Text => {
                Some("--diff is for --format text alone")
            }
            Self { watch: true, format, .. } if *format != Text => {
                Some("--watch is for --format text alone")
            }
            Self { watch: true, source, .. } if source.is_stdin() => {
                Some("--watch looks at files, and standard input is none")
            }
            Self { statistics: true, format, .. } if !matches!(format, Text | Json) => {
                Some("--statistics is for --format text and json alone")
            }
            Self { source, .. } => source.contradiction(),
        }
    }
}

/// Repair notebooks
///
/// Safe fixes give the same result in a kernel and are applied at once; for the others there is
/// --unsafe-fixes. Fixes are applied in rounds until nothing changes; one that would leave a new
/// problem behind is taken back. Not another byte of a file changes, and a file that changed on
/// disk meanwhile is left as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  nbasync fix --diff .                       see what would change, write nothing
  nbasync fix analysis.ipynb
  nbasync fix --unsafe-fixes --interactive . decide on each change
  nbasync fix --select asyncio-run-in-cell .
  nbasync fix - --stdin-filename a.py < a.py > b.py

Exit code 0: nothing left at warning or above; 1: something left; 2: a file could not be read or
written. With --diff everything is left that would change.")]
pub struct FixArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Also apply fixes that change something which you must agree to
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show the changes and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Show each change and ask
    #[arg(long, conflicts_with = "diff")]
    pub interactive: bool,
    #[cfg(feature = "kernel")]
    #[command(flatten)]
    pub proof: super::kernel::VerifyArgs,
    /// For people or for programs
    #[arg(long, default_value = "text")]
    pub format: Format,
}

impl FixArgs {
    /// Options that make no sense together.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        let is_json = self.format == Format::Json;
        match self {
            Self { interactive: true, .. } if is_json => {
                Some("--interactive asks people: it is for --format text alone")
            }
            Self { interactive: true, source, .. } if source.is_stdin() => {
                Some("--interactive reads answers from standard input, where the text comes from")
            }
            Self { source, diff: false, .. } if source.is_stdin() && is_json => {
                Some("fix - writes the repaired text: --format json goes with --diff there")
            }
            Self { source, .. } => source.contradiction(),
        }
    }
}

/// Which rules count.
#[derive(Debug, Clone, Args)]
pub struct RuleArgs {
    /// Only these rules, with commas between them
    #[arg(long, value_name = "RULE", value_delimiter = ',', hide_possible_values = true,
          value_parser = PossibleValuesParser::new(rule_names()))]
    pub select: Vec<String>,
    /// All but these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', hide_possible_values = true,
          value_parser = PossibleValuesParser::new(rule_names()))]
    pub ignore: Vec<String>,
}

impl RuleArgs {
    /// What is to go before the settings in files.
    pub fn overrides(&self, severity: Option<Severity>, place: &PlaceArgs) -> Overrides {
        let (select, ignore) = (self.select.clone(), self.ignore.clone());
        Overrides { select, ignore, severity, host: place.env }
    }
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// The kernel raises or hangs
    Error,
    /// It runs and is wrong
    Warning,
    /// Advice
    Hint,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Hint => Severity::Hint,
        }
    }
}

/// The shape of a report of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    Text,
    /// One object, "version": 1
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// Code quality of GitLab
    Gitlab,
    /// JUnit XML, a test suite for each file
    Junit,
}
