//! MISP events: attributes that their authors meant for detection.
//!
//! In: an event, or the attributes that a search gave. Out: an indicator per value; attributes without `to_ids`, and
//! deleted ones, are counted and left out. Whose it is says `Orgc`, what it stands for `info`; tags give the confidence,
//! the sharing mark and ATT&CK techniques. A port behind an address is not compared. Of `filename|sha256` the digest
//! counts; `domain|ip` is both.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::gathered::Gathered;
use super::indicator::{Details, Kind};
use super::normal;
use super::reason::Reason;
use super::when;

/// An event of the JSON format.
#[derive(Debug, Default, Deserialize)]
pub struct Event<'a> {
    #[serde(default)]
    info: String,
    #[serde(rename = "Orgc", default)]
    author: Option<Organisation>,
    #[serde(rename = "Org", default)]
    owner: Option<Organisation>,
    #[serde(rename = "Tag", default)]
    tags: Vec<Tag>,
    #[serde(borrow, rename = "Attribute", default)]
    attributes: Vec<&'a RawValue>,
    #[serde(borrow, rename = "Object", default)]
    objects: Vec<Object<'a>>,
}

#[derive(Debug, Deserialize)]
struct Organisation {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Tag {
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
struct Object<'a> {
    #[serde(borrow, rename = "Attribute", default)]
    attributes: Vec<&'a RawValue>,
    #[serde(default, deserialize_with = "flag")]
    deleted: bool,
}

/// An attribute, alone or in an event.
#[derive(Debug, Deserialize)]
struct Attribute<'a> {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    uuid: String,
    #[serde(default, deserialize_with = "flag")]
    to_ids: bool,
    #[serde(default, deserialize_with = "flag")]
    deleted: bool,
    #[serde(rename = "Tag", default)]
    tags: Vec<Tag>,
    /// In the answer to a search for attributes.
    #[serde(borrow, rename = "Event", default)]
    event: Option<&'a RawValue>,
}

/// Old versions write `"1"` and `1` for `true`.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_bool().unwrap_or_else(|| value.as_i64() == Some(1) || value.as_str() == Some("1")))
}

/// Reads an event. `source` is whose it is where it does not say so.
pub fn read_event(file: &str, source: &str, event: &Event<'_>, into: &mut Gathered) {
    let details = described(source, event);
    for attribute in &event.attributes {
        read_attribute(file, &details, attribute, false, into);
    }
    for object in &event.objects {
        for attribute in &object.attributes {
            read_attribute(file, &details, attribute, object.deleted, into);
        }
    }
}

/// Reads attributes that a search gave, each with a little of its event.
pub fn read_attributes(file: &str, source: &str, attributes: &[&RawValue], into: &mut Gathered) {
    let nothing = described(source, &Event::default());
    for attribute in attributes {
        read_attribute(file, &nothing, attribute, false, into);
    }
}

fn described(source: &str, event: &Event<'_>) -> Details {
    let names = [&event.author, &event.owner].into_iter().flatten().map(|organisation| &organisation.name);
    let mut names = names.filter(|name| !name.is_empty());
    let mut details = Details {
        source: names.next().map_or(source, String::as_str).to_owned(),
        title: Some(event.info.clone()).filter(|info| !info.is_empty()),
        ..Details::default()
    };
    event.tags.iter().for_each(|tag| tagged(&tag.name, &mut details));
    details
}

/// What a tag says: `tlp:amber`, `misp:confidence-level="usually-confident"`, a galaxy's technique, or only a label.
fn tagged(tag: &str, details: &mut Details) {
    let lower = tag.to_ascii_lowercase();
    if lower.starts_with("tlp:") {
        details.tlp = Some(when::tlp(tag));
    } else if let Some(level) = lower.strip_prefix("misp:confidence-level=") {
        // The numerical values of MISP's taxonomy "misp".
        details.confidence = match level.trim_matches('"') {
            "completely-confident" => Some(100),
            "usually-confident" => Some(75),
            "fairly-confident" => Some(50),
            "rarely-confident" => Some(25),
            "unconfident" => Some(0),
            _ => details.confidence,
        };
    } else if lower.contains("attack-pattern") {
        when::techniques(tag, &mut details.techniques);
    } else if !tag.is_empty() {
        details.labels.push(tag.to_owned());
    }
}

