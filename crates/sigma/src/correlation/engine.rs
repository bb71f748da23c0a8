//! The correlations at work.
//!
//! **When a correlation fires.** Each event of its rules goes into the window of its group, and the condition is asked of
//! what the window then holds. If it holds, the correlation fires, at the time of that event. From then on the group is
//! silent until the window that fired has passed: for [`Window::Sliding`](super::Window) until the time span has passed
//! since the firing, else until the tumbling or session window has ended. So a burst of 10,000 failed logins in a minute is
//! one firing and not 9,990, a day of them is one per time span, and two firings of a group share no event but one exactly a
//! time span old. What happens in the silence is counted for the windows that come after it.
//!
//! That is rsigma's `action: alert` with a `suppress` as long as the window (for sliding windows exactly so). It differs in
//! that an event without the counted field, or with something else than a number in it, is no event for the correlation; that
//! each member of a list is counted as a value; that a percentile is compared with the threshold; that `temporal`
//! without a condition asks for all rules, as the specification says.
//!
//! **Absence.** `lt`, `lte`, `eq` and `neq` are asked when an event comes, as everything is: `event_count` with `lt: 5` fires at
//! the first event of a group. That nothing came at all is never noticed.
//!
//! **Groups.** Values are compared as text, case counts. A group-by field that is missing or holds several values is a value
//! of its own (as in rsigma), and is left out of [`Firing::group`].
//!
//! **Order.** Events of the same time count as in order for `temporal_ordered`, in whichever order they come.
//!
//! **Correlations of correlations.** A firing is an event for the correlations that refer to it, with the fields of its group.
//! Where the condition holds in the silence, the firing goes on: to temporal correlations, which ask whether something is
//! there, its time moves on (so that "many failures, then a success" sees the end of the failures, not only where they
//! became many); those that count see it once.

use std::collections::VecDeque;
use std::sync::Arc;

use model::Time;

use super::evidence::Evidence;
use super::groups::Groups;
use super::tally::Group;
use super::wiring::{Feed, Fields, Wiring, group_of};
use super::{Correlation, Firing, Kind, Occurrence};
use crate::ruleset::RuleSet;

/// How much a group keeps at most; the oldest leaves beyond it. A count beyond it is "at least so many", a sum or
/// percentile is that of the latest so many. A count's own threshold raises it.
pub const MOST_PER_GROUP: usize = 100_000;

/// What the state holds at most. Beyond it the group whose last event is oldest is dropped, and counted as evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events retained by all groups together (24 to 100 bytes each).
    pub events: u64,
    /// Groups of all correlations together (some 200 bytes each, and their keys).
    pub groups: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { events: 4_000_000, groups: 500_000 }
    }
}

/// All correlations of a rule set, with their state. Bounded by [`Limits`]; depends on event time only.
#[derive(Debug)]
pub struct Correlator {
    pub(super) rules: Arc<RuleSet>,
    wiring: Wiring,
    pub(super) state: State,
    signals: VecDeque<Signal>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) now: i64,
    /// By correlation.
    pub(super) groups: Vec<Groups>,
    pub(super) evicted: u64,
    pub(super) retained: u64,
    /// Groups of all correlations.
    pub(super) count: usize,
    limits: Limits,
    key: Vec<u8>,
}

/// A correlation fired, or goes on in its silence.
#[derive(Debug)]
struct Signal {
    correlation: u32,
    fields: Vec<(String, Vec<String>)>,
    event: u64,
    /// `None` where it goes on.
    events: Option<Evidence>,
}

/// What a correlation is fed with.
struct Sample<'a> {
    fields: &'a Fields,
    event: u64,
    evidence: Option<Evidence>,
}

impl Correlator {
    /// Correlations that have seen nothing yet.
    pub fn new(rules: Arc<RuleSet>) -> Correlator {
        let mut state = State { now: i64::MIN, ..State::default() };
        state.groups.resize_with(rules.correlations.len(), Groups::default);
        Correlator { wiring: Wiring::new(&rules), rules, state, signals: VecDeque::new() }
    }

    /// The same with other limits.
    pub fn with_limits(mut self, limits: Limits) -> Correlator {
        self.state.limits = limits;
        self
    }

