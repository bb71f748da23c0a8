//! Exercises made from small drills: every scenario has one, and it never tells more than could be known.

use std::path::Path;

use drill::generate::{FIRST_DAY, Wish, generate};
use drill::play::{Action, Case, Decision, Exercise, PlayError, Seen, Step, decisions, parse};
use drill::scenario::{Pace, SCENARIOS};

/// A small drill in that folder.
#[expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
fn written(scenario: &str, folder: &Path) -> Exercise {
    let wish = Wish {
        scenario: scenario.parse().unwrap(),
        pace: Pace::Fast,
        seed: 3,
        users: 20,
        hosts: None,
        days: 6,
        first_day: FIRST_DAY,
        damage: Default::default(),
    };
    generate(&wish, folder, &mut |_| {}).unwrap();
    Exercise::of(folder).unwrap()
}

#[test]
fn every_scenario_is_an_exercise_of_six_to_ten_injects_in_the_order_of_time() {
    for scenario in SCENARIOS {
        let folder = tempfile::tempdir().unwrap();
        let exercise = written(scenario.name(), folder.path());
        let injects = &exercise.injects;
        assert!((6..=10).contains(&injects.len()), "{scenario}: {}", injects.len());
        assert!(injects.windows(2).all(|pair| pair[0].at < pair[1].at), "{scenario}");
        assert_eq!(injects.first().map(|one| one.step), Some(Step::FirstSign), "{scenario}");
        assert_eq!(injects.last().map(|one| one.step), Some(Step::Lessons), "{scenario}");
        assert!(!injects[0].evidence.is_empty(), "{scenario} shows no first sign");
        assert!(injects.iter().all(|one| !one.case.options(one.step).is_empty()), "{scenario}");
        let shown: Vec<_> = injects.iter().flat_map(|one| &one.evidence).collect();
        assert!(shown.iter().all(|one| one.seen != Seen::Gone), "{scenario}: a line was not found");
        if scenario.name() != "quiet" {
            assert!(shown.len() >= 4, "{scenario} shows {} records", shown.len());
        }
    }
}

#[test]
fn nothing_is_shown_before_it_happened_and_lines_are_those_of_the_logs() {
    for scenario in ["ntt-2025", "ransom", "ntt-2020"] {
        let folder = tempfile::tempdir().unwrap();
        let exercise = written(scenario, folder.path());
        for inject in &exercise.injects {
            for one in &inject.evidence {
                assert!(one.time.is_some_and(|time| time <= inject.at) && one.count > 0, "{one:?}");
                if let Seen::Line(line) = &one.seen {
                    let log = std::fs::read_to_string(folder.path().join(&one.source)).unwrap();
                    // Long lines are cut.
                    let shown = line.trim_end_matches('…');
                    assert!(log.lines().nth(one.record as usize - 1).unwrap().starts_with(shown), "{one:?}");
                }
            }
        }
    }
}

#[test]
fn the_same_drill_is_the_same_exercise_and_two_cases_at_once_are_one_exercise() {
    let folder = tempfile::tempdir().unwrap();
    let exercise = written("ntt-2020", folder.path());
    assert_eq!(Exercise::of(folder.path()).unwrap(), exercise);
    let second = exercise.injects.iter().find(|inject| inject.step == Step::SecondCase).unwrap();
    assert!(second.case == Case::Ntt2020Second && !second.evidence.is_empty());
}

#[test]
fn decisions_are_timed_from_the_first_sign_and_a_late_answer_counts_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let exercise = written("ntt-2025", folder.path());
    let lines = ["7:30 A", "D", "- nothing yet", "0:20 A"];
    let answers: Vec<_> = exercise
        .injects
        .iter()
        .zip(lines.into_iter().chain(std::iter::repeat("")))
        .map(|(inject, line)| parse(line, inject.case.options(inject.step)))
        .collect();
    let taken = decisions(&exercise, &answers);
    let of = |decision| taken.iter().find(|(one, _)| *one == decision).and_then(|(_, took)| *took);
    let at = |number: usize| {
        (exercise.injects[number].at.micros() - exercise.injects[0].at.micros()) as u64 / 1_000_000
    };
    assert_eq!(of(Decision::CutFirst), Some(450));
    assert_eq!(of(Decision::CutSecond), None, "device A does not count as device B");
    assert_eq!(of(Decision::Preserve), Some(at(1)));
    assert_eq!(of(Decision::Leak), Some(at(3) + 20));
    assert!(answers[3].chosen == [Action::AssumeLeak]);
}

#[test]
fn what_a_log_says_is_kept_as_it_stands_and_a_truth_that_points_elsewhere_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let exercise = written("insider", folder.path());
    let records = folder.path().join("truth/records.jsonl");
    let truth = std::fs::read_to_string(&records).unwrap();
    let one = exercise.injects[0].evidence.iter().find(|one| matches!(one.seen, Seen::Line(_))).unwrap();
    let log = folder.path().join(&one.source);
    let hostile = "x\u{1b}[2J<script>alert(1)</script>\n".repeat(one.record as usize);
    std::fs::write(&log, hostile).unwrap();
    let shown = |exercise: &Exercise| {
        let mut all = exercise.injects.iter().flat_map(|inject| inject.evidence.clone());
        all.find(|other| other.record == one.record && other.count == one.count).unwrap().seen
    };
    let Seen::Line(line) = shown(&Exercise::of(folder.path()).unwrap()) else { panic!("no line") };
    assert!(line.starts_with("x\u{1b}[2J<script>"));
    std::fs::write(&records, truth.replace(&one.source, "logs/../truth/drill.json")).unwrap();
    assert_eq!(shown(&Exercise::of(folder.path()).unwrap()), Seen::Gone);
}

#[test]
fn a_folder_that_is_no_drill_or_a_damaged_one_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Exercise::of(folder.path()), Err(PlayError::NoDrill(_))));
    written("quiet", folder.path());
    std::fs::write(folder.path().join("truth/readings.jsonl"), "{}\n").unwrap();
    assert!(matches!(Exercise::of(folder.path()), Err(PlayError::BadTruth { line: 1, .. })));
}
