//! The order system: its web pages, what passes orders on, and its database; and the construction-information server.
//!
//! A page of the order system is a line of its web server, and what it shows a statement in the database's log, by the connection that the web server
//! keeps open. Whoever connects to the database by themselves leaves a session of their own there.

use model::Time;

use super::World;
use super::logon::Logon;
use super::network::Flow;
use super::seat::Seat;
use crate::clock::{Civil, HOUR, MINUTE, SECOND};
use crate::company::{AccountId, HostId, Role};
use crate::logs::access_log::{self, Server};
use crate::logs::iis;
use crate::logs::postgresql::{Audited, Count, Session};

/// A connection to the order system's database.
#[derive(Clone, Debug)]
pub struct Database {
    /// From which address.
    client: u32,
    /// The program's own name.
    application: &'static str,
    /// As which of the database's users: `order_app`, `order_batch`, or a person.
    pub user: String,
    /// Since when.
    pub since: Time,
    process: u32,
    port: u16,
    lines: u64,
    statements: u32,
}

/// What is asked of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// One customer's contracts.
    Customer(u64),
    /// Those of so many customers from one on.
    Customers(u64, u64),
    /// How many rows a table has.
    Count,
    /// Which tables there are.
    Tables,
    /// An order changes its state.
    Update(u64),
}

const APPLICATION: &str = "order_app";
/// As the web server's programs name themselves to the database.
const WEB: &str = "order-web";
const DATABASE: &str = "orderdb";

impl World {
    /// What somebody with business there does with a few pages of the order system.
    pub fn order(&mut self, logon: &Logon) {
        let pages = 1 + self.rng.early(4);
        let from = self.address(logon.host);
        // People look up the customers that they are in charge of again and again.
        let mut own = self.company.rng.of("customers of", u64::from(logon.account.0));
        let all = self.customers.order_customers().max(1);
        let first = own.below(all);
        for _ in 0..pages {
            let customer = self.customers.order_customer((first + self.rng.early(120)) % all);
            self.order_page(from, Some(logon.account), customer);
            self.pass(5 * SECOND, 2 * MINUTE);
        }
    }

    /// One page of the order system, asked for from an address; what it shows comes from the database.
    pub fn order_page(&mut self, from: u32, account: Option<AccountId>, customer: u64) {
        let company = self.company.clone();
        let server = company.the(Role::OrderWeb);
        let id = self.customers.id(customer);
        let target = match self.rng.below(10) {
            0..6 => format!("/order/customer/{id}"),
            6..8 => format!("/order/customer/{id}/contracts"),
            8 => format!("/order/search?keyword={id}"),
            _ => format!("/order/entry?customer={id}"),
        };
        let change = target.starts_with("/order/entry");
        let bytes = self.rng.between(9_000, 46_000) as u64;
        let taken = self.rng.between(20_000, 420_000);
        let user = account.map_or("", |account| company.account(account).name.as_str());
        let agent = self.agent(from);
        let request = access_log::Request {
            client: from,
            user,
            method: if change { "POST" } else { "GET" },
            target: &target,
            protocol: "HTTP/1.1",
            status: if change { 302 } else { 200 },
            bytes,
            referer: "",
            agent: &agent,
            ..access_log::Request::default()
        };
        let log = self.logs.order_web;
        self.sink.line(log, self.clock, self.mark, |out, at| request.write(out, &at.civil, Server::Apache));
        let sent = self.rng.amount(980, 300);
        self.flow(Flow {
            from,
            to: company.host(server).address,
            port: 443,
            protocol: 6,
            sent,
            received: bytes,
            lasted: taken,
            allowed: true,
        });
        self.pass(2_000, 30_000);
        let mut pooled = self.pooled_connection(server);
        self.query(&mut pooled, if change { Query::Update(customer) } else { Query::Customer(customer) });
        self.pooled = Some(pooled);
    }

    /// The web server's connection; it is closed after some hours, and another one opened.
    fn pooled_connection(&mut self, server: HostId) -> Database {
        match self.pooled.take() {
            Some(pooled) => {
                let lasts =
                    self.company.rng.of("pool", u64::from(pooled.process)).between(2 * HOUR, 11 * HOUR);
                if self.clock.micros() - pooled.since.micros() < lasts {
                    return pooled;
                }
                self.leave_database(pooled);
                self.answer();
                self.authenticated(self.address(server), APPLICATION, WEB)
            }
            // That of the first page was there before the logs begin.
            None => self.connected(self.address(server), APPLICATION, WEB),
        }
    }

