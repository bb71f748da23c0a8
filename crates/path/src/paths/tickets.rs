//! Sessions that only a sensor of the network shows: a ticket for a service, and at the same moment a connection to it.
//!
//! Neither says enough alone: a ticket names who and what for, but not that anybody went there; a connection names the ends and nobody.

use std::collections::VecDeque;

use estate::{AccountId, AccountKind, Estate, HostId, snapshot};
use hashbrown::HashMap;
use model::{Activity, LogonType, Names, Outcome, RecordRef, Time, Via};
use serde::{Deserialize, Serialize};

use super::{Paths, Seen, is_somebody};
use crate::session::SessionId;

/// How far a ticket and its connection may be apart, either way.
const APART: i64 = 1_000_000;
/// Kept of each client.
const KEPT: usize = 16;
/// Clients; when there are more, those of which nothing was heard for a minute are forgotten.
const MOST_CLIENTS: usize = 50_000;

/// Somebody asked for a ticket.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Ticket {
    time: Time,
    account: AccountId,
    via: Via,
    /// Who gave it.
    by: HostId,
}

/// A connection to a service that takes tickets.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Connection {
    time: Time,
    to: HostId,
    via: Via,
    record: RecordRef,
}

/// The latest of both by client. Bound: 16 of each for 50,000 clients, or for as many as were heard of within a minute.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Clients {
    #[serde(with = "snapshot::map")]
    clients: HashMap<HostId, (VecDeque<Ticket>, VecDeque<Connection>), foldhash::fast::FixedState>,
}

impl Clients {
    fn of(&mut self, client: HostId, time: Time) -> &mut (VecDeque<Ticket>, VecDeque<Connection>) {
        if self.clients.len() >= MOST_CLIENTS && !self.clients.contains_key(&client) {
            let recent = |at: Option<Time>| at.is_some_and(|at| time.micros() - at.micros() < 60 * APART);
            self.clients.retain(|_, (tickets, connections)| {
                recent(tickets.back().map(|one| one.time)) || recent(connections.back().map(|one| one.time))
            });
        }
        let (tickets, connections) = self.clients.entry(client).or_default();
        let old = |at: Time| time.micros() - at.micros() > APART;
        while tickets.len() >= KEPT || tickets.front().is_some_and(|one| old(one.time)) {
            tickets.pop_front();
        }
        while connections.len() >= KEPT || connections.front().is_some_and(|one| old(one.time)) {
            connections.pop_front();
        }
        self.clients.entry(client).or_default()
    }
}

impl Paths {
    /// A ticket, as a sensor saw it: records of directory servers name the machine, not the service.
    pub(super) fn ticket(&mut self, activity: &Activity, seen: &Seen, names: &Names, estate: &Estate) {
        let service = names.get(activity.object).split_once('/').and_then(|(class, _)| way_of_class(class));
        let Some(via) = service.filter(|_| activity.outcome == Outcome::Success) else { return };
        let machine = estate.account_info(seen.account).kind == AccountKind::Machine;
        if machine || !is_somebody(estate, seen.account) || seen.from == HostId::NONE {
            return;
        }
        let ticket = Ticket { time: activity.time, account: seen.account, via, by: seen.host };
        let (tickets, connections) = self.clients.of(seen.from, activity.time);
        tickets.push_back(ticket);
        let fitting: Vec<Connection> = connections.iter().copied().filter(|one| fits(&ticket, one)).collect();
        let alone = fitting.windows(2).all(|pair| matches!(pair, [a, b] if a.to == b.to));
        if let Some(connection) = fitting.first().filter(|_| alone) {
            self.went(seen.from, &ticket, connection, estate);
        }
    }

    /// A connection that a sensor saw, between two machines.
    pub(super) fn connection(&mut self, activity: &Activity, seen: &Seen, to: HostId, estate: &Estate) {
        let Some(via) = way_of_port(activity.target_port) else { return };
        let answered = activity.outcome == Outcome::Success && activity.bytes_out > 0;
        if !answered || to == HostId::NONE || seen.from == HostId::NONE || to == seen.from {
            return;
        }
        let connection = Connection { time: activity.time, to, via, record: activity.record };
        let (tickets, connections) = self.clients.of(seen.from, activity.time);
        connections.push_back(connection);
        let ticket = tickets.iter().rev().copied().find(|ticket| fits(ticket, &connection));
        if let Some(ticket) = ticket {
            self.went(seen.from, &ticket, &connection, estate);
        }
    }

    fn went(&mut self, from: HostId, ticket: &Ticket, connection: &Connection, estate: &Estate) {
        let asked = Activity {
            time: ticket.time.min(connection.time),
            record: connection.record,
            via: connection.via,
            logon_type: LogonType::Network,
            ..Activity::default()
        };
        let (host, account) = (connection.to, ticket.account);
        let seen = Seen { session: SessionId::NONE, host, from, account, opened: false };
        let id = self.enter(&asked, seen, estate, false).session;
        // Ticket and port tell the way, so that what comes later by another is another visit.
        if let Some(session) = self.sessions.get_mut(id).filter(|session| session.via == connection.via) {
            session.guessed = false;
        }
        self.belongs(&connection.record.key, id);
    }
}

/// Whether both are of one deed. Who opens shares of the directory server itself asks it for something, as everybody does at every logon.
fn fits(ticket: &Ticket, connection: &Connection) -> bool {
    let near = (ticket.time.micros() - connection.time.micros()).abs() <= APART;
    near && ticket.via == connection.via && !(ticket.via == Via::Smb && ticket.by == connection.to)
}

fn way_of_class(class: &str) -> Option<Via> {
    let is = |name: &str| class.eq_ignore_ascii_case(name);
    match () {
        () if is("http") || is("wsman") => Some(Via::Winrm),
        () if is("cifs") => Some(Via::Smb),
        () if is("termsrv") => Some(Via::Rdp),
        () if is("mssqlsvc") => Some(Via::Database),
        () => None,
    }
}

fn way_of_port(port: u16) -> Option<Via> {
    match port {
        5985 | 5986 => Some(Via::Winrm),
        445 => Some(Via::Smb),
        3389 => Some(Via::Rdp),
        1433 => Some(Via::Database),
        _ => None,
    }
}
