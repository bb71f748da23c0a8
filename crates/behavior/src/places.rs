//! How surprising it is that somebody is where they have never been.

use std::hash::BuildHasher;

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use serde::{Deserialize, Serialize};

use crate::kept::{self, Most, keep_most, least_kept};

/// What sort of thing a value is, beside which values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Sort {
    /// A host that is gone to.
    Host,
    /// A host or network that is come from.
    Source,
    /// The way and kind of a logon.
    Way,
    /// Another account that is used.
    Account,
    /// A folder, share, table, mailbox.
    Store,
    /// A program.
    Program,
}

/// Values of one sort: how many were drawn, and how many different ones.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Draws {
    all: f32,
    different: f32,
}

/// What one subject did.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Drawn {
    /// On how many days; 0 as long as it was only seen on days that stood out.
    days: u16,
    #[serde(deserialize_with = "kept::day")]
    last_day: i32,
    /// On how many days that stood out.
    odd_days: u16,
}

/// Values drawn by subjects, by the groups they are in, and by all.
///
/// Each sort is a hierarchical Pitman-Yor process (Teh, "A Hierarchical Bayesian Language Model based on Pitman-Yor Processes", 2006; for computer
/// networks: Heard and Rubin-Delanchy, "Network-wide Anomaly Detection via the Dirichlet Process", 2016): a subject draws a new value with
/// probability (θ + d·k) / (n + θ), having drawn n times k different ones, and which one it is then follows its group's values, which follow all
/// values. Of a group and of all, one subject's value counts once.
///
/// Bound: four million values of subjects, one million of groups, and for one million subjects of a sort how many they drew; three quarters more of each
/// within a day (some 380 MB). Beyond, values not seen for longest are forgotten, each day on which one was seen, up to thirty, counting as a day later; of
/// groups the rarest, and of subjects those that drew least.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Places {
    #[serde(with = "snapshot::map")]
    drawn: HashMap<(Sort, u64, u64), Drawn, FixedState>,
    #[serde(with = "snapshot::map")]
    subjects: HashMap<(Sort, u64), Draws, FixedState>,
    #[serde(with = "snapshot::map")]
    values: HashMap<(Sort, u32, u64), f32, FixedState>,
    #[serde(with = "snapshot::map")]
    groups: HashMap<(Sort, u32), Draws, FixedState>,
    #[serde(skip)]
    most: Bounds,
}

/// Of values of subjects, of values of groups, of subjects.
#[derive(Clone, Copy, Debug, Default)]
struct Bounds {
    drawn: Most<4_000_000>,
    values: Most<1_000_000>,
    subjects: Most<1_000_000>,
}

/// How readily something new is drawn at all.
const STRENGTH: f64 = 1.0;
/// How much the more readily the more different ones were drawn.
const DISCOUNT: f64 = 0.5;
/// All subjects, as a group.
const ALL: u32 = u32::MAX;
/// A value seen only on days that stood out is usual after so many of them.
const USUAL_AFTER: u16 = 3;

/// What [`Places::draw`] found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Draw {
    /// The subject has drawn it today.
    Again,
    /// On a day before.
    Known,
    /// Never: with -ln of the probability that it would now.
    New(f64),
}

impl Places {
    /// Takes a draw, and says how surprising it was.
    pub fn draw(&mut self, sort: Sort, subject: u64, group: u32, value: u64, day: i32) -> Draw {
        let key = (sort, subject, value);
        if let Some(drawn) = self.drawn.get_mut(&key)
            && drawn.days > 0
        {
            if drawn.last_day == day {
                return Draw::Again;
            }
            drawn.last_day = day;
            drawn.days = drawn.days.saturating_add(1);
            let draws = self.subjects.entry((sort, subject)).or_default();
            draws.all += 1.0;
            return Draw::Known;
        }
        if self.is_full() {
            self.forget();
        }
        let own = self.subjects.get(&(sort, subject)).copied().unwrap_or_default();
        let nats = -(chance_of_new(own) * self.share(sort, group, value)).ln();
        let drawn = self.drawn.entry(key).or_default();
        (drawn.days, drawn.last_day) = (1, day);
        let own = self.subjects.entry((sort, subject)).or_default();
        (own.all, own.different) = (own.all + 1.0, own.different + 1.0);
        for group in [group, ALL] {
            let count = self.values.entry((sort, group, value)).or_default();
            let draws = self.groups.entry((sort, group)).or_default();
            draws.different += if *count == 0.0 { 1.0 } else { 0.0 };
            *count += 1.0;
            draws.all += 1.0;
        }
        Draw::New(nats)
    }

