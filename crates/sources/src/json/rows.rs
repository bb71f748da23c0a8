//! From a tape to a row: shape, log source, time, and the wanted values into their columns.
//!
//! The same for JSON and for event XML, which have nothing but the tape in common.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use jiff::tz::TimeZone;
use model::{BatchSet, Dictionary, LogSource, Row, Time, ValueId};

use super::paths::Paths;
use super::plan::{Names, Place, Plan, Target, takes_place};
use super::shapes::{Body, Shape, Shapes, first};
use super::tape::{Entry, Kind, Tape};
use super::{text, when};
use crate::table::Template;
use crate::windows::WindowsTable;
use crate::{ErrorCode, Errors, Place as Where, Span};

/// More kinds of records than this share a batch per log source.
const MOST_KINDS: usize = 1024;

/// More kinds, or more paths over all kinds, than this, and all are forgotten and found anew.
const MOST_PLANS: usize = 4096;
const MOST_TARGETS: usize = 1 << 22;

/// Text with escapes up to this length is remembered in its raw form, so that it need not be decoded again.
const LONGEST_LEARNT: usize = 256;

/// How a dictionary knows the raw form of text with JSON escapes.
const TAG_ESCAPED: u8 = b'j';

/// One record, scanned.
#[derive(Clone, Copy)]
pub(crate) struct Scanned<'a> {
    pub text: &'a str,
    pub tape: &'a Tape,
    pub paths: &'a Paths,
    pub shape: usize,
    pub span: Span,
}

/// Writes rows, and remembers for every kind of record what goes where.
#[derive(Debug)]
pub(crate) struct Rows {
    shapes: Arc<Shapes>,
    writing: Writing,
}

/// What is remembered.
#[derive(Debug)]
struct Writing {
    zone: TimeZone,
    /// Whether records are JSON, so that keywords can be looked for in them as they stand.
    searched: bool,
    /// The generation of ids that the plans are about.
    generation: u64,
    names: Names,
    plans: Vec<Plan>,
    index: HashTable<(u64, u32, Box<[u8]>)>,
    key: Vec<u8>,
    targets: usize,
    work: Work,
}

/// Memory that is used again for every row.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub text: String,
    pub joined: String,
    items: Vec<ValueId>,
    spread: Vec<Spread>,
    /// By place: which of `spread` collects its values, plus one.
    spread_of: Vec<u32>,
}

/// The values of one column that stand in several objects of an array.
#[derive(Debug)]
struct Spread {
    place: u32,
    depth: u8,
    items: Vec<ValueId>,
    /// An array, which stays a list even with one element.
    list: bool,
    object: bool,
}

impl Rows {
    /// For times without a zone in `zone`.
    pub fn new(shapes: Arc<Shapes>, zone: TimeZone) -> Rows {
        let writing = Writing {
            zone,
            searched: false,
            generation: 0,
            names: Names::default(),
            plans: Vec::new(),
            index: HashTable::new(),
            key: Vec::new(),
            targets: 0,
            work: Work::default(),
        };
        Rows { shapes, writing }
    }

    /// For records that are JSON as they stand.
    pub fn of_json(mut self) -> Rows {
        self.writing.searched = true;
        self
    }

    /// The time of a record.
    pub fn time(&self, record: &Scanned<'_>) -> Time {
        self.writing.time(self.shapes.shape(record.shape), record, &mut Errors::new(""))
    }

    /// All shapes.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// Forgets everything that is known by node.
    pub fn forget(&mut self) {
        self.writing.forget();
    }

    /// Writes the row of a record; returns its batch.
    pub fn write(&mut self, record: Scanned<'_>, out: &mut BatchSet, errors: &mut Errors) -> Option<usize> {
        let Rows { shapes, writing } = self;
        writing.write(shapes.shape(record.shape), record, out, errors)
    }
}

impl Writing {
    fn forget(&mut self) {
        self.names.clear();
        self.plans.clear();
        self.index.clear();
        self.targets = 0;
    }

