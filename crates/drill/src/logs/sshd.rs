//! OpenSSH's server, as syslog has it.
//!
//! In: a connection and what became of it. Out: one line for each message. Names that a client typed are cut and escaped as sshd does it
//! before it hands a message to syslog; PAM writes them as they are.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, address, number};

/// A connection of a client, which one process serves.
#[derive(Clone, Copy, Debug)]
pub struct Connection<'a> {
    /// The server's own name.
    pub host: &'a str,
    /// Of the process that serves it.
    pub pid: u32,
    /// Who connects.
    pub client: u32,
    /// From which port.
    pub port: u16,
}

impl Connection<'_> {
    /// A login with a password.
    pub fn accepted_password(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.attempt(out, at, &["Accepted password for "], user, " ssh2");
    }

    /// A login with a key, such as `ED25519 SHA256:…`.
    pub fn accepted_key(&self, out: &mut Vec<u8>, at: &Civil, user: &str, key: &str) {
        self.attempt(out, at, &["Accepted publickey for "], user, " ssh2: ");
        text(out, &[key]);
    }

    /// A wrong password of a user that exists, or one for a user that does not.
    pub fn failed_password(&self, out: &mut Vec<u8>, at: &Civil, user: &str, exists: bool) {
        self.attempt(out, at, &["Failed password for ", invalid(exists)], user, " ssh2");
    }

    /// A name that nobody has; comes before the passwords that are tried for it.
    pub fn invalid_user(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.attempt(out, at, &["Invalid user "], user, "");
    }

    /// What PAM says before [`Connection::pam_failure`] of a name that nobody has.
    pub fn pam_unknown_user(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at);
        text(out, &["pam_unix(sshd:auth): check pass; user unknown"]);
    }

    /// What PAM says of a wrong password; without a user's name where there is none of that name.
    pub fn pam_failure(&self, out: &mut Vec<u8>, at: &Civil, user: Option<&str>) {
        self.begin(out, at);
        text(
            out,
            &["pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost="],
        );
        address(out, self.client);
        match user {
            Some(user) => text(out, &["  user=", user]),
            None => out.push(b' '),
        }
    }

    /// The end of a connection that tried too often.
    pub fn too_many_failures(&self, out: &mut Vec<u8>, at: &Civil, user: &str, exists: bool) {
        let start = ["error: maximum authentication attempts exceeded for ", invalid(exists)];
        self.attempt(out, at, &start, user, " ssh2 [preauth]");
    }

    /// A client that leaves before it is logged in.
    pub fn closed_before_login(&self, out: &mut Vec<u8>, at: &Civil, user: &str, exists: bool) {
        self.begin(out, at);
        text(out, &["Connection closed by ", if exists { "authenticating" } else { "invalid" }, " user "]);
        self.user_and_peer(out, user);
        text(out, &[" [preauth]"]);
    }

    /// The session of a user that is logged in.
    pub fn session_opened(&self, out: &mut Vec<u8>, at: &Civil, user: &str, uid: u32) {
        self.begin(out, at);
        text(out, &["pam_unix(sshd:session): session opened for user ", user, "(uid="]);
        number(out, u64::from(uid));
        text(out, &[") by (uid=0)"]);
    }

    /// The session's end.
    pub fn session_closed(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.begin(out, at);
        text(out, &["pam_unix(sshd:session): session closed for user ", user]);
    }

    /// A client that says goodbye.
    pub fn received_disconnect(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at);
        text(out, &["Received disconnect from "]);
        self.peer(out);
        text(out, &[":11: disconnected by user"]);
    }

    /// The end of a connection of a user that was logged in.
    pub fn disconnected(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.begin(out, at);
        text(out, &["Disconnected from user "]);
        self.user_and_peer(out, user);
    }

    /// The transfer of files; in newer versions of another process than the login.
    pub fn sftp(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.begin(out, at);
        text(out, &["subsystem request for sftp by user "]);
        typed(out, user);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil) {
        syslog::line(out, at, self.host, "sshd", Some(self.pid));
    }

    fn attempt(&self, out: &mut Vec<u8>, at: &Civil, start: &[&str], user: &str, end: &str) {
        self.begin(out, at);
        text(out, start);
        typed(out, user);
        text(out, &[" from "]);
        self.peer(out);
        text(out, &[end]);
    }

    fn user_and_peer(&self, out: &mut Vec<u8>, user: &str) {
        typed(out, user);
        out.push(b' ');
        self.peer(out);
    }

    fn peer(&self, out: &mut Vec<u8>) {
        address(out, self.client);
        text(out, &[" port "]);
        number(out, u64::from(self.port));
    }
}

