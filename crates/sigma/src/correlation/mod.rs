//! Rules over several events: counts, values, sequences within a time span, per group.
//!
//! In: occurrences of rules (which rule matched when, and the fields that grouping and counting need), in event-time
//! order. Out: firings. [`Correlator`] says when a correlation fires and what bounds its state.

mod distinct;
mod engine;
mod evidence;
mod groups;
mod ring;
mod save;
mod sequence;
mod tally;
mod wiring;

use model::Time;
use serde::{Deserialize, Serialize};

use crate::rule::RuleInfo;

pub use engine::{Correlator, Limits, MOST_PER_GROUP};
pub use evidence::MOST_EVENTS;
pub use save::RestoreError;
pub(crate) use wiring::cycles;
pub use wiring::needs;

/// What is counted or awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// How many events.
    EventCount,
    /// How many distinct values of the condition's fields.
    ValueCount,
    /// All rules, in any order.
    Temporal,
    /// All rules, in the order listed.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// A percentile of a field.
    ValuePercentile,
    /// The median of a field.
    ValueMedian,
}

/// How a count or value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `eq`
    Equal,
    /// `neq`
    NotEqual,
}

impl Operator {
    /// Whether `value` compares so with `with`.
    pub fn holds(self, value: f64, with: f64) -> bool {
        match self {
            Operator::Less => value < with,
            Operator::LessOrEqual => value <= with,
            Operator::Greater => value > with,
            Operator::GreaterOrEqual => value >= with,
            Operator::Equal => (value - with).abs() < f64::EPSILON,
            Operator::NotEqual => (value - with).abs() >= f64::EPSILON,
        }
    }
}

/// How the time span lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Window {
    /// The last `timespan` before each event.
    Sliding,
    /// Fixed, one after the other, aligned to the epoch.
    Tumbling,
    /// As long as events follow within the gap (microseconds), at most `timespan`.
    Session(i64),
}

/// A rule that a correlation refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reference {
    /// A rule on single events, by its number in [`crate::RuleSet::rules`].
    Rule(u32),
    /// Another correlation, by its number in [`crate::RuleSet::correlations`].
    Correlation(u32),
}

/// A condition over which of the rules have occurred (`rule_a and not rule_b`), for the temporal kinds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Which {
    /// All.
    And(Vec<Which>),
    /// At least one.
    Or(Vec<Which>),
    /// Not.
    Not(Box<Which>),
    /// The rule at that place in [`Correlation::rules`].
    Rule(u32),
}

/// A compiled correlation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Correlation {
    /// Title, level and so on.
    pub info: RuleInfo,
    /// What is counted or awaited.
    pub kind: Kind,
    /// The rules it is about, in the order written.
    pub rules: Vec<Reference>,
    /// The fields (or aliases) whose values form a group.
    pub group_by: Vec<String>,
    /// For each alias: its name, and for each of `rules` the field that it stands for (`None`: the alias's own name).
    pub aliases: Vec<(String, Vec<Option<String>>)>,
    /// The time span in microseconds.
    pub timespan: i64,
    /// How the time span lies.
    pub window: Window,
    /// The threshold; all must hold. Empty for temporal kinds without one.
    pub thresholds: Vec<(Operator, f64)>,
    /// The fields that are counted or summed.
    pub fields: Vec<String>,
    /// For [`Kind::ValuePercentile`], 0-100.
    pub percentile: f64,
    /// For temporal kinds: which of the rules must occur, where the condition says so.
    pub which: Option<Which>,
    /// Whether a firing is a finding of its own (not where it only serves other correlations).
    pub generates: bool,
}

impl Correlation {
    /// The field of an event of the rule at `place` that `name` (a group-by field or alias) stands for.
    pub fn field_of<'a>(&'a self, name: &'a str, place: usize) -> &'a str {
        let alias = self.aliases.iter().find(|(alias, _)| alias == name);
        alias.and_then(|(_, fields)| fields.get(place)?.as_deref()).unwrap_or(name)
    }
}

/// A rule matched an event: what correlations need to know of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occurrence {
    /// Event time.
    pub time: i64,
    /// The rule's number in [`crate::RuleSet::rules`].
    pub rule: u32,
    /// The fields of [`crate::ruleset::Rule::collects`] that the event has, as text; several values for a list.
    pub fields: Vec<(String, Vec<String>)>,
    /// Names the event for the one who pushes; comes back in [`Firing::events`].
    pub event: u64,
}

impl Occurrence {
    /// Event time.
    pub fn time(&self) -> Time {
        Time::from_micros(self.time)
    }
}

/// A correlation's condition came true.
#[derive(Clone, Debug, PartialEq)]
pub struct Firing {
    /// The correlation's number in [`crate::RuleSet::correlations`].
    pub correlation: u32,
    /// The time of the event that completed it.
    pub time: Time,
    /// The group: each group-by name and its value.
    pub group: Vec<(String, String)>,
    /// What was counted, summed or awaited, as a number (temporal: how many of the rules occurred).
    pub value: f64,
    /// The events in the window, oldest first, at most [`MOST_EVENTS`]: of a count of values the last event of each, of
    /// temporal kinds one event of each rule (or the events of the firing that stood for it).
    pub events: Vec<u64>,
}
