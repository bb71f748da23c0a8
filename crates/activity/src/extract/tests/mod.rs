//! What records of each family give, and what becomes of what is remembered.

mod others;
mod windows;

use std::sync::Arc;

use model::{BatchSet, LogSource, LogonType, Projection, Row, Time, Via};

use super::*;
use crate::Wanted;
use crate::table::Test;

/// Wants nothing of its own.
struct Nothing;

impl Projection for Nothing {
    fn wants(&self, _: &LogSource, _: &str) -> bool {
        false
    }
}

struct Maker {
    set: BatchSet,
    extractor: Extractor,
}

impl Maker {
    fn new() -> Maker {
        Maker { set: BatchSet::new(Arc::new(Wanted::new(Nothing))), extractor: Extractor::new() }
    }

    /// The activities of one record, its fields as `NAME=VALUE`; `\n` cuts a value into a list.
    fn of(&mut self, source: &str, fields: &[&str]) -> Vec<Activity> {
        let parts: Vec<&str> = source.split('/').map(|part| if part == "-" { "" } else { part }).collect();
        let categories: Vec<&str> = [parts[1]].into_iter().filter(|category| !category.is_empty()).collect();
        let shape = self.set.shape(&LogSource::new(parts[0], &categories, parts[2]), 0);
        self.set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record: 1, start: 0, len: 0 });
        for (name, value) in fields.iter().filter_map(|field| field.split_once('=')) {
            let field = self.set.interner.field(name);
            let Some(slot) = self.set.slot(shape, field) else { continue };
            let dictionary = self.set.interner.dictionary_mut(field);
            let ids: Vec<ValueId> = value
                .split('\n')
                .map(|one| match one.parse() {
                    Ok(number) => dictionary.int(number),
                    Err(_) => dictionary.str(one),
                })
                .collect();
            let id = if ids.len() == 1 { ids[0] } else { dictionary.list(&ids) };
            self.set.batch_mut(shape).set(slot, id);
        }
        let mut out = Vec::new();
        for batch in self.set.batches() {
            self.extractor.push(batch, &self.set.interner, "Fallback", &mut out);
        }
        self.set.clear(1 << 20);
        out.into_iter().map(|(_, activity)| activity).collect()
    }
}

/// What an activity says, with its hashes left out.
fn told(activity: &Activity, names: &Names) -> String {
    let mut text = format!("{:?}", activity.kind);
    if activity.outcome == Outcome::Failure {
        text += " failed";
    }
    if activity.via != Via::Other {
        text += &format!(" via {}", activity.via.as_str());
    }
    if activity.logon_type != LogonType::Unknown {
        text += &format!(" {:?}", activity.logon_type);
    }
    for (part, name) in [
        ("host", activity.host),
        ("account", activity.account),
        ("target_account", activity.target_account),
        ("source_host", activity.source_host),
        ("source_address", activity.source_address),
        ("target_host", activity.target_host),
        ("target_address", activity.target_address),
        ("program", activity.program),
        ("parent", activity.parent),
        ("object", activity.object),
    ] {
        if name.is_some() {
            text += &format!(" {part}={}", names.get(name));
        }
    }
    for (part, number) in [
        ("source_port", u64::from(activity.source_port)),
        ("target_port", u64::from(activity.target_port)),
        ("pid", u64::from(activity.pid)),
        ("parent_pid", u64::from(activity.parent_pid)),
        ("in", activity.bytes_in),
        ("out", activity.bytes_out),
        ("count", u64::from(activity.count)),
    ] {
        if number != 0 {
            text += &format!(" {part}={number}");
        }
    }
    text
}

#[track_caller]
fn gives(source: &str, fields: &str, expected: &[&str]) -> Vec<Activity> {
    let mut maker = Maker::new();
    let fields: Vec<&str> = fields.split(' ').filter(|field| !field.is_empty()).collect();
    let given = maker.of(source, &fields);
    let texts: Vec<String> = given.iter().map(|one| told(one, maker.extractor.names())).collect();
    assert_eq!(texts, expected, "{source} {fields:?}");
    given
}

