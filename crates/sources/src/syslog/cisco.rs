//! The head of a line of Cisco's: whatever stands before `%FACILITY-SEVERITY-MNEMONIC:`.
//!
//! The devices, and the servers that pass their lines on, put in any order and number: times, with `*` or `.` where the clock is not
//! set, and with a zone; host names, with a colon or without; sequence numbers. All of it is optional. So it is read word by word.

use jiff::tz::TimeZone;

use super::header::{Header, Stamp, stamp};
use crate::times;

/// Reads a line behind its priority; `None` where it is none of Cisco's.
pub(super) fn header<'a>(line: &'a str, zone: &TimeZone) -> Option<Header<'a>> {
    let (start, end) = tag(line)?;
    let program = line.get(start..end)?;
    let mut header = Header { program, message: line.get(end + 1..)?.trim_start(), ..Header::EMPTY };
    let mut rest = line.get(..start)?;
    let mut is_numbered = false;
    loop {
        rest = rest.trim_start_matches([' ', ':']);
        if rest.is_empty() {
            break;
        }
        let marked = rest.strip_prefix(['*', '.']).unwrap_or(rest);
        if let Some((found, after)) = time(marked, is_firewall(program), zone) {
            // The first is that of the server that wrote the file, or the only one.
            if header.stamp == Stamp::None {
                header.stamp = found;
            }
            rest = after;
            continue;
        }
        // NX-OS: `%$ VDC-1 %$`.
        if let Some((_, after)) = rest.strip_prefix("%$ ").and_then(|rest| rest.split_once("%$")) {
            rest = after;
            continue;
        }
        let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after;
        let is_number = word.trim_end_matches(':').bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            is_numbered = true;
            continue;
        }
        // One host; a second, its own name for itself, behind a sequence number or as the firewalls have it, `fw01 :`. Anything else:
        // another program quotes a message.
        let is_second = !header.host.is_empty() && !is_numbered && !rest.starts_with(':');
        if is_second || word.contains(['[', '(', '=', '"']) {
            return None;
        }
        header.host = word.strip_suffix(':').unwrap_or(word);
    }
    Some(header)
}

/// Those whose lines have a host, but no zone, before the tag.
fn is_firewall(tag: &str) -> bool {
    ["%ASA-", "%FTD-", "%PIX-", "%FWSM-"].iter().any(|start| tag.starts_with(start))
}

/// A time, with the zone behind it where there is one: `May  7 01:02:03.123 JST: `.
fn time<'a>(text: &'a str, is_firewall: bool, zone: &TimeZone) -> Option<(Stamp, &'a str)> {
    let (found, after) = stamp(text, zone)?;
    let of_zone = after.strip_prefix(' ').and_then(|rest| rest.split_once(':')).filter(|(word, _)| {
        let is_name = (2..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
        is_name && !is_firewall
    });
    let Some((word, behind)) = of_zone else { return Some((found, after)) };
    let end = text.len() - after.len() + 1 + word.len();
    let zoned = text.get(..end).and_then(|text| times::auto(text, zone));
    Some((zoned.unwrap_or(found), behind))
}

/// Where `%FACILITY-SEVERITY-MNEMONIC` stands, before its colon.
fn tag(line: &str) -> Option<(usize, usize)> {
    const LOOKED_AT: usize = 160;
    let bytes = line.as_bytes();
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    for start in memchr::memchr_iter(b'%', head) {
        let is_first = start == 0 || matches!(bytes.get(start - 1), Some(b' ' | b':'));
        if !is_first {
            continue;
        }
        let name = bytes.get(start + 1..).unwrap_or_default();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'.');
        let len = name.iter().take(80).position(|byte| !is_part(*byte)).unwrap_or(name.len());
        let (name, after) = name.split_at_checked(len)?;
        // `-6-` behind letters.
        let is_tag = name.first().is_some_and(u8::is_ascii_uppercase)
            && name.windows(3).any(|part| matches!(part, [b'-', b'0'..=b'7', b'-']));
        if is_tag && after.first() == Some(&b':') {
            return Some((start, start + 1 + len));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<(&str, &str, &str, bool)> {
        let header = header(line, &TimeZone::UTC)?;
        Some((header.host, header.program, header.message, header.stamp != Stamp::None))
    }

    #[test]
    fn whatever_stands_before_the_tag_is_told_apart() {
        let asa = "%ASA-6-302013";
        let ios = "%SYS-5-CONFIG_I";
        for (line, host, tag, timed) in [
            ("May 07 2026 01:02:03: %ASA-6-302013: text", "", asa, true),
            ("May 07 2026 01:02:03 fw01 : %ASA-6-302013: text", "fw01", asa, true),
            ("May 07 2026 01:02:03 FW: %ASA-6-302013: text", "FW", asa, true),
            (":May 07 01:02:03 JST: %SYS-5-CONFIG_I: text", "", ios, true),
            ("%ASA-6-302013: text", "", asa, false),
            ("May  7 01:02:03 192.0.2.1 May 07 2026 01:02:03: %ASA-6-302013: text", "192.0.2.1", asa, true),
            ("2026-05-07T01:02:03Z: %ASA-6-302013: text", "", asa, true),
            (
                "May 7 01:02:03 192.0.2.1 123: *May  7 01:02:03.123: %SYS-5-CONFIG_I: text",
                "192.0.2.1",
                ios,
                true,
            ),
            ("May 7 01:02:03 192.0.2.1 45: rt01: *May  7 01:02:03: %SYS-5-CONFIG_I: text", "rt01", ios, true),
            ("45: rt01: *May  7 01:02:03.123 JST: %SYS-5-CONFIG_I: text", "rt01", ios, true),
            ("45: 000012: .May  7 01:02:03.123 JST: %SYS-5-CONFIG_I: text", "", ios, true),
            (": 2026 May  7 01:02:03 JST: %SYS-5-CONFIG_I: text", "", ios, true),
            ("May  7 01:02:03 2001:db8::1 45: %SYS-5-CONFIG_I: text", "2001:db8::1", ios, true),
        ] {
            assert_eq!(parts(line), Some((host, tag, "text", timed)), "{line}");
        }
    }

    #[test]
    fn a_zone_behind_the_time_counts() {
        let header = header("45: May  7 2026 10:02:03.123 JST: %SYS-5-CONFIG_I: x", &TimeZone::UTC).unwrap();
        assert_eq!(header.stamp, Stamp::Full(model::Time::parse("2026-05-07T01:02:03.123Z").unwrap()));
    }

    #[test]
    fn other_lines_are_left_to_others() {
        for line in [
            "May  7 01:02:03 web01 app: GET /a%20b-6-x: y",
            "May  7 01:02:03 web01 app[1]: %d-5-x",
            "",
            "%",
            "%ASA-6",
            "May  7 01:02:03 web01 app[1]: it said %SYS-5-CONFIG_I text",
            "May  7 01:02:03 web01 sshd[1]: Invalid user %SYS-5-CONFIG_I: x from 192.0.2.1",
            "May  7 01:02:03 web01 app: %SYS-5-CONFIG_I: x",
            "May  7 01:02:03 sshd[1]: %SYS-5-CONFIG_I: x",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
