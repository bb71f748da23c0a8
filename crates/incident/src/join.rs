//! Which findings belong together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use estate::{AccountId, Estate, HostId};
use model::{Activity, EntityType, FindingKind, Level, NameId, RecordKey, RecordRef, Role, SourceId, Time};
use path::{Paths, Seen, SessionId};
use serde::{Deserialize, Serialize};

use crate::bouts::Bouts;
use crate::sign::{Sign, Thing, Tied, is_supposed, is_weak};
use crate::trace::{Group, Learnt, is_new_move, trace};

mod habit;
mod notes;
mod outside;
mod state;
mod union;

use habit::{Habit, weight};
use notes::Notes;
use outside::outside_of;
use union::Union;

/// Findings of one rule in one place within this are told as one.
const ALIKE: i64 = 3_600_000_000;
/// Findings on one host that nothing else ties are taken together within this.
const TOGETHER: i64 = 3_600_000_000;
/// A cause below this is no link of a chain.
pub(crate) const LINK: f32 = 0.5;
/// Links followed in a chain.
const LONGEST_CHAIN: usize = 32;
/// Bare findings that are told apart; further ones are treated as all others.
const MOST_PARTS: usize = 2_000_000;
/// From this weight on a finding is nothing that its rule says anyway.
const UNUSUAL: f32 = 0.5;
const DAY: i64 = 86_400_000_000;

/// Something read in a session: one record.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// The session.
    pub session: SessionId,
    /// The host whose data it is.
    pub host: HostId,
    /// Share, table, mailboxes.
    pub object: NameId,
    /// The single thing, hashed; 0 where the record names none.
    pub item: u64,
    /// How many things at once.
    pub count: u32,
    /// Bytes, where the record says.
    pub bytes: u64,
    /// When.
    pub time: Time,
    /// The record.
    pub record: RecordRef,
}

/// The state. Bound: 200,000 signs, each for all of its kind within an hour; afterwards only those of level high and above are kept. Two million
/// findings of other tools that name nobody, and what `bouts` keeps of them; afterwards they are signs as all others. How often each rule spoke on
/// each host. Nothing grows with the number of activities.
///
/// Records on which findings rest are noted (some 100 bytes each) for two days after these; those of findings to come are expected (some 30 bytes). Two things
/// have no bound but the number of findings: each sign has the numbers of its findings (four bytes each), and signs of level high and above are always kept.
#[derive(Debug, Default)]
pub struct Incidents {
    notes: Notes,
    tied: Vec<Tied>,
    alike: HashMap<(String, HostId, SessionId, Vec<HostId>), usize>,
    habits: HashMap<(String, HostId), Habit>,
    bouts: Bouts,
    by_bout: HashMap<usize, usize>,
    /// Findings of bouts, with their signs.
    parts: Vec<(u32, usize)>,
}

impl Incidents {
    /// Nothing yet.
    pub fn new() -> Incidents {
        Incidents::default()
    }

    /// Says that a finding of that time rests on a record, before its activity comes.
    pub fn expect(&mut self, record: RecordKey, time: Time) {
        self.notes.expect(record, time.micros());
    }

    /// Takes an activity with where it belongs.
    pub fn push(&mut self, activity: &Activity, seen: &Seen) {
        self.notes.push(activity.record.key, seen, activity.time.micros());
    }

    /// Says where a record belongs on which a finding rests that comes right after it.
    pub fn note(&mut self, record: RecordKey, seen: &Seen) {
        self.notes.note(record, seen);
    }

