//! What a hunt did, in numbers: `summary.json`, and what the screen shows.

use std::collections::BTreeMap;

use estate::{Inventory, Verdicts};
use model::{Level, Time};
use serde::Serialize;
use sigma::intel::{Group, Indicators, Kind, Problem};

use crate::whose::{Assigned, AssignedHosts};

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

/// What became of the indicators that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct IndicatorsUsed {
    /// Files given, or found in folders.
    pub files: u64,
    /// Those that are looked for, by kind.
    pub loaded: Count,
    /// Those that would be found everywhere, by reason.
    pub set_aside: Count,
    /// Those that cannot be used, by reason.
    pub unusable: Count,
    /// Those that their sources do not want used, or say twice, by reason.
    pub left_out: Count,
    /// Files of which nothing, or not everything, could be read.
    pub broken: Vec<Problem>,
    /// The first of those set aside and unusable.
    pub problems: Vec<Problem>,
}

impl IndicatorsUsed {
    /// Counts what was loaded.
    pub fn of(indicators: &Indicators) -> IndicatorsUsed {
        const MOST_LISTED: usize = 100;
        let report = indicators.report();
        let by_kind = Kind::ALL.iter().map(|kind| (kind.as_str().to_owned(), indicators.count(*kind)));
        let of = |group: Group| {
            let parts = report.by_reason.iter().filter(|(reason, _)| reason.group() == group);
            let parts = parts.map(|(reason, count)| (reason.code().to_owned(), *count)).collect();
            Count { total: report.count(group), parts: BTreeMap::from([("by_reason", parts)]) }
        };
        IndicatorsUsed {
            files: report.files,
            loaded: Count {
                total: indicators.len(),
                parts: BTreeMap::from([("by_kind", by_kind.collect())]),
            },
            set_aside: of(Group::SetAside),
            unusable: of(Group::Unusable),
            left_out: of(Group::LeftOut),
            broken: report.broken.clone(),
            problems: report.problems.iter().take(MOST_LISTED).cloned().collect(),
        }
    }
}

/// What was read of the company's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InventoryUsed {
    /// Machines.
    pub assets: u64,
    /// Accounts.
    pub users: u64,
    /// What is wrong with rows; those that were not used are marked.
    pub problems: Vec<estate::Problem>,
}

impl InventoryUsed {
    /// Counts what was read; `None` where no list was given.
    pub fn of(inventory: &Inventory) -> Option<InventoryUsed> {
        let (assets, users) = (inventory.assets().len() as u64, inventory.users().len() as u64);
        let problems = inventory.problems().to_vec();
        let any = assets + users > 0 || !problems.is_empty();
        any.then_some(InventoryUsed { assets, users, problems })
    }
}

/// What became of the lists of what people marked as normal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerdictsUsed {
    /// Verdicts that can be used.
    pub loaded: u64,
    /// Those by which something in the logs was normal.
    pub applied: u64,
    /// What is wrong with rows; those that were not used are marked.
    pub problems: Vec<estate::Problem>,
}

impl VerdictsUsed {
    /// Counts what was read; `None` where no list was given, or nothing stands in it.
    pub fn of(verdicts: &Verdicts) -> Option<VerdictsUsed> {
        let (loaded, problems) = (verdicts.all.len() as u64, verdicts.problems.clone());
        (loaded > 0 || !problems.is_empty()).then_some(VerdictsUsed { loaded, applied: 0, problems })
    }
}

/// The host to which an input's records that name none belong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostOfInput {
    /// The input.
    pub source: String,
    /// The host, and how it was found.
    #[serde(flatten)]
    pub assigned: Assigned,
    /// How many of the records that evidence something were given to it.
    pub records: u64,
}

/// How long each part of a hunt took from start to end, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Phases {
    /// Reading and matching, on all threads.
    pub read: f64,
    /// Correlations, and findings joined into incidents.
    pub join: f64,
    /// Findings, timeline and incidents told and written.
    pub write: f64,
    /// The report drawn and written.
    pub report: f64,
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
    /// What the events say that somebody did: one event may say several things, or none. 0 where incidents were not asked for.
    pub activities: u64,
    /// Events by log source, as `windows/process_creation/sysmon`.
    pub events_by_log_source: BTreeMap<String, u64>,
    /// Findings, by level.
    pub findings: Count,
    /// Incidents, by severity.
    pub incidents: Count,
    /// The rules with the most severe and most frequent findings.
    pub top_rules: Vec<RuleCount>,
    /// The hosts that most findings of medium level and above name.
    pub hosts: Vec<Named>,
    /// The hosts of inputs whose records name none.
    pub assigned_hosts: Vec<HostOfInput>,
    /// The company's lists; left out where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory: Option<InventoryUsed>,
    /// What people marked as normal; left out where no list was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<VerdictsUsed>,
    /// The accounts that most findings of medium level and above name.
    pub accounts: Vec<Named>,
    /// The rules used.
    pub rules: RulesUsed,
    /// The indicators used, where any were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicators: Option<IndicatorsUsed>,
    /// What could not be read, by code.
    pub errors: Count,
    /// Bytes of all temporary files. Not all of them are there at the same time.
    pub temporary: u64,
    /// How long it took.
    pub seconds: f64,
    /// What of that went into what.
    pub phases: Phases,
}

impl Summary {
    /// Takes over which inputs' records were given which host.
    pub fn assign(&mut self, hosts: AssignedHosts) {
        let of_inputs = hosts.into_iter();
        self.assigned_hosts.extend(of_inputs.map(|(source, (assigned, records))| HostOfInput {
            source,
            assigned,
            records,
        }));
        self.assigned_hosts.sort_by(|a, b| a.source.cmp(&b.source));
    }

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
