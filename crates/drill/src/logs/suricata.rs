//! Suricata 7's eve.json.
//!
//! In: a flow and what was seen in it. Out: one JSON object in a line, with its keys in Suricata's order.

use super::pieces::json;
use super::put::{Ip, Mac, put};
use crate::clock::{Civil, digits};

/// The packet or the transaction that an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flow<'a> {
    /// `flow_id`, the same for all events of a connection.
    pub id: u64,
    /// `in_iface`
    pub interface: &'a str,
    /// Address and port of the side that began; of ICMP, type and code.
    pub source: (u32, u16),
    /// Address and port of the other side.
    pub destination: (u32, u16),
    /// `TCP`, `UDP`, `ICMP`.
    pub protocol: &'a str,
    /// `http`, `tls`, `dns`; empty where it is not known.
    pub application: &'a str,
}

/// How much, in packets and bytes, to the server and to the client, since when.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// When the flow began.
    pub start: Civil,
    /// To the server.
    pub packets_out: u64,
    /// To the client.
    pub packets_in: u64,
    /// To the server.
    pub bytes_out: u64,
    /// To the client.
    pub bytes_in: u64,
}

/// A rule that matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alert<'a> {
    /// `gid`, mostly 1.
    pub generator: u32,
    /// `signature_id`
    pub id: u32,
    /// `rev`
    pub revision: u32,
    /// `signature`
    pub name: &'a str,
    /// `category`
    pub category: &'a str,
    /// 1 is the worst.
    pub severity: u8,
    /// Not let through, where Suricata is in the way.
    pub is_blocked: bool,
}

/// What is asked of a DNS server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dns<'a> {
    /// `id`
    pub id: u16,
    /// `rrname`
    pub name: &'a str,
    /// `rrtype`
    pub record_type: &'a str,
    /// `tx_id`
    pub transaction: u16,
}

/// A request and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Http<'a> {
    /// `tx_id`
    pub transaction: u32,
    /// `hostname`
    pub host: &'a str,
    /// `url`, without the host.
    pub url: &'a str,
    /// Empty where there is none.
    pub agent: &'a str,
    /// Empty where there is none.
    pub referrer: &'a str,
    /// Empty where there is none.
    pub content_type: &'a str,
    /// `GET`
    pub method: &'a str,
    /// Of the answer.
    pub status: u16,
    /// Of the answer's body.
    pub length: u64,
}

/// A handshake.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tls<'a> {
    /// Empty where it is encrypted, as in TLS 1.3.
    pub subject: &'a str,
    /// Empty where it is encrypted.
    pub issuer: &'a str,
    /// Empty where there is none.
    pub sni: &'a str,
    /// `TLS 1.2`, `TLS 1.3`
    pub version: &'a str,
    /// The client's JA3, as a number.
    pub ja3: u128,
}

