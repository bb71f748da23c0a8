//! Palo Alto Networks PAN-OS 10.1, its CSV records as it sends them by syslog in the default form.
//!
//! In: what a session, a request, a client of GlobalProtect or an administrator did, in PAN-OS's terms. Out: one record of the version's
//! columns: 115 of TRAFFIC, 120 of THREAT, 26 of SYSTEM and CONFIG, 49 of GLOBALPROTECT. Syslog's head before it is the caller's.

use model::Time;

use super::put::{Ip, Mac, put};
use crate::clock::Civil;

/// Which firewall writes.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its serial number.
    pub serial: &'a str,
    /// `vsys1`
    pub vsys: &'a str,
    /// Its clock's distance from UTC in minutes.
    pub offset: i32,
}

/// What the first columns of TRAFFIC and THREAT say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Session<'a> {
    /// Its number.
    pub id: u32,
    /// Who began, from which port.
    pub source: (u32, u16),
    /// Whom it was for.
    pub destination: (u32, u16),
    /// The source behind the translation; zeros where nothing is translated.
    pub nat_source: (u32, u16),
    /// The destination behind the translation.
    pub nat_destination: (u32, u16),
    /// The rule that decided.
    pub rule: &'a str,
    /// `corp\sato`; empty where nobody is known.
    pub user: &'a str,
    /// `ssl`, `web-browsing`, `incomplete`, `not-applicable`.
    pub application: &'a str,
    /// `trust`, `untrust`.
    pub zones: (&'a str, &'a str),
    /// `ethernet1/2`; empty where none was chosen.
    pub interfaces: (&'a str, &'a str),
    /// `tcp`, `udp`, `icmp`.
    pub protocol: &'a str,
    /// `allow`, `deny`, `drop`, `reset-both`; of URLs, `alert`, `block-url`.
    pub action: &'a str,
    /// The country, or the range of private addresses.
    pub countries: (&'a str, &'a str),
    /// The rule's identifier.
    pub rule_uuid: u128,
    /// `seqno`
    pub sequence: u64,
    /// The machine that began, where Device-ID knows it.
    pub host: &'a str,
    /// Its hardware address.
    pub mac: Option<[u8; 6]>,
}

/// A session that ended, or was not let through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic<'a> {
    /// Which.
    pub session: Session<'a>,
    /// `end`, `start`, `deny`, `drop`.
    pub subtype: &'a str,
    /// Bytes and packets to the destination.
    pub sent: (u64, u32),
    /// Bytes and packets from the destination.
    pub received: (u64, u32),
    /// Seconds.
    pub elapsed: u32,
    /// The category of the URL; `any` where there is none.
    pub category: &'a str,
    /// `tcp-fin`, `aged-out`, `policy-deny`, `tcp-rst-from-server`, `threat`.
    pub end_reason: &'a str,
}

/// A request for a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Url<'a> {
    /// In which session.
    pub session: Session<'a>,
    /// Host and path, without the scheme.
    pub url: &'a str,
    /// The category.
    pub category: &'a str,
    /// All categories, with commas.
    pub categories: &'a str,
    /// Of the answer; empty where it is not known.
    pub content_type: &'a str,
    /// Empty where it is not known.
    pub agent: &'a str,
    /// Empty where it is not known.
    pub referrer: &'a str,
    /// `get`, `post`; `unknown` within TLS.
    pub method: &'a str,
}

/// A signature that matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Threat<'a> {
    /// In which session.
    pub session: Session<'a>,
    /// `vulnerability`, `spyware`, `virus`.
    pub subtype: &'a str,
    /// The path, or the file's name.
    pub object: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its number.
    pub id: u32,
    /// `code-execution`, `spyware`.
    pub category: &'a str,
    /// `critical`, `high`, `medium`, `low`, `informational`.
    pub severity: &'a str,
    /// `client-to-server`, `server-to-client`.
    pub direction: &'a str,
}

/// A client of GlobalProtect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    /// Who.
    pub user: &'a str,
    /// `JP`
    pub region: &'a str,
    /// The machine's name.
    pub machine: &'a str,
    /// From where.
    pub public: u32,
    /// In the tunnel; 0 before there is one.
    pub private: u32,
    /// The machine's identifier and serial number.
    pub host: (&'a str, &'a str),
    /// `6.1.2`
    pub version: &'a str,
    /// `Windows` and `Microsoft Windows 11 Pro , 64-bit`.
    pub os: (&'a str, &'a str),
    /// `LDAP`, `SAML`, `Cookie`.
    pub method: &'a str,
    /// Of the portal.
    pub portal: &'a str,
    /// Of the gateway.
    pub gateway: &'a str,
    /// `seqno`
    pub sequence: u64,
}

