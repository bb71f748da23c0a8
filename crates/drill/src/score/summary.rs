//! How well hunts understand drills: figures over many of them.
//!
//! In: scores. Out: for each scenario, each measure with its interval of 95 %, its worst value, and the drill to look at for that.
//! Rates are counted, shares and numbers averaged; of times the median counts, and an intrusion that was never found is later than all others.
//! What incidents say of an intrusion is measured over those that were found: that the others were not, the first measure says.

use serde::Serialize;

use super::{Alarms, Basis, IntrusionScore, Match, Score, interval};

/// Figures over several drills.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Summary {
    /// By scenario, in the order in which they came.
    pub groups: Vec<Group>,
}

/// Figures over the drills of one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// The scenario.
    pub scenario: String,
    /// The seeds of its drills.
    pub seeds: Vec<u64>,
    /// In how many of them findings stood in for incidents.
    pub by_findings: u64,
    /// Each measure that there is.
    pub figures: Vec<Figure>,
}

/// A measure over several drills.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What is measured.
    pub measure: Measure,
    /// What `value` is, and what `low` and `high` rest on.
    pub statistic: Statistic,
    /// Intrusions or drills in which it could be measured.
    pub cases: u64,
    /// Of a rate: in how many it is so. Of a median: in how many it came at all. Else as `cases`.
    pub hits: u64,
    /// The rate, mean or median; of a median, none where it never came in half of the cases.
    pub value: Option<f64>,
    /// Where the interval of 95 % begins; none where there are too few cases, or all are the same.
    pub low: Option<f64>,
    /// Where it ends; of a median, none also where it reaches to those in which it never came.
    pub high: Option<f64>,
    /// The worst; none for rates, and for times where it never came.
    pub worst: Option<f64>,
    /// The seed of the first drill with the worst; of a rate, of the first in which it is not so.
    pub worst_seed: Option<u64>,
}

/// How many values became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// In `hits` of `cases`; Wilson's interval.
    Rate,
    /// The mean; Student's t.
    Mean,
    /// The median; an interval between two of the values in order.
    Median,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// From 0 to 1.
    Share,
    /// Seconds.
    Seconds,
    /// A number.
    Number,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Intrusions found.
    Found,
    /// From the first malicious record to the first alarm.
    Delay,
    /// Objects read by then.
    ReadShare,
    /// Incidents that one intrusion became.
    Split,
    /// Drills of several intrusions in which no incident holds evidence of two.
    Apart,
    /// Hops found.
    HopRecall,
    /// Hops stated that are right.
    HopPrecision,
    /// Entities found, confirmed or suspected.
    EntityRecall,
    /// Of these, those that are right.
    EntityPrecision,
    /// Stores found from which something was taken.
    StoreRecall,
    /// Objects counted of those taken.
    ObjectRecall,
    /// Bytes counted over bytes taken.
    BytesRatio,
    /// Customers confirmed, of those whose data was taken.
    ScopeRecall,
    /// Confirmed customers that are right.
    ScopePrecision,
    /// The same with possible ones.
    ReachRecall,
    /// The same with possible ones.
    ReachPrecision,
    /// Pairs of customer rows that are one company and were merged.
    MergeRecall,
    /// Pairs merged that are right.
    MergePrecision,
    /// Incidents a day that no intruder caused.
    FalseIncidents,
    /// Findings a day that no intruder caused.
    FalseFindings,
    /// Groups of these by rule, host and day, a day.
    FalseGroups,
    /// Rules that raised these.
    FalseRules,
}

impl Measure {
    /// All, in the order of a table.
    pub const ALL: [Measure; 22] = [
        Measure::Found,
        Measure::Delay,
        Measure::ReadShare,
        Measure::Split,
        Measure::Apart,
        Measure::HopRecall,
        Measure::HopPrecision,
        Measure::EntityRecall,
        Measure::EntityPrecision,
        Measure::StoreRecall,
        Measure::ObjectRecall,
        Measure::BytesRatio,
        Measure::ScopeRecall,
        Measure::ScopePrecision,
        Measure::ReachRecall,
        Measure::ReachPrecision,
        Measure::MergeRecall,
        Measure::MergePrecision,
        Measure::FalseIncidents,
        Measure::FalseFindings,
        Measure::FalseGroups,
        Measure::FalseRules,
    ];

    /// What its values are.
    pub fn unit(self) -> Unit {
        match self {
            Measure::Delay => Unit::Seconds,
            Measure::Split
            | Measure::BytesRatio
            | Measure::FalseIncidents
            | Measure::FalseFindings
            | Measure::FalseGroups
            | Measure::FalseRules => Unit::Number,
            _ => Unit::Share,
        }
    }

    fn statistic(self) -> Statistic {
        match self {
            Measure::Found | Measure::Apart => Statistic::Rate,
            Measure::Delay => Statistic::Median,
            _ => Statistic::Mean,
        }
    }

    /// How bad a value is: more is worse.
    fn badness(self, value: f64) -> f64 {
        match self {
            Measure::BytesRatio | Measure::Split => (value - 1.0).abs(),
            Measure::Delay | Measure::ReadShare => value,
            _ if self.unit() == Unit::Number => value,
            _ => -value,
        }
    }

