//! `yagura drill` as people use it: made, hunted, scored; and never over what it has not written.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the real program on a small drill.
fn yagura(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yagura"))
        .args(arguments)
        .current_dir(folder)
        .env("YAGURA_CACHE", folder.join("cache"))
        .output()
        .unwrap()
}

fn generate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut line =
        vec!["drill", "generate", "--scenario", "ransom", "--users", "20", "--days", "6", "--out", "d"];
    line.extend_from_slice(more);
    line
}

#[test]
fn a_drill_is_made_hunted_and_scored() {
    let folder = tempfile::tempdir().unwrap();
    let line =
        ["drill", "run", "--scenario", "ransom", "--users", "20", "--days", "6", "--out", "d", "--json"];
    let ran = yagura(&line, folder.path());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let both: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let score = &both["scores"][0];
    assert_eq!((score["scenario"].as_str(), score["users"].as_u64()), (Some("ransom"), Some(20)));
    let drill = fs::read(folder.path().join("d/ransom-1/truth/drill.json")).unwrap();
    let drill: serde_json::Value = serde_json::from_slice(&drill).unwrap();
    assert!(drill["marked"].as_u64().unwrap() > 100, "{drill}");
    let errors = fs::read_to_string(folder.path().join("d/ransom-1/out/errors.jsonl")).unwrap();
    assert_eq!(errors, "");
}

#[test]
fn force_writes_over_a_drill_but_never_over_somebodys_logs() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("d/logs/auth.log");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "evidence\n").unwrap();
    for arguments in [generate(&["--quiet"]), generate(&["--quiet", "--force"])] {
        let refused = yagura(&arguments, folder.path());
        assert_eq!(refused.status.code(), Some(1));
        assert_eq!(fs::read_to_string(&own).unwrap(), "evidence\n");
    }
    fs::remove_dir_all(folder.path().join("d")).unwrap();
    assert!(yagura(&generate(&["--quiet"]), folder.path()).status.success());
    assert_eq!(yagura(&generate(&["--quiet"]), folder.path()).status.code(), Some(1));
    assert!(yagura(&generate(&["--quiet", "--force"]), folder.path()).status.success());
}

#[test]
fn a_wish_that_has_no_meaning_is_refused_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for (wrong, en, ja) in [
        (&["--gap", "yesterday"][..], "FROM..TO", "FROM..TO の形ではありません"),
        (&["--skew", "fs01"], "SOURCE=SECONDS", "SOURCE=秒数"),
        (&["--from", "6月1日"], "is not a date", "日付ではありません"),
        (&["--seed", "1", "--pace", "slow"], "62", "62"),
    ] {
        for (language, text) in [("en", en), ("ja", ja)] {
            let arguments = [generate(wrong), vec!["--lang", language]].concat();
            let refused = yagura(&arguments, folder.path());
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(2), "{said}");
            assert!(said.contains(text), "{said}");
        }
    }
    assert!(!folder.path().join("d").exists());
}
