//! Connections that came in at a host, and what they brought about there.
//!
//! In: what a host records of connections that it accepted ([`Arrival`]), and of things done on it of which no logon says where they came from
//! ([`Effect`]). Out: which of the one belongs to which of the other, within seconds and whichever is recorded first. Of several sources
//! that fit none is taken: where many come all the time, time tells nothing. Nothing here opens a session.

use std::collections::VecDeque;

use estate::{AccountId, HostId, snapshot};
use hashbrown::HashMap;
use model::{RecordRef, Time, Via};
use serde::{Deserialize, Serialize};

use crate::session::SessionId;

/// How far an arrival and its effect may be apart, either way: connections are recorded up to two seconds late.
const APART: i64 = 5_000_000;
/// A logon stands closer.
const LOGON_APART: i64 = 3_000_000;
/// A screen takes its time.
const SCREEN_APART: i64 = 30_000_000;
/// Kept of each host.
const KEPT: usize = 32;
/// Hosts; when there are more, those where nothing happened for a minute are forgotten.
const MOST_HOSTS: usize = 50_000;
const MINUTE: i64 = 60_000_000;

/// A connection that a host accepted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Arrival {
    /// When.
    pub time: Time,
    /// Where it came from.
    pub from: HostId,
    /// The port that was reached.
    pub port: u16,
    /// The program that accepted it, where what that starts is started for who connected; 0 else.
    pub server: u32,
    /// The way that whoever came took, where the program that accepted it takes calls of one kind only.
    pub called: Option<Via>,
    /// Day after day it comes from there.
    pub usual: bool,
    /// The record.
    pub record: RecordRef,
}

/// By what something done shows that it was asked for from afar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Means {
    /// Nothing but the program that started it.
    Parent,
    /// Windows Management Instrumentation started it.
    Wmi,
    /// Windows Remote Management started it.
    Winrm,
    /// A remote desktop's own program was started, or its screen shown.
    Screen,
    /// A logon over the network without an address.
    Logon,
    /// A finding is about it.
    Flagged,
}

/// Something done on a host.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Effect {
    /// When.
    pub time: Time,
    /// Who did it; none for the system.
    pub account: AccountId,
    /// What shows where it came from.
    pub means: Means,
    /// The process.
    pub pid: u32,
    /// Its parent.
    pub parent: u32,
    /// The logon id; 0 none.
    pub key: u64,
    /// The way that it shows by itself.
    pub shows: Option<Via>,
    /// The session that a logon began.
    pub session: SessionId,
    /// The record.
    pub record: RecordRef,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Place {
    arrivals: VecDeque<Arrival>,
    effects: VecDeque<Effect>,
    last: i64,
}

/// The latest of both, by host. Bound: 32 of each for 50,000 hosts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Arrivals {
    #[serde(with = "snapshot::map")]
    places: HashMap<HostId, Place, foldhash::fast::FixedState>,
    any: bool,
}

impl Arrivals {
    /// Whether no host ever recorded a connection that came in.
    pub fn is_empty(&self) -> bool {
        !self.any
    }

    /// A connection came in: what waited for it, and by which way each came.
    pub fn came(&mut self, host: HostId, arrival: Arrival) -> Vec<(Effect, Via)> {
        self.any = true;
        let Some(place) = self.place(host, arrival.time) else { return Vec::new() };
        if place.arrivals.len() >= KEPT {
            place.arrivals.pop_front();
        }
        place.arrivals.push_back(arrival);
        let mut brought = Vec::new();
        let arrivals = &place.arrivals;
        place.effects.retain(|effect| match source(arrivals, effect) {
            Some((by, via)) if by.from == arrival.from => {
                brought.push((*effect, via));
                false
            }
            _ => true,
        });
        brought
    }

    /// The way of who came from there right before a logon, where what accepted the connection tells.
    pub fn called(&self, host: HostId, from: HostId, time: Time) -> Option<Via> {
        let arrivals = self.places.get(&host)?.arrivals.iter().rev();
        let mut just = arrivals.filter(|arrival| {
            arrival.from == from && (time.micros() - arrival.time.micros()).abs() <= LOGON_APART
        });
        just.find_map(|arrival| arrival.called)
    }

