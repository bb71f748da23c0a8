//! Squid's own access.log ("logformat squid").
//!
//! In: a request and how it went. Out: one line, with the moment at which the request ended. Syslog is added by [`super::syslog::line`].

use model::Time;

use super::put::{Ip, put};
use crate::clock::{digits, number};

/// A request that is over.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// How long it took, in milliseconds; a tunnel's whole life.
    pub elapsed: u64,
    /// Who asked.
    pub client: u32,
    /// `TCP_MISS`, `TCP_MEM_HIT`, `TCP_TUNNEL`, `TCP_DENIED`.
    pub result: &'a str,
    /// HTTP status.
    pub status: u16,
    /// What the client got, with the head.
    pub bytes: u64,
    /// `GET`, `CONNECT`.
    pub method: &'a str,
    /// With scheme and host; `host:port` of `CONNECT`. Spaces in it are written as `%20`.
    pub url: &'a str,
    /// Empty where nobody logged in. Spaces in it are written as `%20`.
    pub user: &'a str,
    /// `HIER_DIRECT`, `HIER_NONE`, `FIRSTUP_PARENT`.
    pub hierarchy: &'a str,
    /// The server or the next proxy.
    pub peer: Option<u32>,
    /// `text/html`; empty where it is not known.
    pub content_type: &'a str,
}

impl Request<'_> {
    /// Appends the line.
    pub fn write(&self, out: &mut Vec<u8>, at: Time) {
        let millis = at.micros().div_euclid(1000).unsigned_abs();
        number(out, millis / 1000);
        out.push(b'.');
        digits(out, millis % 1000, 3);
        out.push(b' ');
        let start = out.len();
        number(out, self.elapsed);
        let width = out.len() - start;
        // The time is right-aligned in six columns.
        out.splice(start..start, std::iter::repeat_n(b' ', 6usize.saturating_sub(width)));
        put!(out, " ", Ip(self.client), " ", self.result, "/");
        digits(out, u64::from(self.status), 3);
        put!(out, " ", self.bytes, " ", self.method, " ");
        word(out, self.url);
        out.push(b' ');
        word(out, self.user);
        put!(out, " ", self.hierarchy, "/");
        match self.peer {
            Some(peer) => put!(out, Ip(peer)),
            None => out.push(b'-'),
        }
        out.push(b' ');
        word(out, self.content_type);
    }
}

/// Squid escapes what would end a column, and every byte that is not ASCII.
fn word(out: &mut Vec<u8>, text: &str) {
    if text.is_empty() {
        out.push(b'-');
    }
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            out.push(byte);
        } else {
            out.push(b'%');
            super::pieces::hex_capitals(out, &[byte]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment};

    const PAGE: Request = Request {
        elapsed: 1231,
        client: 0x0a01_0205,
        result: "TCP_MISS",
        status: 200,
        bytes: 15_320,
        method: "GET",
        url: "http://www.example/見積 1.html?x=\"1\"&y=2",
        user: "CORP\\佐藤 太郎",
        hierarchy: "HIER_DIRECT",
        peer: Some(0xcb00_7150),
        content_type: "text/html",
    };

    #[test]
    fn pages_tunnels_and_refusals_are_read() {
        let mut lines = Lines::default();
        lines.add(|out| PAGE.write(out, moment()));
        let tunnel = Request {
            elapsed: 6_250_000,
            result: "TCP_TUNNEL",
            method: "CONNECT",
            url: "upload.example:443",
            user: "",
            content_type: "",
            bytes: 9_000_000_000,
            ..PAGE
        };
        lines.add(|out| tunnel.write(out, moment()));
        let denied = Request {
            result: "TCP_DENIED",
            status: 403,
            hierarchy: "HIER_NONE",
            peer: None,
            elapsed: 0,
            ..PAGE
        };
        lines.add(|out| denied.write(out, moment()));
        lines.add(|out| {
            Request { result: "TCP_DENIED", status: 407, user: "", ..denied }.write(out, moment())
        });
        lines.add(|out| Request { result: "TCP_MEM_HIT", ..denied }.write(out, moment()));
        let long = format!("http://www.example/{}", "a".repeat(20_000));
        lines.add(|out| Request { url: &long, ..PAGE }.write(out, moment()));
        let seen = lines.read("squid");
        let source = "squid/proxy/-";
        seen[0].is(
            source,
            &[
                ("c-ip", "10.1.2.5"),
                ("sc-bytes", "15320"),
                ("time-taken", "1231"),
                ("cs-host", "www.example"),
                ("cs-method", "GET"),
                ("content-type", "text/html"),
                ("action", "allow"),
                ("dst_ip", "203.0.113.80"),
                ("sc-status", "200"),
            ],
        );
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123000Z");
        seen[1].is(
            source,
            &[("cs-host", "upload.example:443"), ("sc-bytes", "9000000000"), ("cs-username", "-")],
        );
        seen[2].is(source, &[("action", "deny"), ("sc-status", "403"), ("dst_ip", "-")]);
        seen[3].is(source, &[("sc-status", "407"), ("cs-username", "-")]);
        seen[4].is(source, &[("result", "TCP_MEM_HIT"), ("action", "allow")]);
        assert_eq!(seen[5].text("c-uri").len(), long.len());
    }
}
