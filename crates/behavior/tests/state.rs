//! The state saved, restored and merged: at any moment of a month it makes no difference, whatever the bytes are they do no harm, and two halves are the whole.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod support;

use behavior::{Behaviors, Settings, SnapshotError};
use estate::{Estate, HostId, Inventory};
use model::request::Request;
use model::{
    Activity, ActivityKind, LogonType, Names, Outcome, RecordKey, RecordRef, SourceId, Time, Verdict,
    VerdictKind, Via,
};
use path::Seen;
use support::{again, bytes_of, damage};

const DAY: i64 = 86_400_000_000;
/// How many people there are, and as many machines.
const SUBJECTS: u64 = 120;
const SECOND: i64 = 1_000_000;
const SETTINGS: Settings = Settings { per_day: 5.0, offset: 9 * 3600 * SECOND };

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// What a company does, activity by activity.
struct Company {
    estate: Estate,
    names: Names,
    told: Vec<(Activity, Seen)>,
    now: i64,
}

impl Company {
    fn new() -> Company {
        let mut users = "account,department,privileged\n".to_owned();
        for user in 0..SUBJECTS {
            users += &format!("user{user},{},no\n", ["Sales", "IT", "Accounting"][user as usize % 3]);
        }
        let mut assets = "name,addresses,site,role,criticality,owner,lifecycle\n".to_owned();
        for host in 0..SUBJECTS {
            let lifecycle = if host == 39 { "retired" } else { "active" };
            assets += &format!("pc{host},10.0.0.{host},tokyo,pc,1,it,{lifecycle}\n");
        }
        let mut inventory = Inventory::default();
        inventory.add_users("users.csv", users.as_bytes()).unwrap();
        inventory.add_assets("assets.csv", assets.as_bytes()).unwrap();
        Company { estate: Estate::new(inventory), names: Names::default(), told: Vec::new(), now: 0 }
    }

    fn begin(&mut self, day: i64) {
        self.now = day * DAY;
    }

    /// An activity of an account (empty: nobody's) on a host, from another or an address (empty: from nowhere).
    fn tell(&mut self, kind: ActivityKind, (account, host, from): (&str, &str, &str), activity: Activity) {
        self.now += SECOND;
        let time = Time::from_micros(self.now);
        let record = self.told.len() as u64 + 1;
        let key = RecordKey { source: SourceId(1), record };
        let record = RecordRef { key, digest: [record as u8; 32] };
        let host = if host.is_empty() { HostId::NONE } else { self.estate.host(host) };
        let from = if from.is_empty() { HostId::NONE } else { self.estate.host_at(from, time) };
        let account = match account {
            "" => Seen::default().account,
            name => self.estate.account(name, HostId::NONE),
        };
        let seen = Seen { host, from, account, ..Seen::default() };
        self.told.push((Activity { kind, time, record, ..activity }, seen));
    }

    fn read(&mut self, user: u64, folder: &str, item: u64) {
        let object = self.names.id(folder);
        let activity = Activity { object, item, bytes_out: 500 + item % 9, ..Activity::default() };
        self.tell(ActivityKind::Read, (&format!("user{user}"), "fs01", ""), activity);
    }

    fn log_in(&mut self, user: u64, host: &str, from: &str, outcome: Outcome) {
        let (via, logon_type) = (Via::Smb, LogonType::Network);
        let activity = Activity { via, logon_type, outcome, ..Activity::default() };
        self.tell(ActivityKind::Logon, (&format!("user{user}"), host, from), activity);
    }

    fn upload(&mut self, machine: u64, to: &str, bytes: u64) {
        let target_address = self.names.id(to);
        let activity = Activity { target_address, bytes_in: bytes, ..Activity::default() };
        self.tell(ActivityKind::Flow, ("", "", &format!("10.0.0.{machine}")), activity);
    }

    fn look_up(&mut self, machine: u64, name: &str, outcome: Outcome) {
        let object = self.names.id(name);
        let activity = Activity { object, outcome, ..Activity::default() };
        self.tell(ActivityKind::Dns, ("", "", &format!("10.0.0.{machine}")), activity);
    }

    fn ask(&mut self, from: &str, target: &str) {
        let program = self.names.id(target.split('?').next().unwrap());
        let request =
            Request::of_target(target).and(Request::of_method("GET")).and(Request::of_status("200"));
        let activity = Activity { program, request, ..Activity::default() };
        self.tell(ActivityKind::Web, ("", "web01", from), activity);
    }

