//! Dovecot: logins, mailboxes, rules.

use super::World;
use crate::clock::{Civil, MINUTE};
use crate::company::{AccountId, Role};
use crate::logs::dovecot::{Agent, Delivery, Moved, Protocol, Session};
use crate::logs::pieces::text;
use crate::logs::syslog;

/// A connection to Dovecot: the session's name, and the process that serves it after the login.
pub(super) type Connection = (String, u32);

/// Folders into which rules put mail.
const FOLDERS: [&str; 9] = [
    "Newsletters",
    "Customers",
    "Monitoring",
    "Projects",
    "Archive",
    "Junk",
    "Trash",
    "RSS Feeds",
    "Partners",
];

/// Kinds of processes of the mail server that come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Daemon {
    Smtpd,
    Cleanup,
    Smtp,
    Lmtp,
    Bounce,
    /// Dovecot's side of lmtp.
    Mailbox,
}

/// A new connection from an address.
pub(super) fn program(world: &mut World, from: u32) -> Connection {
    // As Dovecot makes them: time, port, address.
    let [first, second, third, fourth, fifth, sixth, ..] = world.clock.micros().to_le_bytes();
    let [low, high] = (world.rng.between(32_768, 65_535) as u16).to_le_bytes();
    let [a, b, c, d] = from.to_be_bytes();
    let name = base64(&[first, second, third, fourth, fifth, sixth, low, high, a, b, c, d]);
    (name, 2_000 + (world.session() % 4_000_000) as u32)
}

impl World {
    pub(super) fn dovecot_login(
        &mut self,
        protocol: Protocol,
        user: &str,
        client: u32,
        connection: &Connection,
    ) {
        self.dovecot(protocol, user, client, connection, |session, out, at| session.login(out, at));
    }

    pub(super) fn dovecot_logout(
        &mut self,
        protocol: Protocol,
        user: &str,
        client: u32,
        connection: &Connection,
        moved: &Moved,
    ) {
        self.dovecot(protocol, user, client, connection, |session, out, at| {
            session.logged_out(out, at, moved)
        });
    }

    /// A login that fails, and the end of its connection.
    pub(super) fn dovecot_refused(&mut self, user: &str, client: u32, exists: bool) {
        let connection = program(self, client);
        self.dovecot(Protocol::Imap, user, client, &connection, |session, out, at| {
            session.refused(out, at, exists)
        });
        // Dovecot lets whoever is wrong wait.
        self.pass(1_900_000, 2_400_000);
        self.dovecot(Protocol::Imap, user, client, &connection, |session, out, at| {
            session.failed(out, at, 1, 2)
        });
    }

    /// A master user takes somebody's name.
    pub(super) fn master_login(
        &mut self,
        (session, _): &Connection,
        (master, user): (&str, &str),
        client: u32,
    ) {
        let company = self.company.clone();
        let host = company.host(company.the(Role::Mail)).name.as_str();
        self.maillog(|out, at| {
            syslog::line(out, at, host, "dovecot", None);
            text(out, &["auth: passwd-file(", master, ","]);
            crate::clock::address(out, client);
            text(out, &[",master,<", session, ">): Master user logging in as ", user]);
        });
        self.answer();
    }

    /// A message is put into a mailbox; the name of the delivery's session.
    pub(super) fn put_into_mailbox(&mut self, account: AccountId, message_id: &str) -> String {
        let company = self.company.clone();
        let pid = self.daemon(Daemon::Mailbox);
        let mut name = self.clock.micros().to_le_bytes().to_vec();
        name.extend(pid.to_le_bytes());
        name.extend(0x8d4f_02b1u32.to_le_bytes());
        let session = base64(&name);
        let delivery = Delivery {
            host: &company.host(company.the(Role::Mail)).name,
            agent: Agent::Lmtp,
            pid,
            session: &session,
            user: &company.account(account).name,
            message_id,
        };
        let rule = self.rule_of(account);
        let folder = rule.filter(|_| self.rng.chance(1, 3)).unwrap_or("INBOX");
        self.maillog(|out, at| match rule {
            Some(_) => delivery.stored(out, at, folder),
            None => delivery.saved(out, at, folder),
        });
        self.answer();
        session
    }

    /// A rule is set through ManageSieve, from an address.
    pub(super) fn set_rule(&mut self, account: AccountId, client: u32) {
        let company = self.company.clone();
        let user = company.account(account).name.as_str();
        let connection = program(self, client);
        self.dovecot_login(Protocol::ManageSieve, user, client, &connection);
        self.pass(40_000, 200_000);
        let moved = Moved {
            bytes_in: self.rng.between(300, 1_900) as u64,
            bytes_out: self.rng.between(900, 4_000) as u64,
            ..Moved::default()
        };
        self.dovecot_logout(Protocol::ManageSieve, user, client, &connection, &moved);
        let folder = self.rng.pick(&FOLDERS).copied().unwrap_or("Archive");
        self.logs.mail.rules.insert(account, folder);
    }

    /// Where the rule of somebody puts mail: many have had one for long.
    fn rule_of(&self, account: AccountId) -> Option<&'static str> {
        let mut own = self.company.rng.of("mail rules", u64::from(account.0));
        let old = own.chance(2, 5).then(|| own.pick(&FOLDERS).copied()).flatten();
        self.logs.mail.rules.get(&account).copied().or(old)
    }

    fn dovecot(
        &mut self,
        protocol: Protocol,
        user: &str,
        client: u32,
        (name, pid): &Connection,
        write: impl FnOnce(&Session<'_>, &mut Vec<u8>, &Civil),
    ) {
        let company = self.company.clone();
        let server = company.host(company.the(Role::Mail));
        let (host, server) = (server.name.as_str(), server.address);
        let session = Session { host, protocol, user, client, server, pid: *pid, name, tls: true };
        self.maillog(|out, at| write(&session, out, at));
    }

    /// A line of the mail server's log.
    pub(super) fn maillog(&mut self, write: impl FnOnce(&mut Vec<u8>, &Civil)) {
        self.sink.line(self.logs.mail.server, self.clock, self.mark, |out, at| write(out, &at.civil));
    }

    /// One of the processes of a kind. They serve for a while, then others with higher numbers take their place.
    pub(super) fn daemon(&mut self, kind: Daemon) -> u32 {
        const SERVES: i64 = 25 * MINUTE;
        let which = self.rng.below(4);
        let turn = (self.clock.micros() / SERVES) as u64;
        1_500 + ((turn * 113 + kind as u64 + which * 7) % 4_000_000) as u32
    }
}

/// Three bytes in four characters, without padding.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 2);
    for chunk in bytes.chunks(3) {
        let value =
            chunk.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        let digits = (0..=chunk.len()).filter_map(|at| DIGITS.get((value >> (18 - 6 * at) & 63) as usize));
        text.extend(digits.map(|digit| char::from(*digit)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sessions_are_base64_without_padding() {
        assert_eq!([&b"abc"[..], b"ab", b"a", b""].map(base64), ["YWJj", "YWI", "YQ", ""]);
    }
}
