//! One drill, and every method on it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use super::baselines::{self, Ranked};
use super::{BUDGETS, Cell, Method};
use crate::compare::measure::words;
use crate::error::{Error, at};

/// How drills are rehearsed.
#[derive(Debug)]
pub struct Rehearsal<'a> {
    pub yagura: &'a Path,
    pub xtask: &'a Path,
    pub users: u32,
    pub days: u32,
    /// For logs and results; nothing stays in it.
    pub folder: PathBuf,
}

/// A hunt of the curve.
#[derive(Clone, Copy, Debug)]
struct Case {
    method: Method,
    budget: u64,
}

/// What a hunt came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Hunted {
    pub intrusions: Vec<Told>,
    /// Incidents of medium severity and above, in all.
    pub raised: u64,
    /// Those without any malicious record, per day.
    pub false_alarms: f64,
}

/// What is told of an intrusion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    pub found: bool,
    /// What share of the things that were read was read by the first alarm; none where nothing was read, or the time of the alarm is not known.
    pub read: Option<f64>,
}

impl Hunted {
    /// How many intrusions were found.
    pub fn found(&self) -> usize {
        self.intrusions.iter().filter(|one| one.found).count()
    }
}

impl Rehearsal<'_> {
    /// The names of all scenarios.
    ///
    /// # Errors
    /// Where `yagura` fails.
    pub fn scenarios(&self) -> Result<Vec<String>, Error> {
        let listed = output(self.yagura, &words(&[&"drill", &"list"]))?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        Ok(listed.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }

    /// Generates a drill, has every method look at it at every budget, and deletes it.
    ///
    /// # Errors
    /// Where the drill cannot be generated, or a hunt or a baseline fails.
    pub(super) fn of(&self, scenario: &str, seed: u64) -> Result<Vec<Cell>, Error> {
        let drill = self.generate(scenario, seed)?;
        let hunted = self.hunts(&drill)?;
        let said = output(self.xtask, &words(&[&"baselines", &drill]))?;
        let (days, baselines) = baselines::read(&said).ok_or_else(|| {
            Error::Said(format!("the baselines on {} said nothing of use", drill.display()))
        })?;
        std::fs::remove_dir_all(&drill).map_err(at(&drill))?;
        Ok(cells(scenario, days.max(1), &hunted, &baselines))
    }

    /// Generates a drill, and returns its folder.
    ///
    /// # Errors
    /// Where `yagura` fails.
    pub fn generate(&self, scenario: &str, seed: u64) -> Result<PathBuf, Error> {
        let drill = self.folder.join(format!("{scenario}-{seed}"));
        let mut generate =
            words(&[&"drill", &"generate", &"--quiet", &"--scenario", &scenario, &"--out", &drill]);
        generate.extend(words(&[&"--seed", &seed.to_string()]));
        generate.extend(words(&[&"--users", &self.users.to_string(), &"--days", &self.days.to_string()]));
        output(self.yagura, &generate)?;
        Ok(drill)
    }

    /// Hunts through a drill with more options, and scores what was written to `out`.
    ///
    /// # Errors
    /// Where `yagura` fails, or its score is not as expected.
    pub fn hunt(&self, drill: &Path, more: &[OsString], out: &Path) -> Result<Hunted, Error> {
        let mut hunt =
            words(&[&"hunt", &drill.join("logs"), &"--tz", &"Asia/Tokyo", &"--out", &out, &"--force"]);
        hunt.extend(words(&[&"--assets", &drill.join("company/assets.csv")]));
        hunt.extend(words(&[&"--users", &drill.join("company/users.csv")]));
        hunt.extend(words(&[&"--quiet", &"--threads", &"1"]));
        hunt.extend_from_slice(more);
        output(self.yagura, &hunt)?;
        let score =
            output(self.yagura, &words(&[&"drill", &"score", &drill.join("truth"), &out, &"--json"]))?;
        let summary = out.join("summary.json");
        let summary = std::fs::read(&summary).map_err(at(&summary))?;
        hunted(&score, &summary)
            .ok_or_else(|| Error::Said(format!("the score of {} is not as expected", out.display())))
    }

    /// All hunts of the curve.
    fn hunts(&self, drill: &Path) -> Result<Vec<(Case, Hunted)>, Error> {
        let methods = [Method::Yagura, Method::Rules];
        let cases = methods.into_iter().flat_map(|method| BUDGETS.map(|budget| Case { method, budget }));
        at_once(cases.collect(), |case: Case, worker| {
            let mut more = words(&[&"--alerts-per-day", &case.budget.to_string()]);
            if case.method == Method::Rules {
                more.extend(words(&[&"--no-behavior"]));
            }
            Ok((case, self.hunt(drill, &more, &drill.join(format!("out-{worker}")))?))
        })
    }
}

