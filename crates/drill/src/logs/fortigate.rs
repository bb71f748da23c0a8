//! FortiGate, FortiOS 7.
//!
//! In: what a session, a tunnel or an administrator did, in FortiOS's terms. Out: `key=value` pairs in the order in which FortiOS sends them
//! ("set format default"), beginning with `date=`; the priority before it is the caller's, by [`super::syslog::pri`] with [`PRIORITY`].

mod events;
mod utm;
mod vpn;

pub use events::{Admin, Authentication, Change, Lease};
pub use utm::{Dns, Intrusion, Request, Virus};
pub use vpn::{Ipsec, SslVpn, Usage};

use model::Time;

use super::put::{Ip, Mac, put};
use crate::clock::{Civil, number};

/// Facility local7, severity notice: what FortiGate sends traffic with.
pub const PRIORITY: (u8, u8) = (super::syslog::facility::LOCAL7, super::syslog::severity::NOTICE);

/// Which device writes.
#[derive(Clone, Copy, Debug)]
pub struct Device<'a> {
    /// `devname`
    pub name: &'a str,
    /// `devid`, the serial number.
    pub serial: &'a str,
    /// `vd`, the virtual domain.
    pub vdom: &'a str,
    /// Its clock's distance from UTC in minutes.
    pub offset: i32,
}

/// One end of a session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Side<'a> {
    /// `srcip`, `dstip`
    pub ip: u32,
    /// `srcport`, `dstport`; of ICMP, the source's is the identifier.
    pub port: u16,
    /// `srcintf`, `dstintf`
    pub interface: &'a str,
    /// `srcintfrole`, `dstintfrole`: `lan`, `wan`, `dmz`, `undefined`.
    pub role: &'a str,
    /// `srccountry`, `dstcountry`; `Reserved` for private addresses.
    pub country: &'a str,
}

/// The policy that decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Policy<'a> {
    /// `policyid`; 0 is the implicit one.
    pub id: u32,
    /// `policyname`; the implicit one has none.
    pub name: &'a str,
    /// `poluuid`
    pub uuid: u128,
}

/// What is translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Nat {
    /// Nothing.
    #[default]
    None,
    /// The source, to this address and port.
    Source(u32, u16),
    /// The destination, to this address and port.
    Destination(u32, u16),
}

/// The machine that began a session, where the device knows it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client<'a> {
    /// `srcname`
    pub name: &'a str,
    /// `osname`
    pub os: &'a str,
    /// `srcmac`
    pub mac: [u8; 6],
}

/// A session that ended, or was not let through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic<'a> {
    /// Who began.
    pub source: Side<'a>,
    /// Whom it was for.
    pub destination: Side<'a>,
    /// `sessionid`
    pub session: u32,
    /// `proto`: 1, 6, 17.
    pub protocol: u8,
    /// `close`, `timeout`, `client-rst`, `server-rst`, `accept`, `deny`, `start`.
    pub action: &'a str,
    /// What decided.
    pub policy: Policy<'a>,
    /// Empty where nobody logged in.
    pub user: &'a str,
    /// Empty where nobody logged in.
    pub group: &'a str,
    /// `HTTPS`, `DNS`, `tcp/8443`.
    pub service: &'a str,
    /// What is translated.
    pub nat: Nat,
    /// The application; empty where application control is off.
    pub application: &'a str,
    /// `appcat`; `unscanned` where application control is off.
    pub category: &'a str,
    /// Seconds.
    pub duration: u32,
    /// To the destination.
    pub sent: u64,
    /// From the destination.
    pub received: u64,
    /// To the destination.
    pub sent_packets: u32,
    /// From the destination.
    pub received_packets: u32,
    /// The machine that began.
    pub client: Option<Client<'a>>,
}

impl Device<'_> {
    /// The pairs that every record begins with.
    fn head(&self, out: &mut Vec<u8>, at: Time, id: &str, kind: Kind) {
        let civil = Civil::of(at, self.offset);
        out.extend_from_slice(b"date=");
        civil.date(out, b'-');
        out.extend_from_slice(b" time=");
        civil.time(out);
        let mut pairs = Pairs(out);
        pairs.text("devname", self.name).text("devid", self.serial);
        put!(pairs.0, " eventtime=", at.micros() as u64, "000 tz=\"");
        civil.offset(pairs.0, false);
        put!(pairs.0, "\" logid=\"", id, "\" type=\"", kind.kind, "\" subtype=\"", kind.subtype);
        if !kind.event.is_empty() {
            put!(pairs.0, "\" eventtype=\"", kind.event);
        }
        put!(pairs.0, "\" level=\"", kind.level, "\"");
        pairs.text("vd", self.vdom);
    }

    /// A session through the device.
    pub fn forward(&self, out: &mut Vec<u8>, at: Time, traffic: &Traffic) {
        self.head(out, at, "0000000013", Kind::new("traffic", "forward", "notice"));
        traffic.write(out, "policy");
    }

    /// A session with the device itself.
    pub fn local(&self, out: &mut Vec<u8>, at: Time, traffic: &Traffic) {
        self.head(out, at, "0001000014", Kind::new("traffic", "local", "notice"));
        traffic.write(out, "local-in-policy");
    }
}

