//! Dovecot 2.3: logins, sessions, deliveries and Sieve, as syslog has them.
//!
//! In: who did what, with the session's name that joins the lines. Out: one line for each message.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, address, number};

/// What the client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// ManageSieve: the rules for incoming mail.
    ManageSieve,
}

/// A connection of a mail program, or of a webmail server for somebody.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// The mail server.
    pub host: &'a str,
    /// What is spoken.
    pub protocol: Protocol,
    /// Who it is, or says to be.
    pub user: &'a str,
    /// From where.
    pub client: u32,
    /// To which of the server's addresses.
    pub server: u32,
    /// The process that serves it after the login.
    pub pid: u32,
    /// Its name: `abc1+def/2`.
    pub name: &'a str,
    /// Whether it is encrypted.
    pub tls: bool,
}

/// What a session moved before its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moved {
    /// Bytes from the client.
    pub bytes_in: u64,
    /// Bytes to the client.
    pub bytes_out: u64,
    /// Messages that were deleted for good.
    pub expunged: u32,
    /// Messages that were read: their bodies (IMAP), or all of them (POP3).
    pub read: u32,
    /// Bytes of those.
    pub read_bytes: u64,
}

impl Session<'_> {
    /// A login.
    pub fn login(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin_login(out, at, "Login: ");
        text(out, &["user=<", self.user, ">, method=PLAIN, "]);
        self.addresses(out);
        text(out, &[", mpid="]);
        number(out, u64::from(self.pid));
        self.end(out);
    }

    /// The end of a connection whose logins all failed.
    pub fn failed(&self, out: &mut Vec<u8>, at: &Civil, attempts: u32, seconds: u32) {
        self.begin_login(out, at, "Disconnected: Connection closed (auth failed, ");
        number(out, u64::from(attempts));
        text(out, &[" attempts in "]);
        number(out, u64::from(seconds));
        text(out, &[" secs): user=<", self.user, ">, method=PLAIN, "]);
        self.addresses(out);
        self.end(out);
    }

    /// The end of a connection that did not even try.
    pub fn no_attempts(&self, out: &mut Vec<u8>, at: &Civil, seconds: u32) {
        self.begin_login(out, at, "Disconnected: Connection closed (no auth attempts in ");
        number(out, u64::from(seconds));
        text(out, &[" secs): user=<>, "]);
        self.addresses(out);
        self.end(out);
    }

    /// Why a password was not taken: another one is right, or there is no such user.
    pub fn refused(&self, out: &mut Vec<u8>, at: &Civil, exists: bool) {
        syslog::line(out, at, self.host, "dovecot", None);
        text(out, &["auth: passwd-file(", self.user, ","]);
        address(out, self.client);
        text(out, &[",<", self.name, ">): ", if exists { "Password mismatch" } else { "unknown user" }]);
    }

    /// A message that was deleted for good (plugin `mail_log`).
    pub fn expunged(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        folder: &str,
        uid: u32,
        message_id: &str,
        size: u64,
    ) {
        self.begin_session(out, at);
        text(out, &["expunge: box=", folder, ", uid="]);
        number(out, u64::from(uid));
        text(out, &[", msgid=", message_id, ", size="]);
        number(out, size);
    }

    /// The session's end.
    pub fn logged_out(&self, out: &mut Vec<u8>, at: &Civil, moved: &Moved) {
        self.begin_session(out, at);
        text(out, &["Disconnected: Logged out "]);
        let numbers: &[(&str, u64)] = match self.protocol {
            Protocol::Imap => &[
                ("in=", moved.bytes_in),
                (" out=", moved.bytes_out),
                (" deleted=", u64::from(moved.expunged)),
                (" expunged=", u64::from(moved.expunged)),
                (" trashed=0 hdr_count=0 hdr_bytes=0 body_count=", u64::from(moved.read)),
                (" body_bytes=", moved.read_bytes),
            ],
            Protocol::Pop3 => &[
                ("top=0/0, retr=", u64::from(moved.read)),
                ("/", moved.read_bytes),
                (", del=", u64::from(moved.expunged)),
                ("/", u64::from(moved.read.max(moved.expunged))),
                (", size=", moved.read_bytes),
            ],
            Protocol::ManageSieve => &[("bytes=", moved.bytes_in), ("/", moved.bytes_out)],
        };
        for (name, value) in numbers {
            text(out, &[name]);
            number(out, *value);
        }
    }

    fn begin_login(&self, out: &mut Vec<u8>, at: &Civil, message: &str) {
        syslog::line(out, at, self.host, "dovecot", None);
        text(out, &[self.protocol(), "-login: ", message]);
    }

    fn begin_session(&self, out: &mut Vec<u8>, at: &Civil) {
        syslog::line(out, at, self.host, "dovecot", None);
        text(out, &[self.protocol()]);
        of_process(out, self.user, self.pid, self.name);
    }

    fn addresses(&self, out: &mut Vec<u8>) {
        text(out, &["rip="]);
        address(out, self.client);
        text(out, &[", lip="]);
        address(out, self.server);
    }

    fn end(&self, out: &mut Vec<u8>) {
        text(out, &[if self.tls { ", TLS" } else { "" }, ", session=<", self.name, ">"]);
    }

    fn protocol(&self) -> &'static str {
        match self.protocol {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
            Protocol::ManageSieve => "managesieve",
        }
    }
}

