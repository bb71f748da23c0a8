//! From matches to findings: on the worker what the record says, at the end how it is told.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{
    Attack, Entity, EntityType, Evidence, FindingKind, OwnedValue, Record, RuleRef, Text, Time, finding_id,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sigma::intel::{Indicator, Indicators};
use sigma::{RuleInfo, RuleSet};

use crate::external::External;
use crate::summary::RuleCount;
use crate::surprising::{self, Surprising};

/// What found something, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum By {
    /// A rule on single events.
    Rule(u32),
    /// A correlation.
    Correlation(u32),
    /// An indicator.
    Indicator(u32),
    /// Another tool.
    External,
    /// Behaviour, by the sort of subject.
    Behavior(u32),
}

impl By {
    /// Its place among the findings of one record: rules, then other tools, then indicators, then correlations.
    pub fn order(self) -> u32 {
        match self {
            By::Rule(number) => number,
            By::External => (1 << 31) - 1,
            By::Behavior(kind) => (1 << 31) - 10 + kind,
            By::Indicator(number) => number | 1 << 31,
            By::Correlation(number) => u32::MAX - number,
        }
    }
}

/// A finding on its way to the output: what the worker knew. Host names are settled when all have been seen.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// What found it.
    pub by: By,
    /// The records that show it.
    pub evidence: Vec<Evidence>,
    /// Who and what it is about.
    pub entities: Vec<Entity>,
    /// The fields, as JSON.
    pub fields: String,
    /// For a correlation: its sentence.
    pub summary: Option<(String, String)>,
    /// For what another tool found.
    pub external: Option<External>,
    /// For what behaviour found.
    pub surprising: Option<Surprising>,
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
    id: &'a str,
    time: Time,
    /// `false` where the record has no time, nothing otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_known: Option<bool>,
    kind: FindingKind,
    rule: &'a RuleRef,
    attack: &'a Attack,
    score: u8,
    summary: Text,
    entities: &'a [Entity],
    evidence: &'a [Evidence],
    fields: &'a RawValue,
    incident: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indicator: Option<IndicatorLine<'a>>,
}

/// Whose indicator was seen, and what its source says of it.
#[derive(Serialize)]
struct IndicatorLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    value: &'a str,
    source: &'a str,
    confidence: Option<u8>,
    valid_from: Option<Time>,
    valid_until: Option<Time>,
    tlp: Option<&'a str>,
    labels: &'a [String],
}

impl<'a> IndicatorLine<'a> {
    fn of(indicator: &Indicator<'a>) -> IndicatorLine<'a> {
        let details = indicator.details;
        IndicatorLine {
            kind: indicator.kind.as_str(),
            value: indicator.value,
            source: &details.source,
            confidence: details.confidence,
            valid_from: details.valid_from,
            valid_until: details.valid_until,
            tlp: details.tlp.as_deref(),
            labels: &details.labels,
        }
    }
}

/// What is told of every finding of a rule.
#[derive(Clone)]
struct Told {
    rule: RuleRef,
    attack: Attack,
    title: Text,
}

/// Tells pending findings as lines of JSON.
pub struct Teller<'a> {
    rules: Vec<Told>,
    correlations: Vec<Told>,
    indicators: &'a Indicators,
    hosts: HostNames,
}

