//! Records of one format as rows, by its definition.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use model::{BatchSet, FieldId, Row, Slot, Time, short};

use super::convert;
use super::definition::{Body, Definition, Pairs, Split, TEXT};
use super::envelope::{Envelope, OfEnvelope};
use super::flow;
use super::kinds::{self, Kinds};
use super::messages::Messages;
use super::pattern::Filled;
use super::plan::{Op, Plan, Way};
use super::raws::{Names, RawId, Raws, trimmed, trimmed_end};
use super::signs::Signs;
use super::split::{self, Record};
use crate::times::{self, Stamp};

/// Reads records of one format of one input.
#[derive(Debug)]
pub struct Engine {
    /// Taken out while a record is read.
    definition: Option<Arc<Definition>>,
    signs: Signs,
    /// Tells the shapes of this format from those of others.
    number: u64,
    names: Names,
    of_table: usize,
    raws: Raws,
    /// Raw fields that lie in another text than the record's, until they are copied.
    copied: Raws,
    filled: Filled,
    candidates: Vec<u32>,
    found: Vec<(u8, u16, u32)>,
    naming: Vec<RawId>,
    kinds: Kinds,
    of_envelope: OfEnvelope,
    plans: Vec<Plan>,
    /// The plan of the record read last.
    last: Option<usize>,
    by_key: HashMap<Vec<u8>, usize, foldhash::fast::FixedState>,
    generation: u64,
    key: Vec<u8>,
    last_key: Vec<u8>,
    joined: String,
    time: TimeMemo,
    header: HeaderMemo,
}

/// The time read last: records that follow each other often have the same.
#[derive(Debug, Default)]
struct TimeMemo {
    text: String,
    stamp: Option<Stamp>,
    joined: String,
}

/// The header read last.
#[derive(Debug, Default)]
struct HeaderMemo {
    text: Option<Arc<str>>,
    delimiter: u8,
    columns: Vec<Option<RawId>>,
    constants: Vec<(RawId, String)>,
}

/// How a record's own time becomes a moment.
pub struct Clock<'a> {
    /// The zone of times that name none.
    pub zone: &'a TimeZone,
    /// What a time without a year means for that record.
    pub resolve: &'a dyn Fn(Stamp) -> Option<Time>,
}

/// Where a record lies, and the header above it.
pub struct Place<'a> {
    /// Its row, without the time.
    pub row: Row,
    /// The header in force.
    pub header: Option<&'a Arc<str>>,
}

/// In place of 0 (the format) and 1 (the kind): whose message was found, where the pattern is that of the whole line.
const OF_LINE: u8 = 2;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The row has a time.
    pub timed: bool,
    /// The record has a time that could not be read.
    pub bad_time: bool,
    /// A message of the format was recognised.
    pub understood: bool,
}

impl Engine {
    /// For a format.
    pub fn new(definition: &Arc<Definition>, number: u64) -> Engine {
        Engine {
            signs: Signs::of(&definition.signs),
            kinds: Kinds::of(definition),
            of_envelope: OfEnvelope::of(&definition.names),
            names: definition.names.clone(),
            of_table: definition.names.len(),
            naming: kinds::naming(definition),
            definition: Some(Arc::clone(definition)),
            number,
            raws: Raws::default(),
            copied: Raws::default(),
            filled: Filled::new(),
            candidates: Vec::new(),
            found: Vec::new(),
            plans: Vec::new(),
            last: None,
            by_key: HashMap::default(),
            generation: u64::MAX,
            key: Vec::new(),
            last_key: Vec::new(),
            joined: String::new(),
            time: TimeMemo::default(),
            header: HeaderMemo::default(),
        }
    }

    /// Makes a row of a record; `None`, and no row, where it does not have the format.
    pub fn record(
        &mut self,
        text: &str,
        envelope: &Envelope<'_>,
        place: &Place<'_>,
        clock: &Clock<'_>,
        out: &mut BatchSet,
    ) -> Option<Outcome> {
        let definition = self.definition.take()?;
        let outcome = self.record_of(&definition, (text, envelope), place, clock, out);
        self.definition = Some(definition);
        outcome
    }

