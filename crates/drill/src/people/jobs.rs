//! Timed jobs of a Linux server: those of its distribution, those of what it is for, its updates and its clock.

use model::Time;

use super::machines::{Round, date};
use crate::calendar::{self, Country};
use crate::clock::{DAY, HOUR, MINUTE, SECOND};
use crate::company::{Company, HostId, Role, TOKYO};
use crate::logs::cron::Flavour;
use crate::rng::Rng;
use crate::world::{Flow, Proof, Query, Visit, World};

/// The jobs of a server.
pub struct Jobs {
    host: HostId,
    jobs: Vec<Job>,
}

#[derive(Clone, Copy)]
struct Job {
    when: When,
    what: What,
}

/// Minutes of the day in Japan.
#[derive(Clone, Copy)]
enum When {
    /// Every so many minutes, and from which to which minute of the day.
    Every(i64, i64, i64),
    Daily(i64),
    /// On a day of the week.
    Weekly(i64, i64),
}

#[derive(Clone, Copy)]
enum What {
    /// A command of a user's table.
    Command(&'static str, &'static str),
    /// What the distribution does each hour.
    Hourly,
    /// Logs begin anew.
    Rotate,
    /// The lists of packages are fetched, and now and then packages.
    Update,
    /// The clock is compared with that of another machine.
    Clock,
    /// Orders are passed on to the database.
    Orders,
    /// Rows are read that others need for a report.
    Report,
    /// The agent that watches the machine looks around.
    Agent,
    /// A page of the web server needs another program.
    Page,
    /// The web server hands orders on to the device behind it.
    HandOver,
}

/// What an agent runs as root.
const AGENT: [(&str, &[&str]); 10] = [
    ("/usr/bin/df", &["-P"]),
    ("/usr/bin/uname", &["-a"]),
    ("/usr/bin/ps", &["-eo", "pid,user,comm"]),
    ("/usr/bin/cat", &["/etc/os-release"]),
    ("/bin/sh", &["-c", "systemctl is-active sshd"]),
    ("/usr/bin/ss", &["-tln"]),
    ("/usr/bin/hostname", &["-f"]),
    ("/usr/bin/last", &["-n", "5"]),
    ("/var/lib/kouba/agent", &["--check"]),
    ("/usr/bin/chmod", &["755", "/var/lib/kouba/agent.new"]),
];

/// What pages run as the web server's user.
const PAGES: [(&str, &[&str]); 8] = [
    ("/bin/sh", &["-c", "/usr/bin/file -b --mime-type /var/tmp/upload"]),
    ("/usr/bin/file", &["-b", "--mime-type", "/var/tmp/upload"]),
    ("/usr/sbin/sendmail", &["-t", "-i"]),
    ("/bin/sh", &["-c", "uptime"]),
    ("/usr/bin/convert", &["/var/tmp/upload", "-resize", "128x128", "/var/tmp/upload.png"]),
    ("/usr/bin/unzip", &["-l", "/var/tmp/upload"]),
    ("/usr/bin/ls", &["-la", "/var/tmp"]),
    ("/usr/bin/chmod", &["644", "/var/tmp/upload.png"]),
];

impl Jobs {
    /// Those of a server.
    pub fn new(company: &Company, host: HostId) -> Jobs {
        let mut rng = company.rng.of("job plan", u64::from(host.0));
        let mut jobs = Vec::new();
        let mut add = |when, what| jobs.push(Job { when, what });
        if rng.chance(1, 5) {
            add(When::Every(60, 17, 24 * 60), What::Hourly);
        }
        add(When::Daily(rng.between(0, 20)), What::Rotate);
        add(When::Daily(rng.between(0, 1439)), What::Update);
        add(When::Daily(rng.between(0, 1439)), What::Clock);
        add(When::Daily(rng.between(0, 1439)), What::Clock);
        let role = company.host(host).role;
        if matches!(
            role,
            Role::OrderWeb | Role::OrderRelay | Role::OrderDatabase | Role::Webmail | Role::CloudOperations
        ) {
            add(When::Every(rng.between(200, 330), rng.between(0, 120), 24 * 60), What::Agent);
        }
        if matches!(role, Role::OrderWeb | Role::Webmail) {
            add(When::Every(rng.between(100, 150), 8 * 60 + rng.between(0, 60), 20 * 60), What::Page);
        }
        for job in own(role, &mut rng) {
            add(job.when, job.what);
        }
        Jobs { host, jobs }
    }

