//! Names of things, lines of the timeline, and reasons.

use model::incident::{Basis, Data, Reason, Status};
use model::{Level, Text, Via};
use words::{
    basis, data_moment, entry_moment, finding_moment, hop_moment, note, severity_reasons, status, tactic, via,
};

use super::facts::{Case, at, title, told};

fn pair(text: &Text) -> [&str; 2] {
    [&text.en, &text.ja]
}

#[test]
fn tactics_stand_alone_with_a_capital_letter() {
    assert_eq!(pair(&tactic("lateral-movement")), ["Lateral movement", "水平展開"]);
    assert_eq!(pair(&tactic("privilege-escalation")), ["Privilege escalation", "権限昇格"]);
    assert_eq!(pair(&tactic("new\u{202e}one")), ["New⟨U+202E⟩one", "New⟨U+202E⟩one"]);
    assert_eq!(pair(&tactic("")), ["", ""]);
}

#[test]
fn ways_notes_and_states_have_names() {
    assert_eq!(pair(&via(Via::Rdp)), ["RDP", "RDP"]);
    assert_eq!(pair(&via(Via::Other)), ["other", "その他"]);
    assert_eq!(pair(&status(Status::Suspected)), ["suspected", "疑いあり"]);
    let notes = ["retiring", "retired", "ownerless", "unlisted", "privileged", "left"];
    let japanese = notes.map(|name| note(name).ja);
    assert_eq!(japanese, ["撤去予定", "撤去済み", "管理者不明", "台帳にない", "特権", "退職"]);
    assert_eq!(pair(&note("site:大阪")), ["site 大阪", "拠点 大阪"]);
    assert_eq!(pair(&note("site:a b")), ["site “a b”", "拠点 「a b」"]);
    assert_eq!(pair(&note("odd")), ["odd", "odd"]);
    assert_eq!(basis(Basis::Time).en, "the times fit");
}

#[test]
fn every_basis_has_its_own_words() {
    use Basis::*;
    let all = [Session, Process, Credentials, SameAccount, AccountChange, SameWayIn, Address, Finding, Time];
    for read in [|text: Text| text.en, |text: Text| text.ja] {
        let mut words = all.map(|one| read(basis(one))).to_vec();
        assert!(words.iter().all(|word| !word.starts_with("story-")));
        words.sort();
        words.dedup();
        assert_eq!(words.len(), all.len());
    }
}

#[test]
fn a_move_in_the_timeline_says_whether_it_is_supposed() {
    let time = "2026-03-01T00:00:00Z";
    let case = Case::new(time, time)
        .hop(time, "pc07", "fs01", "corp\\sato", Via::Smb)
        .maybe(time, "pc07", "営業", "-", Via::Other, f64::NAN, &[Basis::Time])
        .maybe(time, "pc07", "fs01", "", Via::Other, 0.8, &[]);
    let came_in = |from: Option<&str>| {
        let entry = Case::new(time, time).entry(time, "pc07", "ssh", from).incident.entry.unwrap();
        let told = entry_moment(&entry);
        [told.en, told.ja]
    };
    assert_eq!(came_in(None), ["First sign of the intruder on pc07", "pc07 での侵入者の最初の形跡"]);
    assert_eq!(
        came_in(Some("203.0.113.7")),
        ["Way in from 203.0.113.7 to pc07", "203.0.113.7 から pc07 への侵入"]
    );
    let lines: Vec<Text> = case.incident.path.iter().map(hop_moment).collect();
    assert_eq!(
        pair(&lines[0]),
        [
            "Move from pc07 to fs01 (SMB, account corp\\sato)",
            "pc07 から fs01 への移動（SMB、アカウント corp\\sato）"
        ]
    );
    assert_eq!(
        pair(&lines[1]),
        [
            "Supposed move from pc07 to 営業 (because: only the times fit)",
            "pc07 から営業への移動（推定、根拠：時刻の一致のみ）"
        ]
    );
    assert_eq!(pair(&lines[2]), ["Move from pc07 to fs01", "pc07 から fs01 への移動"]);
}

