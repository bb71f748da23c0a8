//! Which session caused another.

use model::Via;
use model::incident::Basis;

use crate::support::{MINUTE, PEOPLE, SECOND, Story};

#[test]
fn a_dial_in_its_address_the_desktop_and_a_logon_inside_are_one_chain_of_one_person() {
    let walk = Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi)
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb)
        .walk();
    assert_eq!(
        walk.chain("vdi01 > fs01 sato smb"),
        ["203.0.113.7 > vpn-gw sato vpn", "10.8.0.5 > vdi01 sato vdi", "vdi01 > fs01 sato smb"]
    );
    let (_, basis, sure) = walk.cause("10.8.0.5 > vdi01 sato vdi");
    assert_eq!(basis, Basis::Session);
    assert!(sure >= 95, "{sure}");
}

#[test]
fn a_company_device_that_dials_in_and_names_itself_is_on_the_same_chain() {
    let story = Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .from("pc03")
        .at("09:02").logon("fs01", "corp\\sato", "10.8.0.5", Via::Smb).from("pc03");
    let walk = story.walk();
    assert_eq!(walk.sessions().len(), 2, "{:?}", walk.sessions());
    let inside = walk.sessions().pop().unwrap();
    let (cause, basis, sure) = walk.cause(&inside);
    assert_eq!((cause.as_str(), basis), ("203.0.113.7 > vpn-gw sato vpn", Basis::Session), "{inside}");
    assert!(sure >= 95, "{sure}");
}

#[test]
fn an_address_that_is_given_to_the_next_who_dials_in_is_then_theirs() {
    let walk = Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:10").logon("fs01", "corp\\sato", "10.8.0.5", Via::Smb)
        .at("10:00").logoff("vpn-gw", "corp\\sato", 41)
        .at("10:30").vpn("vpn-gw", "corp\\tanaka", "203.0.113.8", "10.8.0.5", 42)
        .at("10:40").logon("fs01", "corp\\tanaka", "10.8.0.5", Via::Smb)
        .walk();
    assert_eq!(walk.cause("10.8.0.5 > fs01 sato smb").0, "203.0.113.7 > vpn-gw sato vpn");
    assert_eq!(walk.cause("10.8.0.5 > fs01 tanaka smb").0, "203.0.113.8 > vpn-gw tanaka vpn");
}

#[test]
fn ssh_then_sudo_then_ssh_outwards_as_root_has_the_first_session_as_its_cause() {
    let walk = Story::new()
        .at("09:00").logon("web01", "sato", "pc01", Via::Ssh).key(100)
        .at("09:01").switch("web01", "sato", "root")
        .at("09:02").logon("db01", "root", "web01", Via::Ssh).key(200)
        .walk();
    let last = walk.sessions().pop().unwrap();
    assert_eq!(walk.cause(&last).0, "pc01 > web01 sato ssh", "{:?}", walk.cause(&last));
}

#[test]
fn of_two_people_there_the_one_who_became_root_went_on_as_root() {
    let walk = Story::new()
        .at("09:00").logon("web01", "sato", "pc01", Via::Ssh).key(100)
        .at("09:01").logon("web01", "tanaka", "pc02", Via::Ssh).key(101)
        .at("09:02").switch("web01", "sato", "root")
        .at("09:03").logon("db01", "root", "web01", Via::Ssh).key(200)
        .walk();
    let last = walk.sessions().pop().unwrap();
    let (cause, basis, sure) = walk.cause(&last);
    assert_eq!((cause.as_str(), basis), ("pc01 > web01 sato ssh", Basis::SameAccount));
    assert!(sure >= 80, "{sure}");
}

#[test]
fn root_on_one_machine_goes_on_as_root_to_the_next() {
    let walk = Story::new()
        .at("09:00").logon("web01", "root", "pc01", Via::Ssh).key(100)
        .at("09:01").logon("web01", "tanaka", "pc02", Via::Ssh).key(101)
        .at("09:03").logon("db01", "root", "web01", Via::Ssh).key(200)
        .walk();
    let (first, last) = (walk.sessions().remove(0), walk.sessions().pop().unwrap());
    let (cause, basis, sure) = walk.cause(&last);
    assert_eq!((cause, basis), (first, Basis::SameAccount));
    assert!(sure >= 80, "{sure}");
}

#[test]
fn who_goes_on_and_comes_back_is_not_the_cause_of_their_own_first_coming() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .at("09:01").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .at("09:02").logon("srv01", "corp\\sato", "srv02", Via::Smb)
        .at("09:03").logon("srv03", "corp\\sato", "srv02", Via::Smb)
        .walk();
    assert_eq!(walk.cause("pc01 > srv01 sato rdp").0, "");
    assert_eq!(
        walk.chain("srv02 > srv03 sato smb"),
        ["pc01 > srv01 sato rdp", "srv01 > srv02 sato rdp", "srv02 > srv03 sato smb"]
    );
}

