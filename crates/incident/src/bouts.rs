//! Findings that name no session and no account: how unusual each is, and which belong together, by host, kind and time alone.
//!
//! In: findings in the order of time, each with its kind and host. Out: groups of those that belong together, each with a score in nats
//! (a nat is a factor of e against chance). It knows no product, rule or name; every judgement rests on what came before.
//!
//! 1. Findings of one kind on one host with small gaps are one *bout*. How often such bouts come there at that time of day, and how dense
//!    they are, gives a chance, and its logarithm the bout's *surprise* (`habit`). What always comes with another says little by itself.
//! 2. A bout out of habit is the *core* of a group. It joins groups lately on its host, or those in which its kind sweeps over several hosts
//!    in the same moment, where chance would hardly bring something so strong in that time (`group`). So hosts on which odd things are common
//!    hold nothing together, and two intrusions on different hosts stay two.
//! 3. Lesser bouts in the same moment on the same host go *along*; and so, at the end, does a group of a single moment near to one greater
//!    group in an estate that is otherwise silent.
//!
//! Bound: 100,000 kinds, habits of 200,000 pairs of kind and host and of 1,000,000 ways to come together, 65,536 groups with 500,000 bouts,
//! 200,000 bouts in no group, and 2,000,000 numbers of findings; beyond, what is new is only counted. Of each host one time is kept.

mod group;
mod habit;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, VecDeque};

use estate::{HostId, snapshot};
use model::Time;
use serde::{Deserialize, Serialize};

use group::{Group, Groups, Odd, Place};
use habit::{Habits, Kind, Pair};

/// Findings of one kind on one host closer than this are one bout: scripts and people pause for seconds to minutes within one job.
const GAP: i64 = 600_000_000;
/// What has gone on for so long begins a new bout, so that it becomes a habit.
const LONG: i64 = HOUR;
/// What one act sets off in several sensors and on several hosts comes within this, with clocks that differ a little.
const MOMENT: i64 = 60_000_000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// A bout is out of habit where chance brings one in an hour in fewer than one of twenty cases, the usual bar: -ln 0.05.
const STRONG: f64 = 2.995_732_273_553_991;
/// What has such a chance of e^-1 is not daily bread; beside something strong it is part of it.
const WEAK: f64 = 1.0;
/// Chance makes one false link in a hundred: every odd bout is tested against a few groups, and a false link joins two stories.
const ALPHA: f64 = 0.01;
/// What stands beside a group in time alone is held to the usual bar: nothing more follows from it, so a mistake costs little.
const BESIDE: f64 = 0.05;
/// One group is the likelier of two where it is so many times as likely, the bar of [`STRONG`] again.
const CLEARLY: f64 = 20.0;
/// Moments looked at before and behind, for what a group stands beside.
const AROUND: usize = 64;
/// Kinds told apart; all further ones are one.
const MOST_KINDS: u32 = 100_000;
/// Numbers kept of findings in groups and in bouts that go on.
const MOST_FINDINGS: usize = 2_000_000;
/// Bouts kept in groups; afterwards what is odd is only counted.
const MOST_IN_GROUPS: usize = 500_000;
/// Bouts kept that are in no group.
const MOST_LOOSE: usize = 200_000;
/// Letters of a kind that count.
const LONGEST_KIND: usize = 512;
/// One bout just out of habit is 5 of 100 points, and ten of them are 39, see [`BoutGroup::points`].
const FULL: f64 = 20.0 * STRONG;

/// What a finding is in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum BoutRole {
    /// Odd by itself.
    Core,
    /// It came with something odd.
    Along,
}

/// Findings that belong together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BoutGroup {
    /// Surprise in nats, what repeats counted less.
    pub score: f64,
    /// The caller's numbers, ascending, each once.
    pub members: Vec<(usize, BoutRole)>,
}

impl BoutGroup {
    /// The score from 0 to 100.
    pub fn points(&self) -> u8 {
        (100.0 * (1.0 - (-self.score / FULL).exp())).clamp(0.0, 100.0) as u8
    }
}

/// One kind on one host for a while.
#[derive(Debug, Serialize, Deserialize)]
struct Bout {
    pair: Pair,
    start: i64,
    last: i64,
    /// When it became part of its group.
    at: i64,
    rate: f64,
    /// The least chance of its density so far.
    dense: f64,
    /// The strength with which it stands in its group.
    told: f64,
    /// What its company leaves of its surprise at most.
    cap: f64,
    leader: Option<usize>,
    minute: i64,
    in_minute: u32,
    peak: u32,
    role: Option<BoutRole>,
    group: usize,
    /// Number, when, and whether that minute was odd.
    findings: VecDeque<(usize, i64, bool)>,
}

impl Bout {
    /// Of its coming.
    fn recurrence(&self) -> f64 {
        surprise(self.rate)
    }

