//! Sessions known by a connection that came in and by what it brought about, where no logon says where it came from.

use estate::{AccountId, Estate, HostId};
use model::{Activity, ActivityKind, LogonType, NameId, Names, Outcome, RecordKey, RecordRef, Time, Via};

use super::{Paths, Seen, TOGETHER, is_somebody};
use crate::arrivals::{self, Arrival, Effect, Means};
use crate::programs;
use crate::session::{Session, SessionId};

/// Records that belong to a session after all.
const MOST_LATER: usize = 1_000_000;
/// From so many days on it is no news that somebody comes from there.
const USUAL_DAYS: u16 = 2;
/// Logons of one account so close together are of one deed.
const SIBLINGS: i64 = 2_000_000;

/// Something on a host that a finding is about.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Where.
    pub host: HostId,
    /// The record.
    pub record: RecordRef,
    /// When.
    pub time: Time,
    /// By which way whoever did it came, as far as that shows by itself ([`way_shown`](crate::way_shown)).
    pub shows: Option<Via>,
    /// Who did it, where that is somebody who can only have come over the network; none else.
    pub account: AccountId,
}

impl Paths {
    /// The session to which a record belongs although that was not known when it came; none where nothing changed.
    pub fn later(&self, record: &RecordKey) -> SessionId {
        self.later.get(record).copied().unwrap_or_default()
    }

    /// Says that a finding is about something of which no session is known: who came in right then may have done it. In the order of time.
    pub fn flagged(&mut self, flag: &Flag, estate: &Estate) {
        let effect = Effect {
            time: flag.time,
            account: flag.account,
            means: Means::Flagged,
            pid: 0,
            parent: 0,
            key: 0,
            shows: flag.shows,
            session: SessionId::NONE,
            record: flag.record,
        };
        self.done(flag.host, effect, estate);
    }

    /// A connection: one that the host itself took in may bring something about; one that a sensor saw may be the way of a ticket.
    pub(super) fn flow(&mut self, activity: &Activity, seen: &Seen, names: &Names, estate: &mut Estate) {
        if activity.logon_type == LogonType::Network && activity.outcome == Outcome::Success {
            self.came(activity, seen.host, names, estate);
        } else if activity.program == NameId::NONE && activity.target_address.is_some() {
            let to = estate.host_at_of(activity.target_address, names, activity.time);
            self.connection(activity, seen, to, estate);
        }
    }

    /// A connection that the host itself recorded as one that came in.
    fn came(&mut self, activity: &Activity, host: HostId, names: &Names, estate: &mut Estate) {
        let Some((from, port)) = client(activity, host, names, estate) else { return };
        let (way, _) = self.arrived.add(from, host, AccountId::NONE, activity.time);
        let arrival = Arrival {
            time: activity.time,
            from,
            port,
            server: if serves(names.get(activity.program), port) { activity.pid } else { 0 },
            called: called_by(names.get(activity.program), port),
            usual: way.days >= USUAL_DAYS,
            record: activity.record,
        };
        for (effect, via) in self.arrivals.came(host, arrival) {
            self.brought(host, &effect, &arrival, via, estate);
        }
        if let Some(via) = arrival.called {
            self.took_calls(host, from, via, activity.time);
        }
    }

    /// Something done on a host that is in nobody's session, or in one of which nobody knows where it came from.
    pub(super) fn effect(&mut self, activity: &Activity, seen: &mut Seen, names: &Names, estate: &Estate) {
        let from = self.sessions.get(seen.session).map(|session| session.from);
        if from.is_some_and(|from| from != HostId::NONE) {
            return;
        }
        let (parent, program) = (names.get(activity.parent), names.get(activity.program));
        let means = match activity.kind {
            ActivityKind::Logon if activity.via == Via::Rdp => Means::Screen,
            ActivityKind::Logon => Means::Logon,
            _ => programs::means(parent, program),
        };
        let somebody = is_somebody(estate, seen.account);
        if !somebody && means != Means::Screen {
            return;
        }
        let effect = Effect {
            time: activity.time,
            account: if somebody { seen.account } else { AccountId::NONE },
            means,
            pid: if activity.kind == ActivityKind::Process { activity.pid } else { 0 },
            parent: activity.parent_pid,
            key: activity.session,
            shows: None,
            session: if activity.kind == ActivityKind::Logon { seen.session } else { SessionId::NONE },
            record: activity.record,
        };
        let session = self.done(seen.host, effect, estate);
        if session.is_some() {
            seen.session = session;
            seen.from = self.sessions.get(session).map_or(HostId::NONE, |session| session.from);
        }
    }

    fn done(&mut self, host: HostId, effect: Effect, estate: &Estate) -> SessionId {
        match self.arrivals.done(host, effect) {
            Some((arrival, via)) => self.brought(host, &effect, &arrival, via, estate),
            None => SessionId::NONE,
        }
    }

