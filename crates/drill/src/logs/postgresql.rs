//! PostgreSQL 15: its log as CSV (`log_destination = csvlog`), with what pgaudit adds.
//!
//! In: a session, and what it did. Out: one record of 26 cells for each message. A statement keeps its line ends: such a record goes over
//! several lines, as PostgreSQL writes it. Texts are quoted as the server quotes them, and pgaudit's statements twice.

use model::Time;

use super::pieces::{decimal, hex, text};
use crate::clock::{Civil, SECOND, address, digits, number};

/// A connection, and the process that serves it.
#[derive(Clone, Copy, Debug)]
pub struct Session<'a> {
    /// Of the process.
    pub pid: u32,
    /// When it began: with the process this is the session's name.
    pub start: Time,
    /// As whom it is.
    pub user: &'a str,
    /// In which database.
    pub database: &'a str,
    /// From where, with the port; `None` for the socket of the machine itself.
    pub client: Option<(u32, u16)>,
    /// `application_name`
    pub application: &'a str,
}

/// What the server counts, for each record.
#[derive(Clone, Copy, Debug)]
pub struct Count<'a> {
    /// The record's number in its session, from 1.
    pub line: u64,
    /// What the process shows to be doing: `SELECT`, `idle`, `authentication`.
    pub command: &'a str,
    /// The virtual transaction: the place of the process, and the number there; `None` outside of one.
    pub transaction: Option<(u32, u32)>,
}

/// What pgaudit says of a statement, or of one table of it.
#[derive(Clone, Copy, Debug)]
pub struct Audited<'a> {
    /// The statement's number in the session.
    pub statement_id: u32,
    /// `READ`, `WRITE`, `DDL`, `ROLE`, `MISC`, `FUNCTION`
    pub class: &'a str,
    /// `SELECT`, `COPY`, `CREATE ROLE`
    pub command: &'a str,
    /// `TABLE`; empty where `pgaudit.log_relation` is off.
    pub object_type: &'a str,
    /// With its schema.
    pub object: &'a str,
    /// The whole statement.
    pub statement: &'a str,
    /// How many rows, where `pgaudit.log_rows` is on.
    pub rows: Option<u64>,
}

/// One record, behind what all have.
#[derive(Default)]
struct Said<'a> {
    severity: &'a str,
    state: &'a str,
    detail: &'a [&'a str],
    query: &'a str,
    /// The session is not told apart yet.
    unnamed: bool,
}

const LOG: Said<'static> = Said { severity: "LOG", state: "00000", detail: &[], query: "", unnamed: false };

