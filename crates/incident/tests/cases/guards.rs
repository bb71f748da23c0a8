//! What everybody uses joins nothing.

use model::incident::Reason;
use model::{Level, Level::High, Level::Medium, Via};

use crate::support::{MINUTE, PEOPLE, SECOND, Story, tell, tell_with};

/// Two findings that have nothing to do with each other, on two machines.
fn two_findings(story: Story) -> Story {
    story
        .day(10).at("10:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(901)
        .at("10:05").process("srv01", "corp\\sato", "a.exe").key(901).finding(High, "a")
        .at("10:10").logon("srv02", "corp\\tanaka", "pc02", Via::Rdp).key(902)
        .at("10:15").process("srv02", "corp\\tanaka", "b.exe").key(902).finding(High, "b")
}

#[test]
fn findings_that_share_nothing_are_two_incidents() {
    assert_eq!(tell(two_findings(Story::new())).rules(), [["a"], ["b"]]);
}

#[test]
fn an_address_outside_from_which_many_have_come_for_days_joins_nothing() {
    let office = |story: Story| {
        story.each(0..9, |story, day| {
            story
                .day(day).at("09:00").logon("vpn-gw", "corp\\sato", "198.51.100.9", Via::Vpn)
                .at("09:05").logon("vpn-gw", "corp\\tanaka", "198.51.100.9", Via::Vpn)
        })
    };
    let told = tell(
        office(Story::new())
            .day(10).at("09:00").logon("vpn-gw", "corp\\sato", "198.51.100.9", Via::Vpn).key(1).finding(High, "a")
            .at("09:40").logon("vpn-gw", "corp\\tanaka", "198.51.100.9", Via::Vpn).key(2).finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn two_intrusions_at_the_same_time_on_one_file_server_stay_two() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a in")
            .at("09:01").logon("srv02", "corp\\tanaka", "192.0.2.77", Via::Rdp).key(2).finding(High, "b in")
            .at("09:10").logon("fs01", "corp\\sato", "srv01", Via::Smb).key(3)
            .at("09:11").logon("fs01", "corp\\tanaka", "srv02", Via::Smb).key(4)
            .at("09:12").read("fs01", "corp\\sato", "/projects", "plan").key(3).finding(High, "a reads")
            .at("09:13").read("fs01", "corp\\tanaka", "/projects", "plan").key(4).finding(High, "b reads"),
    );
    assert_eq!(told.rules(), [["a in", "a reads"], ["b in", "b reads"]]);
    assert_eq!(told.hops("a in"), ["203.0.113.7 > srv01 sato rdp", "srv01 > fs01 sato smb"]);
    assert_eq!(told.data("a in"), ["fs01:/projects 1 objects 1000 bytes"]);
    assert_eq!(told.data("b in"), ["fs01:/projects 1 objects 1000 bytes"]);
}

/// A machine that logs on to all servers each night with an account of its own.
fn rounds(story: Story, from: &str, account: &str, via: Via) -> Story {
    story.each(0..11, |story, day| {
        ["srv01", "srv02", "srv03", "fs01", "db01"].iter().zip(0..).fold(
            story.day(day),
            |story, (server, number): (_, i64)| {
                story.at("09:50").after(number * MINUTE).logon(server, account, from, via)
            },
        )
    })
}

#[test]
fn a_backup_server_a_scanner_and_software_distribution_join_nothing() {
    let all =
        [("backup01", "corp\\svc-backup"), ("scanner01", "corp\\svc-scan"), ("dc01", "corp\\svc-deploy")];
    for (from, account) in all {
        for via in [Via::Smb, Via::Service] {
            let told = tell(two_findings(rounds(Story::new(), from, account, via)));
            assert_eq!(told.rules(), [["a"], ["b"]], "{from} {via:?}");
            assert!(told.hops("a").iter().all(|hop| !hop.contains(from)), "{:?}", told.hops("a"));
        }
    }
}

#[test]
fn findings_in_a_scanners_own_sessions_do_not_pull_other_hosts_into_an_incident() {
    // The scanner sets off a rule on every machine; the intruder is on one of them.
    let story = rounds(Story::new(), "scanner01", "corp\\svc-scan", Via::Smb);
    let told = tell(
        story
            .day(10).at("09:50").finding_about(Medium, "scan", "srv01")
            .at("09:51").finding_about(Medium, "scan", "srv02")
            .at("10:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1)
            .at("10:05").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "intruder"),
    );
    let hops = told.hops("intruder");
    assert_eq!(hops, ["203.0.113.7 > srv01 sato rdp"]);
}

#[test]
fn a_jump_host_joins_only_those_whose_session_went_through_it() {
    let crowd = Story::new().each(0..10, |story, day| {
        story.each(0..6, |story, number: i64| {
            let (account, server) = (format!("corp\\op{number}"), format!("srv0{}", 1 + number % 3));
            let at = story.day(day).at("09:00").after(number * 3 * MINUTE);
            at.logon("jump01", &account, "pc03", Via::Rdp).after(MINUTE).logon(&server, &account, "jump01", Via::Rdp)
        })
    });
    let told = tell(
        crowd
            .day(10).at("10:00").logon("jump01", "corp\\sato", "pc01", Via::Rdp).key(51)
            .at("10:02").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp).key(52)
            .at("10:10").logon("srv01", "corp\\sato", "jump01", Via::Rdp).key(53).finding(High, "a")
            .at("10:12").logon("srv02", "corp\\tanaka", "jump01", Via::Rdp).key(54).finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
    assert!(told.hops("a").iter().all(|hop| !hop.contains(" op")), "{:?}", told.hops("a"));
}

#[test]
fn a_domain_controller_that_everybody_asks_joins_nothing() {
    let asked = |story: Story| {
        story.each(0..11, |story, day| {
            ["sato", "tanaka", "suzuki", "mori"].iter().zip(1..).fold(story.day(day), |story, (name, number)| {
                let account = format!("corp\\{name}");
                story.at("09:00").logon("dc01", &account, &format!("pc0{}", 1 + number % 3), Via::Smb)
            })
        })
    };
    let told = tell(
        two_findings(asked(Story::new()))
            .at("10:20").logon("dc01", "corp\\sato", "srv01", Via::Smb).key(903)
            .at("10:21").logon("dc01", "corp\\tanaka", "srv02", Via::Smb).key(904),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn a_proxy_from_which_all_people_come_joins_nothing() {
    let through = Story::new().each(0..11, |story, day| {
        story.each(0..8, |story, number: i64| {
            let at = story.day(day).at("09:00").after(number * SECOND);
            at.logon("web01", &format!("corp\\user{number}"), "10.0.77.1", Via::Web)
        })
    });
    let told = tell(
        through
            .day(10).at("10:00").logon("web01", "corp\\user1", "10.0.77.1", Via::Web).key(1).finding(High, "a")
            .at("10:05").logon("web01", "corp\\user2", "10.0.77.1", Via::Web).key(2).finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn what_a_rule_says_on_a_host_every_day_gets_weaker() {
    let told = |days: i64| {
        let story = Story::new().each((0..days).map(|day| day * 2), |story, day| {
            story
                .day(day).at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(day as u64 + 1)
                .finding(High, "daily")
        });
        let told = tell_with(story, 100);
        let last = told.incidents.iter().max_by_key(|one| one.incident.first_seen).unwrap();
        last.incident.score
    };
    assert!(told(8) < told(1), "{} {}", told(8), told(1));
}

/// So many unrelated incidents on one day, one of them with a finding of that level.
fn busy_day(count: i64, last: Level) -> Story {
    Story::new().each(0..count, |story, number| {
        let (host, account) = (format!("host{number}"), format!("corp\\user{number}"));
        let (level, rule) = if number == count - 1 { (last, "last".to_owned()) } else { (Medium, format!("r{number}")) };
        let story = story.at("09:00").after(number * MINUTE).logon(&host, &account, "", Via::Other).key(1);
        story.finding(level, &rule)
    })
}

#[test]
fn over_the_budget_the_weakest_are_lowered_and_say_so() {
    let told = tell_with(busy_day(6, Medium), 4);
    let lowered: Vec<bool> = told.incidents.iter().map(|one| one.incident.lowered_for_budget).collect();
    assert_eq!(lowered, [false, false, false, false, true, true]);
    for one in &told.incidents {
        let says = one.reasons.contains(&Reason::OverBudget { per_day: 4 });
        assert_eq!(says, one.incident.lowered_for_budget);
        assert_eq!(one.incident.severity == Level::Low, one.incident.lowered_for_budget);
        assert_eq!(one.incident.detected.is_none(), one.incident.lowered_for_budget);
    }
    assert_eq!(told.incidents.len(), 6, "none is hidden");
}

#[test]
fn a_high_finding_is_never_lowered_for_the_budget() {
    let told = tell_with(busy_day(6, High), 0);
    assert!(!told.of("last").incident.lowered_for_budget);
    assert_eq!(told.incidents.iter().filter(|one| one.incident.lowered_for_budget).count(), 5);
}

#[test]
fn a_high_finding_that_is_not_the_first_of_its_incident_exempts_it_as_well() {
    let story = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1).finding(Medium, "first")
        .at("09:10").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "second");
    assert!(!tell_with(story, 0).only().incident.lowered_for_budget);
}

#[test]
fn the_same_persons_usual_work_is_not_the_intruders() {
    // sato logs on to the file server every day; the intruder has sato's account on another machine.
    let work = Story::new().users(PEOPLE).each(0..10, |story, day| {
        story.day(day).at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb)
    });
    let told = tell(
        work.day(10).at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb)
            .at("23:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .at("23:10").logon("fs01", "corp\\sato", "srv01", Via::Smb).key(2),
    );
    assert_eq!(told.hops("a"), ["203.0.113.7 > srv01 sato rdp", "srv01 > fs01 sato smb"]);
}

#[test]
fn the_owner_of_a_stolen_account_who_dials_in_from_home_is_not_on_the_path() {
    let home = Story::new().each(0..5, |story, day| {
        story.day(day).at("08:30").logon("vpn-gw", "corp\\sato", "198.51.100.20", Via::Vpn).key(day as u64 + 1)
    });
    let told = tell(
        home.day(5)
            .at("08:30").logon("vpn-gw", "corp\\sato", "198.51.100.20", Via::Vpn).key(90)
            .at("23:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.9", 91)
            .at("23:05").logon("fs01", "corp\\sato", "10.8.0.9", Via::Smb).key(92).finding(High, "a"),
    );
    assert_eq!(told.hops("a"), ["203.0.113.7 > vpn-gw sato vpn", "10.8.0.9 > fs01 sato smb"]);
}

#[test]
fn two_intrusions_at_the_same_time_over_one_jump_host_stay_two() {
    let told = tell(
        Story::new()
            .at("09:00").logon("jump01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a in")
            .at("09:02").logon("jump01", "corp\\tanaka", "192.0.2.77", Via::Rdp).key(2).finding(High, "b in")
            .at("09:10").logon("srv01", "corp\\sato", "jump01", Via::Rdp).key(3).finding(High, "a on")
            .at("09:12").logon("srv02", "corp\\tanaka", "jump01", Via::Rdp).key(4).finding(High, "b on"),
    );
    assert_eq!(told.rules(), [["a in", "a on"], ["b in", "b on"]]);
    assert_eq!(told.hops("b in"), ["192.0.2.77 > jump01 tanaka rdp", "jump01 > srv02 tanaka rdp"]);
}

#[test]
fn an_operators_first_visit_to_a_server_is_not_the_intruders_who_is_on_the_same_jump_host() {
    let told = tell(
        Story::new()
            .at("08:30").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp).key(2)
            .at("09:00").logon("jump01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .at("09:12").logon("srv02", "corp\\tanaka", "jump01", Via::Rdp).key(4)
            .at("09:20").logon("srv01", "corp\\stolen", "jump01", Via::Rdp).key(3),
    );
    let hops = told.hops("a");
    assert!(!hops.contains(&"jump01 > srv02 tanaka rdp".to_owned()), "{hops:?}");
}

#[test]
fn a_rollout_of_software_that_sets_off_a_rule_everywhere_does_not_pull_the_intruder_in() {
    let rolled_out = ["srv01", "srv02", "srv03"].iter().zip(0..).fold(
        rounds(Story::new(), "dc01", "corp\\svc-deploy", Via::Smb).day(10).at("10:30"),
        |story, (server, number): (_, u64)| {
            story.after(MINUTE).logon(server, "corp\\svc-deploy", "dc01", Via::Smb).key(70 + number)
                .after(SECOND).made(model::ActivityKind::Service, server, "corp\\svc-deploy", "agent").key(70 + number)
                .finding(Medium, "new service")
        },
    );
    let told = tell(
        rolled_out
            .at("10:40").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1)
            .at("10:45").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "intruder"),
    );
    assert_eq!(told.hops("intruder"), ["203.0.113.7 > srv01 sato rdp"]);
    assert!(told.rules().contains(&vec!["intruder"]), "{:?}", told.rules());
}