/// Does something in every case, in as many at a time as there are cores; each is told the number of its worker.
///
/// # Errors
/// The first.
pub fn at_once<Case: Send, Done: Send>(
    mut cases: Vec<Case>,
    work: impl Fn(Case, usize) -> Result<Done, Error> + Sync,
) -> Result<Vec<Done>, Error> {
    cases.reverse();
    let waiting = Mutex::new(cases);
    let next = || waiting.lock().ok().and_then(|mut waiting| waiting.pop());
    let work = |worker: usize| -> Result<Vec<Done>, Error> {
        std::iter::from_fn(next).map(|case| work(case, worker)).collect()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let results = std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..cores).map(|worker| scope.spawn(move || work(worker))).collect();
        let joined = workers.into_iter().map(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(Error::Said("a thread of the comparison stopped".to_owned())))
        });
        joined.collect::<Result<Vec<_>, _>>()
    });
    Ok(results?.into_iter().flatten().collect())
}

/// Runs a program to its end, and returns what it printed.
fn output(program: &Path, arguments: &[OsString]) -> Result<Vec<u8>, Error> {
    let failed = |source| Error::Io { what: program.display().to_string(), source };
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().map_err(failed)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim().lines().next_back().unwrap_or("without a word").to_owned();
    let command = arguments.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    Err(Error::Said(format!("failed: `{} {command}`: {last}", program.display())))
}

/// Reads a score and a hunt's summary.
fn hunted(score: &[u8], summary: &[u8]) -> Option<Hunted> {
    let score: Value = serde_json::from_slice(score).ok()?;
    let summary: Value = serde_json::from_slice(summary).ok()?;
    let intrusions = score.get("intrusions")?.as_array()?;
    let told = |one: &Value| Told {
        found: one.get("found").and_then(Value::as_bool) == Some(true),
        read: one.get("read_share").and_then(Value::as_f64),
    };
    let by_severity: BTreeMap<String, u64> =
        serde_json::from_value(summary.pointer("/incidents/by_severity")?.clone()).ok()?;
    let of = |severity: &str| by_severity.get(severity).copied().unwrap_or(0);
    Some(Hunted {
        intrusions: intrusions.iter().map(told).collect(),
        raised: of("medium") + of("high") + of("critical"),
        false_alarms: score.pointer("/alarms/incidents/per_day")?.as_f64()?,
    })
}

/// What every method found at every budget.
fn cells(scenario: &str, days: u64, hunted: &[(Case, Hunted)], baselines: &[Ranked]) -> Vec<Cell> {
    let per_day = |count: usize| count as f64 / days as f64;
    let mut cells = Vec::new();
    for (Case { method, budget }, hunted) in hunted {
        cells.push(Cell {
            scenario: scenario.to_owned(),
            method: *method,
            budget: *budget,
            found: hunted.found(),
            intrusions: hunted.intrusions.len(),
            raised: per_day(hunted.raised as usize),
            false_alarms: Some(hunted.false_alarms),
        });
        if *method != Method::Yagura {
            continue;
        }
        let allowed = hunted.raised.max(budget * days) as usize;
        cells.extend(baselines.iter().map(|ranked| Cell {
            scenario: scenario.to_owned(),
            method: ranked.method,
            budget: *budget,
            found: ranked.found(allowed),
            intrusions: ranked.ranks.len(),
            raised: per_day(ranked.alarms.min(allowed)),
            false_alarms: None,
        }));
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_and_a_summary_say_what_was_found_and_raised() {
        let score = br#"{"intrusions": [{"found": true, "read_share": 0.5}, {"found": false}], "alarms": {"incidents": {"count": 21, "per_day": 1.5}}}"#;
        let summary =
            br#"{"incidents": {"total": 40, "by_severity": {"low": 17, "medium": 20, "critical": 3}}}"#;
        let told = |found, read| Told { found, read };
        let intrusions = vec![told(true, Some(0.5)), told(false, None)];
        let expected = Hunted { intrusions, raised: 23, false_alarms: 1.5 };
        assert_eq!(hunted(score, summary), Some(expected));
        assert_eq!(hunted(b"{}", summary), None);
    }

    #[test]
    fn baselines_may_raise_as_much_as_the_budget_or_as_yagura_did() {
        let ranked = Ranked { method: Method::Hopper, alarms: 100, ranks: vec![Some(10), Some(30)] };
        let found = |raised| {
            let case = Case { method: Method::Yagura, budget: 1 };
            let told = |found| Told { found, read: None };
            let hunted = Hunted { intrusions: vec![told(true), told(false)], raised, false_alarms: 0.0 };
            let cells = cells("x", 14, &[(case, hunted)], std::slice::from_ref(&ranked));
            (cells[1].found, cells[1].raised)
        };
        assert_eq!(found(3), (1, 1.0));
        assert_eq!(found(42), (2, 3.0));
    }
}
