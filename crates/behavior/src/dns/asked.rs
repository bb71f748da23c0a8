//! Which names and domains were asked for before.

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::NameId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kept::{self, Most, keep_most, least_kept};

/// Names from each domain that teach what names look like: no more, lest one who makes up many teaches that these are usual.
const LESSONS: u8 = 8;

/// Names that were asked for, each with the number of its domain. Bound: 1.8 million asked for lately and as many before that; those not asked for longer are
/// forgotten, and new when they are asked for again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Known {
    #[serde(with = "snapshot::map")]
    late: HashMap<NameId, Option<u32>, FixedState>,
    #[serde(with = "snapshot::map")]
    before: HashMap<NameId, Option<u32>, FixedState>,
    #[serde(skip)]
    most: Most<1_800_000>,
}

impl Known {
    /// The domain of a name that was asked for before.
    pub fn get(&mut self, name: NameId) -> Option<Option<u32>> {
        if let Some(domain) = self.late.get(&name) {
            return Some(*domain);
        }
        let domain = self.before.remove(&name)?;
        self.insert(name, domain);
        Some(domain)
    }

    /// Remembers a name.
    pub fn insert(&mut self, name: NameId, domain: Option<u32>) {
        if self.late.len() >= self.most.0 {
            self.before = std::mem::take(&mut self.late);
        }
        self.late.insert(name, domain);
    }

    /// Domains have other numbers now; names below one that was forgotten are forgotten.
    pub fn renumber(&mut self, renumbered: &Renumbered) {
        for names in [&mut self.late, &mut self.before] {
            names.retain(|_, domain| match domain {
                Some(number) => renumbered.of(*number).map(|now| *number = now).is_some(),
                None => true,
            });
        }
    }

    /// Adds another's names, with the same numbers of domains; of too many the newest names stay.
    pub fn merge(&mut self, other: Known) {
        for (names, others) in [(&mut self.late, other.late), (&mut self.before, other.before)] {
            for (name, domain) in others {
                let own = names.entry(name).or_default();
                *own = domain.max(*own);
            }
            keep_most(names, self.most.0, |name, _| *name);
        }
        for (name, domain) in &mut self.late {
            if let Some(other) = self.before.remove(name) {
                *domain = other.max(*domain);
            }
        }
    }
}

/// A domain that somebody asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Domain {
    key: u64,
    /// How many names it taught.
    lessons: u8,
    /// The last day on which it was asked for.
    #[serde(deserialize_with = "kept::day")]
    day: i32,
}

/// Domains by hashes of their names, numbered. Bound: a million; when there are so many, nothing is said of others until the day is over, when the half that was
/// not asked for longest is forgotten.
#[derive(Debug, Default)]
pub(super) struct Domains {
    all: Vec<Domain>,
    numbers: HashMap<u64, u32, FixedState>,
    /// Today.
    day: i32,
    most: Most<1_000_000>,
}

impl Domains {
    /// The number of a domain, and whether it is new; `None` where there is no room for it.
    pub fn number(&mut self, key: u64) -> Option<(u32, bool)> {
        if let Some(number) = self.numbers.get(&key).copied() {
            self.touch(number);
            return Some((number, false));
        }
        if self.all.len() >= self.most.0 {
            return None;
        }
        let next = self.all.len() as u32;
        self.numbers.insert(key, next);
        self.all.push(Domain { key, lessons: 0, day: self.day });
        Some((next, true))
    }

    /// A domain was asked for.
    pub fn touch(&mut self, number: u32) {
        if let Some(domain) = self.all.get_mut(number as usize) {
            domain.day = self.day;
        }
    }

    /// Whether a name of a domain may still teach what names look like; then it has.
    pub fn teaches(&mut self, number: u32) -> bool {
        let domain = self.all.get_mut(number as usize).filter(|domain| domain.lessons < LESSONS);
        domain.map(|domain| domain.lessons += 1).is_some()
    }

    /// What is asked for from now on is asked for on that day.
    pub fn begin(&mut self, day: i32) {
        self.day = day;
    }

    /// The day is over. Gives the new numbers, where some were forgotten.
    pub fn end_day(&mut self) -> Option<Renumbered> {
        (self.all.len() >= self.most.0).then(|| {
            let before = std::mem::take(&mut self.all);
            self.set(before.clone(), self.most.0 / 2);
            self.renumbered(&before)
        })
    }