    /// -ln of the probability that what a subject does next is with that value.
    pub fn nats(&self, sort: Sort, subject: u64, group: u32, value: u64) -> f64 {
        let own = self.subjects.get(&(sort, subject)).copied().unwrap_or_default();
        let days = self.drawn.get(&(sort, subject, value)).map_or(0, |drawn| drawn.days);
        let again = (f64::from(days) - DISCOUNT).max(0.0) / (f64::from(own.all) + STRENGTH);
        -(again + chance_of_new(own) * self.share(sort, group, value)).ln()
    }

    /// Takes back what was learnt of a value that was new on a day that stood out: it stays new, until it has been seen on some such days.
    pub fn unlearn(&mut self, sort: Sort, subject: u64, group: u32, value: u64) {
        let Some(drawn) = self.drawn.get_mut(&(sort, subject, value)).filter(|drawn| drawn.days == 1) else {
            return;
        };
        drawn.odd_days = drawn.odd_days.saturating_add(1);
        if drawn.odd_days >= USUAL_AFTER {
            return;
        }
        drawn.days = 0;
        if let Some(own) = self.subjects.get_mut(&(sort, subject)) {
            (own.all, own.different) = ((own.all - 1.0).max(0.0), (own.different - 1.0).max(0.0));
        }
        for group in [group, ALL] {
            let count = self.values.entry((sort, group, value)).or_default();
            *count = (*count - 1.0).max(0.0);
            let draws = self.groups.entry((sort, group)).or_default();
            draws.all = (draws.all - 1.0).max(0.0);
            draws.different = (draws.different - if *count == 0.0 { 1.0 } else { 0.0 }).max(0.0);
        }
    }

    /// The end of a day: keeps to the bounds.
    pub fn forget(&mut self) {
        /// A value seen on so many days is as good as any.
        const OFTEN: u16 = 30;
        let Bounds { drawn, values, subjects } = self.most;
        keep_most(&mut self.drawn, drawn.0, |_, drawn| {
            i64::from(drawn.last_day) + i64::from(drawn.days.min(OFTEN))
        });
        keep_most(&mut self.subjects, subjects.0, |_, draws| draws.all.to_bits());
        let rank =
            |key: &(Sort, u32, u64), count: &f32| (count.to_bits(), FixedState::default().hash_one(key));
        let least = least_kept(self.values.iter().map(|(key, count)| rank(key, count)), values.0);
        let Some(least) = least else { return };
        let groups = &mut self.groups;
        self.values.retain(|key, count| {
            let stays = rank(key, count) >= least;
            if let Some(draws) = groups.get_mut(&(key.0, key.1)).filter(|_| !stays && *count > 0.0) {
                draws.all = (draws.all - *count).max(0.0);
                draws.different = (draws.different - 1.0).max(0.0);
            }
            stays
        });
    }

    fn is_full(&self) -> bool {
        let within_a_day = |most: usize| most + most / 4 * 3;
        self.drawn.len() >= within_a_day(self.most.drawn.0)
            || self.values.len() >= within_a_day(self.most.values.0)
            || self.subjects.len() >= within_a_day(self.most.subjects.0)
    }

