//! `yagura hunt --verdicts`: what people marked as normal is no finding of behaviour, and the list is accounted for.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use serde_json::Value;
use support::{Ran, Sandbox};

/// Twenty people open files of two shares on twelve days; on the last, `user0` opens a great many of one that nobody else does.
fn file_server() -> String {
    let mut log = String::new();
    let mut open = |day: u32, user: u32, share: &str, files: u32| {
        for file in 0..files {
            let second = user * 150 + file;
            let (hour, minute, second) = (9 + second / 3600, second / 60 % 60, second % 60);
            writeln!(
                log,
                r#"{{"EventID":5145,"Channel":"Security","EventTime":"2026-05-{day:02}T{hour:02}:{minute:02}:{second:02}Z","Hostname":"fs01","SubjectUserName":"user{user}","SubjectDomainName":"CORP","SubjectLogonId":"0x{day}{user:02}","IpAddress":"192.0.2.{user}","ShareName":"\\\\*\\{share}","RelativeTargetName":"{day}\\{file}.xlsx","AccessMask":"0x1","ObjectType":"File"}}"#
            )
            .unwrap();
        }
    };
    for day in 1..=12 {
        (0..20).for_each(|user| open(day, user, "sales", 10 + (user * 7 + day) % 20));
    }
    open(12, 0, "hr", 4000);
    log
}

/// Who was found to do what is unusual in the share that only `user0` opens.
fn odd_in_hr(ran: &Ran) -> BTreeSet<String> {
    let findings = ran.lines("findings.jsonl").into_iter().filter(|one| one["kind"] == "behavior");
    let odd = findings.filter(|one| one["fields"].to_string().contains("/hr"));
    odd.map(|one| one["entities"][0]["name"].as_str().unwrap().to_owned()).collect()
}

fn counted(ran: &Ran) -> (Value, Value, usize) {
    let used = &ran.summary()["verdicts"];
    (used["loaded"].clone(), used["applied"].clone(), used["problems"].as_array().map_or(0, Vec::len))
}

#[test]
fn what_is_marked_as_normal_is_no_finding_and_is_counted() {
    let sandbox = Sandbox::new();
    sandbox.log("fs01.json", file_server().as_bytes());
    let ran = sandbox.hunt(&["logs"]);
    ran.must_end(0);
    let found = BTreeSet::from(["user0".to_owned()]);
    assert_eq!(odd_in_hr(&ran), found);
    assert!(ran.summary()["verdicts"].is_null());

    let list = |until: &str| {
        format!(
            "kind,name,other,until,note\npair,CORP\\user0,\\\\fs01\\hr,{until},棚卸し\nentity,user99,,,\n"
        )
    };
    fs::write(sandbox.path("normal.csv"), list("2026/5/12")).unwrap();
    let ran = sandbox.hunt(&["logs", "--verdicts", "normal.csv"]);
    ran.must_end(0);
    assert_eq!(odd_in_hr(&ran), BTreeSet::new());
    assert_eq!(counted(&ran), (2.into(), 1.into(), 0));
    assert!(ran.stdout.contains("Marked as normal"), "{}", ran.stdout);

    let until_yesterday = encoding_of(&list("2026-05-11"));
    fs::write(sandbox.path("normal.csv"), until_yesterday).unwrap();
    let ran = sandbox.hunt(&["logs", "--verdicts", "normal.csv"]);
    assert_eq!(odd_in_hr(&ran), found);
    assert_eq!(counted(&ran), (2.into(), 0.into(), 0));
}

/// As a spreadsheet writes it.
fn encoding_of(text: &str) -> Vec<u8> {
    [b"\xef\xbb\xbf", text.replace('\n', "\r\n").as_bytes()].concat()
}

#[test]
fn rows_that_cannot_be_used_are_told_and_a_list_that_cannot_be_read_ends_the_hunt() {
    let sandbox = Sandbox::new();
    sandbox.log("fs01.json", file_server().lines().next().unwrap().as_bytes());
    fs::write(sandbox.path("normal.csv"), "kind,name,until\nentity,user0,soon\nentity,user1,\n").unwrap();
    let ran = sandbox.hunt(&["logs", "--verdicts", "normal.csv"]);
    ran.must_end(0);
    assert!(ran.stderr.contains("normal.csv:2: `soon` is no date"), "{}", ran.stderr);
    assert_eq!(counted(&ran), (1.into(), 0.into(), 1));
    fs::write(sandbox.path("normal.csv"), "name,until\nuser0,\n").unwrap();
    let ran = sandbox.hunt(&["logs", "--verdicts", "normal.csv"]);
    ran.must_end(1);
    assert!(ran.stderr.contains("no column `kind`"), "{}", ran.stderr);
    sandbox.hunt(&["logs", "--verdicts", "missing.csv"]).must_end(1);
}
