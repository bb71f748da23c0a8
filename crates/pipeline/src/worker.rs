//! One thread of a hunt: reads inputs, matches their events, spills what it found.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use model::{
    Activity, BatchSet, EventBatch, Everything, Evidence, Interner, LogSourceId, Projection, Record, Row,
    SourceId, Time,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sigma::correlation::Occurrence;
use sigma::intel::{Indicators, Sighting, Watched, Watcher};
use sigma::{Match, Matcher};
use sources::derive::Needs;
use sources::format::{self, Format, Recognised};
use sources::input::{InputFile, Member, Peeked, open};
use sources::{Block, Decoder, ErrorCode, Errors, ReadError, Span};

use crate::activities::Activities;
use crate::aside::Aside;
use crate::counted::Counted;
use crate::entities::entities;
use crate::external::{self, External, WithExternal};
use crate::findings::{By, HostNames, Pending, indicator_title, looked_at};
use crate::hunt::{Shared, TimelineScope};
use crate::order::Key;
use crate::output::TimelineEvent;
use crate::spill::Spill;
use crate::timeline;
use crate::whose::{self, Assigned, AssignedHosts};

/// What the dictionaries of all workers together may hold, and those of one. Their tables and what is remembered by id come
/// on top. More would mostly be values that never come again, and memory that is in no cache.
const DICTIONARY_BYTES: usize = 64 << 20;
const WORKER_DICTIONARY_BYTES: usize = 6 << 20;

/// What the spills of all workers together keep in memory.
const SPILL_BYTES: usize = 48 << 20;

/// What the activities of all workers together keep in memory, with their names.
const ACTIVITY_BYTES: usize = 64 << 20;

/// What a worker hands over when the inputs are done.
#[derive(Debug)]
pub struct Harvest {
    /// Findings of rules on single events, as [`Pending`].
    pub findings: Spill,
    /// Lines of the timeline.
    pub timeline: Spill,
    /// What correlations need, as [`Occurrence`].
    pub occurrences: Spill,
    /// What their findings will say of these events, as [`Occurred`]: of most there will be none.
    pub occurred: Aside,
    /// Who did what to what.
    pub activities: Activities,
    /// Events over time, by log source and host.
    pub counted: Counted,
    /// What could not be read.
    pub errors: Vec<ReadError>,
    /// Events by log source.
    pub by_log_source: BTreeMap<String, u64>,
    /// Streams read.
    pub streams: u64,
    /// Streams and files that could not be read.
    pub failed: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Events read.
    pub events: u64,
    /// The earliest event time.
    pub first: Option<Time>,
    /// The latest event time.
    pub last: Option<Time>,
    /// Hosts named by findings.
    pub hosts: HostNames,
    /// The hosts of inputs whose records name none.
    pub assigned: AssignedHosts,
}

impl Harvest {
    fn new(threads: usize) -> Harvest {
        let spill = || Spill::new(SPILL_BYTES / 3 / threads);
        Harvest {
            findings: spill(),
            timeline: spill(),
            occurrences: spill(),
            occurred: Aside::default(),
            activities: Activities::new(ACTIVITY_BYTES / threads),
            counted: Counted::default(),
            errors: Vec::new(),
            by_log_source: BTreeMap::new(),
            streams: 0,
            failed: 0,
            bytes: 0,
            events: 0,
            first: None,
            last: None,
            hosts: HostNames::default(),
            assigned: AssignedHosts::new(),
        }
    }
}

/// What a finding of a correlation says of one of its events.
#[derive(Debug, Serialize, Deserialize)]
pub struct Occurred {
    /// When it happened.
    pub time: Time,
    /// The record.
    pub evidence: Evidence,
    /// Who and what the event is about.
    pub entities: Vec<model::Entity>,
    /// Its line of the timeline, where it is not there already.
    pub timeline: Option<Vec<u8>>,
    /// Its place in the timeline.
    pub source: u32,
}

/// The name of an event for correlations: which worker read it, where [`Harvest::occurred`] has it, and which of its matches it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The worker, from 0.
    pub worker: u16,
    /// Its number in what that worker laid aside.
    pub number: u64,
    /// A record may match several rules, and each match counts.
    pub nth: u16,
}

impl Event {
    const NTH: u32 = 12;
    const NUMBER: u32 = 40;

    /// As one number, which tells events apart. Events of one worker ascend with their numbers.
    pub fn pack(self) -> u64 {
        let nth = u64::from(self.nth).min((1 << Event::NTH) - 1);
        (u64::from(self.worker) << (Event::NTH + Event::NUMBER)) | (self.number << Event::NTH) | nth
    }

