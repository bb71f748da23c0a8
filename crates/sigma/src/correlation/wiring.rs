//! Which occurrences and firings go to which correlations, and what is read from them there.

use std::collections::BTreeMap;

use model::{Column, Dictionary, EventBatch, Interner, Value, ValueId};

use super::tally::Reading;
use super::{Correlation, Kind, Occurrence, Reference};
use crate::ruleset::RuleSet;

/// Fields of an event or a firing: names and values as text.
pub(super) type Fields = [(String, Vec<String>)];

/// By what each correlation is fed.
#[derive(Debug, Default)]
pub(super) struct Wiring {
    of_rule: Vec<Vec<Feed>>,
    of_correlation: Vec<Vec<Feed>>,
}

/// One rule (or correlation) as one correlation sees it.
#[derive(Debug)]
pub(super) struct Feed {
    /// The correlation that is fed.
    pub(super) correlation: u32,
    /// Its kind.
    pub(super) kind: Kind,
    /// Where the rule stands in the correlation's rules, ascending.
    places: Vec<u32>,
    /// For each group-by name the fields that stand for it; the first that is there counts.
    group: Vec<Vec<String>>,
    /// As `group`, of the fields that are counted.
    fields: Vec<Vec<String>>,
}

impl Wiring {
    pub(super) fn new(rules: &RuleSet) -> Wiring {
        let mut wiring = Wiring {
            of_rule: rules.rules.iter().map(|_| Vec::new()).collect(),
            of_correlation: rules.correlations.iter().map(|_| Vec::new()).collect(),
        };
        let circular = cycles(&rules.correlations);
        for (number, correlation) in rules.correlations.iter().enumerate() {
            let mut places: BTreeMap<Reference, Vec<u32>> = BTreeMap::new();
            for (place, reference) in correlation.rules.iter().enumerate() {
                places.entry(*reference).or_default().push(place as u32);
            }
            for (reference, places) in places {
                let feeds = match reference {
                    Reference::Rule(rule) => wiring.of_rule.get_mut(rule as usize),
                    // Loading rejects cycles; a rule set made by other means is not to loop either.
                    Reference::Correlation(other)
                        if circular.contains(&other) && circular.contains(&(number as u32)) =>
                    {
                        None
                    }
                    Reference::Correlation(other) => wiring.of_correlation.get_mut(other as usize),
                };
                if let Some(feeds) = feeds {
                    feeds.push(Feed::new(number as u32, correlation, reference, places));
                }
            }
        }
        wiring
    }

