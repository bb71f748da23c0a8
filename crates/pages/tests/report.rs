//! The report as its readers get it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeSet;

use model::incident::{Incident, Involved, MomentKind, Status};
use model::{EntityType, Level};
use pages::{FindingGroup, Overview, Report, Source, Unreadable, report};
use proptest::prelude::*;
use words::Language;

mod support;

fn page(
    language: Language,
    overview: &Overview,
    incidents: &[Incident],
    findings: &[FindingGroup],
) -> String {
    let mut out = Vec::new();
    report(&Report { language, overview, incidents, findings }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn usual(hosts: usize) -> String {
    let overview = support::overview(&mut support::Chance(9));
    page(Language::Ja, &overview, &support::incidents(hosts), &support::findings())
}

/// What stands between the marks of the part that begins so.
fn part<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    let from = page.find(begin).unwrap_or_else(|| panic!("{begin} is missing"));
    let to = page[from..].find(end).map_or(page.len(), |at| from + at);
    &page[from..to]
}

#[test]
fn every_text_exists() {
    for page in [usual(3), usual(20), page(Language::En, &Overview::default(), &[], &[])] {
        for word in page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            assert!(!word.starts_with("report-") && !word.starts_with("read-error-"), "{word} has no text");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(usual(20), usual(20));
}

#[test]
fn the_language_asked_for_is_shown_and_the_other_is_there() {
    let overview = Overview::default();
    for (language, own, other) in [(Language::Ja, "lang-ja", "lang-en"), (Language::En, "lang-en", "lang-ja")]
    {
        let page = page(language, &overview, &support::incidents(3), &[]);
        assert!(page.contains(&format!("id=\"{own}\" checked")) && page.contains(&format!("id=\"{other}\"")));
        assert!(!page.contains(&format!("id=\"{other}\" checked")));
        assert!(page.contains("今すべきこと") && page.contains("What to do now"));
    }
}

#[test]
fn nothing_comes_from_elsewhere() {
    let page = usual(20);
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    for word in ["<script", "<link", "<iframe", "<object", "@import", "url(", "src=", "javascript:"] {
        assert!(!page.contains(word), "{word}");
    }
    let addresses = page.matches("http").count() - page.matches("http-equiv").count();
    assert_eq!(addresses, page.matches("http://www.w3.org/2000/svg").count(), "only the name of SVG");
}

#[test]
fn hostile_names_stay_text() {
    let mut incidents = support::incidents(20);
    incidents.iter_mut().for_each(support::hostile);
    let overview = Overview {
        unreadable: support::NAMES
            .map(|name| Unreadable { name: name.into(), code: name.into(), reason: name.into(), count: 1 })
            .into(),
        sources: support::NAMES
            .map(|name| Source { log_source: name.into(), host: name.into(), ..Source::default() })
            .into(),
        ..Overview::default()
    };
    let page = page(Language::En, &overview, &incidents, &support::findings());
    assert!(!page.contains("<script") && !page.contains("<img") && page.contains("&lt;script&gt;"));
    assert!(page.contains("⟨U+202E⟩gpj.exe") && page.contains("⟨U+001B⟩"));
    let unseen = page.chars().find(|c| {
        (c.is_control() && *c != '\n') || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}')
    });
    assert_eq!(unseen, None);
}

#[test]
fn what_to_do_names_confirmed_and_suspected_apart() {
    let mut incident = support::orders();
    let mut add = |kind, name: &str, status, notes: &[&str]| {
        let notes = notes.iter().map(|note| (*note).to_owned()).collect();
        incident.entities.push(Involved { kind, name: name.into(), status, notes });
    };
    add(EntityType::Host, "tkybackup01", Status::Suspected, &["ownerless"]);
    add(EntityType::Host, "10.9.8.7", Status::Confirmed, &[]);
    add(EntityType::User, "corp\\adm", Status::Suspected, &["privileged"]);
    let page = page(Language::En, &Overview::default(), &[incident], &[]);
    let hosts = part(&page, "Cut these hosts off", "</dl>");
    let (confirmed, suspected) = hosts.split_once("Suspected").unwrap();
    assert!(
        confirmed.contains("tkyorderdb01")
            && !confirmed.contains("tkybackup01")
            && suspected.contains("tkybackup01")
    );
    // The store's host comes before those that were only passed through.
    assert!(confirmed.find("tkyorderdb01") < confirmed.find("tkyorderweb01"));
    assert!(
        !hosts.contains("10.9.8.7") && part(&page, "Find out which machines", "</dl>").contains("10.9.8.7")
    );
    assert!(part(&page, "Block these addresses", "</dl>").contains("203.0.113.66"));
    assert!(part(&page, "Disable these accounts", "</dl>").contains("svc-order"));
    assert!(page.contains("Start the clock") && page.contains("Check what was read"));
}

#[test]
fn without_data_nobody_is_told_to_report_and_everybody_to_check() {
    let mut incident = support::orders();
    incident.data.clear();
    let page = page(Language::En, &Overview::default(), &[incident], &[]);
    assert!(!page.contains("Start the clock") && page.contains("Check whether data were read"));
}

#[test]
fn without_incidents_the_report_says_so_and_what_was_not_covered() {
    let overview = support::overview(&mut support::Chance(9));
    let page = page(Language::En, &overview, &[], &support::findings());
    let start = part(&page, "id=\"now\"", "</section>");
    assert!(start.contains("No incident was put together") && start.contains("89 findings joined nothing"));
    assert!(start.contains("2 inputs and 19 places could not be read") && !start.contains("What to do now"));
}

#[test]
fn a_way_taken_twelve_times_is_labelled_once() {
    let page = usual(20);
    assert_eq!(page.matches("2 RDP ops\\lim ×12").count(), 1);
    assert!(page.matches("class=\"again\"").count() > 60);
    // In the timeline as well, with how often it happened.
    assert_eq!(
        part(&page, "<table class=\"timeline\">", "</table>").matches("to bkkapp03 by rdp").count(),
        1
    );
}

#[test]
fn a_lowered_incident_says_so() {
    assert!(
        page(Language::En, &Overview::default(), &[support::small()], &[])
            .contains("more incidents than the budget allows")
    );
}

#[test]
fn an_incident_of_which_nothing_is_known_is_still_told() {
    let mut incident = support::small();
    (incident.entry, incident.narrative) = (None, support::text("", ""));
    incident.entities.clear();
    incident.timeline.clear();
    let page = page(Language::En, &Overview::default(), &[incident], &[]);
    assert!(page.contains("there is no picture") && page.contains("not in these logs"));
}

/// Names of as many bytes as they may have, and more of everything than is shown.
fn enormous() -> (Overview, Vec<Incident>, Vec<FindingGroup>) {
    let long =
        |number: usize| format!("{number}{}{}", "\u{5d0}\"".repeat(200), "\u{20bb7}<&\u{202e}'".repeat(60));
    let mut incident = support::incidents(60).remove(0);
    incident.title = support::text(long(1), long(2));
    incident.narrative = support::text(long(3).repeat(20), long(4).repeat(20));
    for (number, entity) in incident.entities.iter_mut().enumerate() {
        entity.name += &long(number);
        entity.notes = (0..14).map(long).collect();
    }
    for (number, hop) in incident.path.iter_mut().enumerate() {
        hop.from += &long(number % 70);
        hop.to += &long(number % 71);
        hop.account = long(number);
        hop.techniques = (0..6).map(long).collect();
        hop.evidence = (0..3)
            .map(|record| model::Evidence { source: long(number), record, sha256: long(number) })
            .collect();
    }
    incident.path = std::iter::repeat_n(incident.path, 3).flatten().collect();
    for (number, moment) in incident.timeline.iter_mut().enumerate() {
        moment.host = long(number % 90);
        moment.text = support::text(long(number), long(number + 1));
    }
    incident.timeline = std::iter::repeat_n(incident.timeline, 3).flatten().collect();
    incident.data = std::iter::repeat_n(incident.data, 60).flatten().collect();
    incident.data.iter_mut().enumerate().for_each(|(number, data)| data.store += &long(number));
    incident.entities = std::iter::repeat_n(incident.entities, 3).flatten().collect();
    let mut overview = support::overview(&mut support::Chance(3));
    for number in 0..200 {
        let at = support::time("2026-06-01T00:00:00Z");
        overview.heat.count(&long(number), support::later(at, number as i64 * 7_200_000_000), 5);
        Level::ALL.into_iter().for_each(|level| overview.heat.find(&long(number), at, level));
        let source = Source {
            log_source: long(number),
            host: long(number),
            first: Some(at),
            last: Some(at),
            ..Source::default()
        };
        overview.sources.push(source);
        overview.unreadable.push(Unreadable {
            name: long(number),
            code: long(number),
            reason: long(number),
            count: 9,
        });
    }
    let mut group = support::findings().remove(0);
    group.title = support::text(long(1), long(2));
    group.hosts = (0..40).map(long).collect();
    let mut small = support::small();
    small.title = incident.title.clone();
    small.entities = incident.entities.iter().take(40).cloned().collect();
    small.data = incident.data.iter().take(9).cloned().collect();
    let rest = std::iter::repeat_n(small, 250);
    (overview, std::iter::repeat_n(incident, 4).chain(rest).collect(), vec![group; 100])
}

#[test]
fn whatever_the_input_holds_the_page_stays_below_five_megabytes_and_says_what_is_left_out() {
    let (overview, incidents, findings) = enormous();
    let page = page(Language::En, &overview, &incidents, &findings);
    println!("{} bytes", page.len());
    assert!(page.len() < 5_000_000, "{}", page.len());
    for left_out in [
        "not shown in full here",
        "more incidents, of lower score",
        "Not drawn",
        "in findings.jsonl",
        "more rows are",
        "summary.json",
    ] {
        assert!(page.contains(left_out), "{left_out}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    for incidents in [support::incidents(20), vec![support::small(); 120]] {
        let page =
            page(Language::En, &support::overview(&mut support::Chance(9)), &incidents, &support::findings());
        let ids: BTreeSet<&str> =
            page.split("id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(link), "{link}");
        }
    }
}

#[test]
fn a_hundred_incidents_are_written_in_well_under_a_second() {
    let incidents: Vec<Incident> = std::iter::repeat_n(support::incidents(20), 40).flatten().collect();
    let overview = support::overview(&mut support::Chance(9));
    let start = std::time::Instant::now();
    let page = page(Language::En, &overview, &incidents, &[]);
    assert!(start.elapsed().as_secs_f64() < 2.0, "{:?} for {} bytes", start.elapsed(), page.len());
    assert!(
        incidents
            .iter()
            .flat_map(|incident| &incident.timeline)
            .any(|moment| moment.kind == MomentKind::Data)
    );
}

fn any_time() -> impl Strategy<Value = model::Time> {
    let usual = 1_780_000_000_000_000_i64..1_790_000_000_000_000;
    prop_oneof![8 => usual, 1 => any::<i64>()].prop_map(model::Time::from_micros)
}

fn any_host() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (0_u8..40).prop_map(|number| format!("host{number}")),
        1 => (0_u8..9).prop_map(|number| format!("198.51.100.{number}")),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn any_path_is_drawn_within_its_picture(
        hops in prop::collection::vec((any_time(), any_host(), any_host(), any::<String>(), 0.0_f64..1.0), 0..120),
        moments in prop::collection::vec((any_time(), any_host(), any::<String>(), 0_usize..5), 0..60),
        stores in prop::collection::vec((any_time(), any_host()), 0..20),
    ) {
        let mut incident = support::orders();
        let one = incident.path[0].clone();
        let hops = hops.into_iter().map(|(time, from, to, account, confidence)| model::incident::Hop { time, from, to, account, confidence, ..one.clone() });
        incident.path = hops.collect();
        let one = incident.timeline[0].clone();
        let moments = moments.into_iter().map(|(time, host, text, level)| model::incident::Moment {
            time, host, kind: MomentKind::Finding, text: support::text(text.clone(), text), level: Some(Level::ALL[level]), ..one.clone()
        });
        incident.timeline = moments.collect();
        let one = incident.data[0].clone();
        let stores = stores.into_iter().map(|(first, store)| model::incident::Data { first, store, ..one.clone() });
        incident.data = stores.collect();
        let mut overview = Overview::default();
        for moment in &incident.timeline {
            overview.heat.count(&moment.host, moment.time, 3);
            overview.heat.find(&moment.host, moment.time, Level::High);
        }
        let page = page(Language::En, &overview, &[incident], &[]);
        prop_assert!(!page.contains("NaN") && !page.contains("\"inf") && !page.contains("\"-inf"));
        for x in page.split(" x=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok()) {
            prop_assert!((-10.0..=901.0).contains(&x), "{}", x);
        }
        for y in page.split(" y=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok()) {
            prop_assert!((-1.0..=1300.0).contains(&y), "{}", y);
        }
    }
}
