//! The JSON decoder against a slow flattening of serde_json's trees, and against bytes that are no JSON.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

#[path = "support/block.rs"]
mod block;

use std::collections::BTreeMap;
use std::sync::Arc;

use block::block_of;
use model::{BatchSet, Everything, OwnedValue};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};
use sources::json::JsonDecoder;
use sources::windows::xml::XmlDecoder;
use sources::{Decoder, ErrorCode, Errors};

type Fields = BTreeMap<String, OwnedValue>;

/// The fields of every record, by its number.
fn decode(decoder: &mut dyn Decoder, records: &[Vec<u8>]) -> (BTreeMap<u64, Fields>, u64) {
    let block = block_of(records);
    let mut out = BatchSet::new(Arc::new(Everything));
    let mut errors = Errors::new("x");
    decoder.decode(&block, &block.spans, &mut out, &mut errors);
    let mut rows = BTreeMap::new();
    for batch in out.batches() {
        for (index, row) in batch.rows.iter().enumerate() {
            let number = block.spans.iter().find(|span| span.start == row.start).unwrap().record;
            let fields = batch.record(index, &out.interner).fields;
            let fields = fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
            let before = rows.insert(number, fields);
            assert!(before.is_none(), "two rows for record {number}");
        }
    }
    // A generated key can be a field for times, and its value none.
    let damaged = errors.finish().into_iter().filter(|error| error.code != ErrorCode::BadTime);
    (rows, damaged.count() as u64)
}

/// What one place in a record says about a path.
#[derive(Clone, Debug)]
enum Said {
    Scalar(OwnedValue),
    List(Vec<OwnedValue>),
    Object,
}

struct Occurrence {
    path: String,
    depth: usize,
    spread: bool,
    said: Said,
}

fn scalar(value: &Value) -> Option<OwnedValue> {
    Some(match value {
        Value::Null => OwnedValue::Null,
        Value::Bool(flag) => OwnedValue::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => OwnedValue::Int(number),
            None => OwnedValue::Float(number.as_f64().unwrap()),
        },
        Value::String(text) => OwnedValue::Str(text.clone()),
        Value::Array(_) | Value::Object(_) => return None,
    })
}

fn members(
    map: &Map<String, Value>,
    path: Option<&str>,
    depth: usize,
    spread: bool,
    all: &mut Vec<Occurrence>,
) {
    for (key, value) in map {
        let path = path.map_or(key.clone(), |path| format!("{path}.{key}"));
        let mut add = |said| all.push(Occurrence { path: path.clone(), depth, spread, said });
        match value {
            Value::Object(inner) => {
                add(Said::Object);
                members(inner, Some(&path), depth + 1, spread, all);
            }
            Value::Array(items) => {
                let (mut scalars, mut objects) = (Vec::new(), Vec::new());
                elements(items, depth + 1, &mut scalars, &mut objects);
                let only_objects = scalars.is_empty() && !objects.is_empty();
                add(if only_objects { Said::Object } else { Said::List(scalars) });
                for (object, depth) in objects {
                    members(object, Some(&path), depth + 1, true, all);
                }
            }
            value => add(Said::Scalar(scalar(value).unwrap())),
        }
    }
}

fn elements<'a>(
    items: &'a [Value],
    depth: usize,
    scalars: &mut Vec<OwnedValue>,
    objects: &mut Vec<(&'a Map<String, Value>, usize)>,
) {
    for item in items {
        match item {
            Value::Array(inner) => elements(inner, depth + 1, scalars, objects),
            Value::Object(object) => objects.push((object, depth)),
            value => scalars.push(scalar(value).unwrap()),
        }
    }
}

fn flatten(record: &Map<String, Value>) -> Fields {
    let mut all = Vec::new();
    members(record, None, 0, false, &mut all);
    let mut fields: BTreeMap<String, (usize, OwnedValue)> = BTreeMap::new();
    let mut put = |path: &str, depth: usize, value: OwnedValue| {
        let depth = if value == OwnedValue::Object { usize::MAX } else { depth };
        match fields.get(path) {
            Some((held, _)) if *held < depth => {}
            _ => drop(fields.insert(path.to_owned(), (depth, value))),
        }
    };
    let mut spread: BTreeMap<&str, Vec<&Occurrence>> = BTreeMap::new();
    for occurrence in &all {
        if occurrence.spread {
            spread.entry(&occurrence.path).or_default().push(occurrence);
            continue;
        }
        put(
            &occurrence.path,
            occurrence.depth,
            match occurrence.said.clone() {
                Said::Scalar(value) => value,
                Said::List(items) => OwnedValue::List(items),
                Said::Object => OwnedValue::Object,
            },
        );
    }
    for (path, occurrences) in spread {
        let list = occurrences.iter().any(|one| matches!(one.said, Said::List(_)));
        let items = occurrences.iter().flat_map(|one| match one.said.clone() {
            Said::Scalar(value) => vec![value],
            Said::List(items) => items,
            Said::Object => vec![],
        });
        let items = items.collect::<Vec<_>>();
        let object = occurrences.iter().any(|one| matches!(one.said, Said::Object));
        put(
            path,
            occurrences[0].depth,
            match &items[..] {
                [] if object && !list => OwnedValue::Object,
                [only] if !list => only.clone(),
                _ => OwnedValue::List(items),
            },
        );
    }
    fields.into_iter().map(|(path, (_, value))| (path, value)).collect()
}

