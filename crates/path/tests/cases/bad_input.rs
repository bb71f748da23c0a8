//! What happens where records are late, doubled, missing, wrong or mean something else than they say.

use model::{Time, Via};

use crate::support::{DAY, MINUTE, PEOPLE, SECOND, Story, monday};

const FILES: &str = "vdi01 > fs01 sato smb";

fn from_outside_to_files() -> Story {
    Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi).key(7)
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9)
        .at("09:31").logoff("fs01", "corp\\sato", 9)
        .at("17:00").logoff("vdi01", "corp\\sato", 7)
}

#[test]
fn a_file_that_is_read_days_later_changes_nothing() {
    let in_order = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .file("b.log").at("09:10").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .day(5).at("09:00").logon("srv03", "corp\\sato", "pc01", Via::Rdp)
        .walk();
    let late = Story::new()
        .file("b.log").at("09:10").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .day(5).at("09:00").logon("srv03", "corp\\sato", "pc01", Via::Rdp)
        .file("events.log").day(0).at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .walk();
    assert_eq!(in_order.sessions(), late.sessions());
    assert_eq!(in_order.chain("srv01 > srv02 sato rdp"), late.chain("srv01 > srv02 sato rdp"));
}

#[test]
fn the_same_records_in_a_second_file_give_the_same_sessions() {
    let (once, twice) = (from_outside_to_files().walk(), from_outside_to_files().copied_to("copy.log").walk());
    assert_eq!(once.sessions(), twice.sessions());
    assert_eq!(once.chain(FILES), twice.chain(FILES));
    let ended = |walk: &crate::support::Walk| {
        walk.paths.sessions().iter().map(|(_, session)| session.ended).collect::<Vec<_>>()
    };
    assert_eq!(ended(&once), ended(&twice));
}

#[test]
fn a_logoff_told_twice_ends_no_other_session() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1)
        .at("09:10").logon("srv01", "corp\\sato", "pc02", Via::Rdp).key(2)
        .at("09:20").logoff("srv01", "corp\\sato", 1)
        .logoff("srv01", "corp\\sato", 1)
        .at("09:30").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .walk();
    assert_eq!(walk.cause("srv01 > srv02 sato rdp").0, "pc02 > srv01 sato rdp");
}

#[test]
fn where_the_gateways_log_is_missing_the_chain_begins_at_the_address_and_nothing_is_made_up() {
    let walk = Story::new()
        .at("08:00").logon("pc02", "corp\\tanaka", "", Via::Other)
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi)
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb)
        .walk();
    assert_eq!(walk.chain(FILES), ["10.8.0.5 > vdi01 sato vdi", FILES]);
    assert_eq!(walk.cause("10.8.0.5 > vdi01 sato vdi").0, "");
}

#[test]
fn where_the_first_hours_are_missing_what_is_done_tells_the_session() {
    let walk = Story::new()
        .at("09:00").share("srv01", "corp\\sato", "pc01", "/c$").key(5)
        .at("09:01").read("srv01", "corp\\sato", "/c$/data", "x").key(5)
        .at("09:05").logon("srv02", "corp\\sato", "srv01", Via::Smb)
        .walk();
    assert_eq!(walk.sessions(), ["pc01 > srv01 sato other", "srv01 > srv02 sato smb"]);
    assert_eq!(walk.chain("srv01 > srv02 sato smb").len(), 2);
}

#[test]
fn a_clock_two_minutes_behind_or_ahead_does_not_break_a_chain() {
    // When the first logon stands in the log; the second came three seconds after it.
    for first in ["08:58:10", "09:00:00", "09:01:55"] {
        let walk = Story::new()
            .at(first).logon("srv01", "corp\\sato", "pc01", Via::Rdp)
            .at("09:00:03").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
            .walk();
        assert_eq!(walk.chain("srv01 > srv02 sato rdp").len(), 2, "{first}");
    }
}

#[test]
fn clocks_that_differ_are_found_from_credentials_and_the_logons_they_were_for() {
    for (ahead, expected) in [(-300, -300), (-5, -5), (90, 90), (0, 0)] {
        let walk = Story::new()
            .at("08:00").logon("pc01", "corp\\sato", "", Via::Other).key(1)
            .each(0..18, |story, number: i64| {
                let server = format!("srv0{}", 1 + number % 3);
                story
                    .at("09:00").after(number * 20 * MINUTE)
                    .logon(&server, "corp\\adm-x", "pc01", Via::Smb)
                    .after(ahead * SECOND).credentials("pc01", "corp\\sato", "corp\\adm-x", &server).key(1)
            })
            .walk();
        let clocks = walk.paths.clocks();
        let found = clocks.iter().find(|(host, ..)| &*walk.estate.host_info(*host).name == "pc01");
        let seconds = found.map_or(0, |(_, offset, _)| (*offset as f64 / SECOND as f64).round() as i64);
        assert_eq!(seconds, expected, "{clocks:?}");
    }
}

#[test]
fn an_address_is_the_machine_that_had_it_at_that_time() {
    let walk = Story::bare()
        .at("08:00").dhcp("dhcp01", "laptop-a", "10.0.50.9")
        .at("09:00").logon("fs01", "corp\\sato", "10.0.50.9", Via::Smb)
        .at("12:00").dhcp("dhcp01", "laptop-b", "10.0.50.9")
        .at("13:00").logon("fs01", "corp\\sato", "10.0.50.9", Via::Smb)
        .walk();
    assert_eq!(walk.sessions(), ["laptop-a > fs01 sato smb", "laptop-b > fs01 sato smb"]);
}

