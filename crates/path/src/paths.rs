//! The stage: activities in, the session of each out.

use std::collections::HashMap as StdMap;

use estate::{AccountId, AccountKind, Clocks, Estate, HostId, LeaseKind};
use hashbrown::{HashMap, HashSet};
use model::incident::Basis;
use model::{Activity, ActivityKind, LogonType, NameId, Names, Outcome, RecordKey, Time, Via};

use crate::arrivals::Arrivals;
use crate::cause;
use crate::intents::{AFTER, Intent, Intents};
use crate::programs::{self, Starter};
use crate::session::{Cause, Session, SessionId};
use crate::store::Sessions;
use crate::ways::Ways;
use crate::web::Servers;

mod arrived;
mod requests;
mod state;
mod tickets;
mod told;

pub use arrived::Flag;

/// Logons on the same way within this are one visit.
const VISIT: i64 = 10 * 60_000_000;
/// Logons on the same way so close together are of one deed, whatever way each claims.
const TOGETHER: i64 = 60_000_000;
/// A session that is known only by what is done in it ends when nothing is done for so long.
const IDLE: i64 = 30 * 60_000_000;
/// A service or task that is made so soon after a logon over the network is what that logon was for.
const MADE_BY: i64 = 2 * 60_000_000;

/// Where an activity belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// The session in which it was done, or that it began.
    pub session: SessionId,
    /// Where it was done.
    pub host: HostId,
    /// Where it came from.
    pub from: HostId,
    /// Who did it.
    pub account: AccountId,
    /// Whether the session began with it.
    pub opened: bool,
}

/// The state. Its parts say their bounds. Of its own it has four million ids that products gave sessions (then those of the older half of the
/// sessions are forgotten), two million places where somebody was last and as many sessions that became another account (then those of sessions that
/// are no longer recent), a million programs and 200,000 connections and 100,000 providers (then all), and a million records whose session was known late (later ones are
/// not noted). Beside these a few numbers for each host. So nothing in it grows with the number of activities alone.
#[derive(Debug, Default)]
pub struct Paths {
    sessions: Sessions,
    ways: Ways,
    intents: Intents,
    servers: Servers,
    by_key: HashMap<(HostId, u64), SessionId, foldhash::fast::FixedState>,
    by_way: HashMap<(HostId, HostId, AccountId), SessionId, foldhash::fast::FixedState>,
    latest: HashMap<(HostId, AccountId), SessionId, foldhash::fast::FixedState>,
    programs: HashMap<(HostId, u32), (SessionId, Time), foldhash::fast::FixedState>,
    /// The last logon over the network on each host.
    last_network: HashMap<HostId, SessionId, foldhash::fast::FixedState>,
    /// The last session on each host at which somebody sits.
    sitting: HashMap<HostId, SessionId, foldhash::fast::FixedState>,
    switched: StdMap<SessionId, Vec<AccountId>>,
    /// Hosts on which programs name the session that a logon began.
    numbered: HashSet<HostId, foldhash::fast::FixedState>,
    clocks: Clocks,
    arrivals: Arrivals,
    clients: tickets::Clients,
    /// The last session over each connection: host, source and its port.
    connections: HashMap<(HostId, HostId, u16), (SessionId, Time), foldhash::fast::FixedState>,
    /// How usual it is that somebody connects from there.
    arrived: Ways,
    /// Programs through which others call: the way, by host and number.
    providers: HashMap<(HostId, u32), Via, foldhash::fast::FixedState>,
    /// Records whose session was known only afterwards.
    later: HashMap<RecordKey, SessionId, foldhash::fast::FixedState>,
}

impl Paths {
    /// All sessions that are still known.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// How usual the ways are.
    pub fn ways(&self) -> &Ways {
        &self.ways
    }

    /// Clocks that are wrong, as far as pairs of events show: the host, by how many microseconds it is ahead, from how many pairs.
    pub fn clocks(&self) -> Vec<(HostId, i64, u64)> {
        self.clocks.offsets()
    }

