//! Complete stories.

use model::incident::{Basis, Status};
use model::{EntityType, Level, Via};

use super::facts::{Case, title};

fn one_finding() -> Case {
    Case::new("2026-05-07T01:02:03Z", "2026-05-07T01:02:03Z").finding(
        "2026-05-07T01:02:03Z",
        title("Security log cleared", "セキュリティログの消去"),
        Level::High,
        "fs01",
        "corp\\sato",
    )
}

/// From a branch abroad over several countries to the directory and a file server, with many returns.
fn over_branches() -> Case {
    let case = Case::new("2019-09-03T17:20:00Z", "2020-05-05T16:40:00Z")
        .entry("2019-09-03T17:20:00Z", "th-web01", "rdp", Some("sg-app01"))
        .stage("lateral-movement", "2019-09-03T17:20:00Z")
        .stage("collection", "2020-05-04T16:10:00Z")
        .hop("2019-09-03T17:20:00Z", "sg-app01", "th-web01", "corp\\th-svc", Via::Rdp)
        .hop("2019-12-02T18:00:00Z", "th-web01", "us-app02", "corp\\th-svc", Via::Rdp)
        .hop("2019-12-14T18:30:00Z", "us-app02", "cl-ops01", "corp\\us-op", Via::Ssh)
        .hop("2020-02-11T18:00:00Z", "cl-ops01", "ad-ops01", "corp\\adm-ito", Via::Rdp)
        .hop("2020-02-11T18:20:00Z", "ad-ops01", "ad01", "corp\\adm-ito", Via::Winrm);
    let days = ["2020-03-02", "2020-03-09", "2020-03-23", "2020-04-06", "2020-05-04", "2020-05-05"];
    let case = days.iter().fold(case, |case, day| {
        case.hop(&format!("{day}T16:00:00Z"), "cl-ops01", "ad-ops01", "corp\\adm-ito", Via::Rdp)
    });
    case.hop("2020-05-04T16:05:00Z", "ad-ops01", "fs01", "corp\\adm-ito", Via::Smb)
        .data("fs01:/projects", 264, 3_328_599_654, "2020-05-04T16:10:00Z", "2020-05-05T16:40:00Z")
        .host("ad-ops01", &["site:東京"])
        .host("cl-ops01", &["retiring", "ownerless"])
        .host("fs01", &[])
        .host("sg-app01", &["site:Singapore"])
        .host("th-web01", &["unlisted"])
        .user("corp\\adm-ito", &["privileged"])
        .user("corp\\th-svc", &[])
        .finding(
            "2020-02-11T18:20:05Z",
            title("Remote shell on a domain controller", "ドメインコントローラーへのリモートシェル"),
            Level::High,
            "ad01",
            "corp\\adm-ito",
        )
        .finding(
            "2020-05-04T16:30:00Z",
            title("Many files read within a short time", "短時間の大量のファイル読み取り"),
            Level::High,
            "fs01",
            "corp\\adm-ito",
        )
}

/// From a web server over a gateway to a database.
fn to_the_database() -> Case {
    Case::new("2025-02-03T02:11:40Z", "2025-02-05T03:05:00Z")
        .entry("2025-02-03T02:11:40Z", "dev-a", "web", Some("198.51.100.7"))
        .stage("initial-access", "2025-02-03T02:11:40Z")
        .stage("lateral-movement", "2025-02-03T02:40:00Z")
        .stage("exfiltration", "2025-02-05T03:00:00Z")
        .hop("2025-02-03T02:11:40Z", "198.51.100.7", "dev-a", "-", Via::Web)
        .hop("2025-02-03T02:40:00Z", "dev-a", "dev-b", "svc-order", Via::Ssh)
        .hop("2025-02-03T02:55:00Z", "dev-b", "orderdb", "order_app", Via::Database)
        .maybe(
            "2025-02-03T02:58:00Z",
            "dev-b",
            "dev-c",
            "svc-order",
            Via::Ssh,
            0.6,
            &[Basis::SameAccount, Basis::Time],
        )
        .data("orderdb/contracts", 17_891, 0, "2025-02-03T02:56:00Z", "2025-02-05T02:50:00Z")
        .host("dev-a", &[])
        .host("dev-b", &["ownerless"])
        .host("orderdb", &[])
        .involved(EntityType::Host, "dev-c", Status::Suspected, &[])
        .involved(EntityType::Host, "dev-d", Status::Suspected, &[])
        .involved(EntityType::Address, "203.0.113.80", Status::Suspected, &[])
        .finding("2025-02-03T02:11:45Z", title("Rare request", "まれなリクエスト"), Level::Low, "dev-a", "")
        .finding(
            "2025-02-03T02:12:10Z",
            title("Shell started by a web server", "Webサーバーによるシェルの起動"),
            Level::Critical,
            "dev-a",
            "svc-order",
        )
}

