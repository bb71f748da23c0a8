//! What an incident says of itself: entry, moves, data, id, order.

use model::incident::{Basis, Status};
use model::{Level::High, Level::Medium, Via};

use crate::support::{MINUTE, Story, Told, tell, tell_with, text};

/// From outside over a desktop to the files and the database.
fn intrusion() -> Story {
    Story::new()
        .at("09:00").vpn("vpn-gw", "corp\\sato", "203.0.113.7", "10.8.0.5", 41)
        .at("09:02").logon("vdi01", "corp\\sato", "10.8.0.5", Via::Vdi).key(7)
        .at("09:10").process("vdi01", "corp\\sato", "a.exe").key(7).finding(High, "tool")
        .at("09:30").logon("fs01", "corp\\sato", "vdi01", Via::Smb).key(9)
        .at("09:31").read("fs01", "corp\\sato", "/projects", "plan").key(9)
        .at("09:32").read("fs01", "corp\\sato", "/projects", "plan").key(9)
        .at("09:33").read("fs01", "corp\\sato", "/projects", "prices").key(9)
        .at("09:34").read("fs01", "corp\\sato", "/hr", "names").key(9)
        .at("09:50").logon("db01", "corp\\sato", "vdi01", Via::Database).key(11)
        .at("09:51").db_read("db01", "corp\\sato", "orderdb/contracts", 500).key(11)
}

#[test]
fn each_move_has_its_confidence_what_it_rests_on_and_its_record() {
    let told = tell(intrusion());
    let path = &told.only().incident.path;
    assert_eq!(
        path.iter().map(text).collect::<Vec<_>>(),
        [
            "203.0.113.7 > vpn-gw sato vpn",
            "10.8.0.5 > vdi01 sato vdi",
            "vdi01 > fs01 sato smb",
            "vdi01 > db01 sato database"
        ]
    );
    assert!(told.basis("tool", "10.8.0.5 > vdi01 sato vdi").contains(&Basis::Finding));
    assert!(told.basis("tool", "203.0.113.7 > vpn-gw sato vpn").contains(&Basis::Session));
    assert!(told.basis("tool", "vdi01 > fs01 sato smb").contains(&Basis::SameAccount));
    for hop in path {
        assert!(hop.confidence >= 0.8 && hop.confidence <= 1.0, "{hop:?}");
        let [evidence] = hop.evidence.as_slice() else { panic!("{hop:?}") };
        assert_eq!(evidence.source, "events.log");
        assert!(evidence.record > 0 && evidence.sha256.len() == 64);
    }
}

#[test]
fn data_that_was_read_counts_different_objects() {
    assert_eq!(
        tell(intrusion()).data("tool"),
        [
            "db01/contracts 500 objects 0 bytes",
            "fs01:/hr 1 objects 1000 bytes",
            "fs01:/projects 2 objects 3000 bytes"
        ]
    );
}

#[test]
fn what_others_read_at_the_same_time_is_not_the_intruders() {
    let told = tell(
        intrusion()
            .at("09:20").logon("fs01", "corp\\tanaka", "pc02", Via::Smb).key(70)
            .at("09:32").read("fs01", "corp\\tanaka", "/projects", "other").key(70),
    );
    assert!(told.data("tool").contains(&"fs01:/projects 2 objects 3000 bytes".to_owned()));
}

#[test]
fn hosts_and_accounts_of_the_path_took_part_and_those_who_only_were_there_did_not() {
    let told = tell(intrusion().at("09:20").logon("fs01", "corp\\tanaka", "pc02", Via::Smb).key(70));
    let sure = told.entities("tool", Status::Confirmed);
    for name in ["vpn-gw", "vdi01", "fs01", "db01", "sato", "203.0.113.7"] {
        assert!(sure.contains(&name), "{name} in {sure:?}");
    }
    let all = [sure, told.entities("tool", Status::Suspected)].concat();
    assert!(!all.contains(&"tanaka") && !all.contains(&"pc02"), "{all:?}");
}

