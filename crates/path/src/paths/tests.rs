//! Sessions of which no logon says where they came from: stories of a few records each.

use estate::{AccountId, Estate, HostId, Inventory};
use model::{Activity, ActivityKind, LogonType, Names, RecordKey, RecordRef, Time, Via};

use super::{Flag, Paths, Seen};
use crate::SessionId;

/// What happens, with the stages that it happens to.
struct Story {
    names: Names,
    estate: Estate,
    paths: Paths,
    /// The same, saved and restored before each record.
    restored: (Paths, Estate),
    records: u64,
}

fn bytes_of(paths: &Paths, estate: &Estate) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = (Vec::new(), Vec::new());
    paths.save(&mut bytes.0).unwrap();
    estate.save(&mut bytes.1).unwrap();
    bytes
}

impl Story {
    fn new() -> Story {
        let (names, paths) = (Names::default(), Paths::default());
        let restored = (Paths::default(), Estate::new(Inventory::default()));
        Story { names, estate: Estate::new(Inventory::default()), paths, restored, records: 0 }
    }

    fn restore(&mut self) -> &mut (Paths, Estate) {
        let (paths, estate) = bytes_of(&self.restored.0, &self.restored.1);
        let estate = Estate::restore(estate.as_slice(), Inventory::default()).unwrap();
        self.restored = (Paths::restore(paths.as_slice()).unwrap(), estate);
        &mut self.restored
    }

    /// `second host kind key=value …`; what stands for nothing is left out.
    fn tell(&mut self, second: i64, host: &str, kind: ActivityKind, parts: &str) -> Seen {
        self.records += 1;
        let mut activity = Activity { kind, host: self.names.id(host), ..Activity::default() };
        activity.time = Time::from_micros((1_000_000 + second) * 1_000_000);
        activity.record = RecordRef { key: self.record(self.records), digest: [0; 32] };
        for part in parts.split(' ').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap();
            let number = || value.parse::<u32>().unwrap();
            match name {
                "who" => activity.account = self.names.id(value),
                "from" => activity.source_address = self.names.id(value),
                "to" => activity.target_address = self.names.id(value),
                "called" => activity.source_host = self.names.id(value),
                "sport" => activity.source_port = number() as u16,
                "port" => activity.target_port = number() as u16,
                "for" => activity.object = self.names.id(value),
                "id" => activity.session = u64::from(number()),
                "pid" => activity.pid = number(),
                "ppid" => activity.parent_pid = number(),
                "program" => activity.program = self.names.id(value),
                "parent" => activity.parent = self.names.id(value),
                "bytes" => activity.bytes_out = u64::from(number()),
                "in" => activity.logon_type = LogonType::Network,
                "via" if value == "service" => activity.via = Via::Service,
                "via" => activity.via = Via::Smb,
                _ => unreachable!("{name}"),
            }
        }
        let names = self.names.clone();
        let (paths, estate) = self.restore();
        let restored = paths.push(&activity, &names, estate);
        let seen = self.paths.push(&activity, &self.names, &mut self.estate);
        assert_eq!(seen, restored);
        seen
    }

    /// A logon over the network.
    fn logon(&mut self, second: i64, host: &str, parts: &str) -> Seen {
        self.tell(second, host, ActivityKind::Logon, &format!("{parts} in=1 via=smb"))
    }

    fn flow(&mut self, second: i64, host: &str, parts: &str) -> Seen {
        self.tell(second, host, ActivityKind::Flow, parts)
    }

    fn process(&mut self, second: i64, host: &str, parts: &str) -> Seen {
        self.tell(second, host, ActivityKind::Process, parts)
    }

    fn record(&self, number: u64) -> RecordKey {
        RecordKey { record: number, ..RecordKey::default() }
    }

    /// A finding about the last record.
    fn flag(&mut self, second: i64, host: &str) {
        let record = RecordRef { key: self.record(self.records), digest: [0; 32] };
        let time = Time::from_micros((1_000_000 + second) * 1_000_000);
        let flag = Flag { host: self.estate.host(host), record, time, shows: None, account: AccountId::NONE };
        let (paths, estate) = self.restore();
        let there = Flag { host: estate.host(host), ..flag };
        paths.flagged(&there, estate);
        self.paths.flagged(&flag, &self.estate);
    }

    /// All sessions that came from elsewhere: `from > host account via`.
    fn moves(&self) -> Vec<String> {
        assert_eq!(bytes_of(&self.paths, &self.estate), bytes_of(&self.restored.0, &self.restored.1));
        let told = self.paths.sessions().iter().filter(|(_, session)| session.from != HostId::NONE);
        told.map(|(_, session)| {
            let name = |host: HostId| self.estate.host_info(host).name.to_string();
            let account = &self.estate.account_info(session.account).name;
            let account = if account.is_empty() { "-" } else { &**account };
            format!("{} > {} {account} {}", name(session.from), name(session.host), session.via.as_str())
        })
        .collect()
    }
}

