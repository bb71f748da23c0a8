//! What an incident's records show of its course, before anything is put into words: the way in, what was reached and in
//! which order, returns, changes of account, and what of all that is only supposed.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::incident::{Data, Entry, Hop, Incident, Involved, Status};
use model::{EntityType, Time, Via};

use super::labels::via_of;

/// Confidence from which a move is told as sure.
const SURE: f64 = 0.8;
const DAY: i64 = 86_400_000_000;

/// Whether a move is told as sure.
pub(super) fn is_sure(hop: &Hop) -> bool {
    hop.confidence >= SURE
}

/// The account of a move; `None` where no record says.
pub(super) fn account_of(hop: &Hop) -> Option<&str> {
    Some(hop.account.as_str()).filter(|name| !matches!(*name, "" | "-"))
}

/// Whether the name is an address outside private and local networks.
pub(super) fn is_outside(name: &str) -> bool {
    match name.parse() {
        Ok(IpAddr::V4(v4)) => {
            let is_shared = v4.octets().starts_with(&[100]) && (64..128).contains(&v4.octets()[1]);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || is_shared)
        }
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => is_outside(&v4.to_string()),
            None => {
                !(v6.is_loopback()
                    || v6.is_unicast_link_local()
                    || v6.is_unique_local()
                    || v6.is_unspecified())
            }
        },
        Err(_) => false,
    }
}

/// The course of an incident.
pub(super) struct Course<'a> {
    /// How the intruder came in.
    pub way_in: Option<WayIn<'a>>,
    /// Hosts reached for sure after the one that was entered, in order, with the first time.
    pub moved: Vec<(&'a str, Time)>,
    /// Where the first of these moves came from.
    pub start: Option<&'a str>,
    /// Whether all of them came from there.
    pub is_from_start: bool,
    /// How these moves were made, in the order of their first use.
    pub ways: Vec<Via>,
    /// Days on which a way that was known already was used again, and a time on the last.
    pub again: Option<(usize, Time)>,
    /// Accounts of moves that are sure, in the order of their first use.
    pub accounts: Vec<&'a str>,
    /// Where another account was used than those that had come there.
    pub changes: Vec<Change<'a>>,
    /// Moves that are only supposed, each pair of hosts once.
    pub supposed: Vec<&'a Hop>,
    /// What may have taken part and is not named by a supposed move.
    pub suspected: Vec<&'a Involved>,
    /// What was read on hosts that were reached for sure, the most first.
    pub read: Vec<&'a Data>,
    /// What was read on hosts that are only suspected.
    pub maybe_read: Vec<&'a Data>,
}

/// How the intruder came in.
pub(super) struct WayIn<'a> {
    pub entry: &'a Entry,
    /// `None` where the logs do not show it.
    pub via: Option<Via>,
    pub account: Option<&'a str>,
    pub is_sure: bool,
    /// Whether it came from within, so that the true way in is not known.
    pub is_inside: bool,
}

impl WayIn<'_> {
    /// Whether the logs show a way in at all.
    pub(super) fn is_shown(&self) -> bool {
        self.via.is_some() || self.entry.from.is_some()
    }
}

/// A change of account on a host.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change<'a> {
    pub host: &'a str,
    pub from: &'a str,
    pub to: &'a str,
}

