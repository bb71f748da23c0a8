//! An entry of the systemd journal in the form in which `journalctl -o export` writes it.
//!
//! In: lines `KEY=value`; a value that has line breaks or is no text stands behind a line with the key alone, its length in eight bytes, the
//! lowest first. Out: the entry as the syslog line that it stands for, so that the message is read in its program's format.
//! Form: <https://systemd.io/JOURNAL_EXPORT_FORMATS/>.

use model::Time;

use crate::syslog::Header;
use crate::times::Stamp;

/// What of an entry counts.
#[derive(Debug, Default)]
pub struct Entry {
    micros: Option<i64>,
    host: String,
    program: String,
    command: String,
    pid: String,
    priority: Option<u16>,
    facility: Option<u16>,
    message: String,
}

/// Of a line that is a key alone: where its value begins and how long it is; `next` is where the next line would begin.
pub fn binary(bytes: &[u8], line: &[u8], next: usize) -> Option<(usize, usize)> {
    let is_key = !line.is_empty()
        && line.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_' || byte.is_ascii_digit());
    if !is_key {
        return None;
    }
    let len: [u8; 8] = bytes.get(next..next.checked_add(8)?)?.try_into().ok()?;
    Some((next + 8, usize::try_from(u64::from_le_bytes(len)).ok()?))
}

impl Entry {
    /// Reads an entry; `None` where it has neither time nor message.
    pub fn read(bytes: &[u8]) -> Option<Entry> {
        let mut entry = Entry::default();
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..)?;
            let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..len)?;
            let next = at + len + 1;
            if let Some((start, len)) = binary(bytes, line, next) {
                let end = start.saturating_add(len).min(bytes.len());
                entry.set(line, bytes.get(start..end)?);
                at = end + 1;
                continue;
            }
            if let Some(equals) = memchr::memchr(b'=', line) {
                entry.set(line.get(..equals)?, line.get(equals + 1..)?);
            }
            at = next;
        }
        (entry.micros.is_some() && !entry.message.is_empty()).then_some(entry)
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        let number = || std::str::from_utf8(value).ok()?.trim().parse::<u16>().ok();
        match key {
            b"__REALTIME_TIMESTAMP" => {
                self.micros = std::str::from_utf8(value).ok().and_then(|digits| digits.parse().ok())
            }
            b"_HOSTNAME" => self.host = text(),
            b"SYSLOG_IDENTIFIER" => self.program = text(),
            b"_COMM" => self.command = text(),
            b"_PID" => self.pid = text(),
            b"SYSLOG_PID" if self.pid.is_empty() => self.pid = text(),
            b"PRIORITY" => self.priority = number().filter(|number| *number < 8),
            b"SYSLOG_FACILITY" => self.facility = number().filter(|number| *number < 24),
            b"MESSAGE" => self.message = text(),
            _ => {}
        }
    }

    /// The entry as the head of a syslog line.
    pub fn header(&self) -> Option<Header<'_>> {
        let program = if self.program.is_empty() { &self.command } else { &self.program };
        const SEVERITIES: [&str; 8] =
            [".emerg", ".alert", ".crit", ".err", ".warning", ".notice", ".info", ".debug"];
        let severity = self.priority.and_then(|priority| SEVERITIES.get(usize::from(priority)));
        Some(Header {
            priority: self.facility.zip(self.priority).map(|(facility, priority)| facility * 8 + priority),
            stamp: Stamp::Full(Time::from_micros(self.micros?)),
            host: &self.host,
            program,
            pid: &self.pid,
            message_id: "",
            data: "",
            // Programs that write to their standard output have no facility.
            named_priority: severity.copied().unwrap_or_default(),
            message: &self.message,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_line_breaks_is_read_by_its_length() {
        let mut bytes = b"__REALTIME_TIMESTAMP=1778119200123456\n_HOSTNAME=web01\nMESSAGE\n".to_vec();
        let message = "one\n\n_HOSTNAME=evil\ntwo";
        bytes.extend((message.len() as u64).to_le_bytes());
        bytes.extend(message.as_bytes());
        bytes.extend(b"\nSYSLOG_IDENTIFIER=app\n_PID=12\n");
        let entry = Entry::read(&bytes).unwrap();
        let header = entry.header().unwrap();
        assert_eq!(
            (header.host, header.program, header.pid, header.message),
            ("web01", "app", "12", message)
        );
    }

    #[test]
    fn damaged_entries_are_no_entries() {
        for bytes in [&b"MESSAGE\n"[..], b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xffx", b"A=1", b"", b"\n\n"]
        {
            assert!(Entry::read(bytes).is_none());
        }
    }
}
