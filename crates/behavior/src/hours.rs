//! How unusual an hour is.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use estate::snapshot;

use crate::kept::keep_most;

/// Hours of a day, on working days and at the end of the week.
const HOURS: usize = 48;
/// As many days' worth a group's habits are for its member, and everybody's for a group.
const BELIEF: f64 = 4.0;

/// When an hour was counted so often, all are halved.
const MOST_COUNTED: u8 = 100;

/// In which hours of the week somebody was active, counted once an hour and day.
#[derive(Clone, Debug)]
struct Active([u8; HOURS]);

impl Default for Active {
    fn default() -> Active {
        Active([0; HOURS])
    }
}

impl Active {
    fn add(&mut self, hour: usize) {
        let Some(count) = self.0.get_mut(hour) else { return };
        *count = count.saturating_add(1);
        // Old habits weigh less than new ones.
        if *count >= MOST_COUNTED {
            self.0.iter_mut().for_each(|count| *count /= 2);
        }
    }

    fn merge(&mut self, other: &Active) {
        let mut sums = [0u16; HOURS];
        for (sum, (own, other)) in sums.iter_mut().zip(self.0.iter().zip(&other.0)) {
            *sum = u16::from(*own) + u16::from(*other);
        }
        while sums.iter().any(|sum| *sum >= u16::from(MOST_COUNTED)) {
            sums.iter_mut().for_each(|sum| *sum /= 2);
        }
        self.0.iter_mut().zip(sums).for_each(|(count, sum)| *count = sum as u8);
    }

    /// Densities: counts spread a little to both sides, with a belief.
    fn density(&self, belief: &[f64; HOURS]) -> [f64; HOURS] {
        let at = |base: usize, hour: usize| f64::from(self.0.get(base + hour % 24).copied().unwrap_or(0));
        let mut density = [0.0; HOURS];
        for (place, (to, belief)) in density.iter_mut().zip(belief).enumerate() {
            let (base, hour) = (place / 24 * 24, place % 24);
            let near = 0.5 * at(base, hour) + 0.25 * (at(base, hour + 23) + at(base, hour + 1));
            *to = near + BELIEF * belief;
        }
        let sum: f64 = density.iter().sum();
        density.iter_mut().for_each(|one| *one /= sum.max(1e-9));
        density
    }
}

impl Serialize for Active {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_slice().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Active {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Active, D::Error> {
        let counts = Vec::deserialize(deserializer)?;
        counts.try_into().map(Active).map_err(|_| D::Error::custom("a week has other hours"))
    }
}

/// Hours of subjects, of groups and of all. Bound: 600,000 subjects (some 60 MB); those beyond are judged by their group.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Hours {
    #[serde(with = "snapshot::map")]
    subjects: HashMap<u64, Active, FixedState>,
    #[serde(with = "snapshot::map")]
    groups: HashMap<u32, Active, FixedState>,
    all: Active,
}

const MOST: usize = 600_000;

impl Hours {
    /// -ln of the probability of being active in an hour as unusual as this one or more. `hour` is of the day, 0 to 23.
    pub fn nats(&self, subject: u64, group: u32, hour: u32, weekend: bool) -> f64 {
        let flat = [1.0 / HOURS as f64; HOURS];
        let all = self.all.density(&flat);
        let group = self.groups.get(&group).map_or(all, |group| group.density(&all));
        let own = self.subjects.get(&subject).map_or(group, |own| own.density(&group));
        let place = place(hour, weekend);
        let here = own.get(place).copied().unwrap_or(1.0);
        let as_rare: f64 = own.iter().filter(|density| **density <= here).sum();
        -as_rare.clamp(1e-9, 1.0).ln()
    }

    /// Takes note of an hour, once an hour and day.
    pub fn add(&mut self, subject: u64, group: u32, hour: u32, weekend: bool) {
        let place = place(hour, weekend);
        if self.subjects.len() < MOST || self.subjects.contains_key(&subject) {
            self.subjects.entry(subject).or_default().add(place);
        }
        self.groups.entry(group).or_default().add(place);
        self.all.add(place);
    }

    /// Adds what another state counted; of too many subjects those active in most hours stay.
    pub fn merge(&mut self, other: Hours) {
        for (subject, active) in other.subjects {
            self.subjects.entry(subject).or_default().merge(&active);
        }
        for (group, active) in other.groups {
            self.groups.entry(group).or_default().merge(&active);
        }
        self.all.merge(&other.all);
        keep_most(&mut self.subjects, MOST, |_, active| {
            active.0.iter().map(|count| u32::from(*count)).sum::<u32>()
        });
    }
}

fn place(hour: u32, weekend: bool) -> usize {
    hour as usize % 24 + if weekend { 24 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::bytes_of;

    #[test]
    fn shards_make_the_whole_and_no_count_leaves_its_byte() {
        let counted = |days: std::ops::Range<u64>| {
            let mut hours = Hours::default();
            days.for_each(|day| hours.add(day % 5, (day % 2) as u32, (day % 11) as u32, day % 7 > 4));
            hours
        };
        let (mut first, second, whole) = (counted(0..40), counted(40..90), counted(0..90));
        first.merge(second);
        assert!(bytes_of(&first) == bytes_of(&whole));
        (0..20).for_each(|_| first.merge(counted(0..90)));
        let all = first.subjects.values().chain(first.groups.values()).chain([&first.all]);
        assert!(all.flat_map(|active| active.0).all(|count| count < MOST_COUNTED));
    }

    #[test]
    fn night_is_unusual_for_who_works_by_day_and_not_for_who_works_by_night() {
        let mut hours = Hours::default();
        for _ in 0..20 {
            (9..18).for_each(|hour| hours.add(1, 1, hour, false));
            (0..6).for_each(|hour| hours.add(2, 2, hour, false));
        }
        assert!(hours.nats(1, 1, 3, false) > 3.0);
        assert!(hours.nats(1, 1, 11, false) < 2.0);
        assert!(hours.nats(2, 2, 3, false) < 2.0);
        // Of a newcomer only the group is known.
        assert!(hours.nats(9, 1, 3, false) > 2.0);
    }
}
