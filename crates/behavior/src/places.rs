//! How surprising it is that somebody is where they have never been.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// What sort of thing a value is, beside which values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Clone, Copy, Debug, Default)]
struct Draws {
    all: f32,
    different: f32,
}

/// What one subject did.
#[derive(Clone, Copy, Debug, Default)]
struct Drawn {
    /// On how many days; 0 as long as it was only seen on days that stood out.
    days: u16,
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
/// Bound: four million values of subjects and one million of groups (some 250 MB); beyond, those not seen for longest are forgotten.
#[derive(Debug, Default)]
pub(crate) struct Places {
    drawn: HashMap<(Sort, u64, u64), Drawn, FixedState>,
    subjects: HashMap<(Sort, u64), Draws, FixedState>,
    values: HashMap<(Sort, u32, u64), f32, FixedState>,
    groups: HashMap<(Sort, u32), Draws, FixedState>,
}

const MOST: usize = 4_000_000;
const MOST_VALUES: usize = 1_000_000;
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
    pub fn forget(&mut self, day: i32) {
        for age in [90, 30, 7] {
            if self.drawn.len() <= MOST {
                break;
            }
            self.drawn.retain(|_, drawn| day - drawn.last_day <= age);
        }
        if self.drawn.len() > MOST {
            self.drawn.clear();
        }
        if self.values.len() > MOST_VALUES {
            self.values.retain(|_, count| *count > 1.0);
            if self.values.len() > MOST_VALUES {
                self.values.clear();
                self.groups.clear();
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
