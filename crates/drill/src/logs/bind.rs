//! BIND 9.18's query, security, policy and query-error logs.
//!
//! In: who asked for what. Out: the lines of a channel with print-time, print-category and print-severity, or those behind syslog's head,
//! which have none of the three. Answers are not in BIND's text logs: they are in dnstap.

use super::put::{Ip, put};
use super::syslog;
use crate::clock::{Civil, digits};

/// Where a line goes.
#[derive(Clone, Copy, Debug)]
pub enum Channel<'a> {
    /// To a file of named's own.
    File,
    /// To syslog, by this host's process.
    Syslog(&'a str, u32),
}

/// A question.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// The object of the client in named's memory.
    pub object: u64,
    /// Who asked, and from which port.
    pub client: (u32, u16),
    /// Empty for the one that is there without "view".
    pub view: &'a str,
    /// The name, without the dot at its end; `.` is the root.
    pub name: &'a str,
    /// `A`, `AAAA`, `TYPE65`.
    pub record_type: &'a str,
    /// `+E(0)K`: recursion was asked for, EDNS, a cookie.
    pub flags: &'a str,
    /// The server's address.
    pub server: u32,
}

impl Query<'_> {
    /// `queries`: somebody asks.
    pub fn asked(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel) {
        self.head(out, at, channel, "queries: info: ");
        put!(out, "query: ");
        name(out, self.name);
        put!(out, " IN ", self.record_type, " ", self.flags, " (", Ip(self.server), ")");
    }

    /// `security`: somebody is not allowed to.
    pub fn denied(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel) {
        self.head(out, at, channel, "security: info: ");
        put!(out, "query (cache) '");
        name(out, self.name);
        put!(out, "/", self.record_type, "/IN' denied (allow-query-cache did not match)");
    }

    /// `security`: a whole zone is not handed out.
    pub fn transfer_denied(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel) {
        self.head(out, at, channel, "security: error: ");
        put!(out, "zone transfer '");
        name(out, self.name);
        put!(out, "/AXFR/IN' denied");
    }

    /// `xfer-out`: a whole zone is.
    pub fn transferred(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel, serial: u32) {
        self.head(out, at, channel, "xfer-out: info: ");
        put!(out, "transfer of '");
        name(out, self.name);
        put!(out, "/IN': AXFR started (serial ", serial, ")");
    }

    /// `query-errors`: no answer was found: `SERVFAIL`, `REFUSED`.
    pub fn failed(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel, code: &str, source_line: u16) {
        self.head(out, at, channel, "query-errors: info: ");
        put!(out, "query failed (", code, ") for ");
        name(out, self.name);
        put!(out, "/IN/", self.record_type, " at query.c:", source_line);
    }

    /// `rpz`: a response policy zone changes the answer: `NXDOMAIN`, `NODATA`, `PASSTHRU`.
    pub fn rewritten(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel, policy: &str, zone: &str) {
        self.head(out, at, channel, "rpz: info: ");
        put!(out, "rpz QNAME ", policy, " rewrite ");
        name(out, self.name);
        put!(out, "/", self.record_type, "/IN via ");
        name(out, self.name);
        put!(out, ".", zone);
    }

    fn head(&self, out: &mut Vec<u8>, at: &Civil, channel: Channel, category: &str) {
        match channel {
            Channel::File => {
                digits(out, u64::from(at.day), 2);
                put!(out, "-", at.month_name(), "-", at.year.unsigned_abs(), " ");
                at.time(out);
                out.push(b'.');
                at.fraction(out, 3);
                put!(out, " ", category);
            }
            Channel::Syslog(host, pid) => syslog::line(out, at, host, "named", Some(pid)),
        }
        put!(out, "client @0x");
        super::pieces::hex(out, self.object);
        put!(out, " ", Ip(self.client.0), "#", self.client.1, " (");
        name(out, self.name);
        put!(out, "): ");
        if !self.view.is_empty() {
            put!(out, "view ", self.view, ": ");
        }
    }
}

/// A name as BIND prints it: what is special in zone files has a backslash before it, what cannot be printed is a number in decimal.
fn name(out: &mut Vec<u8>, name: &str) {
    for byte in name.bytes() {
        match byte {
            b'"' | b'(' | b')' | b';' | b'\\' | b'@' | b'$' => out.extend([b'\\', byte]),
            0x21..0x7f => out.push(byte),
            _ => {
                out.push(b'\\');
                digits(out, u64::from(byte), 3);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, Seen, utc};

    const QUERY: Query = Query {
        object: 0x7f1c_4c0a_8f20,
        client: (0x0a01_0205, 53_124),
        view: "",
        name: "WWW.example",
        record_type: "A",
        flags: "+E(0)K",
        server: 0x0a01_0035,
    };

    fn written(channel: Channel, format: &str) -> Vec<Seen> {
        let mut lines = Lines::default();
        let inside = Query {
            view: "internal",
            name: "_ldap._tcp.dc._msdcs.corp.example",
            record_type: "SRV",
            ..QUERY
        };
        let odd = Query { name: "見 \"(x)\".example", record_type: "TYPE65", ..QUERY };
        let long = "a".repeat(63) + "." + &"b".repeat(63) + ".tunnel.example";
        lines.add(|out| QUERY.asked(out, &utc(), channel));
        lines.add(|out| inside.asked(out, &utc(), channel));
        lines.add(|out| odd.asked(out, &utc(), channel));
        lines.add(|out| Query { name: &long, record_type: "TXT", ..QUERY }.asked(out, &utc(), channel));
        lines.add(|out| QUERY.denied(out, &utc(), channel));
        lines.add(|out| Query { name: "corp.example", ..inside }.transfer_denied(out, &utc(), channel));
        lines.add(|out| {
            Query { name: "corp.example", ..QUERY }.transferred(out, &utc(), channel, 2_026_050_701)
        });
        lines.add(|out| QUERY.failed(out, &utc(), channel, "SERVFAIL", 7283));
        lines.add(|out| QUERY.rewritten(out, &utc(), channel, "NXDOMAIN", "rpz.corp.example"));
        lines.add(|out| QUERY.rewritten(out, &utc(), channel, "PASSTHRU", "rpz.corp.example"));
        lines.read(format)
    }

    #[test]
    fn questions_and_refusals_are_read_from_files_and_syslog() {
        for seen in [written(Channel::File, "bind"), written(Channel::Syslog("ns1", 812), "syslog")] {
            let source = "bind/dns/-";
            seen[0].is(
                source,
                &[
                    ("query", "www.example"),
                    ("record_type", "A"),
                    ("src_ip", "10.1.2.5"),
                    ("src_port", "53124"),
                ],
            );
            seen[1].is(source, &[("record_type", "SRV"), ("view", "internal")]);
            seen[2].is(source, &[("record_type", "TYPE65"), ("src_ip", "10.1.2.5")]);
            assert!(seen[3].text("query").ends_with(".tunnel.example"));
            seen[4].is(source, &[("outcome", "denied"), ("rcode", "REFUSED"), ("query", "www.example")]);
            seen[5]
                .is(source, &[("action", "zone_transfer"), ("outcome", "denied"), ("query", "corp.example")]);
            seen[6].is(source, &[("src_ip", "10.1.2.5")]);
            seen[7].is(source, &[("rcode", "SERVFAIL"), ("outcome", "failure")]);
            seen[8].is(source, &[("blocked", "true"), ("policy", "NXDOMAIN")]);
            seen[9].is(source, &[("blocked", "false")]);
        }
    }
}
