//! A drill as a tabletop exercise: a team is shown the evidence step by step and says what it would do.
//!
//! In: the folder of a drill. Out: an [`Exercise`]: [`Inject`]s in the order of time, each with records that a defender could have in hand at that
//! moment, and what may be answered; from answers ([`Answer`]), how long each decision took ([`decisions`]). Texts for people stand elsewhere: here
//! are only the names of their keys. What it never does: show what lies after the moment of an inject, or call a record by what the intruder meant.

mod answer;
mod noise;
mod quote;
mod read;
mod steps;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use model::Time;

pub use answer::{Answer, Decision, decisions, parse};
use read::{Group, Truth};
pub use steps::{Action, Case, Step, Verdict};

use crate::clock::{Civil, DAY, HOUR, JST, MINUTE};

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// The scenario of the drill.
    pub scenario: String,
    /// Its seed.
    pub seed: u64,
    /// Its first moment.
    pub from: Time,
    /// The intruder's first record in the given logs; not to be told before the end.
    pub first_trace: Option<Time>,
    /// What the team is shown, in the order of time.
    pub injects: Vec<Inject>,
    /// Where the intruder went: (when, from, to); not to be told before the end.
    pub path: Vec<(Time, String, String)>,
}

/// What a team is shown at one moment, and asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inject {
    /// Which part of the work it is about.
    pub step: Step,
    /// Which write-up it is compared with.
    pub case: Case,
    /// When.
    pub at: Time,
    /// Records that are in hand by then and were not shown before.
    pub evidence: Vec<Evidence>,
    /// What access logs say was read by then, where the step asks for it: store, and how many different objects.
    pub read: Vec<(String, u64)>,
}

/// Records of one kind in one log, of which the first is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The file: `logs/tky-proxy1/access.log`.
    pub source: String,
    /// The record's number in it.
    pub record: u64,
    /// When; none where only the line says it.
    pub time: Option<Time>,
    /// How many records of the kind there are by the moment of the inject.
    pub count: u64,
    /// What is seen.
    pub seen: Seen,
}

/// What of a record is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A line of a text log, as it stands: it may hold anything, also what a terminal would obey.
    Line(String),
    /// What a Windows event is about.
    Event(Event),
    /// The file is not there any more.
    Gone,
}

/// What a Windows event is about, as somebody sees it who does not know why it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody logged on, or tried to.
    Logon,
    /// A program was started.
    Program,
    /// A service, a task, an account, a log or a protection was changed.
    Change,
    /// Files were opened.
    Files,
    /// Files were written or renamed, in masses.
    Rewritten,
}