    fn write(
        &mut self,
        shape: &Shape,
        record: Scanned<'_>,
        out: &mut BatchSet,
        errors: &mut Errors,
    ) -> Option<usize> {
        if self.generation != out.interner.generation() {
            self.generation = out.interner.generation();
            self.forget();
        }
        let time = self.time(shape, &record, errors);
        let number = record_number(shape, &record);
        let kind = if shape.kinds.is_empty() { None } else { shape.kind(record.tape, record.text) };
        let id = self.plan(shape, kind, &record, out);
        let Writing { plans, names, work, targets, .. } = self;
        let plan = plans.get_mut(id)?;
        plan.begin(out);
        let Span { start, len, .. } = record.span;
        out.batch_mut(plan.batch).begin(Row { time, record: number, start, len });
        let size = plan.size();
        let batch = plan.batch;
        let mut writer = Writer { record, shape, kind, plan, names, work, out };
        writer.entries();
        writer.finish_spread();
        if shape.typed || !writer.plan.of_table.is_empty() {
            writer.constants();
        }
        *targets += plan.size().saturating_sub(size);
        if *targets > MOST_TARGETS {
            self.forget();
        }
        Some(batch)
    }

    fn time(&self, shape: &Shape, record: &Scanned<'_>, errors: &mut Errors) -> Time {
        let mut unread = false;
        for (node, utc) in &shape.times {
            let Some(entry) = record.tape.marked(*node) else { continue };
            let raw = record.tape.raw(entry, record.text);
            let zone = if *utc { &TimeZone::UTC } else { &self.zone };
            let time = match entry.kind {
                Kind::Plain | Kind::Scratch => when::of_text(raw, zone),
                Kind::Escaped => when::of_text(&text::unescaped(raw), zone),
                Kind::Number => when::of_number(raw),
                _ => continue,
            };
            match time {
                Some(time) => return time,
                None => unread |= !raw.is_empty(),
            }
        }
        if unread {
            let reason = "none of the record's times could be read; it is treated as without time";
            errors.add(Some(Where::Record(record.span.record)), ErrorCode::BadTime, reason);
        }
        Time::UNKNOWN
    }

    /// The plan for the record's shape and kind, and for whether it may hold a keyword.
    fn plan(&mut self, shape: &Shape, kind: Option<usize>, record: &Scanned<'_>, out: &BatchSet) -> usize {
        let id = self.plan_of_kind(shape, kind, record, out);
        match self.plans.get(id) {
            Some(Plan { search: Some(search), twin: Some(twin), .. }) if search.may_stand_in(record.text) => {
                *twin
            }
            _ => id,
        }
    }

    /// The plan for the record's shape and kind: found by the raw values that tell kinds apart.
    fn plan_of_kind(
        &mut self,
        shape: &Shape,
        kind: Option<usize>,
        record: &Scanned<'_>,
        out: &BatchSet,
    ) -> usize {
        let Scanned { text, tape, .. } = *record;
        self.key.clear();
        // The number of the body: of the shape, or of one of its kinds.
        let body = body_number(shape, kind) as u32;
        self.key.extend_from_slice(&body.to_le_bytes());
        let mut add = |nodes: &[u32]| {
            let value = first(nodes, tape, text);
            // Longer values are no names, and without a bound they would be kept here whole.
            let value = value.map(|(value, _)| value.as_bytes()).filter(|value| value.len() <= 256);
            self.key.extend_from_slice(value.unwrap_or_default());
            self.key.push(0);
            value.is_some()
        };
        if shape.windows {
            add(&shape.event_id);
            add(&shape.channel);
            add(&shape.provider);
        } else {
            for node in &shape.naming {
                add(&[*node]);
            }
            for (number, kinds) in shape.apart.iter().enumerate() {
                let any = kinds.iter().fold(false, |any, node| add(&[*node]) | any);
                if any {
                    self.key.push(number as u8);
                    break;
                }
            }
        }
        let hash = FixedState::default().hash_one(&*self.key);
        let key = &self.key;
        match self.index.find(hash, |(full, _, known)| *full == hash && **known == **key) {
            Some((_, plan, _)) => *plan as usize,
            None => self.add_plan(shape, kind, record, hash, out),
        }
    }

