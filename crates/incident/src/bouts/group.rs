//! Which odd bouts belong together: a link is a test against chance.
//!
//! In: bouts out of habit, each with its strength, as they come. Out: groups of them. A moment is what is odd in one place within a minute.

use std::collections::{BTreeMap, HashMap};

use estate::{HostId, snapshot};
use serde::{Deserialize, Serialize};

use super::habit::{HALF, Kind, Pair};
use super::{ALPHA, HOUR, MOMENT};

/// Groups that are kept; afterwards what links to none is only counted.
const MOST_GROUPS: usize = 65_536;

/// Where moments are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Place {
    /// On a host.
    Host(HostId),
    /// Of a kind, wherever.
    Kind(Kind),
    /// Anywhere.
    Estate,
}

/// How odd a bout is by now, and what was known of that before; in nats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Odd {
    pub strength: f64,
    pub before: f64,
}

/// What is odd in one place within a minute: its strongest bout counts, and half of the others.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Moment {
    group: usize,
    at: i64,
    top: f64,
    sum: f64,
}

impl Moment {
    fn strength(&self) -> f64 {
        self.top + 0.5 * (self.sum - self.top).max(0.0)
    }
}

/// How many moments were how strong, by quarters of a nat.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Tail(BTreeMap<u32, u32>);

fn quarter(nats: f64) -> u32 {
    (nats * 4.0) as u32
}

impl Tail {
    fn at_least(&self, nats: f64) -> u32 {
        self.0.range(quarter(nats)..).map(|(_, count)| *count).sum()
    }

    fn add(&mut self, nats: f64) {
        *self.0.entry(quarter(nats)).or_default() += 1;
    }

    fn remove(&mut self, nats: f64) {
        self.0.entry(quarter(nats)).and_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Bouts that belong together.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Group {
    into: Option<usize>,
    pub bouts: Vec<usize>,
    pub first: i64,
    pub last: i64,
    /// When its moments began, anywhere.
    pub moments: Vec<i64>,
    /// The strongest of them.
    pub top: f64,
    #[serde(with = "snapshot::map")]
    own: HashMap<Place, Tail>,
}

impl Group {
    /// All of it came at once.
    pub fn is_moment(&self) -> bool {
        self.last - self.first <= MOMENT
    }
}

/// A group to which something may link: the chance that it is none, microseconds since it was there, and which.
type Link = (f64, i64, usize);

/// All groups.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Groups {
    all: Vec<Group>,
    #[serde(with = "snapshot::map")]
    tails: HashMap<Place, Tail>,
    #[serde(with = "snapshot::map")]
    latest: HashMap<Place, Moment>,
    #[serde(with = "snapshot::map")]
    seen: HashMap<Place, Vec<(usize, i64)>>,
}

impl Groups {
    /// The group that this one has become part of.
    pub fn root(&self, group: usize) -> usize {
        let mut at = group;
        while let Some(into) = self.all.get(at).and_then(|group| group.into) {
            at = into;
        }
        at
    }

    /// Whether every group leads to one that is no part of another.
    pub fn is_sound(&self) -> bool {
        let mut leads: Vec<bool> = self.all.iter().map(|group| group.into.is_none()).collect();
        for start in 0..self.all.len() {
            let (mut way, mut at) = (Vec::new(), start);
            while leads.get(at) == Some(&false) && way.len() <= self.all.len() {
                way.push(at);
                at = self.all.get(at).and_then(|group| group.into).unwrap_or(usize::MAX);
            }
            if leads.get(at) != Some(&true) {
                return false;
            }
            for passed in way {
                leads.get_mut(passed).into_iter().for_each(|leads| *leads = true);
            }
        }
        true
    }

    /// Groups that are no part of another, by number.
    pub fn roots(&self) -> impl Iterator<Item = (usize, &Group)> {
        self.all.iter().enumerate().filter(|(_, group)| group.into.is_none())
    }

