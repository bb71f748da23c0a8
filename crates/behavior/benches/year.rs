//! What behaviour costs over a year: processor time of an activity, memory, and what is saved.
//!
//! `cargo bench -p yagura-behavior --bench year [USERS HOSTS DAYS]…`, three numbers for each company; without any, 50,000 users and 100,000 hosts for 30 days, and a
//! tenth of both for 365. Everybody comes three times on a working day and does 25 things: logins, reads, lists, writes, mail, programs, flows, names; one in
//! ten also at the end of the week. Half of the hosts are people's, the others send a little and start a program each day. One thread. Memory is what the process has beyond
//! what it had before the first activity, at the end of a day's work, when most is open. Time is that of the processor where the system tells it.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a measurement fails as tests do")]

use std::io::Write;
use std::time::Instant;

use behavior::{Behaviors, Settings};
use estate::{AccountId, Estate, HostId, Inventory};
use model::{
    Activity, ActivityKind, LogonType, NameId, Names, Outcome, RecordKey, RecordRef, SourceId, Time, Via,
};
use path::{Seen, SessionId};

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = DAY / 24;
/// Activities that are pushed at once, between two looks at the clock.
const CHUNK: usize = 20_000;
const DEPARTMENT: u64 = 40;
/// Days after which memory is told.
const TOLD: [i64; 6] = [1, 7, 30, 90, 180, 365];
const GOAL_MICROS: f64 = 10.0;
const GOAL_MEMORY: f64 = 1024.0;

fn main() {
    let asked: Vec<u64> = std::env::args().skip(1).filter_map(|arg| arg.parse().ok()).collect();
    let companies: Vec<[u64; 3]> =
        asked.chunks_exact(3).map(|three| [three[0], three[1], three[2]]).collect();
    let usual = vec![[50_000, 100_000, 30], [5_000, 10_000, 365]];
    for [users, hosts, days] in if companies.is_empty() { usual } else { companies } {
        measure(users, hosts, days as i64);
    }
}

fn measure(users: u64, hosts: u64, days: i64) {
    println!("{users} users, {hosts} hosts, {days} days");
    println!("{:>6} {:>12} {:>14} {:>14} {:>10}", "day", "activities", "µs an activity", "longest ms", "MiB");
    let mut run = Run::new(Company::new(users, hosts));
    let mut weeks = Vec::new();
    for day in 0..days {
        run.day(day);
        if day % 7 == 6 || day + 1 == days {
            let week = std::mem::take(&mut run.spent);
            weeks.push(week.micros());
            let tells = TOLD.iter().any(|told| (day - 6..=day).contains(&(told - 1)));
            if tells || day + 1 == days {
                run.tell(day, &week);
            }
        } else if TOLD.contains(&(day + 1)) {
            println!("{:>6} {:>55.0}", day + 1, run.memory());
        }
    }
    let quarter = weeks.iter().take(13).sum::<f64>() / weeks.len().min(13) as f64;
    let [first, last] = [weeks.first(), weeks.last()].map(|week| week.copied().unwrap_or_default());
    println!(
        "µs an activity: first week {first:.2}, first quarter {quarter:.2}, last {last:.2} (goal {GOAL_MICROS})"
    );
    println!("at most {:.0} MiB (goal {GOAL_MEMORY}); {} days stood out", run.most, run.surprises);
    let mut saved = Counted(0);
    let start = Instant::now();
    run.behaviors.save(&mut saved).unwrap();
    println!("saved {:.0} MiB in {:.1} s\n", saved.0 as f64 / MIB, start.elapsed().as_secs_f64());
}

const MIB: f64 = 1024.0 * 1024.0;

/// What pushing took.
#[derive(Default)]
struct Spent {
    activities: u64,
    nanos: u64,
    /// The longest that one activity was waited for.
    longest: f64,
}

impl Spent {
    fn micros(&self) -> f64 {
        self.nanos as f64 / 1e3 / self.activities.max(1) as f64
    }
}

struct Run {
    company: Company,
    behaviors: Behaviors,
    spent: Spent,
    surprises: u64,
    /// Memory before the first activity, and the most since, in MiB.
    before: f64,
    most: f64,
}

impl Run {
    fn new(mut company: Company) -> Run {
        company.told.resize(CHUNK + 100, Default::default());
        company.told.clear();
        let behaviors = Behaviors::new(Settings { per_day: 50.0, offset: 0 });
        let before = resident();
        Run { company, behaviors, spent: Spent::default(), surprises: 0, before, most: 0.0 }
    }

    fn day(&mut self, day: i64) {
        self.company.random = Random(day as u64 + 1);
        for visit in 0..3 {
            self.company.now = (day + 4) * DAY + (8 + 3 * visit) * HOUR;
            for user in 0..self.company.users {
                if !is_weekend(day) || (user + day as u64).is_multiple_of(10) {
                    self.company.visit(user, visit);
                }
                self.push(CHUNK);
            }
        }
        for host in self.company.users..self.company.hosts {
            self.company.server(host);
            self.push(CHUNK);
        }
        self.push(1);
        self.most = self.most.max(self.memory());
    }

