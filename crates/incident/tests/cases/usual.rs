//! What is usual is no intruder's: homes, accounts that belong on a host, rules that speak every day; and what only unusual days say is not sure.

use model::Level::{High, Medium};
use model::Via;
use model::incident::Status;

use super::support::{MINUTE, Story, tell};

#[test]
fn where_only_an_unusual_day_speaks_nothing_is_sure() {
    let story = || Story::new().at("10:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1);
    let odd = tell(story().odd_day("odd"));
    assert_eq!(odd.hops("odd"), ["203.0.113.7 > srv01 sato rdp"]);
    assert!(odd.hop("odd", "203.0.113.7 > srv01 sato rdp").confidence < 0.8);
    assert_eq!(odd.entities("odd", Status::Confirmed), [""; 0]);
    let shown = tell(story().odd_day("odd").finding(High, "rule"));
    assert!(shown.hop("rule", "203.0.113.7 > srv01 sato rdp").confidence >= 0.8);
    assert!(shown.entities("rule", Status::Confirmed).contains(&"srv01"));
}

/// Somebody dials in on these days, and from the same address on the tenth, which is told to be odd.
fn dialled_in_on(days: &[i64]) -> Vec<String> {
    let usual = Story::new().each(0..11, |story, day| {
        story.day(day).at("09:00").logon("fs01", "corp\\mori", "pc02", Via::Smb)
    });
    let before = usual.each(days.iter().copied(), |story, day| {
        story.day(day).at("20:00").logon("web01", "corp\\sato", "198.51.100.20", Via::Web)
    });
    let told = tell(
        before
            .day(10).at("08:30").logon("vpn-gw", "corp\\sato", "198.51.100.20", Via::Vpn).key(90)
            .at("08:35").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(91).odd_day("odd")
            .at("08:40").logon("vpn-gw", "corp\\sato", "198.51.100.20", Via::Vpn).key(92).odd_day("odder"),
    );
    told.hops("odder")
}

#[test]
fn an_address_from_which_somebody_had_always_come_is_their_home_and_not_the_intruders() {
    let early = dialled_in_on(&[0, 3, 6]);
    assert!(!early.iter().any(|hop| hop.contains("web01")), "{early:?}");
    let late = dialled_in_on(&[9, 10]);
    assert!(late.contains(&"198.51.100.20 > web01 sato web".to_owned()), "{late:?}");
}

/// An intruder comes to a server from which an account went elsewhere on so many days before.
fn left_behind(days: i64) -> Vec<String> {
    let usual = Story::new().each(0..11, |story, day| {
        story.day(day).at("09:00").logon("fs01", "corp\\mori", "pc02", Via::Smb)
    });
    let rounds = usual.each(0..days, |story, day| {
        story.day(day).at("11:00").logon(&format!("pc{}", 10 + day), "corp\\svc-deploy", "deploy01", Via::Smb)
    });
    let told = tell(
        rounds
            .day(10).at("10:00").logon("deploy01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1)
            .after(MINUTE).process("deploy01", "corp\\sato", "a.exe").key(1).finding(High, "a")
            .after(9 * MINUTE).logon("pc77", "corp\\svc-deploy", "deploy01", Via::Smb),
    );
    told.hops("a")
}

#[test]
fn an_account_that_had_been_leaving_a_host_for_days_is_not_the_intruders_who_is_there() {
    assert_eq!(left_behind(6), ["203.0.113.7 > deploy01 sato rdp"]);
    assert_eq!(left_behind(0), ["203.0.113.7 > deploy01 sato rdp", "deploy01 > pc77 svc-deploy smb"]);
}

#[test]
fn who_uses_an_application_has_not_its_server() {
    let came = |via: Via| {
        tell(
            Story::new()
                .at("10:00").logon("web01", "corp\\sato", "203.0.113.7", via).key(1).finding(High, "a")
                .after(5 * MINUTE).logon("db01", "corp\\tanaka", "web01", Via::Other),
        )
    };
    assert_eq!(came(Via::Web).hops("a"), ["203.0.113.7 > web01 sato web"]);
    assert_eq!(came(Via::Ssh).hops("a"), ["203.0.113.7 > web01 sato ssh", "web01 > db01 tanaka other"]);
}

/// A rule that speaks on so many days, each day of somebody else's session, and on the last of an intruder's.
fn daily(days: i64) -> Vec<String> {
    let told = tell(Story::new().each(0..days, |story, day| {
        let story = story.day(day).at("09:00");
        let story = story.logon("web01", "corp\\www", &format!("198.51.{day}.20"), Via::Ssh).key(day as u64 + 1);
        story.after(MINUTE).process("web01", "corp\\www", "chmod").key(day as u64 + 1).finding(Medium, "daily")
    }));
    told.rules().concat().into_iter().map(str::to_owned).collect()
}

#[test]
fn what_a_rule_says_every_day_from_the_first_on_begins_no_incident() {
    assert_eq!(daily(2), ["daily", "daily"]);
    assert_eq!(daily(8), [""; 0]);
}
