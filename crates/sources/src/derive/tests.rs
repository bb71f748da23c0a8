//! Derived columns, in rows that decoders have made and in values that proptest makes up.

use proptest::prelude::*;

use super::*;
use model::{Everything, OwnedValue, Record, Row, Time};

/// A decoder that gives a row with these columns for each span.
struct Given {
    category: &'static str,
    columns: Vec<(&'static str, &'static str)>,
}

impl Decoder for Given {
    fn decode(&mut self, _: &Block, spans: &[Span], out: &mut BatchSet, _: &mut Errors) {
        let shape = out.shape(&LogSource::new("", &[self.category], ""), 0);
        for span in spans {
            let Span { start, len, record } = *span;
            out.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record, start, len });
            for (name, value) in &self.columns {
                let field = out.interner.field(name);
                out.set_str(shape, field, value);
            }
        }
    }
}

fn record_in(set: &mut BatchSet, category: &'static str, columns: &[(&'static str, &'static str)]) -> Record {
    let mut decoder = Deriving::new(Given { category, columns: columns.to_vec() });
    let spans: Vec<Span> = (1..=2).map(|record| Span { start: 0, len: 0, record }).collect();
    decoder.decode(&Block::default(), &spans, set, &mut Errors::new(""));
    set.batches().last().unwrap().record(1, &set.interner)
}

fn record(category: &'static str, columns: &[(&'static str, &'static str)]) -> Record {
    record_in(&mut BatchSet::new(Arc::new(Everything)), category, columns)
}

fn text(record: &Record, name: &str) -> String {
    record.text(name).unwrap_or_default()
}

#[test]
fn every_line_of_the_table_is_understood() {
    let text = include_str!("../../tables/derived.tsv");
    assert_eq!(LINES.len(), text.lines().filter(|line| !line.starts_with('#')).count());
    for line in &*LINES {
        assert_eq!(line.how == How::Join, !line.and.is_empty(), "{line:?}");
    }
}

#[test]
fn an_event_of_sql_server_says_who_and_from_where() {
    let audit = "audit_schema_version:1\naction_id:LGIF\nsucceeded:false\nclient_ip:192.0.2.7\n\
                 server_principal_name:sa\nstatement:Login failed.\nadditional_information:\n";
    let record = record("database", &[("Data", audit)]);
    let said = ["user", "src_ip", "action", "outcome", "statement"].map(|name| text(&record, name));
    assert_eq!(said, ["sa", "192.0.2.7", "login", "failure", "Login failed."]);
}

#[test]
fn it_is_known_which_columns_are_made_of_others() {
    let made = made_of("webserver", ["cs-uri-stem", "cs-uri-query", "c-ip"].into_iter());
    assert_eq!(made, ["cs-uri", "cs-uri-decoded", "cs-uri-length"]);
    assert_eq!(made_of("webserver", ["cs-uri-stem"].into_iter()), [""; 0]);
    assert_eq!(made_of("mail", ["cs-uri"].into_iter()), [""; 0]);
}

#[test]
fn a_request_target_gives_its_parts() {
    let record = record("webserver", &[("cs-uri", "/a/%2e%2e/b?c=1+2&d=%E6%97%A5"), ("c-useragent", "x/1")]);
    assert_eq!(text(&record, "cs-uri-stem"), "/a/%2e%2e/b");
    assert_eq!(text(&record, "cs-uri-decoded"), "/a/../b?c=1 2&d=日");
    assert!(
        record.fields.iter().any(|(name, value)| &**name == "cs-uri-length" && *value == OwnedValue::Int(29))
    );
    assert_eq!(text(&record, "cs-user-agent"), "x/1");
}

#[test]
fn rules_find_the_query_and_the_whole_target_in_one_column() {
    let query = |target| {
        let record = record("webserver", &[("cs-uri", target)]);
        record.fields.into_iter().find(|(name, _)| &**name == "cs-uri-query").map(|(_, value)| value)
    };
    let text = |text: &str| OwnedValue::Str(text.into());
    assert_eq!(query("/a?b?c"), Some(OwnedValue::List(vec![text("b?c"), text("/a?b?c")])));
    assert_eq!(query("/a?"), Some(text("/a?")));
    assert_eq!(query("/a"), Some(text("/a")));
}