    /// Adds what another state learnt; a value that a subject drew in both is one. `group` gives a subject's.
    pub fn merge(&mut self, other: Places, group: impl Fn(u64) -> Option<u32>) {
        for (key, draws) in other.subjects {
            self.subjects.entry(key).or_default().add(draws.all, draws.different);
        }
        for (key, draws) in other.groups {
            self.groups.entry(key).or_default().add(draws.all, draws.different);
        }
        for ((sort, group, value), other) in other.values {
            let count = self.values.entry((sort, group, value)).or_default();
            let twice = *count > 0.0 && other > 0.0;
            *count += other;
            if let Some(draws) = self.groups.get_mut(&(sort, group)).filter(|_| twice) {
                draws.add(0.0, -1.0);
            }
        }
        for ((sort, subject, value), other) in other.drawn {
            match self.drawn.entry((sort, subject, value)) {
                Entry::Vacant(place) => {
                    place.insert(other);
                }
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    let twice = known.days > 0 && other.days > 0;
                    let on_one_day = twice && known.last_day == other.last_day;
                    known.merge(other);
                    if twice {
                        self.draw_less(sort, subject, group(subject), value, on_one_day);
                    }
                }
            }
        }
        self.forget();
    }

    /// A subject's value was drawn in two states, and was counted as two.
    fn draw_less(&mut self, sort: Sort, subject: u64, group: Option<u32>, value: u64, on_one_day: bool) {
        if let Some(own) = self.subjects.get_mut(&(sort, subject)) {
            own.add(if on_one_day { -1.0 } else { 0.0 }, -1.0);
        }
        for group in group.into_iter().chain([ALL]) {
            if let Some(count) = self.values.get_mut(&(sort, group, value)) {
                *count = (*count - 1.0).max(0.0);
            }
            if let Some(draws) = self.groups.get_mut(&(sort, group)) {
                draws.add(-1.0, 0.0);
            }
        }
    }

    /// The probability that a new value of a member of the group is this one.
    fn share(&self, sort: Sort, group: u32, value: u64) -> f64 {
        let all = self.groups.get(&(sort, ALL)).copied().unwrap_or_default();
        let anything = 1.0 / (f64::from(all.different) + 1.0);
        let among_all = self.drawn_by(sort, ALL, value, all, anything);
        let group_draws = self.groups.get(&(sort, group)).copied().unwrap_or_default();
        self.drawn_by(sort, group, value, group_draws, among_all).clamp(1e-12, 1.0)
    }

    fn drawn_by(&self, sort: Sort, group: u32, value: u64, draws: Draws, base: f64) -> f64 {
        let count = f64::from(self.values.get(&(sort, group, value)).copied().unwrap_or_default());
        let known = (count - DISCOUNT).max(0.0) / (f64::from(draws.all) + STRENGTH);
        known + chance_of_new(draws) * base
    }
}

impl Draws {
    fn add(&mut self, all: f32, different: f32) {
        (self.all, self.different) = ((self.all + all).max(0.0), (self.different + different).max(0.0));
    }
}

impl Drawn {
    /// Adds the days of another state. What was only seen on days that stood out waits for one more of these.
    fn merge(&mut self, other: Drawn) {
        let on_one_day = self.days > 0 && other.days > 0 && self.last_day == other.last_day;
        self.days = self.days.saturating_add(other.days) - u16::from(on_one_day);
        self.last_day = self.last_day.max(other.last_day);
        let odd_days = self.odd_days.saturating_add(other.odd_days);
        self.odd_days = if self.days == 0 { odd_days.min(USUAL_AFTER - 1) } else { odd_days };
    }
}