fn read_attribute(file: &str, event: &Details, raw: &RawValue, deleted: bool, into: &mut Gathered) {
    let attribute: Attribute<'_> = match serde_json::from_str(raw.get()) {
        Ok(attribute) => attribute,
        Err(error) => {
            return into.report.note(file, &"an attribute", Reason::Form, &error.to_string());
        }
    };
    let place = if attribute.uuid.is_empty() { "an attribute" } else { &attribute.uuid };
    if deleted || attribute.deleted {
        return into.report.note(file, &place, Reason::Revoked, &attribute.value);
    }
    if !attribute.to_ids {
        return into.report.note(file, &place, Reason::NotForDetection, &attribute.value);
    }
    let own_event = attribute.event.and_then(|raw| serde_json::from_str::<Event<'_>>(raw.get()).ok());
    let own;
    let details = if attribute.tags.is_empty() && own_event.is_none() {
        event
    } else {
        let mut details = own_event.map_or_else(|| event.clone(), |own| described(&event.source, &own));
        attribute.tags.iter().for_each(|tag| tagged(&tag.name, &mut details));
        own = details;
        &own
    };
    values(file, &place, &attribute, details, into);
}

fn values(
    file: &str,
    place: &dyn std::fmt::Display,
    attribute: &Attribute<'_>,
    details: &Details,
    into: &mut Gathered,
) {
    let wanted = wanted(&attribute.kind);
    if wanted.is_empty() {
        let what = format!("{}: {}", attribute.kind, attribute.value);
        return into.report.note(file, place, Reason::Object, &what);
    }
    for (kind, part) in wanted {
        let value = match part {
            Part::Whole => Some(attribute.value.as_str()),
            Part::First => {
                Some(attribute.value.split_once('|').map_or(&*attribute.value, |(first, _)| first))
            }
            Part::Last => attribute.value.rsplit_once('|').map(|(_, last)| last),
        };
        match value.and_then(|value| normal::of_kind(*kind, &normal::refang(value))) {
            Some((kind, value)) => into.add_from((file, place), (kind, &value), &attribute.uuid, details),
            None => into.report.note(file, place, Reason::Value, &attribute.value),
        }
    }
}

/// Which part of a value such as `a|b`.
#[derive(Clone, Copy, Debug)]
enum Part {
    Whole,
    First,
    Last,
}

/// What to look for in an attribute of that type; nothing where logs do not show it.
fn wanted(kind: &str) -> &'static [(Kind, Part)] {
    match kind {
        "ip-src" | "ip-dst" | "ip" => &[(Kind::Address, Part::Whole)],
        "ip-src|port" | "ip-dst|port" => &[(Kind::Address, Part::First)],
        "domain" | "hostname" => &[(Kind::Domain, Part::Whole)],
        "hostname|port" => &[(Kind::Domain, Part::First)],
        "domain|ip" => &[(Kind::Domain, Part::First), (Kind::Address, Part::Last)],
        "url" | "uri" => &[(Kind::Url, Part::Whole)],
        "md5" | "sha1" | "sha256" | "sha512" | "imphash" => &[(Kind::Hash, Part::Whole)],
        "filename|md5" | "filename|sha1" | "filename|sha256" | "filename|sha512" | "filename|imphash"
        | "malware-sample" => &[(Kind::Hash, Part::Last)],
        "email" | "email-src" | "email-dst" | "email-reply-to" => &[(Kind::Mail, Part::Whole)],
        _ => &[],
    }
}
