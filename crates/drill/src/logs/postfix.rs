//! Postfix 3.7: the life of messages, as syslog has it.
//!
//! In: connections, messages and deliveries, with the queue ids that join them. Out: one line for each message of a daemon.

use super::pieces::text;
use super::syslog;
use crate::clock::{Civil, address, digits, number};

/// Which of the server's doors a client came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Port 25.
    Smtp,
    /// Port 587.
    Submission,
    /// Port 465.
    Smtps,
}

/// A connection of a client to smtpd.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The mail server.
    pub host: &'a str,
    /// Of smtpd.
    pub pid: u32,
    /// How it came in.
    pub door: Door,
    /// The name that its address has; empty for none that can be believed, which Postfix writes as `unknown`.
    pub name: &'a str,
    /// Its address.
    pub address: u32,
}

impl Client<'_> {
    /// It connects.
    pub fn connect(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at, "connect from ");
        self.peer(out);
    }

    /// It is encrypted from here on.
    pub fn tls(&self, out: &mut Vec<u8>, at: &Civil) {
        self.begin(out, at, "Anonymous TLS connection established from ");
        self.peer(out);
        text(out, &[": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519"]);
        text(out, &[" server-signature RSA-PSS (2048 bits) server-digest SHA256"]);
    }

    /// It sends a message that gets this id.
    pub fn message(&self, out: &mut Vec<u8>, at: &Civil, queue_id: &str) {
        self.begin(out, at, queue_id);
        text(out, &[": client="]);
        self.peer(out);
    }

    /// The same of a user that is logged in.
    pub fn message_of_user(&self, out: &mut Vec<u8>, at: &Civil, queue_id: &str, user: &str) {
        self.message(out, at, queue_id);
        text(out, &[", sasl_method=PLAIN, sasl_username=", user]);
    }

    /// A login that fails.
    pub fn login_failed(&self, out: &mut Vec<u8>, at: &Civil, method: &str, user: &str) {
        self.begin(out, at, "warning: ");
        self.peer(out);
        text(out, &[": SASL ", method, " authentication failed: authentication failure"]);
        if !user.is_empty() {
            text(out, &[", sasl_username=", user]);
        }
    }

    /// A recipient that is refused, with the answer (`554 5.7.1 <a@b.example>: Relay access denied`) and the greeting's name.
    pub fn rejected(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        answer: &str,
        from: &str,
        to: &str,
        greeting: &str,
    ) {
        self.begin(out, at, "NOQUEUE: reject: RCPT from ");
        self.peer(out);
        text(out, &[": ", answer, "; from=<", from, "> to=<", to, "> proto=ESMTP helo=<", greeting, ">"]);
    }

    /// It leaves without a word, after a command such as `AUTH`.
    pub fn lost(&self, out: &mut Vec<u8>, at: &Civil, after: &str) {
        self.begin(out, at, "lost connection after ");
        text(out, &[after, " from "]);
        self.peer(out);
    }

    /// It leaves; with the commands that it gave (`ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5`).
    pub fn disconnect(&self, out: &mut Vec<u8>, at: &Civil, commands: &str) {
        self.begin(out, at, "disconnect from ");
        self.peer(out);
        text(out, &[" ", commands]);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil, message: &str) {
        let program = match self.door {
            Door::Smtp => "postfix/smtpd",
            Door::Submission => "postfix/submission/smtpd",
            Door::Smtps => "postfix/smtps/smtpd",
        };
        syslog::line(out, at, self.host, program, Some(self.pid));
        text(out, &[message]);
    }

    fn peer(&self, out: &mut Vec<u8>) {
        text(out, &[if self.name.is_empty() { "unknown" } else { self.name }, "["]);
        address(out, self.address);
        out.push(b']');
    }
}

/// A message in the queue.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The mail server.
    pub host: &'a str,
    /// `4F1A22C0D1`
    pub queue_id: &'a str,
}