    /// Its values in one drill: one for each intrusion, or one; infinity for what never came.
    fn values(self, score: &Score) -> Vec<f64> {
        let of_drill = match self {
            Measure::Apart => {
                let apart = score.merged.as_ref().map(|merged| f64::from(u8::from(merged.is_empty())));
                apart.filter(|_| score.intrusions.len() > 1)
            }
            Measure::ScopeRecall => score.scope.and_then(|scope| scope.confirmed.recall),
            Measure::ScopePrecision => score.scope.and_then(|scope| scope.confirmed.precision),
            Measure::ReachRecall => score.scope.and_then(|scope| scope.confirmed_or_possible.recall),
            Measure::ReachPrecision => score.scope.and_then(|scope| scope.confirmed_or_possible.precision),
            Measure::MergeRecall => score.scope.and_then(|scope| scope.merges.recall),
            Measure::MergePrecision => score.scope.and_then(|scope| scope.merges.precision),
            Measure::FalseIncidents | Measure::FalseFindings | Measure::FalseGroups | Measure::FalseRules => {
                self.of_alarms(&score.alarms)
            }
            _ => return score.intrusions.iter().filter_map(|one| self.of_intrusion(one)).collect(),
        };
        of_drill.into_iter().collect()
    }

    fn of_alarms(self, alarms: &Alarms) -> Option<f64> {
        match self {
            Measure::FalseIncidents => alarms.incidents?.per_day,
            Measure::FalseGroups => alarms.groups.per_day,
            Measure::FalseRules => Some(alarms.rules as f64),
            _ => alarms.findings.per_day,
        }
    }

    fn of_intrusion(self, one: &IntrusionScore) -> Option<f64> {
        let hops = || one.hops.as_ref();
        let entities = || one.entities.as_ref().map(|entities| &entities.all);
        let recall = |of: Option<&Match>| of?.recall;
        let precision = |of: Option<&Match>| of?.precision;
        match self {
            Measure::Found => Some(f64::from(u8::from(one.found))),
            Measure::Delay if !one.found => Some(f64::INFINITY),
            Measure::Delay => one.delay_seconds,
            Measure::ReadShare => one.read_share,
            _ if !one.found => None,
            Measure::Split => one.incidents.as_ref().map(|incidents| incidents.len() as f64),
            Measure::HopRecall => recall(hops()),
            Measure::HopPrecision => precision(hops()),
            Measure::EntityRecall => recall(entities()),
            Measure::EntityPrecision => precision(entities()),
            Measure::StoreRecall => one.data.as_ref()?.stores.recall,
            Measure::ObjectRecall => one.data.as_ref()?.objects_recall,
            Measure::BytesRatio => one.data.as_ref()?.bytes_ratio,
            _ => None,
        }
    }

    fn figure(self, scores: &[&Score]) -> Option<Figure> {
        let each = |score: &&Score| {
            let seed = score.seed;
            self.values(score).into_iter().map(move |value| (seed, value))
        };
        let seen: Vec<(u64, f64)> = scores.iter().flat_map(each).collect();
        let mut values: Vec<f64> = seen.iter().map(|(_, value)| *value).collect();
        values.sort_by(f64::total_cmp);
        let worst = seen.iter().fold(None::<(u64, f64)>, |worst, (seed, value)| match worst {
            Some((_, worse)) if self.badness(*value) <= self.badness(worse) => worst,
            _ => Some((*seed, *value)),
        })?;
        let figure = Figure {
            measure: self,
            statistic: self.statistic(),
            cases: values.len() as u64,
            hits: values.len() as u64,
            value: None,
            low: None,
            high: None,
            worst: finite(worst.1),
            worst_seed: Some(worst.0),
        };
        Some(match figure.statistic {
            Statistic::Rate => rate(figure, &values),
            Statistic::Mean => mean(figure, &values, self.unit()),
            Statistic::Median => median(figure, &values),
        })
    }
}

impl Summary {
    /// Over those drills.
    pub fn of(scores: &[Score]) -> Summary {
        let mut by_scenario: Vec<(&str, Vec<&Score>)> = Vec::new();
        for score in scores {
            match by_scenario.iter_mut().find(|(scenario, _)| *scenario == score.scenario) {
                Some((_, those)) => those.push(score),
                None => by_scenario.push((&score.scenario, vec![score])),
            }
        }
        let group = |(scenario, those): (&str, Vec<&Score>)| Group {
            scenario: scenario.to_owned(),
            seeds: those.iter().map(|score| score.seed).collect(),
            by_findings: those.iter().filter(|score| score.basis == Basis::Findings).count() as u64,
            figures: Measure::ALL.iter().filter_map(|measure| measure.figure(&those)).collect(),
        };
        Summary { groups: by_scenario.into_iter().map(group).collect() }
    }
}

impl Group {
    /// The figure of that measure, where there is one.
    pub fn figure(&self, measure: Measure) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.measure == measure)
    }
}

fn rate(figure: Figure, values: &[f64]) -> Figure {
    let hits = values.iter().filter(|value| **value > 0.0).count() as u64;
    let (low, high) = interval::of_rate(hits, figure.cases).unzip();
    let worst_seed = figure.worst_seed.filter(|_| hits < figure.cases);
    let value = super::compare::share(hits, figure.cases);
    Figure { hits, value, low, high, worst: None, worst_seed, ..figure }
}

fn mean(figure: Figure, values: &[f64], unit: Unit) -> Figure {
    let most = if unit == Unit::Share { 1.0 } else { f64::INFINITY };
    let (low, high) = interval::of_mean(values).map(|(low, high)| (low.max(0.0), high.min(most))).unzip();
    Figure { value: interval::mean(values), low, high, ..figure }
}

fn median(figure: Figure, sorted: &[f64]) -> Figure {
    let at = |position: usize| sorted.get(position).copied().and_then(finite);
    let middle = [at(sorted.len().saturating_sub(1) / 2), at(sorted.len() / 2)];
    let value = middle.into_iter().try_fold(0.0, |sum, value| Some(sum + value? / 2.0));
    let (low, high) = interval::ranks_of_median(sorted.len()).unzip();
    let hits = sorted.iter().filter(|value| value.is_finite()).count() as u64;
    Figure { hits, value, low: low.and_then(at), high: high.and_then(at), ..figure }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
