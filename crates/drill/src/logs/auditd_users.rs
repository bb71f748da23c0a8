//! Linux audit: what programs tell it of their users. See [`auditd`](super::auditd), which hands these out.

use super::auditd::{Event, UNSET, chosen};
use super::pieces::text;
use crate::clock::{address, number};

/// The process that tells: sshd, sudo, systemd, useradd. All of its messages are one line.
#[derive(Clone, Copy, Debug)]
pub struct Teller<'a> {
    /// Its number.
    pub pid: u32,
    /// As whom it runs, and that one's name.
    pub user: (u32, &'a str),
    /// Who logged in, and that one's name; [`UNSET`] for nobody yet.
    pub login: (u32, &'a str),
    /// The login's number; [`UNSET`] for none.
    pub session: u32,
    /// `unconfined`, or a context of SELinux.
    pub subject: &'a str,
    /// The program's whole path.
    pub exe: &'a str,
    /// From where the user comes, where it is another machine.
    pub client: Option<u32>,
    /// `ssh`, `/dev/pts/0`, `cron`; empty for none.
    pub terminal: &'a str,
}

/// Who a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account<'a> {
    /// An account, by its number and its name.
    Known(u32, &'a str),
    /// A name as it was typed.
    Named(&'a str),
}

/// What PAM is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pam {
    /// USER_AUTH: is the password right?
    Authentication,
    /// USER_ACCT: may the account log in?
    Accounting,
    /// CRED_ACQ: its rights are taken.
    CredentialsAcquired,
    /// CRED_REFR: they are taken again.
    CredentialsRefreshed,
    /// CRED_DISP: they are given back.
    CredentialsDisposed,
    /// USER_START: its session begins.
    SessionOpened,
    /// USER_END: its session is over.
    SessionClosed,
}

impl Teller<'_> {
    /// USER_LOGIN: a login, or a try.
    pub fn login(&self, out: &mut Vec<u8>, event: &Event<'_>, account: Account<'_>, success: bool) {
        self.begin(out, event, "USER_LOGIN", "op=login ");
        match account {
            Account::Known(id, _) => {
                text(out, &["id="]);
                number(out, id.into());
            }
            Account::Named(name) => account_name(out, name),
        }
        self.origin(out, success);
        self.end(out, account);
    }

    /// What PAM was asked, and by which of its modules it was granted (`pam_permit,pam_unix`).
    pub fn pam(
        &self,
        out: &mut Vec<u8>,
        event: &Event<'_>,
        asked: Pam,
        name: &str,
        grantors: &str,
        success: bool,
    ) {
        let (kind, operation) = match asked {
            Pam::Authentication => ("USER_AUTH", "op=PAM:authentication"),
            Pam::Accounting => ("USER_ACCT", "op=PAM:accounting"),
            Pam::CredentialsAcquired => ("CRED_ACQ", "op=PAM:setcred"),
            Pam::CredentialsRefreshed => ("CRED_REFR", "op=PAM:setcred"),
            Pam::CredentialsDisposed => ("CRED_DISP", "op=PAM:setcred"),
            Pam::SessionOpened => ("USER_START", "op=PAM:session_open"),
            Pam::SessionClosed => ("USER_END", "op=PAM:session_close"),
        };
        self.begin(out, event, kind, operation);
        text(out, &[" grantors=", if success { grantors } else { "?" }, " "]);
        account_name(out, name);
        self.origin(out, success);
        self.end(out, Account::Named(name));
    }

    /// USER_CMD: a command by sudo.
    pub fn command(
        &self,
        out: &mut Vec<u8>,
        event: &Event<'_>,
        directory: &str,
        command: &str,
        success: bool,
    ) {
        self.begin(out, event, "USER_CMD", "cwd=");
        chosen(out, directory.as_bytes());
        text(out, &[" cmd="]);
        chosen(out, command.as_bytes());
        text(out, &[" exe="]);
        chosen(out, self.exe.as_bytes());
        text(out, &[" terminal=", or_unknown(self.terminal), " res=", result(success), "'"]);
        self.end(out, Account::Named(""));
    }

    /// SERVICE_START or SERVICE_STOP: a unit, without `.service`; told by systemd.
    pub fn service(&self, out: &mut Vec<u8>, event: &Event<'_>, unit: &str, starts: bool, success: bool) {
        self.begin(out, event, if starts { "SERVICE_START" } else { "SERVICE_STOP" }, "unit=");
        text(out, &[unit, " comm=\"systemd\""]);
        self.origin(out, success);
        self.end(out, Account::Named(""));
    }

    /// ADD_USER: a new account; told by useradd.
    pub fn added_user(&self, out: &mut Vec<u8>, event: &Event<'_>, id: u32, name: &str) {
        self.begin(out, event, "ADD_USER", "op=add-user id=");
        number(out, id.into());
        self.origin(out, true);
        self.end(out, Account::Known(id, name));
    }

    fn begin(&self, out: &mut Vec<u8>, event: &Event<'_>, kind: &str, message: &str) {
        event.begin(out, kind, true);
        text(out, &["pid="]);
        number(out, self.pid.into());
        text(out, &[" uid="]);
        number(out, self.user.0.into());
        text(out, &[" auid="]);
        number(out, self.login.0.into());
        text(out, &[" ses="]);
        number(out, self.session.into());
        text(out, &[" subj=", self.subject, " msg='", message]);
    }

    fn origin(&self, out: &mut Vec<u8>, success: bool) {
        text(out, &[" exe="]);
        chosen(out, self.exe.as_bytes());
        for name in [" hostname=", " addr="] {
            text(out, &[name]);
            match self.client {
                Some(client) => address(out, client),
                None => out.push(b'?'),
            }
        }
        text(out, &[" terminal=", or_unknown(self.terminal), " res=", result(success), "'"]);
    }

    fn end(&self, out: &mut Vec<u8>, account: Account<'_>) {
        let login = if self.login.0 == UNSET { "unset" } else { self.login.1 };
        text(out, &["\u{1d}UID=\"", self.user.1, "\" AUID=\"", login, "\""]);
        if let Account::Known(_, name) = account {
            text(out, &[" ID=\"", name, "\""]);
        }
    }
}