    /// A request to a web server of the company that no page of it makes, as scanners and intruders make them.
    pub fn odd_request(&mut self, from: u32, server: HostId, method: &str, target: &str, status: u16) {
        let company = self.company.clone();
        let agent = self.agent(from);
        // Pages that say what is wrong are as long as the name of what was asked for.
        let bytes = if status < 400 {
            self.rng.between(300, 9_000) as u64
        } else {
            180 + u64::from(status % 13) + target.len() as u64
        };
        let request = access_log::Request {
            client: from,
            method,
            target,
            protocol: "HTTP/1.1",
            status,
            bytes,
            agent: &agent,
            ..access_log::Request::default()
        };
        let (log, kind) = match company.host(server).role {
            Role::Webmail => (self.logs.mail.access, Server::Nginx),
            Role::Construction => {
                return self.log_construction((from, None), (method, target), status, bytes);
            }
            _ => (self.logs.order_web, Server::Apache),
        };
        self.sink.line(log, self.clock, self.mark, |out, at| request.write(out, &at.civil, kind));
        let (to, sent) = (company.host(server).address, 500 + target.len() as u64);
        let lasted = self.rng.between(40_000, 900_000);
        self.flow(Flow {
            from,
            to,
            port: 443,
            protocol: 6,
            sent,
            received: bytes + 4_400,
            lasted,
            allowed: true,
        });
        self.answer();
    }

    /// The database is connected to, with a program that is started for it.
    pub fn database(&mut self, from: impl Into<Seat>, user: &str) -> Database {
        let seat = from.into();
        let program = self.start_client(&seat, user);
        self.authenticated(self.seat_address(&seat), user, program)
    }

    fn authenticated(&mut self, client: u32, user: &str, application: &'static str) -> Database {
        let mut database = self.connected(client, user, application);
        let (method, line) = checked(user);
        self.log_database(&mut database, "", |session, out, at, count| session.received(out, at, count));
        self.answer();
        self.log_database(&mut database, "authentication", |session, out, at, count| {
            session.authenticated(out, at, count, method, line);
        });
        self.log_database(&mut database, "authentication", |session, out, at, count| {
            session.authorized(out, at, count, true);
        });
        database
    }

    /// A connection to the database fails: a wrong password.
    pub fn database_refused(&mut self, from: impl Into<Seat>, user: &str) {
        let seat = from.into();
        let program = self.start_client(&seat, user);
        let mut database = self.connected(self.seat_address(&seat), user, program);
        let (_, line) = checked(user);
        self.log_database(&mut database, "", |session, out, at, count| session.received(out, at, count));
        self.answer();
        self.log_database(&mut database, "authentication", |session, out, at, count| {
            session.wrong_password(out, at, count, true, line);
        });
    }

    /// Something is asked of it; how many rows it gave.
    pub fn query(&mut self, database: &mut Database, query: Query) -> u64 {
        let customers = self.customers.clone();
        let (class, command, table, statement, rows) = match query {
            Query::Customer(customer) => (
                "READ",
                "SELECT",
                "public.contracts",
                format!("SELECT * FROM contracts WHERE customer_id = '{}'", customers.id(customer)),
                customers.contracts(customer).len() as u64,
            ),
            Query::Customers(first, count) => (
                "READ",
                "SELECT",
                "public.contracts",
                format!(
                    "SELECT customer_id, array_agg(contract_no), max(contract_name), max(person), max(phone), max(email), max(address) FROM contracts JOIN contacts USING (customer_id) GROUP BY customer_id ORDER BY customer_id LIMIT {count} OFFSET {first}"
                ),
                count,
            ),
            Query::Count => {
                ("READ", "SELECT", "public.contracts", "SELECT count(*) FROM contracts".to_owned(), 1)
            }
            Query::Tables => (
                "READ",
                "SELECT",
                "information_schema.tables",
                "SELECT table_schema, table_name FROM information_schema.tables".to_owned(),
                214,
            ),
            Query::Update(customer) => (
                "WRITE",
                "UPDATE",
                "public.orders",
                format!(
                    "UPDATE orders SET state = 'accepted' WHERE customer_id = '{}'",
                    customers.id(customer)
                ),
                1,
            ),
        };
        database.statements += 1;
        let audited = Audited {
            statement_id: database.statements,
            class,
            command,
            object_type: "TABLE",
            object: table,
            statement: &statement,
            rows: Some(rows),
        };
        self.log_database(database, command, |session, out, at, count| {
            session.audit(out, at, count, &audited)
        });
        self.pass(500, 20_000 + rows.min(2_000_000) as i64 * 3);
        rows
    }