    fn run(&self, world: &mut World, what: What) {
        match what {
            What::Command(user, command) => world.cron(self.host, user, command),
            What::Hourly => match world.distribution(self.host) {
                Some(Flavour::Debian) => {
                    world.cron(self.host, "root", "cd / && run-parts --report /etc/cron.hourly")
                }
                _ => world.cron(self.host, "root", "run-parts /etc/cron.hourly"),
            },
            What::Rotate => world.run_unit(self.host, "logrotate.service", "Rotate log files"),
            What::Update => self.update(world),
            What::Clock => self.clock(world),
            What::Orders => self.orders(world),
            What::Report => self.report(world),
            What::Agent => self.one_of(world, "root", &AGENT),
            What::Page => self.one_of(world, "www-data", &PAGES),
            What::HandOver => self.hand_over(world),
        }
    }

    /// Some of several programs, at no time in particular.
    fn one_of(&self, world: &mut World, user: &str, programs: &[(&str, &[&str])]) {
        for _ in 0..1 + world.rng.early(3) {
            world.pass(SECOND, 16 * SECOND);
            // The first ones much more often than the last.
            let at = world.rng.early(programs.len() as u64) as usize;
            let Some((program, arguments)) = programs.get(at).copied() else { return };
            world.service_command(self.host, user, program, arguments);
        }
    }

    fn update(&self, world: &mut World) {
        let debian = world.distribution(self.host) == Some(Flavour::Debian);
        let (unit, description, mirror) = if debian {
            ("apt-daily.service", "Daily apt download activities", "archive.maru-linux.example")
        } else {
            ("dnf-makecache.service", "dnf makecache", "mirror.aka-linux.example")
        };
        world.run_unit(self.host, unit, description);
        let files = 1 + if world.rng.chance(1, 6) { world.rng.between(3, 12) } else { 0 };
        for number in 0..files {
            let received = if number == 0 {
                world.rng.between(40_000, 900_000)
            } else {
                world.rng.between(30_000, 60_000_000)
            };
            let lasts = SECOND / 5 + received / 12;
            let path =
                if debian { "/debian/dists/stable/InRelease" } else { "/repo/baseos/repodata/repomd.xml" };
            let package = format!("/pool/p{:05}", world.rng.below(100_000));
            let path = if number == 0 { path } else { &package };
            let visit =
                Visit { host: mirror, method: "GET", path, sent: 480, received: received as u64, lasts };
            world.visit(self.host, None, &visit);
            world.pass(SECOND, 5 * SECOND);
        }
    }

    fn clock(&self, world: &mut World) {
        let company = world.company.clone();
        let host = company.host(self.host);
        let server = company.host(company.the(Role::DomainController)).address;
        if host.site != TOKYO {
            let from = host.address;
            world.flow(Flow {
                from,
                to: server,
                port: 123,
                protocol: 17,
                sent: 76,
                received: 76,
                lasted: SECOND / 10,
                allowed: true,
            });
        }
        if world.rng.chance(1, 4) {
            let source = crate::company::dotted(server);
            world.syslog(self.host, "chronyd", &format!("Selected source {source}"));
        }
    }

