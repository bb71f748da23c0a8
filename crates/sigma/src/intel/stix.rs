//! STIX 2.0 and 2.1 bundles: indicators, and what their relationships say they indicate.
//!
//! In: the objects of a bundle. Out: a value per part of each indicator's pattern, with the source (`created_by_ref`), the
//! validity, the confidence and what the indicator `indicates` (malware, groups, ATT&CK techniques). Of several versions
//! of an object the last counts; a revoked one is left out. Other objects are context only: what was merely observed is no
//! indicator.

use std::borrow::Cow;
use std::collections::HashMap;

use model::Time;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::gathered::Gathered;
use super::indicator::Details;
use super::reason::Reason;
use super::stix_pattern::parts;
use super::when;

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow, default)]
    modified: Cow<'a, str>,
    #[serde(default)]
    revoked: bool,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pattern: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pattern_type: Option<Cow<'a, str>>,
    #[serde(borrow)]
    valid_from: Option<Cow<'a, str>>,
    #[serde(borrow)]
    valid_until: Option<Cow<'a, str>>,
    confidence: Option<f64>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    indicator_types: Vec<String>,
    #[serde(borrow)]
    created_by_ref: Option<Cow<'a, str>>,
    #[serde(default)]
    object_marking_refs: Vec<String>,
    #[serde(borrow, default)]
    relationship_type: Cow<'a, str>,
    #[serde(borrow, default)]
    source_ref: Cow<'a, str>,
    #[serde(borrow, default)]
    target_ref: Cow<'a, str>,
    #[serde(default)]
    external_references: Vec<Reference>,
    definition: Option<Definition>,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(default)]
    source_name: String,
    #[serde(default)]
    external_id: String,
}

#[derive(Deserialize)]
struct Definition {
    tlp: Option<String>,
}

/// Reads the objects of a bundle. `source` is whose they are where they do not say so.
pub fn read(file: &str, source: &str, objects: &[&RawValue], into: &mut Gathered) {
    let mut all: Vec<Object<'_>> = Vec::new();
    let mut latest: HashMap<String, usize> = HashMap::new();
    for (number, raw) in objects.iter().enumerate() {
        let object: Object<'_> = match serde_json::from_str(raw.get()) {
            Ok(object) => object,
            Err(error) => {
                let place = format!("object {}", number + 1);
                into.report.note(file, &place, Reason::Form, &error.to_string());
                continue;
            }
        };
        let at = all.len();
        if object.id.is_empty() {
            all.push(object);
            continue;
        }
        let last = latest.entry(object.id.clone().into_owned()).or_insert(at);
        match all.get_mut(*last) {
            // Times of one format in UTC are in order as texts.
            Some(known) if known.modified <= object.modified => *known = object,
            Some(_) => {}
            None => all.push(object),
        }
    }
    let context = Context::of(&all);
    for object in all.iter().filter(|object| object.kind == "indicator") {
        indicator(file, source, object, &context, into);
    }
}

/// What the objects beside the indicators say about these.
#[derive(Default)]
struct Context<'a> {
    names: HashMap<&'a str, &'a str>,
    techniques: HashMap<&'a str, Vec<String>>,
    /// By indicator: what it indicates.
    indicated: HashMap<&'a str, Vec<&'a str>>,
    markings: HashMap<&'a str, String>,
}