impl<'i> Teller<'i> {
    /// For the rules of a set and indicators, with the host names of all findings.
    pub fn new(rules: &RuleSet, indicators: &'i Indicators, hosts: HostNames) -> Teller<'i> {
        Teller {
            rules: rules.rules.iter().map(|rule| told(&rule.info)).collect(),
            correlations: rules.correlations.iter().map(|rule| told(&rule.info)).collect(),
            indicators,
            hosts,
        }
    }

    /// What a finding is, apart from its record.
    pub fn about(&self, pending: &Pending) -> Option<About> {
        let (id, kind, told) = match pending.by {
            By::Rule(number) => {
                let told = self.rules.get(number as usize)?.clone();
                (finding_id(&told.rule.id, &pending.evidence), FindingKind::Sigma, told)
            }
            By::Correlation(number) => {
                let told = self.correlations.get(number as usize)?.clone();
                (finding_id(&told.rule.id, &pending.evidence), FindingKind::Correlation, told)
            }
            By::Indicator(number) => {
                let indicator = self.indicators.get(number)?;
                let told = told_of_indicator(&indicator);
                // A STIX indicator may have several values, and a record may show more than one.
                let name = format!("{}\n{}", told.rule.id, indicator.value);
                (finding_id(&name, &pending.evidence), FindingKind::Intel, told)
            }
            By::External => {
                let external = pending.external.as_ref()?;
                let told =
                    Told { rule: external.rule(), attack: external.attack(), title: external.sentence() };
                (finding_id(&told.rule.id, &pending.evidence), FindingKind::External, told)
            }
            By::Behavior(kind) => {
                let (rule, title) = surprising::rule(kind);
                let surprising = pending.surprising.as_ref()?;
                let told = Told { rule, attack: surprising.attack(), title };
                (finding_id(&surprising.about, &pending.evidence), FindingKind::Behavior, told)
            }
        };
        Some(About { id, kind, rule: told.rule, attack: told.attack, title: told.title })
    }

    /// Appends the finding as a line, with the incident that it is in, and gives what it is.
    pub fn tell(
        &self,
        time: Time,
        pending: &mut Pending,
        incident: Option<&str>,
        out: &mut Vec<u8>,
    ) -> Option<About> {
        for entity in &mut pending.entities {
            if entity.kind == EntityType::Host {
                entity.name = self.hosts.display(&entity.name);
            }
        }
        let about = self.about(pending)?;
        let indicator = match pending.by {
            By::Indicator(number) => Some(self.indicators.get(number)?),
            _ => None,
        };
        let told = pending.summary.take().map(|(en, ja)| Text { en, ja });
        let sentence = match &indicator {
            Some(indicator) => words::indicator_title(
                indicator.value,
                indicator.details.title.as_deref(),
                &indicator.details.source,
                indicator.details.confidence,
                indicator.details.valid_until,
            ),
            None => about.title.clone(),
        };
        let summary = told.unwrap_or_else(|| words::finding_summary(&sentence, &pending.entities));
        let line = Line {
            id: &about.id,
            time,
            time_known: (time == Time::UNKNOWN).then_some(false),
            kind: about.kind,
            rule: &about.rule,
            attack: &about.attack,
            score: pending.surprising.as_ref().map_or(about.rule.level.score(), |told| told.score),
            summary,
            entities: &pending.entities,
            evidence: &pending.evidence,
            fields: serde_json::from_str(&pending.fields).ok()?,
            incident,
            indicator: indicator.as_ref().map(IndicatorLine::of),
        };
        serde_json::to_writer(&mut *out, &line).ok()?;
        out.push(b'\n');
        Some(about)
    }
}

/// What a finding is, apart from its record.
#[derive(Clone, Debug)]
pub struct About {
    /// Its id.
    pub id: String,
    /// What kind of stage found it.
    pub kind: FindingKind,
    /// The rule.
    pub rule: RuleRef,
    /// Where it belongs in ATT&CK.
    pub attack: Attack,
    /// What it is called.
    pub title: Text,
}

/// How often something found something, for the summary.
pub fn rule_count(by: By, count: u64, rules: &RuleSet, indicators: &Indicators) -> Option<RuleCount> {
    let info = match by {
        By::Rule(number) => &rules.rules.get(number as usize)?.info,
        By::Correlation(number) => &rules.correlations.get(number as usize)?.info,
        // Counted by what they say.
        By::External => return None,
        By::Behavior(kind) => {
            let (rule, title) = surprising::rule(kind);
            return Some(RuleCount { id: rule.id, title, level: rule.level, count });
        }
        By::Indicator(number) => {
            let told = told_of_indicator(&indicators.get(number)?);
            return Some(RuleCount { id: told.rule.id, title: told.title, level: told.rule.level, count });
        }
    };
    Some(RuleCount { id: info.id.clone(), title: info.title_text(), level: info.level, count })
}

/// What an indicator is called: by its source, else by its value.
pub fn indicator_title(indicator: &Indicator<'_>) -> Text {
    match &indicator.details.title {
        Some(title) => Text { en: title.clone(), ja: title.clone() },
        None => words::both("finding-intel-title", &[("value", indicator.value.into())]),
    }
}

fn told_of_indicator(indicator: &Indicator<'_>) -> Told {
    let details = indicator.details;
    let title = indicator_title(indicator);
    let rule = RuleRef { id: indicator.id(), title: title.en.clone(), level: details.level() };
    Told { rule, attack: Attack { techniques: details.techniques.clone(), tactics: Vec::new() }, title }
}

fn told(info: &RuleInfo) -> Told {
    let rule = RuleRef { id: info.id.clone(), title: info.title.clone(), level: info.level };
    Told { rule, attack: info.attack(), title: info.title_text() }
}

/// How hosts are shown: by their short name where only one host has it, else by their full name.
#[derive(Debug, Default)]
pub struct HostNames {
    full_by_short: HashMap<String, Option<String>>,
    /// Names that are shown as they stand.
    as_they_stand: HashSet<String>,
}

impl HostNames {
    /// Names that are shown as they stand: those of the inventory.
    pub fn keep(&mut self, names: impl Iterator<Item = String>) {
        self.as_they_stand.extend(names);
    }

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
        if self.as_they_stand.contains(name) {
            return name.to_owned();
        }
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
