//! Helpers of what is kept: which entries of a full table stay, and days and times as they are read from bytes that may say anything.

use std::hash::{BuildHasher, Hash};

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashSet};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// A bound, `MOST` but for tests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most<const MOST: usize>(pub usize);

impl<const MOST: usize> Default for Most<MOST> {
    fn default() -> Most<MOST> {
        Most(MOST)
    }
}

/// The least rank that stays, where only so many of all may; `None` where all may. No two ranks are the same.
pub(crate) fn least_kept<R: Ord + Copy>(ranks: impl ExactSizeIterator<Item = R>, most: usize) -> Option<R> {
    let over = ranks.len().checked_sub(most).filter(|over| *over > 0)?;
    let mut ranks: Vec<R> = ranks.collect();
    if over >= ranks.len() {
        return ranks.into_iter().max();
    }
    Some(*ranks.select_nth_unstable(over).1)
}

/// Keeps so many entries, those of the highest ranks. Entries of one rank stay or go by the hash of their keys, whatever their order.
pub(crate) fn keep_most<K: Hash + Eq, V, R: Ord + Copy>(
    map: &mut HashMap<K, V, FixedState>,
    most: usize,
    rank: impl Fn(&K, &V) -> R,
) {
    let rank = |key: &K, value: &V| (rank(key, value), FixedState::default().hash_one(key));
    if let Some(least) = least_kept(map.iter().map(|(key, value)| rank(key, value)), most) {
        map.retain(|key, value| rank(key, value) >= least);
    }
}

/// Adds the members of another set; of more than so many the highest stay.
pub(crate) fn unite<K: Hash + Eq + Ord + Copy>(
    set: &mut HashSet<K, FixedState>,
    other: HashSet<K, FixedState>,
    most: usize,
) {
    set.extend(other);
    if let Some(least) = least_kept(set.iter().copied(), most) {
        set.retain(|one| *one >= least);
    }
}

/// For `#[serde(deserialize_with = "…")]`: a day that can be reckoned with.
///
/// # Errors
/// Where it is one of another age of the world.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let day = i32::deserialize(deserializer)?;
    is_day(day).then_some(day).ok_or_else(|| D::Error::custom("no day"))
}

/// The same of a day that may not be there.
///
/// # Errors
/// Likewise.
pub(crate) fn any_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    let day = Option::deserialize(deserializer)?;
    day.is_none_or(is_day).then_some(day).ok_or_else(|| D::Error::custom("no day"))
}

/// The same of a time, in microseconds.
///
/// # Errors
/// Likewise.
pub(crate) fn micros<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let micros = i64::deserialize(deserializer)?;
    is_time(micros).then_some(micros).ok_or_else(|| D::Error::custom("no time"))
}

/// Whether differences of such times are times again.
pub(crate) fn is_time(micros: i64) -> bool {
    micros.unsigned_abs() < 1 << 62
}

/// Differences of such days are days again; all days of 64 bits of microseconds are such.
fn is_day(day: i32) -> bool {
    day.unsigned_abs() < 1 << 29
}

/// What is saved of a part.
#[cfg(test)]
pub(crate) fn bytes_of(part: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let form = estate::snapshot::Form { stage: "part", version: 1 };
    form.save(part, &mut bytes).expect("memory takes all");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_stay_and_no_more_than_may() {
        let mut map: HashMap<u32, u32, FixedState> = (0..100).map(|number| (number, number / 10)).collect();
        keep_most(&mut map, 15, |_, value| *value);
        assert_eq!(map.len(), 15);
        assert!((90..100).all(|number| map.contains_key(&number)));
        keep_most(&mut map, 0, |_, value| *value);
        assert!(map.len() <= 1);
        let mut set: HashSet<u32, FixedState> = (0..10).collect();
        unite(&mut set, (5..20).collect(), 8);
        let mut left: Vec<u32> = set.into_iter().collect();
        left.sort_unstable();
        assert_eq!(left, (12..20).collect::<Vec<_>>());
    }
}