impl Session<'_> {
    /// Somebody connects.
    pub fn received(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>) {
        self.record(out, at, count, &Said { unnamed: true, ..LOG }, |out| {
            text(out, &["connection received: host="]);
            self.peer(out, " port=");
        });
    }

    /// Who it is has been checked, by a method such as `scram-sha-256`, on that line of `pg_hba.conf`.
    pub fn authenticated(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        method: &str,
        hba_line: u32,
    ) {
        self.record(out, at, count, &LOG, |out| {
            quoted(out, &["connection authenticated: identity=\"", self.user, "\" method=", method]);
            text(out, &[" (/etc/postgresql/15/main/pg_hba.conf:"]);
            number(out, u64::from(hba_line));
            out.push(b')');
        });
    }

    /// The session begins; with TLS or without.
    pub fn authorized(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, tls: bool) {
        self.record(out, at, count, &LOG, |out| {
            quoted(out, &["connection authorized: user=", self.user, " database=", self.database]);
            if !self.application.is_empty() {
                quoted(out, &[" application_name=", self.application]);
            }
            if tls {
                text(out, &[" SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)"]);
            }
        });
    }

    /// The session is over.
    pub fn disconnected(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, end: Time) {
        let lasted = (end.micros() - self.start.micros()).max(0) as u64;
        self.record(out, at, count, &LOG, |out| {
            let seconds = lasted / SECOND as u64;
            text(out, &["disconnection: session time: "]);
            number(out, seconds / 3600);
            out.push(b':');
            digits(out, seconds / 60 % 60, 2);
            out.push(b':');
            digits(out, seconds % 60, 2);
            out.push(b'.');
            digits(out, lasted / 1000 % 1000, 3);
            quoted(out, &[" user=", self.user, " database=", self.database, " host="]);
            self.peer(out, " port=");
        });
    }

    /// A wrong password, or a user that does not exist.
    pub fn wrong_password(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        exists: bool,
        hba_line: u32,
    ) {
        let mut buffer = itoa::Buffer::new();
        let matched = [
            "Connection matched pg_hba.conf line ",
            buffer.format(hba_line),
            ": \"host    all             all             0.0.0.0/0               scram-sha-256\"",
        ];
        let [first, second, third] = matched;
        let unknown = ["Role \"", self.user, "\" does not exist.\n", first, second, third];
        let detail: &[&str] = if exists { &matched } else { &unknown };
        let said = Said { severity: "FATAL", state: "28P01", detail, ..Said::default() };
        self.record(out, at, count, &said, |out| {
            quoted(out, &["password authentication failed for user \"", self.user, "\""]);
        });
    }

    /// A statement that took longer than `log_min_duration_statement`, in microseconds.
    pub fn duration(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, micros: u64, statement: &str) {
        self.record(out, at, count, &LOG, |out| {
            text(out, &["duration: "]);
            decimal(out, micros, 3);
            quoted(out, &[" ms  statement: ", statement]);
        });
    }

    /// The same of a statement that a program had prepared; `parameters` as `$1 = 'x', $2 = '5'`.
    pub fn executed(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        micros: u64,
        statement: &str,
        parameters: &str,
    ) {
        let detail: &[&str] = if parameters.is_empty() { &[] } else { &["parameters: ", parameters] };
        self.record(out, at, count, &Said { detail, ..LOG }, |out| {
            text(out, &["duration: "]);
            decimal(out, micros, 3);
            quoted(out, &[" ms  execute <unnamed>: ", statement]);
        });
    }

    /// A statement as `log_statement` has it, before it runs.
    pub fn statement(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, statement: &str) {
        self.record(out, at, count, &LOG, |out| quoted(out, &["statement: ", statement]));
    }

    /// A statement that may not read a table.
    pub fn permission_denied(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        table: &str,
        statement: &str,
    ) {
        let said = Said { severity: "ERROR", state: "42501", query: statement, ..Said::default() };
        self.record(out, at, count, &said, |out| quoted(out, &["permission denied for table ", table]));
    }

    /// A statement that did not work, with its code (`42P01`) and what the server says of it.
    pub fn error(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        state: &str,
        message: &str,
        statement: &str,
    ) {
        let said = Said { severity: "ERROR", state, query: statement, ..Said::default() };
        self.record(out, at, count, &said, |out| quoted(out, &[message]));
    }

    /// What pgaudit says.
    pub fn audit(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, audited: &Audited<'_>) {
        self.record(out, at, count, &LOG, |out| {
            text(out, &["AUDIT: SESSION,"]);
            number(out, u64::from(audited.statement_id));
            text(out, &[",1,", audited.class, ",", audited.command, ",", audited.object_type, ","]);
            audit_cell(out, audited.object);
            out.push(b',');
            audit_cell(out, audited.statement);
            text(out, &[",<not logged>"]);
            if let Some(rows) = audited.rows {
                out.push(b',');
                number(out, rows);
            }
        });
    }

    fn record(
        &self,
        out: &mut Vec<u8>,
        at: &Civil,
        count: &Count<'_>,
        said: &Said<'_>,
        message: impl FnOnce(&mut Vec<u8>),
    ) {
        self.begin(out, at, count, said);
        text(out, &[",0,", said.severity, ",", said.state, ",\""]);
        message(out);
        out.extend_from_slice(b"\",");
        cell(out, said.detail);
        // Hint, internal query and its place, context.
        out.extend_from_slice(b",,,,,");
        cell(out, &[said.query]);
        // Its place, and where in the server's own source.
        out.extend_from_slice(b",,,\"");
        if !said.unnamed && count.command != "authentication" {
            quoted(out, &[self.application]);
        }
        let backend = if said.unnamed { "not initialized" } else { "client backend" };
        text(out, &["\",\"", backend, "\",,0"]);
    }

    /// From the time to the virtual transaction.
    fn begin(&self, out: &mut Vec<u8>, at: &Civil, count: &Count<'_>, said: &Said<'_>) {
        at.date(out, b'-');
        out.push(b' ');
        at.time(out);
        out.push(b'.');
        at.fraction(out, 3);
        zone(out, at);
        out.push(b',');
        if !said.unnamed {
            cell(out, &[self.user]);
            out.push(b',');
            cell(out, &[self.database]);
        } else {
            out.push(b',');
        }
        out.push(b',');
        number(out, u64::from(self.pid));
        out.extend_from_slice(b",\"");
        self.peer(out, ":");
        out.extend_from_slice(b"\",");
        hex(out, self.start.micros().div_euclid(SECOND) as u64);
        out.push(b'.');
        hex(out, u64::from(self.pid));
        out.push(b',');
        number(out, count.line);
        out.extend_from_slice(b",\"");
        quoted(out, &[if said.unnamed { "" } else { count.command }]);
        out.extend_from_slice(b"\",");
        let start = Civil::of(self.start, at.offset);
        start.date(out, b'-');
        out.push(b' ');
        start.time(out);
        zone(out, at);
        out.push(b',');
        if let Some((place, transaction)) = count.transaction {
            number(out, u64::from(place));
            out.push(b'/');
            number(out, u64::from(transaction));
        }
    }

    fn peer(&self, out: &mut Vec<u8>, between: &str) {
        let Some((client, port)) = self.client else { return text(out, &["[local]"]) };
        address(out, client);
        text(out, &[between]);
        number(out, u64::from(port));
    }
}

