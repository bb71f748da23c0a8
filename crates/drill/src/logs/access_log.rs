//! Apache httpd and nginx: the combined access log, and the error log.
//!
//! In: a request and how it was answered, or what went wrong with it. Out: its line. Texts that a client chose are escaped as each server
//! escapes them: Apache writes `\"` and `\xe3`, nginx `\x22` and `\xE3`. Targets are written as they came; percent signs are not added.

use super::pieces::{hex_byte, hex_capitals, or_dash, text};
use crate::clock::{Civil, address, digits, number};

/// Whose log it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// Apache httpd 2.4.
    Apache,
    /// nginx.
    Nginx,
}

/// A request and its answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The host that was asked for, as `LogFormat "%v:%p %h …"` (Debian's `vhost_combined`) has it before the line; empty for none.
    pub host: &'a str,
    /// Who asked.
    pub client: u32,
    /// As the server itself checked it; empty for none.
    pub user: &'a str,
    /// `GET`; empty where the target is all that came.
    pub method: &'a str,
    /// Path and query as they were sent; empty where the client sent nothing.
    pub target: &'a str,
    /// `HTTP/1.1`.
    pub protocol: &'a str,
    /// 200.
    pub status: u16,
    /// Of the answer's body.
    pub bytes: u64,
    /// Empty for none.
    pub referer: &'a str,
    /// Empty for none.
    pub agent: &'a str,
    /// How long the answer took, in microseconds, where the server was told to write it: `%T/%D`, or `rt=$request_time`.
    pub taken: Option<u64>,
}

impl Request<'_> {
    /// The line of the access log.
    pub fn write(&self, out: &mut Vec<u8>, at: &Civil, server: Server) {
        if !self.host.is_empty() {
            text(out, &[self.host, " "]);
        }
        address(out, self.client);
        out.extend_from_slice(b" - ");
        header(out, self.user, server);
        out.extend_from_slice(b" [");
        digits(out, u64::from(at.day), 2);
        text(out, &["/", at.month_name(), "/"]);
        digits(out, at.year as u64, 4);
        out.push(b':');
        at.time(out);
        out.push(b' ');
        at.offset(out, false);
        out.extend_from_slice(b"] \"");
        self.first_line(out, server);
        out.extend_from_slice(b"\" ");
        digits(out, u64::from(self.status), 3);
        out.push(b' ');
        match (self.bytes, server) {
            (0, Server::Apache) => out.push(b'-'),
            (bytes, _) => number(out, bytes),
        }
        out.extend_from_slice(b" \"");
        header(out, self.referer, server);
        out.extend_from_slice(b"\" \"");
        header(out, self.agent, server);
        out.push(b'"');
        self.time_taken(out, server);
    }

    fn first_line(&self, out: &mut Vec<u8>, server: Server) {
        match self.method {
            "" => header(out, self.target, server),
            method => {
                text(out, &[method, " "]);
                escaped(out, self.target, server);
                text(out, &[" ", self.protocol]);
            }
        }
    }

    fn time_taken(&self, out: &mut Vec<u8>, server: Server) {
        let Some(micros) = self.taken else { return };
        match server {
            Server::Apache => {
                out.push(b' ');
                number(out, micros / 1_000_000);
                out.push(b'/');
                number(out, micros);
            }
            Server::Nginx => {
                out.extend_from_slice(b" rt=");
                super::pieces::decimal(out, micros / 1000, 3);
            }
        }
    }
}

/// A line of Apache's error log; the methods say what is wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApacheError<'a> {
    /// Of the child process.
    pub pid: u32,
    /// Of the thread; 0 where every process has only one (`prefork`).
    pub thread: u64,
    /// Who asked.
    pub client: u32,
    /// From which port.
    pub port: u16,
    /// Empty for none.
    pub referer: &'a str,
}

