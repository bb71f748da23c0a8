//! IIS 10: the W3C log with its lines of header.
//!
//! In: a request and how it was answered. Out: its line, or the four lines of header that stand at the beginning of a file and wherever IIS
//! starts again. Times are UTC; blanks in the values of headers are written as `+`, and what is no ASCII as UTF-8.

use model::Time;

use super::pieces::{or_dash, text};
use crate::clock::{Civil, address, number};

/// Which fields the site writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fields {
    /// Those that are chosen after the installation.
    Usual,
    /// All that can be chosen.
    All,
}

/// The four lines of header, with a line end after all but the last. IIS ends lines with `\r\n`.
pub fn header(out: &mut Vec<u8>, at: Time, fields: Fields) {
    let at = Civil::of(at, 0);
    text(out, &["#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: "]);
    at.date(out, b'-');
    out.push(b' ');
    at.time(out);
    let names = match fields {
        Fields::Usual => {
            "s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) \
             sc-status sc-substatus sc-win32-status time-taken"
        }
        Fields::All => {
            "s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version \
             cs(User-Agent) cs(Cookie) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes \
             time-taken"
        }
    };
    text(out, &["\r\n#Fields: date time ", names]);
}

/// A request and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// `W3SVC1`
    pub site: &'a str,
    /// The machine.
    pub computer: &'a str,
    /// Its address.
    pub server: u32,
    /// `GET`
    pub method: &'a str,
    /// The path, as IIS understood it: without percent signs.
    pub stem: &'a str,
    /// The query as it came; empty for none.
    pub query: &'a str,
    /// 443.
    pub port: u16,
    /// As IIS itself checked it: `CORP\sato`; empty for none.
    pub user: &'a str,
    /// Who asked.
    pub client: u32,
    /// `HTTP/2`
    pub version: &'a str,
    /// Empty for none.
    pub agent: &'a str,
    /// Empty for none.
    pub cookie: &'a str,
    /// Empty for none.
    pub referer: &'a str,
    /// The header Host.
    pub host: &'a str,
    /// 200.
    pub status: u16,
    /// 0 where the status says all.
    pub substatus: u16,
    /// 0 where nothing went wrong.
    pub win32_status: u32,
    /// Of the answer.
    pub bytes_sent: u64,
    /// Of the request.
    pub bytes_received: u64,
    /// In milliseconds.
    pub taken: u64,
}

impl Request<'_> {
    /// The line.
    pub fn write(&self, out: &mut Vec<u8>, at: Time, fields: Fields) {
        let all = fields == Fields::All;
        let at = Civil::of(at, 0);
        at.date(out, b'-');
        out.push(b' ');
        at.time(out);
        if all {
            self.texts(out, &[self.site, self.computer]);
        }
        out.push(b' ');
        address(out, self.server);
        self.texts(out, &[self.method, self.stem, self.query]);
        self.numbers(out, &[u64::from(self.port)]);
        self.texts(out, &[self.user]);
        out.push(b' ');
        address(out, self.client);
        match all {
            true => self.texts(out, &[self.version, self.agent, self.cookie, self.referer, self.host]),
            false => self.texts(out, &[self.agent, self.referer]),
        }
        self.numbers(out, &[u64::from(self.status), u64::from(self.substatus), u64::from(self.win32_status)]);
        if all {
            self.numbers(out, &[self.bytes_sent, self.bytes_received]);
        }
        self.numbers(out, &[self.taken]);
    }

    fn texts(&self, out: &mut Vec<u8>, values: &[&str]) {
        for value in values {
            out.push(b' ');
            let start = out.len();
            or_dash(out, value);
            for byte in out.iter_mut().skip(start) {
                if *byte <= b' ' {
                    *byte = b'+';
                }
            }
        }
    }

    fn numbers(&self, out: &mut Vec<u8>, values: &[u64]) {
        for value in values {
            out.push(b' ');
            number(out, *value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment};

    const SOURCE: &str = "iis/webserver/iis";

    #[test]
    fn a_request_is_read_with_the_fields_that_the_header_names() {
        let long = "x=".to_owned() + &"a".repeat(9000);
        let request = Request {
            site: "W3SVC1",
            computer: "WEB01",
            server: 0x0a00_0014,
            method: "GET",
            stem: "/資料/見積 100%.xlsx",
            query: "x=%252e%252e%252fwin.ini&y=\"",
            port: 443,
            user: "CORP\\sato",
            client: 0xcb00_712c,
            version: "HTTP/2",
            agent: "\"Mozilla/5.0 (クライアント)",
            cookie: "session=0123; lang=ja",
            referer: "https://www.example/",
            host: "www.example",
            status: 404,
            substatus: 0,
            win32_status: 2,
            bytes_sent: 450,
            bytes_received: 312,
            taken: 46,
        };
        let bare = Request {
            server: 0x0a00_0014,
            method: "POST",
            stem: "/",
            query: &long,
            status: 200,
            ..Request::default()
        };
        for fields in [Fields::Usual, Fields::All] {
            let mut lines = Lines::default();
            header(&mut lines.bytes, moment(), fields);
            lines.bytes.push(b'\n');
            for request in [&request, &bare] {
                request.write(&mut lines.bytes, moment(), fields);
                lines.bytes.extend(b"\r\n");
            }
            let seen = lines.read_any("iis");
            assert_eq!(seen.len(), 2);
            assert_eq!(seen[0].time(), "2026-05-07T09:30:00.000000Z");
            seen[0]
                .is(SOURCE, &[("c-ip", "203.0.113.44"), ("cs-username", "CORP\\sato"), ("sc-status", "404")]);
            seen[0].is(
                SOURCE,
                &[("cs-uri-stem", "/資料/見積+100%.xlsx"), ("time-taken", "46"), ("s-port", "443")],
            );
            seen[0].is(SOURCE, &[("c-useragent", "\"Mozilla/5.0 (クライアント)"), ("cs-method", "GET")]);
            seen[1].is(SOURCE, &[("cs-uri-length", "9004"), ("cs-username", "-"), ("c-useragent", "-")]);
            let (sent, received) = if fields == Fields::All { ("450", "312") } else { ("-", "-") };
            seen[0].is(SOURCE, &[("sc-bytes", sent), ("cs-bytes", received)]);
        }
    }
}
