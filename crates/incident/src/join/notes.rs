//! To whom and where the records belong on which findings rest.

use std::collections::HashMap;

use estate::snapshot;
use model::RecordKey;
use path::Seen;
use serde::{Deserialize, Serialize};

use super::DAY;

/// How long after the last finding that rests on it a record is remembered, in microseconds. Other findings may rest on it as well: behaviour's name records
/// of the day that stands out, and a day in one part of the world is over in another a day later.
const REMEMBERED: i64 = 2 * DAY;
/// How often what is past is looked for.
const SWEEP: i64 = DAY / 4;

/// What is known of these records. Bound: the findings to come that were announced, and those of two days.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Notes {
    /// By record, when the last finding comes that rests on it.
    #[serde(with = "snapshot::map")]
    expected: HashMap<RecordKey, i64>,
    /// With the time from which on it is remembered.
    #[serde(with = "snapshot::map")]
    seen: HashMap<RecordKey, (Seen, i64)>,
    now: i64,
    swept: i64,
}

impl Notes {
    /// A finding of that time will rest on the record.
    pub fn expect(&mut self, record: RecordKey, time: i64) {
        let last = self.expected.entry(record).or_insert(time);
        *last = time.max(*last);
    }

    /// An activity of the record belongs there; notes it where the record is expected.
    pub fn push(&mut self, record: RecordKey, seen: &Seen, time: i64) {
        self.pass(time);
        if !self.expected.is_empty() && self.expected.contains_key(&record) {
            let (note, _) = self.seen.entry(record).or_insert((*seen, time));
            // A record may say several things; one that names a session says most.
            if !note.session.is_some() && seen.session.is_some() {
                *note = *seen;
            }
        }
    }

    /// The record belongs there, and something rests on it now.
    pub fn note(&mut self, record: RecordKey, seen: &Seen) {
        let (_, since) = self.seen.entry(record).or_insert((*seen, self.now));
        *since = self.now.max(*since);
    }

    /// Where it belongs.
    pub fn get(&self, record: &RecordKey) -> Option<&Seen> {
        self.seen.get(record).map(|(seen, _)| seen)
    }

    /// How many records are expected, and how many noted.
    #[cfg(test)]
    pub fn len(&self) -> (usize, usize) {
        (self.expected.len(), self.seen.len())
    }

    fn pass(&mut self, time: i64) {
        self.now = self.now.max(time);
        if self.now.saturating_sub(self.swept) < SWEEP {
            return;
        }
        self.swept = self.now;
        let Notes { expected, seen, now, .. } = self;
        let is_past = |since: i64| since.saturating_add(REMEMBERED) < *now;
        expected.retain(|_, last| !is_past(*last));
        seen.retain(|record, (_, since)| expected.contains_key(record) || !is_past(*since));
    }
}

#[cfg(test)]
mod tests {
    use estate::HostId;
    use model::SourceId;
    use path::SessionId;

    use super::*;

    fn key(record: u64) -> RecordKey {
        RecordKey { source: SourceId(1), record }
    }

    fn at(host: u32) -> Seen {
        Seen { host: HostId(host), ..Seen::default() }
    }

    #[test]
    fn a_record_is_remembered_until_no_finding_can_rest_on_it() {
        let mut notes = Notes::default();
        // A finding of day 10 rests on a record of day 1, another on one of day 1 alone.
        notes.expect(key(1), 10 * DAY);
        notes.expect(key(1), DAY);
        notes.expect(key(2), DAY);
        for record in [1, 2, 3] {
            notes.push(key(record), &at(record as u32), DAY);
        }
        assert_eq!(notes.get(&key(3)), None);
        notes.push(key(9), &at(9), 2 * DAY);
        notes.note(key(9), &at(4));
        assert_eq!((notes.get(&key(1)), notes.get(&key(2))), (Some(&at(1)), Some(&at(2))));
        notes.push(key(8), &at(8), 4 * DAY);
        assert_eq!((notes.get(&key(2)), notes.get(&key(9))), (None, Some(&at(4))));
        notes.push(key(8), &at(8), 10 * DAY);
        assert_eq!((notes.get(&key(1)), notes.get(&key(9))), (Some(&at(1)), None));
        notes.push(key(8), &at(8), 13 * DAY);
        assert_eq!(notes.len(), (0, 0));
    }

    #[test]
    fn a_stream_without_end_is_not_remembered_whole() {
        let mut notes = Notes::default();
        let mut most = 0;
        for hour in 0..24 * 400 {
            let (record, time) = (key(hour), hour as i64 * DAY / 24);
            notes.expect(record, time);
            notes.push(record, &at(1), time);
            notes.note(key(1 << 40 | hour), &at(2));
            most = most.max(notes.len().1);
        }
        assert!((2 * 48..2 * 60).contains(&most), "{most}");
    }

    #[test]
    fn what_names_a_session_is_kept() {
        let mut notes = Notes::default();
        notes.expect(key(1), 0);
        let named = Seen { session: SessionId(7), ..at(2) };
        for seen in [at(1), named, at(3)] {
            notes.push(key(1), &seen, 0);
        }
        assert_eq!(notes.get(&key(1)), Some(&named));
    }
}