impl ApacheError<'_> {
    /// A file that nobody may have.
    pub fn denied(&self, out: &mut Vec<u8>, at: &Civil, path: &str) {
        self.begin(out, at, "authz_core");
        out.extend_from_slice(b"AH01630: client denied by server configuration: ");
        self.end(out, path, "");
    }

    /// A script that is not there.
    pub fn script_missing(&self, out: &mut Vec<u8>, at: &Civil, path: &str) {
        self.begin(out, at, "php");
        out.extend_from_slice(b"script '");
        self.end(out, path, "' not found or unable to stat");
    }

    /// A wrong password for what the server itself guards.
    pub fn wrong_password(&self, out: &mut Vec<u8>, at: &Civil, user: &str, target: &str) {
        self.begin(out, at, "auth_basic");
        out.extend_from_slice(b"AH01617: user ");
        escaped(out, user, Server::Apache);
        out.extend_from_slice(b": authentication failure for \"");
        self.end(out, target, "\": Password Mismatch");
    }

    /// A user that the server does not know.
    pub fn unknown_user(&self, out: &mut Vec<u8>, at: &Civil, user: &str, target: &str) {
        self.begin(out, at, "auth_basic");
        out.extend_from_slice(b"AH01618: user ");
        escaped(out, user, Server::Apache);
        out.extend_from_slice(b" not found: ");
        self.end(out, target, "");
    }

    fn begin(&self, out: &mut Vec<u8>, at: &Civil, module: &str) {
        text(out, &["[", at.weekday_name(), " ", at.month_name(), " "]);
        digits(out, u64::from(at.day), 2);
        out.push(b' ');
        at.time(out);
        out.push(b'.');
        at.fraction(out, 6);
        out.push(b' ');
        digits(out, at.year as u64, 4);
        text(out, &["] [", module, ":error] [pid "]);
        number(out, u64::from(self.pid));
        if self.thread != 0 {
            out.extend_from_slice(b":tid ");
            number(out, self.thread);
        }
        out.extend_from_slice(b"] [client ");
        address(out, self.client);
        out.push(b':');
        number(out, u64::from(self.port));
        out.extend_from_slice(b"] ");
    }

    fn end(&self, out: &mut Vec<u8>, object: &str, after: &str) {
        escaped(out, object, Server::Apache);
        text(out, &[after]);
        if !self.referer.is_empty() {
            out.extend_from_slice(b", referer: ");
            escaped(out, self.referer, Server::Apache);
        }
    }
}

/// A line of nginx' error log; the methods say what is wrong. nginx writes what it says here as it came.
#[derive(Clone, Copy, Debug, Default)]
pub struct NginxError<'a> {
    /// Of the worker.
    pub pid: u32,
    /// The connection's number since the start.
    pub connection: u64,
    /// Who asked.
    pub client: u32,
    /// The `server_name` of the site.
    pub server: &'a str,
    /// As in [`Request`].
    pub method: &'a str,
    /// As in [`Request`].
    pub target: &'a str,
    /// As in [`Request`].
    pub protocol: &'a str,
    /// The header Host; empty for none.
    pub host: &'a str,
    /// Empty for none.
    pub referer: &'a str,
}