const WSMAN: &str = "in=1 from=10.0.0.7 sport=50001 to=10.0.0.9 port=5985 program=System pid=4";

#[test]
fn a_logon_through_remote_management_came_from_where_the_connection_came_from() {
    let mut story = Story::new();
    story.flow(0, "srv01", WSMAN);
    story.logon(1, "srv01", "who=corp\\sato id=77");
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato winrm"]);
    let mut story = Story::new();
    let logon = story.logon(0, "srv01", "who=corp\\sato id=77");
    story.flow(1, "srv01", WSMAN);
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato winrm"]);
    let process = story.process(2, "srv01", "who=corp\\sato id=77 program=whoami.exe");
    assert_eq!(process.session, logon.session);
}

#[test]
fn forwarded_events_are_nobody() {
    let mut story = Story::new();
    for host in 1..9 {
        let ends = format!("in=1 from=10.0.0.{host} sport=50001 to=10.0.0.9 port=5985 program=System pid=4");
        story.flow(host, "wec01", &ends);
        story.logon(host, "wec01", &format!("who=corp\\pc0{host}$ id=7{host}"));
    }
    assert!(story.moves().is_empty(), "{:?}", story.moves());
    // Nor is it known from which of them somebody came who logs on in between.
    story.logon(9, "wec01", "who=corp\\sato id=5");
    assert!(story.moves().is_empty(), "{:?}", story.moves());
}

#[test]
fn logons_of_one_second_are_one_visit_even_where_one_has_no_address() {
    for order in [["", "from=10.0.0.7"], ["from=10.0.0.7", ""]] {
        let mut story = Story::new();
        let logons = order.map(|from| story.logon(0, "srv01", &format!("who=corp\\sato {from}")).session);
        assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato smb"]);
        assert_eq!(logons.first(), logons.last());
    }
}

#[test]
fn what_wmi_starts_was_asked_for_by_who_connected_right_then() {
    let mut story = Story::new();
    let asked = "who=pc17\\sato id=55 pid=90 ppid=30 program=cmd.exe parent=C:\\x\\WmiPrvSE.exe";
    story.process(0, "pc17", asked);
    assert!(story.moves().is_empty());
    // As an old Sysmon has it: itself as the source of what came in.
    let own = "in=1 from=10.0.0.9 called=pc17 sport=445 to=10.0.0.7 port=51000 program=System pid=4";
    story.flow(2, "pc17", own);
    assert_eq!(story.moves(), ["10.0.0.7 > pc17 pc17\\sato wmi"]);
    let first = story.paths.later(&story.record(1));
    assert_ne!(first, SessionId::NONE);
    let child = story.process(3, "pc17", "who=pc17\\sato id=55 pid=91 ppid=90 program=whoami.exe");
    assert_eq!(child.session, first);
}

