//! How well a hunt understood a drill.
//!
//! In: the truth of a drill, and the folder that a hunt over its logs wrote. Out: a [`Score`], and over several drills a [`Summary`]. Where the
//! hunt wrote no incidents, its findings of medium level and above stand in, and what only incidents can say is left out, which is said.
//! What it never does: read the logs, or trust what the hunt wrote to be well formed.
//!
//! An incident belongs to the intrusion of which most records evidence its findings and hops.

mod compare;
mod forms;
mod hunted;
mod interval;
mod lines;
mod names;
mod scope;
mod summary;
#[cfg(test)]
mod tests;
mod truth;

use std::path::Path;

use model::Time;
use serde::Serialize;

pub use compare::{DataScore, EntityScore, HOP_TOLERANCE, Match};
pub use hunted::Note;
use hunted::{Hunted, Judged};
pub use lines::ScoreError;
pub use scope::ScopeScore;
pub use summary::{Figure, Group, Measure, Statistic, Summary, Unit};
use truth::Truth;

use crate::clock::SECOND;

/// How well a hunt understood one drill.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// What was played.
    pub scenario: String,
    /// With which chance.
    pub seed: u64,
    /// How many people the company has.
    pub users: u64,
    /// How many days the logs cover.
    pub days: u64,
    /// What counts as an alarm.
    pub basis: Basis,
    /// How far apart the times of a hop may be in the truth and in an incident.
    pub hop_tolerance_seconds: u64,
    /// Of each intrusion.
    pub intrusions: Vec<IntrusionScore>,
    /// Incidents that hold evidence of several intrusions; none where there are no incidents.
    pub merged: Option<Vec<Merged>>,
    /// What was taken for an intrusion and is none.
    pub alarms: Alarms,
    /// Whose data is concerned; none where the hunt or the truth says nothing of it.
    pub scope: Option<ScopeScore>,
    /// What the hunt read.
    pub hunt: Read,
    /// What one should know.
    pub notes: Vec<Note>,
}

/// What counts as an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Incidents of medium severity and above.
    Incidents,
    /// Findings of medium level and above.
    Findings,
}

/// How well one intrusion was understood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntrusionScore {
    /// Which.
    pub id: String,
    /// Whether there is an alarm that belongs to it.
    pub found: bool,
    /// Its records in the given logs.
    pub records: u64,
    /// The first of them.
    pub first: Option<Time>,
    /// When the first alarm could have been raised, by the logs' time.
    pub detected: Option<Time>,
    /// From `first` to `detected`.
    pub delay_seconds: Option<f64>,
    /// Objects that it read.
    pub objects: u64,
    /// Objects that it had read by `detected`; all where it was not found.
    pub objects_read: u64,
    /// `objects_read` of `objects`; none where it read nothing.
    pub read_share: Option<f64>,
    /// Findings of medium level and above that its records evidence.
    pub findings: u64,
    /// Incidents that belong to it; more than one: it was taken for several. None where there are no incidents.
    pub incidents: Option<Vec<String>>,
    /// Incidents that belong to another intrusion and hold its records as well.
    pub hidden_in: Option<Vec<String>>,
    /// Moves, in those incidents.
    pub hops: Option<Match>,
    /// Who and what took part.
    pub entities: Option<EntityScore>,
    /// What was taken.
    pub data: Option<DataScore>,
}

/// An incident that holds evidence of several intrusions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// The incident.
    pub incident: String,
    /// The intrusions.
    pub intrusions: Vec<String>,
}

/// Alarms that no intruder caused: no record of one is among their evidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Alarms {
    /// Incidents of medium severity and above.
    pub incidents: Option<Rate>,
    /// Findings of medium level and above.
    pub findings: Rate,
    /// The same, with those of the same rule, host and day taken as one.
    pub groups: Rate,
    /// The rules of those findings.
    pub rules: u64,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// In all.
    pub count: u64,
    /// Per day of the drill.
    pub per_day: Option<f64>,
}

/// What the hunt read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Records that the drill wrote.
    pub records: u64,
    /// Events that the hunt read, as it counts them.
    pub events: Option<u64>,
    /// Inputs and parts of inputs that it could not read.
    pub errors: u64,
    /// Those of them that are records of an intruder.
    pub errors_marked: u64,
}