    /// The session that somebody most likely had on a host at the moment of the latest activity: that of the account where one is given, else
    /// that of who sits there.
    pub fn session_on(&self, host: HostId, account: AccountId, at: Time) -> SessionId {
        let found = match account {
            AccountId::NONE => self.sitting.get(&host),
            account => self.latest.get(&(host, account)),
        };
        let live = found.filter(|id| self.sessions.get(**id).is_some_and(|session| session.is_live(at)));
        live.copied().unwrap_or_default()
    }

    /// Takes an activity, in the order of time.
    pub fn push(&mut self, activity: &Activity, names: &Names, estate: &mut Estate) -> Seen {
        self.bound();
        let mut seen = place(activity, names, estate);
        // What was done at no known time or on no known host stands in no order with anything.
        if activity.time == Time::UNKNOWN
            || (activity.kind == ActivityKind::Logon && seen.host == HostId::NONE)
        {
            return seen;
        }
        match activity.kind {
            ActivityKind::Logon => self.logon(activity, &mut seen, names, estate),
            ActivityKind::Logoff => self.logoff(activity, &mut seen),
            ActivityKind::Credentials => {
                seen.session = self.find(activity, &seen, estate);
                self.meant(activity, &seen, Basis::Credentials, names, estate);
            }
            ActivityKind::Switch => self.switch(activity, &mut seen, names, estate),
            ActivityKind::Process => self.process(activity, &mut seen, names, estate),
            ActivityKind::Service | ActivityKind::Task => self.made(activity, &mut seen, estate),
            ActivityKind::Web => self.web(activity, &mut seen, estate),
            ActivityKind::Share
            | ActivityKind::Read
            | ActivityKind::List
            | ActivityKind::Write
            | ActivityKind::Rename
            | ActivityKind::Delete
            | ActivityKind::DbRead
            | ActivityKind::DbWrite => self.within(activity, &mut seen, estate),
            ActivityKind::Flow | ActivityKind::Dns | ActivityKind::Proxy => {
                let on = if seen.from == HostId::NONE { seen.host } else { seen.from };
                seen.session = self.by_program(on, activity.pid, activity.time);
                if !seen.session.is_some() {
                    seen.session = self.session_on(on, seen.account, activity.time);
                }
                if activity.kind == ActivityKind::Flow {
                    self.flow(activity, &seen, names, estate);
                }
            }
            // A directory server is asked for everybody: who asks is not there, but may be where the ticket is for.
            ActivityKind::Ticket => self.ticket(activity, &seen, names, estate),
            _ => seen.session = self.find(activity, &seen, estate),
        }
        if let Some(session) = self.sessions.get_mut(seen.session) {
            session.last = session.last.max(activity.time);
        }
        seen
    }

    fn logon(&mut self, activity: &Activity, seen: &mut Seen, names: &Names, estate: &Estate) {
        if activity.outcome == Outcome::Failure {
            return;
        }
        if seen.account == AccountId::NONE && activity.via == Via::Rdp {
            self.effect(activity, seen, names, estate);
        }
        if !is_somebody(estate, seen.account) {
            return;
        }
        if activity.logon_type == LogonType::NewCredentials {
            // The same session, with other credentials for what goes outwards.
            let own = self.by_key.get(&(seen.host, activity.other_session)).copied().unwrap_or_default();
            seen.session = own;
            if own.is_some() {
                self.by_key.insert((seen.host, activity.session), own);
            }
            return;
        }
        if activity.logon_type == LogonType::Service {
            return;
        }
        let over_network = activity.logon_type == LogonType::Network;
        if over_network && seen.from == HostId::NONE {
            seen.from = self.sibling(seen.host, seen.account, activity.time);
        }
        self.named(activity, seen, names, estate);
        *seen = self.enter(activity, *seen, estate, false);
        if over_network && seen.from == HostId::NONE {
            self.effect(activity, seen, names, estate);
        }
    }

