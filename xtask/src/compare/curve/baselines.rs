//! The baselines on one drill: `xtask baselines DRILL`, in a process of its own, which is built for release.
//!
//! In: the folder of a drill. Out, as a line of JSON: for each baseline how many alarms it has, and for each intrusion how far down the first lies that finds it.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::alarms::{Alarm, ranks};
use super::deeds::{Deed, Drill};
use super::{Method, hopper, new_pairs, z_scores};
use crate::error::Error;

/// On what.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The folder that `yagura drill generate` wrote.
    drill: PathBuf,
}

/// What a baseline has to say of a drill.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    pub method: Method,
    pub alarms: usize,
    /// By intrusion: how many alarms one must look at to find it.
    pub ranks: Vec<Option<usize>>,
}

type Baseline = fn(&[Deed]) -> Vec<Alarm>;

const BASELINES: [(Method, Baseline); 3] = [
    (Method::NewPairs, new_pairs::alarms),
    (Method::ZScores, z_scores::alarms),
    (Method::Hopper, hopper::alarms),
];

/// Prints what the baselines say.
///
/// # Errors
/// Where the drill cannot be read.
pub fn run(options: &Options) -> Result<(), Error> {
    let drill = Drill::read(&options.drill)?;
    let said = BASELINES.iter().map(|(method, alarms)| {
        let alarms = alarms(&drill.deeds);
        let ranks = ranks(&alarms, drill.intrusions.len());
        json!({"method": method.name(), "alarms": alarms.len(), "ranks": ranks})
    });
    println!("{}", json!({"days": drill.days, "baselines": said.collect::<Vec<_>>()}));
    Ok(())
}

/// Reads what [`run`] printed: the days of the drill, and each baseline.
pub fn read(text: &[u8]) -> Option<(u64, Vec<Ranked>)> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let rank = |value: &Value| value.as_u64().map(|rank| rank as usize);
    let ranked = |value: &Value| {
        let name = value.get("method")?.as_str()?;
        Some(Ranked {
            method: *Method::ALL.iter().find(|method| method.name() == name)?,
            alarms: value.get("alarms")?.as_u64()? as usize,
            ranks: value.get("ranks")?.as_array()?.iter().map(rank).collect(),
        })
    };
    let baselines = value.get("baselines")?.as_array()?.iter().map(ranked).collect::<Option<Vec<_>>>()?;
    Some((value.get("days")?.as_u64()?, baselines))
}

impl Ranked {
    /// How many intrusions are found by so many alarms.
    pub fn found(&self, alarms: usize) -> usize {
        self.ranks.iter().flatten().filter(|rank| **rank <= alarms).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read_and_counted_by_budget() {
        let text =
            br#"{"days":14,"baselines":[{"method":"z-scores of counts","alarms":90,"ranks":[70,null,71]}]}"#;
        let (days, baselines) = read(text).unwrap();
        assert_eq!(days, 14);
        let ranked = &baselines[0];
        assert_eq!((ranked.method, ranked.alarms), (Method::ZScores, 90));
        assert_eq!([14, 70, 71, 700].map(|alarms| ranked.found(alarms)), [0, 1, 2, 2]);
    }
}
