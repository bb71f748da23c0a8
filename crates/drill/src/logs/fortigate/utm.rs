//! What the protections of a policy saw: web filter, DNS filter, IPS, antivirus.

use model::Time;

use super::{Device, Kind, Pairs, Policy, Side};
use crate::logs::put::put;

/// A request for a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Who asked.
    pub source: Side<'a>,
    /// The server.
    pub destination: Side<'a>,
    /// `sessionid`
    pub session: u32,
    /// The policy that let it through.
    pub policy: Policy<'a>,
    /// Empty where nobody logged in.
    pub user: &'a str,
    /// `HTTPS`, `HTTP`.
    pub service: &'a str,
    /// `httpmethod`
    pub method: &'a str,
    /// `hostname`
    pub host: &'a str,
    /// `url`, with scheme and host.
    pub url: &'a str,
    /// Empty where it is not known.
    pub agent: &'a str,
    /// The profile of the protection.
    pub profile: &'a str,
    /// `cat` and `catdesc` of FortiGuard.
    pub category: (u16, &'a str),
    /// To the server.
    pub sent: u64,
    /// From the server.
    pub received: u64,
}

/// A question to a DNS server, and what came back.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dns<'a> {
    /// Who asked.
    pub source: Side<'a>,
    /// The server.
    pub destination: Side<'a>,
    /// `sessionid`
    pub session: u32,
    /// The policy that let it through.
    pub policy: Policy<'a>,
    /// Empty where nobody logged in.
    pub user: &'a str,
    /// The profile of the protection.
    pub profile: &'a str,
    /// `xid`
    pub id: u16,
    /// The name.
    pub name: &'a str,
    /// `A` and 1, `AAAA` and 28.
    pub record_type: (&'a str, u16),
    /// `ipaddr`: addresses with `, ` between them.
    pub addresses: &'a str,
    /// `cat` and `catdesc` of FortiGuard.
    pub category: (u16, &'a str),
}

/// A signature that matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Intrusion<'a> {
    /// In what.
    pub request: Request<'a>,
    /// `tcp` is 6.
    pub protocol: u8,
    /// `low`, `medium`, `high`, `critical`, `info`.
    pub severity: &'a str,
    /// `detected`, `dropped`, `reset`.
    pub action: &'a str,
    /// The signature's name.
    pub attack: &'a str,
    /// The signature's number.
    pub id: u32,
    /// The group of signatures, which the message begins with: `web_server`.
    pub group: &'a str,
    /// `outgoing`, `incoming`.
    pub direction: &'a str,
    /// `incidentserialno`
    pub incident: u32,
}

/// A file that was not let through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Virus<'a> {
    /// In what.
    pub request: Request<'a>,
    /// Its name.
    pub file: &'a str,
    /// `virus`
    pub name: &'a str,
    /// `virusid`
    pub id: u32,
    /// CRC of the file.
    pub checksum: u32,
    /// SHA-256 of the file, in digits.
    pub sha256: &'a str,
}