    /// The visit that an activity continues, or a new one.
    fn enter(&mut self, activity: &Activity, mut seen: Seen, estate: &Estate, implicit: bool) -> Seen {
        let way = (seen.from, seen.host, seen.account);
        let mut known = self.by_way.get(&way).copied().unwrap_or_default();
        if !known.is_some()
            && let Some(id) = self.of_same_name(&seen, activity.time, estate)
        {
            known = id;
        }
        if !known.is_some()
            && let Some(id) = self.without_address(&seen, activity.time)
        {
            self.comes_from(id, &seen, activity.via, estate);
            known = id;
        }
        let visit = if implicit { IDLE } else { VISIT };
        let continued = self.sessions.get(known).is_some_and(|session| {
            // Shares are opened on these ways as well, and a logon over the network looks the same on all.
            let besides =
                activity.via == Via::Smb && matches!(session.via, Via::Service | Via::Task | Via::Wmi);
            let same = implicit || session.via == activity.via || session.guessed || besides;
            let same = same || session.via == Via::Other;
            (session.ended.is_none() || !implicit)
                && activity.time.micros() - session.last.micros() < visit
                && (same || activity.time.micros() - session.start.micros() < TOGETHER)
        });
        seen.session = if continued { known } else { self.open(activity, &seen, estate, implicit) };
        seen.opened = !continued;
        if continued && let Some(session) = self.sessions.get_mut(known) {
            session.ended = None;
            // A record that knows more than the one before it: a screen is more than a network logon.
            let guess = activity.kind == ActivityKind::Logon && activity.via == Via::Smb;
            if (session.via == Via::Other && !guess)
                || (session.guessed && activity.via != Via::Smb && activity.via != Via::Other)
            {
                session.via = activity.via;
                session.guessed = false;
            }
        }
        if activity.session != 0 {
            self.by_key.insert((seen.host, activity.session), seen.session);
        }
        self.by_way.insert(way, seen.session);
        self.over_connection(activity, &seen);
        self.latest.insert((seen.host, seen.account), seen.session);
        match activity.logon_type {
            LogonType::Network => self.last_network.insert(seen.host, seen.session),
            LogonType::Local | LogonType::Remote => self.sitting.insert(seen.host, seen.session),
            _ => None,
        };
        seen
    }

    fn open(&mut self, activity: &Activity, seen: &Seen, estate: &Estate, implicit: bool) -> SessionId {
        // Credentials are used, there and here, at one moment.
        if let Some(intent) = self.intents.fitting(seen.from, seen.host, seen.account, activity.time)
            && intent.basis == Basis::Credentials
        {
            self.clocks.pair(seen.from, seen.host, activity.time.micros() - intent.time.micros());
        }
        let (way, account) = self.ways.add(seen.from, seen.host, seen.account, activity.time);
        let mut session = Session {
            host: seen.host,
            account: seen.account,
            from: seen.from,
            via: activity.via,
            logon_type: activity.logon_type,
            start: activity.time,
            last: activity.time,
            ended: None,
            cause: Cause::default(),
            with: SessionId::NONE,
            before: way.count,
            days_before: way.days,
            account_before: account.count,
            record: activity.record,
            implicit,
            newest_program: None,
            guessed: activity.logon_type == LogonType::Network && activity.via == Via::Smb,
            keyed: activity.session != 0,
        };
        if session.guessed
            && let Some(via) = self.arrivals.called(seen.host, seen.from, activity.time)
        {
            (session.via, session.guessed) = (via, false);
        }
        session.cause = self.cause_of(&session, estate, activity.time);
        let id = self.sessions.add(session);
        self.explain_earlier(id, estate);
        id
    }

