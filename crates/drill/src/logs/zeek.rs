//! Zeek 6's conn.log, dns.log and http.log, in tab-separated form.
//!
//! In: a connection and what was seen in it. Out: the lines that a file begins and ends with, and its records. Zeek keeps files by the hour;
//! the caller opens and closes them.

use model::Time;

use super::put::{Ip, put};
use crate::clock::{Civil, digits, number};

/// Which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// conn.log
    Conn,
    /// dns.log
    Dns,
    /// http.log
    Http,
}

/// Who speaks with whom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Connection<'a> {
    /// `uid`, the same in all logs: `C` and letters and digits.
    pub uid: &'a str,
    /// The side that began.
    pub source: (u32, u16),
    /// The other side.
    pub destination: (u32, u16),
}

/// A connection that is over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended<'a> {
    /// `tcp`, `udp`, `icmp`
    pub protocol: &'a str,
    /// `ssl`, `dns`, `http`; empty where it is not known.
    pub service: &'a str,
    /// Microseconds; `None` where nothing came back.
    pub duration: Option<u64>,
    /// What the side that began sent, without headers; `None` where it is not known.
    pub sent: Option<u64>,
    /// What the other side sent.
    pub received: Option<u64>,
    /// `SF`, `S0`, `REJ`, `RSTO`
    pub state: &'a str,
    /// `ShADadFf`
    pub history: &'a str,
    /// Whether the ends are the site's own.
    pub local: (bool, bool),
    /// Packets and bytes with headers, of the side that began.
    pub packets_out: (u64, u64),
    /// Packets and bytes with headers, of the other side.
    pub packets_in: (u64, u64),
}

/// A question and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dns<'a> {
    /// `trans_id`
    pub id: u16,
    /// Microseconds until the answer; `None` where there was none.
    pub delay: Option<u64>,
    /// The name.
    pub name: &'a str,
    /// 1 and `A`.
    pub record_type: (u16, &'a str),
    /// 0 and `NOERROR`; `None` where there was no answer.
    pub code: Option<(u16, &'a str)>,
    /// Addresses and how many seconds they may be kept.
    pub answers: &'a [(u32, u32)],
    /// Whether the server refused.
    pub is_rejected: bool,
}

/// A request and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Http<'a> {
    /// Which of the connection, from 1.
    pub depth: u32,
    /// `GET`
    pub method: &'a str,
    /// From the head.
    pub host: &'a str,
    /// Path and query.
    pub uri: &'a str,
    /// Empty where there is none.
    pub referrer: &'a str,
    /// Empty where there is none.
    pub agent: &'a str,
    /// Of the request's body.
    pub sent: u64,
    /// Of the answer's body.
    pub received: u64,
    /// 200 and `OK`.
    pub status: (u16, &'a str),
    /// Of the answer; empty where it is not known.
    pub content_type: &'a str,
}

impl Log {
    /// The lines above the first record, with line ends between them and none at the end.
    pub fn open(self, out: &mut Vec<u8>, at: &Civil) {
        let (path, fields, types) = match self {
            Log::Conn => ("conn", CONN.0, CONN.1),
            Log::Dns => ("dns", DNS.0, DNS.1),
            Log::Http => ("http", HTTP.0, HTTP.1),
        };
        put!(
            out,
            "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t",
            path
        );
        put!(out, "\n#open\t");
        stamp(out, at);
        put!(out, "\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t", fields);
        put!(out, "\n#types\ttime\tstring\taddr\tport\taddr\tport\t", types);
    }

    /// The line below the last record.
    pub fn close(out: &mut Vec<u8>, at: &Civil) {
        put!(out, "#close\t");
        stamp(out, at);
    }
}

impl Connection<'_> {
    fn head(&self, out: &mut Vec<u8>, at: Time) {
        seconds(out, at.micros().unsigned_abs());
        put!(out, "\t", self.uid, "\t", Ip(self.source.0), "\t", self.source.1);
        put!(out, "\t", Ip(self.destination.0), "\t", self.destination.1);
    }

    /// conn.log: `at` is when it began.
    pub fn conn(&self, out: &mut Vec<u8>, at: Time, ended: &Ended) {
        self.head(out, at);
        text(out, ended.protocol);
        text(out, ended.service);
        out.push(b'\t');
        match ended.duration {
            Some(duration) => seconds(out, duration),
            None => out.push(b'-'),
        }
        count(out, ended.sent);
        count(out, ended.received);
        put!(out, "\t", ended.state, "\t", truth(ended.local.0), "\t", truth(ended.local.1), "\t0");
        text(out, ended.history);
        for number in [ended.packets_out.0, ended.packets_out.1, ended.packets_in.0, ended.packets_in.1] {
            count(out, Some(number));
        }
        put!(out, "\t-");
    }

    /// dns.log
    pub fn dns(&self, out: &mut Vec<u8>, at: Time, dns: &Dns) {
        self.head(out, at);
        put!(out, "\tudp\t", dns.id, "\t");
        match dns.delay {
            Some(delay) => seconds(out, delay),
            None => out.push(b'-'),
        }
        text(out, dns.name);
        put!(out, "\t1\tC_INTERNET\t", dns.record_type.0, "\t", dns.record_type.1, "\t");
        match dns.code {
            Some((code, name)) => put!(out, code, "\t", name),
            None => put!(out, "-\t-"),
        }
        put!(out, "\tF\tF\tT\t", truth(dns.code.is_some()), "\t0\t");
        list(out, dns.answers, |out, (ip, _)| put!(out, Ip(*ip)));
        out.push(b'\t');
        list(out, dns.answers, |out, (_, ttl)| put!(out, *ttl, ".000000"));
        put!(out, "\t", truth(dns.is_rejected));
    }

    /// http.log
    pub fn http(&self, out: &mut Vec<u8>, at: Time, http: &Http) {
        self.head(out, at);
        put!(out, "\t", http.depth);
        for value in [http.method, http.host, http.uri, http.referrer, "1.1", http.agent, ""] {
            text(out, value);
        }
        put!(out, "\t", http.sent, "\t", http.received, "\t", http.status.0);
        text(out, http.status.1);
        put!(out, "\t-\t-\t(empty)\t-\t-\t-\t-\t-\t-\t-\t-");
        text(out, http.content_type);
    }
}

