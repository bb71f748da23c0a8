//! What behaviour told in a hunt: for which reasons of whom, and how far up the intruder's days stand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use model::behavior::Measure;
use serde_json::Value;

use crate::compare::curve::deeds::{Truth, each_line};
use crate::error::Error;

/// What was told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// How many findings that have a record of an intruder give a measure as a reason.
    pub of_intruders: BTreeMap<Measure, usize>,
    /// How many of the others do.
    pub of_others: BTreeMap<Measure, usize>,
    /// By intrusion: how far down the first finding lies that has one of its records, by score, from 1 on; among as many of the same score in their middle, and after
    /// the last where there is none.
    pub ranks: Vec<f64>,
}

/// A finding of behaviour.
#[derive(Debug, Default)]
struct Finding {
    score: u64,
    reasons: Vec<Measure>,
    marks: BTreeSet<usize>,
}

impl Told {
    /// Reads the findings of a hunt.
    ///
    /// # Errors
    /// Where they cannot be read, or are not what a hunt writes.
    pub fn read(findings: &Path, truth: &Truth) -> Result<Told, Error> {
        let mut all = Vec::new();
        each_line(findings, |line| {
            if line.get("kind")?.as_str()? == "behavior" {
                all.push(finding(line, truth)?);
            }
            Some(())
        })?;
        Ok(Told::of(&all, truth.intrusions.len()))
    }

    fn of(all: &[Finding], intrusions: usize) -> Told {
        let mut told = Told {
            ranks: (0..intrusions).map(|intrusion| rank(all, intrusion)).collect(),
            ..Told::default()
        };
        for one in all {
            let counts = if one.marks.is_empty() { &mut told.of_others } else { &mut told.of_intruders };
            one.reasons.iter().for_each(|measure| *counts.entry(*measure).or_default() += 1);
        }
        told
    }

    /// How many findings give a measure as a reason.
    pub fn reasons(&self, measure: Measure) -> usize {
        let of = |counts: &BTreeMap<Measure, usize>| counts.get(&measure).copied().unwrap_or(0);
        of(&self.of_intruders) + of(&self.of_others)
    }
}

fn finding(line: &Value, truth: &Truth) -> Option<Finding> {
    let mark =
        |evidence: &Value| truth.mark(evidence.get("source")?.as_str()?, evidence.get("record")?.as_u64()?);
    Some(Finding {
        score: line.get("score")?.as_u64()?,
        reasons: line.get("fields")?.as_object()?.keys().filter_map(|name| Measure::parse(name)).collect(),
        marks: line.get("evidence")?.as_array()?.iter().filter_map(mark).collect(),
    })
}

fn rank(all: &[Finding], intrusion: usize) -> f64 {
    let own = all.iter().filter(|one| one.marks.contains(&intrusion)).map(|one| one.score).max();
    let Some(score) = own else { return all.len() as f64 + 1.0 };
    let above = all.iter().filter(|one| one.score > score).count();
    let beside = all.iter().filter(|one| one.score == score).count();
    above as f64 + (beside as f64 + 1.0) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_counted_by_whom_they_are_about_and_equal_scores_share_their_ranks() {
        let finding = |score, reasons: &[Measure], marks: &[usize]| Finding {
            score,
            reasons: reasons.to_vec(),
            marks: marks.iter().copied().collect(),
        };
        let all = [
            finding(45, &[Measure::Hour], &[0]),
            finding(60, &[Measure::Hour, Measure::Read], &[]),
            finding(50, &[Measure::Read], &[0, 1]),
            finding(50, &[Measure::Read], &[]),
        ];
        let told = Told::of(&all, 3);
        assert_eq!(told.of_intruders, BTreeMap::from([(Measure::Hour, 1), (Measure::Read, 1)]));
        assert_eq!(told.of_others, BTreeMap::from([(Measure::Hour, 1), (Measure::Read, 2)]));
        assert_eq!(told.ranks, [2.5, 2.5, 5.0]);
        assert_eq!((told.reasons(Measure::Read), told.reasons(Measure::Rows)), (3, 0));
    }

    #[test]
    fn what_hunts_write_is_read_and_other_findings_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("findings.jsonl");
        let line = r#"{"kind":"behavior","score":51,"fields":{"read":{"value":9},"new_host":{}},"evidence":[{"source":"logs/a","record":3}]}"#;
        std::fs::write(&path, format!("{{\"kind\":\"rule\"}}\n{line}\n")).unwrap();
        let told = Told::read(&path, &Truth::default()).unwrap();
        assert_eq!(told.of_others, BTreeMap::from([(Measure::NewHost, 1), (Measure::Read, 1)]));
        std::fs::write(&path, "{\"kind\":\"behavior\"}\n").unwrap();
        assert!(Told::read(&path, &Truth::default()).unwrap_err().to_string().contains("line 1"));
    }
}
