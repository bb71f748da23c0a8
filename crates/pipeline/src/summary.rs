//! What a hunt did, in numbers: `summary.json`, and what the screen shows.

use std::collections::BTreeMap;

use model::{Level, Time};
use serde::Serialize;

/// How many inputs there were.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// Files given, or found in folders.
    pub files: u64,
    /// Streams read (members of archives count each).
    pub read: u64,
    /// Streams that are no log in any known form, and files that could not be opened.
    pub failed: u64,
}

/// A total and its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// All.
    pub total: u64,
    /// By level, code or severity.
    #[serde(flatten)]
    pub parts: BTreeMap<&'static str, BTreeMap<String, u64>>,
}

/// How often a rule matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// The rule's id.
    pub id: String,
    /// Its title.
    pub title: model::Text,
    /// Its level.
    pub level: Level,
    /// Its findings.
    pub count: u64,
}

/// A host or account, and how many findings name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The findings.
    pub findings: u64,
}

/// How many rules were used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RulesUsed {
    /// Rules and correlations that could be used.
    pub loaded: u64,
    /// Rules that could not.
    pub problems: u64,
}

/// Everything that `summary.json` says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// The version that wrote it.
    pub yagura: &'static str,
    /// The inputs.
    pub inputs: Inputs,
    /// Bytes of the streams read, unpacked.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// The earliest event time.
    pub first: Option<Time>,
    /// The latest event time.
    pub last: Option<Time>,
    /// Events by log source, as `windows/process_creation/sysmon`.
    pub events_by_log_source: BTreeMap<String, u64>,
    /// Findings, by level.
    pub findings: Count,
    /// Incidents, by severity (none in this version).
    pub incidents: Count,
    /// The rules with the most severe and most frequent findings.
    pub top_rules: Vec<RuleCount>,
    /// The hosts that most findings of medium level and above name.
    pub hosts: Vec<Named>,
    /// The accounts that most findings of medium level and above name.
    pub accounts: Vec<Named>,
    /// The rules used.
    pub rules: RulesUsed,
    /// What could not be read, by code.
    pub errors: Count,
    /// How long it took.
    pub seconds: f64,
}

impl Summary {
    /// How many findings of a level there are.
    pub fn findings_of(&self, level: Level) -> u64 {
        let by_level = self.findings.parts.get("by_level");
        by_level.and_then(|counts| counts.get(level.as_str())).copied().unwrap_or(0)
    }
}

/// Counts things by name and gives the most frequent.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Counts one.
    pub fn add(&mut self, name: &str) {
        match self.0.get_mut(name) {
            Some(count) => *count += 1,
            None => {
                self.0.insert(name.to_owned(), 1);
            }
        }
    }

    /// The most frequent, then by name.
    pub fn top(self, most: usize) -> Vec<Named> {
        let mut all: Vec<Named> =
            self.0.into_iter().map(|(name, findings)| Named { name, findings }).collect();
        all.sort_by(|a, b| b.findings.cmp(&a.findings).then_with(|| a.name.cmp(&b.name)));
        all.truncate(most);
        all
    }
}
