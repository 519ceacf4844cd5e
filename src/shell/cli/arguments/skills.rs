//! Arguments of `nbasync skill`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use super::Format;
use crate::shell::skills::Agent;

/// Work on the skills and pages themselves
#[derive(Debug, Args)]
pub struct SkillArgs {
    #[command(subcommand)]
    pub command: SkillCommand,
}

/// What to do with skills and pages.
#[derive(Debug, Subcommand)]
pub enum SkillCommand {
    Check(SkillCheckArgs),
    Install(SkillInstallArgs),
    Uninstall(SkillUninstallArgs),
}

/// Put the skills where agents look for them
#[derive(Debug, Args)]
pub struct SkillInstallArgs {
    #[command(flatten)]
    pub place: SkillPlaceArgs,
    /// Replace files that you changed, too
    #[arg(long)]
    pub overwrite: bool,
}

/// Take away the skills that were installed, as far as they are unchanged
#[derive(Debug, Args)]
pub struct SkillUninstallArgs {
    #[command(flatten)]
    pub place: SkillPlaceArgs,
}

/// Where the skills are.
#[derive(Debug, Args)]
pub struct SkillPlaceArgs {
    /// Where this agent looks; in the home folder without --project
    #[arg(long, value_name = "NAME", value_parser = agent())]
    pub agent: Option<Agent>,
    /// In this folder [default without --agent]
    #[arg(long)]
    pub project: bool,
    /// In the home folder
    #[arg(long, conflicts_with = "project")]
    pub user: bool,
    /// Show what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

fn agent() -> impl TypedValueParser<Value = Agent> {
    PossibleValuesParser::new(Agent::ALL.map(|agent| agent.name))
        .try_map(|name| Agent::named(&name).ok_or("no such agent"))
}

/// Report every error in skills and pages as file:line:column: message
#[derive(Debug, Args)]
pub struct SkillCheckArgs {
    /// A folder that holds content/ and skills/, or is one of them, or is a skill
    pub dir: Option<PathBuf>,
    /// Count lessons, drills, pages, words and cases, and name what is missing
    #[arg(long)]
    pub report: bool,
    /// For people or for programs; with --report
    #[arg(long, default_value = "text", requires = "report")]
    pub format: Format,
}
