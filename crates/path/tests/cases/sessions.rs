//! What makes one session, and what makes none.

use model::{ActivityKind, LogonType, Via};

use crate::support::{MINUTE, SECOND, Story};

#[test]
fn a_windows_logon_id_its_programs_its_shares_and_what_goes_on_from_it_are_one_chain() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(0x51)
        .at("09:01").process("srv01", "corp\\sato", "cmd.exe").key(0x51).pid(700, 600)
        .at("09:02").process("srv01", "", "whoami.exe").pid(701, 700)
        .at("09:03").share("srv01", "corp\\sato", "pc01", "/c$").key(0x51)
        .at("09:05").logon("fs01", "corp\\sato", "10.0.3.1", Via::Smb).key(0x99)
        .at("09:06").read("fs01", "corp\\sato", "/projects", "plan.docx").key(0x99)
        .walk();
    let (desktop, files) = ("pc01 > srv01 sato rdp", "srv01 > fs01 sato smb");
    assert_eq!(walk.sessions(), [desktop, files]);
    for program in ["cmd.exe", "whoami.exe", "/c$"] {
        assert_eq!(walk.session_of(program), desktop, "{program}");
    }
    assert_eq!(walk.session_of("/projects"), files);
    assert_eq!(walk.chain(files), [desktop, files]);
}

#[test]
fn a_logon_id_means_a_session_of_its_own_host_alone() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(7)
        .at("09:01").logon("srv02", "corp\\tanaka", "pc02", Via::Rdp).key(7)
        .at("09:02").process("srv02", "corp\\tanaka", "cmd.exe").key(7)
        .walk();
    assert_eq!(walk.session_of("cmd.exe"), "pc02 > srv02 tanaka rdp");
}

#[test]
fn logons_on_one_way_never_ten_minutes_apart_are_one_visit() {
    let logon = |story: Story, minute: i64| {
        story.day(0).at("09:00").after(minute * MINUTE).logon("fs01", "corp\\sato", "pc01", Via::Smb)
    };
    assert_eq!(Story::new().each([0, 9, 18, 27], logon).walk().sessions().len(), 1);
    assert_eq!(Story::new().each([0, 11, 22], logon).walk().sessions().len(), 3);
}

#[test]
fn another_account_or_another_source_is_another_session() {
    let walk = Story::new()
        .at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb)
        .at("09:01").logon("fs01", "corp\\tanaka", "pc01", Via::Smb)
        .at("09:02").logon("fs01", "corp\\sato", "pc02", Via::Smb)
        .walk();
    assert_eq!(walk.sessions().len(), 3);
}

#[test]
fn machine_accounts_and_built_in_accounts_make_no_sessions() {
    let walk = Story::new()
        .at("09:00").logon("fs01", "corp\\pc01$", "pc01", Via::Smb).key(1)
        .at("09:01").logon("fs01", "nt authority\\system", "", Via::Other).key(2)
        .at("09:02").logon("fs01", "nt authority\\anonymous logon", "pc01", Via::Smb).key(3)
        .at("09:03").logon("fs01", "window manager\\dwm-1", "", Via::Other).key(4)
        .at("09:04").logon("fs01", "", "pc01", Via::Smb).key(5)
        .walk();
    assert!(walk.sessions().is_empty(), "{:?}", walk.sessions());
}

#[test]
fn a_logon_that_failed_or_of_a_service_makes_no_session() {
    let service = |story: Story| story.with(|activity, _| activity.logon_type = LogonType::Service);
    let story = Story::new().at("09:00").logon("fs01", "corp\\sato", "pc01", Via::Smb).in_vain();
    let walk = service(story.at("09:01").logon("fs01", "corp\\svc-sql", "", Via::Service)).walk();
    assert!(walk.sessions().is_empty(), "{:?}", walk.sessions());
}

#[test]
fn other_credentials_for_what_goes_outwards_are_the_same_session() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(0x51)
        .at("09:05").logon("srv01", "corp\\sato", "", Via::Other).key(0x60)
        .with(|activity, _| {
            (activity.logon_type, activity.other_session) = (LogonType::NewCredentials, 0x51);
        })
        .at("09:06").process("srv01", "corp\\sato", "cmd.exe").key(0x60)
        .walk();
    assert_eq!(walk.session_of("cmd.exe"), "pc01 > srv01 sato rdp");
    assert_eq!(walk.sessions().len(), 1);
}

#[test]
fn a_service_or_a_task_made_over_the_network_tells_how_a_session_came() {
    for (kind, session) in [
        (ActivityKind::Service, "pc01 > srv01 sato service"),
        (ActivityKind::Task, "pc01 > srv01 sato task"),
    ] {
        let walk = Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Smb).key(8)
            .at("09:00:20").made(kind, "srv01", "corp\\sato", "updater").key(8)
            .walk();
        assert_eq!(walk.sessions(), [session]);
    }
}

#[test]
fn a_service_that_the_system_notes_without_a_name_belongs_to_who_just_came_over_the_network() {
    let walk = Story::new()
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Smb).key(8)
        .at("09:00:20").made(ActivityKind::Service, "srv01", "", "updater")
        .at("09:00:21").process("srv01", "nt authority\\system", "updater.exe").parent("services.exe").pid(90, 4)
        .at("09:00:25").process("srv01", "nt authority\\system", "cmd.exe").pid(91, 90)
        .walk();
    let session = "pc01 > srv01 sato service";
    for thing in ["updater", "updater.exe", "cmd.exe"] {
        assert_eq!(walk.session_of(thing), session, "{thing}");
    }
}

#[test]
fn a_program_that_a_call_from_afar_starts_tells_the_way() {
    for (parent, session) in [
        ("c:\\windows\\system32\\wbem\\wmiprvse.exe", "pc01 > srv01 sato wmi"),
        ("c:\\windows\\system32\\wsmprovhost.exe", "pc01 > srv01 sato winrm"),
        ("c:\\windows\\explorer.exe", "pc01 > srv01 sato smb"),
    ] {
        let walk = Story::new()
            .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Smb).key(8)
            .at("09:00:05").process("srv01", "corp\\sato", "cmd.exe").parent(parent).key(8)
            .walk();
        assert_eq!(walk.sessions(), [session]);
    }
}

#[test]
fn what_is_done_on_a_share_before_any_logon_is_seen_begins_a_session_by_itself() {
    let walk = Story::new()
        .at("09:00").read("fs01", "corp\\sato", "/projects", "a").from("10.0.9.1")
        .at("09:20").read("fs01", "corp\\sato", "/plans", "b").from("10.0.9.1")
        .walk();
    assert_eq!(walk.sessions(), ["pc01 > fs01 sato other"]);
    assert!(walk.get("pc01 > fs01 sato other").implicit);
}

#[test]
fn a_shares_many_short_network_sessions_are_one_and_go_on_after_a_logoff() {
    let walk = Story::new()
        .each(0..6, |story, number: i64| {
            let key = 100 + number as u64;
            story
                .at("09:00").after(number * 2 * MINUTE).logon("fs01", "corp\\sato", "pc01", Via::Smb).key(key)
                .after(10 * SECOND).logoff("fs01", "corp\\sato", key)
        })
        .walk();
    assert_eq!(walk.sessions(), ["pc01 > fs01 sato smb"]);
}