    /// Of its coming so densely.
    fn whole(&self) -> f64 {
        surprise(self.rate * self.dense)
    }

    /// Company explains that it came, not how dense it is.
    fn strength(&self) -> f64 {
        self.recurrence().min(self.cap) + self.whole() - self.recurrence()
    }

    /// The findings that belong to the group: of an odd bout those that made a minute odd (what came before in it comes anyway), of one along
    /// those of that moment.
    fn members(&self) -> impl Iterator<Item = usize> {
        let is_core = self.role == Some(BoutRole::Core);
        let ours = self.findings.iter().filter(move |(_, time, odd)| match is_core {
            true => *odd,
            false => (time - self.at).abs() <= MOMENT,
        });
        ours.map(|(number, ..)| *number)
    }
}

/// In nats, how surprising it is that something of this rate comes at least once within an hour.
fn surprise(rate: f64) -> f64 {
    -(-(-rate).exp_m1()).ln()
}

/// Powers of two.
fn size(count: u32) -> usize {
    count.max(1).ilog2() as usize
}

/// Findings without a session: how unusual each is, and which belong together, by host, kind and time alone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Bouts {
    #[serde(with = "snapshot::map")]
    kinds: HashMap<Box<str>, Kind>,
    habits: Habits,
    now: i64,
    #[serde(with = "snapshot::map")]
    open: HashMap<Pair, usize>,
    /// Those that are open, lately closed, or in a group.
    #[serde(with = "snapshot::map")]
    bouts: HashMap<usize, Bout>,
    begun: usize,
    kept: usize,
    grouped: usize,
    groups: Groups,
}

impl Bouts {
    /// Whether a day has been seen, so that there are habits. Before, nothing can be called odd.
    pub fn has_habits(&self) -> bool {
        self.habits.hours() > 24.0
    }

    /// Whether what is counted is there, and every group is found.
    pub fn is_sound(&self) -> bool {
        let kept: usize = self.bouts.values().map(|bout| bout.findings.len()).sum();
        let grouped = self.bouts.values().filter(|bout| bout.role.is_some()).count();
        (kept, grouped) == (self.kept, self.grouped) && self.groups.is_sound()
    }

    /// Takes a finding, in the order of time (what comes late counts as of now); `kind` is rule and title, `number` the caller's for it,
    /// another each time. Returns the number of its bout, which is of one kind on one host.
    pub fn push(&mut self, kind: &str, host: HostId, time: Time, number: usize) -> usize {
        self.now = time.micros().max(self.now);
        self.habits.see(self.now, host);
        let pair = (self.kind(kind), host);
        let at = self.bout(pair);
        self.count(at, number);
        self.judge(at);
        at
    }

    fn kind(&mut self, kind: &str) -> Kind {
        let next = self.kinds.len() as Kind;
        let end = match kind.len() <= LONGEST_KIND {
            true => None,
            false => kind.char_indices().nth(LONGEST_KIND),
        };
        let kind = end.and_then(|(end, _)| kind.get(..end)).unwrap_or(kind);
        match self.kinds.get(kind) {
            Some(known) => *known,
            None if next >= MOST_KINDS => MOST_KINDS,
            None => *self.kinds.entry(kind.into()).or_insert(next),
        }
    }

    /// The bout that goes on, or a new one.
    fn bout(&mut self, pair: Pair) -> usize {
        let known = self.open.get(&pair).copied();
        if let Some((at, bout)) = known.and_then(|at| Some((at, self.bouts.get(&at)?))) {
            if self.now - bout.last <= GAP && self.now - bout.start <= LONG {
                return at;
            }
            self.close(at);
        }
        if self.bouts.len() - self.grouped >= MOST_LOOSE {
            self.make_room();
        }
        let (at, now) = (self.begun, self.now);
        self.begun += 1;
        let rate = self.habits.rate(pair);
        let (cap, leader) = self.habits.open(pair, at);
        let (minute, findings) = (i64::MIN, VecDeque::new());
        let bout = Bout {
            pair,
            start: now,
            last: now,
            at: now,
            rate,
            dense: 1.0,
            told: 0.0,
            cap,
            leader,
            minute,
            in_minute: 0,
            peak: 0,
            role: None,
            group: 0,
            findings,
        };
        self.bouts.insert(at, bout);
        self.open.insert(pair, at);
        at
    }

    /// A bout is over; one in a group stays for that.
    fn close(&mut self, at: usize) {
        let Some(bout) = self.bouts.get(&at) else { return };
        self.habits.close(bout.pair, size(bout.peak));
        self.open.remove(&bout.pair);
        if bout.role.is_none() {
            self.kept -= bout.findings.len();
            self.bouts.remove(&at);
        }
    }

