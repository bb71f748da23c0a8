//! What stands around a record: a syslog header, and what the input knows.

use model::Time;

use crate::syslog::Header;

/// The surroundings of a record.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// Where it came through syslog.
    pub header: Option<&'a Header<'a>>,
    /// The header's time, or what else is known of the record's.
    pub time: Option<Time>,
}

impl Envelope<'_> {
    /// A record that stands for itself.
    pub const NONE: Envelope<'static> = Envelope { header: None, time: None };
}

/// Facility and severity as words: RFC 5424, tables 1 and 2, in syslog.conf's short forms.
pub fn priority_names<'a>(header: &Header<'a>) -> (&'a str, &'a str) {
    const FACILITIES: [&str; 24] = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
        "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5",
        "local6", "local7",
    ];
    const SEVERITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];
    match header.priority {
        Some(priority) => {
            let facility = FACILITIES.get(usize::from(priority / 8)).copied().unwrap_or_default();
            (facility, SEVERITIES.get(usize::from(priority % 8)).copied().unwrap_or_default())
        }
        None => {
            let (facility, severity) = header.named_priority.split_once(['.', ':']).unwrap_or_default();
            // AIX: `auth|security`.
            (facility.split('|').next().unwrap_or_default(), severity)
        }
    }
}