    /// Pushes what the company did, where it is so much.
    fn push(&mut self, least: usize) {
        if self.company.told.len() < least {
            return;
        }
        let (start, mut told) = (nanos(), std::mem::take(&mut self.company.told));
        for (place, (activity, seen)) in told.iter().enumerate() {
            let waited = (place == 0).then(Instant::now);
            let Company { names, estate, .. } = &mut self.company;
            self.surprises += self.behaviors.push(activity, seen, names, estate).len() as u64;
            let waited = waited.map_or(0.0, |since| since.elapsed().as_secs_f64() * 1e3);
            self.spent.longest = self.spent.longest.max(waited);
        }
        self.spent.nanos += nanos() - start;
        self.spent.activities += told.len() as u64;
        told.clear();
        self.company.told = told;
    }

    fn memory(&self) -> f64 {
        resident() - self.before
    }

    fn tell(&self, day: i64, week: &Spent) {
        let Spent { activities, longest, .. } = week;
        println!(
            "{:>6} {activities:>12} {:>14.2} {longest:>14.0} {:>10.0}",
            day + 1,
            week.micros(),
            self.memory()
        );
        std::io::stdout().flush().unwrap();
    }
}

/// The first day is a Monday.
fn is_weekend(day: i64) -> bool {
    day % 7 >= 5
}

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }

    /// One of so many, the first ones more often.
    fn often_first(&mut self, most: u64) -> u64 {
        let within = self.below(most) + 1;
        self.below(within)
    }
}

/// Who works there, and what they did that was not pushed yet.
struct Company {
    users: u64,
    hosts: u64,
    estate: Estate,
    names: Names,
    random: Random,
    now: i64,
    session: u32,
    accounts: Vec<AccountId>,
    machines: Vec<HostId>,
    /// Names of folders, programs, places outside, looked-up names, addresses of mail.
    folders: Vec<NameId>,
    programs: Vec<NameId>,
    places: Vec<NameId>,
    domains: Vec<NameId>,
    addresses: Vec<NameId>,
    mailboxes: NameId,
    told: Vec<(Activity, Seen)>,
}

impl Company {
    fn new(users: u64, hosts: u64) -> Company {
        let mut names = Names::default();
        let mut of = |count: u64, name: &dyn Fn(u64) -> String| -> Vec<NameId> {
            (0..count).map(|number| names.id(&name(number))).collect()
        };
        let folders = of(users / 2, &|number| format!("/share{}/folder{number}", number / 20));
        let programs = of(2000, &|number| format!("C:\\programs\\p{}\\tool{number}.exe", number % 70));
        let places = of(20_000, &|number| format!("203.{}.{}.{}", number / 5000, number / 100, number % 100));
        let domains = of(20_000, &|number| format!("www.{}{number}.example", WORDS[number as usize % 8]));
        let addresses = of(20_000, &|number| format!("somebody{number}@partner{}.example", number % 900));
        let mailboxes = names.id("mailboxes");
        let mut estate = Estate::new(inventory(users, hosts));
        let accounts = (0..users).map(|user| estate.account(&format!("user{user}"), HostId::NONE)).collect();
        let machines = (0..hosts).map(|host| estate.host(&format!("m{host}"))).collect();
        for place in &places {
            estate.host_at_of(*place, &names, Time::from_micros(DAY));
        }
        let (random, told) = (Random(1), Vec::new());
        let (now, session) = (0, 0);
        Company {
            users,
            hosts,
            estate,
            names,
            random,
            now,
            session,
            accounts,
            machines,
            folders,
            programs,
            places,
            domains,
            addresses,
            mailboxes,
            told,
        }
    }

    /// A third of somebody's day.
    fn visit(&mut self, user: u64, visit: i64) {
        let department = user / DEPARTMENT;
        let own = self.machines[user as usize];
        let server = self.machine_of(department, 0);
        if visit == 0 {
            self.logon((user, own, HostId::NONE), Via::Other, LogonType::Local, Outcome::Success);
        }
        if self.random.below(50) == 0 {
            self.logon((user, server, own), Via::Smb, LogonType::Network, Outcome::Failure);
        }
        self.logon((user, server, own), Via::Smb, LogonType::Network, Outcome::Success);
        for read in 0..4 {
            let kind = [ActivityKind::Read, ActivityKind::Read, ActivityKind::List, ActivityKind::Write]
                [if read == 3 { visit as usize } else { 0 }];
            let elsewhere = self.random.below(200) == 0;
            let folder = 20 * (if elsewhere { self.random.below(self.users / 40) } else { department });
            let object = self.folders[((folder + self.random.often_first(20)) as usize) % self.folders.len()];
            let (item, bytes_out) = (self.random.below(1 << 30) + 1, 1000 + self.random.below(900_000));
            self.tell((user, server, own), Activity { kind, object, item, bytes_out, ..Activity::default() });
        }
        if self.random.below(20) == 0 {
            let number = self.random.often_first(30);
            let other = self.machine_of(department, 1 + number);
            self.logon((user, other, own), Via::Rdp, LogonType::Remote, Outcome::Success);
        }
        self.mail_and_web(user, own);
    }

