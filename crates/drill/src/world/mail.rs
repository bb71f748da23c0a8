//! Mail: what comes and goes, and the webmail.
//!
//! A message is a chain of lines in the mail server's log: Postfix takes it (`transport`), Dovecot puts it into a mailbox or hands it out (`store`).
//! The webmail (`webmail`) is a client of both: each of its logins is a login to Dovecot from its own address, each message sent with it a submission.

mod store;
#[cfg(test)]
mod tests;
mod transport;
mod webmail;

use std::collections::BTreeMap;

use model::Time;

use self::store::program;
use self::transport::{Client, Letter, To};
use super::logon::Logon;
use super::network::Flow;
use super::{World, internet};
use crate::clock::{HOUR, MINUTE, SECOND};
use crate::company::{AccountId, AccountKind, Company, HostId, Role};
use crate::logs::dovecot::{Moved, Protocol};
use crate::logs::postfix::Door;
use crate::names::{office, web};
use crate::sink::{Sink, TextId, TextSpec};

/// What the mail server and the webmail keep.
#[derive(Debug)]
pub struct MailLogs {
    /// Of Postfix and Dovecot: `maillog`.
    server: TextId,
    /// Of the webmail's web server.
    pub access: TextId,
    /// Roundcube's `userlogins.log`.
    logins: TextId,
    /// Roundcube's `sendmail.log`.
    sent: TextId,
    /// Roundcube's `errors.log`.
    errors: TextId,
    /// Into which folder a rule puts mail, of those who have set one since the beginning.
    rules: BTreeMap<AccountId, &'static str>,
    /// What the sessions of the webmail that are open have moved.
    open: BTreeMap<u64, Moved>,
}

/// A session of the webmail.
#[derive(Clone, Debug)]
pub struct Mailbox {
    /// Whose mail.
    pub account: AccountId,
    /// From which address.
    pub from: u32,
    /// Since when.
    pub since: Time,
    number: u64,
    /// Its name in Roundcube.
    name: String,
    /// That of the connection to Dovecot, and the process which serves it.
    imap: (String, u32),
}