#[test]
fn the_machine_itself_and_two_clients_at_once_explain_nothing() {
    let asked = "who=pc17\\sato id=55 pid=90 ppid=30 program=cmd.exe parent=C:\\x\\WmiPrvSE.exe";
    let mut story = Story::new();
    story.flow(0, "pc17", "in=1 from=127.0.0.1 called=pc17 sport=445 to=127.0.0.1 port=51000 program=System");
    story.process(1, "pc17", asked);
    assert!(story.moves().is_empty(), "{:?}", story.moves());
    let mut story = Story::new();
    for client in ["10.0.0.7", "10.0.0.8"] {
        let ends = format!("in=1 from={client} sport=51000 to=10.0.0.9 port=445 program=System pid=4");
        story.flow(0, "pc17", &ends);
    }
    story.process(1, "pc17", asked);
    assert!(story.moves().is_empty(), "{:?}", story.moves());
}

#[test]
fn a_program_that_accepts_connections_starts_others_for_who_connected() {
    let mut story = Story::new();
    story.process(0, "pc17", "who=pc17\\sato id=55 pid=90 ppid=30 program=cmd.exe parent=powershell.exe");
    let own =
        "in=1 from=10.0.0.9 called=pc17 sport=4444 to=10.0.0.7 port=51000 program=powershell.exe pid=30";
    story.flow(1, "pc17", own);
    assert_eq!(story.moves(), ["10.0.0.7 > pc17 pc17\\sato other"]);
    // A web server answers many: whose program it started is told by its requests.
    let mut story = Story::new();
    story.flow(0, "web01", "in=1 from=10.0.0.7 to=10.0.0.9 sport=51000 port=443 program=nginx.exe pid=30");
    story.process(0, "web01", "who=web01\\web id=55 pid=90 ppid=30 program=cmd.exe parent=nginx.exe");
    assert!(story.moves().is_empty(), "{:?}", story.moves());
}

#[test]
fn a_finding_in_nobodys_session_is_of_who_came_in_right_then_and_has_a_name_once_one_is_known() {
    let mut story = Story::new();
    story.tell(0, "srv01", ActivityKind::Write, "for=/startup");
    story.flag(0, "srv01");
    assert!(story.moves().is_empty());
    story.flow(1, "srv01", "in=1 from=10.0.0.7 sport=51000 to=10.0.0.9 port=445 program=System pid=4");
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 - smb"]);
    assert_ne!(story.paths.later(&story.record(1)), SessionId::NONE);
    story.logon(3, "srv01", "who=corp\\sato from=10.0.0.7 id=7");
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato smb"]);
}

#[test]
fn who_comes_day_after_day_explains_no_finding() {
    let mut story = Story::new();
    let ends = "in=1 from=10.0.0.7 sport=51000 to=10.0.0.9 port=445 program=System pid=4";
    for day in 0..4 {
        story.flow(day * 86_400, "srv01", ends);
    }
    story.tell(3 * 86_400 + 1, "srv01", ActivityKind::Write, "for=/startup");
    story.flag(3 * 86_400 + 1, "srv01");
    assert!(story.moves().is_empty(), "{:?}", story.moves());
}

#[test]
fn two_accounts_over_one_connection_are_tied_and_one_in_two_spellings_is_one() {
    let mut story = Story::new();
    let logon = |story: &mut Story, who: &str| {
        story.logon(0, "srv01", &format!("who={who} from=10.0.0.7 sport=50001")).session
    };
    let (one, other) = (logon(&mut story, "corp\\sato"), logon(&mut story, "corp\\tanaka"));
    assert_eq!(story.paths.sessions().get(one).unwrap().with, other);
    assert_eq!(story.paths.sessions().get(other).unwrap().with, one);
    assert_eq!(logon(&mut story, "corp2.example\\tanaka"), other);
}