#[test]
fn a_target_that_the_log_gives_in_two_parts_is_put_together_first() {
    let both = record("webserver", &[("cs-uri-stem", "/x"), ("cs-uri-query", "a=%31")]);
    assert_eq!(text(&both, "cs-uri"), "/x?a=%31");
    assert_eq!(text(&both, "cs-uri-decoded"), "/x?a=1");
    let alone = record("webserver", &[("cs-uri-stem", "/x")]);
    assert_eq!(text(&alone, "cs-uri"), "");
}

#[test]
fn what_the_log_itself_gives_is_kept() {
    let record = record("proxy", &[("c-uri", "http://a.example/x.EXE?y"), ("cs-host", "b.example")]);
    assert_eq!(text(&record, "cs-host"), "b.example");
    assert_eq!(text(&record, "c-uri-extension"), "exe");
    assert_eq!(text(&record, "c-uri-stem"), "/x.EXE");
    assert_eq!(text(&record, "c-uri-query"), "y");
    assert_eq!(text(&record, "cs-uri"), "http://a.example/x.EXE?y");
}

#[test]
fn other_log_sources_get_nothing() {
    assert_eq!(record("mail", &[("cs-uri", "/x?y"), ("query", "a.example")]).fields.len(), 2);
}

#[test]
fn hosts_of_addresses_lose_usual_ports_only() {
    for (address, host) in [
        ("http://a.example/x", Some("a.example")),
        ("http://a.example:80/x", Some("a.example")),
        ("https://a.example:443", Some("a.example")),
        ("https://a.example:8443/x", Some("a.example:8443")),
        ("http://sato:pw@a.example/", Some("a.example")),
        ("http://evil.example?@a.example/", Some("evil.example")),
        ("http://[2001:db8::80]:80/", Some("[2001:db8::80]")),
        ("http://[2001:db8::80]/", Some("[2001:db8::80]")),
        ("a.example:443", Some("a.example:443")),
        ("/path?u=http://x/", None),
        ("error:invalid-request", None),
        ("", None),
    ] {
        assert_eq!(address::host(address), host, "{address}");
    }
    assert_eq!(address::extension("http://a.example/b.d/c"), None);
    assert_eq!(address::extension("http://a.example"), None);
    assert_eq!(address::extension("http://a.example/x.jsp;id=1.2?y=z.exe"), Some("jsp"));
}

fn decoded(target: &str) -> String {
    let mut text = String::new();
    decoding::decode(target, &mut decoding::Buffers::default(), &mut text);
    text
}

#[test]
fn targets_are_decoded_up_to_three_times() {
    for (target, expected) in [
        ("/%252e%252e/", "/../"),
        ("/%25252e", "/."),
        ("/%2525252e", "/%2e"),
        ("/a+b?c+d%2Be", "/a+b?c d+e"),
        ("/%u0041%u65e5%ud800", "/A日\u{fffd}"),
        ("/%c0%ae", "/\u{fffd}\u{fffd}"),
        ("/%zz%4", "/%zz%4"),
        ("/?a=\\\"><x>\\x27", "/?a=\"><x>'"),
        ("\\x16\\x03\\x01", "\u{16}\u{3}\u{1}"),
        ("", ""),
    ] {
        assert_eq!(decoded(target), expected, "{target}");
    }
}

