//! What people marked as normal, saved, restored and merged. Saved are the verdicts as they were given, by which anything was normal, and what holds today: the
//! estate may have learnt other names since that was worked out.

use std::cmp::Ordering;

use estate::snapshot;
use serde::{Deserializer, Serializer};

use super::*;
use crate::kept;

type Today = HashMap<Subject, Vec<(u32, Side)>, FixedState>;

#[derive(Serialize)]
struct Saving<'a> {
    all: Vec<(&'a Verdict, bool)>,
    day: i32,
    #[serde(serialize_with = "by_subject")]
    today: &'a Today,
}

#[derive(Deserialize)]
struct Restored {
    all: Vec<(Verdict, bool)>,
    #[serde(deserialize_with = "kept::day")]
    day: i32,
    #[serde(with = "snapshot::map")]
    today: Today,
}

fn by_subject<S: Serializer>(today: &&Today, serializer: S) -> Result<S::Ok, S::Error> {
    snapshot::map::serialize(*today, serializer)
}

impl Serialize for Verdicts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let all = self.all.iter().map(|known| (&known.verdict, known.applied)).collect();
        Saving { all, day: self.day, today: &self.today }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Verdicts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Verdicts, D::Error> {
        let Restored { all, day, today } = Restored::deserialize(deserializer)?;
        let mut verdicts = Verdicts::of(all);
        (verdicts.day, verdicts.today) = (day, today);
        Ok(verdicts)
    }
}

impl Verdicts {
    /// Takes what another state was given and found normal. Where the lists are others, all that stand in either hold.
    pub fn merge(&mut self, other: Verdicts) {
        if other.all.is_empty() {
            return;
        }
        if self.all.is_empty() {
            *self = other;
            return;
        }
        let of = |verdicts: &Verdicts| -> Vec<Verdict> {
            verdicts.all.iter().map(|known| known.verdict.clone()).collect()
        };
        if of(self) == of(&other) {
            self.merge_same(other);
            return;
        }
        let mut all: Vec<(Verdict, bool)> = Vec::new();
        for known in std::mem::take(&mut self.all).into_iter().chain(other.all) {
            all.push((known.verdict, known.applied));
        }
        all.sort_by(|(one, _), (other, _)| by_text(one, other));
        all.dedup_by(|(other, applied), (one, before)| {
            let same = one == other;
            *before |= same && *applied;
            same
        });
        let day = self.day.max(other.day);
        *self = Verdicts { day, ..Verdicts::of(all) };
    }

    fn merge_same(&mut self, other: Verdicts) {
        for (own, other) in self.all.iter_mut().zip(other.all) {
            own.applied |= other.applied;
        }
        if self.day < other.day {
            (self.day, self.today) = (other.day, other.today);
        } else if self.day == other.day {
            for (subject, held) in other.today {
                let own = self.today.entry(subject).or_default();
                own.extend(held);
                own.sort_unstable();
                own.dedup();
            }
        }
    }

    fn of(all: Vec<(Verdict, bool)>) -> Verdicts {
        let (verdicts, applied): (Vec<Verdict>, Vec<bool>) = all.into_iter().unzip();
        let mut all = Verdicts::new(verdicts);
        all.all.iter_mut().zip(applied).for_each(|(known, applied)| known.applied = applied);
        all
    }
}

/// An order in which only what is the same is equal.
fn by_text(one: &Verdict, other: &Verdict) -> Ordering {
    let first = (&one.name, &one.other, one.kind, one.measure).cmp(&(
        &other.name,
        &other.other,
        other.kind,
        other.measure,
    ));
    let rest = |verdict: &Verdict| (verdict.from, verdict.until, verdict.by.clone(), verdict.note.clone());
    first.then_with(|| rest(one).cmp(&rest(other))).then_with(|| one.others.cmp(&other.others))
}

#[cfg(test)]
mod tests {
    use estate::{HostId, Inventory};
    use model::VerdictKind;

    use super::*;
    use crate::kept::bytes_of;

    #[test]
    fn where_lists_are_others_all_hold_and_what_was_applied_stays_so() {
        let mut estate = Estate::new(Inventory::default());
        let sato = Subject::Account(estate.account("sato", HostId::NONE));
        let names = Names::default();
        let around = Around { names: &names, estate: &estate, seen: &Seen::default() };
        let about = |accounts: &[&str]| {
            let verdicts = accounts.iter().map(|name| {
                let (kind, name) = (VerdictKind::Entity, (*name).to_owned());
                let (other, by, note, others) = Default::default();
                Verdict { kind, name, other, measure: None, from: None, until: None, by, note, others }
            });
            Verdicts::new(verdicts.collect())
        };
        let lists = || {
            let mut applied = about(&["tanaka", "sato"]);
            assert!(applied.are_normal((sato, Measure::Read), Example::None, 7, around));
            (applied, about(&["mori", "sato"]))
        };
        let ((mut one, second), (first, mut other)) = (lists(), lists());
        one.merge(second);
        other.merge(first);
        assert!(bytes_of(&one) == bytes_of(&other));
        assert_eq!((one.all.len(), one.applied()), (3, 1));
        assert!(one.are_normal((sato, Measure::Read), Example::None, 7, around));
    }
}