impl Message<'_> {
    /// pickup: a program on the machine itself sends it.
    pub fn picked_up(&self, out: &mut Vec<u8>, at: &Civil, pid: u32, uid: u32, sender: &str) {
        self.begin(out, at, "postfix/pickup", pid);
        text(out, &["uid="]);
        number(out, u64::from(uid));
        text(out, &[" from=<", sender, ">"]);
    }

    /// cleanup: its Message-ID, with the angle brackets around it.
    pub fn message_id(&self, out: &mut Vec<u8>, at: &Civil, pid: u32, message_id: &str) {
        self.begin(out, at, "postfix/cleanup", pid);
        text(out, &["message-id=", message_id]);
    }

    /// qmgr: it is to be delivered.
    pub fn active(&self, out: &mut Vec<u8>, at: &Civil, pid: u32, sender: &str, size: u64, recipients: u32) {
        self.begin(out, at, "postfix/qmgr", pid);
        text(out, &["from=<", sender, ">, size="]);
        number(out, size);
        text(out, &[", nrcpt="]);
        number(out, u64::from(recipients));
        text(out, &[" (queue active)"]);
    }

    /// qmgr: all of it is delivered.
    pub fn removed(&self, out: &mut Vec<u8>, at: &Civil, pid: u32) {
        self.begin(out, at, "postfix/qmgr", pid);
        text(out, &["removed"]);
    }

    /// bounce: its sender is told in another message.
    pub fn bounced_as(&self, out: &mut Vec<u8>, at: &Civil, pid: u32, other: &str) {
        self.begin(out, at, "postfix/bounce", pid);
        text(out, &["sender non-delivery notification: ", other]);
    }

    /// A delivery to one recipient, or a try.
    pub fn delivery(&self, out: &mut Vec<u8>, at: &Civil, delivery: &Delivery<'_>) {
        let agent = match delivery.agent {
            Agent::Smtp => "postfix/smtp",
            Agent::Lmtp => "postfix/lmtp",
            Agent::Local => "postfix/local",
            Agent::Pipe => "postfix/pipe",
        };
        self.begin(out, at, agent, delivery.pid);
        text(out, &["to=<", delivery.recipient, ">, "]);
        if !delivery.original.is_empty() {
            text(out, &["orig_to=<", delivery.original, ">, "]);
        }
        text(out, &["relay="]);
        match delivery.relay {
            Relay::None => text(out, &["none"]),
            Relay::Own(name) => text(out, &[name]),
            Relay::Server(name, of, port) => {
                text(out, &[name, "["]);
                address(out, of);
                text(out, &["]:"]);
                number(out, u64::from(port));
            }
        }
        text(out, &[", delay="]);
        seconds(out, delivery.delays.iter().sum());
        for (number, delay) in delivery.delays.into_iter().enumerate() {
            text(out, &[if number == 0 { ", delays=" } else { "/" }]);
            seconds(out, delay);
        }
        let status = match delivery.status {
            Status::Sent => "sent",
            Status::Deferred => "deferred",
            Status::Bounced => "bounced",
        };
        text(out, &[", dsn=", delivery.dsn, ", status=", status, " (", delivery.answer, ")"]);
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil, program: &str, pid: u32) {
        syslog::line(out, at, self.host, program, Some(pid));
        text(out, &[self.queue_id, ": "]);
    }
}

/// A delivery to one recipient.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Of the program that delivers.
    pub pid: u32,
    /// Which one it is.
    pub agent: Agent,
    /// To whom.
    pub recipient: &'a str,
    /// The address before it was expanded; empty for the same.
    pub original: &'a str,
    /// To what server or program.
    pub relay: Relay<'a>,
    /// Before the queue, in the queue, connecting, sending: in milliseconds.
    pub delays: [u32; 4],
    /// `2.0.0`
    pub dsn: &'a str,
    /// What became of it.
    pub status: Status,
    /// What the other side said.
    pub answer: &'a str,
}

/// Programs that deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// To other servers.
    Smtp,
    /// To Dovecot.
    Lmtp,
    /// Into mailboxes of the machine.
    Local,
    /// To a program.
    Pipe,
}

