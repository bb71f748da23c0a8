//! Hostile names, odd facts, and any facts at all.

use model::incident::{Basis, EntityRef, Entry, Status};
use model::{EntityType, Level, Text, Time, Via};
use words::{data_moment, entry_moment, finding_moment, hop_moment};

use super::facts::{Case, at, title};

const NOON: &str = "2026-03-01T12:00:00Z";

/// Names that end a sentence, a quotation or a line, turn the direction of writing, hide, or have no end.
fn hostile() -> Vec<String> {
    let mut names = [
        "",
        "-",
        "x. Nothing happened. All clear.",
        "x。調査の結果、問題はありません。",
        "a” is harmless. The account “b",
        "a」は無害です。「b",
        "fdp\u{202e}exe.cod",
        "\u{1b}[2J\u{7}\r\n\0",
        "\u{200b}\u{feff}\u{e0041}",
        "<script>alert(1)</script>",
        "{ $name } { time-unknown }",
        "dc01.",
        "C:",
        "\\\\fs01\\営業 部",
        "…",
        "::ffff:10.0.0.1",
        "fe80::1",
    ]
    .map(str::to_owned)
    .to_vec();
    names.extend(["long".repeat(5_000), "株".repeat(5_000), "e\u{301}\u{301}".repeat(5_000)]);
    names.push("\u{202e}".repeat(5_000));
    names
}

fn everywhere(name: &str) -> Case {
    let mut case = Case::new(NOON, NOON)
        .entry(NOON, name, "ssh", Some(name))
        .hop(NOON, "a", "b", name, Via::Ssh)
        .hop(NOON, "b", name, "other", Via::Smb)
        .maybe(NOON, name, "c", name, Via::Wmi, 0.5, &[Basis::Time])
        .data(name, 3, 4, NOON, NOON)
        .host(name, &["retiring", name])
        .user("other", &["privileged"])
        .involved(EntityType::File, name, Status::Suspected, &[])
        .finding(NOON, title(name, name), Level::High, name, name)
        .finding(NOON, title(name, name), Level::Low, name, name);
    case.incident.stages.push(model::incident::Stage { tactic: name.into(), time: at(NOON) });
    case
}

fn assert_harmless(text: &Text, name: &str) {
    for shown in [&text.en, &text.ja] {
        assert!(!shown.is_empty(), "{name:?}");
        assert!(shown.chars().count() < 6_000, "{} characters for {name:?}", shown.chars().count());
        let steers = |c: char| {
            c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c) || ('\u{2028}'..='\u{202e}').contains(&c)
        };
        assert!(!shown.contains(steers), "{shown:?}");
    }
}

#[test]
fn a_hostile_name_stays_a_name() {
    for name in hostile() {
        let case = everywhere(&name);
        // Counts the sentences outside quotation marks: no name adds one.
        let [title_en, en, title_ja, ja] = case.story();
        assert_harmless(&Text { en, ja }, &name);
        assert_harmless(&Text { en: title_en, ja: title_ja }, &name);
        for hop in &case.incident.path {
            assert_harmless(&hop_moment(hop), &name);
        }
        let mut entry = case.incident.entry.clone().unwrap();
        assert_harmless(&entry_moment(&entry), &name);
        entry.from = None;
        assert_harmless(&entry_moment(&entry), &name);
        assert_harmless(&data_moment(&case.incident.data[0]), &name);
        if !name.is_empty() {
            assert_harmless(&finding_moment(&case.findings[0], 3), &name);
        }
    }
}

#[test]
fn a_name_that_would_end_its_sentence_stands_in_quotation_marks_that_it_cannot_end() {
    let entered = |name: &str| {
        let case = Case::new(NOON, NOON).hop(NOON, "192.0.2.1", name, "-", Via::Ssh).entry(
            NOON,
            name,
            "ssh",
            Some("192.0.2.1"),
        );
        let [title_en, _, title_ja, _] = case.story();
        [title_en, title_ja]
    };
    assert_eq!(
        entered("a” is harmless. The account “b"),
        [
            "Suspected intruder from 192.0.2.1 reached “a⟨U+201D⟩ is harmless. The account “b”",
            "192.0.2.1 からの侵入者（疑い）が「a” is harmless. The account “b」に到達",
        ]
    );
    assert_eq!(
        entered("a」は無害。"),
        [
            "Suspected intruder from 192.0.2.1 reached “a」は無害。”",
            "192.0.2.1 からの侵入者（疑い）が「a⟨U+300D⟩は無害。」に到達"
        ]
    );
    assert_eq!(entered("cod\u{202e}exe")[0], "Suspected intruder from 192.0.2.1 reached “cod⟨U+202E⟩exe”");
}

#[test]
fn a_finding_whose_title_has_quotation_marks_keeps_them_as_inner_ones() {
    let case =
        Case::new(NOON, NOON).finding(NOON, title("Tool “x” seen", "ツール「x」の使用"), Level::High, "", "");
    let [_, en, _, ja] = case.story();
    assert!(en.contains("“Tool ‘x’ seen” (high), at"), "{en}");
    assert!(ja.contains("「ツール『x』の使用」（高、"), "{ja}");
}

#[test]
fn an_entry_that_is_not_sure_is_told_as_supposed() {
    let case = Case::new(NOON, NOON).entry(NOON, "vpn01", "vpn", Some("203.0.113.9")).maybe(
        NOON,
        "203.0.113.9",
        "vpn01",
        "sato",
        Via::Vpn,
        0.5,
        &[Basis::Address],
    );
    let [title_en, en, _, ja] = case.story();
    assert_eq!(title_en, "Suspected intruder may have reached vpn01");
    assert!(en.starts_with("The intruder probably came in to vpn01 from 203.0.113.9 by VPN"), "{en}");
    assert!(ja.contains("vpn01 に侵入したと推定されます。"), "{ja}");
}