#[test]
fn a_round_of_two_machines_with_no_beginning_makes_no_ring() {
    let walk = Story::new()
        .at("09:00").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .at("09:01").logon("srv01", "corp\\sato", "srv02", Via::Rdp)
        .at("09:01:30").logon("srv03", "corp\\sato", "srv01", Via::Rdp)
        .walk();
    assert_eq!(
        walk.chain("srv01 > srv03 sato rdp"),
        ["srv01 > srv02 sato rdp", "srv02 > srv01 sato rdp", "srv01 > srv03 sato rdp"]
    );
}

#[test]
fn a_round_of_three_machines_makes_no_ring_either() {
    let walk = Story::new()
        .at("09:00:00").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .at("09:00:30").logon("srv03", "corp\\sato", "srv02", Via::Rdp)
        .at("09:01:00").logon("srv01", "corp\\sato", "srv03", Via::Rdp)
        .walk();
    assert_eq!(walk.cause("srv01 > srv02 sato rdp").0, "");
    assert_eq!(walk.chain("srv03 > srv01 sato rdp").len(), 3);
}

#[test]
fn a_command_line_that_names_the_host_decides_who_went_there() {
    let walk = Story::new()
        .at("09:00").logon("web01", "sato", "pc01", Via::Ssh).key(100)
        .at("09:01").logon("web01", "tanaka", "pc02", Via::Ssh).key(101)
        .at("09:02").process("web01", "sato", "/usr/bin/ssh").key(100).to("db01")
        .at("09:02:01").logon("db01", "app", "web01", Via::Ssh).key(200)
        .walk();
    let (cause, basis, sure) = walk.cause("web01 > db01 app ssh");
    assert_eq!((cause.as_str(), basis), ("pc01 > web01 sato ssh", Basis::Process));
    assert!(sure >= 80, "{sure}");
}

#[test]
fn explicit_credentials_decide_among_several_sessions_whichever_record_comes_first() {
    for (credentials, logon) in [("09:30:00", "09:30:01"), ("09:30:01", "09:30:00")] {
        let walk = Story::new()
            .at("09:00").logon("jump01", "corp\\sato", "pc01", Via::Rdp).key(1)
            .at("09:01").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp).key(2)
            .at("09:02").logon("jump01", "corp\\suzuki", "pc03", Via::Rdp).key(3)
            .at(credentials).credentials("jump01", "corp\\tanaka", "corp\\adm-x", "srv01").key(2)
            .at(logon).logon("srv01", "corp\\adm-x", "jump01", Via::Smb)
            .walk();
        let (cause, basis, sure) = walk.cause("jump01 > srv01 adm-x smb");
        assert_eq!((cause.as_str(), basis), ("pc02 > jump01 tanaka rdp", Basis::Credentials), "{logon}");
        assert!(sure >= 80, "{sure}");
    }
}

#[test]
fn credentials_for_another_host_or_another_account_decide_nothing() {
    let walk = Story::new()
        .at("09:00").logon("jump01", "corp\\sato", "pc01", Via::Rdp).key(1)
        .at("09:01").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp).key(2)
        .at("09:30").credentials("jump01", "corp\\tanaka", "corp\\adm-x", "srv02").key(2)
        .at("09:30:01").credentials("jump01", "corp\\tanaka", "corp\\adm-y", "srv01").key(2)
        .at("09:30:02").logon("srv01", "corp\\adm-x", "jump01", Via::Smb)
        .walk();
    let (_, basis, sure) = walk.cause("jump01 > srv01 adm-x smb");
    assert_eq!(basis, Basis::AccountChange);
    assert!(sure < 50, "{sure}");
}

#[test]
fn the_session_of_the_same_account_is_likelier_than_others() {
    let walk = Story::new()
        .at("09:00").logon("jump01", "corp\\sato", "pc01", Via::Rdp)
        .at("09:05").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp)
        .at("09:10").logon("srv01", "corp\\sato", "jump01", Via::Rdp)
        .walk();
    let (cause, basis, sure) = walk.cause("jump01 > srv01 sato rdp");
    assert_eq!((cause.as_str(), basis), ("pc01 > jump01 sato rdp", Basis::SameAccount));
    assert!(sure >= 80, "{sure}");
}

