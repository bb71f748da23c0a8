//! Whatever is told in whatever order, some things always hold.

use std::collections::BTreeSet;

use model::{ActivityKind, Level, LogonType, Outcome, Time, Via};

use crate::support::{MINUTE, PEOPLE, Story, Told, tell, tell_once};

/// Numbers without any pattern, the same for the same seed (SplitMix64: Steele, Lea and Flood, OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

const KINDS: [ActivityKind; 24] = [
    ActivityKind::Logon,
    ActivityKind::Logon,
    ActivityKind::Logon,
    ActivityKind::Logon,
    ActivityKind::Logoff,
    ActivityKind::Credentials,
    ActivityKind::Switch,
    ActivityKind::Ticket,
    ActivityKind::Process,
    ActivityKind::Process,
    ActivityKind::Share,
    ActivityKind::Read,
    ActivityKind::Write,
    ActivityKind::Rename,
    ActivityKind::Flow,
    ActivityKind::Web,
    ActivityKind::Proxy,
    ActivityKind::Mail,
    ActivityKind::Account,
    ActivityKind::Service,
    ActivityKind::Task,
    ActivityKind::DbRead,
    ActivityKind::Lease,
    ActivityKind::Release,
];
const HOSTS: [&str; 9] = ["", "srv01", "srv02", "fs01", "vdi01", "web01", "vpn-gw", "new", "10.0.2.1"];
const PLACES: [&str; 10] = [
    "",
    "srv01",
    "vdi01",
    "pc01",
    "10.8.0.5",
    "10.0.3.1",
    "203.0.113.7",
    "203.0.113.8",
    "198.51.100.9",
    "::1",
];
const ACCOUNTS: [&str; 9] = [
    "",
    "corp\\sato",
    "corp\\adm-sato",
    "corp\\tanaka",
    "root",
    "www-data",
    "corp\\srv01$",
    "nt authority\\system",
    "\\",
];
const VIAS: [Via; 8] = [Via::Rdp, Via::Smb, Via::Ssh, Via::Vpn, Via::Vdi, Via::Web, Via::Service, Via::Other];
const TYPES: [LogonType; 6] = [
    LogonType::Unknown,
    LogonType::Local,
    LogonType::Network,
    LogonType::Remote,
    LogonType::Service,
    LogonType::NewCredentials,
];
const PROGRAMS: [&str; 6] = [
    "",
    "cmd.exe",
    "/usr/sbin/apache2",
    "c:\\windows\\system32\\wbem\\wmiprvse.exe",
    "services.exe",
    "/news",
];
const LEVELS: [Level; 5] = Level::ALL;

fn story(seed: u64) -> Story {
    let mut dice = Dice(seed);
    let mut story = Story::new().users(PEOPLE);
    for _ in 0..dice.below(300) {
        let (kind, host, account) = (dice.one(&KINDS), dice.one(&HOSTS), dice.one(&ACCOUNTS));
        story = match dice.below(20) {
            0 => story.at_no_time(),
            1 => story.day(dice.below(20) as i64).at("09:00"),
            _ => story.after(dice.below(40) as i64 * MINUTE / 4),
        };
        let key = dice.below(6);
        story = story.record(kind, host, account).from(dice.one(&PLACES)).to(dice.one(&PLACES)).key(key);
        let (program, parent, object) = (dice.one(&PROGRAMS), dice.one(&PROGRAMS), dice.one(&PROGRAMS));
        let (via, logon_type, failed) = (dice.one(&VIAS), dice.one(&TYPES), dice.below(8) == 0);
        let target = dice.one(&ACCOUNTS);
        story =
            story.parent(parent).pid(dice.below(5) as u32, dice.below(5) as u32).with(|activity, names| {
                (activity.via, activity.logon_type) = (via, logon_type);
                (activity.program, activity.object) = (names.id(program), names.id(object));
                activity.target_account = names.id(target);
                activity.other_session = key ^ 1;
                activity.outcome = if failed { Outcome::Failure } else { Outcome::Success };
            });
        let (level, rule) = (dice.one(&LEVELS), dice.one(&["r1", "r2", "r3", "r4"]));
        story = match dice.below(8) {
            0 => story.finding(level, rule),
            1 => story.finding_about(level, rule, host),
            2 => story.alert(level, rule, host),
            _ => story,
        };
    }
    story
}