impl Flow<'_> {
    fn head(&self, out: &mut Vec<u8>, at: &Civil, event: &str) {
        put!(out, "{\"timestamp\":\"");
        stamp(out, at);
        put!(out, "\",\"flow_id\":", self.id, ",\"in_iface\":");
        json(out, self.interface);
        put!(out, ",\"event_type\":\"", event, "\",\"src_ip\":\"", Ip(self.source.0), "\"");
        if self.protocol != "ICMP" {
            put!(out, ",\"src_port\":", self.source.1);
        }
        put!(out, ",\"dest_ip\":\"", Ip(self.destination.0), "\"");
        if self.protocol != "ICMP" {
            put!(out, ",\"dest_port\":", self.destination.1);
        }
        put!(out, ",\"proto\":\"", self.protocol, "\"");
        if self.protocol == "ICMP" {
            put!(out, ",\"icmp_type\":", self.source.1, ",\"icmp_code\":", self.destination.1);
        }
    }

    fn application(&self, out: &mut Vec<u8>) {
        if !self.application.is_empty() {
            put!(out, ",\"app_proto\":\"", self.application, "\"");
        }
    }

    /// A rule matched, with the request in which it did.
    pub fn alert(&self, out: &mut Vec<u8>, at: &Civil, alert: &Alert, http: Option<&Http>, counts: &Counts) {
        self.head(out, at, "alert");
        put!(out, ",\"pkt_src\":\"wire/pcap\"");
        if let Some(http) = http {
            put!(out, ",\"tx_id\":", http.transaction);
        }
        put!(out, ",\"alert\":{\"action\":\"", if alert.is_blocked { "blocked" } else { "allowed" });
        put!(
            out,
            "\",\"gid\":",
            alert.generator,
            ",\"signature_id\":",
            alert.id,
            ",\"rev\":",
            alert.revision
        );
        put!(out, ",\"signature\":");
        json(out, alert.name);
        put!(out, ",\"category\":");
        json(out, alert.category);
        put!(out, ",\"severity\":", alert.severity, "}");
        if let Some(http) = http {
            http.write(out);
        }
        self.application(out);
        put!(out, ",\"direction\":\"to_server\",\"flow\":{");
        counts.write(out);
        put!(out, ",\"start\":\"");
        stamp(out, &counts.start);
        put!(out, "\"}}");
    }

    /// A flow is over: `closed`, `established`, `new` and `timeout`, `forced`.
    pub fn flow(&self, out: &mut Vec<u8>, at: &Civil, counts: &Counts, age: u64, ended: (&str, &str)) {
        self.head(out, at, "flow");
        self.application(out);
        put!(out, ",\"flow\":{");
        counts.write(out);
        put!(out, ",\"start\":\"");
        stamp(out, &counts.start);
        put!(out, "\",\"end\":\"");
        stamp(out, at);
        put!(
            out,
            "\",\"age\":",
            age,
            ",\"state\":\"",
            ended.0,
            "\",\"reason\":\"",
            ended.1,
            "\",\"alerted\":false}}"
        );
    }

    /// A question to a DNS server.
    pub fn dns_query(&self, out: &mut Vec<u8>, at: &Civil, dns: &Dns) {
        self.head(out, at, "dns");
        put!(out, ",\"pkt_src\":\"wire/pcap\",\"dns\":{\"type\":\"query\",\"id\":", dns.id, ",\"rrname\":");
        json(out, dns.name);
        put!(out, ",\"rrtype\":\"", dns.record_type, "\",\"tx_id\":", dns.transaction, ",\"opcode\":0}}");
    }

    /// Its answer: a code (`NOERROR`, `NXDOMAIN`) and addresses with the seconds that they may be kept.
    pub fn dns_answer(&self, out: &mut Vec<u8>, at: &Civil, dns: &Dns, code: &str, addresses: &[(u32, u32)]) {
        self.head(out, at, "dns");
        put!(out, ",\"pkt_src\":\"wire/pcap\",\"dns\":{\"version\":2,\"type\":\"answer\",\"id\":", dns.id);
        put!(
            out,
            ",\"flags\":\"",
            if code == "NXDOMAIN" { "8183" } else { "8180" },
            "\",\"qr\":true,\"rd\":true,\"ra\":true"
        );
        put!(out, ",\"opcode\":0,\"rrname\":");
        json(out, dns.name);
        put!(out, ",\"rrtype\":\"", dns.record_type, "\",\"rcode\":\"", code, "\"");
        if !addresses.is_empty() {
            put!(out, ",\"answers\":[");
            for (at, (ip, ttl)) in addresses.iter().enumerate() {
                put!(out, if at > 0 { ",{\"rrname\":" } else { "{\"rrname\":" });
                json(out, dns.name);
                put!(
                    out,
                    ",\"rrtype\":\"",
                    dns.record_type,
                    "\",\"ttl\":",
                    *ttl,
                    ",\"rdata\":\"",
                    Ip(*ip),
                    "\"}"
                );
            }
            put!(out, "],\"grouped\":{\"", dns.record_type, "\":[");
            for (at, (ip, _)) in addresses.iter().enumerate() {
                put!(out, if at > 0 { ",\"" } else { "\"" }, Ip(*ip), "\"");
            }
            put!(out, "]}");
        }
        put!(out, "}}");
    }

    /// A request and its answer.
    pub fn http(&self, out: &mut Vec<u8>, at: &Civil, http: &Http) {
        self.head(out, at, "http");
        put!(out, ",\"pkt_src\":\"wire/pcap\",\"tx_id\":", http.transaction);
        http.write(out);
        put!(out, "}");
    }

    /// A handshake.
    pub fn tls(&self, out: &mut Vec<u8>, at: &Civil, tls: &Tls) {
        self.head(out, at, "tls");
        put!(out, ",\"pkt_src\":\"wire/pcap\",\"tls\":{");
        for (key, value) in [("subject", tls.subject), ("issuerdn", tls.issuer), ("sni", tls.sni)] {
            if !value.is_empty() {
                put!(out, "\"", key, "\":");
                json(out, value);
                put!(out, ",");
            }
        }
        put!(out, "\"version\":\"", tls.version, "\",\"ja3\":{\"hash\":\"");
        for byte in tls.ja3.to_be_bytes() {
            super::pieces::hex_byte(out, byte);
        }
        put!(out, "\"}}}");
    }

    /// A lease of DHCP, as the wire shows it.
    pub fn dhcp_ack(&self, out: &mut Vec<u8>, at: &Civil, mac: [u8; 6], assigned: u32, host: &str) {
        self.head(out, at, "dhcp");
        put!(out, ",\"pkt_src\":\"wire/pcap\",\"dhcp\":{\"type\":\"reply\",\"id\":", self.id & 0xffff_ffff);
        put!(
            out,
            ",\"client_mac\":\"",
            Mac(mac, b':'),
            "\",\"assigned_ip\":\"",
            Ip(assigned),
            "\",\"dhcp_type\":\"ack\""
        );
        put!(out, ",\"hostname\":");
        json(out, host);
        put!(out, "}}");
    }
}

