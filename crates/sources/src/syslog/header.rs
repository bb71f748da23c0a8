//! The head of a syslog line: priority, time, host, program.
//!
//! Forms: RFC 5424; RFC 3164 with and without priority; the same with an ISO 8601 time (rsyslog's and syslog-ng's default
//! now), with a year, with fractions, without a host; with multilog's labels (`@4000…`); FreeBSD's `<auth.info>` and Solaris'
//! `[ID n auth.info]`; Cisco's, in [`cisco`]; and, where a whole input is like that, without a time.

use jiff::tz::TimeZone;
use model::Time;

use crate::text::cut;
pub use crate::times::{Stamp, local_time};
use crate::times::{iso_time, named_month};

use super::cisco;

/// The parts of a line. What it lacks is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    pub priority: Option<u16>,
    pub stamp: Stamp,
    pub host: &'a str,
    pub program: &'a str,
    pub pid: &'a str,
    pub message_id: &'a str,
    /// RFC 5424 structured data as it stands, without outer blanks.
    pub data: &'a str,
    /// `facility.severity` by name, where a line has it instead of the number.
    pub named_priority: &'a str,
    pub message: &'a str,
}

impl<'a> Header<'a> {
    pub(crate) const EMPTY: Header<'static> = Header {
        priority: None,
        stamp: Stamp::None,
        host: "",
        program: "",
        pid: "",
        message_id: "",
        data: "",
        named_priority: "",
        message: "",
    };

    /// Only the time of a line, of which the first bytes are enough. Lines after RFC 5424 have full times and need none.
    pub fn stamp(line: &str, zone: &TimeZone) -> Stamp {
        stamp_of_line(priority(line).1, zone).map_or(Stamp::None, |(stamp, _)| stamp)
    }

    /// Reads the head of a line; `None` where it has neither priority nor time.
    pub fn parse(line: &'a str, zone: &TimeZone) -> Option<Header<'a>> {
        let (priority, rest) = priority(line);
        if let Some(rest) = rest.strip_prefix("1 ").filter(|_| priority.is_some())
            && let Some(header) = rfc5424(rest, zone)
        {
            return Some(Header { priority, ..header });
        }
        if let Some(header) = cisco::header(rest, zone) {
            return Some(Header { priority, ..header });
        }
        let mut header = Header { priority, ..Header::EMPTY };
        let Some((stamp, rest)) = stamp_of_line(rest, zone) else {
            header.message = rest;
            tag(&mut header, rest);
            return priority.is_some().then_some(header);
        };
        header.stamp = stamp;
        let rest = names_of_priority(&mut header, rest.trim_start());
        host_and_tag(&mut header, rest);
        solaris_id(&mut header);
        Some(header)
    }

    /// The head of a line without a time, `host program[pid]: message`: what is left of a journal or of syslog where the time was cut
    /// off. To be asked only where most lines of an input are like that: in others, such a line belongs to the one before.
    pub fn timeless(line: &'a str) -> Option<Header<'a>> {
        let (host, rest) = line.split_once(' ')?;
        let is_host = host.starts_with(|first: char| first.is_ascii_alphanumeric())
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        let mut header = Header { host, ..Header::EMPTY };
        let has_pid =
            is_host && tag(&mut header, rest) && header.pid.bytes().all(|byte| byte.is_ascii_digit());
        (has_pid && !header.pid.is_empty()).then_some(header)
    }

    /// Whether the line that it was read from looks like syslog.
    pub(crate) fn is_sure(&self, line: &str) -> bool {
        let level = ["INFO", "WARN", "WARNING", "ERROR", "DEBUG", "TRACE", "FATAL", "NOTICE", "CRITICAL"];
        match self.stamp {
            _ if self.priority.is_some() => true,
            Stamp::Full(_) if line.starts_with('@') => !self.program.is_empty(),
            Stamp::Yearless { .. } => !self.host.is_empty() || !self.program.is_empty(),
            Stamp::Full(_) => {
                // With a blank between date and time, as `log show --style syslog` of macOS has it, only where a process is named.
                let is_iso = line.as_bytes().get(10) == Some(&b'T')
                    || !line.starts_with(|c: char| c.is_ascii_digit())
                    || self.pid.bytes().all(|byte| byte.is_ascii_digit()) && !self.pid.is_empty();
                let named = !self.program.is_empty() && !self.host.is_empty();
                is_iso && named && !level.contains(&self.host) && !self.host.starts_with('[')
            }
            Stamp::None => false,
        }
    }
}

/// Whether a line looks like syslog: for recognising inputs, so stricter than reading them.
pub fn has_header(line: &str) -> bool {
    Header::parse(line, &TimeZone::UTC).is_some_and(|header| header.is_sure(line))
}

/// `<134>`; values over 191 are no priorities (RFC 5424, 6.2.1).
fn priority(line: &str) -> (Option<u16>, &str) {
    let parsed = line.strip_prefix('<').and_then(|rest| rest.split_once('>')).and_then(|(digits, rest)| {
        let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.parse::<u16>().ok().filter(|number| is_number && *number <= 191)?;
        Some((number, rest))
    });
    parsed.map_or((None, line), |(number, rest)| (Some(number), rest))
}

/// What follows `<pri>1 ` in RFC 5424, 6: `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]`.
fn rfc5424<'a>(rest: &'a str, zone: &TimeZone) -> Option<Header<'a>> {
    let mut header = Header::EMPTY;
    let (stamp, rest) = rest.split_once(' ')?;
    header.stamp = match stamp {
        "-" => Stamp::None,
        _ => Stamp::Full(iso_time(stamp, zone)?.0),
    };
    let mut rest = rest;
    for part in [&mut header.host, &mut header.program, &mut header.pid, &mut header.message_id] {
        let (value, after) = rest.split_once(' ')?;
        *part = if value == "-" { "" } else { value };
        rest = after;
    }
    let end = match rest.as_bytes().first() {
        Some(b'[') => structured_end(rest)?,
        _ => rest.find(' ').unwrap_or(rest.len()),
    };
    let (data, message) = rest.split_at_checked(end)?;
    header.data = if data == "-" { "" } else { data };
    let message = message.strip_prefix(' ').unwrap_or(message);
    header.message = message.strip_prefix('\u{feff}').unwrap_or(message);
    Some(header)
}