    /// Something of everything, by people, machines and addresses outside.
    fn usual_day(&mut self, day: i64, random: &mut Random) {
        self.begin(day);
        for user in 0..SUBJECTS {
            let pc = format!("10.0.0.{user}");
            self.log_in(user, "fs01", &pc, Outcome::Success);
            if random.below(4) == 0 {
                self.log_in(user, &format!("srv{}", random.below(9)), &pc, Outcome::Failure);
                self.log_in(user, &format!("srv{}", random.below(9)), &pc, Outcome::Success);
            }
            for _ in 0..2 + random.below(6) {
                self.read(user, &format!("/share{}", (user + random.below(3)) % 7), random.below(10_000));
            }
            let program = self.names.id(&format!("C:\\tools\\tool{}.exe", random.below(12)));
            let activity = Activity { program, ..Activity::default() };
            self.tell(ActivityKind::Process, (&format!("user{user}"), &format!("pc{user}"), ""), activity);
            let object = self.names.id(&format!("mail {day} {user}"));
            let activity = Activity { object, ..Activity::default() };
            self.tell(ActivityKind::Mail, (&format!("user{user}"), "mail01", &pc), activity);
        }
        for machine in 0..SUBJECTS {
            let to = format!("203.0.113.{}", random.below(20));
            self.upload(machine, &to, 1000 + random.below(50_000));
            let name = format!("www.{}{}.example", WORDS[random.below(8) as usize], random.below(30));
            self.look_up(machine, &name, Outcome::Success);
        }
        for visitor in 0..15 {
            self.ask(&format!("198.51.100.{visitor}"), &format!("/item?id={}", random.below(90)));
            self.ask(&format!("198.51.100.{visitor}"), "/search?q=red+hat");
        }
    }

    /// What nobody does.
    fn odd_day(&mut self, day: i64, random: &mut Random) {
        self.begin(day);
        self.now += DAY / 2;
        for item in 0..600 {
            self.read(3, &format!("/secret{}", item / 60), 100_000 + item);
        }
        for host in 0..12 {
            self.log_in(5, &format!("db{day}{host}"), "192.0.2.200", Outcome::Success);
        }
        self.log_in(5, "pc39", "198.18.7.7", Outcome::Success);
        for call in 0..20 {
            self.upload(7, "192.0.2.66", 9_000_000);
            self.now += 599 * SECOND;
            let name: String = (0..40).map(|_| (b'a' + random.below(26) as u8) as char).collect();
            self.look_up(7, &format!("{name}{call}.t.example"), Outcome::Failure);
            self.ask("192.0.2.99", &format!("/item?id={call}%27+union+select+1,2--"));
        }
    }

    /// All that was told, to a state that is changed beforehand as is asked.
    fn push(
        &mut self,
        mut all: Behaviors,
        mut beforehand: impl FnMut(Behaviors, usize) -> Behaviors,
    ) -> (Behaviors, Vec<String>) {
        let mut surprises = Vec::new();
        for (number, (activity, seen)) in self.told.iter().enumerate() {
            all = beforehand(all, number);
            let told = all.push(activity, seen, &self.names, &mut self.estate);
            surprises.extend(told.iter().map(|one| format!("{one:?}")));
        }
        (all, surprises)
    }

    fn state(&mut self) -> Behaviors {
        self.push(Behaviors::new(SETTINGS), |all, _| all).0
    }
}

const WORDS: [&str; 8] = ["office", "cloud", "mail", "shop", "bank", "news", "travel", "tokyo"];

fn month(days: i64) -> Company {
    let (mut company, mut random) = (Company::new(), Random(7));
    for day in 20_600..20_600 + days {
        company.usual_day(day, &mut random);
        if day % 8 == 0 {
            company.odd_day(day, &mut random);
        }
    }
    company
}

fn verdicts() -> Vec<Verdict> {
    let (kind, name, other) = (VerdictKind::Entity, "user3".to_owned(), String::new());
    let (by, note, others) = Default::default();
    vec![Verdict { kind, name, other, measure: None, from: Some(20_620), until: None, by, note, others }]
}

#[test]
fn a_month_with_restorations_at_any_moment_surprises_as_the_unbroken_one() {
    let start = || {
        let mut all = Behaviors::new(SETTINGS);
        all.normal(verdicts());
        all
    };
    let (whole, surprises) = month(30).push(start(), |all, _| all);
    let measured = |measure: &str| surprises.iter().filter(|one| one.contains(measure)).count();
    for measure in ["Read", "NewHost", "Uploaded", "OddRequests", "Beacon"] {
        assert!(measured(measure) > 0, "{measure} of {}", surprises.len());
    }
    for seed in 1..4 {
        let mut random = Random(seed);
        let (state, same) = month(30).push(start(), |all, _| match random.below(150) {
            0 => again(&all, SETTINGS),
            _ => all,
        });
        assert_eq!(same, surprises, "{seed}");
        assert!(bytes_of(&state) == bytes_of(&whole), "{seed}");
    }
}

