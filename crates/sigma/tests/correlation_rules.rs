//! Our own correlations fire in the sequences that their tests say, and in no others.

mod support;

use std::sync::Arc;

use sigma::correlation::needs;
use support::{Bench, Event, firings, is_correlation, load_file, read_test, rule_files};

#[test]
fn every_correlation_of_ours_fires_where_its_test_says_and_nowhere_else() {
    let mut wrong = Vec::new();
    let mut files = 0;
    for (path, test) in rule_files().into_iter().filter(|(path, _)| is_correlation(path)) {
        files += 1;
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let loaded = load_file(&path);
        wrong.extend(loaded.problems.iter().map(|p| format!("{name}: {} {}", p.code, p.reason)));
        let Ok(test) = read_test(&test) else {
            wrong.push(format!("{name}: its test cannot be read"));
            continue;
        };
        let rules = Arc::new(loaded.rules);
        // The rule under test is the last document of the file.
        let Some(last) = rules.correlations.len().checked_sub(1) else {
            wrong.push(format!("{name}: no correlation"));
            continue;
        };
        let fires = |events: &[Event]| firings(&rules, events).iter().any(|f| f.correlation as usize == last);
        for (number, events) in test.fire.iter().enumerate() {
            if !fires(events) {
                let mut bench = Bench::new(&rules);
                let matched = events.iter().filter(|event| !bench.push(event, 0).is_empty()).count();
                let all = events.len();
                wrong.push(format!("{name}: fire sequence {number} is silent ({matched} of {all} matched)"));
            }
        }
        for (number, events) in test.silent.iter().enumerate() {
            if fires(events) {
                wrong.push(format!("{name}: silent sequence {number} fires"));
            }
        }
        if !needs(&rules).iter().all(|needed| *needed) {
            wrong.push(format!("{name}: a rule in the file is in no correlation"));
        }
    }
    assert!(wrong.is_empty(), "{} problems:\n{}", wrong.len(), wrong.join("\n"));
    assert!(files >= 40, "only {files} correlations");
}