impl<'a> Context<'a> {
    fn of(objects: &'a [Object<'_>]) -> Context<'a> {
        let mut context = Context::default();
        for object in objects.iter().filter(|object| !object.revoked) {
            match &*object.kind {
                "relationship" if object.relationship_type == "indicates" => {
                    context.indicated.entry(&object.source_ref).or_default().push(&object.target_ref);
                }
                "marking-definition" => {
                    let own = object.definition.as_ref().and_then(|definition| definition.tlp.clone());
                    let named =
                        object.name.as_deref().filter(|name| name.to_ascii_lowercase().starts_with("tlp"));
                    if let Some(tlp) = own.as_deref().or(named) {
                        context.markings.insert(&object.id, when::tlp(tlp));
                    }
                }
                "indicator" => {}
                _ => {
                    if let Some(name) = &object.name {
                        context.names.insert(&object.id, name);
                    }
                    let mut techniques = Vec::new();
                    for reference in &object.external_references {
                        if reference.source_name.starts_with("mitre") {
                            when::techniques(&reference.external_id, &mut techniques);
                        }
                    }
                    if object.kind == "attack-pattern" && !techniques.is_empty() {
                        context.techniques.insert(&object.id, techniques);
                    }
                }
            }
        }
        context
    }

    fn tlp(&self, marking: &str) -> Option<String> {
        let known = TLP.iter().find(|(id, _)| marking.strip_prefix("marking-definition--") == Some(id));
        known.map(|(_, name)| (*name).to_owned()).or_else(|| self.markings.get(marking).cloned())
    }

    /// The title of an indicator: its name, and what it indicates.
    fn title(&self, object: &Object<'_>, indicated: &[&str]) -> Option<String> {
        let mut names: Vec<&str> =
            indicated.iter().filter_map(|target| self.names.get(target).copied()).collect();
        names.sort_unstable();
        names.dedup();
        let own = object.name.as_deref().filter(|name| !name.is_empty());
        match (own, names.is_empty()) {
            (own, true) => own.map(str::to_owned),
            (None, false) => Some(names.join(", ")),
            (Some(own), false) => Some(format!("{own} ({})", names.join(", "))),
        }
    }
}

/// The marking definitions that STIX 2.1 (7.2.1.4) and the TLP 2.0 extension fix.
const TLP: [(&str, &str); 9] = [
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "clear"),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "green"),
    ("f88d31f6-486f-44da-b317-01333bde0b82", "amber"),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "red"),
    ("94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
    ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
    ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
    ("939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
    ("e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
];

fn indicator(file: &str, source: &str, object: &Object<'_>, context: &Context<'_>, into: &mut Gathered) {
    let place = if object.id.is_empty() { "an indicator without id" } else { &object.id };
    let pattern = object.pattern.as_deref().unwrap_or_default();
    if object.revoked {
        return into.report.note(file, &place, Reason::Revoked, pattern);
    }
    if object.pattern_type.as_deref().is_some_and(|language| language != "stix") {
        return into.report.note(file, &place, Reason::Language, pattern);
    }
    let Some(mut details) = validity(object) else {
        let times = [object.valid_from.as_deref(), object.valid_until.as_deref()];
        let times = times.into_iter().flatten().collect::<Vec<_>>().join(", ");
        return into.report.note(file, &place, Reason::Time, &times);
    };
    let indicated = context.indicated.get(&*object.id).map(Vec::as_slice).unwrap_or_default();
    let author = object.created_by_ref.as_deref().and_then(|author| context.names.get(author));
    details.source = author.map_or(source, |name| name).to_owned();
    details.title = context.title(object, indicated);
    details.labels = [object.labels.as_slice(), &object.indicator_types].concat();
    details.tlp = object.object_marking_refs.iter().find_map(|marking| context.tlp(marking));
    for technique in indicated.iter().filter_map(|target| context.techniques.get(target)).flatten() {
        if !details.techniques.contains(technique) {
            details.techniques.push(technique.clone());
        }
    }
    details.techniques.sort_unstable();
    for part in parts(pattern) {
        match part {
            Ok((kind, value)) => into.add_from((file, &place), (kind, &value), &object.id, &details),
            Err(reason) => into.report.note(file, &place, reason, pattern),
        }
    }
}

/// `None` where a time cannot be read.
fn validity(object: &Object<'_>) -> Option<Details> {
    let time = |text: &Option<Cow<'_, str>>| -> Option<Option<Time>> {
        text.as_deref().map_or(Some(None), |text| when::time(text).map(Some))
    };
    let confidence =
        object.confidence.filter(|number| (0.0..=100.0).contains(number)).map(|number| number as u8);
    Some(Details {
        confidence,
        valid_from: time(&object.valid_from)?,
        valid_until: time(&object.valid_until)?,
        ..Details::default()
    })
}