    /// Closes loose bouts that are over, and all where too many go on.
    fn make_room(&mut self) {
        for over in [GAP, -1] {
            let loose =
                self.bouts.iter().filter(|(_, bout)| bout.role.is_none() && self.now - bout.last > over);
            for at in loose.map(|(at, _)| *at).collect::<Vec<_>>() {
                self.close(at);
            }
            if self.bouts.len() - self.grouped < MOST_LOOSE / 2 {
                return;
            }
        }
    }

    /// One finding more in a bout.
    fn count(&mut self, at: usize, number: usize) {
        let (now, habits) = (self.now, &self.habits);
        let Some(bout) = self.bouts.get_mut(&at) else { return };
        bout.last = now;
        let minute = now.div_euclid(MOMENT);
        bout.in_minute = if minute == bout.minute { bout.in_minute.saturating_add(1) } else { 1 };
        bout.minute = minute;
        let dense = habits.density(bout.pair, size(bout.in_minute));
        if size(bout.in_minute) > size(bout.peak) || bout.peak == 0 {
            bout.dense = bout.dense.min(dense);
        }
        bout.peak = bout.peak.max(bout.in_minute);
        let odd = surprise(bout.rate * dense) >= STRONG;
        // What a loose bout showed before this moment stays only where it was odd.
        while bout.role.is_none()
            && bout.findings.front().is_some_and(|(_, time, odd)| !odd && now - time > MOMENT)
        {
            bout.findings.pop_front();
            self.kept -= 1;
        }
        if self.kept < MOST_FINDINGS {
            bout.findings.push_back((number, now, odd));
            self.kept += 1;
        }
        if odd && bout.role == Some(BoutRole::Core) {
            let (group, pair) = (bout.group, bout.pair);
            self.groups.touch(group, pair, now);
        }
    }

    /// Whether a bout is, or by now has become, part of something.
    fn judge(&mut self, at: usize) {
        let Some(bout) = self.bouts.get(&at) else { return };
        let (pair, strength) = (bout.pair, bout.strength());
        match bout.role {
            Some(BoutRole::Core) if strength > bout.told => self.enter(at, bout.group, strength),
            Some(BoutRole::Core) => {}
            Some(BoutRole::Along) if strength >= STRONG => self.enter(at, bout.group, strength),
            Some(BoutRole::Along) => {}
            None if self.grouped >= MOST_IN_GROUPS => {}
            None if strength >= STRONG => {
                if let Some(group) = self.groups.join(pair, strength, self.now, self.habits.hours()) {
                    self.groups.add(group, at);
                    self.grouped += 1;
                    self.enter(at, group, strength);
                    self.take_along(at, group);
                }
            }
            None => {
                if let Some(group) = self.led(bout) {
                    self.go_along(at, group);
                }
            }
        }
    }

    /// The bout is odd by itself, or odder than before.
    fn enter(&mut self, at: usize, group: usize, strength: f64) {
        let Some(bout) = self.bouts.get_mut(&at) else { return };
        if bout.role != Some(BoutRole::Core) {
            (bout.role, bout.group, bout.at) = (Some(BoutRole::Core), group, self.now);
        }
        let odd = Odd { strength, before: bout.told };
        bout.told = strength;
        self.groups.enter(group, bout.pair, odd, self.now, self.habits.hours());
    }

    fn go_along(&mut self, at: usize, group: usize) {
        let Some(bout) = self.bouts.get_mut(&at) else { return };
        (bout.role, bout.group, bout.at) = (Some(BoutRole::Along), group, self.now);
        self.grouped += 1;
        self.groups.add(group, at);
    }

    /// The group with which a lesser bout goes: that of what always comes before it, where it is odd but for that; or of the odd bout on its
    /// host in this moment.
    fn led(&self, bout: &Bout) -> Option<usize> {
        if bout.whole() >= STRONG
            && let Some(leader) = bout.leader.and_then(|at| self.bouts.get(&at))
            && leader.role.is_some()
        {
            return Some(leader.group);
        }
        if bout.recurrence() < WEAK {
            return None;
        }
        let here = self.habits.recent().filter(|one| one.pair.1 == bout.pair.1);
        let mut odd = here.filter_map(|one| self.bouts.get(&one.bout));
        odd.find(|one| one.role == Some(BoutRole::Core)).map(|one| one.group)
    }

    /// Lesser bouts on its host in the moment before go along with a bout that is odd.
    fn take_along(&mut self, at: usize, group: usize) {
        let Some(host) = self.bouts.get(&at).map(|bout| bout.pair.1) else { return };
        let here = self.habits.recent().filter(|one| one.pair.1 == host).map(|one| one.bout);
        let lesser = here.filter(|one| {
            self.bouts.get(one).is_some_and(|bout| bout.role.is_none() && bout.recurrence() >= WEAK)
        });
        for one in lesser.collect::<Vec<_>>() {
            self.go_along(one, group);
        }
    }

