//! Every `golden/NAME.log`, `.xml` and `.txt` decodes to `golden/NAME.jsonl`. The lines are our own. `YAGURA_BLESS=1` writes what is decoded
//! now; look at the difference before committing it.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::path::Path;

#[test]
fn the_golden_logs_decode_to_the_golden_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut logs: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| {
        path.extension()
            .is_some_and(|extension| ["log", "xml", "txt"].iter().any(|known| extension == *known))
    });
    logs.sort();
    assert!(logs.len() >= 4);
    let mut differences = String::new();
    for log in logs {
        let (records, errors) = support::read(&fs::read(&log).unwrap(), &support::options());
        let mut found: String =
            records.iter().map(|(number, record)| support::to_json(*number, record) + "\n").collect();
        for error in errors {
            found += &format!("{}\n", serde_json::to_string(&error).unwrap());
        }
        let expected_path = log.with_extension("jsonl");
        if std::env::var_os("YAGURA_BLESS").is_some() {
            fs::write(&expected_path, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        differences += &difference(&log, &expected, &found);
    }
    assert!(differences.is_empty(), "{differences}\nif this is as it should be: YAGURA_BLESS=1 cargo test");
}

fn difference(log: &Path, expected: &str, found: &str) -> String {
    let (expected, found): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let mut text = String::new();
    for at in 0..expected.len().max(found.len()) {
        let (before, now) = (expected.get(at).unwrap_or(&"(nothing)"), found.get(at).unwrap_or(&"(nothing)"));
        if before != now {
            text += &format!("{}, line {}:\n  expected {before}\n  found    {now}\n", log.display(), at + 1);
        }
    }
    text
}