/// Why there is no exercise.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// It is no drill's folder.
    #[error("{} is missing; give the folder that `yagura drill generate` wrote", .0.display())]
    NoDrill(PathBuf),
    /// The truth is not as it was written.
    #[error("{}:{line}: {reason}; generate the drill again", path.display())]
    BadTruth {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A file is there, but cannot be read.
    #[error("cannot read {}: {source}; check the permissions of the file and the disk", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// How many kinds of records an inject shows at most, and how many of them with the same cause.
const MOST_SHOWN: usize = 4;
const MOST_ALIKE: usize = 2;
/// How long it takes somebody to notice a record.
const NOTICED: i64 = 10 * MINUTE;

impl Exercise {
    /// Makes an exercise from the folder of a drill.
    ///
    /// # Errors
    /// Where the folder is no drill's, or its truth is damaged. Logs that are missing are not: their lines are not shown.
    pub fn of(drill: &Path) -> Result<Exercise, PlayError> {
        let truth = Truth::read(&drill.join("truth"))?;
        let cases: Vec<Case> = truth.intrusions.iter().map(|name| Case::of(name)).collect();
        let mut injects = match cases.as_slice() {
            [] => quiet(&truth),
            [first, others @ ..] => injects(&truth, *first, others.first().copied()),
        };
        if cases.is_empty()
            && let (Some(inject), Some(found)) = (injects.first_mut(), noise::alarm(drill))
        {
            inject.evidence.push(found);
        }
        quote::lines(drill, &mut injects);
        let firsts = truth.groups.iter().filter_map(|group| group.records.first());
        Ok(Exercise {
            scenario: truth.scenario,
            seed: truth.seed,
            from: truth.from,
            first_trace: firsts.map(|(time, _)| *time).min(),
            injects,
            path: truth.path,
        })
    }

    /// The day of the exercise, from 1, and the time of day in Japan: `14:05`.
    pub fn moment(&self, at: Time) -> (u64, String) {
        let day = |time: Time| (time.micros() + i64::from(JST) * MINUTE).div_euclid(DAY);
        let civil = Civil::of(at, JST);
        ((day(at) - day(self.from) + 1).max(0) as u64, format!("{:02}:{:02}", civil.hour, civil.minute))
    }
}

/// The injects of a drill with an intruder; where there is a second one, it is found while the first is looked into.
fn injects(truth: &Truth, case: Case, other: Option<Case>) -> Vec<Inject> {
    let mut shown = BTreeSet::new();
    let mut injects: Vec<Inject> = Vec::new();
    let mut now = middle(truth);
    for step in Step::ALL {
        let case = match (step, other) {
            (Step::SecondCase, Some(other)) => other,
            (Step::SecondCase, None) => continue,
            _ => case,
        };
        if case.options(step).is_empty() {
            continue;
        }
        let own =
            || truth.groups.iter().filter(|group| group.intrusion == case.name() && !group.is_farewell());
        let mut groups: Vec<&Group> = match step {
            Step::FirstSign => first_sign(case, own()),
            _ => own().filter(|group| step.concerns(&group.stage)).collect(),
        };
        groups.retain(|group| !shown.contains(&(group.source.clone(), group.reason.clone())));
        let first =
            groups.iter().filter_map(|group| group.records.first()).map(|(time, _)| time.micros()).min();
        let noticed = first.map(|first| first + NOTICED);
        let at = match (step, noticed) {
            (Step::FirstSign, Some(noticed)) => noticed,
            (_, noticed) => (now + step.takes()).max(noticed.unwrap_or(i64::MIN)),
        };
        now = at - at.rem_euclid(MINUTE) + MINUTE;
        let at = Time::from_micros(now);
        let evidence = chosen(groups, at, &mut shown);
        let read = if step.counts_data() { truth.read_by(case.name(), at) } else { Vec::new() };
        injects.push(Inject { step, case, at, evidence, read });
    }
    injects
}

/// The injects of a drill in which nothing happens: what was noticed has an honest cause.
fn quiet(truth: &Truth) -> Vec<Inject> {
    let mut now = middle(truth);
    let steps = Step::ALL.into_iter().filter(|step| !Case::Quiet.options(*step).is_empty());
    steps
        .map(|step| {
            now += step.takes();
            let at = Time::from_micros(now);
            Inject { step, case: Case::Quiet, at, evidence: Vec::new(), read: Vec::new() }
        })
        .collect()
}

/// Two in the afternoon of the day in the middle.
fn middle(truth: &Truth) -> i64 {
    truth.from.micros() + truth.days / 2 * DAY + 14 * HOUR
}

/// What is noticed first: the first of the case's causes that there are records of, or else the first record of all.
fn first_sign<'t>(case: Case, own: impl Iterator<Item = &'t Group>) -> Vec<&'t Group> {
    let own: Vec<&Group> = own.collect();
    let because =
        |reason: &str| own.iter().copied().filter(|group| group.reason == reason).collect::<Vec<_>>();
    let known = case.noticed_by().iter().map(|reason| because(reason)).find(|groups| !groups.is_empty());
    known.unwrap_or_else(|| {
        own.iter().copied().min_by_key(|group| group.records.first().copied()).into_iter().collect()
    })
}

/// The records of these groups that are in hand by a moment: not many, and not many of one cause.
fn chosen(mut groups: Vec<&Group>, at: Time, shown: &mut BTreeSet<(String, String)>) -> Vec<Evidence> {
    let by_then = |group: &Group| group.records.partition_point(|(time, _)| *time <= at);
    groups.retain(|group| by_then(group) > 0);
    // Of one cause, the log that has most to say.
    groups.sort_by_key(|group| std::cmp::Reverse(by_then(group)));
    let mut kept: Vec<&Group> = Vec::new();
    for group in groups {
        let mut alike = kept.iter().filter(|one| one.reason == group.reason).peekable();
        // Beside the machine with the files, the directory's servers write records that say nothing of files.
        let is_echo = group.is_windows() && matches!(group.event(), Event::Files | Event::Rewritten);
        if is_echo && alike.peek().is_some_and(|one| one.is_windows()) {
            shown.insert((group.source.clone(), group.reason.clone()));
        } else if alike.count() < MOST_ALIKE && kept.len() < MOST_SHOWN {
            kept.push(group);
        }
    }
    kept.sort_by_key(|group| group.records.first().copied());
    let evidence = kept.into_iter().filter_map(|group| {
        let count = by_then(group);
        // Of an audit's records of one command, the second has its words.
        let second = group.source.ends_with("/audit.log").then(|| group.records.get(1)).flatten();
        let (time, record) = *second.filter(|_| count > 1).or(group.records.first())?;
        shown.insert((group.source.clone(), group.reason.clone()));
        let seen = if group.is_windows() { Seen::Event(group.event()) } else { Seen::Gone };
        let (source, count) = (group.source.clone(), count as u64);
        Some(Evidence { source, record, time: Some(time), count, seen })
    });
    evidence.collect()
}