#[test]
fn a_ticket_and_a_connection_at_one_moment_are_a_session() {
    let ticket = "who=sato from=10.0.0.7 for=http/srv01";
    let ends = "from=10.0.0.7 to=10.0.0.9 port=5985 bytes=900";
    let mut story = Story::new();
    story.flow(0, "sensor", ends);
    story.tell(0, "dc01", ActivityKind::Ticket, ticket);
    assert_eq!(story.moves(), ["10.0.0.7 > 10.0.0.9 sato winrm"]);
    for (ticket, ends) in [
        ("who=pc17$ from=10.0.0.7 for=http/srv01", ends),
        ("who=sato from=10.0.0.7 for=cifs/srv01", ends),
        ("who=sato from=10.0.0.7 for=srv01$", ends),
        (ticket, "from=10.0.0.7 to=10.0.0.9 port=5985"),
        (ticket, "from=10.0.0.7 to=10.0.0.9 port=80 bytes=900"),
    ] {
        let mut story = Story::new();
        story.tell(0, "dc01", ActivityKind::Ticket, ticket);
        story.flow(0, "sensor", ends);
        assert!(story.moves().is_empty(), "{ticket}, {ends}: {:?}", story.moves());
    }
}

#[test]
fn a_screen_was_opened_by_who_came_in_for_one() {
    let mut story = Story::new();
    story.flow(
        0,
        "pc17",
        "in=1 from=203.0.113.9 sport=51000 to=10.0.0.9 port=3389 program=svchost.exe pid=8",
    );
    story.process(18, "pc17", "who=corp\\sato id=55 pid=90 ppid=8 program=rdpclip.exe parent=svchost.exe");
    assert_eq!(story.moves(), ["203.0.113.9 > pc17 sato rdp"]);
}

#[test]
fn the_pipe_of_the_service_manager_tells_the_way_and_shares_on_the_way_are_the_same_visit() {
    let mut story = Story::new();
    let logon = story.logon(0, "srv01", "who=corp\\sato from=10.0.0.7 id=77");
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato smb"]);
    story.tell(2, "srv01", ActivityKind::Share, "who=corp\\sato from=10.0.0.7 id=77 via=service");
    let later = story.logon(200, "srv01", "who=corp\\sato from=10.0.0.7 id=78");
    assert_eq!(story.moves(), ["10.0.0.7 > srv01 sato service"]);
    assert_eq!(logon.session, later.session);
}

#[test]
fn what_wmi_starts_for_the_system_tells_the_way_of_who_has_just_come() {
    let told = |second: i64| {
        let mut story = Story::new();
        story.process(0, "srv01", "who=corp\\srv01$ pid=90 ppid=30 program=C:\\x\\WmiPrvSE.exe");
        story.logon(second, "srv01", "who=corp\\sato from=10.0.0.7 id=77 sport=5");
        // Older Windows names no parent.
        story.process(10, "srv01", "who=corp\\srv01$ pid=91 ppid=90 program=calc.exe");
        // Whoever came over the same connection came the same way.
        story.logon(10, "srv01", "who=corp\\mori from=10.0.0.7 id=78 sport=5");
        story.moves()
    };
    assert_eq!(told(9), ["10.0.0.7 > srv01 sato wmi", "10.0.0.7 > srv01 mori wmi"]);
    assert_eq!(told(1), ["10.0.0.7 > srv01 sato smb", "10.0.0.7 > srv01 mori smb"]);
}

#[test]
fn a_program_that_takes_calls_of_one_kind_only_tells_the_way() {
    let logon = "who=corp\\sato from=10.0.0.7 id=77";
    for (program, via) in [("explorer.exe", "other"), ("services.exe", "service"), ("svchost.exe", "smb")] {
        let ends = format!("in=1 from=10.0.0.7 sport=50001 to=10.0.0.9 port=49700 program={program} pid=4");
        for turned in [false, true] {
            let mut story = Story::new();
            if turned {
                story.logon(0, "srv01", logon);
            }
            story.flow(1, "srv01", &ends);
            if !turned {
                story.logon(2, "srv01", logon);
            }
            assert_eq!(story.moves(), [format!("10.0.0.7 > srv01 sato {via}")], "{program} {turned}");
        }
    }
}
