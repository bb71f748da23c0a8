//! What behaviour finds where rules are silent, and that the analyst's budget holds: whole drills, generated, hunted and scored by the program itself.
//!
//! `YAGURA_GATE_SEEDS` says how many companies of each scenario; the figures of twenty stand in docs/detection.md.

use std::process::Command;

use serde_json::Value;

/// The scores of a scenario, one of each company.
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]
fn scores(scenario: &str, seeds: u32) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let seeds = seeds.to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_yagura"))
        .args([
            "drill",
            "run",
            "--scenario",
            scenario,
            "--seeds",
            &seeds,
            "--users",
            "100",
            "--days",
            "14",
            "--json",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    run["scores"].as_array().unwrap().clone()
}

fn seeds() -> u32 {
    std::env::var("YAGURA_GATE_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(2)
}

#[test]
fn a_stolen_account_is_found_before_much_is_read() {
    let scores = scores("ntt-2020-2", seeds());
    let found = scores.iter().filter(|score| score["intrusions"][0]["found"] == true).count();
    assert!(found * 5 >= scores.len() * 4, "{found} of {}", scores.len());
    let mut read: Vec<f64> =
        scores.iter().map(|score| score["intrusions"][0]["read_share"].as_f64().unwrap()).collect();
    read.sort_by(f64::total_cmp);
    let median = read[(read.len() - 1) / 2];
    assert!(median < 0.35, "half of them only after {median} had been read: {read:?}");
}

#[test]
fn an_employee_who_takes_things_away_is_found() {
    let scores = scores("insider", seeds());
    let found = scores.iter().filter(|score| score["intrusions"][0]["found"] == true).count();
    assert!(found * 2 >= scores.len(), "{found} of {}", scores.len());
}

#[test]
fn where_nothing_happens_the_budget_holds() {
    for score in scores("quiet", seeds()) {
        let per_day = score["alarms"]["incidents"]["per_day"].as_f64().unwrap();
        assert!((2.5..=6.5).contains(&per_day), "{per_day} incidents a day with a budget of 5");
    }
}