#[test]
fn two_days_with_a_restoration_after_every_activity_surprise_as_the_unbroken_ones() {
    let start = |mut company: Company| {
        let state = company.state();
        company.told.clear();
        company.odd_day(20_609, &mut Random(3));
        (company, state)
    };
    let (mut company, state) = start(month(9));
    let (whole, surprises) = company.push(state, |all, _| all);
    let (mut company, state) = start(month(9));
    let (restored, same) = company.push(state, |all, _| again(&all, SETTINGS));
    assert!(!surprises.is_empty() && surprises == same);
    assert!(bytes_of(&whole) == bytes_of(&restored));
}

#[test]
fn the_same_activities_save_the_same_bytes() {
    assert!(bytes_of(&month(9).state()) == bytes_of(&month(9).state()));
}

/// Little of everything.
fn small() -> Behaviors {
    let mut company = Company::new();
    for day in [20_600, 20_601] {
        company.begin(day);
        company.read(1, "/share", day as u64);
        company.log_in(1, "fs01", "10.0.0.1", Outcome::Success);
        company.log_in(1, "fs01", "10.0.0.1", Outcome::Failure);
        company.upload(1, "203.0.113.9", 1000);
        company.look_up(1, "a.shop.example", Outcome::Success);
        company.ask("198.51.100.7", "/item?id=1");
    }
    let mut all = Behaviors::new(SETTINGS);
    all.normal(verdicts());
    company.push(all, |all, _| all).0
}

#[test]
fn damaged_and_forged_states_are_an_error_or_a_state_that_can_go_on() {
    let bytes = bytes_of(&small());
    // One of each sort, and what ends that day.
    let mut company = month(1);
    let mut kinds = Vec::new();
    company.told.retain(|(activity, _)| {
        let is_new = !kinds.contains(&activity.kind);
        kinds.push(activity.kind);
        is_new
    });
    let next = *company.told.last().unwrap();
    company.told.push(next);
    for (number, (activity, _)) in company.told.iter_mut().enumerate() {
        activity.time = Time::from_micros((20_602 + number as i64 / 6) * DAY);
    }
    let (company, tries) = (std::cell::RefCell::new(company), std::cell::Cell::new(0u32));
    damage(&bytes, |bytes| {
        let all = Behaviors::restore(bytes, SETTINGS)?;
        let (mut all, _) = company.borrow_mut().push(all, |all, _| all);
        tries.set(tries.get() + 1);
        if tries.get() % 8 == 0 {
            all.merge(Behaviors::restore(bytes, SETTINGS)?);
            bytes_of(&all);
        }
        Ok(())
    });
}

#[test]
fn what_another_stage_or_another_version_saved_is_told_as_such() {
    let restore = |bytes: &[u8]| Behaviors::restore(bytes, SETTINGS).unwrap_err();
    let mut estate = Vec::new();
    Estate::new(Inventory::default()).save(&mut estate).unwrap();
    assert!(matches!(restore(&estate), SnapshotError::Foreign { stage: "behavior" }));
    assert!(matches!(restore(b"{}"), SnapshotError::Foreign { .. }));
    let mut later = bytes_of(&small());
    later[16] += 1;
    let told = restore(&later);
    assert!(matches!(told, SnapshotError::Version { found, known, .. } if found == known + 1), "{told}");
    later.truncate(40);
    later[16] -= 1;
    assert_eq!(
        restore(&later).to_string(),
        "the saved state of `behavior` is damaged (it is cut short); delete it to begin anew"
    );
}

/// Who changes what is saved raises the version, and sets this anew.
#[test]
fn what_is_saved_of_nothing_has_the_length_of_its_version() {
    let bytes = bytes_of(&Behaviors::new(SETTINGS));
    assert_eq!((bytes[16], bytes.len()), (2, 178));
}

/// The states of those activities for which it is so, of those for which it is not, and of all.
fn split(company: &mut Company, is_one: impl Fn(&Activity, &Seen) -> bool) -> [Behaviors; 3] {
    let all = std::mem::take(&mut company.told);
    let mut of = |wanted: &dyn Fn(&Activity, &Seen) -> bool| {
        company.told = all.iter().filter(|(activity, seen)| wanted(activity, seen)).copied().collect();
        company.state()
    };
    [
        of(&|activity, seen| is_one(activity, seen)),
        of(&|activity, seen| !is_one(activity, seen)),
        of(&|_, _| true),
    ]
}

/// The first with the second, which is the second with the first.
fn merged(one: &Behaviors, other: &Behaviors) -> Behaviors {
    let (mut first, mut second) = (again(one, SETTINGS), again(other, SETTINGS));
    first.merge(again(other, SETTINGS));
    second.merge(again(one, SETTINGS));
    assert!(bytes_of(&first) == bytes_of(&second), "it makes no difference which is merged into which");
    first
}

