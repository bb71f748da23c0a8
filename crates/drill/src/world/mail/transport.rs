//! Postfix: how a message comes in, and where it goes.

use super::World;
use super::store::Daemon;
use crate::clock::{Civil, JST, MINUTE, SECOND};
use crate::company::{AccountId, Role, dotted};
use crate::logs::postfix::{self, Agent, Delivery, Door, Message, Relay, Status};
use crate::logs::put::put;
use crate::world::internet;
use crate::world::network::Flow;

/// Who gives a message to Postfix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client<'a> {
    /// The name of its address; empty for none.
    pub name: &'a str,
    pub address: u32,
    pub door: Door,
    pub tls: bool,
    /// Who has logged in.
    pub user: Option<&'a str>,
}

/// A message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    pub sender: &'a str,
    /// With its angle brackets.
    pub id: &'a str,
    pub size: u64,
    /// Whose it is, if somebody's of the company.
    pub of: Option<AccountId>,
}

/// A recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    Inside(AccountId),
    Outside(String),
}

impl World {
    /// A message is taken from a client and delivered to all recipients; its name in the queue.
    pub(super) fn transport(&mut self, client: &Client<'_>, letter: &Letter<'_>, to: &[To]) -> String {
        let company = self.company.clone();
        let server = company.host(company.the(Role::Mail));
        let pid = self.daemon(Daemon::Smtpd);
        let Client { name, address, door, .. } = *client;
        let peer = postfix::Client { host: &server.name, pid, door, name, address };
        let port = if door == Door::Smtp { 25 } else { 587 };
        let (sent, lasted) = (letter.size + self.rng.amount(1_100, 500), (letter.size / 4) as i64 + 400_000);
        let received = self.rng.amount(1_500, 600);
        self.flow(Flow {
            from: address,
            to: server.address,
            port,
            protocol: 6,
            sent,
            received,
            lasted,
            allowed: true,
        });
        self.maillog(|out, at| peer.connect(out, at));
        self.answer();
        if client.tls && door == Door::Smtp {
            self.maillog(|out, at| peer.tls(out, at));
            self.answer();
        }
        let queue_id = self.queue_id();
        self.maillog(|out, at| match client.user {
            Some(user) => peer.message_of_user(out, at, &queue_id, user),
            None => peer.message(out, at, &queue_id),
        });
        self.queued(&queue_id, letter, to.len() as u32);
        self.pass(2_000, 90_000);
        let mut commands = Vec::with_capacity(80);
        let (recipients, tls) = (to.len() as u64, u64::from(client.tls));
        put!(&mut commands, "ehlo=", 1 + tls);
        if client.tls {
            put!(&mut commands, " starttls=1");
        }
        if client.user.is_some() {
            put!(&mut commands, " auth=1");
        }
        let all = 4 + recipients + 2 * tls + u64::from(client.user.is_some());
        put!(&mut commands, " mail=1 rcpt=", recipients, " data=1 quit=1 commands=", all);
        self.maillog(|out, at| peer.disconnect(out, at, &String::from_utf8_lossy(&commands)));
        self.deliver(&queue_id, letter, to);
        queue_id
    }

    /// Its Message-ID is seen, and it is to be delivered.
    fn queued(&mut self, queue_id: &str, letter: &Letter<'_>, recipients: u32) {
        let company = self.company.clone();
        let message = Message { host: &company.host(company.the(Role::Mail)).name, queue_id };
        self.answer();
        let pid = self.daemon(Daemon::Cleanup);
        self.maillog(|out, at| message.message_id(out, at, pid, letter.id));
        // A few megabytes in a second.
        let arrives = (letter.size / 6) as i64;
        self.pass(arrives + 8_000, arrives + 60_000);
        self.maillog(|out, at| {
            message.active(out, at, QUEUE_MANAGER, letter.sender, letter.size, recipients)
        });
    }