impl NginxError<'_> {
    /// A file that is not there.
    pub fn missing(&self, out: &mut Vec<u8>, at: &Civil, path: &str) {
        self.line(out, at, &["open() \"", path, "\" failed (2: No such file or directory)"]);
    }

    /// A place that nobody may have.
    pub fn forbidden(&self, out: &mut Vec<u8>, at: &Civil) {
        self.line(out, at, &["access forbidden by rule"]);
    }

    /// A wrong password for what the server itself guards.
    pub fn wrong_password(&self, out: &mut Vec<u8>, at: &Civil, user: &str) {
        self.line(out, at, &["user \"", user, "\": password mismatch"]);
    }

    /// A user that is not in the file of passwords.
    pub fn unknown_user(&self, out: &mut Vec<u8>, at: &Civil, user: &str, file: &str) {
        self.line(out, at, &["user \"", user, "\" was not found in \"", file, "\""]);
    }

    fn line(&self, out: &mut Vec<u8>, at: &Civil, message: &[&str]) {
        at.date(out, b'/');
        out.push(b' ');
        at.time(out);
        out.extend_from_slice(b" [error] ");
        number(out, u64::from(self.pid));
        out.push(b'#');
        number(out, u64::from(self.pid));
        out.extend_from_slice(b": *");
        number(out, self.connection);
        out.push(b' ');
        text(out, message);
        out.extend_from_slice(b", client: ");
        address(out, self.client);
        text(out, &[", server: ", self.server, ", request: \"", self.method, " ", self.target, " "]);
        text(out, &[self.protocol, "\""]);
        if !self.host.is_empty() {
            text(out, &[", host: \"", self.host, "\""]);
        }
        if !self.referer.is_empty() {
            text(out, &[", referrer: \"", self.referer, "\""]);
        }
    }
}

fn header(out: &mut Vec<u8>, value: &str, server: Server) {
    match value {
        "" => or_dash(out, value),
        value => escaped(out, value, server),
    }
}