#[test]
fn a_persons_second_account_is_likelier_than_another_persons() {
    let walk = Story::new()
        .users(PEOPLE)
        .at("09:00").logon("jump01", "corp\\sato", "pc01", Via::Rdp)
        .at("09:05").logon("jump01", "corp\\tanaka", "pc02", Via::Rdp)
        .at("09:10").logon("srv01", "corp\\adm-sato", "jump01", Via::Rdp)
        .walk();
    let (cause, _, sure) = walk.cause("jump01 > srv01 adm-sato rdp");
    assert_eq!(cause, "pc01 > jump01 sato rdp");
    assert!(sure >= 60, "{sure}");
}

#[test]
fn among_many_sessions_of_others_none_is_said_to_be_the_cause() {
    let walk = Story::new()
        .each(0..10, |story, number: i64| {
            let account = format!("corp\\user{number}");
            story.at("09:00").after(number * MINUTE).logon("jump01", &account, "pc01", Via::Rdp)
        })
        .at("09:30").logon("srv01", "corp\\stolen", "jump01", Via::Rdp)
        .walk();
    assert_eq!(walk.chain("jump01 > srv01 stolen rdp"), ["jump01 > srv01 stolen rdp"]);
}

#[test]
fn a_services_habitual_way_has_no_person_as_its_cause() {
    let walk = Story::new()
        .each(0..20, |story, number| story.day(number).at("02:00").logon("db01", "corp\\svc-app", "srv01", Via::Database))
        .day(19).at("01:50").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .walk();
    assert_eq!(walk.chain("srv01 > db01 svc-app database"), ["srv01 > db01 svc-app database"]);
}

#[test]
fn an_idle_session_causes_nothing_after_a_day_nor_one_that_has_ended() {
    let idle = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp)
        .day(1).at("09:01").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .walk();
    assert_eq!(idle.cause("srv01 > srv02 sato rdp").0, "");
    let ended = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1)
        .at("09:05").logoff("srv01", "corp\\sato", 1)
        .at("09:10").logon("srv02", "corp\\sato", "srv01", Via::Rdp)
        .walk();
    assert_eq!(ended.cause("srv01 > srv02 sato rdp").0, "");
}

#[test]
fn a_session_in_which_something_is_done_stays_likely_and_an_idle_one_becomes_less_so() {
    let told = |busy: bool| {
        let story = Story::new().at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1);
        let story = if busy { story.at("16:55").process("srv01", "corp\\sato", "cmd.exe").key(1) } else { story };
        story.at("17:00").logon("srv02", "corp\\sato", "srv01", Via::Rdp).walk().cause("srv01 > srv02 sato rdp").2
    };
    assert!(told(true) > told(false), "{} {}", told(true), told(false));
}

/// Twenty people read pages of a server every few seconds.
fn readers(story: Story) -> Story {
    story.each(0..200, |story, number: i64| {
        let reader = format!("198.51.100.{}", 1 + number % 20);
        let page = format!("/news/{}", number % 7);
        story.at("09:00").after(number * 7 * SECOND).web("web01", &reader, &page)
    })
}

#[test]
fn a_web_request_the_servers_program_and_its_connection_are_one_chain_among_many_requests() {
    let walk = readers(Story::new())
        .each(0..4, |story, number: i64| {
            story
                .at("09:10").after(number * 40 * SECOND)
                .web("web01", "203.0.113.9", "/upload/x.php")
                .after(SECOND)
                .process("web01", "www-data", "/bin/sh").parent("/usr/sbin/apache2")
        })
        .at("09:13").logon("db01", "app", "web01", Via::Ssh)
        .walk();
    assert_eq!(
        walk.chain("web01 > db01 app ssh"),
        ["203.0.113.9 > web01 www-data web", "web01 > db01 app ssh"]
    );
}

#[test]
fn a_request_that_is_logged_after_the_program_it_started_counts_as_well() {
    let walk = readers(Story::new())
        .each(0..4, |story, number: i64| {
            story
                .at("09:10").after(number * 40 * SECOND)
                .process("web01", "www-data", "/bin/sh").parent("/usr/sbin/apache2")
                .after(2 * SECOND)
                .web("web01", "203.0.113.9", "/upload/x.php")
        })
        .walk();
    assert_eq!(walk.session_of("/bin/sh"), "203.0.113.9 > web01 www-data web");
}

#[test]
fn a_program_that_the_server_runs_every_day_is_nobodys_request() {
    let walk = Story::new()
        .each(0..10, |story, day| {
            story
                .day(day).at("09:00").web("web01", "198.51.100.7", "/report")
                .at("09:00:01").process("web01", "www-data", "/usr/bin/convert").parent("/usr/sbin/apache2")
        })
        .walk();
    let last = walk.paths.sessions().iter().last().unwrap().1.cause.confidence;
    assert!(last < 0.5, "{last}");
}
