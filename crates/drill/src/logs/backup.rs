//! Backups, as syslog has them: the daemon of rsync, and restic called by a timer.
//!
//! In: what was backed up from where. Out: one line for each message.

use super::pieces::{decimal, text};
use super::syslog;
use crate::clock::{Civil, address, digits, number};

/// A connection to the daemon of rsync.
#[derive(Clone, Copy, Debug)]
pub struct Rsync<'a> {
    /// The machine with the daemon.
    pub host: &'a str,
    /// Of the process that serves it.
    pub pid: u32,
    /// The client's name; `UNDETERMINED` where rsync is not to look for one.
    pub client: &'a str,
    /// The client's address.
    pub address: u32,
}

impl Rsync<'_> {
    /// It connects.
    pub fn connect(&self, out: &mut Vec<u8>, at: &Civil) {
        self.line(out, at, &["connect from ", self.client, " ("]);
        address(out, self.address);
        out.push(b')');
    }

    /// It sends files into a module, as a user of the daemon's own.
    pub fn to_module(&self, out: &mut Vec<u8>, at: &Civil, module: &str, user: &str) {
        self.line(out, at, &["rsync to ", module, " from ", user, "@", self.client, " ("]);
        address(out, self.address);
        out.push(b')');
    }

    /// It fetches files out of a module.
    pub fn from_module(&self, out: &mut Vec<u8>, at: &Civil, module: &str, user: &str) {
        self.line(out, at, &["rsync on ", module, " from ", user, "@", self.client, " ("]);
        address(out, self.address);
        out.push(b')');
    }

    /// A wrong password for a module.
    pub fn login_failed(&self, out: &mut Vec<u8>, at: &Civil, module: &str, user: &str) {
        self.line(out, at, &["auth failed on module ", module, " from ", self.client, " ("]);
        address(out, self.address);
        text(out, &[") for ", user, ": password mismatch"]);
    }

    /// It is done; seen from the daemon.
    pub fn done(&self, out: &mut Vec<u8>, at: &Civil, sent: u64, received: u64, total: u64) {
        self.line(out, at, &["sent "]);
        number(out, sent);
        text(out, &[" bytes  received "]);
        number(out, received);
        text(out, &[" bytes  total size "]);
        number(out, total);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, message: &[&str]) {
        syslog::line(out, at, self.host, "rsyncd", Some(self.pid));
        text(out, message);
    }
}

/// A run of restic.
#[derive(Clone, Copy, Debug)]
pub struct Restic<'a> {
    /// The machine that is backed up.
    pub host: &'a str,
    /// Of restic.
    pub pid: u32,
}

impl Restic<'_> {
    /// What was looked at: how many files, how many mebibytes, and how many seconds it took.
    pub fn processed(&self, out: &mut Vec<u8>, at: &Civil, files: u64, mebibytes: u64, seconds: u64) {
        self.line(out, at, "processed ");
        number(out, files);
        text(out, &[" files, "]);
        decimal(out, mebibytes * 1000 / 1024, 3);
        text(out, &[" GiB in "]);
        number(out, seconds / 60);
        out.push(b':');
        digits(out, seconds % 60, 2);
    }

    /// The snapshot, by the beginning of its name (`4bba301e`).
    pub fn saved(&self, out: &mut Vec<u8>, at: &Civil, snapshot: &str) {
        self.line(out, at, "snapshot ");
        text(out, &[snapshot, " saved"]);
    }

    /// Old snapshots were removed.
    pub fn forgotten(&self, out: &mut Vec<u8>, at: &Civil, snapshots: u32) {
        self.line(out, at, "remove ");
        number(out, u64::from(snapshots));
        text(out, &[" snapshots"]);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, message: &str) {
        syslog::line(out, at, self.host, "restic", Some(self.pid));
        text(out, &[message]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    #[test]
    fn backups_are_read_as_messages_of_their_programs() {
        let (mut lines, at) = (Lines::default(), utc());
        let rsync = Rsync { host: "bk01", pid: 4711, client: "fs01.corp.example", address: 0x0a00_0005 };
        lines.add(|out| rsync.connect(out, &at));
        lines.add(|out| rsync.to_module(out, &at, "日次 100%", "backup"));
        lines.add(|out| rsync.from_module(out, &at, "daily", "backup"));
        lines.add(|out| rsync.login_failed(out, &at, "daily", ""));
        lines.add(|out| rsync.done(out, &at, 123, 4_567_890_123, 99_000_000_000));
        let restic = Restic { host: "bk01", pid: 4711 };
        lines.add(|out| restic.processed(out, &at, 5307, 1761, 72));
        lines.add(|out| restic.saved(out, &at, "4bba301e"));
        lines.add(|out| restic.forgotten(out, &at, 7));
        let messages = [
            "connect from fs01.corp.example (10.0.0.5)",
            "rsync to 日次 100% from backup@fs01.corp.example (10.0.0.5)",
            "rsync on daily from backup@fs01.corp.example (10.0.0.5)",
            "auth failed on module daily from fs01.corp.example (10.0.0.5) for : password mismatch",
            "sent 123 bytes  received 4567890123 bytes  total size 99000000000",
            "processed 5307 files, 1.719 GiB in 1:12",
            "snapshot 4bba301e saved",
            "remove 7 snapshots",
        ];
        for (number, (line, message)) in lines.read("syslog").iter().zip(messages).enumerate() {
            let program = if number < 5 { "rsyncd" } else { "restic" };
            line.is(
                "linux/-/syslog",
                &[("message", message), ("program", program), ("host", "bk01"), ("pid", "4711")],
            );
        }
    }
}
