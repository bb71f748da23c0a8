//! Judgement kept to its bound, and merged.

use super::*;
use crate::kept::keep_most;

impl Judge {
    /// Forgets subjects, where there are too many.
    pub(super) fn forget(&mut self) {
        /// A subject known for so many days is as good as any.
        const LONG: i64 = 30;
        keep_most(&mut self.owns, self.most.0, |_, own| {
            i64::from(own.last_day) + (own.days as i64).min(LONG)
        });
    }

    /// A day was only a part: takes back what it counts in, for [`Judge::readmit`].
    pub fn withdraw(&mut self, subject: Subject, day: &Day) {
        let class = Class { kind: subject.kind(), age: day.age, group: day.group };
        let (kind, age) = (class.kind, class.age);
        for (one, class) in day.measures.iter().flat_map(|one| [(one, class), (one, class.whole())]) {
            if let Some(known) = self.measures.get_mut(&(class, one.measure)) {
                known.change(one.nats, 0.0);
            }
        }
        for (days, nats) in [(&mut self.days, day.nats), (&mut self.with_past, day.with_past)] {
            if let Some(known) = days.get_mut(&(kind, age)) {
                known.change(nats, 0.0);
            }
        }
        for class in [class, class.whole()] {
            if let Some(count) = self.today.get_mut(&class) {
                *count = (*count - 1.0).max(0.0);
            }
        }
    }

    /// Judges the whole of a day of which parts were withdrawn, so that it is told with what comes next, where it stands out.
    pub fn readmit(&mut self, subject: Subject, day: &mut Day) {
        let class = Class { kind: subject.kind(), age: day.age, group: day.group };
        for class in [class, class.whole()] {
            *self.today.entry(class).or_default() += 1.0;
        }
        for at in 0..day.measures.len() {
            self.measure(subject, day, at);
        }
        self.whole(subject, day);
        // Nobody was told yet: what comes next of it counts as more.
        for one in &mut day.measures {
            (one.next, one.calibrated) = (0.0, one.calibrated.next_down().max(0.0));
        }
    }

    /// Adds what another state learnt, at the same moment; `common` is the share of subjects of each sort that both know.
    pub fn merge(&mut self, other: Judge, common: [f32; KINDS]) {
        for (subject, own) in other.owns {
            match self.owns.get_mut(&subject) {
                Some(known) => known.merge(own),
                None => {
                    self.owns.insert(subject, own);
                }
            }
        }
        for (key, past) in other.groups {
            match self.groups.get_mut(&key) {
                Some(known) => known.merge(past, KEEP),
                None => {
                    self.groups.insert(key, past);
                }
            }
        }
        add_up(&mut self.group_days, other.group_days);
        add_up(&mut self.past_days, other.past_days);
        add_up(&mut self.today, other.today);
        merge_each(&mut self.measures, other.measures);
        merge_each(&mut self.days, other.days);
        merge_each(&mut self.with_past, other.with_past);
        // The same people on other days are no more people.
        for ((own, other), common) in self.active.iter_mut().zip(other.active).zip(common) {
            *own = *own + other - common * own.min(other);
        }
        self.forget();
    }
}

impl Own {
    fn merge(&mut self, other: Own) {
        let latest = self.last_day.max(other.last_day);
        let days = |own: &Own| own.days * KEEP.powi((latest - own.last_day).clamp(0, 1000));
        let carry = |own: &Own| own.carry * 0.5f32.powi((latest - own.last_day).clamp(0, 100));
        (self.days, self.carry) = (days(self) + days(&other), carry(self) + carry(&other));
        self.last_day = latest;
        for (measure, past) in other.measures {
            if let Some(own) = self.past_mut(measure) {
                own.merge(past, KEEP);
            }
        }
    }
}

fn add_up<K: std::hash::Hash + Eq>(
    counts: &mut HashMap<K, f32, FixedState>,
    others: HashMap<K, f32, FixedState>,
) {
    for (key, count) in others {
        *counts.entry(key).or_default() += count;
    }
}

fn merge_each<K: std::hash::Hash + Eq>(
    known: &mut HashMap<K, Calibration, FixedState>,
    others: HashMap<K, Calibration, FixedState>,
) {
    for (key, other) in others {
        known.entry(key).or_default().merge(&other);
    }
}

#[cfg(test)]
mod tests {
    use estate::HostId;

    use super::*;

    #[test]
    fn addresses_without_end_are_forgotten_and_who_is_there_every_day_stays() {
        let mut judge = Judge { most: Most(100), ..Judge::default() };
        let subject = |number: u32| Subject::Outside(HostId(number));
        for today in 0..30 {
            let newcomers = (0..80).map(|number| 1000 * (1 + today as u32) + number);
            for number in newcomers.chain(0..20) {
                let age = judge.begin(subject(number), 0);
                judge.learn(subject(number), &Day { age, ..Day::default() }, today);
            }
            judge.end_day();
            assert!(judge.owns.len() <= 100);
        }
        assert!((0..20).all(|number| judge.own(subject(number)).is_some_and(|own| own.days > 20.0)));
    }
}
