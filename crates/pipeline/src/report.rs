//! What the report's overview shows, gathered while findings are written.

use std::collections::{BTreeMap, BTreeSet};

use model::incident::{Incident, Told};
use model::{EntityType, Level, Time};
use pages::{
    Budget, Clock, FindingGroup, Heat, Overview, Source, TacticCount, TechniqueCount, Unlisted,
    UnlistedCount, Unreadable,
};
use sources::ReadError;

use crate::counted::Counted;
use crate::findings::{About, Pending};
use crate::joined::Joined;
use crate::summary::Summary;
use crate::told::Found;

/// Rows of the heat map, groups of loose findings, hosts of one, unlisted names, and places that could not be read: further ones are left out or put together.
const MOST_ROWS: usize = 200;
const MOST_GROUPS: usize = 2000;
const MOST_HOSTS: usize = 5;
const MOST_LISTED: usize = 200;
const DAY: i64 = 86_400_000_000;

/// What is gathered of the findings.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By the position of the incident.
    pub by_incident: BTreeMap<usize, Found>,
    /// Those in no incident, by rule; the most severe first.
    pub loose: Vec<FindingGroup>,
    /// The rest.
    pub overview: OfFindings,
    groups: BTreeMap<String, (FindingGroup, BTreeSet<String>)>,
}

/// What the overview shows of findings.
#[derive(Debug, Default)]
pub struct OfFindings {
    by_level: [u64; 5],
    in_incidents: u64,
    times: Vec<(String, Time, Level)>,
    attack: BTreeMap<String, BTreeMap<String, TechniqueCount>>,
}

impl Gathered {
    /// Takes a finding as it was told.
    pub fn add(&mut self, time: Time, about: About, pending: &Pending, incident: Option<usize>) {
        let level = about.rule.level;
        if let Some((_, count)) =
            Level::ALL.iter().zip(&mut self.overview.by_level).find(|(each, _)| **each == level)
        {
            *count += 1;
        }
        self.overview.in_incidents += u64::from(incident.is_some());
        if let Some(evidence) = pending.evidence.first() {
            self.overview.times.push((row_of(&evidence.source), time, level));
        }
        self.add_attack(&about, incident.is_some());
        match incident {
            Some(incident) => self.add_to_incident(incident, time, about, pending),
            None => self.add_loose(time, about, pending),
        }
    }

    fn add_attack(&mut self, about: &About, inside: bool) {
        // A technique without a tactic stands by itself.
        let none = [String::new()];
        let tactics = if about.attack.tactics.is_empty() { &none[..] } else { &about.attack.tactics };
        for tactic in tactics {
            let techniques = self.overview.attack.entry(tactic.clone()).or_default();
            for technique in &about.attack.techniques {
                let count = techniques.entry(technique.clone()).or_insert_with(|| TechniqueCount {
                    technique: technique.clone(),
                    ..TechniqueCount::default()
                });
                count.count += 1;
                count.level = count.level.max(about.rule.level);
                count.in_incidents += u64::from(inside);
            }
        }
    }

    fn add_to_incident(&mut self, incident: usize, time: Time, about: About, pending: &Pending) {
        let Some(evidence) = pending.evidence.first().cloned() else { return };
        let found = self.by_incident.entry(incident).or_default();
        found.ids.push(about.id.clone());
        let (host, account) = (name_of(pending, EntityType::Host), name_of(pending, EntityType::User));
        let key = (about.rule.id, host.clone().unwrap_or_default());
        let (_, count) = found.told.entry(key).or_insert_with(|| {
            let told = Told {
                id: about.id,
                time,
                title: about.title,
                level: about.rule.level,
                host,
                account,
                tactics: about.attack.tactics,
                techniques: about.attack.techniques,
                evidence,
            };
            (told, 0)
        });
        *count += 1;
    }

    fn add_loose(&mut self, time: Time, about: About, pending: &Pending) {
        if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(&about.rule.id) {
            return;
        }
        let (group, hosts) = self.groups.entry(about.rule.id).or_insert_with(|| {
            let group = FindingGroup {
                title: about.title,
                level: about.rule.level,
                count: 0,
                first: time,
                last: time,
                hosts: Vec::new(),
                host_count: 0,
            };
            (group, BTreeSet::new())
        });
        group.count += 1;
        group.first = group.first.min(time);
        group.last = group.last.max(time);
        if hosts.len() < MOST_GROUPS {
            hosts.extend(name_of(pending, EntityType::Host));
        }
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        let groups = std::mem::take(&mut self.groups).into_values();
        self.loose = groups
            .map(|(mut group, hosts)| {
                group.host_count = hosts.len() as u64;
                group.hosts = hosts.into_iter().take(MOST_HOSTS).collect();
                group
            })
            .collect();
        self.loose.sort_by(|a, b| (b.level, b.count, &a.title.en).cmp(&(a.level, a.count, &b.title.en)));
    }
}

fn name_of(pending: &Pending, kind: EntityType) -> Option<String> {
    pending.entities.iter().find(|entity| entity.kind == kind).map(|entity| entity.name.clone())
}

/// The row of the heat map for an input: the folder that it lies in, as a host's logs mostly lie together.
fn row_of(stream: &str) -> String {
    stream.rsplit_once('/').map_or(stream, |(folder, _)| folder).to_owned()
}