impl Counts {
    fn write(&self, out: &mut Vec<u8>) {
        put!(out, "\"pkts_toserver\":", self.packets_out, ",\"pkts_toclient\":", self.packets_in);
        put!(out, ",\"bytes_toserver\":", self.bytes_out, ",\"bytes_toclient\":", self.bytes_in);
    }
}

impl Http<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        put!(out, ",\"http\":{\"hostname\":");
        json(out, self.host);
        put!(out, ",\"url\":");
        json(out, self.url);
        let others = [
            ("http_user_agent", self.agent),
            ("http_content_type", self.content_type),
            ("http_refer", self.referrer),
        ];
        for (key, value) in others {
            if !value.is_empty() {
                put!(out, ",\"", key, "\":");
                json(out, value);
            }
        }
        put!(
            out,
            ",\"http_method\":\"",
            self.method,
            "\",\"protocol\":\"HTTP/1.1\",\"status\":",
            self.status
        );
        put!(out, ",\"length\":", self.length, "}");
    }
}

/// `2026-05-07T09:30:00.123456+0900`
fn stamp(out: &mut Vec<u8>, at: &Civil) {
    at.date(out, b'-');
    out.push(b'T');
    at.time(out);
    out.push(b'.');
    digits(out, u64::from(at.micros), 6);
    at.offset(out, false);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::JST;
    use crate::logs::check::{Lines, moment};

    const FLOW: Flow = Flow {
        id: 1_407_110_202_000_001,
        interface: "eth1",
        source: (0x0a01_0203, 51_514),
        destination: (0xcb00_7150, 80),
        protocol: "TCP",
        application: "http",
    };

    #[test]
    fn flows_and_alerts_are_read_with_their_bytes() {
        let at = Civil::of(moment(), JST);
        let counts =
            Counts { start: at, packets_out: 4, packets_in: 70, bytes_out: 400, bytes_in: 90_000_000_000 };
        let http = Http { host: "www.example", url: "/見積?q=\"1\"", method: "GET", ..Http::default() };
        let alert = Alert {
            generator: 1,
            id: 9_000_001,
            revision: 2,
            name: "DRILL \"試験\" rule",
            category: "Misc activity",
            severity: 2,
            is_blocked: false,
        };
        let blocked = Alert { is_blocked: true, severity: 1, ..alert };
        let icmp = Flow { protocol: "ICMP", source: (1, 8), application: "", ..FLOW };
        let mut lines = Lines::default();
        lines.add(|out| FLOW.alert(out, &at, &alert, Some(&http), &counts));
        lines.add(|out| FLOW.alert(out, &at, &blocked, None, &counts));
        lines.add(|out| FLOW.flow(out, &at, &counts, 60, ("closed", "timeout")));
        lines.add(|out| icmp.flow(out, &at, &counts, 1, ("new", "timeout")));
        let seen = lines.read("json-lines");
        let found = [
            ("external.title", alert.name),
            ("external.level", "medium"),
            ("src_ip", "10.1.2.3"),
            ("cs-host", "www.example"),
            ("cs-uri", http.url),
        ];
        seen[0].is("suricata/-/alert", &found);
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123456Z");
        seen[1].is("suricata/-/alert", &[("action", "block"), ("external.level", "high")]);
        let flow = [("bytes_in", "90000000000"), ("bytes_out", "400"), ("dst_port", "80")];
        seen[2].is("suricata/firewall/flow", &flow);
        seen[3].is("suricata/firewall/flow", &[("protocol", "icmp"), ("src_port", "-")]);
    }

    #[test]
    fn questions_requests_and_handshakes_are_read() {
        let at = Civil::of(moment(), JST);
        let long = "/見積?q=\"1\"&".to_owned() + &"a".repeat(9000);
        let agent = "Mozilla/5.0 \"x\"\\";
        let http =
            Http { host: "www.example", url: &long, agent, method: "POST", status: 200, ..Http::default() };
        let dns = Dns { id: 4711, name: "WWW.example", record_type: "A", transaction: 0 };
        let asked = Flow { protocol: "UDP", destination: (0x0a01_0035, 53), application: "dns", ..FLOW };
        let tls = Tls { sni: "www.example", version: "TLS 1.3", ja3: 7, ..Tls::default() };
        let mac = [0, 0, 0x5e, 0, 0x53, 1];
        let mut lines = Lines::default();
        lines.add(|out| asked.dns_query(out, &at, &dns));
        lines.add(|out| asked.dns_answer(out, &at, &dns, "NOERROR", &[(0xcb00_7150, 300), (0xcb00_7151, 9)]));
        lines.add(|out| asked.dns_answer(out, &at, &dns, "NXDOMAIN", &[]));
        lines.add(|out| FLOW.http(out, &at, &http));
        lines.add(|out| FLOW.tls(out, &at, &tls));
        lines.add(|out| asked.dhcp_ack(out, &at, mac, 0x0a01_0203, "PC-SATO"));
        let seen = lines.read("json-lines");
        let names = "suricata/dns/dns";
        seen[0].is(names, &[("query", "www.example"), ("record_type", "A"), ("dst_ip", "10.1.0.53")]);
        seen[1].is(names, &[("rcode", "NOERROR"), ("answer", "[\"203.0.113.80\",\"203.0.113.81\"]")]);
        seen[2].is(names, &[("rcode", "NXDOMAIN")]);
        let request =
            [("cs-method", "POST"), ("sc-status", "200"), ("c-useragent", agent), ("cs-uri", &long)];
        seen[3].is("suricata/-/http", &request);
        seen[4].is("suricata/-/tls", &[("dst_host", "www.example"), ("session", "1407110202000001")]);
        seen[5].is("suricata/-/dhcp", &[("src_ip", "10.1.2.3")]);
    }
}
