//! Accounts, sessions and services of Linux, as syslog has them: useradd, usermod, passwd, su, systemd-logind, systemd.
//!
//! In: what was done on which machine. Out: one line for each message, in the words of shadow 4.13, util-linux 2.39 and systemd 255.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, number};

/// A process on a machine; which program it is of, the method says.
#[derive(Clone, Copy, Debug)]
pub struct Process<'a> {
    /// The machine.
    pub host: &'a str,
    /// Its number.
    pub pid: u32,
}

/// An account that useradd makes.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// Its name, and its group's.
    pub name: &'a str,
    /// Its number.
    pub uid: u32,
    /// Its group's number.
    pub gid: u32,
    /// Its directory.
    pub home: &'a str,
    /// `/bin/bash`
    pub shell: &'a str,
    /// Where useradd was called, such as `/dev/pts/0`, or `none`.
    pub from: &'a str,
}

/// Accounts: useradd, usermod, userdel, passwd.
impl Process<'_> {
    /// useradd: the group that the new user has for itself; comes before the user.
    pub fn new_group(&self, out: &mut Vec<u8>, at: &Civil, user: &NewUser<'_>) {
        self.begin(out, at, "useradd");
        text(out, &["new group: name=", user.name, ", GID="]);
        number(out, u64::from(user.gid));
    }

    /// useradd: a new user.
    pub fn new_user(&self, out: &mut Vec<u8>, at: &Civil, user: &NewUser<'_>) {
        self.begin(out, at, "useradd");
        text(out, &["new user: name=", user.name, ", UID="]);
        number(out, u64::from(user.uid));
        text(out, &[", GID="]);
        number(out, u64::from(user.gid));
        text(out, &[", home=", user.home, ", shell=", user.shell, ", from=", user.from]);
    }

    /// usermod: a user becomes a member of a group. usermod writes a second line for the group's shadow.
    pub fn added_to_group(&self, out: &mut Vec<u8>, at: &Civil, user: &str, group: &str, shadow: bool) {
        let to = if shadow { "' to shadow group '" } else { "' to group '" };
        self.say(out, at, "usermod", &["add '", user, to, group, "'"]);
    }

    /// userdel: a user is gone.
    pub fn deleted_user(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.say(out, at, "userdel", &["delete user '", user, "'"]);
    }

    /// passwd or chpasswd: a user has another password.
    pub fn password_changed(&self, out: &mut Vec<u8>, at: &Civil, program: &str, user: &str) {
        self.say(out, at, program, &["pam_unix(", program, ":chauthtok): password changed for ", user]);
    }
}

/// Changes of the user: su.
impl Process<'_> {
    /// su: `user` becomes `target`.
    pub fn su(&self, out: &mut Vec<u8>, at: &Civil, user: &str, target: &str, tty: &str) {
        self.say(out, at, "su", &["(to ", target, ") ", user, " on ", tty]);
    }

    /// su: a wrong password.
    pub fn su_failed(&self, out: &mut Vec<u8>, at: &Civil, user: &str, target: &str, tty: &str) {
        self.say(out, at, "su", &["FAILED SU (to ", target, ") ", user, " on ", tty]);
    }

    /// su: the session of the other user, with both names and numbers.
    pub fn su_opened(&self, out: &mut Vec<u8>, at: &Civil, user: (&str, u32), target: (&str, u32)) {
        self.begin(out, at, "su");
        text(out, &["pam_unix(su:session): session opened for user ", target.0, "(uid="]);
        number(out, u64::from(target.1));
        text(out, &[") by ", user.0, "(uid="]);
        number(out, u64::from(user.1));
        out.push(b')');
    }

    /// su: the end of that session.
    pub fn su_closed(&self, out: &mut Vec<u8>, at: &Civil, target: &str) {
        self.say(out, at, "su", &["pam_unix(su:session): session closed for user ", target]);
    }
}

