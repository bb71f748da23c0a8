//! What a cell holds.

use serde::{Serialize, Serializer, ser::SerializeSeq};

use crate::ValueId;

/// A value as it lies in a [`Dictionary`](crate::Dictionary). Borrowed, cheap to copy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// The record has no such field.
    Missing,
    /// The field is there and holds nothing (JSON `null`).
    Null,
    /// The field holds further fields, which are columns of their own (`a` beside `a.b`).
    Object,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Str(&'a str),
    /// Several values (a JSON array, an event field that repeats); ids in the same dictionary.
    List(&'a [ValueId]),
}

/// A value that owns its content: for the few records that leave the columns (findings, timeline).
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedValue {
    /// The field is there and holds nothing.
    Null,
    /// The field holds further fields.
    Object,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Str(String),
    /// Several values.
    List(Vec<OwnedValue>),
}

impl OwnedValue {
    /// The value as text for people and for comparisons by name: `None` for null, objects and lists.
    pub fn text(&self) -> Option<String> {
        match self {
            OwnedValue::Str(text) => Some(text.clone()),
            OwnedValue::Int(number) => Some(number.to_string()),
            OwnedValue::Float(number) => Some(number.to_string()),
            OwnedValue::Bool(flag) => Some(flag.to_string()),
            OwnedValue::Null | OwnedValue::Object | OwnedValue::List(_) => None,
        }
    }
}

impl Serialize for OwnedValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            OwnedValue::Null | OwnedValue::Object => serializer.serialize_unit(),
            OwnedValue::Bool(flag) => serializer.serialize_bool(*flag),
            OwnedValue::Int(number) => serializer.serialize_i64(*number),
            OwnedValue::Float(number) => serializer.serialize_f64(*number),
            OwnedValue::Str(text) => serializer.serialize_str(text),
            OwnedValue::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
        }
    }
}
