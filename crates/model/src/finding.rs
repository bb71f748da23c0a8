//! What a stage found: one line of `findings.jsonl`.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Evidence;

/// A rule's level, as Sigma defines it. Ordered from least to most severe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Context only.
    #[default]
    Informational,
    /// Worth a look where it gathers.
    Low,
    /// Should be looked at.
    Medium,
    /// Should be looked at soon.
    High,
    /// Should be looked at now.
    Critical,
}

impl Level {
    /// Every level, least severe first.
    pub const ALL: [Level; 5] =
        [Level::Informational, Level::Low, Level::Medium, Level::High, Level::Critical];

    /// Sigma's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Informational => "informational",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }

    /// The finding's score (0-100) before anything but its level is known.
    pub fn score(self) -> u8 {
        match self {
            Level::Informational => 5,
            Level::Low => 20,
            Level::Medium => 45,
            Level::High => 70,
            Level::Critical => 90,
        }
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Level, String> {
        Level::ALL.into_iter().find(|level| level.as_str() == text).ok_or_else(|| {
            format!("`{text}` is no level; the levels are informational, low, medium, high, critical")
        })
    }
}

/// Which kind of stage found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingKind {
    /// A Sigma rule on one event.
    Sigma,
    /// A Sigma correlation over several.
    Correlation,
    /// An indicator of somebody else's.
    Intel,
    /// Another tool.
    External,
    /// What is usual for somebody, and was not.
    Behavior,
}

/// The rule behind a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleRef {
    /// The rule's id, or a hash of its content where it has none.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its level.
    pub level: Level,
}

/// ATT&CK techniques and tactics, by their ids and short names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attack {
    /// `T1021.002`
    pub techniques: Vec<String>,
    /// `lateral-movement`
    pub tactics: Vec<String>,
}

/// ATT&CK's tactics in its order: the furthest tells how far an attack has come.
pub const TACTICS: [&str; 14] = [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
];

/// A text for people in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Text {
    /// English.
    pub en: String,
    /// Japanese.
    pub ja: String,
}

/// The id of a finding: the same rule on the same records always has the same.
pub fn finding_id(rule_id: &str, evidence: &[Evidence]) -> String {
    let mut digest = Sha256::new();
    digest.update(rule_id.as_bytes());
    for record in evidence {
        for part in [record.source.as_bytes(), &record.record.to_le_bytes(), record.sha256.as_bytes()] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    let hash = digest.finalize();
    hash.iter().take(10).fold(String::from("F-"), |id, byte| id + &format!("{byte:02x}"))
}