    /// Where clocks differ, what went on from a host may stand before the coming there.
    fn explain_earlier(&mut self, id: SessionId, estate: &Estate) {
        let Some(new) = self.sessions.get(id) else { return };
        let (host, account, start) = (new.host, new.account, new.start);
        let causes = std::iter::successors(Some(new.cause.session), |id| {
            self.sessions.get(*id).map(|session| session.cause.session)
        });
        let causes: Vec<SessionId> = causes.take(32).take_while(|id| id.is_some()).collect();
        let since = start.micros().saturating_sub(AFTER);
        let earlier = self.sessions.out_of(host).rev().take(16);
        let earlier = earlier.take_while(|(_, other)| other.start.micros() >= since);
        let unexplained = earlier.filter(|(other, session)| {
            !causes.contains(other)
                && !session.cause.session.is_some()
                && estate.same_person(session.account, account)
        });
        let found: Vec<(SessionId, Cause)> = unexplained
            .map(|(other, session)| {
                (other, cause::infer(&self.sessions, estate, &self.switched, None, session))
            })
            .filter(|(_, cause)| cause.session == id)
            .collect();
        for (other, cause) in found {
            if let Some(session) = self.sessions.get_mut(other) {
                session.cause = cause;
            }
        }
    }

    fn cause_of(&self, session: &Session, estate: &Estate, time: Time) -> Cause {
        if session.from == HostId::NONE {
            return Cause::default();
        }
        let from = estate.host_info(session.from);
        let lease = from.is_address.then(|| estate.lease(&from.name, time)).flatten();
        let leased = lease.filter(|lease| lease.kind == LeaseKind::Vpn).and_then(|lease| {
            let id = self.by_key.get(&(lease.by, lease.session)).copied();
            id.or_else(|| self.latest.get(&(lease.by, lease.account)).copied())
        });
        if let Some(id) = leased.filter(|id| self.sessions.get(*id).is_some()) {
            return cause::of_lease(id);
        }
        let intent = self.intents.fitting(session.from, session.host, session.account, time);
        cause::infer(&self.sessions, estate, &self.switched, intent, session)
    }

    fn logoff(&mut self, activity: &Activity, seen: &mut Seen) {
        let by_key =
            (activity.session != 0).then(|| self.by_key.remove(&(seen.host, activity.session))).flatten();
        let keyed = by_key.is_some();
        seen.session = by_key.unwrap_or_else(|| self.session_on(seen.host, seen.account, activity.time));
        // The end of what is not known, or one told twice, is not that of another session that has an id of its own.
        let is_other = self.sessions.get(seen.session).is_some_and(|session| session.keyed);
        if activity.session != 0 && !keyed && is_other {
            seen.session = SessionId::NONE;
            return;
        }
        if let Some(session) = self.sessions.get_mut(seen.session)
            // Over the network many short ones are one visit.
            && (session.logon_type != LogonType::Network || !keyed)
        {
            session.ended = Some(activity.time);
        }
    }

    fn switch(&mut self, activity: &Activity, seen: &mut Seen, names: &Names, estate: &mut Estate) {
        seen.session = self.find(activity, seen, estate);
        let became = estate.account_of(activity.target_account, seen.host, names);
        if seen.session.is_some() && became != AccountId::NONE && activity.outcome == Outcome::Success {
            let all = self.switched.entry(seen.session).or_default();
            if !all.contains(&became) && all.len() < 16 {
                all.push(became);
            }
        }
    }

    fn process(&mut self, activity: &Activity, seen: &mut Seen, names: &Names, estate: &mut Estate) {
        seen.session = self.session_of_process(activity, seen, names, estate);
        if activity.pid != 0 {
            self.programs.insert((seen.host, activity.pid), (seen.session, activity.time));
        }
        let starter = programs::starter(names.get(activity.parent), names.get(activity.program));
        if let Some(session) = self.sessions.get_mut(seen.session)
            && session.guessed
            && let Some(via) = starter.and_then(Starter::via)
        {
            session.via = via;
            session.guessed = false;
        }
        self.effect(activity, seen, names, estate);
        self.called(activity, seen, names, estate);
        self.meant(activity, seen, Basis::Process, names, estate);
    }