#[test]
fn the_entry_is_the_first_coming_from_outside() {
    let told = tell(intrusion());
    assert_eq!(told.entry("tool"), "vpn-gw from 203.0.113.7 by vpn");
    let stages = &told.only().incident.stages;
    let stages: Vec<&str> = stages.iter().map(|stage| stage.tactic.as_str()).collect();
    assert_eq!(stages, ["initial-access", "lateral-movement", "collection"]);
}

#[test]
fn what_it_reached_is_among_the_reasons() {
    let told = tell(intrusion());
    let reasons = format!("{:?}", told.only().reasons);
    for word in ["Findings", "Data", "Spread", "Asset"] {
        assert!(reasons.contains(word), "{word} in {reasons}");
    }
}

#[test]
fn a_retiring_machine_that_nobody_owns_and_one_that_no_list_has_are_noted() {
    let told = tell(
        Story::new()
            .at("09:00").logon("fs02", "corp\\sato", "203.0.113.7", Via::Rdp).key(1).finding(High, "a")
            .at("09:10").logon("forgotten", "corp\\sato", "fs02", Via::Smb).key(2),
    );
    let notes = |name: &str| {
        let found = told.only().incident.entities.iter().find(|one| one.name == name);
        found.map(|one| one.notes.clone()).unwrap_or_default()
    };
    assert_eq!(notes("fs02"), ["retiring", "ownerless", "site:osaka"]);
    assert_eq!(notes("forgotten"), ["unlisted"]);
}

fn ids(told: &Told) -> Vec<&str> {
    told.incidents.iter().map(|one| one.incident.id.as_str()).collect()
}

#[test]
fn an_incident_keeps_its_id_when_more_becomes_known() {
    let (before, after) = (
        tell(intrusion()),
        tell(intrusion().at("15:00").process("vdi01", "corp\\sato", "b.exe").key(7).finding(High, "more")),
    );
    assert_eq!(ids(&before), ids(&after));
    assert_eq!(after.only().findings.len(), 2);
}

fn two_alike() -> [Story; 2] {
    let first = |story: Story| {
        story.at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1).finding(High, "a")
    };
    let second = |story: Story| {
        story.at("09:00").logon("srv02", "corp\\tanaka", "pc02", Via::Rdp).key(2).finding(High, "b")
    };
    [second(first(Story::new())), first(second(Story::new()))]
}

#[test]
fn incidents_are_in_the_order_of_score_then_time_then_id_however_they_were_read() {
    let [one, other] = two_alike().map(tell);
    assert_eq!(ids(&one).len(), 2);
    let mut sorted = ids(&one);
    sorted.sort_unstable();
    assert_eq!(ids(&one), sorted, "same score, same time");
    let told = |told: &Told| told.incidents.iter().map(|one| one.incident.score).collect::<Vec<_>>();
    assert_eq!(told(&one), told(&other));
    let weaker_first = Story::new()
        .at("08:00").logon("srv03", "corp\\mori", "pc03", Via::Rdp).key(1).finding(Medium, "weak")
        .at("09:00").logon("srv01", "corp\\sato", "pc01", Via::Rdp).key(1).finding(High, "strong");
    let told = tell(weaker_first);
    assert!(told.incidents[0].incident.score > told.incidents[1].incident.score);
    assert_eq!(told.incidents[0].incident.severity, told.severity("strong"));
}

#[test]
fn many_objects_many_hosts_and_a_critical_asset_weigh_more() {
    let alone = Story::new().at("09:00").logon("srv01", "corp\\sato", "203.0.113.7", Via::Rdp).key(1);
    let alone = alone.finding(High, "a").at("09:01").process("srv01", "corp\\sato", "x").key(1).finding(High, "b");
    let more = alone.clone()
        .at("09:30").logon("fs01", "corp\\sato", "srv01", Via::Smb).key(2)
        .each(0..20, |story, number: i64| {
            story.at("09:31").after(number * MINUTE / 4).read("fs01", "corp\\sato", "/projects", &format!("f{number}")).key(2)
        });
    let score = |story| tell_with(story, 9).only().incident.score;
    assert!(score(more) > score(alone));
}