impl<'a> Course<'a> {
    pub(super) fn of(incident: &'a Incident) -> Course<'a> {
        let mut hops: Vec<&Hop> = incident.path.iter().collect();
        hops.sort_by_key(|hop| hop.time);
        let (sure, supposed): (Vec<&Hop>, Vec<&Hop>) = hops.into_iter().partition(|hop| is_sure(hop));
        let way_in = way_in(incident, &sure, &supposed);
        let entered = way_in.as_ref().and_then(entered_host);
        let onward: Vec<&Hop> = sure.iter().copied().filter(|hop| Some(hop.to.as_str()) != entered).collect();
        let (read, maybe_read) = data(incident);
        let mut between_hosts = onward.iter().filter(|hop| hop.from != hop.to);
        let start = between_hosts.next().map(|hop| hop.from.as_str());
        let mut known = Accounts::default();
        Course {
            moved: moved(&onward),
            start,
            is_from_start: between_hosts.all(|hop| Some(hop.from.as_str()) == start),
            ways: ways(&onward),
            again: again(&sure),
            accounts: sure.iter().filter_map(|hop| account_of(hop)).filter(|name| known.add(name)).collect(),
            changes: changes(&sure),
            suspected: suspected(incident, &supposed),
            supposed: only_supposed(&sure, supposed),
            way_in,
            read,
            maybe_read,
        }
    }

    /// Every host that was reached for sure, in order.
    pub(super) fn reached(&self) -> Vec<&'a str> {
        let entered = self.way_in.as_ref().and_then(entered_host);
        let start = self.start.filter(|start| !matches!(*start, "" | "-") && !is_outside(start));
        let mut seen = BTreeSet::new();
        let all = entered.into_iter().chain(start).chain(self.moved.iter().map(|(host, _)| *host));
        all.filter(|host| seen.insert(*host)).collect()
    }
}

/// The host that was entered, where that is sure.
fn entered_host<'a>(way: &WayIn<'a>) -> Option<&'a str> {
    let host = Some(&way.entry.entity).filter(|entity| way.is_sure && entity.kind == EntityType::Host);
    host.map(|host| host.name.as_str())
}

fn way_in<'a>(incident: &'a Incident, sure: &[&'a Hop], supposed: &[&'a Hop]) -> Option<WayIn<'a>> {
    let entry = incident.entry.as_ref()?;
    let is_host = entry.entity.kind == EntityType::Host;
    let is_it = |hop: &&&'a Hop| {
        let name = if is_host { &hop.to } else { &hop.account };
        hop.time == entry.time && *name == entry.entity.name
    };
    let hop = sure.iter().chain(supposed).find(is_it);
    let is_suspected = incident.entities.iter().any(|one| {
        one.kind == entry.entity.kind && one.name == entry.entity.name && one.status == Status::Suspected
    });
    let is_inside = entry.from.as_deref().is_some_and(|from| {
        let is_host = incident.entities.iter().any(|one| one.kind == EntityType::Host && one.name == from);
        (is_host || from.parse::<IpAddr>().is_ok()) && !is_outside(from)
    });
    Some(WayIn {
        entry,
        via: via_of(&entry.how),
        account: hop.and_then(|hop| account_of(hop)).filter(|_| is_host),
        // Where no move shows it, one finding alone is not enough.
        is_sure: hop
            .map_or(!is_suspected && (incident.findings.len() > 1 || !sure.is_empty()), |hop| is_sure(hop)),
        is_inside,
    })
}

fn moved<'a>(onward: &[&'a Hop]) -> Vec<(&'a str, Time)> {
    let mut held = BTreeSet::new();
    let mut moved = Vec::new();
    for hop in onward {
        held.insert(hop.from.as_str());
        if held.insert(hop.to.as_str()) {
            moved.push((hop.to.as_str(), hop.time));
        }
    }
    moved
}

fn ways(onward: &[&Hop]) -> Vec<Via> {
    let mut seen = BTreeSet::new();
    let between_hosts = onward.iter().filter(|hop| hop.from != hop.to);
    between_hosts.map(|hop| hop.via).filter(|via| seen.insert(via.as_str())).collect()
}