    /// Something was done: what brought it about; where nothing did yet, it waits.
    pub fn done(&mut self, host: HostId, effect: Effect) -> Option<(Arrival, Via)> {
        let place = self.place(host, effect.time)?;
        let found = source(&place.arrivals, &effect);
        if found.is_none() {
            if place.effects.len() >= KEPT {
                place.effects.pop_front();
            }
            place.effects.push_back(effect);
        }
        found
    }

    fn place(&mut self, host: HostId, time: Time) -> Option<&mut Place> {
        if host == HostId::NONE {
            return None;
        }
        if self.places.len() >= MOST_HOSTS && !self.places.contains_key(&host) {
            self.places.retain(|_, place| time.micros() - place.last <= MINUTE);
            if self.places.len() >= MOST_HOSTS {
                return None;
            }
        }
        let place = self.places.entry(host).or_default();
        place.last = place.last.max(time.micros());
        while place.effects.front().is_some_and(|effect| time.micros() - effect.time.micros() > APART) {
            place.effects.pop_front();
        }
        Some(place)
    }
}

/// The only source whose arrivals fit, by that of them which tells the way best.
fn source(arrivals: &VecDeque<Arrival>, effect: &Effect) -> Option<(Arrival, Via)> {
    let exact = |arrival: &&Arrival| is_of_server(arrival, effect);
    let tells = arrivals.iter().any(|arrival| exact(&arrival) && way(arrival, effect).is_some());
    let fitting = || {
        let all = arrivals.iter().filter(|arrival| !tells || exact(arrival));
        all.filter_map(|arrival| Some((arrival, way(arrival, effect)?)))
    };
    let (first, _) = fitting().next()?;
    let alone = fitting().all(|(arrival, _)| arrival.from == first.from);
    let best = fitting().min_by_key(|(_, via)| *via == Via::Other);
    best.filter(|_| alone).map(|(arrival, via)| (*arrival, via))
}

fn is_of_server(arrival: &Arrival, effect: &Effect) -> bool {
    let same = effect.means == Means::Flagged && arrival.record.key == effect.record.key;
    same || arrival.server != 0 && (arrival.server == effect.parent || arrival.server == effect.pid)
}

/// By which way an arrival may have brought an effect about.
fn way(arrival: &Arrival, effect: &Effect) -> Option<Via> {
    let after = effect.time.micros() - arrival.time.micros();
    let within = |apart: i64| (-APART.min(apart)..=apart).contains(&after);
    let (near, port) = (within(APART), arrival.port);
    match effect.means {
        _ if near && is_of_server(arrival, effect) => Some(way_of_port(port)),
        Means::Wmi if near && matches!(port, 5985 | 5986) => Some(Via::Winrm),
        Means::Wmi if near && (matches!(port, 135 | 139 | 445) || is_dynamic(port)) => Some(Via::Wmi),
        Means::Winrm if near && matches!(port, 5985 | 5986) => Some(Via::Winrm),
        Means::Screen if within(SCREEN_APART) && port == 3389 => Some(Via::Rdp),
        Means::Logon if within(LOGON_APART) && matches!(port, 5985 | 5986) => Some(Via::Winrm),
        Means::Flagged if near && !arrival.usual && matches!(port, 135 | 139 | 445 | 3389 | 5985 | 5986) => {
            Some(effect.shows.filter(|via| goes_over(*via, port)).unwrap_or(way_of_port(port)))
        }
        _ => None,
    }
}

fn goes_over(via: Via, port: u16) -> bool {
    match via {
        Via::Winrm => matches!(port, 5985 | 5986),
        _ => matches!(port, 135 | 139 | 445),
    }
}

/// The ports that Windows gives to calls whose service has none of its own.
pub fn is_dynamic(port: u16) -> bool {
    port >= 49_152
}

fn way_of_port(port: u16) -> Via {
    match port {
        22 => Via::Ssh,
        139 | 445 => Via::Smb,
        1433 | 1521 | 3306 | 5432 => Via::Database,
        3389 => Via::Rdp,
        5985 | 5986 => Via::Winrm,
        _ => Via::Other,
    }
}

#[cfg(test)]
mod tests {
    use model::RecordKey;

    use super::*;