    /// Back again.
    pub fn unpack(event: u64) -> Event {
        Event {
            worker: (event >> (Event::NTH + Event::NUMBER)) as u16,
            number: (event >> Event::NTH) & ((1 << Event::NUMBER) - 1),
            nth: (event & ((1 << Event::NTH) - 1)) as u16,
        }
    }
}

/// A thread's state.
pub struct Worker<'a> {
    shared: &'a Shared,
    number: u16,
    set: BatchSet,
    matcher: Matcher,
    watcher: Watcher,
    full: BatchSet,
    /// EVTX decoders learn templates, which serve all files.
    evtx: Option<(Box<dyn Decoder + Send>, Box<dyn Decoder + Send>)>,
    matches: Vec<Match>,
    sightings: Vec<Sighting>,
    by_start: BTreeMap<u32, Vec<u32>>,
    counts: HashMap<(u64, LogSourceId), u64>,
    recorder: Recorder,
    block: Block,
    harvest: Harvest,
    failure: Option<io::Error>,
}

/// Takes down who did what to what.
struct Recorder {
    extractor: activity::Extractor,
    done: Vec<(u32, Activity)>,
}

impl Recorder {
    fn record(
        &mut self,
        batch: &EventBatch,
        interner: &Interner,
        (shared, current, block): (&Shared, &Current<'_>, &Block),
        harvest: &mut Harvest,
    ) {
        self.done.clear();
        self.extractor.push(batch, interner, &current.host.host, &mut self.done);
        for (row, activity) in &mut self.done {
            let row = batch.rows.get(*row as usize);
            // What has no time, or none that can be, has no place among sessions.
            let placed = |row: &&Row| row.time != Time::UNKNOWN && row.time.is_plausible();
            let known = row.filter(placed).filter(|row| shared.within(row.time));
            if let Some(row) = known {
                let raw = block.original(Span { start: row.start, len: row.len, record: row.record });
                activity.time = row.time;
                activity.record.key.record = row.record;
                activity.record.digest = Sha256::digest(&*raw).into();
                harvest.activities.push(*activity, current.source.0, current.name);
            }
        }
        let log_source = interner.log_source_of(batch.shape.log_source).to_string();
        let times = batch.rows.iter().map(|row| row.time).filter(|time| shared.within(*time));
        harvest.counted.add(&log_source, current.name, times);
    }
}

/// The input at hand.
struct Current<'m> {
    name: &'m str,
    source: SourceId,
    host: Assigned,
}

impl Harvest {
    /// Bytes that lie on disk.
    pub fn on_disk(&self) -> u64 {
        let spills = [&self.findings, &self.timeline, &self.occurrences];
        let spilled: u64 = spills.into_iter().map(Spill::on_disk).sum();
        spilled + self.occurred.on_disk() + self.activities.on_disk()
    }

    /// Takes note of when events happened, and counts them.
    fn cover(&mut self, times: impl Iterator<Item = Time>) -> u64 {
        let mut events = 0;
        for time in times {
            events += 1;
            if time != Time::UNKNOWN {
                self.first = Some(self.first.map_or(time, |first| first.min(time)));
                self.last = Some(self.last.map_or(time, |last| last.max(time)));
            }
        }
        events
    }

    /// Notes that a record was given the host of its input.
    fn note_host(&mut self, current: &Current<'_>) {
        match self.assigned.get_mut(current.name) {
            Some((_, records)) => *records += 1,
            None => {
                self.assigned.insert(current.name.to_owned(), (current.host.clone(), 1));
            }
        }
    }
}