    #[cold]
    fn add_plan(
        &mut self,
        shape: &Shape,
        kind: Option<usize>,
        record: &Scanned<'_>,
        hash: u64,
        out: &BatchSet,
    ) -> usize {
        if self.plans.len() >= MOST_PLANS {
            self.forget();
        }
        let mut plan =
            if shape.windows { windows_plan(shape, record) } else { plan(shape, kind, record, hash) };
        if self.plans.len() >= MOST_KINDS {
            plan.kind = 0;
        }
        let id = self.plans.len();
        let twin = if self.searched { plan.split(out) } else { None };
        plan.twin = twin.is_some().then_some(id + 1);
        self.plans.push(plan);
        self.plans.extend(twin);
        self.index.insert_unique(hash, (hash, id as u32, self.key.as_slice().into()), |(hash, _, _)| *hash);
        id
    }
}

fn windows_plan(shape: &Shape, record: &Scanned<'_>) -> Plan {
    let value = |nodes| first(nodes, record.tape, record.text).map(|(raw, _)| text::unescaped(raw));
    let channel = value(&shape.channel).unwrap_or_default();
    let provider = value(&shape.provider).unwrap_or_default();
    let event_id = value(&shape.event_id).and_then(|id| id.trim_ascii().parse().ok()).unwrap_or(0);
    let kind = WindowsTable::get().kind(&channel, &provider, event_id);
    let mut plan = Plan::new(kind.log_source, u64::from(event_id), kind.aliases);
    plan.of_table = kind.sets;
    plan
}

fn plan(shape: &Shape, kind: Option<usize>, record: &Scanned<'_>, hash: u64) -> Plan {
    let part = |of: fn(&Body) -> &Option<Template>| {
        let mut text = String::new();
        if let Some(template) = shape.part(kind, of) {
            let value = |node: usize| {
                let (value, _) = first(&[node as u32], record.tape, record.text)?;
                is_name(value).then_some(value)
            };
            template.fill(&value, &mut text);
        }
        text.to_ascii_lowercase()
    };
    let category = part(|body| &body.category);
    let categories: Vec<&str> = category.split(',').filter(|category| !category.is_empty()).collect();
    let log_source = LogSource::new(&part(|body| &body.product), &categories, &part(|body| &body.service));
    let number =
        if shape.apart.is_empty() && shape.naming.is_empty() && shape.kinds.is_empty() { 0 } else { hash };
    Plan::new(log_source, number, Vec::new())
}

/// Whether a value of a record may be part of a log source.
fn is_name(value: &str) -> bool {
    value.len() <= 64
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn body_number(shape: &Shape, kind: Option<usize>) -> usize {
    shape.first_body + kind.map_or(0, |kind| kind + 1)
}

fn record_number(shape: &Shape, record: &Scanned<'_>) -> u64 {
    let id = first(&shape.record_id, record.tape, record.text);
    id.and_then(|(id, _)| id.parse().ok()).unwrap_or(record.span.record)
}

/// Writes the values of one record.
pub(super) struct Writer<'a> {
    pub record: Scanned<'a>,
    pub shape: &'a Shape,
    pub kind: Option<usize>,
    pub plan: &'a mut Plan,
    pub names: &'a mut Names,
    pub work: &'a mut Work,
    pub out: &'a mut BatchSet,
}

