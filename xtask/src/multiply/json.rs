//! A JSON line of a copy: texts change, everything else stays as it is written.

use super::{names, unique};
use crate::random::Random;

/// Keys, the last part of dotted ones, whose values are names of hosts.
const HOSTS: [&str; 14] = [
    "computer",
    "computername",
    "computer_name",
    "hostname",
    "host",
    "workstation",
    "workstationname",
    "sourcehostname",
    "destinationhostname",
    "sourceworkstation",
    "clientname",
    "dvchostname",
    "device_name",
    "devicename",
];

/// Keys whose values are names of accounts.
const ACCOUNTS: [&str; 13] = [
    "accountname",
    "subjectusername",
    "targetusername",
    "username",
    "user",
    "user_name",
    "targetuser",
    "sourceuser",
    "parentuser",
    "samaccountname",
    "userid",
    "userprincipalname",
    "targetoutboundusername",
];

/// What changes in a copy.
#[derive(Debug)]
pub struct Changes {
    /// What hosts and accounts get at their ends; empty for none.
    pub suffix: String,
    /// Makes texts unique.
    pub unique: Option<Random>,
}

impl Changes {
    /// Writes the changed line. Lines that are no JSON come out as they are where no quotes stand in them.
    pub fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let (mut at, mut key) = (0, String::new());
        while let Some(begin) = line.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'"')) {
            let begin = at + begin + 1;
            let end = end_of_text(line, begin);
            out.extend_from_slice(line.get(at..begin).unwrap_or_default());
            let text = line.get(begin..end).unwrap_or_default();
            let rest = line.get(end + 1..).unwrap_or_default().trim_ascii_start();
            if rest.first() == Some(&b':') {
                key = String::from_utf8_lossy(text).rsplit('.').next().unwrap_or_default().to_lowercase();
                out.extend_from_slice(text);
            } else {
                self.value(&key, text, out);
            }
            at = end;
            // The closing quote must not open the next text.
            if let Some(quote) = line.get(at) {
                out.push(*quote);
                at += 1;
            }
        }
        out.extend_from_slice(line.get(at..).unwrap_or_default());
    }

    fn value(&mut self, key: &str, text: &[u8], out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(text);
        let Ok(name) = std::str::from_utf8(text) else { return };
        let mut is_name = false;
        if HOSTS.contains(&key) || ACCOUNTS.contains(&key) {
            is_name = true;
            let rename = if HOSTS.contains(&key) { names::host } else { names::account };
            if let Some(renamed) = rename(name, &self.suffix).filter(|_| !self.suffix.is_empty()) {
                out.truncate(start);
                out.extend_from_slice(renamed.as_bytes());
            }
        }
        if let Some(random) = self.unique.as_mut().filter(|_| !is_name && !unique::is_kept(key)) {
            out.truncate(start);
            unique::write(name, random, out);
        }
    }
}

/// Where the text that begins there ends: at its closing quote, or with the line.
fn end_of_text(line: &[u8], begin: usize) -> usize {
    let mut at = begin;
    while let Some(byte) = line.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(line: &str, unique: bool) -> String {
        let mut changes = Changes { suffix: "-c1".to_owned(), unique: unique.then(|| Random::new(1)) };
        let mut out = Vec::new();
        changes.line(line.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_values_of_known_keys_are_renamed() {
        assert_eq!(
            changed(r#"{"Hostname": "pc1", "n": {"winlog.user" :"A\\b"}, "x": "user", "user": 1}"#, false),
            r#"{"Hostname": "pc1-c1", "n": {"winlog.user" :"A\\b-c1"}, "x": "user", "user": 1}"#
        );
    }

    #[test]
    fn escapes_and_unfinished_lines_come_out_whole() {
        for line in [
            r#"{"a":"\"x\\","b":"\\"}"#,
            r#"{"a":"unfinished"#,
            r#"{"a":"unfinished\"#,
            "{",
            "",
            "\"",
            "no json\n",
        ] {
            assert_eq!(changed(line, false), line);
        }
    }

    #[test]
    fn unique_values_stay_json_and_what_rules_look_at_first_stays() {
        let line = r#"{"EventID":"4688","Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","Image":"C:\\Windows\\System32\\cmd.exe","Message":"A new process \"x\" 日本語"}"#;
        let changed = changed(line, true);
        let (before, after): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(line).unwrap(), serde_json::from_str(&changed).unwrap());
        for key in ["EventID", "Channel", "SourceName"] {
            assert_eq!(before[key], after[key]);
        }
        for key in ["Image", "Message"] {
            assert_ne!(before[key], after[key]);
        }
        assert!(after["Image"].as_str().unwrap().ends_with("\\cmd.exe"), "{changed}");
    }
}