#[test]
fn a_doubtful_cause_joins_nothing() {
    let there = Story::new().each(0..5, |story, number: i64| {
        let account = format!("corp\\user{number}");
        story.at("09:00").after(number * MINUTE).logon("jump01", &account, "pc03", Via::Rdp).key(10 + number as u64)
    });
    let told = tell(
        there
            .at("09:10").process("jump01", "corp\\user4", "a.exe").key(14).finding(Medium, "a")
            .at("09:12").logon("srv01", "corp\\svc-x", "jump01", Via::Smb).key(1).finding(Medium, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn what_an_application_opens_for_its_users_is_no_move_of_the_intruder_on_its_server() {
    let mail = |story: Story| {
        story.each(0..8, |story, number: i64| {
            let account = format!("corp\\user{number}");
            let story = story.at("09:00").after(number * MINUTE).logon("web01", &account, "10.20.0.1", Via::Web);
            story.after(SECOND).logon("srv02", &account, "web01", Via::Other)
        })
    };
    let told = tell(
        mail(Story::new().at("08:00").logon("web01", "root", "203.0.113.7", Via::Ssh).key(1).finding(High, "a"))
            .at("09:30").logon("db01", "root", "web01", Via::Ssh).key(2),
    );
    let hops = told.hops("a");
    assert!(hops.len() == 2 && hops.iter().all(|hop| !hop.contains("user")), "{hops:?}");
}

/// The intruder is on a machine, and an account of which nothing is known goes on from it for the first time.
fn stranger_goes_on(story: Story) -> Vec<String> {
    tell(
        story
            .day(10).at("10:00").logon("jump01", "corp\\sato", "203.0.113.7", Via::Rdp).key(901).finding(High, "a")
            .at("10:30").logon("db01", "corp\\svc-x", "jump01", Via::Ssh).key(902),
    )
    .hops("a")
}

/// Fifty people a day go on from the jump host to a machine where they had not been.
fn busy(is_logged: bool) -> Story {
    Story::new().each(0..11, |story, day: i64| {
        story.each(0..50, |story, number: i64| {
            let account = format!("corp\\user{}", day * 50 + number);
            let story = story.day(day).at("09:00").after(number * 9 * MINUTE);
            let story = if is_logged { story.logon("jump01", &account, "pc03", Via::Rdp) } else { story };
            story.after(MINUTE).logon("srv01", &account, "jump01", Via::Ssh)
        })
    })
}

#[test]
fn a_new_way_out_of_a_quiet_machine_is_the_intruders_and_out_of_a_busy_one_it_may_be_anybodys() {
    let quiet = stranger_goes_on(Story::new().at("09:00").logon("srv03", "corp\\mori", "pc03", Via::Rdp));
    assert_eq!(quiet, ["203.0.113.7 > jump01 sato rdp", "jump01 > db01 svc-x ssh"]);
    assert_eq!(stranger_goes_on(busy(true)), ["203.0.113.7 > jump01 sato rdp"]);
}

#[test]
fn the_only_session_that_a_busy_machine_logs_is_not_the_cause_of_whatever_leaves_it() {
    let hops = stranger_goes_on(busy(false));
    assert!(!hops.contains(&"jump01 > db01 svc-x ssh".to_owned()), "{hops:?}");
}
