//! Habits change, slowly or at once: what is forgotten, what is learnt anew, and what is not to be learnt. `-- --nocapture` prints the figures of docs/detection.md.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use behavior::{Behaviors, Settings, Subject, Surprise};
use estate::{AccountId, Estate, HostId, Inventory};
use model::behavior::Measure;
use model::{Activity, ActivityKind, LogonType, Names, Time, Via};
use path::Seen;

const DAY: i64 = 86_400_000_000;
const HOUR: i64 = DAY / 24;
/// People, ten in each department.
const PEOPLE: u32 = 100;
/// Surprises wanted in a day.
const SETTINGS: Settings = Settings { per_day: 2.0, offset: 0 };

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// A factor by which days differ: log-normal, by Irwin and Hall's approximation of the normal distribution.
    fn about(&mut self, deviation: f64) -> f64 {
        let normal = (0..12).map(|_| self.below(1000) as f64 / 1000.0).sum::<f64>() - 6.0;
        (normal * deviation).exp()
    }
}

/// How somebody works.
#[derive(Clone, Copy)]
struct Habit {
    /// The number of the department's server and folders, and of the own machine.
    place: u32,
    machine: u32,
    begins: i64,
    /// How many things are read on a day, and in how many folders beside the usual ones.
    reads: f64,
    folders: u32,
    /// Whether the work is now and then in other departments' folders.
    wanders: bool,
}

impl Habit {
    fn of(user: u32) -> Habit {
        let (place, begins) = (user / 10, 8 + i64::from(user % 3));
        Habit {
            place,
            machine: user,
            begins,
            reads: f64::from(15 + user * 7 % 30),
            folders: 0,
            wanders: true,
        }
    }
}

/// A company of people who work in their department's folders, from their own machines, and a few services.
struct Company {
    behaviors: Behaviors,
    estate: Estate,
    names: Names,
    surprises: Vec<Surprise>,
    now: i64,
    items: u64,
}

impl Company {
    fn new() -> Company {
        Company {
            behaviors: Behaviors::new(SETTINGS),
            estate: Estate::new(inventory()),
            names: Names::default(),
            surprises: Vec::new(),
            now: 0,
            items: 0,
        }
    }

    /// After so many days on which everybody did the usual.
    fn after(days: i64) -> Company {
        let mut company = Company::new();
        (0..days).for_each(|day| company.day(day, Habit::of));
        company.surprises.clear();
        company
    }

    /// The same company, with all that it learnt.
    fn again(&mut self) -> Company {
        let mut bytes = Vec::new();
        self.behaviors.save(&mut bytes).unwrap();
        let mut estate = Vec::new();
        self.estate.save(&mut estate).unwrap();
        Company {
            behaviors: Behaviors::restore(bytes.as_slice(), SETTINGS).unwrap(),
            estate: Estate::restore(estate.as_slice(), inventory()).unwrap(),
            surprises: Vec::new(),
            names: self.names.clone(),
            now: self.now,
            items: self.items,
        }
    }

    /// A day on which everybody has that habit; at the end of the week few come.
    fn day(&mut self, day: i64, habit: impl Fn(u32) -> Habit) {
        let mut random = Random(day as u64 * 7919 + 1);
        for visit in 0..3 {
            for user in (0..PEOPLE).filter(|user| is_there(*user, day)) {
                self.visit(user, day, visit, habit(user), &mut random);
            }
        }
        for service in 0..5 {
            self.service(service, day);
        }
    }

