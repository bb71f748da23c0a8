//! A finding as incidents see it.

use estate::{AccountId, HostId};
use model::{EntityType, FindingKind, Level, RecordRef, Role, Time};
use path::SessionId;
use serde::{Deserialize, Serialize};

/// Something that a finding names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thing {
    /// What it is.
    pub kind: EntityType,
    /// Its part.
    pub role: Role,
    /// Its name as the finding has it.
    pub name: String,
}

/// A finding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sign {
    /// Which finding of the run, from 0, in the order in which they are written.
    pub finding: u32,
    /// Its id.
    pub id: String,
    /// When.
    pub time: Time,
    /// What kind of stage found it.
    pub kind: FindingKind,
    /// The rule's id.
    pub rule: String,
    /// What it says.
    pub title: String,
    /// Its level.
    pub level: Level,
    /// From 0 to 100: how bad it is by itself.
    pub score: u8,
    /// ATT&CK tactics.
    pub tactics: Vec<String>,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// Its records, by time.
    pub records: Vec<RecordRef>,
    /// What it names.
    pub things: Vec<Thing>,
}

/// A sign with what it was tied to: one stands for all of the same rule in the same place within an hour.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Tied {
    pub sign: Sign,
    /// The findings that it stands for.
    pub findings: Vec<u32>,
    pub last: Time,
    /// The sessions of its records, or else the one that was there.
    pub sessions: Vec<SessionId>,
    /// Whether records tie it to these sessions, rather than only host and time.
    pub surely: bool,
    /// Where it happened.
    pub host: HostId,
    pub account: AccountId,
    /// The machine inside that it came from, where no session is known: a sensor or a server has seen it.
    pub inside: HostId,
    /// Where it came from, if that is outside the company.
    pub outside: Vec<HostId>,
    /// From 0 to 1: how far from what this rule says on this host anyway.
    pub weight: f32,
}

/// What makes no incident: what is of low level, and what a rule of medium level says on that host day after day.
pub(crate) fn is_weak(tied: &Tied) -> bool {
    const HABIT: f32 = 0.3;
    tied.sign.level < Level::Medium || tied.sign.level == Level::Medium && tied.weight < HABIT
}

/// Whether only unusual days speak of an intruder.
pub(crate) fn is_supposed<'a>(signs: impl Iterator<Item = &'a Tied> + Clone) -> bool {
    let is_of_behavior = |tied: &Tied| tied.sign.kind == FindingKind::Behavior;
    signs.clone().any(is_of_behavior) && signs.clone().all(|tied| is_of_behavior(tied) || is_weak(tied))
}
