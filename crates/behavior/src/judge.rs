//! How a day is judged: pasts, peers, calibration, and the combination of all measures.

use estate::snapshot;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use model::behavior::Measure;
use serde::{Deserialize, Serialize};

use crate::amount::{Past, Prior};
use crate::calibrate::Calibration;
use crate::day::Day;
use crate::kept::{self, Most};
use crate::subject::{KINDS, Subject};

mod state;

/// What is kept of the past from one day to the next: half of it is forgotten in 46 days.
pub(crate) const KEEP: f32 = 0.985;
/// Classes of how long a subject is known, in days of its own: those of one class are compared.
const AGES: [f32; 4] = [0.5, 3.5, 9.5, f32::INFINITY];
/// The surprise of a usual day, in nats.
const USUAL: f32 = 1.0;
/// All groups of a kind.
const ALL: u32 = u32::MAX;

/// A subject's own past. Measures that were never more than nothing are not in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Own {
    /// Days on which it was active.
    pub days: f32,
    #[serde(deserialize_with = "kept::day")]
    last_day: i32,
    /// What its days of late surprised beyond the usual, in nats, each half as much as the next.
    carry: f32,
    /// By measure.
    measures: Vec<(Measure, Past)>,
}

impl Own {
    pub fn past(&self, measure: Measure) -> Past {
        self.measures.iter().find(|(known, _)| *known == measure).map(|(_, past)| *past).unwrap_or_default()
    }

    fn past_mut(&mut self, measure: Measure) -> Option<&mut Past> {
        let at = self.measures.binary_search_by_key(&measure, |(known, _)| *known);
        let at = at.unwrap_or_else(|at| {
            self.measures.insert(at, (measure, Past::default()));
            at
        });
        self.measures.get_mut(at).map(|(_, past)| past)
    }

    fn age(&self) -> usize {
        AGES.iter().position(|limit| self.days < *limit).unwrap_or_default()
    }
}

/// Whose days are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Class {
    kind: usize,
    age: usize,
    group: u32,
}

impl Class {
    /// The same of all groups.
    fn whole(self) -> Class {
        Class { group: ALL, ..self }
    }
}

/// The state of judgement. Bound: 600,000 subjects (some 150 MB, where most are addresses outside); when there are more, those not seen for longest are
/// forgotten, each day of their own, up to thirty, counting as a day later.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Judge {
    #[serde(with = "snapshot::map")]
    owns: HashMap<Subject, Own, FixedState>,
    #[serde(with = "snapshot::map")]
    groups: HashMap<(usize, u32, Measure), Past, FixedState>,
    #[serde(with = "snapshot::map")]
    group_days: HashMap<(usize, u32), f32, FixedState>,
    #[serde(with = "snapshot::map")]
    measures: HashMap<(Class, Measure), Calibration, FixedState>,
    #[serde(with = "snapshot::map")]
    days: HashMap<(usize, usize), Calibration, FixedState>,
    #[serde(with = "snapshot::map")]
    with_past: HashMap<(usize, usize), Calibration, FixedState>,
    /// Days of subjects that were, and those of today.
    #[serde(with = "snapshot::map")]
    past_days: HashMap<Class, f32, FixedState>,
    #[serde(with = "snapshot::map")]
    today: HashMap<Class, f32, FixedState>,
    /// About the most subjects that were active on a day.
    active: [f32; KINDS],
    #[serde(skip)]
    most: Most<600_000>,
}

impl Judge {
    /// What is known of a subject.
    pub fn own(&self, subject: Subject) -> Option<&Own> {
        self.owns.get(&subject)
    }

    /// How many subjects of that sort are active on a day.
    pub fn active(&self, subject: Subject) -> f32 {
        self.active.get(subject.kind()).copied().unwrap_or_default()
    }

    /// Whether enough days were seen that there are habits: of at least half as many subjects as are there on a day. A record or two of a wrong clock are
    /// no day.
    pub fn has_habits(&self, subject: Subject) -> bool {
        let past = days_of(subject.kind(), &self.past_days);
        past > 0.0 && past >= self.active(subject) / 2.0
    }

    /// The past of a group, and on how many days.
    pub fn peers(&self, subject: Subject, group: u32, measure: Measure) -> (Past, f32) {
        let past = self.groups.get(&(subject.kind(), group, measure)).copied().unwrap_or_default();
        (past, self.group_days.get(&(subject.kind(), group)).copied().unwrap_or_default())
    }

    /// What is believed of a measure of a subject before its own past.
    fn prior(&self, subject: Subject, group: u32, measure: Measure) -> Prior {
        [ALL, group].into_iter().fold(Prior::default(), |before, group| {
            let (past, days) = self.peers(subject, group, measure);
            past.prior(days.into(), before)
        })
    }

    /// A day begins for a subject, in that class of age.
    pub fn begin(&mut self, subject: Subject, group: u32) -> usize {
        let age = self.owns.get(&subject).map_or(0, Own::age);
        let class = Class { kind: subject.kind(), age, group };
        *self.today.entry(class).or_default() += 1.0;
        *self.today.entry(class.whole()).or_default() += 1.0;
        let count = days_of(subject.kind(), &self.today);
        if let Some(active) = self.active.get_mut(subject.kind()) {
            *active = active.max(count);
        }
        age
    }

    /// How many days of a class there were.
    fn total(&self, class: Class) -> f32 {
        let of = |days: &HashMap<Class, f32, FixedState>| days.get(&class).copied().unwrap_or_default();
        of(&self.past_days) + of(&self.today)
    }