/// People who read and machines that call and look up names, on these days each: they share no sort of subjects or things.
fn people_and_machines(people: std::ops::Range<i64>, machines: std::ops::Range<i64>) -> Company {
    let mut company = Company::new();
    for day in people.start.min(machines.start)..people.end.max(machines.end) {
        company.begin(20_600 + day);
        for subject in 0..20u64 {
            if people.contains(&day) {
                company.log_in(subject, "fs01", "", Outcome::Success);
                (0..5 + subject % 3)
                    .for_each(|item| company.read(subject, &format!("/s{}", subject % 4), item));
            }
            if machines.contains(&day) {
                company.upload(subject, &format!("203.0.113.{}", subject % 6), 1000 * (1 + day as u64));
                let name = format!("www.{}.example", WORDS[(subject as usize + day as usize) % 8]);
                company.look_up(subject, &name, Outcome::Success);
            }
        }
    }
    company
}

fn is_of_somebody(_: &Activity, seen: &Seen) -> bool {
    seen.account != Seen::default().account
}

#[test]
fn shards_that_share_nothing_make_the_whole_to_the_last_bit() {
    for (people, machines) in [(0..12, 0..12), (0..5, 5..11), (5..11, 0..5), (0..1, 1..2)] {
        let [one, other, whole] =
            split(&mut people_and_machines(people.clone(), machines.clone()), is_of_somebody);
        let merged = bytes_of(&merged(&one, &other));
        assert!(merged == bytes_of(&whole), "people {people:?}, machines {machines:?}");
    }
}

#[test]
fn whatever_the_shards_are_it_makes_no_difference_which_is_merged_into_which() {
    let by_subject =
        |_: &Activity, seen: &Seen| seen.account.0.is_multiple_of(2) && seen.from.0.is_multiple_of(2);
    let by_day = |activity: &Activity, _: &Seen| activity.time.micros() < 20_606 * DAY;
    let by_record = |activity: &Activity, _: &Seen| activity.record.key.record.is_multiple_of(2);
    let [one, other, _] = split(&mut month(12), by_subject);
    merged(&one, &other);
    let [one, other, _] = split(&mut month(12), by_day);
    merged(&one, &other);
    let [one, other, _] = split(&mut month(12), by_record);
    let both = merged(&one, &other);
    again(&both, SETTINGS);
    merged(&both, &one);
}

#[test]
fn an_empty_state_changes_nothing() {
    let whole = month(9).state();
    assert!(bytes_of(&merged(&whole, &Behaviors::new(SETTINGS))) == bytes_of(&whole));
    let nothing = merged(&Behaviors::new(SETTINGS), &Behaviors::new(SETTINGS));
    assert!(bytes_of(&nothing) == bytes_of(&Behaviors::new(SETTINGS)));
    let mut marked = Behaviors::new(SETTINGS);
    marked.normal(verdicts());
    assert!(bytes_of(&merged(&marked, &Behaviors::new(SETTINGS))) == bytes_of(&marked));
}

#[test]
fn a_merged_state_goes_on_and_knows_what_either_knew() {
    let mut company = month(12);
    let [one, other, _] = split(&mut company, |_, seen| seen.account.0.is_multiple_of(2));
    let all = merged(&one, &other);
    company.told.clear();
    let mut random = Random(99);
    company.usual_day(20_612, &mut random);
    company.odd_day(20_613, &mut random);
    let (all, surprises) =
        company.push(all, |all, number| if number % 100 == 0 { again(&all, SETTINGS) } else { all });
    assert!(surprises.iter().any(|one| one.contains("/secret") && one.contains("Read")), "{surprises:#?}");
    // Each state knew half of the people on this host.
    assert!(
        !surprises.iter().any(|one| one.contains("NewHost") && one.contains("\"fs01\"")),
        "{surprises:#?}"
    );
    bytes_of(&all);
}

#[test]
fn a_day_of_which_each_state_saw_a_part_stands_out_as_a_whole() {
    let mut company = month(7);
    let one = company.state();
    let mut reads = |items: std::ops::Range<u64>, all: Behaviors| {
        company.told.clear();
        company.begin(20_607);
        items.for_each(|item| company.read(11, "/share4", 1_000_000 + item));
        company.push(all, |all, _| all)
    };
    let (one, _) = reads(0..100, one);
    let (other, surprises) = reads(100..400, Behaviors::new(SETTINGS));
    assert!(surprises.is_empty(), "who has no past surprises nobody");
    let (_, surprises) = reads(400..401, merged(&one, &other));
    assert!(surprises.iter().any(|one| one.contains("measure: Read, value: 401.0")), "{surprises:#?}");
}