    /// The connection ends.
    pub fn leave_database(&mut self, mut database: Database) {
        let end = self.clock;
        self.log_database(&mut database, "idle", |session, out, at, count| {
            session.disconnected(out, at, count, end)
        });
    }

    /// A page of the construction-information server (工事情報管理): a list, or a document of a project, by its path. The bytes of the answer.
    pub fn construction(&mut self, from: u32, account: Option<AccountId>, document: Option<&str>) -> u64 {
        let bytes = match document {
            Some(_) => self.rng.between(80_000, 6_000_000) as u64,
            None => self.rng.between(8_000, 60_000) as u64,
        };
        let target = document.map_or("/koji/list".to_owned(), |path| format!("/koji/{path}"));
        self.log_construction((from, account), ("GET", &target), 200, bytes);
        bytes
    }

    fn log_construction(
        &mut self,
        (from, account): (u32, Option<AccountId>),
        (method, target): (&str, &str),
        status: u16,
        bytes: u64,
    ) {
        let company = self.company.clone();
        let server = company.the(Role::Construction);
        let agent = self.agent(from);
        let user = account.map_or(String::new(), |account| {
            format!("{}\\{}", company.domain.netbios, company.account(account).name)
        });
        let (stem, query) = target.split_once('?').unwrap_or((target, ""));
        let taken = self.rng.between(15, 900) as u64;
        let request = iis::Request {
            site: "W3SVC1",
            computer: &company.host(server).name,
            server: company.host(server).address,
            method,
            stem,
            query,
            port: 443,
            user: &user,
            client: from,
            agent: &agent,
            status,
            taken,
            ..iis::Request::default()
        };
        self.sink.line(self.logs.construction, self.clock, self.mark, |out, at| {
            request.write(out, at.time, iis::Fields::Usual);
        });
        let sent = self.rng.amount(1_100, 400);
        self.flow(Flow {
            from,
            to: company.host(server).address,
            port: 443,
            protocol: 6,
            sent,
            received: bytes,
            lasted: taken as i64 * 1_000,
            allowed: true,
        });
    }

    /// A client is started; by what name it shows itself.
    fn start_client(&mut self, seat: &Seat, user: &str) -> &'static str {
        let server = self.company.the(Role::OrderDatabase);
        let program = self.start_psql(seat, user, DATABASE, server);
        // Where the application's own account is set up, every client takes the application's name.
        if user == APPLICATION { WEB } else { program }
    }

    fn connected(&mut self, client: u32, user: &str, application: &'static str) -> Database {
        Database {
            client,
            application,
            user: user.to_owned(),
            since: self.clock,
            process: 1_000 + self.session() as u32 % 4_000_000,
            port: self.rng.between(32_768, 60_999) as u16,
            lines: 0,
            statements: 0,
        }
    }

    fn log_database(
        &mut self,
        database: &mut Database,
        command: &str,
        write: impl FnOnce(&Session<'_>, &mut Vec<u8>, &Civil, &Count<'_>),
    ) {
        database.lines += 1;
        let session = Session {
            pid: database.process,
            start: database.since,
            user: &database.user,
            database: DATABASE,
            client: Some((database.client, database.port)),
            application: database.application,
        };
        let transaction = (!command.is_empty()).then_some((database.process % 40 + 3, database.lines as u32));
        let count = Count { line: database.lines, command, transaction };
        self.sink.line(self.logs.database, self.clock, self.mark, |out, at| {
            write(&session, out, &at.civil, &count)
        });
    }
}

/// How the database checks who somebody is, and on which line of its configuration that stands.
fn checked(user: &str) -> (&'static str, u32) {
    match user {
        APPLICATION => ("scram-sha-256", 94),
        // As old as the system.
        "order_batch" => ("md5", 96),
        _ => ("scram-sha-256", 98),
    }
}
