//! Rust files: module docs, sizes, leftovers.

use super::code::split;
use super::{Complaint, TreeFile};

/// A file has fewer lines than this before its tests.
const FILE_LINES: usize = 600;

/// A function has fewer lines than this.
const FUNCTION_LINES: usize = 60;

/// What exempts a file (among the comments at its top) or a function (directly above it).
const EXEMPTION: &str = "// tidy: long because ";

/// Macros that stand for what is not written yet, or were left behind.
const LEFTOVERS: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];

/// Checks one file.
pub fn check(file: &TreeFile, complaints: &mut Vec<Complaint>) {
    if !file.text.starts_with("//!") {
        let what = "the file does not begin with module docs (`//!`): say what it is for, what comes in and goes out";
        complaints.push(Complaint::new(file, 1, what));
    }
    for (number, line) in file.text.lines().enumerate() {
        if line.ends_with(char::is_whitespace) {
            complaints.push(Complaint::new(file, number + 1, "white space at the end of the line"));
        }
    }
    let split = split(&file.text);
    leftovers(file, &split.code, &split.comments, complaints);

    let code: Vec<&str> = split.code.lines().collect();
    let own = code.iter().position(|line| *line == "#[cfg(test)]").unwrap_or(code.len());
    if own >= FILE_LINES && !top_of_file(file).any(|line| line.starts_with(EXEMPTION)) {
        let what = format!(
            "{own} lines before the tests, {FILE_LINES} or more: split it, or say `{EXEMPTION}…` at its top"
        );
        complaints.push(Complaint::new(file, FILE_LINES, what));
    }
    if !is_test_code(&file.path) {
        functions(file, code.get(..own).unwrap_or(&code), complaints);
    }
}

/// Programs that only test, measure or show.
fn is_test_code(path: &str) -> bool {
    ["tests", "benches", "examples"].iter().any(|folder| path.split('/').any(|part| part == *folder))
}

fn top_of_file(file: &TreeFile) -> impl Iterator<Item = &str> {
    file.text.lines().take_while(|line| line.is_empty() || line.starts_with("//"))
}

fn leftovers(file: &TreeFile, code: &str, comments: &str, complaints: &mut Vec<Complaint>) {
    for (number, line) in code.lines().enumerate() {
        for leftover in LEFTOVERS.iter().filter(|leftover| has_word(line, leftover)) {
            let what = format!("`{leftover}` is left: do it, or take it out");
            complaints.push(Complaint::new(file, number + 1, what));
        }
    }
    // Put together here, so that this file may be checked too.
    let marks = [concat!("FIX", "ME"), concat!("XX", "X")];
    for (number, line) in comments.lines().enumerate() {
        for mark in marks.iter().filter(|mark| has_word(line, mark)) {
            let what = format!("`{mark}` is left: mend it now, or open an issue");
            complaints.push(Complaint::new(file, number + 1, what));
        }
    }
}

/// Whether `word` stands in the line with no letter or digit beside it.
fn has_word(line: &str, word: &str) -> bool {
    let is_name = |each: char| each.is_alphanumeric() || each == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(is_name) && !after.is_some_and(is_name)
    })
}

fn functions(file: &TreeFile, code: &[&str], complaints: &mut Vec<Complaint>) {
    for (number, line) in code.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let Some(lines) = body_lines(code.get(number..).unwrap_or_default()) else { continue };
        if lines >= FUNCTION_LINES && !is_exempt(file, number) {
            let what = format!(
                "`{name}` has {lines} lines, {FUNCTION_LINES} or more: split it, or say `{EXEMPTION}…` above it"
            );
            complaints.push(Complaint::new(file, number + 1, what));
        }
    }
}

/// The name of the function whose definition begins on that line.
fn function_name(line: &str) -> Option<&str> {
    let at = if line.starts_with("fn ") { 0 } else { line.find(" fn ")? + 1 };
    let name = line.get(at + 3..)?.trim_start();
    let len = name.find(|each: char| !each.is_alphanumeric() && each != '_').unwrap_or(name.len());
    name.get(..len).filter(|name| !name.is_empty())
}

