//! Indicators from files to sightings: each form, hostile input, and look-ups beside a plain search.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use model::{BatchSet, Everything, Level, LogSource, OwnedValue, Projection, Record, Row, Time};
use proptest::prelude::*;
use sigma::intel::{
    AllowList, Details, Gathered, Group, Indicators, Kind, Look, Reason, Watcher, detect, read,
};

fn compiled(files: &[(&str, &[u8])]) -> Indicators {
    let mut gathered = Gathered::new(AllowList::default());
    for (name, bytes) in files {
        read(name, bytes, &mut gathered);
    }
    Indicators::build(gathered, Level::Informational)
}

fn golden(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/intel/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Every indicator as one line.
fn lines(indicators: &Indicators) -> Vec<String> {
    let all = (0..u32::MAX).map_while(|number| indicators.get(number));
    all.map(|indicator| {
        let details = indicator.details;
        let time = |time: Option<Time>| time.map_or("-".to_owned(), |time| time.to_string()[..10].to_owned());
        format!(
            "{} {} | {} | {} | {} | {}..{} | {} | {} | {}",
            indicator.kind.as_str(),
            indicator.value,
            details.source,
            details.title.as_deref().unwrap_or("-"),
            details.confidence.map_or("-".to_owned(), |confidence| confidence.to_string()),
            time(details.valid_from),
            time(details.valid_until),
            details.techniques.join(","),
            details.tlp.as_deref().unwrap_or("-"),
            details.labels.join(","),
        )
    })
    .collect()
}

fn problems(indicators: &Indicators) -> Vec<String> {
    let report = indicators.report();
    report.problems.iter().map(|problem| format!("{} {}", problem.place, problem.code)).collect()
}

/// The values that a text shows, as that kind of field.
fn shown(indicators: &Indicators, look: Look, text: &str) -> BTreeSet<String> {
    let mut found = Vec::new();
    indicators.search(look, text, &mut found);
    found.into_iter().map(|number| indicators.get(number).unwrap().value.to_owned()).collect()
}

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn a_stix_bundle_says_what_indicates_what() {
    let found = compiled(&[("feeds/bundle.json", &golden("bundle.json"))]);
    assert_eq!(
        lines(&found),
        [
            "address 192.0.2.66 | CERT of Example | C2 server (NightHeron, Web Protocols) | 80 | 2026-05-01..2026-06-01 | T1071.001 | amber | malicious-activity",
            "url http://evil.example/drop.php | CERT of Example | Dropper | - | 2026-05-01..- |  | clear | ",
            "domain evil.example | CERT of Example | Dropper | - | 2026-05-01..- |  | clear | ",
            "hash 2d6c4b7f9b0a1c3e5f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6 | bundle | Loader, new version | 30 | 2026-04-01..- |  | - | ",
        ]
    );
    assert_eq!(
        problems(&found),
        [
            "indicator--00000000-0000-4000-8000-000000000004 several-observables",
            "indicator--00000000-0000-4000-8000-000000000005 language",
            "indicator--00000000-0000-4000-8000-000000000007 operator",
            "indicator--00000000-0000-4000-8000-000000000008 time",
            "indicator--00000000-0000-4000-8000-000000000009 everyone",
        ]
    );
    assert_eq!(found.report().count(Group::LeftOut), 1, "the revoked one");
    assert_eq!(found.get(0).unwrap().id(), "indicator--00000000-0000-4000-8000-000000000001");
}

#[test]
fn a_misp_event_says_whose_it_is_and_what_is_for_detection() {
    let found = compiled(&[("event.json", &golden("misp.json"))]);
    assert_eq!(
        lines(&found),
        [
            "address 192.0.2.77 | CERT of Example | Phishing in May | 75 | -..- | T1566.001 | amber | sector:finance",
            "domain login.evil.example | CERT of Example | Phishing in May | 75 | -..- | T1566.001 | amber | sector:finance",
            "address 192.0.2.78 | CERT of Example | Phishing in May | 75 | -..- | T1566.001 | amber | sector:finance",
            "mail billing@evil.example | CERT of Example | Phishing in May | 25 | -..- | T1566.001 | amber | sector:finance",
            "hash 0123456789abcdef0123456789abcdef | CERT of Example | Phishing in May | 75 | -..- | T1566.001 | amber | sector:finance",
        ]
    );
    let report = found.report();
    assert_eq!(report.by_reason.get(&Reason::NotForDetection), Some(&1));
    assert_eq!(report.by_reason.get(&Reason::Revoked), Some(&1));
    assert_eq!(problems(&found), ["11111111-0000-4000-8000-000000000005 object"]);
    // The answer to a search has several events, or attributes alone.
    let event = String::from_utf8(golden("misp.json")).unwrap();
    let search = format!("{{\"response\": [{event}, {event}]}}");
    let twice = compiled(&[("search.json", search.as_bytes())]);
    assert_eq!(twice.len(), found.len());
    assert_eq!(twice.report().by_reason.get(&Reason::Duplicate), Some(&5));
    let attributes =
        br#"{"response": {"Attribute": [{"type": "ip-dst|port", "value": "192.0.2.5|443", "to_ids": "1",
        "Event": {"info": "x", "Orgc": {"name": "O"}}}, {"type": 5}]}}"#;
    let found = compiled(&[("attributes.json", attributes)]);
    assert_eq!(lines(&found), ["address 192.0.2.5 | O | x | - | -..- |  | - | "]);
    assert_eq!(problems(&found), ["an attribute form"]);
}

