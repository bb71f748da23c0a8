//! Events in columns: what decoders make and every stage reads.
//!
//! A [`BatchSet`] collects the records of one block, a batch per shape (log source, and provider and event id or
//! the like), so that the events of a batch have mostly the same columns. A decoder asks for a column by name once
//! per shape and gets a [`Slot`], or `None` where the [`Projection`] says that nobody wants that field: such a value
//! is never decoded.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::{FieldId, Interner, LogSource, LogSourceId, OwnedValue, Record, Time, Value, ValueId};

/// Which fields of which log sources somebody will look at.
pub trait Projection {
    /// Whether the field's values are needed for events of that log source.
    fn wants(&self, log_source: &LogSource, field: &str) -> bool;

    /// Whether they are needed even for events that hold no keyword: whether somebody asks for the field by its name.
    fn names(&self, log_source: &LogSource, field: &str) -> bool {
        self.wants(log_source, field)
    }

    /// What finds the records that may hold a keyword. `None` where no field is wanted for keywords alone, or where a
    /// raw record cannot tell.
    fn keywords(&self, _: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        None
    }
}

/// Looks for the keywords of a log source in raw records, before any value is made of them.
pub trait KeywordSearch: fmt::Debug + Send + Sync {
    /// Whether a text of the record, which is JSON as it stands, escapes and all, may hold a keyword. Never `false` where
    /// one does.
    fn may_stand_in(&self, json: &str) -> bool;
}

/// Every field of every event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Everything;

impl Projection for Everything {
    fn wants(&self, _: &LogSource, _: &str) -> bool {
        true
    }
}

/// What makes events alike enough for one batch: the log source, and anything that tells further kinds apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShapeKey {
    /// The log source of all events of the shape.
    pub log_source: LogSourceId,
    /// Tells shapes of one log source apart (a hash of provider and event id; 0 where there is only one).
    pub kind: u64,
    /// No keyword stands in the events, as a [`KeywordSearch`] has found: they have only the fields that are asked for by
    /// name.
    pub no_keywords: bool,
}

/// One event of a batch, beside its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Event time; [`Time::UNKNOWN`] where the record has none.
    pub time: Time,
    /// EventRecordID, line number or array index.
    pub record: u64,
    /// Where the raw record begins in the block's bytes.
    pub start: u32,
    /// How many bytes it has there.
    pub len: u32,
}

/// One field of a batch: an id per row, in the field's dictionary.
#[derive(Clone, Debug)]
pub struct Column {
    /// The field.
    pub field: FieldId,
    /// As many as the batch has rows.
    pub cells: Vec<ValueId>,
}

/// Events of one shape, in columns.
#[derive(Clone, Debug)]
pub struct EventBatch {
    /// What the events have in common.
    pub shape: ShapeKey,
    /// The events.
    pub rows: Vec<Row>,
    /// The wanted fields, in the order in which they were first met.
    pub columns: Vec<Column>,
    slots: HashMap<FieldId, Option<Slot>, foldhash::fast::FixedState>,
}

/// A column of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot(pub u32);

impl EventBatch {
    fn new(shape: ShapeKey) -> EventBatch {
        EventBatch { shape, rows: Vec::new(), columns: Vec::new(), slots: HashMap::default() }
    }

    /// The column of a field, where the batch has it.
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        let slot = self.slots.get(&field).copied().flatten()?;
        self.columns.get(slot.0 as usize)
    }

    /// Begins an event. Cells that are not set stay [`ValueId::MISSING`].
    #[inline]
    pub fn begin(&mut self, row: Row) {
        self.rows.push(row);
        for column in &mut self.columns {
            column.cells.push(ValueId::MISSING);
        }
    }

    /// Sets a cell of the event begun last.
    #[inline]
    pub fn set(&mut self, slot: Slot, value: ValueId) {
        if let Some(cell) = self.columns.get_mut(slot.0 as usize).and_then(|column| column.cells.last_mut()) {
            *cell = value;
        }
    }

    /// The cell of the event begun last.
    pub fn last(&self, slot: Slot) -> ValueId {
        let column = self.columns.get(slot.0 as usize);
        column.and_then(|column| column.cells.last()).copied().unwrap_or(ValueId::MISSING)
    }

    /// One event with all its columns.
    pub fn record(&self, row: usize, interner: &Interner) -> Record {
        let fields = self.columns.iter().filter_map(|column| {
            let dictionary = interner.dictionary(column.field);
            let value = owned(dictionary.value(*column.cells.get(row)?), &|id| dictionary.value(id))?;
            Some((Arc::clone(dictionary.name()), value))
        });
        Record {
            time: self.rows.get(row).map_or(Time::UNKNOWN, |row| row.time),
            log_source: interner.log_source_of(self.shape.log_source).clone(),
            fields: fields.collect(),
        }
    }

    fn clear(&mut self) {
        self.rows.clear();
        for column in &mut self.columns {
            column.cells.clear();
        }
    }
}