/// From outside, a way is the same whatever the address.
fn again(sure: &[&Hop]) -> Option<(usize, Time)> {
    let mut first_day = BTreeMap::new();
    let mut days = BTreeSet::new();
    let mut last = None;
    let with_time = sure.iter().filter(|hop| hop.from != hop.to && hop.time != Time::UNKNOWN);
    for hop in with_time {
        let day = hop.time.micros().div_euclid(DAY);
        let from = if is_outside(&hop.from) { "" } else { hop.from.as_str() };
        let first = *first_day.entry((from, hop.to.as_str())).or_insert(day);
        if first != day {
            days.insert(day);
            last = Some(hop.time);
        }
    }
    last.map(|last| (days.len(), last))
}

fn changes<'a>(sure: &[&'a Hop]) -> Vec<Change<'a>> {
    let mut arrived: BTreeMap<&str, (&str, Accounts)> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut changes = Vec::new();
    for hop in sure {
        let Some(account) = account_of(hop) else { continue };
        if let Some((last, known)) = arrived.get(hop.from.as_str())
            && !known.has(account)
        {
            let change = Change { host: &hop.from, from: last, to: account };
            if seen.insert(change) {
                changes.push(change);
            }
        }
        let (last, known) = arrived.entry(&hop.to).or_insert_with(|| (account, Accounts::default()));
        known.add(account);
        *last = account;
    }
    changes
}

fn only_supposed<'a>(sure: &[&'a Hop], supposed: Vec<&'a Hop>) -> Vec<&'a Hop> {
    let mut told: BTreeSet<_> = sure.iter().map(|hop| (hop.from.as_str(), hop.to.as_str())).collect();
    let between_hosts = supposed.into_iter().filter(|hop| hop.from != hop.to);
    between_hosts.filter(|hop| told.insert((hop.from.as_str(), hop.to.as_str()))).collect()
}

fn suspected<'a>(incident: &'a Incident, supposed: &[&Hop]) -> Vec<&'a Involved> {
    let named: BTreeSet<&str> =
        supposed.iter().flat_map(|hop| [hop.from.as_str(), hop.to.as_str(), hop.account.as_str()]).collect();
    let mut seen = BTreeSet::new();
    let all = incident.entities.iter().filter(|one| one.status == Status::Suspected);
    all.filter(|one| !named.contains(one.name.as_str()) && seen.insert(one.name.as_str())).collect()
}

fn data(incident: &Incident) -> (Vec<&Data>, Vec<&Data>) {
    let hosts = || incident.entities.iter().filter(|one| one.kind == EntityType::Host);
    let named = |status: Status| -> BTreeSet<&str> {
        hosts().filter(|one| one.status == status).map(|one| one.name.as_str()).collect()
    };
    let (confirmed, suspected) = (named(Status::Confirmed), named(Status::Suspected));
    let mut data: Vec<&Data> = incident.data.iter().collect();
    data.sort_by(|a, b| (b.objects, b.bytes, &a.store).cmp(&(a.objects, a.bytes, &b.store)));
    data.into_iter().partition(|data| {
        let host = host_of(&data.store);
        confirmed.contains(host) || !suspected.contains(host)
    })
}

/// The host or system of a store (`fs01:/projects`, `orderdb/contracts`, `\\fs01\projects`).
fn host_of(store: &str) -> &str {
    store.trim_start_matches('\\').split([':', '/', '\\']).next().unwrap_or(store)
}

/// Accounts seen, where a name without a domain is the same as one with it.
#[derive(Default)]
pub(super) struct Accounts<'a> {
    whole: BTreeSet<&'a str>,
    /// The same without domains.
    bare: BTreeSet<&'a str>,
}

impl<'a> Accounts<'a> {
    pub(super) fn has(&self, account: &str) -> bool {
        match account.rsplit_once('\\') {
            Some((_, bare)) => self.whole.contains(account) || self.whole.contains(bare),
            None => self.bare.contains(account),
        }
    }

    /// False where it was there.
    pub(super) fn add(&mut self, account: &'a str) -> bool {
        let is_new = !self.has(account);
        self.whole.insert(account);
        self.bare.insert(account.rsplit_once('\\').map_or(account, |(_, bare)| bare));
        is_new
    }
}
