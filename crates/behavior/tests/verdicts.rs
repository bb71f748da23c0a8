//! What people marked as normal surprises nobody, only as long as it holds, and is learnt.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

mod support;

use behavior::{Settings, Subject, Surprise};
use estate::{AccountId, Estate, HostId, Inventory};
use model::behavior::Measure;
use model::{Activity, ActivityKind, LogonType, Names, Time, Verdict, VerdictKind, Via};
use path::Seen;
use support::Twice;

const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;
/// The day on which somebody does what nobody ever does.
const ODD: i32 = 20;
/// After how many pushes the state is saved and restored on usual days, which are some hundred thousand, and on odd ones.
const EACH_USUAL: u64 = 211;
const EACH_ODD: u64 = 7;
/// How many people there are.
const PEOPLE: u32 = 60;

/// A company of people who read a little in one share and log in to one host, day after day.
struct Company {
    behaviors: Twice,
    estate: Estate,
    names: Names,
    surprises: Vec<Surprise>,
    now: i64,
    items: u64,
}

impl Company {
    fn new(verdicts: Vec<Verdict>) -> Company {
        let mut users = "account,department\n".to_owned();
        (0..PEOPLE)
            .for_each(|user| users += &format!("user{user},{}\n", if user < 3 { "Audit" } else { "Sales" }));
        let mut inventory = Inventory::default();
        inventory.add_users("users.csv", users.as_bytes()).unwrap();
        let mut behaviors = Twice::new(Settings { per_day: 0.5, offset: 0 });
        behaviors.normal(verdicts);
        behaviors.restore_every(EACH_USUAL);
        Company {
            behaviors,
            estate: Estate::new(inventory),
            names: Names::default(),
            surprises: Vec::new(),
            now: 0,
            items: 0,
        }
    }

    /// The usual days before [`ODD`].
    fn after_usual_days(verdicts: Vec<Verdict>) -> Company {
        let mut company = Company::new(verdicts);
        (1..ODD).for_each(|day| company.usual_day(day));
        company.begin(ODD);
        company.behaviors.restore_every(EACH_ODD);
        company.surprises.clear();
        company
    }

    fn begin(&mut self, day: i32) {
        self.now = i64::from(day) * DAY + 540 * MINUTE;
    }

    fn usual_day(&mut self, day: i32) {
        self.begin(day);
        for user in 0..PEOPLE {
            self.log_in(user, "fs01");
            self.read(user, "/sales", 10 + (user as u64 * 7 + day as u64) % 20);
        }
    }

    fn read(&mut self, user: u32, folder: &str, files: u64) {
        let object = self.names.id(folder);
        for _ in 0..files {
            self.items += 1;
            let activity =
                Activity { kind: ActivityKind::Read, object, item: self.items, ..Activity::default() };
            self.push(user, "fs01", activity);
        }
    }

    fn log_in(&mut self, user: u32, host: &str) {
        let kind = ActivityKind::Logon;
        let activity =
            Activity { kind, via: Via::Smb, logon_type: LogonType::Network, ..Activity::default() };
        self.push(user, host, activity);
    }

    fn push(&mut self, user: u32, host: &str, mut activity: Activity) {
        self.now += 1000;
        activity.time = Time::from_micros(self.now);
        let host = self.estate.host(host);
        let account = self.account(user);
        let seen = Seen { host, from: HostId::NONE, account, ..Seen::default() };
        self.surprises.extend(self.behaviors.push(&activity, &seen, &self.names, &mut self.estate));
    }

    fn account(&mut self, user: u32) -> AccountId {
        self.estate.account(&format!("user{user}"), HostId::NONE)
    }

    /// What stood out of somebody's days since the last call: measures.
    fn stood_out(&mut self, user: u32) -> Vec<Measure> {
        let subject = Subject::Account(self.account(user));
        let own = std::mem::take(&mut self.surprises).into_iter().filter(|one| one.subject == subject);
        own.flat_map(|one| one.why).map(|why| why.measure).collect()
    }
}

fn verdict(kind: VerdictKind, name: &str, other: &str, measure: Option<Measure>) -> Verdict {
    let (name, other) = (name.to_owned(), other.to_owned());
    let (by, note, others) = Default::default();
    Verdict { kind, name, other, measure, from: None, until: None, by, note, others }
}

fn entity(name: &str, measure: Option<Measure>) -> Verdict {
    verdict(VerdictKind::Entity, name, "", measure)
}

fn pair(name: &str, other: &str) -> Verdict {
    verdict(VerdictKind::Pair, name, other, None)
}

#[test]
fn without_a_verdict_the_odd_day_stands_out() {
    let mut company = Company::after_usual_days(Vec::new());
    assert_eq!(company.stood_out(0), []);
    company.read(0, "/projects", 3000);
    assert!(company.stood_out(0).contains(&Measure::Read));
}

#[test]
fn a_marked_entity_raises_no_surprise_and_others_still_do() {
    let mut company = Company::after_usual_days(vec![entity("CORP\\User0", None)]);
    company.read(0, "/projects", 3000);
    company.log_in(0, "dc01");
    assert_eq!(company.stood_out(0), []);
    company.read(1, "/projects", 3000);
    assert!(company.stood_out(1).contains(&Measure::Read));
    assert_eq!(company.behaviors.verdicts_applied(), 1);
}

