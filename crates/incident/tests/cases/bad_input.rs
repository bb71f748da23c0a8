//! What incidents say where the input is doubled, late, partly missing, without times, or empty.

use model::{Level::High, Level::Medium, Time, Via};

use crate::support::{DAY, MINUTE, PEOPLE, SECOND, Story, Told, monday, tell};

fn intrusion() -> Story {
    Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi).key(7)
        .at("09:10").process("vdi01", "corp\\sato", "a.exe").key(7).finding(High, "tool")
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9)
        .at("09:31").read("fs01", "corp\\sato", "/projects", "plan").key(9)
        .at("09:50").logon("db01", "corp\\sato", "vdi01", Via::Database).key(11)
        .at("09:51").db_read("db01", "corp\\sato", "orderdb/contracts", 500).key(11)
}

fn hops(told: &Told) -> Vec<String> {
    told.hops("tool")
}

#[test]
fn the_same_records_in_a_second_file_double_no_move() {
    let (once, twice) = (tell(intrusion()), tell(intrusion().copied_to("copy.log")));
    assert_eq!(once.rules(), twice.rules());
    assert_eq!(hops(&once), hops(&twice));
    assert_eq!(once.only().incident.score, twice.only().incident.score);
    let confidence = |told: &Told| told.only().incident.path.iter().map(|hop| hop.confidence).collect::<Vec<_>>();
    assert_eq!(confidence(&once), confidence(&twice));
}

#[test]
fn the_same_records_in_a_second_file_double_no_data() {
    let (once, twice) = (tell(intrusion()), tell(intrusion().copied_to("copy.log")));
    assert_eq!(once.data("tool"), twice.data("tool"));
}

#[test]
fn two_readings_of_one_moment_in_one_file_are_two() {
    let told = tell(intrusion().at("09:51").db_read("db01", "corp\\sato", "orderdb/contracts", 500).key(11));
    assert!(told.data("tool").contains(&"db01/contracts 1000 objects 0 bytes".to_owned()), "{:?}", told.data("tool"));
}

#[test]
fn a_file_read_last_that_tells_of_earlier_days_changes_nothing() {
    let late = Story::new()
        .file("later.log")
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9)
        .day(6).at("09:00").logon("srv03", "corp\\tanaka", "pc02", Via::Rdp)
        .file("events.log").day(0)
        .at("09:02").logon("vdi01", "corp\\sato", "203.0.113.7", Via::Vdi).key(7)
        .at("09:10").process("vdi01", "corp\\sato", "a.exe").key(7).finding(High, "tool");
    assert_eq!(hops(&tell(late)), ["203.0.113.7 > vdi01 sato vdi", "vdi01 > fs01 sato smb"]);
}

#[test]
fn where_the_gateways_log_is_missing_the_path_begins_at_the_desktop_and_says_no_more() {
    let story = Story::new()
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi).key(7)
        .at("09:10").process("vdi01", "corp\\sato", "a.exe").key(7).finding(High, "tool")
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9);
    let told = tell(story);
    assert_eq!(hops(&told), ["10.8.0.5 > vdi01 sato vdi", "vdi01 > fs01 sato smb"]);
    assert_eq!(told.entry("tool"), "vdi01 from 10.8.0.5 by vdi");
}

#[test]
fn clocks_up_to_two_minutes_apart_keep_the_path() {
    for desktop in ["08:58:05", "09:00:00", "09:01:55"] {
        let told = tell(
            Story::new()
                .at(desktop).logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(7)
                .at("09:00:05").logon("srv02", "corp\\sato", "srv01", Via::Smb).key(9)
                .at("09:30").process("srv02", "corp\\sato", "a.exe").key(9).finding(High, "tool"),
        );
        assert_eq!(told.rules(), [["tool"]]);
        assert_eq!(told.entry("tool"), "srv01 from 203.0.113.7 by rdp", "{desktop}");
    }
}