/// How many lines a function has that begins on the first of `code`; `None` where it has no body.
fn body_lines(code: &[&str]) -> Option<usize> {
    let (mut nested, mut braces) = (0_i32, 0_i32);
    for (number, line) in code.iter().enumerate() {
        let start = if number == 0 { line.find("fn ")? } else { 0 };
        for each in line.get(start..)?.chars() {
            match each {
                '(' | '[' if braces == 0 => nested += 1,
                ')' | ']' if braces == 0 => nested -= 1,
                ';' if braces == 0 && nested == 0 => return None,
                '{' if nested == 0 => braces += 1,
                '}' if nested == 0 => {
                    braces -= 1;
                    if braces == 0 {
                        return Some(number + 1);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

/// Whether the comments and attributes directly above a function exempt it.
fn is_exempt(file: &TreeFile, function: usize) -> bool {
    let above: Vec<&str> = file.text.lines().take(function).map(str::trim_start).collect();
    let belongs = |line: &&&str| line.starts_with("//") || line.starts_with("#[");
    above.iter().rev().take_while(belongs).any(|line| line.starts_with(EXEMPTION))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<(usize, String)> {
        let mut complaints = Vec::new();
        check(&TreeFile { path: path.to_owned(), text: text.to_owned() }, &mut complaints);
        complaints.into_iter().map(|complaint| (complaint.line, complaint.what)).collect()
    }

    fn function(lines: usize, before: &str) -> String {
        let body = "    work();\n".repeat(lines - 2);
        format!("//! Docs.\n\n{before}pub(crate) fn long(a: [u8; 2]) -> u8 {{\n{body}}}\n")
    }

    #[test]
    fn a_good_file_is_left_in_peace() {
        assert_eq!(complaints("a.rs", "//! Docs.\n\nfn f() {\n    \"todo!() XXX\";\n}\n"), []);
        assert_eq!(complaints("a.rs", &function(59, "")), []);
    }

    #[test]
    fn a_file_without_module_docs_is_told() {
        let found = complaints("a.rs", "// Copyright\n//! Docs.\n");
        assert!(found[0].0 == 1 && found[0].1.contains("module docs"), "{found:?}");
    }

    #[test]
    fn white_space_at_the_end_of_a_line_is_told_with_its_line() {
        let found = complaints("a.rs", "//! Docs.\n\nuse a; \n");
        assert!(found.len() == 1 && found[0].0 == 3, "{found:?}");
    }

    #[test]
    fn leftovers_are_told() {
        let source =
            concat!("//! Docs.\nfn f() { to", "do!() }\nfn g() { dbg", "!(1); } // XX", "X: later\n");
        let lines: Vec<usize> = complaints("a.rs", source).iter().map(|found| found.0).collect();
        assert_eq!(lines, [2, 3, 3]);
    }

    #[test]
    fn a_long_file_is_told_unless_it_says_why() {
        let lines = "const A: u8 = 1;\n".repeat(600);
        let found = complaints("a.rs", &format!("//! Docs.\n{lines}"));
        assert!(found[0].1.starts_with("601 lines"), "{found:?}");
        assert_eq!(complaints("a.rs", &format!("//! Docs.\n// tidy: long because a table\n\n{lines}")), []);
    }

    #[test]
    fn lines_of_tests_do_not_count() {
        let tests = "    // a line\n".repeat(600);
        assert_eq!(complaints("a.rs", &format!("//! Docs.\n#[cfg(test)]\nmod tests {{\n{tests}}}\n")), []);
    }

    #[test]
    fn a_long_function_is_told_unless_it_says_why() {
        let found = complaints("a.rs", &function(60, ""));
        assert!(found[0].0 == 3 && found[0].1.starts_with("`long` has 60 lines"), "{found:?}");
        assert_eq!(complaints("a.rs", &function(60, "// tidy: long because of it\n#[inline]\n")), []);
        // What exempts a function does not exempt its file, nor the reverse.
        assert_eq!(complaints("a.rs", &function(60, "// tidy: long because of it\n\n")).len(), 1);
        assert_eq!(complaints("crates/a/tests/b.rs", &function(60, "")), []);
    }

    #[test]
    fn a_function_without_a_body_has_no_length() {
        let lines = "    work();\n".repeat(70);
        let source =
            format!("//! Docs.\ntrait T {{\n    fn f(a: [u8; 3]);\n}}\nconst C: () = {{\n{lines}}};\n");
        assert_eq!(complaints("a.rs", &source), []);
    }
}