/// A step of a client of GlobalProtect.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step<'a> {
    /// `portal-auth`, `gateway-auth`, `gateway-register`, `gateway-connected`, `gateway-logout`.
    pub event: &'a str,
    /// `login`, `connected`, `logout`.
    pub stage: &'a str,
    /// `IPSec`, `SSL`; empty before there is one.
    pub tunnel: &'a str,
    /// `client logout`, `Authentication failed: Invalid username or password`.
    pub reason: &'a str,
    /// What went wrong, in words; empty where nothing did.
    pub error: &'a str,
    /// `success`, `failure`
    pub succeeds: bool,
    /// Seconds since the login; 0 before its end.
    pub duration: u32,
}

/// A message of the system log.
#[derive(Clone, Copy, Debug, Default)]
pub struct System<'a> {
    /// `general`, `auth`, `ha`, `dhcp`.
    pub subtype: &'a str,
    /// `auth-fail`, `general`.
    pub event: &'a str,
    /// What it is about; mostly empty.
    pub object: &'a str,
    /// `informational`, `medium`.
    pub severity: &'a str,
    /// In words.
    pub description: &'a str,
    /// `seqno`
    pub sequence: u64,
}

/// A change of the configuration.
#[derive(Clone, Copy, Debug, Default)]
pub struct Change<'a> {
    /// From where.
    pub host: u32,
    /// `set`, `edit`, `delete`, `commit`.
    pub command: &'a str,
    /// Who.
    pub admin: &'a str,
    /// `Web`, `CLI`.
    pub client: &'a str,
    /// `Succeeded`, `Failed`, `Submitted`.
    pub result: &'a str,
    /// Which part, with blanks between its steps.
    pub path: &'a str,
    /// `seqno`
    pub sequence: u64,
}