fn invalid(exists: bool) -> &'static str {
    if exists { "" } else { "invalid user " }
}

/// A name, of at most 100 bytes, where what is no printable ASCII is octal (`VIS_CSTYLE | VIS_OCTAL`).
fn typed(out: &mut Vec<u8>, name: &str) {
    for byte in name.bytes().take(100) {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b' '..=b'~' => out.push(byte),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => out.extend([b'\\', b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const OF: Connection<'static> =
        Connection { host: "web01", pid: 4711, client: 0xcb00_7105, port: 40_000 };
    const PEER: [(&str, &str); 3] = [("src_ip", "203.0.113.5"), ("src_port", "40000"), ("pid", "4711")];

    #[test]
    fn a_login_is_read_with_its_user_and_where_it_came_from() {
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| OF.accepted_password(out, &at, "sato"));
        lines.add(|out| OF.accepted_key(out, &at, "tanaka taro", "ED25519 SHA256:abc+/x"));
        lines.add(|out| OF.session_opened(out, &at, "sato", 1000));
        lines.add(|out| OF.sftp(out, &at, "sato"));
        lines.add(|out| OF.received_disconnect(out, &at));
        lines.add(|out| OF.disconnected(out, &at, "sato"));
        lines.add(|out| OF.session_closed(out, &at, "sato"));
        let seen = lines.read("syslog");
        let source = "linux/-/sshd";
        for number in [0, 1, 4, 5] {
            seen[number].is(source, &PEER);
        }
        let login = [("action", "login"), ("outcome", "success"), ("user", "sato"), ("method", "password")];
        seen[0].is(source, &login);
        seen[1].is(
            source,
            &[("user", "tanaka taro"), ("method", "publickey"), ("key", "ED25519 SHA256:abc+/x")],
        );
        seen[2].is(source, &[("action", "session_open"), ("user", "sato"), ("host", "web01")]);
        seen[5].is(source, &[("action", "session_close"), ("user", "sato")]);
        seen[6].is(source, &[("action", "session_close"), ("user", "sato")]);
    }

    #[test]
    fn a_failed_login_is_read_whatever_was_typed() {
        let (mut lines, at) = (Lines::default(), utc());
        let long = "x".repeat(300);
        for user in ["root from 10.0.0.1 port 1 ssh2", "", "佐藤", "100%s\\\n", &long] {
            lines.add(|out| OF.failed_password(out, &at, user, false));
            lines.add(|out| OF.invalid_user(out, &at, user));
        }
        lines.add(|out| OF.failed_password(out, &at, "root", true));
        lines.add(|out| OF.pam_failure(out, &at, Some("root")));
        lines.add(|out| OF.pam_unknown_user(out, &at));
        lines.add(|out| OF.pam_failure(out, &at, None));
        lines.add(|out| OF.too_many_failures(out, &at, "root", true));
        lines.add(|out| OF.closed_before_login(out, &at, "admin", false));
        let seen = lines.read("syslog");
        let source = "linux/-/sshd";
        let read = [
            "root from 10.0.0.1 port 1 ssh2",
            "-",
            "\\344\\275\\220\\350\\227\\244",
            "100%s\\\\\\n",
            &long[..100],
        ];
        for (number, user) in read.into_iter().enumerate() {
            seen[2 * number].is(source, &PEER);
            seen[2 * number]
                .is(source, &[("outcome", "failure"), ("reason", "invalid_user"), ("user", user)]);
            seen[2 * number + 1]
                .is(source, &[("src_ip", "203.0.113.5"), ("reason", "invalid_user"), ("user", user)]);
        }
        seen[10].is(source, &[("outcome", "failure"), ("reason", "bad_password"), ("user", "root")]);
        seen[11].is(source, &[("src_ip", "203.0.113.5"), ("user", "root")]);
        seen[12].is(source, &[("reason", "invalid_user")]);
        seen[14].is(source, &[("reason", "too_many_failures"), ("user", "root")]);
        seen[15].is(source, &[("reason", "invalid_user"), ("user", "admin")]);
    }
}