fn check(told: &Told, count: usize) {
    let mut seen = BTreeSet::new();
    let scores: Vec<u8> = told.incidents.iter().map(|one| one.incident.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    for one in &told.incidents {
        let incident = &one.incident;
        assert!(!one.findings.is_empty() && one.findings.is_sorted());
        for finding in &one.findings {
            assert!((*finding as usize) < count && seen.insert(*finding), "finding {finding} twice");
        }
        assert!(incident.path.is_sorted_by_key(|hop| hop.time), "{:?}", incident.path);
        for hop in &incident.path {
            assert!((0.0..=1.0).contains(&hop.confidence), "{hop:?}");
            assert!(!hop.basis.is_empty() && !hop.evidence.is_empty(), "{hop:?}");
        }
        assert!(incident.first_seen <= incident.last_seen);
        assert!(incident.score <= 100 && incident.severity >= Level::Low);
        assert!(incident.data.iter().all(|data| data.first <= data.last && data.objects > 0));
        assert_eq!(incident.detected.is_some(), incident.severity >= Level::Medium, "{incident:?}");
    }
    let ids: BTreeSet<&str> = told.incidents.iter().map(|one| one.incident.id.as_str()).collect();
    assert_eq!(ids.len(), told.incidents.len());
}

#[test]
fn every_finding_is_in_one_incident_at_most_moves_are_in_order_and_sure_from_0_to_1() {
    for seed in 0..300 {
        let story = story(seed);
        let count = story.findings.len();
        check(&tell_once(story), count);
    }
}

#[test]
fn the_same_story_is_told_the_same_way_each_time() {
    for seed in 0..40 {
        let told = format!("{:?}", tell(story(seed)).incidents);
        assert_eq!(told, format!("{:?}", tell_once(story(seed)).incidents), "{seed}");
    }
}

#[test]
fn the_order_in_which_records_are_read_makes_no_difference() {
    for seed in 0..40 {
        let in_order = story(seed);
        let mut reversed = in_order.clone();
        reversed.activities.reverse();
        // Records of one moment are in the order of their file and number; these are different each.
        let told = |story: Story| format!("{:?}", tell_once(story).incidents);
        assert_eq!(told(in_order), told(reversed), "{seed}");
    }
}

#[test]
fn no_incident_tells_of_a_time_that_no_record_has() {
    for seed in 0..100 {
        let told = tell_once(story(seed));
        for one in told.incidents.iter().map(|one| &one.incident) {
            let moves = one.path.iter().map(|hop| hop.time);
            let entry = one.entry.iter().map(|entry| entry.time);
            let data = one.data.iter().flat_map(|data| [data.first, data.last]);
            assert!(moves.chain(entry).chain(data).all(|time| time != Time::UNKNOWN), "seed {seed}: {one:?}");
        }
    }
}

#[test]
fn causes_are_sessions_that_are_known_sure_from_0_to_1_and_make_no_ring() {
    for seed in 0..300 {
        let told = tell_once(story(seed));
        let sessions = told.paths.sessions();
        for (id, session) in sessions.iter() {
            assert!((0.0..=1.0).contains(&session.cause.confidence), "seed {seed}: {session:?}");
            assert!(session.start <= session.last, "seed {seed}: {session:?}");
            let (mut at, mut steps) = (session.cause.session, 0);
            while let Some(cause) = sessions.get(at) {
                steps += 1;
                assert!(at != id && steps < 500, "seed {seed}: a ring at {session:?}");
                at = cause.cause.session;
            }
        }
    }
}