impl Device<'_> {
    fn head<'o>(&self, out: &'o mut Vec<u8>, at: &Civil, kind: &str, subtype: &str) -> Columns<'o> {
        let mut columns = Columns { out };
        put!(columns.out, "1");
        columns.time(at).text(self.serial).text(kind).text(subtype).text("2561").time(at);
        columns
    }

    fn session<'o>(&self, out: &'o mut Vec<u8>, at: &Civil, kind: (&str, &str), it: &Session) -> Columns<'o> {
        let mut columns = self.head(out, at, kind.0, kind.1);
        columns.ip(it.source.0).ip(it.destination.0).ip(it.nat_source.0).ip(it.nat_destination.0);
        columns.text(it.rule).text(it.user).text("").text(it.application).text(self.vsys);
        columns.text(it.zones.0).text(it.zones.1).text(it.interfaces.0).text(it.interfaces.1);
        columns.text("default").time(at).num(it.id.into()).num(1);
        for port in [it.source.1, it.destination.1, it.nat_source.1, it.nat_destination.1] {
            columns.num(port.into());
        }
        columns
            .text(if it.nat_source.0 == 0 { "0x19" } else { "0x400019" })
            .text(it.protocol)
            .text(it.action);
        columns
    }

    /// TRAFFIC: a session.
    pub fn traffic(&self, out: &mut Vec<u8>, at: Time, traffic: &Traffic) {
        let (civil, it) = (Civil::of(at, self.offset), &traffic.session);
        let began = Time::from_micros(at.micros() - i64::from(traffic.elapsed) * crate::clock::SECOND);
        let mut columns = self.session(out, &civil, ("TRAFFIC", traffic.subtype), it);
        let (sent, received) = (traffic.sent, traffic.received);
        columns
            .num(sent.0 + received.0)
            .num(sent.0)
            .num(received.0)
            .num(u64::from(sent.1) + u64::from(received.1));
        columns
            .time(&Civil::of(began, self.offset))
            .num(traffic.elapsed.into())
            .text(traffic.category)
            .text("0");
        columns.num(it.sequence).text("0x0").text(it.countries.0).text(it.countries.1).text("0");
        columns
            .num(sent.1.into())
            .num(received.1.into())
            .text(traffic.end_reason)
            .zeros(4)
            .text("")
            .text(self.name);
        columns.text("from-policy").blank(2).text("0").blank(1).text("0").blank(1).text("N/A").zeros(4);
        columns
            .guid(it.rule_uuid)
            .zeros(2)
            .blank(8)
            .source(it)
            .blank(18)
            .stamp(&civil)
            .blank(5)
            .text("1")
            .blank(3);
        columns.text("no").text("no").text("0");
    }

    /// THREAT, subtype url: a page.
    pub fn url(&self, out: &mut Vec<u8>, at: Time, url: &Url) {
        let civil = Civil::of(at, self.offset);
        let mut columns = self.session(out, &civil, ("THREAT", "url"), &url.session);
        columns
            .text(url.url)
            .text("(9999)")
            .text(url.category)
            .text("informational")
            .text("client-to-server");
        columns
            .num(url.session.sequence)
            .text("0x0")
            .text(url.session.countries.0)
            .text(url.session.countries.1);
        columns.text("0").text(url.content_type).text("0").blank(2).text("0").text(url.agent).blank(2);
        columns
            .text(url.referrer)
            .blank(3)
            .text("0")
            .zeros(4)
            .text("")
            .text(self.name)
            .blank(3)
            .text(url.method);
        columns
            .text("0")
            .blank(1)
            .text("0")
            .blank(1)
            .text("N/A")
            .text("unknown")
            .text("AppThreat-0-0")
            .text("0x0");
        columns.zeros(2).blank(1).text(url.categories);
        columns.rest_of_threat(&url.session, &civil);
    }

    /// THREAT: a signature matched.
    pub fn threat(&self, out: &mut Vec<u8>, at: Time, threat: &Threat) {
        let (civil, it) = (Civil::of(at, self.offset), &threat.session);
        let mut columns = self.session(out, &civil, ("THREAT", threat.subtype), it);
        columns.text(threat.object).named(threat.name, threat.id).text("any").text(threat.severity);
        columns.text(threat.direction).num(it.sequence).text("0x0").text(it.countries.0).text(it.countries.1);
        columns
            .text("0")
            .blank(1)
            .text("0")
            .blank(2)
            .text("0")
            .blank(7)
            .text("0")
            .zeros(4)
            .text("")
            .text(self.name);
        columns.blank(4).text("0").blank(1).text("0").blank(1).text("N/A").text(threat.category);
        columns.text("AppThreat-8700-8100").text("0x0").zeros(2).blank(2);
        columns.rest_of_threat(it, &civil);
    }

    /// GLOBALPROTECT: a step of a client.
    pub fn globalprotect(&self, out: &mut Vec<u8>, at: Time, client: &Client, step: &Step) {
        let civil = Civil::of(at, self.offset);
        let mut columns = self.head(out, &civil, "GLOBALPROTECT", "0");
        columns.text(self.vsys).text(step.event).text(step.stage).text(client.method).text(step.tunnel);
        columns.text(client.user).text(client.region).text(client.machine).ip(client.public).ip(0);
        columns.ip(client.private).ip(0).text(client.host.0).text(client.host.1).text(client.version);
        columns.text(client.os.0).quoted(client.os.1).num(1).text(step.reason).quoted(step.error).blank(1);
        columns.text(if step.succeeds { "success" } else { "failure" }).blank(1).num(step.duration.into());
        columns.text("user-logon").num(0).text(client.portal).num(client.sequence).text("0x0").stamp(&civil);
        columns.blank(4).text(client.gateway).zeros(4).text("").text(self.name).num(1);
    }

    /// SYSTEM: a message.
    pub fn system(&self, out: &mut Vec<u8>, at: Time, system: &System) {
        let civil = Civil::of(at, self.offset);
        let mut columns = self.head(out, &civil, "SYSTEM", system.subtype);
        columns
            .text("")
            .text(system.event)
            .text(system.object)
            .zeros(2)
            .text("general")
            .text(system.severity);
        columns.quoted(system.description).num(system.sequence).text("0x0").zeros(4).text("").text(self.name);
        columns.zeros(2).stamp(&civil);
    }

    /// SYSTEM: an administrator logs in by `Web` or `CLI`.
    pub fn admin_login(&self, out: &mut Vec<u8>, at: Time, admin: &Change, succeeds: bool) {
        let (mut words, from) = (Vec::with_capacity(160), Ip(admin.host));
        let (event, severity) = if succeeds { ("general", "informational") } else { ("auth-fail", "medium") };
        if succeeds {
            let with = if admin.client == "Web" { "https" } else { "ssh" };
            put!(
                &mut words,
                "User ",
                admin.admin,
                " logged in via ",
                admin.client,
                " from ",
                from,
                " using ",
                with
            );
        } else {
            put!(
                &mut words,
                "failed authentication for user '",
                admin.admin,
                "'.  Reason: Invalid username/password."
            );
            put!(&mut words, "  From: ", from, ".");
        }
        let description = str::from_utf8(&words).unwrap_or_default();
        let subtype = if succeeds { "general" } else { "auth" };
        let system = System { subtype, event, object: "", severity, description, sequence: admin.sequence };
        self.system(out, at, &system);
    }

    /// SYSTEM: an administrator logs out.
    pub fn admin_logout(&self, out: &mut Vec<u8>, at: Time, admin: &Change) {
        let mut words = Vec::with_capacity(160);
        put!(&mut words, "User ", admin.admin, " logged out via ", admin.client, " from ", Ip(admin.host));
        let description = str::from_utf8(&words).unwrap_or_default();
        let (subtype, severity) = ("general", "informational");
        let system =
            System { subtype, event: subtype, object: "", severity, description, sequence: admin.sequence };
        self.system(out, at, &system);
    }

    /// CONFIG: a change.
    pub fn config(&self, out: &mut Vec<u8>, at: Time, change: &Change) {
        let civil = Civil::of(at, self.offset);
        let mut columns = self.head(out, &civil, "CONFIG", "0");
        columns.ip(change.host).text("").text(change.command).text(change.admin).text(change.client);
        columns.text(change.result).text(change.path).num(change.sequence).text("0x0").zeros(4).text("");
        columns.text(self.name).num(0).blank(1).num(0).stamp(&civil);
    }
}