    /// The session that an arrival and its effect are of: the logon's own, one that is known from there, or a new one.
    fn brought(
        &mut self,
        host: HostId,
        effect: &Effect,
        arrival: &Arrival,
        via: Via,
        estate: &Estate,
    ) -> SessionId {
        if arrival.from == host {
            return SessionId::NONE;
        }
        let own = self.sessions.get(effect.session).filter(|session| session.from == HostId::NONE);
        let id = if let Some(account) = own.map(|session| session.account) {
            let who = Seen { host, from: arrival.from, account, ..Seen::default() };
            self.comes_from(effect.session, &who, via, estate);
            effect.session
        } else {
            match self.known_from(host, arrival, effect.account) {
                Some(id) => id,
                None => self.begin(host, effect, arrival, via, estate),
            }
        };
        self.claim(id, host, effect, via);
        id
    }

    /// Says where a session came from after all, and whose it is.
    pub(super) fn comes_from(&mut self, id: SessionId, who: &Seen, via: Via, estate: &Estate) {
        self.sessions.set_from(id, who.from);
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.account = who.account;
        if (session.guessed || session.via == Via::Other) && !matches!(via, Via::Smb | Via::Other) {
            session.via = via;
            session.guessed = false;
        }
        let mut told = session.clone();
        let (usage, _) = self.ways.add(told.from, told.host, told.account, told.start);
        (told.before, told.days_before) = (usage.count, usage.days);
        told.cause = self.cause_of(&told, estate, told.start);
        self.by_way.insert((told.from, told.host, told.account), id);
        if let Some(session) = self.sessions.get_mut(id) {
            *session = told;
        }
    }

    /// A session that began from there right then: of the account, else of any.
    fn known_from(&self, host: HostId, arrival: &Arrival, account: AccountId) -> Option<SessionId> {
        let near = |time: Time| (arrival.time.micros() - time.micros()).abs() <= TOGETHER;
        let there = || {
            let latest = self.sessions.on(host).rev().take(64);
            latest.filter(|(_, session)| {
                session.from == arrival.from && (near(session.start) || near(session.last))
            })
        };
        let own = there().find(|(_, session)| session.account == account);
        own.or_else(|| there().next()).map(|(id, _)| id)
    }

    fn begin(
        &mut self,
        host: HostId,
        effect: &Effect,
        arrival: &Arrival,
        via: Via,
        estate: &Estate,
    ) -> SessionId {
        let logon_type = if via == Via::Rdp { LogonType::Remote } else { LogonType::Network };
        let asked = Activity {
            time: arrival.time.min(effect.time),
            record: arrival.record,
            via,
            logon_type,
            ..Activity::default()
        };
        let (from, account) = (arrival.from, effect.account);
        let seen = Seen { session: SessionId::NONE, host, from, account, opened: false };
        self.enter(&asked, seen, estate, true).session
    }