fn owned<'a>(value: Value<'a>, resolve: &dyn Fn(ValueId) -> Value<'a>) -> Option<OwnedValue> {
    Some(match value {
        Value::Missing => return None,
        Value::Null => OwnedValue::Null,
        Value::Object => OwnedValue::Object,
        Value::Bool(flag) => OwnedValue::Bool(flag),
        Value::Int(number) => OwnedValue::Int(number),
        Value::Float(number) => OwnedValue::Float(number),
        Value::Str(text) => OwnedValue::Str(text.to_owned()),
        Value::List(items) => {
            OwnedValue::List(items.iter().filter_map(|id| owned(resolve(*id), resolve)).collect())
        }
    })
}

/// The batches of one block, a batch per shape, with the dictionaries that their cells refer to.
pub struct BatchSet {
    /// The dictionaries.
    pub interner: Interner,
    batches: Vec<EventBatch>,
    by_shape: HashMap<ShapeKey, usize>,
    projection: Arc<dyn Projection + Send + Sync>,
}

impl BatchSet {
    /// An empty set for the fields that `projection` wants.
    pub fn new(projection: Arc<dyn Projection + Send + Sync>) -> BatchSet {
        BatchSet { interner: Interner::new(), batches: Vec::new(), by_shape: HashMap::new(), projection }
    }

    /// The index of the shape's batch, for [`BatchSet::batch_mut`] and [`BatchSet::slot`]; stable for the set's life.
    pub fn shape(&mut self, log_source: &LogSource, kind: u64) -> usize {
        self.shape_of(log_source, kind, false)
    }

    /// The same for events in which no keyword stands, as [`BatchSet::keywords`] has found.
    pub fn shape_without_keywords(&mut self, log_source: &LogSource, kind: u64) -> usize {
        self.shape_of(log_source, kind, true)
    }

    /// What finds the records of a log source that may hold a keyword; see [`Projection::keywords`].
    pub fn keywords(&self, log_source: &LogSource) -> Option<Arc<dyn KeywordSearch>> {
        self.projection.keywords(log_source)
    }

    fn shape_of(&mut self, log_source: &LogSource, kind: u64, no_keywords: bool) -> usize {
        let shape = ShapeKey { log_source: self.interner.log_source(log_source), kind, no_keywords };
        *self.by_shape.entry(shape).or_insert_with(|| {
            self.batches.push(EventBatch::new(shape));
            self.batches.len() - 1
        })
    }

    /// The column of a field in a shape's batch, made where it is wanted and new.
    pub fn slot(&mut self, shape: usize, field: FieldId) -> Option<Slot> {
        let batch = self.batches.get_mut(shape)?;
        if let Some(slot) = batch.slots.get(&field) {
            return *slot;
        }
        let log_source = self.interner.log_source_of(batch.shape.log_source);
        let name = self.interner.dictionary(field).name();
        let wanted = match batch.shape.no_keywords {
            true => self.projection.names(log_source, name),
            false => self.projection.wants(log_source, name),
        };
        let slot = wanted.then(|| {
            batch.columns.push(Column { field, cells: vec![ValueId::MISSING; batch.rows.len()] });
            Slot(batch.columns.len() as u32 - 1)
        });
        batch.slots.insert(field, slot);
        slot
    }

    /// How many shapes there are; their indices are below this.
    pub fn shape_count(&self) -> usize {
        self.batches.len()
    }

    /// The batch of a shape.
    #[expect(clippy::indexing_slicing, reason = "shape indices are handed out by this set and stay valid")]
    pub fn batch_mut(&mut self, shape: usize) -> &mut EventBatch {
        &mut self.batches[shape]
    }

