//! A syslog line of a copy: the host of its header and the accounts that it names have other names.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::names;

/// Header up to the host: RFC 3164, RFC 5424 and the form with an ISO time first.
static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let time = r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[^ ]*)";
    Regex::new(&format!(r"^(?:<\d{{1,3}}>)?(?:\d )?{time} ([A-Za-z0-9._-]+) ")).ok()
});

/// Accounts, as sshd, sudo, su and PAM name them.
static ACCOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let name = r"([A-Za-z_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?)";
    let forms = [
        format!(r"\bfor (?:invalid user |user )?{name} from\b"),
        format!(r"\binvalid user {name} from\b"),
        format!(r"\b(?:for|of) user {name}\b"),
        format!(r"\b(?:user|USER|ruser|logname)={name}"),
        format!(r#"\bacct="{name}""#),
        format!(r"\bsudo(?:\[\d+\])?: +{name} :"),
    ];
    Regex::new(&forms.join("|")).ok()
});

/// Writes the line with other names.
pub fn rename(line: &[u8], suffix: &str, out: &mut Vec<u8>) {
    let mut at = 0;
    let host = HOST.as_ref().and_then(|host| host.captures(line)).and_then(|found| found.get(1));
    if let Some(host) = host {
        replace(line, &mut at, host, suffix, names::host, out);
    }
    let accounts = ACCOUNT.as_ref().map(|accounts| accounts.captures_iter(line));
    for found in accounts.into_iter().flatten() {
        let name = found.iter().skip(1).flatten().next();
        if let Some(name) = name.filter(|name| name.start() >= at) {
            replace(line, &mut at, name, suffix, names::account, out);
        }
    }
    out.extend_from_slice(line.get(at..).unwrap_or_default());
}

fn replace(
    line: &[u8],
    at: &mut usize,
    name: regex::bytes::Match<'_>,
    suffix: &str,
    rename: fn(&str, &str) -> Option<String>,
    out: &mut Vec<u8>,
) {
    out.extend_from_slice(line.get(*at..name.start()).unwrap_or_default());
    let old = String::from_utf8_lossy(name.as_bytes());
    let new = rename(&old, suffix).filter(|_| !suffix.is_empty());
    out.extend_from_slice(new.as_deref().unwrap_or(&old).as_bytes());
    *at = name.end();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn renamed(line: &str) -> String {
        let mut out = Vec::new();
        rename(line.as_bytes(), "-c1", &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_host_of_every_header_is_renamed() {
        for (line, expected) in [
            ("May  2 02:56:08 web1 a: b", "May  2 02:56:08 web1-c1 a: b"),
            (
                "<34>1 2020-05-02T02:56:08.1Z web1.example.jp su - - - x",
                "<34>1 2020-05-02T02:56:08.1Z web1-c1.example.jp su - - - x",
            ),
            ("<13>2020-05-02T02:56:08+09:00 web1 a: b", "<13>2020-05-02T02:56:08+09:00 web1-c1 a: b"),
            ("May  2 02:56:08 192.0.2.1 a: b", "May  2 02:56:08 192.0.2.1 a: b"),
        ] {
            assert_eq!(renamed(line), expected);
        }
    }

    #[test]
    fn accounts_are_renamed_and_root_stays() {
        for (line, expected) in [
            (
                "sshd[1]: Failed password for invalid user sato from 192.0.2.1",
                "sshd[1]: Failed password for invalid user sato-c1 from 192.0.2.1",
            ),
            (
                "sshd[1]: Accepted publickey for root from 192.0.2.1",
                "sshd[1]: Accepted publickey for root from 192.0.2.1",
            ),
            ("sudo:    sato : TTY=pts/0 ; USER=root", "sudo:    sato-c1 : TTY=pts/0 ; USER=root"),
            ("su: session opened for user ito by (uid=0)", "su: session opened for user ito-c1 by (uid=0)"),
            ("no names here for the moment", "no names here for the moment"),
        ] {
            assert_eq!(renamed(line), expected);
        }
    }
}
