//! Steps of the clock: where a log that is otherwise in order goes back in time.
//!
//! In: the rows that a decoder has made of a block. Out: an entry among the errors for each record whose time lies well before that of the
//! record above it. Logs that are not in order at all (newest first, several machines in one) are left alone, and no time is changed:
//! which of the two clocks was right, only people can say.

use model::{BatchSet, Time};

use crate::{Block, Decoder, ErrorCode, Errors, Place, Span};

/// A decoder that also reports steps of the clock.
pub struct Stepping<D> {
    inner: D,
    last: Option<(u64, Time)>,
    rows: Vec<(u64, Time)>,
    before: Vec<usize>,
}

/// Smaller steps are buffers being written late.
const LEAST: i64 = 120 * 1_000_000;

/// At most one in so many records goes back where a log is in order.
const IN_ORDER: usize = 20;

impl<D: Decoder> Stepping<D> {
    /// Around a decoder.
    pub fn new(inner: D) -> Stepping<D> {
        Stepping { inner, last: None, rows: Vec::new(), before: Vec::new() }
    }

    fn gather(&mut self, out: &BatchSet) {
        self.rows.clear();
        let last = self.last.map_or(0, |(record, _)| record);
        for (number, batch) in out.all_batches().enumerate() {
            let from = self.before.get(number).copied().unwrap_or(0);
            let rows = batch.rows.get(from..).unwrap_or_default().iter();
            let timed = rows.filter(|row| row.time != Time::UNKNOWN && row.record > last);
            self.rows.extend(timed.map(|row| (row.record, row.time)));
        }
        self.rows.sort_unstable_by_key(|(record, _)| *record);
    }

    fn report(&mut self, errors: &mut Errors) {
        let pairs = self.last.iter().chain(&self.rows).zip(&self.rows);
        let skipped = usize::from(self.last.is_none());
        let back: Vec<(u64, i64)> = pairs
            .clone()
            .skip(skipped)
            .filter_map(|((_, before), (record, now))| {
                let step = before.micros() - now.micros();
                (step > LEAST).then_some((*record, step))
            })
            .collect();
        // Where hardly any record was seen, one that goes back proves nothing.
        if back.len() * IN_ORDER <= self.rows.len() {
            for (record, step) in back {
                let seconds = step / 1_000_000;
                let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                let reason = format!(
                    "the clock goes back by {hours} h {minutes:02} min {:02} s from the record above; times around here may be wrong",
                    seconds % 60
                );
                errors.add(Some(Place::Record(record)), ErrorCode::ClockStep, reason);
            }
        }
        self.last = self.rows.last().copied().or(self.last);
    }
}

impl<D: Decoder> Decoder for Stepping<D> {
    fn decode(&mut self, block: &Block, spans: &[Span], out: &mut BatchSet, errors: &mut Errors) {
        self.before.clear();
        self.before.extend(out.all_batches().map(|batch| batch.rows.len()));
        self.inner.decode(block, spans, out, errors);
        self.gather(out);
        self.report(errors);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Everything;

    use super::*;
    use crate::Options;
    use crate::table::{LogDecoder, Mostly};

    fn reported(minutes: &[u32]) -> Vec<(u64, String)> {
        let line = |minute: &u32| format!("May  7 {:02}:{:02}:00 h p: xy\n", minute / 60, minute % 60);
        let text: String = minutes.iter().map(line).collect();
        let mut spans = Vec::new();
        for at in 0..minutes.len() {
            spans.push(Span { start: (at * 24) as u32, len: 23, record: at as u64 + 1 });
        }
        let block = Block { bytes: text.into_bytes(), spans: spans.clone(), ..Block::default() };
        let mut decoder = Stepping::new(LogDecoder::new(Mostly::Syslog, &Options::default()));
        let mut errors = Errors::new("x");
        // In two calls, as the blocks of a file come.
        for half in spans.chunks(minutes.len() / 2) {
            let mut set = BatchSet::new(Arc::new(Everything));
            decoder.decode(&block, half, &mut set, &mut errors);
        }
        let place = |place| match place {
            Some(Place::Record(record)) => record,
            _ => 0,
        };
        errors.finish().into_iter().map(|error| (place(error.place), error.reason)).collect()
    }

    #[test]
    fn a_clock_that_is_set_back_is_told_once() {
        let mut minutes: Vec<u32> = (100..200).collect();
        minutes.extend(140..240);
        let found = reported(&minutes);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, 101);
        assert!(found[0].1.contains("back by 0 h 59 min 00 s"), "{found:?}");
    }

    #[test]
    fn a_log_with_the_newest_first_has_no_steps() {
        let minutes: Vec<u32> = (0..100).map(|at| 900 - at * 5).collect();
        assert_eq!(reported(&minutes), []);
    }
}