    /// A third of somebody's day.
    fn visit(&mut self, user: u32, day: i64, visit: i64, habit: Habit, random: &mut Random) {
        self.now = day * DAY + (habit.begins + 3 * visit) * HOUR + random.below(40) as i64 * 60_000_000;
        let (who, from) = (format!("user{user}"), format!("pc{}", habit.machine));
        let elsewhere =
            if random.one_in(60) && habit.wanders { random.below(10) as u32 } else { habit.place };
        let server = format!("fs{elsewhere}");
        self.log_in(&who, &server, &from);
        let reads = (habit.reads / 3.0 * random.about(0.4)).round().max(1.0) as u64;
        let others = habit.folders.saturating_sub(6);
        for read in 0..reads {
            let folder = match others {
                0 => random.below(6) as u32,
                _ => (read % u64::from(6 + others)) as u32,
            };
            self.read(&who, &server, &format!("/department{elsewhere}/folder{folder}"));
        }
        let tool = if random.one_in(150) { random.below(200) } else { u64::from(user % 4) + random.below(3) };
        self.start(&who, &from, &format!("C:\\programs\\tool{tool}.exe"));
        let bytes_in = (200_000.0 * random.about(0.6)) as u64;
        let target_address = self.names.id(&format!("203.0.113.{}", random.below(9)));
        let flow = Activity { kind: ActivityKind::Flow, target_address, bytes_in, ..Activity::default() };
        self.push("", &from, &from, flow);
    }

    /// A service does the same at the same hour.
    fn service(&mut self, service: u32, day: i64) {
        self.now = day * DAY + 2 * HOUR;
        let (who, from) = (format!("svc{service}"), format!("fs{}", 20 + service));
        self.log_in(&who, "fs15", &from);
        (0..40).for_each(|_| self.read(&who, "fs15", "/backup"));
        self.start(&who, &from, "C:\\programs\\backup.exe");
    }

    fn log_in(&mut self, who: &str, host: &str, from: &str) {
        let kind = ActivityKind::Logon;
        let (via, logon_type) = (Via::Smb, LogonType::Network);
        self.push(who, host, from, Activity { kind, via, logon_type, ..Activity::default() });
    }

    fn read(&mut self, who: &str, host: &str, folder: &str) {
        self.items += 1;
        let (object, item) = (self.names.id(folder), self.items);
        self.push(who, host, "", Activity { kind: ActivityKind::Read, object, item, ..Activity::default() });
    }

    fn start(&mut self, who: &str, on: &str, program: &str) {
        let program = self.names.id(program);
        self.push(who, on, "", Activity { kind: ActivityKind::Process, program, ..Activity::default() });
    }

    fn push(&mut self, who: &str, host: &str, from: &str, mut activity: Activity) {
        self.now += 1000;
        activity.time = Time::from_micros(self.now);
        let from = if from.is_empty() { HostId::NONE } else { self.estate.host(from) };
        let account = if who.is_empty() { AccountId::NONE } else { self.estate.account(who, HostId::NONE) };
        let seen = Seen { host: self.estate.host(host), from, account, ..Seen::default() };
        self.surprises.extend(self.behaviors.push(&activity, &seen, &self.names, &mut self.estate));
    }

    /// Whose days stood out since the last call, each once, and by which measures.
    fn stood_out(&mut self) -> Vec<(String, Vec<Measure>)> {
        let mut days: Vec<(String, Vec<Measure>)> = Vec::new();
        for surprise in std::mem::take(&mut self.surprises) {
            let name = match surprise.subject {
                Subject::Account(id) => self.estate.account_info(id).name.to_string(),
                Subject::Machine(id) | Subject::Outside(id) => self.estate.host_info(id).name.to_string(),
            };
            let measures = surprise.why.iter().map(|why| why.measure);
            match days.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.extend(measures),
                None => days.push((name, measures.collect())),
            }
        }
        days
    }

    /// By what somebody's day stood out, since the last call.
    fn of(&mut self, who: &str) -> Vec<Measure> {
        self.stood_out().into_iter().filter(|(name, _)| name == who).flat_map(|(_, why)| why).collect()
    }
}

fn inventory() -> Inventory {
    let mut users = "account,department,privileged\n".to_owned();
    (0..PEOPLE).for_each(|user| users += &format!("user{user},department {},no\n", user / 10));
    (0..5).for_each(|service| users += &format!("svc{service},services,no\n"));
    let mut assets = "name,addresses,site,role,criticality,owner,lifecycle\n".to_owned();
    for machine in 0..4 * PEOPLE {
        assets += &format!("pc{machine},10.0.{}.{},tokyo,pc,1,it,active\n", machine / 200, machine % 200);
    }
    (0..30).for_each(|server| assets += &format!("fs{server},10.1.0.{server},tokyo,server,1,it,active\n"));
    let mut inventory = Inventory::default();
    inventory.add_users("users.csv", users.as_bytes()).unwrap();
    inventory.add_assets("assets.csv", assets.as_bytes()).unwrap();
    inventory
}