/// ` JST`: the zone as `log_timezone` abbreviates it.
fn zone(out: &mut Vec<u8>, at: &Civil) {
    match at.offset {
        0 => text(out, &[" UTC"]),
        crate::clock::JST => text(out, &[" JST"]),
        _ => {
            out.push(b' ');
            at.offset(out, false);
        }
    }
}

/// A cell in quotes; nothing where there is no text.
fn cell(out: &mut Vec<u8>, parts: &[&str]) {
    if parts.iter().any(|part| !part.is_empty()) {
        out.push(b'"');
        quoted(out, parts);
        out.push(b'"');
    }
}

/// The inside of a cell in quotes.
fn quoted(out: &mut Vec<u8>, parts: &[&str]) {
    parts.iter().for_each(|part| quotes_times(out, part, 2));
}

/// A cell of pgaudit's own list, inside of the server's cell: quoted where it has to be.
fn audit_cell(out: &mut Vec<u8>, value: &str) {
    if !value.contains(['"', ',', '\n', '\r']) {
        return text(out, &[value]);
    }
    text(out, &["\"\""]);
    quotes_times(out, value, 4);
    text(out, &["\"\""]);
}

fn quotes_times(out: &mut Vec<u8>, value: &str, times: usize) {
    for byte in value.bytes() {
        out.extend(std::iter::repeat_n(byte, if byte == b'"' { times } else { 1 }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::check::{Lines, moment, utc};

    const COUNT: Count<'static> = Count { line: 3, command: "SELECT", transaction: Some((3, 12)) };
    const SOURCE: &str = "postgresql/database/-";

    fn session() -> Session<'static> {
        let start = moment();
        Session {
            pid: 4001,
            start,
            user: "sato",
            database: "crm",
            client: Some((0xcb00_712c, 51_022)),
            application: "psql",
        }
    }

    #[test]
    fn a_session_is_read_from_its_beginning_to_its_end() {
        let (mut lines, at, of) = (Lines::default(), utc(), session());
        let login = Count { command: "authentication", ..COUNT };
        let end = Time::parse("2026-05-07T10:31:02.5Z").unwrap();
        lines.add(|out| of.received(out, &at, &Count { line: 1, command: "", transaction: None }));
        lines.add(|out| of.authenticated(out, &at, &login, "scram-sha-256", 97));
        lines.add(|out| of.authorized(out, &at, &login, true));
        lines.add(|out| {
            of.disconnected(out, &at, &Count { command: "idle", transaction: None, ..COUNT }, end)
        });
        assert!(lines.text().contains("session time: 1:01:02.376 user=sato"), "{}", lines.text());
        let seen = lines.read("postgresql-csv");
        let peer =
            [("src_ip", "203.0.113.44"), ("src_port", "51022"), ("pid", "4001"), ("session", "69fc5b98.fa1")];
        seen.iter().for_each(|line| line.is(SOURCE, &peer));
        assert_eq!(seen[0].time(), "2026-05-07T09:30:00.123000Z");
        seen[1].is(SOURCE, &[("user", "sato"), ("identity", "sato"), ("method", "scram-sha-256")]);
        seen[2].is(SOURCE, &[("action", "login"), ("outcome", "success"), ("db", "crm"), ("client", "psql")]);
        seen[3].is(SOURCE, &[("action", "logout"), ("user", "sato"), ("client", "psql")]);
    }

    #[test]
    fn a_failed_login_is_read_whatever_the_name() {
        let at = utc();
        for (user, exists) in [("tanaka", true), ("x\" from 10.0.0.1", false), ("佐藤, 100%", false)] {
            let of = Session { user, ..session() };
            let mut lines = Lines::default();
            of.wrong_password(
                &mut lines.bytes,
                &at,
                &Count { command: "authentication", ..COUNT },
                exists,
                90,
            );
            lines.bytes.push(b'\n');
            let seen = lines.read_any("postgresql-csv");
            assert_eq!(seen.len(), 1);
            seen[0].is(SOURCE, &[("action", "login"), ("outcome", "failure"), ("reason", "bad_password")]);
            seen[0].is(SOURCE, &[("user", user), ("sqlstate", "28P01"), ("src_ip", "203.0.113.44")]);
        }
    }

    #[test]
    fn a_statement_is_read_as_it_was_sent() {
        let (mut lines, at) = (Lines::default(), utc());
        let of = Session { client: None, application: "業務 \"app\"", ..session() };
        let statement = "SELECT \"氏名\", ',' FROM public.顧客 WHERE note LIKE '100%'";
        let long = "INSERT INTO t VALUES ('".to_owned() + &"x".repeat(20_000) + "')";
        lines.add(|out| of.duration(out, &at, &COUNT, 1_523_441, statement));
        lines.add(|out| of.executed(out, &at, &COUNT, 99, &long, "$1 = 'a\"b'"));
        lines.add(|out| of.statement(out, &at, &COUNT, "ALTER ROLE sato SUPERUSER;"));
        lines.add(|out| of.permission_denied(out, &at, &COUNT, "salaries", statement));
        lines.add(|out| {
            of.error(out, &at, &COUNT, "42P01", "relation \"x\" does not exist", "select 1 from x")
        });
        lines.add(|out| of.duration(out, &at, &COUNT, 5, ""));
        let seen = lines.read("postgresql-csv");
        seen[0].is(SOURCE, &[("action", "select"), ("statement", statement), ("duration", "1523")]);
        seen[0].is(
            SOURCE,
            &[("src_ip", "-"), ("client", "業務 \"app\""), ("user", "sato"), ("outcome", "success")],
        );
        seen[1]
            .is(SOURCE, &[("action", "insert"), ("statement", &long), ("detail", "parameters: $1 = 'a\"b'")]);
        seen[2].is(SOURCE, &[("action", "alter"), ("statement", "ALTER ROLE sato SUPERUSER;")]);
        seen[3].is(SOURCE, &[("outcome", "denied"), ("object", "salaries"), ("statement", statement)]);
        seen[4]
            .is(SOURCE, &[("outcome", "failure"), ("sqlstate", "42P01"), ("statement", "select 1 from x")]);
    }

    #[test]
    fn an_audited_statement_is_read_with_its_table_and_its_rows() {
        let (mut lines, at, of) = (Lines::default(), utc(), session());
        let audited = Audited {
            statement_id: 7,
            class: "READ",
            command: "SELECT",
            object_type: "TABLE",
            object: "public.customers",
            statement: "SELECT name, 電話\n  FROM customers",
            rows: Some(5000),
        };
        let copy = Audited { command: "COPY", statement: "COPY customers TO STDOUT", rows: None, ..audited };
        for audited in [audited, copy, Audited { object_type: "", object: "", ..copy }] {
            of.audit(&mut lines.bytes, &at, &COUNT, &audited);
            lines.bytes.push(b'\n');
        }
        let seen = lines.read_any("postgresql-csv");
        assert_eq!(seen.len(), 3);
        seen[0].is(SOURCE, &[("action", "select"), ("object", "public.customers"), ("rows", "5000")]);
        seen[0].is(SOURCE, &[("statement", "SELECT name, 電話 FROM customers"), ("audit_class", "READ")]);
        seen[1]
            .is(SOURCE, &[("action", "copy"), ("statement", "COPY customers TO STDOUT"), ("user", "sato")]);
        seen[2].is(SOURCE, &[("action", "copy"), ("statement", "COPY customers TO STDOUT"), ("object", "-")]);
    }
}