    /// A group that is no part of another.
    pub fn whole(&self, group: usize) -> Option<&Group> {
        self.all.get(group).filter(|group| group.into.is_none())
    }

    /// The group of a bout that has become odd: one that it links to, or a new one. `None` where there is no room for another.
    pub fn join(&mut self, pair: Pair, strength: f64, now: i64, hours: f64) -> Option<usize> {
        let here = self.linked(Place::Host(pair.1), strength, now, hours, None);
        let mut swept = self.linked(Place::Kind(pair.0), strength, now, hours, None);
        swept.retain(|(_, gap, _)| *gap <= MOMENT);
        let known = here.first().or(swept.first()).map(|(_, _, group)| *group);
        let group = match known {
            Some(group) => group,
            None if self.all.len() >= MOST_GROUPS => return None,
            None => {
                self.all.push(Group { first: now, last: now, ..Group::default() });
                self.all.len() - 1
            }
        };
        for (_, _, other) in here {
            self.merge(group, other);
        }
        // A sweep over several hosts is one thing; what each of two groups did before it is not.
        for (_, _, other) in swept {
            if self.is_fresh(group, now) || self.is_fresh(other, now) {
                self.merge(group, other);
            }
        }
        Some(self.root(group))
    }

    fn is_fresh(&self, group: usize, now: i64) -> bool {
        self.all.get(self.root(group)).is_some_and(|group| now - group.first <= MOMENT)
    }

    /// Groups lately in a place, other than its own, to which chance would hardly bring something so strong since; the likeliest first.
    fn linked(&mut self, place: Place, strength: f64, at: i64, hours: f64, own: Option<usize>) -> Vec<Link> {
        let never = (-(-ALPHA).ln_1p() * hours / HALF * HOUR as f64) as i64;
        let Some(mut seen) = self.seen.remove(&place) else { return Vec::new() };
        seen.retain(|(_, last)| at - last <= never);
        for (group, _) in &mut seen {
            *group = self.root(*group);
        }
        seen.sort_unstable_by_key(|(group, last)| (*group, -last));
        seen.dedup_by_key(|(group, _)| *group);
        let before = seen.iter().filter(|(group, last)| own != Some(*group) && *last <= at);
        let mut linked: Vec<Link> = before
            .map(|(group, last)| {
                let without: Vec<usize> = own.into_iter().chain([*group]).collect();
                (self.chance(place, strength, at - last, hours, &without), at - last, *group)
            })
            .filter(|(chance, ..)| *chance <= ALPHA)
            .collect();
        linked.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        self.seen.insert(place, seen);
        linked
    }

    /// The chance of a moment at least as strong in a place within a time (microseconds), of `hours` altogether; what the groups in question
    /// did is not chance.
    pub fn chance(&self, place: Place, strength: f64, gap: i64, hours: f64, without: &[usize]) -> f64 {
        let all = self.tails.get(&place).map_or(0, |tail| tail.at_least(strength));
        let own = without.iter().filter_map(|group| self.all.get(*group)?.own.get(&place));
        let own: u32 = own.map(|tail| tail.at_least(strength)).sum();
        let others = f64::from(all.saturating_sub(own));
        -(-(others + HALF) / hours * gap.max(0) as f64 / HOUR as f64).exp_m1()
    }

    /// Hosts on which two groups both were.
    pub fn shared(&self, a: usize, b: usize) -> impl Iterator<Item = Place> {
        let (a, b) = (self.all.get(a), self.all.get(b));
        let shared = a.into_iter().flat_map(|group| group.own.keys().copied());
        let shared = shared.filter(move |place| b.is_some_and(|group| group.own.contains_key(place)));
        shared.filter(|place| matches!(place, Place::Host(_)))
    }

