//! The webmail: Roundcube behind nginx.
//!
//! A proxy for IMAP on the same machine keeps the connection to Dovecot open from login to logout, as is usual where Roundcube has many users.

use super::store::program;
use super::transport::{Client, Letter};
use super::{MailDeed, Mailbox, World};
use crate::clock::{Civil, MINUTE, SECOND};
use crate::company::{AccountId, Role};
use crate::logs::access_log::{Request, Server};
use crate::logs::dovecot::{Moved, Protocol};
use crate::logs::postfix::Door;
use crate::logs::roundcube::{Page, Session};
use crate::sink::TextId;
use crate::world::network::Flow;

const BASE: &str = "/";
const INBOX: &str = "INBOX";

impl World {
    /// Somebody logs in to the webmail from an address.
    pub fn webmail(&mut self, account: AccountId, from: u32) -> Mailbox {
        let company = self.company.clone();
        let since = self.clock;
        let user = company.account(account).name.as_str();
        let own = company.host(company.the(Role::Webmail)).address;
        self.page(from, Page::LoginForm, 200, 5_600);
        self.pass(3 * SECOND, 25 * SECOND);
        let imap = program(self, own);
        self.dovecot_login(Protocol::Imap, user, own, &imap);
        self.answer();
        let number = self.session();
        let mailbox = Mailbox { account, from, since, number, name: self.session_name(), imap };
        self.roundcube(self.logs.mail.logins, &mailbox.name, (user, account.0), from, |session, out, at| {
            session.login(out, at)
        });
        self.answer();
        self.page(from, Page::Login, 302, 0);
        self.pass(100_000, 900_000);
        let bytes = self.rng.between(28_000, 41_000) as u64;
        self.page(from, Page::Mailbox { folder: INBOX }, 200, bytes);
        let (sent, around) = (self.rng.amount(2_700, 900), self.rng.amount(7_000, 2_500));
        self.web_flow(from, sent, bytes + around, 70 * SECOND);
        let (bytes_in, bytes_out) = (self.rng.amount(700, 260), self.rng.amount(10_500, 4_000));
        self.logs.mail.open.insert(number, Moved { bytes_in, bytes_out, ..Moved::default() });
        mailbox
    }

    /// Somebody tries to, with a wrong password.
    pub fn webmail_refused(&mut self, account: AccountId, from: u32) {
        let company = self.company.clone();
        self.refuse_webmail(&company.account(account).name, Some(account), from);
    }

    /// Somebody tries to, with a name that nobody has.
    pub fn webmail_unknown(&mut self, name: &str, from: u32) {
        self.refuse_webmail(name, None, from);
    }

    fn refuse_webmail(&mut self, name: &str, account: Option<AccountId>, from: u32) {
        let company = self.company.clone();
        let own = company.host(company.the(Role::Webmail)).address;
        self.dovecot_refused(name, own, account.is_some());
        self.answer();
        let session = self.session_name();
        let user = (name, account.map_or(0, |account| account.0));
        let server = company.host(company.the(Role::Mail)).fqdn.as_str();
        self.roundcube(self.logs.mail.errors, &session, user, from, |session, out, at| {
            session.imap_error(out, at, server)
        });
        self.roundcube(self.logs.mail.logins, &session, user, from, |session, out, at| {
            session.login_failed(out, at)
        });
        self.answer();
        self.page(from, Page::Login, 401, 5_900);
        self.web_flow(from, 1_300, 8_000, 5 * SECOND);
    }

    /// Something is done there; the bytes of the answer.
    pub fn in_mailbox(&mut self, mailbox: &Mailbox, deed: MailDeed<'_>) -> u64 {
        let Mailbox { account, from, .. } = *mailbox;
        let at = (self.clock.micros() / 1_000) as u64;
        let bytes = match deed {
            MailDeed::List => {
                let page = 1 + self.rng.early(6) as u32;
                let bytes = self.rng.between(4_000, 16_000) as u64;
                self.page(from, Page::List { folder: INBOX, page, at }, 200, bytes)
            }
            MailDeed::Show(message) => {
                let (uid, bytes) =
                    (self.uid(account, message), 17_000 + self.size(account, message, "text", 60_000));
                let beside = self.rng.chance(3, 4);
                let page = if beside {
                    Page::Preview { uid, folder: INBOX }
                } else {
                    Page::Show { uid, folder: INBOX }
                };
                self.read(mailbox, bytes - 15_000);
                self.page(from, page, 200, bytes)
            }
            MailDeed::Search(words) => {
                let bytes = self.rng.between(900, 14_000) as u64;
                self.page(from, Page::Search { words, folder: INBOX, at }, 200, bytes)
            }
            MailDeed::Attachment(message) => {
                let uid = self.uid(account, message);
                let bytes = 20_000 + self.size(account, message, "file", 5_000_000);
                self.read(mailbox, bytes + bytes / 3);
                self.page(from, Page::Attachment { uid, folder: INBOX, part: 2 }, 200, bytes)
            }
            MailDeed::Send(recipient, subject) => self.send(mailbox, recipient, subject),
            MailDeed::Rule(name) => self.rule(mailbox, name),
            MailDeed::ExportContacts => {
                let bytes = self.rng.between(9_000, 160_000) as u64;
                self.page(from, Page::ExportContacts, 200, bytes)
            }
        };
        self.web_flow(from, 1_500, bytes, 65 * SECOND);
        bytes
    }

