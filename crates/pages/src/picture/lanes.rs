//! The hosts of an incident from top to bottom.
//!
//! In: an incident. Out: a lane for each host that has something to show, those of one site together, addresses
//! outside the company at the top. Where there are more hosts than lanes, those that are part of moves come first,
//! then those where data was read, then the rest by time.

use std::collections::BTreeMap;
use std::net::IpAddr;

use model::incident::{Incident, Involved, MomentKind, Status};
use model::{EntityType, Time};

use super::moves::Move;
use crate::limits::LANES;

/// A host and when something happened on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whether it is sure that the intruder was there; none for what is only named.
    pub status: Option<Status>,
    /// What stands out about it: `retiring`, `retired`, `ownerless`, `unlisted`.
    pub note: Option<&'a str>,
    /// When the intruder was first seen on it.
    pub first: Time,
    /// And last.
    pub last: Time,
}

/// Where a group of lanes stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place<'a> {
    /// Outside the company.
    Outside,
    /// At that site.
    Site(&'a str),
    /// Nobody says where.
    Unknown,
}

/// The lanes of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    /// Where they stand.
    pub place: Place<'a>,
    /// In the order in which they were first reached.
    pub lanes: Vec<Lane<'a>>,
}

/// All lanes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes<'a> {
    /// By place: outside, then in the order in which they were first reached.
    pub groups: Vec<Group<'a>>,
    /// How many hosts have no lane.
    pub left_out: usize,
}

/// Notes that a lane shows.
const TELLING: [&str; 4] = ["retiring", "retired", "ownerless", "unlisted"];

#[derive(Default)]
struct Seen {
    first: Option<Time>,
    last: Option<Time>,
    in_moves: bool,
    has_data: bool,
}

/// The lanes of an incident.
pub fn lanes<'a>(incident: &'a Incident, moves: &[Move<'a>]) -> Lanes<'a> {
    let mut seen: BTreeMap<&'a str, Seen> = BTreeMap::new();
    for one in moves {
        for host in [one.from, one.to].into_iter().filter(|host| is_name(host)) {
            let seen = seen.entry(host).or_default();
            seen.at(one.first());
            seen.at(one.last());
            seen.in_moves = true;
        }
    }
    for moment in incident.timeline.iter().filter(|moment| is_name(&moment.host)) {
        let seen = seen.entry(&moment.host).or_default();
        seen.at(moment.time);
        seen.has_data |= moment.kind == MomentKind::Data;
    }
    if let Some(entry) = incident.entry.as_ref().filter(|entry| entry.entity.kind == EntityType::Host) {
        seen.entry(&entry.entity.name).or_default().at(entry.time);
    }
    let hosts = incident.entities.iter().filter(|entity| entity.kind == EntityType::Host);
    for host in hosts {
        seen.entry(&host.name).or_default();
    }
    let mut order: Vec<(&str, Seen)> = seen.into_iter().collect();
    order.sort_by_key(|(name, seen)| {
        (!seen.in_moves, !seen.has_data, seen.first.is_none(), seen.first, *name)
    });
    let left_out = order.len().saturating_sub(LANES);
    order.truncate(LANES);
    order.sort_by_key(|(name, seen)| (seen.first.is_none(), seen.first, *name));
    grouped(incident, order, left_out)
}

fn grouped<'a>(incident: &'a Incident, order: Vec<(&'a str, Seen)>, left_out: usize) -> Lanes<'a> {
    let hosts =
        incident.entities.iter().filter(|one| matches!(one.kind, EntityType::Host | EntityType::Address));
    let known: BTreeMap<&str, &'a Involved> = hosts.map(|one| (one.name.as_str(), one)).collect();
    let mut groups: Vec<Group> = Vec::new();
    for (name, seen) in order {
        let (status, notes) =
            known.get(name).map_or((None, [].as_slice()), |one| (Some(one.status), one.notes.as_slice()));
        let (site, note) =
            (site(notes), notes.iter().map(String::as_str).find(|note| TELLING.contains(note)));
        let place = match site {
            Some(site) => Place::Site(site),
            None if is_outside(name) => Place::Outside,
            None => Place::Unknown,
        };
        let (first, last) = (seen.first.unwrap_or(Time::UNKNOWN), seen.last.unwrap_or(Time::UNKNOWN));
        let lane = Lane { name, status, note, first, last };
        match groups.iter_mut().find(|group| group.place == place) {
            Some(group) => group.lanes.push(lane),
            None => groups.push(Group { place, lanes: vec![lane] }),
        }
    }
    // The sort is stable: sites stay in the order in which they were reached.
    groups.sort_by_key(|group| group.place != Place::Outside);
    Lanes { groups, left_out }
}

/// The site that the notes of an entity name.
pub fn site(notes: &[String]) -> Option<&str> {
    notes.iter().find_map(|note| note.strip_prefix("site:")).filter(|site| !site.is_empty())
}

/// Whether that is an address that does not belong to a company's own networks.
pub fn is_outside(name: &str) -> bool {
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            !(address.is_private() || address.is_loopback() || address.is_link_local() || is_shared)
        }
        Ok(IpAddr::V6(address)) => {
            !(address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local())
        }
        Err(_) => false,
    }
}

fn is_name(host: &str) -> bool {
    !host.is_empty() && host != "-"
}

impl Seen {
    fn at(&mut self, time: Time) {
        self.first = Some(self.first.map_or(time, |first| first.min(time)));
        self.last = Some(self.last.map_or(time, |last| last.max(time)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_are_nobodys_own_are_outside() {
        for outside in ["198.51.100.7", "203.0.113.1", "2001:db8::1", "8.8.8.8"] {
            assert!(is_outside(outside), "{outside}");
        }
        for inside in [
            "10.1.2.3",
            "172.20.0.1",
            "192.168.1.1",
            "100.64.0.9",
            "127.0.0.1",
            "169.254.1.1",
            "fd00::1",
            "fe80::1",
            "fs01",
            "",
        ] {
            assert!(!is_outside(inside), "{inside}");
        }
    }

    #[test]
    fn a_site_is_what_the_note_says() {
        assert_eq!(site(&["retiring".to_owned(), "site:Tokyo".to_owned()]), Some("Tokyo"));
        assert_eq!(site(&["site:".to_owned()]), None);
    }
}