impl<'a> Worker<'a> {
    /// A worker that has read nothing yet, the `number`th from 0.
    pub fn new(shared: &'a Shared, number: u16) -> Worker<'a> {
        let all = shared.timeline == TimelineScope::All;
        let projection: Arc<dyn Projection + Send + Sync> = if all {
            Arc::new(Everything)
        } else {
            let fields = sigma::ruleset::Fields::new(Arc::clone(&shared.rules));
            let wanted = WithExternal(Watched::new(fields, Arc::clone(&shared.indicators)));
            match shared.incidents {
                true => Arc::new(Needs::new(activity::Wanted::new(wanted))),
                false => Arc::new(Needs::new(wanted)),
            }
        };
        Worker {
            shared,
            number,
            set: BatchSet::new(projection),
            matcher: Matcher::new(Arc::clone(&shared.rules)),
            watcher: Watcher::new(Arc::clone(&shared.indicators)),
            full: BatchSet::new(Arc::new(Everything)),
            evtx: None,
            matches: Vec::new(),
            sightings: Vec::new(),
            by_start: BTreeMap::new(),
            counts: HashMap::new(),
            recorder: Recorder { extractor: activity::Extractor::new(), done: Vec::new() },
            block: Block::default(),
            harvest: Harvest::new(shared.threads),
            failure: None,
        }
    }

    /// Reads an input with all its members.
    pub fn read(&mut self, number: usize, file: &InputFile) {
        let errors = open(file, &mut |member: &Member<'_>, input: &mut Peeked<'_>| {
            self.member(SourceId(number as u32), member, input);
        });
        let fatal = errors.iter().filter(|error| {
            matches!(
                error.code,
                ErrorCode::Unreadable | ErrorCode::Encrypted | ErrorCode::TooDeep | ErrorCode::Empty
            )
        });
        self.harvest.failed += fatal.count() as u64;
        self.harvest.errors.extend(errors);
    }

    /// What was found.
    ///
    /// # Errors
    /// Where temporary space failed.
    pub fn finish(mut self) -> io::Result<Harvest> {
        if let Some(error) = self.failure {
            return Err(error);
        }
        self.harvest.activities.finish(self.recorder.extractor.take_names())?;
        Ok(self.harvest)
    }

    fn member(&mut self, source: SourceId, member: &Member<'_>, input: &mut Peeked<'_>) {
        let mut errors = Errors::new(member.name);
        let head = input.head();
        let forced =
            self.shared.forced.iter().find(|(glob, _)| glob.matches(member.name)).map(|(_, format)| *format);
        let recognised = match forced {
            Some(format) => Some(Recognised::forced(format, head)),
            None => format::recognise(head, &self.shared.read),
        };
        let Some(recognised) = recognised else {
            let (code, reason) = match head.is_empty() {
                true => (ErrorCode::Empty, "there is nothing in it".to_owned()),
                false => (ErrorCode::UnknownFormat, format::unknown_reason(head)),
            };
            errors.add(None, code, reason);
            self.harvest.failed += 1;
            self.harvest.errors.extend(errors.finish());
            return;
        };
        self.harvest.streams += 1;
        let host = whose::of_input(member.name, &self.shared.hosts, &self.shared.inventory);
        let current = Current { name: member.name, source, host };
        let mut options = self.shared.read.clone();
        options.reference = options.reference.or(member.modified);
        let mut decoders = match (recognised.format, self.evtx.take()) {
            (Format::Evtx, Some(decoders)) => decoders,
            (format, kept) => {
                self.evtx = kept;
                (format::decoder(format, &options), format::decoder(format, &options))
            }
        };
        let mut framer = format::framer(recognised, &options);
        let mut block = std::mem::take(&mut self.block);
        block.legacy = None;
        block.utf16 = None;
        while self.failure.is_none() {
            match framer.next(input, &mut block, &mut errors) {
                Ok(true) => self.read_block(&current, &block, &mut decoders, &mut errors),
                Ok(false) => break,
                Err(error) => {
                    let reason = format!("reading stopped here: {error}; what came before was read");
                    errors.add(None, ErrorCode::Unreadable, reason);
                    break;
                }
            }
        }
        self.count();
        if recognised.format == Format::Evtx {
            self.evtx = Some(decoders);
        }
        self.block = block;
        self.harvest.errors.extend(errors.finish());
    }

    fn read_block(
        &mut self,
        current: &Current<'_>,
        block: &Block,
        decoders: &mut (Box<dyn Decoder + Send>, Box<dyn Decoder + Send>),
        errors: &mut Errors,
    ) {
        decoders.0.decode(block, &block.spans, &mut self.set, errors);
        self.harvest.bytes += block.bytes.len() as u64;
        self.shared.progress.bytes.fetch_add(block.bytes.len() as u64, Ordering::Relaxed);
        self.by_start.clear();
        self.find_external();
        for batch in self.set.batches() {
            self.matches.clear();
            self.matcher.push(batch, &self.set.interner, &mut self.matches);
            for found in &self.matches {
                if let Some(row) = batch.rows.get(found.row as usize)
                    && self.shared.within(row.time)
                    && self.shared.matters(found.rule)
                {
                    self.by_start.entry(row.start).or_default().push(found.rule);
                }
            }
            self.sightings.clear();
            self.watcher.push(batch, &self.set.interner, &mut self.sightings);
            // What they show is worked out again from the whole record: here only the record counts.
            for seen in &self.sightings {
                if let Some(row) = batch.rows.get(seen.row as usize)
                    && self.shared.within(row.time)
                {
                    self.by_start.entry(row.start).or_default();
                }
            }
            if self.shared.incidents {
                let from = (self.shared, current, block);
                self.recorder.record(batch, &self.set.interner, from, &mut self.harvest);
            }
            let inside = batch.rows.iter().map(|row| row.time).filter(|time| self.shared.within(*time));
            let events = self.harvest.cover(inside);
            self.harvest.events += events;
            *self.counts.entry((self.set.interner.generation(), batch.shape.log_source)).or_default() +=
                events;
        }
        let result = self.keep(current, block, decoders.1.as_mut()).and_then(|()| self.write_activities());
        if let Err(error) = result {
            self.failure = Some(error);
        }
        let generation = self.set.interner.generation();
        if self.set.is_worn() {
            self.count();
        }
        self.set.clear(WORKER_DICTIONARY_BYTES.min(DICTIONARY_BYTES / self.shared.threads));
        debug_assert!(generation == self.set.interner.generation() || self.counts.is_empty());
    }

    fn write_activities(&mut self) -> io::Result<()> {
        match self.harvest.activities.is_full(self.recorder.extractor.names()) {
            true => self.harvest.activities.write_run(&self.recorder.extractor.take_names()),
            false => Ok(()),
        }
    }

    /// Takes note of the records that are findings of other tools.
    fn find_external(&mut self) {
        let title = self.set.interner.field(external::TITLE);
        for batch in self.set.batches() {
            let found = external::rows(batch, title).filter_map(|row| batch.rows.get(row));
            for row in found.filter(|row| self.shared.within(row.time)) {
                self.by_start.entry(row.start).or_default();
            }
        }
    }

    /// Turns the counts by log source into names, before the ids of a generation are lost.
    fn count(&mut self) {
        for ((_, id), events) in std::mem::take(&mut self.counts) {
            let name = self.set.interner.log_source_of(id).to_string();
            *self.harvest.by_log_source.entry(name).or_default() += events;
        }
    }

    /// Reads the records that matched once more, with every field, and spills what they evidence.
    fn keep(&mut self, current: &Current<'_>, block: &Block, decoder: &mut dyn Decoder) -> io::Result<()> {
        if self.shared.timeline == TimelineScope::All {
            let set = std::mem::replace(&mut self.set, BatchSet::new(Arc::new(Everything)));
            let result =
                set.batches().try_for_each(|batch| self.keep_batch(current, block, batch, &set.interner));
            self.set = set;
            return result;
        }
        if self.by_start.is_empty() {
            return Ok(());
        }
        let spans: Vec<Span> =
            block.spans.iter().filter(|span| self.by_start.contains_key(&span.start)).copied().collect();
        let mut full = std::mem::replace(&mut self.full, BatchSet::new(Arc::new(Everything)));
        // What is damaged was reported when the record was read first.
        decoder.decode(block, &spans, &mut full, &mut Errors::new(current.name));
        let result =
            full.batches().try_for_each(|batch| self.keep_batch(current, block, batch, &full.interner));
        full.clear(DICTIONARY_BYTES / 8 / self.shared.threads);
        self.full = full;
        result
    }

    fn keep_batch(
        &mut self,
        current: &Current<'_>,
        block: &Block,
        batch: &EventBatch,
        interner: &Interner,
    ) -> io::Result<()> {
        for (number, row) in batch.rows.iter().enumerate() {
            let rules = self.by_start.remove(&row.start);
            if rules.is_none() && self.shared.timeline != TimelineScope::All || !self.shared.within(row.time)
            {
                continue;
            }
            let mut record = batch.record(number, interner);
            // Columns stand in the order in which this worker met them.
            record.fields.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            if whose::assign(&mut record, &current.host) {
                self.harvest.note_host(current);
            }
            // Only where values showed something is the whole record looked through.
            let seen = rules.as_ref().map(|_| self.shared.indicators.sightings(&record)).unwrap_or_default();
            self.keep_record(current, block, *row, &record, (&rules.unwrap_or_default(), seen))?;
        }
        Ok(())
    }

    // tidy: long because every kind of finding tells of the same record, and nothing of it is worked out twice
    fn keep_record(
        &mut self,
        current: &Current<'_>,
        block: &Block,
        row: Row,
        record: &Record,
        (rules, seen): (&[u32], Vec<(&str, u32)>),
    ) -> io::Result<()> {
        let source = current.source.0;
        let key = |rule: u32| Key { time: row.time, source, record: row.record, rule };
        let told =
            External::of(record).filter(|told| self.shared.min_level.is_none_or(|least| told.level >= least));
        let nothing = rules.is_empty() && seen.is_empty() && told.is_none();
        if nothing && self.shared.timeline != TimelineScope::All {
            return Ok(());
        }
        let span = Span { start: row.start, len: row.len, record: row.record };
        let evidence = Evidence::new(current.name, row.record, &block.original(span));
        if nothing {
            let event = TimelineEvent { record, evidence: &evidence, rules: &[] };
            return self.harvest.timeline.push(key(0), &timeline::packed(&evidence, &event)?);
        }
        let entities = entities(record, &self.shared.inventory);
        for entity in entities.iter().filter(|entity| entity.kind == model::EntityType::Host) {
            self.harvest.hosts.add(&entity.name);
        }
        let set = &self.shared.rules;
        let of = |number: &u32| set.rules.get(*number as usize);
        let seen = by_indicator(seen);
        let indicators: Vec<String> = titles_of(&self.shared.indicators, &seen);
        let titles = rules.iter().filter_map(of).map(|rule| rule.info.title.as_str());
        let titles = titles.chain(indicators.iter().map(String::as_str));
        let titles: Vec<&str> = titles.chain(told.iter().map(|told| told.title.as_str())).collect();
        let event = TimelineEvent { record, evidence: &evidence, rules: &titles };
        let mut timeline = timeline::packed(&evidence, &event)?;
        let of_rules = rules.iter().filter_map(|number| {
            let rule = of(number).filter(|rule| rule.generates)?;
            Some((By::Rule(*number), looked_at(record, &rule.fields)))
        });
        let of_indicators =
            seen.iter().map(|(number, fields)| (By::Indicator(*number), looked_at(record, fields)));
        let mut found = self.shared.timeline == TimelineScope::All;
        let of_tools = told.iter().map(|_| (By::External, looked_at(record, &external::fields())));
        for (by, fields) in of_rules.chain(of_indicators).chain(of_tools) {
            found = true;
            let (evidence, entities) = (vec![evidence.clone()], entities.clone());
            let external = told.clone().filter(|_| by == By::External);
            let pending =
                Pending { by, evidence, entities, fields, summary: None, external, surprising: None };
            self.shared.progress.findings.fetch_add(1, Ordering::Relaxed);
            self.harvest.findings.push(key(by.order()), &packed(&pending)?)?;
        }
        let serving = || rules.iter().filter(|number| self.shared.serving.contains(number));
        if row.time != Time::UNKNOWN && serving().next().is_some() {
            let line = (!found).then(|| std::mem::take(&mut timeline));
            let occurred = Occurred { time: record.time, evidence, entities, timeline: line, source };
            let number = self.harvest.occurred.push(&packed(&occurred)?)?;
            for (nth, (rule, of)) in serving().filter_map(|number| Some((number, of(number)?))).enumerate() {
                let event = Event { worker: self.number, number, nth: nth as u16 }.pack();
                let occurrence = occurrence(*rule, &of.collects, record, event);
                self.harvest.occurrences.push(key(*rule), &packed(&occurrence)?)?;
            }
        }
        if found { self.harvest.timeline.push(key(0), &timeline) } else { Ok(()) }
    }
}

/// Each indicator with the fields that show it, sorted.
fn by_indicator(seen: Vec<(&str, u32)>) -> BTreeMap<u32, Vec<String>> {
    let mut all: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for (field, number) in seen {
        all.entry(number).or_default().push(field.to_owned());
    }
    all.values_mut().for_each(|fields| fields.sort_unstable());
    all
}

fn titles_of(indicators: &Indicators, seen: &BTreeMap<u32, Vec<String>>) -> Vec<String> {
    let seen = seen.keys().filter_map(|number| indicators.get(*number));
    seen.map(|indicator| indicator_title(&indicator).en).collect()
}

fn occurrence(rule: u32, collects: &[String], record: &Record, event: u64) -> Occurrence {
    let fields = collects.iter().filter_map(|name| {
        let values = match record.get(name)? {
            model::OwnedValue::List(items) => items.iter().filter_map(model::OwnedValue::text).collect(),
            value => vec![value.text()?],
        };
        Some((name.clone(), values))
    });
    Occurrence { time: record.time.micros(), rule, fields: fields.collect(), event }
}

/// A value as bytes for a spill.
pub fn packed(value: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_extend(value, Vec::with_capacity(1024)).map_err(io::Error::other)
}