    /// They leave it, or just go away: then the webmail ends the session after a while.
    pub fn leave_mailbox(&mut self, mailbox: Mailbox) {
        let company = self.company.clone();
        let own = company.host(company.the(Role::Webmail)).address;
        let user = company.account(mailbox.account).name.as_str();
        let moved = self.logs.mail.open.remove(&mailbox.number).unwrap_or_default();
        let now = self.clock;
        if self.rng.chance(3, 5) {
            let token = self.session_name();
            self.page(mailbox.from, Page::Logout { token: &token }, 200, 5_700);
            self.web_flow(mailbox.from, 1_200, 7_000, 65 * SECOND);
        } else {
            self.pass(10 * MINUTE, 11 * MINUTE);
        }
        self.dovecot_logout(Protocol::Imap, user, own, &mailbox.imap, &moved);
        self.clock = now;
    }

    /// Somebody looks at their mail in the webmail, as people do, from an address.
    pub fn look_at_mail(&mut self, account: AccountId, from: u32) {
        const WORDS: [&str; 14] = [
            "請求書",
            "見積",
            "議事録",
            "工事",
            "振込",
            "契約",
            "invoice",
            "障害",
            "納期",
            "会議",
            "出張",
            "口座",
            "report",
            "パスワード",
        ];
        const RULES: [&str; 6] = ["メルマガ", "監視", "お客様", "newsletter", "1", "filter1"];
        let mailbox = self.webmail(account, from);
        for _ in 0..1 + self.rng.early(4) {
            self.pass(4 * SECOND, MINUTE);
            match self.rng.below(100) {
                0..60 => self.show_some(&mailbox, 6),
                60..68 => {
                    self.in_mailbox(&mailbox, MailDeed::List);
                    self.show_some(&mailbox, 4);
                }
                68..79 => {
                    let word = self.rng.pick(&WORDS).copied().unwrap_or("議事録");
                    self.in_mailbox(&mailbox, MailDeed::Search(word));
                    self.show_some(&mailbox, 4);
                }
                79..97 => {
                    let (recipient, kind) = if self.rng.chance(1, 2) {
                        let colleague = self.colleague(account);
                        (self.mail_address(colleague), "internal")
                    } else {
                        (self.correspondent(account), "customer")
                    };
                    let subject = self.mail_subject(kind);
                    self.in_mailbox(&mailbox, MailDeed::Send(&recipient, &subject));
                }
                97..99 => {
                    let name = self.rng.pick(&RULES).copied().unwrap_or_default();
                    self.in_mailbox(&mailbox, MailDeed::Rule(name));
                }
                _ => {
                    self.in_mailbox(&mailbox, MailDeed::ExportContacts);
                }
            }
        }
        self.pass(10 * SECOND, 4 * MINUTE);
        self.leave_mailbox(mailbox);
    }

    fn show_some(&mut self, mailbox: &Mailbox, most: u64) {
        for _ in 0..1 + self.rng.early(most) {
            self.pass(5 * SECOND, 80 * SECOND);
            let message = self.rng.early(400);
            self.in_mailbox(mailbox, MailDeed::Show(message));
            if self.rng.chance(1, 6) {
                self.pass(2 * SECOND, 20 * SECOND);
                self.in_mailbox(mailbox, MailDeed::Attachment(message));
            }
        }
    }