/// The columns being written, each with the comma before it.
struct Columns<'o> {
    out: &'o mut Vec<u8>,
}

impl Columns<'_> {
    fn text(&mut self, text: &str) -> &mut Self {
        if text.bytes().any(|byte| matches!(byte, b',' | b'"')) {
            return self.quoted(text);
        }
        put!(self.out, ",", text);
        self
    }

    /// In quotes, those within twice; empty stays empty.
    fn quoted(&mut self, text: &str) -> &mut Self {
        self.out.push(b',');
        if text.is_empty() {
            return self;
        }
        self.out.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
        self
    }

    /// `Name(123)`
    fn named(&mut self, name: &str, id: u32) -> &mut Self {
        put!(self.out, ",", name, "(", id, ")");
        self
    }

    fn num(&mut self, number: u64) -> &mut Self {
        put!(self.out, ",", number);
        self
    }

    fn ip(&mut self, ip: u32) -> &mut Self {
        put!(self.out, ",", Ip(ip));
        self
    }

    fn guid(&mut self, value: u128) -> &mut Self {
        self.out.push(b',');
        super::pieces::guid(self.out, value);
        self
    }

    fn blank(&mut self, count: usize) -> &mut Self {
        self.out.extend(std::iter::repeat_n(b',', count));
        self
    }

    fn zeros(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.out.extend_from_slice(b",0");
        }
        self
    }

    /// `2026/05/07 09:30:00`
    fn time(&mut self, at: &Civil) -> &mut Self {
        self.out.push(b',');
        at.date(self.out, b'/');
        self.out.push(b' ');
        at.time(self.out);
        self
    }

    /// `2026-05-07T09:30:00.123+09:00`
    fn stamp(&mut self, at: &Civil) -> &mut Self {
        self.out.push(b',');
        at.date(self.out, b'-');
        self.out.push(b'T');
        at.time(self.out);
        self.out.push(b'.');
        at.fraction(self.out, 3);
        at.offset(self.out, true);
        self
    }

    /// The dynamic user group and what Device-ID knows of the source are eight columns before; here are its name and hardware address.
    fn source(&mut self, session: &Session) -> &mut Self {
        self.blank(6).text(session.host);
        self.out.push(b',');
        if let Some(mac) = session.mac {
            put!(self.out, Mac(mac, b':'));
        }
        self
    }

    /// From the rule's identifier on.
    fn rest_of_threat(&mut self, session: &Session, at: &Civil) {
        self.guid(session.rule_uuid)
            .text("0")
            .blank(2)
            .source(session)
            .blank(19)
            .stamp(at)
            .blank(6)
            .text("1")
            .blank(3);
        self.text("no").text("no");
    }
}

#[cfg(test)]
mod tests;