/// Who puts a message into a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// The server for Postfix' lmtp.
    Lmtp,
    /// The program for Postfix' pipe.
    Lda,
}

/// A message that arrives for a user.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The mail server.
    pub host: &'a str,
    /// Who delivers.
    pub agent: Agent,
    /// Of that process.
    pub pid: u32,
    /// The delivery's own session.
    pub session: &'a str,
    /// For whom.
    pub user: &'a str,
    /// With its angle brackets.
    pub message_id: &'a str,
}

impl Delivery<'_> {
    /// It is in a folder, where the user has no rules.
    pub fn saved(&self, out: &mut Vec<u8>, at: &Civil, folder: &str) {
        self.line(out, at, "", &["saved mail to ", folder]);
    }

    /// A rule, or the end of all rules, put it into a folder.
    pub fn stored(&self, out: &mut Vec<u8>, at: &Civil, folder: &str) {
        self.line(out, at, "sieve: ", &["stored mail into mailbox '", folder, "'"]);
    }

    /// A rule sent it on.
    pub fn forwarded(&self, out: &mut Vec<u8>, at: &Civil, to: &str) {
        self.line(out, at, "sieve: ", &["forwarded to <", to, ">"]);
    }

    /// A rule threw it away.
    pub fn discarded(&self, out: &mut Vec<u8>, at: &Civil) {
        let discarded = "marked message to be discarded if not explicitly delivered (discard action)";
        self.line(out, at, "sieve: ", &[discarded]);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, sieve: &str, message: &[&str]) {
        syslog::line(out, at, self.host, "dovecot", None);
        text(out, &[if self.agent == Agent::Lmtp { "lmtp" } else { "lda" }]);
        of_process(out, self.user, self.pid, self.session);
        text(out, &[sieve, "msgid=", self.message_id, ": "]);
        text(out, message);
    }
}