/// Where structured data ends: behind the last `]` of elements that follow each other without a blank.
fn structured_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped, mut inside) = (false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' => inside = true,
            b']' => inside = false,
            _ if !inside => return Some(at),
            _ => {}
        }
    }
    (!inside).then_some(text.len())
}

/// The time at the beginning of a line that is not RFC 5424, and what follows it.
fn stamp_of_line<'a>(line: &'a str, zone: &TimeZone) -> Option<(Stamp, &'a str)> {
    let line = line.trim_start();
    if let Some(found) = stamp(line, zone) {
        return Some(found);
    }
    // Cisco: `123: *May  7 01:02:03.123 JST: %SYS-5-CONFIG_I: …`, the marks meaning that the clock is not set.
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let unnumbered = line.get(digits..).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(line);
    let marked = unnumbered.strip_prefix(['*', '.']).unwrap_or(unnumbered);
    (marked.len() < line.len()).then(|| stamp(marked, zone)).flatten()
}

pub(super) fn stamp<'a>(text: &'a str, zone: &TimeZone) -> Option<(Stamp, &'a str)> {
    match text.as_bytes().first()? {
        b'0'..=b'9' => match iso_time(text, zone) {
            Some((time, rest)) => Some((Stamp::Full(time), rest)),
            None => named_month(text, zone),
        },
        b'A'..=b'S' => named_month(text, zone),
        b'@' => tai64n(text),
        _ => None,
    }
}

