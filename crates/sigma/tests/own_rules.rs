//! Our own rules do what their tests say, and have what every rule of ours has.

mod support;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sigma::RuleInfo;
use support::{Bench, Event, is_correlation, load_file, read_test, rule_files};

#[test]
fn every_rule_on_single_events_matches_what_its_test_says_and_nothing_else() {
    let mut wrong = Vec::new();
    let mut rules = 0;
    for (path, test) in rule_files().into_iter().filter(|(path, _)| !is_correlation(path)) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let loaded = load_file(&path);
        for problem in &loaded.problems {
            wrong.push(format!("{name}: {} {}", problem.code, problem.reason));
        }
        let test = match read_test(&test) {
            Ok(test) => test,
            Err(error) => {
                wrong.push(format!("{name}: its test: {error}"));
                continue;
            }
        };
        if loaded.rules.rules.len() != 1 {
            wrong.push(format!("{name}: {} rules in the file", loaded.rules.rules.len()));
            continue;
        }
        rules += 1;
        let rules = Arc::new(loaded.rules);
        let mut bench = Bench::new(&rules);
        let mut matches = |event: &Event| !bench.push(event, 0).is_empty();
        for (number, event) in test.fire.iter().flatten().enumerate() {
            if !matches(event) {
                wrong.push(format!("{name}: fire event {number} does not match: {:?}", event.fields));
            }
        }
        for (number, event) in test.silent.iter().flatten().enumerate() {
            if matches(event) {
                wrong.push(format!("{name}: silent event {number} matches: {:?}", event.fields));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {rules} rules:\n{}", wrong.len(), wrong.join("\n"));
    assert!(rules >= 100, "only {rules} rules");
}

#[test]
fn every_rule_has_an_id_of_its_own_and_texts_in_both_languages() {
    let mut wrong = Vec::new();
    let mut ids: HashMap<String, String> = HashMap::new();
    for (path, _) in rule_files() {
        let loaded = load_file(&path);
        let rules = loaded.rules.rules.iter().map(|rule| &rule.info);
        let infos: Vec<&RuleInfo> =
            rules.chain(loaded.rules.correlations.iter().map(|rule| &rule.info)).collect();
        for info in infos {
            let place = format!("{} ({})", info.file, info.title);
            if info.id.starts_with("R-") {
                wrong.push(format!("{place} has no id"));
            }
            if let Some(first) = ids.insert(info.id.clone(), place.clone()) {
                wrong.push(format!("{place} has the id of {first}"));
            }
            let is_there = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
            if !is_there(&info.title_ja) || !is_there(&info.description_ja) || info.description.is_empty() {
                wrong.push(format!("{place} lacks title_ja, description or description_ja"));
            }
            if info.techniques.is_empty() && info.tactics.is_empty() {
                wrong.push(format!("{place} has no place in ATT&CK"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_file_has_a_test_with_something_to_find_and_something_to_leave() {
    let mut wrong = Vec::new();
    let mut tests = HashSet::new();
    for (path, test) in rule_files() {
        match read_test(&test) {
            Ok(read) if read.fire.is_empty() || read.silent.is_empty() => {
                wrong.push(format!("{}: fire or silent is empty", test.display()));
            }
            Ok(_) => {}
            Err(error) => wrong.push(format!("{}: {error}", path.display())),
        }
        tests.insert(test);
    }
    for entry in walkdir::WalkDir::new(support::rules_folder()) {
        let path = entry.unwrap().into_path();
        if path.to_string_lossy().ends_with(".test.yml") && !tests.contains(&path) {
            wrong.push(format!("{} is a test of no rule", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