    /// Orders of the last half hour; more in the morning, and at the ends of months.
    fn orders(&self, world: &mut World) {
        let company = world.company.clone();
        let job = world.begin_cron(self.host, "svc-order", "/opt/order/bin/transfer --batch");
        let Some(job) = job else { return };
        let today = date(world.now());
        if !calendar::is_working_day(Country::Japan, today) && world.rng.chance(3, 4) {
            world.pass(SECOND / 20, SECOND);
            return world.end_cron(job);
        }
        let mut database = world.database(&job, "order_batch");
        let customers = world.customers.order_customers();
        let busy = calendar::is_month_end(today);
        for _ in 0..world.rng.between(1, if busy { 9 } else { 4 }) {
            let rank = world.rng.below(customers.max(1));
            let customer = world.customers.order_customer(rank);
            world.query(&mut database, Query::Customer(customer));
            world.query(&mut database, Query::Update(customer));
            world.pass(SECOND / 10, 2 * SECOND);
        }
        world.leave_database(database);
        world.end_cron(job);
        if world.rng.chance(1, 40) {
            world.syslog(
                self.host,
                "order-transfer",
                "target system did not answer in 30 s, will be tried again",
            );
        } else if company.people.len() < 2_000 || world.rng.chance(1, 3) {
            world.syslog(self.host, "order-transfer", "batch finished");
        }
    }

    /// Once a night some, at the ends of quarters all of them.
    fn report(&self, world: &mut World) {
        let job = world.begin_cron(self.host, "svc-order", "/opt/order/bin/report --yesterday");
        let Some(job) = job else { return };
        let customers = world.customers.order_customers();
        let all = calendar::is_quarter_end_week(date(world.now()));
        let some = if all { customers } else { customers / 40 + 1 };
        let mut database = world.database(&job, "order_batch");
        world.query(&mut database, Query::Count);
        world.query(&mut database, Query::Customers(0, some));
        world.pass(SECOND, MINUTE);
        world.leave_database(database);
        world.end_cron(job);
    }

    /// What came in by the web server's pages goes on over SSH, as the application's account: the pages' own server has no key to it.
    fn hand_over(&self, world: &mut World) {
        let company = world.company.clone();
        let Some(account) = company.account_named("svc-order") else { return };
        let Some(job) = world.begin_cron(self.host, "svc-order", "/opt/order/bin/hand-over --queue web")
        else {
            return;
        };
        let next = company.the(Role::OrderRelay);
        let shell = world.ssh_without_terminal(&job, next, account, Proof::Key);
        world.command(&shell, "/opt/order/bin/receive", &["--queue", "web"]);
        world.pass(SECOND, 20 * SECOND);
        world.leave_shell(shell);
        world.end_cron(job);
    }
}

impl Round for Jobs {
    fn next(&self, _: &Company, after: Time) -> Option<Time> {
        self.jobs.iter().map(|job| job.when.next(after)).min()
    }

    fn step(&mut self, world: &mut World, _: u64) -> Option<i64> {
        // All jobs that are due in this minute.
        let minute = world.now().micros().div_euclid(MINUTE) * MINUTE;
        let before = Time::from_micros(minute - 1);
        for job in self.jobs.iter().filter(|job| job.when.next(before).micros() < minute + MINUTE) {
            self.run(world, job.what);
        }
        // The next round is not to begin within this one.
        let rest = minute + MINUTE - world.now().micros();
        if rest > 0 {
            world.pass(rest, rest);
        }
        None
    }
}

impl When {
    /// The first moment after `after`; cron starts jobs a second after the minute began.
    fn next(self, after: Time) -> Time {
        let today = date(after);
        let at = |date: i64, minute: i64| Time::from_micros(date * DAY - 9 * HOUR + minute * MINUTE + SECOND);
        let mut moments = (today..today + 8).filter_map(|date| match self {
            When::Daily(minute) => Some(at(date, minute)).filter(|time| *time > after),
            When::Weekly(weekday, minute) => {
                Some(at(date, minute)).filter(|time| *time > after && calendar::weekday(date) == weekday)
            }
            When::Every(step, first, last) => {
                let passed = (after.micros() - at(date, first).micros()).div_euclid(step.max(1) * MINUTE) + 1;
                let minute = first + passed.max(0) * step;
                (minute < last).then(|| at(date, minute))
            }
        });
        moments.next().unwrap_or(Time::from_micros(after.micros() + DAY))
    }
}