    /// What was done belongs to the session, and what comes of it.
    fn claim(&mut self, id: SessionId, host: HostId, effect: &Effect, via: Via) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.last = session.last.max(effect.time);
            if session.account == AccountId::NONE && effect.account != AccountId::NONE {
                session.account = effect.account;
            }
        }
        if matches!(via, Via::Wmi | Via::Winrm | Via::Rdp | Via::Service | Via::Task) {
            self.came_by(id, via);
        }
        // Whoever sits at a desktop has the same logon id as what was started in it from afar.
        if effect.key != 0 && matches!(effect.means, Means::Wmi | Means::Winrm | Means::Screen) {
            self.by_key.entry((host, effect.key)).or_insert(id);
        }
        if effect.pid != 0 {
            self.programs.insert((host, effect.pid), (id, effect.time));
        }
        self.belongs(&effect.record.key, id);
    }

    /// Notes that a record is of a session.
    pub(super) fn belongs(&mut self, record: &RecordKey, id: SessionId) {
        if self.later.len() < MOST_LATER {
            self.later.insert(*record, id);
        }
    }

    /// Where a logon without an address came from, by another of the same account in the same second.
    pub(super) fn sibling(&self, host: HostId, account: AccountId, at: Time) -> HostId {
        let id = self.latest.get(&(host, account)).copied().unwrap_or_default();
        let sibling = self.sessions.get(id).filter(|session| {
            session.logon_type == LogonType::Network
                && (at.micros() - session.last.micros()).abs() <= SIBLINGS
        });
        sibling.map_or(HostId::NONE, |session| session.from)
    }

    /// The session of a logon of the same account in the same second that did not say where it came from.
    pub(super) fn without_address(&self, seen: &Seen, at: Time) -> Option<SessionId> {
        if seen.from == HostId::NONE || seen.account == AccountId::NONE {
            return None;
        }
        let id = self.by_way.get(&(HostId::NONE, seen.host, seen.account)).copied()?;
        let session = self.sessions.get(id)?;
        let just = (at.micros() - session.start.micros()).abs() <= SIBLINGS;
        (just && session.from == HostId::NONE && session.logon_type == LogonType::Network).then_some(id)
    }

    /// Whoever came from there a moment ago and was not named then has a name now. The address may have become a host in between.
    pub(super) fn named(&mut self, activity: &Activity, seen: &Seen, names: &Names, estate: &Estate) {
        const LOOKED_AT: usize = 16;
        if self.arrivals.is_empty() || seen.from == HostId::NONE {
            return;
        }
        let address = names.get(activity.source_address);
        let from_there = |from: HostId| {
            let info = estate.host_info(from);
            from == seen.from || (info.is_address && *info.name == *address)
        };
        let is_nameless = |session: &Session| {
            session.account == AccountId::NONE
                && session.from != HostId::NONE
                && (activity.time.micros() - session.start.micros()).abs() <= TOGETHER
        };
        let latest = || self.sessions.on(seen.host).rev().take(LOOKED_AT);
        let found =
            latest().find(|(_, session)| is_nameless(session) && from_there(session.from)).map(|(id, _)| id);
        if let Some(id) = found {
            self.comes_from(id, seen, activity.via, estate);
        }
    }

    /// The session of an account of the same name that came from there in the same second: its domain is written in another way.
    pub(super) fn of_same_name(&self, seen: &Seen, at: Time, estate: &Estate) -> Option<SessionId> {
        const LOOKED_AT: usize = 8;
        if seen.from == HostId::NONE || seen.account == AccountId::NONE {
            return None;
        }
        let bare = |account: AccountId| {
            let info = estate.account_info(account);
            info.local_to.is_none().then(|| info.name.rsplit('\\').next().unwrap_or_default())
        };
        let wanted = bare(seen.account)?;
        let mut latest = self.sessions.on(seen.host).rev().take(LOOKED_AT);
        let found = latest.find(|(_, session)| {
            let just = (at.micros() - session.start.micros()).abs() <= SIBLINGS;
            just && session.from == seen.from && bare(session.account) == Some(wanted)
        });
        found.map(|(id, _)| id)
    }

    /// Notes the connection over which a session came; one that has just carried another account's ties the two.
    pub(super) fn over_connection(&mut self, activity: &Activity, seen: &Seen) {
        const MOST: usize = 200_000;
        if activity.source_port == 0 || seen.from == HostId::NONE || activity.kind != ActivityKind::Logon {
            return;
        }
        if self.connections.len() >= MOST {
            self.connections.clear();
        }
        let key = (seen.host, seen.from, activity.source_port);
        let before = self.connections.insert(key, (seen.session, activity.time));
        let Some((other, _)) = before.filter(|(other, then)| {
            *other != seen.session && (activity.time.micros() - then.micros()).abs() <= SIBLINGS
        }) else {
            return;
        };
        for (id, with) in [(seen.session, other), (other, seen.session)] {
            if let Some(session) = self.sessions.get_mut(id) {
                session.with = with;
            }
        }
        let told = [seen.session, other].into_iter().filter_map(|id| self.sessions.get(id));
        let is_told = |via: &Via| matches!(via, Via::Wmi | Via::Winrm | Via::Service | Via::Task);
        if let Some(via) = told.map(|session| session.via).find(is_told) {
            self.came_by(seen.session, via);
        }
    }
}

/// Whether what a program starts is started for whoever has just connected to it. Services of the system do many things at once; servers of
/// the web have their own way, and a shell's logon says more.
fn serves(program: &str, port: u16) -> bool {
    const MANY: [&str; 6] = ["svchost.exe", "services.exe", "lsass.exe", "system", "sshd", "sshd.exe"];
    let name = programs::base(program);
    let many = MANY.iter().any(|many| name.eq_ignore_ascii_case(many));
    !name.is_empty() && (!many || port == 3389) && !programs::is_web_server(program)
}

/// The way of who connects to a program at a port that Windows gives to calls, where it takes calls of one kind only: those to the service manager, or
/// to a program that serves as an object (DCOM), which has no word of its own.
fn called_by(program: &str, port: u16) -> Option<Via> {
    match () {
        () if !arrivals::is_dynamic(port) => None,
        () if programs::is_service_manager(program) => Some(Via::Service),
        () => serves(program, port).then_some(Via::Other),
    }
}

/// The end of a connection that came in which is not the host's own, and the port of its own. Some versions of Sysmon write the host itself as
/// the source of what came in.
fn client(activity: &Activity, host: HostId, names: &Names, estate: &mut Estate) -> Option<(HostId, u16)> {
    let mut end = |address: NameId, name: NameId| {
        let at = match address {
            NameId::NONE => HostId::NONE,
            address => estate.host_at_of(address, names, activity.time),
        };
        let named = match name {
            NameId::NONE => HostId::NONE,
            name => estate.host_of(name, names),
        };
        (at, at == host || named == host)
    };
    let (source, source_is_own) = end(activity.source_address, activity.source_host);
    let (target, target_is_own) = end(activity.target_address, activity.target_host);
    let (from, port) = match (source_is_own, target_is_own) {
        (true, true) => return None,
        (true, false) => (target, activity.source_port),
        (false, true) => (source, activity.target_port),
        (false, false) if activity.source_port < activity.target_port && activity.source_port != 0 => {
            (target, activity.source_port)
        }
        (false, false) => (source, activity.target_port),
    };
    let port = if activity.via == Via::Rdp && port == 0 { 3389 } else { port };
    (from != HostId::NONE && from != host && port != 0).then_some((from, port))
}