/// Writes a value in one of the many ways in which JSON can be written.
fn write(value: &Value, style: u8, out: &mut String) {
    let gap = ["", " ", "\n  ", "\t"][usize::from(style % 4)];
    match value {
        Value::Object(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(gap);
                write(&Value::String(key.clone()), style, out);
                out.push_str(if style & 4 == 0 { ":" } else { " : " });
                write(value, style, out);
            }
            out.push_str(gap);
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(gap);
                write(item, style, out);
            }
            out.push_str(gap);
            out.push(']');
        }
        Value::String(text) if style & 8 != 0 => {
            out.push('"');
            for unit in text.encode_utf16() {
                out.push_str(&format!("\\u{unit:04x}"));
            }
            out.push('"');
        }
        value => out.push_str(&value.to_string()),
    }
}

fn key() -> impl Strategy<Value = String> {
    const KEYS: &[&str] = &[
        "a",
        "b",
        "c",
        "a.b",
        "a.b.c",
        "",
        "b.a",
        "キー",
        "k\"\\\n",
        "a rather long key that fits no token",
    ];
    prop_oneof![8 => proptest::sample::select(KEYS).prop_map(str::to_owned), 1 => "[a-z]{1,3}"]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Number(number.into())),
        any::<u64>().prop_map(|number| Value::Number(number.into())),
        any::<f64>().prop_filter_map("finite", |number| Number::from_f64(number).map(Value::Number)),
        ".{0,40}".prop_map(Value::String),
        proptest::sample::select(&["same", "C:\\Windows", "\u{1}\u{10ffff}", "1"][..])
            .prop_map(|text| Value::String(text.to_owned())),
    ]
}