#[test]
fn a_verdict_about_one_measure_leaves_the_others() {
    let mut company = Company::after_usual_days(vec![entity("user0", Some(Measure::Read))]);
    company.read(0, "/projects", 3000);
    (0..20).for_each(|host| company.log_in(0, &format!("srv{host}")));
    let stood_out = company.stood_out(0);
    assert!(stood_out.contains(&Measure::NewHost) && !stood_out.contains(&Measure::Read), "{stood_out:?}");
}

#[test]
fn a_marked_pair_leaves_other_surprises() {
    for folder in ["/Projects", "\\\\FS01\\projects"] {
        let mut company = Company::after_usual_days(vec![pair("user0", folder)]);
        company.read(0, "/projects/p01", 3000);
        assert_eq!(company.stood_out(0), [], "{folder}");
        company.read(0, "/hr", 3000);
        assert!(company.stood_out(0).contains(&Measure::Read), "{folder}");
    }
    let elsewhere =
        vec![pair("user0", "\\\\fs02\\projects"), pair("user1", "/projects"), pair("user0", "/proj")];
    let mut company = Company::after_usual_days(elsewhere);
    company.read(0, "/projects", 3000);
    assert!(company.stood_out(0).contains(&Measure::Read));
    assert_eq!(company.behaviors.verdicts_applied(), 0);
}

#[test]
fn a_marked_pair_with_a_host_leaves_other_hosts() {
    let hosts: Vec<String> = (0..20).map(|host| format!("srv{host}")).collect();
    let marked = hosts.iter().map(|host| pair("user0", &format!("{}.", host.to_uppercase()))).collect();
    let mut company = Company::after_usual_days(marked);
    hosts.iter().for_each(|host| company.log_in(0, host));
    assert_eq!(company.stood_out(0), []);
    (20..40).for_each(|host| company.log_in(0, &format!("srv{host}")));
    assert!(company.stood_out(0).contains(&Measure::NewHost));
}

#[test]
fn a_marked_department_is_not_the_others() {
    let normal = [("audit", Measure::Read), ("audit", Measure::ReadElsewhere), ("AUDIT", Measure::NewStore)];
    let normal = normal.map(|(group, measure)| verdict(VerdictKind::Group, group, "", Some(measure)));
    let mut company = Company::after_usual_days(normal.to_vec());
    company.read(2, "/projects", 3000);
    assert_eq!(company.stood_out(2), []);
    company.read(3, "/projects", 3000);
    assert!(company.stood_out(3).contains(&Measure::Read));
}

#[test]
fn after_its_last_day_it_counts_again() {
    let marked = Verdict { from: Some(ODD), until: Some(ODD), ..entity("user0", None) };
    let mut company = Company::after_usual_days(vec![marked.clone()]);
    company.read(0, "/projects", 3000);
    assert_eq!(company.stood_out(0), []);
    company.begin(ODD + 1);
    company.read(0, "/hr", 30_000);
    assert!(!company.stood_out(0).is_empty());
    let marked = Verdict { from: Some(ODD + 1), until: None, ..marked };
    let mut company = Company::after_usual_days(vec![marked]);
    company.read(0, "/projects", 3000);
    assert!(!company.stood_out(0).is_empty());
}

/// Whether the same comes as a surprise on the day after it was read on so many days.
fn surprises_after(days: i32, marked: bool) -> bool {
    let until = Some(ODD + days - 1);
    let verdicts = if marked { vec![Verdict { until, ..entity("user0", None) }] } else { Vec::new() };
    let mut company = Company::new(verdicts);
    for day in 1..=ODD + days {
        company.usual_day(day);
        if day >= ODD {
            company.stood_out(0);
            company.read(0, "/projects", 3000);
        }
    }
    !company.stood_out(0).is_empty()
}

#[test]
fn what_was_normal_is_learnt_in_full() {
    assert!(!surprises_after(4, true));
    assert!(surprises_after(4, false));
}

/// What stands out on the day after one that stood out by what was read, on which twenty hosts were new too.
fn after_new_hosts(until: Option<i32>) -> Vec<Measure> {
    let hosts: Vec<String> = (0..20).map(|host| format!("srv{host}")).collect();
    let marked = hosts.iter().filter(|_| until.is_some());
    let marked = marked.map(|host| Verdict { until, ..pair("user0", host) }).collect();
    let mut company = Company::after_usual_days(marked);
    for day in [ODD, ODD + 1] {
        company.begin(day);
        company.stood_out(0);
        company.read(0, "/projects", 3000);
        hosts.iter().for_each(|host| company.log_in(0, host));
    }
    company.stood_out(0)
}

#[test]
fn a_normal_place_stays_known_though_its_day_stood_out() {
    assert!(!after_new_hosts(Some(ODD)).contains(&Measure::NewHost));
    assert!(after_new_hosts(None).contains(&Measure::NewHost));
}

/// What stands out at night after nights on which much was read.
fn after_nights(until: Option<i32>) -> Vec<Measure> {
    let hour = Verdict { until, ..entity("user0", Some(Measure::Hour)) };
    let mut company = Company::after_usual_days(until.map(|_| hour).into_iter().collect());
    for day in ODD..ODD + 9 {
        company.usual_day(day);
        company.now += 1000 * MINUTE;
        company.stood_out(0);
        company.read(0, &format!("/projects{day}"), 3000);
    }
    company.stood_out(0)
}

#[test]
fn normal_hours_are_learnt_though_their_days_stood_out() {
    assert!(!after_nights(Some(ODD + 7)).contains(&Measure::Hour));
    assert!(after_nights(None).contains(&Measure::Hour));
}
