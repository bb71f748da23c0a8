//! The day of a subject restored and merged.

use serde::Deserializer;
use serde::de::Error;

use super::*;
use crate::kept;

/// A place, at a time that can be reckoned with.
pub(super) fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<(u64, Time)>, D::Error> {
    let place: Option<(u64, Time)> = Option::deserialize(deserializer)?;
    let is_sound = place.is_none_or(|(_, time)| kept::is_time(time.micros()));
    is_sound.then_some(place).ok_or_else(|| D::Error::custom("no time"))
}

impl Day {
    /// Adds another part of the same day. What either came to is no longer known: it is to be judged anew.
    pub fn merge(&mut self, other: Day) {
        self.group = self.group.min(other.group);
        for measured in other.measures {
            match self.measures.iter_mut().find(|own| own.measure == measured.measure) {
                Some(own) => own.merge(measured),
                None => self.measures.push(measured),
            }
        }
        self.measures.sort_unstable_by_key(|one| one.measure);
        for one in &mut self.measures {
            (one.next, one.nats, one.calibrated) = (0.0, 0.0, 0.0);
        }
        self.news.extend(other.news);
        self.news.sort_unstable();
        self.news.dedup();
        self.news.truncate(MOST_NEWS);
        self.hours |= other.hours;
        self.hours_are_normal |= other.hours_are_normal;
        self.age = self.age.max(other.age);
        let when = |place: Option<(u64, Time)>| place.map(|(place, time)| (time, place));
        if when(other.place) > when(self.place) {
            self.place = other.place;
        }
        (self.nats, self.with_past, self.calibrated) = (0.0, 0.0, 0.0);
        self.alarmed = self.alarmed.max(other.alarmed);
        self.suspected |= other.suspected;
    }
}

impl Measured {
    fn merge(&mut self, other: Measured) {
        if self.is_highest() {
            self.value = self.value.max(other.value);
            self.normal = self.normal.max(other.normal);
        } else {
            self.value += other.value;
            self.normal += other.normal;
        }
        if (other.weight, other.example) > (self.weight, self.example) {
            (self.example, self.weight) = (other.example, other.weight);
        }
        visits::merge(&mut self.visits, other.visits);
    }

    /// Whether its value is that of the one highest thing, as [`Day::raise`] has it, and not a sum.
    fn is_highest(&self) -> bool {
        self.measure == Measure::Hour
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(second: i64) -> Arc<Proof> {
        let time = Time::from_micros(second * 1_000_000);
        Arc::new(Proof { record: RecordRef::default(), seen: Seen::default(), time })
    }

    /// Reads at these seconds, one of them of much, in the hour `hour`, which surprises by so much.
    fn day(seconds: &[i64], hour: u32, nats: f64) -> Day {
        let mut day = Day::default();
        for second in seconds {
            let amount = if *second == 5 { 50.0 } else { 1.0 };
            day.add(Measure::Read, amount, Example::Host(HostId(*second as u32)), &proof(*second));
        }
        day.raise(Measure::Hour, nats, Example::None, &proof(hour.into()));
        day.hours = 1 << hour;
        day.place = Some((u64::from(hour), Time::from_micros(hour.into())));
        day
    }

    #[test]
    fn two_parts_of_a_day_are_the_day_whichever_comes_first() {
        let parts = || (day(&[1, 5, 6], 9, 2.0), day(&[2, 3, 7], 10, 1.0));
        let ((mut one, second), (first, mut other)) = (parts(), parts());
        one.merge(second);
        other.merge(first);
        assert_eq!(format!("{one:?}"), format!("{other:?}"));
        let read = one.measures.iter().find(|one| one.measure == Measure::Read).expect("it was added");
        assert_eq!((read.value, read.example), (55.0, Example::Host(HostId(5))));
        let visits: Vec<(f64, i64)> =
            read.visits.iter().map(|one| (one.amount, one.proof.time.micros() / 1_000_000)).collect();
        assert_eq!(visits, [(55.0, 5)]);
        let hour = one.measures.iter().find(|one| one.measure == Measure::Hour).expect("it was added");
        assert_eq!((hour.value, one.hours, one.place.map(|place| place.0)), (2.0, 0b110_0000_0000, Some(10)));
    }
}