/// What a server does for what it is for.
fn own(role: Role, rng: &mut Rng) -> Vec<Job> {
    let daily = |rng: &mut Rng, user, command| Job {
        when: When::Daily(rng.between(60, 330)),
        what: What::Command(user, command),
    };
    let every = |minutes, user, command| Job {
        when: When::Every(minutes, 5, 24 * 60),
        what: What::Command(user, command),
    };
    match role {
        Role::OrderRelay => vec![
            Job { when: When::Every(30, 7 * 60 + 10, 21 * 60), what: What::Orders },
            Job { when: When::Daily(rng.between(180, 300)), what: What::Report },
            daily(rng, "svc-order", "/opt/order/bin/expire --days 30"),
        ],
        Role::OrderDatabase => vec![
            daily(rng, "postgres", "/usr/local/sbin/dump-orders.sh > /var/backups/orders/dump.log 2>&1"),
            Job {
                when: When::Weekly(0, rng.between(60, 300)),
                what: What::Command("postgres", "vacuumdb --all --analyze"),
            },
        ],
        Role::OrderWeb => vec![
            Job {
                when: When::Every(rng.between(150, 260), 7 * 60 + rng.between(0, 90), 21 * 60),
                what: What::HandOver,
            },
            every(180, "www-data", "/usr/local/bin/clear-sessions"),
            daily(rng, "root", "/usr/local/sbin/archive-logs.sh"),
        ],
        Role::Webmail => vec![
            daily(rng, "www-data", "/usr/share/webmail/bin/clean-database.sh"),
            every(240, "www-data", "/usr/share/webmail/bin/expire-temporary.sh"),
        ],
        Role::Mail => vec![
            daily(rng, "root", "/usr/local/sbin/expunge-trash.sh"),
            every(360, "root", "/usr/local/sbin/check-queue.sh"),
        ],
        Role::Proxy => vec![daily(rng, "root", "/usr/local/sbin/update-categories.sh")],
        Role::Dns => vec![daily(rng, "root", "/usr/local/sbin/check-zones.sh")],
        Role::Nas => vec![daily(rng, "root", "/usr/local/sbin/snapshot.sh --keep 14")],
        Role::CloudOperations => vec![
            every(240, "cloudops", "/opt/cloudops/bin/sync-inventory"),
            daily(rng, "cloudops", "/opt/cloudops/bin/cost-report"),
        ],
        Role::Collector => vec![
            daily(rng, "root", "/usr/local/sbin/compress-logs.sh"),
            daily(rng, "root", "find /srv/logs -name '*.gz' -mtime +400 -delete"),
        ],
        Role::Development => vec![
            daily(rng, "root", "/usr/local/sbin/clean-builds.sh"),
            every(300, "build", "cd /srv/build && ./nightly.sh >> nightly.log 2>&1"),
        ],
        Role::Overseas => vec![daily(rng, "root", "/usr/local/bin/send-report tokyo")],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(time: Time) -> String {
        let mut out = Vec::new();
        crate::clock::Civil::of(time, crate::clock::JST).rfc3339(&mut out, 0);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_job_comes_again_at_its_minute() {
        let start = Time::parse("2026-06-01T00:00:00Z").unwrap();
        assert_eq!(shown(When::Daily(30).next(start)), "2026-06-02T00:30:01+09:00");
        assert_eq!(shown(When::Daily(10 * 60).next(start)), "2026-06-01T10:00:01+09:00");
        assert_eq!(shown(When::Weekly(0, 60).next(start)), "2026-06-07T01:00:01+09:00");
        assert_eq!(shown(When::Every(30, 430, 540).next(start)), "2026-06-02T07:10:01+09:00");
        assert_eq!(shown(When::Every(60, 0, 1440).next(start)), "2026-06-01T09:00:01+09:00");
        let again = When::Every(60, 0, 1440).next(When::Every(60, 0, 1440).next(start));
        assert_eq!(shown(again), "2026-06-01T10:00:01+09:00");
    }
}
