//! The ablation as Markdown: a row for all measures together, one without each; where what is found changes; and what was not wholly off.

use std::fmt;

use model::behavior::Measure;

use super::{MEASURES, Trial};

/// What was measured.
#[derive(Debug)]
pub struct Tables<'a> {
    pub trials: &'a [Trial],
    /// On how many drills, in words.
    pub about: &'a str,
}

/// What hunts come to, over all drills.
#[derive(Debug, Default)]
struct Sums {
    found: usize,
    intrusions: usize,
    read: Vec<f64>,
    ln_ranks: Vec<f64>,
    raised: Vec<f64>,
    false_alarms: Vec<f64>,
}

impl Tables<'_> {
    fn of(&self, without: Option<Measure>) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(move |trial| trial.without == without)
    }

    fn sums(&self, without: Option<Measure>) -> Sums {
        let mut sums = Sums::default();
        for trial in self.of(without) {
            sums.found += trial.hunted.found();
            sums.intrusions += trial.hunted.intrusions.len();
            sums.read.extend(trial.hunted.intrusions.iter().filter_map(|one| one.read));
            sums.ln_ranks.extend(trial.told.ranks.iter().map(|rank| rank.ln()));
            sums.raised.push(trial.hunted.raised as f64 / trial.days as f64);
            sums.false_alarms.push(trial.hunted.false_alarms);
        }
        sums
    }

    fn reasons(&self, measure: Measure) -> (usize, usize) {
        let of = |trial: &Trial| {
            let (intruders, others) = (&trial.told.of_intruders, &trial.told.of_others);
            [intruders, others].map(|counts| counts.get(&measure).copied().unwrap_or(0))
        };
        self.of(None).map(of).fold((0, 0), |(sum, sums), [one, others]| (sum + one, sums + others))
    }

    /// Intrusions that are found with a measure and not without it, or the other way round.
    fn changes(&self, measure: Measure) -> Vec<String> {
        let mut changes = Vec::new();
        for (with, without) in self.of(None).zip(self.of(Some(measure))) {
            let both = with.hunted.intrusions.iter().zip(&without.hunted.intrusions);
            for (number, (with_it, without_it)) in (1..).zip(both) {
                if with_it.found != without_it.found {
                    let word = if with_it.found { "lost" } else { "found only" };
                    changes.push(format!(
                        "without `{}`, {word}: {}, seed {}, intrusion {number}",
                        measure.as_str(),
                        with.scenario,
                        with.seed
                    ));
                }
            }
        }
        changes
    }

    /// Measures that are still reasons where they are off.
    fn not_off(&self) -> Vec<String> {
        let still = |measure: Measure| self.of(Some(measure)).map(|trial| trial.told.reasons(measure)).sum();
        let counted = MEASURES.iter().map(|measure| (*measure, still(*measure)));
        let some = counted.filter(|(_, count): &(Measure, usize)| *count > 0);
        some.map(|(measure, count)| {
            format!("`{}` is still a reason of {count} findings where it is off", measure.as_str())
        })
        .collect()
    }
}

impl fmt::Display for Tables<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "Without each measure: {}.\n", self.about)?;
        writeln!(
            out,
            "| without | a reason of findings with an intruder's records | of others | found | read by then: mean | rank of the intruder's first finding: geometric mean | alarms a day: mean | false: mean |\n|---|---|---|---|---|---|---|---|"
        )?;
        writeln!(out, "| – (all count) | | | {} |", self.sums(None))?;
        for measure in MEASURES {
            let (of_intruders, of_others) = self.reasons(measure);
            let sums = self.sums(Some(measure));
            writeln!(out, "| `{}` | {of_intruders} | {of_others} | {sums} |", measure.as_str())?;
        }
        writeln!(out)?;
        let changes = MEASURES.iter().flat_map(|measure| self.changes(*measure));
        changes.chain(self.not_off()).try_for_each(|line| writeln!(out, "* {line}"))
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} of {} | {:.1} % | {:.2} | {:.2} | {:.2}",
            self.found,
            self.intrusions,
            100.0 * mean(&self.read),
            mean(&self.ln_ranks).exp(),
            mean(&self.raised),
            mean(&self.false_alarms)
        )
    }
}

/// The mean; no number where there is none.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::ablation::told::Told;
    use crate::compare::curve::rehearsal::{self, Hunted};

    fn trial(without: Option<Measure>, found: bool, read: f64, rank: f64) -> Trial {
        let intrusions = vec![rehearsal::Told { found, read: Some(read) }];
        Trial {
            scenario: "insider".to_owned(),
            seed: 21,
            without,
            days: 14,
            hunted: Hunted { intrusions, raised: 28, false_alarms: 1.5 },
            told: Told { of_intruders: [(Measure::Hour, 3)].into(), ranks: vec![rank], ..Told::default() },
        }
    }

    #[test]
    fn what_is_lost_without_a_measure_and_what_was_not_off_is_said() {
        let trials = [
            trial(None, true, 0.25, 2.0),
            trial(None, true, 0.75, 8.0),
            trial(Some(Measure::Hour), false, 1.0, 9.0),
            trial(Some(Measure::Hour), true, 0.5, 1.0),
        ];
        let text = Tables { trials: &trials, about: "two" }.to_string();
        for line in [
            "| – (all count) | | | 2 of 2 | 50.0 % | 4.00 | 2.00 | 1.50 |",
            "| `hour` | 6 | 0 | 1 of 2 | 75.0 % | 3.00 | 2.00 | 1.50 |",
            "* without `hour`, lost: insider, seed 21, intrusion 1",
            "* `hour` is still a reason of 6 findings where it is off",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