    /// Judges one measure of a day anew. Counted among peers, as far as there are enough of their days: what a traveller does now and then no service
    /// does.
    pub fn measure(&mut self, subject: Subject, day: &mut Day, at: usize) {
        /// Days of peers for which those of all stand in.
        const STAND_IN: f32 = 10.0;
        /// By how much more what was counted may say than the model.
        const BELIEVED: f32 = 1.5;
        let class = Class { kind: subject.kind(), age: day.age, group: day.group };
        let Some(measured) = day.measures.get_mut(at) else { return };
        let none = Own::default();
        let own = self.owns.get(&subject).unwrap_or(&none);
        let prior = self.prior(subject, day.group, measured.measure);
        let ln = own.past(measured.measure).ln_chance(measured.value, own.days.into(), prior);
        let (before, now) = (measured.nats, (-ln).max(0.0) as f32);
        let totals = [class.whole(), class].map(|class| self.total(class));
        let of_all = self.measures.entry((class.whole(), measured.measure)).or_default();
        of_all.change(before, 0.0);
        let chance = (-of_all.nats(now, totals[0])).exp();
        of_all.change(0.0, now);
        let of_peers = self.measures.entry((class, measured.measure)).or_default();
        of_peers.change(before, 0.0);
        let chance = (of_peers.above(now) + STAND_IN * chance) / (totals[1] + STAND_IN);
        of_peers.change(0.0, now);
        // What hardly anybody else has is little surprise where the model expects it.
        measured.calibrated = (-chance.min(1.0).ln()).min(BELIEVED * now);
        measured.nats = now;
        measured.next = measured.value * 1.1 + 0.01;
    }

    /// Judges a whole day anew, from its measures; gives its calibrated nats.
    ///
    /// Much of what is measured says the same in other words, so each further measure counts half of the one before. How often days come to so much
    /// is again counted, so that no independence is presumed.
    pub fn whole(&mut self, subject: Subject, day: &mut Day) -> f32 {
        let mut nats: Vec<f32> = day.measures.iter().map(|one| one.calibrated).collect();
        nats.sort_unstable_by(|a, b| b.total_cmp(a));
        let weights = std::iter::successors(Some(1.0f32), |weight| Some(weight / 2.0));
        let sum: f32 = nats.iter().zip(weights).map(|(nats, weight)| nats * weight).sum();
        let key = (subject.kind(), day.age);
        let total = self.total(Class { kind: subject.kind(), age: day.age, group: ALL });
        let known = self.days.entry(key).or_default();
        known.change(day.nats, 0.0);
        day.calibrated = known.nats(sum, total);
        known.change(0.0, sum);
        day.nats = sum;
        let (before, now) = (day.with_past, sum + self.owns.get(&subject).map_or(0.0, |own| own.carry));
        let known = self.with_past.entry(key).or_default();
        known.change(before, 0.0);
        let calibrated = known.nats(now, total);
        known.change(0.0, now);
        day.with_past = now;
        calibrated
    }

    /// Learns from a day that is over. Of one that stood out no more is learnt than of an unusual one, and what is normal in any case.
    pub fn learn(&mut self, subject: Subject, day: &Day, today: i32) {
        let kind = subject.kind();
        if day.is_held() {
            self.withdraw_from_peers(subject, day);
        }
        for group in [ALL, day.group] {
            *self.group_days.entry((kind, group)).or_default() += 1.0;
        }
        let priors: Vec<Prior> =
            day.measures.iter().map(|one| self.prior(subject, day.group, one.measure)).collect();
        let own = self.owns.entry(subject).or_default();
        own.days = own.days * KEEP.powi((today - own.last_day).clamp(0, 1000)) + 1.0;
        // Days that are each a little odd are together odder than any. What days before carried is not carried again.
        let carried = own.carry;
        own.carry =
            0.5f32.powi((today - own.last_day).clamp(1, 100)) * carried + (day.calibrated - USUAL).max(0.0);
        own.last_day = today;
        for (one, prior) in day.measures.iter().zip(priors).filter(|(one, _)| one.value + one.normal > 0.0) {
            let Some(past) = own.past_mut(one.measure) else { continue };
            let held = if day.is_held() { past.no_more_than(one.value, prior) } else { one.value };
            let value = held + one.normal;
            for group in [ALL, day.group] {
                let group = self.groups.entry((kind, group, one.measure)).or_default();
                group.add(value, today, KEEP);
                group.add_within(past, value);
            }
            past.add(value, today, KEEP);
            if one.normal > 0.0 {
                past.is_normal();
            }
        }
    }

    /// A day that stood out is no measure for peers: an intruder's first days would hide the next. Among all it counts, as every alarm counts.
    fn withdraw_from_peers(&mut self, subject: Subject, day: &Day) {
        let class = Class { kind: subject.kind(), age: day.age, group: day.group };
        for one in &day.measures {
            if let Some(known) = self.measures.get_mut(&(class, one.measure)) {
                known.change(one.nats, 0.0);
            }
        }
    }

    /// The end of a day.
    pub fn end_day(&mut self) {
        self.active.iter_mut().for_each(|active| *active *= 0.9);
        self.past_days.values_mut().for_each(|days| *days *= KEEP);
        for (key, count) in self.today.drain() {
            *self.past_days.entry(key).or_default() += count;
        }
        let calibrations = self.measures.values_mut().chain(self.days.values_mut());
        calibrations.chain(self.with_past.values_mut()).for_each(|known| known.end_day(KEEP));
        self.group_days.values_mut().for_each(|days| *days *= KEEP);
        self.forget();
    }
}

/// How many days of subjects of a sort there are.
fn days_of(kind: usize, days: &HashMap<Class, f32, FixedState>) -> f32 {
    (0..AGES.len()).filter_map(|age| days.get(&Class { kind, age, group: ALL })).sum()
}
