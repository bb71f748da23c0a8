//! What to do now, from the facts of incidents.
//!
//! In: incidents. Out: what somebody has to cut off, disable, block, keep, look up, check and report, what is
//! confirmed apart from what is suspected, the most urgent first. Nothing here is an order: each item names the
//! evidence's word for it, and people decide.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::incident::{Incident, Status};
use model::{EntityType, Evidence, Level, Time};

use crate::overview::Overview;
use crate::picture::is_outside;

/// Things of one kind to be dealt with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// What a record shows to have been used or reached.
    pub confirmed: Vec<Target>,
    /// What may have been.
    pub suspected: Vec<Target>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// What people should know of it: see `notes` of [`model::incident::Involved`].
    pub notes: Vec<String>,
    /// The incidents that it belongs to, by their places in the report, from 1.
    pub incidents: Vec<usize>,
}

/// A store that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its name.
    pub store: String,
    /// Objects.
    pub objects: u64,
    /// Bytes.
    pub bytes: u64,
    /// The first reading.
    pub first: Time,
    /// The last.
    pub last: Time,
    /// The incident's place in the report, from 1.
    pub incident: usize,
}

/// All that is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actions {
    /// The incidents that it follows from, by place.
    pub incidents: Vec<usize>,
    /// Machines to cut off from the network.
    pub hosts: Targets,
    /// Accounts to disable and reset.
    pub accounts: Targets,
    /// Addresses and names outside, to block.
    pub outside: Targets,
    /// Addresses inside whose machine no record names.
    pub to_identify: Targets,
    /// Logs that hold the evidence, with how many records are referred to.
    pub logs: Vec<(String, u64)>,
    /// Machines of which no log was given.
    pub without_logs: Vec<String>,
    /// Stores that were read.
    pub stores: Vec<Reached>,
    /// When the first incident that reached data was detected, or else first seen.
    pub data_known_since: Option<Time>,
}

#[derive(Default)]
struct Fact {
    is_confirmed: bool,
    notes: BTreeSet<String>,
    incidents: BTreeSet<usize>,
    urgency: u64,
}

type Facts = BTreeMap<(EntityType, String), Fact>;

/// What follows from these incidents: from those of medium severity and above, and from all where there are none.
pub fn actions(incidents: &[Incident], overview: &Overview) -> Actions {
    let numbered =
        || (1..).zip(incidents).filter(|(_, incident): &(usize, _)| incident.merged_into.is_none());
    let is_serious = |incident: &Incident| incident.severity >= Level::Medium;
    let any_serious = numbered().any(|(_, incident)| is_serious(incident));
    let chosen: Vec<(usize, &Incident)> =
        numbered().filter(|(_, incident)| !any_serious || is_serious(incident)).collect();
    let mut facts = Facts::new();
    let mut logs: BTreeMap<String, BTreeSet<(u64, String)>> = BTreeMap::new();
    let mut actions = Actions::default();
    for (number, incident) in chosen {
        actions.incidents.push(number);
        gather(number, incident, &mut facts);
        for evidence in all_evidence(incident) {
            let records = logs.entry(evidence.source.clone()).or_default();
            records.insert((evidence.record, evidence.sha256.clone()));
        }
        actions.stores.extend(incident.data.iter().map(|data| Reached {
            store: data.store.clone(),
            objects: data.objects,
            bytes: data.bytes,
            first: data.first,
            last: data.last,
            incident: number,
        }));
        if !incident.data.is_empty() {
            let known = incident.detected.unwrap_or(incident.last_seen);
            actions.data_known_since = Some(actions.data_known_since.map_or(known, |since| since.min(known)));
        }
    }
    actions
        .stores
        .sort_by_key(|store| (std::cmp::Reverse((store.bytes, store.objects)), store.store.clone()));
    actions.logs = logs.into_iter().map(|(source, records)| (source, records.len() as u64)).collect();
    actions.logs.sort_by_key(|(source, records)| (std::cmp::Reverse(*records), source.clone()));
    sort_out(facts, &mut actions);
    actions.without_logs = without_logs(&actions.hosts, overview);
    actions
}

/// Every reference to a record that an incident makes.
pub fn all_evidence(incident: &Incident) -> impl Iterator<Item = &Evidence> {
    let hops = incident.path.iter().flat_map(|hop| &hop.evidence);
    let data = incident.data.iter().flat_map(|data| &data.evidence);
    hops.chain(data).chain(incident.timeline.iter().filter_map(|moment| moment.evidence.as_ref()))
}

fn gather(number: usize, incident: &Incident, facts: &mut Facts) {
    use EntityType::{Address, Domain, Host, Url, User};
    for entity in &incident.entities {
        let is_named = !matches!(entity.name.as_str(), "" | "-");
        if !is_named || !matches!(entity.kind, Host | User | Address | Domain | Url) {
            continue;
        }
        let fact = facts.entry((entity.kind, entity.name.clone())).or_default();
        fact.is_confirmed |= entity.status == Status::Confirmed;
        fact.notes.extend(entity.notes.iter().cloned());
        fact.incidents.insert(number);
    }
    let stores: BTreeSet<&str> =
        incident.data.iter().filter_map(|data| data.store.split([':', '/']).next()).collect();
    let mut onward: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for hop in &incident.path {
        onward.entry(&hop.from).or_default().insert(&hop.to);
    }
    for ((_, name), fact) in facts.iter_mut().filter(|((kind, _), _)| *kind == Host) {
        let criticality =
            fact.notes.iter().find_map(|note| note.strip_prefix("criticality:")?.parse::<u64>().ok());
        let moves = onward.get(name.as_str()).map_or(0, BTreeSet::len) as u64;
        let urgency = criticality.unwrap_or(0) * 1000
            + u64::from(stores.contains(name.as_str())) * 3000
            + moves.min(500);
        fact.urgency = fact.urgency.max(urgency);
    }
}

fn sort_out(facts: Facts, actions: &mut Actions) {
    let mut order: Vec<((EntityType, String), Fact)> = facts.into_iter().collect();
    order
        .sort_by(|(one, left), (other, right)| right.urgency.cmp(&left.urgency).then_with(|| one.cmp(other)));
    for ((kind, name), fact) in order {
        let is_address = name.parse::<IpAddr>().is_ok();
        let targets = match kind {
            EntityType::User => &mut actions.accounts,
            EntityType::Domain | EntityType::Url => &mut actions.outside,
            _ if is_outside(&name) => &mut actions.outside,
            _ if is_address => &mut actions.to_identify,
            _ => &mut actions.hosts,
        };
        let list = if fact.is_confirmed { &mut targets.confirmed } else { &mut targets.suspected };
        let (notes, incidents) = (fact.notes.into_iter().collect(), fact.incidents.into_iter().collect());
        list.push(Target { name, notes, incidents });
    }
}

/// Machines that took part and of which no log was read; unknown where not all sources are listed.
fn without_logs(hosts: &Targets, overview: &Overview) -> Vec<String> {
    if overview.sources_left_out > 0 || overview.sources.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<&str> = overview.sources.iter().map(|source| source.host.as_str()).collect();
    let all = hosts.confirmed.iter().chain(&hosts.suspected);
    all.filter(|host| !known.contains(host.name.as_str())).map(|host| host.name.clone()).collect()
}
