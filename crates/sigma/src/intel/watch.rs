//! Events against indicators: which indicators which rows show.
//!
//! In: batches, in any order. Out: (row, indicator) pairs. As with rules, what a value shows is worked out once per
//! distinct value and epoch and remembered by its id; a row costs a look-up per column that can hold an indicator. State
//! is bounded by the dictionaries and [`MOST_SETS`].
#![expect(
    clippy::indexing_slicing,
    reason = "the innermost loops; sets and fields are numbered by this module, values by their dictionary"
)]

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use model::{
    Column, EventBatch, FieldId, Interner, KeywordSearch, LogSource, LogSourceId, Projection, Value, ValueId,
};

use super::index::Indicators;
use super::look::Look;

/// After so many distinct combinations of indicators, what is remembered is forgotten and begun anew.
pub const MOST_SETS: usize = 1 << 18;

/// An event shows an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// The row in the batch.
    pub row: u32,
    /// The indicator's number.
    pub indicator: u32,
}

/// The state of watching one stream of batches that share an interner.
#[derive(Debug)]
pub struct Watcher {
    indicators: Arc<Indicators>,
    generation: u64,
    /// By log source, by field: the same field may hold something else in another log.
    sources: HashMap<LogSourceId, Vec<FieldMemory>, FixedState>,
    sets: Vec<Box<[u32]>>,
    numbers: HashMap<Box<[u32]>, u32, FixedState>,
    found: Vec<u32>,
    rows: Vec<(u32, u32)>,
}

#[derive(Debug, Default)]
struct FieldMemory {
    /// `None` until the field is met in this log source.
    look: Option<Option<Look>>,
    epoch: u32,
    /// By value id: the number of its set, or [`UNKNOWN`].
    values: Vec<u32>,
}

const UNKNOWN: u32 = u32::MAX;
const NOTHING: u32 = 0;

impl Watcher {
    /// One that has seen nothing yet.
    pub fn new(indicators: Arc<Indicators>) -> Watcher {
        Watcher {
            indicators,
            generation: 0,
            sources: HashMap::default(),
            sets: vec![Box::default()],
            numbers: HashMap::default(),
            found: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Appends what the batch's events show, by row, then by indicator.
    pub fn push(&mut self, batch: &EventBatch, interner: &Interner, sightings: &mut Vec<Sighting>) {
        if self.indicators.is_empty() {
            return;
        }
        if self.generation != interner.generation() || self.sets.len() > MOST_SETS {
            self.generation = interner.generation();
            self.sources.clear();
            self.numbers.clear();
            self.sets.truncate(1);
        }
        self.rows.clear();
        let mut fields = self.sources.remove(&batch.shape.log_source).unwrap_or_default();
        for column in &batch.columns {
            let source = interner.log_source_of(batch.shape.log_source);
            let memory = remembered(&mut fields, source, column.field, interner);
            if let Some(Some(look)) = memory.look {
                self.column(look, memory, column, interner);
            }
        }
        self.sources.insert(batch.shape.log_source, fields);
        if self.rows.is_empty() {
            return;
        }
        let first = sightings.len();
        for (row, set) in &self.rows {
            let time = batch.rows[*row as usize].time;
            let meant =
                self.sets[*set as usize].iter().filter(|number| self.indicators.matters(**number, time));
            sightings.extend(meant.map(|number| Sighting { row: *row, indicator: *number }));
        }
        // Several columns may show the same.
        let mut own = sightings.split_off(first);
        own.sort_unstable();
        own.dedup();
        sightings.append(&mut own);
    }

    fn column(&mut self, look: Look, memory: &mut FieldMemory, column: &Column, interner: &Interner) {
        for (row, id) in column.cells.iter().enumerate() {
            let set = match memory.values[id.index()] {
                NOTHING => continue,
                UNKNOWN => {
                    let set = self.evaluate(look, column.field, *id, interner);
                    memory.values[id.index()] = set;
                    set
                }
                set => set,
            };
            if set != NOTHING {
                self.rows.push((row as u32, set));
            }
        }
    }

    fn evaluate(&mut self, look: Look, field: FieldId, id: ValueId, interner: &Interner) -> u32 {
        let dictionary = interner.dictionary(field);
        self.found.clear();
        search(&self.indicators, look, dictionary.value(id), &|id| dictionary.value(id), &mut self.found, 0);
        if self.found.is_empty() { NOTHING } else { self.number() }
    }

    fn number(&mut self) -> u32 {
        self.found.sort_unstable();
        self.found.dedup();
        if let Some(number) = self.numbers.get(self.found.as_slice()) {
            return *number;
        }
        let number = self.sets.len() as u32;
        self.sets.push(self.found.as_slice().into());
        self.numbers.insert(self.found.as_slice().into(), number);
        number
    }
}

fn remembered<'f>(
    fields: &'f mut Vec<FieldMemory>,
    source: &LogSource,
    field: FieldId,
    interner: &Interner,
) -> &'f mut FieldMemory {
    let at = field.0 as usize;
    if fields.len() <= at {
        fields.resize_with(at + 1, FieldMemory::default);
    }
    let memory = &mut fields[at];
    let dictionary = interner.dictionary(field);
    let look = *memory.look.get_or_insert_with(|| Look::of(source, dictionary.name()));
    if look.is_some() {
        if memory.epoch != dictionary.epoch() {
            memory.epoch = dictionary.epoch();
            memory.values.clear();
        }
        memory.values.resize(dictionary.len(), UNKNOWN);
    }
    memory
}

fn search<'v>(
    indicators: &Indicators,
    look: Look,
    value: Value<'v>,
    resolve: &dyn Fn(ValueId) -> Value<'v>,
    found: &mut Vec<u32>,
    depth: usize,
) {
    const DEEPEST_LIST: usize = 16;
    match value {
        Value::Str(text) => indicators.search(look, text, found),
        Value::List(members) if depth < DEEPEST_LIST => {
            for member in members {
                search(indicators, look, resolve(*member), resolve, found, depth + 1);
            }
        }
        _ => {}
    }
}

/// The fields that indicators look at, beside those that another projection wants.
pub struct Watched<P> {
    others: P,
    indicators: Arc<Indicators>,
}

impl<P> Watched<P> {
    /// What either wants.
    pub fn new(others: P, indicators: Arc<Indicators>) -> Watched<P> {
        Watched { others, indicators }
    }
}

impl<P: Projection> Projection for Watched<P> {
    fn wants(&self, source: &LogSource, field: &str) -> bool {
        self.others.wants(source, field) || self.indicators.wants(source, field)
    }

    fn names(&self, source: &LogSource, field: &str) -> bool {
        self.others.names(source, field) || self.indicators.wants(source, field)
    }

    fn keywords(&self, source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        self.others.keywords(source)
    }
}