    fn mail_and_web(&mut self, user: u64, own: HostId) {
        let mail = self.machines[self.users as usize];
        let (object, item) = (self.mailboxes, self.random.below(1 << 30) + 1);
        let kind = ActivityKind::Read;
        self.tell((user, mail, own), Activity { kind, object, item, ..Activity::default() });
        if self.random.below(2) == 0 {
            let object = self.addresses[self.random.often_first(20_000) as usize];
            self.tell(
                (user, mail, own),
                Activity { kind: ActivityKind::Mail, object, ..Activity::default() },
            );
        }
        let program = self.programs[match self.random.below(300) {
            0 => self.random.below(2000),
            _ => (user % 9 + self.random.often_first(30)) % 2000,
        } as usize];
        let kind = ActivityKind::Process;
        self.tell((user, own, HostId::NONE), Activity { kind, program, ..Activity::default() });
        self.flow(own);
        let object = self.domains[self.random.often_first(20_000) as usize];
        self.nobody(own, Activity { kind: ActivityKind::Dns, object, ..Activity::default() });
    }

    /// The day of a machine that is nobody's.
    fn server(&mut self, host: u64) {
        let machine = self.machines[host as usize];
        let program = self.programs[(host % 50 + self.random.below(3)) as usize];
        self.nobody(machine, Activity { kind: ActivityKind::Process, program, ..Activity::default() });
        self.flow(machine);
    }

    fn flow(&mut self, from: HostId) {
        let target_address = self.places[self.random.often_first(20_000) as usize];
        let bytes_in = 1000 + self.random.below(100_000);
        self.nobody(
            from,
            Activity { kind: ActivityKind::Flow, target_address, bytes_in, ..Activity::default() },
        );
    }

    fn machine_of(&self, department: u64, number: u64) -> HostId {
        let others = (self.hosts - self.users).max(1);
        self.machines[(self.users + (1 + department * 31 + number) % others) as usize]
    }

    fn logon(&mut self, seen: (u64, HostId, HostId), via: Via, logon_type: LogonType, outcome: Outcome) {
        self.session += 1;
        let kind = ActivityKind::Logon;
        self.tell(seen, Activity { kind, via, logon_type, outcome, ..Activity::default() });
    }

    fn nobody(&mut self, on: HostId, activity: Activity) {
        self.note(Seen { host: on, from: on, ..Seen::default() }, activity);
    }

    fn tell(&mut self, (user, host, from): (u64, HostId, HostId), activity: Activity) {
        let (account, session) = (self.accounts[user as usize], SessionId(self.session));
        self.note(Seen { session, host, from, account, opened: false }, activity);
    }

    fn note(&mut self, seen: Seen, activity: Activity) {
        self.now += 1000;
        let time = Time::from_micros(self.now);
        let key = RecordKey { source: SourceId(1), record: self.now as u64 };
        let record = RecordRef { key, digest: [self.now as u8; 32] };
        self.told.push((Activity { time, record, ..activity }, seen));
    }
}

const WORDS: [&str; 8] = ["office", "cloud", "mail", "shop", "bank", "news", "travel", "tokyo"];

fn inventory(users: u64, hosts: u64) -> Inventory {
    let mut people = "account,department,privileged\n".to_owned();
    (0..users).for_each(|user| people += &format!("user{user},department {},no\n", user / DEPARTMENT));
    let mut assets = "name,addresses,site,role,criticality,owner,lifecycle\n".to_owned();
    for host in 0..hosts {
        let role =
            if host < users { "pc" } else { ["file server", "web server", "printer"][host as usize % 3] };
        let address = format!("10.{}.{}.{}", host >> 16, host >> 8 & 255, host & 255);
        assets += &format!("m{host},{address},tokyo,{role},1,it,active\n");
    }
    let mut inventory = Inventory::default();
    inventory.add_users("users.csv", people.as_bytes()).unwrap();
    inventory.add_assets("assets.csv", assets.as_bytes()).unwrap();
    inventory
}

/// Nanoseconds that the processor worked for this thread, or that passed, where the system does not tell.
fn nanos() -> u64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let told = told.split(' ').next().and_then(|first| first.parse().ok());
    told.unwrap_or_else(|| START.elapsed().as_nanos() as u64)
}

static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);

/// Resident memory in MiB; 0 where the system does not tell.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = kilobytes.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

/// Counts what is written.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