impl Device<'_> {
    /// A page of a category that is let through.
    pub fn web_allowed(&self, out: &mut Vec<u8>, at: Time, request: &Request) {
        self.head(
            out,
            at,
            "0317013312",
            Kind { event: "ftgd_allow", ..Kind::new("utm", "webfilter", "notice") },
        );
        request.web(out, "passthrough", "URL belongs to an allowed category in policy");
    }

    /// A page of a category that is not.
    pub fn web_blocked(&self, out: &mut Vec<u8>, at: Time, request: &Request) {
        self.head(
            out,
            at,
            "0316013056",
            Kind { event: "ftgd_blk", ..Kind::new("utm", "webfilter", "warning") },
        );
        request.web(out, "blocked", "URL belongs to a denied category in policy");
        Pairs(out).num("crscore", 30).num("craction", 4_194_304).text("crlevel", "high");
    }

    /// A question that passes.
    pub fn dns_query(&self, out: &mut Vec<u8>, at: Time, dns: &Dns) {
        let kind = Kind { event: "dns-query", ..Kind::new("utm", "dns", "information") };
        self.head(out, at, "1500054000", kind);
        dns.write(out);
    }

    /// An answer that passes.
    pub fn dns_response(&self, out: &mut Vec<u8>, at: Time, dns: &Dns) {
        self.head(out, at, "1501054802", Kind { event: "dns-response", ..Kind::new("utm", "dns", "notice") });
        let mut pairs = dns.write(out);
        pairs.text("ipaddr", dns.addresses).text("msg", "Domain is monitored").text("action", "pass");
        pairs.num("cat", dns.category.0.into()).text("catdesc", dns.category.1);
    }

    /// An answer that is replaced by the address of the block page.
    pub fn dns_blocked(&self, out: &mut Vec<u8>, at: Time, dns: &Dns) {
        self.head(
            out,
            at,
            "1501054803",
            Kind { event: "dns-response", ..Kind::new("utm", "dns", "warning") },
        );
        let mut pairs = dns.write(out);
        pairs.text("ipaddr", dns.addresses).text("msg", "Domain belongs to a denied category in policy");
        pairs.text("action", "redirect").num("cat", dns.category.0.into()).text("catdesc", dns.category.1);
    }

    /// A signature of the IPS matched.
    pub fn intrusion(&self, out: &mut Vec<u8>, at: Time, found: &Intrusion) {
        self.head(out, at, "0419016384", Kind { event: "signature", ..Kind::new("utm", "ips", "alert") });
        let Intrusion { request, .. } = found;
        let (source, destination) = (&request.source, &request.destination);
        let mut pairs = Pairs(out);
        pairs.text("severity", found.severity).ip("srcip", source.ip).text("srccountry", source.country);
        pairs.ip("dstip", destination.ip).text("dstcountry", destination.country);
        pairs.text("srcintf", source.interface).text("srcintfrole", source.role);
        pairs.text("dstintf", destination.interface).text("dstintfrole", destination.role);
        pairs.num("sessionid", request.session.into()).text("action", found.action);
        pairs.num("proto", found.protocol.into()).text("service", request.service);
        pairs.policy(&request.policy, "policy").text("attack", found.attack);
        pairs.num("srcport", source.port.into()).num("dstport", destination.port.into());
        if !request.host.is_empty() {
            pairs.text("hostname", request.host).text("url", request.url).text("httpmethod", request.method);
        }
        pairs
            .text("direction", found.direction)
            .num("attackid", found.id.into())
            .text("profile", request.profile);
        put!(pairs.0, " ref=\"http://www.fortinet.com/ids/VID", found.id, "\"");
        pairs.num("incidentserialno", found.incident.into());
        put!(pairs.0, " msg=\"", found.group, ": ", found.attack, "\"");
        pairs.num("crscore", 30).num("craction", 8192).text("crlevel", "high");
    }

    /// A file was not let through.
    pub fn virus(&self, out: &mut Vec<u8>, at: Time, found: &Virus) {
        self.head(out, at, "0211008192", Kind { event: "infected", ..Kind::new("utm", "virus", "warning") });
        let Virus { request, .. } = found;
        let mut pairs = Pairs(out);
        pairs.policy(&request.policy, "policy").text("msg", "File is infected.").text("action", "blocked");
        pairs.text("service", request.service).num("sessionid", request.session.into());
        pairs.sides(&request.source, &request.destination).num("proto", 6).text("direction", "incoming");
        pairs.text("filename", found.file);
        put!(pairs.0, " checksum=\"");
        for byte in found.checksum.to_be_bytes() {
            crate::logs::pieces::hex_byte(pairs.0, byte);
        }
        put!(pairs.0, "\" quarskip=\"Quarantine-disabled\"");
        pairs.text("virus", found.name).text("viruscat", "Virus").text("dtype", "av-engine");
        put!(pairs.0, " ref=\"http://www.fortinet.com/ve?vn=", found.name, "\"");
        pairs.num("virusid", found.id.into()).text("url", request.url).text("profile", request.profile);
        pairs.agent(request.agent).text("analyticscksum", found.sha256).text("analyticssubmit", "false");
        pairs.num("crscore", 50).num("craction", 2).text("crlevel", "critical");
    }
}

impl Request<'_> {
    fn web(&self, out: &mut Vec<u8>, action: &str, message: &str) {
        let mut pairs = Pairs(out);
        pairs.policy(&self.policy, "policy").num("sessionid", self.session.into());
        if !self.user.is_empty() {
            pairs.text("user", self.user);
        }
        pairs.sides(&self.source, &self.destination).num("proto", 6);
        pairs.text("httpmethod", self.method).text("service", self.service).text("hostname", self.host);
        pairs.agent(self.agent).text("profile", self.profile).text("action", action);
        pairs
            .text("reqtype", "direct")
            .text("url", self.url)
            .num("sentbyte", self.sent)
            .num("rcvdbyte", self.received);
        pairs.text("direction", "outgoing").text("msg", message).text("ratemethod", "domain");
        pairs.num("cat", self.category.0.into()).text("catdesc", self.category.1);
    }
}

impl Dns<'_> {
    fn write<'o>(&self, out: &'o mut Vec<u8>) -> Pairs<'o> {
        let mut pairs = Pairs(out);
        pairs.policy(&self.policy, "policy").num("sessionid", self.session.into());
        if !self.user.is_empty() {
            pairs.text("user", self.user);
        }
        pairs.sides(&self.source, &self.destination).num("proto", 17).text("profile", self.profile);
        pairs.num("xid", self.id.into()).text("qname", self.name).text("qtype", self.record_type.0);
        pairs.num("qtypeval", self.record_type.1.into()).text("qclass", "IN");
        pairs
    }
}

impl Pairs<'_> {
    fn sides(&mut self, source: &Side, destination: &Side) -> &mut Self {
        self.ip("srcip", source.ip).num("srcport", source.port.into()).text("srccountry", source.country);
        self.text("srcintf", source.interface).text("srcintfrole", source.role);
        self.ip("dstip", destination.ip).num("dstport", destination.port.into());
        self.text("dstcountry", destination.country).text("dstintf", destination.interface);
        self.text("dstintfrole", destination.role)
    }

    fn agent(&mut self, agent: &str) -> &mut Self {
        if agent.is_empty() { self } else { self.text("agent", agent) }
    }
}
