//! What people marked as normal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::behavior::Measure;

/// What a verdict is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// An account, a host or an address, whatever it does.
    Entity,
    /// What an account, a host or an address has to do with one other thing.
    Pair,
    /// All accounts of a department, or all machines of a role.
    Group,
}

/// That something is normal, as a person said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What it is about.
    pub kind: VerdictKind,
    /// An account (`name`, `DOMAIN\name`), a host, an address or a network; of a group the department or the role.
    pub name: String,
    /// Of a pair the other side: a host, an address, an account, a folder, a program; else empty.
    pub other: String,
    /// The only measure for which it holds; `None` for all.
    pub measure: Option<Measure>,
    /// The first day on which it holds, counted from 1970-01-01, as people there live by it; `None` for no first day.
    pub from: Option<i32>,
    /// The last day on which it holds, likewise.
    pub until: Option<i32>,
    /// Who said so.
    pub by: String,
    /// Why.
    pub note: String,
    /// Columns of the company's own.
    pub others: BTreeMap<String, String>,
}

impl Verdict {
    /// Whether it holds on a day, counted from 1970-01-01.
    pub fn holds_on(&self, day: i32) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
