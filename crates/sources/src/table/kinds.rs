//! Which kind of a format a record is of.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::definition::{Condition, Definition, TEXT};
use super::raws::{RawId, Raws};

/// Finds the kinds of records. What told it once, tells it again.
#[derive(Debug, Default)]
pub struct Kinds {
    /// The raw fields that tell it.
    telling: Vec<RawId>,
    known: HashMap<Vec<u8>, Option<usize>, FixedState>,
    key: Vec<u8>,
}

impl Kinds {
    /// Where there are no more conditions than that, asking costs less than remembering.
    const FEW: usize = 4;

    /// Of a format.
    pub fn of(definition: &Definition) -> Kinds {
        let conditions = definition.kinds.iter().flat_map(|kind| &kind.conditions);
        let count = conditions.clone().map(|condition| condition.values.len().max(1)).sum::<usize>();
        let mut telling: Vec<RawId> = conditions.map(|condition| condition.raw).collect();
        telling.sort_unstable();
        telling.dedup();
        if count <= Kinds::FEW || telling.contains(&TEXT) {
            telling.clear();
        }
        Kinds { telling, ..Kinds::default() }
    }

    /// The kind of a record.
    pub fn kind(&mut self, definition: &Definition, raws: &Raws, text: &str) -> Option<usize> {
        /// Values that differ in every record, as attackers may write them, are not kept.
        const MOST: usize = 1024;
        const LONGEST: usize = 256;
        if self.telling.is_empty() {
            return kind_of(definition, raws, text);
        }
        self.key.clear();
        for raw in &self.telling {
            self.key.extend_from_slice(raws.get(*raw, text).unwrap_or_default().as_bytes());
            // Stands in no text.
            self.key.push(0xff);
            if self.key.len() > LONGEST {
                return kind_of(definition, raws, text);
            }
        }
        if let Some(known) = self.known.get(&self.key) {
            return *known;
        }
        let kind = kind_of(definition, raws, text);
        if self.known.len() < MOST {
            self.known.insert(self.key.clone(), kind);
        }
        kind
    }
}

/// The first kind all of whose conditions hold.
fn kind_of(definition: &Definition, raws: &Raws, text: &str) -> Option<usize> {
    definition
        .kinds
        .iter()
        .position(|kind| kind.conditions.iter().all(|condition| holds(condition, raws, text)))
}

/// The raw fields that log sources take their names from: records with other values there go into another batch.
pub fn naming(definition: &Definition) -> Vec<RawId> {
    let bodies = definition.kinds.iter().map(|kind| &kind.body).chain([&definition.body]);
    let templates = bodies.flat_map(|body| [&body.product, &body.category, &body.service]).flatten();
    let mut all: Vec<RawId> = templates.flat_map(super::definition::Template::raws).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn holds(condition: &Condition, raws: &Raws, text: &str) -> bool {
    let value = raws.get(condition.raw, text).filter(|value| !value.is_empty());
    let found = match value {
        Some(value) => {
            condition.values.is_empty() || condition.values.iter().any(|wanted| wanted.fits(value))
        }
        None => false,
    };
    found != condition.negated
}