    /// The dictionary of a shape's column and the batch, to intern a value and set it.
    #[expect(clippy::indexing_slicing, reason = "shape indices are handed out by this set and stay valid")]
    pub fn batch_and_interner(&mut self, shape: usize) -> (&mut EventBatch, &mut Interner) {
        (&mut self.batches[shape], &mut self.interner)
    }

    /// Interns a text and sets it in the event begun last. Does nothing where the field is not wanted.
    pub fn set_str(&mut self, shape: usize, field: FieldId, text: &str) {
        if let Some(slot) = self.slot(shape, field) {
            let id = self.interner.dictionary_mut(field).str(text);
            self.batch_mut(shape).set(slot, id);
        }
    }

    /// Interns a whole number and sets it in the event begun last. Does nothing where the field is not wanted.
    pub fn set_int(&mut self, shape: usize, field: FieldId, number: i64) {
        if let Some(slot) = self.slot(shape, field) {
            let id = self.interner.dictionary_mut(field).int(number);
            self.batch_mut(shape).set(slot, id);
        }
    }

    /// Points the rows that were begun last and lie at `from` (start, length) at another place of the block; `time` is
    /// theirs where none was read.
    pub fn relocate(&mut self, from: (u32, u32), to: (u32, u32), time: Time) {
        for batch in &mut self.batches {
            if let Some(row) = batch.rows.last_mut()
                && (row.start, row.len) == from
            {
                (row.start, row.len) = to;
                if row.time == Time::UNKNOWN {
                    row.time = time;
                }
            }
        }
    }

    /// All batches, in the order in which their shapes were met.
    pub fn all_batches(&self) -> impl Iterator<Item = &EventBatch> {
        self.batches.iter()
    }

    /// The batches that hold events.
    pub fn batches(&self) -> impl Iterator<Item = &EventBatch> {
        self.batches.iter().filter(|batch| !batch.rows.is_empty())
    }

    /// Whether [`BatchSet::clear`] will begin a new generation of ids.
    pub fn is_worn(&self) -> bool {
        const MOST_SHAPES: usize = 4096;
        const MOST_FIELDS: usize = 16_384;
        self.batches.len() > MOST_SHAPES || self.interner.field_count() > MOST_FIELDS
    }

    /// Takes all events out, keeps shapes, columns and dictionaries, and trims the dictionaries to `limit` bytes.
    /// Sets that have met very many shapes or columns (hostile input) begin anew.
    pub fn clear(&mut self, limit: usize) {
        let worn = self.is_worn();
        for batch in &mut self.batches {
            batch.clear();
        }
        self.interner.trim(limit);
        if worn {
            self.batches.clear();
            self.by_shape.clear();
            self.interner.restart();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_met_late_is_missing_in_the_earlier_rows() {
        let mut set = BatchSet::new(Arc::new(Everything));
        let shape = set.shape(&LogSource::new("windows", &[], "security"), 4624);
        let (user, address) = (set.interner.field("TargetUserName"), set.interner.field("IpAddress"));
        for (record, name) in [(1, "sato"), (2, "suzuki")] {
            set.batch_mut(shape).begin(Row { time: Time::UNKNOWN, record, start: 0, len: 0 });
            set.set_str(shape, user, name);
        }
        set.set_str(shape, address, "192.0.2.1");
        let batch = set.batches().next().unwrap();
        assert_eq!(batch.column(address).unwrap().cells.first(), Some(&ValueId::MISSING));
        assert_eq!(batch.record(0, &set.interner).fields.len(), 1);
        assert_eq!(batch.record(1, &set.interner).text("IpAddress").as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn a_field_that_nobody_wants_gets_no_column() {
        struct OnlyImage;
        impl Projection for OnlyImage {
            fn wants(&self, _: &LogSource, field: &str) -> bool {
                field == "Image"
            }
        }
        let mut set = BatchSet::new(Arc::new(OnlyImage));
        let shape = set.shape(&LogSource::default(), 0);
        let (image, guid) = (set.interner.field("Image"), set.interner.field("ProcessGuid"));
        assert!(set.slot(shape, image).is_some());
        assert!(set.slot(shape, guid).is_none());
    }
}