/// What a hunt saw.
pub struct Seen<'a> {
    /// Events over time.
    pub counted: &'a Counted,
    /// What could not be read.
    pub errors: &'a [ReadError],
    /// What was gathered of findings.
    pub findings: OfFindings,
    /// Incidents, hosts, accounts.
    pub joined: &'a Joined,
    /// The analyst's budget.
    pub asked: u64,
}

/// The overview.
pub fn overview(seen: &Seen<'_>, incidents: &[Incident], summary: &Summary) -> Overview {
    let (unlisted_hosts, unlisted_accounts, unlisted) = unlisted(seen.joined);
    let lowered = incidents.iter().filter(|incident| incident.lowered_for_budget).count() as u64;
    let used = incidents.iter().filter(|incident| incident.severity >= Level::Medium).count() as u64;
    let days = summary.first.zip(summary.last).map_or(0, |(first, last)| {
        last.micros().div_euclid(DAY).saturating_sub(first.micros().div_euclid(DAY)).max(0) as u64 + 1
    });
    Overview {
        first: summary.first,
        last: summary.last,
        events: summary.events,
        bytes: summary.bytes,
        inputs: summary.inputs.files,
        inputs_failed: summary.inputs.failed,
        errors: summary.errors.total,
        findings: seen.findings.by_level,
        findings_in_incidents: seen.findings.in_incidents,
        heat: heat(seen),
        attack: attack(&seen.findings),
        sources: sources(seen.counted),
        sources_left_out: seen.counted.left_out,
        unreadable: unreadable(seen.errors),
        clocks: clocks(seen.joined),
        unlisted_hosts,
        unlisted_accounts,
        unlisted,
        budget: Some(Budget { per_day: seen.asked, days, used, lowered }),
    }
}

fn heat(seen: &Seen<'_>) -> Heat {
    let mut heat = Heat::default();
    let mut rows: BTreeSet<String> = BTreeSet::new();
    let mut row = |stream: &str| {
        let row = row_of(stream);
        match rows.len() >= MOST_ROWS && !rows.contains(&row) {
            true => "…".to_owned(),
            false => {
                rows.insert(row.clone());
                row
            }
        }
    };
    for (_, stream, hours) in seen.counted.iter() {
        let row = row(stream);
        hours.stretches().for_each(|(time, events)| heat.count(&row, time, events));
    }
    for (stream, time, level) in &seen.findings.times {
        let known = rows.contains(stream);
        heat.find(if known { stream } else { "…" }, *time, *level);
    }
    heat
}

fn attack(findings: &OfFindings) -> Vec<TacticCount> {
    let tactics = findings.attack.iter();
    tactics
        .map(|(tactic, techniques)| TacticCount {
            tactic: tactic.clone(),
            techniques: techniques.values().cloned().collect(),
        })
        .collect()
}

fn sources(counted: &Counted) -> Vec<Source> {
    counted
        .iter()
        .map(|(log_source, stream, hours)| {
            let width = hours.width();
            let times = || hours.stretches().map(|(time, _)| time);
            Source {
                log_source: log_source.to_owned(),
                host: stream.to_owned(),
                events: hours.total(),
                first: times().min(),
                last: times().max().map(|time| Time::from_micros(time.micros().saturating_add(width))),
                gaps: hours.gaps(),
            }
        })
        .collect()
}

fn unreadable(errors: &[ReadError]) -> Vec<Unreadable> {
    let mut by_place: BTreeMap<(&str, &str), Unreadable> = BTreeMap::new();
    for error in errors {
        let code = error.code.as_str();
        let place = by_place.entry((error.source.as_str(), code)).or_insert_with(|| Unreadable {
            name: error.source.clone(),
            code: code.to_owned(),
            reason: error.reason.clone(),
            count: 0,
        });
        place.count += 1;
    }
    let mut all: Vec<Unreadable> = by_place.into_values().collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    all.truncate(MOST_LISTED);
    all
}

fn clocks(joined: &Joined) -> Vec<Clock> {
    let offsets = joined.clocks.iter();
    offsets
        .map(|(host, offset, pairs)| Clock {
            host: joined.estate.host_info(*host).name.to_string(),
            offset_seconds: *offset as f64 / 1e6,
            pairs: *pairs,
        })
        .collect()
}

fn unlisted(joined: &Joined) -> (Vec<Unlisted>, Vec<Unlisted>, UnlistedCount) {
    let lists = joined.estate.inventory();
    let hosts = joined.estate.hosts().filter(|(_, host)| {
        !lists.assets().is_empty() && !host.listed && !host.external && !host.is_address && host.wrote_logs
    });
    let hosts: Vec<Unlisted> =
        hosts.map(|(_, host)| Unlisted { name: host.name.to_string(), events: 0 }).collect();
    let accounts = joined.estate.accounts().filter(|(_, account)| {
        !lists.users().is_empty() && !account.listed && account.kind == estate::AccountKind::Person
    });
    let accounts: Vec<Unlisted> =
        accounts.map(|(_, account)| Unlisted { name: account.name.to_string(), events: 0 }).collect();
    let count = UnlistedCount { hosts: hosts.len() as u64, accounts: accounts.len() as u64 };
    let first = |mut all: Vec<Unlisted>| {
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all.truncate(MOST_LISTED);
        all
    };
    (first(hosts), first(accounts), count)
}
