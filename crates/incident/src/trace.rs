//! From the sessions of findings back to the entry, forward to what was reached, and sideways to the same way in.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use estate::{AccountId, Estate, HostId};
use model::incident::Basis;
use model::{Level, Time, Via};
use path::{Paths, Session, SessionId};

use crate::join::{LINK, is_established, root};
use crate::sign::Tied;

/// A way gone no more often than this is rare, whenever it began.
const RARE: u32 = 2;
/// A way that would begin so late by chance no more often than this was brought in by somebody.
const BROUGHT_IN: f64 = 0.05;
/// Sessions of one incident; what is beyond is said to be.
const MOST_STEPS: usize = 20_000;
/// How long after the last sign of an intruder on a host something that leaves it may still be theirs.
const LINGERS: i64 = 24 * 3_600_000_000;
/// How long before the first finding an intruder may have begun to use an address.
const BEFORE: i64 = 24 * 3_600_000_000;
const HOUR: f32 = 3_600_000_000.0;
/// How many ways an intruder is expected to open from a host.
const MOVES: f32 = 1.0;

/// A session as part of an incident.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// From 0 to 1: how sure it is that it was the intruder's.
    pub confidence: f32,
    /// What that rests on.
    pub basis: BTreeSet<Basis>,
    /// The intruder alone had this session, so what comes out of it is theirs.
    pub owned: bool,
    /// What was read in it counts as read by the intruder.
    pub reads: bool,
}

/// Findings that belong together, and the sessions around them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// Positions of signs.
    pub tied: Vec<usize>,
    pub steps: BTreeMap<SessionId, Step>,
    /// Addresses outside that were the intruder's.
    pub outside: BTreeSet<HostId>,
    /// There was more than is kept.
    pub cut: bool,
    /// The score, where host, kind and time alone hold it together.
    pub points: Option<u8>,
}

impl Group {
    pub(crate) fn absorb(&mut self, other: Group) {
        self.tied.extend(other.tied);
        self.tied.sort_unstable();
        self.outside.extend(other.outside);
        self.cut |= other.cut;
        for (id, step) in other.steps {
            self.strengthen(id, step);
        }
    }

    /// Adds a session, or makes it surer; whether anything changed that others follow from.
    fn strengthen(&mut self, id: SessionId, step: Step) -> bool {
        if let Some(known) = self.steps.get_mut(&id) {
            let more = step.confidence > known.confidence + 0.01 || (step.owned && !known.owned);
            known.confidence = known.confidence.max(step.confidence);
            known.owned |= step.owned;
            known.reads |= step.reads;
            known.basis.extend(step.basis);
            return more;
        }
        if self.steps.len() >= MOST_STEPS {
            self.cut = true;
            return false;
        }
        self.steps.insert(id, step);
        true
    }
}

/// What is learnt of the whole before incidents are traced: what everybody uses.
#[derive(Debug)]
pub(crate) struct Learnt {
    /// Pairs of hosts of which the first goes to the second for many accounts.
    fronts: HashSet<(HostId, HostId)>,
    /// Who has been on these hosts themselves.
    users_of_fronts: HashSet<(HostId, AccountId)>,
    /// Addresses outside by the network that they lie in.
    neighbours: HashMap<String, Vec<HostId>>,
}

impl Learnt {
    pub(crate) fn of(paths: &Paths, estate: &Estate) -> Learnt {
        const MANY: u32 = 5;
        let mut neighbours: HashMap<String, Vec<HostId>> = HashMap::new();
        for (host, info) in estate.hosts().filter(|(_, info)| info.external && info.is_address) {
            if paths.sessions().out_of(host).next().is_some()
                && let Some(network) = network_of(&info.name)
            {
                neighbours.entry(network).or_default().push(host);
            }
        }
        let between = paths.ways().accounts_between();
        let fronts: HashSet<(HostId, HostId)> =
            between.into_iter().filter(|(_, accounts)| *accounts >= MANY).map(|(pair, _)| pair).collect();
        let hosts: HashSet<HostId> = fronts.iter().map(|(from, _)| *from).collect();
        let users = hosts.iter().flat_map(|host| paths.sessions().on(*host));
        let users_of_fronts = users.map(|(_, session)| (session.host, session.account)).collect();
        Learnt { fronts, users_of_fronts, neighbours }
    }