fn escaped(out: &mut Vec<u8>, value: &str, server: Server) {
    for byte in value.bytes() {
        match (byte, server) {
            (b' ' | b'!' | b'#'..=b'[' | b']'..=b'~', _) => out.push(byte),
            (_, Server::Nginx) => {
                out.extend_from_slice(b"\\x");
                hex_capitals(out, &[byte]);
            }
            (b'"' | b'\\', _) => out.extend([b'\\', byte]),
            (b'\n', _) => out.extend_from_slice(b"\\n"),
            (b'\r', _) => out.extend_from_slice(b"\\r"),
            (b'\t', _) => out.extend_from_slice(b"\\t"),
            _ => {
                out.extend_from_slice(b"\\x");
                hex_byte(out, byte);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, utc};

    const CLIENT: u32 = 0xcb00_712c;

    fn request() -> Request<'static> {
        Request {
            client: CLIENT,
            method: "GET",
            target: "/shiryo/%E8%A6%8B%E7%A9%8D.xlsx?q=100%25&r=%22",
            protocol: "HTTP/1.1",
            status: 200,
            bytes: 81_920,
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
            ..Request::default()
        }
    }

    #[test]
    fn a_request_for_a_file_is_read_with_its_host_its_size_and_its_time() {
        for (server, host) in [(Server::Apache, "www.example:443"), (Server::Nginx, "www.example")] {
            let mut lines = Lines::default();
            lines.add(|out| request().write(out, &utc(), server));
            let full = Request { host, user: "sato", taken: Some(250_000), ..request() };
            lines.add(|out| full.write(out, &utc(), server));
            let seen = lines.read("access-log");
            let usual = [
                ("c-ip", "203.0.113.44"),
                ("cs-method", "GET"),
                ("cs-uri-stem", "/shiryo/%E8%A6%8B%E7%A9%8D.xlsx"),
                ("sc-status", "200"),
                ("sc-bytes", "81920"),
                ("c-useragent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"),
            ];
            seen[0].is("-/webserver/-", &usual);
            seen[1].is("-/webserver/-", &usual);
            seen[1].is(
                "-/webserver/-",
                &[("cs-host", "www.example"), ("cs-username", "sato"), ("time-taken", "250")],
            );
        }
    }

    #[test]
    fn what_a_client_chose_cannot_end_its_quotes() {
        for server in [Server::Apache, Server::Nginx] {
            let mut lines = Lines::default();
            let awkward = Request {
                agent: "クライアント\" 200 1 \\",
                referer: "\"><b>\n",
                status: 404,
                bytes: 0,
                ..request()
            };
            lines.add(|out| awkward.write(out, &utc(), server));
            let long = "a".repeat(9000);
            lines.add(|out| Request { target: &long, ..awkward }.write(out, &utc(), server));
            lines.add(|out| {
                Request { method: "", target: "\u{16}\u{3}\u{1}", status: 400, ..request() }.write(
                    out,
                    &utc(),
                    server,
                )
            });
            lines.add(|out| {
                Request { method: "", target: "", status: 408, agent: "", ..request() }.write(
                    out,
                    &utc(),
                    server,
                )
            });
            let seen = lines.read("access-log");
            let bytes = if server == Server::Apache { "-" } else { "0" };
            seen[0]
                .is("-/webserver/-", &[("sc-status", "404"), ("sc-bytes", bytes), ("c-ip", "203.0.113.44")]);
            seen[1].is("-/webserver/-", &[("cs-uri-length", "9000")]);
            seen[2].is("-/webserver/-", &[("sc-status", "400")]);
            seen[3].is("-/webserver/-", &[("sc-status", "408"), ("c-useragent", "-")]);
        }
    }

    #[test]
    fn errors_of_apache_say_who_was_refused_what() {
        let error =
            ApacheError { pid: 812, thread: 139_872_134_567_616, client: CLIENT, port: 51_022, referer: "" };
        let mut lines = Lines::default();
        lines.add(|out| error.denied(out, &utc(), "/srv/www/.git/config"));
        lines.add(|out| error.script_missing(out, &utc(), "/srv/www/x.php"));
        lines.add(|out| error.wrong_password(out, &utc(), "tanaka taro", "/admin"));
        lines.add(|out| {
            ApacheError { referer: "http://a.example/", thread: 0, ..error }.unknown_user(
                out,
                &utc(),
                "x",
                "/admin",
            )
        });
        let seen = lines.read("apache-error");
        let source = "apache/webserver/apache";
        seen[0].is(
            source,
            &[("outcome", "denied"), ("object", "/srv/www/.git/config"), ("c-ip", "203.0.113.44")],
        );
        seen[1].is(source, &[("reason", "not_found"), ("object", "/srv/www/x.php"), ("pid", "812")]);
        seen[2]
            .is(source, &[("action", "login"), ("reason", "bad_password"), ("cs-username", "tanaka taro")]);
        seen[3].is(
            source,
            &[("reason", "unknown_user"), ("cs-username", "x"), ("cs-referer", "http://a.example/")],
        );
    }

    #[test]
    fn errors_of_nginx_say_who_was_refused_what() {
        let error = NginxError {
            pid: 123,
            connection: 45,
            client: CLIENT,
            server: "www.example",
            method: "GET",
            target: "/.git/config",
            protocol: "HTTP/2.0",
            host: "www.example",
            referer: "",
        };
        let mut lines = Lines::default();
        lines.add(|out| error.missing(out, &utc(), "/srv/www/メモ.txt"));
        lines.add(|out| error.forbidden(out, &utc()));
        lines.add(|out| error.wrong_password(out, &utc(), "tanaka taro"));
        lines.add(|out| {
            NginxError { referer: "https://a.example/", ..error }.unknown_user(
                out,
                &utc(),
                "x",
                "/etc/nginx/.htpasswd",
            )
        });
        let seen = lines.read("nginx-error");
        let source = "nginx/webserver/nginx";
        seen[0]
            .is(source, &[("object", "/srv/www/メモ.txt"), ("c-ip", "203.0.113.44"), ("outcome", "failure")]);
        seen[1].is(source, &[("outcome", "denied"), ("cs-uri", "/.git/config"), ("cs-host", "www.example")]);
        seen[2]
            .is(source, &[("action", "login"), ("reason", "bad_password"), ("cs-username", "tanaka taro")]);
        seen[3].is(
            source,
            &[("reason", "unknown_user"), ("cs-username", "x"), ("cs-referer", "https://a.example/")],
        );
    }
}