/// The label that multilog, svlogd and s6-log put before lines: `@`, sixteen digits for the seconds, which begin at 2^62 + 10, and eight
/// for the nanoseconds.
fn tai64n(text: &str) -> Option<(Stamp, &str)> {
    const EPOCH: i64 = (1 << 62) + 10;
    let (label, rest) = text.strip_prefix('@')?.split_at_checked(24)?;
    if !label.bytes().all(|byte| byte.is_ascii_hexdigit()) || !rest.starts_with(' ') {
        return None;
    }
    let (seconds, nanoseconds) = label.split_at_checked(16)?;
    let seconds = i64::from_str_radix(seconds, 16).ok()?.checked_sub(EPOCH)?;
    let micros =
        seconds.checked_mul(1_000_000)?.checked_add(i64::from_str_radix(nanoseconds, 16).ok()? / 1000)?;
    Some((Stamp::Full(Time::from_micros(micros)), rest))
}

/// FreeBSD's `<auth.info>` between time and host.
fn names_of_priority<'a>(header: &mut Header<'a>, rest: &'a str) -> &'a str {
    match rest.strip_prefix('<').and_then(|rest| rest.split_once("> ")) {
        Some((names, after)) if names.contains('.') && names.len() < 32 => {
            header.named_priority = names;
            after
        }
        _ => rest,
    }
}

/// Solaris' `[ID 800047 auth.info]` before the message.
fn solaris_id(header: &mut Header<'_>) {
    let Some((id, message)) = header.message.strip_prefix("[ID ").and_then(|rest| rest.split_once("] "))
    else {
        return;
    };
    if let Some((_, names)) = id.split_once(' ').filter(|(_, names)| names.contains('.')) {
        header.named_priority = names;
        header.message = message;
    }
}

/// `host tag[pid]: message`, or without the host.
fn host_and_tag<'a>(header: &mut Header<'a>, rest: &'a str) {
    header.message = rest;
    // AIX: `Message forwarded from aix01: sshd[4711]: …`
    if let Some((host, after)) =
        rest.strip_prefix("Message forwarded from ").and_then(|rest| rest.split_once(": "))
        && !host.contains(' ')
    {
        let after = after_aix_priority(header, after);
        (header.host, header.message) = (host, after);
        tag(header, after);
        return;
    }
    // Without a host the tag comes first; it ends with a colon, which a host (but for `host:` of some devices followed by
    // another tag) never does.
    let first = cut(rest, b' ').map_or(rest, |(first, _)| first);
    let is_bracketed = first.starts_with('[') && first.ends_with(']');
    if (first.ends_with(':') || is_bracketed) && tag(header, rest) {
        return;
    }
    // Dovecot's own file, where what it says about the session belongs to the message: `imap(sato@example.com)<4711><xyz>: Info: …`
    if let Some(program) = before_session(first) {
        header.program = program;
        return;
    }
    let Some((host, after)) = cut(rest, b' ') else {
        return;
    };
    header.host = host;
    let after = after.trim_start_matches(' ');
    // Cisco ASA: `fw01 : %ASA-6-302013: …`
    let after = after.strip_prefix(": ").unwrap_or(after);
    let after = after_aix_priority(header, after);
    header.message = after;
    tag(header, after);
}

/// AIX puts the priority by name behind the host: `auth|security:info sshd[4711]: …`; what follows it.
fn after_aix_priority<'a>(header: &mut Header<'a>, text: &'a str) -> &'a str {
    const SEVERITIES: [&str; 10] =
        ["emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug"];
    let Some((names, after)) = cut(text, b' ') else { return text };
    match cut(names, b':') {
        Some((facility, severity)) if !facility.is_empty() && SEVERITIES.contains(&severity) => {
            header.named_priority = names;
            after
        }
        _ => text,
    }
}