    /// Takes a finding, after the activities of its records and in the order of time. Gives the account and the host of which it says that an intruder
    /// may be there: of medium level or above, and of a rule that does not speak there day after day.
    pub fn sign(&mut self, sign: Sign, paths: &Paths, estate: &mut Estate) -> (AccountId, HostId) {
        const MOST: usize = 200_000;
        const MOST_RECORDS: usize = 64;
        let mut tied = self.tie(sign, paths, estate);
        if is_bare(&tied) && tied.sign.time != Time::UNKNOWN && self.parts.len() < MOST_PARTS {
            self.add_to_bout(tied);
            return Default::default();
        }
        let first = tied.sessions.first().copied().unwrap_or_default();
        let key = (tied.sign.rule.clone(), tied.host, first, tied.outside.clone());
        if let Some(known) = self.alike.get(&key).and_then(|at| self.tied.get_mut(*at))
            && tied.sign.time.micros() - known.sign.time.micros() <= ALIKE
        {
            known.findings.append(&mut tied.findings);
            known.last = known.last.max(tied.sign.time);
            // Whose session they are of may come out later.
            if !known.surely && known.sign.records.len() < MOST_RECORDS {
                known.sign.records.append(&mut tied.sign.records);
            }
            for session in tied.sessions {
                if !known.sessions.contains(&session) && known.sessions.len() < 64 {
                    known.sessions.push(session);
                }
            }
            return Default::default();
        }
        // What behaviour finds is measured against habits already.
        if tied.sign.kind != FindingKind::Behavior {
            tied.weight = self.unusual(&tied);
        }
        let suspects = match is_weak(&tied) || tied.weight < UNUSUAL {
            true => Default::default(),
            false => (tied.account, tied.host),
        };
        if self.tied.len() < MOST || tied.sign.level >= Level::High {
            self.alike.insert(key, self.tied.len());
            self.tied.push(tied);
        }
        suspects
    }

    /// The host of a finding of medium level or above of whose records no session is known; none for others.
    pub fn without_session(&self, sign: &Sign, estate: &mut Estate) -> HostId {
        let notes = || sign.records.iter().filter_map(|record| self.notes.get(&record.key));
        if sign.level < Level::Medium || notes().any(|note| note.session.is_some()) {
            return HostId::NONE;
        }
        let noted = notes().map(|note| note.host).find(|host| *host != HostId::NONE);
        let named = || {
            let is_place =
                |thing: &&Thing| thing.kind == EntityType::Host && matches!(thing.role, Role::Target);
            sign.things.iter().find(is_place).map(|thing| thing.name.clone())
        };
        noted.or_else(|| named().map(|name| estate.host(&name))).unwrap_or_default()
    }

    /// Ties findings to the sessions to which their records turned out to belong, and weighs those of the first days by what their rules said later,
    /// as nothing was known before. After the last activity, before [`Incidents::join`].
    pub fn settle(&mut self, paths: &Paths) {
        self.weigh_first_days(paths);
        const MOST: usize = 64;
        for tied in &mut self.tied {
            let later = tied.sign.records.iter().map(|record| paths.later(&record.key));
            for id in later.filter(|id| id.is_some()) {
                if !tied.surely {
                    tied.sessions.clear();
                    tied.surely = true;
                }
                if !tied.sessions.contains(&id) && tied.sessions.len() < MOST {
                    tied.sessions.push(id);
                }
            }
        }
    }

    fn weigh_first_days(&mut self, paths: &Paths) {
        /// Days within which what is usual is not known yet.
        const UNKNOWN: i64 = 3 * DAY;
        let until = paths.ways().span().0.micros().saturating_add(UNKNOWN);
        let habits = &self.habits;
        let days = |rule: &str, host: HostId| {
            habits.get(&(rule.to_owned(), host)).map_or(0, |habit| habit.days().saturating_sub(1))
        };
        let early = self.tied.iter_mut().filter(|tied| tied.sign.time.micros() < until);
        for tied in early.filter(|tied| tied.sign.kind != FindingKind::Behavior) {
            let weight = weight(days(&tied.sign.rule, tied.host), days(&tied.sign.rule, HostId::NONE));
            tied.weight = tied.weight.min(weight);
        }
    }

    fn add_to_bout(&mut self, mut tied: Tied) {
        let kind = format!("{}\n{}", tied.sign.rule, tied.sign.title);
        let bout = self.bouts.push(&kind, tied.host, tied.sign.time, self.parts.len());
        let at = *self.by_bout.entry(bout).or_insert(self.tied.len());
        self.parts.push((tied.sign.finding, at));
        match self.tied.get_mut(at) {
            Some(known) => {
                known.findings.append(&mut tied.findings);
                known.last = known.last.max(tied.sign.time);
            }
            None => self.tied.push(tied),
        }
    }

