//! An incident as it stands in the output: one line of `incidents.jsonl`, `docs/schema/incident.schema.json`.
//!
//! In: what the stage `incident` worked out. Out: lines for programs, and what pages and the terminal show. All names
//! and texts within come from logs or from our own sentences: whoever shows them must escape them.

use serde::{Deserialize, Serialize};

use crate::{EntityType, Evidence, Level, Text, Time, Via};

/// An incident.
#[derive(Clone, Debug, Serialize)]
pub struct Incident {
    /// `I-` and a hash of what it rests on.
    pub id: String,
    /// 1 for the first telling.
    pub revision: u32,
    /// The incident that it turned out to be part of.
    pub merged_into: Option<String>,
    /// One line.
    pub title: Text,
    /// From low to critical; never informational.
    pub severity: Level,
    /// 0 to 100; the order of incidents.
    pub score: u8,
    /// Event time at which it first reached medium severity; none where it never did.
    pub detected: Option<Time>,
    /// The first event that belongs to it.
    pub first_seen: Time,
    /// The last.
    pub last_seen: Time,
    /// ATT&CK tactics in the order in which they were first seen.
    pub stages: Vec<Stage>,
    /// How the intruder came in, as far as the evidence goes back.
    pub entry: Option<Entry>,
    /// Moves in the order of time.
    pub path: Vec<Hop>,
    /// Who and what took part: hosts, accounts, addresses, then the rest; by name within each.
    pub entities: Vec<Involved>,
    /// What was reached.
    pub data: Vec<Data>,
    /// Ids of its findings, by time.
    pub findings: Vec<String>,
    /// Why it has its severity.
    pub severity_reasons: Vec<Text>,
    /// Ten sentences at most.
    pub narrative: Text,
    /// What happened when: findings, hops and what was reached, by time; the most telling where there is much.
    pub timeline: Vec<Moment>,
    /// True where its severity was lowered because more incidents reached medium than the budget allows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lowered_for_budget: bool,
}

/// A tactic and when it was first seen. Written as the tactic's name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// `lateral-movement`
    pub tactic: String,
    /// First seen.
    pub time: Time,
}

impl Serialize for Stage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.tactic)
    }
}

/// The first sign of the intruder inside.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// When.
    pub time: Time,
    /// The host that was entered, or the account where no host is known.
    pub entity: EntityRef,
    /// How, in words of the contract's `via`, or `unknown`.
    pub how: String,
    /// Where from, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The records that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// A thing by type and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct EntityRef {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Its name.
    pub name: String,
}

/// A move from one host to another.
#[derive(Clone, Debug, Serialize)]
pub struct Hop {
    /// When.
    pub time: Time,
    /// The host or address that it came from.
    pub from: String,
    /// The host reached.
    pub to: String,
    /// With whose account; `-` where no record says.
    pub account: String,
    /// How.
    pub via: Via,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// From 0 to 1: how sure it is that the intruder made this move.
    pub confidence: f64,
    /// What that rests on: `session`, `process`, `credentials`, `same_account`, `account_change`, `same_way_in`, `address`, `finding`, `time`.
    pub basis: Vec<Basis>,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
}

/// What ties a move to the one before it, or to the incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Both lie in one session, or an address that was handed out links them.
    Session,
    /// A program started in the session before named the host, or opened the connection.
    Process,
    /// The session before used the credentials of this one.
    Credentials,
    /// The same account had a session on the host that this came from.
    SameAccount,
    /// Another account's session there is the likeliest cause.
    AccountChange,
    /// It came in the way in which the intruder had come before.
    SameWayIn,
    /// It came from an address of the intruder.
    Address,
    /// A finding is about this very record or session.
    Finding,
    /// Only the times fit.
    Time,
}

/// How sure it is that something took part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// A record shows that the intruder used or reached it.
    Confirmed,
    /// It may have.
    Suspected,
}

/// Who or what took part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Involved {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// Its name.
    pub name: String,
    /// How sure it is.
    pub status: Status,
    /// What the inventory says of it and people should know: `retiring`, `retired`, `ownerless`, `unlisted`, `privileged`, `left`, and its site as
    /// `site:NAME`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What was reached in one store.
#[derive(Clone, Debug, Serialize)]
pub struct Data {
    /// `fs01:/projects`, `orderdb/contracts`, `mail01/mailboxes`.
    pub store: String,
    /// Different objects read.
    pub objects: u64,
    /// Bytes read, where the logs say.
    pub bytes: u64,
    /// The first reading.
    pub first: Time,
    /// The last.
    pub last: Time,
    /// The first and the last record that show it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Moment {
    /// When.
    pub time: Time,
    /// What kind of thing.
    pub kind: MomentKind,
    /// The host on which it happened; empty where none is known.
    pub host: String,
    /// In words.
    pub text: Text,
    /// Of a finding: its level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How many alike this stands for.
    pub count: u64,
    /// The first record that shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What a [`Moment`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentKind {
    /// A finding.
    Finding,
    /// A move.
    Hop,
    /// Data was read.
    Data,
}

/// Why an incident has its severity: told in words by `words`, the weightiest first.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// So many findings, the most severe of that level.
    Findings {
        /// How many.
        count: u64,
        /// The highest level among them.
        level: Level,
    },
    /// The attack got as far as this tactic.
    Stage {
        /// `exfiltration`
        tactic: String,
    },
    /// The path goes over so many hosts.
    Spread {
        /// Hosts reached.
        hosts: u64,
        /// Accounts used.
        accounts: u64,
    },
    /// A machine was reached that matters.
    Asset {
        /// Its name.
        host: String,
        /// 4 or 5.
        criticality: u8,
    },
    /// An account that may do more than others was used.
    Privileged {
        /// Its name.
        account: String,
    },
    /// Data was read.
    Data {
        /// Different objects.
        objects: u64,
        /// Bytes.
        bytes: u64,
    },
    /// A machine took part that should no longer, or that nobody answers for.
    Neglected {
        /// Its name.
        host: String,
        /// `retiring`, `retired`, `ownerless`, `unlisted`.
        why: String,
    },
    /// Nothing but one finding speaks for it.
    SingleSign,
    /// More incidents reached medium severity than the analyst's budget of so many a day allows, and others were stronger.
    OverBudget {
        /// The budget.
        per_day: u64,
    },
}

/// A finding as the story of an incident names it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// When.
    pub time: Time,
    /// The rule's title.
    pub title: Text,
    /// Its level.
    pub level: Level,
    /// Its host, where it has one.
    pub host: Option<String>,
    /// Its account.
    pub account: Option<String>,
    /// ATT&CK tactics.
    pub tactics: Vec<String>,
    /// Techniques.
    pub techniques: Vec<String>,
    /// Its first record.
    pub evidence: Evidence,
}