#[test]
fn two_machines_with_one_short_name_are_two() {
    let walk = Story::bare()
        .at("09:00").logon("fs01.tokyo.corp.example", "corp\\sato", "pc01.tokyo.corp.example", Via::Rdp).key(1)
        .at("09:01").logon("fs01.osaka.corp.example", "corp\\tanaka", "pc01.osaka.corp.example", Via::Rdp).key(1)
        .at("09:10").logon("srv01.tokyo.corp.example", "corp\\sato", "fs01.tokyo.corp.example", Via::Smb)
        .walk();
    assert_eq!(walk.sessions().len(), 3);
    let last = walk.sessions().pop().unwrap();
    assert!(walk.cause(&last).0.contains("tokyo"), "{:?}", walk.cause(&last));
}

#[test]
fn an_account_that_was_renamed_stays_one() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\temp", "pc01", Via::Rdp)
        .at("09:10").renamed("dc01", "corp\\temp", "backup-op")
        .at("09:20").logon("srv02", "corp\\backup-op", "srv01", Via::Rdp)
        .walk();
    let last = walk.sessions().pop().unwrap();
    assert_eq!(walk.cause(&last).1, model::incident::Basis::SameAccount, "{:?}", walk.sessions());
    assert!(walk.cause(&last).2 >= 80);
}

#[test]
fn one_person_with_two_accounts_has_two_sessions_and_one_chain() {
    let walk = Story::new()
        .users(PEOPLE)
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .at("09:10").logon("srv02", "corp\\adm-sato", "srv01", Via::Rdp)
        .walk();
    assert_eq!(walk.chain("srv01 > srv02 adm-sato rdp").len(), 2);
}

#[test]
fn many_people_behind_one_translated_address_are_not_each_others_cause() {
    let walk = Story::new()
        .each(0..30, |story, number: i64| {
            let account = format!("corp\\user{number}");
            story.at("09:00").after(number * SECOND).logon("fs01", &account, "10.20.0.1", Via::Smb)
        })
        .walk();
    assert!(walk.paths.sessions().iter().all(|(_, session)| !session.cause.session.is_some()));
    assert_eq!(walk.sessions().len(), 30);
}

#[test]
fn a_record_without_a_time_begins_no_session_and_makes_no_way_look_new() {
    let usual = |story: Story| {
        story.each(0..20, |story, day| story.day(day).at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb))
    };
    let late = |walk: &crate::support::Walk| {
        let session = walk.get("pc01 > fs01 sato smb");
        walk.paths.ways().chance_of_beginning_so_late(session.from, session.host, session.account)
    };
    let plain = usual(Story::new()).walk();
    let with = usual(Story::new()).at_no_time().logon("srv01", "corp\\tanaka", "pc02", Via::Rdp).walk();
    assert!(with.paths.sessions().iter().all(|(_, session)| session.start != Time::UNKNOWN));
    assert!((late(&plain) - late(&with)).abs() < 0.01, "{} {}", late(&plain), late(&with));
}

#[test]
fn one_record_of_a_clock_that_was_never_set_makes_no_way_look_new() {
    let story = Story::new()
        .each(0..20, |story, day| story.day(day).at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb))
        .logon("srv01", "corp\\tanaka", "pc02", Via::Rdp)
        .with(|activity, _| activity.time = Time::from_date(2000, 1, 1, 0).unwrap());
    let walk = story.walk();
    let session = walk.get("pc01 > fs01 sato smb");
    let chance = walk.paths.ways().chance_of_beginning_so_late(session.from, session.host, session.account);
    assert!(chance > 0.5, "{chance}");
}

#[test]
fn a_clock_far_in_the_past_or_the_future_breaks_no_chain() {
    let with_time = |story: Story, micros: i64| story.with(move |activity, _| activity.time = Time::from_micros(micros));
    let mut story = from_outside_to_files();
    let year = |year: i16| Time::from_date(year, 1, 1, 0).unwrap().micros();
    for micros in [year(1), year(1601), -1, 1, year(2099), monday() + 40_000 * DAY, year(9999)] {
        story = with_time(story.logon("srv01", "corp\\tanaka", "pc02", Via::Rdp), micros);
        story = with_time(story.credentials("pc02", "corp\\tanaka", "corp\\x", "srv01"), micros);
        story = with_time(story.process("web01", "www-data", "sh").parent("apache2"), micros);
        story = with_time(story.web("web01", "203.0.113.5", "/"), micros);
        story = with_time(story.share("fs01", "corp\\x", "pc02", "/c$"), micros);
        story = with_time(story.vpn("vpn-gw", "corp\\x", "203.0.113.8", "10.8.0.9", 3), micros);
        story = with_time(story.logoff("vpn-gw", "corp\\x", 3), micros);
    }
    assert_eq!(story.walk().chain(FILES).len(), 3);
}

#[test]
fn an_inventory_with_errors_still_names_what_it_names() {
    let walk = Story::bare()
        .inventory("name,addresses,criticality\nfs01,10.0.2.1,9\nfs01,10.0.2.1,1\n,10.0.2.9,\npc01,999.1.1.1,x\n\"open")
        .at("09:00").logon("fs01", "corp\\sato", "10.0.2.9", Via::Smb)
        .at("09:01").logon("srv01", "corp\\sato", "10.0.2.1", Via::Smb)
        .walk();
    assert_eq!(walk.sessions(), ["10.0.2.9 > fs01 sato smb", "fs01 > srv01 sato smb"]);
}

#[test]
fn nothing_at_all_gives_nothing() {
    let walk = Story::bare().walk();
    assert!(walk.sessions().is_empty() && walk.paths.clocks().is_empty());
    let walk = Story::bare().record(model::ActivityKind::Logon, "", "").walk();
    assert!(walk.sessions().is_empty());
}