    /// How far a sign is from what its rule says on that host day after day, from 0 to 1.
    fn unusual(&mut self, tied: &Tied) -> f32 {
        let day = tied.sign.time.micros().div_euclid(DAY);
        let mut days_on = |host: HostId| {
            let habit = self.habits.entry((tied.sign.rule.clone(), host)).or_default();
            habit.add(day)
        };
        weight(days_on(tied.host), days_on(HostId::NONE))
    }

    fn tie(&self, sign: Sign, paths: &Paths, estate: &mut Estate) -> Tied {
        let notes: Vec<&Seen> =
            sign.records.iter().filter_map(|record| self.notes.get(&record.key)).collect();
        let mut sessions: Vec<SessionId> = Vec::new();
        for note in notes.iter().filter(|note| note.session.is_some()) {
            if !sessions.contains(&note.session) && sessions.len() < 64 {
                sessions.push(note.session);
            }
        }
        let named = |kind: EntityType, roles: &[Role]| {
            let mut all =
                sign.things.iter().filter(|thing| thing.kind == kind && roles.contains(&thing.role));
            all.next().map(|thing| thing.name.clone())
        };
        let mut host =
            notes.iter().map(|note| note.host).find(|host| *host != HostId::NONE).unwrap_or(HostId::NONE);
        if host == HostId::NONE
            && let Some(name) = named(EntityType::Host, &[Role::Target, Role::Actor, Role::Object])
        {
            host = estate.host(&name);
        }
        let mut account = notes
            .iter()
            .map(|note| note.account)
            .find(|one| *one != AccountId::NONE)
            .unwrap_or(AccountId::NONE);
        if account == AccountId::NONE
            && let Some(name) = named(EntityType::User, &[Role::Actor, Role::Target])
        {
            account = estate.account(&name, host);
        }
        let outside = outside_of(&sign, &notes, estate);
        let surely = !sessions.is_empty();
        // What behaviour finds of a machine or an address is the doing of no one there.
        if !surely && sign.kind != FindingKind::Behavior {
            let there = paths.session_on(host, account, sign.time);
            let there =
                if there.is_some() { there } else { paths.session_on(host, AccountId::NONE, sign.time) };
            sessions.extend(Some(there).filter(|id| id.is_some()));
        }
        let from = notes
            .iter()
            .map(|note| note.from)
            .find(|from| *from != HostId::NONE && *from != host && !estate.host_info(*from).external);
        let inside = from.filter(|_| sessions.is_empty()).unwrap_or_default();
        let (findings, last) = (vec![sign.finding], sign.time);
        Tied { sign, findings, last, sessions, surely, host, account, inside, outside, weight: 1.0 }
    }

    /// Joins everything that came so far into drafts of incidents.
    pub fn join(&self, paths: &Paths, estate: &Estate) -> Drafts {
        let mut union = Union::new(self.tied.len());
        // Until a day has been seen nothing is known of what is usual, and bare findings are joined as all others.
        let habits = self.bouts.has_habits();
        let by_bouts: HashSet<usize> = self.by_bout.values().copied().filter(|_| habits).collect();
        let is_strong = |at: &usize| {
            let strong = self.tied.get(*at).is_some_and(|tied| !is_weak(tied));
            strong && !by_bouts.contains(at)
        };
        let strong: Vec<usize> = (0..self.tied.len()).filter(is_strong).collect();
        self.join_by_chain(&strong, paths, &mut union);
        self.join_by_address(&strong, paths, estate, &mut union);
        self.join_by_host(&strong, &mut union);
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in &strong {
            members.entry(union.find(*at)).or_default().push(*at);
        }
        let learnt = Learnt::of(paths, estate);
        let groups =
            members.into_values().map(|tied| trace(&tied, &self.tied, paths, estate, &learnt)).collect();
        let mut groups = merge_overlapping(groups);
        self.add_weak(&mut groups);
        self.add_moves_of_weak(&mut groups, paths, estate, &learnt);
        groups.iter_mut().for_each(|group| self.suppose(group));
        let mut tied = self.tied.clone();
        if habits {
            self.add_bouts(&mut groups, &mut tied);
        }
        Drafts::new(groups, tied, learnt)
    }