    /// Takes in a match and appends what fires. Matches come in event-time order, those of the same time in an order that is
    /// the same in every run; one that comes late all the same counts as of the newest time seen.
    pub fn push(&mut self, occurrence: &Occurrence, out: &mut Vec<Firing>) {
        let Correlator { rules, wiring, state, signals } = self;
        state.now = state.now.max(occurrence.time);
        for feed in wiring.of_rule(occurrence.rule) {
            let Some(correlation) = rules.correlations.get(feed.correlation as usize) else { continue };
            let evidence = Some(Evidence::One(occurrence.event));
            let sample = Sample { fields: &occurrence.fields, event: occurrence.event, evidence };
            state.feed(feed, correlation, sample, wiring, signals, out);
        }
        while let Some(signal) = signals.pop_front() {
            for feed in wiring.of_correlation(signal.correlation) {
                let Some(correlation) = rules.correlations.get(feed.correlation as usize) else { continue };
                if signal.events.is_some() || feed.is_temporal() {
                    let Signal { fields, event, events, .. } = &signal;
                    let sample = Sample { fields, event: *event, evidence: events.clone() };
                    state.feed(feed, correlation, sample, wiring, signals, out);
                }
            }
        }
        state.enforce_limits();
    }

    /// Drops what is too old to count for anything at `time` or later. Changes no firing; it only frees memory early.
    pub fn advance(&mut self, time: Time) {
        self.state.now = self.state.now.max(time.micros());
        for (number, correlation) in self.rules.correlations.iter().enumerate() {
            self.state.expire(number, correlation);
        }
    }

    /// How many groups were dropped because the state was full.
    pub fn evicted(&self) -> u64 {
        self.state.evicted
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.state.count
    }

    /// How many events all groups together retain.
    pub fn retained(&self) -> u64 {
        self.state.retained
    }
}

impl State {
    fn feed(
        &mut self,
        feed: &Feed,
        correlation: &Correlation,
        sample: Sample<'_>,
        wiring: &Wiring,
        signals: &mut VecDeque<Signal>,
        out: &mut Vec<Firing>,
    ) {
        let Some(reading) = feed.read(sample.fields) else { return };
        self.expire(feed.correlation as usize, correlation);
        feed.write_key(sample.fields, &mut self.key);
        let (now, event) = (self.now, sample.event);
        let Some(groups) = self.groups.get_mut(feed.correlation as usize) else { return };
        let count = &mut self.count;
        let group = groups.touch(&self.key, || {
            *count += 1;
            Group::new(correlation, now)
        });
        let before = group.tally.weight();
        group.open(correlation, now);
        group.tally.add(&reading, now, sample.evidence, event);
        group.tally.trim(i64::MIN, most_per_group(correlation));
        self.retained = (self.retained + group.tally.weight()).saturating_sub(before);

        let Some(value) = group.tally.judge(correlation) else { return };
        let fires = !group.is_silent(correlation, now);
        let is_heard = !wiring.of_correlation(feed.correlation).is_empty();
        if !fires && !is_heard {
            return;
        }
        let pairs = group_of(correlation, &self.key);
        let events = fires.then(|| group.tally.events());
        if is_heard {
            signals.push_back(Signal {
                correlation: feed.correlation,
                fields: pairs.iter().map(|(name, value)| (name.clone(), vec![value.clone()])).collect(),
                event,
                events: events.as_deref().map(Evidence::of),
            });
        }
        if let Some(events) = events {
            group.fired = Some(now);
            let time = Time::from_micros(now);
            out.push(Firing { correlation: feed.correlation, time, group: pairs, value, events });
        }
    }

    fn expire(&mut self, number: usize, correlation: &Correlation) {
        let now = self.now;
        let Some(groups) = self.groups.get_mut(number) else { return };
        while groups.oldest().is_some_and(|group| group.is_over(correlation, now)) {
            let weight = groups.pop_oldest().map_or(0, |group| group.tally.weight());
            self.retained = self.retained.saturating_sub(weight);
            self.count -= 1;
        }
    }

    fn enforce_limits(&mut self) {
        while self.retained > self.limits.events || self.count > self.limits.groups {
            let last = |groups: &Groups| groups.oldest().map(|group| group.last);
            let of_oldest = self.groups.iter_mut().filter_map(|groups| Some((last(groups)?, groups)));
            let Some((_, groups)) = of_oldest.min_by_key(|(last, _)| *last) else { return };
            let weight = groups.pop_oldest().map_or(0, |group| group.tally.weight());
            self.retained = self.retained.saturating_sub(weight);
            self.count -= 1;
            self.evicted += 1;
        }
    }
}

fn most_per_group(correlation: &Correlation) -> usize {
    match correlation.kind {
        Kind::EventCount | Kind::ValueCount => {
            let thresholds = correlation.thresholds.iter().map(|(_, with)| *with as usize);
            thresholds.max().unwrap_or_default().saturating_add(1).max(MOST_PER_GROUP)
        }
        _ => MOST_PER_GROUP,
    }
}