#[test]
fn objects_may_stand_behind_each_other_or_in_an_envelope() {
    let one = r#"{"type":"indicator","id":"indicator--1","pattern":"[ipv4-addr:value='192.0.2.1']","pattern_type":"stix"}"#;
    let other = one.replace("--1", "--2").replace("2.1'", "2.2'");
    for text in
        [format!("{one}\n{other}\n"), format!("{{\"objects\":[{one},{other}]}}"), format!("[{one},{other}]")]
    {
        assert_eq!(compiled(&[("a.json", text.as_bytes())]).len(), 2, "{text}");
    }
    let empty = compiled(&[("a.json", br#"{"type":"bundle","id":"bundle--1"}"#)]);
    assert!(empty.is_empty() && empty.report().broken.is_empty());
}

#[test]
fn a_japanese_csv_from_a_spreadsheet_is_read() {
    let text = "種別,指標,情報源,信頼度,有効期限,説明\r\nドメイン,evil[.]example,社内ＣＳＩＲＴ,高,2026/5/31,フィッシング\r\n";
    let expected = ["domain evil.example | 社内ＣＳＩＲＴ | フィッシング | 85 | -..2026-06-01 |  | - | "];
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode(text);
    let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let wide: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [shift_jis.as_ref(), text.as_bytes(), &marked, &wide] {
        assert_eq!(lines(&compiled(&[("list.csv", bytes)])), expected);
    }
}

#[test]
fn a_file_that_is_none_is_broken_and_stops_no_other() {
    let deep = "[".repeat(1_000_000);
    let objects = format!("{}1{}", "{\"objects\":[".repeat(300), "]}".repeat(300));
    let long = format!("{}\n192.0.2.2\n", "x".repeat(5_000_000));
    let files: [(&str, &[u8]); 9] = [
        ("deep.json", deep.as_bytes()),
        ("objects.json", objects.as_bytes()),
        ("cut.json", br#"{"type":"bundle","objects":[{"type":"indicator""#),
        ("other.json", br#"{"hello":"world"}"#),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
        ("page.html", b"<html>\n<body>nothing here</body>\n"),
        ("empty.txt", b""),
        ("long.txt", long.as_bytes()),
        ("broken.txt", b"192.0.2.1\n\xff\xfe\xfd\x81\n"),
    ];
    let found = compiled(&files);
    assert_eq!(lines(&found).len(), 2);
    let broken: Vec<&str> = found.report().broken.iter().map(|problem| problem.file.as_str()).collect();
    assert_eq!(broken, ["deep.json", "cut.json", "other.json", "picture.png", "page.html"]);
    for problem in &found.report().broken {
        assert!(!problem.what.is_empty());
    }
    assert_eq!(found.report().broken[1].place, "line 1 column 47");
}

#[test]
fn a_field_shows_what_stands_in_it() {
    let list = "192.0.2.66\n198.51.100.0/24\n2001:db8:5::/48\nevil.example\nhttp://b.example/a?x=1\nc.example/path\n\
                0123456789abcdef0123456789abcdef\nbad@d.example\n";
    let found = compiled(&[("list.txt", list.as_bytes())]);
    let hashes =
        "SHA1=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,MD5=0123456789ABCDEF0123456789ABCDEF,IMPHASH=00";
    for (look, text, expected) in [
        (Look::Address, "192.0.2.66", &["192.0.2.66"][..]),
        (Look::Address, "::ffff:192.0.2.66", &["192.0.2.66"]),
        (Look::Address, "192.0.2.66:445", &["192.0.2.66"]),
        (Look::Address, "198.51.100.200", &["198.51.100.0/24"]),
        (Look::Address, "2001:db8:5:1::9", &["2001:db8:5::/48"]),
        (Look::Address, "192.0.2.6", &[]),
        (Look::Host, "EVIL.example.", &["evil.example"]),
        (Look::Host, "a.b.evil.example:8443", &["evil.example"]),
        (Look::Host, "notevil.example", &[]),
        (Look::Host, "evil.example.co.jp", &[]),
        (Look::Url, "HTTP://b.example:80/a?x=1#top", &["http://b.example/a?x=1"]),
        (Look::Url, "http://b.example/a?x=2", &[]),
        (Look::Url, "https://c.example/path", &["//c.example/path"].map(|_| "//c.example/path")),
        (Look::Url, "https://x.evil.example/any", &["evil.example"]),
        (Look::Url, "evil.example:443", &["evil.example"]),
        (Look::Url, "https://198.51.100.9/x", &["198.51.100.0/24"]),
        (Look::Hash, hashes, &["0123456789abcdef0123456789abcdef"]),
        (Look::Mail, "Bad Person <BAD@d.example>", &["bad@d.example"]),
        (Look::Mail, "anyone@mail.evil.example", &["evil.example"]),
        (Look::Answers, "type:  5 www.evil.example;::ffff:192.0.2.66;", &["192.0.2.66", "evil.example"]),
        (Look::Text, "curl 'http://b.example/a?x=1' -o x", &["http://b.example/a?x=1"]),
        (Look::Text, "see http://b.example/a?x=1.", &["http://b.example/a?x=1"]),
        (Look::Text, "Failed password for root from 192.0.2.66 port 4", &["192.0.2.66"]),
        (
            Look::Text,
            "ping evil.example. 0123456789ABCDEF0123456789ABCDEF",
            &["0123456789abcdef0123456789abcdef", "evil.example"],
        ),
        (Look::Text, "from=<bad@d.example>, 送信者bad@d.example。", &["bad@d.example"]),
        (Look::Text, "1.192.0.2.66 or 192.0.2.660", &[]),
    ] {
        assert_eq!(shown(&found, look, text), set(expected), "{look:?} {text}");
    }
}

#[test]
fn fields_are_looked_at_for_what_they_hold() {
    for (field, expected) in [
        ("IpAddress", Some(Look::Address)),
        ("QueryName", Some(Look::Host)),
        ("Hashes", Some(Look::Hash)),
        ("attachment_sha256", Some(Look::Hash)),
        ("protoPayload.requestMetadata.callerIp", Some(Look::Host)),
        ("source.ip", Some(Look::Host)),
        ("remote_addr", Some(Look::Host)),
        ("CommandLine", Some(Look::Text)),
        ("Computer", None),
        ("host", None),
        ("EventID", None),
    ] {
        assert_eq!(Look::of(&LogSource::default(), field), expected, "{field}");
    }
    assert_eq!(Look::of(&LogSource::default(), "message"), Some(Look::Text));
    assert_eq!(Look::of(&LogSource::new("windows", &[], "security"), "message"), None);
    let only_hashes = compiled(&[("h.txt", b"0123456789abcdef0123456789abcdef")]);
    let source = LogSource::new("windows", &[], "sysmon");
    assert!(only_hashes.wants(&source, "Hashes") && !only_hashes.wants(&source, "DestinationIp"));
    let none = compiled(&[]);
    assert!(!none.wants(&LogSource::default(), "Hashes"));
}

#[test]
fn the_same_value_of_two_sources_is_two_indicators_and_of_one_source_one() {
    let found = compiled(&[("a.txt", b"192.0.2.1\n192.0.2.1\n"), ("b.txt", b"192.0.2.1\n")]);
    assert_eq!(found.len(), 2);
    let mut numbers = Vec::new();
    found.search(Look::Address, "192.0.2.1", &mut numbers);
    let sources: BTreeSet<&str> =
        numbers.iter().map(|number| found.get(*number).unwrap().details.source.as_str()).collect();
    assert_eq!(sources, BTreeSet::from(["a", "b"]));
}

/// Events with one field each, in one batch.
fn events(field: &str, values: &[(&str, Time)]) -> BatchSet {
    let mut set = BatchSet::new(Arc::new(Everything));
    let shape = set.shape(&LogSource::new("test", &[], ""), 0);
    let field = set.interner.field(field);
    for (number, (value, time)) in values.iter().enumerate() {
        set.batch_mut(shape).begin(Row { time: *time, record: number as u64, start: number as u32, len: 0 });
        set.set_str(shape, field, value);
    }
    set
}

fn rows(indicators: Indicators, set: &BatchSet) -> Vec<u32> {
    let mut watcher = Watcher::new(Arc::new(indicators));
    let mut all = Vec::new();
    for _ in 0..2 {
        all.clear();
        for batch in set.batches() {
            watcher.push(batch, &set.interner, &mut all);
        }
    }
    all.into_iter().map(|sighting| sighting.row).collect()
}

#[test]
fn an_event_outside_the_validity_shows_nothing_and_one_without_a_time_does() {
    let time = |text| Time::parse(text).unwrap();
    let list = b"# valid_from: 2026-05-01\n# valid_until: 2026-05-31\n192.0.2.1\n";
    let values = [
        ("192.0.2.1", time("2026-04-30T23:59:59Z")),
        ("192.0.2.1", time("2026-05-01T00:00:00Z")),
        ("192.0.2.1", time("2026-05-31T23:59:59Z")),
        ("192.0.2.1", time("2026-06-01T00:00:00Z")),
        ("192.0.2.1", Time::UNKNOWN),
        ("192.0.2.2", Time::UNKNOWN),
    ];
    assert_eq!(rows(compiled(&[("a.txt", list)]), &events("src_ip", &values)), [1, 2, 4]);
}

#[test]
fn indicators_below_the_least_level_are_silent() {
    let mut gathered = Gathered::new(AllowList::default());
    read("a.txt", b"# confidence: 10\n192.0.2.1\n# confidence: 90\n192.0.2.2\n", &mut gathered);
    let values = [("192.0.2.1", Time::UNKNOWN), ("192.0.2.2", Time::UNKNOWN)];
    assert_eq!(rows(Indicators::build(gathered, Level::Medium), &events("src_ip", &values)), [1]);
}

#[test]
fn what_a_record_shows_is_told_with_its_fields() {
    let found = compiled(&[("a.txt", b"192.0.2.1\nevil.example\n")]);
    let text = |text: &str| OwnedValue::Str(text.to_owned());
    let fields = [
        ("src_ip", text("192.0.2.1")),
        ("answer", OwnedValue::List(vec![text("x.evil.example"), text("192.0.2.1")])),
        ("user", text("evil.example")),
    ];
    let record = Record {
        time: Time::UNKNOWN,
        log_source: LogSource::default(),
        fields: fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
    };
    let seen: Vec<(&str, &str)> = found
        .sightings(&record)
        .into_iter()
        .map(|(field, number)| (field, found.get(number).unwrap().value))
        .collect();
    assert_eq!(seen, [("src_ip", "192.0.2.1"), ("answer", "192.0.2.1"), ("answer", "evil.example")]);
}

#[test]
fn both_projections_are_asked() {
    struct OnlyImage;
    impl Projection for OnlyImage {
        fn wants(&self, _: &LogSource, field: &str) -> bool {
            field == "Image"
        }
    }
    let watched = sigma::intel::Watched::new(OnlyImage, Arc::new(compiled(&[("a.txt", b"192.0.2.1\n")])));
    let source = LogSource::new("windows", &[], "sysmon");
    let wanted: Vec<&str> = ["Image", "DestinationIp", "Hashes", "User", "Message"]
        .into_iter()
        .filter(|field| watched.wants(&source, field))
        .collect();
    assert_eq!(wanted, ["Image", "DestinationIp"]);
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u8..4, 0u8..4).prop_map(|(a, b)| format!("198.51.{a}.{b}")),
        (0u8..4, 22u8..=32).prop_map(|(a, length)| format!("198.51.{a}.0/{length}")),
        (0u16..4, 0u16..4).prop_map(|(a, b)| format!("2001:db8:{a}::{b}")),
        (0u16..4, 40u8..=128).prop_map(|(a, length)| format!("2001:db8:{a}::/{length}")),
        "([ab]\\.){0,2}[ab]\\.example",
        "http://[ab]\\.example/[ab]{0,2}",
        "[ab]@[ab]\\.example",
        "[ab]{32}",
    ]
}

/// What an indicator means, without any index.
fn plainly(kind: Kind, indicator: &str, (probe_kind, probe): (Kind, &str)) -> bool {
    match (kind, probe_kind) {
        (Kind::Network, Kind::Address) => {
            let (first, length) = indicator.split_once('/').unwrap();
            let bits = |text: &str| match text.parse::<IpAddr>().unwrap() {
                IpAddr::V4(address) => (4, u128::from(address.to_bits()) << 96),
                IpAddr::V6(address) => (6, address.to_bits()),
            };
            let ((one, a), (other, b)) = (bits(first), bits(probe));
            let length: u32 = length.parse().unwrap();
            one == other && (length == 0 || (a ^ b) >> (128 - length) == 0)
        }
        (Kind::Domain, Kind::Domain) => probe == indicator || probe.ends_with(&format!(".{indicator}")),
        (kind, probe_kind) => kind == probe_kind && indicator == probe,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn look_ups_give_what_a_plain_search_gives(
        values in prop::collection::vec(value(), 0..60),
        probes in prop::collection::vec(value(), 1..60),
    ) {
        let mut gathered = Gathered::new(AllowList::default());
        let details = Details { source: "test".into(), ..Details::default() };
        let known: BTreeSet<(Kind, String)> = values.iter().filter_map(|value| detect(value)).collect();
        for (kind, value) in &known {
            gathered.add(*kind, value, "", &details).unwrap();
        }
        let indicators = Indicators::build(gathered, Level::Informational);
        prop_assert_eq!(indicators.len() as usize, known.len());
        for probe in probes.iter().chain(&values) {
            let Some((kind, probe)) = detect(probe) else { continue };
            let look = match kind {
                Kind::Address => Look::Address,
                Kind::Domain => Look::Host,
                Kind::Hash => Look::Hash,
                _ => continue,
            };
            let expected: BTreeSet<String> = known
                .iter()
                .filter(|(of, value)| plainly(*of, value, (kind, &probe)))
                .map(|(_, value)| value.clone())
                .collect();
            prop_assert_eq!(shown(&indicators, look, &probe), expected, "{}", probe);
        }
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let found = compiled(&[("a", &bytes), ("b.csv", format!("ioc,type\n{text}").as_bytes())]);
        for look in [Look::Address, Look::Host, Look::Url, Look::Hash, Look::Mail, Look::Answers, Look::Text] {
            let mut numbers = Vec::new();
            found.search(look, &text, &mut numbers);
            found.search(look, &String::from_utf8_lossy(&bytes), &mut numbers);
        }
    }

    #[test]
    fn a_value_in_its_normal_form_stays_so(text in "[a-zA-Z0-9:/.\\[\\]@#?%_-]{0,40}") {
        if let Some((kind, value)) = detect(&text) {
            let again = detect(value.strip_prefix("//").unwrap_or(&value));
            prop_assert_eq!(again, Some((kind, value)));
        }
    }
}