    fn record_of(
        &mut self,
        definition: &Definition,
        (text, envelope): (&str, &Envelope<'_>),
        place: &Place<'_>,
        clock: &Clock<'_>,
        out: &mut BatchSet,
    ) -> Option<Outcome> {
        if envelope.header.is_none() && definition.needs_header_off() && crate::syslog::has_header(text) {
            return None;
        }
        self.raws.clear();
        self.found.clear();
        if let Some(header) = place.header {
            self.read_header(definition, header);
        }
        if let Some(header) = envelope.header {
            self.of_envelope.set(header, &mut self.raws);
            if definition.from_data {
                self.take_structured(header.data);
            }
        }
        let trimmed = without_suffix(definition, text);
        self.raws.set_piece(TEXT, text, text);
        if !self.split(definition, text, trimmed) {
            return None;
        }
        self.look_into(&definition.body, 0, text, trimmed);
        let kind = self.kinds.kind(definition, &self.raws, text);
        if let Some(kind) = kind.and_then(|kind| definition.kinds.get(kind)) {
            self.look_into(&kind.body, 1, text, trimmed);
        }
        let of_kind = kind.and_then(|kind| definition.kinds.get(kind)).map(|kind| kind.body.flows.as_slice());
        for one in definition.body.flows.iter().chain(of_kind.unwrap_or_default()) {
            flow::direct(one, text, &mut self.raws);
        }
        let way = if envelope.header.is_some() { Way::Syslog } else { Way::Bare };
        let plan = self.plan(definition, kind, way, text, out);
        self.last = Some(plan);
        let (time, bad_time) = match self.own_time(definition, text, clock) {
            Some(Ok(time)) => (Some(time), false),
            Some(Err(())) => (envelope.time, envelope.time.is_none()),
            None => (envelope.time, false),
        };
        let row = Row { time: time.unwrap_or(Time::UNKNOWN), ..place.row };
        let outcome = Outcome { timed: time.is_some(), bad_time, understood: !self.found.is_empty() };
        self.write(definition, (plan, kind), row, envelope, text, out);
        Some(outcome)
    }

    fn split(&mut self, definition: &Definition, text: &str, trimmed: &str) -> bool {
        let Self { signs, names, raws, filled, candidates, of_table, header, found, .. } = self;
        let record = Record { text, of_table: *of_table };
        let has_sign = || signs.allow(text);
        match &definition.split {
            Split::None => true,
            Split::Line(messages) => match messages.find(trimmed, (candidates, filled)) {
                Some((number, constants)) => {
                    found.push((OF_LINE, 0, number));
                    for (raw, range) in filled.iter() {
                        raws.set_piece(
                            *raw,
                            text,
                            super::raws::trimmed(trimmed.get(range.clone()).unwrap_or_default()),
                        );
                    }
                    for (raw, value) in constants.iter().filter_map(|one| Some((one.raw?, &one.value))) {
                        raws.set_copy(raw, value);
                    }
                    true
                }
                None => false,
            },
            Split::Pairs(form) => has_sign() && split::pairs(trimmed, form, &record, names, raws),
            Split::Cells { delimiter, columns } => {
                has_sign() && split::cells(trimmed, *delimiter, columns, &record, raws)
            }
            Split::Header { quotes, .. } => {
                for (raw, value) in &header.constants {
                    raws.set_copy(*raw, value);
                }
                !header.columns.is_empty()
                    && split::named_cells(
                        trimmed,
                        (header.delimiter, *quotes),
                        &header.columns,
                        &record,
                        raws,
                    )
            }
            Split::Cef => has_sign() && split::cef(trimmed, &record, names, raws),
            Split::Leef => has_sign() && split::leef(trimmed, &record, names, raws),
            Split::Json => false,
            Split::Code(code) => code.split(trimmed, &record, names, raws),
        }
    }

    /// Reads pairs and messages within raw fields.
    fn look_into(&mut self, body: &Body, which: u8, text: &str, trimmed: &str) {
        let Self { names, raws, filled, candidates, of_table, found, .. } = self;
        let record = Record { text, of_table: *of_table };
        for (raw, form) in &body.pairs {
            // A piece of the text stays one; what was unescaped must be copied, since it is added to.
            let value = raws
                .get(*raw, text)
                .map(|value| (value.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize));
            let len = raws.get(*raw, text).map_or(0, str::len);
            match value.and_then(|start| text.get(start..start.checked_add(len)?)) {
                Some(piece) => {
                    split::pairs(piece, form, &record, names, raws);
                }
                None => {
                    let copy = raws.get(*raw, text).unwrap_or_default().to_owned();
                    split::pairs(&copy, form, &record, names, raws);
                }
            }
        }
        for (number, (raw, messages)) in body.messages.iter().enumerate() {
            let end = (*raw == TEXT).then_some(trimmed.len());
            if let Some(message) = message_in((*raw, end), messages, text, raws, (candidates, filled)) {
                found.push((which, number as u16, message));
            }
        }
    }

    /// `[id name="value" …]` of a header after RFC 5424: each name is a raw field, whatever the element's id.
    fn take_structured(&mut self, data: &str) {
        let Self { names, raws, of_table, .. } = self;
        let form = Pairs { equals: b'=', between: b' ', flags: false, prefix: String::new() };
        split::pairs(data, &form, &Record { text: data, of_table: *of_table }, names, &mut self.copied);
        for raw in &self.copied.set {
            raws.set_copy(*raw, self.copied.get(*raw, data).unwrap_or_default());
        }
        self.copied.clear();
    }

    fn read_header(&mut self, definition: &Definition, header: &Arc<str>) {
        if self.header.text.as_ref().is_some_and(|known| Arc::ptr_eq(known, header)) {
            return;
        }
        let Split::Header { delimiter, .. } = &definition.split else { return };
        self.header.text = Some(Arc::clone(header));
        self.header.constants.clear();
        let mut names_line = header.lines().last().unwrap_or_default();
        if let super::definition::Records::Header(Some(prefix)) = &definition.records {
            names_line = "";
            for line in header.lines() {
                if let Some(rest) = line.strip_prefix(prefix.as_str()) {
                    names_line = rest.trim_start_matches(' ').trim_start_matches('\t');
                    continue;
                }
                let line = line.trim_start_matches('#');
                let Some((name, value)) = line.split_once([':', '\t', ' ']) else { continue };
                if let Some(raw) = self.names.find(&format!("@{}", name.to_ascii_lowercase())) {
                    self.header.constants.push((raw, value.trim().to_owned()));
                }
            }
        }
        self.header.delimiter = delimiter.unwrap_or_else(|| likely_delimiter(names_line));
        let (names, of_table) = (&mut self.names, self.of_table);
        // Names may have blanks between them where the cells have tabs.
        let has_delimiter = names_line.as_bytes().contains(&self.header.delimiter);
        let between_names = if has_delimiter { self.header.delimiter } else { b' ' };
        let columns = split::header_names(names_line, between_names);
        self.header.columns = columns.map(|name| names.of_record(name, of_table)).collect();
    }

    /// The plan's number, for what the raw fields say now.
    fn plan(
        &mut self,
        definition: &Definition,
        kind: Option<usize>,
        way: Way,
        text: &str,
        out: &mut BatchSet,
    ) -> usize {
        /// Log sources may take their names from records: hostile ones get no more than this.
        const MOST: usize = 512;
        if self.generation != out.interner.generation() {
            self.generation = out.interner.generation();
            self.plans.clear();
            self.by_key.clear();
            self.last = None;
        }
        std::mem::swap(&mut self.key, &mut self.last_key);
        self.key.clear();
        self.key.extend([
            kind.map_or(0, |kind| kind as u8 + 1),
            kind.map_or(0, |kind| (kind >> 8) as u8),
            way as u8,
        ]);
        for raw in self.naming.iter().filter(|_| self.plans.len() < MOST) {
            self.key.extend_from_slice(self.raws.get(*raw, text).unwrap_or_default().as_bytes());
            self.key.push(0);
        }
        if let Some(last) = self.last.filter(|_| short::same(&self.key, &self.last_key)) {
            return last;
        }
        if let Some(plan) = self.by_key.get(&self.key) {
            return *plan;
        }
        let number = self.number << 32 | kind.map_or(0, |kind| kind as u64 + 1);
        let plan = Plan::new(definition, (number, kind), way, (&self.raws, text), out);
        self.plans.push(plan);
        self.by_key.insert(self.key.clone(), self.plans.len() - 1);
        self.plans.len() - 1
    }

    /// The time that the record itself gives: `None` where it gives none, an error where it cannot be read.
    fn own_time(
        &mut self,
        definition: &Definition,
        text: &str,
        clock: &Clock<'_>,
    ) -> Option<Result<Time, ()>> {
        let Self { raws, time: memo, .. } = self;
        let mut seen = false;
        for rule in &definition.times {
            let written = match *rule.raws.as_slice() {
                [one] => raws.get(one, text),
                ref several => {
                    memo.joined.clear();
                    for value in several.iter().filter_map(|raw| raws.get(*raw, text)) {
                        if !memo.joined.is_empty() {
                            memo.joined.push(' ');
                        }
                        memo.joined.push_str(value);
                    }
                    Some(memo.joined.as_str())
                }
            };
            let Some(written) = written.map(trimmed).filter(|written| !written.is_empty() && *written != "-")
            else {
                continue;
            };
            seen = true;
            if memo.stamp.is_none() || !short::same(memo.text.as_bytes(), written.as_bytes()) {
                let zone = if rule.utc { &TimeZone::UTC } else { clock.zone };
                memo.stamp = match &rule.form {
                    Some(form) => form.read(written, zone),
                    None => times::auto(written, zone),
                };
                memo.text.clear();
                memo.text.push_str(written);
            }
            if let Some(time) = memo.stamp.and_then(clock.resolve) {
                return Some(Ok(time));
            }
        }
        seen.then_some(Err(()))
    }

    fn write(
        &mut self,
        definition: &Definition,
        (plan, kind): (usize, Option<usize>),
        row: Row,
        envelope: &Envelope<'_>,
        text: &str,
        out: &mut BatchSet,
    ) {
        let Some(plan) = self.plans.get_mut(plan) else { return };
        out.batch_mut(plan.shape).begin(row);
        for raw in &self.raws.set {
            let Some(value) = self.raws.get(*raw, text) else { continue };
            if is_empty(value, definition) {
                continue;
            }
            let shape = plan.shape;
            for op in plan.ops(*raw, definition, &self.names, out) {
                let beaten =
                    |raw: &RawId| self.raws.get(*raw, text).is_some_and(|value| !is_empty(value, definition));
                if op.is_wanted() && !op.stronger.iter().any(beaten) {
                    set(op, value, shape, definition, out);
                }
            }
        }
        let own_host = definition.host.and_then(|raw| self.raws.get(raw, text));
        let of_envelope = envelope.header.map(|header| header.host);
        let host = own_host.filter(|host| !is_empty(host, definition)).or(of_envelope);
        if let (Some(host), Some((field, slot))) = (host.filter(|host| !host.is_empty()), plan.host) {
            set_text(host, field, slot, plan.shape, out);
        }
        for (field, slot, template) in &plan.joins {
            self.joined.clear();
            let value = |raw| self.raws.get(raw, text).filter(|value| !is_empty(value, definition));
            if template.fill(&value, &mut self.joined) {
                set_text(&self.joined, *field, *slot, plan.shape, out);
            }
        }
        let shape = plan.shape;
        for same in &mut plan.sets {
            same.set(shape, out);
        }
        for key in &self.found {
            let body = match (key.0, kind.and_then(|kind| definition.kinds.get(kind))) {
                (1, Some(kind)) => &kind.body,
                _ => &definition.body,
            };
            let messages = match &definition.split {
                Split::Line(lines) if key.0 == OF_LINE => Some(lines),
                _ => body.messages.get(usize::from(key.1)).map(|(_, messages)| messages),
            };
            let constants = messages.map(|messages| messages.constants(key.2)).unwrap_or_default();
            for same in plan.constants(*key, constants, out) {
                same.set(shape, out);
            }
        }
    }

    /// The batch into which the record read last went.
    pub fn shape(&self) -> Option<usize> {
        self.last.and_then(|plan| self.plans.get(plan)).map(|plan| plan.shape)
    }
}

/// A record without what its end says for nothing.
fn without_suffix<'a>(definition: &Definition, text: &'a str) -> &'a str {
    let suffixes = &definition.suffixes;
    trimmed_end(suffixes.iter().find_map(|suffix| text.strip_suffix(suffix.as_str())).unwrap_or(text))
}