/// Sessions: systemd-logind.
impl Process<'_> {
    /// A new session.
    pub fn new_session(&self, out: &mut Vec<u8>, at: &Civil, session: u32, user: &str) {
        self.session(out, at, &["New session "], session, &[" of user ", user, "."]);
    }

    /// Its user has left.
    pub fn logged_out(&self, out: &mut Vec<u8>, at: &Civil, session: u32) {
        self.session(out, at, &["Session "], session, &[" logged out. Waiting for processes to exit."]);
    }

    /// Nothing of it is left.
    pub fn removed_session(&self, out: &mut Vec<u8>, at: &Civil, session: u32) {
        self.session(out, at, &["Removed session "], session, &["."]);
    }

    fn session(&self, out: &mut Vec<u8>, at: &Civil, before: &[&str], session: u32, after: &[&str]) {
        self.begin(out, at, "systemd-logind");
        text(out, before);
        number(out, u64::from(session));
        text(out, after);
    }
}

/// What happens to a unit of systemd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitChange {
    /// It is about to start.
    Starting,
    /// It runs.
    Started,
    /// It ran once and is done.
    Finished,
    /// It is about to stop.
    Stopping,
    /// It does not run any more.
    Stopped,
    /// It could not be started.
    FailedToStart,
}

/// Services: systemd, whose process is 1.
impl Process<'_> {
    /// A unit such as `ssh.service`, with what it says of itself; a login is `session-4.scope`, `Session 4 of User sato`.
    pub fn unit(&self, out: &mut Vec<u8>, at: &Civil, change: UnitChange, unit: &str, description: &str) {
        let (before, after) = match change {
            UnitChange::Starting => ("Starting ", "..."),
            UnitChange::Started => ("Started ", "."),
            UnitChange::Finished => ("Finished ", "."),
            UnitChange::Stopping => ("Stopping ", "..."),
            UnitChange::Stopped => ("Stopped ", "."),
            UnitChange::FailedToStart => ("Failed to start ", "."),
        };
        self.say(out, at, "systemd", &[before, unit, " - ", description, after]);
    }

    /// A unit that has ended as it should.
    pub fn deactivated(&self, out: &mut Vec<u8>, at: &Civil, unit: &str) {
        self.say(out, at, "systemd", &[unit, ": Deactivated successfully."]);
    }

    /// A unit whose process ended with a code.
    pub fn main_process_exited(&self, out: &mut Vec<u8>, at: &Civil, unit: &str, status: u8) {
        self.say(out, at, "systemd", &[unit, ": Main process exited, code=exited, status="]);
        number(out, u64::from(status));
        text(out, &["/FAILURE"]);
    }

    /// What follows [`Process::main_process_exited`].
    pub fn unit_failed(&self, out: &mut Vec<u8>, at: &Civil, unit: &str) {
        self.say(out, at, "systemd", &[unit, ": Failed with result 'exit-code'."]);
    }

    /// Somebody had the units read again (`systemctl daemon-reload`), from a session or a unit.
    pub fn reload_requested(&self, out: &mut Vec<u8>, at: &Civil, client: u32, unit: &str) {
        self.say(out, at, "systemd", &["Reloading requested from client PID "]);
        number(out, u64::from(client));
        text(out, &[" ('systemctl') (unit ", unit, ")..."]);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil, program: &str) {
        syslog::line(out, at, self.host, program, Some(self.pid));
    }

    fn say(&self, out: &mut Vec<u8>, at: &Civil, program: &str, message: &[&str]) {
        self.begin(out, at, program);
        text(out, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const OF: Process<'static> = Process { host: "web01", pid: 4711 };

    #[test]
    fn a_new_account_is_read_with_its_number_and_its_groups() {
        let user = NewUser {
            name: "backup2",
            uid: 1005,
            gid: 1006,
            home: "/home/予備",
            shell: "/bin/bash",
            from: "/dev/pts/0",
        };
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| OF.new_group(out, &at, &user));
        lines.add(|out| OF.new_user(out, &at, &user));
        lines.add(|out| OF.added_to_group(out, &at, "backup2", "sudo", false));
        lines.add(|out| OF.added_to_group(out, &at, "backup2", "sudo", true));
        lines.add(|out| OF.password_changed(out, &at, "passwd", "backup2"));
        lines.add(|out| OF.password_changed(out, &at, "chpasswd", "backup2"));
        lines.add(|out| OF.deleted_user(out, &at, "backup2"));
        let seen = lines.read("syslog");
        let source = "linux/-/auth";
        seen[0].is(source, &[("action", "group_add"), ("group", "backup2"), ("gid", "1006")]);
        seen[1].is(
            source,
            &[("action", "user_add"), ("target_user", "backup2"), ("uid", "1005"), ("host", "web01")],
        );
        seen[2].is(source, &[("action", "group_member_add"), ("target_user", "backup2"), ("group", "sudo")]);
        for line in &seen[4..6] {
            line.is(source, &[("action", "password_change"), ("target_user", "backup2")]);
        }
        seen[6].is(source, &[("action", "user_delete"), ("target_user", "backup2")]);
    }

    #[test]
    fn su_is_read_with_both_users() {
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| OF.su(out, &at, "sato", "root", "pts/0"));
        lines.add(|out| OF.su_opened(out, &at, ("sato", 1000), ("root", 0)));
        lines.add(|out| OF.su_failed(out, &at, "sato", "root", "pts/0"));
        lines.add(|out| OF.su_closed(out, &at, "root"));
        let seen = lines.read("syslog");
        let source = "linux/-/auth";
        let both = [("user", "sato"), ("target_user", "root")];
        seen[0].is(source, &both);
        seen[0].is(source, &[("action", "switch_user"), ("outcome", "success"), ("tty", "pts/0")]);
        seen[1].is(source, &both);
        seen[1].is(source, &[("action", "session_open")]);
        seen[2].is(source, &both);
        seen[2].is(source, &[("outcome", "failure")]);
        seen[3].is(source, &[("action", "session_close"), ("target_user", "root")]);
    }

    #[test]
    fn sessions_and_units_are_read_with_their_names() {
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| OF.new_session(out, &at, 4, "佐藤"));
        lines.add(|out| OF.logged_out(out, &at, 4));
        lines.add(|out| OF.removed_session(out, &at, 4));
        let seen = lines.read("syslog");
        seen[0].is("linux/-/auth", &[("action", "session_open"), ("session", "4"), ("user", "佐藤")]);
        seen[1].is("linux/-/auth", &[("action", "session_close"), ("session", "4")]);
        seen[2].is("linux/-/auth", &[("session", "4")]);

        let mut lines = Lines::default();
        let systemd = Process { pid: 1, ..OF };
        let changes = [
            (UnitChange::Starting, "-", "-"),
            (UnitChange::Started, "service_start", "success"),
            (UnitChange::Finished, "-", "-"),
            (UnitChange::Stopping, "-", "-"),
            (UnitChange::Stopped, "service_stop", "success"),
            (UnitChange::FailedToStart, "service_start", "failure"),
        ];
        for (change, ..) in changes {
            lines.add(|out| systemd.unit(out, &at, change, "auditd.service", "監査 100%"));
        }
        lines.add(|out| systemd.deactivated(out, &at, "auditd.service"));
        lines.add(|out| systemd.main_process_exited(out, &at, "auditd.service", 1));
        lines.add(|out| systemd.unit_failed(out, &at, "auditd.service"));
        lines.add(|out| systemd.reload_requested(out, &at, 4711, "session-4.scope"));
        let seen = lines.read("syslog");
        for (line, (_, action, outcome)) in seen.iter().zip(changes) {
            line.is(
                "linux/-/syslog",
                &[("action", action), ("outcome", outcome), ("unit", "auditd.service")],
            );
            line.is("linux/-/syslog", &[("description", "監査 100%"), ("pid", "1")]);
        }
        seen[6].is("linux/-/syslog", &[("action", "service_stop"), ("unit", "auditd.service")]);
        seen[8].is("linux/-/syslog", &[("outcome", "failure"), ("reason", "exit-code")]);
        seen[9].is("linux/-/syslog", &[("action", "config_change"), ("client_pid", "4711")]);
    }
}
