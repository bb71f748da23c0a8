//! JSON files: which of the forms they are.
//!
//! In: bytes of JSON, one value or several behind each other. Out: the objects of STIX bundles and MISP events, handed to
//! their readers. Nothing is kept as a tree; nested deeper than serde_json's limit is an error, not a crash.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::gathered::Gathered;
use super::{misp, stix};

/// A value that may be any of the forms.
#[derive(Deserialize)]
struct Form<'a> {
    #[serde(rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    objects: Option<Vec<&'a RawValue>>,
    #[serde(borrow, rename = "Event")]
    event: Option<&'a RawValue>,
    #[serde(borrow, rename = "Attribute")]
    attributes: Option<&'a RawValue>,
    #[serde(borrow)]
    response: Option<&'a RawValue>,
    pattern: Option<serde::de::IgnoredAny>,
    info: Option<serde::de::IgnoredAny>,
}

/// Reads all values of a file.
///
/// # Errors
/// Where one of them is neither STIX nor MISP, or no JSON: what, and where.
pub fn read(file: &str, source: &str, text: &str, into: &mut Gathered) -> Result<(), (String, String)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    // Bare STIX objects may stand behind each other, and say something of each other.
    let mut objects = Vec::new();
    loop {
        let at = values.byte_offset();
        let place = || format!("byte {at}");
        match values.next() {
            None => break,
            Some(Err(error)) => {
                flush(file, source, &mut objects, into);
                return Err((format!("line {} column {}", error.line(), error.column()), error.to_string()));
            }
            Some(Ok(value)) => {
                if let Err(reason) = one(file, source, value, &mut objects, into, 0) {
                    flush(file, source, &mut objects, into);
                    return Err((place(), reason));
                }
            }
        }
    }
    flush(file, source, &mut objects, into);
    Ok(())
}

fn flush(file: &str, source: &str, objects: &mut Vec<&RawValue>, into: &mut Gathered) {
    stix::read(file, source, objects, into);
    objects.clear();
}

fn one<'a>(
    file: &str,
    source: &str,
    value: &'a RawValue,
    objects: &mut Vec<&'a RawValue>,
    into: &mut Gathered,
    depth: usize,
) -> Result<(), String> {
    const NEITHER: &str = "this JSON is neither a STIX 2 bundle nor a MISP event";
    const DEEPEST: usize = 4;
    if depth > DEEPEST {
        return Err(NEITHER.to_owned());
    }
    if value.get().starts_with('[') {
        let all: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(|error| error.to_string())?;
        return all.into_iter().try_for_each(|value| one(file, source, value, objects, into, depth + 1));
    }
    let form: Form<'_> = serde_json::from_str(value.get()).map_err(|_| NEITHER.to_owned())?;
    if let Some(event) = form.event.filter(|_| form.attributes.is_none()) {
        let event = serde_json::from_str(event.get()).map_err(|error| format!("MISP event: {error}"))?;
        misp::read_event(file, source, &event, into);
        return Ok(());
    }
    if let Some(response) = form.response {
        return one(file, source, response, objects, into, depth + 1);
    }
    if let Some(mut inside) = form.objects {
        objects.append(&mut inside);
        return Ok(());
    }
    if form.info.is_some() && form.attributes.is_some() {
        let event = serde_json::from_str(value.get()).map_err(|error| format!("MISP event: {error}"))?;
        misp::read_event(file, source, &event, into);
        return Ok(());
    }
    if let Some(attributes) = form.attributes {
        let attributes: Vec<&RawValue> =
            serde_json::from_str(attributes.get()).map_err(|error| format!("MISP attributes: {error}"))?;
        misp::read_attributes(file, source, &attributes, into);
        return Ok(());
    }
    let is_object = form.kind.is_some_and(|kind| {
        form.pattern.is_some() || OBJECTS.iter().any(|name| kind.get().trim_matches('"') == *name)
    });
    if is_object {
        objects.push(value);
        return Ok(());
    }
    Err(NEITHER.to_owned())
}

/// STIX objects that may stand outside a bundle; a bundle may be empty.
const OBJECTS: [&str; 13] = [
    "bundle",
    "indicator",
    "relationship",
    "identity",
    "malware",
    "threat-actor",
    "intrusion-set",
    "campaign",
    "tool",
    "attack-pattern",
    "marking-definition",
    "report",
    "infrastructure",
];
