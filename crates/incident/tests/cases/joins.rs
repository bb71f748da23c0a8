//! What belongs together becomes one incident.

use model::incident::Basis;
use model::{Level, Level::High, Level::Low, Level::Medium, Via};

use crate::support::{MINUTE, Story, tell};

#[test]
fn two_findings_in_one_session_are_one_incident() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1)
            .at("09:10").process("srv01", "corp\\sato", "a.exe").key(1).finding(Medium, "a")
            .at("15:00").process("srv01", "corp\\sato", "b.exe").key(1).finding(Medium, "b"),
    );
    assert_eq!(told.rules(), [["a", "b"]]);
}

#[test]
fn findings_on_a_first_and_a_second_device_are_one_incident_where_a_chain_joins_them() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1)
            .at("09:05").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "on the first")
            .at("13:00").logon("srv02", "corp\\sato", "srv01", Via::Rdp).key(2)
            .at("13:10").logon("srv03", "corp\\sato", "srv02", Via::Rdp).key(3)
            .at("13:20").process("srv03", "corp\\sato", "b.exe").key(3).finding(High, "on the second"),
    );
    assert_eq!(told.rules(), [["on the first", "on the second"]]);
    assert_eq!(
        told.hops("on the first"),
        ["203.0.113.7 > srv01 sato rdp", "srv01 > srv02 sato rdp", "srv02 > srv03 sato rdp"]
    );
    assert_eq!(told.entry("on the first"), "srv01 from 203.0.113.7 by rdp");
}

#[test]
fn the_dial_in_before_a_finding_inside_is_found_by_the_address_it_was_given() {
    let told = tell(
        Story::new()
            .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
            .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi).key(7)
            .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9).finding(High, "inside"),
    );
    assert_eq!(told.entry("inside"), "vpn-gw from 203.0.113.7 by vpn");
    assert_eq!(
        told.hops("inside"),
        ["203.0.113.7 > vpn-gw sato vpn", "10.8.0.5 > vdi01 sato vdi", "vdi01 > fs01 sato smb"]
    );
    assert!(told.basis("inside", "vdi01 > fs01 sato smb").contains(&Basis::Finding));
}

#[test]
fn findings_that_come_from_one_new_address_outside_are_one_incident() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(Medium, "a")
            .at("14:00").logon("web01", "corp\\tanaka", "203.0.113.7", Via::Ssh).key(2).finding(Medium, "b"),
    );
    assert_eq!(told.rules(), [["a", "b"]]);
}

#[test]
fn a_finding_without_a_session_joins_the_nearest_of_its_host() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Smb).key(1).finding(High, "early")
            .at("13:00").logon("srv01", "corp\\tanaka", "pc02", Via::Smb).key(2).finding(High, "late")
            .at("13:20").finding_about(High, "nobody's", "srv01"),
    );
    assert_eq!(told.rules(), [vec!["early"], vec!["late", "nobody's"]]);
}

#[test]
fn a_finding_without_a_session_that_fits_two_incidents_makes_them_no_one() {
    // sato sits there, tanaka has just come over the network.
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .at("09:20").logon("srv01", "corp\\tanaka", "192.0.2.77", Via::Smb).key(2).finding(High, "b")
            .at("09:21").finding_about(High, "whose", "srv01"),
    );
    assert_eq!(told.incidents.len(), 2, "{:?}", told.rules());
}

#[test]
fn weak_findings_join_the_incident_in_whose_sessions_they_lie() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1)
            .at("09:10").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "strong")
            .at("09:20").process("srv01", "corp\\sato", "b.exe").key(1).finding(Low, "weak, same session")
            .at("09:30").finding_about(Low, "weak, elsewhere", "srv02"),
    );
    assert_eq!(told.rules(), [["strong", "weak, same session"]]);
}

#[test]
fn a_weak_finding_about_who_newly_came_from_another_host_is_an_incident_of_low_severity() {
    let told = tell(
        Story::new()
            .at("09:30").logon("srv02", "corp\\tanaka", "pc02", Via::Smb).key(2).finding(Low, "weak")
            .at("09:31").process("srv02", "corp\\tanaka", "b.exe").key(2).finding(Low, "weaker"),
    );
    assert_eq!(told.rules(), [["weak", "weaker"]]);
    assert_eq!(told.hops("weak"), ["pc02 > srv02 tanaka smb"]);
    assert_eq!((told.severity("weak"), told.of("weak").incident.detected), (Low, None));
}

#[test]
fn weak_findings_make_no_incident_without_a_move_that_is_new() {
    let local = Story::new().at("09:00").logon("pc02", "corp\\tanaka", "", Via::Other).key(1).finding(Low, "weak");
    assert!(tell(local).rules().is_empty());
    let outside = Story::new().at("09:00").logon("srv02", "corp\\tanaka", "203.0.113.7", Via::Vpn);
    assert!(tell(outside.key(1).finding(Low, "weak")).rules().is_empty());
    let informational = Story::new().at("09:00").logon("srv02", "corp\\tanaka", "pc02", Via::Smb).key(1);
    assert!(tell(informational.finding(Level::Informational, "weak")).rules().is_empty());
    let usual = Story::new().each(0..5, |story, day| {
        story.day(day).at("09:00").logon("srv02", "corp\\tanaka", "pc02", Via::Smb).key(day as u64 + 1)
    });
    assert!(tell(usual.finding(Low, "weak")).rules().is_empty());
}