    fn deliver(&mut self, queue_id: &str, letter: &Letter<'_>, to: &[To]) {
        let company = self.company.clone();
        let message = Message { host: &company.host(company.the(Role::Mail)).name, queue_id };
        let begun = self.clock;
        let mut late = false;
        for one in to {
            match one {
                To::Inside(account) => self.deliver_inside(&message, letter, *account),
                To::Outside(address) => late |= self.deliver_outside(&message, letter, address),
            }
        }
        self.answer();
        self.maillog(|out, at| message.removed(out, at, QUEUE_MANAGER));
        if late {
            // Who sent it does not wait for it.
            self.clock = begun;
        }
    }

    fn deliver_inside(&mut self, message: &Message<'_>, letter: &Letter<'_>, account: AccountId) {
        let company = self.company.clone();
        self.answer();
        let session = self.put_into_mailbox(account, letter.id);
        let recipient = self.mail_address(account);
        let relay = format!("{}[private/dovecot-lmtp]", company.host(company.the(Role::Mail)).fqdn);
        let answer = format!("250 2.0.0 <{recipient}> {session} Saved");
        let delivery = Delivery {
            pid: self.daemon(Daemon::Lmtp),
            agent: Agent::Lmtp,
            recipient: &recipient,
            original: "",
            relay: Relay::Own(&relay),
            delays: self.delays(letter.size, 60),
            dsn: "2.0.0",
            status: Status::Sent,
            answer: &answer,
        };
        self.maillog(|out, at| message.delivery(out, at, &delivery));
    }

    /// To another server; whether that took long.
    fn deliver_outside(&mut self, message: &Message<'_>, letter: &Letter<'_>, recipient: &str) -> bool {
        let company = self.company.clone();
        let server = company.the(Role::Mail);
        let domain = super::domain_of(recipient);
        let address = internet(domain);
        // Answers of name servers are remembered for a while.
        if self.rng.chance(1, 2) {
            self.resolve(server, domain, "MX");
        }
        let relay = format!("mx.{domain}");
        let took = self.rng.between(200_000, 2 * SECOND);
        self.pass(took, took);
        let mut delivery = Delivery {
            pid: self.daemon(Daemon::Smtp),
            agent: Agent::Smtp,
            recipient,
            original: "",
            relay: Relay::Server(&relay, address, 25),
            delays: self.delays(letter.size, 1_600),
            dsn: "2.0.0",
            status: Status::Sent,
            answer: "",
        };
        let (from, sent) = (company.host(server).address, letter.size + self.rng.amount(1_100, 500));
        let received = self.rng.amount(1_500, 600);
        self.flow(Flow {
            from,
            to: address,
            port: 25,
            protocol: 6,
            sent,
            received,
            lasted: took,
            allowed: true,
        });
        let drawn = self.rng.below(1_000);
        if drawn < 15 {
            let answer = format!(
                "host {relay}[{}] said: 550 5.1.1 <{recipient}>: no such mailbox (in reply to RCPT TO command)",
                dotted(address)
            );
            delivery = Delivery { dsn: "5.1.1", status: Status::Bounced, answer: &answer, ..delivery };
            self.maillog(|out, at| message.delivery(out, at, &delivery));
            self.bounce(message, letter);
            return false;
        }
        let late = drawn < 40;
        if late {
            self.put_off(message, letter, &delivery);
            delivery.delays = [60, (self.rng.between(300, 1_050) * 1_000) as u32, 400, 900];
        }
        let theirs = self.rng.bits() as u32;
        let answer = format!("250 2.0.0 Ok: queued as {theirs:08X}C3");
        self.maillog(|out, at| message.delivery(out, at, &Delivery { answer: &answer, ..delivery }));
        late
    }

    /// The other server cannot be reached: the message waits, and is tried again.
    fn put_off(&mut self, message: &Message<'_>, letter: &Letter<'_>, delivery: &Delivery<'_>) {
        let answer =
            format!("connect to mx.{}:25: Connection timed out", super::domain_of(delivery.recipient));
        let waits = Delivery {
            relay: Relay::None,
            delays: [60, 4, 30_000, 0],
            dsn: "4.4.1",
            status: Status::Deferred,
            answer: &answer,
            ..*delivery
        };
        self.pass(30 * SECOND, 30 * SECOND);
        self.maillog(|out, at| message.delivery(out, at, &waits));
        self.pass(5 * MINUTE, 17 * MINUTE);
        self.maillog(|out, at| message.active(out, at, QUEUE_MANAGER, letter.sender, letter.size, 1));
        self.pass(300_000, 2 * SECOND);
    }