/// Looks for a message in a raw field, or in its first bytes; what its holes took become raw fields.
fn message_in(
    (raw, end): (RawId, Option<usize>),
    messages: &Messages,
    text: &str,
    raws: &mut Raws,
    (candidates, filled): (&mut Vec<u32>, &mut Filled),
) -> Option<u32> {
    let value = raws.get(raw, text)?;
    let value = end.and_then(|end| value.get(..end)).unwrap_or(value);
    let (number, constants) = messages.find(value, (candidates, filled))?;
    // The value is borrowed from the raw fields that are about to be set: where it lies in the text is all that is needed.
    let start = (value.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let copied = match text.get(start..).is_some_and(|rest| rest.len() >= value.len()) {
        true => None,
        false => Some(value.to_owned()),
    };
    for (field, range) in filled.iter() {
        match &copied {
            None => {
                let piece = text.get(start + range.start..start + range.end).unwrap_or_default();
                raws.set_piece(*field, text, trimmed(piece));
            }
            Some(copy) => raws.set_copy(*field, trimmed(copy.get(range.clone()).unwrap_or_default())),
        }
    }
    for (field, value) in constants.iter().filter_map(|one| Some((one.raw?, &one.value))) {
        raws.set_copy(field, value);
    }
    Some(number)
}

#[inline]
fn is_empty(value: &str, definition: &Definition) -> bool {
    let is = |empty: &String| short::same(empty.as_bytes(), value.as_bytes());
    matches!(value.as_bytes(), [] | [b'-']) || definition.empty.iter().any(is)
}

#[inline]
fn set(op: &Op, text: &str, shape: usize, definition: &Definition, out: &mut BatchSet) {
    let (batch, interner) = out.batch_and_interner(shape);
    let (id, aside) = convert::value(text, &op.kind, &definition.maps, interner.dictionary_mut(op.field));
    if let (Some(slot), Some(id)) = (op.slot, id) {
        batch.set(slot, id);
    }
    if let (Some((field, slot)), Some(name)) = (op.name, aside.name) {
        batch.set(slot, interner.dictionary_mut(field).str(name));
    }
    if let (Some((field, slot)), Some(port)) = (op.port, aside.port) {
        batch.set(slot, interner.dictionary_mut(field).int(port));
    }
    if let (Some((field, slot)), Some(domain)) = (op.domain, aside.domain) {
        batch.set(slot, interner.dictionary_mut(field).str(domain));
    }
}

fn set_text(text: &str, field: FieldId, slot: Slot, shape: usize, out: &mut BatchSet) {
    let (batch, interner) = out.batch_and_interner(shape);
    let id = interner.dictionary_mut(field).str(text);
    batch.set(slot, id);
}

/// What stands between the names of a header.
fn likely_delimiter(line: &str) -> u8 {
    let count = |byte: u8| memchr::memchr_iter(byte, line.as_bytes()).count();
    let best = [b',', b'\t', b';', b'|'].into_iter().max_by_key(|byte| count(*byte));
    best.filter(|byte| count(*byte) > 0).unwrap_or(b' ')
}
