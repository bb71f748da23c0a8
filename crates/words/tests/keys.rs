//! The two languages say the same things, and say all that the code asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use fluent_bundle::FluentResource;
use regex::Regex;
use walkdir::WalkDir;

const EN: &str = concat!(
    include_str!("../locales/en.ftl"),
    include_str!("../locales/en/report.ftl"),
    include_str!("../locales/en/story.ftl"),
    include_str!("../locales/en/behavior.ftl"),
);
const JA: &str = concat!(
    include_str!("../locales/ja.ftl"),
    include_str!("../locales/ja/report.ftl"),
    include_str!("../locales/ja/story.ftl"),
    include_str!("../locales/ja/behavior.ftl"),
);

/// Every key with the variables of its text.
#[expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
fn texts(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let key = Regex::new(r"^([a-z][a-z0-9-]*) =").unwrap();
    let variable = Regex::new(r"\{ ?\$([a-z-]+)").unwrap();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some(found) = key.captures(line) {
            let name = found[1].to_owned();
            assert!(texts.insert(name.clone(), BTreeSet::new()).is_none(), "{name} stands twice");
            current = Some(name);
        }
        let Some(name) = &current else { continue };
        let found = variable.captures_iter(line).map(|found| found[1].to_owned());
        texts.get_mut(name).unwrap().extend(found);
    }
    texts
}

#[test]
fn both_files_are_valid() {
    for (name, file) in [("en", EN), ("ja", JA)] {
        if let Err((_, errors)) = FluentResource::try_new(file.to_owned()) {
            panic!("{name}.ftl: {errors:?}");
        }
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_variables() {
    let (en, ja) = (texts(EN), texts(JA));
    assert!(en.len() > 150, "only {} keys were found", en.len());
    for key in en.keys().chain(ja.keys()) {
        assert_eq!(en.get(key), ja.get(key), "{key}");
    }
}

/// Calls with the key written out as the first of two arguments, and keys that the command line keeps in tables.
#[test]
fn every_key_that_the_code_asks_for_exists() {
    let known = texts(EN);
    let call = Regex::new(r#"(?:\.text|\.say|\bboth)\(\s*"([a-z][a-z0-9-]*)"\s*,"#).unwrap();
    let in_a_table =
        Regex::new(r#""((?:hunt|cli-error|doctor|progress|rules-(?:check|list|coverage))-[a-z-]*[a-z])""#)
            .unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folders = ["crates", "xtask"].map(|folder| workspace.join(folder));
    let mut asked = 0;
    // Drills write logs, and stories of tests findings, not texts for people; what is called so there is another thing.
    let others = ["crates/drill", "crates/path/tests", "crates/incident/tests"];
    let others = others.map(|folder| workspace.join(folder));
    let files = folders.iter().flat_map(WalkDir::new).filter_map(Result::ok);
    for entry in files.filter(|entry| !others.iter().any(|other| entry.path().starts_with(other))) {
        if entry.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let code = std::fs::read_to_string(entry.path()).unwrap();
        let tables = entry.path().starts_with(workspace.join("crates/cli/src"));
        let of_tables = in_a_table.captures_iter(&code).filter(|_| tables);
        for found in call.captures_iter(&code).chain(of_tables).map(|found| found[1].to_owned()) {
            asked += 1;
            let is_test_of_absence = found == "no-such-text";
            assert!(
                known.contains_key(&found) || is_test_of_absence,
                "{}: there is no text `{found}`",
                entry.path().display()
            );
        }
    }
    assert!(asked > 10, "only {asked} calls were found");
}

#[test]
fn every_key_in_the_tables_of_this_crate_exists() {
    let known = texts(EN);
    let literal = Regex::new(r#""((?:finding|correlation|group|bytes|duration|story)-[a-z-]+)""#).unwrap();
    for entry in WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).into_iter().flatten() {
        let code = std::fs::read_to_string(entry.path()).unwrap_or_default();
        for found in literal.captures_iter(&code) {
            assert!(known.contains_key(&found[1]), "there is no text `{}`", &found[1]);
        }
    }
}

#[test]
fn japanese_texts_have_no_half_width_brackets_or_english_left_in_them() {
    let word = Regex::new(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,} [a-z]{2,}").unwrap();
    for line in JA.lines().filter(|line| !line.starts_with('#')) {
        let text = line.split_once(" = ").map_or(line, |(_, text)| text);
        assert!(!text.contains('('), "half-width bracket: {line}");
        assert!(!word.is_match(text) || text.contains("yagura "), "English left: {line}");
    }
}
