//! What the stages make of a [`Story`]: incidents, as text that is easy to compare.
//!
//! Findings, activities and readings are taken in the order in which the pipeline takes them.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of several tests"
)]

#[path = "../../../path/tests/support/mod.rs"]
mod story;

use std::collections::BTreeSet;

use estate::Estate;
use incident::{Concluded, Incidents, Settings, Sign, Thing, Touch};
use model::incident::{Basis, Hop, Status};
use model::{ActivityKind, Level, Outcome, RecordKey, SourceId};
use path::Paths;

pub use story::{DAY, Finding, MINUTE, PEOPLE, SECOND, Story, bytes_of, damage, monday};
use story::{again_estate, again_paths};

/// What was told.
#[derive(Debug)]
pub struct Told {
    /// By score.
    pub incidents: Vec<Concluded>,
    /// All sessions.
    pub paths: Paths,
    /// By the number of a finding, its rule.
    rules: Vec<String>,
    /// The saved state before anything was joined.
    pub state: Vec<u8>,
}

/// With a budget of five a day.
pub fn tell(story: Story) -> Told {
    tell_with(story, 5)
}

/// Once as it comes, and once with the state saved and restored after each push, which must make no difference.
pub fn tell_with(story: Story, alerts_per_day: u64) -> Told {
    let (plain, restored) = (told(&story, alerts_per_day, false), told(&story, alerts_per_day, true));
    assert_eq!(plain.everything(), restored.everything());
    plain
}

/// With a budget of five a day, once: for stories by the hundred.
pub fn tell_once(story: Story) -> Told {
    told(&story, 5, false)
}

fn told(story: &Story, alerts_per_day: u64, restoring: bool) -> Told {
    let mut findings = story.findings.clone();
    findings.sort_by_key(|finding| (finding.time, finding.records.first().copied()));
    let rules = findings.iter().map(|finding| finding.rule.clone()).collect();
    let (mut estate, mut paths, mut incidents) = (story.estate(), Paths::default(), Incidents::new());
    for finding in &findings {
        finding.records.iter().for_each(|record| incidents.expect(record.key, finding.time));
    }
    let again = |estate: &mut Estate, paths: &mut Paths, incidents: &mut Incidents| {
        if restoring {
            (*estate, *paths) = (again_estate(estate, &story.inventory), again_paths(paths));
            *incidents = again_incidents(incidents);
        }
    };
    let mut touches = Vec::new();
    let mut signs =
        findings.iter().enumerate().map(|(number, finding)| (finding.time, sign(number, finding)));
    let mut next = signs.next();
    for activity in story.sorted() {
        while let Some((_, sign)) = next.take_if(|(time, _)| *time < activity.time) {
            incidents.sign(sign, &paths, &mut estate);
            again(&mut estate, &mut paths, &mut incidents);
            next = signs.next();
        }
        let seen = paths.push(&activity, &story.names, &mut estate);
        incidents.push(&activity, &seen);
        again(&mut estate, &mut paths, &mut incidents);
        let reads = matches!(activity.kind, ActivityKind::Read | ActivityKind::DbRead);
        if reads
            && seen.session.is_some()
            && activity.outcome == Outcome::Success
            && activity.object.is_some()
        {
            touches.push(Touch {
                session: seen.session,
                host: seen.host,
                object: activity.object,
                item: activity.item,
                count: activity.count,
                bytes: activity.bytes_out,
                time: activity.time,
                record: activity.record,
            });
        }
    }
    for (_, sign) in next.into_iter().chain(signs) {
        incidents.sign(sign, &paths, &mut estate);
        again(&mut estate, &mut paths, &mut incidents);
    }
    incidents.settle(&paths);
    let mut drafts = incidents.join(&paths, &estate);
    touches.iter().for_each(|touch| drafts.touch(touch));
    let source = |id: SourceId| story.sources.get(model::NameId(id.0)).to_owned();
    let settings = Settings { alerts_per_day };
    let (incidents_state, incidents) =
        (incidents, drafts.conclude(&paths, &estate, &story.names, settings, &source));
    let state = bytes_of(|bytes| incidents_state.save(bytes));
    Told { incidents, paths, rules, state }
}