    /// Groups of findings that belong together, the strongest first; findings in no group are loose.
    pub fn groups(&self) -> Vec<BoutGroup> {
        let mut scores: BTreeMap<usize, f64> =
            self.groups.roots().map(|(number, group)| (number, self.score(group))).collect();
        let moments = self.moments();
        let mut members: BTreeMap<usize, BTreeMap<usize, BoutRole>> = BTreeMap::new();
        for (number, group) in self.groups.roots() {
            let greater = self.beside(number, &scores, &moments);
            let into = members.entry(greater.unwrap_or(number)).or_default();
            for bout in group.bouts.iter().filter_map(|at| self.bouts.get(at)) {
                let role =
                    if greater.is_some() { BoutRole::Along } else { bout.role.unwrap_or(BoutRole::Along) };
                for finding in bout.members() {
                    let known = into.entry(finding).or_insert(role);
                    *known = role.min(*known);
                }
            }
        }
        let told = members.into_iter().filter(|(_, members)| !members.is_empty());
        let mut all: Vec<BoutGroup> = told
            .map(|(number, members)| BoutGroup {
                score: scores.remove(&number).unwrap_or_default(),
                members: members.into_iter().collect(),
            })
            .collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.members.cmp(&b.members)));
        all
    }

    /// The moments of groups that are more than one moment, by time.
    fn moments(&self) -> Vec<(i64, usize)> {
        let lasting = self.groups.roots().filter(|(_, group)| !group.is_moment());
        let mut all: Vec<_> =
            lasting.flat_map(|(number, group)| group.moments.iter().map(move |at| (*at, number))).collect();
        all.sort_unstable();
        all
    }

    /// The greater group that a group of one moment stands beside, where so little happens that this is hardly chance, and no other group
    /// could as well be meant, by time or by a host on which both were.
    fn beside(
        &self,
        number: usize,
        scores: &BTreeMap<usize, f64>,
        moments: &[(i64, usize)],
    ) -> Option<usize> {
        let (group, own) = (self.groups.whole(number)?, scores.get(&number)?);
        if !group.is_moment() {
            return None;
        }
        let place = moments.partition_point(|(at, _)| *at < group.first);
        let around = moments.iter().take(place + AROUND).skip(place.saturating_sub(AROUND));
        let mut gaps: BTreeMap<usize, i64> = BTreeMap::new();
        for (at, other) in around.filter(|(_, other)| scores.get(other).is_some_and(|score| score > own)) {
            let gap = gaps.entry(*other).or_insert(i64::MAX);
            *gap = (*gap).min((at - group.first).abs());
        }
        let hours = self.habits.hours();
        let mut chances: Vec<(f64, f64, usize)> = Vec::new();
        for (other, gap) in gaps {
            let chance = |place| self.groups.chance(place, group.top, gap, hours, &[number, other]);
            let on_host = self.groups.shared(number, other).map(chance).fold(1.0, f64::min);
            chances.push((chance(Place::Estate), on_host, other));
        }
        chances.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let (best, others) = chances.split_first()?;
        let clear = others.iter().all(|(chance, on_host, _)| chance.min(*on_host) >= best.0 * CLEARLY);
        (best.0 <= BESIDE && clear).then_some(best.2)
    }

    /// Surprise, summed: of what one moment on a host shows, each kind beyond the strongest counts half as much as the one before; and so
    /// does a kind each time that it comes again.
    fn score(&self, group: &Group) -> f64 {
        let mut bouts: Vec<&Bout> = group.bouts.iter().filter_map(|at| self.bouts.get(at)).collect();
        bouts.sort_by_key(|bout| (bout.at, bout.pair));
        let mut begun: HashMap<HostId, i64> = HashMap::new();
        let mut moments: BTreeMap<(i64, HostId), BTreeMap<Kind, f64>> = BTreeMap::new();
        for bout in bouts {
            let start = begun.entry(bout.pair.1).or_insert(bout.at);
            if bout.at - *start > MOMENT {
                *start = bout.at;
            }
            let best = moments.entry((*start, bout.pair.1)).or_default().entry(bout.pair.0).or_default();
            *best = best.max(bout.strength());
        }
        let mut seen: HashMap<Kind, i32> = HashMap::new();
        let mut score = 0.0;
        for kinds in moments.into_values() {
            let mut kinds: Vec<(Kind, f64)> = kinds.into_iter().collect();
            kinds.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            for (place, (kind, nats)) in (0..).zip(kinds) {
                let again = seen.entry(kind).or_default();
                score += nats * 0.5f64.powi(place + *again);
                *again += 1;
            }
        }
        score
    }
}