    fn session_of_process(
        &mut self,
        activity: &Activity,
        seen: &Seen,
        names: &Names,
        estate: &Estate,
    ) -> SessionId {
        let keyed = self.by_key.get(&(seen.host, activity.session)).filter(|_| activity.session != 0);
        if let Some(id) = keyed.copied() {
            self.numbered.insert(seen.host);
            return id;
        }
        let by_parent = self.by_program(seen.host, activity.parent_pid, activity.time);
        if by_parent.is_some() {
            return by_parent;
        }
        let account = estate.account_info(seen.account);
        if programs::is_web_server(names.get(activity.parent)) || programs::is_web_account(&account.name) {
            return self.process_of_server(activity, seen, estate);
        }
        if !is_somebody(estate, seen.account) {
            // What a service or task starts, that somebody has just made from afar.
            let recent = self.last_network.get(&seen.host).copied().unwrap_or_default();
            let made = self.sessions.get(recent).is_some_and(|session| {
                matches!(session.via, Via::Service | Via::Task)
                    && activity.time.micros() - session.last.micros() < MADE_BY
            });
            let starter = programs::starter(names.get(activity.parent), names.get(activity.program));
            return if made && starter.is_some() { recent } else { SessionId::NONE };
        }
        // Where programs name the sessions that logons began, one of another session is nobody's: a timed job's, a service's.
        if activity.session != 0 && self.numbered.contains(&seen.host) {
            return SessionId::NONE;
        }
        self.latest_live(seen.host, seen.account, activity.time)
    }

    /// Something done in a session over the network, which may be the first sign of it.
    fn within(&mut self, activity: &Activity, seen: &mut Seen, estate: &Estate) {
        let keyed = self.by_key.get(&(seen.host, activity.session)).filter(|_| activity.session != 0);
        if let Some(id) = keyed {
            seen.session = *id;
            self.opened(activity, seen.session);
            return;
        }
        if !is_somebody(estate, seen.account) {
            return;
        }
        if seen.from == HostId::NONE {
            seen.session = self.latest_live(seen.host, seen.account, activity.time);
            return;
        }
        let way = (seen.from, seen.host, seen.account);
        let known = self.by_way.get(&way).copied().unwrap_or_default();
        let live = |session: &Session| {
            activity.time.micros() - session.last.micros() < IDLE && session.ended.is_none()
        };
        // A share that is opened anew after a while is another visit; what is done there belongs to the last.
        let anew = activity.kind == ActivityKind::Share;
        if !anew && self.sessions.get(known).is_some_and(live) {
            seen.session = known;
            if activity.session != 0 {
                self.by_key.insert((seen.host, activity.session), known);
            }
            return;
        }
        let network = Activity { logon_type: LogonType::Network, ..*activity };
        *seen = self.enter(&network, *seen, estate, !anew);
    }

    /// Notes that a session named another host, and gives a logon there that came just before its right cause.
    fn meant(&mut self, activity: &Activity, seen: &Seen, basis: Basis, names: &Names, estate: &mut Estate) {
        if !seen.session.is_some() {
            return;
        }
        let mut to = match activity.target_host {
            NameId::NONE => HostId::NONE,
            name => estate.host_of(name, names),
        };
        if to == HostId::NONE && activity.target_address.is_some() {
            to = estate.host_at_of(activity.target_address, names, activity.time);
        }
        if to == HostId::NONE || to == seen.host {
            return;
        }
        let account = estate.account_of(activity.target_account, to, names);
        let intent = Intent { time: activity.time, session: seen.session, account, basis };
        self.intents.add(seen.host, to, intent);
        let since = activity.time.micros() - AFTER;
        let just: Vec<SessionId> = self
            .sessions
            .out_of(seen.host)
            .rev()
            .take(16)
            .take_while(|(_, session)| session.start.micros() >= since)
            .filter(|(_, session)| {
                session.host == to && (account == AccountId::NONE || session.account == account)
            })
            .map(|(id, _)| id)
            .collect();
        if basis == Basis::Credentials
            && let Some(first) = just.first().and_then(|id| self.sessions.get(*id))
        {
            self.clocks.pair(seen.host, to, first.start.micros() - activity.time.micros());
        }
        let Some(cause) = cause::of_intent(&intent, seen.host, &self.sessions) else { return };
        for id in just {
            if let Some(session) = self.sessions.get_mut(id)
                && session.cause.confidence < cause.confidence
            {
                session.cause = cause;
            }
        }
    }