    /// A bout of the group is odd by itself, or has grown odder: one moment more, or a stronger one, that chance must explain elsewhere.
    pub fn enter(&mut self, group: usize, pair: Pair, odd: Odd, now: i64, hours: f64) {
        let group = self.root(group);
        for place in [Place::Host(pair.1), Place::Kind(pair.0), Place::Estate] {
            self.count(place, group, odd, now);
        }
        // What a moment on a host shows together may be too odd for chance where its first bout was not.
        let place = Place::Host(pair.1);
        if let Some(moment) = self.latest.get(&place).copied() {
            for (_, _, other) in self.linked(place, moment.strength(), moment.at, hours, Some(group)) {
                self.merge(other, group);
            }
        }
        self.touch(group, pair, now);
    }

    fn count(&mut self, place: Place, group: usize, odd: Odd, now: i64) {
        let known = self.latest.get(&place).copied();
        let known = known.filter(|known| self.root(known.group) == group && now - known.at <= MOMENT);
        let Some(of_group) = self.all.get_mut(group) else { return };
        let (tail, own) = (self.tails.entry(place).or_default(), of_group.own.entry(place).or_default());
        let mut moment = known.unwrap_or(Moment { group, at: now, top: 0.0, sum: 0.0 });
        if known.is_some() {
            tail.remove(moment.strength());
            own.remove(moment.strength());
            moment.sum += odd.strength - odd.before;
        } else {
            moment.sum = odd.strength;
        }
        moment.top = moment.top.max(odd.strength);
        tail.add(moment.strength());
        own.add(moment.strength());
        if place == Place::Estate {
            of_group.top = of_group.top.max(moment.strength());
            if known.is_none() {
                of_group.moments.push(now);
            }
        }
        self.latest.insert(place, moment);
    }

    /// An odd bout of the group goes on.
    pub fn touch(&mut self, group: usize, pair: Pair, now: i64) {
        let group = self.root(group);
        self.all.get_mut(group).into_iter().for_each(|group| group.last = now);
        for place in [Place::Host(pair.1), Place::Kind(pair.0)] {
            let seen = self.seen.entry(place).or_default();
            match seen.iter_mut().find(|(known, _)| *known == group) {
                Some((_, last)) => *last = now,
                None => seen.push((group, now)),
            }
        }
    }

    /// A bout is part of the group, odd or along.
    pub fn add(&mut self, group: usize, bout: usize) {
        let group = self.root(group);
        self.all.get_mut(group).into_iter().for_each(|group| group.bouts.push(bout));
    }

    /// Two become one, the smaller a part of the larger.
    fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let bouts = |group: usize| self.all.get(group).map_or(0, |group| group.bouts.len());
        let (a, b) = if bouts(b) > bouts(a) { (b, a) } else { (a, b) };
        if a == b {
            return;
        }
        let Some(from) = self.all.get_mut(b) else { return };
        let mut from = std::mem::replace(from, Group { into: Some(a), ..Group::default() });
        let Some(to) = self.all.get_mut(a) else { return };
        to.bouts.append(&mut from.bouts);
        to.moments.append(&mut from.moments);
        (to.first, to.last) = (to.first.min(from.first), to.last.max(from.last));
        to.top = to.top.max(from.top);
        for (place, tail) in from.own {
            let own = to.own.entry(place).or_default();
            tail.0.into_iter().for_each(|(nats, count)| *own.0.entry(nats).or_default() += count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_are_parts_of_each_other_or_of_none_that_is_there_are_no_state() {
        let groups = |into: &[Option<usize>]| Groups {
            all: into.iter().map(|into| Group { into: *into, ..Group::default() }).collect(),
            ..Groups::default()
        };
        assert!(groups(&[None, Some(3), Some(1), Some(0)]).is_sound());
        assert!(!groups(&[Some(1), Some(2), Some(0)]).is_sound());
        assert!(!groups(&[None, Some(1)]).is_sound());
        assert!(!groups(&[None, Some(2)]).is_sound());
    }
}
