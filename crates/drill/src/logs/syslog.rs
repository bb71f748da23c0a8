//! The heads of syslog lines.
//!
//! In: a moment, a host, and whose message follows. Out: everything before the message, including the space before it. Messages are never
//! looked at: whoever appends one keeps line ends out of it.

use crate::clock::{Civil, number};

/// Facilities by their names in `syslog(3)`.
pub mod facility {
    /// 0
    pub const KERN: u8 = 0;
    /// 1
    pub const USER: u8 = 1;
    /// 2
    pub const MAIL: u8 = 2;
    /// 3
    pub const DAEMON: u8 = 3;
    /// 4
    pub const AUTH: u8 = 4;
    /// 5
    pub const SYSLOG: u8 = 5;
    /// 9
    pub const CRON: u8 = 9;
    /// 10
    pub const AUTHPRIV: u8 = 10;
    /// 16; those to 23 are at the disposal of the site.
    pub const LOCAL0: u8 = 16;
    /// 20
    pub const LOCAL4: u8 = 20;
    /// 23
    pub const LOCAL7: u8 = 23;
}

/// Severities by their names in `syslog(3)`.
pub mod severity {
    /// 1
    pub const ALERT: u8 = 1;
    /// 2
    pub const CRIT: u8 = 2;
    /// 3
    pub const ERR: u8 = 3;
    /// 4
    pub const WARNING: u8 = 4;
    /// 5
    pub const NOTICE: u8 = 5;
    /// 6
    pub const INFO: u8 = 6;
    /// 7
    pub const DEBUG: u8 = 7;
}

/// `<189>`: the priority that a collector sees and most do not write to files.
pub fn pri(out: &mut Vec<u8>, facility: u8, severity: u8) {
    out.push(b'<');
    number(out, u64::from(facility) * 8 + u64::from(severity & 7));
    out.push(b'>');
}

/// `May  7 09:30:00 host `: the head of RFC 3164, as `/var/log` has it. For the head on the wire, write [`pri`] before it.
pub fn rfc3164(out: &mut Vec<u8>, at: &Civil, host: &str) {
    at.syslog(out);
    out.push(b' ');
    out.extend_from_slice(host.as_bytes());
    out.push(b' ');
}

/// `2026-05-07T09:30:00.123456+09:00 host `: what rsyslog writes to files where the old format was not asked for.
pub fn rsyslog(out: &mut Vec<u8>, at: &Civil, host: &str) {
    at.rfc3339(out, 6);
    out.push(b' ');
    out.extend_from_slice(host.as_bytes());
    out.push(b' ');
}

/// `program[pid]: `, or `program: ` without a process.
pub fn tag(out: &mut Vec<u8>, program: &str, pid: Option<u32>) {
    out.extend_from_slice(program.as_bytes());
    if let Some(pid) = pid {
        out.push(b'[');
        number(out, u64::from(pid));
        out.push(b']');
    }
    out.extend_from_slice(b": ");
}

/// `May  7 09:30:00 host program[pid]: `: the two that most daemons need together.
pub fn line(out: &mut Vec<u8>, at: &Civil, host: &str, program: &str, pid: Option<u32>) {
    rfc3164(out, at, host);
    tag(out, program, pid);
}

/// The head of RFC 5424; what is empty or `None` becomes `-`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rfc5424<'a> {
    /// See [`facility`].
    pub facility: u8,
    /// See [`severity`].
    pub severity: u8,
    /// HOSTNAME.
    pub host: &'a str,
    /// APP-NAME.
    pub app: &'a str,
    /// PROCID.
    pub process: Option<u32>,
    /// MSGID.
    pub message_id: &'a str,
    /// STRUCTURED-DATA with its brackets, already escaped.
    pub data: &'a str,
}

impl Rfc5424<'_> {
    /// `<134>1 2026-05-07T09:30:00.123+09:00 host app 812 - - `, with so many places of the second.
    pub fn write(&self, out: &mut Vec<u8>, at: &Civil, places: u32) {
        pri(out, self.facility, self.severity);
        out.extend_from_slice(b"1 ");
        at.rfc3339(out, places);
        out.push(b' ');
        or_nil(out, self.host);
        or_nil(out, self.app);
        match self.process {
            Some(process) => {
                number(out, u64::from(process));
                out.push(b' ');
            }
            None => or_nil(out, ""),
        }
        or_nil(out, self.message_id);
        or_nil(out, self.data);
    }
}

fn or_nil(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(if text.is_empty() { b"-" } else { text.as_bytes() });
    out.push(b' ');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::JST;
    use model::Time;

    #[test]
    fn heads_are_as_the_two_documents_have_them() {
        let at = Civil::of(Time::parse("2026-05-07T00:30:00.25Z").unwrap(), JST);
        let mut out = Vec::new();
        pri(&mut out, facility::LOCAL7, severity::NOTICE);
        line(&mut out, &at, "fw01", "sshd", Some(812));
        out.push(b'|');
        rsyslog(&mut out, &at, "fw01");
        tag(&mut out, "kernel", None);
        out.push(b'|');
        let head = Rfc5424 {
            facility: facility::LOCAL0,
            severity: severity::INFO,
            host: "fw01",
            ..Rfc5424::default()
        };
        head.write(&mut out, &at, 3);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<189>May  7 09:30:00 fw01 sshd[812]: |2026-05-07T09:30:00.250000+09:00 fw01 kernel: \
             |<134>1 2026-05-07T09:30:00.250+09:00 fw01 - - - - "
        );
    }
}