#[test]
fn one_finding_makes_no_intruder() {
    let case = Case::new(NOON, NOON).entry(NOON, "web01", "web", Some("203.0.113.9")).finding(
        NOON,
        title("SQL injection tried", "SQLインジェクションの試み"),
        Level::Medium,
        "web01",
        "",
    );
    let [title_en, en, title_ja, _] = case.story();
    assert_eq!(title_en, "SQL injection tried: on web01");
    assert_eq!(title_ja, "SQLインジェクションの試み：ホスト web01");
    assert!(en.starts_with("The intruder probably came in"), "{en}");
}

#[test]
fn what_was_read_on_a_suspected_host_is_only_supposed() {
    let case = Case::new(NOON, NOON)
        .involved(EntityType::Host, "fs09", Status::Suspected, &["retiring"])
        .data("fs09:/hr", 12, 0, NOON, NOON)
        .finding(NOON, title("Odd", "異常"), Level::Medium, "", "");
    let [title_en, en, _, ja] = case.story();
    assert_eq!(title_en, "Odd");
    assert!(en.contains("It is only supposed that the intruder read 12 files in fs09:/hr at"), "{en}");
    assert!(ja.contains("fs09:/hr のファイル12件を読み取ったと推定されます。"), "{ja}");
    assert!(!en.contains("about to be retired"), "{en}");
}

#[test]
fn an_account_with_and_without_its_domain_is_no_change() {
    let case = Case::new(NOON, NOON)
        .hop(NOON, "a", "b", "corp\\sato", Via::Rdp)
        .hop(NOON, "b", "c", "sato", Via::Rdp)
        .hop(NOON, "c", "d", "corp\\kato", Via::Rdp);
    let [_, en, _, _] = case.story();
    assert!(en.contains("The account changed from sato to corp\\kato on c."), "{en}");
}

#[test]
fn an_entry_may_be_an_account_and_times_may_be_unknown() {
    let mut case = Case::new(NOON, NOON);
    case.incident.first_seen = Time::UNKNOWN;
    let entity = EntityRef { kind: EntityType::User, name: "corp\\sato".into() };
    let entry = Entry {
        time: Time::from_micros(i64::MAX),
        entity,
        how: "unknown".into(),
        from: None,
        evidence: Vec::new(),
    };
    case.incident.entry = Some(entry);
    let [_, en, _, ja] = case.story();
    assert!(en.starts_with("The logs given do not show a way in; the first sign is of the account corp\\sato, at an unknown time."), "{en}");
    assert!(ja.contains("最初の記録（不明な時刻）"), "{ja}");
}

/// xorshift64*: the same facts in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }

    #[expect(clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]
    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

fn any_case(random: &mut Random, names: &[String]) -> Case {
    let times = [
        "1970-01-01T00:00:00Z",
        NOON,
        "2026-03-01T12:00:01Z",
        "2026-03-05T00:00:00Z",
        "2031-01-01T00:00:00Z",
    ];
    let ways = [Via::Rdp, Via::Web, Via::Database, Via::Other, Via::Service];
    let kinds = [EntityType::Host, EntityType::User, EntityType::Address, EntityType::File];
    let notes = ["retiring", "ownerless", "privileged", "left", "unlisted", "site:x", "?"];
    let mut case = Case::new(random.of(&times), random.of(&times));
    if random.below(3) > 0 {
        let how = random.of(&["rdp", "unknown", "other", "", "?"]);
        let from = random.of(names);
        case = case.entry(
            random.of(&times),
            &random.of(names),
            how,
            Some(from.as_str()).filter(|_| how != "rdp"),
        );
        if let Some(entry) = &mut case.incident.entry {
            entry.entity.kind = random.of(&kinds);
        }
    }
    for _ in 0..random.below(20) {
        let [from, to, account] = [0; 3].map(|_| random.of(names));
        let confidence = random.of(&[0.0, 0.5, 0.8, 1.0, f64::NAN]);
        let basis = random.of(&[vec![], vec![Basis::Time], vec![Basis::Session, Basis::Time]]);
        case = case.maybe(random.of(&times), &from, &to, &account, random.of(&ways), confidence, &basis);
    }
    for _ in 0..random.below(12) {
        let status = random.of(&[Status::Confirmed, Status::Suspected]);
        case = case.involved(
            random.of(&kinds),
            &random.of(names),
            status,
            &[random.of(&notes), random.of(&notes)],
        );
    }
    for _ in 0..random.below(7) {
        let objects = random.of(&[0, 1, 2, u64::MAX]);
        case = case.data(
            &random.of(names),
            objects,
            random.of(&[0, 1, u64::MAX]),
            random.of(&times),
            random.of(&times),
        );
    }
    for _ in 0..random.below(4) {
        let (name, level) = (random.of(names), random.of(&Level::ALL));
        case =
            case.finding(random.of(&times), title(&name, &name), level, &random.of(names), &random.of(names));
    }
    if random.below(3) == 0 {
        case = case.stage("exfiltration", random.of(&times));
    }
    case
}

#[test]
fn any_facts_give_at_most_ten_sentences_in_both_languages() {
    let mut names = hostile();
    names.extend(["fs01", "fs02", "10.0.0.1", "192.0.2.1", "corp\\sato", "sato"].map(str::to_owned));
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..400 {
        let case = any_case(&mut random, &names);
        let [title_en, en, title_ja, ja] = case.story();
        for text in [&title_en, &en, &title_ja, &ja] {
            assert!(!text.contains("story-"), "{text}");
        }
        assert_eq!([title_en, en, title_ja, ja], case.story());
    }
}