    /// Where only unusual days speak of an intruder, nothing about one is sure.
    fn suppose(&self, group: &mut Group) {
        const SUPPOSED: f32 = 0.75;
        if is_supposed(group.tied.iter().filter_map(|at| self.tied.get(*at))) {
            group.steps.values_mut().for_each(|step| step.confidence = step.confidence.min(SUPPOSED));
        }
    }

    /// What host, kind and time alone hold together; of a bout only the findings that are part of it. What is too weak stays findings.
    fn add_bouts(&self, groups: &mut Vec<Group>, tied: &mut [Tied]) {
        const LEAST_POINTS: u8 = 20;
        for group in self.bouts.groups().iter().filter(|group| group.points() >= LEAST_POINTS) {
            let mut findings: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
            for (finding, at) in group.members.iter().filter_map(|(part, _)| self.parts.get(*part)) {
                findings.entry(*at).or_default().push(*finding);
            }
            let (ats, points) = (findings.keys().copied().collect(), Some(group.points()));
            for (at, findings) in findings {
                tied.get_mut(at).into_iter().for_each(|tied| tied.findings.clone_from(&findings));
            }
            groups.push(Group { tied: ats, points, ..Group::default() });
        }
    }

    /// Signs whose sessions lie on one chain of causes.
    fn join_by_chain(&self, strong: &[usize], paths: &Paths, union: &mut Union) {
        let mut by_session: HashMap<SessionId, usize> = HashMap::new();
        for at in strong {
            let Some(tied) = self.tied.get(*at) else { continue };
            for session in tied.sessions.iter().flat_map(|id| chain(*id, paths)) {
                match by_session.get(&session) {
                    Some(other) => union.join(*at, *other),
                    None => {
                        by_session.insert(session, *at);
                    }
                }
            }
        }
    }

    /// Signs that come from one address outside, unless many have been coming from there all along.
    fn join_by_address(&self, strong: &[usize], paths: &Paths, estate: &Estate, union: &mut Union) {
        let mut by_address: BTreeMap<HostId, Vec<usize>> = BTreeMap::new();
        for at in strong {
            let Some(tied) = self.tied.get(*at) else { continue };
            let roots = tied.sessions.iter().filter_map(|id| root(*id, paths)).map(|(_, from)| from);
            let roots = roots.filter(|from| estate.host_info(*from).external);
            for address in tied.outside.iter().copied().chain(roots) {
                by_address.entry(address).or_default().push(*at);
            }
        }
        for (address, signs) in by_address {
            let first = signs.iter().filter_map(|at| self.tied.get(*at)).map(|tied| tied.sign.time).min();
            if first.is_some_and(|first| is_established(address, first, paths)) {
                continue;
            }
            for pair in signs.windows(2) {
                if let [a, b] = pair {
                    union.join(*a, *b);
                }
            }
        }
    }

