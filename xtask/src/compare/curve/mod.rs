//! Detections against alarms a day, beside what a user would otherwise have on the same logs.
//!
//! In: how many companies of each scenario. Out: how many intrusions each method finds at each budget. Each drill is generated, hunted through with every
//! budget, with behaviour and with rules alone, and scored by `yagura drill score`, as the gate does: an intrusion is found where an incident of medium severity or
//! above that belongs to it has a record of it as evidence. Then the baselines read the same logs, and the drill is deleted.
//!
//! Baselines are treated better than `yagura`: their alarms of the whole run are ranked after its end, and the best are taken, a budget for each day of
//! it, or as many as `yagura` raised where that is more (findings of level high are exempt from its budget). `yagura` must decide by what was known on the day. One malicious record among those
//! behind an alarm is enough.

mod alarms;
mod baselines;
pub(super) mod deeds;
mod hopper;
mod new_pairs;
pub(super) mod rehearsal;
mod tables;
mod z_scores;

use std::fmt;
use std::path::Path;
use std::time::Instant;

use super::Comparison;
use crate::error::{Error, at};
pub use baselines::{Options as BaselineOptions, run as run_baselines};
use rehearsal::Rehearsal;
use tables::Tables;

/// The budgets: incidents of medium severity and above a day.
const BUDGETS: [u64; 5] = [1, 2, 5, 10, 50];

/// On which drills the curve is drawn, and measures are left out.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The curve and the ablation: how many companies of each scenario.
    #[arg(long, value_name = "N", default_value_t = 2)]
    curve_seeds: u64,
    /// The same: the first seed. Companies before 21 were looked at while detection was built or measured.
    #[arg(long, value_name = "N", default_value_t = 21)]
    curve_seed: u64,
    /// The same: how many people work in each.
    #[arg(long, value_name = "U", default_value_t = 100)]
    curve_users: u32,
    /// The same: how many days the logs last.
    #[arg(long, value_name = "D", default_value_t = 14)]
    curve_days: u32,
    /// The same: only these scenarios (`yagura drill list`).
    #[arg(long, value_name = "S", value_delimiter = ',')]
    curve_scenarios: Vec<String>,
}

impl fmt::Display for Options {
    /// On how many drills, in words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} companies for each scenario from seed {} on, {} people, {} days",
            self.curve_seeds, self.curve_seed, self.curve_users, self.curve_days
        )
    }
}

/// What finds intrusions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Yagura,
    Rules,
    NewPairs,
    ZScores,
    Hopper,
}

impl Method {
    /// In the order of the tables: ours first.
    const ALL: [Method; 5] =
        [Method::Yagura, Method::Rules, Method::NewPairs, Method::ZScores, Method::Hopper];

    fn name(self) -> &'static str {
        match self {
            Method::Yagura => "yagura",
            Method::Rules => "rules alone",
            Method::NewPairs => "new user-host pair",
            Method::ZScores => "z-scores of counts",
            Method::Hopper => "Hopper's scoring",
        }
    }
}

/// What a method found in one drill at one budget.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    scenario: String,
    method: Method,
    budget: u64,
    found: usize,
    intrusions: usize,
    /// Alarms a day, true and false.
    raised: f64,
    /// False ones of it, where they were counted.
    false_alarms: Option<f64>,
}

impl Comparison<'_> {
    /// The curve, as Markdown.
    pub fn curve(&self) -> Result<String, Error> {
        let folder = super::data::empty(self.work.join("curve"))?;
        let mut cells = Vec::new();
        let scenarios = self.each_drill("curve", &folder, |rehearsal, scenario, seed| {
            cells.extend(rehearsal.of(scenario, seed)?);
            Ok(())
        })?;
        std::fs::remove_dir_all(&folder).map_err(at(&folder))?;
        let about = self.options.curve.to_string();
        Ok(Tables { cells: &cells, scenarios: &scenarios, about: &about }.to_string())
    }

    /// Does something with each drill that was asked for, and returns the scenarios.
    pub(super) fn each_drill(
        &self,
        what: &str,
        folder: &Path,
        mut work: impl FnMut(&Rehearsal<'_>, &str, u64) -> Result<(), Error>,
    ) -> Result<Vec<String>, Error> {
        let options = &self.options.curve;
        let rehearsal = Rehearsal {
            yagura: &self.yagura,
            xtask: &self.xtask,
            users: options.curve_users,
            days: options.curve_days,
            folder: folder.to_owned(),
        };
        let scenarios = match options.curve_scenarios.as_slice() {
            [] => rehearsal.scenarios()?,
            some => some.to_vec(),
        };
        for scenario in &scenarios {
            for seed in options.curve_seed..options.curve_seed.saturating_add(options.curve_seeds) {
                let begin = Instant::now();
                work(&rehearsal, scenario, seed)?;
                eprintln!("{what}: {scenario}, seed {seed}: {:.0} s", begin.elapsed().as_secs_f64());
            }
        }
        Ok(scenarios)
    }
}