/// `(user)<pid><session>: `
fn of_process(out: &mut Vec<u8>, user: &str, pid: u32, session: &str) {
    text(out, &["(", user, ")<"]);
    number(out, u64::from(pid));
    text(out, &["><", session, ">: "]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const SOURCE: &str = "dovecot/mail/-";
    const OF: Session<'static> = Session {
        host: "mx01",
        protocol: Protocol::Imap,
        user: "sato@corp.example",
        client: 0xcb00_712c,
        server: 0xc633_6401,
        pid: 3001,
        name: "abc1+def/2",
        tls: true,
    };

    #[test]
    fn a_session_is_read_from_its_login_to_its_end() {
        let moved = Moved { bytes_in: 1200, bytes_out: 734_003, expunged: 2, read: 5, read_bytes: 730_000 };
        let bytes = [
            (Protocol::Imap, "imap", "1200", "734003"),
            (Protocol::Pop3, "pop3", "-", "730000"),
            (Protocol::ManageSieve, "sieve", "1200", "734003"),
        ];
        for (protocol, name, bytes_in, bytes_out) in bytes {
            let (mut lines, at, of) = (Lines::default(), utc(), Session { protocol, ..OF });
            lines.add(|out| of.login(out, &at));
            lines.add(|out| of.logged_out(out, &at, &moved));
            let seen = lines.read("syslog");
            let both = [
                ("protocol", name),
                ("user", "sato@corp.example"),
                ("session", "abc1+def/2"),
                ("host", "mx01"),
            ];
            seen.iter().for_each(|line| line.is(SOURCE, &both));
            seen[0].is(SOURCE, &[("action", "login"), ("outcome", "success"), ("src_ip", "203.0.113.44")]);
            seen[1].is(SOURCE, &[("action", "logout"), ("bytes_in", bytes_in), ("bytes_out", bytes_out)]);
        }
    }

    #[test]
    fn a_failed_login_is_read_whatever_was_typed() {
        let at = utc();
        let long = "x".repeat(500);
        for user in ["tanaka@corp.example", "x>, method=PLAIN, rip=10.0.0.1", "佐藤 100%", &long] {
            let (mut lines, of) = (Lines::default(), Session { user, tls: false, ..OF });
            lines.add(|out| of.failed(out, &at, 3, 17));
            lines.add(|out| of.refused(out, &at, true));
            lines.add(|out| of.refused(out, &at, false));
            lines.add(|out| of.no_attempts(out, &at, 10));
            let seen = lines.read("syslog");
            seen.iter()
                .for_each(|line| line.is(SOURCE, &[("src_ip", "203.0.113.44"), ("session", "abc1+def/2")]));
            seen[0].is(SOURCE, &[("outcome", "failure"), ("user", user), ("attempts", "3")]);
            seen[1].is(SOURCE, &[("reason", "bad_password"), ("user", user)]);
            seen[2].is(SOURCE, &[("reason", "unknown_user"), ("user", user)]);
            seen[3].is(SOURCE, &[("outcome", "-"), ("user", "-")]);
        }
    }

    #[test]
    fn a_delivery_is_read_with_its_folder_or_where_a_rule_sent_it() {
        let at = utc();
        for agent in [Agent::Lmtp, Agent::Lda] {
            let of = Delivery {
                host: "mx01",
                agent,
                pid: 3020,
                session: "KwABC+1/a",
                user: "sato@corp.example",
                message_id: "<20260507.1@partner.example>",
            };
            let mut lines = Lines::default();
            lines.add(|out| of.saved(out, &at, "INBOX"));
            lines.add(|out| of.stored(out, &at, "請求書 'A' 50%"));
            lines.add(|out| of.forwarded(out, &at, "sato@freemail.example"));
            lines.add(|out| of.discarded(out, &at));
            lines.add(|out| OF.expunged(out, &at, "INBOX", 17, of.message_id, 20_481));
            let seen = lines.read("syslog");
            let both = [("user", "sato@corp.example"), ("message_id", "<20260507.1@partner.example>")];
            seen.iter().for_each(|line| line.is(SOURCE, &both));
            seen[0].is(SOURCE, &[("action", "deliver"), ("folder", "INBOX"), ("session", "KwABC+1/a")]);
            seen[1].is(SOURCE, &[("action", "deliver"), ("folder", "請求書 'A' 50%")]);
            seen[2].is(SOURCE, &[("rule_action", "forward"), ("forward_to", "sato@freemail.example")]);
            seen[3].is(SOURCE, &[("rule_action", "delete")]);
            seen[4].is(SOURCE, &[("action", "delete"), ("folder", "INBOX")]);
        }
    }
}
