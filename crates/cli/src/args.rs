//! The command line, from which completions and the manual page are made too.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use model::Level;
use words::Language;

use crate::drill::DrillCommand;

/// Finds in the logs that a company already has what looks like the work of an intruder.
#[derive(Debug, Parser)]
#[command(name = "yagura", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Arguments {
    /// The language of the screen and of a report's first view: ja or en (default: from LC_ALL, LC_MESSAGES, LANG)
    #[arg(long, global = true, value_name = "ja|en", value_parser = language)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs offline: incidents, findings, timeline, errors, summary and a report out
    Hunt(Box<HuntOptions>),
    /// Check, list and map the rules
    #[command(subcommand)]
    Rules(RulesCommand),
    /// List, check and try the formats of logs
    #[command(subcommand)]
    Sources(SourcesCommand),
    /// Rehearse a known intrusion: logs of an invented company, with the truth beside them
    #[command(subcommand)]
    Drill(DrillCommand),
    /// Say what is missing on this machine
    Doctor,
    /// Write a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page (roff)
    Man,
}

#[derive(Debug, Args)]
pub struct HuntOptions {
    /// Files, folders or archives of logs; - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub rules: RuleChoice,
    /// Indicators to look for: files or folders of STIX 2 bundles, MISP events, text or CSV lists
    #[arg(long, value_name = "PATH")]
    pub intel: Vec<PathBuf>,
    /// Values that are no indicators, one per line, beside those of everyone's services
    #[arg(long, value_name = "FILE", requires = "intel")]
    pub intel_allow: Vec<PathBuf>,
    /// Read the inputs whose name matches as this format (`yagura sources list` shows all)
    #[arg(long = "as", value_name = "FORMAT=GLOB")]
    pub formats: Vec<String>,
    /// A format of one's own (docs/formats.md)
    #[arg(long = "format", value_name = "FILE")]
    pub format_files: Vec<PathBuf>,
    /// The host of records that name none, by the input's name
    #[arg(long = "host", value_name = "NAME=GLOB")]
    pub hosts: Vec<String>,
    /// The inventory of machines: CSV with name, addresses, site, role, criticality, owner, lifecycle
    #[arg(long, value_name = "CSV")]
    pub assets: Vec<PathBuf>,
    /// The list of accounts: CSV with account, name, department, title, privileged, status
    #[arg(long, value_name = "CSV")]
    pub users: Vec<PathBuf>,
    /// What people marked as normal: CSV with kind (entity, pair, group), name, other, measure, from, until, by, note
    #[arg(long, value_name = "CSV")]
    pub verdicts: Vec<PathBuf>,
    /// Leave out events before this time
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Leave out events from this time on
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// The zone of log times without one, such as Asia/Tokyo or +09:00
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    pub tz: String,
    /// The year of the last line of syslog inputs without years (default: from the file's date)
    #[arg(long, value_name = "YYYY")]
    pub year: Option<i16>,
    /// The output folder
    #[arg(long, value_name = "DIR", default_value = "./yagura-out")]
    pub out: PathBuf,
    /// Overwrite what is in the output folder
    #[arg(long)]
    pub force: bool,
    /// Which events the timeline holds: those that evidence a finding, or all
    #[arg(long, value_enum, default_value_t = Timeline::Evidence)]
    pub timeline: Timeline,
    /// How many incidents of medium severity and above people can look at a day: the weakest beyond are lowered to low, none is hidden, and
    /// those with a high or critical finding are exempt
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub alerts_per_day: u64,
    /// Use rules alone: no findings about days unlike others
    #[arg(long)]
    pub no_behavior: bool,
    /// Stop at findings: write no incidents and no report
    #[arg(long)]
    pub findings_only: bool,
    /// Leave out findings below this level
    #[arg(long, value_name = "LEVEL")]
    pub min_level: Option<Level>,
    /// Threads (default: as many as the machine has processors)
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// Show nothing but errors
    #[arg(long)]
    pub quiet: bool,
    /// Write the summary to standard output as JSON
    #[arg(long)]
    pub json: bool,
    /// End with exit status 3 when there is a finding of this level or above
    #[arg(long, value_name = "LEVEL")]
    pub fail_on: Option<Level>,
}

/// Which rules to use.
#[derive(Debug, Args)]
pub struct RuleChoice {
    /// Sigma rule files or folders, used beside the built-in rules
    #[arg(long = "rules", value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    /// Leave out the built-in rules
    #[arg(long)]
    pub no_builtin_rules: bool,
    /// Values for %placeholders% in rules: a JSON object of names to lists of texts
    #[arg(long, value_name = "FILE")]
    pub placeholders: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Timeline {
    Evidence,
    All,
}

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Say which rules cannot be used, where and why
    Check(RulesOptions),
    /// List the rules that are used
    List(RulesOptions),
    /// Show the rules by log source and ATT&CK technique
    Coverage(CoverageOptions),
}

#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// List the formats
    List(SourcesListOptions),
    /// Say what is wrong with files of formats
    Check {
        /// Files of formats (docs/formats.md)
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Show how logs are recognised, and their first records as events
    Try(SourcesTryOptions),
    /// Show which fields of the taxonomy and which roles each format fills
    Coverage(SourcesListOptions),
}

#[derive(Debug, Args)]
pub struct SourcesListOptions {
    /// A format of one's own
    #[arg(long = "format", value_name = "FILE")]
    pub formats: Vec<PathBuf>,
    /// Write JSON to standard output, one format per line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct SourcesTryOptions {
    /// Files, folders or archives of logs; - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A format of one's own
    #[arg(long = "format", value_name = "FILE")]
    pub formats: Vec<PathBuf>,
    /// Read the inputs whose name matches as this format
    #[arg(long = "as", value_name = "FORMAT=GLOB")]
    pub forced: Vec<String>,
    /// How many records to show of each input
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub records: usize,
    /// The zone of log times without one
    #[arg(long, value_name = "ZONE", default_value = "UTC", allow_hyphen_values = true)]
    pub tz: String,
    /// The year of the last line of syslog inputs without years
    #[arg(long, value_name = "YYYY")]
    pub year: Option<i16>,
}

#[derive(Debug, Args)]
pub struct RulesOptions {
    /// Sigma rule files or folders; without any, the built-in rules
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub choice: RuleChoice,
    /// Write JSON to standard output
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct CoverageOptions {
    #[command(flatten)]
    pub rules: RulesOptions,
    /// Write an ATT&CK Navigator layer to this file
    #[arg(long, value_name = "FILE")]
    pub navigator: Option<PathBuf>,
}

fn language(text: &str) -> Result<Language, String> {
    text.parse().map_err(|_| "the languages are ja and en".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
