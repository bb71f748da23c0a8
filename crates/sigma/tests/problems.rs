//! What is said about rules that cannot be used: each file of `tests/problems` beside what `yagura rules check` prints.
//!
//! `YAGURA_BLESS=1 cargo test -p yagura-sigma --test problems` writes the expected texts anew.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use sigma::{Placeholders, RuleFile, load};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yml"));
    files.sort();
    files
}

fn rendered(path: &Path) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let file = RuleFile { name, text: std::fs::read_to_string(path).unwrap() };
    let loaded = load(std::slice::from_ref(&file), &Placeholders::new());
    let texts: Vec<String> =
        loaded.problems.iter().map(|problem| problem.render(&file.text, false)).collect();
    texts.join("\n")
}

#[test]
fn every_problem_is_said_as_its_golden_file_says() {
    let bless = std::env::var_os("YAGURA_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let (said, golden) = (rendered(&path), path.with_extension("txt"));
        if bless {
            std::fs::write(&golden, &said).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        if said != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- said\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_broken_rule_has_a_problem_with_a_place_and_a_code_of_its_own_kind() {
    for path in files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = RuleFile { name: "rule.yml".into(), text: text.clone() };
        let problems = load(&[file], &Placeholders::new()).problems;
        assert!(!problems.is_empty(), "{}", path.display());
        for problem in problems {
            let lines = text.lines().count() as u32;
            assert!((1..=lines.max(1)).contains(&problem.line), "{}: {problem}", path.display());
            let (start, len) = problem.span;
            assert!(text.get(start..start + len).is_some(), "{}: {problem}", path.display());
            assert!(!problem.code.is_empty() && !problem.code.contains(' '), "{problem}");
        }
    }
}

const PIECES: [&str; 20] = [
    "",
    "\n",
    " ",
    "    ",
    "\t",
    ":",
    "- ",
    "'",
    "\"",
    "|",
    "*",
    "%",
    "(",
    "{",
    "[",
    "---\n",
    "é",
    "櫓",
    "\0",
    "title: x\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_damaged_a_problem_points_into_its_file(
        file in any::<Index>(), at in any::<Index>(), removed in 0..12usize, piece in select(&PIECES[..]),
    ) {
        let files = files();
        let mut text: Vec<char> = std::fs::read_to_string(&files[file.index(files.len())]).unwrap().chars().collect();
        let at = at.index(text.len());
        let end = (at + removed).min(text.len());
        text.splice(at..end, piece.chars());
        let file = RuleFile { name: "rule.yml".into(), text: text.into_iter().collect() };
        for problem in load(std::slice::from_ref(&file), &Placeholders::new()).problems {
            let (start, len) = problem.span;
            prop_assert!(file.text.get(start..start + len).is_some(), "{problem}");
            prop_assert!(problem.line as usize <= file.text.lines().count() + 1, "{problem}");
            prop_assert!(!problem.render(&file.text, true).is_empty());
        }
    }
}