    pub(super) fn of_rule(&self, rule: u32) -> &[Feed] {
        self.of_rule.get(rule as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn of_correlation(&self, correlation: u32) -> &[Feed] {
        self.of_correlation.get(correlation as usize).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Feed {
    fn new(number: u32, correlation: &Correlation, reference: Reference, places: Vec<u32>) -> Feed {
        let first = places.first().copied().unwrap_or_default() as usize;
        let fields_of = |name: &String| {
            let mut fields = vec![correlation.field_of(name, first).to_owned()];
            // A firing may already carry the alias as a name of its group.
            if matches!(reference, Reference::Correlation(_)) && !fields.contains(name) {
                fields.push(name.clone());
            }
            fields
        };
        Feed {
            correlation: number,
            kind: correlation.kind,
            places,
            group: correlation.group_by.iter().map(fields_of).collect(),
            fields: correlation.fields.iter().map(fields_of).collect(),
        }
    }

    /// Whether it is about which rules occurred.
    pub(super) fn is_temporal(&self) -> bool {
        matches!(self.kind, Kind::Temporal | Kind::TemporalOrdered)
    }

    /// Writes the key of the group that the fields belong to. A field that is not there, or holds several values, is
    /// a value of its own: such events form a group among themselves.
    pub(super) fn write_key(&self, fields: &Fields, key: &mut Vec<u8>) {
        key.clear();
        for names in &self.group {
            match one(values(fields, names)) {
                Some(value) => write_value(key, value),
                None => key.push(ABSENT),
            }
        }
    }

    /// What the correlation counts of the event; `None` where the event has nothing of it.
    pub(super) fn read<'a>(&'a self, fields: &'a Fields) -> Option<Reading<'a>> {
        let counted = |names: &'a Vec<String>| values(fields, names);
        match self.kind {
            Kind::EventCount => Some(Reading::Event),
            Kind::Temporal | Kind::TemporalOrdered => Some(Reading::Places(&self.places)),
            Kind::ValueCount => match self.fields.as_slice() {
                [names] => {
                    let values = counted(names);
                    (!values.is_empty()).then_some(Reading::Values(values))
                }
                several => {
                    let mut tuple = Vec::new();
                    for names in several {
                        write_value(&mut tuple, one(counted(names))?);
                    }
                    Some(Reading::Tuple(tuple))
                }
            },
            Kind::ValueSum | Kind::ValueAvg | Kind::ValuePercentile | Kind::ValueMedian => {
                let text = one(counted(self.fields.first()?))?;
                let number: f64 = text.trim().parse().ok()?;
                number.is_finite().then_some(Reading::Number(number))
            }
        }
    }
}

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

fn write_value(key: &mut Vec<u8>, value: &str) {
    key.push(PRESENT);
    key.extend_from_slice(&(value.len() as u32).to_le_bytes());
    key.extend_from_slice(value.as_bytes());
}

/// The group-by names that have a value in the key, and the value.
pub(super) fn group_of(correlation: &Correlation, key: &[u8]) -> Vec<(String, String)> {
    let mut rest = key;
    let mut group = Vec::new();
    for name in &correlation.group_by {
        match rest {
            [PRESENT, a, b, c, d, tail @ ..] => {
                let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
                let (value, tail) = tail.split_at_checked(length).unwrap_or((tail, &[]));
                group.push((name.clone(), String::from_utf8_lossy(value).into_owned()));
                rest = tail;
            }
            [_, tail @ ..] => rest = tail,
            [] => {}
        }
    }
    group
}

fn values<'a>(fields: &'a Fields, names: &[String]) -> &'a [String] {
    let mut found = names.iter().filter_map(|name| fields.iter().find(|(field, _)| field == name));
    found.next().map(|(_, values)| values.as_slice()).unwrap_or_default()
}

fn one(values: &[String]) -> Option<&str> {
    match values {
        [value] => Some(value),
        _ => None,
    }
}

/// By rule number: whether matches of the rule are to be pushed as occurrences.
pub fn needs(rules: &RuleSet) -> Vec<bool> {
    let mut needed = vec![false; rules.rules.len()];
    for reference in rules.correlations.iter().flat_map(|correlation| &correlation.rules) {
        if let Reference::Rule(rule) = reference
            && let Some(needed) = needed.get_mut(*rule as usize)
        {
            *needed = true;
        }
    }
    needed
}

impl Occurrence {
    /// What correlations need to know of a match: `rule` of `rules` matched the `row` of `batch`.
    pub fn of_row(
        rules: &RuleSet,
        rule: u32,
        batch: &EventBatch,
        row: usize,
        interner: &Interner,
        event: u64,
    ) -> Occurrence {
        let collects =
            rules.rules.get(rule as usize).map(|rule| rule.collects.as_slice()).unwrap_or_default();
        let fields = collects.iter().filter_map(|name| {
            let named = |column: &&Column| **interner.dictionary(column.field).name() == **name;
            let column = batch.columns.iter().find(named)?;
            let texts = texts_of(interner.dictionary(column.field), *column.cells.get(row)?);
            (!texts.is_empty()).then(|| (name.clone(), texts))
        });
        let time = batch.rows.get(row).map_or(0, |row| row.time.micros());
        Occurrence { time, rule, fields: fields.collect(), event }
    }
}

/// A value as texts: none for null and objects, several for a list.
fn texts_of(dictionary: &Dictionary, id: ValueId) -> Vec<String> {
    match dictionary.value(id) {
        Value::Str(text) => vec![text.to_owned()],
        Value::Int(number) => vec![number.to_string()],
        Value::Float(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::List(members) => members.iter().flat_map(|id| texts_of(dictionary, *id)).collect(),
        Value::Missing | Value::Null | Value::Object => Vec::new(),
    }
}

/// The correlations that feed themselves, directly or by way of others.
pub(crate) fn cycles(correlations: &[Correlation]) -> Vec<u32> {
    let fed_by = |number: u32| {
        let rules = correlations.get(number as usize).map(|correlation| correlation.rules.as_slice());
        rules.unwrap_or_default().iter().filter_map(|reference| match reference {
            Reference::Correlation(other) => Some(*other),
            Reference::Rule(_) => None,
        })
    };
    let reaches_itself = |start: &u32| {
        let mut seen = vec![false; correlations.len()];
        let mut open: Vec<u32> = fed_by(*start).collect();
        while let Some(number) = open.pop() {
            if number == *start {
                return true;
            }
            if let Some(seen) = seen.get_mut(number as usize)
                && !std::mem::replace(seen, true)
            {
                open.extend(fed_by(number));
            }
        }
        false
    };
    (0..correlations.len() as u32).filter(reaches_itself).collect()
}