/// Behind the six columns that every log begins with: the names, and the types.
const CONN: (&str, &str) = (
    "proto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\t\
     missed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents",
    "enum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\t\
     count\tset[string]",
);
const DNS: (&str, &str) = (
    "proto\ttrans_id\trtt\tquery\tqclass\tqclass_name\tqtype\tqtype_name\trcode\trcode_name\tAA\t\
     TC\tRD\tRA\tZ\tanswers\tTTLs\trejected",
    "enum\tcount\tinterval\tstring\tcount\tstring\tcount\tstring\tcount\tstring\tbool\tbool\tbool\t\
     bool\tcount\tvector[string]\tvector[interval]\tbool",
);
const HTTP: (&str, &str) = (
    "trans_depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\torigin\trequest_body_len\t\
     response_body_len\tstatus_code\tstatus_msg\tinfo_code\tinfo_msg\ttags\tusername\tpassword\t\
     proxied\torig_fuids\torig_filenames\torig_mime_types\tresp_fuids\tresp_filenames\t\
     resp_mime_types",
    "count\tstring\tstring\tstring\tstring\tstring\tstring\tstring\tcount\tcount\tcount\tstring\t\
     count\tstring\tset[enum]\tstring\tstring\tset[string]\tvector[string]\tvector[string]\t\
     vector[string]\tvector[string]\tvector[string]\tvector[string]",
);

/// `2026-05-07-09-30-00`
fn stamp(out: &mut Vec<u8>, at: &Civil) {
    at.date(out, b'-');
    for part in [at.hour, at.minute, at.second] {
        out.push(b'-');
        digits(out, u64::from(part), 2);
    }
}

/// Microseconds as seconds with six places.
fn seconds(out: &mut Vec<u8>, micros: u64) {
    super::pieces::decimal(out, micros, 6);
}

fn truth(is: bool) -> &'static str {
    if is { "T" } else { "F" }
}

fn count(out: &mut Vec<u8>, count: Option<u64>) {
    out.push(b'\t');
    match count {
        Some(count) => number(out, count),
        None => out.push(b'-'),
    }
}