    /// The session of an activity: by its id, by its process, by its way, by its account.
    fn find(&self, activity: &Activity, seen: &Seen, estate: &Estate) -> SessionId {
        let keyed = self.by_key.get(&(seen.host, activity.session)).filter(|_| activity.session != 0);
        if let Some(id) = keyed {
            return *id;
        }
        let by_program = self.by_program(seen.host, activity.pid, activity.time);
        if by_program.is_some() {
            return by_program;
        }
        if !is_somebody(estate, seen.account) {
            return SessionId::NONE;
        }
        let by_way = self.by_way.get(&(seen.from, seen.host, seen.account)).copied();
        let live =
            by_way.filter(|id| self.sessions.get(*id).is_some_and(|session| session.is_live(activity.time)));
        live.unwrap_or_else(|| self.latest_live(seen.host, seen.account, activity.time))
    }

    fn latest_live(&self, host: HostId, account: AccountId, at: Time) -> SessionId {
        match account {
            AccountId::NONE => SessionId::NONE,
            account => self.session_on(host, account, at),
        }
    }

    fn by_program(&self, host: HostId, pid: u32, at: Time) -> SessionId {
        if pid == 0 {
            return SessionId::NONE;
        }
        let found = self.programs.get(&(host, pid));
        let recent = found.filter(|(_, started)| at.micros() - started.micros() <= cause::LONGEST_IDLE);
        recent.map(|(session, _)| *session).unwrap_or_default()
    }

    /// Forgets what is old where a table has grown too large.
    fn bound(&mut self) {
        const MOST_KEYS: usize = 4_000_000;
        const MOST_PLACES: usize = 2_000_000;
        const MOST_PROGRAMS: usize = 1_000_000;
        if self.by_key.len() < MOST_KEYS
            && self.by_way.len().max(self.switched.len()) < MOST_PLACES
            && self.programs.len() < MOST_PROGRAMS
        {
            return;
        }
        let recent = |id: &SessionId| self.sessions.is_recent(*id);
        if self.by_key.len() >= MOST_KEYS {
            state::forget_older(&mut self.by_key, &self.sessions);
        }
        if self.by_way.len() >= MOST_PLACES {
            self.by_way.retain(|_, id| recent(id));
            self.latest.retain(|_, id| recent(id));
        }
        if self.switched.len() >= MOST_PLACES {
            self.switched.retain(|id, _| recent(id));
        }
        if self.programs.len() >= MOST_PROGRAMS {
            self.programs.clear();
        }
    }
}

/// Where an activity was, where it came from, and whose it was.
fn place(activity: &Activity, names: &Names, estate: &mut Estate) -> Seen {
    estate.observe(activity, names);
    let host = estate.host_of(activity.host, names);
    let mut from = match activity.source_address {
        NameId::NONE => HostId::NONE,
        address => estate.host_at_of(address, names, activity.time),
    };
    // A name that the client gives itself counts where its address says nothing, and where the name is one of ours.
    if activity.source_host.is_some() && (from == HostId::NONE || is_bare_inside(estate, from)) {
        let named = estate.host_of(activity.source_host, names);
        let info = estate.host_info(named);
        // Windows names the machine itself where the client gave no name.
        if named != HostId::NONE && named != host && (from == HostId::NONE || info.listed || info.wrote_logs)
        {
            from = named;
        }
    }
    if from == host {
        from = HostId::NONE;
    }
    let account = estate.account_of(activity.account, host, names);
    Seen { session: SessionId::NONE, host, from, account, opened: false }
}

fn is_bare_inside(estate: &Estate, host: HostId) -> bool {
    let info = estate.host_info(host);
    info.is_address && !info.external && info.dialled_in == AccountId::NONE
}

/// Whether an account stands for somebody who comes and goes, rather than for a machine or for a part of the system.
fn is_somebody(estate: &Estate, account: AccountId) -> bool {
    account != AccountId::NONE
        && !matches!(estate.account_info(account).kind, AccountKind::Machine | AccountKind::BuiltIn)
}

#[cfg(test)]
mod tests;