/// Findings so far saved and restored, which save the same bytes.
fn again_incidents(incidents: &Incidents) -> Incidents {
    let bytes = bytes_of(|bytes| incidents.save(bytes));
    let restored = Incidents::restore(bytes.as_slice()).unwrap();
    assert_eq!(bytes, bytes_of(|bytes| restored.save(bytes)));
    restored
}

fn sign(number: usize, finding: &Finding) -> Sign {
    let RecordKey { source, record } = finding.records.first().copied().unwrap_or_default().key;
    let things = finding.things.iter();
    Sign {
        finding: number as u32,
        id: format!("F-{} {} {source:?} {record} {:?}", finding.rule, finding.time, finding.things),
        time: finding.time,
        kind: finding.kind,
        rule: finding.rule.clone(),
        title: finding.rule.clone(),
        level: finding.level,
        score: finding.level.score(),
        tactics: Vec::new(),
        techniques: Vec::new(),
        records: finding.records.clone(),
        things: things
            .map(|(kind, role, name)| Thing { kind: *kind, role: *role, name: name.clone() })
            .collect(),
    }
}

/// `pc01 > fs01 sato smb`
pub fn text(hop: &Hop) -> String {
    format!("{} > {} {} {}", hop.from, hop.to, hop.account, hop.via.as_str())
}

impl Told {
    /// All that can be asked of it.
    fn everything(&self) -> (String, &[u8]) {
        let sessions: Vec<_> = self.paths.sessions().iter().collect();
        (format!("{:?} {:?} {sessions:?}", self.incidents, self.rules), &self.state)
    }

    /// The rules of each incident's findings, in the order of their names; each incident once, in that order, too.
    pub fn rules(&self) -> Vec<Vec<&str>> {
        let mut all: Vec<Vec<&str>> = self.incidents.iter().map(|one| self.rules_of(one)).collect();
        all.sort();
        all
    }

    fn rules_of(&self, one: &Concluded) -> Vec<&str> {
        let rules: BTreeSet<&str> =
            one.findings.iter().map(|number| self.rules[*number as usize].as_str()).collect();
        rules.into_iter().collect()
    }

    /// The only incident.
    pub fn only(&self) -> &Concluded {
        let [one] = self.incidents.as_slice() else { panic!("{:#?}", self.rules()) };
        one
    }

    /// The incident with a finding of that rule.
    pub fn of(&self, rule: &str) -> &Concluded {
        let found = self.incidents.iter().find(|one| self.rules_of(one).contains(&rule));
        found.unwrap_or_else(|| panic!("no {rule} in {:#?}", self.rules()))
    }

    /// The moves of the incident with that rule.
    pub fn hops(&self, rule: &str) -> Vec<String> {
        self.of(rule).incident.path.iter().map(text).collect()
    }

    /// A move of that incident.
    pub fn hop(&self, rule: &str, wanted: &str) -> &Hop {
        let found = self.of(rule).incident.path.iter().find(|hop| text(hop) == wanted);
        found.unwrap_or_else(|| panic!("no {wanted} in {:#?}", self.hops(rule)))
    }

    pub fn basis(&self, rule: &str, wanted: &str) -> Vec<Basis> {
        self.hop(rule, wanted).basis.clone()
    }

    /// `vpn-gw from 203.0.113.7 by vpn`
    pub fn entry(&self, rule: &str) -> String {
        let entry = self.of(rule).incident.entry.as_ref();
        let told = entry.map(|entry| {
            format!("{} from {} by {}", entry.entity.name, entry.from.as_deref().unwrap_or("-"), entry.how)
        });
        told.unwrap_or_default()
    }

    /// `fs01:/projects 2 objects 2000 bytes`
    pub fn data(&self, rule: &str) -> Vec<String> {
        let data = self.of(rule).incident.data.iter();
        data.map(|data| format!("{} {} objects {} bytes", data.store, data.objects, data.bytes)).collect()
    }

    /// Names of those who took part, sure or supposed.
    pub fn entities(&self, rule: &str, status: Status) -> Vec<&str> {
        let all = self.of(rule).incident.entities.iter();
        all.filter(|one| one.status == status).map(|one| one.name.as_str()).collect()
    }

    pub fn severity(&self, rule: &str) -> Level {
        self.of(rule).incident.severity
    }
}