    const HERE: HostId = HostId(1);

    fn arrival(second: i64, from: u32, port: u16) -> Arrival {
        let (time, record) = (Time::from_micros(second * 1_000_000), RecordRef::default());
        Arrival { time, from: HostId(from), port, server: 0, called: None, usual: false, record }
    }

    fn effect(second: i64, means: Means) -> Effect {
        Effect {
            time: Time::from_micros(second * 1_000_000),
            account: AccountId(1),
            means,
            pid: 20,
            parent: 10,
            key: 0,
            shows: None,
            session: SessionId::NONE,
            record: record(1),
        }
    }

    fn record(record: u64) -> RecordRef {
        RecordRef { key: RecordKey { record, ..RecordKey::default() }, ..RecordRef::default() }
    }

    fn from(found: Option<(Arrival, Via)>) -> Option<(u32, Via)> {
        found.map(|(arrival, via)| (arrival.from.0, via))
    }

    #[test]
    fn a_connection_and_what_it_brought_about_find_each_other_whichever_is_recorded_first() {
        let mut arrivals = Arrivals::default();
        assert!(arrivals.came(HERE, arrival(10, 2, 135)).is_empty());
        assert_eq!(from(arrivals.done(HERE, effect(12, Means::Wmi))), Some((2, Via::Wmi)));
        assert_eq!(from(arrivals.done(HERE, effect(30, Means::Winrm))), None);
        let brought = arrivals.came(HERE, arrival(32, 3, 5985));
        assert_eq!(brought.len(), 1);
        assert!(arrivals.came(HERE, arrival(33, 3, 5985)).is_empty(), "it is told once");
    }

    #[test]
    fn of_two_sources_none_is_taken_unless_the_program_tells() {
        let mut arrivals = Arrivals::default();
        arrivals.came(HERE, arrival(10, 2, 445));
        arrivals.came(HERE, arrival(11, 3, 445));
        assert_eq!(from(arrivals.done(HERE, effect(12, Means::Wmi))), None);
        arrivals.came(HERE, Arrival { server: 10, ..arrival(12, 4, 4444) });
        assert_eq!(from(arrivals.done(HERE, effect(12, Means::Wmi))), Some((4, Via::Other)));
    }

    #[test]
    fn what_comes_every_day_or_at_another_port_explains_no_finding() {
        let mut arrivals = Arrivals::default();
        arrivals.came(HERE, Arrival { usual: true, ..arrival(10, 2, 445) });
        arrivals.came(HERE, arrival(10, 3, 8080));
        arrivals.came(HERE, arrival(1, 4, 445));
        assert_eq!(from(arrivals.done(HERE, effect(10, Means::Flagged))), None);
        assert_eq!(arrivals.came(HERE, arrival(11, 5, 445)).len(), 1);
    }

    #[test]
    fn a_finding_about_a_connection_is_explained_by_that_connection() {
        let mut arrivals = Arrivals::default();
        arrivals.came(HERE, arrival(10, 2, 445));
        arrivals.came(HERE, Arrival { record: record(7), ..arrival(10, 3, 50_000) });
        let about = Effect { record: record(7), ..effect(10, Means::Flagged) };
        assert_eq!(from(arrivals.done(HERE, about)), Some((3, Via::Other)));
    }

    #[test]
    fn what_a_finding_shows_of_the_way_counts_where_the_port_fits() {
        let mut arrivals = Arrivals::default();
        arrivals.came(HERE, arrival(10, 2, 445));
        let shows = |via| Effect { shows: Some(via), ..effect(10, Means::Flagged) };
        assert_eq!(from(arrivals.done(HERE, shows(Via::Service))), Some((2, Via::Service)));
        assert_eq!(from(arrivals.done(HERE, shows(Via::Winrm))), Some((2, Via::Smb)));
    }

    #[test]
    fn a_logon_without_an_address_came_through_remote_management_or_is_left_alone() {
        let mut arrivals = Arrivals::default();
        arrivals.came(HERE, arrival(10, 2, 445));
        assert_eq!(from(arrivals.done(HERE, effect(10, Means::Logon))), None);
        assert_eq!(arrivals.came(HERE, arrival(11, 2, 5985)).len(), 1);
    }
}