/// Every time that an incident tells.
fn times(told: &Told) -> Vec<Time> {
    let of = |one: &incident::Concluded| {
        let one = &one.incident;
        let mut times = vec![one.first_seen, one.last_seen];
        times.extend(one.detected);
        times.extend(one.entry.iter().map(|entry| entry.time));
        times.extend(one.path.iter().map(|hop| hop.time));
        times.extend(one.stages.iter().map(|stage| stage.time));
        times.extend(one.data.iter().flat_map(|data| [data.first, data.last]));
        times
    };
    told.incidents.iter().flat_map(of).collect()
}

#[test]
fn records_without_a_time_put_no_move_reading_or_entry_into_1970() {
    let told = tell(
        intrusion()
            .at_no_time()
            .logon("srv03", "corp\\sato", "vdi01", Via::Rdp).key(50)
            .read("fs01", "corp\\sato", "/projects", "old").key(9)
            .process("vdi01", "corp\\sato", "z.exe").key(7),
    );
    assert!(times(&told).iter().all(|time| time.micros() >= monday()), "{:?}", times(&told));
    assert_eq!(told.entry("tool"), "vpn-gw from 203.0.113.7 by vpn");
}

#[test]
fn a_finding_without_a_time_breaks_nothing_and_says_no_time_that_is_not_known() {
    let told = tell(intrusion().at_no_time().process("srv03", "corp\\tanaka", "z.exe").finding(High, "timeless"));
    assert!(told.rules().iter().flatten().any(|rule| *rule == "tool"));
    let one = &told.of("tool").incident;
    assert!(one.first_seen.micros() >= monday() && one.detected.is_some_and(|time| time.micros() >= monday()));
    let all = tell(Story::new().at_no_time().logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1).finding(High, "only"));
    assert!(all.incidents.len() <= 1);
}

#[test]
fn one_record_without_a_time_does_not_make_a_daily_way_the_intruders() {
    let usual = Story::new().each(0..20, |story, day| {
        story
            .day(day).at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Smb)
            .at("12:00").logon("srv02", "corp\\tanaka", "srv01", Via::Smb)
    });
    let story = |story: Story| {
        story
            .day(20).at("08:00").logon("srv01", "corp\\mori", "203.0.113.7", Via::Rdp).key(1).finding(High, "tool")
            .at("12:00").logon("srv02", "corp\\tanaka", "srv01", Via::Smb)
    };
    let plain = tell(story(usual.clone()));
    let with = tell(story(usual.at_no_time().logon("fs01", "corp\\x", "pc03", Via::Smb)));
    assert_eq!(hops(&plain), ["203.0.113.7 > srv01 mori rdp"]);
    assert_eq!(hops(&plain), hops(&with));
}

#[test]
fn a_logon_at_no_known_host_is_no_move() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "tool")
            .at("09:10").logon("", "corp\\sato", "203.0.113.7", Via::Web).key(2),
    );
    assert_eq!(hops(&told), ["203.0.113.7 > srv01 sato rdp"]);
}

#[test]
fn an_address_that_two_machines_had_one_after_the_other_joins_nothing() {
    let told = tell(
        Story::bare()
            .at("08:00").dhcp("dhcp01", "laptop-a", "10.0.50.9")
            .at("09:00").logon("srv01", "corp\\sato", "10.0.50.9", Via::Rdp).key(1).finding(High, "a")
            .at("12:00").dhcp("dhcp01", "laptop-b", "10.0.50.9")
            .at("13:00").logon("srv02", "corp\\tanaka", "10.0.50.9", Via::Rdp).key(2).finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
    assert_eq!(told.hops("a"), ["laptop-a > srv01 sato rdp"]);
    assert_eq!(told.hops("b"), ["laptop-b > srv02 tanaka rdp"]);
}

#[test]
fn two_machines_with_one_short_name_stay_two_incidents() {
    let told = tell(
        Story::bare()
            .at("09:00").logon("fs01.tokyo.corp.example", "corp\\sato", "pc01.tokyo.corp.example", Via::Rdp).key(1)
            .finding(High, "a")
            .at("09:05").logon("fs01.osaka.corp.example", "corp\\tanaka", "pc01.osaka.corp.example", Via::Rdp).key(1)
            .finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn an_account_renamed_in_between_is_on_one_path() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\temp", "203.0.113.7", Via::Rdp).key(1).finding(High, "tool")
            .at("09:10").renamed("dc01", "corp\\temp", "backup-op")
            .at("09:20").logon("srv02", "corp\\backup-op", "srv01", Via::Rdp).key(2)
            .at("09:30").process("srv02", "corp\\backup-op", "b.exe").key(2).finding(High, "later"),
    );
    assert_eq!(told.rules(), [["later", "tool"]]);
}

#[test]
fn one_person_with_two_accounts_is_on_one_path() {
    let told = tell(
        Story::new()
            .users(PEOPLE)
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "tool")
            .at("09:20").logon("srv02", "corp\\adm-sato", "srv01", Via::Rdp).key(2)
            .at("09:30").process("srv02", "corp\\adm-sato", "b.exe").key(2).finding(High, "later"),
    );
    assert_eq!(told.rules(), [["later", "tool"]]);
    assert_eq!(hops(&told), ["203.0.113.7 > srv01 sato rdp", "srv01 > srv02 adm-sato rdp"]);
}