fn account_name(out: &mut Vec<u8>, name: &str) {
    text(out, &["acct="]);
    chosen(out, name.as_bytes());
}

fn or_unknown(value: &str) -> &str {
    if value.is_empty() { "?" } else { value }
}

fn result(success: bool) -> &'static str {
    if success { "success" } else { "failed" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment};

    const SOURCE: &str = "linux/-/auditd";

    #[test]
    fn what_programs_tell_is_read_with_the_account_and_the_result() {
        let event = |serial| Event { node: "", time: moment(), serial };
        let sshd = Teller {
            pid: 900,
            user: (0, "root"),
            login: (UNSET, ""),
            session: UNSET,
            subject: "unconfined",
            exe: "/usr/sbin/sshd",
            client: Some(0xcb00_7105),
            terminal: "ssh",
        };
        let sato = Teller { login: (1000, "sato"), session: 7, terminal: "/dev/pts/0", ..sshd };
        let sudo =
            Teller { user: (1000, "sato"), exe: "/usr/bin/sudo", client: None, terminal: "pts/0", ..sato };
        let systemd = Teller { pid: 1, exe: "/usr/lib/systemd/systemd", client: None, terminal: "", ..sshd };
        let mut lines = Lines::default();
        lines.add(|out| sato.login(out, &event(1), Account::Known(1000, "sato"), true));
        lines.add(|out| sshd.login(out, &event(2), Account::Named("佐藤 ' res=success"), false));
        lines.add(|out| sshd.pam(out, &event(3), Pam::Authentication, "a res=success", "pam_unix", false));
        lines.add(|out| sudo.command(out, &event(4), "/home/sato", "cat \"/etc/shadow\" 100% 見積", true));
        lines.add(|out| systemd.service(out, &event(5), "firewalld", false, true));
        lines.add(|out| systemd.service(out, &event(6), "firewalld", true, false));
        lines.add(|out| {
            Teller { exe: "/usr/sbin/useradd", ..sudo }.added_user(out, &event(7), 1005, "backup2")
        });
        let asked = [
            (Pam::Accounting, "USER_ACCT"),
            (Pam::CredentialsAcquired, "CRED_ACQ"),
            (Pam::CredentialsRefreshed, "CRED_REFR"),
            (Pam::SessionOpened, "USER_START"),
            (Pam::SessionClosed, "USER_END"),
            (Pam::CredentialsDisposed, "CRED_DISP"),
        ];
        for (serial, (asked, _)) in (8..).zip(asked) {
            lines.add(|out| sato.pam(out, &event(serial), asked, "sato", "pam_permit,pam_unix", true));
        }
        let seen = lines.read("auditd");
        for line in &seen {
            println!("{}", line.shown());
        }
        seen[0].is(SOURCE, &[("type", "USER_LOGIN"), ("user", "sato"), ("src_ip", "203.0.113.5")]);
        seen[0].is(SOURCE, &[("action", "login"), ("outcome", "success")]);
        seen[1]
            .is(SOURCE, &[("outcome", "failure"), ("user", "佐藤 ' res=success"), ("src_ip", "203.0.113.5")]);
        seen[2].is(SOURCE, &[("type", "USER_AUTH"), ("outcome", "failure"), ("acct", "a res=success")]);
        seen[3].is(
            SOURCE,
            &[("type", "USER_CMD"), ("cmd", "cat \"/etc/shadow\" 100% 見積"), ("outcome", "success")],
        );
        seen[4].is(SOURCE, &[("type", "SERVICE_STOP"), ("unit", "firewalld"), ("outcome", "success")]);
        seen[5].is(SOURCE, &[("type", "SERVICE_START"), ("outcome", "failure")]);
        seen[6].is(SOURCE, &[("type", "ADD_USER"), ("action", "user_add"), ("target_user", "backup2")]);
        for (line, (_, kind)) in seen[7..].iter().zip(asked) {
            line.is(SOURCE, &[("type", kind), ("acct", "sato"), ("outcome", "success"), ("AUID", "sato")]);
        }
    }
}