fn chance_of_new(draws: Draws) -> f64 {
    (STRENGTH + DISCOUNT * f64::from(draws.different)) / (f64::from(draws.all) + STRENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nats(draw: Draw) -> f64 {
        match draw {
            Draw::New(nats) => nats,
            other => panic!("{other:?}"),
        }
    }

    /// Ten subjects of one group that go to the same host for twenty days, and one of them daily to another.
    fn habits() -> Places {
        let mut places = Places::default();
        for day in 0..20 {
            for subject in 0..10 {
                places.draw(Sort::Host, subject, 1, 100, day);
            }
            places.draw(Sort::Host, 0, 1, 200, day);
        }
        places
    }

    #[test]
    fn a_host_that_no_peer_uses_is_more_surprising_than_one_that_all_use() {
        let mut places = habits();
        for day in 0..20 {
            places.draw(Sort::Host, 50, 1, 300, day);
        }
        let popular = nats(places.draw(Sort::Host, 50, 1, 100, 20));
        let nobody_s = nats(places.draw(Sort::Host, 5, 1, 999, 20));
        assert!(nobody_s > popular + 1.5, "{nobody_s} {popular}");
    }

    #[test]
    fn who_goes_to_new_hosts_daily_surprises_less() {
        let mut places = habits();
        for day in 0..20 {
            places.draw(Sort::Host, 60, 2, 1000 + day as u64, day);
        }
        let wanderer = nats(places.draw(Sort::Host, 60, 2, 2000, 20));
        let homebody = nats(places.draw(Sort::Host, 5, 2, 2001, 20));
        assert!(homebody > wanderer + 1.0, "{homebody} {wanderer}");
    }

    #[test]
    fn the_same_on_a_later_day_is_known_and_on_the_same_day_nothing() {
        let mut places = habits();
        assert_eq!(places.draw(Sort::Host, 3, 1, 100, 20), Draw::Known);
        assert_eq!(places.draw(Sort::Host, 3, 1, 100, 20), Draw::Again);
    }

    /// A hundred subjects with values of their own, day after day, that are never drawn again; one of them draws the same each day, too.
    fn without_end(places: &mut Places, days: std::ops::Range<i32>) {
        for day in days {
            places.draw(Sort::Store, 0, 1, 7, day);
            for number in 0..1000u64 {
                places.draw(Sort::Store, number % 100, 1, 1000 * (1 + day as u64) + number, day);
            }
            places.forget();
        }
    }

    #[test]
    fn values_without_end_are_forgotten_and_the_usual_ones_stay() {
        let most = Bounds { drawn: Most(3000), values: Most(2000), subjects: Most(50) };
        let mut places = Places { most, ..Places::default() };
        without_end(&mut places, 0..40);
        assert!(places.drawn.len() <= 3000 && places.values.len() <= 2000 && places.subjects.len() <= 50);
        assert_eq!(places.draw(Sort::Store, 0, 1, 7, 40), Draw::Known);
        let all = places.groups.get(&(Sort::Store, ALL)).copied().unwrap_or_default();
        let different = places.values.keys().filter(|(_, group, _)| *group == ALL).count();
        assert_eq!(all.different, different as f32);
        let mut other = Places { most, ..Places::default() };
        without_end(&mut other, 0..40);
        let mut both = Places { most, ..Places::default() };
        both.merge(other, |_| Some(1));
        without_end(&mut both, 40..41);
        both.merge(habits(), |_| Some(1));
        assert!(both.drawn.len() <= 3000 && both.values.len() <= 2000 && both.subjects.len() <= 50);
        // One day alone holds no more than its share, too.
        for value in 0..100_000 {
            places.draw(Sort::Program, value % 9, 1, value, 41);
        }
        assert!(places.drawn.len() <= 3000 * 7 / 4 && places.values.len() <= 2000 * 7 / 4 + 2);
        assert_eq!(places.draw(Sort::Store, 0, 1, 7, 41), Draw::Known);
    }

    #[test]
    fn shards_of_subjects_and_of_days_make_the_whole_to_the_last_bit() {
        // Each with values of its own, of its group and of all, again and again.
        let drawn = |is_in: &dyn Fn(u64, i32) -> bool| {
            let mut places = Places::default();
            for (day, subject) in (0..20).flat_map(|day| (0..10u64).map(move |subject| (day, subject))) {
                let values = [subject, 50 + subject % 2, 99, 1000 + (subject * 7 + day as u64 * 3) % 40];
                for value in values.into_iter().filter(|_| is_in(subject, day)) {
                    places.draw(Sort::Host, subject, (subject % 2) as u32, value, day);
                    places.draw(Sort::Store, subject, (subject % 2) as u32, value % 60, day);
                }
            }
            places
        };
        let whole = kept::bytes_of(&drawn(&|_, _| true));
        let by_subject = |subject: u64, _: i32| subject.is_multiple_of(3);
        let by_day = |_: u64, day: i32| !(8..16).contains(&day);
        let by_both = |subject: u64, day: i32| (subject + day as u64).is_multiple_of(2);
        for one in [&by_subject as &dyn Fn(u64, i32) -> bool, &by_day, &by_both] {
            let mut places = drawn(one);
            places.merge(drawn(&|subject, day| !one(subject, day)), |subject| Some((subject % 2) as u32));
            assert!(kept::bytes_of(&places) == whole);
        }
    }

    #[test]
    fn an_unlearnt_value_that_another_state_unlearnt_too_becomes_usual_on_the_next_such_day() {
        let mut shards = [Places::default(), Places::default()];
        for (day, places) in (0..).zip(&mut shards) {
            for _ in 0..2 {
                places.draw(Sort::Host, 3, 1, 500, day);
                places.unlearn(Sort::Host, 3, 1, 500);
            }
        }
        let [mut places, other] = shards;
        places.merge(other, |_| Some(1));
        assert!(matches!(places.draw(Sort::Host, 3, 1, 500, 2), Draw::New(_)));
        places.unlearn(Sort::Host, 3, 1, 500);
        assert_eq!(places.draw(Sort::Host, 3, 1, 500, 3), Draw::Known);
    }

    #[test]
    fn what_was_unlearnt_is_new_again_until_it_has_become_usual() {
        let mut places = habits();
        for day in 20..22 {
            assert!(nats(places.draw(Sort::Host, 3, 1, 500, day)) > 3.0);
            places.unlearn(Sort::Host, 3, 1, 500);
        }
        assert!(nats(places.draw(Sort::Host, 3, 1, 500, 22)) > 3.0);
        places.unlearn(Sort::Host, 3, 1, 500);
        assert_eq!(places.draw(Sort::Host, 3, 1, 500, 23), Draw::Known);
    }
}