fn object() -> impl Strategy<Value = Map<String, Value>> {
    let value = leaf().prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::btree_map(key(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map(key(), value, 0..8).prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_json_becomes_what_a_slow_flattening_of_its_tree_gives(
        records in proptest::collection::vec((object(), 0u8..16), 1..8)
    ) {
        let written: Vec<Vec<u8>> = records.iter().map(|(record, style)| {
            let mut text = String::new();
            write(&Value::Object(record.clone()), *style, &mut text);
            text.into_bytes()
        }).collect();
        let mut decoder = JsonDecoder::new();
        // Twice: the second time every key is guessed and every plan is there, for another set of batches.
        for _ in 0..2 {
            let (rows, errors) = decode(&mut decoder, &written);
            prop_assert_eq!(errors, 0);
            for (number, (record, _)) in records.iter().enumerate() {
                prop_assert_eq!(&rows[&(number as u64 + 1)], &flatten(record));
            }
        }
    }

    #[test]
    fn bytes_of_any_kind_become_one_row_each_and_never_a_panic(
        records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..20)
    ) {
        prop_assert_eq!(decode(&mut JsonDecoder::new(), &records).0.len(), records.len());
        prop_assert_eq!(decode(&mut XmlDecoder::default(), &records).0.len(), records.len());
    }

    #[test]
    fn damaged_json_becomes_one_row_each_and_never_a_panic(
        records in proptest::collection::vec((object(), any::<u16>(), any::<u8>(), any::<bool>()), 1..8)
    ) {
        let damaged: Vec<Vec<u8>> = records.iter().map(|(record, at, byte, cut)| {
            let mut bytes = serde_json::to_vec(record).unwrap();
            let at = usize::from(*at) % bytes.len();
            if *cut { bytes.truncate(at) } else { bytes[at] = *byte }
            bytes
        }).collect();
        prop_assert_eq!(decode(&mut JsonDecoder::new(), &damaged).0.len(), damaged.len());
    }

    #[test]
    fn damaged_xml_becomes_one_row_each_and_never_a_panic(at in any::<u16>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = "<Event xmlns='x'><System><Provider Name='P'/><EventID>1</EventID></System><EventData>\
            <Data Name='a'>&amp;x</Data><Data>y</Data><![CDATA[z]]></EventData></Event>".as_bytes().to_vec();
        let at = usize::from(at) % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        prop_assert_eq!(decode(&mut XmlDecoder::default(), &[bytes]).0.len(), 1);
    }
}

fn one(text: &str) -> (Fields, u64) {
    let (mut rows, errors) = decode(&mut JsonDecoder::new(), &[text.as_bytes().to_vec()]);
    (rows.remove(&1).unwrap(), errors)
}

fn text(text: &str) -> OwnedValue {
    OwnedValue::Str(text.to_owned())
}

#[test]
fn what_is_no_json_is_a_message_and_reported() {
    for record in [
        r#"{"a":1"#,
        r#"{"a":1}}"#,
        r#"{"a" 1}"#,
        r#"{"a":01}"#,
        r#"{"a":1,}"#,
        "{'a':1}",
        r#"{"a":tru}"#,
        "x",
        "",
    ] {
        let (fields, errors) = one(record);
        assert_eq!(fields, BTreeMap::from([("message".to_owned(), text(record))]), "{record}");
        assert_eq!(errors, 1, "{record}");
    }
}

#[test]
fn a_value_that_is_no_object_is_a_message() {
    for (record, message) in
        [("\"a\\u0062\"", "ab"), ("[1, {\"a\": 2}]", "[1, {\"a\": 2}]"), ("12", "12"), (" null ", "null")]
    {
        let (fields, errors) = one(record);
        assert_eq!(fields, BTreeMap::from([("message".to_owned(), text(message))]));
        assert_eq!(errors, 0, "{record}");
    }
}

#[test]
fn of_a_key_that_repeats_the_last_counts_and_a_flat_key_wins_over_nesting() {
    assert_eq!(one(r#"{"a":1,"a":2}"#).0["a"], OwnedValue::Int(2));
    assert_eq!(one(r#"{"a.b":1,"a":{"b":2}}"#).0["a.b"], OwnedValue::Int(1));
    assert_eq!(one(r#"{"a":{"b":2},"a.b":1}"#).0["a.b"], OwnedValue::Int(1));
    assert_eq!(one(r#"{"a":{"b":2},"\u0061.b":1}"#).0["a.b"], OwnedValue::Int(1));
}

#[test]
fn what_nests_too_deep_is_kept_as_text_and_reported() {
    let record = format!("{}1{}", r#"{"a":"#.repeat(200), "}".repeat(200));
    let (fields, errors) = one(&record);
    assert_eq!(errors, 1);
    let deepest = fields.iter().max_by_key(|(path, _)| path.len()).unwrap();
    assert_eq!(deepest.0.len(), 129 * 2 - 1);
    assert_eq!(*deepest.1, text(&format!("{}1{}", r#"{"a":"#.repeat(71), "}".repeat(71))));
    let brackets = "[".repeat(1_000_000);
    assert_eq!(one(&format!("{{\"a\":{brackets}")).1, 1);
    assert_eq!(one(&brackets).1, 1);
}

#[test]
fn a_record_with_too_many_keys_is_a_message_and_the_next_is_read() {
    let keys: Vec<_> = (0..20_000).map(|number| format!("\"k{number}\":1")).collect();
    let hostile = format!("{{{}}}", keys.join(",")).into_bytes();
    let (rows, errors) = decode(&mut JsonDecoder::new(), &[hostile, br#"{"a":1}"#.to_vec()]);
    assert_eq!(errors, 1);
    assert!(rows[&1].contains_key("message"));
    assert_eq!(rows[&2]["a"], OwnedValue::Int(1));
}

#[test]
fn many_small_records_after_wide_ones_do_not_fill_the_memory_with_holes() {
    let keys: Vec<_> = (0..10_000).map(|number| format!("\"k{number}\":1")).collect();
    let mut records = vec![format!("{{{}}}", keys.join(",")).into_bytes()];
    records.extend((0..100_000).map(|_| b"{}".to_vec()));
    let block = block_of(&records);
    let mut out = BatchSet::new(Arc::new(Everything));
    JsonDecoder::new().decode(&block, &block.spans, &mut out, &mut Errors::new("x"));
    let cells: usize = out.batches().map(|batch| batch.rows.len() * batch.columns.len()).sum();
    assert!(cells < 2_000_000, "{cells} cells");
    assert_eq!(out.batches().map(|batch| batch.rows.len()).sum::<usize>(), records.len());
}

#[test]
fn bytes_in_shift_jis_are_read_as_what_they_say() {
    let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(r#"{"user":"佐藤","action":"ログオン"}"#);
    let mut block = block_of(&[bytes.into_owned()]);
    block.legacy = Some(encoding_rs::SHIFT_JIS);
    let mut out = BatchSet::new(Arc::new(Everything));
    JsonDecoder::new().decode(&block, &block.spans, &mut out, &mut Errors::new("x"));
    let batch = out.batches().next().unwrap();
    assert_eq!(batch.record(0, &out.interner).text("user").as_deref(), Some("佐藤"));
}
