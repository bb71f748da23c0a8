//! From matches to findings: on the worker what the record says, at the end how it is told.

use std::collections::{BTreeMap, HashMap};

use model::{
    Attack, Entity, EntityType, Evidence, FindingKind, Level, OwnedValue, Record, RuleRef, Text, Time,
    finding_id,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sigma::{RuleInfo, RuleSet};

/// A finding on its way to the output: what the worker knew. Host names are settled when all have been seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The rule's or correlation's number.
    pub rule: u32,
    /// Whether it is a correlation.
    pub correlation: bool,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
    /// Who and what it is about.
    pub entities: Vec<Entity>,
    /// The fields, as JSON.
    pub fields: String,
    /// For a correlation: its sentence.
    pub summary: Option<(String, String)>,
}

/// The fields of a record that a rule looked at, as JSON. A rule that looks for keywords looked at the whole message.
pub fn looked_at(record: &Record, fields: &[String]) -> String {
    let mut chosen: BTreeMap<&str, &OwnedValue> = BTreeMap::new();
    for (name, value) in &record.fields {
        if fields.binary_search_by(|field| field.as_str().cmp(name)).is_ok()
            || (fields.is_empty() && **name == *"message")
        {
            chosen.insert(name, value);
        }
    }
    serde_json::to_string(&chosen).unwrap_or_else(|_| "{}".to_owned())
}

/// One line of `findings.jsonl`: `docs/schema/finding.schema.json`.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    time: Time,
    kind: FindingKind,
    rule: &'a RuleRef,
    attack: &'a Attack,
    score: u8,
    summary: Text,
    entities: &'a [Entity],
    evidence: &'a [Evidence],
    fields: &'a RawValue,
    incident: Option<&'a str>,
}

/// What is told of every finding of a rule.
struct Told {
    rule: RuleRef,
    attack: Attack,
    title: Text,
}

/// Tells pending findings as lines of JSON.
pub struct Teller {
    rules: Vec<Told>,
    correlations: Vec<Told>,
    hosts: HostNames,
}

impl Teller {
    /// For the rules of a set, with the host names of all findings.
    pub fn new(rules: &RuleSet, hosts: HostNames) -> Teller {
        Teller {
            rules: rules.rules.iter().map(|rule| told(&rule.info)).collect(),
            correlations: rules.correlations.iter().map(|rule| told(&rule.info)).collect(),
            hosts,
        }
    }

    /// Appends the finding as a line, and gives its level and entities.
    pub fn tell<'a>(
        &self,
        time: Time,
        pending: &'a mut Pending,
        out: &mut Vec<u8>,
    ) -> Option<(Level, &'a [Entity])> {
        let list = if pending.correlation { &self.correlations } else { &self.rules };
        let told = list.get(pending.rule as usize)?;
        for entity in &mut pending.entities {
            if entity.kind == EntityType::Host {
                entity.name = self.hosts.display(&entity.name);
            }
        }
        let summary = match pending.summary.take() {
            Some((en, ja)) => Text { en, ja },
            None => words::finding_summary(&told.title, &pending.entities),
        };
        let line = Line {
            id: finding_id(&told.rule.id, &pending.evidence),
            time,
            kind: if pending.correlation { FindingKind::Correlation } else { FindingKind::Sigma },
            rule: &told.rule,
            attack: &told.attack,
            score: told.rule.level.score(),
            summary,
            entities: &pending.entities,
            evidence: &pending.evidence,
            fields: serde_json::from_str(&pending.fields).ok()?,
            incident: None,
        };
        serde_json::to_writer(&mut *out, &line).ok()?;
        out.push(b'\n');
        Some((told.rule.level, &pending.entities))
    }
}

fn told(info: &RuleInfo) -> Told {
    let rule = RuleRef { id: info.id.clone(), title: info.title.clone(), level: info.level };
    Told { rule, attack: info.attack(), title: info.title_text() }
}

/// How hosts are shown: by their short name where only one host has it, else by their full name.
#[derive(Debug, Default)]
pub struct HostNames {
    full_by_short: HashMap<String, Option<String>>,
}

impl HostNames {
    /// Takes note of a host.
    pub fn add(&mut self, name: &str) {
        let short = short(name);
        match self.full_by_short.get_mut(short) {
            None => {
                self.full_by_short.insert(short.to_owned(), Some(name.to_owned()));
            }
            // A host that calls itself by its short name is the one with that short name.
            Some(Some(known)) if known == name || short == name => {}
            Some(Some(known)) if known == short => *known = name.to_owned(),
            Some(several) => *several = None,
        }
    }

    /// Takes note of all that another has.
    pub fn merge(&mut self, other: HostNames) {
        let mut all: Vec<(String, Option<String>)> = other.full_by_short.into_iter().collect();
        all.sort_unstable();
        for (short, full) in all {
            match full {
                Some(full) => self.add(&full),
                None => {
                    self.full_by_short.insert(short, None);
                }
            }
        }
    }

    /// The name to show.
    pub fn display(&self, name: &str) -> String {
        let short = short(name);
        match self.full_by_short.get(short) {
            Some(Some(_)) => short.to_owned(),
            _ => name.to_owned(),
        }
    }
}

/// The first label; an address has none and stays whole.
fn short(name: &str) -> &str {
    if name.parse::<std::net::IpAddr>().is_ok() {
        return name;
    }
    name.split_once('.').map_or(name, |(short, _)| short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_shown_only_where_one_host_has_it() {
        let mut hosts = HostNames::default();
        for name in ["fs01.tokyo.example", "fs01.osaka.example", "ad01.tokyo.example", "ad01", "10.1.2.3"] {
            hosts.add(name);
        }
        assert_eq!(hosts.display("fs01.osaka.example"), "fs01.osaka.example");
        assert_eq!(hosts.display("ad01.tokyo.example"), "ad01");
        assert_eq!(hosts.display("10.1.2.3"), "10.1.2.3");
    }

    #[test]
    fn the_order_in_which_hosts_are_met_does_not_matter() {
        let names = ["a.x", "a", "a.y", "b", "b.x"];
        let shown = |order: &[usize]| {
            let mut hosts = HostNames::default();
            order.iter().for_each(|at| hosts.add(names[*at]));
            names.map(|name| hosts.display(name))
        };
        assert_eq!(shown(&[0, 1, 2, 3, 4]), shown(&[4, 2, 3, 1, 0]));
    }
}
