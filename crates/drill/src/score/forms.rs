//! The forms of the files that are compared: what of the contract a score needs, and nothing else.

use std::borrow::Cow;
use std::fmt;

use model::{Level, Time};
use serde::{Deserialize, Deserializer, de};

/// A time in RFC 3339.
#[derive(Clone, Copy, Debug)]
pub struct Moment(pub Time);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let time = Time::parse(&text).ok_or_else(|| de::Error::custom("a time is not in RFC 3339"))?;
        Ok(Moment(time))
    }
}

/// `truth/drill.json`.
#[derive(Debug, Deserialize)]
pub struct Drill {
    pub scenario: String,
    pub seed: u64,
    #[serde(default)]
    pub users: u64,
    pub days: u64,
    #[serde(default)]
    pub records: u64,
    #[serde(default)]
    pub tz: serde_json::Value,
}

/// A line of `truth/records.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Marked<'a> {
    #[serde(borrow)]
    pub intrusion: Cow<'a, str>,
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    pub record: u64,
    pub time: Moment,
}

/// A line of `truth/readings.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Reading<'a> {
    #[serde(borrow)]
    pub intrusion: Cow<'a, str>,
    pub time: Moment,
    #[serde(borrow)]
    pub store: Cow<'a, str>,
    #[serde(borrow)]
    pub object: Cow<'a, str>,
}

/// A line of an `incidents.jsonl`: an intrusion as it was, or an incident as it was taken to be.
#[derive(Debug, Deserialize)]
pub struct Incident {
    pub id: String,
    #[serde(default)]
    pub merged_into: Option<String>,
    #[serde(default)]
    pub severity: Option<Level>,
    #[serde(default)]
    pub detected: Option<Moment>,
    #[serde(default)]
    pub path: Vec<Hop>,
    #[serde(default)]
    pub entities: Vec<Involved>,
    #[serde(default)]
    pub data: Vec<Data>,
    #[serde(default)]
    pub findings: Vec<String>,
}

/// A move from host to host.
#[derive(Debug, Deserialize)]
pub struct Hop {
    pub time: Moment,
    #[serde(default)]
    pub from: Option<String>,
    pub to: String,
    #[serde(default)]
    pub account: Option<String>,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// Who or what takes part in an incident.
#[derive(Debug, Deserialize)]
pub struct Involved {
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    #[serde(default)]
    pub status: Option<String>,
}

/// What was taken from a store.
#[derive(Debug, Deserialize)]
pub struct Data {
    pub store: String,
    #[serde(default)]
    pub objects: u64,
    #[serde(default)]
    pub bytes: u64,
}

/// Where a record stands.
#[derive(Debug, Deserialize)]
pub struct Evidence {
    pub source: String,
    pub record: u64,
}

/// A line of `findings.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Finding<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    pub time: Moment,
    #[serde(default = "known")]
    pub time_known: bool,
    #[serde(borrow)]
    pub rule: Rule<'a>,
    #[serde(borrow, default)]
    pub entities: Vec<Entity<'a>>,
    #[serde(default)]
    pub evidence: Option<Vec<Evidence>>,
    #[serde(borrow, default)]
    pub incident: Option<Cow<'a, str>>,
}

/// The rule of a finding.
#[derive(Debug, Deserialize)]
pub struct Rule<'a> {
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    pub level: Level,
}

/// Who or what a finding is about.
#[derive(Debug, Deserialize)]
pub struct Entity<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow, default)]
    pub role: Cow<'a, str>,
}

/// A line of `errors.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Unread<'a> {
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    #[serde(default)]
    pub record: Option<u64>,
}

/// `summary.json`.
#[derive(Debug, Deserialize)]
pub struct HuntSummary {
    pub events: u64,
}

/// `scope.json`: the scope of one incident, or a list of several.
#[derive(Debug)]
pub struct Scopes(pub Vec<Scope>);

impl<'de> Deserialize<'de> for Scopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrSeveral)
    }
}

struct OneOrSeveral;

impl<'de> de::Visitor<'de> for OneOrSeveral {
    type Value = Scopes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scope of an incident, or a list of them")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, one: A) -> Result<Scopes, A::Error> {
        Scope::deserialize(de::value::MapAccessDeserializer::new(one)).map(|one| Scopes(vec![one]))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, several: A) -> Result<Scopes, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(several)).map(Scopes)
    }
}

/// The scope of one incident.
#[derive(Debug, Deserialize)]
pub struct Scope {
    pub customers: Vec<Customer>,
}

/// A company whose data is concerned.
#[derive(Debug, Deserialize)]
pub struct Customer {
    #[serde(default)]
    pub company: Option<String>,
    #[serde(default)]
    pub customer_ids: Vec<String>,
    pub status: Status,
}

/// How sure it is that a company is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    CannotExclude,
    Possible,
    Confirmed,
}

fn known() -> bool {
    true
}
