//! The command line of `yagura drill`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum DrillCommand {
    /// List the scenarios
    List,
    /// Write the logs of a company in which a scenario takes place, and the truth beside them
    Generate(GenerateOptions),
    /// Generate, hunt and score
    Run(RunOptions),
    /// Compare what a hunt found with the truth of a drill
    Score(ScoreOptions),
    /// Play a drill as a tabletop exercise: evidence step by step, questions against the clock, and a report
    Play(PlayOptions),
}

#[derive(Clone, Debug, Args)]
pub struct WishOptions {
    /// How many people work in the company
    #[arg(long, value_name = "U", default_value_t = 100)]
    pub users: u32,
    /// How many machines the company has in all: beside those that its people need, printers, panels of meeting rooms, tills, access points and cameras (default: none of these)
    #[arg(long, value_name = "H")]
    pub hosts: Option<u32>,
    /// How many days the logs last
    #[arg(long, value_name = "D", default_value_t = 14)]
    pub days: u32,
    /// The first day
    #[arg(long, value_name = "DATE", default_value = "2026-06-01")]
    pub from: String,
    /// Whether the intrusion takes days, or sixty days of the logs
    #[arg(long, value_enum, default_value_t = PaceChoice::Fast)]
    pub pace: PaceChoice,
    /// Leave out logs whose path holds this text: a machine, or a file's name; * stands for anything
    #[arg(long, value_name = "SOURCE")]
    pub missing: Vec<String>,
    /// Leave out what lies between two times, in all logs or in some: [SOURCE=]FROM..TO
    #[arg(long, value_name = "FROM..TO")]
    pub gap: Vec<String>,
    /// Set clocks wrong: SOURCE=SECONDS
    #[arg(long, value_name = "SOURCE=SECONDS", allow_hyphen_values = true)]
    pub skew: Vec<String>,
    /// Write the records of each file in no order
    #[arg(long)]
    pub shuffle: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PaceChoice {
    Fast,
    Slow,
}

#[derive(Debug, Args)]
pub struct GenerateOptions {
    /// What happens (`yagura drill list`)
    #[arg(long, value_name = "S")]
    pub scenario: String,
    /// What all chance comes from: the same seed gives the same files
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    #[command(flatten)]
    pub wish: WishOptions,
    /// The folder to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Overwrite what is in the folder
    #[arg(long)]
    pub force: bool,
    /// Show nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct RunOptions {
    /// What happens (`yagura drill list`); may be given several times; `all` is every scenario
    #[arg(long, value_name = "S", required = true)]
    pub scenario: Vec<String>,
    /// The first seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many seeds, each a company of its own
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seeds: u64,
    #[command(flatten)]
    pub wish: WishOptions,
    /// The folder for logs and results
    #[arg(long, value_name = "DIR", default_value = "./yagura-drill")]
    pub out: PathBuf,
    /// Overwrite what is in the folder
    #[arg(long)]
    pub force: bool,
    /// Keep the logs of each seed (else only of a single one)
    #[arg(long)]
    pub keep: bool,
    /// Write the scores to standard output as JSON
    #[arg(long)]
    pub json: bool,
    /// More options for `yagura hunt`, after --
    #[arg(last = true, value_name = "HUNT OPTION")]
    pub hunt: Vec<String>,
}

#[derive(Debug, Args)]
pub struct ScoreOptions {
    /// The folder truth/ of a drill
    #[arg(value_name = "TRUTH")]
    pub truth: PathBuf,
    /// The folder that a hunt wrote
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Write the score to standard output as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct PlayOptions {
    /// The folder that `yagura drill generate` wrote
    #[arg(long, value_name = "DIR")]
    pub drill: PathBuf,
    /// The report to write: Markdown, or HTML where the name ends so (DIR/exercise.md)
    #[arg(long, value_name = "FILE.md|.html")]
    pub out: Option<PathBuf>,
    /// Shorten the time limit of five minutes per question: 2 halves it
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    pub speed: f64,
    /// Take the answers from a file, one per line, instead of asking
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Overwrite the report
    #[arg(long)]
    pub force: bool,
}