/// The first day is a Thursday.
fn is_weekend(day: i64) -> bool {
    matches!((day + 3) % 7, 5 | 6)
}

fn is_there(user: u32, day: i64) -> bool {
    !is_weekend(day) || (u64::from(user) + day as u64).is_multiple_of(20)
}

#[test]
fn a_department_that_moves_is_told_for_days_and_not_for_a_month() {
    const MOVED: i64 = 32;
    const DAYS: i64 = 28;
    let moves = |user: u32| (30..40).contains(&user);
    let moved = |user: u32| match Habit::of(user) {
        habit if moves(user) => Habit { place: 12, machine: 300 + user, begins: habit.begins + 2, ..habit },
        habit => habit,
    };
    let is_theirs = |name: &str| {
        let number =
            name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()).parse().unwrap_or(0);
        name.starts_with("user") && moves(number)
            || name.starts_with("pc") && (moves(number) || number >= 300)
    };
    let mut company = Company::after(MOVED);
    let mut told = Vec::new();
    println!("day after the move: days of theirs that stood out, of others");
    for day in MOVED..MOVED + DAYS {
        company.day(day, moved);
        let days = company.stood_out();
        let theirs = days.iter().filter(|(name, _)| is_theirs(name)).count();
        println!("{:>3} {theirs:>3} {:>3}  {:?}", day - MOVED, days.len() - theirs, days);
        told.push((theirs, days.len() - theirs));
    }
    let of = |days: &[(usize, usize)]| days.iter().fold((0, 0), |all, day| (all.0 + day.0, all.1 + day.1));
    let (first, later) = (of(&told[..4]), of(&told[4..]));
    println!("first four days {first:?}, later {later:?}");
    // A tenth of all are theirs.
    assert!(later.0 <= 4 + later.1 / 9, "{later:?}");
    let all = first.0 + first.1 + later.0 + later.1;
    assert!(all as f64 <= SETTINGS.per_day * DAYS as f64, "{all}");
}

/// The first of these factors by which somebody stands out who reads so many times as much from one day to the next.
fn at_once(user: u32, begin: i64) -> f64 {
    let who = format!("user{user}");
    let mut before = Company::after(begin);
    let factors = (1..).map(|step| 1.25f64.powi(step)).take_while(|factor| *factor < 200.0);
    let stands_out = |factor: &f64| {
        let mut company = before.again();
        company.day(begin, |other| times(other, user, *factor, 0));
        reads_tell(&company.of(&who))
    };
    let mut factors = factors;
    let mut stands_out = stands_out;
    factors.find(|factor| stands_out(factor)).unwrap_or(200.0)
}

/// Everybody's habit, but that one reads so many times as much, and in so many folders more.
fn times(other: u32, user: u32, factor: f64, folders: u32) -> Habit {
    let habit = Habit::of(other);
    if other != user {
        return habit;
    }
    let folders = if folders > 0 { 6 + folders } else { 0 };
    // What stands out is not to be that it went somewhere else.
    Habit { reads: habit.reads * factor, folders, wanders: false, ..habit }
}

fn reads_tell(why: &[Measure]) -> bool {
    let tells = [Measure::Read, Measure::Stores, Measure::NewStore, Measure::ReadElsewhere];
    why.iter().any(|measure| tells.contains(measure))
}

/// After how many days of working, and at which factor, somebody stands out who reads a little more on each, and if so in a new folder every third.
fn slowly(user: u32, begin: i64, more: f64, folders: bool) -> Option<(i64, f64)> {
    let who = format!("user{user}");
    let (mut company, mut factor, mut steps) = (Company::after(begin), 1.0, 0);
    for day in begin..begin + 160 {
        if is_there(user, day) {
            factor *= 1.0 + more;
            steps += 1;
        }
        let added = if folders { steps as u32 / 3 } else { 0 };
        company.day(day, |other| times(other, user, factor, added));
        if reads_tell(&company.of(&who)) {
            return Some((steps, factor));
        }
        if factor > 40.0 {
            return None;
        }
    }
    None
}