#[test]
fn the_registered_domain_is_one_label_under_the_suffix() {
    for (name, domain) in [
        ("a.b.example.co.jp", Some("example.co.jp")),
        ("WWW.Example.JP.", Some("example.jp")),
        ("example.com", Some("example.com")),
        ("x.example.tokyo.jp", Some("example.tokyo.jp")),
        ("x.example.chiyoda.tokyo.jp", Some("example.chiyoda.tokyo.jp")),
        ("www.city.chiyoda.tokyo.jp", Some("city.chiyoda.tokyo.jp")),
        ("www.city.kani.gifu.jp", Some("city.kani.gifu.jp")),
        ("www.pref.gifu.jp", Some("pref.gifu.jp")),
        ("www.city.nagoya.jp", Some("city.nagoya.jp")),
        ("x.example.naka.nagoya.jp", Some("example.naka.nagoya.jp")),
        ("data.d1234.cloudfront.net", Some("d1234.cloudfront.net")),
        ("x.y.example.co.uk", Some("example.co.uk")),
        ("co.jp", None),
        ("com", None),
        ("192.0.2.1", None),
        ("1.2.0.192.in-addr.arpa", None),
        ("日本.example.jp", Some("example.jp")),
        (".jp", None),
        ("..", None),
        ("", None),
    ] {
        assert_eq!(domain::registered(name).as_deref(), domain, "{name}");
    }
}

#[test]
fn actions_say_whether_anything_went_through() {
    for (action, blocked) in
        [("Drop", Some(true)), ("accept", Some(false)), ("start", None), ("reset-both", Some(true))]
    {
        assert_eq!(is_blocked(action), blocked, "{action}");
    }
}

/// A projection of one column.
struct Only(&'static str);

impl Projection for Only {
    fn wants(&self, _: &LogSource, field: &str) -> bool {
        field == self.0
    }
}

#[test]
fn sources_of_wanted_columns_are_decoded_and_nothing_else() {
    let needs = Needs::new(Only("cs-uri-decoded"));
    let source = LogSource::new("iis", &["webserver"], "");
    for (field, wanted) in [
        ("cs-uri", true),
        ("cs-uri-stem", true),
        ("cs-uri-query", true),
        ("cs-uri-decoded", true),
        ("cs-cookie", false),
        ("c-ip", false),
    ] {
        assert_eq!(needs.wants(&source, field), wanted, "{field}");
    }
    assert!(!needs.wants(&LogSource::new("", &["proxy"], ""), "cs-uri"));
    let mut set = BatchSet::new(Arc::new(needs));
    let record = record_in(&mut set, "webserver", &[("cs-uri", "/%41"), ("c-ip", "192.0.2.1")]);
    assert_eq!(text(&record, "cs-uri-decoded"), "/A");
    assert_eq!(text(&record, "c-ip"), "");
}

#[test]
fn what_is_remembered_holds_for_one_epoch() {
    let mut set = BatchSet::new(Arc::new(Everything));
    let columns = |value| Given { category: "webserver", columns: vec![("cs-uri", value)] };
    let mut decoder = Deriving::new(columns("/%41"));
    let span = [Span { start: 0, len: 0, record: 1 }];
    let mut errors = Errors::new("");
    decoder.decode(&Block::default(), &span, &mut set, &mut errors);
    for (value, decoded) in [("/%42", "/B"), ("/%43", "/C")] {
        set.clear(0);
        decoder.inner = columns(value);
        decoder.decode(&Block::default(), &span, &mut set, &mut errors);
        let record = set.batches().next().unwrap().record(0, &set.interner);
        assert_eq!(text(&record, "cs-uri-decoded"), decoded);
        // Rows of an earlier call stay as they are, those of a later one are added.
        decoder.decode(&Block::default(), &span, &mut set, &mut errors);
        let record = set.batches().next().unwrap().record(1, &set.interner);
        assert_eq!(text(&record, "cs-uri-decoded"), decoded);
    }
}

proptest! {
    #[test]
    fn no_text_makes_decoding_fail_or_grow(target in "\\PC{0,60}", odd in "[%u+?\\\\x\"0-9a-fA-F日./:@-]{0,60}") {
        for text in [target, odd] {
            // A letter of three bytes may come of one byte that is none.
            prop_assert!(decoded(&text).len() <= text.len().max(3) * 3);
            let _ = (address::path(&text), address::host(&text), address::extension(&text), domain::registered(&text));
        }
    }
}