    /// Whether a session is one that an application opened for somebody who uses it, as a webmail does at its mail server: no move of theirs.
    pub(crate) fn is_on_behalf(&self, session: &Session) -> bool {
        session.via == Via::Other
            && self.fronts.contains(&(session.from, session.host))
            && self.users_of_fronts.contains(&(session.from, session.account))
    }
}

/// Whether a way was brought in while the logs were running.
fn is_brought_in(session: &Session, paths: &Paths) -> bool {
    paths.ways().chance_of_beginning_so_late(session.from, session.host, session.account) < BROUGHT_IN
}

/// Whether somebody newly came from another host inside.
pub(crate) fn is_new_move(id: SessionId, paths: &Paths, estate: &Estate) -> bool {
    let Some(session) = paths.sessions().get(id) else { return false };
    let inside = session.from != HostId::NONE && !estate.host_info(session.from).external;
    let usage = paths.ways().usage(session.from, session.host, session.account);
    inside && (usage.count <= RARE || is_brought_in(session, paths))
}

/// Traces the group of some signs.
pub(crate) fn trace(
    members: &[usize],
    tied: &[Tied],
    paths: &Paths,
    estate: &Estate,
    learnt: &Learnt,
) -> Group {
    let mut tracer = Tracer {
        paths,
        estate,
        learnt,
        rates: HashMap::new(),
        group: Group { tied: members.to_vec(), ..Group::default() },
        queue: VecDeque::new(),
        first: Time::from_micros(i64::MAX),
    };
    let signs: Vec<&Tied> = members.iter().filter_map(|at| tied.get(*at)).collect();
    let times = signs.iter().map(|tied| tied.sign.time).filter(|time| *time != Time::UNKNOWN);
    tracer.first = times.min().unwrap_or_default();
    for sign in &signs {
        tracer.begin(sign);
    }
    tracer.run();
    tracer.group
}

struct Tracer<'a> {
    paths: &'a Paths,
    estate: &'a Estate,
    learnt: &'a Learnt,
    /// By host: how many new ways leave it in an hour, without this incident's.
    rates: HashMap<HostId, f32>,
    group: Group,
    queue: VecDeque<SessionId>,
    /// The first sign.
    first: Time,
}