/// Where only a sensor of the network sees a host, nobody's session is known there.
#[test]
fn what_newly_leaves_a_host_that_only_sensors_see_is_supposed_to_be_of_whoever_a_finding_there_is_about() {
    let story = || {
        Story::new()
            .at("09:00").web("198.51.100.9", "pc02", "/tool.exe").finding(Medium, "fetched")
            .at("09:20").logon("srv02", "corp\\tanaka", "pc02", Via::Winrm).key(2)
            .at("12:00").logon("srv03", "corp\\tanaka", "pc02", Via::Winrm).key(3)
    };
    let told = tell(story());
    assert_eq!(told.hops("fetched"), ["pc02 > srv02 tanaka winrm"]);
    assert_eq!(told.basis("fetched", "pc02 > srv02 tanaka winrm"), [Basis::Time]);
    assert!(told.hop("fetched", "pc02 > srv02 tanaka winrm").confidence < 0.8);
    // Somebody is known to sit there, who has no part in it.
    let sits = story().at("08:50").logon("pc02", "corp\\mori", "pc09", Via::Rdp).key(9);
    assert!(tell(sits).hops("fetched").is_empty());
}

#[test]
fn what_went_on_from_the_intruders_session_is_on_the_path_without_a_finding_of_its_own() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1)
            .at("09:05").process("srv01", "corp\\sato", "a.exe").key(1).finding(High, "a")
            .at("09:30").logon("srv02", "corp\\sato", "srv01", Via::Smb).key(2)
            .at("09:40").logon("db01", "corp\\sato", "srv02", Via::Database).key(3),
    );
    assert_eq!(
        told.hops("a"),
        ["203.0.113.7 > srv01 sato rdp", "srv01 > srv02 sato smb", "srv02 > db01 sato database"]
    );
}

#[test]
fn another_visit_in_the_same_way_from_outside_is_on_the_path() {
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .day(2).at("03:00").logon("srv01", "corp\\sato", "203.0.113.99", Via::Rdp).key(2),
    );
    assert_eq!(told.hops("a"), ["203.0.113.7 > srv01 sato rdp", "203.0.113.99 > srv01 sato rdp"]);
}

#[test]
fn the_same_evidence_never_makes_two_incidents() {
    // Each of three findings hangs together with the next by something else: a session, a chain, an address.
    let told = tell(
        Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .at("09:10").process("srv01", "corp\\sato", "b.exe").key(1).finding(High, "b")
            .at("09:20").logon("srv02", "corp\\sato", "srv01", Via::Rdp).key(2).finding(High, "c")
            .at("11:00").logon("web01", "corp\\tanaka", "203.0.113.7", Via::Ssh).key(3).finding(High, "d")
            .at("11:30").logon("srv03", "corp\\tanaka", "web01", Via::Ssh).key(4).finding(High, "e"),
    );
    let one = told.only();
    assert_eq!(one.findings, [0, 1, 2, 3, 4]);
    assert_eq!(one.incident.path.len(), 4);
}

#[test]
fn a_finding_that_repeats_within_an_hour_is_in_one_incident_each_time() {
    let told = tell(Story::new().at("08:59").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1).each(
        0..12,
        |story, number: i64| {
            let story = story.at("09:00").after(number * 10 * MINUTE);
            story.process("srv01", "corp\\sato", "a.exe").key(1).finding(Medium, "a")
        },
    ));
    assert_eq!(told.only().findings, (0..12).collect::<Vec<u32>>());
}

#[test]
fn what_a_web_server_was_made_to_run_is_traced_to_who_asked() {
    let story = Story::new().each(0..60, |story, number: i64| {
        let reader = format!("198.51.100.{}", 1 + number % 30);
        story.at("09:00").after(number * MINUTE / 2).web("web01", &reader, "/news")
    });
    let told = tell(
        story
            .at("09:10:05").web("web01", "203.0.113.9", "/upload/x.php")
            .at("09:10:06").process("web01", "www-data", "/bin/sh").parent("/usr/sbin/apache2").finding(High, "shell")
            .at("09:11:05").web("web01", "203.0.113.9", "/upload/x.php")
            .at("09:11:06").process("web01", "www-data", "/usr/bin/id").parent("/usr/sbin/apache2")
            .at("09:12").logon("db01", "app", "web01", Via::Ssh).key(2),
    );
    assert_eq!(told.hops("shell"), ["203.0.113.9 > web01 www-data web", "web01 > db01 app ssh"]);
    assert_eq!(told.entry("shell"), "web01 from 203.0.113.9 by web");
}
