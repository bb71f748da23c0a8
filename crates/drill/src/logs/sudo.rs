//! sudo, as syslog has it.
//!
//! In: who wanted to run what as whom. Out: one line for each message. Control characters in a command are written as sudo writes them.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, digits, number};

/// Somebody who calls sudo.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The machine.
    pub host: &'a str,
    /// The process, where syslog is fed by the journal; sudo alone writes none.
    pub pid: Option<u32>,
    /// Who calls.
    pub user: &'a str,
    /// That user's number.
    pub uid: u32,
    /// `pts/0`; empty where there is no terminal.
    pub tty: &'a str,
    /// Where the caller is.
    pub directory: &'a str,
    /// As whom the command runs.
    pub target: &'a str,
    /// The target's number.
    pub target_uid: u32,
}

impl Caller<'_> {
    /// A command that runs; with its whole path and its arguments.
    pub fn command(&self, out: &mut Vec<u8>, at: &Civil, command: &str) {
        self.line(out, at, &[], command);
    }

    /// A command that does not run, since the caller may not use sudo at all.
    pub fn not_in_sudoers(&self, out: &mut Vec<u8>, at: &Civil, command: &str) {
        self.line(out, at, &["user NOT in sudoers ; "], command);
    }

    /// A command that the caller may not run.
    pub fn not_allowed(&self, out: &mut Vec<u8>, at: &Civil, command: &str) {
        self.line(out, at, &["command not allowed ; "], command);
    }

    /// A command that does not run, since the password was wrong so many times.
    pub fn wrong_password(&self, out: &mut Vec<u8>, at: &Civil, attempts: u32, command: &str) {
        let mut buffer = itoa::Buffer::new();
        let plural = if attempts == 1 { "" } else { "s" };
        let before = [buffer.format(attempts), " incorrect password attempt", plural, " ; "];
        self.line(out, at, &before, command);
    }

    /// What PAM says of each wrong password.
    pub fn pam_failure(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at);
        text(out, &["pam_unix(sudo:auth): authentication failure; logname=", self.user, " uid="]);
        number(out, u64::from(self.uid));
        text(out, &[" euid=0 tty=/dev/", self.tty, " ruser=", self.user, " rhost=  user=", self.user]);
    }

    /// The command begins.
    pub fn session_opened(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at);
        text(out, &["pam_unix(sudo:session): session opened for user ", self.target, "(uid="]);
        number(out, u64::from(self.target_uid));
        text(out, &[") by ", self.user, "(uid="]);
        number(out, u64::from(self.uid));
        out.push(b')');
    }

    /// The command is over.
    pub fn session_closed(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at);
        text(out, &["pam_unix(sudo:session): session closed for user ", self.target]);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil) {
        syslog::line(out, at, self.host, "sudo", self.pid);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, before: &[&str], command: &str) {
        self.begin(out, at);
        out.extend(std::iter::repeat_n(b' ', 8usize.saturating_sub(self.user.len())));
        text(out, &[self.user, " : "]);
        text(out, before);
        text(
            out,
            &["TTY=", if self.tty.is_empty() { "unknown" } else { self.tty }, " ; PWD=", self.directory],
        );
        text(out, &[" ; USER=", self.target, " ; COMMAND="]);
        for byte in command.bytes() {
            match byte {
                0..0x20 | 0x7f => {
                    out.push(b'#');
                    digits(out, u64::from(byte >> 6), 1);
                    digits(out, u64::from(byte >> 3 & 7), 1);
                    digits(out, u64::from(byte & 7), 1);
                }
                _ => out.push(byte),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    #[test]
    fn a_command_is_read_with_its_caller_and_whether_it_ran() {
        let of = Caller {
            host: "web01",
            pid: None,
            user: "sato",
            uid: 1000,
            tty: "pts/0",
            directory: "/home/sato/資料 2026",
            target: "root",
            target_uid: 0,
        };
        let (mut lines, at) = (Lines::default(), utc());
        let long = "/bin/echo ".to_owned() + &"x".repeat(4000);
        lines.add(|out| of.command(out, &at, "/usr/bin/bash -c echo \"100%\" ; COMMAND=x 見積\n"));
        lines.add(|out| Caller { pid: Some(4711), tty: "", ..of }.command(out, &at, &long));
        lines.add(|out| of.not_in_sudoers(out, &at, "/usr/bin/id"));
        lines.add(|out| of.not_allowed(out, &at, "/usr/bin/vi /etc/shadow"));
        lines.add(|out| of.wrong_password(out, &at, 3, "/usr/bin/id"));
        lines.add(|out| of.wrong_password(out, &at, 1, "/usr/bin/id"));
        lines.add(|out| of.pam_failure(out, &at));
        lines.add(|out| of.session_opened(out, &at));
        lines.add(|out| of.session_closed(out, &at));
        let seen = lines.read("syslog");
        let source = "linux/-/sudo";
        for line in &seen[..6] {
            line.is(
                source,
                &[("user", "sato"), ("target_user", "root"), ("action", "command"), ("host", "web01")],
            );
        }
        let command = "/usr/bin/bash -c echo \"100%\" ; COMMAND=x 見積#012";
        seen[0].is(source, &[("outcome", "success"), ("command", command), ("pwd", "/home/sato/資料 2026")]);
        seen[1]
            .is(source, &[("outcome", "success"), ("command", &long), ("tty", "unknown"), ("pid", "4711")]);
        seen[2].is(source, &[("outcome", "failure"), ("reason", "not_in_sudoers")]);
        seen[3].is(source, &[("reason", "command_not_allowed"), ("command", "/usr/bin/vi /etc/shadow")]);
        seen[4].is(source, &[("reason", "auth_failure")]);
        seen[5].is(source, &[("reason", "auth_failure")]);
        seen[6].is(source, &[("user", "sato")]);
        seen[7].is(source, &[("action", "session_open"), ("user", "sato"), ("target_user", "root")]);
        seen[8].is(source, &[("action", "session_close"), ("target_user", "root")]);
    }
}