/// Where a delivery goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relay<'a> {
    /// Nowhere yet.
    None,
    /// Something of the machine itself: `local`, `mx01.corp.example[private/dovecot-lmtp]`.
    Own(&'a str),
    /// A server's name, address and port.
    Server(&'a str, u32, u16),
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done.
    Sent,
    /// To be tried again.
    Deferred,
    /// Given up.
    Bounced,
}

/// Milliseconds in seconds with at most two places and two digits that count, as Postfix shows delays: `0.05`, `1.1`, `30`.
fn seconds(out: &mut Vec<u8>, millis: u32) {
    let millis = u64::from(millis);
    let (value, places) = match millis {
        0..995 => ((millis + 5) / 10, 2),
        995..9950 => ((millis + 50) / 100, 1),
        _ => ((millis + 500) / 1000, 0),
    };
    let unit = 10u64.pow(places);
    number(out, value / unit);
    let (mut rest, mut places) = (value % unit, places as usize);
    while rest > 0 && rest.is_multiple_of(10) {
        (rest, places) = (rest / 10, places - 1);
    }
    if rest > 0 {
        out.push(b'.');
        digits(out, rest, places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const SOURCE: &str = "postfix/mail/-";
    const CLIENT: Client<'static> = Client {
        host: "mx01",
        pid: 2101,
        door: Door::Smtp,
        name: "mail.partner.example",
        address: 0xc633_6407,
    };
    const MESSAGE: Message<'static> = Message { host: "mx01", queue_id: "4F1A22C0D1" };

    const DELIVERY: Delivery<'static> = Delivery {
        pid: 2108,
        agent: Agent::Smtp,
        recipient: "it@branch.example",
        original: "",
        relay: Relay::Server("mx.branch.example", 0xcb00_7109, 25),
        delays: [100, 3, 520, 1_234],
        dsn: "2.0.0",
        status: Status::Sent,
        answer: "250 2.0.0 Ok: queued as 1234",
    };

    #[test]
    fn what_a_client_does_is_read_with_its_address() {
        let (mut lines, at) = (Lines::default(), utc());
        let unknown = Client { door: Door::Submission, name: "", ..CLIENT };
        let answer = "554 5.7.1 <a@far.example>: Relay access denied";
        lines.add(|out| CLIENT.connect(out, &at));
        lines.add(|out| CLIENT.tls(out, &at));
        lines.add(|out| CLIENT.message(out, &at, "4F1A22C0D1"));
        lines.add(|out| unknown.message_of_user(out, &at, "4F1A22C0D1", "sato@corp.example"));
        lines.add(|out| unknown.login_failed(out, &at, "LOGIN", "佐藤 100%"));
        lines.add(|out| Client { door: Door::Smtps, ..unknown }.login_failed(out, &at, "PLAIN", ""));
        lines.add(|out| CLIENT.rejected(out, &at, answer, "", "a@far.example", "[198.51.100.7]"));
        lines.add(|out| CLIENT.lost(out, &at, "AUTH"));
        lines.add(|out| CLIENT.disconnect(out, &at, "ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5"));
        let seen = lines.read("syslog");
        seen.iter().for_each(|line| line.is(SOURCE, &[("src_ip", "198.51.100.7"), ("host", "mx01")]));
        seen[0].is(SOURCE, &[("src_host", "mail.partner.example")]);
        seen[2].is(SOURCE, &[("queue_id", "4F1A22C0D1"), ("action", "receive")]);
        seen[3].is(SOURCE, &[("user", "sato@corp.example"), ("action", "send"), ("src_host", "-")]);
        seen[4].is(SOURCE, &[("user", "佐藤 100%"), ("action", "login"), ("reason", "bad_password")]);
        seen[5].is(SOURCE, &[("user", "-"), ("outcome", "failure")]);
        seen[6].is(SOURCE, &[("outcome", "rejected"), ("reason", answer), ("recipient", "a@far.example")]);
    }

    #[test]
    fn a_message_is_read_with_its_sender_and_its_recipients() {
        let (mut lines, at) = (Lines::default(), utc());
        lines.add(|out| MESSAGE.message_id(out, &at, 2105, "<20260507.1@partner.example>"));
        lines.add(|out| MESSAGE.active(out, &at, 900, "\"田中 50%\"@partner.example", 20_481, 150));
        let relay = Relay::Own("mx01.corp.example[private/dovecot-lmtp]");
        let lmtp = Delivery { agent: Agent::Lmtp, original: "sales@corp.example", relay, ..DELIVERY };
        let delays = [0, 0, 30_000, 0];
        let deferred = Delivery { relay: Relay::None, delays, status: Status::Deferred, ..DELIVERY };
        let bounced = Delivery { status: Status::Bounced, answer: "host said: 550 (no)", ..DELIVERY };
        for delivery in [DELIVERY, lmtp, deferred, bounced] {
            lines.add(|out| MESSAGE.delivery(out, &at, &delivery));
        }
        lines.add(|out| MESSAGE.bounced_as(out, &at, 2172, "AE55F2C0D7"));
        lines.add(|out| MESSAGE.picked_up(out, &at, 901, 0, "root"));
        lines.add(|out| MESSAGE.removed(out, &at, 900));
        assert!(lines.text().contains("delay=1.9, delays=0.1/0/0.52/1.2, dsn=2.0.0"), "{}", lines.text());
        assert!(lines.text().contains("delay=30, delays=0/0/30/0, "), "{}", lines.text());
        let seen = lines.read("syslog");
        seen.iter().for_each(|line| line.is(SOURCE, &[("queue_id", "4F1A22C0D1"), ("host", "mx01")]));
        seen[0].is(SOURCE, &[("message_id", "<20260507.1@partner.example>")]);
        seen[1].is(
            SOURCE,
            &[("sender", "\"田中 50%\"@partner.example"), ("size", "20481"), ("recipient_count", "150")],
        );
        seen[2].is(
            SOURCE,
            &[("recipient", "it@branch.example"), ("action", "relay"), ("dst_ip", "203.0.113.9")],
        );
        seen[3]
            .is(SOURCE, &[("action", "deliver"), ("outcome", "success"), ("orig_to", "sales@corp.example")]);
        seen[4].is(SOURCE, &[("action", "defer"), ("outcome", "failure")]);
        seen[5].is(SOURCE, &[("action", "bounce"), ("reason", "host said: 550 (no)")]);
        seen[7].is(SOURCE, &[("sender", "root"), ("uid", "0")]);
    }
}
