//! What a program uses: CPU time, wall clock, memory.
//!
//! Every run happens in a child of its own (`xtask measure`), whose only child is the program: what the system says of
//! that child's children is then the program's.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use serde_json::{Value, json};

use crate::error::Error;

/// The program that is measured.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The program and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub command: Vec<OsString>,
}

/// Runs the program, and prints what it used as one JSON object.
///
/// # Errors
/// Where it cannot be run.
pub fn run(options: &Options) -> Result<(), Error> {
    let (program, arguments) =
        options.command.split_first().ok_or_else(|| Error::Said("no program".to_owned()))?;
    let begin = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|source| Error::Io { what: program.to_string_lossy().into_owned(), source })?;
    let wall = begin.elapsed().as_secs_f64();
    let usage =
        getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| Error::Said(format!("getrusage: {error}")))?;
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    println!(
        "{}",
        json!({"ok": status.success(), "cpu": cpu as f64 / 1e6, "wall": wall, "peak": usage.max_rss() * unit})
    );
    Ok(())
}

/// What a program used.
#[derive(Clone, Debug)]
pub struct Measured {
    /// User and system time, in seconds.
    pub cpu: f64,
    /// From start to end, in seconds.
    pub wall: f64,
    /// The largest resident set, in bytes.
    pub peak: u64,
    /// The command, as a shell would take it.
    pub command: String,
}

impl Measured {
    /// The median of some runs of one command, of each figure for itself.
    pub fn median(runs: &[Measured]) -> Measured {
        let of = |figure: fn(&Measured) -> f64| median(runs.iter().map(figure).collect());
        Measured {
            cpu: of(|run| run.cpu),
            wall: of(|run| run.wall),
            peak: of(|run| run.peak as f64) as u64,
            command: runs.first().map(|run| run.command.clone()).unwrap_or_default(),
        }
    }
}

/// Runs programs in children.
#[derive(Debug)]
pub struct Runner {
    xtask: PathBuf,
    runs: usize,
    cache: Option<PathBuf>,
}

impl Runner {
    /// With that `xtask`, so many times.
    pub fn new(xtask: PathBuf, runs: usize) -> Runner {
        Runner { xtask, runs, cache: None }
    }

    /// The same, with compiled rules kept in that folder instead of the user's.
    pub fn with_cache(&self, folder: PathBuf) -> Runner {
        Runner { xtask: self.xtask.clone(), runs: self.runs, cache: Some(folder) }
    }

    /// One run.
    ///
    /// # Errors
    /// Where the program cannot be run or fails.
    pub fn once(&self, command: &[OsString]) -> Result<Measured, Error> {
        let shown = self.shown(command);
        eprintln!("{shown}");
        let output = Command::new(&self.xtask)
            .envs(self.cache.iter().map(|folder| (CACHE, folder)))
            .args(["measure", "--"])
            .args(command)
            .stdin(Stdio::null())
            .output()
            .map_err(|source| Error::Io { what: self.xtask.display().to_string(), source })?;
        let value: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let number = |name: &str| value.get(name).and_then(Value::as_f64);
        let is_ok = value.get("ok").and_then(Value::as_bool) == Some(true);
        match (number("cpu"), number("wall"), number("peak")) {
            (Some(cpu), Some(wall), Some(peak)) if is_ok => {
                Ok(Measured { cpu, wall, peak: peak as u64, command: shown })
            }
            _ => {
                let said = String::from_utf8_lossy(&output.stderr);
                let last = said.trim().lines().next_back().unwrap_or("without a word");
                Err(Error::Said(format!("failed: `{shown}`: {last}")))
            }
        }
    }

    /// The median of the runs, of each figure for itself.
    ///
    /// # Errors
    /// As [`Runner::once`].
    pub fn median(&self, command: &[OsString]) -> Result<Measured, Error> {
        self.median_after(|| Ok(()), command)
    }

    /// The same, with something done before each run that is not measured.
    ///
    /// # Errors
    /// As [`Runner::once`], and as what is done before.
    pub fn median_after(
        &self,
        before: impl Fn() -> Result<(), Error>,
        command: &[OsString],
    ) -> Result<Measured, Error> {
        let run = |_| before().and_then(|()| self.once(command));
        let runs = (0..self.runs).map(run).collect::<Result<Vec<_>, _>>()?;
        Ok(Measured::median(&runs))
    }

    /// All runs of some commands, in turn: what slows the machine down meets all. The first round is not measured, so that files are at hand.
    ///
    /// # Errors
    /// As [`Runner::once`].
    pub fn in_turn<const N: usize>(&self, commands: [&[OsString]; N]) -> Result<[Vec<Measured>; N], Error> {
        let mut all = [(); N].map(|()| Vec::new());
        for round in 0..=self.runs {
            for (command, runs) in commands.iter().zip(&mut all) {
                let measured = self.once(command)?;
                if round > 0 {
                    runs.push(measured);
                }
            }
        }
        Ok(all)
    }

    /// The command as a shell would take it, with the folder of the cache where it is not the user's.
    fn shown(&self, command: &[OsString]) -> String {
        let cache = self.cache.iter().map(|folder| format!("{CACHE}={} ", shown(&words(&[folder]))));
        cache.chain([shown(command)]).collect()
    }
}

/// Where `yagura` is told to keep compiled rules.
const CACHE: &str = "YAGURA_CACHE";

/// Words of a command.
pub fn words(words: &[&dyn AsRef<OsStr>]) -> Vec<OsString> {
    words.iter().map(|word| word.as_ref().to_owned()).collect()
}

/// The middle one; no number where there is none.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The command with paths from the current folder on, and quotes where a shell needs them.
fn shown(command: &[OsString]) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let word = |word: &OsString| {
        let path = std::path::Path::new(word);
        let word = path.strip_prefix(&here).unwrap_or(path).to_string_lossy().into_owned();
        let is_plain = |each: char| each.is_alphanumeric() || "/._-=,:@".contains(each);
        if word.chars().all(is_plain) { word } else { format!("'{word}'") }
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn a_command_is_shown_as_it_is_typed() {
        let here = std::env::current_dir().unwrap();
        let command = words(&[&here.join("a/b"), &"--x", &"with blank"]);
        assert_eq!(shown(&command), "a/b --x 'with blank'");
    }
}