#[test]
fn what_was_read_is_counted_as_far_as_the_records_say() {
    let (first, last) = (at("2026-03-01T00:00:00Z"), at("2026-03-01T00:05:00Z"));
    let line = |store: &str, objects, bytes, last| {
        let store = store.to_owned();
        data_moment(&Data { store, objects, bytes, first, last, evidence: Vec::new() })
    };
    assert_eq!(
        pair(&line("fs01:/projects", 1, 1_536, last)),
        [
            "1 file (1.5 KiB) in fs01:/projects read, until 2026-03-01 00:05:00 UTC",
            "fs01:/projects のファイル1件（1.5 KiB）の読み取り、2026-03-01 00:05:00 UTCまで"
        ]
    );
    assert_eq!(
        pair(&line("orderdb/contracts", 0, 0, first)),
        ["data in orderdb/contracts read", "orderdb/contracts のデータの読み取り"]
    );
    assert_eq!(line("orderdb/contracts", 0, 1 << 20, first).en, "data (1 MiB) in orderdb/contracts read");
    assert_eq!(line("mail01/mailboxes", 12_000, 0, first).en, "12,000 objects in mail01/mailboxes read");
}

#[test]
fn a_finding_in_the_timeline_says_how_many_it_stands_for() {
    let named = title("Password guessing", "パスワードの総当たり");
    let finding = told("2026-03-01T00:00:00Z", named, Level::Medium, "ad01", "corp\\sato");
    assert_eq!(
        pair(&finding_moment(&finding, 1_200)),
        [
            "Password guessing: corp\\sato on ad01 (1,200 alike)",
            "パスワードの総当たり：ad01 のアカウント corp\\sato（同種1,200件）"
        ]
    );
    assert_eq!(finding_moment(&finding, 1).en, "Password guessing: corp\\sato on ad01");
    let bare = told("2026-03-01T00:00:00Z", title("Only English", ""), Level::Medium, "", "");
    assert_eq!(pair(&finding_moment(&bare, 0)), ["Only English", "Only English"]);
}

#[test]
fn every_reason_is_told_in_both_languages() {
    let mut case = Case::new("2026-03-01T00:00:00Z", "2026-03-01T00:00:00Z");
    case.reasons = vec![
        Reason::Findings { count: 12, level: Level::Critical },
        Reason::Findings { count: 1, level: Level::High },
        Reason::Stage { tactic: "exfiltration".into() },
        Reason::Spread { hosts: 5, accounts: 1 },
        Reason::Asset { host: "ad01".into(), criticality: 5 },
        Reason::Privileged { account: "corp\\adm".into() },
        Reason::Data { objects: 264, bytes: 3 << 30 },
        Reason::Data { objects: 1, bytes: 0 },
        Reason::Neglected { host: "cl-ops01".into(), why: "retiring".into() },
        Reason::SingleSign,
        Reason::OverBudget { per_day: 5 },
    ];
    let told = severity_reasons(case.facts());
    let expected = [
        ("12 findings, the most severe critical", "検知12件（最も高いレベルは「重大」）"),
        ("1 finding, high", "検知1件（最も高いレベルは「高」）"),
        ("Signs of exfiltration", "「データ持ち出し」の兆候"),
        ("5 hosts on the path, 1 account used", "経路上のホスト5台、使われたアカウント1件"),
        ("ad01 was reached, of criticality 5 out of 5", "重要度5（5段階）の ad01 に到達"),
        ("The privileged account corp\\adm was used", "特権アカウント corp\\adm の使用"),
        ("264 objects (3 GiB) read", "データ264件（3 GiB）の読み取り"),
        ("1 object read", "データ1件の読み取り"),
        ("cl-ops01 took part: about to be retired", "cl-ops01 の関与（撤去予定）"),
        ("Nothing but one finding speaks for it", "根拠は検知1件のみ"),
        (
            "Lowered: more incidents reached medium severity than the budget of 5 a day allows, and others were stronger",
            "引き下げ：「中」以上のインシデントが1日5件の枠を超え、ほかのほうが強い根拠を持つ",
        ),
    ];
    let told: Vec<(&str, &str)> = told.iter().map(|text| (text.en.as_str(), text.ja.as_str())).collect();
    assert_eq!(told, expected);
}