#[test]
fn names_that_were_handed_over_do_not_come_back_as_ids() {
    let mut maker = Maker::new();
    let fields = ["host=vpn01", "action=login", "user=sato", "src_ip=203.0.113.5"];
    let first = maker.of("openvpn/vpn/-", &fields);
    let before = maker.extractor.take_names();
    assert_eq!(before.get(first[0].account), "sato");
    assert!(maker.extractor.names().is_empty());
    maker.of("openvpn/vpn/-", &["host=other", "action=login", "user=tanaka"]);
    let again = maker.of("openvpn/vpn/-", &fields);
    assert_eq!(told(&again[0], maker.extractor.names()), told(&first[0], &before));
}

#[test]
fn an_epoch_or_generation_that_ends_changes_nothing() {
    let mut maker = Maker::new();
    for round in 0..50 {
        let user = format!("user=user{round}");
        let given = maker.of("linux/-/sshd", &["host=app01", "action=login", &user]);
        assert_eq!(maker.extractor.names().get(given[0].account), format!("user{round}"));
        match round % 3 {
            0 => maker.set.clear(0),
            1 => maker.set = BatchSet::new(Arc::new(Wanted::new(Nothing))),
            _ => {}
        }
    }
}

#[test]
fn of_several_values_any_may_fit_where_few_lines_ask() {
    let set = "Operation=Set-Mailbox UserId=x ObjectId=y Parameters.Name=Identity\nForwardingSmtpAddress";
    gives("m365/-/exchange", set, &["MailRule host=m365 account=x target_account=y object=y count=1"]);
    gives("m365/-/exchange", "Operation=Set-Mailbox UserId=x Parameters.Name=Identity", &[]);
    gives(
        "linux/-/sshd",
        "action=login\nsession_close user=x",
        &["Logon via ssh Remote host=fallback account=x"],
    );
}

#[test]
fn a_log_source_without_lines_gives_nothing() {
    gives("unknown/-/-", "user=x action=login", &[]);
}

proptest::proptest! {
    #[test]
    fn no_value_makes_it_panic(values in proptest::collection::vec(".{0,40}", 24), number in 0usize..10_000) {
        let table = Table::builtin();
        for rule in table.rules.iter().skip(number % 16).step_by(16) {
            let source: Vec<&str> = rule.source.iter().map(|part| if part == "*" { "-" } else { part }).collect();
            let names = table.fields.iter().skip(number % 50).step_by(7);
            let fields = names.zip(&values).map(|(name, value)| format!("{name}={value}"));
            // Those that its conditions ask for have what they ask for, so that the line fits.
            let asked = rule.when.iter().map(|asked| {
                let condition = &table.conditions[usize::from(asked.field)][usize::from(asked.bit)];
                let value = match &condition.test {
                    Test::Is(patterns) => patterns[0].trim_matches('*').to_owned(),
                    Test::Private => "10.0.0.1".to_owned(),
                    Test::AtLeast(least) => least.to_string(),
                    Test::Bits(bits) => format!("{bits:#x}"),
                    Test::Present => values[0].clone(),
                };
                format!("{}={value}", table.fields[usize::from(asked.field)])
            });
            let all: Vec<String> = fields.chain(asked).collect();
            let all: Vec<&str> = all.iter().map(String::as_str).collect();
            Maker::new().of(&source.join("/"), &all);
        }
    }

    #[test]
    fn no_text_makes_a_converter_panic_or_give_too_much(text in "\\PC{0,200}", other in ".{0,50}") {
        for (_, convert) in crate::convert::CONVERTERS {
            let mut out = String::new();
            convert.name(&text, &mut out);
            proptest::prop_assert!(out.len() <= 512);
            convert.number(&text);
        }
        let mut out = String::new();
        crate::convert::joined_account(&text, &other, &mut out);
        crate::convert::joined_table(&other, &text, &mut out);
        crate::convert::item(&text, &other);
    }
}