impl Writer<'_> {
    fn entries(&mut self) {
        let tape = self.record.tape;
        for (index, entry) in tape.entries.iter().enumerate() {
            if entry.item {
                continue;
            }
            let mut target = self.plan.target(entry.node);
            if !target.is_known() {
                target = self.resolve(entry);
            }
            if target.count != 0 {
                self.entry(index, entry, target);
            }
        }
    }

    #[cold]
    fn resolve(&mut self, entry: &Entry) -> Target {
        let body = body_number(self.shape, self.kind);
        let columns = self.names.columns((body, self.kind), self.shape, entry.node, self.record.paths);
        self.plan.resolve(entry.node, columns, self.out)
    }

    #[inline]
    fn entry(&mut self, index: usize, entry: &Entry, target: Target) {
        for number in target.first..target.first + target.count {
            let Some(place) = self.plan.places.get(number as usize).copied() else { continue };
            if entry.spread {
                self.spread(index, entry, number, place);
                continue;
            }
            let value = match entry.kind {
                Kind::Object if place.renamed => None,
                Kind::Object => Some(ValueId::OBJECT),
                Kind::Array => self.array(index, entry, place),
                _ if place.typed != 0 => self.typed(entry, place, Some(number)),
                _ => self.recent(entry, number, place),
            };
            if let Some(value) = value {
                self.set(place, entry.depth, value);
            }
        }
    }

    #[inline]
    fn set(&mut self, place: Place, depth: u8, value: ValueId) {
        let rank = rank(place, depth, value);
        let batch = self.out.batch_mut(self.plan.batch);
        let Some(held_rank) = self.plan.ranks.get_mut(place.slot.0 as usize) else { return };
        if takes_place(batch.last(place.slot), *held_rank, rank) {
            batch.set(place.slot, value);
            *held_rank = rank;
            self.plan.count_cell();
        }
    }

    /// A value that is alone in its column: often the one that the event before had there.
    #[inline]
    fn recent(&mut self, entry: &Entry, number: u32, place: Place) -> Option<ValueId> {
        let raw = self.record.tape.raw(entry, self.record.text);
        let dictionary = self.out.interner.dictionary_mut(place.field);
        let recent = self.plan.recent.get_mut(number as usize)?;
        if let Some(id) = recent.get(dictionary.epoch(), entry.kind, raw) {
            return Some(id);
        }
        let id = intern(dictionary, entry.kind, raw, place.int, &mut self.work.text);
        recent.put(dictionary.epoch(), entry.kind, raw, id);
        Some(id)
    }

    fn scalar(&mut self, entry: &Entry, place: Place) -> Option<ValueId> {
        if place.typed != 0 {
            return self.typed(entry, place, None);
        }
        let raw = self.record.tape.raw(entry, self.record.text);
        let dictionary = self.out.interner.dictionary_mut(place.field);
        Some(intern(dictionary, entry.kind, raw, place.int, &mut self.work.text))
    }

    /// The elements of an array that are no objects; of nested arrays, too.
    fn array(&mut self, index: usize, array: &Entry, place: Place) -> Option<ValueId> {
        let mut items = std::mem::take(&mut self.work.items);
        items.clear();
        let objects = self.items(index, array, place, &mut items);
        let dictionary = self.out.interner.dictionary_mut(place.field);
        let value = match (items.is_empty(), objects) {
            (true, true) if place.renamed => None,
            (true, true) => Some(ValueId::OBJECT),
            // Where a format names the column, a list of one is what it holds.
            _ if place.typed != 0 => self.plan.one_or_list(place, &items, dictionary),
            _ => Some(dictionary.list(&items)),
        };
        self.work.items = items;
        value
    }

    fn items(&mut self, index: usize, array: &Entry, place: Place, items: &mut Vec<ValueId>) -> bool {
        let tape = self.record.tape;
        let inside = tape.entries.get(index + 1..array.start as usize).unwrap_or_default();
        let mut objects = false;
        for item in inside.iter().filter(|item| item.item && item.node == array.node) {
            match item.kind {
                Kind::Object => objects = true,
                Kind::Array => {}
                _ => items.extend(self.scalar(item, place)),
            }
        }
        objects
    }

    /// Collects a value that is not the only one of its column.
    fn spread(&mut self, index: usize, entry: &Entry, number: u32, place: Place) {
        let at = number as usize;
        if self.work.spread_of.len() <= at {
            self.work.spread_of.resize(at + 1, 0);
        }
        let known = self.work.spread_of.get(at).copied().unwrap_or(0);
        if known == 0 {
            let new =
                Spread { place: number, depth: entry.depth, items: Vec::new(), list: false, object: false };
            self.work.spread.push(new);
            if let Some(slot) = self.work.spread_of.get_mut(at) {
                *slot = self.work.spread.len() as u32;
            }
        }
        let which = if known == 0 { self.work.spread.len() } else { known as usize } - 1;
        let Some(mut items) = self.work.spread.get_mut(which).map(|spread| std::mem::take(&mut spread.items))
        else {
            return;
        };
        let mut objects = false;
        match entry.kind {
            Kind::Object => objects = true,
            Kind::Array => objects = self.items(index, entry, place, &mut items),
            _ => items.extend(self.scalar(entry, place)),
        }
        if let Some(spread) = self.work.spread.get_mut(which) {
            // An array of objects only is no value of its own.
            spread.list |= entry.kind == Kind::Array && (!objects || !items.is_empty());
            spread.object |= objects;
            spread.items = items;
        }
    }

    fn finish_spread(&mut self) {
        for spread in std::mem::take(&mut self.work.spread) {
            if let Some(slot) = self.work.spread_of.get_mut(spread.place as usize) {
                *slot = 0;
            }
            let Some(place) = self.plan.places.get(spread.place as usize).copied() else { continue };
            let dictionary = self.out.interner.dictionary_mut(place.field);
            let value = match *spread.items {
                [] if spread.object && !spread.list => ValueId::OBJECT,
                _ if place.typed != 0 => match self.plan.one_or_list(place, &spread.items, dictionary) {
                    Some(value) => value,
                    None => continue,
                },
                [only] if !spread.list => only,
                _ => dictionary.list(&spread.items),
            };
            if value != ValueId::OBJECT || !place.renamed {
                self.set(place, spread.depth, value);
            }
        }
    }
}