/// A stolen account through remote access and a virtual desktop.
fn stolen_account() -> Case {
    Case::new("2019-09-10T13:00:00Z", "2019-09-10T15:30:00Z")
        .entry("2019-09-10T13:00:00Z", "vpn01", "vpn", Some("203.0.113.25"))
        .hop("2019-09-10T13:00:00Z", "203.0.113.25", "vpn01", "corp\\tanaka", Via::Vpn)
        .hop("2019-09-10T13:02:00Z", "vpn01", "vdi17", "corp\\tanaka", Via::Vdi)
        .hop("2019-09-10T13:10:00Z", "vdi17", "fs02", "corp\\tanaka", Via::Smb)
        .data("fs02:/sales", 1_204, 0, "2019-09-10T13:15:00Z", "2019-09-10T15:30:00Z")
        .data("fs02:/hr", 1, 2_048, "2019-09-10T14:15:00Z", "2019-09-10T14:15:00Z")
        .host("fs02", &[])
        .finding(
            "2019-09-10T13:15:00Z",
            title("Bulk reading", "大量読み取り"),
            Level::Medium,
            "fs02",
            "corp\\tanaka",
        )
}

fn nothing_known_of_the_entry() -> Case {
    Case::new("2026-03-01T00:10:00Z", "2026-03-01T00:40:00Z")
        .entry("2026-03-01T00:10:00Z", "pc07", "unknown", None)
        .hop("2026-03-01T00:30:00Z", "pc07", "srv01", "corp\\kato", Via::Wmi)
        .maybe("2026-03-01T00:40:00Z", "srv01", "srv02", "-", Via::Other, 0.4, &[Basis::Time])
        .host("pc07", &[])
        .finding("2026-03-01T00:30:00Z", title("Remote WMI", "リモートWMI"), Level::Low, "srv01", "")
}

fn sixty_hosts() -> Case {
    let case = Case::new("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z").entry(
        "2026-03-01T00:00:00Z",
        "h00",
        "ssh",
        Some("192.0.2.66"),
    );
    (1..60).fold(case.host("h00", &["unlisted"]), |case, n| {
        let (time, from, to) =
            (format!("2026-03-01T00:{n:02}:00Z"), format!("h{:02}", n / 2), format!("h{n:02}"));
        case.hop(&time, &from, &to, "root", Via::Ssh).host(&to, &["unlisted"])
    })
}

/// Title and then one sentence a line, in English and, behind an empty line, in Japanese.
fn assert_told(case: &Case, expected: &str) {
    let [title_en, en, title_ja, ja] = case.story();
    let told = format!("{title_en}\n{}\n\n{title_ja}\n{}", en.replace(". ", ".\n"), ja.replace('。', "。\n"));
    assert_eq!(told, expected);
}

#[test]
fn one_finding_alone_may_be_harmless() {
    assert_told(&one_finding(), include_str!("one_finding.txt"));
}

#[test]
fn a_way_over_branches_with_many_returns() {
    assert_told(&over_branches(), include_str!("over_branches.txt"));
}

#[test]
fn a_way_from_the_web_over_a_gateway_to_a_database() {
    assert_told(&to_the_database(), include_str!("to_the_database.txt"));
}

#[test]
fn a_stolen_account_through_remote_access_and_a_virtual_desktop() {
    assert_told(&stolen_account(), include_str!("stolen_account.txt"));
}

#[test]
fn where_nothing_is_known_of_the_entry_the_story_says_so() {
    assert_told(&nothing_known_of_the_entry(), include_str!("unknown_entry.txt"));
}

#[test]
fn sixty_hosts_are_summed_up() {
    assert_told(&sixty_hosts(), include_str!("sixty_hosts.txt"));
}