    /// Adds another's domains. Where both have some they are numbered anew, by their hashes: the numbers do not tell which of both came first.
    pub fn merge(&mut self, other: Domains) -> Option<(Renumbered, Renumbered)> {
        self.day = self.day.max(other.day);
        if other.all.is_empty() {
            return None;
        }
        if self.all.is_empty() {
            (self.all, self.numbers) = (other.all, other.numbers);
            return None;
        }
        let before = std::mem::take(&mut self.all);
        let mut all = [before.as_slice(), other.all.as_slice()].concat();
        all.sort_unstable_by_key(|domain| domain.key);
        all.dedup_by(|other, one| {
            let same = one.key == other.key;
            if same {
                one.lessons = one.lessons.saturating_add(other.lessons).min(LESSONS);
                one.day = one.day.max(other.day);
            }
            same
        });
        self.set(all, self.most.0);
        Some((self.renumbered(&before), self.renumbered(&other.all)))
    }

    /// Takes so many of these at most, those last asked for.
    fn set(&mut self, mut all: Vec<Domain>, most: usize) {
        let rank = |domain: &Domain| (domain.day, domain.key);
        if let Some(least) = least_kept(all.iter().map(rank), most) {
            all.retain(|domain| rank(domain) >= least);
        }
        self.numbers = (0..).zip(&all).map(|(number, domain)| (domain.key, number)).collect();
        self.all = all;
    }

    fn renumbered(&self, before: &[Domain]) -> Renumbered {
        Renumbered(before.iter().map(|domain| self.numbers.get(&domain.key).copied()).collect())
    }
}

impl Serialize for Domains {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.day, &self.all).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Domains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Domains, D::Error> {
        let (day, all): (i32, Vec<Domain>) = Deserialize::deserialize(deserializer)?;
        let mut domains = Domains { day, ..Domains::default() };
        let most = all.len();
        domains.set(all, most);
        Ok(domains)
    }
}

/// By the number that a domain had, the one that it has; `None` where it was forgotten.
#[derive(Debug)]
pub(crate) struct Renumbered(Vec<Option<u32>>);

impl Renumbered {
    /// The number that a domain has now.
    pub fn of(&self, number: u32) -> Option<u32> {
        self.0.get(number as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_not_asked_for_longest_are_forgotten_and_those_asked_again_stay() {
        let mut known = Known { most: Most(100), ..Known::default() };
        known.insert(NameId(1), Some(7));
        for name in 2..5000 {
            known.insert(NameId(name), None);
            assert_eq!(known.get(NameId(1)), Some(Some(7)));
        }
        assert!(known.late.len() <= 100 && known.before.len() <= 100);
        assert_eq!(known.get(NameId(2)), None);
        assert_eq!(known.get(NameId(4999)), Some(None));
    }

    #[test]
    fn domains_of_two_states_are_numbered_by_what_they_are_and_are_no_more_than_may_be() {
        let asked = |day: i32, keys: std::ops::Range<u64>| {
            let mut domains = Domains { most: Most(100), ..Domains::default() };
            domains.begin(day);
            keys.for_each(|key| assert_ne!(domains.number(key), None));
            domains
        };
        let (mut one, mut other) = (asked(1, 0..80), asked(2, 60..130));
        let (first, second) = one.merge(asked(2, 60..130)).expect("both know some");
        other.merge(asked(1, 0..80));
        assert_eq!(format!("{:?}", one.all), format!("{:?}", other.all));
        assert_eq!(one.all.len(), 100);
        // Domain 70 was number 70 in the one and 10 in the other; the first ones of the earlier day found no room.
        assert_eq!(first.of(70), second.of(10));
        assert!(first.of(70).is_some() && first.of(0).is_none() && first.of(1_000).is_none());
        assert!(one.merge(Domains::default()).is_none());
    }

    #[test]
    fn a_full_table_of_domains_forgets_the_half_not_asked_for_longest_at_the_end_of_the_day() {
        let mut domains = Domains { most: Most(100), ..Domains::default() };
        for day in 0..10 {
            domains.begin(day as i32);
            for key in 0..40 {
                domains.number(1000 + 1000 * day + key);
            }
            domains.number(7);
            assert!(domains.all.len() <= 100);
            domains.end_day();
        }
        let before = domains.numbers.get(&7).copied();
        assert_eq!(domains.number(7), before.map(|number| (number, false)));
        // One day alone does not get more than there are; the next one has room again.
        let refused = (0..1000).filter(|key| domains.number(1_000_000 + key).is_none()).count();
        assert!(refused >= 900 && domains.all.len() == 100);
        let renumbered = domains.end_day().expect("it is full");
        assert_eq!(domains.all.len(), 50);
        assert_eq!(renumbered.0.iter().flatten().count(), 50);
        assert!(domains.number(2_000_000).is_some());
    }
}