    /// The sender is told that it could not be delivered.
    fn bounce(&mut self, message: &Message<'_>, letter: &Letter<'_>) {
        let company = self.company.clone();
        let host = company.host(company.the(Role::Mail));
        self.answer();
        let pid = self.daemon(Daemon::Bounce);
        let other = self.queue_id();
        // Postfix names its own messages after the moment.
        let now = Civil::of(self.clock, JST);
        let date = u64::from(now.month) * 100 + u64::from(now.day) + now.year as u64 * 10_000;
        let time = u64::from(now.hour) * 10_000 + u64::from(now.minute) * 100 + u64::from(now.second);
        let id = format!("<{date}{time:06}.{other}@{}>", host.fqdn);
        let notice = Letter { sender: "", id: &id, size: letter.size.min(4_000) + 2_300, of: None };
        self.queued(&other, &notice, 1);
        self.maillog(|out, at| message.bounced_as(out, at, pid, &other));
        if let Some(account) = letter.of {
            self.deliver(&other, &notice, &[To::Inside(account)]);
        }
    }

    /// Somebody comes to Postfix and goes away without having left anything; `says` writes what Postfix says of it: 0 is the beginning, 1 the refusal, 2
    /// that the other side hung up, 3 the end.
    pub(in crate::world) fn knock_at_mail(
        &mut self,
        from: u32,
        port: u16,
        says: impl Fn(&postfix::Client<'_>, &mut Vec<u8>, &Civil, u8),
    ) {
        let company = self.company.clone();
        let server = company.host(company.the(Role::Mail));
        let door = if port == 25 { Door::Smtp } else { Door::Submission };
        let peer = postfix::Client {
            host: &server.name,
            pid: self.daemon(Daemon::Smtpd),
            door,
            name: "",
            address: from,
        };
        let lasted = self.rng.between(SECOND, 9 * SECOND);
        let (sent, received) = (self.rng.amount(760, 240), self.rng.amount(1_200, 500));
        self.flow(Flow {
            from,
            to: server.address,
            port,
            protocol: 6,
            sent,
            received,
            lasted,
            allowed: true,
        });
        let hangs_up = self.rng.chance(1, 2);
        for step in [0, 1, 2, 3].into_iter().filter(|step| *step != 2 || hangs_up) {
            self.maillog(|out, at| says(&peer, out, at, step));
            self.pass(lasted / 6, lasted / 3);
        }
    }

    fn delays(&mut self, size: u64, most: i64) -> [u32; 4] {
        let arrives = (size / 6_000) as i64;
        [
            self.rng.between(20, 180) + arrives,
            self.rng.between(2, 12),
            self.rng.between(2, most / 2),
            self.rng.between(20, most),
        ]
        .map(|millis| millis as u32)
    }

    /// As Postfix makes them: the microseconds, and the number of the file.
    fn queue_id(&mut self) -> String {
        let file = 0x20_0000 + self.rng.below(0x1_4000);
        format!("{:05X}{file:X}", self.clock.micros().rem_euclid(SECOND))
    }

    /// A new one, as programs of that domain make it, with angle brackets.
    pub(super) fn message_id(&mut self, domain: &str) -> String {
        let (high, low) = (self.rng.bits(), self.rng.bits());
        let seconds = self.clock.micros() / SECOND;
        match high % 3 {
            0 => {
                let [first, second, third] = [high >> 32, high >> 16 & 0xffff, 0x4000 | high & 0xfff];
                format!(
                    "<{first:08x}-{second:04x}-{third:04x}-{:04x}-{:012x}@{domain}>",
                    low >> 48,
                    low & 0xffff_ffff_ffff
                )
            }
            1 => format!("<{seconds}.{}.{low:x}@{domain}>", high >> 44),
            _ => format!("<{high:016X}{:08X}@{domain}>", low >> 32),
        }
    }
}

/// The process of qmgr, which lives as long as Postfix.
const QUEUE_MANAGER: u32 = 1_143;