#[test]
fn who_takes_a_little_more_each_day_stands_out_before_it_is_ten_times_as_much() {
    const BEGIN: i64 = 22;
    for user in [5, 23, 48] {
        println!("user{user} at once: {:.1} times", at_once(user, BEGIN));
        for (more, folders) in [(0.05, false), (0.1, false), (0.2, false), (0.05, true), (0.1, true)] {
            let came = slowly(user, BEGIN, more, folders);
            println!("user{user} {:.0} % a day, new folders {folders}: {came:.1?}", 100.0 * more);
            assert!(came.is_some_and(|(_, factor)| factor < 10.0), "{more} {folders}: {came:?}");
        }
    }
}

/// What stands out of the days of somebody whose account an intruder uses at night on so many days, of the ten after that, and of one more such night.
fn intrusion(days: i64) -> [Vec<Vec<Measure>>; 3] {
    const BEGIN: i64 = 32;
    let mut company = Company::after(BEGIN);
    let mut day_of = |day: i64, intruder: bool| {
        company.day(day, Habit::of);
        company.now = day * DAY + 22 * HOUR;
        if intruder {
            company.log_in("user7", "fs4", "pc63");
            (0..400)
                .for_each(|read| company.read("user7", "fs4", &format!("/department4/folder{}", read % 6)));
        }
        company.of("user7")
    };
    let end = BEGIN + days;
    let during = (BEGIN..end).map(|day| day_of(day, true)).collect();
    let after = (end..end + 10).map(|day| day_of(day, false)).collect();
    [during, after, vec![day_of(end + 10, true)]]
}

#[test]
fn an_intrusion_stays_one_for_weeks_and_habits_come_back_when_it_ended() {
    for days in [14, 21] {
        let told = intrusion(days).map(|days| days.iter().filter(|why| !why.is_empty()).count());
        println!(
            "days of {days} with an intruder that stood out, of ten after, of one with the intruder again: {told:?}"
        );
        assert_eq!(told[..2], [days as usize, 0]);
        // Who was there for three weeks is known for the next.
        assert!(told[2] == 1 || days > 14);
    }
}

#[test]
fn work_that_grew_for_good_is_told_for_weeks_and_not_for_a_month() {
    const BEGIN: i64 = 32;
    for (user, factor) in [(7, 4.0), (23, 4.0), (48, 4.0), (7, 10.0), (23, 10.0), (48, 10.0)] {
        let mut company = Company::after(BEGIN);
        let days = (BEGIN..BEGIN + 42).map(|day| {
            company.day(day, |other| times(other, user, factor, 0));
            reads_tell(&company.of(&format!("user{user}")))
        });
        let days: Vec<bool> = days.collect();
        let last = days.iter().rposition(|told| *told).map_or(0, |last| last + 1);
        let told = days.iter().filter(|told| **told).count();
        println!(
            "user{user} reads {factor} times as much for good: {told} days stand out, the last is day {last}"
        );
        assert!(days[30..].iter().filter(|told| **told).count() <= 1, "{days:?}");
    }
}

#[test]
fn a_service_used_by_hand_stands_out_that_day() {
    let mut company = Company::after(40);
    (40..47).for_each(|day| company.day(day, Habit::of));
    assert_eq!(company.of("svc2"), []);
    company.day(47, Habit::of);
    company.now = 47 * DAY + 15 * HOUR;
    company.log_in("svc2", "fs15", "pc63");
    company.start("svc2", "fs15", "C:\\windows\\system32\\cmd.exe");
    let why = company.of("svc2");
    println!("{why:?}");
    assert!([Measure::NewSource, Measure::NewProgram].iter().all(|measure| why.contains(measure)), "{why:?}");
}
