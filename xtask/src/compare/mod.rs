//! Measures `yagura hunt` beside other programs, on the same files and the same machine.
//!
//! In: the corpora, and what else is installed. Out: a Markdown table of figures, each with the command that gave it; what
//! is not installed is named as left out. Figures are medians of some runs; CPU time is user and system time. What no other program does stands beside
//! the goal that it has.

mod ablation;
mod against;
pub mod curve;
mod data;
mod drills;
mod incidents;
pub mod measure;
pub mod parsers;
mod start;
mod table;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use measure::{Measured, Runner, words};
use table::Table;

/// What to measure, and on what.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The folder of the corpora; its `evtx` and `otrf` are used, and every EVTX file in it.
    #[arg(long, value_name = "DIR")]
    pub corpus: PathBuf,
    /// Sigma rules: the folder `rules` of SigmaHQ.
    #[arg(long, value_name = "DIR")]
    pub rules: PathBuf,
    /// How many runs each figure is the median of.
    #[arg(long, default_value_t = 3)]
    pub runs: usize,
    /// Draws the halves of the rules that are measured beside all of them.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Also measures memory on so much multiplied data (10G, 500M, …).
    #[arg(long, value_parser = crate::multiply::bytes)]
    pub big: Option<u64>,
    /// After how many days of a drill the cost of an event is measured.
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_values_t = [5, 25, 50], value_parser = clap::value_parser!(u32).range(1..=400))]
    pub grow: Vec<u32>,
    #[command(flatten)]
    pub curve: curve::Options,
    /// Only these (several may be named).
    #[arg(long, value_enum)]
    pub only: Vec<Part>,
}

/// A part of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// EVTX files: beside the evtx crate, Hayabusa, Chainsaw.
    Evtx,
    /// JSON lines: beside parsers that only parse, and rsigma.
    Json,
    /// All rules beside two halves of them.
    Rules,
    /// Compiling rules, beside starting with compiled ones from the cache.
    Start,
    /// Two threads beside one.
    Threads,
    /// What incidents cost on top of findings.
    Incidents,
    /// What an event costs as time goes by, and what the report takes.
    Grow,
    /// Memory in a company of 50,000 users.
    Large,
    /// Intrusions found against alarms a day, beside rules alone, new pairs, z-scores and Hopper's scoring.
    Curve,
    /// What behaviour finds without each of its measures. Only where it is named: thirty-four hunts through each drill, a quarter of an hour for `--curve-seeds 1`.
    Ablation,
    /// Memory and speed on multiplied data (needs `--big`).
    Big,
}

/// Builds what is measured, measures, and prints the table.
///
/// # Errors
/// Where something cannot be built, or `yagura` fails. Other programs that fail are named in the table.
pub fn run(root: &Path, options: &Options) -> Result<(), Error> {
    let target = build(root)?;
    let comparison = Comparison::new(&target, options)?;
    let mut table = Table::default();
    let is_wanted = |part: Part| options.only.is_empty() || options.only.contains(&part);
    if is_wanted(Part::Evtx) || is_wanted(Part::Json) {
        let start = comparison.start(&mut table)?;
        if is_wanted(Part::Evtx) {
            comparison.evtx(start, &mut table)?;
        }
        if is_wanted(Part::Json) {
            comparison.json(start, &mut table)?;
        }
    }
    if is_wanted(Part::Rules) {
        comparison.half_of_the_rules(&mut table)?;
    }
    if is_wanted(Part::Start) {
        comparison.compiling(&mut table)?;
    }
    if is_wanted(Part::Threads) {
        comparison.threads(&mut table)?;
    }
    if is_wanted(Part::Incidents) {
        comparison.incidents(&mut table)?;
    }
    if is_wanted(Part::Grow) {
        comparison.grow(&mut table)?;
    }
    if is_wanted(Part::Large) {
        comparison.large(&mut table)?;
    }
    if is_wanted(Part::Curve) {
        print!("{}", comparison.curve()?);
    }
    if options.only.contains(&Part::Ablation) {
        print!("{}", comparison.ablation()?);
    }
    if is_wanted(Part::Big) {
        match options.big {
            Some(bytes) => comparison.big(bytes, &mut table)?,
            None => table.left_out("memory on multiplied data", "give --big BYTES"),
        }
    }
    if !table.is_empty() {
        print!("{table}");
    }
    Ok(())
}