/// `tag: message`, `tag[pid]: message`, `tag[pid] message`, `[tag]: message`. Leaves everything to the message where
/// there is no tag.
fn tag<'a>(header: &mut Header<'a>, text: &'a str) -> bool {
    const LONGEST_TAG: usize = 128;
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let bracketed =
        bracketed.map(|(program, message)| (program, message.strip_prefix(':').unwrap_or(message)));
    if let Some((program, message)) = bracketed.filter(|(program, _)| is_tag(program)) {
        (header.program, header.message) = (program, message.trim_start());
        return true;
    }
    let end = text.bytes().take(LONGEST_TAG).position(|byte| matches!(byte, b':' | b'[' | b' '));
    let Some((program, rest)) = end.and_then(|end| text.split_at_checked(end)) else { return false };
    let (pid, rest) = match rest.strip_prefix('[').and_then(|rest| cut(rest, b']')) {
        Some((pid, rest)) if pid.len() < 32 => (pid, rest),
        Some(_) => return false,
        None => ("", rest),
    };
    let message = match rest.strip_prefix(':') {
        Some(message) => message,
        None if !pid.is_empty() && rest.starts_with(' ') => rest,
        None => return false,
    };
    // gdm writes `gdm-password][42]:`.
    let program = program.strip_suffix(']').unwrap_or(program);
    if !is_tag(program) || !(message.is_empty() || message.starts_with([' ', '\t'])) {
        return false;
    }
    header.program = program;
    header.pid = pid;
    header.message = message.trim_start();
    true
}

/// `imap` of `imap(user)<pid><session>:`.
fn before_session(word: &str) -> Option<&str> {
    let (program, session) = word.strip_suffix(">:")?.split_once('(')?;
    let is_name =
        !program.is_empty() && program.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    (is_name && session.contains(")<")).then_some(program)
}

fn is_tag(text: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/');
    if text.as_bytes().iter().all(is_letter) {
        return text.bytes().any(|byte| byte.is_ascii_alphabetic());
    }
    let allowed = |letter: char| letter.is_alphanumeric() || "-_./()@#%+".contains(letter);
    text.chars().all(allowed) && text.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> Option<(&str, &str, &str)> {
        let header = Header::parse(line, &TimeZone::UTC)?;
        Some((header.host, header.program, header.message))
    }

    #[test]
    fn labels_of_multilog_are_times() {
        let header = Header::parse("@400000004c91b04e07270e00 imap-login: text", &TimeZone::UTC).unwrap();
        assert_eq!(header.stamp, Stamp::Full(Time::parse("2010-09-16T05:51:00.12Z").unwrap()));
        assert_eq!((header.host, header.program, header.message), ("", "imap-login", "text"));
        for line in [
            "@400000004c91b04e07270e0 x: y",
            "@x00000004c91b04e07270e00 x: y",
            "@ffffffffffffffffffffffff x: y",
            "@日本語日本語日本語 x: y",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }

    #[test]
    fn what_dovecot_says_of_the_session_stays_in_the_message() {
        let message = "imap(sato@mail.example)<4711><abc>: Info: Logged out";
        let line = format!("May  7 01:02:03 {message}");
        assert_eq!(parts(&line), Some(("", "imap", message)));
        let line = format!("May  7 01:02:03 mail01 dovecot: {message}");
        assert_eq!(parts(&line), Some(("mail01", "dovecot", message)));
    }

    #[test]
    fn a_head_without_a_time_has_a_host_and_a_number() {
        let parts = |line| {
            Header::timeless(line).map(|header| (header.host, header.program, header.pid, header.message))
        };
        assert_eq!(parts("web01 sshd[12]: text"), Some(("web01", "sshd", "12", "text")));
        for line in [
            "web01 sshd: text",
            "web01: sshd[12]: text",
            "sshd[12]: text",
            "(x) sshd[12]: text",
            "web01 sshd[x]: text",
            "web01 a b[12]: text",
            "",
        ] {
            assert_eq!(parts(line), None, "{line}");
        }
    }
}
