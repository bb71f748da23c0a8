//! What the `evtx` crate says of a record, and whether our reading agrees.

#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::indexing_slicing, reason = "helpers of tests fail as tests do")]

use model::OwnedValue;
use serde_json::Value;

/// The fields of a record that the crate gives as JSON, by the names that ours have before any renaming.
pub fn expected(record: &Value) -> Vec<(String, &Value)> {
    let event = &record["Event"];
    let mut expected: Vec<(String, &Value)> = Vec::new();
    for (name, value) in event["EventData"].as_object().into_iter().flatten() {
        if name != "#attributes" {
            expected.push((name.clone(), value));
        }
    }
    for name in ["EventID", "Channel", "Computer", "Level", "Keywords", "EventRecordID"] {
        expected.push((name.to_owned(), &event["System"][name]));
    }
    for (_, user_data) in event["UserData"].as_object().into_iter().flatten() {
        for (name, value) in user_data.as_object().into_iter().flatten() {
            if name != "#attributes" && !value.is_object() {
                expected.push((name.clone(), value));
            }
        }
    }
    expected
}

/// Whether our value is the crate's.
pub fn same(ours: Option<&OwnedValue>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (None | Some(OwnedValue::Null), Value::Null) => true,
        (None | Some(OwnedValue::Null), Value::String(text)) => text.is_empty(),
        // The crate renders an empty text in an element as null, in an attribute as a text.
        (Some(OwnedValue::Str(text)), Value::Null) => text.is_empty(),
        (Some(OwnedValue::Float(a)), Value::String(b)) => b.parse() == Ok(*a),
        (Some(OwnedValue::Str(a)), Value::String(b)) => {
            // Times are written with six decimals here.
            a.trim_end_matches('\0') == b.trim_end_matches('\0')
                || model::Time::parse(a).is_some_and(|time| Some(time) == model::Time::parse(b))
        }
        (Some(OwnedValue::Int(a)), Value::Number(b)) => b.as_i64() == Some(*a),
        (Some(OwnedValue::Str(a)), Value::Number(b)) => *a == b.to_string(),
        // The system part's numbers are numbers here, even where a record writes them as text.
        (Some(OwnedValue::Int(a)), Value::String(b)) => a.to_string() == *b,
        (Some(OwnedValue::Float(a)), Value::Number(b)) => b.as_f64() == Some(*a),
        (Some(OwnedValue::Bool(a)), Value::Bool(b)) => a == b,
        (Some(OwnedValue::List(a)), Value::Array(b)) => {
            let b: Vec<&Value> = b.iter().filter(|value| !value.is_null()).collect();
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), b))
        }
        (Some(_), Value::Array(b)) if b.len() == 1 => same(ours, &b[0]),
        (_, Value::Object(object)) => object.get("#text").is_none_or(|text| same(ours, text)),
        _ => false,
    }
}
