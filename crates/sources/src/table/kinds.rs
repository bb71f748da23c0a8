//! Which kind of a format a record is of.

use super::definition::{Condition, Definition};
use super::raws::{RawId, Raws};

/// The first kind all of whose conditions hold.
pub fn of(definition: &Definition, raws: &Raws, text: &str) -> Option<usize> {
    definition.kinds.iter().position(|kind| kind.conditions.iter().all(|condition| holds(condition, raws, text)))
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
