//! What a hunt saw as a whole, beside its incidents and findings.
//!
//! In: counts, as the pipeline gathers them while it reads. Out: what the last part of the report shows. Each field
//! says what must be kept for it, and how much that can become. Nothing here depends on the order of events or on the
//! number of threads, as long as counts are merged by adding.

use model::{Level, Text, Time};
use serde::Serialize;

use crate::Heat;

/// What a hunt saw as a whole.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Overview {
    /// The time of the first event; none where no event has a time.
    pub first: Option<Time>,
    /// The time of the last.
    pub last: Option<Time>,
    /// Events read.
    pub events: u64,
    /// Bytes read, unpacked.
    pub bytes: u64,
    /// Inputs given or found.
    pub inputs: u64,
    /// Of these, how many could not be read at all.
    pub inputs_failed: u64,
    /// Places that could not be read: lines of `errors.jsonl`.
    pub errors: u64,
    /// Findings by level, in the order of [`Level::ALL`].
    pub findings: [u64; 5],
    /// How many findings belong to an incident.
    pub findings_in_incidents: u64,
    /// Events and findings over time. See [`Heat`] for its bounds.
    pub heat: Heat,
    /// ATT&CK techniques of all findings by tactic, in any order. As many as ATT&CK has, some hundreds.
    pub attack: Vec<TacticCount>,
    /// What was read, by log source and host, in the order in which it is to be shown. At most some thousands; the
    /// first [`crate::limits::SOURCES`] are shown.
    pub sources: Vec<Source>,
    /// How many more sources there were than are listed.
    pub sources_left_out: u64,
    /// What could not be read, by input and reason, worst first. At most some hundreds; `errors.jsonl` has all.
    pub unreadable: Vec<Unreadable>,
    /// Clocks that were found to be wrong. One for each host at most.
    pub clocks: Vec<Clock>,
    /// Hosts that no list of the company names, the busiest first; empty where no list was given. At most some
    /// hundreds.
    pub unlisted_hosts: Vec<Unlisted>,
    /// Accounts that no list names, likewise.
    pub unlisted_accounts: Vec<Unlisted>,
    /// How many hosts and accounts no list names, in all.
    pub unlisted: UnlistedCount,
    /// How the analyst's budget was used; none where there was none.
    pub budget: Option<Budget>,
}

/// A tactic and what was found of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TacticCount {
    /// `lateral-movement`
    pub tactic: String,
    /// Its techniques with the number of findings.
    pub techniques: Vec<TechniqueCount>,
}

/// A technique and how often it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TechniqueCount {
    /// `T1021.002`
    pub technique: String,
    /// Findings.
    pub count: u64,
    /// The most severe of them.
    pub level: Level,
    /// How many of them belong to an incident.
    pub in_incidents: u64,
}

/// A log that was read: one log source of one host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The log source, as in `summary.json`: `windows/-/security`.
    pub log_source: String,
    /// The host that wrote it, or the input where none is named.
    pub host: String,
    /// Events.
    pub events: u64,
    /// The first; none where no event has a time.
    pub first: Option<Time>,
    /// The last.
    pub last: Option<Time>,
    /// When it was silent though it mostly is not. See [`crate::Hours::gaps`].
    pub gaps: Vec<Gap>,
}

/// A stretch without events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
}

/// An input, or parts of one, that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unreadable {
    /// The input.
    pub name: String,
    /// The code of `errors.jsonl`: `damaged-record`.
    pub code: String,
    /// In words, of the first such place.
    pub reason: String,
    /// How many places.
    pub count: u64,
}

/// A clock that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Clock {
    /// Whose.
    pub host: String,
    /// Seconds by which it is ahead of the others; negative where it is behind.
    pub offset_seconds: f64,
    /// From how many pairs of events that was worked out.
    pub pairs: u64,
}

/// A host or account that no list of the company names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unlisted {
    /// Its name.
    pub name: String,
    /// Events that name it.
    pub events: u64,
}

/// How many hosts and accounts no list names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnlistedCount {
    /// Hosts.
    pub hosts: u64,
    /// Accounts.
    pub accounts: u64,
}

/// How the analyst's budget for incidents of medium severity and above was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// Incidents a day.
    pub per_day: u64,
    /// Days that the logs cover.
    pub days: u64,
    /// Incidents that are medium or above.
    pub used: u64,
    /// Incidents that were lowered.
    pub lowered: u64,
}

/// Findings that joined nothing, summed up by rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingGroup {
    /// The rule's title.
    pub title: Text,
    /// Its level.
    pub level: Level,
    /// How many.
    pub count: u64,
    /// The first.
    pub first: Time,
    /// The last.
    pub last: Time,
    /// Some of the hosts concerned, in a fixed order.
    pub hosts: Vec<String>,
    /// How many hosts are concerned.
    pub host_count: u64,
}
