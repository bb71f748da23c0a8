//! Keywords looked for in JSON records as they stand: the matches are those of events decoded whole.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::sync::Arc;

use model::{BatchSet, Everything, Projection};
use sigma::ruleset::Fields;
use sigma::{Matcher, RuleSet};
use sources::{Block, Errors, Span};
use support::load_text;

/// A rule for Windows events with that detection.
fn rule(detection: &str) -> Arc<RuleSet> {
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\nlevel: low\ndetection:\n  {}\n",
        detection.replace('\n', "\n  ")
    );
    let loaded = load_text(&text);
    assert_eq!(loaded.rules.rules.len(), 1, "{text}{:?}", loaded.problems);
    Arc::new(loaded.rules)
}

/// An event whose `CommandLine` is that, as it stands in JSON.
fn event(command_line: &str) -> String {
    format!(
        r#"{{"Channel":"Security","EventID":4688,"SourceName":"Microsoft-Windows-Security-Auditing","Hostname":"h","CommandLine":"{command_line}"}}"#
    )
}

/// The lines that match, and how many were decoded without their keywords.
fn matching(
    rules: &Arc<RuleSet>,
    lines: &[String],
    projection: Arc<dyn Projection + Send + Sync>,
) -> (Vec<u64>, usize) {
    let mut block = Block::default();
    for (number, line) in lines.iter().enumerate() {
        let (start, len) = (block.bytes.len() as u32, line.len() as u32);
        block.spans.push(Span { start, len, record: number as u64 });
        block.bytes.extend_from_slice(line.as_bytes());
    }
    let mut set = BatchSet::new(projection);
    let mut decoder = sources::json::JsonDecoder::new();
    let mut errors = Errors::new("a.json");
    sources::Decoder::decode(&mut decoder, &block, &block.spans, &mut set, &mut errors);
    assert!(errors.finish().is_empty());
    let (mut found, mut lean) = (Vec::new(), 0);
    let mut matcher = Matcher::new(Arc::clone(rules));
    for batch in set.batches() {
        let mut matches = Vec::new();
        matcher.push(batch, &set.interner, &mut matches);
        found.extend(matches.iter().map(|found| batch.rows[found.row as usize].record));
        lean += if batch.shape.no_keywords { batch.rows.len() } else { 0 };
    }
    found.sort_unstable();
    (found, lean)
}

/// The lines that match, found both ways.
fn both_ways(detection: &str, lines: &[&str]) -> (Vec<u64>, usize) {
    let rules = rule(detection);
    let lines: Vec<String> = lines.iter().map(|line| event(line)).collect();
    let whole = matching(&rules, &lines, Arc::new(Everything));
    let searched = matching(&rules, &lines, Arc::new(Fields::new(Arc::clone(&rules))));
    assert_eq!(searched.0, whole.0, "{detection}");
    assert_eq!(whole.1, 0);
    searched
}

#[test]
fn keywords_are_found_in_either_case_and_behind_escapes() {
    let detection = "keywords: ['\\mimilib.dll', 'sekurlsa::']\ncondition: keywords";
    let lines = [
        r"C:\\Windows\\mimilib.dll",
        r"C:\\Windows\\MimiLib.DLL",
        r"\u0073ekurlsa::",
        r"SEKURLSA\u003A\u003a",
        "se\u{212a}urlsa::",
        r"se\u212aurlsa::",
        r"C:\\users\\sato \u003c zlib.dll",
        "nothing of that",
    ];
    assert_eq!(both_ways(detection, &lines), (vec![0, 1, 2, 3, 4, 5], 2));
}

#[test]
fn a_keyword_with_characters_that_json_escapes_is_found_by_its_other_parts() {
    let detection = "keywords: ['run \"now\" /etc/passwd\\x']\ncondition: keywords";
    let lines =
        [r#"run \"now\" \/etc\/passwd\\x"#, r#"run \u0022now\u0022 /etc/passwd\\x"#, "something else"];
    assert_eq!(both_ways(detection, &lines), (vec![0, 1], 1));
}

#[test]
fn a_keyword_beyond_ascii_is_looked_for_in_every_event() {
    let detection = "keywords: [ログインに失敗, 'ＡＢＣ']\ncondition: keywords";
    let lines = ["ログインに失敗しました", r"\u30ed\u30b0\u30a4\u30f3\u306b\u5931\u6557", "ａｂｃ", "abc"];
    assert_eq!(both_ways(detection, &lines), (vec![0, 1, 2], 0));
}

#[test]
fn a_rule_that_excludes_keywords_matches_the_events_without_them() {
    let lines = ["mimikatz is here", "MIMIKATZ", "nothing"];
    let detection = "keywords: ['mimikatz']\ncondition: not keywords";
    assert_eq!(both_ways(detection, &lines), (vec![2], 1));
    let detection = "keywords: ['mimikatz']\nid: {EventID: 4688}\ncondition: id and not keywords";
    assert_eq!(both_ways(detection, &lines), (vec![2], 1));
}

#[test]
fn keywords_beside_fields_leave_the_fields_as_they_are() {
    let lines = ["mimikatz", "whoami /all", "nothing", r"whoami \u002fall mimikatz"];
    let detection =
        "keywords: ['mimikatz']\nline: {CommandLine|contains: 'whoami /all'}\ncondition: keywords or line";
    assert_eq!(both_ways(detection, &lines), (vec![0, 1, 3], 2));
    let detection =
        "keywords: ['mimikatz']\nline: {CommandLine|contains: 'whoami /all'}\ncondition: all of them";
    assert_eq!(both_ways(detection, &lines), (vec![3], 2));
    let detection = "keywords: ['mimikatz']\nnone: {Missing: null}\ncondition: none and not keywords";
    assert_eq!(both_ways(detection, &lines), (vec![1, 2], 2));
}

#[test]
fn modifiers_and_wildcards_of_keywords_are_kept() {
    let lines = ["Invoke-Mimikatz -Dump", "invoke-mimikatz", "dump", "-DUMP of INVOKE-x"];
    for (detection, expected) in [
        ("keywords: ['invoke*dump']\ncondition: keywords", vec![0]),
        ("keywords:\n  '|all': ['invoke-', 'dump']\ncondition: keywords", vec![0, 3]),
        ("keywords:\n  '|cased': ['Invoke-']\ncondition: keywords", vec![0]),
        ("keywords:\n  '|re': ['[Ii]nvoke-[a-z]{4}']\ncondition: keywords", vec![1]),
        ("keywords:\n  '|startswith': ['invoke-']\ncondition: keywords", vec![0, 1]),
        ("keywords: ['-d']\ncondition: keywords", vec![0, 3]),
        ("keywords: ['*']\ncondition: keywords", vec![0, 1, 2, 3]),
    ] {
        assert_eq!(both_ways(detection, &lines).0, expected, "{detection}");
    }
}