    /// Signs on one host at about one time, where one of them has no session to tell them apart.
    fn join_by_host(&self, strong: &[usize], union: &mut Union) {
        // Who was most likely there is already said of some of them; a second guess would make one of two.
        let is_sure = |at: &usize| self.tied.get(*at).is_some_and(|tied| tied.surely);
        let placed: HashSet<usize> =
            strong.iter().copied().filter(is_sure).map(|at| union.find(at)).collect();
        let mut by_host: BTreeMap<HostId, Vec<usize>> = BTreeMap::new();
        for at in strong {
            if let Some(tied) = self.tied.get(*at).filter(|tied| tied.host != HostId::NONE) {
                by_host.entry(tied.host).or_default().push(*at);
            }
        }
        for signs in by_host.into_values() {
            for (place, at) in signs.iter().enumerate() {
                let Some(tied) = self.tied.get(*at).filter(|tied| !tied.surely) else { continue };
                if placed.contains(&union.find(*at)) {
                    continue;
                }
                // The nearest in time that is tied to a session, before or after; else the one before.
                let near = |other: &&usize| {
                    self.tied.get(**other).is_some_and(|other| distance(tied, other) <= TOGETHER)
                };
                let others =
                    signs.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other);
                let nearest = others.filter(near).min_by_key(|other| {
                    let other = self.tied.get(**other);
                    (
                        other.is_some_and(|other| !other.surely),
                        other.map_or(i64::MAX, |other| distance(tied, other)),
                    )
                });
                if let Some(other) = nearest {
                    union.join(*at, *other);
                }
            }
        }
    }

    /// Weak signs go to the incident in whose sessions they lie.
    fn add_weak(&self, groups: &mut [Group]) {
        let mut by_session: HashMap<SessionId, usize> = HashMap::new();
        for (number, group) in groups.iter().enumerate() {
            for id in group.steps.keys() {
                by_session.entry(*id).or_insert(number);
            }
        }
        for (at, tied) in self.tied.iter().enumerate().filter(|(_, tied)| is_weak(tied)) {
            let here = tied.sessions.iter().filter(|_| tied.surely).find_map(|id| by_session.get(id));
            if let Some(group) = here.and_then(|number| groups.get_mut(*number)) {
                group.tied.push(at);
            }
        }
    }
}

impl Incidents {
    /// Weak signs that are in no incident make one of low severity where a record ties them to somebody who newly came from another host inside. What
    /// their rule says on that host day after day makes none.
    fn add_moves_of_weak(&self, groups: &mut Vec<Group>, paths: &Paths, estate: &Estate, learnt: &Learnt) {
        let taken: HashSet<usize> = groups.iter().flat_map(|group| group.tied.iter().copied()).collect();
        let is_of_move = |at: &usize| {
            let Some(tied) = self.tied.get(*at).filter(|_| !taken.contains(at)) else { return false };
            let unusual = tied.sign.level == Level::Low && tied.surely && tied.weight >= UNUSUAL;
            unusual && tied.sessions.iter().any(|id| is_new_move(*id, paths, estate))
        };
        let weak: Vec<usize> = (0..self.tied.len()).filter(is_of_move).collect();
        let mut union = Union::new(self.tied.len());
        self.join_by_chain(&weak, paths, &mut union);
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in weak {
            members.entry(union.find(at)).or_default().push(at);
        }
        let known: HashSet<SessionId> = groups.iter().flat_map(|group| group.steps.keys().copied()).collect();
        let traced =
            members.into_values().map(|tied| trace(&tied, &self.tied, paths, estate, learnt)).collect();
        let apart = |group: &Group| !group.steps.keys().any(|id| known.contains(id));
        groups.extend(merge_overlapping(traced).into_iter().filter(apart));
    }
}

/// Whether nothing but host and time is known of a finding: what another tool says without naming anybody.
fn is_bare(tied: &Tied) -> bool {
    let tool = tied.sign.kind == FindingKind::External;
    tool && tied.sessions.is_empty() && tied.account == AccountId::NONE && tied.outside.is_empty()
}

fn distance(a: &Tied, b: &Tied) -> i64 {
    let apart = |early: &Tied, late: &Tied| late.sign.time.micros() - early.last.micros();
    apart(a, b).max(apart(b, a)).max(0)
}

/// A session and what caused it, back to where no cause is likely.
pub(crate) fn chain(id: SessionId, paths: &Paths) -> Vec<SessionId> {
    let mut all = Vec::new();
    let mut at = id;
    while at.is_some() && all.len() < LONGEST_CHAIN && !all.contains(&at) {
        all.push(at);
        let Some(session) = paths.sessions().get(at) else { break };
        at = if session.cause.confidence >= LINK { session.cause.session } else { SessionId::NONE };
    }
    all
}

/// The first session of a chain and where it came from.
pub(crate) fn root(id: SessionId, paths: &Paths) -> Option<(SessionId, HostId)> {
    let last = chain(id, paths).pop()?;
    let from = paths.sessions().get(last)?.from;
    (from != HostId::NONE).then_some((last, from))
}