/// What is done in the webmail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailDeed<'a> {
    /// A page of the list of messages.
    List,
    /// A message is read.
    Show(u64),
    /// Messages are searched for.
    Search(&'a str),
    /// An attachment is fetched.
    Attachment(u64),
    /// A message is sent: to whom, and what about.
    Send(&'a str, &'a str),
    /// A rule for messages that come in is set.
    Rule(&'a str),
    /// The address book is taken out.
    ExportContacts,
}

impl MailLogs {
    /// Names the logs; the two machines' clocks are off by so much.
    pub fn of(company: &Company, sink: &mut Sink, (mail, webmail): (i64, i64)) -> MailLogs {
        let mut log = |role: Role, file: &str, skew: i64| {
            let host = company.host(company.the(role));
            let offset = company.site(host.site).offset;
            sink.text(TextSpec { offset, skew, ..TextSpec::new(format!("{}/{file}", host.name)) })
        };
        MailLogs {
            server: log(Role::Mail, "maillog", mail),
            access: log(Role::Webmail, "access.log", webmail),
            logins: log(Role::Webmail, "userlogins.log", webmail),
            sent: log(Role::Webmail, "sendmail.log", webmail),
            errors: log(Role::Webmail, "errors.log", webmail),
            rules: BTreeMap::new(),
            open: BTreeMap::new(),
        }
    }
}

impl World {
    /// What somebody does with their mail within the office. Reading what a mail program has already fetched leaves no trace.
    pub fn mail(&mut self, logon: &Logon) {
        let account = logon.account;
        if self.company.account(account).kind != AccountKind::Person {
            return;
        }
        let by_webmail = self.company.rng.of("mail habits", u64::from(account.0)).chance(1, 5);
        let from = self.address(logon.host);
        match (by_webmail, self.rng.below(100)) {
            (true, 0..7) | (false, 0..1) => self.look_at_mail(account, from),
            (false, 1..13) => self.mail_program(account, from),
            (false, 13..19) => self.write_mail(logon),
            _ => {}
        }
    }

    /// A message from outside for somebody. Postfix does not write what it is about.
    pub fn mail_arrives(&mut self, account: AccountId, sender: &str, subject: &str, bytes: u64) {
        let domain = domain_of(sender);
        let number =
            domain.bytes().fold(0u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
        let mut server = self.company.rng.of("mail server", number);
        // Not every server's address has a name that leads back to it.
        let named = server.chance(5, 6);
        let name = if named { format!("mail.{domain}") } else { String::new() };
        let id = self.message_id(domain);
        let letter = Letter { sender, id: &id, size: bytes + 1_200 + subject.len() as u64, of: None };
        let client = Client {
            name: &name,
            address: internet(domain),
            door: Door::Smtp,
            tls: server.chance(4, 5),
            user: None,
        };
        self.transport(&client, &letter, &[To::Inside(account)]);
    }

    /// A server of the company's own tells somebody something.
    pub fn mail_from_server(&mut self, server: HostId, account: AccountId, bytes: u64) {
        let company = self.company.clone();
        let host = company.host(server);
        let sender = format!("noreply-{}@{}", host.name, company.domain.public);
        let id = self.message_id(&host.fqdn);
        let letter = Letter { sender: &sender, id: &id, size: bytes, of: None };
        let client =
            Client { name: &host.fqdn, address: host.address, door: Door::Smtp, tls: false, user: None };
        self.transport(&client, &letter, &[To::Inside(account)]);
    }

    /// A mail program logs in over IMAP from an address, fetches so many messages of a mailbox, and leaves; `by` is a master user of the mail
    /// server who opens it in its owner's name. The bytes that were fetched.
    pub fn imap(&mut self, account: AccountId, from: u32, by: Option<&str>, messages: u64) -> u64 {
        let bytes = (0..messages).map(|_| self.rng.amount(6_000, 400_000)).sum();
        let lasted = messages as i64 * self.rng.between(SECOND / 8, SECOND) + SECOND;
        self.imap_session((account, from), by, (messages, bytes), lasted);
        self.pass(lasted, lasted + SECOND);
        bytes
    }

    /// Somebody sends a message from a session on their machine, with as many bytes attached.
    pub fn mail_sent(&mut self, logon: &Logon, recipient: &str, subject: &str, bytes: u64) {
        let text = self.rng.between(1_500, 14_000) as u64 + subject.len() as u64;
        let to = self.recipient(recipient);
        // What is attached grows by a third on its way.
        self.submit(logon, &[to], text + bytes + bytes / 3);
    }

    /// A mailbox as store and object, as the holdings name them.
    pub fn mail_object(&self, account: AccountId) -> (String, String) {
        let server = &self.company.host(self.company.the(Role::Mail)).name;
        (format!("{server}/mailboxes"), self.mail_address(account))
    }

    /// Somebody's address.
    pub fn mail_address(&self, account: AccountId) -> String {
        let company = &self.company;
        format!("{}@{}", company.account(account).name, company.domain.public)
    }

    /// The address of somebody outside with whom an account's owner has to do: most often a customer, else a business partner or
    /// somebody's private address.
    pub fn correspondent(&mut self, account: AccountId) -> String {
        if self.rng.chance(3, 4) {
            let customers = self.customers.clone();
            let count = customers.count().max(1);
            let first = self.company.rng.of("customers of", u64::from(account.0)).below(count);
            let at = first + self.rng.early(120);
            let known = (0..8).map(|step| customers.customer((at + step) % count).email);
            if let Some(address) = known.into_iter().find(|address| !address.is_empty()) {
                return address;
            }
        }
        const PEOPLE: [&str; 8] = ["info", "sales", "support", "koji", "keiri", "jimu", "eigyo", "contact"];
        if self.rng.chance(1, 5) {
            return self.private_address(account);
        }
        let domain = web::site(&mut self.rng, "partner").map_or("", |site| registered(site.host));
        let who = self.rng.pick(&PEOPLE).copied().unwrap_or_default();
        format!("{who}@{domain}")
    }

    /// An address that somebody has at home, or that of somebody whom they know.
    fn private_address(&mut self, account: AccountId) -> String {
        const PROVIDERS: [&str; 6] = [
            "mail.hinoki-portal.example",
            "tegami-mail.example",
            "freemail.kazemachi.example",
            "postbox.example",
            "yubin-ya.example",
            "hinoki-portal.example",
        ];
        let which = self.rng.early(3);
        let mut known = self.company.rng.of("private mail", u64::from(account.0)).of("known", which);
        let owner = if which == 0 { account } else { self.colleague(account) };
        let name = self.company.account(owner).name.replace(['.', '-'], "");
        let provider = known.pick(&PROVIDERS).copied().unwrap_or_default();
        format!("{name}{:02}@{provider}", known.below(100))
    }

    /// A mail program that runs in the background logs in, and stays for a while.
    fn mail_program(&mut self, account: AccountId, from: u32) {
        let messages = self.rng.early(9);
        let bytes = (0..messages).map(|_| self.rng.amount(4_000, 200_000)).sum();
        let lasted = self.rng.between(2 * MINUTE, 3 * HOUR);
        self.imap_session((account, from), None, (messages, bytes), lasted);
    }

    fn imap_session(
        &mut self,
        (account, from): (AccountId, u32),
        by: Option<&str>,
        (messages, bytes): (u64, u64),
        lasted: i64,
    ) {
        let company = self.company.clone();
        let name = company.account(account).name.as_str();
        let to = company.host(company.the(Role::Mail)).address;
        let session = program(self, from);
        if let Some(master) = by {
            self.master_login(&session, (master, name), from);
        }
        self.dovecot_login(Protocol::Imap, name, from, &session);
        let bytes_in = self.rng.amount(520, 300) + messages * self.rng.between(80, 104) as u64;
        let around = self.rng.amount(3_300, 1_500);
        let moved = Moved {
            bytes_in,
            bytes_out: bytes + around,
            expunged: 0,
            read: messages as u32,
            read_bytes: bytes,
        };
        self.flow(Flow {
            from,
            to,
            port: 993,
            protocol: 6,
            sent: bytes_in + 2_000,
            received: bytes + 9_000,
            lasted,
            allowed: true,
        });
        let now = self.clock;
        self.clock = self.after(lasted);
        self.dovecot_logout(Protocol::Imap, name, from, &session, &moved);
        self.clock = now;
    }

    /// Somebody writes to colleagues, or to somebody outside.
    fn write_mail(&mut self, logon: &Logon) {
        let account = logon.account;
        let mut to = Vec::new();
        if self.rng.chance(65, 100) {
            let count = 1 + self.rng.early(5);
            to.extend((0..count).map(|_| self.colleague(account)).map(To::Inside));
            to.dedup();
        } else {
            to.push(To::Outside(self.correspondent(account)));
        }
        let attached = if self.rng.chance(1, 4) { self.rng.amount(20_000, 6_000_000) } else { 0 };
        let size = self.rng.between(1_800, 16_000) as u64 + attached + attached / 3;
        self.submit(logon, &to, size);
    }

    /// A message goes to the mail server from somebody's machine.
    fn submit(&mut self, logon: &Logon, to: &[To], size: u64) {
        let company = self.company.clone();
        let address = self.address(logon.host);
        let sender = self.mail_address(logon.account);
        let id = self.message_id(&company.domain.public);
        let letter = Letter { sender: &sender, id: &id, size, of: Some(logon.account) };
        let user = Some(company.account(logon.account).name.as_str());
        let client =
            Client { name: &company.host(logon.host).fqdn, address, door: Door::Submission, tls: true, user };
        self.transport(&client, &letter, to);
    }

    /// One of those to whom somebody writes: some of them again and again.
    fn colleague(&mut self, account: AccountId) -> AccountId {
        let people = self.company.people.len() as u64;
        let at = if self.rng.chance(95, 100) {
            let which = self.rng.early(14);
            self.company.rng.of("colleagues", u64::from(account.0)).of("one", which).below(people)
        } else {
            self.rng.below(people)
        };
        self.company.people.get(at as usize).map_or(account, |person| person.account)
    }

    /// Whom an address stands for.
    fn recipient(&self, address: &str) -> To {
        let own = address.split_once('@').filter(|(_, domain)| *domain == self.company.domain.public);
        let inside = own.and_then(|(name, _)| self.company.account_named(name));
        inside.map_or_else(|| To::Outside(address.to_owned()), To::Inside)
    }

    /// A subject of a kind, of today.
    pub fn mail_subject(&mut self, kind: &str) -> String {
        let (mut text, today) = (Vec::new(), self.today());
        office::subject(&mut text, &mut self.rng, kind, today);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// The domain of an address.
fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or(address)
}

/// The part of a site's name that mail addresses have: its last two labels, and all of a name that has no more.
pub fn registered(host: &str) -> &str {
    let dots: Vec<usize> = host.match_indices('.').map(|(at, _)| at).collect();
    let before = dots.len().checked_sub(2).and_then(|at| dots.get(at));
    before.and_then(|at| host.get(at + 1..)).unwrap_or(host)
}
