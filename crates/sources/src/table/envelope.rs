//! What stands around a record: a syslog header, and what the input knows.

use model::Time;

use super::raws::{Names, RawId, Raws};
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

/// The raw fields of what a header says; `None` for those that a format's file does not name.
#[derive(Clone, Copy, Debug, Default)]
pub struct OfEnvelope {
    program: Option<RawId>,
    host: Option<RawId>,
    pid: Option<RawId>,
    facility: Option<RawId>,
    severity: Option<RawId>,
    message_id: Option<RawId>,
}

impl OfEnvelope {
    /// Of a format.
    pub fn of(names: &Names) -> OfEnvelope {
        OfEnvelope {
            program: names.find("@program"),
            host: names.find("@host"),
            pid: names.find("@pid"),
            facility: names.find("@facility"),
            severity: names.find("@severity"),
            message_id: names.find("@message_id"),
        }
    }

    /// Sets them for a record.
    pub fn set(&self, header: &Header<'_>, raws: &mut Raws) {
        let mut set = |raw: Option<RawId>, value: &str| {
            if let Some(raw) = raw.filter(|_| !value.is_empty()) {
                raws.set_copy(raw, value);
            }
        };
        set(self.program, header.program);
        set(self.host, header.host);
        set(self.pid, header.pid);
        if self.facility.is_some() || self.severity.is_some() {
            let (facility, severity) = priority_names(header);
            set(self.facility, facility);
            set(self.severity, severity);
        }
        set(self.message_id, header.message_id);
    }
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
        None if header.named_priority.is_empty() => ("", ""),
        None => {
            let (facility, severity) = header.named_priority.split_once(['.', ':']).unwrap_or_default();
            // AIX: `auth|security`.
            (facility.split('|').next().unwrap_or_default(), severity)
        }
    }
}
