//! cron and crontab, as syslog has them.
//!
//! In: what ran, or whose table was changed. Out: one line for each message.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, number};

/// Which cron it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// Debian's, which writes as `CRON`, and as `cron` of itself.
    Debian,
    /// cronie of Red Hat and its relatives: `CROND` and `crond`.
    RedHat,
}

/// A process of cron that runs one command.
#[derive(Clone, Copy, Debug)]
pub struct Cron<'a> {
    /// The machine.
    pub host: &'a str,
    /// Of the process.
    pub pid: u32,
    /// Which cron it is.
    pub flavour: Flavour,
    /// As whom the command runs.
    pub user: &'a str,
    /// That user's number.
    pub uid: u32,
}

impl Cron<'_> {
    /// The command, as it stands in the table.
    pub fn command(&self, out: &mut Vec<u8>, at: &Civil, command: &str) {
        let program = if self.flavour == Flavour::Debian { "CRON" } else { "CROND" };
        syslog::line(out, at, self.host, program, Some(self.pid));
        text(out, &["(", self.user, ") CMD (", command, ")"]);
    }

    /// Before the command.
    pub fn session_opened(&self, out: &mut Vec<u8>, at: &Civil) {
        self.pam(out, at);
        text(out, &["session opened for user ", self.user, "(uid="]);
        number(out, u64::from(self.uid));
        text(out, &[") by (uid=0)"]);
    }

    /// After the command.
    pub fn session_closed(&self, out: &mut Vec<u8>, at: &Civil) {
        self.pam(out, at);
        text(out, &["session closed for user ", self.user]);
    }

    /// The daemon has seen that the user's table is another one.
    pub fn reloaded(&self, out: &mut Vec<u8>, at: &Civil) {
        let (program, table) = match self.flavour {
            Flavour::Debian => ("cron", "crontabs/"),
            Flavour::RedHat => ("crond", "/var/spool/cron/"),
        };
        syslog::line(out, at, self.host, program, Some(self.pid));
        text(out, &["(", self.user, ") RELOAD (", table, self.user, ")"]);
    }

    fn pam(&self, out: &mut Vec<u8>, at: &Civil) {
        let (program, module) = match self.flavour {
            Flavour::Debian => ("CRON", "pam_unix(cron:session): "),
            Flavour::RedHat => ("CROND", "pam_unix(crond:session): "),
        };
        syslog::line(out, at, self.host, program, Some(self.pid));
        text(out, &[module]);
    }
}

/// What the program crontab did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableAction {
    /// Showed it.
    List,
    /// Opened it in an editor.
    BeginEdit,
    /// Closed the editor.
    EndEdit,
    /// Put another one in its place.
    Replace,
    /// Removed it.
    Delete,
}

/// crontab, called by `user` for the table of `owner`.
pub fn crontab(
    out: &mut Vec<u8>,
    at: &Civil,
    host: &str,
    pid: u32,
    user: &str,
    action: TableAction,
    owner: &str,
) {
    syslog::line(out, at, host, "crontab", Some(pid));
    let action = match action {
        TableAction::List => "LIST",
        TableAction::BeginEdit => "BEGIN EDIT",
        TableAction::EndEdit => "END EDIT",
        TableAction::Replace => "REPLACE",
        TableAction::Delete => "DELETE",
    };
    text(out, &["(", user, ") ", action, " (", owner, ")"]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    #[test]
    fn a_command_of_cron_is_read_with_its_user() {
        for flavour in [Flavour::Debian, Flavour::RedHat] {
            let of = Cron { host: "web01", pid: 4711, flavour, user: "www-data", uid: 33 };
            let (mut lines, at) = (Lines::default(), utc());
            lines.add(|out| of.session_opened(out, &at));
            lines.add(|out| of.command(out, &at, "/opt/集計/run.sh \"100%\" (日次) | sh"));
            lines.add(|out| of.session_closed(out, &at));
            lines.add(|out| of.reloaded(out, &at));
            let seen = lines.read("syslog");
            let source = "linux/-/cron";
            seen[0].is(source, &[("action", "session_open"), ("user", "www-data"), ("host", "web01")]);
            seen[1].is(
                source,
                &[
                    ("action", "command"),
                    ("user", "www-data"),
                    ("command", "/opt/集計/run.sh \"100%\" (日次) | sh"),
                    ("pid", "4711"),
                ],
            );
            seen[2].is(source, &[("action", "session_close"), ("user", "www-data")]);
            seen[3].is(source, &[("user", "www-data")]);
        }
    }

    #[test]
    fn a_change_of_a_table_is_read_with_who_made_it() {
        let mut lines = Lines::default();
        use TableAction::{BeginEdit, Delete, EndEdit, List, Replace};
        for action in [List, BeginEdit, Replace, EndEdit, Delete] {
            lines.add(|out| crontab(out, &utc(), "web01", 4711, "root", action, "www-data"));
        }
        for line in lines.read("syslog") {
            line.is("linux/-/cron", &[("user", "root"), ("target_user", "www-data")]);
        }
    }
}