/// Whether several accounts had been coming from an address outside for days before a moment: an office, a carrier, a proxy.
pub(crate) fn is_established(address: HostId, before: Time, paths: &Paths) -> bool {
    let (mut accounts, mut days) = (BTreeSet::new(), BTreeSet::new());
    for (_, session) in paths.sessions().out_of(address).take_while(|(_, session)| session.start < before) {
        accounts.insert(session.account);
        days.insert(session.start.micros().div_euclid(DAY));
        if accounts.len() >= 2 && days.len() >= 3 {
            return true;
        }
    }
    false
}

/// Groups that share a session of the intruder are one incident: the same evidence never makes two.
fn merge_overlapping(groups: Vec<Group>) -> Vec<Group> {
    let mut union = Union::new(groups.len());
    let mut by_session: HashMap<SessionId, usize> = HashMap::new();
    for (number, group) in groups.iter().enumerate() {
        for (id, _) in group.steps.iter().filter(|(_, step)| step.confidence >= LINK) {
            match by_session.get(id) {
                Some(other) => union.join(number, *other),
                None => {
                    by_session.insert(*id, number);
                }
            }
        }
    }
    let mut merged: BTreeMap<usize, Group> = BTreeMap::new();
    for (number, group) in groups.into_iter().enumerate() {
        match merged.get_mut(&union.find(number)) {
            Some(into) => into.absorb(group),
            None => {
                merged.insert(union.find(number), group);
            }
        }
    }
    merged.into_values().collect()
}

/// Incidents before they are told.
#[derive(Debug)]
pub struct Drafts {
    pub(crate) groups: Vec<Group>,
    pub(crate) tied: Vec<Tied>,
    by_session: HashMap<SessionId, usize>,
    pub(crate) data: Vec<BTreeMap<(HostId, NameId), Reading>>,
    pub(crate) learnt: Learnt,
    /// The records of the moment of the last reading, with the file of each: the same record in another file is no other reading.
    moment: (Time, HashMap<(SessionId, [u8; 32]), SourceId>),
}

/// What was read of one store.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    items: HashSet<u64>,
    unnamed: u64,
    pub bytes: u64,
    pub first: (Time, RecordRef),
    pub last: (Time, RecordRef),
}

impl Reading {
    pub(crate) fn objects(&self) -> u64 {
        self.items.len() as u64 + self.unnamed
    }
}

impl Drafts {
    fn new(groups: Vec<Group>, tied: Vec<Tied>, learnt: Learnt) -> Drafts {
        let mut by_session = HashMap::new();
        for (number, group) in groups.iter().enumerate() {
            for id in group.steps.iter().filter(|(_, step)| step.reads).map(|(id, _)| *id) {
                by_session.entry(id).or_insert(number);
            }
        }
        let data = groups.iter().map(|_| BTreeMap::new()).collect();
        Drafts { groups, tied, by_session, data, learnt, moment: Default::default() }
    }

    /// Takes something read, in the order of time; nothing where it was in no incident's session.
    pub fn touch(&mut self, touch: &Touch) {
        let Some(data) = self.by_session.get(&touch.session).and_then(|number| self.data.get_mut(*number))
        else {
            return;
        };
        if self.moment.0 != touch.time {
            self.moment = (touch.time, HashMap::new());
        }
        let (key, source) = ((touch.session, touch.record.digest), touch.record.key.source);
        if *self.moment.1.entry(key).or_insert(source) != source {
            return;
        }
        let at = (touch.time, touch.record);
        let reading = data.entry((touch.host, touch.object)).or_insert_with(|| Reading {
            items: HashSet::new(),
            unnamed: 0,
            bytes: 0,
            first: at,
            last: at,
        });
        match touch.item {
            0 => reading.unnamed += u64::from(touch.count.max(1)),
            item => {
                reading.items.insert(item);
            }
        }
        reading.bytes += touch.bytes;
        reading.last = at;
    }
}