impl Tracer<'_> {
    fn begin(&mut self, tied: &Tied) {
        for id in &tied.sessions {
            let Some(session) = self.paths.sessions().get(*id) else { continue };
            let strong = tied.sign.level >= Level::High && tied.weight >= 0.5;
            let step = Step {
                confidence: if tied.surely { 0.95 } else { 0.4 },
                basis: BTreeSet::from([if tied.surely { Basis::Finding } else { Basis::Time }]),
                owned: tied.surely && (strong && session.from != HostId::NONE),
                reads: tied.surely,
            };
            self.add(*id, step);
        }
        for address in &tied.outside {
            if !is_established(*address, self.first, self.paths) {
                self.outside(*address);
            }
        }
        if tied.sessions.is_empty() {
            self.unseen(tied.inside, tied);
            self.unseen(tied.host, tied);
        }
    }

    /// Whoever is on a host of which a finding speaks, and of which nothing else is seen than what leaves it: what newly left it at about that time is
    /// supposed to be theirs.
    fn unseen(&mut self, host: HostId, tied: &Tied) {
        const AROUND: i64 = HOUR as i64;
        /// Never sure, as nobody was seen there.
        const SUPPOSED: f32 = 0.75;
        let at = tied.sign.time;
        let is_seen = |(_, session): (SessionId, &Session)| session.is_live(at);
        let known = host != HostId::NONE && !self.estate.host_info(host).external;
        if !known || at == Time::UNKNOWN || self.paths.sessions().on(host).any(is_seen) {
            return;
        }
        // What left it within this hour is asked for, and is no measure of what leaves it anyway.
        let rate = self.new_ways_an_hour(host, Time::from_micros(at.micros().saturating_sub(AROUND)));
        let apart = |other: &Session| (other.start.micros() - at.micros()).abs();
        let left = self.paths.sessions().out_of(host).filter(|(_, other)| {
            apart(other) <= AROUND && self.fits_nobody_else(other) && !self.learnt.is_on_behalf(other)
        });
        let left: Vec<(SessionId, f32)> =
            left.map(|(id, other)| (id, apart(other) as f32 / HOUR + 0.25)).collect();
        for (id, hours) in left {
            let confidence = SUPPOSED * tied.weight * MOVES / (MOVES + rate * hours);
            let basis = BTreeSet::from([Basis::Time]);
            self.add(id, Step { confidence, basis, owned: false, reads: confidence >= LINK });
        }
    }

    fn add(&mut self, id: SessionId, step: Step) {
        if self.group.strengthen(id, step) {
            self.queue.push_back(id);
        }
    }

    fn run(&mut self) {
        while let Some(id) = self.queue.pop_front() {
            let Some(session) = self.paths.sessions().get(id) else { continue };
            let Some(step) = self.group.steps.get(&id).cloned() else { continue };
            self.back(id, session, &step);
            if step.confidence >= LINK {
                self.sideways(session, &step);
                self.later_programs(session, &step);
                self.beside(session, &step);
                self.forward(id, session, &step);
            }
        }
    }

    /// To what caused it, and at the end of the chain to where it came from.
    fn back(&mut self, id: SessionId, session: &Session, step: &Step) {
        let cause = session.cause;
        if cause.session.is_some() && cause.confidence >= LINK {
            let confidence = step.confidence * cause.confidence;
            // Who stole a session's account need not have had the session before it: only what is linked hard is theirs.
            let hard = matches!(cause.basis, Basis::Session);
            let basis = BTreeSet::from([cause.basis]);
            self.add(cause.session, Step { confidence, basis, owned: step.owned && hard, reads: hard });
            return;
        }
        let from_outside = session.from != HostId::NONE && self.estate.host_info(session.from).external;
        let is_theirs = from_outside && self.is_new(session) && !self.is_home(session);
        if is_theirs && !is_established(session.from, self.first, self.paths) {
            self.outside(session.from);
            let owned = Step { owned: true, reads: true, ..step.clone() };
            self.add(id, owned);
        }
    }

    /// Whether somebody had been coming from that address outside before the intruder came, and as they would who always came from there.
    fn is_home(&self, session: &Session) -> bool {
        let theirs = || {
            let all = self.paths.sessions().out_of(session.from);
            all.filter(|(_, other)| other.account == session.account).map(|(_, other)| other.start)
        };
        /// Who had always come would begin so late as often as this: an intruder who came twice might, too, and is not let off for it.
        const ALWAYS: f64 = 0.3;
        let day = |time: Time| time.micros().div_euclid(24 * HOUR as i64);
        let Some(first) = theirs().next() else { return false };
        let again = theirs().any(|time| day(time) != day(first));
        let chance = self.paths.ways().chance_of_first_so_late(theirs());
        again && first.micros() < self.first.micros() - BEFORE && chance >= ALWAYS
    }

    /// Everything that came from an address of the intruder.
    fn outside(&mut self, address: HostId) {
        if !self.group.outside.insert(address) {
            return;
        }
        self.add_sessions_from(address, 0.9);
        // Who has one address of a network has others: those that nobody used before, and that come to the same place.
        let reached: BTreeSet<HostId> =
            self.paths.sessions().out_of(address).map(|(_, session)| session.host).collect();
        let network = network_of(&self.estate.host_info(address).name);
        let neighbours = network.and_then(|network| self.learnt.neighbours.get(&network));
        for neighbour in neighbours.into_iter().flatten().filter(|neighbour| **neighbour != address) {
            let mut theirs = self.paths.sessions().out_of(*neighbour);
            let since = self.first.micros() - BEFORE;
            let same = |(_, session): (SessionId, &Session)| {
                session.start.micros() >= since && reached.contains(&session.host)
            };
            if theirs.all(same) && self.group.outside.insert(*neighbour) {
                self.add_sessions_from(*neighbour, 0.7);
            }
        }
    }

    fn add_sessions_from(&mut self, address: HostId, confidence: f32) {
        let sessions: Vec<SessionId> = self.paths.sessions().out_of(address).map(|(id, _)| id).collect();
        for id in sessions {
            let basis = BTreeSet::from([Basis::Address]);
            self.add(id, Step { confidence, basis, owned: true, reads: true });
        }
    }

    /// Who made a web server run programs has its account: what it runs later and had never run before is theirs as well.
    fn later_programs(&mut self, session: &Session, step: &Step) {
        if !session.implicit || session.via != Via::Web || !step.owned {
            return;
        }
        let since = session.start.micros() - HOUR as i64;
        let later = self.paths.sessions().on(session.host).filter(|(_, other)| {
            let server_s = other.implicit && other.via == Via::Web && other.account == session.account;
            let new = other.newest_program.is_some_and(|first| first.micros() >= since);
            server_s && new && other.start > session.start
        });
        for id in later.map(|(id, _)| id).collect::<Vec<_>>() {
            let confidence = (step.confidence * 0.9).min(0.85);
            self.add(
                id,
                Step { confidence, basis: BTreeSet::from([Basis::Process]), owned: true, reads: true },
            );
        }
    }

    /// Other visits in the same way: the same account from the same host, or from the same network outside.
    fn sideways(&mut self, session: &Session, step: &Step) {
        let outside = session.from != HostId::NONE && self.estate.host_info(session.from).external;
        // A way inside that others go as well says nothing of who went it.
        if session.from == HostId::NONE || !step.owned || (!outside && !is_brought_in(session, self.paths)) {
            return;
        }
        let network = network_of(&self.estate.host_info(session.from).name);
        let mut found = Vec::new();
        let visits: Vec<(SessionId, &Session)> = match outside {
            true => self.paths.sessions().on(session.host).collect(),
            false => self.paths.sessions().out_of(session.from).collect(),
        };
        for (id, other) in visits {
            let same =
                other.account == session.account && other.host == session.host && other.from != HostId::NONE;
            let near = other.from == session.from
                || outside
                    && network.is_some()
                    && network_of(&self.estate.host_info(other.from).name) == network;
            // A way that had been gone before the intruder came is somebody else's as well.
            if same && near {
                found.push(id);
            }
        }
        for id in found {
            let confidence = (step.confidence * 0.95).min(0.9);
            let basis = BTreeSet::from([Basis::SameWayIn]);
            self.add(id, Step { confidence, basis, owned: true, reads: true });
        }
    }

    /// To another account that came over the very same connection.
    fn beside(&mut self, session: &Session, step: &Step) {
        if session.with.is_some() {
            let (confidence, basis) = (step.confidence * 0.95, BTreeSet::from([Basis::Session]));
            self.add(session.with, Step { confidence, basis, ..step.clone() });
        }
    }

    /// Whether a way is rare, or was brought in while the logs were running.
    fn is_new(&self, session: &Session) -> bool {
        let usage = self.paths.ways().usage(session.from, session.host, session.account);
        usage.count <= RARE || is_brought_in(session, self.paths)
    }

    /// To what came out of it.
    fn forward(&mut self, id: SessionId, session: &Session, step: &Step) {
        let gone = session.last.micros().max(session.ended.map_or(0, Time::micros));
        let rate = if step.owned { self.rate_of_new_ways(session.host) } else { 0.0 };
        let until = session.last.micros().max(session.ended.map_or(0, Time::micros)).saturating_add(LINGERS);
        let mut found: Vec<(SessionId, Step)> = Vec::new();
        for (next, other) in self.paths.sessions().out_of(session.host) {
            if other.start < session.start || other.start.micros() > until {
                continue;
            }
            let caused = other.cause.session == id && other.cause.confidence >= LINK;
            let for_itself = caused && other.account == session.account;
            if self.learnt.is_on_behalf(other) && !for_itself {
                continue;
            }
            let new = self.is_new(other);
            let changed = other.cause.basis == Basis::AccountChange;
            if caused && changed && (!is_presence(session) || self.is_at_home_on(session.host, other.account))
            {
                continue;
            }
            if caused && (step.owned || new) {
                // With another account it may as well be one of the new ways that leave this host anyway.
                let chance = match other.cause.basis {
                    Basis::AccountChange => MOVES / (MOVES + rate * 0.25),
                    _ => 1.0,
                };
                let confidence = step.confidence * other.cause.confidence * chance;
                let basis = BTreeSet::from([other.cause.basis]);
                let owned = step.owned;
                found.push((next, Step { confidence, basis, owned, reads: owned || new }));
            } else if step.owned && is_presence(session) && self.fits_nobody_else(other) {
                // Moves expected of an intruder, against new ways that leave this host in such a time anyway.
                let hours = ((other.start.micros() - gone).max(0) as f32 / HOUR) + 0.25;
                let confidence = step.confidence * 0.9 * MOVES / (MOVES + rate * hours);
                let basis = BTreeSet::from([Basis::Time]);
                found.push((next, Step { confidence, basis, owned: true, reads: true }));
            }
        }
        for (next, step) in found {
            self.add(next, step);
        }
    }

    /// How many new ways leave a host in an hour without the incident: on a jump host many, on a server of an application none.
    fn rate_of_new_ways(&mut self, host: HostId) -> f32 {
        if let Some(rate) = self.rates.get(&host) {
            return *rate;
        }
        let rate = self.new_ways_an_hour(host, self.first);
        self.rates.insert(host, rate);
        rate
    }

    /// The same, before a moment.
    fn new_ways_an_hour(&self, host: HostId, until: Time) -> f32 {
        let (first, last) = self.paths.ways().span();
        let hours = ((last.micros() - first.micros()) as f32 / HOUR).max(1.0);
        let others = self.paths.sessions().out_of(host);
        let others = others.filter(|(id, other)| {
            let before = other.start < until && !self.group.steps.contains_key(id);
            before && self.is_new(other) && !self.learnt.is_on_behalf(other)
        });
        let before = ((until.micros() - first.micros()) as f32 / HOUR).clamp(1.0, hours);
        others.count() as f32 / before
    }

    /// Whether an account had been leaving a host on several days before the intruder came: wherever it goes from there, it is at home there.
    fn is_at_home_on(&self, host: HostId, account: AccountId) -> bool {
        let theirs = self.paths.sessions().out_of(host);
        let theirs = theirs.take_while(|(_, other)| other.start.micros() < self.first.micros() - BEFORE);
        let mut days = theirs
            .filter(|(_, other)| other.account == account)
            .map(|(_, other)| other.start.micros().div_euclid(24 * HOUR as i64));
        let first = days.next();
        first.is_some_and(|first| days.any(|day| day != first))
    }

    /// Whether nothing but the intruder's presence explains that somebody left a host: nobody had gone that way, and nobody there had that account.
    fn fits_nobody_else(&self, other: &Session) -> bool {
        let explained = other.cause.session.is_some()
            && matches!(
                other.cause.basis,
                Basis::SameAccount | Basis::Session | Basis::Credentials | Basis::Process
            )
            && other.cause.confidence >= LINK;
        let known = other.account != AccountId::NONE && !self.is_at_home_on(other.from, other.account);
        self.is_new(other) && !explained && known
    }
}

/// Whether who has a session can do things on the host: who uses an application has what it gives them.
fn is_presence(session: &Session) -> bool {
    session.implicit || !matches!(session.via, Via::Web | Via::Database | Via::Vpn | Via::Other)
}

/// The /24 or /48 that an address lies in.
fn network_of(name: &str) -> Option<String> {
    match name.parse().ok()? {
        std::net::IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Some(format!("{a}.{b}.{c}"))
        }
        std::net::IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}"))
        }
    }
}

/// Whether a session is an entry: it came from outside, or nothing that caused it is known.
pub(crate) fn is_entry(id: SessionId, paths: &Paths, estate: &Estate) -> bool {
    let Some(session) = paths.sessions().get(id) else { return false };
    let outside = session.from != HostId::NONE && estate.host_info(session.from).external;
    outside || (root(id, paths).is_none_or(|(first, _)| first == id) && session.via != Via::Other)
}