/// Builds `yagura` and this program for release, and returns the folder where cargo put them.
fn build(root: &Path) -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let failed = |source| Error::Io { what: "cargo".to_owned(), source };
    let build = ["build", "--release", "--package", "yagura", "--package", "xtask"];
    let status = Command::new(&cargo).args(build).current_dir(root).status().map_err(failed)?;
    if !status.success() {
        return Err(Error::Said("cargo build failed; see above".to_owned()));
    }
    let metadata = ["metadata", "--no-deps", "--format-version", "1"];
    let output = Command::new(&cargo).args(metadata).current_dir(root).output().map_err(failed)?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::Said(format!("cargo metadata: {error}")))?;
    let target = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    target.map(PathBuf::from).ok_or_else(|| Error::Said("cargo metadata names no target folder".to_owned()))
}

/// What all comparisons use.
struct Comparison<'a> {
    options: &'a Options,
    yagura: PathBuf,
    xtask: PathBuf,
    /// Where unpacked and multiplied data and results lie.
    work: PathBuf,
    runner: Runner,
}

impl<'a> Comparison<'a> {
    fn new(target: &Path, options: &'a Options) -> Result<Comparison<'a>, Error> {
        for path in [&options.corpus, &options.rules] {
            if !path.is_dir() {
                return Err(Error::Said(format!("{} is no folder", path.display())));
            }
        }
        let xtask = target.join("release/xtask");
        let work = target.join("compare");
        std::fs::create_dir_all(&work).map_err(crate::error::at(&work))?;
        let runner = Runner::new(xtask.clone(), options.runs.max(1));
        Ok(Comparison { options, yagura: target.join("release/yagura"), xtask, work, runner })
    }

    /// Runs `yagura hunt` once unmeasured, so that compiled rules and files are at hand, and then measures it.
    fn hunt(&self, input: &Path, rules: &Path, threads: usize) -> Result<Measured, Error> {
        let command = self.hunt_command(input, &[rules], threads);
        self.runner.once(&command)?;
        self.runner.median(&command)
    }

    fn hunt_command(&self, input: &Path, rules: &[&Path], threads: usize) -> Vec<OsString> {
        let mut command = words(&[&self.yagura, &"hunt", &input]);
        for rules in rules {
            command.extend(words(&[&"--rules", rules]));
        }
        command.extend(words(&[
            &"--no-builtin-rules",
            &"--out",
            &self.work.join("out"),
            &"--force",
            &"--threads",
            &threads.to_string(),
            &"--quiet",
            &"--json",
        ]));
        command
    }

    /// What a run costs before the first event: rules at hand, outputs made.
    fn start(&self, table: &mut Table) -> Result<f64, Error> {
        let start = self.hunt(&data::one_event(&self.work)?, &self.options.rules, 1)?;
        table.cpu("`yagura hunt` on one event: its start", &start);
        Ok(start.cpu)
    }

    /// A single half says little: one costly rule lies in one of the two.
    fn half_of_the_rules(&self, table: &mut Table) -> Result<(), Error> {
        let input = data::json_lines(&self.options.corpus, &self.work)?;
        let halves = data::halves_of_rules(&self.options.rules, &self.work, self.options.seed)?;
        let mut halves_cpu = 0.0;
        for half in &halves {
            let measured = self.hunt(&input, half, 1)?;
            table.cpu("JSON lines, a random half of the rules", &measured);
            halves_cpu += measured.cpu;
        }
        let all = self.hunt(&input, &self.options.rules, 1)?;
        table.cpu("JSON lines, all rules", &all);
        table.ratio("all rules / mean of the halves, CPU", all.cpu / (halves_cpu / 2.0));
        Ok(())
    }

    fn threads(&self, table: &mut Table) -> Result<(), Error> {
        let input = data::json_lines(&self.options.corpus, &self.work)?;
        let one = self.hunt(&input, &self.options.rules, 1)?;
        let two = self.hunt(&input, &self.options.rules, 2)?;
        table.wall("JSON lines, one thread", &one);
        table.wall("JSON lines, two threads", &two);
        table.ratio("one thread / two threads, wall clock", one.wall / two.wall);
        Ok(())
    }

    fn big(&self, bytes: u64, table: &mut Table) -> Result<(), Error> {
        for unique in [false, true] {
            let input = data::multiplied(&self.options.corpus, &self.work, bytes, unique, self.options.seed)?;
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let measured = self.hunt(&input, &self.options.rules, threads)?;
            let kind = if unique { ", every text unique" } else { "" };
            let what = format!("{} MB of JSON lines{kind}", bytes / 1_000_000);
            table.memory(&what, &measured);
            table.speed(&what, bytes, &measured);
            std::fs::remove_dir_all(&input).map_err(crate::error::at(&input))?;
        }
        Ok(())
    }
}