/// `type`, `subtype`, `eventtype` and `level`.
#[derive(Clone, Copy, Debug)]
struct Kind {
    kind: &'static str,
    subtype: &'static str,
    event: &'static str,
    level: &'static str,
}

impl Kind {
    const fn new(kind: &'static str, subtype: &'static str, level: &'static str) -> Kind {
        Kind { kind, subtype, event: "", level }
    }
}

impl Traffic<'_> {
    fn write(&self, out: &mut Vec<u8>, policy_type: &str) {
        let (source, destination) = (&self.source, &self.destination);
        let mut pairs = Pairs(out);
        pairs.ip("srcip", source.ip);
        if self.protocol == 1 {
            pairs.num("identifier", source.port.into());
        } else {
            pairs.num("srcport", source.port.into());
        }
        pairs.text("srcintf", source.interface).text("srcintfrole", source.role).ip("dstip", destination.ip);
        if self.protocol != 1 {
            pairs.num("dstport", destination.port.into());
        }
        pairs.text("dstintf", destination.interface).text("dstintfrole", destination.role);
        pairs.text("srccountry", source.country).text("dstcountry", destination.country);
        pairs
            .num("sessionid", self.session.into())
            .num("proto", self.protocol.into())
            .text("action", self.action);
        pairs.policy(&self.policy, policy_type);
        if !self.user.is_empty() {
            pairs.text("user", self.user).text("group", or_na(self.group));
        }
        pairs.text("service", self.service).translated(self.nat);
        if !self.application.is_empty() {
            pairs.text("app", self.application);
        }
        pairs.num("duration", self.duration.into()).num("sentbyte", self.sent).num("rcvdbyte", self.received);
        pairs.num("sentpkt", self.sent_packets.into()).num("rcvdpkt", self.received_packets.into());
        pairs.text("appcat", if self.category.is_empty() { "unscanned" } else { self.category });
        if self.action == "deny" {
            pairs.num("crscore", 30).num("craction", 131_072).text("crlevel", "high");
        }
        if let Some(client) = self.client {
            if !client.os.is_empty() {
                pairs.text("osname", client.os);
            }
            if !client.name.is_empty() {
                pairs.text("srcname", client.name);
            }
            pairs.mac("mastersrcmac", client.mac).mac("srcmac", client.mac).num("srcserver", 0);
        }
    }
}

/// Pairs being written.
struct Pairs<'o>(&'o mut Vec<u8>);

impl Pairs<'_> {
    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        put!(self.0, " ", key, "=\"");
        escaped(self.0, value);
        self.0.push(b'"');
        self
    }

    fn num(&mut self, key: &str, value: u64) -> &mut Self {
        put!(self.0, " ", key, "=");
        number(self.0, value);
        self
    }

    fn ip(&mut self, key: &str, value: u32) -> &mut Self {
        put!(self.0, " ", key, "=", Ip(value));
        self
    }

    fn mac(&mut self, key: &str, value: [u8; 6]) -> &mut Self {
        put!(self.0, " ", key, "=\"", Mac(value, b':'), "\"");
        self
    }

    /// `https(192.0.2.1)`
    fn called(&mut self, key: &str, what: &str, from: u32) -> &mut Self {
        put!(self.0, " ", key, "=\"", what, "(", Ip(from), ")\"");
        self
    }

    fn used(&mut self, usage: Usage) -> &mut Self {
        self.num("duration", usage.duration.into())
            .num("sentbyte", usage.sent)
            .num("rcvdbyte", usage.received)
    }

    fn policy(&mut self, policy: &Policy, policy_type: &str) -> &mut Self {
        self.num("policyid", policy.id.into()).text("policytype", policy_type);
        if policy.uuid != 0 {
            put!(self.0, " poluuid=\"");
            super::pieces::guid(self.0, policy.uuid);
            self.0.push(b'"');
        }
        if !policy.name.is_empty() {
            self.text("policyname", policy.name);
        }
        self
    }

    fn translated(&mut self, nat: Nat) -> &mut Self {
        match nat {
            Nat::None => self.text("trandisp", "noop"),
            Nat::Source(ip, port) => {
                self.text("trandisp", "snat").ip("transip", ip).num("transport", port.into())
            }
            Nat::Destination(ip, port) => {
                self.text("trandisp", "dnat").ip("tranip", ip).num("tranport", port.into())
            }
        }
    }
}

fn or_na(text: &str) -> &str {
    if text.is_empty() { "N/A" } else { text }
}

/// Within quotes, a quote or a backslash has a backslash before it.
fn escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        if matches!(byte, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
}

#[cfg(test)]
mod tests;