/// Of several values for a cell, that of the higher priority stays, then that with the flatter key, then the later. That
/// there is an object counts least.
fn rank(place: Place, depth: u8, value: ValueId) -> u16 {
    if value == ValueId::OBJECT { 0 } else { u16::from(place.priority) << 8 | u16::from(u8::MAX - depth) }
}

#[inline]
fn intern(dictionary: &mut Dictionary, kind: Kind, raw: &str, int: bool, scratch: &mut String) -> ValueId {
    match kind {
        Kind::Plain | Kind::Scratch => plain(dictionary, raw, int),
        Kind::Escaped if raw.len() <= LONGEST_LEARNT => {
            match dictionary.recall(TAG_ESCAPED, raw.as_bytes()) {
                Ok(id) => id,
                Err(hash) => {
                    let id = escaped(dictionary, raw, int, scratch);
                    dictionary.learn(TAG_ESCAPED, raw.as_bytes(), hash, id);
                    id
                }
            }
        }
        Kind::Escaped => escaped(dictionary, raw, int, scratch),
        Kind::Number => json_number(dictionary, raw),
        Kind::True => dictionary.bool(true),
        Kind::False => dictionary.bool(false),
        Kind::Null => ValueId::NULL,
        Kind::Object | Kind::Array => ValueId::OBJECT,
    }
}

#[inline]
fn plain(dictionary: &mut Dictionary, text: &str, int: bool) -> ValueId {
    match text.parse() {
        Ok(number) if int => dictionary.int(number),
        _ => dictionary.str(text),
    }
}

fn escaped(dictionary: &mut Dictionary, raw: &str, int: bool, scratch: &mut String) -> ValueId {
    scratch.clear();
    text::unescape(raw, scratch);
    plain(dictionary, scratch, int)
}

pub(super) fn json_number(dictionary: &mut Dictionary, raw: &str) -> ValueId {
    if let Ok(number) = raw.parse::<i64>() {
        return dictionary.int(number);
    }
    match raw.parse::<f64>() {
        Ok(number) if number.is_finite() => dictionary.float(number),
        _ => dictionary.str(raw),
    }
}