/// Compares what a hunt wrote to `out` with the truth.
///
/// # Errors
/// Where there is no truth or no hunt, or the truth is damaged. Damage in what the hunt wrote is a note.
pub fn score(truth: &Path, out: &Path) -> Result<Score, ScoreError> {
    let truth = Truth::read(truth)?;
    let mut notes = Vec::new();
    let hunted = Hunted::read(out, &truth, &mut notes)?;
    let mut intrusions: Vec<_> =
        (0..truth.intrusions.len()).map(|number| intrusion(number, &truth, &hunted)).collect();
    // One that was found, but at a time that nobody can say, has no share.
    let until: Vec<_> = intrusions.iter().map(|one| one.detected).collect();
    for (one, objects) in intrusions.iter_mut().zip(truth.objects(&until)?) {
        one.objects = objects.all;
        one.objects_read = objects.by_then;
        one.read_share =
            compare::share(objects.by_then, objects.all).filter(|_| !one.found || one.detected.is_some());
    }
    let unseen = intrusions.iter().filter(|one| one.records == 0);
    notes.extend(unseen.map(|one| Note::NotInLogs { intrusion: one.id.clone() }));
    if truth.scope.is_some() && hunted.scope.is_none() {
        notes.push(Note::NoScope);
    }
    Ok(Score {
        scenario: truth.drill.scenario.clone(),
        seed: truth.drill.seed,
        users: truth.drill.users,
        days: truth.drill.days,
        basis: if hunted.incidents.is_some() { Basis::Incidents } else { Basis::Findings },
        hop_tolerance_seconds: (HOP_TOLERANCE / SECOND) as u64,
        intrusions,
        merged: hunted.incidents.as_deref().map(|all| merged(all, &truth)),
        alarms: alarms(&hunted, truth.drill.days),
        scope: truth
            .scope
            .as_ref()
            .zip(hunted.scope.as_ref())
            .map(|(truth, stated)| scope::compare(truth, stated)),
        hunt: Read {
            records: truth.drill.records,
            events: hunted.events,
            errors: hunted.errors,
            errors_marked: hunted.errors_marked,
        },
        notes,
    })
}

fn intrusion(number: usize, truth: &Truth, hunted: &Hunted) -> IntrusionScore {
    let (records, first) = truth.records.of(number);
    let shown = hunted.shown.get(number).copied().unwrap_or_default();
    let mut score = IntrusionScore {
        id: truth.intrusions.get(number).map_or(String::new(), |known| known.id.clone()),
        found: shown.findings > 0,
        records,
        first,
        detected: shown.first,
        delay_seconds: None,
        objects: 0,
        objects_read: 0,
        read_share: None,
        findings: shown.findings,
        incidents: None,
        hidden_in: None,
        hops: None,
        entities: None,
        data: None,
    };
    if let Some(all) = &hunted.incidents {
        by_incidents(&mut score, number, truth, hunted, all);
    }
    score.delay_seconds = first.zip(score.detected).map(|(first, detected)| {
        detected.micros().saturating_sub(first.micros()).max(0) as f64 / SECOND as f64
    });
    score
}

/// What incidents say, in place of findings.
fn by_incidents(score: &mut IntrusionScore, number: usize, truth: &Truth, hunted: &Hunted, all: &[Judged]) {
    let own = || all.iter().filter(|one| one.intrusion() == Some(number));
    score.found = own().any(Judged::is_alarm);
    let detected = own().filter(|one| one.is_alarm()).filter_map(|one| one.incident.detected);
    // What was shown before anything of the intrusion was in it says nothing of the intrusion.
    let shown = hunted.shown.get(number).and_then(|shown| shown.first);
    score.detected = detected.map(|moment| moment.0.max(shown.unwrap_or(moment.0))).min();
    score.incidents = Some(own().map(|one| one.incident.id.clone()).collect());
    let hidden =
        all.iter().filter(|one| one.evidence.contains_key(&number) && one.intrusion() != Some(number));
    score.hidden_in = Some(hidden.map(|one| one.incident.id.clone()).collect());
    let Some(known) = truth.intrusions.get(number) else { return };
    let incidents: Vec<_> = own().map(|one| &one.incident).collect();
    score.hops = Some(compare::hops(&known.path, &incidents));
    score.entities = Some(compare::entities(&known.entities, &incidents));
    score.data = Some(compare::data(&known.data, &incidents));
}

fn merged(all: &[Judged], truth: &Truth) -> Vec<Merged> {
    let name = |number: &usize| truth.intrusions.get(*number).map(|known| known.id.clone());
    all.iter()
        .filter(|one| one.evidence.len() > 1)
        .map(|one| Merged {
            incident: one.incident.id.clone(),
            intrusions: one.evidence.keys().filter_map(name).collect(),
        })
        .collect()
}

fn alarms(hunted: &Hunted, days: u64) -> Alarms {
    let rate = |count: u64| Rate { count, per_day: compare::share(count, days) };
    let is_false = |one: &&Judged| one.is_alarm() && one.evidence.is_empty();
    Alarms {
        incidents: hunted.incidents.as_ref().map(|all| rate(all.iter().filter(is_false).count() as u64)),
        findings: rate(hunted.false_findings),
        groups: rate(hunted.false_groups),
        rules: hunted.false_rules,
    }
}