    fn send(&mut self, mailbox: &Mailbox, recipient: &str, subject: &str) -> u64 {
        let company = self.company.clone();
        let Mailbox { account, from, .. } = *mailbox;
        let compose = self.session_name();
        let bytes = self.rng.between(21_000, 33_000) as u64;
        self.page(from, Page::Compose { id: &compose }, 200, bytes);
        self.pass(20 * SECOND, 6 * MINUTE);
        let attached = if self.rng.chance(1, 4) { self.rng.amount(30_000, 2_000_000) } else { 0 };
        let size = self.rng.between(900, 9_000) as u64 + subject.len() as u64 + attached + attached / 3;
        let host = company.host(company.the(Role::Webmail));
        let (sender, user) = (self.mail_address(account), company.account(account).name.as_str());
        let id = format!("<{:016x}{:016x}@{}>", self.rng.bits(), self.rng.bits(), company.domain.public);
        let letter = Letter { sender: &sender, id: &id, size, of: Some(account) };
        let client = Client {
            name: &host.fqdn,
            address: host.address,
            door: Door::Submission,
            tls: true,
            user: Some(user),
        };
        let begun = self.clock;
        let to = self.recipient(recipient);
        let queue_id = self.transport(&client, &letter, &[to]);
        // The webmail hears that it is queued, and waits no longer.
        self.clock = begun;
        self.pass(150_000, 700_000);
        let answer = format!("2.0.0 Ok: queued as {queue_id}");
        let id = id.trim_matches(['<', '>']);
        self.roundcube(self.logs.mail.sent, &mailbox.name, (user, account.0), from, |session, out, at| {
            session.sent(out, at, id, &[recipient], &answer);
        });
        let at = (self.clock.micros() / 1_000) as u64;
        bytes + self.page(from, Page::Send { at }, 200, 800)
    }

    fn rule(&mut self, mailbox: &Mailbox, name: &str) -> u64 {
        let Mailbox { account, from, .. } = *mailbox;
        let own = self.company.host(self.company.the(Role::Webmail)).address;
        let bytes = self.rng.between(9_000, 12_000) as u64;
        self.page(from, Page::Rules, 200, bytes);
        self.pass(2 * SECOND, 12 * SECOND);
        self.page(from, Page::Rule { rule: None }, 200, 14_800);
        self.pass(10 * SECOND, 90 * SECOND);
        self.set_rule(account, own);
        self.answer();
        bytes + 14_800 + self.page(from, Page::SaveRule, 200, 1_000 + name.len() as u64)
    }

    /// What the open session moved grows.
    fn read(&mut self, mailbox: &Mailbox, bytes: u64) {
        let (asked, around) = (self.rng.between(96, 150) as u64, self.rng.amount(310, 180));
        if let Some(moved) = self.logs.mail.open.get_mut(&mailbox.number) {
            moved.bytes_in += asked;
            moved.bytes_out += bytes + around;
            moved.read += 1;
            moved.read_bytes += bytes;
        }
    }

    /// A message's number in the folder: the newest is 0.
    fn uid(&self, account: AccountId, message: u64) -> u32 {
        let mut own = self.company.rng.of("mailbox", u64::from(account.0));
        let (had, daily) = (own.between(2_500, 40_000), own.between(4, 40));
        let newest = had + (self.today() - 20_000) * daily;
        newest.saturating_sub(message as i64).max(1) as u32
    }

    /// The bytes of a part of a message: always the same.
    fn size(&self, account: AccountId, message: u64, part: &str, most: u64) -> u64 {
        let uid = u64::from(self.uid(account, message));
        self.company.rng.of("mailbox", u64::from(account.0)).of(part, uid).early(most)
    }

    /// A request to the webmail and its answer, of so many bytes.
    fn page(&mut self, from: u32, page: Page<'_>, status: u16, bytes: u64) -> u64 {
        let mut target = String::with_capacity(120);
        page.target(&mut target, BASE);
        let agent = self.agent(from);
        let protocol = "HTTP/2.0";
        let request = Request {
            client: from,
            method: page.method(),
            target: &target,
            protocol,
            status,
            bytes,
            agent: &agent,
            ..Request::default()
        };
        self.sink.line(self.logs.mail.access, self.clock, self.mark, |out, at| {
            request.write(out, &at.civil, Server::Nginx)
        });
        bytes
    }

    /// What firewalls on the way see of a browser's connection.
    fn web_flow(&mut self, from: u32, sent: u64, received: u64, lasted: i64) {
        let to = self.company.host(self.company.the(Role::Webmail)).address;
        let received = received + self.rng.amount(3_900, 900);
        self.flow(Flow { from, to, port: 443, protocol: 6, sent, received, lasted, allowed: true });
    }

    fn roundcube(
        &mut self,
        log: TextId,
        name: &str,
        (user, number): (&str, u32),
        client: u32,
        write: impl FnOnce(&Session<'_>, &mut Vec<u8>, &Civil),
    ) {
        let session = Session { name, user, user_id: number + 2, client };
        self.sink.line(log, self.clock, self.mark, |out, at| write(&session, out, &at.civil));
    }

    /// A name as PHP gives to sessions.
    fn session_name(&mut self) -> String {
        const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        (0..26).filter_map(|_| self.rng.pick(DIGITS).map(|digit| char::from(*digit))).collect()
    }
}