#[test]
fn machine_accounts_are_no_moves() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "tool")
            .at("09:10").logon("fs01", "corp\\srv01$", "srv01", Via::Smb).key(2)
            .at("09:11").logon("dc01", "corp\\srv01$", "srv01", Via::Smb).key(3),
    );
    assert_eq!(hops(&told), ["203.0.113.7 > srv01 sato rdp"]);
}

#[test]
fn many_people_behind_one_translated_address_inside_stay_apart() {
    let crowd = Story::new().each(0..10, |story, day| {
        story.each(0..25, |story, number: i64| {
            let at = story.day(day).at("09:00").after(number * SECOND);
            at.logon("srv01", &format!("corp\\user{number}"), "10.20.0.1", Via::Web)
        })
    });
    let told = tell(
        crowd
            .day(10).at("10:00").logon("srv01", "corp\\user1", "10.20.0.1", Via::Web).key(1).finding(High, "a")
            .at("10:05").logon("srv01", "corp\\user2", "10.20.0.1", Via::Web).key(2).finding(High, "b"),
    );
    assert_eq!(told.rules(), [["a"], ["b"]]);
}

#[test]
fn alerts_of_another_tool_without_a_time_do_not_make_anything_usual() {
    let alerts = |story: Story| {
        story.at("09:00").alert(High, "x", "srv01").at("09:01").alert(High, "y", "srv01")
    };
    let plain = tell(alerts(Story::new()));
    let with = tell(alerts(Story::new().at_no_time().alert(Medium, "z", "srv02")));
    assert!(plain.rules().contains(&vec!["x", "y"]), "{:?}", plain.rules());
    assert!(with.rules().iter().any(|rules| rules.contains(&"x") && rules.contains(&"y")), "{:?}", with.rules());
}

#[test]
fn a_clock_far_in_the_past_or_the_future_breaks_nothing() {
    let year = |year: i16| Time::from_date(year, 1, 1, 0).unwrap().micros();
    let mut story = intrusion();
    for micros in [year(1), year(1601), -1, 1, year(2099), monday() + 40_000 * DAY, year(9999)] {
        story = story.logon("srv01", "corp\\tanaka", "pc02", Via::Rdp);
        story = story.with(|activity, _| activity.time = Time::from_micros(micros)).finding(Medium, "odd");
        if let Some(finding) = story.findings.last_mut() {
            finding.time = Time::from_micros(micros);
        }
    }
    assert_eq!(hops(&tell(story)).len(), 4);
}

#[test]
fn nothing_at_all_gives_nothing() {
    assert!(tell(Story::bare()).incidents.is_empty());
    assert!(tell(intrusion_without_findings()).incidents.is_empty());
    assert!(tell(Story::bare().finding_about(High, "a", "")).incidents.len() <= 1);
    let told = tell(Story::bare().at("09:00").finding_about(High, "a", "").after(MINUTE).finding_about(High, "b", ""));
    assert_eq!(told.incidents.iter().map(|one| one.findings.len()).sum::<usize>(), 2);
}

fn intrusion_without_findings() -> Story {
    let mut story = intrusion();
    story.findings.clear();
    story
}
