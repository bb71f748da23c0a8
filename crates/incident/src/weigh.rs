//! How severe an incident is, and why.
//!
//! Points are added for what is known: the strongest finding, what corroborates it, how far the attack got, what it reached. They are
//! judgements; each that counted is told as a reason.

use std::collections::BTreeSet;

use model::incident::Reason;
use model::{Level, TACTICS};

use crate::sign::Tied;

/// What is weighed beside the findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Tactics, findings' and those that the path shows.
    pub tactics: BTreeSet<String>,
    /// Hosts reached by moves that are likely the intruder's.
    pub hosts: u64,
    /// Accounts used in them.
    pub accounts: u64,
    /// It came in from outside.
    pub from_outside: bool,
    /// The machine reached that matters most.
    pub asset: Option<(String, u8)>,
    /// An account used that may do more than others.
    pub privileged: Option<String>,
    /// Objects and bytes read.
    pub data: (u64, u64),
    /// A machine that took part and should not, or that nobody answers for.
    pub neglected: Option<(String, String)>,
}

/// What the surroundings of a finding of one rule alone can add.
const ALONE: f32 = 10.0;

/// The score, 0 to 100, of some signs with the facts around them.
pub(crate) fn score<'a>(signs: impl Iterator<Item = &'a Tied>, facts: &Facts) -> u8 {
    let (mut top, mut rules) = (0.0f32, BTreeSet::new());
    let mut tactics: BTreeSet<&str> = facts.tactics.iter().map(String::as_str).collect();
    for tied in signs {
        let level = f32::from(tied.sign.score);
        top = top.max(level * (0.5 + 0.5 * tied.weight));
        if tied.sign.level >= Level::Medium {
            rules.insert(tied.sign.rule.as_str());
        }
        tactics.extend(tied.sign.tactics.iter().map(String::as_str));
    }
    let log2 = |count: u64| (count.max(1) as f32).log2();
    let mut more = (5.0 * log2(rules.len() as u64)).min(15.0);
    more += (3.0 * tactics.len().saturating_sub(1) as f32).min(15.0);
    more += (3.0 * facts.hosts.saturating_sub(1) as f32).min(12.0);
    more += if facts.from_outside { 5.0 } else { 0.0 };
    more += match facts.asset {
        Some((_, 5)) => 8.0,
        Some((_, 4)) => 4.0,
        _ => 0.0,
    };
    more += if facts.privileged.is_some() { 4.0 } else { 0.0 };
    more += if facts.data.0 > 0 { (2.0 * log2(1 + facts.data.0)).min(10.0) } else { 0.0 };
    more += if facts.neglected.is_some() { 3.0 } else { 0.0 };
    // What somebody did around a single finding says how bad it would be, not whether it is true.
    let points = top + if rules.len() > 1 { more } else { more.min(ALONE) };
    points.clamp(0.0, 100.0) as u8
}

/// The severity of a score.
pub(crate) fn severity(score: u8) -> Level {
    match score {
        85.. => Level::Critical,
        65.. => Level::High,
        40.. => Level::Medium,
        _ => Level::Low,
    }
}

/// The reasons, the weightiest first.
pub(crate) fn reasons<'a>(signs: impl Iterator<Item = &'a Tied> + Clone, facts: &Facts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let count = signs.clone().map(|tied| tied.findings.len() as u64).sum();
    if let Some(level) = signs.clone().map(|tied| tied.sign.level).max() {
        reasons.push(Reason::Findings { count, level });
    }
    let said = signs.flat_map(|tied| tied.sign.tactics.iter().map(String::as_str));
    let all = facts.tactics.iter().map(String::as_str).chain(said);
    let place = |tactic: &str| TACTICS.iter().position(|known| *known == tactic);
    if let Some(furthest) = all.filter_map(place).max().and_then(|at| TACTICS.get(at)) {
        reasons.push(Reason::Stage { tactic: (*furthest).to_owned() });
    }
    if facts.data.0 > 0 {
        reasons.push(Reason::Data { objects: facts.data.0, bytes: facts.data.1 });
    }
    if facts.hosts > 1 {
        reasons.push(Reason::Spread { hosts: facts.hosts, accounts: facts.accounts });
    }
    if let Some((host, criticality)) = facts.asset.clone().filter(|(_, criticality)| *criticality >= 4) {
        reasons.push(Reason::Asset { host, criticality });
    }
    if let Some(account) = facts.privileged.clone() {
        reasons.push(Reason::Privileged { account });
    }
    if let Some((host, why)) = facts.neglected.clone() {
        reasons.push(Reason::Neglected { host, why });
    }
    if count == 1 {
        reasons.push(Reason::SingleSign);
    }
    reasons
}
