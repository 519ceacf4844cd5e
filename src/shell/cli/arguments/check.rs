//! What can be said to `check` and to `fix`.

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::{Format, PlaceArgs, SourceArgs};
use crate::diagnostic::Severity;
use crate::review::rule_names;
use crate::shell::config::Overrides;

/// Report the mistakes in notebooks
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub source: SourceArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// The least that is reported
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
    /// Options that make no sense together: the key of what is said of them.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        use CheckFormat::{Json, Text};
        match self {
            Self { diff: true, format, .. } if *format != Text => Some("diff-text"),
            Self { watch: true, format, .. } if *format != Text => Some("watch-text"),
            Self { watch: true, source, .. } if source.is_stdin() => Some("watch-stdin"),
            Self { statistics: true, format, .. } if !matches!(format, Text | Json) => {
                Some("statistics")
            }
            Self { source, .. } => source.contradiction(),
        }
    }
}

/// Repair notebooks
#[derive(Debug, Args)]
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
    /// Options that make no sense together: the key of what is said of them.
    pub(super) fn contradiction(&self) -> Option<&'static str> {
        let is_json = self.format == Format::Json;
        match self {
            Self { interactive: true, .. } if is_json => Some("interactive-text"),
            Self { interactive: true, source, .. } if source.is_stdin() => {
                Some("interactive-stdin")
            }
            Self { source, diff: false, .. } if source.is_stdin() && is_json => {
                Some("fix-stdin-json")
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
