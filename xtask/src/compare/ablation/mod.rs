//! What each measure of behaviour is worth: drills hunted through with all of them, and without each.
//!
//! In: the drills of the curve. Out: for each measure how often it is a reason of findings about intruders and about others, and what is found, how early, and at how
//! many alarms, when nothing that it measures counts. A measure is switched off by a list of verdicts ([`lists`]), as people would.

mod lists;
mod tables;
mod told;

use std::path::Path;

use model::behavior::Measure;

use super::Comparison;
use super::curve::deeds::Truth;
use super::curve::rehearsal::{Hunted, Rehearsal, at_once};
use super::measure::words;
use crate::error::{Error, at};
use tables::Tables;
use told::Told;

/// All of them, in the order of the model.
const MEASURES: [Measure; 33] = [
    Measure::NewHost,
    Measure::NewSource,
    Measure::NewWay,
    Measure::NewAccount,
    Measure::Neglected,
    Measure::Hosts,
    Measure::Accounts,
    Measure::Visitors,
    Measure::Hour,
    Measure::TwoPlaces,
    Measure::Read,
    Measure::ReadElsewhere,
    Measure::ReadBytes,
    Measure::Views,
    Measure::Listed,
    Measure::Written,
    Measure::Renamed,
    Measure::Deleted,
    Measure::Stores,
    Measure::NewStore,
    Measure::Rows,
    Measure::Sent,
    Measure::MailRules,
    Measure::Uploaded,
    Measure::Failures,
    Measure::FailedAccounts,
    Measure::NewProgram,
    Measure::Changes,
    Measure::Services,
    Measure::OddRequests,
    Measure::Beacon,
    Measure::NameTunnel,
    Measure::MadeUpNames,
];

/// A hunt through one drill.
#[derive(Clone, Debug)]
struct Trial {
    scenario: String,
    seed: u64,
    /// What was switched off; nothing for the hunt that has all.
    without: Option<Measure>,
    days: u64,
    hunted: Hunted,
    told: Told,
}

impl Comparison<'_> {
    /// The ablation, as Markdown. What there is of it after each drill lies in `ablation.md`, so that a run of hours can be ended.
    pub fn ablation(&self) -> Result<String, Error> {
        let folder = super::data::empty(self.work.join("ablation"))?;
        let so_far = self.work.join("ablation.md");
        let about = self.options.curve.to_string();
        let (mut trials, mut text) = (Vec::new(), String::new());
        self.each_drill("ablation", &folder, |rehearsal, scenario, seed| {
            trials.extend(trials_of(rehearsal, scenario, seed)?);
            text = Tables { trials: &trials, about: &about }.to_string();
            std::fs::write(&so_far, &text).map_err(at(&so_far))
        })?;
        std::fs::remove_dir_all(&folder).map_err(at(&folder))?;
        Ok(text)
    }
}

/// All hunts through one drill, which is deleted afterwards.
fn trials_of(rehearsal: &Rehearsal<'_>, scenario: &str, seed: u64) -> Result<Vec<Trial>, Error> {
    let drill = rehearsal.generate(scenario, seed)?;
    let truth = Truth::read(&drill.join("truth"))?;
    let cases = std::iter::once(None).chain(MEASURES.map(Some)).collect();
    let trials = at_once(cases, |without, worker| {
        let (hunted, told) = hunt(rehearsal, &drill, &truth, without, worker)?;
        let (scenario, days) = (scenario.to_owned(), truth.days.max(1));
        Ok(Trial { scenario, seed, without, days, hunted, told })
    })?;
    std::fs::remove_dir_all(&drill).map_err(at(&drill))?;
    Ok(trials)
}

fn hunt(
    rehearsal: &Rehearsal<'_>,
    drill: &Path,
    truth: &Truth,
    without: Option<Measure>,
    worker: usize,
) -> Result<(Hunted, Told), Error> {
    let out = drill.join(format!("out-{worker}"));
    let mut more = Vec::new();
    if let Some(measure) = without {
        let list = drill.join(format!("without-{worker}.csv"));
        std::fs::write(&list, lists::without(measure, &drill.join("company"))?).map_err(at(&list))?;
        more.extend(words(&[&"--verdicts", &list]));
    }
    let hunted = rehearsal.hunt(drill, &more, &out)?;
    Ok((hunted, Told::read(&out.join("findings.jsonl"), truth)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_is_left_out_once() {
        let numbers: Vec<usize> = MEASURES.iter().map(|measure| *measure as usize).collect();
        assert_eq!(numbers, (0..=Measure::MadeUpNames as usize).collect::<Vec<_>>());
    }
}