/// A column of text: what would end it is written as `\x09`, and a backslash as two.
fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'\t');
    if text.is_empty() {
        out.push(b'-');
    }
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            0..0x20 | 0x7f => {
                out.extend_from_slice(b"\\x");
                super::pieces::hex_byte(out, byte);
            }
            _ => out.push(byte),
        }
    }
}

/// With commas between; `-` where there is none.
fn list<T>(out: &mut Vec<u8>, items: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    if items.is_empty() {
        out.push(b'-');
    }
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment, utc};

    const CONNECTION: Connection =
        Connection { uid: "CaBcD1x2", source: (0x0a01_0203, 51_234), destination: (0xcb00_7109, 80) };

    fn opened(log: Log) -> Lines {
        let mut lines = Lines::default();
        log.open(&mut lines.bytes, &utc());
        lines.bytes.push(b'\n');
        lines
    }

    #[test]
    fn connections_are_read_with_their_bytes() {
        let ended = Ended {
            protocol: "tcp",
            service: "http",
            duration: Some(62_500_000),
            sent: Some(1200),
            received: Some(98_000_000_000),
            state: "SF",
            history: "ShADadfF",
            local: (true, false),
            packets_out: (20, 2000),
            packets_in: (80, 98_000_100_000),
        };
        let refused =
            Ended { service: "", duration: None, sent: None, received: None, state: "REJ", ..ended };
        let mut lines = opened(Log::Conn);
        lines.add(|out| CONNECTION.conn(out, moment(), &ended));
        lines.add(|out| CONNECTION.conn(out, moment(), &refused));
        Log::close(&mut lines.bytes, &utc());
        lines.bytes.push(b'\n');
        let seen = lines.read("zeek");
        let source = "zeek/firewall/conn";
        let all = [
            ("src_ip", "10.1.2.3"),
            ("dst_port", "80"),
            ("bytes_in", "98000000000"),
            ("bytes_out", "1200"),
            ("service", "http"),
        ];
        seen[0].is(source, &all);
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123456Z");
        seen[1].is(source, &[("action", "reject"), ("duration", "-"), ("orig_bytes", "-")]);
    }

    #[test]
    fn questions_and_requests_are_read_with_their_answers() {
        let dns = Dns {
            id: 4711,
            delay: Some(10_000),
            name: "WWW.example",
            record_type: (1, "A"),
            code: Some((0, "NOERROR")),
            answers: &[(0xcb00_7150, 300), (0xcb00_7151, 60)],
            is_rejected: false,
        };
        let mut lines = opened(Log::Dns);
        lines.add(|out| CONNECTION.dns(out, moment(), &dns));
        lines.add(|out| {
            CONNECTION.dns(out, moment(), &Dns { code: None, delay: None, answers: &[], name: "", ..dns })
        });
        let seen = lines.read("zeek");
        let answered = [
            ("query", "www.example"),
            ("record_type", "A"),
            ("rcode", "NOERROR"),
            ("answer", "[\"203.0.113.80\",\"203.0.113.81\"]"),
        ];
        seen[0].is("zeek/dns/dns", &answered);
        seen[1].is("zeek/dns/dns", &[("rcode", "-"), ("query", "-"), ("src_ip", "10.1.2.3")]);

        let long = "/見積\t?q=\\\"1\"&".to_owned() + &"a".repeat(5000);
        let http = Http {
            depth: 1,
            method: "POST",
            host: "upload.example",
            uri: &long,
            agent: "curl/8.5 \"x\"",
            sent: 500_000,
            received: 12,
            status: (200, "OK"),
            content_type: "text/plain",
            ..Http::default()
        };
        let mut lines = opened(Log::Http);
        lines.add(|out| CONNECTION.http(out, moment(), &http));
        let seen = lines.read("zeek");
        let all = [
            ("cs-host", "upload.example"),
            ("cs-method", "POST"),
            ("sc-status", "200"),
            ("cs-bytes", "500000"),
            ("c-useragent", http.agent),
        ];
        seen[0].is("zeek/-/http", &all);
        assert!(seen[0].text("uri").starts_with("/見積"));
    }
}
