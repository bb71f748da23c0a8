//! The incidents of a hunt on the screen: how many there are, and of the first what a person wants to know before opening the report.
//!
//! In: `incidents.jsonl` as the hunt wrote it, so that the screen and the file cannot differ. Out: lines of text. All names come from logs:
//! what a terminal would obey in them is written out.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Result};
use std::path::Path;

use model::incident::Status;
use model::{EntityType, Level, Time, Via};
use serde::Deserialize;
use words::{Language, safe};

/// Incidents that are shown.
pub const MOST_SHOWN: usize = 10;
/// Columns of one name.
const NAME: usize = 48;

/// What is shown of the incidents.
#[derive(Debug, Default)]
pub struct Incidents {
    /// The first, by score.
    pub first: Vec<Incident>,
    /// How many were lowered to keep to the budget.
    pub lowered: u64,
    /// How many findings belong to incidents.
    pub findings: u64,
}

/// One incident, as far as it is shown.
#[derive(Debug, Deserialize)]
pub struct Incident {
    title: Title,
    pub severity: Level,
    pub score: u8,
    detected: Option<String>,
    pub entry: Option<Entry>,
    path: Vec<Hop>,
    entities: Vec<Involved>,
    pub data: Vec<Data>,
    #[serde(default)]
    pub lowered_for_budget: bool,
}

/// How the intruder came in.
#[derive(Debug, Deserialize)]
pub struct Entry {
    time: String,
    entity: Named,
    how: String,
    from: Option<String>,
}

/// What was read in one store.
#[derive(Debug, Deserialize)]
pub struct Data {
    pub store: String,
    pub objects: u64,
    pub bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Title {
    en: String,
    ja: String,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Hop {
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
struct Involved {
    #[serde(rename = "type")]
    kind: EntityType,
    name: String,
    status: Status,
}

/// What is counted of every incident.
#[derive(Deserialize)]
struct Counted {
    findings: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    lowered_for_budget: bool,
}

impl Incidents {
    /// Reads what a hunt wrote.
    ///
    /// # Errors
    /// Where the file cannot be read, or is none of ours.
    pub fn read(file: &Path) -> Result<Incidents> {
        let mut all = Incidents::default();
        for line in BufReader::new(File::open(file)?).lines() {
            let line = line?;
            let counted: Counted = serde_json::from_str(&line)?;
            all.findings += counted.findings.len() as u64;
            all.lowered += u64::from(counted.lowered_for_budget);
            if all.first.len() < MOST_SHOWN {
                all.first.push(serde_json::from_str(&line)?);
            }
        }
        Ok(all)
    }
}

impl Incident {
    /// In the user's language.
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::En => &self.title.en,
            Language::Ja => &self.title.ja,
        }
    }

    /// Event time at which it first reached medium severity.
    pub fn detected(&self) -> Option<Time> {
        Time::parse(self.detected.as_deref()?)
    }

    /// Hosts that took part, in the order in which they were reached: those that a record shows, and those that only may have.
    pub fn hosts(&self) -> (Vec<&str>, Vec<&str>) {
        let hosts = || self.entities.iter().filter(|one| one.kind == EntityType::Host);
        let reached = self.path.iter().flat_map(|hop| [hop.from.as_str(), hop.to.as_str()]);
        let others = hosts().map(|one| one.name.as_str());
        let mut told = BTreeSet::new();
        let (mut confirmed, mut suspected) = (Vec::new(), Vec::new());
        for name in reached.chain(others) {
            let Some(host) = hosts().find(|one| one.name == name).filter(|_| told.insert(name)) else {
                continue;
            };
            match host.status {
                Status::Confirmed => confirmed.push(name),
                Status::Suspected => suspected.push(name),
            }
        }
        (confirmed, suspected)
    }

    /// Whether it is only supposed that the intruder was where this was read.
    pub fn is_supposed(&self, data: &Data) -> bool {
        let host = data.store.split([':', '/']).next().unwrap_or_default();
        self.hosts().1.contains(&host)
    }
}

impl Entry {
    /// When.
    pub fn time(&self) -> Option<Time> {
        Time::parse(&self.time)
    }

    /// What was entered.
    pub fn name(&self) -> &str {
        &self.entity.name
    }

    /// Where from, where that is known.
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// How, where that is known.
    pub fn via(&self) -> Option<Via> {
        serde_json::from_value(self.how.as_str().into()).ok().filter(|via| *via != Via::Other)
    }
}

/// A name out of a log, as it may be shown.
pub fn name(name: &str) -> String {
    safe(name, NAME).into_owned()
}
