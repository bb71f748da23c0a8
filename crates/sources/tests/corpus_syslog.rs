//! Recorded lines, where they are: what is decoded agrees with what the collections say about them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;

use sources::Format;
use sources::format::{Recognised, recognise};
use sources::text::Charset;

/// How many of the lines that fail2ban's own tests call attacks give the address (and user) that they name. The rest are
/// lines that get their address from an earlier line of the same connection, which is not a decoder's work.
#[test]
fn addresses_and_users_are_those_that_fail2ban_expects() {
    let Some(folder) = support::corpus("logs/fail2ban") else { return };
    for (name, least) in [("sshd", 0.8), ("pam-generic", 0.6)] {
        let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let syslog = Recognised { format: Format::Syslog, charset: Charset::Utf8 };
        let (records, _) = support::read_as(syslog, text.as_bytes(), &support::options());
        let mut expected: Option<serde_json::Value> = None;
        for (number, line) in (1u64..).zip(text.lines()) {
            if let Some(json) = line.strip_prefix("# failJSON:") {
                expected = serde_json::from_str(json.trim()).ok();
                continue;
            }
            let Some(expected) = expected.take().filter(|json| json["match"] == true) else { continue };
            let Some(host) = expected["host"].as_str() else { continue };
            let Some((_, record)) = records.iter().find(|(of, _)| *of == number) else { continue };
            let found = record.text("src_ip").or_else(|| record.text("src_host")).unwrap_or_default();
            let same_user =
                expected["user"].as_str().is_none_or(|user| record.text("user").unwrap_or_default() == user);
            all += 1;
            if same_address(&found, host) && same_user {
                right += 1;
            } else {
                wrong.push(format!("{number}: {found} for {host}: {line}"));
            }
        }
        let share = f64::from(right) / f64::from(all.max(1));
        println!("{name}: {right} of {all} lines ({share:.2})");
        for line in wrong.iter().take(60) {
            println!("  {line}");
        }
        assert!(share >= least, "{name}: only {share:.2} of the lines are understood, at least {least} were");
    }
}

fn same_address(a: &str, b: &str) -> bool {
    match (a.parse::<std::net::IpAddr>(), b.parse::<std::net::IpAddr>()) {
        (Ok(a), Ok(b)) => a.to_canonical() == b.to_canonical(),
        // Numbers with leading zeros are no addresses here.
        _ => a == b,
    }
}

#[test]
fn every_line_of_the_recorded_auth_logs_is_a_record() {
    for below in ["logs/elastic-examples/auth.log", "logs/crowdsec/sshd-success-logs/sshd-success-logs.log"] {
        let Some(path) = support::corpus(below) else { continue };
        let bytes = fs::read(path).unwrap();
        let recognised = recognise(&bytes[..bytes.len().min(64 << 10)], &support::options()).unwrap();
        assert_eq!(recognised.format, Format::Syslog, "{below}");
        let (records, errors) = support::read(&bytes, &support::options());
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        assert!(records.len() >= lines, "{below}");
        let timed = records.iter().filter(|(_, record)| record.time != model::Time::UNKNOWN).count();
        println!(
            "{below}: {lines} lines, {} records, {timed} with a time, {} errors",
            records.len(),
            errors.len()
        );
        assert!(timed * 100 >= records.len() * 99, "{below}");
    }
}
