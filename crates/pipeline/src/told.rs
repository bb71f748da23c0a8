//! The last words of incidents: texts, timeline, ids of findings.

use std::collections::BTreeMap;

use model::Level;
use model::incident::{Incident, Moment, MomentKind, Told};
use words::Facts;

use crate::joined::Joined;

/// Lines of one incident's timeline.
const MOST_MOMENTS: usize = 400;

/// What was gathered of an incident's findings.
#[derive(Debug, Default)]
pub struct Found {
    /// Ids, by time.
    pub ids: Vec<String>,
    /// The first of each kind, with how many alike there were: by rule and host.
    pub told: BTreeMap<(String, String), (Told, u64)>,
}

/// The incidents with their texts.
pub fn incidents(joined: &Joined, mut found: BTreeMap<usize, Found>) -> Vec<Incident> {
    let each = joined.incidents.iter().enumerate();
    each.map(|(at, concluded)| {
        let mut incident = concluded.incident.clone();
        let found = found.remove(&at).unwrap_or_default();
        incident.findings = found.ids;
        let mut told: Vec<(Told, u64)> = found.told.into_values().collect();
        told.sort_by(|a, b| (a.0.time, &a.0.id).cmp(&(b.0.time, &b.0.id)));
        let first: Vec<Told> = told.iter().map(|(told, _)| told.clone()).collect();
        let facts = Facts { incident: &incident, findings: &first, reasons: &concluded.reasons };
        let (title, narrative) = (words::incident_title(facts), words::incident_narrative(facts));
        let reasons = words::severity_reasons(facts);
        incident.timeline = moments(&incident, &told);
        (incident.title, incident.narrative, incident.severity_reasons) = (title, narrative, reasons);
        incident
    })
    .collect()
}

fn moments(incident: &Incident, told: &[(Told, u64)]) -> Vec<Moment> {
    let findings = told.iter().map(|(told, count)| Moment {
        time: told.time,
        kind: MomentKind::Finding,
        host: told.host.clone().unwrap_or_default(),
        text: words::finding_moment(told, *count),
        level: Some(told.level),
        count: *count,
        evidence: Some(told.evidence.clone()),
    });
    let hops = incident.path.iter().map(|hop| Moment {
        time: hop.time,
        kind: MomentKind::Hop,
        host: hop.to.clone(),
        text: words::hop_moment(hop),
        level: None,
        count: 1,
        evidence: hop.evidence.first().cloned(),
    });
    let data = incident.data.iter().map(|data| Moment {
        time: data.first,
        kind: MomentKind::Data,
        host: data.store.split([':', '/']).next().unwrap_or_default().to_owned(),
        text: words::data_moment(data),
        level: None,
        count: data.objects,
        evidence: data.evidence.first().cloned(),
    });
    let mut all: Vec<Moment> = findings.chain(hops).chain(data).collect();
    if all.len() > MOST_MOMENTS {
        // The most telling stay: data and severe findings, then moves, then the rest.
        let weight = |moment: &Moment| match (moment.kind, moment.level) {
            (MomentKind::Data, _) => 4,
            (_, Some(level)) if level >= Level::High => 3,
            (MomentKind::Hop, _) => 2,
            (_, Some(Level::Medium)) => 1,
            _ => 0,
        };
        all.sort_by_key(|moment| (std::cmp::Reverse(weight(moment)), moment.time));
        all.truncate(MOST_MOMENTS);
    }
    all.sort_by(|a, b| (a.time, a.kind as u8, &a.text.en).cmp(&(b.time, b.kind as u8, &b.text.en)));
    all
}
